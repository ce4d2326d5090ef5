//! Stories run on both engines.

/// Turns each named story, an `async fn(Database)`, into two tests, `on_sqlite` and `on_postgres`; the latter is ignored unless
/// it is asked for. The list is the table of contents of its file; the compiler misses whatever is
/// not in it.
macro_rules! stories {
    ($($name:ident),* $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$name(symbolon_store::testing::Database::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            #[ignore = "needs a PostgreSQL: scripts/with-postgres -- cargo test -- --include-ignored"]
            async fn on_postgres() {
                let database = symbolon_store::testing::Database::postgres().await;
                super::$name(database.expect("SYMBOLON_TEST_POSTGRES names a server")).await;
            }
        }
    )*};
}
pub(crate) use stories;

/// Stories that need two processes on one database, which only PostgreSQL allows.
macro_rules! stories_on_postgres {
    ($($name:ident),* $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            #[ignore = "needs a PostgreSQL: scripts/with-postgres -- cargo test -- --include-ignored"]
            async fn on_postgres() {
                let database = symbolon_store::testing::Database::postgres().await;
                super::$name(database.expect("SYMBOLON_TEST_POSTGRES names a server")).await;
            }
        }
    )*};
}
pub(crate) use stories_on_postgres;
