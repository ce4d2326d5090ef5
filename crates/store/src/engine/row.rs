//! One row of an answer, read column by column.
//!
//! A column of another type than asked for means that a statement and the schema disagree: that is a fault of ours
//! and answers [`StoreError::Unavailable`], never a verdict.

use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::id::Id;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;

use super::{StoreError, Value};

/// One row of an answer. Columns are counted from zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row(Box<[Value]>);

impl Row {
    pub(super) fn new(values: Vec<Value>) -> Row {
        Row(values.into_boxed_slice())
    }

    /// The values of all columns, in order.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.0
    }

    /// An integer.
    ///
    /// # Errors
    /// When the column is not one.
    pub fn integer(&self, column: usize) -> Result<i64, StoreError> {
        self.optional_integer(column)?.ok_or_else(|| self.wrong(column, "an integer"))
    }

    /// An integer or NULL.
    ///
    /// # Errors
    /// When the column is neither.
    pub fn optional_integer(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            Some(Value::Integer(value)) => Ok(Some(*value)),
            _ => Err(self.wrong(column, "an integer")),
        }
    }

    /// A boolean. SQLite knows only the integers 0 and 1 for it.
    ///
    /// # Errors
    /// When the column is not one.
    pub fn boolean(&self, column: usize) -> Result<bool, StoreError> {
        match self.0.get(column) {
            Some(Value::Boolean(value)) => Ok(*value),
            Some(Value::Integer(value @ (0 | 1))) => Ok(*value == 1),
            _ => Err(self.wrong(column, "a boolean")),
        }
    }

    /// A word that stands for something, as `parse` reads it. Guessing what a newer version meant could open a door, so one
    /// that is not known here is an outage.
    ///
    /// # Errors
    /// When the column is no text, or not a word of this version.
    pub fn word<T>(&self, column: usize, parse: fn(&str) -> Option<T>) -> Result<T, StoreError> {
        known(&self.text(column)?, parse)
    }

    /// A text.
    ///
    /// # Errors
    /// When the column is not one.
    pub fn text(&self, column: usize) -> Result<String, StoreError> {
        self.optional_text(column)?.ok_or_else(|| self.wrong(column, "a text"))
    }

    /// A text or NULL.
    ///
    /// # Errors
    /// When the column is neither.
    pub fn optional_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            Some(Value::Text(value)) => Ok(Some(value.clone())),
            _ => Err(self.wrong(column, "a text")),
        }
    }

    /// A blob.
    ///
    /// # Errors
    /// When the column is not one.
    pub fn blob(&self, column: usize) -> Result<Vec<u8>, StoreError> {
        self.optional_blob(column)?.ok_or_else(|| self.wrong(column, "a blob"))
    }

    /// A blob or NULL.
    ///
    /// # Errors
    /// When the column is neither.
    pub fn optional_blob(&self, column: usize) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.bytes(column, "a blob")?.map(<[u8]>::to_vec))
    }

    /// An identifier.
    ///
    /// # Errors
    /// When the column is not one.
    pub fn id<K>(&self, column: usize) -> Result<Id<K>, StoreError> {
        self.optional_id(column)?.ok_or_else(|| self.wrong(column, "an identifier"))
    }

    /// An identifier or NULL.
    ///
    /// # Errors
    /// When the column is neither.
    pub fn optional_id<K>(&self, column: usize) -> Result<Option<Id<K>>, StoreError> {
        self.bytes(column, "an identifier")?
            .map(|bytes| Id::from_slice(bytes).ok_or_else(|| self.wrong(column, "an identifier")))
            .transpose()
    }

    /// A time.
    ///
    /// # Errors
    /// When the column is not one.
    pub fn timestamp(&self, column: usize) -> Result<Timestamp, StoreError> {
        self.integer(column).map(Timestamp)
    }

    /// A time or NULL.
    ///
    /// # Errors
    /// When the column is neither.
    pub fn optional_timestamp(&self, column: usize) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.optional_integer(column)?.map(Timestamp))
    }

    /// The hash of a credential.
    ///
    /// # Errors
    /// When the column is not one.
    pub fn hash(&self, column: usize) -> Result<SecretHash, StoreError> {
        self.optional_hash(column)?.ok_or_else(|| self.wrong(column, "a hash"))
    }

    /// The hash of a credential, or NULL.
    ///
    /// # Errors
    /// When the column is neither.
    pub fn optional_hash(&self, column: usize) -> Result<Option<SecretHash>, StoreError> {
        self.bytes(column, "a hash")?
            .map(|bytes| bytes.try_into().map(SecretHash).map_err(|_| self.wrong(column, "a hash")))
            .transpose()
    }

    /// A scope set, as [`ScopeSet`] wrote it.
    ///
    /// # Errors
    /// When the column is not a text.
    pub fn scopes(&self, column: usize) -> Result<ScopeSet, StoreError> {
        self.text(column).map(ScopeSet::from_stored)
    }

    fn bytes(&self, column: usize, wanted: &str) -> Result<Option<&[u8]>, StoreError> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            Some(Value::Blob(value)) => Ok(Some(value)),
            _ => Err(self.wrong(column, wanted)),
        }
    }

    /// Names the types only: a value may be a secret's hash or a person's address.
    fn wrong(&self, column: usize, wanted: &str) -> StoreError {
        let found = self.0.get(column).map_or("not there", Value::type_name);
        StoreError::unavailable(format_args!("column {column} of a row should be {wanted} and is {found}"))
    }
}
/// What a stored word stands for.
///
/// # Errors
/// When it is not a word of this version.
pub(crate) fn known<T>(text: &str, parse: fn(&str) -> Option<T>) -> Result<T, StoreError> {
    parse(text).ok_or_else(|| {
        StoreError::unavailable(format_args!(
            "a row holds the word '{text}', which this version does not know"
        ))
    })
}
