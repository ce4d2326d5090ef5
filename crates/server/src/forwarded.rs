//! Who sent a request, where proxies stand between: `X-Forwarded-For`, or `Forwarded` (RFC 7239).
//!
//! Read from the right through the proxies that are trusted, so that what a client writes itself is never believed: not a
//! second header, not a quotation mark that nobody closes, not bytes that are no text.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::HeaderMap;
use ipnet::IpNet;

/// The header in which proxies say whom they speak for. One counts, because a proxy that writes the one passes the other on
/// as its client wrote it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AddressHeader {
    /// `X-Forwarded-For`.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

impl AddressHeader {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            AddressHeader::XForwardedFor => "x-forwarded-for",
            AddressHeader::Forwarded => "forwarded",
        }
    }
}

/// Which proxies are believed, and where they say it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    /// Their addresses.
    pub trusted: Vec<IpNet>,
    /// The header that they write.
    pub header: AddressHeader,
}

/// Who sent a request, as far as it is known.
#[derive(Debug, PartialEq, Eq)]
pub struct Sender {
    /// The client, or the last proxy before it of which we know.
    pub address: IpAddr,
    /// Why that is a trusted proxy, if it is: then all who come through it count as one.
    pub unknown: Option<Unknown>,
}

/// Why nobody knows for whom a trusted proxy speaks.
#[derive(Debug, PartialEq, Eq)]
pub enum Unknown {
    /// It did not say.
    Unsaid,
    /// What it said is no address: the beginning of it, escaped.
    Unreadable(String),
}

impl Proxies {
    /// Whether this is the address of one.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&address))
    }

    /// The sender of a request that `peer` delivered: the peer itself, or whom trusted proxies name.
    #[must_use]
    pub fn sender(&self, peer: IpAddr, headers: &HeaderMap) -> Sender {
        let mut address = peer.to_canonical();
        if !self.trusts(address) {
            return Sender { address, unknown: None };
        }
        let lines = headers.get_all(self.header.as_str()).iter().rev();
        let mut said = false;
        for hop in lines.flat_map(|line| Backwards::new(line.as_bytes(), b',')) {
            let Some(named) = self.named(hop) else {
                let unknown = Some(Unknown::Unreadable(excerpt(hop.trim_ascii())));
                return Sender { address, unknown };
            };
            (address, said) = (named.to_canonical(), true);
            if !self.trusts(address) {
                break;
            }
        }
        Sender { address, unknown: (!said).then_some(Unknown::Unsaid) }
    }

    /// Whom one hop names.
    fn named(&self, hop: &[u8]) -> Option<IpAddr> {
        match self.header {
            AddressHeader::XForwardedFor => node(str::from_utf8(hop).ok()?.trim()),
            AddressHeader::Forwarded => forwarded_for(hop),
        }
    }
}

/// How much is repeated of what came in.
const REPEATED_AT_MOST: usize = 100;

/// What came in, fit for a line of the log: escaped, and cut.
#[must_use]
pub fn excerpt(sent: &[u8]) -> String {
    let cut = if sent.len() > REPEATED_AT_MOST { "…" } else { "" };
    format!("{}{cut}", sent[..sent.len().min(REPEATED_AT_MOST)].escape_ascii())
}

/// The parts between separators, from the last to the first; a separator in a quoted string is none. What stands to the right
/// of a separator was written later, so nothing to its left can change how it is read.
struct Backwards<'a> {
    rest: Option<&'a [u8]>,
    separator: u8,
}

impl<'a> Backwards<'a> {
    fn new(text: &'a [u8], separator: u8) -> Backwards<'a> {
        Backwards { rest: Some(text), separator }
    }
}

impl<'a> Iterator for Backwards<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let text = self.rest?;
        let mut quoted = false;
        for (at, &byte) in text.iter().enumerate().rev() {
            let escaped = || text[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1;
            if byte == b'"' && !escaped() {
                quoted = !quoted;
            } else if byte == self.separator && !quoted {
                self.rest = Some(&text[..at]);
                return Some(&text[at + 1..]);
            }
        }
        self.rest = None;
        Some(text)
    }
}

/// The address in the `for` of one element of `Forwarded`. `unknown` and obfuscated identifiers (RFC 7239 §6.2, §6.3) are none.
fn forwarded_for(element: &[u8]) -> Option<IpAddr> {
    let mut named = Backwards::new(element, b';').filter_map(|pair| {
        let (name, value) = str::from_utf8(pair).ok()?.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then_some(value.trim())
    });
    let value = named.next()?;
    if named.next().is_some() {
        return None;
    }
    match value.strip_prefix('"') {
        Some(rest) => node(&rest.strip_suffix('"')?.replace('\\', "")),
        None => node(value),
    }
}

/// The address of a node, which may have a port, and brackets if it is of IPv6.
fn node(text: &str) -> Option<IpAddr> {
    if let Some(rest) = text.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        let port =
            if port.is_empty() { Some(port) } else { port.strip_prefix(':').filter(|port| is_port(port)) };
        return port.and_then(|_| address.parse::<Ipv6Addr>().ok()).map(IpAddr::from);
    }
    match text.split_once(':') {
        Some((address, port)) if is_port(port) => address.parse::<Ipv4Addr>().ok().map(IpAddr::from),
        _ => text.parse().ok(),
    }
}

/// A port, which may be obfuscated (RFC 7239 §6).
fn is_port(text: &str) -> bool {
    match text.strip_prefix('_') {
        Some(name) => {
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        }
        None => (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn sender(header: AddressHeader, peer: &str, lines: &[&[u8]]) -> Sender {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header.as_str(), HeaderValue::from_bytes(line).unwrap());
        }
        Proxies { trusted: vec!["10.0.0.0/8".parse().unwrap()], header }.sender(ip(peer), &headers)
    }

    fn is(address: &str) -> Sender {
        Sender { address: ip(address), unknown: None }
    }

    fn unreadable(address: &str, hop: &str) -> Sender {
        Sender { address: ip(address), unknown: Some(Unknown::Unreadable(hop.to_owned())) }
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let said = |peer: &str, lines: &[&[u8]]| sender(AddressHeader::XForwardedFor, peer, lines);
        assert_eq!(said("203.0.113.9", &[b"198.51.100.1"]), is("203.0.113.9"));
        assert_eq!(said("10.0.0.1", &[b"198.51.100.1"]), is("198.51.100.1"));
        assert_eq!(said("::ffff:10.0.0.1", &[b"::ffff:198.51.100.1"]), is("198.51.100.1"));
        assert_eq!(said("10.0.0.1", &[b"6.6.6.6, 198.51.100.1, 10.0.0.2"]), is("198.51.100.1"));
        assert_eq!(said("10.0.0.1", &[b"6.6.6.6", b"198.51.100.1"]), is("198.51.100.1"));
        assert_eq!(said("10.0.0.1", &[b"10.0.0.9"]), is("10.0.0.9"), "one of ours asks by itself");
    }

    #[test]
    fn an_address_may_have_a_port_and_brackets() {
        for (entry, address) in [
            ("1.2.3.4:567", "1.2.3.4"),
            (" 1.2.3.4:567 ", "1.2.3.4"),
            ("[2001:db8::1]:567", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("\t[2001:db8::1]:_x ", "2001:db8::1"),
        ] {
            let entry = format!("evil, {entry}");
            let said = sender(AddressHeader::XForwardedFor, "10.0.0.1", &[entry.as_bytes()]);
            assert_eq!(said, is(address), "{entry:?}");
        }
    }

    #[test]
    fn what_is_no_address_is_told_and_never_skipped() {
        let entries = [
            "",
            "unknown",
            "1.2.3.4:",
            "1.2.3.4:x",
            "1.2.3.4:123456",
            "[1.2.3.4]:5",
            "[2001:db8::1",
            "[2001:db8::1]5",
            "[2001:db8::1]:",
            "1.2.3",
            "1.2.3.4 5",
            "2001:db8::1:",
            "\"1.2.3.4\"",
            "for=1.2.3.4",
            "host.example",
        ];
        for entry in entries {
            let line = format!("198.51.100.1, {entry}");
            let said = sender(AddressHeader::XForwardedFor, "10.0.0.1", &[line.as_bytes()]);
            assert!(
                matches!(said, Sender { unknown: Some(Unknown::Unreadable(_)), .. }),
                "{entry:?}: {said:?}"
            );
            assert_eq!(said.address, ip("10.0.0.1"), "{entry:?}");
        }
        let said = sender(AddressHeader::XForwardedFor, "10.0.0.1", &[b"\xff\xfe, 10.0.0.2"]);
        assert_eq!(said, unreadable("10.0.0.2", r"\xff\xfe"));
        let long = sender(AddressHeader::XForwardedFor, "10.0.0.1", &["x".repeat(500).as_bytes()]);
        assert_eq!(long, unreadable("10.0.0.1", &format!("{}…", "x".repeat(100))));
        let unsaid = sender(AddressHeader::XForwardedFor, "10.0.0.1", &[]);
        assert_eq!(unsaid, Sender { address: ip("10.0.0.1"), unknown: Some(Unknown::Unsaid) });
    }

    #[test]
    fn what_a_client_wrote_before_changes_nothing() {
        for before in [&b"\xff"[..], b"\"", b"for=\"", b"for=\"\\", b"for=\\\"", b"[", b"1.2.3.4, \"x", b","]
        {
            for (header, own) in [
                (AddressHeader::XForwardedFor, &b"198.51.100.1:4"[..]),
                (AddressHeader::Forwarded, b"for=\"198.51.100.1:4\""),
            ] {
                let line = [before, b", ", own].concat();
                assert_eq!(
                    sender(header, "10.0.0.1", &[&line]),
                    is("198.51.100.1"),
                    "{}",
                    line.escape_ascii()
                );
                assert_eq!(
                    sender(header, "10.0.0.1", &[before, own]),
                    is("198.51.100.1"),
                    "{}",
                    before.escape_ascii()
                );
            }
        }
    }

    #[test]
    fn forwarded_is_read_as_rfc_7239_writes_it() {
        for (line, address) in [
            ("for=192.0.2.43", "192.0.2.43"),
            ("For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"),
            ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"),
            ("for=192.0.2.43, for=198.51.100.17", "198.51.100.17"),
            ("for=192.0.2.43, for=10.0.0.7;proto=https", "192.0.2.43"),
            ("proto=https ; FOR = \"192.0.2.43:47011\"", "192.0.2.43"),
            ("for=192.0.2.43;host=\"a,b;for=6.6.6.6\"", "192.0.2.43"),
            ("for=\"192.0.2.4\\3\"", "192.0.2.43"),
        ] {
            let said = sender(AddressHeader::Forwarded, "10.0.0.1", &[line.as_bytes()]);
            assert_eq!(said, is(address), "{line}");
        }
        for line in [
            "for=unknown",
            "for=_hidden",
            "for=_SEVKISEK",
            "proto=https",
            "for=\"192.0.2.43",
            "for=a;for=192.0.2.1",
            "",
        ] {
            let line = format!("for=6.6.6.6,{line}");
            let said = sender(AddressHeader::Forwarded, "10.0.0.1", &[line.as_bytes()]);
            assert!(matches!(said.unknown, Some(Unknown::Unreadable(_))), "{line}: {said:?}");
            assert_eq!(said.address, ip("10.0.0.1"), "{line}");
        }
    }

    #[test]
    fn the_header_that_does_not_count_is_not_read() {
        let mut headers = HeaderMap::new();
        headers.append("forwarded", HeaderValue::from_static("for=6.6.6.6"));
        headers.append("x-forwarded-for", HeaderValue::from_static("198.51.100.1"));
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap()];
        for (header, address) in
            [(AddressHeader::XForwardedFor, "198.51.100.1"), (AddressHeader::Forwarded, "6.6.6.6")]
        {
            let proxies = Proxies { trusted: trusted.clone(), header };
            assert_eq!(proxies.sender(ip("10.0.0.1"), &headers), is(address));
        }
    }
}
