//! Icons of apps, content-addressed: each is stored once, under the hash of its bytes, and goes with the last version of
//! an app that refers to it. A retired version refers to none.
//!
//! Apps carry the hash only; the bytes are read when a browser asks for them, and it may keep them for ever.

use sha2::{Digest, Sha256};
use symbolon_platform::listing::IconKey;

use crate::engine::{Commit, Cursor, Expect, StoreError, first};
use crate::parameters;
use crate::store::Store;

/// A picture with its name. It cannot have another one than the hash of its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icon {
    key: IconKey,
    png: Vec<u8>,
}

impl Icon {
    /// The icon of these bytes, a PNG.
    #[must_use]
    pub fn of(png: Vec<u8>) -> Icon {
        Icon { key: IconKey(Sha256::digest(&png).into()), png }
    }

    /// What it is called.
    #[must_use]
    pub fn key(&self) -> IconKey {
        self.key
    }

    /// Its bytes.
    #[must_use]
    pub fn png(&self) -> &[u8] {
        &self.png
    }
}

/// Keeps an icon. The same bytes again are the same row.
pub(crate) fn put_icon(commit: Commit, icon: &Icon) -> Commit {
    const INSERT: &str = "INSERT INTO icons (hash, png) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING";
    commit.step(INSERT, parameters![&icon.key.0[..], icon.png()], Expect::AtMostOne)
}

/// Deletes the icons that no version refers to. Both sides are read from their indexes, no picture is touched. One that
/// refers to one of them at this very moment makes this a conflict, by the foreign key.
pub(crate) fn drop_forsaken(commit: Commit) -> Commit {
    const DELETE: &str =
        "DELETE FROM icons WHERE hash IN (SELECT hash FROM icons EXCEPT SELECT icon FROM app_versions)";
    commit.step(DELETE, parameters![], Expect::Any)
}

impl Store {
    /// The bytes of an icon, a PNG.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn load_icon(&self, key: IconKey) -> Result<Option<Vec<u8>>, StoreError> {
        const LOAD: &str = "SELECT png FROM icons WHERE hash = $1";
        let rows = self.engine().load(LOAD, &parameters![&key.0[..]]).await?;
        first(rows, Cursor::blob)
    }
}
