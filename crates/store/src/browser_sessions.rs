//! Browser sessions: the browsers in which somebody is signed in, and since when.

use std::sync::Arc;

use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::id::{BrowserSessionId, UserId};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::browser_session::BrowserSession;

use crate::audit::Audit;
use crate::cache::Doubt;
use crate::engine::{Commit, Cursor, Expect, StoreError, each};
use crate::store::Store;
use crate::users::{sessions_from, user_columns, user_from_row};

/// A browser session to be stored.
#[derive(Clone, Debug)]
pub struct NewBrowserSession<'a> {
    /// Its row.
    pub id: BrowserSessionId,
    /// SHA-256 of its cookie.
    pub hash: SecretHash,
    /// Who signed in.
    pub user: UserId,
    /// The browser's own words for itself.
    pub agent: &'a str,
    /// The network place it is at.
    pub place: &'a str,
    /// When they signed in.
    pub auth_time: Timestamp,
    /// When it begins.
    pub created_at: Timestamp,
    /// Now.
    pub now: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The tag of the language they read.
    pub language: &'a str,
}

macro_rules! browser_sessions_where {
    ($condition:literal) => {
        concat!(
            "SELECT s.id, s.hash, s.auth_time, s.created_at, s.last_seen_at, s.expires_at, s.agent, s.place, ",
            user_columns!(),
            ", ",
            sessions_from!(),
            " FROM browser_sessions s JOIN users u ON u.id = s.user_id WHERE ",
            $condition
        )
    };
}

const LOAD: &str = browser_sessions_where!("s.id = $1");
const OF_USER: &str =
    browser_sessions_where!("s.user_id = $1 AND s.expires_at > $2 ORDER BY s.last_seen_at DESC LIMIT 100");

const BEGIN: &str = "INSERT INTO browser_sessions (id, hash, user_id, auth_time, created_at, last_seen_at, expires_at, \
     agent, place) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

/// Whoever reads another language than at the last sign-in is written to in that from now on.
const READS: &str = "UPDATE users SET language = $2 WHERE id = $1 AND language IS DISTINCT FROM $2";

const END: &str = "DELETE FROM browser_sessions WHERE id = $1";
const END_OTHERS: &str = "DELETE FROM browser_sessions WHERE user_id = $1 AND id <> $2";
const SEEN: &str = "UPDATE browser_sessions SET last_seen_at = $2, expires_at = $3, place = $4 WHERE id = $1";

/// Statements that requests wait for, each with the kinds of its parameters.
#[cfg(test)]
pub(crate) const HOT: &[(&str, &str)] = &[(LOAD, "b"), (SEEN, "biit"), (END, "b")];

/// Ends every browser session of somebody who is stopped: none comes back with them.
pub(crate) fn end_browser_sessions_of(commit: Commit, user: UserId) -> Commit {
    const END_ALL: &str = "DELETE FROM browser_sessions WHERE user_id = $1";
    commit.step(END_ALL, [user.into()], Expect::Any)
}

impl Store {
    /// Begins a browser session; the one it replaces (`earlier`) ends in the same transaction.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn begin_browser_session(
        &self,
        new: NewBrowserSession<'_>,
        earlier: Option<BrowserSessionId>,
        audit: Audit,
    ) -> Result<(), StoreError> {
        let values = [
            new.id.into(),
            new.hash.into(),
            new.user.into(),
            new.auth_time.into(),
            new.created_at.into(),
            new.now.into(),
            new.expires_at.into(),
            new.agent.into(),
            new.place.into(),
        ];
        let mut commit = Commit::new().step(BEGIN, values, Expect::One);
        commit = commit.step(READS, [new.user.into(), new.language.into()], Expect::AtMostOne);
        let Some(earlier) = earlier else {
            return self.engine().commit(audit.append(commit)).await.map(|_| ());
        };
        commit = commit.step(END, [earlier.into()], Expect::AtMostOne);
        self.commit_and_turn(audit.append(commit), Doubt::One(*earlier.bytes())).await.map(|_| ())
    }

    /// The browser session of this row, at most a second old.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn browser_session(
        &self,
        id: BrowserSessionId,
        now: Timestamp,
    ) -> Result<Option<Arc<BrowserSession>>, StoreError> {
        let load = self.load_one(LOAD, id, browser_session_from_row);
        self.recall(&self.caches().browser_sessions, id, now, load).await
    }

    /// Where a person is signed in; 100 at most.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn browser_sessions_of(
        &self,
        user: UserId,
        now: Timestamp,
    ) -> Result<Vec<BrowserSession>, StoreError> {
        each(self.engine().load(OF_USER, &[user.into(), now.into()]).await?, browser_session_from_row)
    }

    /// Records that a browser session is in use, and where, and moves its end.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn see_browser_session(
        &self,
        id: BrowserSessionId,
        (now, expires_at): (Timestamp, Timestamp),
        place: &str,
    ) -> Result<(), StoreError> {
        let values = [id.into(), now.into(), expires_at.into(), place.into()];
        let commit = Commit::new().step(SEEN, values, Expect::AtMostOne);
        self.commit_and_turn(commit, Doubt::One(*id.bytes())).await.map(|_| ())
    }

    /// Ends a browser session.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn end_browser_session(&self, id: BrowserSessionId, audit: Audit) -> Result<(), StoreError> {
        let commit = Commit::new().step(END, [id.into()], Expect::AtMostOne);
        self.commit_and_turn(audit.append(commit), Doubt::One(*id.bytes())).await.map(|_| ())
    }

    /// Ends every browser session of a person but one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn end_other_browser_sessions(
        &self,
        user: UserId,
        kept: BrowserSessionId,
        audit: Audit,
    ) -> Result<(), StoreError> {
        let commit = Commit::new().step(END_OTHERS, [user.into(), kept.into()], Expect::Any);
        self.commit_and_turn(audit.append(commit), Doubt::All).await.map(|_| ())
    }
}

fn browser_session_from_row(row: &mut Cursor) -> Result<BrowserSession, StoreError> {
    Ok(BrowserSession {
        id: row.id()?,
        hash: row.hash()?,
        auth_time: row.timestamp()?,
        created_at: row.timestamp()?,
        last_seen_at: row.timestamp()?,
        expires_at: row.timestamp()?,
        agent: row.text()?,
        place: row.text()?,
        user: user_from_row(row)?,
        valid_from: row.timestamp()?,
    })
}
