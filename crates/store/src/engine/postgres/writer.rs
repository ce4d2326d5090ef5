//! Group commit, and retries after a deadlock: the task that writes, and how commits share a transaction.
//!
//! It takes what is waiting and never waits for more. Several commits at once are tried *together*: BEGIN and all
//! their steps go out in one piece, every promise is checked, and only then COMMIT follows. If anything at all is
//! wrong, the whole is rolled back and each commit is done by itself, so a conflict costs its neighbours some time and
//! nothing else. A lone commit of one step needs no transaction around it. One that the database ended because of a deadlock
//! (40P01) or a conflict between transactions (40001) is tried again, with a pause that grows, until a deadline.
//!
//! The task owns its connection and runs to the end of what it began, whether or not anyone still waits; nobody is
//! answered before the database has acknowledged the COMMIT.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{self, error::TrySendError};
use tokio::sync::oneshot;

use super::super::Expect;
use super::super::commit::Step;
use super::fault::Fault;
use super::line::Line;
use super::session::{Outcome, Session};
use super::{Commit, Row, StoreError, TRANSACTION};

/// At most so many commits share a transaction: bounds how long their rows stay locked.
const BATCH: usize = 256;
/// At most so many commits wait. Beyond it a caller hears at once that the storage is busy.
const QUEUE: usize = 4096;

/// How long a commit that deadlocks is tried again. PostgreSQL looks for a deadlock after a second of waiting unless it
/// was told otherwise, so this is room for four attempts there. Those who wait behind it wait as long, so it is no more.
const RETRIES: Duration = Duration::from_secs(5);
/// Pauses between attempts: short first, because the other transaction is about to commit.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

type Verdict = Result<Vec<Row>, Fault>;

struct Job {
    commit: Commit,
    answer: oneshot::Sender<Result<Vec<Row>, StoreError>>,
}

/// The way to the task that writes.
pub(super) struct Writer {
    queue: mpsc::Sender<Job>,
}

impl Writer {
    pub(super) fn start(line: Arc<Line>) -> Writer {
        let (queue, jobs) = mpsc::channel(QUEUE);
        tokio::spawn(serve(line, jobs));
        Writer { queue }
    }

    pub(super) async fn commit(&self, commit: Commit) -> Result<Vec<Row>, StoreError> {
        let (answer, verdict) = oneshot::channel();
        let stopped = || StoreError::unavailable("the task that writes has stopped");
        self.queue.try_send(Job { commit, answer }).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::unavailable("too many writes are waiting"),
            TrySendError::Closed(_) => stopped(),
        })?;
        verdict.await.map_err(|_| stopped())?
    }
}

/// Serves until the queue is closed and empty.
async fn serve(line: Arc<Line>, mut jobs: mpsc::Receiver<Job>) {
    let mut batch = Vec::with_capacity(BATCH);
    while jobs.recv_many(&mut batch, BATCH).await > 0 {
        match line.session().await {
            Ok(session) => settle(&session, &mut batch).await,
            Err(error) => batch.drain(..).for_each(|job| reply(job, Err(error.clone()))),
        }
    }
}

/// Whoever stopped waiting needs no answer.
fn reply(job: Job, verdict: Result<Vec<Row>, StoreError>) {
    let _ = job.answer.send(verdict);
}

/// Does a batch and answers everyone in it.
async fn settle(session: &Session, batch: &mut Vec<Job>) {
    if batch.len() > 1 {
        match session.within(TRANSACTION, together(session, batch)).await {
            Ok(answers) => {
                batch.drain(..).zip(answers).for_each(|(job, rows)| reply(job, Ok(rows)));
                return;
            }
            Err(Fault::Broken(error)) => {
                batch.drain(..).for_each(|job| reply(job, Err(error.clone())));
                return;
            }
            Err(_) => {}
        }
    }
    let mut broken = None;
    for job in batch.drain(..) {
        let verdict = match &broken {
            None => alone(session, &job.commit).await,
            Some(fault) => Err(Fault::clone(fault)),
        };
        if let Err(fault @ Fault::Broken(_)) = &verdict {
            broken = Some(fault.clone());
        }
        reply(job, verdict.map_err(Fault::into_error));
    }
}

/// One commit by itself, tried again after a deadlock.
async fn alone(session: &Session, commit: &Commit) -> Verdict {
    match attempt(session, commit).await {
        Err(Fault::Deadlock) => retry(session, commit).await,
        verdict => verdict,
    }
}

async fn attempt(session: &Session, commit: &Commit) -> Verdict {
    match commit.steps.as_slice() {
        [step] if session.begins_by_itself() => session.within(TRANSACTION, autocommit(session, step)).await,
        steps => session.within(TRANSACTION, transaction(session, steps)).await,
    }
}

/// Retries with exponential backoff and jitter: whoever got the locks needs a moment to finish, and two that lost must not
/// meet again in step. The deadline is looked at between attempts, never during one: no transaction is left open.
#[expect(clippy::disallowed_methods, reason = "the pause between two attempts of a commit")]
async fn retry(session: &Session, commit: &Commit) -> Verdict {
    let mut deadline = pin!(tokio::time::sleep(RETRIES));
    let mut pause = FIRST_PAUSE;
    loop {
        tokio::select! {
            biased;
            () = &mut deadline => return Err(Fault::Deadlock),
            () = tokio::time::sleep(jitter(pause)) => {}
        }
        match attempt(session, commit).await {
            Err(Fault::Deadlock) => pause = (pause * 2).min(LONGEST_PAUSE),
            verdict => return verdict,
        }
    }
}

/// Between a half and the whole of a pause. The keys of a hash map are drawn anew for each one, and need not be secret
/// here.
fn jitter(pause: Duration) -> Duration {
    let drawn = RandomState::new().build_hasher().finish() >> 32;
    pause / 2 + pause.mul_f64(drawn as f64 / f64::from(u32::MAX) / 2.0)
}

/// One statement is its own transaction. A promise broken downwards does no harm: nothing happened then. Broken upwards
/// it is too late, which is why [`Commit::step`] asks for a unique key; it is reported loudly.
async fn autocommit(session: &Session, step: &Step) -> Verdict {
    let turn = session.turn().await?;
    let outcome = session.perform(step.sql, &step.parameters).await;
    turn.end();
    let outcome = outcome?;
    if step.expect != Expect::Any && outcome.touched > 1 {
        tracing::error!(
            sql = step.sql,
            touched = outcome.touched,
            "a step that names one row touched several"
        );
    }
    keep_promise(step, &outcome)?;
    Ok(outcome.rows)
}

/// The steps of one commit in a transaction of their own.
async fn transaction(session: &Session, steps: &[Step]) -> Verdict {
    let outcomes = hold(session, steps.iter()).await?;
    Ok(outcomes.into_iter().next_back().unwrap_or_default().rows)
}

/// The steps of all commits in one transaction.
async fn together(session: &Session, batch: &[Job]) -> Result<Vec<Vec<Row>>, Fault> {
    let outcomes = hold(session, batch.iter().flat_map(|job| &job.commit.steps)).await?;
    let mut outcomes = outcomes.into_iter();
    let rows_of = |job: &Job| {
        let own = outcomes.by_ref().take(job.commit.steps.len());
        own.last().unwrap_or_default().rows
    };
    Ok(batch.iter().map(rows_of).collect())
}

/// BEGIN and all steps in one piece; COMMIT only when every promise holds, else ROLLBACK.
async fn hold<'a>(
    session: &Session,
    steps: impl Iterator<Item = &'a Step> + Clone,
) -> Result<Vec<Outcome>, Fault> {
    let queries = steps.clone().map(|step| (step.sql, step.parameters.as_slice()));
    let turn = session.turn().await?;
    let held = session.pipeline(Some(session.begin()), queries).await.and_then(|outcomes| {
        steps.zip(&outcomes).try_for_each(|(step, outcome)| keep_promise(step, outcome))?;
        Ok(outcomes)
    });
    match held {
        Ok(outcomes) => {
            session.command("COMMIT").await.map_err(Fault::at_the_end)?;
            turn.end();
            Ok(outcomes)
        }
        Err(fault @ Fault::Broken(_)) => Err(fault),
        Err(fault) => {
            session.command("ROLLBACK").await.map_err(Fault::at_the_end)?;
            turn.end();
            Err(fault)
        }
    }
}

fn keep_promise(step: &Step, outcome: &Outcome) -> Result<(), Fault> {
    step.expect.check(outcome.touched).map_err(|_| Fault::Conflict)
}
