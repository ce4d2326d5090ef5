//! Row cursor: a row of an answer is read column by column, in the order of its statement, and to its end.
//!
//! No column has a number here. Whoever reads a row that was joined from several tables calls one reader after the
//! other, and a column that a table gains is a line in that table's reader. A column of another type than asked for, one
//! that is missing and one that nobody read mean that a statement and its reader disagree: that is a fault of ours and
//! answers [`StoreError::Unavailable`], never a verdict.

use std::vec::IntoIter;

use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::id::Id;
use symbolon_oauth::quoted::Bare;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;

use super::{StoreError, Value};

/// One row of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row(Vec<Value>);

/// The columns of a row that were not read yet.
#[derive(Debug)]
pub struct Cursor {
    left: IntoIter<Value>,
    /// How many were read, for messages.
    read: usize,
}

impl Row {
    pub(super) fn new(values: Vec<Value>) -> Row {
        Row(values)
    }

    /// What `read` makes of the columns. It must read all of them.
    ///
    /// # Errors
    /// Those of `read`; also when columns are left over.
    pub fn read<T>(self, read: impl FnOnce(&mut Cursor) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut cursor = Cursor { left: self.0.into_iter(), read: 0 };
        let made = read(&mut cursor)?;
        match cursor.left.len() {
            0 => Ok(made),
            left => Err(StoreError::unavailable(format_args!(
                "a row has {} columns, and only {} of them were read",
                cursor.read + left,
                cursor.read
            ))),
        }
    }
}

/// What `read` makes of the first row, if there is one.
pub(crate) fn first<T>(
    rows: Vec<Row>,
    read: impl FnOnce(&mut Cursor) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    rows.into_iter().next().map(|row| row.read(read)).transpose()
}

/// What `read` makes of each row.
pub(crate) fn each<T>(
    rows: Vec<Row>,
    read: impl Fn(&mut Cursor) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    rows.into_iter().map(|row| row.read(&read)).collect()
}

impl Cursor {
    /// Passes over a column.
    ///
    /// # Errors
    /// When there is none.
    pub fn skip(&mut self) -> Result<(), StoreError> {
        self.next("a column").map(|_| ())
    }

    /// An integer.
    ///
    /// # Errors
    /// When the next column is not one.
    pub fn integer(&mut self) -> Result<i64, StoreError> {
        self.optional_integer()?.ok_or_else(|| self.wrong("an integer", &Value::Null))
    }

    /// An integer or NULL.
    ///
    /// # Errors
    /// When the next column is neither.
    pub fn optional_integer(&mut self) -> Result<Option<i64>, StoreError> {
        match self.next("an integer")? {
            Value::Null => Ok(None),
            Value::Integer(value) => Ok(Some(value)),
            found => Err(self.wrong("an integer", &found)),
        }
    }

    /// A boolean. SQLite knows only the integers 0 and 1 for it.
    ///
    /// # Errors
    /// When the next column is not one.
    pub fn boolean(&mut self) -> Result<bool, StoreError> {
        match self.next("a boolean")? {
            Value::Boolean(value) => Ok(value),
            Value::Integer(value @ (0 | 1)) => Ok(value == 1),
            found => Err(self.wrong("a boolean", &found)),
        }
    }

    /// A text.
    ///
    /// # Errors
    /// When the next column is not one.
    pub fn text(&mut self) -> Result<String, StoreError> {
        self.optional_text()?.ok_or_else(|| self.wrong("a text", &Value::Null))
    }

    /// A text or NULL.
    ///
    /// # Errors
    /// When the next column is neither.
    pub fn optional_text(&mut self) -> Result<Option<String>, StoreError> {
        match self.next("a text")? {
            Value::Null => Ok(None),
            Value::Text(value) => Ok(Some(value)),
            found => Err(self.wrong("a text", &found)),
        }
    }

    /// A word that stands for something, as `parse` reads it.
    ///
    /// # Errors
    /// When the next column is no text, or not a word of this version.
    pub fn word<T>(&mut self, parse: fn(&str) -> Option<T>) -> Result<T, StoreError> {
        known(&self.text()?, parse)
    }

    /// Such a word, or NULL.
    ///
    /// # Errors
    /// When the next column is neither.
    pub fn optional_word<T>(&mut self, parse: fn(&str) -> Option<T>) -> Result<Option<T>, StoreError> {
        self.optional_text()?.map(|text| known(&text, parse)).transpose()
    }

    /// Any number of such words, with spaces between them.
    ///
    /// # Errors
    /// When the next column is no text, or holds a word that is not of this version.
    pub fn words<T, C: FromIterator<T>>(&mut self, parse: fn(&str) -> Option<T>) -> Result<C, StoreError> {
        self.text()?.split_ascii_whitespace().map(|word| known(word, parse)).collect()
    }

    /// A blob.
    ///
    /// # Errors
    /// When the next column is not one.
    pub fn blob(&mut self) -> Result<Vec<u8>, StoreError> {
        self.optional_blob()?.ok_or_else(|| self.wrong("a blob", &Value::Null))
    }

    /// A blob or NULL.
    ///
    /// # Errors
    /// When the next column is neither.
    pub fn optional_blob(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        self.bytes("a blob")
    }

    /// An identifier.
    ///
    /// # Errors
    /// When the next column is not one.
    pub fn id<K>(&mut self) -> Result<Id<K>, StoreError> {
        self.optional_id()?.ok_or_else(|| self.wrong("an identifier", &Value::Null))
    }

    /// An identifier or NULL.
    ///
    /// # Errors
    /// When the next column is neither.
    pub fn optional_id<K>(&mut self) -> Result<Option<Id<K>>, StoreError> {
        match self.bytes("an identifier")? {
            None => Ok(None),
            Some(bytes) => match Id::from_slice(&bytes) {
                Some(id) => Ok(Some(id)),
                None => Err(self.wrong("an identifier", &Value::Blob(bytes))),
            },
        }
    }

    /// A time.
    ///
    /// # Errors
    /// When the next column is not one.
    pub fn timestamp(&mut self) -> Result<Timestamp, StoreError> {
        self.integer().map(Timestamp)
    }

    /// A time or NULL.
    ///
    /// # Errors
    /// When the next column is neither.
    pub fn optional_timestamp(&mut self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.optional_integer()?.map(Timestamp))
    }

    /// The hash of a credential.
    ///
    /// # Errors
    /// When the next column is not one.
    pub fn hash(&mut self) -> Result<SecretHash, StoreError> {
        self.optional_hash()?.ok_or_else(|| self.wrong("a hash", &Value::Null))
    }

    /// The hash of a credential, or NULL.
    ///
    /// # Errors
    /// When the next column is neither.
    pub fn optional_hash(&mut self) -> Result<Option<SecretHash>, StoreError> {
        match self.bytes("a hash")? {
            None => Ok(None),
            Some(bytes) => match bytes.as_slice().try_into() {
                Ok(hash) => Ok(Some(SecretHash(hash))),
                Err(_) => Err(self.wrong("a hash", &Value::Blob(bytes))),
            },
        }
    }

    /// A scope set, as [`ScopeSet`] wrote it.
    ///
    /// # Errors
    /// When the next column is not a text.
    pub fn scopes(&mut self) -> Result<ScopeSet, StoreError> {
        self.text().map(ScopeSet::from_stored)
    }

    fn bytes(&mut self, wanted: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match self.next(wanted)? {
            Value::Null => Ok(None),
            Value::Blob(value) => Ok(Some(value)),
            found => Err(self.wrong(wanted, &found)),
        }
    }

    fn next(&mut self, wanted: &str) -> Result<Value, StoreError> {
        self.read += 1;
        self.left.next().ok_or_else(|| {
            StoreError::unavailable(format_args!(
                "column {} of a row should be {wanted} and is not there",
                self.read
            ))
        })
    }

    /// Names the types only: a value may be a secret's hash or a person's address.
    fn wrong(&self, wanted: &str, found: &Value) -> StoreError {
        let (column, found) = (self.read, found.type_name());
        StoreError::unavailable(format_args!("column {column} of a row should be {wanted} and is {found}"))
    }
}

/// What a stored word stands for. Guessing what a newer version meant could open a door, so one that is not known here is
/// an outage.
fn known<T>(text: &str, parse: fn(&str) -> Option<T>) -> Result<T, StoreError> {
    parse(text).ok_or_else(|| {
        StoreError::unavailable(format_args!(
            "a row holds the word '{}', which this version does not know",
            Bare(text)
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Row {
        Row::new(vec![Value::Integer(7), Value::Text("a".to_owned()), Value::Null])
    }

    #[test]
    fn reads_columns_in_their_order() {
        let read = row().read(|row| Ok((row.integer()?, row.text()?, row.optional_id::<()>()?)));
        assert_eq!(read.ok(), Some((7, "a".to_owned(), None)));
    }

    #[test]
    fn complains_of_a_column_that_is_left_over() {
        let read = row().read(|row| Ok((row.integer()?, row.text()?)));
        assert!(read.is_err_and(|error| error.to_string().contains("3 columns, and only 2")));
    }

    #[test]
    fn complains_of_a_column_that_is_missing() {
        let read = row().read(|row| {
            row.skip()?;
            row.skip()?;
            row.skip()?;
            row.text()
        });
        assert!(read.is_err_and(|error| {
            error.to_string().contains("column 4 of a row should be a text and is not there")
        }));
    }

    #[test]
    fn complains_of_another_type_and_says_no_value() {
        let read = Row::new(vec![Value::Text("secret".to_owned())]).read(Cursor::hash);
        let said = read.unwrap_err().to_string();
        assert!(said.ends_with("column 1 of a row should be a hash and is a text"), "{said}");
    }
}
