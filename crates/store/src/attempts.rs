//! Rate limit: counts tries (sign-ins per account, per address) in fixed windows, against brute force.
//!
//! A try is counted *before* it is evaluated, in one atomic statement, so that parallel tries cannot beat the limit;
//! a success gives the count back. The counts are rows, so they hold across processes and restarts.

use symbolon_oauth::time::Timestamp;

use crate::engine::{Commit, Expect, StoreError, first};
use crate::store::Store;

/// How many tries a subject has, and for how long they count.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Tries in one window.
    pub tries: i64,
    /// Milliseconds.
    pub window: i64,
}

const COUNT: &str = "INSERT INTO attempts (subject, began_at, count, expires_at) VALUES ($1, $2, 1, $3) \
     ON CONFLICT (subject) DO UPDATE SET \
     count = CASE WHEN attempts.expires_at <= $2 THEN 1 ELSE attempts.count + 1 END, \
     began_at = CASE WHEN attempts.expires_at <= $2 THEN $2 ELSE attempts.began_at END, \
     expires_at = CASE WHEN attempts.expires_at <= $2 THEN $3 ELSE attempts.expires_at END \
     RETURNING count, expires_at";

const FORGET: &str = "DELETE FROM attempts WHERE subject = $1";

impl Store {
    /// Counts a try. `Err(until)` inside means that it may not be evaluated before that moment.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn count_attempt(
        &self,
        subject: &str,
        limit: Limit,
        now: Timestamp,
    ) -> Result<Result<(), Timestamp>, StoreError> {
        let end = Timestamp(now.0 + limit.window);
        let commit = Commit::new().step(COUNT, [subject.into(), now.into(), end.into()], Expect::One);
        let counted =
            first(self.engine().commit(commit).await?, |row| Ok((row.integer()?, row.timestamp()?)))?;
        let Some((count, until)) = counted else {
            return Err(StoreError::unavailable("a count gave no row"));
        };
        Ok(if count > limit.tries { Err(until) } else { Ok(()) })
    }

    /// Forgets the tries of a subject that succeeded.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn forget_attempts(&self, subject: &str) -> Result<(), StoreError> {
        let commit = Commit::new().step(FORGET, [subject.into()], Expect::AtMostOne);
        self.engine().commit(commit).await.map(|_| ())
    }
}
