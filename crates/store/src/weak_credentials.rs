//! Credentials that are too easy to guess, and were taken because an operator said so.

use symbolon_oauth::time::Timestamp;

use crate::engine::{StoreError, each};
use crate::parameters;
use crate::store::Store;

/// A live credential that was given from outside and is weak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WeakCredential {
    /// A secret of this app.
    ClientSecret {
        /// Its public identifier.
        app: String,
    },
    /// A key of this resource.
    HostKey {
        /// Its identifier.
        resource: String,
    },
}

impl std::fmt::Display for WeakCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            WeakCredential::ClientSecret { app } => {
                write!(f, "the app {app} has a client secret that was given and is weak")?
            }
            WeakCredential::HostKey { resource } => {
                write!(f, "the resource {resource} has a key that was given and is weak")?
            }
        }
        f.write_str(": it is too easy to guess")
    }
}

impl Store {
    /// The weak credentials that work at `now`, up to `most` of each kind: secrets of apps first, in order of whose it is.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn list_weak_credentials(
        &self,
        now: Timestamp,
        most: i64,
    ) -> Result<Vec<WeakCredential>, StoreError> {
        const SECRETS: &str = "SELECT DISTINCT a.client_id FROM client_secrets s JOIN apps a ON a.id = s.app_id \
            WHERE s.weak AND (s.expires_at IS NULL OR s.expires_at > $1) ORDER BY a.client_id LIMIT $2";
        const KEYS: &str = "SELECT DISTINCT r.identifier FROM host_keys k JOIN resources r ON r.id = k.resource_id \
            WHERE k.weak AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $1) \
            ORDER BY r.identifier LIMIT $2";
        let secrets = self.engine().load(SECRETS, &parameters![now, most]).await?;
        let mut all = each(secrets, |row| Ok(WeakCredential::ClientSecret { app: row.text()? }))?;
        let keys = self.engine().load(KEYS, &parameters![now, most]).await?;
        all.extend(each(keys, |row| Ok(WeakCredential::HostKey { resource: row.text()? }))?);
        Ok(all)
    }
}
