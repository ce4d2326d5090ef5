//! Storage errors: a conflict, or an outage. Nothing else can go wrong with a verb.

use std::fmt;
use std::sync::Arc;

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

impl StoreError {
    /// [`StoreError::Unavailable`] with a reason.
    #[must_use]
    pub fn unavailable(reason: impl fmt::Display) -> StoreError {
        StoreError::Unavailable(Arc::from(reason.to_string()))
    }
}
