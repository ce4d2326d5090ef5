//! Migrations run once, whoever starts them and however many at a time.

use symbolon_store::{Commit, Engine, Expect, Options, Store, on_both_engines, parameters};

on_both_engines! {
    async fn the_second_run_finds_nothing_to_do(database) {
        let engine = Engine::open(database.url(), Options::default()).await.unwrap();
        let names = engine.migrate().await.unwrap();
        assert_eq!(names.first().map(String::as_str), Some("0001_core"));
        assert!(engine.migrate().await.unwrap().is_empty());
        assert!(Store::open(database.url(), Options::default()).await.unwrap().migrate().await.unwrap().is_empty());
    }

    async fn engines_that_start_together_migrate_once(database) {
        let start = async || {
            let engine = Engine::open(database.url(), Options::default()).await.unwrap();
            engine.migrate().await.unwrap().len()
        };
        let (a, b, c, d) = tokio::join!(start(), start(), start(), start());
        let mut counts = [a, b, c, d];
        counts.sort_unstable();
        assert!(counts[3] > 0 && counts[..3] == [0, 0, 0], "{counts:?}");
    }

    async fn a_database_of_a_newer_version_is_left_alone(database) {
        let engine = database.engine().await;
        assert_eq!(engine.pending().await.unwrap(), Vec::<&str>::new());
        let record = "INSERT INTO migrations (name, checksum) VALUES ($1, $2)";
        let commit = Commit::new().step(record, parameters!["9999_later", "00"], Expect::One);
        engine.commit(commit).await.unwrap();
        let error = engine.migrate().await.unwrap_err().to_string();
        assert!(error.contains("newer version") && error.contains("9999_later"), "{error}");
        assert_eq!(engine.pending().await.unwrap_err().to_string(), error);
    }

    async fn a_migration_with_another_text_is_refused(database) {
        let engine = database.engine().await;
        let change = "UPDATE migrations SET checksum = $1 WHERE name = $2";
        engine.commit(Commit::new().step(change, parameters!["00", "0001_core"], Expect::One)).await.unwrap();
        let error = engine.migrate().await.unwrap_err().to_string();
        assert!(error.contains("another text") && error.contains("0001_core"), "{error}");
    }
}
