//! The address of a PostgreSQL database, as libpq reads it and as hosters hand it out.
//!
//! Everything that is wrong here is said by the name of the option. Values are never repeated: one of them is a password.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use tokio_postgres::Config;

use super::settings::Settings;
use super::tls::{Mode, Root, Trust};
use super::{ANSWER, CONNECT};
use crate::engine::options::{Options, Pooling};

/// Options that the driver understands by itself.
const DRIVEN: &[&str] = &[
    "application_name",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "load_balance_hosts",
    "password",
    "sslnegotiation",
    "tcp_user_timeout",
    "user",
];
/// Options that are understood here.
const OWN: &[&str] = &[
    "host",
    "hostaddr",
    "keepalives_count",
    "options",
    "port",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "target_session_attrs",
];
/// Options that may say what is so anyway.
const SO_ANYWAY: &[(&str, &[&str])] = &[
    ("client_encoding", &["utf8", "UTF8", "utf-8", "UTF-8", "auto"]),
    ("gssencmode", &["disable", "prefer"]),
    ("sslcompression", &["0"]),
    ("sslsni", &["1"]),
];
/// Options of other clients, and where what they say is said here.
const ELSEWHERE: &[(&str, &str)] = &[
    ("pgbouncer", "write `pooling = \"transaction\"` in [storage] for a pooler in transaction mode"),
    ("connection_limit", "write `connections` in [storage]"),
    ("pool_max_conns", "write `connections` in [storage]"),
    ("schema", "write options=-csearch_path%3DSCHEMA"),
    ("currentSchema", "write options=-csearch_path%3DSCHEMA"),
];

const SESSION: &str = "target_session_attrs";
const LONGEST_PATIENCE: u64 = 60;

/// Where to connect, and how.
pub(super) struct Address {
    /// Tried in turn.
    pub(super) endpoints: Vec<Endpoint>,
    pub(super) trust: Trust,
    /// What is said first on a connection.
    pub(super) greeting: String,
    /// How a transaction begins.
    pub(super) begin: String,
    pub(super) pooling: Pooling,
    /// Whether one connection both reads and writes.
    pub(super) shared: bool,
    /// How long an attempt to connect may take.
    pub(super) patience: Duration,
}

/// One server.
pub(super) struct Endpoint {
    pub(super) config: Config,
    /// A Unix socket, which knows no TLS.
    pub(super) socket: bool,
    /// Whether what is said does not leave this machine.
    pub(super) local: bool,
}

type Read<T> = Result<T, String>;
type Pairs = Vec<(String, String)>;

impl Address {
    /// Reads a URL; an error goes on after the words "the address".
    pub(super) fn read(url: &str, options: &Options) -> Read<Address> {
        let mut given = Given::default();
        for (key, value) in pairs(url)? {
            given.take(key, value)?;
        }
        let trust = given.trust()?;
        let (rest, settings) = Settings::read(&given.options);
        if !rest.is_empty() {
            given.driven.push(("options".to_owned(), rest));
        }
        let patience = match given.last("connect_timeout").and_then(|seconds| seconds.parse().ok()) {
            Some(seconds @ 1..) => Duration::from_secs(LONGEST_PATIENCE.min(seconds)),
            _ => CONNECT,
        };
        let (greeting, begin) = match options.pooling {
            Pooling::Session => (settings.for_the_session(), "BEGIN".to_owned()),
            Pooling::Transaction => ("SELECT 1".to_owned(), settings.for_a_transaction()),
        };
        Ok(Address {
            endpoints: given.endpoints(patience)?,
            trust,
            greeting,
            begin,
            pooling: options.pooling,
            shared: options.connections <= 2,
            patience,
        })
    }
}

/// What an address says, sorted.
#[derive(Default)]
struct Given {
    driven: Pairs,
    hosts: Vec<String>,
    addresses: Vec<String>,
    ports: Vec<String>,
    options: String,
    mode: Option<String>,
    root: Option<String>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    session: Option<String>,
}

impl Given {
    fn take(&mut self, key: String, value: String) -> Read<()> {
        let list = |value: &str| value.split(',').map(str::to_owned).collect();
        match key.as_str() {
            "host" => self.hosts = list(&value),
            "hostaddr" => self.addresses = list(&value),
            "port" => self.ports = list(&value),
            "options" => self.options = value,
            "sslmode" => self.mode = Some(value),
            "sslrootcert" => self.root = Some(value),
            "sslcert" => self.certificate = Some(file("sslcert", &value)?),
            "sslkey" => self.key = Some(file("sslkey", &value)?),
            SESSION => self.session = Some(value),
            "keepalives_count" => self.driven.push(("keepalives_retries".to_owned(), value)),
            // As JDBC says it, and libpq understands in a URL.
            "ssl" if value == "true" => self.mode = Some("require".to_owned()),
            known if DRIVEN.contains(&known) => self.driven.push((key, value)),
            other => return so_anyway(other, &value),
        }
        Ok(())
    }

    fn last(&self, key: &str) -> Option<&str> {
        self.driven.iter().rev().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    fn trust(&mut self) -> Read<Trust> {
        let root = match self.root.take().as_deref() {
            None | Some("") => Root::Unnamed,
            Some("system") => Root::System,
            Some(path) => Root::File(file("sslrootcert", path)?),
        };
        let mode = match (self.mode.as_deref(), &root) {
            (None, Root::System) => Mode::VerifyFull,
            (None, _) => Mode::Prefer,
            (Some(word), _) => Mode::read(word).ok_or_else(|| {
                "has an `sslmode` that is not known: it is disable, allow, prefer, require, verify-ca or verify-full"
                    .to_owned()
            })?,
        };
        if matches!(root, Root::System) && mode != Mode::VerifyFull {
            return Err(
                "says sslrootcert=system with a weaker `sslmode` than verify-full: many could have such a certificate, \
                 so the name must be checked, too"
                    .to_owned(),
            );
        }
        let direct = self.last("sslnegotiation") == Some("direct");
        if direct && matches!(mode, Mode::Disable | Mode::Allow | Mode::Prefer) {
            return Err(
                "says sslnegotiation=direct, which knows no connection without TLS: write sslmode=require or stronger"
                    .to_owned(),
            );
        }
        let identity = match (self.certificate.take(), self.key.take()) {
            (None, None) => None,
            (Some(certificate), Some(key)) => Some((certificate, key)),
            _ => return Err("names one of `sslcert` and `sslkey`: the other is needed, too".to_owned()),
        };
        Ok(Trust { mode, root, identity, direct })
    }

    fn endpoints(mut self, patience: Duration) -> Read<Vec<Endpoint>> {
        self.hosts.retain(|host| !host.is_empty());
        if self.hosts.is_empty() {
            self.hosts = self.addresses.clone();
        }
        let count = self.hosts.len();
        if count == 0 {
            return Err("names no host: for a Unix socket write ?host=/var/run/postgresql".to_owned());
        }
        if !self.addresses.is_empty() && self.addresses.len() != count {
            return Err("has another number of `hostaddr` than of `host`".to_owned());
        }
        if self.ports.len() > 1 && self.ports.len() != count {
            return Err("has another number of ports than of hosts".to_owned());
        }
        // Symbolon writes. Among several servers only one takes that.
        let session = match self.session.as_deref() {
            None if count > 1 => Some("read-write"),
            Some("primary") => Some("read-write"),
            other => other,
        };
        if let Some(session) = session {
            self.driven.push((SESSION.to_owned(), session.to_owned()));
        }
        (0..count).map(|place| self.endpoint(place, patience)).collect()
    }

    fn endpoint(&self, place: usize, patience: Duration) -> Read<Endpoint> {
        let host = &self.hosts[place];
        let address = self.addresses.get(place);
        let port = self.ports.get(place).or(self.ports.first()).filter(|port| !port.is_empty());
        let own = [("host", Some(host)), ("hostaddr", address), ("port", port)];
        let own = own.into_iter().filter_map(|(key, value)| Some((key, value?)));
        let driven = self.driven.iter().map(|(key, value)| (key.as_str(), value));
        let text: String =
            own.chain(driven).map(|(key, value)| format!("{key}={} ", quoted(value))).collect();
        let mut config: Config =
            text.parse().map_err(|error| format!("is not understood: {}", whole(&error)))?;
        config.connect_timeout(patience).tcp_user_timeout(ANSWER);
        if config.get_application_name().is_none() {
            config.application_name("symbolon");
        }
        let socket = host.starts_with('/');
        Ok(Endpoint { config, socket, local: socket || is_loopback(address.unwrap_or(host)) })
    }
}

/// Whoever this is, is on this machine.
fn is_loopback(host: &str) -> bool {
    let named = host == "localhost" || host.ends_with(".localhost");
    named || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn file(key: &str, path: &str) -> Read<PathBuf> {
    let path = PathBuf::from(path);
    if path.is_absolute() {
        return Ok(path);
    }
    Err(format!("names a file in `{key}` that does not begin with a slash: write its whole path"))
}

fn so_anyway(key: &str, value: &str) -> Read<()> {
    if let Some((_, values)) = SO_ANYWAY.iter().find(|(known, _)| *known == key) {
        let fits = values.contains(&value);
        return if fits {
            Ok(())
        } else {
            Err(format!("wants something of `{key}` that cannot be had: leave it out"))
        };
    }
    if let Some((_, mend)) = ELSEWHERE.iter().find(|(known, _)| *known == key) {
        return Err(format!("has the option `{key}`, which belongs to another client: {mend}"));
    }
    let mut known: Vec<&str> = [DRIVEN, OWN].concat();
    known.extend(SO_ANYWAY.iter().map(|(key, _)| *key));
    known.sort_unstable();
    Err(format!("has the option `{key}`, which is not known; known are {}", known.join(", ")))
}

/// The parts of a URL by the names of the options they stand for, then its options.
fn pairs(url: &str) -> Read<Pairs> {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let mut pairs = Pairs::new();
    let rest = match rest.rsplit_once('@') {
        None => rest,
        Some((credentials, rest)) => {
            if credentials.contains(['/', '?', '#', '@']) {
                return Err(
                    "has one of / ? # @ as it is in the user, the password or an option: write %2F, %3F, %23 or %40"
                        .to_owned(),
                );
            }
            let (user, password) = match credentials.split_once(':') {
                Some((user, password)) => (user, Some(password)),
                None => (credentials, None),
            };
            add(&mut pairs, "user", user)?;
            add(&mut pairs, "password", password.unwrap_or_default())?;
            rest
        }
    };
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (hosts, database) = place.split_once('/').unwrap_or((place, ""));
    let (hosts, ports): (Vec<&str>, Vec<&str>) =
        hosts.split(',').map(host_and_port).collect::<Read<Vec<_>>>()?.into_iter().unzip();
    add(&mut pairs, "host", &hosts.join(","))?;
    if ports.iter().any(|port| !port.is_empty()) {
        add(&mut pairs, "port", &ports.join(","))?;
    }
    add(&mut pairs, "dbname", database)?;
    for option in query.split('&').filter(|option| !option.is_empty()) {
        let Some((key, value)) = option.split_once('=') else {
            return Err(
                "has an option without a value: options are NAME=VALUE, with & between them".to_owned()
            );
        };
        pairs.push((decoded(key)?, decoded(value)?));
    }
    Ok(pairs)
}

fn add(pairs: &mut Pairs, key: &str, value: &str) -> Read<()> {
    if !value.is_empty() {
        pairs.push((key.to_owned(), decoded(value)?));
    }
    Ok(())
}

fn host_and_port(text: &str) -> Read<(&str, &str)> {
    if let Some(rest) = text.strip_prefix('[') {
        let Some((host, rest)) = rest.split_once(']') else {
            return Err("has a host that begins with [ and does not end with ]".to_owned());
        };
        return Ok((host, rest.strip_prefix(':').unwrap_or(rest)));
    }
    Ok(text.split_once(':').unwrap_or((text, "")))
}

fn decoded(text: &str) -> Read<String> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(Into::into).map_err(|_| "holds bytes that are not UTF-8".to_owned())
}

/// A value as a connection string holds it.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// What the driver says, with its cause: that names the option.
fn whole(error: &tokio_postgres::Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), |cause| cause.to_string())
}
