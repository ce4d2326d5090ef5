//! What both engines must do alike.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop")]

use symbolon_store::{Commit, Engine, Expect, Options, StoreError, parameters};

#[tokio::test]
async fn migrates_writes_and_reads() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("a.db").display());
    let engine = Engine::open(&url, Options::default()).await.unwrap();
    assert_eq!(engine.migrate().await.unwrap(), ["0001_core"]);
    assert!(engine.migrate().await.unwrap().is_empty());
    const INSERT: &str =
        "INSERT INTO spent_interactions (expires_at, id) VALUES ($2, $1) RETURNING expires_at";
    let commit = || Commit::new().step(INSERT, parameters![vec![1_u8; 16], 7], Expect::One);
    assert_eq!(engine.commit(commit()).await.unwrap()[0].integer(0).unwrap(), 7);
    assert!(matches!(engine.commit(commit()).await, Err(StoreError::Conflict)));
    let select = "SELECT id FROM spent_interactions WHERE expires_at = $1";
    let [rows, none] = engine.load_all([(select, &parameters![7]), (select, &parameters![8])]).await.unwrap();
    assert_eq!((rows[0].blob(0).unwrap(), none.len()), (vec![1; 16], 0));
}
