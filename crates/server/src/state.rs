//! Everything a handler may lean on, in one struct, built once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use ipnet::IpNet;
use symbolon_oauth::client::ClientType;
use symbolon_oauth::credential::{Environment, Kind, Secret};
use symbolon_oauth::dialect::{Dialect, Endpoint, Serves};
use symbolon_oauth::id::Id;
use symbolon_oauth::pkce::PkceRule;
use symbolon_oauth::policy::Policy;
use symbolon_oauth::time::{Lifetime, Timestamp};
use symbolon_store::Store;

use crate::clock::{Clock, Entropy};
use crate::config::Config;
use crate::documents::Documents;
use crate::failure::Failure;
use crate::keys::Keys;
use crate::metrics::Metrics;
use crate::pages::site::Site;
use crate::password::Passwords;
use crate::router::Router;
use crate::usage::Usage;

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
            policies: dialect.endpoints.iter().map(|own| dialect.policy(own, server)).collect(),
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

/// Everything a handler may lean on.
pub struct State {
    /// What is remembered.
    pub store: Store,
    /// The dialects; the standard endpoints are the first.
    pub dialects: Vec<Arc<Mounted>>,
    /// Which handler an address belongs to.
    pub router: Router,
    /// What time it is.
    pub clock: Clock,
    /// Where randomness comes from.
    pub entropy: Entropy,
    /// The server's own keys.
    pub keys: Keys,
    /// The bounded pool that hashes passwords.
    pub passwords: Passwords,
    /// What every page shows.
    pub site: Site,
    /// The picture of the brand, and its media type.
    pub logo: Option<(bytes::Bytes, &'static str)>,
    /// The public base URL.
    pub issuer: String,
    /// The hosts that are answered, lower case, with port where it is not the scheme's own.
    pub hosts: Vec<String>,
    /// Whether cookies are `Secure` and `__Host-`.
    pub secure_cookies: bool,
    /// The first part of every credential.
    pub prefix: String,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether people may make accounts by themselves.
    pub sign_up_open: bool,
    /// What is counted.
    pub metrics: Metrics,
    /// Which grants were used since they were last written down.
    pub usage: Usage,
    /// Where request ids come from.
    pub request_ids: RequestIds,
    /// Whether a stop was asked for.
    pub stopping: AtomicBool,
}

impl State {
    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A fresh credential of the row `id`, as a dialect begins its credentials.
    ///
    /// # Errors
    /// [`Failure::Busy`] when the operating system gives no randomness.
    pub fn mint<K>(&self, dialect: &Dialect, kind: Kind, id: Id<K>) -> Result<Secret, Failure> {
        let bytes = self.entropy.new_credential_bytes(id)?;
        let prefix = dialect.token_prefix.as_ref().unwrap_or(&self.prefix);
        Ok(Secret::mint(prefix, kind, Environment::Live, bytes))
    }

    /// Whether a stop was asked for.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// A stop was asked for.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }
}

/// Names for requests: a random beginning for this process, then a count. They are for finding a line in the log and
/// need not be hard to guess.
pub struct RequestIds {
    process: u32,
    count: AtomicU64,
}

impl RequestIds {
    /// Names that no other process uses.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn new(entropy: &Entropy) -> Result<RequestIds, crate::clock::Unavailable> {
        Ok(RequestIds { process: u32::from_be_bytes(entropy.fill()?), count: AtomicU64::new(1) })
    }

    /// The next name.
    #[must_use]
    pub fn next(&self) -> String {
        format!("{:08x}-{:x}", self.process, self.count.fetch_add(1, Ordering::Relaxed))
    }
}

/// The knobs of the standard endpoints, from the configuration.
#[must_use]
pub fn server_policy(config: &Config) -> Policy {
    let tokens = &config.tokens;
    Policy {
        code: tokens.code_ttl,
        access: tokens.access_ttl,
        refresh: tokens.refresh_ttl,
        refresh_max_confidential: tokens.refresh_max_ttl(ClientType::Confidential),
        refresh_max_public: tokens.refresh_max_ttl(ClientType::Public),
        grace: tokens.refresh_reuse_grace,
        pkce: if config.pkce_required { PkceRule::Required } else { PkceRule::RequiredForPublic },
        ..Policy::default()
    }
}
