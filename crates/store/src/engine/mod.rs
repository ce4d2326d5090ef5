//! Database engine: loads rows, and applies a commit that is plain data. It can do nothing else.
//!
//! One text of SQL serves SQLite and PostgreSQL. No transaction is ever held open while a caller's code runs: a
//! [`Commit`] is handed over whole, and it either happened durably when [`Engine::commit`] answers `Ok`, or it did not
//! happen as far as any answer may say.

mod commit;
mod error;
mod migrate;
mod options;
mod postgres;
mod row;
mod sqlite;
mod value;

use std::sync::{Mutex, OnceLock, PoisonError};

pub use commit::{Commit, Expect};
pub use error::StoreError;
pub use options::{Options, Pooling};
pub use postgres::Transport;
pub use row::{Cursor, Row};
pub(crate) use row::{each, first};
pub use value::Value;

use postgres::Postgres;
use sqlite::Sqlite;
pub(crate) use sqlite::{FileLock, file};

/// A statement that the two engines spell differently.
#[derive(Clone, Copy)]
pub(crate) struct Spelling {
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

/// A query that ran.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Its text.
    pub sql: &'static str,
    /// Its parameters.
    pub parameters: Vec<Value>,
    /// How many rows it answered.
    pub rows: usize,
}

/// An open database.
pub struct Engine {
    kind: Kind,
    /// What was asked, once a test wants to know.
    asked: OnceLock<Mutex<Vec<Asked>>>,
}

enum Kind {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Engine {
    /// Opens `sqlite:<path>`, or `postgres://…` (also `postgresql://…`).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the address is not understood or the database cannot be opened.
    pub async fn open(url: &str, options: Options) -> Result<Engine, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return Ok(Engine::of(Kind::Sqlite(Sqlite::open(path, &options)?)));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Engine::of(Kind::Postgres(Postgres::open(url, &options).await?)));
        }
        Err(StoreError::unavailable(format_args!(
            "the storage address '{}' is not understood: write \"sqlite:<path>\" or \"postgres://…\"",
            url.split("://").next().unwrap_or_default()
        )))
    }

    fn of(kind: Kind) -> Engine {
        Engine { kind, asked: OnceLock::new() }
    }

    /// What was asked since this was called last, for tests; what is asked is kept from the first call on.
    pub fn asked(&self) -> Vec<Asked> {
        let kept = self.asked.get_or_init(Mutex::default);
        std::mem::take(&mut *kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn keep_asked(&self, sql: &'static str, parameters: &[Value], rows: usize) {
        if let Some(kept) = self.asked.get() {
            let asked = Asked { sql, parameters: parameters.to_vec(), rows };
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
        }
    }

    /// Whether an address can be understood; if not, what is wrong with it, to be read after the words "the address". No value
    /// of it is repeated.
    ///
    /// # Errors
    /// The sentence.
    pub fn check(url: &str) -> Result<(), String> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Postgres::check(url)
        } else {
            Ok(())
        }
    }

    /// What keeps others from reading what is said to PostgreSQL; nothing is said to SQLite.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn transport(&self) -> Result<Option<Transport>, StoreError> {
        match &self.kind {
            Kind::Sqlite(_) => Ok(None),
            Kind::Postgres(postgres) => postgres.transport().await.map(Some),
        }
    }

    /// Brings the schema up to this version and answers the names of the migrations applied now.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] with a sentence when the database belongs to a newer version, was migrated with
    /// other texts, or cannot be reached. Nothing is applied then.
    pub async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        match &self.kind {
            Kind::Sqlite(sqlite) => sqlite.migrate().await,
            Kind::Postgres(postgres) => postgres.migrate().await,
        }
    }

    /// The names of the migrations that the database still needs.
    ///
    /// # Errors
    /// As [`Engine::migrate`]; also when nothing was ever applied to it.
    pub async fn pending(&self) -> Result<Vec<&'static str>, StoreError> {
        let rows = self.load(migrate::APPLIED, &[]).await?;
        let applied = each(rows, |row| Ok((row.text()?, row.text()?)))?;
        Ok(migrate::missing(&applied)?.into_iter().map(|migration| migration.name).collect())
    }

    /// The text that this engine takes.
    pub(crate) fn spell(&self, spelling: Spelling) -> &'static str {
        match &self.kind {
            Kind::Sqlite(_) => spelling.sqlite,
            Kind::Postgres(_) => spelling.postgres,
        }
    }

    /// The rows of one query.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn load(&self, sql: &'static str, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        let rows = match &self.kind {
            Kind::Sqlite(sqlite) => sqlite.load(sql, parameters),
            // On the heap, where it costs nothing beside its journey: a future has room for its longest way, and is moved.
            Kind::Postgres(postgres) => Box::pin(postgres.load(sql, parameters)).await,
        }?;
        self.keep_asked(sql, parameters, rows.len());
        Ok(rows)
    }

    /// The rows of several independent queries for the price of one journey. The queries need not see one and the
    /// same moment: what a decision rests on is checked again by its commit.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn load_all<const N: usize>(
        &self,
        queries: [(&'static str, &[Value]); N],
    ) -> Result<[Vec<Row>; N], StoreError> {
        let answers = match &self.kind {
            Kind::Sqlite(sqlite) => sqlite.load_all(queries),
            Kind::Postgres(postgres) => Box::pin(postgres.load_all(queries)).await,
        }?;
        for ((sql, parameters), rows) in queries.into_iter().zip(&answers) {
            self.keep_asked(sql, parameters, rows.len());
        }
        Ok(answers)
    }

    /// Applies all steps of a commit, or none, and answers the rows of its last step (`RETURNING`). It is durable
    /// when this answers, and it runs to its end even when the caller stops waiting.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a step touched another number of rows than it promised or met a row that is
    /// already there (or a row it refers to that is gone); [`StoreError::Unavailable`] for everything else.
    pub async fn commit(&self, commit: Commit) -> Result<Vec<Row>, StoreError> {
        match &self.kind {
            Kind::Sqlite(sqlite) => sqlite.commit(commit).await,
            Kind::Postgres(postgres) => Box::pin(postgres.commit(commit)).await,
        }
    }
}
