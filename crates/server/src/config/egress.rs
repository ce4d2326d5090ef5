//! How this server goes out: what may be reached, who resolves, which proxy.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use symbolon_oauth::quoted::Excerpt;
use symbolon_wire::egress::{Authorities, PORTS, Proxy, Rules, Settings};

use super::given::{Checked, secret_text, wrong};
use super::raw::RawEgress;
use super::{DialectSource, Issuer};

/// What of this server no request may lead to.
pub(super) struct Own<'a> {
    pub issuer: &'a Issuer,
    pub dialects: &'a [DialectSource],
    pub listeners: Vec<SocketAddr>,
}

pub(super) fn egress(raw: RawEgress, folder: &Path, own: Own<'_>) -> Checked<Settings> {
    let mut allow = Vec::new();
    for text in raw.allow.unwrap_or_default() {
        match text.parse() {
            Ok(read) => allow.push(read),
            Err(mend) => return wrong(format!("`egress.allow` holds {}: {mend}", Excerpt(&text))),
        }
    }
    let ports = raw.ports.unwrap_or_else(|| PORTS.to_vec());
    if ports.is_empty() || ports.contains(&0) {
        return wrong("`egress.ports` must hold ports from 1 to 65535: write [443, 8443]");
    }
    let rules = Rules { allow, ports, own_names: own_names(&own), own_listeners: own.listeners };
    let resolver = raw.resolver.map(|text| match text.parse() {
        Ok(address) => Ok(address),
        Err(_) => wrong(format!(
            "`egress.resolver` is {}: write an address and a port, such as \"10.0.0.53:53\"",
            Excerpt(&text)
        )),
    });
    let proxy = raw.proxy.map(|text| {
        let text = secret_text("egress.proxy", text, folder)?;
        // It may hold a password, so it is not repeated.
        Proxy::parse(&text).or_else(|mend| wrong(format!("`egress.proxy` cannot be used: {mend}")))
    });
    Ok(Settings {
        rules,
        resolver: resolver.transpose()?,
        proxy: proxy.transpose()?,
        authorities: authorities(raw.ca, folder)?,
    })
}

fn authorities(file: Option<PathBuf>, folder: &Path) -> Checked<Authorities> {
    let Some(file) = file else { return Ok(Authorities::default()) };
    Authorities::read(&folder.join(file))
        .or_else(|error| wrong(format!("`egress.ca` cannot be used: {error}")))
}

/// The names this server answers to, without ports. A loopback one is every program's of this machine: there the listeners count.
fn own_names(own: &Own<'_>) -> Vec<String> {
    let dialects = own.dialects.iter().flat_map(|dialect| dialect.hosts.iter().map(String::as_str));
    let hosts = std::iter::once(own.issuer.host()).chain(dialects);
    let name = |host: &str| match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name.to_ascii_lowercase(),
        _ => host.to_ascii_lowercase(),
    };
    match own.issuer.is_loopback_http() {
        true => Vec::new(),
        false => hosts.map(name).collect(),
    }
}
