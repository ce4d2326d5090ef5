//! A SQLite file as a whole: copied while others write to it, checked, folded into one file, compared with another.

use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use symbolon_oauth::time::Timestamp;

use super::connection::create_private;
use super::{StoreError, describe, migrate};

/// A statement that carries over what a file beside this one, attached as `present`, knows better, or counts what it does not
/// know. `?1`, if there, is the moment.
pub(crate) struct Rule {
    /// What its rows are, for people; nothing when nobody need hear of it.
    pub(crate) what: Option<&'static str>,
    pub(crate) sql: &'static str,
}

/// A connection that makes no file and changes no setting of one.
fn open(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.execute_batch("PRAGMA trusted_schema = OFF")?;
    Ok(connection)
}

/// A path as SQLite takes it. An absolute one is no URI, whatever it begins with.
fn spelled(path: &Path) -> Result<String, StoreError> {
    let path = std::path::absolute(path).map_err(StoreError::unavailable)?;
    path.to_str().map(str::to_owned).ok_or_else(|| {
        StoreError::unavailable(format_args!("'{}' is not UTF-8: choose another name", path.display()))
    })
}

/// Writes everything of one database into a new file that its owner alone can read. It is what was committed at one moment,
/// and who writes meanwhile waits for nothing; what was deleted is not in it.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    let into = spelled(to)?;
    create_private(to)
        .map_err(|error| StoreError::unavailable(format_args!("cannot write '{}': {error}", to.display())))?;
    let copied = open(from)
        .and_then(|connection| connection.execute("VACUUM INTO ?1", [&into]))
        .map_err(|error| describe(from, &error))
        .and_then(|_| File::open(to).and_then(|file| file.sync_all()).map_err(StoreError::unavailable));
    if copied.is_err() {
        // Half a copy is of no use, and what went wrong is told.
        let _ = fs::remove_file(to);
    }
    copied
}

/// Refuses a file that is damaged, is none of ours, or belongs to a newer version.
pub(crate) fn check(path: &Path) -> Result<(), StoreError> {
    let connection = open(path).map_err(|error| describe(path, &error))?;
    let applied = applied(&connection).map_err(|error| describe(path, &error))?;
    let Some(applied) = applied else {
        return Err(StoreError::unavailable(format_args!("'{}' is no database of Symbolon", path.display())));
    };
    migrate::missing(&applied)?;
    let found: Result<String, _> = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0));
    match found.map_err(|error| describe(path, &error))?.as_str() {
        "ok" => Ok(()),
        damage => Err(StoreError::unavailable(format_args!("'{}' is damaged: {damage}", path.display()))),
    }
}

/// The migrations that a file holds; `None` when it never had any.
fn applied(connection: &Connection) -> rusqlite::Result<Option<Vec<(String, String)>>> {
    if !connection.table_exists(None, "migrations")? {
        return Ok(None);
    }
    let mut query = connection.prepare(migrate::APPLIED)?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect::<rusqlite::Result<_>>().map(Some)
}

/// When a file was made as a backup, last, and what tells the master key of that time. A file of before this was noted says
/// nothing.
pub(crate) fn noted(path: &Path) -> Result<Option<(Timestamp, String)>, StoreError> {
    const LAST: &str = "SELECT made_at, master_key FROM backups ORDER BY made_at DESC LIMIT 1";
    let read = || -> rusqlite::Result<_> {
        let connection = open(path)?;
        if !connection.table_exists(None, "backups")? {
            return Ok(None);
        }
        let mut query = connection.prepare(LAST)?;
        let mut rows = query.query_map([], |row| Ok((Timestamp(row.get(0)?), row.get(1)?)))?;
        rows.next().transpose()
    };
    read().map_err(|error| describe(path, &error))
}

/// Whether a file knows of a backup: it is that of the database from which it was made, or comes from it.
pub(crate) fn knows(path: &Path, made_at: Timestamp, master_key: &str) -> Result<bool, StoreError> {
    const KNOWN: &str = "SELECT count(*) FROM backups WHERE made_at = ?1 AND master_key = ?2";
    let known: rusqlite::Result<u32> = open(path)
        .and_then(|connection| connection.query_row(KNOWN, (made_at.0, master_key), |row| row.get(0)));
    known.map(|rows| rows > 0).map_err(|error| describe(path, &error))
}

/// Notes in a file when it was made as a backup, if it has room for that.
pub(crate) fn note(path: &Path, made_at: Timestamp, master_key: &str) -> Result<(), StoreError> {
    const NOTE: &str = "INSERT INTO backups (made_at, master_key) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    let write = || -> rusqlite::Result<()> {
        let connection = open(path)?;
        if connection.table_exists(None, "backups")? {
            connection.execute(NOTE, (made_at.0, master_key))?;
        }
        Ok(())
    };
    write().map_err(|error| describe(path, &error))
}

/// Brings everything of a database into its one file: its log is empty and gone. Fails while anybody else has it open.
pub(crate) fn fold(path: &Path) -> Result<(), StoreError> {
    let mode: rusqlite::Result<String> = open(path).and_then(|connection| {
        connection.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get(0))
    });
    match mode.map_err(|error| describe(path, &error))?.as_str() {
        "delete" => Ok(()),
        _ => Err(StoreError::unavailable(format_args!(
            "another program has the SQLite file '{}' open",
            path.display()
        ))),
    }
}

/// Does what the rules say to one file, with another one beside it, in one transaction; and how many rows each touched.
pub(crate) fn carry_over(
    to: &Path,
    present: &Path,
    rules: &[Rule],
    now: Timestamp,
) -> Result<Vec<(&'static str, usize)>, StoreError> {
    let present = spelled(present)?;
    let carry = || -> rusqlite::Result<_> {
        let mut connection = open(to)?;
        connection.execute_batch("PRAGMA foreign_keys = ON")?;
        connection.execute("ATTACH DATABASE ?1 AS present", [&present])?;
        let transaction = connection.transaction()?;
        let mut touched = Vec::new();
        for rule in rules {
            let rows = if rule.sql.starts_with("SELECT") {
                usize::try_from(transaction.query_row(rule.sql, [], |row| row.get::<_, i64>(0))?)
                    .unwrap_or_default()
            } else if rule.sql.contains("?1") {
                transaction.execute(rule.sql, [now.0])?
            } else {
                transaction.execute(rule.sql, [])?
            };
            touched.extend(rule.what.filter(|_| rows > 0).map(|what| (what, rows)));
        }
        transaction.commit()?;
        Ok(touched)
    };
    carry().map_err(|error| describe(to, &error))
}
