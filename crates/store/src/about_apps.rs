//! What people read of an app in a directory. None of it is reviewed, so it stands in the row of the app and changes at once.

use symbolon_oauth::id::AppId;
use symbolon_platform::app::About;

use crate::engine::{Commit, Expect, StoreError, Value, first};
use crate::parameters;
use crate::store::Store;

fn columns(about: &About) -> [Value; 3] {
    parameters![about.description.as_deref(), about.support_url.as_deref(), about.categories.join(" ")]
}

/// Changes it, as long as it still is `old`.
pub(crate) fn set_about(commit: Commit, app: AppId, old: &About, new: &About) -> Commit {
    const UPDATE: &str = "UPDATE apps SET description = $2, support_url = $3, categories = $4 WHERE id = $1 AND \
        (description, support_url, categories) IS NOT DISTINCT FROM ($5, $6, $7)";
    let row: Vec<_> = std::iter::once(app.into()).chain(columns(new)).chain(columns(old)).collect();
    commit.step(UPDATE, row, Expect::One)
}

impl Store {
    /// What people read of an app.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn about_app(&self, app: AppId) -> Result<Option<About>, StoreError> {
        const FIND: &str = "SELECT description, support_url, categories FROM apps WHERE id = $1";
        first(self.engine().load(FIND, &parameters![app]).await?, |row| {
            let (description, support_url) = (row.optional_text()?, row.optional_text()?);
            let categories = row.text()?.split_ascii_whitespace().map(str::to_owned).collect();
            Ok(About { description, support_url, categories })
        })
    }
}
