//! Which grants and client secrets were used, and which apps are known to have the successor of their refresh token: kept in memory and
//! written down now and then, so that a check costs no write.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use symbolon_oauth::client::ClientSecret;
use symbolon_oauth::id::{ClientSecretId, FamilyId, GrantId};
use symbolon_oauth::time::Timestamp;

/// Beyond this many the rest of the minute goes unrecorded rather than growing without bound.
const MOST: usize = 10_000;
const MINUTE: i64 = 60_000;

/// The uses since the last writing.
#[derive(Debug, Default)]
pub struct Usage {
    grants: Mutex<HashMap<GrantId, Timestamp>>,
    secrets: Mutex<HashMap<ClientSecretId, Timestamp>>,
    successors: Mutex<HashMap<FamilyId, i64>>,
}

impl Usage {
    /// A grant was used at `now`; `written` is what is written down of its last use.
    pub fn used(&self, grant: GrantId, written: Option<Timestamp>, now: Timestamp) {
        if written.is_some_and(|at| now.since(at) < MINUTE) {
            return;
        }
        note(&self.grants, grant, now);
    }

    /// An app proved itself with this secret at `now`.
    pub fn proved(&self, secret: &ClientSecret, now: Timestamp) {
        if secret.last_used_at.is_some_and(|at| now.since(at) < MINUTE) {
            return;
        }
        note(&self.secrets, secret.id, now);
    }

    /// An access token was used that went out with this replacement of its family's refresh token.
    pub fn successor_arrived(&self, family: FamilyId, rotation: i64) {
        note(&self.successors, family, rotation);
    }

    /// Takes the grants to be written.
    #[must_use]
    pub fn take_grants(&self) -> Vec<(GrantId, Timestamp)> {
        taken(&self.grants)
    }

    /// Takes the secrets to be written.
    #[must_use]
    pub fn take_secrets(&self) -> Vec<(ClientSecretId, Timestamp)> {
        taken(&self.secrets)
    }

    /// Takes the families to be written, each with the replacement that arrived.
    #[must_use]
    pub fn take_successors(&self) -> Vec<(FamilyId, i64)> {
        taken(&self.successors)
    }
}

fn note<K: Eq + Hash, V>(uses: &Mutex<HashMap<K, V>>, key: K, value: V) {
    let mut uses = uses.lock().unwrap_or_else(PoisonError::into_inner);
    if uses.len() < MOST || uses.contains_key(&key) {
        uses.insert(key, value);
    }
}

fn taken<K, V>(uses: &Mutex<HashMap<K, V>>) -> Vec<(K, V)> {
    uses.lock().unwrap_or_else(PoisonError::into_inner).drain().collect()
}
