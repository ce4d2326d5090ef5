//! The handle through which everything is remembered. Its verbs stand in one file per noun.

use std::sync::Arc;

use crate::engine::{Engine, Options, StoreError};

/// What Symbolon remembers. Cloning it is cheap and shares the database.
#[derive(Clone)]
pub struct Store {
    engine: Arc<Engine>,
}

impl Store {
    /// Opens `sqlite:<path>` or `postgres://…`. The schema is as it was left: see [`Store::migrate`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] with a sentence that says what is wrong.
    pub async fn open(url: &str, options: Options) -> Result<Store, StoreError> {
        Ok(Store { engine: Arc::new(Engine::open(url, options).await?) })
    }

    /// Brings the schema up to this version and answers the names of the migrations applied now. Safe when two
    /// processes do it at once.
    ///
    /// # Errors
    /// See [`Engine::migrate`].
    pub async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        self.engine.migrate().await
    }

    /// The engine below, for the verbs.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }
}
