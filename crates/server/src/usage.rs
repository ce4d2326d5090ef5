//! Which grants were used, kept in memory and written down once a minute at most, so that a check costs no write.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use symbolon_oauth::id::GrantId;
use symbolon_oauth::time::Timestamp;

/// Beyond this many the rest of the minute goes unrecorded rather than growing without bound.
const MOST: usize = 10_000;
const MINUTE: i64 = 60_000;

/// The uses since the last writing.
#[derive(Debug, Default)]
pub struct Usage(Mutex<HashMap<GrantId, Timestamp>>);

impl Usage {
    /// A grant was used at `now`; `written` is what is written down of its last use.
    pub fn used(&self, grant: GrantId, written: Option<Timestamp>, now: Timestamp) {
        if written.is_some_and(|at| now.since(at) < MINUTE) {
            return;
        }
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if uses.len() < MOST || uses.contains_key(&grant) {
            uses.insert(grant, now);
        }
    }

    /// Takes what is to be written.
    #[must_use]
    pub fn take(&self) -> Vec<(GrantId, Timestamp)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).drain().collect()
    }
}
