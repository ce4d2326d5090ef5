//! What stands before this server and beside it: proxies that are believed, and the hosts that requests name.

use symbolon_oauth::quoted::Excerpt;

use crate::forwarded::{AddressHeader, Proxies};

use super::given::{Checked, one_of, wrong};
use super::{ConfigError, Issuer};

pub(super) fn proxies(trusted: Option<Vec<String>>, header: Option<String>) -> Checked<Proxies> {
    let network = |text: String| {
        let single = || text.parse::<std::net::IpAddr>().map(ipnet::IpNet::from);
        text.parse().or_else(|_| single()).or_else(|_| {
            wrong(format!(
                "`trusted_proxies` holds {}: write addresses or networks, such as \"10.0.0.0/8\"",
                Excerpt(&text)
            ))
        })
    };
    let headers =
        [AddressHeader::XForwardedFor, AddressHeader::Forwarded].map(|header| (header.as_str(), header));
    let header = header.map(|header| header.to_ascii_lowercase());
    Ok(Proxies {
        trusted: trusted.unwrap_or_default().into_iter().map(network).collect::<Checked<_>>()?,
        header: one_of("client_address", header, &headers)?,
    })
}

pub(super) fn proxy_protocol(given: Option<String>, proxies: &Proxies) -> Checked<bool> {
    let required = one_of("proxy_protocol", given, &[("off", false), ("required", true)])?;
    if required && proxies.trusted.is_empty() {
        return wrong(
            "`proxy_protocol` is \"required\" and `trusted_proxies` is empty, so that every connection would be closed: name \
             the balancer that sends the header in `trusted_proxies`",
        );
    }
    Ok(required)
}

/// A host as requests name it, lower case; the port that is the scheme's own is left out, as it is no port at all (RFC 9110
/// §4.2.3).
pub(super) fn host(text: &str, issuer: &Issuer) -> Option<String> {
    let own = if issuer.is_loopback_http() { ":80" } else { ":443" };
    let host = text.strip_suffix(own).unwrap_or(text);
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port),
        _ => (host, "1"),
    };
    let literal = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    let named = match literal {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
                && name.bytes().any(|byte| byte.is_ascii_alphanumeric())
        }
    };
    (named && port.parse::<u16>().is_ok()).then(|| host.to_ascii_lowercase())
}

pub(super) fn internal_hosts(texts: Vec<String>, issuer: &Issuer) -> Checked<Vec<String>> {
    let read = |text: String| {
        host(&text, issuer).ok_or_else(|| {
            ConfigError::new(format!(
                "`internal_hosts` holds {}: write a host as requests name it, such as \"symbolon:8080\" or the name of \
                 the proxy's upstream, without http:// and without a path",
                Excerpt(&text)
            ))
        })
    };
    texts.into_iter().map(read).collect()
}
