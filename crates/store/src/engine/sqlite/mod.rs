//! SQLite with a write-ahead log: one thread writes, with group commit; reads run inline.
//!
//! A read from the page cache takes microseconds, less than handing it to another thread, so [`Sqlite::load`] runs
//! where it is called, on a connection taken from a small pool. With a write-ahead log (WAL) no reader waits for the writer.

mod connection;
pub(crate) mod file;
mod lock;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::{Commit, Options, Row, StoreError, Value, migrate};
use connection::{Connection, Role};
pub(crate) use lock::FileLock;
use writer::Writer;

/// The newest SQLite that can lose a write when a checkpoint meets a writer of another connection is 3.51.2.
const OLDEST: i32 = 3_051_003;

/// An open SQLite file.
pub(super) struct Sqlite {
    path: PathBuf,
    readers: Mutex<Vec<Connection>>,
    writer: Writer,
    _lock: Option<FileLock>,
}

impl Sqlite {
    pub(super) fn open(path: &str, options: &Options) -> Result<Sqlite, StoreError> {
        if rusqlite::version_number() < OLDEST {
            return Err(StoreError::unavailable(format_args!(
                "SQLite {} can lose committed writes: build with 3.51.3 or newer",
                rusqlite::version()
            )));
        }
        let path = Path::new(path).to_path_buf();
        let lock = options.exclusive.then(|| FileLock::take(&path)).transpose()?;
        let connection = Connection::open(&path, Role::Writer).map_err(|error| describe(&path, &error))?;
        let writer = Writer::start(path.clone(), connection)?;
        Ok(Sqlite { path, readers: Mutex::new(Vec::new()), writer, _lock: lock })
    }

    pub(super) async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        let path = self.path.clone();
        tokio::task::spawn_blocking(move || {
            let mut connection =
                Connection::open(&path, Role::Migrator).map_err(|error| describe(&path, &error))?;
            connection.migrate()
        })
        .await
        .map_err(StoreError::unavailable)?
    }

    pub(super) fn load(&self, sql: &'static str, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.read(|connection| Ok(connection.run(sql, parameters)?.rows))
    }

    pub(super) fn load_all<const N: usize>(
        &self,
        queries: [(&'static str, &[Value]); N],
    ) -> Result<[Vec<Row>; N], StoreError> {
        self.read(|connection| {
            // One read transaction takes and releases the locks of the write-ahead log once for all queries.
            connection.run("BEGIN", &[])?;
            let mut answers = [const { Vec::new() }; N];
            for (answer, (sql, parameters)) in answers.iter_mut().zip(queries) {
                *answer = connection.run(sql, parameters)?.rows;
            }
            connection.run("COMMIT", &[])?;
            Ok(answers)
        })
    }

    pub(super) async fn commit(&self, commit: Commit) -> Result<Vec<Row>, StoreError> {
        self.writer.commit(commit).await
    }

    /// Runs `query` on a connection of the pool. One that failed is closed, not returned.
    fn read<T>(&self, query: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let outcome = match idle {
            Some(connection) => Ok(connection),
            None => Connection::open(&self.path, Role::Reader),
        }
        .and_then(|mut connection| Ok((query(&mut connection)?, connection)));
        let (answer, connection) = outcome.map_err(|error| describe(&self.path, &error))?;
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok(answer)
    }
}

/// Names the file, so that the sentence says where to look.
fn describe(path: &Path, error: &rusqlite::Error) -> StoreError {
    StoreError::unavailable(format_args!("SQLite file '{}': {error}", path.display()))
}
