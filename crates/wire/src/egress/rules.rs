//! Where a request may go (SSRF): judged of the URL before anything is asked, and of each address before it is connected to.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::str::FromStr;

use ipnet::IpNet;
use url::{Host, Url};

use super::error::EgressError;
use super::refused::refused;

/// Ports that may be reached when nothing else is said.
pub const PORTS: [u16; 2] = [443, 8443];

/// What may be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// What may be reached beyond the public internet.
    pub allow: Vec<Allow>,
    /// The ports that may be reached.
    pub ports: Vec<u16>,
    /// Names of this server, lower case and without ports, which are refused whatever is allowed.
    pub own_names: Vec<String>,
    /// Where this server listens, which is refused whatever is allowed.
    pub own_listeners: Vec<SocketAddr>,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules { allow: Vec::new(), ports: PORTS.to_vec(), own_names: Vec::new(), own_listeners: Vec::new() }
    }
}

/// What an operator allows beyond the public internet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allow {
    /// Addresses, over https and the ports that may be reached.
    Network(IpNet),
    /// One host and port, wherever the name leads, over http as well.
    Place {
        /// A name or an address, lower case.
        host: String,
        /// The port.
        port: u16,
    },
}

impl FromStr for Allow {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Allow, &'static str> {
        const WRONG: &str =
            "write a network such as \"10.2.0.0/16\", or a host and port such as \"hooks.internal:8080\"";
        if let Ok(network) = text.parse::<IpNet>() {
            return Ok(Allow::Network(network.trunc()));
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Allow::Network(address.into()));
        }
        let (_, port) = text.rsplit_once(':').ok_or(WRONG)?;
        let port = port.parse().map_err(|_| WRONG)?;
        // As URLs are read, so that every spelling of a host is one.
        let url = Url::parse(&format!("https://{text}/")).map_err(|_| WRONG)?;
        let plain = url.username().is_empty()
            && url.password().is_none()
            && url.path() == "/"
            && url.query().is_none();
        let host = url.host_str().filter(|_| plain && port != 0).ok_or(WRONG)?;
        Ok(Allow::Place { host: host.trim_end_matches('.').to_owned(), port })
    }
}

/// A URL that may be asked, its addresses not judged yet.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) host: Host<String>,
    pub(super) port: u16,
    pub(super) tls: bool,
    /// For words.
    pub(super) origin: String,
    /// Whether an operator allowed exactly this place.
    place: bool,
}

/// An address that may be connected to. Only [`Rules::admit`] and [`loopback`] make one, and only one can be connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Admitted(SocketAddr);

impl Admitted {
    pub(super) fn address(self) -> SocketAddr {
        self.0
    }
}

impl Rules {
    /// Judges all that can be judged without asking anybody; of an address literal that is everything.
    pub(super) fn check(&self, url: &Url) -> Result<Target, EgressError> {
        let target = target(url)?;
        let place = self.is_place(&target);
        let target = Target { place, ..target };
        let origin = || target.origin.clone();
        if !target.tls && !target.place {
            return Err(EgressError::Scheme { origin: origin() });
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EgressError::UserInfo { origin: origin() });
        }
        if url.fragment().is_some() {
            return Err(EgressError::Fragment { origin: origin() });
        }
        if !target.place && !self.ports.contains(&target.port) {
            return Err(EgressError::Port { port: target.port, open: self.ports.clone() });
        }
        let host = target.host.to_string();
        if self.own_names.iter().any(|own| *own == host.trim_end_matches('.')) {
            return Err(EgressError::Own { host });
        }
        if let Some(address) = literal(&target.host) {
            self.admit(&target, &[address])?;
        }
        Ok(target)
    }

    /// Judges the addresses that a host has: all of them may be reached, or none is.
    pub(super) fn admit(&self, target: &Target, addresses: &[IpAddr]) -> Result<Vec<Admitted>, EgressError> {
        let judge = |address: &IpAddr| {
            let place = SocketAddr::new(*address, target.port);
            if self.own_listeners.iter().any(|own| is_listener(*own, place)) {
                return Err(EgressError::Own { host: target.host.to_string() });
            }
            match refused(*address).filter(|_| !target.place && !self.allows(*address)) {
                None => Ok(Admitted(place)),
                Some(what) if literal(&target.host).is_some() => {
                    Err(EgressError::Inner { address: *address, what })
                }
                Some(_) => {
                    Err(EgressError::NoPublicAddress { host: target.host.to_string(), inner: Some(*address) })
                }
            }
        };
        addresses.iter().map(judge).collect()
    }

    fn allows(&self, address: IpAddr) -> bool {
        self.allow.iter().any(|allow| match allow {
            Allow::Network(network) => network.contains(&address),
            Allow::Place { .. } => false,
        })
    }

    fn is_place(&self, target: &Target) -> bool {
        let named = target.host.to_string();
        self.allow.iter().any(|allow| match allow {
            Allow::Network(_) => false,
            Allow::Place { host, port } => *host == named.trim_end_matches('.') && *port == target.port,
        })
    }
}

/// An address literal over plain http that is loopback, for clients that reach nothing else. A name is refused, even `localhost`:
/// what it resolves to is not ours to say.
pub(super) fn loopback(url: &Url) -> Result<(Target, Admitted), EgressError> {
    let target = target(url)?;
    let address = literal(&target.host).filter(IpAddr::is_loopback);
    let bare = url.username().is_empty() && url.password().is_none();
    match address {
        Some(address) if bare && !target.tls => {
            let admitted = Admitted(SocketAddr::new(address, target.port));
            Ok((target, admitted))
        }
        _ => Err(EgressError::NotLoopback { origin: target.origin }),
    }
}

/// The address, when a host is one.
pub(super) fn literal(host: &Host<String>) -> Option<IpAddr> {
    match host {
        Host::Ipv4(address) => Some(IpAddr::V4(*address)),
        Host::Ipv6(address) => Some(IpAddr::V6(*address)),
        Host::Domain(_) => None,
    }
}

fn target(url: &Url) -> Result<Target, EgressError> {
    let origin = url.origin().ascii_serialization();
    let tls = match url.scheme() {
        "https" => true,
        "http" => false,
        _ => return Err(EgressError::Scheme { origin: url.scheme().to_owned() }),
    };
    let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
        return Err(EgressError::NotAUrl);
    };
    Ok(Target { host: host.to_owned(), port, tls, origin, place: false })
}

/// Whether somebody who connects there meets a listener of this server.
fn is_listener(own: SocketAddr, place: SocketAddr) -> bool {
    let address = place.ip().to_canonical();
    own.port() == place.port()
        && (own.ip().to_canonical() == address || own.ip().is_unspecified() && is_this_machine(address))
}

/// Whether an address is one of this machine: from there it would be spoken to from itself. Nothing is sent to find out.
fn is_this_machine(address: IpAddr) -> bool {
    let here = if address.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
    let spoken_from = || {
        let socket = UdpSocket::bind(here)?;
        socket.connect(SocketAddr::new(address, 9))?;
        socket.local_addr()
    };
    address.is_loopback() || address.is_unspecified() || spoken_from().is_ok_and(|from| from.ip() == address)
}

#[cfg(test)]
mod tests;
