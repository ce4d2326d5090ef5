//! Deleting what is over, in small steps through the same queue as everything else.
//!
//! Each step touches at most [`CHUNK`] rows and finds them by an index on their end, so that a million expired rows
//! never stop a request. What has expired refuses by its own time; deleting it changes no answer.

use symbolon_oauth::time::Timestamp;

use crate::engine::{Commit, Expect, StoreError};
use crate::store::Store;

/// Rows one step deletes at most.
pub const CHUNK: usize = 500;

/// Codes and families stay a while after their end, so that a late replay is still recognized and reported.
const KEEP_FOR_REPLAYS: i64 = 86_400_000;

/// The next access tokens whose time is over.
macro_rules! over {
    () => {
        "SELECT id FROM access_tokens WHERE coalesce(kept_until, expires_at) < $1 \
         ORDER BY coalesce(kept_until, expires_at) LIMIT 500"
    };
}

/// An access token that must be known although it expired, and is the newest of a family that lives.
macro_rules! newest {
    () => {
        "(kept_until IS NOT NULL AND EXISTS (SELECT 1 FROM families f WHERE f.id = access_tokens.family_id \
         AND f.ended_at IS NULL AND coalesce(f.renewed_at, f.created_at) <= access_tokens.created_at))"
    };
}

/// Such a token is looked at again after thirty days.
const KEEP_NEWEST: &str = concat!(
    "UPDATE access_tokens SET kept_until = $1 + 2592000000 WHERE id IN (",
    over!(),
    ") AND ",
    newest!()
);

const STEPS: [(&str, i64); 7] = [
    (concat!("DELETE FROM access_tokens WHERE id IN (", over!(), ") AND NOT ", newest!(), " RETURNING 1"), 0),
    (
        "DELETE FROM authorization_codes WHERE id IN (SELECT id FROM authorization_codes WHERE expires_at < $1 \
         ORDER BY expires_at LIMIT 500) RETURNING 1",
        KEEP_FOR_REPLAYS,
    ),
    (
        "DELETE FROM families WHERE id IN (SELECT id FROM families WHERE expires_at < $1 \
         ORDER BY expires_at LIMIT 500) RETURNING 1",
        KEEP_FOR_REPLAYS,
    ),
    (
        "DELETE FROM browser_sessions WHERE id IN (SELECT id FROM browser_sessions WHERE expires_at < $1 \
         ORDER BY expires_at LIMIT 500) RETURNING 1",
        0,
    ),
    (
        "DELETE FROM spent_interactions WHERE id IN (SELECT id FROM spent_interactions WHERE expires_at < $1 \
         ORDER BY expires_at LIMIT 500) RETURNING 1",
        0,
    ),
    (
        "DELETE FROM attempts WHERE subject IN (SELECT subject FROM attempts WHERE expires_at < $1 \
         ORDER BY expires_at LIMIT 500) RETURNING 1",
        0,
    ),
    // A sealed successor is kept for the grace only.
    (
        "UPDATE families SET sealed_successor = NULL WHERE id IN (SELECT id FROM families \
         WHERE sealed_successor IS NOT NULL AND grace_until < $1 ORDER BY grace_until LIMIT 500) RETURNING 1",
        0,
    ),
];

/// What goes with the families that a step deletes: their access tokens without end, which no step of their own finds.
const ENDLESS: &str = "DELETE FROM access_tokens WHERE expires_at IS NULL AND family_id IN (SELECT id FROM families \
     WHERE expires_at < $1 ORDER BY expires_at LIMIT 500)";
/// The step that deletes access tokens.
const ACCESS_TOKENS: usize = 0;
/// The step that deletes families.
const FAMILIES: usize = 2;

/// The number of kinds of rows that [`Store::purge`] knows.
pub const KINDS: usize = STEPS.len();

impl Store {
    /// Deletes (or, of sealed successors, erases) at most [`CHUNK`] expired things of one kind (`0..KINDS`) and answers
    /// how many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn purge(&self, kind: usize, now: Timestamp) -> Result<usize, StoreError> {
        let (sql, keep) = STEPS[kind % KINDS];
        let before = Timestamp(now.0 - keep);
        let mut commit = Commit::new();
        if kind % KINDS == ACCESS_TOKENS {
            commit = commit.step(KEEP_NEWEST, [before.into()], Expect::Any);
        }
        if kind % KINDS == FAMILIES {
            commit = commit.step(ENDLESS, [before.into()], Expect::Any);
        }
        let rows = self.engine().commit(commit.step(sql, [before.into()], Expect::Any)).await?;
        Ok(rows.len())
    }
}
