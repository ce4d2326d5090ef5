//! Typed answer → wire, as a dialect spells it. Nothing here decides.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{Dialect, ErrorSource, Source, Unit};
use crate::authorize::Addressed;
use crate::error::Refusal;
use crate::scope::ScopeSet;
use crate::time::Timestamp;

/// Everything a token answer can show. Holds tokens in the clear, so it cannot be printed.
#[derive(Clone, Copy)]
pub struct TokenAnswer<'a> {
    /// The access token in the clear.
    pub access_token: &'a str,
    /// When it ends, if ever.
    pub access_expires_at: Option<Timestamp>,
    /// The refresh token in the clear, if there is one.
    pub refresh_token: Option<&'a str>,
    /// When it ends, if ever.
    pub refresh_expires_at: Option<Timestamp>,
    /// What the access token allows.
    pub scopes: &'a ScopeSet,
    /// Now.
    pub issued_at: Timestamp,
    /// For whom, unless the app acts as itself.
    pub acting_for: Option<ActingFor<'a>>,
}

/// For whom a token acts.
#[derive(Clone, Copy, Debug)]
pub struct ActingFor<'a> {
    /// Where the tenant's API is.
    pub base_url: Option<&'a str>,
    /// The host's identifier of the tenant.
    pub tenant_id: &'a str,
    /// The tenant's name.
    pub tenant_name: &'a str,
    /// `user` or `tenant`.
    pub level: &'a str,
    /// The person's role.
    pub role: Option<&'a str>,
    /// The host's identifier of the person, at user level.
    pub user_id: Option<&'a str>,
}

/// The body of a successful token answer.
#[must_use]
pub fn token_answer(dialect: &Dialect, answer: &TokenAnswer<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(384);
    for name in &dialect.answer.envelope {
        out.push(b'{');
        push_text(&mut out, name);
        out.push(b':');
    }
    out.push(b'{');
    let mut first = true;
    for member in &dialect.answer.members {
        let shown = match (&member.literal, member.source) {
            (Some(literal), _) => Some(Shown::Text(Cow::Borrowed(literal.as_str()))),
            (None, Some(source)) => answer.show(source, member.unit),
            (None, None) => None,
        };
        let Some(shown) = shown else { continue };
        if !std::mem::take(&mut first) {
            out.push(b',');
        }
        push_text(&mut out, &member.name);
        out.push(b':');
        match shown {
            Shown::Text(text) => push_text(&mut out, &text),
            Shown::Number(number) => out.extend_from_slice(number.to_string().as_bytes()),
        }
    }
    out.extend(std::iter::repeat_n(b'}', dialect.answer.envelope.len() + 1));
    out
}

enum Shown<'a> {
    Text(Cow<'a, str>),
    Number(i64),
}

impl<'a> TokenAnswer<'a> {
    fn show(&self, source: Source, unit: Unit) -> Option<Shown<'a>> {
        let text = |text: &'a str| Some(Shown::Text(Cow::Borrowed(text)));
        let left = |end: Option<Timestamp>| end.map(|end| lifetime(end.since(self.issued_at), unit));
        let acting = self.acting_for;
        match source {
            Source::AccessToken => text(self.access_token),
            Source::TokenType => text("Bearer"),
            Source::ExpiresIn => left(self.access_expires_at),
            Source::RefreshToken => self.refresh_token.and_then(text),
            Source::RefreshExpiresIn => self.refresh_token.and_then(|_| left(self.refresh_expires_at)),
            Source::Scope => Some(self.scopes.as_str()).filter(|scopes| !scopes.is_empty()).and_then(text),
            Source::IssuedAt => Some(moment(self.issued_at, unit)),
            Source::BaseUrl => acting?.base_url.and_then(text),
            Source::TenantId => text(acting?.tenant_id),
            Source::TenantName => text(acting?.tenant_name),
            Source::Level => text(acting?.level),
            Source::Role => acting?.role.and_then(text),
            Source::UserId => acting?.user_id.and_then(text),
        }
    }
}

/// A lifetime, rounded up to the unit so that a fresh token shows its whole life.
fn lifetime(milliseconds: i64, unit: Unit) -> Shown<'static> {
    let size = match unit {
        Unit::Seconds | Unit::Iso => 1000,
        Unit::Minutes => 60_000,
    };
    Shown::Number((milliseconds.max(0) + size - 1) / size)
}

fn moment(at: Timestamp, unit: Unit) -> Shown<'static> {
    match unit {
        Unit::Seconds => Shown::Number(at.seconds()),
        Unit::Minutes => Shown::Number(at.seconds() / 60),
        Unit::Iso => Shown::Text(Cow::Owned(iso(at))),
    }
}

/// `2026-01-02T03:04:05.000Z`.
#[must_use]
pub fn iso(at: Timestamp) -> String {
    match jiff::Timestamp::from_millisecond(at.0) {
        Ok(moment) => format!("{moment:.3}"),
        Err(_) => String::new(),
    }
}

fn push_text(out: &mut Vec<u8>, text: &str) {
    let plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    if text.bytes().all(plain) {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(Value::from(text).to_string().as_bytes());
    }
}

/// The status and body of a refusal.
#[must_use]
pub fn refusal(dialect: &Dialect, refusal: &Refusal) -> (u16, Vec<u8>) {
    let status = dialect.status(refusal.code);
    let mut body = Map::new();
    for member in &dialect.errors.members {
        let value = match member.source {
            ErrorSource::Code => Value::from(refusal.code.as_str()),
            ErrorSource::Description => Value::from(refusal.description.as_ref()),
            ErrorSource::Status => Value::from(status),
        };
        nest(&mut body, &member.name, value);
    }
    (status, Value::Object(body).to_string().into_bytes())
}

fn nest(object: &mut Map<String, Value>, name: &str, value: Value) {
    match name.split_once('.') {
        None => {
            object.insert(name.to_owned(), value);
        }
        Some((outer, rest)) => {
            let inner = object.entry(outer).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                nest(inner, rest, value);
            }
        }
    }
}

/// The parameters of a successful authorization answer, in order (RFC 6749 §4.1.2, RFC 9207).
#[must_use]
pub fn authorization_answer<'a>(addressed: &'a Addressed, code: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut pairs = vec![("code", code)];
    pairs.extend(addressed.echo());
    pairs
}

/// The parameters of an authorization error, in order (RFC 6749 §4.1.2.1, RFC 9207).
#[must_use]
pub fn authorization_error<'a>(
    dialect: &'a Dialect,
    addressed: &'a Addressed,
    refusal: &'a Refusal,
) -> Vec<(&'a str, &'a str)> {
    let mut pairs =
        vec![("error", refusal.code.as_str()), ("error_description", refusal.description.as_ref())];
    pairs.extend(
        dialect
            .authorize
            .description_aliases
            .iter()
            .map(|alias| (alias.as_str(), refusal.description.as_ref())),
    );
    pairs.extend(addressed.echo());
    pairs
}

/// Where a `query` answer goes: the redirect URI as registered, the answer appended to whatever query it has.
#[must_use]
pub fn location(addressed: &Addressed, pairs: &[(&str, &str)]) -> String {
    let uri = addressed.redirect_uri();
    let mut location = String::with_capacity(uri.len() + 256);
    location.push_str(uri);
    location.push(if uri.contains('?') { '&' } else { '?' });
    if location.ends_with("?&") {
        location.pop();
    }
    location.push_str(&form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish());
    location
}
