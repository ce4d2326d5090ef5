//! The listing of an app: what people are shown besides its name, that is its icon, who publishes it, and where to read
//! more.
//!
//! An icon is known by the hash of its bytes and by nothing else, so whoever holds an app in memory holds no picture.
//! Links are for people to follow: `https`, or `http` on this machine, and never with anything hidden in them.

use std::fmt;

use symbolon_oauth::redirect_uri::is_loopback;
use url::Url;

use crate::name;

/// Characters a link has at most.
const LINK_AT_MOST: usize = 2000;

/// What people are shown of an app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Its picture.
    pub icon: Option<IconKey>,
    /// Who publishes it.
    pub publisher: Option<Publisher>,
    /// Its home page, a web address.
    pub homepage: Option<String>,
    /// Its privacy policy, a web address.
    pub privacy_url: Option<String>,
    /// Its terms of use, a web address.
    pub terms_url: Option<String>,
}

/// Who publishes an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publisher {
    /// The name, as people know it.
    pub name: String,
    /// Whether the host has made sure that it is them.
    pub verified: bool,
}

/// The SHA-256 of a stored icon's bytes: what it is called everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IconKey(pub [u8; 32]);

impl IconKey {
    /// Reads 64 hexadecimal digits, lower case only: an icon has one address.
    #[must_use]
    pub fn parse(text: &str) -> Option<IconKey> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        if text.len() != 64 {
            return None;
        }
        let mut key = [0; 32];
        for (byte, pair) in key.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(IconKey(key))
    }
}

impl fmt::Display for IconKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Why a text cannot be a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnfitLink {
    /// No absolute URL with a host, or one with something hidden in it.
    #[error("is not a web address such as https://example.com")]
    NotAnAddress,
    /// Another scheme, or `http` to another machine.
    #[error("must begin with https:// (http:// is for this machine only)")]
    Scheme,
    /// It carries a user name or a password.
    #[error("carries a user name: leave out what stands before the @")]
    UserInformation,
    /// Too long.
    #[error("is longer than {LINK_AT_MOST} characters")]
    Long,
}

/// Looks at a link.
///
/// # Errors
/// Why it does not fit.
pub fn check_link(link: &str) -> Result<(), UnfitLink> {
    if link.chars().count() > LINK_AT_MOST {
        return Err(UnfitLink::Long);
    }
    // A parser drops tabs, line ends and blanks at the ends; a browser would follow something else than is read here.
    if name::is_stacked(link) || link.chars().any(|c| c.is_whitespace() || name::is_hidden(c)) {
        return Err(UnfitLink::NotAnAddress);
    }
    let url = Url::parse(link).map_err(|_| UnfitLink::NotAnAddress)?;
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => {}
        ("http", Some(host)) if is_loopback(&host) => {}
        _ => return Err(UnfitLink::Scheme),
    }
    // A parser takes `https:host` for `https://host`; a browser that reads it on our page finds a path of ours in it.
    let rest = link.get(url.scheme().len()..).and_then(|rest| rest.strip_prefix("://"));
    if rest.is_none_or(|rest| rest.starts_with(['/', '\\'])) {
        return Err(UnfitLink::Scheme);
    }
    if url.username().is_empty() && url.password().is_none() {
        Ok(())
    } else {
        Err(UnfitLink::UserInformation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_icon_has_one_spelling() {
        let key = IconKey(std::array::from_fn(|at| u8::try_from(at * 8).unwrap_or_default()));
        let text = key.to_string();
        assert_eq!((text.len(), &text[..8]), (64, "00081018"));
        assert_eq!(IconKey::parse(&text), Some(key));
        for wrong in [
            text.to_uppercase(),
            format!("{text}0"),
            text[1..].to_owned(),
            format!("g{}", &text[1..]),
            "é".repeat(32),
        ] {
            assert_eq!(IconKey::parse(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn l10_a_link_is_of_the_web() {
        for link in [
            "https://app.example/privacy?a=b#c",
            "HTTPS://app.example/",
            "http://127.0.0.1:8082/x",
            "http://localhost",
            "http://[::1]:1/",
        ] {
            assert_eq!(check_link(link), Ok(()), "{link}");
        }
        for (link, why) in [
            ("javascript:alert(1)", UnfitLink::Scheme),
            ("JavaScript://app.example/%0aalert(1)", UnfitLink::Scheme),
            ("data:text/html,<script>", UnfitLink::Scheme),
            ("mailto:a@b.example", UnfitLink::Scheme),
            ("http://app.example/", UnfitLink::Scheme),
            ("http://127.0.0.1.evil.example/", UnfitLink::Scheme),
            ("https:app.example/x", UnfitLink::Scheme),
            ("https:/app.example/x", UnfitLink::Scheme),
            ("https:\\\\app.example/x", UnfitLink::Scheme),
            ("https:///app.example/x", UnfitLink::Scheme),
            ("http:127.0.0.1/x", UnfitLink::Scheme),
            ("https://bank.example@evil.example/", UnfitLink::UserInformation),
            ("/relative", UnfitLink::NotAnAddress),
            ("", UnfitLink::NotAnAddress),
            ("https://", UnfitLink::NotAnAddress),
            ("java\nscript:alert(1)", UnfitLink::NotAnAddress),
            (" https://app.example", UnfitLink::NotAnAddress),
            ("https://app.example/\u{202e}x", UnfitLink::NotAnAddress),
            (&format!("https://app.example/{}", "x".repeat(2000)), UnfitLink::Long),
        ] {
            assert_eq!(check_link(link), Err(why), "{link}");
        }
    }
}
