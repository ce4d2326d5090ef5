//! Redirect URIs: which may be registered, and whether an asked one is registered (RFC 6749 §3.1.2, RFC 9700 §4.1).
//!
//! Matching compares bytes and never decodes, normalizes or parses the asked URI, so no spelling trick can mean one
//! thing here and another in the browser. The single exception is RFC 8252 §7.3: the port of `http://127.0.0.1` and
//! `http://[::1]` is free, because a native app learns its port only when it starts to listen. Registration refuses
//! what could carry a code to somewhere else than the developer's own page.
//!
//! An operator may say of an app that it is [native](Kind::Native): its private-use scheme need not be a reversed domain
//! name, which any program can claim as well, and the port of `http://localhost` is free, too. Such an app always uses PKCE.

use url::{Host, Url};

/// Why a redirect URI cannot be registered: a sentence for the developer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectUriError {
    /// Not an absolute URI.
    #[error("it is not an absolute URI such as https://app.example.com/callback")]
    NotAbsolute,
    /// A blank, control or non-ASCII character, a backslash or a quote.
    #[error("it holds a character that a URI cannot hold; write it percent-encoded, and hosts in punycode")]
    Character,
    /// Longer than any callback.
    #[error("it is longer than 2000 characters")]
    TooLong,
    /// RFC 6749 §3.1.2.
    #[error("it has a fragment (#…); leave the fragment out")]
    Fragment,
    /// `user:password@`.
    #[error("it has a user or password before the host; leave them out")]
    UserInformation,
    /// `*` anywhere.
    #[error("it has a wildcard; register every URI in full")]
    Wildcard,
    /// `.` or `..` as a path segment, in any spelling.
    #[error("its path has '.' or '..' segments; write the path they lead to")]
    DotSegment,
    /// Plain http beyond this computer.
    #[error(
        "it is plain http; use https (http is for 127.0.0.1, [::1], localhost and names under .localhost only)"
    )]
    PlainHttp,
    /// A web URI without a host.
    #[error("it has no host")]
    NoHost,
    /// Not the spelling that browsers use for the same host.
    #[error(
        "its scheme and host are not spelled as browsers send them; write them in lower case, IP addresses in full"
    )]
    HostSpelling,
    /// `javascript:`, `data:`, `file:` …
    #[error("its scheme runs or shows content instead of opening an app")]
    DangerousScheme,
    /// RFC 8252 §7.1.
    #[error(
        "a private-use scheme must be a domain name of yours in reverse, such as com.example.app:/callback, unless an \
         operator says that the app is native (native = true, or --native)"
    )]
    SchemeWithoutDot,
    /// `urn:ietf:wg:oauth:2.0:oob`: the code would be shown to be copied.
    #[error(
        "it asks for the code to be shown and copied by hand (out of band), which whoever watches can be talked into; \
         use http://127.0.0.1/callback, whose port is free, or a page of yours"
    )]
    OutOfBand,
    /// A query parameter that the answer would add.
    #[error("its query uses a name that the answer itself needs (code, state, iss, error, response …)")]
    ReservedQueryName,
}

/// What is known of the app that registers a redirect URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing in particular: RFC 8252 to the letter.
    Any,
    /// An operator says that it is a program on the person's own device.
    Native,
}

const MOST_BYTES: usize = 2000;

/// Names an authorization answer can carry; a registered query must not set them first.
const RESERVED: [&str; 11] = [
    "code",
    "state",
    "iss",
    "error",
    "error_description",
    "error_uri",
    "response",
    "access_token",
    "token_type",
    "id_token",
    "session_state",
];

/// Schemes that execute, embed or read instead of handing the code to an app. Most have no dot and would be refused
/// anyway; naming them gives the truer sentence, and keeps them from native apps. The last ones belong to browsers and stores,
/// which open the web address or install the program that follows.
const DANGEROUS: [&str; 46] = [
    "javascript",
    "data",
    "vbscript",
    "file",
    "blob",
    "about",
    "filesystem",
    "view-source",
    "ws",
    "wss",
    "ftp",
    "mailto",
    "intent",
    "tel",
    "sms",
    "smsto",
    "callto",
    "resource",
    "chrome",
    "edge",
    "jar",
    "feed",
    "ssh",
    "telnet",
    "ldap",
    "search-ms",
    "ms-msdt",
    "shell",
    "res",
    "android-app",
    "brave",
    "firefox",
    "googlechrome",
    "googlechromes",
    "itms",
    "itms-apps",
    "itms-services",
    "market",
    "microsoft-edge",
    "ms-appinstaller",
    "ms-officecmd",
    "ms-search",
    "opera-http",
    "opera-https",
    "x-safari-http",
    "x-safari-https",
];

/// Whether `uri` may be registered.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn check_registration(uri: &str, kind: Kind) -> Result<(), RedirectUriError> {
    characters(uri)?;
    let (scheme, rest) = uri.split_once(':').ok_or(RedirectUriError::NotAbsolute)?;
    scheme_name(scheme)?;
    if uri.contains('#') {
        return Err(RedirectUriError::Fragment);
    }
    if uri.contains('*') {
        return Err(RedirectUriError::Wildcard);
    }
    dot_segments(rest)?;
    let parsed = Url::parse(uri).map_err(|_| RedirectUriError::NotAbsolute)?;
    reserved_names(&parsed)?;
    match scheme {
        "https" | "http" => web(uri, &parsed),
        "urn" => Err(RedirectUriError::OutOfBand),
        _ => private_use(scheme, rest, kind),
    }
}

/// Whether `asked` is one of `registered`.
#[must_use]
pub fn matches(registered: &[String], asked: &str, kind: Kind) -> bool {
    registered.iter().any(|own| own == asked || same_but_for_loopback_port(own, asked, kind))
}

/// Where a redirect URI leads, as people tell places apart: the origin of a site, this computer whatever the port, an app
/// that claimed a scheme. What cannot be read is a destination of its own.
#[must_use]
pub fn destination(uri: &str) -> String {
    let Ok(url) = Url::parse(uri) else { return uri.to_owned() };
    match (url.scheme(), url.host()) {
        ("http" | "https", Some(host)) if is_loopback(&host) => "localhost".to_owned(),
        ("http" | "https", _) => url.origin().ascii_serialization(),
        (scheme, _) => format!("{scheme}:"),
    }
}

/// The part of an `http` URI on a literal loopback address that must be equal: everything but its port. `None` for
/// every other URI, so that nothing else is ever compared loosely.
fn without_loopback_port(uri: &str, kind: Kind) -> Option<(&str, &str)> {
    let (host, rest) = loopback_host(uri.strip_prefix("http://")?, kind)?;
    let rest = match rest.strip_prefix(':') {
        Some(with_port) => {
            let end = with_port.find(|c: char| !c.is_ascii_digit()).unwrap_or(with_port.len());
            with_port[..end].parse::<u16>().ok().filter(|port| *port != 0)?;
            &with_port[end..]
        }
        None => rest,
    };
    // What follows must end the authority: '@' or '.' here would make the address a user name or a host label.
    (rest.is_empty() || rest.starts_with(['/', '?'])).then_some((host, rest))
}

/// The host whose port is free, and what follows it.
fn loopback_host(authority: &str, kind: Kind) -> Option<(&str, &str)> {
    let literal = |host: &&str| authority.starts_with(*host);
    let length = match (["127.0.0.1", "[::1]"].into_iter().find(literal), kind) {
        (Some(host), _) => host.len(),
        (None, Kind::Native) => {
            let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
            let end = authority.find(|c| !is_name(c)).unwrap_or(authority.len());
            is_loopback_name(&authority[..end]).then_some(end)?
        }
        (None, Kind::Any) => return None,
    };
    Some(authority.split_at(length))
}

fn same_but_for_loopback_port(registered: &str, asked: &str, kind: Kind) -> bool {
    match (without_loopback_port(registered, kind), without_loopback_port(asked, kind)) {
        (Some(own), Some(other)) => own == other,
        _ => false,
    }
}

fn characters(uri: &str) -> Result<(), RedirectUriError> {
    if uri.len() > MOST_BYTES {
        return Err(RedirectUriError::TooLong);
    }
    let allowed = |byte: u8| {
        byte.is_ascii_graphic()
            && !matches!(byte, b'\\' | b'"' | b'<' | b'>' | b'^' | b'`' | b'{' | b'|' | b'}')
    };
    if uri.bytes().all(allowed) { Ok(()) } else { Err(RedirectUriError::Character) }
}

fn scheme_name(scheme: &str) -> Result<(), RedirectUriError> {
    let mut bytes = scheme.bytes();
    let first = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic());
    if !first || !bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')) {
        return Err(RedirectUriError::NotAbsolute);
    }
    if DANGEROUS.iter().any(|dangerous| scheme.eq_ignore_ascii_case(dangerous)) {
        return Err(RedirectUriError::DangerousScheme);
    }
    if scheme.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(RedirectUriError::HostSpelling);
    }
    Ok(())
}

/// Looks at the text, because a parser would already have walked the segments. `%2e` counts as a dot, and `;` ends
/// the name of a segment (matrix parameters), as some servers behind the URI will think.
fn dot_segments(rest: &str) -> Result<(), RedirectUriError> {
    let path = rest.split('?').next().unwrap_or_default();
    let lower = path.to_ascii_lowercase().replace("%2e", ".").replace("%2f", "/").replace("%5c", "/");
    let is_dots = |segment: &str| matches!(segment.split(';').next(), Some("." | ".."));
    if lower.split('/').any(is_dots) { Err(RedirectUriError::DotSegment) } else { Ok(()) }
}

fn reserved_names(parsed: &Url) -> Result<(), RedirectUriError> {
    let reserved = |name: &str| RESERVED.iter().any(|own| name.eq_ignore_ascii_case(own));
    let clash = parsed.query_pairs().any(|(name, _)| reserved(&name));
    if clash { Err(RedirectUriError::ReservedQueryName) } else { Ok(()) }
}

fn web(uri: &str, parsed: &Url) -> Result<(), RedirectUriError> {
    let authority = uri.split_once("://").map(|(_, rest)| rest).ok_or(RedirectUriError::NotAbsolute)?;
    let authority = authority.split(['/', '?']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(RedirectUriError::UserInformation);
    }
    if authority.is_empty() {
        return Err(RedirectUriError::NoHost);
    }
    let host = parsed.host().ok_or(RedirectUriError::NoHost)?;
    let spelled = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    // The parser has put the host into the one form browsers use; a different spelling would never be sent by them.
    if spelled != host.to_string() || authority.ends_with(':') {
        return Err(RedirectUriError::HostSpelling);
    }
    if parsed.scheme() == "http" && !is_loopback(&host) {
        return Err(RedirectUriError::PlainHttp);
    }
    Ok(())
}

/// Whether a host is this machine, by address or by name.
#[must_use]
pub fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => is_loopback_name(name),
        Host::Ipv4(address) => address.octets() == [127, 0, 0, 1],
        Host::Ipv6(address) => *address == std::net::Ipv6Addr::LOCALHOST,
    }
}

/// Whether a host name is this machine (RFC 6761 §6.3: every name under localhost is).
#[must_use]
pub fn is_loopback_name(name: &str) -> bool {
    match name.strip_suffix("localhost") {
        Some("") => true,
        Some(labels) => {
            labels.strip_suffix('.').is_some_and(|labels| labels.split('.').all(|label| !label.is_empty()))
        }
        None => false,
    }
}

fn private_use(scheme: &str, rest: &str, kind: Kind) -> Result<(), RedirectUriError> {
    let is_word = kind == Kind::Native && !scheme.contains('.');
    if is_word {
        return after_scheme(rest);
    }
    if !scheme.contains('.') || scheme.starts_with('.') || scheme.ends_with('.') || scheme.contains("..") {
        return Err(RedirectUriError::SchemeWithoutDot);
    }
    after_scheme(rest)
}

fn after_scheme(rest: &str) -> Result<(), RedirectUriError> {
    if rest.contains('@') {
        return Err(RedirectUriError::UserInformation);
    }
    if !rest.starts_with('/') {
        return Err(RedirectUriError::NotAbsolute);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
