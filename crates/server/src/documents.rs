//! Documents that are written once and sent often, as prepared bytes. Each is kept with the catalogue it was written
//! from and written anew when that changes.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use bytes::Bytes;
use symbolon_platform::catalogue::Catalogue;

/// The prepared documents.
#[derive(Default)]
pub struct Documents {
    authorization_server: ArcSwapOption<(Arc<Catalogue>, Bytes)>,
}

impl Documents {
    /// The authorization server's metadata.
    pub fn authorization_server(&self, catalogue: &Arc<Catalogue>, write: impl FnOnce() -> String) -> Bytes {
        if let Some(kept) = self.authorization_server.load().as_deref()
            && Arc::ptr_eq(&kept.0, catalogue)
        {
            return kept.1.clone();
        }
        let bytes = Bytes::from(write());
        self.authorization_server.store(Some(Arc::new((catalogue.clone(), bytes.clone()))));
        bytes
    }
}
