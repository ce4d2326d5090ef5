//! The loop that does jobs: one for each kind, so that a kind that is slow or fails delays no other.
//!
//! A round claims a few jobs for three minutes and does them beside each other, each within a minute; a clock of another node
//! may be a minute ahead. What fails is tried again later and later, up to a day; what fails then is dead, which log, metrics,
//! doctor and `symbolon jobs` show.

use std::sync::Arc;
use std::time::Duration;

use symbolon_oauth::time::Timestamp;
use symbolon_store::StoreError;
use symbolon_store::jobs::{Claim, ClaimedJob, Next};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::Kind;
use crate::clock::Unavailable;
use crate::fault::Fault;
use crate::state::State;

/// How often is looked for jobs that nobody here has just committed: those of other nodes, and those to be tried again.
const EVERY: Duration = Duration::from_secs(5);
/// How many jobs of a kind are done beside each other.
const AT_ONCE: i64 = 8;
/// How long one may take.
const AT_MOST: Duration = Duration::from_secs(60);
/// How long a claim holds, in milliseconds.
const LEASE: i64 = 180_000;
/// After how many seconds a job is tried again that failed for the first time, the second time, and so on.
const PAUSES: [i64; 9] = [10, 60, 300, 900, 3600, 10_800, 21_600, 43_200, 86_400];

/// Does the jobs of a kind until the server stops.
pub async fn run(state: Arc<State>, kind: Kind) {
    let mut looks = interval(EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !state.is_stopping() {
        tokio::select! {
            _ = looks.tick() => {}
            () = state.jobs_committed.notified() => {}
        }
        loop {
            match round(&state, kind).await {
                Ok(0) => break,
                Ok(_) if state.is_stopping() => break,
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, kind = kind.as_str(), "jobs are done later");
                    break;
                }
            }
        }
    }
}

/// Why a round was not made.
#[derive(Debug, thiserror::Error)]
pub enum RoundError {
    /// The storage does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no randomness.
    #[error(transparent)]
    Entropy(#[from] Unavailable),
}

/// Does a few jobs of a kind that are due, and answers how many were claimed.
///
/// # Errors
/// [`RoundError`]. What was claimed by then is free again when the claim is over.
pub async fn round(state: &Arc<State>, kind: Kind) -> Result<usize, RoundError> {
    let now = state.now();
    if state.store.next_job(kind.as_str()).await?.is_none_or(|due| due > now) {
        return Ok(0);
    }
    let claim = Claim(state.entropy.fill()?);
    let until = Timestamp(now.0 + LEASE);
    let jobs = state.store.claim_jobs(kind.as_str(), claim, (now, until), AT_ONCE).await?;
    let claimed = jobs.len();
    let mut running = JoinSet::new();
    for job in jobs {
        let state = state.clone();
        running.spawn(async move { one(&state, kind, &job, claim).await });
    }
    while let Some(done) = running.join_next().await {
        if let Ok(outcome) = done {
            outcome?;
        }
    }
    Ok(claimed)
}

async fn one(state: &State, kind: Kind, job: &ClaimedJob, claim: Claim) -> Result<(), RoundError> {
    let outcome = attempt(state, kind, job).await;
    let now = state.now();
    let (id, attempt, kind) = (job.id, job.attempts, kind.as_str());
    let Err(fault) = outcome else {
        state.metrics.job_ran(kind, "done");
        if !state.store.finish_job(id, claim).await? {
            tracing::warn!(kind, job = %id, "a job took longer than its claim, and may be done twice");
        }
        return Ok(());
    };
    let (next, said) = match &fault {
        Fault::Later(said) => {
            (pause(state, attempt)?.map_or(Next::Dead, |pause| Next::At(Timestamp(now.0 + pause))), said)
        }
        Fault::Never(said) => (Next::Dead, said),
    };
    let held = state.store.fail_job((id, claim), next, said, now).await?;
    match next {
        Next::At(_) => {
            state.metrics.job_ran(kind, "failed");
            tracing::warn!(kind, job = %id, attempt, fault = said, held, "a job failed and is tried again");
        }
        Next::Dead => {
            state.metrics.job_ran(kind, "dead");
            let mend = "`symbolon jobs retry` once its cause is mended, or `symbolon jobs drop`";
            tracing::error!(kind, job = %id, attempt, fault = said, held, mend, "a job is dead");
        }
    }
    Ok(())
}

async fn attempt(state: &State, kind: Kind, job: &ClaimedJob) -> Result<(), Fault> {
    if job.useless_at.is_some_and(|end| end <= state.now()) {
        return Err(Fault::Never("it came too late: what it was about is over".to_owned()));
    }
    let own = state.read_job(kind, job.id, &job.body)?;
    match timeout(AT_MOST, own.run(state, job.id)).await {
        Ok(done) => done,
        Err(_) => Err(Fault::Later(format!("it took longer than {} s", AT_MOST.as_secs()))),
    }
}

/// The milliseconds until a job is tried again that has failed so many times: up to a fifth more or less, so that what failed
/// together does not come back together.
fn pause(state: &State, attempts: i64) -> Result<Option<i64>, Unavailable> {
    let at = usize::try_from(attempts.max(1) - 1).unwrap_or(usize::MAX);
    let Some(seconds) = PAUSES.get(at) else { return Ok(None) };
    let drawn = i64::from(u16::from_be_bytes(state.entropy.fill()?));
    let fifth = seconds * 200;
    Ok(Some(seconds * 1000 - fifth + 2 * fifth * drawn / i64::from(u16::MAX)))
}
