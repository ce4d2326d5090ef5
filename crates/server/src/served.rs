//! A dialect as it is mounted here: where it stands and which knobs apply, and one of its endpoints as a handler gets it.

use symbolon_oauth::dialect::{Dialect, Endpoint, Serves};
use symbolon_oauth::policy::Policy;
use symbolon_oauth::time::{Lifetime, Timestamp};

use crate::documents::Documents;

/// Where a dialect stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// At the root of this host, lower case.
    Host(String),
    /// Below this prefix, on every host. The standard endpoints have none.
    Below(String),
}

impl Place {
    /// What stands before each of its paths.
    #[must_use]
    pub fn prefix(&self) -> &str {
        match self {
            Place::Host(_) => "",
            Place::Below(prefix) => prefix,
        }
    }

    /// The host, where it has one of its own.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        match self {
            Place::Host(host) => Some(host),
            Place::Below(_) => None,
        }
    }
}

/// A dialect at one place, with the knobs that apply to it here. One that has several hosts is mounted at each.
pub struct Mounted {
    /// The dialect.
    pub dialect: Dialect,
    /// The knobs of each of its endpoints, filled from the server's own.
    pub policies: Vec<Policy>,
    /// How long an access token is still known after it expired.
    pub expired_for: Lifetime,
    /// Where it stands.
    pub place: Place,
    /// Scheme and host of its addresses.
    pub origin: String,
    /// The issuer that its answers name (RFC 8414 §2, RFC 9207 §2). One that can be discovered has one of its own: a client
    /// compares it with the address of the metadata.
    pub issuer: String,
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
    /// A dialect at this place of the server whose issuer is `issuer`; the server's knobs fill what it leaves open.
    #[must_use]
    pub fn new(dialect: Dialect, server: &Policy, place: Place, issuer: &str) -> Mounted {
        let revokes = dialect.endpoints.iter().filter(|endpoint| endpoint.serves == Serves::Revoke);
        let expired_for = revokes.map(|endpoint| endpoint.rules.revoke.expired_for);
        let scheme = issuer.split_once("://").map_or("https", |(scheme, _)| scheme);
        let origin = place.host().map_or_else(|| issuer.to_owned(), |host| format!("{scheme}://{host}"));
        Mounted {
            policies: dialect.endpoints.iter().map(|endpoint| dialect.policy(endpoint, server)).collect(),
            expired_for: expired_for
                .max_by_key(|lifetime| lifetime.milliseconds())
                .unwrap_or(Lifetime::seconds(0)),
            issuer: match dialect.endpoint(Serves::Metadata) {
                Some(_) => format!("{origin}{}", place.prefix()),
                None => issuer.to_owned(),
            },
            dialect,
            place,
            origin,
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
