//! Why an app asks for scopes that can do harm, in the words of its developers. People are not shown it, so it is no part of a
//! version; whoever reviews the app reads it.

use std::collections::BTreeMap;

use symbolon_oauth::id::AppId;

use crate::engine::{Commit, Expect, StoreError, first};
use crate::parameters;
use crate::store::Store;

/// From a scope to the reason.
pub type ScopeReasons = BTreeMap<String, String>;

fn written(reasons: &ScopeReasons) -> String {
    serde_json::Value::from_iter(reasons.clone()).to_string()
}

/// Changes them, as long as they still are `old`.
pub(crate) fn set_scope_reasons(
    commit: Commit,
    app: AppId,
    old: &ScopeReasons,
    new: &ScopeReasons,
) -> Commit {
    const UPDATE: &str = "UPDATE apps SET scope_reasons = $2 WHERE id = $1 AND scope_reasons = $3";
    commit.step(UPDATE, parameters![app, written(new), written(old)], Expect::One)
}

impl Store {
    /// The reasons of an app.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn scope_reasons(&self, app: AppId) -> Result<ScopeReasons, StoreError> {
        const FIND: &str = "SELECT scope_reasons FROM apps WHERE id = $1";
        let found = first(self.engine().load(FIND, &parameters![app]).await?, |row| {
            serde_json::from_str(&row.text()?)
                .map_err(|_| StoreError::unavailable("an app's reasons for scopes are not a JSON object"))
        })?;
        Ok(found.unwrap_or_default())
    }
}
