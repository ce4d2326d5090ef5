//! Durable jobs: what is to be done after a commit. A job is written in the transaction of its cause, so neither is ever there
//! without the other.
//!
//! Whoever runs jobs claims some for a while (a lease) by one conditional write: with `SKIP LOCKED` on PostgreSQL, by the one
//! connection that writes on SQLite. A claim is a random value, and only its holder ends the job. A claim whose time is over
//! is free for everybody, so the jobs of a process that was killed are taken over: a job is done at least once, under an
//! identifier that stays the same.

use symbolon_oauth::id::Id;
use symbolon_oauth::time::Timestamp;

use crate::audit::Audit;
use crate::engine::{Commit, Cursor, Expect, Spelling, StoreError, each, first};
use crate::parameters;
use crate::store::Store;

/// How long a dead job is kept to be looked at: thirty days, in milliseconds.
const DEAD_ARE_KEPT: i64 = 30 * 86_400_000;

/// A job that is to be done.
#[derive(Clone, PartialEq, Eq)]
pub struct NewJob {
    /// The row, and its name for whoever must know it again.
    pub id: Id<NewJob>,
    /// What kind of job it is.
    pub kind: &'static str,
    /// What it is about, sealed.
    pub body: Vec<u8>,
    /// Now.
    pub at: Timestamp,
    /// When it is worth nothing any more, if ever.
    pub useless_at: Option<Timestamp>,
}

impl NewJob {
    /// Adds the job to the commit of its cause. It is due at once.
    #[must_use]
    pub fn append(&self, commit: Commit) -> Commit {
        const INSERT: &str = "INSERT INTO jobs (id, kind, body, due_at, attempts, created_at, useless_at) \
            VALUES ($1, $2, $3, $4, 0, $4, $5)";
        let row = parameters![self.id, self.kind, self.body.clone(), self.at, self.useless_at];
        commit.step(INSERT, row, Expect::One)
    }
}

/// Who has claimed jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim(pub [u8; 16]);

/// A job that is claimed.
#[derive(Clone, PartialEq, Eq)]
pub struct ClaimedJob {
    /// Its name.
    pub id: Id<NewJob>,
    /// What it is about, sealed.
    pub body: Vec<u8>,
    /// How often it was tried, this time included.
    pub attempts: i64,
    /// When it is worth nothing any more, if ever.
    pub useless_at: Option<Timestamp>,
}

/// A job as an operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedJob {
    /// Its name.
    pub id: Id<NewJob>,
    /// What kind of job it is; maybe one that only another version knows.
    pub kind: String,
    /// When it is tried next; `None` when it is dead.
    pub due_at: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: i64,
    /// What went wrong last.
    pub fault: Option<String>,
    /// Since when it is there.
    pub created_at: Timestamp,
}

/// How many jobs of a kind there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobCount {
    /// The kind.
    pub kind: String,
    /// Those that will be tried.
    pub waiting: i64,
    /// Those that will not.
    pub dead: i64,
    /// Since when the oldest of those that wait is there.
    pub oldest: Option<Timestamp>,
}

/// What becomes of a job that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is tried again then.
    At(Timestamp),
    /// It is dead.
    Dead,
}

macro_rules! claim {
    ($($lock:literal)?) => {
        concat!(
            "UPDATE jobs SET claim = $1, due_at = $2, attempts = attempts + 1 WHERE id IN \
             (SELECT id FROM jobs WHERE kind = $3 AND due_at <= $4 ORDER BY due_at LIMIT $5", $($lock,)?
            ") RETURNING id, body, attempts, useless_at"
        )
    };
}

const CLAIM: Spelling = Spelling { sqlite: claim!(), postgres: claim!(" FOR UPDATE SKIP LOCKED") };

impl Store {
    /// When the next job of a kind is due.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn next_job(&self, kind: &str) -> Result<Option<Timestamp>, StoreError> {
        const NEXT: &str =
            "SELECT due_at FROM jobs WHERE kind = $1 AND due_at IS NOT NULL ORDER BY due_at LIMIT 1";
        first(self.engine().load(NEXT, &parameters![kind]).await?, Cursor::timestamp)
    }

    /// Claims up to `most` jobs of a kind that are due, until `until`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn claim_jobs(
        &self,
        kind: &str,
        claim: Claim,
        (now, until): (Timestamp, Timestamp),
        most: i64,
    ) -> Result<Vec<ClaimedJob>, StoreError> {
        let claiming = parameters![&claim.0[..], until, kind, now, most];
        let commit = Commit::new().step(self.engine().spell(CLAIM), claiming, Expect::Any);
        each(self.engine().commit(commit).await?, |row| {
            Ok(ClaimedJob {
                id: row.id()?,
                body: row.blob()?,
                attempts: row.integer()?,
                useless_at: row.optional_timestamp()?,
            })
        })
    }

    /// The job is done. `false` when somebody else has it by now.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn finish_job(&self, id: Id<NewJob>, claim: Claim) -> Result<bool, StoreError> {
        const DONE: &str = "DELETE FROM jobs WHERE id = $1 AND claim = $2";
        let commit = Commit::new().step(DONE, parameters![id, &claim.0[..]], Expect::One);
        held(self.engine().commit(commit).await.map(|_| ()))
    }

    /// The job failed, with a fault that holds no secret. `false` when somebody else has it by now.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn fail_job(
        &self,
        (id, claim): (Id<NewJob>, Claim),
        next: Next,
        fault: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const FAILED: &str = "UPDATE jobs SET claim = NULL, due_at = $3, fault = $4, expires_at = $5 \
            WHERE id = $1 AND claim = $2";
        let (due, kept) = match next {
            Next::At(at) => (Some(at), None),
            Next::Dead => (None, Some(Timestamp(now.0 + DEAD_ARE_KEPT))),
        };
        let row = parameters![id, &claim.0[..], due, fault, kept];
        let commit = Commit::new().step(FAILED, row, Expect::One);
        held(self.engine().commit(commit).await.map(|_| ()))
    }

    /// How many jobs there are, by their kinds.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn count_jobs(&self) -> Result<Vec<JobCount>, StoreError> {
        const COUNT: &str = "SELECT kind, count(due_at), count(*) - count(due_at), \
            min(CASE WHEN due_at IS NULL THEN NULL ELSE created_at END) FROM jobs GROUP BY kind ORDER BY kind";
        each(self.engine().load(COUNT, &[]).await?, |row| {
            Ok(JobCount {
                kind: row.text()?,
                waiting: row.integer()?,
                dead: row.integer()?,
                oldest: row.optional_timestamp()?,
            })
        })
    }

    /// Up to `most` jobs, the oldest first; only dead ones on request.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn list_jobs(&self, dead_only: bool, most: i64) -> Result<Vec<ListedJob>, StoreError> {
        const LIST: &str = "SELECT id, kind, due_at, attempts, fault, created_at FROM jobs \
            WHERE due_at IS NULL OR NOT $1 ORDER BY id LIMIT $2";
        each(self.engine().load(LIST, &parameters![dead_only, most]).await?, |row| {
            Ok(ListedJob {
                id: row.id()?,
                kind: row.text()?,
                due_at: row.optional_timestamp()?,
                attempts: row.integer()?,
                fault: row.optional_text()?,
                created_at: row.timestamp()?,
            })
        })
    }

    /// Has a job tried now, dead or not, as if it never had been. `false` when there is none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn retry_job(&self, id: Id<NewJob>, audit: &Audit) -> Result<bool, StoreError> {
        const RETRY: &str =
            "UPDATE jobs SET due_at = $2, claim = NULL, attempts = 0, expires_at = NULL WHERE id = $1";
        let commit = Commit::new().step(RETRY, parameters![id, audit.at], Expect::One);
        held(self.engine().commit(audit.append(commit)).await.map(|_| ()))
    }

    /// Takes a job away: it is never done. `false` when there is none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn drop_job(&self, id: Id<NewJob>, audit: &Audit) -> Result<bool, StoreError> {
        const DROP: &str = "DELETE FROM jobs WHERE id = $1";
        let commit = Commit::new().step(DROP, parameters![id], Expect::One);
        held(self.engine().commit(audit.append(commit)).await.map(|_| ()))
    }

    /// Adds a job that has no cause in this database but its wish.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn add_job(&self, job: &NewJob) -> Result<(), StoreError> {
        self.engine().commit(job.append(Commit::new())).await.map(|_| ())
    }
}

/// A row that is not there any more is no trouble.
fn held(outcome: Result<(), StoreError>) -> Result<bool, StoreError> {
    match outcome {
        Ok(()) => Ok(true),
        Err(StoreError::Conflict) => Ok(false),
        Err(unavailable) => Err(unavailable),
    }
}
