//! One connection to a SQLite file: its settings (write-ahead log, durability), its prepared statements, its rows.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{OpenFlags, ToSql, params_from_iter};

use super::super::value::storable;
use super::{Row, StoreError, Value, migrate};

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Applies commits; creates the file when it is missing.
    Writer,
    /// Reads only.
    Reader,
    /// Writes once, and waits longer for another process that does the same.
    Migrator,
}

/// What a statement did.
pub(super) struct Outcome {
    pub(super) rows: Vec<Row>,
    pub(super) touched: u64,
}

/// A connection with its prepared statements.
pub(super) struct Connection {
    inner: rusqlite::Connection,
    /// The SQLite spelling of each statement, by address and length of its `'static` text.
    spellings: HashMap<(usize, usize), Box<str>>,
}

/// Makes a new database file readable by its owner only; what SQLite puts beside it gets the same mode.
pub(super) fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}

impl Connection {
    pub(super) fn open(path: &Path, role: Role) -> rusqlite::Result<Connection> {
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        if role != Role::Reader {
            flags |= OpenFlags::SQLITE_OPEN_CREATE;
            // A file that is there keeps its mode, and one that cannot be made is reported by SQLite.
            let _ = create_private(path);
        }
        let inner = rusqlite::Connection::open_with_flags(path, flags)?;
        inner.busy_timeout(Duration::from_secs(if role == Role::Migrator { 30 } else { 2 }))?;
        inner.set_prepared_statement_cache_capacity(128);
        // Plans must not depend on the values: where they may, SQLite prepares a statement anew each time it is bound.
        inner.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        inner.execute_batch(
            "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;",
        )?;
        if role == Role::Reader {
            inner.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -512;")?;
        } else {
            inner.execute_batch("PRAGMA synchronous = FULL; PRAGMA cache_size = -2048;")?;
            inner.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
            inner.pragma_update_and_check(None, "wal_autocheckpoint", 4096, |_| Ok(()))?;
            inner.pragma_update_and_check(None, "journal_size_limit", 32 << 20, |_| Ok(()))?;
        }
        Ok(Connection { inner, spellings: HashMap::new() })
    }

    /// Runs one statement to its end.
    pub(super) fn run(&mut self, sql: &'static str, parameters: &[Value]) -> rusqlite::Result<Outcome> {
        let spelling =
            self.spellings.entry((sql.as_ptr() as usize, sql.len())).or_insert_with(|| spell(sql).into());
        let mut statement = self.inner.prepare_cached(spelling)?;
        let columns = statement.column_count();
        if columns == 0 {
            let touched = statement.execute(params_from_iter(parameters))?;
            return Ok(Outcome { rows: Vec::new(), touched: touched as u64 });
        }
        let mut answer = statement.query(params_from_iter(parameters))?;
        let mut rows = Vec::new();
        while let Some(row) = answer.next()? {
            let values = (0..columns).map(|column| read(row, column)).collect::<rusqlite::Result<_>>()?;
            rows.push(Row::new(values));
        }
        let touched = rows.len() as u64;
        Ok(Outcome { rows, touched })
    }

    /// Whether no transaction is open, for example because an error ended it.
    pub(super) fn is_idle(&self) -> bool {
        self.inner.is_autocommit()
    }

    /// Applies the missing migrations in one transaction.
    pub(super) fn migrate(&mut self) -> Result<Vec<String>, StoreError> {
        let transaction = self
            .inner
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
            .map_err(StoreError::unavailable)?;
        let applied = (|| {
            transaction.execute_batch(migrate::TABLE)?;
            transaction
                .prepare(migrate::APPLIED)?
                .query_map([], |row| Ok((row.get("name")?, row.get("checksum")?)))?
                .collect::<rusqlite::Result<Vec<(String, String)>>>()
        })()
        .map_err(StoreError::unavailable)?;
        let mut names = Vec::new();
        for migration in migrate::missing(&applied)? {
            transaction
                .execute_batch(migration.sql)
                .and_then(|()| {
                    transaction.execute(&spell(migrate::RECORD), (migration.name, migration.checksum()))
                })
                .map_err(|error| migration.failed(&error))?;
            names.push(migration.name.to_owned());
        }
        transaction.commit().map_err(StoreError::unavailable)?;
        Ok(names)
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Integer(value) => ValueRef::Integer(*value),
            Value::Boolean(value) => ValueRef::Integer(i64::from(*value)),
            Value::Text(value) => match storable(value) {
                Cow::Borrowed(text) => ValueRef::Text(text.as_bytes()),
                Cow::Owned(text) => return Ok(ToSqlOutput::Owned(text.into())),
            },
            Value::Blob(value) => ValueRef::Blob(value),
        }))
    }
}

fn read(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Value> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Integer(value),
        ValueRef::Text(_) => Value::Text(row.get(column)?),
        ValueRef::Blob(value) => Value::Blob(value.to_vec()),
        ValueRef::Real(_) => {
            let wrong = "a floating-point number, which no column of the schema holds";
            return Err(rusqlite::Error::FromSqlConversionFailure(
                column,
                rusqlite::types::Type::Real,
                wrong.into(),
            ));
        }
    })
}

/// Turns `$n` into `?n`. SQLite takes `$1` for a *name* and numbers names as they first appear, which would swap the
/// values of `$2, $1`. What stands between single quotes is left alone.
fn spell(sql: &str) -> String {
    let mut spelling = String::with_capacity(sql.len());
    let mut quoted = false;
    let mut characters = sql.chars().peekable();
    while let Some(character) = characters.next() {
        quoted ^= character == '\'';
        let placeholder = character == '$' && !quoted && characters.peek().is_some_and(char::is_ascii_digit);
        spelling.push(if placeholder { '?' } else { character });
    }
    spelling
}

#[cfg(test)]
mod tests {
    use super::spell;

    #[test]
    fn spells_placeholders_and_nothing_else() {
        assert_eq!(spell("SELECT $2, $10, '$1', a$ FROM t"), "SELECT ?2, ?10, '$1', a$ FROM t");
    }
}
