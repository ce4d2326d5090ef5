//! Links: addresses of our own, as pages show them and redirects carry them. The wall against open redirects.
//!
//! A link is made of a row, the names it holds and pairs of its query, each encoded, or of a path that the router knows. No
//! text that came in becomes one otherwise, so a 'return to' that leads to another site cannot be written by accident.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use super::Address;
use super::field::Field;
use crate::request::Request;

/// An address on this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link(Cow<'static, str>);

impl Link {
    /// The address that a request came to: the gate lets none through that leads nowhere here.
    #[must_use]
    pub fn here(request: &Request) -> Link {
        Link::proven(request.path())
    }

    /// A path that the router knows.
    pub(super) fn proven(path: &str) -> Link {
        Link(Cow::Owned(path.to_owned()))
    }

    /// The same, with a pair in its query.
    #[must_use]
    pub fn with(self, field: Field, value: &str) -> Link {
        let mut link = self.0.into_owned();
        link.push(if link.contains('?') { '&' } else { '?' });
        link.push_str(field.name());
        link.push('=');
        encode(&mut link, value);
        Link(Cow::Owned(link))
    }

    /// As it stands in an attribute or a header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Address {
    /// The link to an address without names.
    #[must_use]
    pub fn link(self) -> Link {
        Link(Cow::Borrowed(self.row().pattern))
    }

    /// The link to an address with these names. What is no letter or digit is encoded, so that no name ends its segment.
    #[must_use]
    pub fn link_to(self, names: &[&str]) -> Link {
        let mut link = String::new();
        let mut names = names.iter();
        let mut rest = self.row().pattern;
        while let Some((text, after)) = rest.split_once('{') {
            link.push_str(text);
            encode(&mut link, names.next().unwrap_or(&""));
            rest = after.split_once('}').map_or("", |(_, after)| after);
        }
        link.push_str(rest);
        Link(Cow::Owned(link))
    }
}

/// Everything but what RFC 3986 §2.3 calls unreserved is encoded.
fn encode(link: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            link.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(link, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::field::{INTERACTION, SIGNED_OUT};

    #[test]
    fn nothing_in_a_link_leads_away() {
        let odd = "//evil.example/?a=b&c\r\nLocation: x";
        let named = Address::Disconnect.link_to(&[odd]);
        assert_eq!(
            named.as_str(),
            "/account/connections/%2F%2Fevil.example%2F%3Fa%3Db%26c%0D%0ALocation%3A%20x/disconnect"
        );
        let asked = Address::Login.link().with(INTERACTION, odd).with(SIGNED_OUT, "others");
        assert_eq!(
            asked.as_str(),
            "/login?interaction=%2F%2Fevil.example%2F%3Fa%3Db%26c%0D%0ALocation%3A%20x&signed_out=others"
        );
        assert_eq!(Address::Icon.link_to(&["0a"]).as_str(), "/icons/0a.png");
    }
}
