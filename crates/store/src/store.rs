//! The handle through which everything is remembered. Its verbs stand in one file per noun.

use std::sync::Arc;

use crate::cache::{Caches, Doubt};
use crate::engine::{Commit, Engine, Options, Row, StoreError};

/// What Symbolon remembers. Cloning it is cheap and shares the database.
#[derive(Clone)]
pub struct Store {
    engine: Arc<Engine>,
    caches: Arc<Caches>,
}

impl Store {
    /// Opens `sqlite:<path>` or `postgres://…`. The schema is as it was left: see [`Store::migrate`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] with a sentence that says what is wrong.
    pub async fn open(url: &str, options: Options) -> Result<Store, StoreError> {
        Ok(Store { engine: Arc::new(Engine::open(url, options).await?), caches: Arc::new(Caches::new()) })
    }

    /// Brings the schema up to this version and answers the names of the migrations applied now. Safe when two
    /// processes do it at once.
    ///
    /// # Errors
    /// See [`Engine::migrate`].
    pub async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        self.engine.migrate().await
    }

    /// The names of the migrations that the database still needs.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], also for a database of a newer version.
    pub async fn pending(&self) -> Result<Vec<&'static str>, StoreError> {
        self.engine.pending().await
    }

    /// Whether the database answers now.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn is_reachable(&self) -> Result<(), StoreError> {
        self.engine.load("SELECT 1", &[]).await.map(|_| ())
    }

    /// The engine below, for the verbs.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What is kept in memory.
    pub(crate) fn caches(&self) -> &Caches {
        &self.caches
    }

    /// Commits what makes something kept in memory doubtful, and forgets that. Both happen to their end even when the
    /// caller stops waiting: a revocation whose client hung up is in force here as soon as it is stored. An outcome
    /// that is not known counts as done.
    pub(crate) async fn commit_and_turn(&self, commit: Commit, doubt: Doubt) -> Result<Vec<Row>, StoreError> {
        let store = self.clone();
        let task = tokio::spawn(async move {
            let outcome = store.engine.commit(commit).await;
            if !matches!(outcome, Err(StoreError::Conflict)) {
                store.caches.turn(doubt);
            }
            outcome
        });
        task.await.unwrap_or_else(|ended| {
            self.caches.turn(doubt);
            Err(StoreError::unavailable(ended))
        })
    }
}
