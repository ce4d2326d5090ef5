//! Everything a handler may lean on, in one struct, built once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use ipnet::IpNet;
use symbolon_oauth::credential::{Environment, Kind, Secret};
use symbolon_oauth::dialect::Dialect;
use symbolon_oauth::id::Id;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::App;
use symbolon_store::Store;

use crate::clock::{Clock, Entropy};
use crate::failure::Failure;
use crate::keys::Keys;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::password::Passwords;
use crate::routes::router::Router;
use crate::served::Mounted;
use crate::usage::Usage;
use crate::views::site::Site;

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
    /// The public base URL: the issuer of the standard endpoints.
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
    /// How often somebody may be wrong, and was.
    pub limits: Limits,
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

    /// The issuer of what an app is given: that of the dialect it speaks.
    #[must_use]
    pub fn issuer_of(&self, app: &App) -> &str {
        let own = self.dialects.iter().find(|own| own.dialect.name == app.client.dialect);
        own.map_or(&self.issuer, |own| &own.issuer)
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
