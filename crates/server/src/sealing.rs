//! Sealed columns and their master keys: whether every key is here, and the way of all values to the newest.

use std::fmt;

use symbolon_store::sealed::{KeyMark, SealedColumn};
use symbolon_store::{Store, StoreError};

use crate::clock::Unavailable;
use crate::keys::Keys;
use crate::keys::column::{Unopened, id_in, mark};

/// How many values are sealed anew in one commit.
const BATCH: i64 = 200;

/// What one master key seals in one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The column.
    pub column: SealedColumn,
    /// The name of the key; `None` for what no version so far has sealed.
    pub key: Option<String>,
    /// How many values.
    pub rows: i64,
    mark: KeyMark,
}

/// Why sealed values cannot be served from.
#[derive(Debug, thiserror::Error)]
pub enum SealingError {
    /// A value cannot be opened.
    #[error("{0}")]
    Unopened(String),
    /// The storage does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no randomness.
    #[error(transparent)]
    Entropy(#[from] Unavailable),
}

/// How to mend a missing key.
pub const MEND: &str =
    "put that key back as [[master_key]] with its `id`, from your backup of the secrets file";

/// A column as it is named to operators.
struct Named(SealedColumn);

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0.table(), self.0.column())
    }
}

/// What is sealed with which key, column by column.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub async fn overview(store: &Store) -> Result<Vec<Sealed>, StoreError> {
    let mut all = Vec::new();
    for column in SealedColumn::ALL {
        let rows = store.sealed_with(column).await?;
        all.extend(rows.into_iter().map(|(mark, rows)| Sealed { column, key: id_in(&mark), rows, mark }));
    }
    Ok(all)
}

impl Sealed {
    /// Whether one of its values can be opened here; if not, the sentence that says why.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn trouble(&self, store: &Store, keys: &Keys) -> Result<Option<String>, StoreError> {
        let Some(row) = store.one_sealed_with(self.column, self.mark).await? else { return Ok(None) };
        let Err(wrong) = keys.open_column(self.column, row.id, &row.sealed) else { return Ok(None) };
        Ok(Some(self.told(&wrong)))
    }

    fn told(&self, wrong: &Unopened) -> String {
        let (rows, column) = (self.rows, Named(self.column));
        match wrong {
            Unopened::KeyMissing(id) => {
                format!("{rows} of {column} are sealed with the master key \"{id}\", which is not here")
            }
            Unopened::Foreign(id) => format!(
                "{rows} of {column} are sealed with a master key \"{id}\", and the key of that name here is another one"
            ),
            Unopened::Unknown => format!("{rows} of {column} are not sealed as this version seals"),
        }
    }
}

/// Refuses to begin where a value could not be opened: nobody shall hear that something is not there, because a key is not.
///
/// # Errors
/// The first key that is missing, with the mend.
pub async fn check(store: &Store, keys: &Keys) -> Result<(), SealingError> {
    for sealed in overview(store).await? {
        if let Some(trouble) = sealed.trouble(store, keys).await? {
            return Err(SealingError::Unopened(format!("{trouble}: {MEND}")));
        }
    }
    Ok(())
}

/// Seals everything with the newest key, and answers how many values of each column were not yet. What goes away or is sealed
/// by somebody else meanwhile needs nothing.
///
/// # Errors
/// The first value that cannot be opened.
pub async fn reseal(store: &Store, keys: &Keys) -> Result<Vec<(SealedColumn, usize)>, SealingError> {
    let newest = mark(keys.newest_id());
    let mut moved = Vec::new();
    for column in SealedColumn::ALL {
        let mut count = 0;
        loop {
            let rows = store.not_sealed_with(column, newest, BATCH).await?;
            if rows.is_empty() {
                break;
            }
            count += rows.len();
            let mut anew = Vec::with_capacity(rows.len());
            for row in rows {
                let plain = keys.open_column(column, row.id, &row.sealed).map_err(|wrong| {
                    SealingError::Unopened(format!(
                        "the row {} of {}: {wrong}: {MEND}",
                        row.id,
                        Named(column)
                    ))
                })?;
                let sealed = keys.seal_column(column, row.id, &plain)?;
                anew.push((row, sealed));
            }
            store.reseal(column, anew).await?;
        }
        moved.push((column, count));
    }
    Ok(moved)
}
