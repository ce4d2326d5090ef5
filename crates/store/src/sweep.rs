//! Retention: deletes what has expired, in small steps through the same queue as everything else.
//!
//! One [`Sweep`] per table says which rows go, and when. A step touches at most [`CHUNK`] rows and finds them by an index
//! on their end, so that a million expired ones never stop a request. What has expired refuses by its own time; deleting it
//! changes no answer.

use symbolon_oauth::time::Timestamp;

use crate::engine::{Commit, Expect, Spelling, StoreError};
use crate::store::Store;

/// Rows one step deletes at most.
pub const CHUNK: usize = 500;

/// Codes and families stay a day after their end, so that a late replay is still recognized and reported.
const KEEP_FOR_REPLAYS: i64 = 86_400_000;

/// What is deleted when its time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sweep {
    /// Access tokens, but for the newest of a family whose dialect must still know it.
    AccessTokens,
    /// Authorization codes.
    AuthorizationCodes,
    /// Token families, each with its access tokens without end.
    Families,
    /// The sealed successors of refresh tokens that were used, once their grace is over. Their families stay.
    SealedSuccessors,
    /// Browser sessions.
    BrowserSessions,
    /// Consent forms that were answered.
    SpentInteractions,
    /// Counted tries.
    Attempts,
    /// Invitations that nobody accepted.
    Invitations,
    /// Offers of apps that nobody took.
    AppTransfers,
    /// Requests for apps, a while after they were answered.
    DeveloperRequests,
    /// Jobs that are dead for a month.
    DeadJobs,
    /// Links by which addresses are proven.
    AddressProofs,
    /// What apps did, hour by hour.
    AppActivity,
    /// What apps were refused.
    AppRefusals,
}

/// How the rows of one table go. `$1` is the moment before which a row must have ended.
struct Rule {
    /// What happens before, in the same transaction.
    first: Option<Spelling>,
    /// Deletes at most [`CHUNK`] rows and answers one row for each.
    delete: Spelling,
    /// For how many milliseconds a row stays after its end.
    keep: i64,
}

/// A statement about the next rows of a table that are over: its text in pieces, the key, table and end of the rows (and of which
/// rows), and the text after them. On PostgreSQL each row is claimed, and one that another process is writing is passed over,
/// so that two processes that sweep do not wait for each other.
macro_rules! over {
    (($($before:literal),+), [$key:literal, $table:literal, $end:literal $(, $which:literal)?], $($after:tt)+) => {
        Spelling {
            sqlite: concat!(
                $($before,)+ "SELECT ", $key, " FROM ", $table, " WHERE ", $($which, " AND ",)? $end, " < $1 ORDER BY ", $end,
                " LIMIT 500", $($after)+
            ),
            postgres: concat!(
                $($before,)+ "SELECT ", $key, " FROM ", $table, " WHERE ", $($which, " AND ",)? $end, " < $1 ORDER BY ", $end,
                " LIMIT 500 FOR UPDATE SKIP LOCKED", $($after)+
            ),
        }
    };
}

/// Deletes the next rows of a table that are over.
macro_rules! delete {
    ($table:literal by $key:literal) => {
        over!(
            ("DELETE FROM ", $table, " WHERE ", $key, " IN ("),
            [$key, $table, "expires_at"],
            ") RETURNING 1"
        )
    };
}

/// Whether an access token must be known although it expired, and is the newest of a family that lives. The clock of the node
/// that began or renewed the family may be a minute ahead.
macro_rules! newest {
    () => {
        "(kept_until IS NOT NULL AND EXISTS (SELECT 1 FROM families f WHERE f.id = access_tokens.family_id \
         AND f.ended_at IS NULL AND coalesce(f.renewed_at, f.created_at) <= access_tokens.created_at + 60000))"
    };
}

/// Such a token is looked at again after thirty days.
const KEEP_NEWEST: Spelling = over!(
    ("UPDATE access_tokens SET kept_until = $1 + 2592000000 WHERE id IN ("),
    ["id", "access_tokens", "coalesce(kept_until, expires_at)"],
    ") AND ",
    newest!()
);

/// The access tokens without end that go with the next families: no sweep of their own finds them.
const DELETE_ENDLESS: Spelling = over!(
    ("DELETE FROM access_tokens WHERE expires_at IS NULL AND family_id IN ("),
    ["id", "families", "expires_at"],
    ")"
);

const DELETE_ACCESS_TOKENS: Spelling = over!(
    ("DELETE FROM access_tokens WHERE id IN ("),
    ["id", "access_tokens", "coalesce(kept_until, expires_at)"],
    ") AND NOT ",
    newest!(),
    " RETURNING 1"
);

/// Rows of a key of several parts.
const DELETE_ACTIVITY: Spelling = over!(
    ("DELETE FROM app_activity WHERE (app_id, hour, what, reason, writer) IN ("),
    ["app_id, hour, what, reason, writer", "app_activity", "expires_at"],
    ") RETURNING 1"
);

const UNSEAL: Spelling = over!(
    ("UPDATE families SET sealed_successor = NULL WHERE id IN ("),
    ["id", "families", "grace_until", "sealed_successor IS NOT NULL AND successor_used_at IS NOT NULL"],
    ") RETURNING 1"
);

impl Sweep {
    /// All of them.
    pub const ALL: [Sweep; 14] = [
        Sweep::AccessTokens,
        Sweep::AuthorizationCodes,
        Sweep::Families,
        Sweep::SealedSuccessors,
        Sweep::BrowserSessions,
        Sweep::SpentInteractions,
        Sweep::Attempts,
        Sweep::Invitations,
        Sweep::AppTransfers,
        Sweep::DeveloperRequests,
        Sweep::DeadJobs,
        Sweep::AddressProofs,
        Sweep::AppActivity,
        Sweep::AppRefusals,
    ];

    fn rule(self) -> Rule {
        match self {
            Sweep::AccessTokens => Rule { first: Some(KEEP_NEWEST), delete: DELETE_ACCESS_TOKENS, keep: 0 },
            Sweep::AuthorizationCodes => {
                Rule { first: None, delete: delete!("authorization_codes" by "id"), keep: KEEP_FOR_REPLAYS }
            }
            Sweep::Families => Rule {
                first: Some(DELETE_ENDLESS),
                delete: delete!("families" by "id"),
                keep: KEEP_FOR_REPLAYS,
            },
            Sweep::SealedSuccessors => Rule { first: None, delete: UNSEAL, keep: 0 },
            Sweep::BrowserSessions => {
                Rule { first: None, delete: delete!("browser_sessions" by "id"), keep: 0 }
            }
            Sweep::SpentInteractions => {
                Rule { first: None, delete: delete!("spent_interactions" by "id"), keep: 0 }
            }
            Sweep::Attempts => Rule { first: None, delete: delete!("attempts" by "subject"), keep: 0 },
            Sweep::Invitations => Rule { first: None, delete: delete!("invitations" by "id"), keep: 0 },
            Sweep::AppTransfers => {
                Rule { first: None, delete: delete!("app_transfers" by "app_id"), keep: 0 }
            }
            Sweep::DeveloperRequests => {
                Rule { first: None, delete: delete!("developer_requests" by "id"), keep: 0 }
            }
            Sweep::DeadJobs => Rule { first: None, delete: delete!("jobs" by "id"), keep: 0 },
            Sweep::AddressProofs => Rule { first: None, delete: delete!("address_proofs" by "id"), keep: 0 },
            Sweep::AppActivity => Rule { first: None, delete: DELETE_ACTIVITY, keep: 0 },
            Sweep::AppRefusals => Rule { first: None, delete: delete!("app_refusals" by "id"), keep: 0 },
        }
    }
}

impl Store {
    /// Takes one step of a sweep: deletes at most [`CHUNK`] rows that are over, and answers how many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn sweep(&self, sweep: Sweep, now: Timestamp) -> Result<usize, StoreError> {
        let rule = sweep.rule();
        let before = Timestamp(now.0 - rule.keep);
        let mut commit = Commit::new();
        if let Some(first) = rule.first {
            commit = commit.step(self.engine().spell(first), [before.into()], Expect::Any);
        }
        let delete = self.engine().spell(rule.delete);
        let rows = self.engine().commit(commit.step(delete, [before.into()], Expect::Any)).await?;
        Ok(rows.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::each;
    use crate::testing::Database;

    /// SQLite says how it would find the rows.
    #[tokio::test]
    async fn every_sweep_finds_its_rows_by_an_index() -> Result<(), StoreError> {
        let database = Database::sqlite().await;
        let engine = database.engine().await;
        for sweep in Sweep::ALL {
            let explained = String::leak(format!("EXPLAIN QUERY PLAN {}", sweep.rule().delete.sqlite));
            let plan = each(engine.load(explained, &[0.into()]).await?, |row| {
                row.skip()?;
                row.skip()?;
                row.skip()?;
                row.text()
            })?;
            let looks_at_all = |line: &String| line.starts_with("SCAN") || line.contains("TEMP B-TREE");
            assert!(!plan.is_empty() && !plan.iter().any(looks_at_all), "{sweep:?}: {plan:?}");
        }
        Ok(())
    }

    /// What has an end of its own, but for what the operator or a person gave and only they take back.
    #[tokio::test]
    async fn every_table_with_an_end_is_swept() -> Result<(), StoreError> {
        const STAY: [&str; 3] = ["client_secrets", "grants", "host_keys"];
        let database = Database::sqlite().await;
        let tables = "SELECT t.name FROM sqlite_schema t, pragma_table_info(t.name) c \
                      WHERE t.type = 'table' AND c.name = 'expires_at'";
        let rows = database.engine().await.load(tables, &[]).await?;
        for table in each(rows, crate::Cursor::text)? {
            let delete = format!("DELETE FROM {table} ");
            let swept = Sweep::ALL.iter().any(|sweep| sweep.rule().delete.sqlite.starts_with(&delete));
            assert!(swept != STAY.contains(&table.as_str()), "{table}");
        }
        Ok(())
    }
}
