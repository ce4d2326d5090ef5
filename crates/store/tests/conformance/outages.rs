//! Trouble with the database is `Unavailable`, never a verdict, and ends by itself.

use std::sync::Arc;
use std::time::Duration;

use symbolon_store::testing::{Database, VARIABLE};
use symbolon_store::{Commit, Cursor, Engine, Expect, Options, StoreError, parameters};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::proxy::Proxy;

const INSERT: &str = "INSERT INTO attempts (subject, began_at, count, expires_at) VALUES ($1, 0, 0, 9)";
const ALL: &str = "SELECT subject FROM attempts";

fn insert(subject: &str) -> Commit {
    Commit::new().step(INSERT, parameters![subject], Expect::One)
}

fn is_unavailable<T>(outcome: &Result<T, StoreError>) -> bool {
    matches!(outcome, Err(StoreError::Unavailable(_)))
}

/// Long enough for any machine, however busy: it only keeps a test from hanging.
const GUARD: Duration = Duration::from_secs(60);

/// Tries until it works.
async fn recovers(engine: &Engine) {
    let tries = async {
        loop {
            match (engine.commit(insert("after")).await, engine.load(ALL, &[]).await) {
                (Ok(_) | Err(StoreError::Conflict), Ok(_)) => return,
                _ => tokio::task::yield_now().await,
            }
        }
    };
    timeout(GUARD, tries).await.expect("it works again");
}

#[tokio::test]
async fn a_file_that_someone_else_keeps_locked_is_unavailable_until_it_is_free() {
    let database = Database::sqlite().await;
    let engine = database.engine().await;
    let other = rusqlite::Connection::open(database.url().trim_start_matches("sqlite:")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(is_unavailable(&engine.commit(insert("during")).await));
    assert!(engine.load(ALL, &[]).await.unwrap().is_empty());
    other.execute_batch("ROLLBACK").unwrap();
    recovers(&engine).await;
    assert_eq!(engine.load(ALL, &[]).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_is_named() {
    let outcome = Engine::open("sqlite:/nowhere/at/all.db", Options::default()).await.map(|_| ());
    assert!(outcome.unwrap_err().to_string().contains("/nowhere/at/all.db"));
}

#[tokio::test]
async fn a_second_server_on_one_file_is_refused_and_a_command_is_not() {
    let database = Database::sqlite().await;
    let exclusive = || Options { exclusive: true, ..Options::default() };
    let first = Engine::open(database.url(), exclusive()).await.unwrap();
    let second = Engine::open(database.url(), exclusive()).await.map(|_| ());
    assert!(second.unwrap_err().to_string().contains("another server is running"));
    // What stands beside the database is as private as it is.
    let file = database.url().trim_start_matches("sqlite:");
    let folder = std::path::Path::new(file).parent().unwrap();
    let mine = |path: &std::path::Path| path.to_string_lossy().starts_with(file);
    let beside: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let beside: Vec<_> = beside.into_iter().filter(|path| mine(path)).collect();
    assert!(beside.len() >= 2, "{beside:?}");
    for path in beside {
        let mode = std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600, "{path:?}");
    }
    Engine::open(database.url(), Options::default()).await.unwrap();
    drop(first);
    Engine::open(database.url(), exclusive()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_queued_is_finished_when_the_engine_is_dropped() {
    let database = Database::sqlite().await;
    let engine = Arc::new(database.engine().await);
    let mut running = JoinSet::new();
    for n in 0..100 {
        let engine = Arc::clone(&engine);
        running.spawn(async move { engine.commit(insert(&format!("{n}"))).await });
    }
    drop(engine);
    assert!(running.join_all().await.iter().all(Result::is_ok));
    assert_eq!(database.engine().await.load(ALL, &[]).await.unwrap().len(), 100);
}

#[tokio::test]
async fn an_address_of_no_known_kind_is_refused_without_repeating_its_password() {
    for url in ["mysql://me:hunter2@db/x", "postgres://me:hunter2@[::1/x", "nonsense"] {
        let error = Engine::open(url, Options::default()).await.map(|_| ()).unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable_and_not_waited_for() {
    let outcome = timeout(GUARD, Engine::open("postgres://me@127.0.0.1:1/x", Options::default())).await;
    assert!(is_unavailable(&outcome.expect("an answer")));
}

/// An engine that reaches PostgreSQL through a proxy.
async fn through_a_proxy() -> (Database, Proxy, Engine) {
    let database = Database::postgres().await.expect("SYMBOLON_TEST_POSTGRES names a server");
    let proxy = Proxy::start(&std::env::var(VARIABLE).unwrap()).await;
    let engine = Engine::open(&proxy.url(database.direct_url()), Database::options()).await.unwrap();
    engine.migrate().await.unwrap();
    engine.commit(insert("before")).await.unwrap();
    (database, proxy, engine)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a PostgreSQL: scripts/with-postgres -- cargo test -- --include-ignored"]
async fn a_postgres_that_goes_away_is_unavailable_and_comes_back() {
    let (_database, proxy, engine) = through_a_proxy().await;
    for _ in 0..2 {
        proxy.cut();
        assert!(is_unavailable(&engine.commit(insert("during")).await));
        assert!(is_unavailable(&timeout(GUARD, engine.load(ALL, &[])).await.expect("an answer")));
        assert!(is_unavailable(&timeout(GUARD, engine.migrate()).await.expect("an answer")));
        proxy.mend();
        recovers(&engine).await;
    }
}

/// While nothing moves on the wire the clock of the runtime stands still and jumps to whatever is waited for next: what is
/// measured is what the engine waits, not what else the machine does.
#[tokio::test]
#[ignore = "needs a PostgreSQL: scripts/with-postgres -- cargo test -- --include-ignored"]
async fn a_postgres_that_hangs_is_unavailable_within_a_second_and_comes_back() {
    let (_database, proxy, engine) = through_a_proxy().await;
    let engine = Arc::new(engine);
    for round in 0..2 {
        proxy.hang();
        tokio::time::pause();
        let mut running = JoinSet::new();
        for n in 0..20 {
            let engine = Arc::clone(&engine);
            running.spawn(async move {
                let began = Instant::now();
                let commit = insert(&format!("during {round} {n}"));
                let (written, read) = tokio::join!(engine.commit(commit), engine.load(ALL, &[]));
                (is_unavailable(&written) && is_unavailable(&read), began.elapsed())
            });
        }
        for (unavailable, took) in running.join_all().await {
            assert!(unavailable && took <= Duration::from_secs(1), "{took:?}");
        }
        // Who comes later does not find it out anew.
        let began = Instant::now();
        assert!(is_unavailable(&engine.commit(insert("later")).await));
        assert!(is_unavailable(&engine.load(ALL, &[]).await));
        assert_eq!(began.elapsed(), Duration::ZERO);
        tokio::time::resume();
        proxy.cut();
        proxy.mend();
        recovers(&engine).await;
    }
}

/// A server that takes its time is no server that hangs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a PostgreSQL: scripts/with-postgres -- cargo test -- --include-ignored"]
async fn a_postgres_that_is_slow_is_waited_for() {
    let (_database, _proxy, engine) = through_a_proxy().await;
    // Longer than a silence may last, and far from what a statement may take.
    let slowly = "SELECT 1 FROM pg_sleep(1.1)";
    let commit = insert("slow").step(slowly, [], Expect::One).step(INSERT, parameters!["too"], Expect::One);
    let (written, read) = tokio::join!(engine.commit(commit), engine.load(slowly, &[]));
    written.and(read).unwrap();
    assert_eq!(engine.load(ALL, &[]).await.unwrap().len(), 3, "with the one from before");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a PostgreSQL: scripts/with-postgres -- cargo test -- --include-ignored"]
async fn two_processes_that_wait_for_each_other_both_get_through() {
    let database = Database::postgres().await.expect("SYMBOLON_TEST_POSTGRES names a server");
    let engines = [database.engine().await, database.engine().await];
    engines[0].commit(insert("a").step(INSERT, parameters!["b"], Expect::One)).await.unwrap();
    let touch = "UPDATE attempts SET count = count + 1 WHERE subject = $1";
    let cross = |first: &str, then: &str| {
        Commit::new()
            .step(touch, parameters![first], Expect::One)
            .step("SELECT 1 FROM pg_sleep(0.1)", [], Expect::One)
            .step(touch, parameters![then], Expect::One)
    };
    let (one, two) = tokio::join!(engines[0].commit(cross("a", "b")), engines[1].commit(cross("b", "a")));
    one.and(two).unwrap();
    let rows = engines[0].load("SELECT count FROM attempts", &[]).await.unwrap();
    assert!(rows.into_iter().all(|row| row.read(Cursor::integer).unwrap() == 2));
}

/// A database that ends the transaction of every insert into `attempts` with this error, as often as told. A sequence counts
/// the tries: what it gave is not taken back with the transaction.
async fn ending(times: i64, error: &str) -> (Database, Engine, tokio_postgres::Client) {
    let database = Database::postgres().await.expect("SYMBOLON_TEST_POSTGRES names a server");
    let engine = database.engine().await;
    let (client, connection) =
        tokio_postgres::connect(database.direct_url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let trigger = format!(
        "CREATE SEQUENCE tries;
         CREATE FUNCTION ended() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             IF nextval('tries') <= {times} THEN RAISE EXCEPTION 'ended' USING ERRCODE = '{error}'; END IF;
             RETURN NEW;
         END $$;
         CREATE TRIGGER ended BEFORE INSERT ON attempts FOR EACH ROW EXECUTE FUNCTION ended();"
    );
    client.batch_execute(&trigger).await.unwrap();
    (database, engine, client)
}

async fn tries(client: &tokio_postgres::Client) -> i64 {
    client.query_one("SELECT last_value FROM tries", &[]).await.unwrap().get(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a PostgreSQL: scripts/with-postgres -- cargo test -- --include-ignored"]
async fn a_commit_that_deadlocks_several_times_gets_through() {
    for error in ["40P01", "40001"] {
        let (_database, engine, client) = ending(4, error).await;
        engine.commit(insert("one step")).await.unwrap();
        assert_eq!(tries(&client).await, 5, "{error}");
        client.batch_execute("ALTER SEQUENCE tries RESTART").await.unwrap();
        let two = insert("the first").step(INSERT, parameters!["the second"], Expect::One);
        engine.commit(two).await.unwrap();
        assert_eq!(tries(&client).await, 6, "{error}");
        assert_eq!(engine.load(ALL, &[]).await.unwrap().len(), 3);
    }
}

/// Several at once share a transaction. When that deadlocks, each is done by itself, and all of them get through.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a PostgreSQL: scripts/with-postgres -- cargo test -- --include-ignored"]
async fn a_deadlock_costs_the_neighbours_nothing() {
    let (_database, engine, _client) = ending(6, "40P01").await;
    let engine = Arc::new(engine);
    let mut running = JoinSet::new();
    for n in 0..20 {
        let engine = Arc::clone(&engine);
        running.spawn(async move { engine.commit(insert(&format!("{n}"))).await });
    }
    assert!(running.join_all().await.iter().all(Result::is_ok));
    assert_eq!(engine.load(ALL, &[]).await.unwrap().len(), 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a PostgreSQL: scripts/with-postgres -- cargo test -- --include-ignored"]
async fn a_commit_that_always_deadlocks_is_unavailable_in_the_end() {
    let (_database, engine, client) = ending(i64::MAX, "40P01").await;
    let outcome = timeout(GUARD, engine.commit(insert("never"))).await.expect("an answer");
    assert!(is_unavailable(&outcome), "{outcome:?}");
    assert!(tries(&client).await > 2);
    client.batch_execute("DROP TRIGGER ended ON attempts").await.unwrap();
    engine.commit(insert("later")).await.unwrap();
    assert_eq!(engine.load(ALL, &[]).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a PostgreSQL: scripts/with-postgres -- cargo test -- --include-ignored"]
async fn no_transaction_stays_open_when_callers_leave() {
    let database = Database::postgres().await.expect("SYMBOLON_TEST_POSTGRES names a server");
    let engine = Arc::new(database.engine().await);
    for n in 0..200 {
        let commit = insert(&format!("a {n}")).step(INSERT, parameters![format!("b {n}")], Expect::One);
        let caller = {
            let engine = Arc::clone(&engine);
            tokio::spawn(async move { engine.commit(commit).await })
        };
        tokio::task::yield_now().await;
        caller.abort();
        let _ = caller.await;
    }
    engine.commit(insert("last")).await.unwrap();
    let (client, connection) =
        tokio_postgres::connect(database.direct_url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    // Who has written to this table and not ended. What is only under way ends while one looks; what was left never does.
    let sql =
        "SELECT count(*) FROM pg_locks WHERE relation = 'attempts'::regclass AND mode = 'RowExclusiveLock'";
    let looks = async { while client.query_one(sql, &[]).await.unwrap().get::<_, i64>(0) > 0 {} };
    timeout(GUARD, looks).await.expect("every transaction ends");
    let subjects = engine.load(ALL, &[]).await.unwrap();
    assert_eq!(subjects.len() % 2, 1, "a commit is whole or absent");
}
