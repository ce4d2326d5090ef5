//! From what was written to what can work: defaults, ranges, and combinations that contradict each other.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use symbolon_oauth::dialect::lint;
use symbolon_oauth::policy::UnknownScopes;
use symbolon_oauth::quoted::{Bare, Excerpt};
use symbolon_oauth::redirect_uri::is_loopback_name;
use symbolon_oauth::time::Lifetime;
use symbolon_platform::name;
use symbolon_store::Pooling;
use url::{Host, Url};

use super::egress::{Own, egress};
use super::given::{Checked, one_of, secret_text, wrong};
use super::limits::limits;
use super::mail::mail;
use super::master_key::WrittenKeys;
use super::proxies::{host, internal_hosts, proxies, proxy_protocol};
use super::raw::{
    Raw, RawBrand, RawDialect, RawLog, RawLogin, RawRegistration, RawStorage, RawTls, RawTokens,
};
use super::{
    Apply, Brand, Config, ConfigError, Developers, DialectDefinition, DialectSource, Issuer, Log, Login,
    Registration, SecretsSource, SignUp, Storage, Tls, Tokens,
};

/// Fills in and checks; `folder` is where relative paths begin.
pub(super) fn check(raw: Raw, folder: &Path) -> Checked<Config> {
    let listen = address("listen", &needed(raw.listen, "listen", "\"127.0.0.1:8080\"")?)?;
    let metrics = raw.metrics.listen.map(|text| address("metrics.listen", &text)).transpose()?;
    if metrics.is_some_and(|metrics| metrics == listen && listen.port() != 0) {
        return wrong("`metrics.listen` is the same as `listen`: give metrics a port of their own");
    }
    let storage = storage(raw.storage, folder)?;
    let issuer = issuer(&needed(raw.issuer, "issuer", "\"https://connect.example.com\"")?)?;
    let proxies = proxies(raw.trusted_proxies, raw.client_address)?;
    let mail = mail(raw.mail, folder)?;
    let dialects = dialects(raw.dialect, folder, &issuer)?;
    let listeners = std::iter::once(listen).chain(metrics).collect();
    let own = Own { issuer: &issuer, dialects: &dialects, listeners };
    Ok(Config {
        egress: egress(raw.egress, folder, own)?,
        dialects,
        internal_hosts: internal_hosts(raw.internal_hosts.unwrap_or_default(), &issuer)?,
        login: login(raw.login, mail.is_some(), &issuer)?,
        mail,
        issuer,
        listen,
        proxy_protocol: proxy_protocol(raw.proxy_protocol, &proxies)?,
        proxies,
        secrets: secrets(raw.secrets_file, raw.master_key, &storage, folder)?,
        storage,
        brand: brand(raw.brand, folder)?,
        tokens: tokens(&raw.tokens)?,
        pkce_required: one_of("pkce", raw.pkce, &[("required", true), ("optional", false)])?,
        limits: limits(raw.limits)?,
        registration: registration(raw.registration)?,
        apply: Apply { allow_weak_secrets: raw.apply.allow_weak_secrets },
        metrics,
        tls: tls(raw.tls, folder)?,
        log: log(raw.log)?,
        shutdown_grace: shutdown_grace(raw.shutdown_grace)?,
        pid_file: raw.pid_file.map(|file| folder.join(file)),
    })
}

fn needed<T>(value: Option<T>, key: &str, example: &str) -> Checked<T> {
    let variable = key.to_uppercase().replace('.', "__");
    value.ok_or_else(|| {
        ConfigError::new(format!("`{key}` is missing: write {key} = {example}, or set SYMBOLON_{variable}"))
    })
}

fn address(key: &str, text: &str) -> Checked<SocketAddr> {
    text.parse().or_else(|_| {
        wrong(format!(
            "`{key}` is {}: write an address and a port, such as \"127.0.0.1:8080\"",
            Excerpt(text)
        ))
    })
}

fn issuer(text: &str) -> Checked<Issuer> {
    let example = "such as \"https://connect.example.com\"";
    let Ok(url) = Url::parse(text) else {
        return wrong(format!(
            "`issuer` is {}: write the public URL of this server, {example}",
            Excerpt(text)
        ));
    };
    let Some(host) = url.host() else { return wrong(format!("`issuer` has no host: write a URL {example}")) };
    let loopback = match &host {
        Host::Domain(name) => is_loopback_name(name),
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    };
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        "http" => {
            return wrong(
                "`issuer` is plain http: use https (http works on 127.0.0.1, [::1], localhost and names under .localhost only)",
            );
        }
        other => return wrong(format!("`issuer` has the scheme {}: use https", Excerpt(other))),
    }
    if url.query().is_some() || url.fragment().is_some() {
        return wrong("`issuer` has a query or a fragment: leave it out (RFC 8414 section 2)");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("`issuer` has a user or password: leave it out");
    }
    if url.path() != "/" {
        return wrong("`issuer` has a path: give this server a host name of its own and leave the path out");
    }
    let canonical = url.as_str().trim_end_matches('/').to_owned();
    if canonical != text.trim_end_matches('/') {
        return wrong(format!(
            "`issuer` is {}: clients compare it byte for byte, so write it as \"{canonical}\"",
            Excerpt(text)
        ));
    }
    Ok(Issuer { host: host.to_string(), loopback_http: url.scheme() == "http", text: canonical })
}

fn storage(raw: RawStorage, folder: &Path) -> Checked<Storage> {
    let url = needed(raw.url, "storage.url", "\"sqlite:symbolon.db\"")?;
    let url = secret_text("storage.url", url, folder)?;
    let words = [("session", Pooling::Session), ("transaction", Pooling::Transaction)];
    Storage::new(url, raw.connections, one_of("storage.pooling", raw.pooling, &words)?, folder)
}

fn secrets(
    file: Option<PathBuf>,
    keys: Option<WrittenKeys>,
    storage: &Storage,
    folder: &Path,
) -> Checked<SecretsSource> {
    match (file, keys, storage.sqlite_file()) {
        (Some(_), Some(_), _) => wrong("`secrets_file` and `master_key` are both given: keep one"),
        (Some(file), None, _) => Ok(SecretsSource::File(folder.join(file))),
        (None, Some(keys), _) => Ok(SecretsSource::Given(keys.read(folder)?)),
        (None, None, Some(database)) => {
            Ok(SecretsSource::BesideDatabase(database.with_file_name("secrets.toml")))
        }
        (None, None, None) => Ok(SecretsSource::Missing),
    }
}

fn brand(raw: RawBrand, folder: &Path) -> Checked<Brand> {
    let name = raw.name.unwrap_or_else(|| "Symbolon".to_owned());
    if let Err(why) = name::check(&name) {
        return wrong(format!("`brand.name` {why}"));
    }
    let prefix = raw.token_prefix.unwrap_or_else(|| "sym".to_owned());
    let plain = prefix.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if !plain || !(1..=16).contains(&prefix.len()) {
        return wrong(format!(
            "`brand.token_prefix` is {}: use 1 to 16 lower-case letters and digits",
            Excerpt(&prefix)
        ));
    }
    Ok(Brand {
        name,
        token_prefix: prefix,
        logo: raw.logo.map(|logo| folder.join(logo)),
        accent: raw.accent.map(|text| colour("brand.accent", text)).transpose()?,
        accent_dark: raw.accent_dark.map(|text| colour("brand.accent_dark", text)).transpose()?,
        support_url: raw.support_url.map(|text| link("brand.support_url", text)).transpose()?,
        privacy_url: raw.privacy_url.map(|text| link("brand.privacy_url", text)).transpose()?,
        terms_url: raw.terms_url.map(|text| link("brand.terms_url", text)).transpose()?,
    })
}

fn colour(key: &str, text: String) -> Checked<String> {
    let digits = text.strip_prefix('#').unwrap_or_default();
    if digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(text);
    }
    wrong(format!("`{key}` is {}: write a colour as \"#2f6feb\"", Excerpt(&text)))
}

fn link(key: &str, text: String) -> Checked<String> {
    match Url::parse(&text).map(|url| url.scheme().to_owned()).as_deref() {
        Ok("https" | "http" | "mailto") => Ok(text),
        _ => wrong(format!("`{key}` is {}: write an https:// or mailto: address", Excerpt(&text))),
    }
}

fn tokens(raw: &RawTokens) -> Checked<Tokens> {
    one_of(
        "tokens.access_format",
        raw.access_format.clone().filter(|format| format != "jwt"),
        &[("opaque", ())],
    )?;
    if raw.access_format.as_deref() == Some("jwt") {
        return wrong("`tokens.access_format` is \"jwt\", which is not built yet: use \"opaque\"");
    }
    const MINUTE: i64 = 60_000;
    let tokens = Tokens {
        code_ttl: raw.code_ttl.unwrap_or(Lifetime::seconds(60)),
        access_ttl: raw.access_ttl.unwrap_or(Lifetime::seconds(3600)),
        refresh_ttl: raw.refresh_ttl.unwrap_or(Lifetime::seconds(30 * 86_400)),
        refresh_reuse_grace: raw.refresh_reuse_grace.unwrap_or(Lifetime::seconds(60)),
        refresh_max_ttl: raw.refresh_max_ttl,
        unknown_scopes: one_of(
            "tokens.unknown_scopes",
            raw.unknown_scopes.clone(),
            &[("refuse", UnknownScopes::Refuse), ("narrow", UnknownScopes::Narrow)],
        )?,
    };
    within("tokens.code_ttl", tokens.code_ttl, 1000..=10 * MINUTE, "from \"1s\" to \"10m\"")?;
    within("tokens.access_ttl", tokens.access_ttl, 1000..=i64::MAX, "at least \"1s\", and not \"never\"")?;
    within(
        "tokens.refresh_reuse_grace",
        tokens.refresh_reuse_grace,
        0..=60 * MINUTE,
        "from \"0s\" to \"60m\"",
    )?;
    for (key, lifetime) in [("refresh_ttl", tokens.refresh_ttl)]
        .into_iter()
        .chain(tokens.refresh_max_ttl.map(|lifetime| ("refresh_max_ttl", lifetime)))
    {
        if lifetime.milliseconds().is_some_and(|milliseconds| milliseconds < 1000) {
            return wrong(format!("`tokens.{key}` is too short: it must be at least \"1s\""));
        }
    }
    Ok(tokens)
}

fn within(key: &str, lifetime: Lifetime, range: std::ops::RangeInclusive<i64>, words: &str) -> Checked<()> {
    match lifetime.milliseconds() {
        Some(milliseconds) if range.contains(&milliseconds) => Ok(()),
        _ => wrong(format!("`{key}` is out of range: it must be {words}")),
    }
}

fn login(raw: RawLogin, mails: bool, issuer: &Issuer) -> Checked<Login> {
    let doors = raw.doors.unwrap_or_else(|| vec!["accounts".to_owned()]);
    if doors.is_empty() {
        return wrong("`login.doors` is empty, so nobody could sign in: write [\"accounts\"]");
    }
    for door in &doors {
        match door.as_str() {
            "accounts" => {}
            "handoff" | "assertion" | "oidc" => {
                return wrong(format!(
                    "`login.doors` names \"{door}\", which is not built yet: use [\"accounts\"]"
                ));
            }
            other => {
                return wrong(format!(
                    "`login.doors` names {}: the one door now is \"accounts\"",
                    Excerpt(other)
                ));
            }
        }
    }
    let (open, closed) = (("open", SignUp::Open), ("closed", SignUp::Closed));
    let safe = mails || issuer.is_loopback_http();
    let words = if safe {
        [open, ("invited", SignUp::Invited), closed]
    } else {
        [closed, ("invited", SignUp::Invited), open]
    };
    let sign_up = one_of("login.sign_up", raw.sign_up, &words)?;
    if sign_up == SignUp::Open && !safe {
        return wrong(
            "`login.sign_up` is \"open\", and without [mail] nobody proves an address: write [mail] (docs/mail.md), or \
             sign_up = \"closed\"",
        );
    }
    Ok(Login { sign_up })
}

fn registration(raw: RawRegistration) -> Checked<Registration> {
    let words = [("open", Developers::Open), ("invited", Developers::Invited), ("staff", Developers::Staff)];
    Ok(Registration {
        developers: one_of("registration.developers", raw.developers, &words)?,
        review: one_of("registration.review", raw.review, &[("on", true), ("off", false)])?,
    })
}

fn dialects(raws: Vec<RawDialect>, folder: &Path, issuer: &Issuer) -> Checked<Vec<DialectSource>> {
    let mut dialects: Vec<DialectSource> = Vec::with_capacity(raws.len());
    for raw in raws {
        let dialect = dialect(raw, folder, issuer)?;
        let same_place =
            |other: &&DialectSource| other.prefix == dialect.prefix && other.hosts == dialect.hosts;
        if dialects.iter().find(same_place).is_some() {
            let prefix = Excerpt(&dialect.prefix);
            let hosts: Vec<String> = dialect.hosts.iter().map(|host| Excerpt(host).to_string()).collect();
            let place = match (dialect.prefix.as_str(), hosts.join(", ")) {
                (_, hosts) if hosts.is_empty() => format!("the prefix {prefix}"),
                ("", hosts) => format!("the hosts {hosts}"),
                (_, hosts) => format!("the prefix {prefix} and the hosts {hosts}"),
            };
            return wrong(format!("two [[dialect]] entries share {place}: give each its own"));
        }
        dialects.push(dialect);
    }
    Ok(dialects)
}

fn dialect(raw: RawDialect, folder: &Path, issuer: &Issuer) -> Checked<DialectSource> {
    let definition = match (raw.preset, raw.file) {
        (Some(preset), None) => DialectDefinition::Preset(preset),
        (None, Some(file)) => DialectDefinition::File(folder.join(file)),
        _ => {
            return wrong(
                "each [[dialect]] needs either `preset` or `file`: `symbolon dialect list` shows the presets",
            );
        }
    };
    let prefix = raw.prefix.unwrap_or_default();
    let hosts = raw.hosts.unwrap_or_default();
    if prefix.is_empty() && hosts.is_empty() {
        return wrong(
            "a [[dialect]] needs a `prefix` such as \"/partner\" or `hosts` of its own, or it would shadow the standard endpoints",
        );
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.');
    let stays = prefix.split('/').all(|segment| segment != "." && segment != "..");
    let well_formed = prefix.starts_with('/') && !prefix.ends_with('/') && !prefix.contains("//") && stays;
    if !(prefix.is_empty() || well_formed && prefix.bytes().all(plain)) {
        return wrong(format!(
            "the dialect prefix {} must begin with a slash and not end with one, without '.' or '..' between slashes, such as \
             \"/partner\"",
            Excerpt(&prefix)
        ));
    }
    let read = |text: &String| {
        host(text, issuer).ok_or_else(|| {
            ConfigError::new(format!(
                "the dialect host {} is none: write it as requests name it, such as \"api.example.com\" or \
                 \"localhost:3000\", without https:// and without a path",
                Excerpt(text)
            ))
        })
    };
    let hosts = hosts.iter().map(read).collect::<Checked<_>>()?;
    Ok(DialectSource {
        definition,
        name: raw.name.map(dialect_name).transpose()?,
        prefix,
        hosts,
        lifetimes: raw.lifetimes,
    })
}

fn dialect_name(name: String) -> Checked<String> {
    if lint::is_name(&name) {
        return Ok(name);
    }
    wrong(format!(
        "the dialect name {} cannot be used: write letters, digits, '-', '_' and '.', forty at most",
        Excerpt(&name)
    ))
}

fn tls(raw: RawTls, folder: &Path) -> Checked<Option<Tls>> {
    match (raw.cert, raw.key) {
        (None, None) => Ok(None),
        (Some(cert), Some(key)) => Ok(Some(Tls { cert: folder.join(cert), key: folder.join(key) })),
        (Some(_), None) => {
            wrong("`tls.cert` is given without `tls.key`: name the private key too, or leave [tls] out")
        }
        (None, Some(_)) => {
            wrong("`tls.key` is given without `tls.cert`: name the certificate too, or leave [tls] out")
        }
    }
}

fn log(raw: RawLog) -> Checked<Log> {
    let level = raw.level.unwrap_or_else(|| "info".to_owned());
    if let Err(e) = level.parse::<tracing_subscriber::EnvFilter>() {
        return wrong(format!(
            "`log.level` is {} ({}): write for example \"info\" or \"info,symbolon=debug\"",
            Excerpt(&level),
            Bare(&e.to_string())
        ));
    }
    Ok(Log { json: one_of("log.format", raw.format, &[("text", false), ("json", true)])?, level })
}

fn shutdown_grace(given: Option<Lifetime>) -> Checked<Duration> {
    let milliseconds = given.unwrap_or(Lifetime::seconds(20)).milliseconds();
    match milliseconds.and_then(|milliseconds| u64::try_from(milliseconds).ok()) {
        Some(milliseconds) if milliseconds <= 600_000 => Ok(Duration::from_millis(milliseconds)),
        _ => wrong("`shutdown_grace` is out of range: it must be from \"0s\" to \"10m\""),
    }
}
