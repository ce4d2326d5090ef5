//! Test databases: one of its own for each test. For tests only; nothing here is used by a running server.
//!
//! [`on_both_engines!`](crate::on_both_engines) runs a story on SQLite always, and on PostgreSQL when the environment
//! names one in [`VARIABLE`].

#![expect(clippy::expect_used, reason = "a test that cannot have its database should stop")]

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio_postgres::NoTls;

use crate::{Engine, Options, Pooling, Store};

/// The environment variable with the address of a PostgreSQL database in which schemas may be created.
pub const VARIABLE: &str = "SYMBOLON_TEST_POSTGRES";

/// The environment variable with the address of the same database through a pooler. Stories then run through that; what they
/// do beside the engine goes to the database itself.
pub const POOLER: &str = "SYMBOLON_TEST_POOLER";
/// The environment variable that says what the pooler hands out: `session`, or `transaction`.
pub const POOLING: &str = "SYMBOLON_TEST_POOLING";

/// The migrations that the version knew whose database is kept in `tests/old`.
const OLD_MIGRATIONS: [&str; 7] = [
    include_str!("../migrations/0001_core.sql"),
    include_str!("../migrations/0002_dialects.sql"),
    include_str!("../migrations/0003_listings.sql"),
    include_str!("../migrations/0004_owners.sql"),
    include_str!("../migrations/0005_reuses.sql"),
    include_str!("../migrations/0006_renewals.sql"),
    include_str!("../migrations/0007_audit.sql"),
];
/// Its table of migrations, and its rows.
const OLD_TABLE: &str = "CREATE TABLE migrations (name TEXT PRIMARY KEY, checksum TEXT NOT NULL);";
const OLD_ROWS: &str = include_str!("../tests/old/0007.sql");
/// The plain credentials of those rows, and when they were left (`kept_at`), as TOML. Test values.
pub const OLD_PLAIN: &str = include_str!("../tests/old/0007.toml");

/// Numbers the databases of this process.
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// A database of its own, empty at first, removed when dropped.
pub struct Database {
    url: String,
    backing: Backing,
}

enum Backing {
    Folder(PathBuf),
    Schema { server: String, name: String, direct: String },
}

impl Database {
    /// A SQLite file in a folder of its own.
    pub async fn sqlite() -> Database {
        let folder = std::env::temp_dir().join(unique_name());
        std::fs::create_dir_all(&folder).expect("a folder for the test");
        Database {
            url: format!("sqlite:{}", folder.join("test.db").display()),
            backing: Backing::Folder(folder),
        }
    }

    /// A schema of its own in the database that [`VARIABLE`] names; `None` when it names none.
    pub async fn postgres() -> Option<Database> {
        let server = variable(VARIABLE)?;
        let name = unique_name();
        administer(&server, &format!("DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}")).await;
        let within = |server: &str| {
            let separator = if server.contains('?') { '&' } else { '?' };
            format!("{server}{separator}options=-csearch_path%3D{name}")
        };
        let direct = within(&server);
        let url = variable(POOLER).map_or_else(|| direct.clone(), |pooler| within(&pooler));
        Some(Database { url, backing: Backing::Schema { server, name, direct } })
    }

    /// How a server opens it.
    ///
    /// # Panics
    /// When [`POOLING`] is no kind of pooling.
    #[must_use]
    pub fn options() -> Options {
        let pooling = match variable(POOLING).as_deref() {
            None | Some("session") => Pooling::Session,
            Some("transaction") => Pooling::Transaction,
            Some(other) => panic!("{POOLING} is {other:?}: it is session or transaction"),
        };
        Options { connections: Options::SERVING, pooling, ..Options::default() }
    }

    /// The address, as a configuration would hold it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address of the database itself, whatever stands before it.
    #[must_use]
    pub fn direct_url(&self) -> &str {
        match &self.backing {
            Backing::Folder(_) => &self.url,
            Backing::Schema { direct, .. } => direct,
        }
    }

    /// Whether it is PostgreSQL.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        matches!(self.backing, Backing::Schema { .. })
    }

    /// Makes it what an older version left: the schema of that time, and something in every table. It must be empty.
    pub async fn grow_old(&self) {
        let texts = [OLD_TABLE].into_iter().chain(OLD_MIGRATIONS).chain([OLD_ROWS]);
        self.run(&texts.collect::<Vec<_>>().join("\n")).await;
    }

    /// Runs SQL that both engines understand, in one transaction, beside any store.
    pub async fn run(&self, script: &str) {
        match &self.backing {
            Backing::Folder(_) => {
                let path = self.url.trim_start_matches("sqlite:");
                let file = rusqlite::Connection::open(path).expect("the file opens");
                file.execute_batch(&format!("BEGIN; {script} COMMIT;")).expect("the script runs");
            }
            // Its names for the type and for a value of it.
            Backing::Schema { direct, .. } => {
                let script =
                    script.replace("BLOB", "BYTEA").replace("(X'", "('\\x").replace(", X'", ", '\\x");
                administer(direct, &script).await;
            }
        }
    }

    /// An engine on it, with the schema of this version.
    pub async fn engine(&self) -> Engine {
        let engine = Engine::open(&self.url, Database::options()).await.expect("the database opens");
        engine.migrate().await.expect("the migrations run");
        engine
    }

    /// A store on it, with the schema of this version.
    pub async fn store(&self) -> Store {
        let store = Store::open(&self.url, Database::options()).await.expect("the database opens");
        store.migrate().await.expect("the migrations run");
        store
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        match &self.backing {
            Backing::Folder(folder) => {
                let _ = std::fs::remove_dir_all(folder);
            }
            Backing::Schema { server, name, .. } => {
                let (server, command) = (server.clone(), format!("DROP SCHEMA IF EXISTS {name} CASCADE"));
                // A destructor cannot wait for the runtime of its test, so it brings one.
                let sweep = std::thread::spawn(move || {
                    tokio::runtime::Builder::new_current_thread()
                        .enable_all()
                        .build()
                        .expect("a runtime to clean up with")
                        .block_on(administer(&server, &command));
                });
                let _ = sweep.join();
            }
        }
    }
}

/// Runs a command on a connection of its own.
async fn administer(server: &str, command: &str) {
    let (client, connection) = tokio_postgres::connect(server, NoTls).await.expect("PostgreSQL answers");
    let driver = tokio::spawn(connection);
    client.batch_execute(command).await.expect("PostgreSQL does as it is told");
    drop(client);
    let _ = driver.await;
}

#[expect(clippy::disallowed_methods, reason = "tests have no configuration but the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn unique_name() -> String {
    format!("symbolon_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Turns each story into a module with two tests, `on_sqlite` and `on_postgres`. A story is written
/// `async fn its_name(database) { … }`, and gets a [`Database`](crate::testing::Database) that is its own. The crate
/// that uses it needs `tokio` with its macros.
#[macro_export]
macro_rules! on_both_engines {
    ($($(#[$attribute:meta])* async fn $name:ident($database:ident) $story:block)*) => {$(
        $(#[$attribute])*
        mod $name {
            use super::*;

            async fn story($database: $crate::testing::Database) $story

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                story($crate::testing::Database::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            #[ignore = "needs a PostgreSQL: scripts/with-postgres -- cargo test -- --include-ignored"]
            async fn on_postgres() {
                let database = $crate::testing::Database::postgres().await;
                story(database.expect("SYMBOLON_TEST_POSTGRES names a server")).await;
            }
        }
    )*};
}
