//! When apps were last answered at their redirect URIs: told to their developers, written behind, at most once an hour of each.

use std::collections::BTreeMap;

use symbolon_oauth::id::AppId;
use symbolon_oauth::time::Timestamp;

use crate::engine::{Commit, Expect, StoreError, each};
use crate::parameters;
use crate::store::Store;

/// How long a use goes unrecorded after one that was, in milliseconds.
pub const UNRECORDED: i64 = 3_600_000;

/// Uses that one commit writes at most, so that others go between.
const CHUNK: usize = 500;

/// An answer at a redirect URI of an app, as it is registered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RedirectUse {
    /// The app.
    pub app: AppId,
    /// Where.
    pub redirect_uri: String,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// Records when apps were last answered where. Kept in memory by the caller and written now and then. Of an app that is
    /// gone nothing is kept.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn touch_redirects(&self, used: &[RedirectUse]) -> Result<(), StoreError> {
        const TOUCH: &str = "INSERT INTO redirect_uses (app_id, redirect_uri, last_used_at) \
            SELECT id, CAST($2 AS TEXT), CAST($3 AS BIGINT) FROM apps WHERE id = $1 \
            ON CONFLICT (app_id, redirect_uri) DO UPDATE SET last_used_at = excluded.last_used_at \
            WHERE redirect_uses.last_used_at <= excluded.last_used_at - $4";
        // In one order, so that two processes that write the same ones do not wait for each other.
        let mut used = used.to_vec();
        used.sort_unstable();
        for chunk in used.chunks(CHUNK) {
            let commit = chunk.iter().fold(Commit::new(), |commit, own| {
                let row = parameters![own.app, own.redirect_uri.as_str(), own.at, UNRECORDED];
                commit.step(TOUCH, row, Expect::Any)
            });
            self.engine().commit(commit).await?;
        }
        Ok(())
    }

    /// When an app was last answered where, as far as that is written down.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn redirect_uses(&self, app: AppId) -> Result<BTreeMap<String, Timestamp>, StoreError> {
        const FIND: &str =
            "SELECT redirect_uri, last_used_at FROM redirect_uses WHERE app_id = $1 LIMIT 1000";
        let found = self.engine().load(FIND, &parameters![app]).await?;
        Ok(each(found, |row| Ok((row.text()?, row.timestamp()?)))?.into_iter().collect())
    }
}
