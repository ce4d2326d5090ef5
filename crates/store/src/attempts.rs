//! Rate limit: counts tries (sign-ins per account, per address) against brute force.
//!
//! A try is reserved *before* it is evaluated, under everything it counts against at once, in one conditional commit, so that
//! parallel tries cannot beat a limit; one that succeeds is given back. The counts are rows, so they hold across processes
//! and restarts.
//!
//! A budget is a leaky bucket (GCRA): a row says when its budget is whole again (`expires_at`), each try moves that moment
//! by one step, and a try that would move it beyond the window has to wait. So a budget comes back try by try, nobody waits for
//! the end of a window, and a row is worth nothing once its moment has passed.

use symbolon_oauth::time::{CLOCK_TOLERANCE, Timestamp};

use crate::engine::{Commit, Expect, StoreError, Value, each};
use crate::store::Store;

/// How many tries a subject has at once, and how long it takes until all of them are back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Tries at once.
    pub tries: i64,
    /// Milliseconds until all are back.
    pub window: i64,
}

impl Limit {
    /// The same time for so many times the tries.
    #[must_use]
    pub const fn times(self, factor: i64) -> Limit {
        Limit { tries: self.tries.saturating_mul(factor), window: self.window }
    }

    /// Milliseconds until one try is back.
    #[must_use]
    pub fn step(self) -> i64 {
        (self.window / self.tries.max(1)).max(1)
    }

    /// How long a subject has to wait whose budget is whole again at `whole`: 0 when it may try. A moment that no try can
    /// have made was written before the clock was set back, and would lock its subject for as long; it counts as none.
    #[must_use]
    pub fn wait(self, whole: Timestamp, now: Timestamp) -> i64 {
        match whole.since(now) {
            owed if owed >= self.window.saturating_add(CLOCK_TOLERANCE) => 0,
            owed => (owed - (self.window - self.step())).max(0),
        }
    }
}

/// What a try counts against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The account, the address or the pair, in a form that tells nobody which.
    pub name: String,
    /// Its budget.
    pub limit: Limit,
}

/// No try counts against more.
pub const SUBJECTS_AT_MOST: usize = 5;

const LOOK: &str = "SELECT subject, expires_at FROM attempts WHERE subject IN ($1, $2, $3, $4, $5)";

/// `$2` is now, `$3` one step from now, `$4` a step, `$5` the latest moment from which a step still ends within the window,
/// `$6` the first moment that no clock of ours explains, `$7` the end of the window.
const RESERVE: &str = "INSERT INTO attempts (subject, began_at, count, expires_at) VALUES ($1, $2, 1, $3) \
     ON CONFLICT (subject) DO UPDATE SET count = attempts.count + 1, \
     expires_at = CASE WHEN attempts.expires_at <= $2 THEN $3 WHEN attempts.expires_at >= $6 THEN $7 \
     ELSE attempts.expires_at + $4 END \
     WHERE attempts.expires_at <= $5 OR attempts.expires_at >= $6";

const GIVE_BACK: &str = "UPDATE attempts SET count = attempts.count - 1, expires_at = attempts.expires_at - $2 WHERE subject = $1";

impl Store {
    /// What keeps a try from being evaluated, if anything does: the place in `subjects` of the one that has to wait longest,
    /// and for how many milliseconds. Looks and counts nothing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn attempts_wait(
        &self,
        subjects: &[Subject],
        now: Timestamp,
    ) -> Result<Option<(usize, i64)>, StoreError> {
        let name = |at: usize| Value::from(subjects.get(at).map_or("", |subject| subject.name.as_str()));
        let names: [Value; SUBJECTS_AT_MOST] = std::array::from_fn(name);
        let rows = self.engine().load(LOOK, &names).await?;
        let rows = each(rows, |row| Ok((row.text()?, row.timestamp()?)))?;
        let waits = rows.iter().filter_map(|(name, whole)| {
            let at = subjects.iter().position(|subject| subject.name == *name)?;
            Some((at, subjects[at].limit.wait(*whole, now)))
        });
        Ok(waits.filter(|(_, wait)| *wait > 0).max_by_key(|(_, wait)| *wait))
    }

    /// Reserves a try under every subject, or, when one of them has none left, under none and answers `false`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn reserve_attempt(&self, subjects: &[Subject], now: Timestamp) -> Result<bool, StoreError> {
        let mut commit = Commit::new();
        for Subject { name, limit } in in_order(subjects) {
            let Limit { window, .. } = *limit;
            let (step, end) = (limit.step(), now.0.saturating_add(window));
            let (next, latest) = (Timestamp(now.0.saturating_add(step)), Timestamp(end.saturating_sub(step)));
            let strange = Timestamp(end.saturating_add(CLOCK_TOLERANCE));
            let row: [Value; 7] = [
                name.as_str().into(),
                now.into(),
                next.into(),
                step.into(),
                latest.into(),
                strange.into(),
                Timestamp(end).into(),
            ];
            commit = commit.step(RESERVE, row, Expect::One);
        }
        match self.engine().commit(commit).await {
            Ok(_) => Ok(true),
            Err(StoreError::Conflict) => Ok(false),
            Err(unavailable) => Err(unavailable),
        }
    }

    /// Gives a reserved try back.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn give_back_attempt(&self, subjects: &[Subject]) -> Result<(), StoreError> {
        let commit = in_order(subjects).into_iter().fold(Commit::new(), |commit, Subject { name, limit }| {
            commit.step(GIVE_BACK, [name.as_str().into(), limit.step().into()], Expect::AtMostOne)
        });
        self.engine().commit(commit).await.map(|_| ())
    }
}

/// Rows are always touched in the order of their names, so that two tries never wait for each other in a circle.
fn in_order(subjects: &[Subject]) -> Vec<&Subject> {
    let mut subjects: Vec<&Subject> = subjects.iter().collect();
    subjects.sort_by(|a, b| a.name.cmp(&b.name));
    subjects
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIVE: Limit = Limit { tries: 5, window: 60_000 };
    const NOW: Timestamp = Timestamp(1_000_000_000);

    fn whole_in(milliseconds: i64) -> Timestamp {
        Timestamp(NOW.0 + milliseconds)
    }

    #[test]
    fn a_wait_is_until_one_try_is_back() {
        let waits = [(-1, 0), (0, 0), (48_000, 0), (48_001, 1), (60_000, 12_000), (119_999, 71_999)];
        for (owed, wait) in waits {
            assert_eq!(FIVE.wait(whole_in(owed), NOW), wait, "{owed}");
        }
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_for_long() {
        assert_eq!(FIVE.wait(whole_in(120_000), NOW), 0);
    }

    #[test]
    fn a_budget_that_is_too_large_for_its_window_is_one_try_a_millisecond() {
        let huge = Limit { tries: i64::MAX, window: 1000 };
        assert_eq!((huge.step(), huge.times(50).tries), (1, i64::MAX));
    }
}
