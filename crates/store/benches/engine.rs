//! What a commit and a read cost: operations per second, and CPU of this process and of the database.
//!
//! `cargo bench -p symbolon-store -- <url> [callers] [seconds] [process id of the PostgreSQL server, else 0]
//! [connections]`. The database must be empty; it is filled. Run variants in turns, and compare CPU per operation
//! before operations per second.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measurement that cannot go on should stop")]
#![allow(clippy::disallowed_methods, reason = "a measurement reads the clock")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use symbolon_oauth::id::{AccessTokenId, AppId, FamilyId, Id};
use symbolon_store::{Commit, Engine, Expect, Options, Value, parameters};

const TOKEN: &str = "INSERT INTO access_tokens (id, hash, app_id, grant_id, family_id, scopes, resource, created_at, \
     expires_at) VALUES ($1, $2, $3, $3, $4, $5, NULL, $6, $7)";
const FAMILY: &str = "INSERT INTO families (id, app_id, grant_id, scopes, refresh_hash, rotations, created_at, \
     expires_at) VALUES ($1, $2, $2, $3, $4, 0, $5, $6)";
const ROTATE: &str = "UPDATE families SET refresh_hash = $3, previous_hash = $2, grace_until = $4, rotations = \
     rotations + 1, expires_at = $4 WHERE id = $1 AND ended_at IS NULL";
const FIND: &str = "SELECT hash, app_id, grant_id, family_id, scopes, resource, created_at, expires_at, revoked_at \
     FROM access_tokens WHERE id = $1";

static NEXT: AtomicI64 = AtomicI64::new(1_700_000_000_000);

/// A time-ordered identifier: a fresh millisecond and bytes that look random.
fn fresh<K>() -> Id<K> {
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let noise = (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    Id::time_ordered(n, std::array::from_fn(|at| noise[at % 8]))
}

fn token(id: AccessTokenId, family: FamilyId) -> Vec<Value> {
    let app = AppId::new([1; 16]);
    let now = NEXT.load(Ordering::Relaxed);
    parameters![id, vec![9_u8; 32], app, family, "read:profile read:billing", now, now + 3_600_000].into()
}

#[derive(Clone, Copy)]
enum Work {
    Insert,
    Rotate,
    Find,
}

impl Work {
    async fn once(self, engine: &Engine, family: FamilyId, known: &[AccessTokenId], at: usize) {
        let insert = || Commit::new().step(TOKEN, token(fresh(), family), Expect::One);
        match self {
            Work::Insert => drop(engine.commit(insert()).await.unwrap()),
            Work::Rotate => {
                let hash = vec![at as u8; 32];
                let rotated = parameters![family, hash.clone(), hash, 1_900_000_000_000];
                drop(engine.commit(insert().step(ROTATE, rotated, Expect::One)).await.unwrap());
            }
            Work::Find => {
                let id = known[at.wrapping_mul(7919) % known.len()];
                assert_eq!(engine.load(FIND, &parameters![id]).await.unwrap().len(), 1);
            }
        }
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let Some(url) = arguments.first() else { return };
    let number =
        |at: usize, otherwise: u64| arguments.get(at).map_or(otherwise, |word| word.parse().unwrap());
    let (callers, seconds, postmaster) = (number(1, 64), number(2, 3), number(3, 0));
    let connections = number(4, Options::SERVING as u64) as usize;
    let options = Options { connections, ..Options::default() };
    let engine = Arc::new(Engine::open(url, options).await.unwrap());
    engine.migrate().await.unwrap();
    let mut known = Vec::new();
    let family: FamilyId = fresh();
    for _ in 0..100 {
        let mut commit = Commit::new();
        for _ in 0..100 {
            let id = fresh();
            known.push(id);
            commit = commit.step(TOKEN, token(id, family), Expect::One);
        }
        engine.commit(commit).await.unwrap();
    }
    let known: Arc<[AccessTokenId]> = known.into();
    for (name, work) in [("insert", Work::Insert), ("rotate", Work::Rotate), ("find", Work::Find)] {
        measure(name, work, &engine, &known, callers, seconds, postmaster).await;
    }
}

#[expect(clippy::too_many_arguments, reason = "a measurement is described by these")]
async fn measure(
    name: &str,
    work: Work,
    engine: &Arc<Engine>,
    known: &Arc<[AccessTokenId]>,
    callers: u64,
    seconds: u64,
    postmaster: u64,
) {
    let mut families: Vec<FamilyId> = Vec::new();
    for _ in 0..callers {
        let id = fresh();
        let given = parameters![id, AppId::new([1; 16]), "read", vec![0_u8; 32], 0, 9];
        engine.commit(Commit::new().step(FAMILY, given, Expect::One)).await.unwrap();
        families.push(id);
    }
    let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let before = cpu(postmaster);
    let began = Instant::now();
    let mut running = Vec::new();
    for (index, family) in families.into_iter().enumerate() {
        let (engine, known, stop, done) =
            (Arc::clone(engine), Arc::clone(known), Arc::clone(&stop), Arc::clone(&done));
        running.push(tokio::spawn(async move {
            let mut times = Vec::new();
            let mut at = index;
            while !stop.load(Ordering::Relaxed) {
                let began = Instant::now();
                work.once(&engine, family, &known, at).await;
                times.push(began.elapsed());
                at += 64;
                done.fetch_add(1, Ordering::Relaxed);
                // An inline read never waits; without this the runtime would serve nobody else.
                tokio::task::consume_budget().await;
            }
            times
        }));
    }
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    stop.store(true, Ordering::Relaxed);
    let mut times = Vec::new();
    for caller in running {
        times.extend(caller.await.unwrap());
    }
    let elapsed = began.elapsed();
    let after = cpu(postmaster);
    times.sort_unstable();
    let count = done.load(Ordering::Relaxed);
    let each = |ticks: u64| ticks as f64 * 10_000.0 / count as f64;
    println!(
        "{name:7} {callers:4} callers {:9.0}/s  cpu us/op: own {:6.1} database {:6.1}  p50 {:?} p99 {:?}",
        count as f64 / elapsed.as_secs_f64(),
        each(after.0 - before.0),
        each(after.1 - before.1),
        times[times.len() / 2],
        times[times.len() * 99 / 100],
    );
}

/// Ticks (10 ms) of CPU used by this process and by the children of `postmaster`.
fn cpu(postmaster: u64) -> (u64, u64) {
    let ticks = |pid: &str| -> Option<(u64, u64)> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
        Some((fields[1].parse().ok()?, fields[11].parse::<u64>().ok()? + fields[12].parse::<u64>().ok()?))
    };
    let own = ticks("self").map_or(0, |(_, ticks)| ticks);
    let children = std::fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let (parent, ticks) = ticks(entry.ok()?.file_name().to_str()?)?;
        (postmaster != 0 && parent == postmaster).then_some(ticks)
    });
    (own, children.sum())
}
