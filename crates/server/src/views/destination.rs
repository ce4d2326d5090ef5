//! Where the browser goes after consent, in words.
//!
//! The part of a host name that its owner had to register stands out, so that `acme.example.evil.test` reads as
//! `evil.test`. Without a public suffix list the cut is by rule: the last two labels, or three under a two-letter
//! country with a second-level registry (`co.uk`). Where the rule errs it emphasises too much, never a part that an
//! impostor is free to choose alone. Names stay in ASCII, so look-alike letters show as `xn--`.

use askama::Template;
use askama::filters::HtmlSafe;
use symbolon_oauth::redirect_uri::is_loopback_name;
use url::{Host, Url};

use crate::views::site::Site;

/// Where a redirect URI leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A site on the web.
    Host {
        /// Everything before the registered part, with its dot: `app.`; empty when there is none.
        prefix: String,
        /// The registered part: `example.net`, with a port if one is written.
        registered: String,
    },
    /// A program listening on the person's own machine.
    ThisComputer,
    /// An installed app that claimed a scheme of its own.
    InstalledApp {
        /// The scheme: `com.example.app`.
        scheme: String,
    },
}

const SECOND_LEVEL: [&str; 9] = ["ac", "co", "com", "edu", "gov", "ne", "net", "or", "org"];

impl Destination {
    /// Where `redirect_uri` leads.
    #[must_use]
    pub fn of(redirect_uri: &str) -> Destination {
        let Ok(url) = Url::parse(redirect_uri) else {
            return Destination::Host { prefix: String::new(), registered: redirect_uri.to_owned() };
        };
        if !matches!(url.scheme(), "http" | "https") {
            return Destination::InstalledApp { scheme: url.scheme().to_owned() };
        }
        let loopback = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => is_loopback_name(name),
            None => false,
        };
        if loopback {
            return Destination::ThisComputer;
        }
        let host = url.host_str().unwrap_or_default();
        let cut = match url.host() {
            Some(Host::Domain(name)) => registered_from(name),
            Some(Host::Ipv4(_) | Host::Ipv6(_)) | None => 0,
        };
        let (prefix, registered) = host.split_at(cut);
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        Destination::Host { prefix: prefix.to_owned(), registered: format!("{registered}{port}") }
    }

    /// Whether whatever program runs there may answer: one on this computer, or one that claimed a scheme which is no domain
    /// name of its maker's.
    #[must_use]
    pub fn is_any_program(&self) -> bool {
        match self {
            Destination::ThisComputer => true,
            Destination::InstalledApp { scheme } => !scheme.contains('.'),
            Destination::Host { .. } => false,
        }
    }
}

/// A destination as a part of a sentence.
#[derive(Debug, Template)]
#[template(path = "part/place.html")]
pub struct Place<'a> {
    site: &'a Site,
    destination: &'a Destination,
}

impl Site {
    /// Where something leads, as a part of a sentence: HTML.
    #[must_use]
    pub fn place<'a>(&'a self, destination: &'a Destination) -> Place<'a> {
        Place { site: self, destination }
    }
}

impl HtmlSafe for Place<'_> {}

/// Where in `name` the registered part begins.
fn registered_from(name: &str) -> usize {
    let labels: Vec<&str> = name.split('.').collect();
    let country = labels.last().is_some_and(|last| last.len() == 2);
    let registry = labels.len() >= 2 && SECOND_LEVEL.contains(&labels[labels.len() - 2]);
    let kept = if country && registry { 3 } else { 2 };
    let dropped = labels.len().saturating_sub(kept);
    labels.iter().take(dropped).map(|label| label.len() + 1).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(uri: &str) -> (String, String) {
        match Destination::of(uri) {
            Destination::Host { prefix, registered } => (prefix, registered),
            other => panic!("{uri}: {other:?}"),
        }
    }

    #[test]
    fn the_registered_part_stands_out() {
        let cases = [
            ("https://zapier.com/cb", "", "zapier.com"),
            ("https://app.eu.example.net/cb", "app.eu.", "example.net"),
            ("https://acme.example.evil.test/", "acme.example.", "evil.test"),
            ("https://login.shop.co.uk/", "login.", "shop.co.uk"),
            ("https://intranet/cb", "", "intranet"),
            ("https://203.0.113.9:8443/cb", "", "203.0.113.9:8443"),
            ("https://аcme.com/", "", "xn--cme-5cd.com"),
        ];
        for (uri, prefix, registered) in cases {
            assert_eq!(parts(uri), (prefix.to_owned(), registered.to_owned()), "{uri}");
        }
    }

    #[test]
    fn loopback_is_this_computer() {
        for uri in
            ["http://127.0.0.1:8081/cb", "http://[::1]/cb", "http://localhost:3000/", "http://127.9.9.9/"]
        {
            assert_eq!(Destination::of(uri), Destination::ThisComputer, "{uri}");
        }
        assert_ne!(Destination::of("https://127.0.0.1.evil.test/"), Destination::ThisComputer);
    }

    #[test]
    fn a_scheme_of_its_own_is_an_installed_app() {
        assert_eq!(
            Destination::of("com.example.app:/cb"),
            Destination::InstalledApp { scheme: "com.example.app".to_owned() }
        );
        for (uri, any) in [
            ("com.example.app:/cb", false),
            ("cursor://cb", true),
            ("http://tenant.localhost:3000/cb", true),
            ("https://app.example.net/cb", false),
        ] {
            assert_eq!(Destination::of(uri).is_any_program(), any, "{uri}");
        }
    }
}
