//! Where a request may go (SSRF).

use std::net::IpAddr;

use url::{Host, Url};

use super::EgressError;

/// Whether a request may go there. A name is refused, even `localhost`: what it resolves to is not ours to say.
pub(super) fn admit(url: &Url) -> Result<(), EgressError> {
    let loopback = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        Some(Host::Domain(_)) | None => false,
    };
    if url.scheme() == "http" && loopback && url.username().is_empty() && url.password().is_none() {
        return Ok(());
    }
    Err(EgressError::Forbidden { origin: url.origin().ascii_serialization() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reaches_loopback_literals_only() {
        for allowed in ["http://127.0.0.1:8080/a", "http://127.1/", "http://[::1]:9/"] {
            assert!(admit(&Url::parse(allowed).expect(allowed)).is_ok(), "{allowed}");
        }
        for refused in [
            "https://127.0.0.1/",
            "http://localhost/",
            "http://10.0.0.1/",
            "http://169.254.169.254/",
            "http://0.0.0.0/",
            "http://[::ffff:127.0.0.1]/",
            "http://user@127.0.0.1/",
            "file:///etc/passwd",
        ] {
            assert!(admit(&Url::parse(refused).expect(refused)).is_err(), "{refused}");
        }
    }
}
