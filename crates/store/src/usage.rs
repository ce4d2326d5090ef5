//! Usage, written behind: which grants were used, and of which token families an app is known to have its successor.
//!
//! It goes down the same line as every refresh, from every process at once, so it must not wait: one statement for many
//! rows, in the order of their ids, which passes over a row that somebody else is writing. Nothing is lost by that: who
//! writes a grant's use, renews a family or ends either makes this news old.

use std::fmt::Write as _;

use symbolon_oauth::id::{FamilyId, GrantId, Id};
use symbolon_oauth::time::Timestamp;

use crate::engine::{Commit, Expect, Spelling, StoreError};
use crate::store::Store;

/// Rows one statement writes at most, so that others go between.
const CHUNK: usize = 500;

/// A list of rows and a number for each travels as one JSON object, and each engine has its own way to read one. Only
/// PostgreSQL has rows to lock: SQLite writes one transaction at a time. Rows are looked up by lists of ids, not joined: of
/// a join a plan could be made, while a table is young, that reads it whole.
const TOUCH: Spelling = Spelling {
    sqlite: "UPDATE grants SET last_used_at = used.value FROM json_each($1) AS used \
             WHERE grants.id = unhex(used.key) AND (last_used_at IS NULL OR last_used_at < used.value)",
    postgres: "UPDATE grants SET last_used_at = \
               CAST((SELECT CAST(CAST($1 AS TEXT) AS JSONB)) ->> encode(id, 'hex') AS BIGINT) \
               WHERE id = ANY(ARRAY(SELECT g.id FROM grants g WHERE g.id = ANY(ARRAY(\
               SELECT decode(u.key, 'hex') FROM json_each_text(CAST(CAST($1 AS TEXT) AS JSON)) u)) \
               AND (g.last_used_at IS NULL OR g.last_used_at < \
               CAST((SELECT CAST(CAST($1 AS TEXT) AS JSONB)) ->> encode(g.id, 'hex') AS BIGINT)) \
               ORDER BY g.id FOR NO KEY UPDATE SKIP LOCKED))",
};

/// Holds while the refresh token is the one that the access token went out with.
const ARRIVE: Spelling = Spelling {
    sqlite: "UPDATE families SET successor_used_at = $2 FROM json_each($1) AS used \
             WHERE families.id = unhex(used.key) AND rotations = used.value AND sealed_successor IS NOT NULL \
             AND successor_used_at IS NULL",
    postgres: "UPDATE families SET successor_used_at = $2 \
               WHERE id = ANY(ARRAY(SELECT f.id FROM families f WHERE f.id = ANY(ARRAY(\
               SELECT decode(u.key, 'hex') FROM json_each_text(CAST(CAST($1 AS TEXT) AS JSON)) u)) \
               AND f.rotations = CAST((SELECT CAST(CAST($1 AS TEXT) AS JSONB)) ->> encode(f.id, 'hex') AS BIGINT) \
               AND f.sealed_successor IS NOT NULL AND f.successor_used_at IS NULL \
               ORDER BY f.id FOR NO KEY UPDATE SKIP LOCKED))",
};

/// Statements that requests wait for, each with the kinds of its parameters.
#[cfg(test)]
pub(crate) const HOT: &[(&str, &str)] = &[(TOUCH.postgres, "t"), (ARRIVE.postgres, "ti")];

impl Store {
    /// Records when grants were last used. Kept in memory by the caller and written now and then.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn touch_grants(&self, used: &[(GrantId, Timestamp)]) -> Result<(), StoreError> {
        for chunk in used.chunks(CHUNK) {
            let listed = listed(chunk.iter().map(|(grant, at)| (*grant, at.0)));
            let commit = Commit::new().step(self.engine().spell(TOUCH), [listed.into()], Expect::Any);
            self.engine().commit(commit).await?;
        }
        Ok(())
    }

    /// Records that access tokens were used which went out with these replacements of their families' refresh tokens. Kept
    /// in memory by the caller and written now and then.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn successors_arrived(
        &self,
        used: &[(FamilyId, i64)],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for chunk in used.chunks(CHUNK) {
            let listed = listed(chunk.iter().copied());
            let step = [listed.into(), now.into()];
            let commit = Commit::new().step(self.engine().spell(ARRIVE), step, Expect::Any);
            self.engine().commit(commit).await?;
        }
        Ok(())
    }
}

/// Rows and their numbers as a JSON object: hexadecimal ids for names.
fn listed<K>(rows: impl Iterator<Item = (Id<K>, i64)>) -> String {
    let mut text = String::from("{");
    for (id, number) in rows {
        let separator = if text.len() == 1 { "\"" } else { ",\"" };
        text.push_str(separator);
        for byte in id.bytes() {
            let _ = write!(text, "{byte:02x}");
        }
        let _ = write!(text, "\":{number}");
    }
    text.push('}');
    text
}
