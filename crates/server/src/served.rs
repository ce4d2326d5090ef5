//! A dialect as it is mounted here: where it stands and which knobs apply, and one of its endpoints as a handler gets it.

use symbolon_oauth::dialect::{Dialect, Endpoint, Serves};
use symbolon_oauth::policy::Policy;
use symbolon_oauth::time::{Lifetime, Timestamp};

use crate::documents::Documents;

/// A dialect with the knobs that apply to it here.
pub struct Mounted {
    /// The dialect.
    pub dialect: Dialect,
    /// The knobs of each of its endpoints, filled from the server's own.
    pub policies: Vec<Policy>,
    /// How long an access token is still known after it expired.
    pub expired_for: Lifetime,
    /// What stands before each of its paths on the issuer's host.
    pub prefix: String,
    /// The hosts on which its paths stand by themselves, lower case.
    pub hosts: Vec<String>,
    /// Documents that are written once and sent often.
    pub documents: Documents,
}

/// An endpoint of a dialect, as it is mounted here.
#[derive(Clone, Copy)]
pub struct Served<'a> {
    /// The dialect.
    pub mounted: &'a Mounted,
    /// The endpoint.
    pub endpoint: &'a Endpoint,
    /// Its knobs.
    pub policy: &'a Policy,
}

impl Mounted {
    /// A dialect below `prefix` and on `hosts`; the server's knobs fill what it leaves open.
    #[must_use]
    pub fn new(dialect: Dialect, server: &Policy, prefix: &str, hosts: &[String]) -> Mounted {
        let revokes = dialect.endpoints.iter().filter(|endpoint| endpoint.serves == Serves::Revoke);
        let expired_for = revokes.map(|endpoint| endpoint.rules.revoke.expired_for);
        Mounted {
            policies: dialect.endpoints.iter().map(|endpoint| dialect.policy(endpoint, server)).collect(),
            expired_for: expired_for
                .max_by_key(|lifetime| lifetime.milliseconds())
                .unwrap_or(Lifetime::seconds(0)),
            dialect,
            prefix: prefix.to_owned(),
            hosts: hosts.iter().map(|host| host.to_ascii_lowercase()).collect(),
            documents: Documents::default(),
        }
    }

    /// Its endpoint number `at`.
    #[must_use]
    pub fn served(&self, at: usize) -> Served<'_> {
        Served { mounted: self, endpoint: &self.dialect.endpoints[at], policy: &self.policies[at] }
    }

    /// Until when an access token that ends at `end` must be known, if longer.
    #[must_use]
    pub fn kept_until(&self, end: Option<Timestamp>) -> Option<Timestamp> {
        let end = end.filter(|_| self.expired_for != Lifetime::seconds(0))?;
        end.after(self.expired_for)
    }
}
