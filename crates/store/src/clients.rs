//! Cached reads: apps, the catalogue and host keys as hot requests need them, from memory, at most a second old.

use std::sync::Arc;

use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::id::AppId;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::App;
use symbolon_platform::catalogue::Catalogue;

use crate::cache::Kept;
use crate::engine::StoreError;
use crate::resources::HostKey;
use crate::store::Store;

/// Longer names are never looked up, so that nobody fills the memory with invented ones.
const CLIENT_ID_AT_MOST: usize = 256;

impl Store {
    /// The app with this `client_id`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn client(&self, client_id: &str, now: Timestamp) -> Result<Option<Arc<App>>, StoreError> {
        if client_id.len() > CLIENT_ID_AT_MOST {
            return Ok(None);
        }
        let caches = self.caches();
        let mark = caches.mark(&[0; 16], now);
        if let Some(app) = caches.believe(caches.clients.get(client_id), mark) {
            return Ok(Some(app));
        }
        let app = self.load_app_by_client_id(client_id).await?.map(Arc::new);
        if let Some(app) = &app {
            caches.clients.insert(client_id.to_owned(), Kept::new(app.clone(), mark));
        }
        Ok(app)
    }

    /// The app of this row.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn app(&self, id: AppId, now: Timestamp) -> Result<Option<Arc<App>>, StoreError> {
        let caches = self.caches();
        let mark = caches.mark(id.bytes(), now);
        if let Some(app) = caches.believe(caches.apps.get(&id), mark) {
            return Ok(Some(app));
        }
        let Some(app) = self.load_app(id).await?.map(Arc::new) else { return Ok(None) };
        caches.apps.insert(id, Kept::new(app.clone(), mark));
        Ok(Some(app))
    }

    /// Everything declared.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn catalogue(&self, now: Timestamp) -> Result<Arc<Catalogue>, StoreError> {
        let caches = self.caches();
        let mark = caches.mark(&[0; 16], now);
        if let Some(catalogue) = caches.believe(caches.catalogue.load().as_deref().cloned(), mark) {
            return Ok(catalogue);
        }
        let catalogue = Arc::new(self.load_catalogue().await?);
        caches.catalogue.store(Some(Arc::new(Kept::new(catalogue.clone(), mark))));
        Ok(catalogue)
    }

    /// The same for what is only published: while the storage cannot answer, the last that was known, however old.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when none was ever known.
    pub async fn published_catalogue(&self, now: Timestamp) -> Result<Arc<Catalogue>, StoreError> {
        let known = self.caches().catalogue.load_full();
        match (self.catalogue(now).await, known) {
            (Err(StoreError::Unavailable(_)), Some(known)) => Ok(known.whatever_its_age()),
            (catalogue, _) => catalogue,
        }
    }

    /// The live host key that is presented.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn host_key(
        &self,
        presented: &str,
        now: Timestamp,
    ) -> Result<Option<Arc<HostKey>>, StoreError> {
        let caches = self.caches();
        let mark = caches.mark(&[0; 16], now);
        let hash = SecretHash::of(presented).0;
        if let Some(key) = caches.believe(caches.host_keys.get(&hash), mark) {
            return Ok(Some(key).filter(|key| key.is_live(now)));
        }
        let Some(key) = self.load_host_key(presented).await?.map(Arc::new) else { return Ok(None) };
        caches.host_keys.insert(hash, Kept::new(key.clone(), mark));
        Ok(Some(key).filter(|key| key.is_live(now)))
    }
}
