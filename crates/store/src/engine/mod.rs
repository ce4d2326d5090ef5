//! The two things an engine can do: load rows, and apply a commit that is plain data.

use std::sync::Arc;

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

/// How many rows a step must touch for the commit to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Exactly one.
    One,
    /// None or one.
    AtMostOne,
    /// Any number.
    Any,
}

/// Why a verb did not happen.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The facts have changed since they were loaded: another request won.
    #[error("another request changed the same rows first")]
    Conflict,
    /// The engine could not be reached or could not do it. Never a verdict about what was asked.
    #[error("the storage is not available: {0}")]
    Unavailable(Arc<str>),
}
