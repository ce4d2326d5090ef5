//! Group commit: the one connection that writes, and how commits that wait at the same time share one flush (fsync).
//!
//! Whoever finds nobody else writing commits by itself, where it is: handing a commit to another thread and waiting to be
//! woken costs as much as the flush. Everybody else queues for the thread that writes.
//!
//! It takes what is waiting and never waits for more: one `BEGIN IMMEDIATE … COMMIT` around at most [`BATCH`] commits.
//! A conflict undoes itself and not its neighbours: most change nothing, and when one does, the batch is undone and done
//! again with each commit under a savepoint of its own. Nobody is answered before the outer COMMIT succeeded; when that
//! fails, nobody in the batch was served.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rusqlite::ErrorCode;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::oneshot;

use super::super::{Commit, Row, StoreError};
use super::connection::{Connection, Role};
use super::describe;

/// At most so many commits share one flush: bounds how long the first of them waits for the last.
const BATCH: usize = 512;
/// At most so many commits wait. Beyond it a caller hears at once that the storage is busy.
const QUEUE: usize = 4096;
/// After so many commits without company the next one need not queue.
const QUIET: usize = 16;

type Verdict = Result<Vec<Row>, StoreError>;

struct Job {
    commit: Commit,
    answer: oneshot::Sender<Verdict>,
}

/// The way to the connection that writes. Dropping it finishes what is queued.
pub(super) struct Writer {
    shared: Arc<Shared>,
    queue: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread and those who commit by themselves share.
struct Shared {
    desk: Mutex<Desk>,
    /// How many commits are queued and not yet settled. While there are any, nobody overtakes them.
    waiting: AtomicUsize,
    /// How many turns of the thread in a row settled one commit only.
    lone_turns: AtomicUsize,
}

impl Shared {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Writer {
    /// Starts the thread on a connection that is known to work.
    pub(super) fn start(path: PathBuf, connection: Connection) -> Result<Writer, StoreError> {
        let (queue, jobs) = sync_channel(QUEUE);
        let desk = Mutex::new(Desk { path, connection: Some(connection) });
        let shared = Arc::new(Shared { desk, waiting: AtomicUsize::new(0), lone_turns: AtomicUsize::new(0) });
        let theirs = shared.clone();
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || serve(&theirs, &jobs))
            .map_err(StoreError::unavailable)?;
        Ok(Writer { shared, queue: Some(queue), thread: Some(thread) })
    }

    pub(super) async fn commit(&self, commit: Commit) -> Verdict {
        match self.alone(commit) {
            Ok(verdict) => verdict,
            Err(commit) => self.queued(commit).await,
        }
    }

    /// Commits here and now when nobody else writes, waits to or lately did; else gives the commit back. The thread of
    /// the runtime hands its other tasks away first, so only the caller waits for the flush. A crowd is served best by
    /// sharing flushes, so one meeting is enough to go back to the queue for a while.
    fn alone(&self, commit: Commit) -> Result<Verdict, Commit> {
        let may_block =
            Handle::try_current().is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::MultiThread);
        let quiet = self.shared.lone_turns.load(Ordering::Relaxed) >= QUIET
            && self.shared.waiting.load(Ordering::Acquire) == 0;
        if !may_block || !quiet {
            return Err(commit);
        }
        let Ok(mut desk) = self.shared.desk.try_lock() else {
            self.shared.lone_turns.store(0, Ordering::Relaxed);
            return Err(commit);
        };
        let mut verdicts = tokio::task::block_in_place(|| desk.settle(std::slice::from_ref(&commit)));
        Ok(verdicts.pop().unwrap_or_else(|| Err(StoreError::unavailable("a commit got no verdict"))))
    }

    async fn queued(&self, commit: Commit) -> Verdict {
        let (answer, verdict) = oneshot::channel();
        let stopped = || StoreError::unavailable("the thread that writes has stopped");
        let queue = self.queue.as_ref().ok_or_else(stopped)?;
        self.shared.waiting.fetch_add(1, Ordering::AcqRel);
        queue.try_send(Job { commit, answer }).map_err(|error| {
            self.shared.waiting.fetch_sub(1, Ordering::AcqRel);
            match error {
                TrySendError::Full(_) => StoreError::unavailable("too many writes are waiting"),
                TrySendError::Disconnected(_) => stopped(),
            }
        })?;
        verdict.await.map_err(|_| stopped())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that writes to SQLite had stopped by itself");
        }
    }
}

/// The thread that writes: one batch after the other, until the queue is closed and empty.
fn serve(shared: &Shared, jobs: &Receiver<Job>) {
    let (mut commits, mut answers) = (Vec::with_capacity(BATCH), Vec::with_capacity(BATCH));
    while let Ok(first) = jobs.recv() {
        let mut desk = shared.desk();
        for job in std::iter::once(first).chain(jobs.try_iter().take(BATCH - 1)) {
            commits.push(job.commit);
            answers.push(job.answer);
        }
        let verdicts = desk.settle(&commits);
        drop(desk);
        match answers.len() {
            1 => _ = shared.lone_turns.fetch_add(1, Ordering::Relaxed),
            _ => shared.lone_turns.store(0, Ordering::Relaxed),
        }
        shared.waiting.fetch_sub(answers.len(), Ordering::AcqRel);
        commits.clear();
        for (answer, verdict) in answers.drain(..).zip(verdicts) {
            // Whoever stopped waiting needs no answer.
            let _ = answer.send(verdict);
        }
    }
}

/// What it takes to write. The connection is missing while the file cannot be opened.
struct Desk {
    path: PathBuf,
    connection: Option<Connection>,
}

impl Desk {
    /// Applies a batch and has a verdict for everyone in it. After trouble with the outer transaction the connection is
    /// closed; the next batch opens a new one.
    fn settle(&mut self, batch: &[Commit]) -> Vec<Verdict> {
        self.apply(batch).unwrap_or_else(|error| {
            self.connection = None;
            tracing::warn!(%error, commits = batch.len(), "a batch of writes was undone");
            let error = describe(&self.path, &error);
            batch.iter().map(|_| Err(error.clone())).collect()
        })
    }

    /// One transaction around the whole batch; an error here means that none of it happened.
    fn apply(&mut self, batch: &[Commit]) -> rusqlite::Result<Vec<Verdict>> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(Connection::open(&self.path, Role::Writer)?),
        };
        connection.run("BEGIN IMMEDIATE", &[])?;
        let verdicts = match together(connection, batch)? {
            Some(verdicts) => verdicts,
            None => {
                connection.run("ROLLBACK", &[])?;
                connection.run("BEGIN IMMEDIATE", &[])?;
                each_under_a_savepoint(connection, batch)?
            }
        };
        connection.run("COMMIT", &[])?;
        Ok(verdicts)
    }
}

/// All commits in a row, without a savepoint: a commit that is lost is nearly always lost at its first step, which then
/// has changed nothing. `None` when one failed after it had changed something.
fn together(connection: &mut Connection, batch: &[Commit]) -> rusqlite::Result<Option<Vec<Verdict>>> {
    let mut verdicts = Vec::with_capacity(batch.len());
    for commit in batch {
        match run_steps(connection, commit)? {
            Ok(rows) => verdicts.push(Ok(rows)),
            Err(Lost { error, changed_nothing: true }) => verdicts.push(Err(error)),
            Err(_) => return Ok(None),
        }
    }
    Ok(Some(verdicts))
}

/// The careful way: what a lost commit has changed is undone, and nothing else.
fn each_under_a_savepoint(connection: &mut Connection, batch: &[Commit]) -> rusqlite::Result<Vec<Verdict>> {
    let mut verdicts = Vec::with_capacity(batch.len());
    for commit in batch {
        connection.run("SAVEPOINT one", &[])?;
        let outcome = run_steps(connection, commit)?;
        if outcome.is_err() {
            connection.run("ROLLBACK TO one", &[])?;
        }
        connection.run("RELEASE one", &[])?;
        verdicts.push(outcome.map_err(|lost| lost.error));
    }
    Ok(verdicts)
}

/// A commit that does not hold.
struct Lost {
    error: StoreError,
    /// Whether the database is as it was before its first step.
    changed_nothing: bool,
}

/// The steps of one commit. The inner result is its own verdict; the outer error ended the transaction around it.
fn run_steps(connection: &mut Connection, commit: &Commit) -> rusqlite::Result<Result<Vec<Row>, Lost>> {
    let mut rows = Vec::new();
    for (at, step) in commit.steps.iter().enumerate() {
        // A statement that fails undoes itself.
        let failed = |error| Ok(Err(Lost { error, changed_nothing: at == 0 }));
        match connection.run(step.sql, &step.parameters) {
            Ok(outcome) => {
                if let Err(error) = step.expect.check(outcome.touched) {
                    return Ok(Err(Lost { error, changed_nothing: at == 0 && outcome.touched == 0 }));
                }
                rows = outcome.rows;
            }
            Err(error) if is_of_the_file(&error) || connection.is_idle() => return Err(error),
            Err(error) if is_conflict(&error) => return failed(StoreError::Conflict),
            Err(error) => return failed(StoreError::unavailable(error)),
        }
    }
    Ok(Ok(rows))
}

/// Whether the trouble lies with the file or its disk, not with the statement.
fn is_of_the_file(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::ReadOnly
                | ErrorCode::CannotOpen
                | ErrorCode::OutOfMemory
                | ErrorCode::DatabaseBusy
        )
    )
}

/// Whether a row is already there, or one it refers to is gone.
fn is_conflict(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{
        SQLITE_CONSTRAINT_FOREIGNKEY, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID,
        SQLITE_CONSTRAINT_UNIQUE,
    };
    let code = error.sqlite_error().map(|error| error.extended_code);
    matches!(
        code,
        Some(
            SQLITE_CONSTRAINT_UNIQUE
                | SQLITE_CONSTRAINT_PRIMARYKEY
                | SQLITE_CONSTRAINT_ROWID
                | SQLITE_CONSTRAINT_FOREIGNKEY
        )
    )
}
