//! Which grants, client secrets and redirect URIs were used, and which apps are known to have the successor of their refresh token: kept in memory and
//! written down now and then, so that a check costs no write.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use symbolon_oauth::client::ClientSecret;
use symbolon_oauth::id::{AppId, ClientSecretId, FamilyId, GrantId};
use symbolon_oauth::time::Timestamp;
use symbolon_store::redirect_uses::{RedirectUse, UNRECORDED};

/// Beyond this many the rest of the minute goes unrecorded rather than growing without bound.
const MOST: usize = 10_000;
const MINUTE: i64 = 60_000;

/// The uses since the last writing.
#[derive(Debug, Default)]
pub struct Usage {
    grants: Mutex<HashMap<GrantId, Timestamp>>,
    secrets: Mutex<HashMap<ClientSecretId, Timestamp>>,
    successors: Mutex<HashMap<FamilyId, i64>>,
    redirects: Mutex<HashMap<(AppId, String), Answered>>,
}

/// When an app was answered somewhere, and whether that is still to be written.
#[derive(Clone, Copy, Debug)]
struct Answered {
    at: Timestamp,
    waits: bool,
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

    /// An app is answered at this redirect URI of its own. One that was within the hour is not noted again.
    pub fn answered(&self, app: AppId, redirect_uri: &str, now: Timestamp) {
        let mut known = self.redirects.lock().unwrap_or_else(PoisonError::into_inner);
        let place = (app, redirect_uri.to_owned());
        let fresh = known.get(&place).is_none_or(|own| now.since(own.at) >= UNRECORDED);
        if fresh && (known.len() < MOST || known.contains_key(&place)) {
            known.insert(place, Answered { at: now, waits: true });
        }
    }

    /// Takes the redirect URIs to be written, and forgets those that may be noted anew.
    #[must_use]
    pub fn take_redirects(&self, now: Timestamp) -> Vec<RedirectUse> {
        let mut known = self.redirects.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = Vec::new();
        for ((app, redirect_uri), own) in known.iter_mut().filter(|(_, own)| own.waits) {
            own.waits = false;
            taken.push(RedirectUse { app: *app, redirect_uri: redirect_uri.clone(), at: own.at });
        }
        known.retain(|_, own| now.since(own.at) < UNRECORDED);
        taken
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

#[cfg(test)]
mod tests {
    use symbolon_oauth::id::Id;

    use super::*;

    #[test]
    fn a_redirect_uri_is_noted_once_an_hour() {
        let (usage, app) = (Usage::default(), Id::new([1; 16]));
        let at = |minutes: i64| Timestamp(minutes * MINUTE);
        let mut noted = Vec::new();
        for minute in [0, 1, 59, 60, 61, 119, 120] {
            usage.answered(app, "https://a.example/cb", at(minute));
            noted.extend(usage.take_redirects(at(minute)).into_iter().map(|own| own.at));
        }
        assert_eq!(noted, [at(0), at(60), at(120)]);
        usage.answered(app, "https://a.example/other", at(121));
        usage.answered(Id::new([2; 16]), "https://a.example/cb", at(121));
        assert_eq!(usage.take_redirects(at(121)).len(), 2);
    }

    #[test]
    fn what_is_noted_has_an_end() {
        let (usage, app) = (Usage::default(), Id::new([1; 16]));
        (0..MOST + 10).for_each(|number| usage.answered(app, &number.to_string(), Timestamp(0)));
        assert_eq!(usage.take_redirects(Timestamp(0)).len(), MOST);
        assert!(usage.take_redirects(Timestamp(0)).is_empty());
        let later = Timestamp(UNRECORDED);
        assert!(usage.take_redirects(later).is_empty());
        usage.answered(app, "again", later);
        assert_eq!(usage.take_redirects(later).len(), 1);
    }
}
