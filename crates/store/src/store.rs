//! The handle to the database and the cache. Its verbs stand in one file per noun.

use std::sync::Arc;

use quick_cache::sync::Cache;
use symbolon_oauth::id::Id;
use symbolon_oauth::time::Timestamp;

use crate::cache::{Caches, Doubt, Kept};
use crate::engine::{Asked, Commit, Cursor, Engine, Expect, Options, Row, StoreError, Transport, first};
use crate::parameters;

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

    /// What keeps others from reading what is said to PostgreSQL; nothing is said to SQLite.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn transport(&self) -> Result<Option<Transport>, StoreError> {
        self.engine.transport().await
    }

    /// What was asked of the database since this was called last, for tests; it is kept from the first call on.
    pub fn asked(&self) -> Vec<Asked> {
        self.engine.asked()
    }

    /// Whether the database answers now.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn is_reachable(&self) -> Result<(), StoreError> {
        self.engine.load("SELECT 1", &[]).await.map(|_| ())
    }

    /// Whether the database takes writes from here: one is tried that changes no row.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], with what the engine says.
    pub async fn is_writable(&self) -> Result<(), StoreError> {
        const NOTHING: &str = "UPDATE attempts SET count = count WHERE subject = $1";
        let tried = Commit::new().step(NOTHING, parameters![""], Expect::Any);
        self.engine.commit(tried).await.map(|_| ())
    }

    /// The engine below, for the verbs.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What is kept in memory.
    pub(crate) fn caches(&self) -> &Caches {
        &self.caches
    }

    /// What the one row of this id holds.
    pub(crate) async fn load_one<K, T>(
        &self,
        sql: &'static str,
        id: Id<K>,
        read: fn(&mut Cursor) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        first(self.engine().load(sql, &[id.into()]).await?, read)
    }

    /// What is kept of this id, while it is believed; else what `load` finds, which is kept from then on. What is not
    /// there is not remembered.
    pub(crate) async fn recall<K, T>(
        &self,
        cache: &Cache<Id<K>, Kept<T>>,
        id: Id<K>,
        now: Timestamp,
        load: impl Future<Output = Result<Option<T>, StoreError>>,
    ) -> Result<Option<Arc<T>>, StoreError> {
        let caches = self.caches();
        let mark = caches.mark(id.bytes(), now);
        if let Some(value) = caches.believe(cache.get(&id), mark) {
            return Ok(Some(value));
        }
        let Some(value) = load.await?.map(Arc::new) else { return Ok(None) };
        cache.insert(id, Kept::new(value.clone(), mark));
        Ok(Some(value))
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
