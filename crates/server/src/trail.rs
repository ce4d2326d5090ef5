//! What the log tells of a request besides its head: the app, the person and what was done, gathered while it is answered.
//! Identifiers alone: no name, no address of a person, and nothing that was presented.

use std::fmt;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use symbolon_oauth::client::GrantType;
use symbolon_platform::deed::Deed;

/// The target of the lines that tell of every request, so that a filter can ask for them alone: `info,request=debug`.
pub const REQUEST: &str = "request";

/// What is known of a request by now.
#[derive(Debug, Default)]
pub struct Trail(Mutex<Told>);

/// The same, as it is written.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// The app.
    pub client_id: Option<String>,
    /// The person, by the host's identifier.
    pub user: Option<String>,
    /// The deeds that were audited.
    pub deeds: Vec<Deed>,
    /// By which grant type a token was issued.
    pub grant_type: Option<&'static str>,
}

impl Told {
    /// Whether there is something that the log tells at its usual level.
    #[must_use]
    pub fn is_worth_a_line(&self) -> bool {
        !self.deeds.is_empty() || self.grant_type.is_some()
    }
}

impl Trail {
    /// This app asks.
    pub fn app(&self, client_id: &str) {
        self.known().client_id = Some(client_id.to_owned());
    }

    /// This person is behind it, by the host's identifier.
    pub fn person(&self, user: &str) {
        self.known().user = Some(user.to_owned());
    }

    /// The bearer of a token, of whom only a line at `debug` would tell: else nothing is kept, as checks are many.
    pub fn bearer(&self, client_id: &str, user: Option<&str>) {
        if tracing::enabled!(target: REQUEST, tracing::Level::DEBUG) {
            let mut known = self.known();
            known.client_id = Some(client_id.to_owned());
            known.user = user.map(str::to_owned);
        }
    }

    /// This was done and is audited: said once the commit holds.
    pub fn did(&self, deed: Deed) {
        self.known().deeds.push(deed);
    }

    /// A token went out.
    pub fn issued(&self, grant_type: GrantType) {
        self.known().grant_type = Some(grant_type.as_str());
    }

    /// What is to be told.
    #[must_use]
    pub fn told(&self) -> Told {
        self.known().clone()
    }

    /// Tells it as it stands. Nothing is added to it meanwhile.
    pub fn tell(&self, tell: impl FnOnce(&Told)) {
        tell(&self.known());
    }

    fn known(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An address as the log shows it: of IPv4, by far the most, in one piece.
pub struct Peer(pub IpAddr);

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let IpAddr::V4(address) = self.0 else { return self.0.fmt(f) };
        let mut text = [0; 15];
        let mut long = 0;
        let mut push = |byte: u8| {
            text[long] = byte;
            long += 1;
        };
        for (at, octet) in address.octets().into_iter().enumerate() {
            if at > 0 {
                push(b'.');
            }
            for (unit, from) in [(100, 100), (10, 10), (1, 0)] {
                if octet >= from {
                    push(b'0' + octet / unit % 10);
                }
            }
        }
        f.write_str(std::str::from_utf8(&text[..long]).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_as_ever() {
        for text in ["0.0.0.0", "127.0.0.1", "10.20.100.99", "255.255.255.255", "198.51.100.9", "2001:db8::1"]
        {
            let address: IpAddr = text.parse().unwrap();
            assert_eq!(Peer(address).to_string(), text);
        }
    }
}
