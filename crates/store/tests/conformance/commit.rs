//! A commit holds only as a whole, only if every promise is kept, and only once.

use std::sync::Arc;

use symbolon_store::{Commit, Cursor, Engine, Expect, StoreError, on_both_engines, parameters};
use tokio::task::JoinSet;

const COUNT_UP: &str = "INSERT INTO attempts (subject, began_at, count, expires_at) VALUES ($1, 0, 1, 9) \
     ON CONFLICT (subject) DO UPDATE SET count = attempts.count + 1 RETURNING count";
const INSERT: &str = "INSERT INTO attempts (subject, began_at, count, expires_at) VALUES ($1, 0, $2, 9)";
const SWAP: &str = "UPDATE attempts SET count = $3 WHERE subject = $1 AND count = $2";
const COUNT: &str = "SELECT count FROM attempts WHERE subject = $1";

fn insert(subject: &str, count: i64) -> Commit {
    Commit::new().step(INSERT, parameters![subject, count], Expect::One)
}

async fn count(engine: &Engine, subject: &str) -> Option<i64> {
    let rows = engine.load(COUNT, &parameters![subject]).await.unwrap();
    rows.into_iter().next().map(|row| row.read(Cursor::integer).unwrap())
}

/// Runs `commits` at once and answers how many held and how many conflicted; nothing else may happen.
async fn race(engine: &Arc<Engine>, commits: impl IntoIterator<Item = Commit>) -> (usize, usize) {
    let mut running = JoinSet::new();
    for commit in commits {
        let engine = Arc::clone(engine);
        running.spawn(async move { engine.commit(commit).await });
    }
    let (mut held, mut conflicts) = (0, 0);
    for outcome in running.join_all().await {
        match outcome {
            Ok(_) => held += 1,
            Err(StoreError::Conflict) => conflicts += 1,
            Err(error) => panic!("{error}"),
        }
    }
    (held, conflicts)
}

on_both_engines! {
    async fn of_fifty_that_swap_one_row_exactly_one_wins(database) {
        let engine = Arc::new(database.engine().await);
        for round in 0..20 {
            let subject = format!("code {round}");
            engine.commit(insert(&subject, 0)).await.unwrap();
            let swap = |n| Commit::new().step(SWAP, parameters![&subject, 0, n], Expect::One);
            assert_eq!(race(&engine, (1..=50).map(swap)).await, (1, 49));
        }
    }

    async fn of_fifty_with_several_steps_exactly_one_leaves_traces(database) {
        let engine = Arc::new(database.engine().await);
        engine.commit(insert("code", 0)).await.unwrap();
        let redeem = |n: i64| insert(&format!("token {n}"), n).step(SWAP, parameters!["code", 0, n], Expect::One);
        assert_eq!(race(&engine, (1..=50).map(redeem)).await, (1, 49));
        let winner = count(&engine, "code").await.unwrap();
        let tokens = engine.load("SELECT count FROM attempts WHERE subject <> 'code'", &[]).await.unwrap();
        assert_eq!(tokens.len(), 1);
        assert_eq!(tokens[0].clone().read(Cursor::integer).unwrap(), winner);
    }

    async fn fifty_that_count_lose_nothing(database) {
        let engine = Arc::new(database.engine().await);
        let up = |_| Commit::new().step(COUNT_UP, parameters!["account"], Expect::One);
        assert_eq!(race(&engine, (0..50).map(up)).await, (50, 0));
        assert_eq!(count(&engine, "account").await, Some(50));
    }

    async fn two_processes_race_as_one_does(database) {
        let engines = [Arc::new(database.engine().await), Arc::new(database.engine().await)];
        engines[0].commit(insert("code", 0)).await.unwrap();
        let swap = |n| Commit::new().step(SWAP, parameters!["code", 0, n], Expect::One);
        let (one, two) =
            tokio::join!(race(&engines[0], (1..=25).map(swap)), race(&engines[1], (26..=50).map(swap)));
        assert_eq!((one.0 + two.0, one.1 + two.1), (1, 49));
    }

    async fn a_conflict_does_not_sink_its_neighbours(database) {
        let engine = Arc::new(database.engine().await);
        engine.commit(insert("taken", 0)).await.unwrap();
        let commits = (0..100).map(|n| match n % 4 {
            0 => insert("taken", n),
            1 => insert(&format!("never {n}"), n).step(SWAP, parameters!["nobody", 0, 1], Expect::One),
            _ => insert(&format!("kept {n}"), n),
        });
        assert_eq!(race(&engine, commits).await, (50, 50));
        let rows = engine.load("SELECT subject FROM attempts WHERE subject LIKE 'kept %'", &[]).await.unwrap();
        assert_eq!(rows.len(), 50);
        let rows = engine.load("SELECT subject FROM attempts WHERE subject LIKE 'never %'", &[]).await.unwrap();
        assert!(rows.is_empty());
    }

    async fn a_statement_of_ours_that_is_wrong_does_not_sink_its_neighbours(database) {
        let engine = Arc::new(database.engine().await);
        let mut running = JoinSet::new();
        for n in 0..60_i64 {
            let engine = Arc::clone(&engine);
            running.spawn(async move {
                let wrong = n % 6 == 0;
                let commit = insert(&format!("row {n}"), n);
                let commit = if wrong { commit.step("INSERT INTO nowhere VALUES (1)", [], Expect::One) } else { commit };
                (wrong, engine.commit(commit).await)
            });
        }
        for (wrong, outcome) in running.join_all().await {
            assert_eq!(matches!(outcome, Err(StoreError::Unavailable(_))), wrong, "{outcome:?}");
        }
        let rows = engine.load("SELECT subject FROM attempts", &[]).await.unwrap();
        assert_eq!(rows.len(), 50);
    }

    async fn a_row_that_is_there_already_is_a_conflict(database) {
        let engine = database.engine().await;
        engine.commit(insert("one", 1)).await.unwrap();
        assert!(matches!(engine.commit(insert("one", 2)).await, Err(StoreError::Conflict)));
        let later = insert("two", 1).step(INSERT, parameters!["one", 2], Expect::One);
        assert!(matches!(engine.commit(later).await, Err(StoreError::Conflict)));
        assert_eq!((count(&engine, "one").await, count(&engine, "two").await), (Some(1), None));
    }

    async fn a_row_whose_parent_is_gone_is_a_conflict(database) {
        let engine = database.engine().await;
        let sql = "INSERT INTO host_keys (id, resource_id, hash, hint, created_at) VALUES ($1, $1, $1, '', 0)";
        let orphan = Commit::new().step(sql, parameters![vec![1_u8; 16]], Expect::One);
        assert!(matches!(engine.commit(orphan).await, Err(StoreError::Conflict)));
    }

    async fn promises_about_the_number_of_rows_are_kept(database) {
        let engine = database.engine().await;
        engine.commit(insert("a", 0).step(INSERT, parameters!["b", 0], Expect::One)).await.unwrap();
        const ALL: &str = "UPDATE attempts SET count = count + 1";
        const NONE: &str = "UPDATE attempts SET count = 7 WHERE subject = 'nobody'";
        const MARK: &str = "UPDATE attempts SET began_at = began_at + 1 WHERE subject = 'a'";
        let first = |sql, expect| Commit::new().step(sql, [], expect).step(MARK, [], Expect::One);
        for (sql, expect, holds) in [
            (ALL, Expect::Any, true),
            (ALL, Expect::One, false),
            (ALL, Expect::AtMostOne, false),
            (NONE, Expect::Any, true),
            (NONE, Expect::AtMostOne, true),
            (NONE, Expect::One, false),
        ] {
            assert_eq!(engine.commit(first(sql, expect)).await.is_ok(), holds, "{sql} {expect:?}");
        }
        let rows = engine.load("SELECT count, began_at FROM attempts WHERE subject = 'a'", &[]).await.unwrap();
        assert_eq!(rows[0].clone().read(|row| Ok((row.integer()?, row.integer()?))).unwrap(), (1, 3));
    }

    async fn what_was_committed_is_seen_by_the_next_read(database) {
        let engine = Arc::new(database.engine().await);
        let mut running = JoinSet::new();
        for n in 0..200_i64 {
            let engine = Arc::clone(&engine);
            running.spawn(async move {
                let subject = format!("row {n}");
                engine.commit(insert(&subject, n)).await.unwrap();
                assert_eq!(count(&engine, &subject).await, Some(n));
            });
        }
        running.join_all().await;
    }

    async fn rows_come_from_the_last_step(database) {
        let engine = database.engine().await;
        let rows = engine.commit(insert("a", 3).step(COUNT_UP, parameters!["a"], Expect::One)).await.unwrap();
        assert_eq!(rows[0].clone().read(Cursor::integer).unwrap(), 4);
        assert!(engine.commit(Commit::new()).await.unwrap().is_empty());
    }

    async fn large_deletes_go_in_chunks(database) {
        let engine = database.engine().await;
        let fill = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1300) \
                    INSERT INTO attempts (subject, began_at, count, expires_at) SELECT CAST(i AS TEXT), 0, 1, i FROM n";
        engine.commit(Commit::new().step(fill, [], Expect::Any)).await.unwrap();
        let chunk = "DELETE FROM attempts WHERE subject IN \
                     (SELECT subject FROM attempts WHERE expires_at < $1 ORDER BY expires_at LIMIT $2) RETURNING 1";
        let mut sizes = Vec::new();
        while sizes.last() != Some(&0) {
            let delete = Commit::new().step(chunk, parameters![1201, 500], Expect::Any);
            sizes.push(engine.commit(delete).await.unwrap().len());
        }
        assert_eq!(sizes, [500, 500, 200, 0]);
    }

    async fn a_commit_runs_to_its_end_when_nobody_waits_for_it(database) {
        let engine = Arc::new(database.engine().await);
        for n in 0..20_i64 {
            let commit = insert(&format!("left {n}"), n).step(COUNT_UP, parameters!["all"], Expect::One);
            let mut left = Box::pin(engine.commit(commit));
            // Polled once, so that it has begun, then dropped.
            let _ = poll_once(left.as_mut()).await;
        }
        engine.commit(Commit::new().step(COUNT_UP, parameters!["all"], Expect::One)).await.unwrap();
        assert_eq!(count(&engine, "all").await, Some(21));
    }
}

/// Polls a future once.
async fn poll_once<T>(mut future: std::pin::Pin<&mut impl Future<Output = T>>) -> Option<T> {
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(match future.as_mut().poll(context) {
            std::task::Poll::Ready(answer) => Some(answer),
            std::task::Poll::Pending => None,
        })
    })
    .await
}
