//! The configuration: one file, environment overrides, no global.
//!
//! [`Config::load`] answers with a configuration that can work or with one sentence that says what is wrong and how
//! to mend it. Only `issuer`, `listen` and `storage.url` must be given. Relative paths are relative to the folder of
//! the file. Nothing else in the project reads the environment.

mod check;
mod egress;
mod explain;
mod given;
mod limits;
mod mail;
mod master_key;
mod proxies;
mod raw;
mod source;
mod storage;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use symbolon_oauth::client::ClientType;
use symbolon_oauth::dialect::Lifetimes;
use symbolon_oauth::policy::UnknownScopes;
use symbolon_oauth::time::Lifetime;
use symbolon_wire::egress::Settings;

use crate::forwarded::Proxies;

#[cfg(test)]
pub(crate) use explain::unknown_field;
pub use explain::{explain, explain_value, line_of};
pub use limits::Limits;
pub use mail::Mail;
pub use master_key::GivenKey;
pub(crate) use master_key::WrittenKeys;
pub use storage::{Storage, has_password};

/// The file that is read when no other is named.
pub const DEFAULT_FILE: &str = "symbolon.toml";

/// The variable that names the file when the command line does not.
const FILE_VARIABLE: &str = "SYMBOLON_CONFIG";

/// Everything that can be configured, with defaults filled in.
#[derive(Clone, Debug)]
pub struct Config {
    /// The public base URL: scheme, host and port, without a path or a final slash.
    pub issuer: Issuer,
    /// Where to accept connections.
    pub listen: SocketAddr,
    /// Whether every connection to `listen` begins with a PROXY header.
    pub proxy_protocol: bool,
    /// Which proxies are believed.
    pub proxies: Proxies,
    /// The hosts under which an API of the host's own network may ask about its callers.
    pub internal_hosts: Vec<String>,
    /// Where data live.
    pub storage: Storage,
    /// Where the server's own secrets live.
    pub secrets: SecretsSource,
    /// What people see of the host.
    pub brand: Brand,
    /// Lifetimes at the standard endpoints.
    pub tokens: Tokens,
    /// Whether confidential apps must use PKCE at the standard endpoints; public ones always must.
    pub pkce_required: bool,
    /// How people sign in.
    pub login: Login,
    /// How mail leaves, if it does.
    pub mail: Option<Mail>,
    /// How often somebody may be wrong.
    pub limits: Limits,
    /// How developers come in.
    pub registration: Registration,
    /// How declared state is applied.
    pub apply: Apply,
    /// How this server goes out.
    pub egress: Settings,
    /// The dialects spoken beside the standard endpoints.
    pub dialects: Vec<DialectSource>,
    /// Where metrics are served, if anywhere.
    pub metrics: Option<SocketAddr>,
    /// Certificate and key, when this process speaks TLS itself.
    pub tls: Option<Tls>,
    /// What is logged, and how.
    pub log: Log,
    /// How long requests under way may take after a stop was asked for.
    pub shutdown_grace: Duration,
    pid_file: Option<PathBuf>,
}

/// The public base URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    text: String,
    host: String,
    loopback_http: bool,
}

impl Issuer {
    /// As it stands in metadata and `iss`: no final slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Host and, unless it is the scheme's own, port: what a `Host` header must say.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.text.split_once("://").map_or("", |(_, authority)| authority)
    }

    /// The host alone.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Plain http on this machine: cookies have plain names and no `Secure`.
    #[must_use]
    pub fn is_loopback_http(&self) -> bool {
        self.loopback_http
    }
}

/// Where the server's own secrets come from.
#[derive(Clone)]
pub enum SecretsSource {
    /// The file beside the database of SQLite, made at the first start.
    BesideDatabase(PathBuf),
    /// A named file, which must be there.
    File(PathBuf),
    /// The keys themselves, from the configuration, the environment or a secret store; the last one is the newest.
    Given(Vec<GivenKey>),
    /// Nothing said, and no database file to put one beside (PostgreSQL).
    Missing,
}

impl SecretsSource {
    /// Whether two are the same, as far as they say.
    fn is_like(&self, other: &SecretsSource) -> bool {
        match (self, other) {
            (SecretsSource::Given(own), SecretsSource::Given(other)) => own == other,
            (SecretsSource::BesideDatabase(own), SecretsSource::BesideDatabase(other))
            | (SecretsSource::File(own), SecretsSource::File(other)) => own == other,
            (SecretsSource::Missing, SecretsSource::Missing) => true,
            _ => false,
        }
    }
}

impl fmt::Debug for SecretsSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SecretsSource::BesideDatabase(path) | SecretsSource::File(path) => {
                write!(f, "{}", path.display())
            }
            SecretsSource::Given(_) => f.write_str("(hidden)"),
            SecretsSource::Missing => f.write_str("(missing)"),
        }
    }
}

/// What people see of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brand {
    /// The host's name, on every page.
    pub name: String,
    /// The first part of every credential.
    pub token_prefix: String,
    /// A picture file (SVG, PNG or WebP).
    pub logo: Option<PathBuf>,
    /// `#rrggbb`, in light surroundings.
    pub accent: Option<String>,
    /// `#rrggbb`, in dark surroundings.
    pub accent_dark: Option<String>,
    /// Where people find help.
    pub support_url: Option<String>,
    /// The privacy policy.
    pub privacy_url: Option<String>,
    /// The terms of use.
    pub terms_url: Option<String>,
}

/// Lifetimes at the standard endpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// Of an authorization code.
    pub code_ttl: Lifetime,
    /// Of an access token.
    pub access_ttl: Lifetime,
    /// Of a refresh token that is not used.
    pub refresh_ttl: Lifetime,
    /// How long a used refresh token still answers with its successor, whatever became of that.
    pub refresh_reuse_grace: Lifetime,
    refresh_max_ttl: Option<Lifetime>,
    /// What becomes of scopes that an app asks for and may not have, where the app does not say itself.
    pub unknown_scopes: UnknownScopes,
}

impl Tokens {
    /// Beyond this age no token family is extended. A public client's families always end.
    #[must_use]
    pub fn refresh_max_ttl(&self, client_type: ClientType) -> Lifetime {
        const YEAR: Lifetime = Lifetime::seconds(365 * 86_400);
        match (client_type, self.refresh_max_ttl) {
            (ClientType::Confidential, given) => given.unwrap_or(Lifetime::NEVER),
            (ClientType::Public, Some(given)) if given != Lifetime::NEVER => given,
            (ClientType::Public, _) => YEAR,
        }
    }
}

/// How people sign in. The one door now is the built-in accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Login {
    /// Whether strangers may make an account.
    pub sign_up: SignUp,
}

/// Who may make an account on the sign-up page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignUp {
    /// Everybody, with an address that they prove by a mail. On this machine alone also without mail.
    Open,
    /// Whoever was invited. There are no invitations yet, so it is as good as closed.
    Invited,
    /// Nobody.
    Closed,
}

impl Login {
    /// Whether strangers may make an account.
    #[must_use]
    pub fn sign_up_open(self) -> bool {
        match self.sign_up {
            SignUp::Open => true,
            SignUp::Invited | SignUp::Closed => false,
        }
    }

    /// What an operator has to know of the setting, with what to do about it. Open sign-up without mail is refused but on this
    /// machine.
    #[must_use]
    pub fn caution(self, mails: bool) -> Option<(&'static str, &'static str)> {
        match self.sign_up {
            SignUp::Open if mails => None,
            SignUp::Open => Some((
                "`login.sign_up` is \"open\" without [mail]: anybody makes an account with any address, and nobody proves it. One \
                 that was typed at sign-up is a login name and no more: no app, API or command takes it for a person, and whoever \
                 is declared with it takes it over. Strangers are told which addresses have an account",
                "write [mail], or `sign_up = \"closed\"`; a public issuer needs one of them",
            )),
            SignUp::Invited => Some((
                "`login.sign_up` is \"invited\", and there are no invitations yet: nobody can sign up",
                "make accounts with `symbolon user create` or `symbolon apply`",
            )),
            SignUp::Closed => None,
        }
    }
}

/// How declared state is applied, and what commands take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Apply {
    /// Whether secrets, keys and passwords are taken that are too easy to guess.
    pub allow_weak_secrets: bool,
}

/// Who may register apps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Developers {
    /// Everyone with an account.
    Open,
    /// Those who were invited.
    Invited,
    /// Staff only.
    Staff,
}

/// How developers and their apps come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Who may register apps.
    pub developers: Developers,
    /// Whether an app is reviewed before it is public.
    pub review: bool,
}

impl Registration {
    /// What is set here and changes nothing in this version, one sentence each. [`Registration::MEND`] goes with them.
    #[must_use]
    pub fn without_effect(&self) -> Vec<&'static str> {
        let review = (!self.review).then_some(
            "`registration.review` is off and that has no effect yet: an app is in development until an operator \
             approves it",
        );
        review.into_iter().collect()
    }

    /// How to mend a setting without effect.
    pub const MEND: &str = "take the line out; `symbolon app approve`, or `status` in a declared state, decides which \
         apps are live";
}

/// One dialect to speak, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialectSource {
    /// A built-in preset or a file of one's own.
    pub definition: DialectDefinition,
    /// The name apps use here; the file's own when absent.
    pub name: Option<String>,
    /// The path its endpoints stand under: begins with a slash, does not end with one; empty for none.
    pub prefix: String,
    /// The hosts it answers on; empty for the issuer's.
    pub hosts: Vec<String>,
    /// Lifetimes that replace the file's own.
    pub lifetimes: Lifetimes,
}

/// Where a dialect is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DialectDefinition {
    /// Built in, by name.
    Preset(String),
    /// One's own.
    File(PathBuf),
}

/// Certificate and key files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// The certificate chain, PEM.
    pub cert: PathBuf,
    /// The private key, PEM.
    pub key: PathBuf,
}

/// What is logged, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// One JSON object per line instead of text.
    pub json: bool,
    /// `error`, `warn`, `info`, `debug`, `trace`, or a filter such as `info,symbolon=debug`.
    pub level: String,
}

/// Why a configuration cannot work: one sentence with the place and the mend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

impl ConfigError {
    fn new(sentence: impl Into<String>) -> ConfigError {
        ConfigError(sentence.into())
    }
}

impl Config {
    /// The hosts that are answered, lower case, with port where it is not the scheme's own.
    #[must_use]
    pub fn hosts(&self) -> Vec<String> {
        let dialects = self.dialects.iter().flat_map(|own| own.hosts.iter().cloned());
        std::iter::once(self.issuer.authority().to_ascii_lowercase()).chain(dialects).collect()
    }

    /// The file in which the number of the serving process stands.
    #[must_use]
    pub fn pid_file(&self) -> Option<PathBuf> {
        self.pid_file.clone().or_else(|| {
            let mut beside = self.storage.sqlite_file()?.as_os_str().to_owned();
            beside.push(".pid");
            Some(beside.into())
        })
    }

    /// This configuration with what another sets differently and a running server can take up; and the keys that differ
    /// too, for which it has to be started anew.
    #[must_use]
    pub fn reloaded(&self, new: Config) -> (Config, Vec<&'static str>) {
        let differs = [
            ("issuer", self.issuer != new.issuer),
            ("listen", self.listen != new.listen),
            ("pid_file", self.pid_file != new.pid_file),
            ("shutdown_grace", self.shutdown_grace != new.shutdown_grace),
            ("storage", self.storage != new.storage),
            ("secrets_file or master_key", !self.secrets.is_like(&new.secrets)),
            ("brand", self.brand != new.brand),
            ("mail", self.mail != new.mail),
            ("registration", self.registration != new.registration),
            ("metrics", self.metrics != new.metrics),
            ("log", self.log != new.log),
        ];
        let differs = differs.into_iter().filter_map(|(key, differs)| differs.then_some(key)).collect();
        let old = self.clone();
        let taken_up = Config {
            proxy_protocol: new.proxy_protocol,
            proxies: new.proxies,
            internal_hosts: new.internal_hosts,
            tokens: new.tokens,
            pkce_required: new.pkce_required,
            login: new.login,
            limits: new.limits,
            egress: new.egress,
            dialects: new.dialects,
            tls: new.tls,
            ..old
        };
        (taken_up, differs)
    }

    /// Reads the [file](Config::file), if there is one, and the environment above it.
    ///
    /// # Errors
    /// The first thing that is wrong, where, and how to mend it.
    pub fn load(named: Option<&Path>) -> Result<Config, ConfigError> {
        let file = Config::file(named);
        Config::from_parts(file.as_deref(), &environment()).map_err(|wrong| match file {
            Some(_) => wrong,
            None => ConfigError(format!(
                "{wrong}; no configuration file is read, as there is no {DEFAULT_FILE} in this folder and neither --config nor \
                 {FILE_VARIABLE} names one: `symbolon init` writes one"
            )),
        })
    }

    /// The file that counts: the one that is named, else the one that `SYMBOLON_CONFIG` names, else [`DEFAULT_FILE`] when
    /// there is one.
    #[must_use]
    pub fn file(named: Option<&Path>) -> Option<PathBuf> {
        let variable = || {
            let (_, file) = environment().into_iter().find(|(name, _)| name == FILE_VARIABLE)?;
            (!file.is_empty()).then(|| PathBuf::from(file))
        };
        // One that cannot be looked at counts, so that its reading says why.
        let is_there = || !matches!(Path::new(DEFAULT_FILE).try_exists(), Ok(false));
        let default = || is_there().then(|| PathBuf::from(DEFAULT_FILE));
        named.map(Path::to_owned).or_else(variable).or_else(default)
    }

    /// The same from an environment given as names and values, so that tests need not change their own.
    ///
    /// # Errors
    /// The first thing that is wrong, where, and how to mend it.
    pub fn from_parts(file: Option<&Path>, environment: &[(String, String)]) -> Result<Config, ConfigError> {
        let raw = source::read(file, environment)?;
        let folder = file.and_then(Path::parent).unwrap_or(Path::new(""));
        check::check(raw, folder).map_err(|wrong| match file {
            Some(file) => ConfigError(format!("{wrong} (configuration: {})", place(file, &wrong.0))),
            None => wrong,
        })
    }
}

/// Where in a file that is which a sentence names: with the line, where one is found that sets the key, or holds the text.
fn place(file: &Path, sentence: &str) -> String {
    let source = std::fs::read_to_string(file).unwrap_or_default();
    match explain::line_named(&source, sentence) {
        Some(line) => format!("{} line {line}", file.display()),
        None => file.display().to_string(),
    }
}

/// The variables that can matter here. A value that is not text is left for the check to miss by name.
#[expect(clippy::disallowed_methods, reason = "the one reading of the environment")]
fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}
