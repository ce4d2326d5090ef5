//! Parameters and columns: the values that go into statements and come out of rows.

use std::borrow::Cow;

use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::id::Id;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;

/// A parameter or a column. Booleans, integers, texts and blobs are the only types of the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// `BIGINT`.
    Integer(i64),
    /// `BOOLEAN`.
    Boolean(bool),
    /// `TEXT`.
    Text(String),
    /// `BLOB`.
    Blob(Vec<u8>),
}

impl Value {
    /// What it is, for a message.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "NULL",
            Value::Integer(_) => "an integer",
            Value::Boolean(_) => "a boolean",
            Value::Text(_) => "a text",
            Value::Blob(_) => "a blob",
        }
    }
}

/// A text as both engines can hold it: PostgreSQL knows no NUL character, so it becomes U+FFFD everywhere. What people
/// send must not be able to make a statement fail.
pub(super) fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(text) }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::Integer(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Boolean(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Value::Text(value)
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Value::Text(value.clone())
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Value::Blob(value.to_vec())
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Value::Blob(value)
    }
}

impl<K> From<Id<K>> for Value {
    fn from(value: Id<K>) -> Self {
        Value::Blob(value.bytes().to_vec())
    }
}

impl From<Timestamp> for Value {
    fn from(value: Timestamp) -> Self {
        Value::Integer(value.0)
    }
}

impl From<SecretHash> for Value {
    fn from(value: SecretHash) -> Self {
        Value::Blob(value.0.to_vec())
    }
}

impl From<&ScopeSet> for Value {
    fn from(value: &ScopeSet) -> Self {
        Value::Text(value.as_str().to_owned())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

/// The parameters of a statement: `parameters![id, now, name]` turns each into a [`Value`].
#[macro_export]
macro_rules! parameters {
    () => { ::std::vec::Vec::<$crate::Value>::new() };
    ($($value:expr),+ $(,)?) => { [$($crate::Value::from($value)),+] };
}
