//! Everything a handler may lean on, in one struct, built once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use symbolon_oauth::credential::{Environment, Kind, Mark, Secret};
use symbolon_oauth::dialect::Dialect;
use symbolon_oauth::grant_type::refresh_token::Minted;
use symbolon_oauth::id::{FamilyId, Id};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::App;
use symbolon_platform::developers::Developers;
use symbolon_store::Store;
use symbolon_wire::egress::Egress;
use symbolon_wire::mail::Carrier;
use tokio::sync::Notify;

use crate::activity::Activity;
use crate::clock::{Clock, Entropy};
use crate::config::Config;
use crate::failure::Failure;
use crate::forwarded::Proxies;
use crate::keys::Keys;
use crate::language::Language;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::mount::{self, MountError};
use crate::password::Passwords;
use crate::routes::link::Link;
use crate::routes::router::Router;
use crate::served::Mounted;
use crate::uploads::Uploads;
use crate::usage::Usage;
use crate::views::site::{Site, Sites};

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
    pub keys: Arc<Keys>,
    /// The bounded pool that hashes passwords.
    pub passwords: Arc<Passwords>,
    /// What every page shows, in each language.
    pub sites: Arc<Sites>,
    /// How mail leaves, if it does.
    pub mail: Option<Carrier>,
    /// Woken when a job was committed here.
    pub jobs_committed: Arc<Notify>,
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
    /// The hosts under which an API of the host's own network may ask about its callers, and nothing else is answered.
    pub internal_hosts: Vec<String>,
    /// Which proxies are believed.
    pub proxies: Proxies,
    /// Whether people may make accounts by themselves.
    pub sign_up_open: bool,
    /// Who may make apps.
    pub developers: Developers,
    /// How often somebody may be wrong, and was.
    pub limits: Limits,
    /// The way out.
    pub egress: Egress,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// The room for uploads.
    pub uploads: Arc<Uploads>,
    /// Which grants were used since they were last written down.
    pub usage: Arc<Usage>,
    /// What apps did since that was last written down.
    pub activity: Arc<Activity>,
    /// Where request ids come from.
    pub request_ids: Arc<RequestIds>,
    /// Whether a stop was asked for.
    pub stopping: Arc<AtomicBool>,
}

impl State {
    /// The same server by another configuration: what it remembers, counts and signs with is shared, so that a reload loses
    /// nothing. What only a start can set is as it was.
    ///
    /// # Errors
    /// The first dialect that cannot be spoken.
    pub fn renewed(&self, config: &Config) -> Result<State, MountError> {
        let (dialects, router) = mount::mounted(config)?;
        Ok(State {
            store: self.store.clone(),
            dialects,
            router,
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            keys: self.keys.clone(),
            passwords: self.passwords.clone(),
            sites: self.sites.clone(),
            mail: self.mail.clone(),
            jobs_committed: self.jobs_committed.clone(),
            logo: self.logo.clone(),
            issuer: self.issuer.clone(),
            hosts: config.hosts(),
            secure_cookies: self.secure_cookies,
            prefix: self.prefix.clone(),
            internal_hosts: config.internal_hosts.clone(),
            proxies: config.proxies.clone(),
            sign_up_open: config.login.sign_up_open(),
            developers: config.registration.developers,
            limits: self.limits.with(config.limits),
            egress: Egress::new(config.egress.clone()),
            metrics: self.metrics.clone(),
            uploads: self.uploads.clone(),
            usage: self.usage.clone(),
            activity: self.activity.clone(),
            request_ids: self.request_ids.clone(),
            stopping: self.stopping.clone(),
        })
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What every page of this language shows.
    #[must_use]
    pub fn site(&self, language: Language) -> &Site {
        self.sites.speaking(language)
    }

    /// What the server is called, which whoever guesses at its people's passwords tries first.
    #[must_use]
    pub fn called(&self) -> Vec<&str> {
        called(self.sites.brand(), &self.issuer)
    }

    /// A link as it stands in a mail: on the configured origin, whatever the request was sent to.
    #[must_use]
    pub fn absolute(&self, link: &Link) -> String {
        format!("{}{link}", self.issuer)
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
        Ok(self.minted(dialect, kind, bytes))
    }

    /// A fresh refresh token of a family, with what is kept of it. The first of a family brings its mark with it.
    ///
    /// # Errors
    /// As [`State::mint`].
    pub fn mint_refresh(
        &self,
        dialect: &Dialect,
        family: FamilyId,
        mark: Option<Mark>,
    ) -> Result<(Secret, Minted), Failure> {
        let mut bytes = self.entropy.new_credential_bytes(family)?;
        if let Some(mark) = mark {
            mark.write(&mut bytes);
        }
        let secret = self.minted(dialect, Kind::RefreshToken, bytes);
        let minted = Minted { hash: secret.hash(), mark: Mark::of(&bytes) };
        Ok((secret, minted))
    }

    fn minted(&self, dialect: &Dialect, kind: Kind, bytes: [u8; 32]) -> Secret {
        let prefix = dialect.token_prefix.as_ref().unwrap_or(&self.prefix);
        Secret::mint(prefix, kind, Environment::Live, bytes)
    }

    /// A host without the port that is the scheme's own, which is no port at all (RFC 9110 §4.2.3).
    #[must_use]
    pub fn plain_host<'h>(&self, named: &'h str) -> &'h str {
        let own = if self.secure_cookies { ":443" } else { ":80" };
        named.strip_suffix(own).unwrap_or(named)
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

/// What a server is called that has this brand and issuer: the brand, and its host without the last name, which many share.
#[must_use]
pub fn called<'a>(brand: &'a str, issuer: &'a str) -> Vec<&'a str> {
    let host = issuer.split_once("://").map_or(issuer, |(_, authority)| authority);
    let host = host.split(':').next().unwrap_or(host);
    vec![brand, host.rsplit_once('.').map_or(host, |(name, _)| name)]
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

    /// What tells the names of this process from those of others.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.process
    }

    /// The next name.
    #[must_use]
    pub fn next(&self) -> String {
        format!("{:08x}-{:x}", self.process, self.count.fetch_add(1, Ordering::Relaxed))
    }
}
