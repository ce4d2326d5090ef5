//! Response serialization: typed answer → wire, as a dialect spells it. Nothing here decides.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::Endpoint;
use super::member::{Format, JsonType, Member, Source, Unit};
use super::rules::{AuthorizeRules, Encoding, ErrorMember, ErrorRules, ErrorSource};
use super::shown::{Shown, form, object, of_literal};
use crate::authorize::Addressed;
use crate::error::Refusal;
use crate::scope::ScopeSet;
use crate::time::Timestamp;

/// What an answer draws on: a value for each [`Source`]. It may hold tokens in the clear, so it cannot be printed.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// The tokens, in a token answer.
    pub tokens: Option<Tokens<'a>>,
    /// What is allowed.
    pub scopes: &'a ScopeSet,
    /// Now.
    pub now: Timestamp,
    /// Whether the app may know who the person is: their name and their address.
    pub profile: bool,
    /// For whom, unless the app acts as itself.
    pub acting_for: Option<ActingFor<'a>>,
    /// The app's `client_id`.
    pub client_id: &'a str,
    /// The app's name.
    pub app_name: &'a str,
    /// `confidential` or `public`.
    pub client_type: &'a str,
    /// Where its answers may go.
    pub redirect_uris: &'a [String],
    /// The public base URL of this server.
    pub issuer: &'a str,
}

/// Tokens in the clear.
#[derive(Clone, Copy)]
pub struct Tokens<'a> {
    /// The access token.
    pub access: &'a str,
    /// When it ends, if ever.
    pub access_expires_at: Option<Timestamp>,
    /// The refresh token, if there is one.
    pub refresh: Option<&'a str>,
    /// When it ends, if ever.
    pub refresh_expires_at: Option<Timestamp>,
}

/// For whom an app acts.
#[derive(Clone, Copy, Debug)]
pub struct ActingFor<'a> {
    /// The tenant.
    pub tenant: Party<'a>,
    /// Whether the tenant is one person's own space, whose name that person chose.
    pub personal: bool,
    /// Where the tenant's API is.
    pub base_url: Option<&'a str>,
    /// The host's name for where its data live.
    pub region: Option<&'a str>,
    /// `user` or `tenant`.
    pub level: &'a str,
    /// The person, at user level.
    pub person: Option<EndUser<'a>>,
}

/// Somebody with a name of the host's and one of ours.
#[derive(Clone, Copy, Debug)]
pub struct Party<'a> {
    /// The host's identifier.
    pub id: &'a str,
    /// Ours.
    pub own_id: [u8; 16],
    /// The name.
    pub name: &'a str,
}

/// A person an app acts for: the end-user of OpenID Connect Core §1.2.
#[derive(Clone, Copy, Debug)]
pub struct EndUser<'a> {
    /// Who.
    pub party: Party<'a>,
    /// The role in the tenant.
    pub role: Option<&'a str>,
    /// A short public name.
    pub username: Option<&'a str>,
    /// The e-mail address, where there is a proven one.
    pub email: Option<&'a str>,
}

/// The body of a successful token answer.
#[must_use]
pub fn token_answer(endpoint: &Endpoint, sources: &Sources<'_>) -> Vec<u8> {
    let rules = &endpoint.rules.answer;
    match rules.format {
        Encoding::Json => object(&rules.shape, |member| sources.show(member)),
        Encoding::Form => {
            form(rules.members.iter().filter_map(|member| Some((&member.name, sources.show(member)?))))
        }
    }
}

/// The media type of a token answer.
#[must_use]
pub fn token_answer_type(endpoint: &Endpoint) -> &'static str {
    endpoint.rules.answer.format.media_type()
}

/// The body of an answer that says who is behind a token, or what an app is.
#[must_use]
pub fn description(endpoint: &Endpoint, sources: &Sources<'_>) -> Vec<u8> {
    let rules = endpoint.description();
    let sources = Sources { profile: sources.profile || rules.asks_for_the_person, ..*sources };
    object(&rules.shape, |member| sources.show(member))
}

impl<'a> Sources<'a> {
    fn show<'m: 'a>(&self, member: &'m Member) -> Option<Shown<'a>> {
        if let Some(literal) = &member.literal {
            return Some(of_literal(literal).formed(member.form));
        }
        let shown = member.source.and_then(|source| self.value(source, member));
        let shown = shown.or_else(|| member.fallback.and_then(|source| self.value(source, member)));
        let otherwise = || member.otherwise.as_deref().map(|text| Shown::Text(Cow::Borrowed(text)));
        let shown = match shown {
            Some(Shown::Text(text)) if !member.map.is_empty() => match member.map.get(text.as_ref()) {
                Some(mapped) => Shown::Text(Cow::Borrowed(mapped.as_str())),
                None => otherwise().unwrap_or(Shown::Text(text)),
            },
            Some(shown) => shown,
            None => otherwise()?,
        };
        Some(shown.formed(member.form))
    }

    fn value<'m: 'a>(&self, source: Source, member: &'m Member) -> Option<Shown<'a>> {
        let text = |text: &'a str| Some(Shown::Text(Cow::Borrowed(text)));
        let left = |end: Option<Timestamp>| end.map(|end| lifetime(end.since(self.now), member.unit));
        let at = |end: Option<Timestamp>| end.map(|end| moment(end, member.unit));
        let acting = self.acting_for;
        let person = acting.and_then(|acting| acting.person);
        let owner = person.map(|person| person.party).or(acting.map(|acting| acting.tenant));
        match source {
            Source::AccessToken => text(self.tokens?.access),
            Source::TokenType => text("Bearer"),
            Source::ExpiresIn => left(self.tokens?.access_expires_at),
            Source::ExpiresAt => at(self.tokens?.access_expires_at),
            Source::RefreshToken => self.tokens?.refresh.and_then(text),
            Source::RefreshExpiresIn => left(self.tokens.filter(Tokens::refreshes)?.refresh_expires_at),
            Source::RefreshExpiresAt => at(self.tokens.filter(Tokens::refreshes)?.refresh_expires_at),
            Source::Scope => self.scope(member),
            Source::IssuedAt => Some(moment(self.now, member.unit)),
            Source::BaseUrl => acting?.base_url.and_then(text),
            Source::TenantId => Some(acting?.tenant.identifier(member.format)),
            Source::TenantName => text(self.tenant_name()?),
            Source::Region => acting?.region.and_then(text),
            Source::Level => text(acting?.level),
            Source::Role => person?.role.and_then(text),
            Source::UserId => Some(person?.party.identifier(member.format)),
            Source::UserName => text(person.filter(|_| self.profile)?.party.name),
            Source::Username => person?.username.and_then(text),
            Source::Email => person.filter(|_| self.profile)?.email.and_then(text),
            Source::EmailVerified => person.filter(|_| self.profile)?.email.map(|_| Shown::Boolean(true)),
            Source::OwnerId => Some(owner?.identifier(member.format)),
            Source::OwnerName => match person {
                Some(person) => text(person.party.name).filter(|_| self.profile),
                None => text(self.tenant_name()?),
            },
            Source::OwnerType => person
                .map_or(Some("tenant"), |person| person.role)
                .filter(|_| acting.is_some())
                .and_then(text),
            Source::OwnerUsername => text(acting?.owner_username()),
            Source::ClientId => text(self.client_id),
            Source::AppName => text(self.app_name),
            Source::ClientType => text(self.client_type),
            Source::RedirectUri if member.form == Some(JsonType::List) => {
                Some(Shown::Texts(self.redirect_uris))
            }
            Source::RedirectUri => self.redirect_uris.first().and_then(|uri| text(uri)),
            Source::Issuer => text(self.issuer),
        }
    }

    /// The tenant's name, unless it is that of a person whom the app may not know.
    fn tenant_name(&self) -> Option<&'a str> {
        let acting = self.acting_for.filter(|acting| self.profile || !acting.personal)?;
        Some(acting.tenant.name)
    }

    fn scope<'m: 'a>(&self, member: &'m Member) -> Option<Shown<'a>> {
        if member.form == Some(JsonType::List) {
            return Some(Shown::List(self.scopes));
        }
        if self.scopes.is_empty() {
            return None;
        }
        Some(Shown::Text(match member.separator.as_deref() {
            None | Some(" ") => Cow::Borrowed(self.scopes.as_str()),
            Some(separator) => Cow::Owned(self.scopes.as_str().replace(' ', separator)),
        }))
    }
}

impl<'a> ActingFor<'a> {
    /// A name by which the owner is known to the host. What people call themselves is none: anybody can take it.
    fn owner_username(&self) -> &'a str {
        match self.person {
            Some(person) => person.username.unwrap_or(person.party.id),
            None if self.personal => self.tenant.id,
            None => self.tenant.name,
        }
    }
}

impl Tokens<'_> {
    fn refreshes(&self) -> bool {
        self.refresh.is_some()
    }
}

impl<'a> Party<'a> {
    fn identifier(&self, format: Format) -> Shown<'a> {
        let is_hex = |byte: u8| byte.is_ascii_hexdigit();
        Shown::Text(match format {
            Format::Plain => Cow::Borrowed(self.id),
            Format::Uuid if is_uuid(self.id) => Cow::Borrowed(self.id),
            Format::Uuid => {
                let digits = hex(&self.own_id);
                let [a, b, c, d, e] = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| &digits[part]);
                Cow::Owned(format!("{a}-{b}-{c}-{d}-{e}"))
            }
            Format::Hex if self.id.len() == 40 && self.id.bytes().all(is_hex) => Cow::Borrowed(self.id),
            Format::Hex => Cow::Owned(hex(&Sha256::digest(self.own_id)[..20])),
        })
    }
}

fn is_uuid(text: &str) -> bool {
    let dash = |at: usize| [8, 13, 18, 23].contains(&at);
    text.len() == 36
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if dash(at) { byte == b'-' } else { byte.is_ascii_hexdigit() })
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| DIGITS[usize::from(digit)]).collect()
}

/// A lifetime, rounded up to the unit so that a fresh token shows its whole life.
fn lifetime(milliseconds: i64, unit: Unit) -> Shown<'static> {
    let size = match unit {
        Unit::Milliseconds => 1,
        Unit::Seconds | Unit::Iso => 1000,
        Unit::Minutes => 60_000,
    };
    Shown::Number((milliseconds.max(0) + size - 1) / size)
}

fn moment(at: Timestamp, unit: Unit) -> Shown<'static> {
    match unit {
        Unit::Milliseconds => Shown::Number(at.0),
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

/// The status and body of a refusal.
#[must_use]
pub fn refusal<'a>(rules: &'a ErrorRules, refusal: &'a Refusal) -> (u16, Vec<u8>) {
    let status = rules.status(refusal);
    let show = |member: &'a ErrorMember| {
        if let Some(literal) = &member.literal {
            return Some(of_literal(literal).formed(member.form));
        }
        let text = |text| Shown::Text(Cow::Borrowed(text));
        let shown = match member.source? {
            ErrorSource::Code => text(rules.code(refusal)),
            ErrorSource::Description => text(refusal.description.as_ref()),
            ErrorSource::Reason => text(rules.words(refusal)),
            ErrorSource::Status => Shown::Number(i64::from(status)),
        };
        Some(shown.formed(member.form))
    };
    let body = match rules.format {
        Encoding::Json => object(&rules.shape, show),
        Encoding::Form => form(rules.members.iter().filter_map(|member| Some((&member.name, show(member)?)))),
    };
    (status, body)
}

/// A parameter of an answer: its name on this wire, and its value.
pub type Pair<'a> = (&'a str, Cow<'a, str>);

/// The parameters of a successful authorization answer, in order (RFC 6749 §4.1.2, RFC 9207).
#[must_use]
pub fn authorization_answer<'a>(
    rules: &'a AuthorizeRules,
    addressed: &'a Addressed,
    code: &'a str,
    sources: &Sources<'a>,
) -> Vec<Pair<'a>> {
    let mut pairs = vec![(rules.name("code"), Cow::Borrowed(code))];
    pairs.extend(addressed.echo().map(|(name, value)| (rules.name(name), Cow::Borrowed(value))));
    let members = rules.members.iter();
    pairs
        .extend(members.filter_map(|member| Some((member.name.as_str(), sources.show(member)?.into_text()))));
    pairs
}

/// The parameters of an authorization error, in order (RFC 6749 §4.1.2.1, RFC 9207).
#[must_use]
pub fn authorization_error<'a>(
    (authorize, errors): (&'a AuthorizeRules, &'a ErrorRules),
    addressed: &'a Addressed,
    refusal: &'a Refusal,
) -> Vec<Pair<'a>> {
    let description = refusal.description.as_ref();
    let fixed = [("error", errors.code(refusal)), ("error_description", description)];
    let aliases = authorize.description_aliases.iter().map(|alias| (alias.as_str(), description));
    let pairs = fixed.into_iter().chain(aliases).chain(addressed.echo());
    pairs.map(|(name, value)| (authorize.name(name), Cow::Borrowed(value))).collect()
}

impl AuthorizeRules {
    /// The name of a parameter of an answer on this wire.
    fn name<'a>(&'a self, canonical: &'a str) -> &'a str {
        self.names.get(canonical).map_or(canonical, String::as_str)
    }
}

/// Where a redirect to an app leads. Only an addressed request has one, so no other redirect can leave this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location(String);

impl Location {
    /// As it stands in the header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where a `query` answer goes: the redirect URI as registered, the answer appended to whatever query it has.
#[must_use]
pub fn location(addressed: &Addressed, pairs: &[Pair<'_>]) -> Location {
    let uri = addressed.redirect_uri();
    let mut location = String::with_capacity(uri.len() + 256);
    location.push_str(uri);
    location.push(if uri.contains('?') { '&' } else { '?' });
    if location.ends_with("?&") {
        location.pop();
    }
    location.push_str(&form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish());
    Location(location)
}

#[cfg(test)]
mod tests;
