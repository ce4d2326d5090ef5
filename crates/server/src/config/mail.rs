//! `[mail]`: the operator's mail server, and in whose name mail is sent.

use std::path::Path;

use symbolon_oauth::credential::Secret;
use symbolon_oauth::quoted::Excerpt;
use symbolon_oauth::redirect_uri::is_loopback_name;
use symbolon_wire::mail::{Relay, Security, is_sender};

use super::ConfigError;
use super::given::{Checked, one_of, secret_text, wrong};
use super::raw::RawMail;

/// How mail leaves.
#[derive(Clone)]
pub struct Mail {
    /// The sender: an address, or a name with one in angle brackets.
    pub from: String,
    /// The host of the mail server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection to it is kept from others.
    pub security: Security,
    /// User and password, if it wants any.
    pub login: Option<(String, Secret)>,
}

impl PartialEq for Mail {
    fn eq(&self, other: &Mail) -> bool {
        let login = |mail: &Mail| mail.login.as_ref().map(|(user, password)| (user.clone(), password.hash()));
        (&self.from, &self.host, self.port, self.security)
            == (&other.from, &other.host, other.port, other.security)
            && login(self) == login(other)
    }
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} by {}:{} ({:?})", self.from, self.host, self.port, self.security)
    }
}

impl Mail {
    /// The mail server as it is spoken to.
    #[must_use]
    pub fn relay(&self) -> Relay {
        let login = self.login.as_ref().map(|(user, password)| (user.clone(), password.expose().to_owned()));
        Relay { host: self.host.clone(), port: self.port, security: self.security, login }
    }
}

/// Fills in and checks; `None` when nothing is written.
pub(super) fn mail(raw: RawMail, folder: &Path) -> Checked<Option<Mail>> {
    if raw == RawMail::default() {
        return Ok(None);
    }
    let needed = |value: Option<String>, key: &str, example: &str| {
        value.ok_or_else(|| {
            ConfigError::new(format!("`mail.{key}` is missing: write {key} = {example}, or leave [mail] out"))
        })
    };
    let from = needed(raw.from, "from", "\"Acme <no-reply@acme.example>\"")?;
    if !is_sender(&from) {
        return wrong(format!(
            "`mail.from` is {}: write an address such as \"no-reply@acme.example\", or \"Acme <no-reply@acme.example>\"",
            Excerpt(&from)
        ));
    }
    let host = needed(raw.host, "host", "\"smtp.acme.example\"")?;
    if host.is_empty() || host.contains(['/', ' ', '@']) || host.matches(':').count() == 1 {
        return wrong(format!(
            "`mail.host` is {}: write the name alone, and the port as `port`",
            Excerpt(&host)
        ));
    }
    let words = [("required", Security::Tls), ("starttls", Security::StartTls), ("off", Security::Clear)];
    let security = one_of("mail.tls", raw.tls, &words)?;
    let local = is_loopback_name(&host) || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if security == Security::Clear && !local {
        return wrong(format!(
            "`mail.tls` is \"off\" and `mail.host` is {}: links to reset passwords would pass in the clear; use \"required\" \
             or \"starttls\" (\"off\" is for a mail server on this machine)",
            Excerpt(&host)
        ));
    }
    let port = raw.port.unwrap_or(match security {
        Security::Tls => 465,
        Security::StartTls => 587,
        Security::Clear => 25,
    });
    let login = match (raw.username, raw.password) {
        (None, None) => None,
        (Some(user), Some(password)) => {
            Some((user, Secret::given(secret_text("mail.password", password, folder)?)))
        }
        (Some(_), None) | (None, Some(_)) => {
            return wrong("`mail.username` and `mail.password` go together: give both, or neither");
        }
    };
    Ok(Some(Mail { from, host, port, security, login }))
}
