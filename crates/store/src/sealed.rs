//! Sealed columns: which there are, and with which master key each row is sealed. What is in them is the server's to open.
//!
//! A sealed value begins with the mark of its key, so rows are counted and found by it without opening any.

use symbolon_oauth::id::Id;

use crate::engine::{Commit, Cursor, Expect, StoreError, each, first};
use crate::parameters;
use crate::store::Store;

/// A column that holds sealed values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedColumn {
    /// What a job is about.
    JobBody,
}

/// What a sealed value begins with: the version of the format and the name of the master key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyMark(pub [u8; KeyMark::LENGTH]);

impl KeyMark {
    /// Its bytes.
    pub const LENGTH: usize = 17;

    /// The mark of a sealed value, and the rest.
    #[must_use]
    pub fn split(sealed: &[u8]) -> Option<(KeyMark, &[u8])> {
        let (mark, rest) = sealed.split_first_chunk()?;
        Some((KeyMark(*mark), rest))
    }

    fn from_row(row: &mut Cursor) -> Result<KeyMark, StoreError> {
        let mark = row.blob()?;
        mark.try_into()
            .map(KeyMark)
            .map_err(|_| StoreError::unavailable("a sealed value is shorter than the mark of its key"))
    }
}

/// A sealed value and its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedRow {
    /// The row.
    pub id: Id<SealedRow>,
    /// The value.
    pub sealed: Vec<u8>,
}

fn sealed_row(row: &mut Cursor) -> Result<SealedRow, StoreError> {
    Ok(SealedRow { id: row.id()?, sealed: row.blob()? })
}

/// The statements of a column: how many rows each key sealed, one that a key did, the next ones that it did not, and another
/// value for one.
struct Statements {
    count: &'static str,
    sample: &'static str,
    others: &'static str,
    replace: &'static str,
}

macro_rules! statements {
    ($table:literal, $column:literal) => {
        Statements {
            count: concat!(
                "SELECT substr(",
                $column,
                ", 1, 17), count(*) FROM ",
                $table,
                " WHERE ",
                $column,
                " IS NOT NULL GROUP BY 1 ORDER BY 1"
            ),
            sample: concat!(
                "SELECT id, ",
                $column,
                " FROM ",
                $table,
                " WHERE substr(",
                $column,
                ", 1, 17) = $1 LIMIT 1"
            ),
            others: concat!(
                "SELECT id, ",
                $column,
                " FROM ",
                $table,
                " WHERE substr(",
                $column,
                ", 1, 17) <> $1 ORDER BY id LIMIT $2"
            ),
            replace: concat!(
                "UPDATE ",
                $table,
                " SET ",
                $column,
                " = $3 WHERE id = $1 AND ",
                $column,
                " = $2"
            ),
        }
    };
}

impl SealedColumn {
    /// Every one.
    pub const ALL: [SealedColumn; 1] = [SealedColumn::JobBody];

    /// Its table.
    #[must_use]
    pub fn table(self) -> &'static str {
        match self {
            SealedColumn::JobBody => "jobs",
        }
    }

    /// Its name.
    #[must_use]
    pub fn column(self) -> &'static str {
        match self {
            SealedColumn::JobBody => "body",
        }
    }

    fn statements(self) -> Statements {
        match self {
            SealedColumn::JobBody => statements!("jobs", "body"),
        }
    }
}

impl Store {
    /// The marks that rows of a column begin with, each with the number of its rows.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn sealed_with(&self, column: SealedColumn) -> Result<Vec<(KeyMark, i64)>, StoreError> {
        let rows = self.engine().load(column.statements().count, &[]).await?;
        each(rows, |row| Ok((KeyMark::from_row(row)?, row.integer()?)))
    }

    /// One row that begins with this mark.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn one_sealed_with(
        &self,
        column: SealedColumn,
        mark: KeyMark,
    ) -> Result<Option<SealedRow>, StoreError> {
        let rows = self.engine().load(column.statements().sample, &parameters![&mark.0[..]]).await?;
        first(rows, sealed_row)
    }

    /// Up to `most` rows of a column that begin with another mark.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn not_sealed_with(
        &self,
        column: SealedColumn,
        mark: KeyMark,
        most: i64,
    ) -> Result<Vec<SealedRow>, StoreError> {
        let rows = self.engine().load(column.statements().others, &parameters![&mark.0[..], most]).await?;
        each(rows, sealed_row)
    }

    /// Puts other values in the place of these, where they still are what they were.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn reseal(
        &self,
        column: SealedColumn,
        rows: Vec<(SealedRow, Vec<u8>)>,
    ) -> Result<(), StoreError> {
        let replace = column.statements().replace;
        let commit = rows.into_iter().fold(Commit::new(), |commit, (old, new)| {
            commit.step(replace, parameters![old.id, old.sealed, new], Expect::AtMostOne)
        });
        self.engine().commit(commit).await.map(|_| ())
    }
}
