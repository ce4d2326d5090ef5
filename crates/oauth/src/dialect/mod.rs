//! A dialect: how one vendor speaks the endpoints, as data.
//!
//! The standard endpoints are a dialect like any other (`dialects/rfc.toml`). Only [`read`] and [`mod@write`] may look at
//! the shape; the few knobs that change a decision (lifetimes, rotation, PKCE) are copied into a [`Policy`], which the
//! core takes as an argument. Shape may bend, the security core may not: see [`lint`].

pub mod lint;
pub mod read;
pub mod write;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::client::{Client, GrantType};
use crate::error::ErrorCode;
use crate::pkce::PkceRule;
use crate::time::Lifetime;

/// What an endpoint does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Serves {
    /// RFC 6749 §3.1, and the consent page.
    Authorize,
    /// RFC 6749 §3.2.
    Token,
    /// RFC 7009.
    Revoke,
    /// RFC 7662.
    Introspect,
    /// RFC 8414.
    Metadata,
    /// RFC 9728.
    ResourceMetadata,
}

/// An HTTP method that an endpoint answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// GET
    Get,
    /// POST
    Post,
    /// DELETE
    Delete,
}

impl Method {
    /// The method's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Delete => "DELETE",
        }
    }
}

/// Where a token is looked for in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenSource {
    /// The parameter of its name in the body.
    Body,
    /// `Authorization: Bearer`.
    Authorization,
    /// The misnamed header `Authentication: Bearer`.
    Authentication,
}

/// What becomes of a refresh token that was used (RFC 9700 §4.14.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rotation {
    /// It is replaced; using it again after the grace ends the family.
    Strict,
    /// A new one goes out and the old one keeps working. Confidential clients only.
    Overlap,
    /// It stays the same. Confidential clients only.
    None,
}

/// One endpoint at one or more paths, with what differs there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// What it does.
    pub serves: Serves,
    /// Paths below the dialect's prefix; the first is the one advertised.
    pub paths: Vec<String>,
    /// The methods it answers; any other is 405.
    pub methods: Vec<Method>,
    /// The grant type of a token request that names none.
    pub default_grant_type: Option<String>,
    /// Where the token (at `token`: the refresh token) is looked for, in this order.
    #[serde(default = "in_body")]
    pub token_from: Vec<TokenSource>,
    /// How refresh tokens turn here, if not as in the rest of the dialect.
    pub rotation: Option<Rotation>,
}

fn in_body() -> Vec<TokenSource> {
    vec![TokenSource::Body]
}

/// Where the scopes of an authorization request come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeFrom {
    /// The request; the app's own when it names none.
    Request,
    /// The app's own, whatever the request says.
    App,
}

/// The authorization endpoint's knobs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthorizeRules {
    /// Whether `response_type` may be left out.
    pub response_type_optional: bool,
    /// Whether an app with exactly one redirect URI may leave it out.
    pub redirect_uri_optional: bool,
    /// Where scopes come from.
    pub scope_from: ScopeFrom,
    /// Whether a request must name its scopes.
    pub scope_required: bool,
    /// The characters between scopes in a request.
    pub scope_separators: String,
    /// Scopes without which no request is accepted.
    pub required_scopes: Vec<String>,
    /// PKCE; the server's configuration when absent.
    pub pkce: Option<PkceRule>,
    /// The status of a page that refuses an unknown client or redirect URI.
    pub page_status: u16,
    /// Whether answers carry `iss` (RFC 9207).
    pub iss: bool,
    /// Further parameters that carry the description of an error (`error.message`).
    pub description_aliases: Vec<String>,
}

impl Default for AuthorizeRules {
    fn default() -> Self {
        AuthorizeRules {
            response_type_optional: false,
            redirect_uri_optional: false,
            scope_from: ScopeFrom::Request,
            scope_required: false,
            scope_separators: " ".to_owned(),
            required_scopes: Vec::new(),
            pkce: None,
            page_status: 400,
            iss: true,
            description_aliases: Vec::new(),
        }
    }
}

/// A kind of body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyFormat {
    /// Form text.
    Form,
    /// One object.
    Json,
}

/// The back channel's knobs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TokenRules {
    /// The bodies it reads.
    pub bodies: Vec<BodyFormat>,
    /// The core's parameter name → the name on this wire.
    pub parameter_names: BTreeMap<String, String>,
    /// Whether a `redirect_uri` sent with a refresh must be one of the app's.
    pub redirect_uri_on_refresh: bool,
    /// Whether public clients may speak this dialect.
    pub public_clients: bool,
    /// How refresh tokens turn.
    pub rotation: Rotation,
    /// Whether a refresh token goes out at all.
    pub refresh_tokens: bool,
}

impl Default for TokenRules {
    fn default() -> Self {
        TokenRules {
            bodies: vec![BodyFormat::Form, BodyFormat::Json],
            parameter_names: BTreeMap::new(),
            redirect_uri_on_refresh: false,
            public_clients: true,
            rotation: Rotation::Strict,
            refresh_tokens: true,
        }
    }
}

/// What a member of a token answer shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The access token.
    AccessToken,
    /// `Bearer`.
    TokenType,
    /// The life left of the access token; absent when it never ends.
    ExpiresIn,
    /// The refresh token; absent when there is none.
    RefreshToken,
    /// The life left of the refresh token; absent when it never ends.
    RefreshExpiresIn,
    /// The scopes, joined by a space; absent when there is none.
    Scope,
    /// When the token was issued.
    IssuedAt,
    /// Where the tenant's API is.
    BaseUrl,
    /// The host's identifier of the tenant.
    TenantId,
    /// The tenant's name.
    TenantName,
    /// `user` or `tenant`.
    Level,
    /// The person's role in the tenant.
    Role,
    /// The host's identifier of the person; absent at tenant level.
    UserId,
}

/// How a time or a lifetime is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Whole seconds, as a number.
    #[default]
    Seconds,
    /// Whole minutes, as a number.
    Minutes,
    /// `2026-01-02T03:04:05.000Z`.
    Iso,
}

/// One member of a token answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its name on the wire.
    pub name: String,
    /// What it shows.
    pub source: Option<Source>,
    /// Or a fixed text.
    pub literal: Option<String>,
    /// How a time is written.
    #[serde(default)]
    pub unit: Unit,
}

/// The token answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AnswerRules {
    /// Member names around the answer, outermost first.
    pub envelope: Vec<String>,
    /// The members, in order.
    pub members: Vec<Member>,
}

impl Default for AnswerRules {
    fn default() -> Self {
        let member = |name: &str, source| Member {
            name: name.to_owned(),
            source: Some(source),
            literal: None,
            unit: Unit::Seconds,
        };
        AnswerRules {
            envelope: Vec::new(),
            members: vec![
                member("access_token", Source::AccessToken),
                member("token_type", Source::TokenType),
                member("expires_in", Source::ExpiresIn),
                member("refresh_token", Source::RefreshToken),
                member("scope", Source::Scope),
                member("base_url", Source::BaseUrl),
                member("tenant_id", Source::TenantId),
                member("tenant_name", Source::TenantName),
                member("level", Source::Level),
                member("role", Source::Role),
                member("user_id", Source::UserId),
            ],
        }
    }
}

/// What a member of an error answer shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorSource {
    /// The registered code.
    Code,
    /// The description.
    Description,
    /// The HTTP status, as a number.
    Status,
}

/// One member of an error answer; a dot in its name nests it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorMember {
    /// Its name on the wire.
    pub name: String,
    /// What it shows.
    pub source: ErrorSource,
}

/// The error answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ErrorRules {
    /// The members, in order.
    pub members: Vec<ErrorMember>,
    /// Statuses that differ from the RFC's, by code.
    pub status: BTreeMap<String, u16>,
}

impl Default for ErrorRules {
    fn default() -> Self {
        let member = |name: &str, source| ErrorMember { name: name.to_owned(), source };
        ErrorRules {
            members: vec![
                member("error", ErrorSource::Code),
                member("error_description", ErrorSource::Description),
            ],
            status: BTreeMap::new(),
        }
    }
}

/// How long things live; the server's configuration fills what is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lifetimes {
    /// Authorization codes, at most ten minutes.
    pub code: Option<Lifetime>,
    /// Access tokens.
    pub access: Option<Lifetime>,
    /// Refresh tokens; each use begins it anew.
    pub refresh: Option<Lifetime>,
    /// Token families, whatever their use.
    pub refresh_max: Option<Lifetime>,
    /// How long a used refresh token gets the same successor again.
    pub grace: Option<Lifetime>,
}

/// A dialect.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dialect {
    /// The name apps use.
    pub name: String,
    /// For people.
    pub title: String,
    /// Its endpoints.
    #[serde(rename = "endpoint")]
    pub endpoints: Vec<Endpoint>,
    /// The authorization endpoint.
    #[serde(default)]
    pub authorize: AuthorizeRules,
    /// The back channel.
    #[serde(default)]
    pub token: TokenRules,
    /// Token answers.
    #[serde(default)]
    pub answer: AnswerRules,
    /// Error answers.
    #[serde(default)]
    pub errors: ErrorRules,
    /// Lifetimes.
    #[serde(default)]
    pub lifetimes: Lifetimes,
}

/// The presets in the executable: name and text.
pub const PRESETS: [(&str, &str); 1] = [("rfc", include_str!("../../dialects/rfc.toml"))];

impl Dialect {
    /// Reads a dialect and refuses what is dangerous.
    ///
    /// # Errors
    /// Sentences that name the line and key, or the danger.
    pub fn parse(text: &str) -> Result<Dialect, String> {
        let dialect: Dialect = toml::from_str(text).map_err(|error| error.to_string())?;
        let dangers = lint::dangers(&dialect);
        if dangers.is_empty() { Ok(dialect) } else { Err(dangers.join("\n")) }
    }

    /// Reads the preset of this name.
    ///
    /// # Errors
    /// A sentence that lists the presets there are.
    pub fn preset(name: &str) -> Result<Dialect, String> {
        match PRESETS.iter().find(|(own, _)| *own == name) {
            Some((_, text)) => Dialect::parse(text),
            None => {
                let names: Vec<&str> = PRESETS.iter().map(|(name, _)| *name).collect();
                Err(format!("there is no dialect preset '{name}'; the presets are: {}", names.join(", ")))
            }
        }
    }

    /// Whether `client` speaks this dialect. A public client does not where the dialect is too loose for one.
    #[must_use]
    pub fn is_spoken_by(&self, client: &Client) -> bool {
        client.dialect == self.name && (self.token.public_clients || !client.is_public())
    }

    /// The endpoint that does this, if there is one.
    #[must_use]
    pub fn endpoint(&self, serves: Serves) -> Option<&Endpoint> {
        self.endpoints.iter().find(|endpoint| endpoint.serves == serves)
    }

    /// The decisions' knobs: the dialect's own where it names them, else the server's.
    #[must_use]
    pub fn policy(&self, server: &Policy) -> Policy {
        let own = &self.lifetimes;
        Policy {
            code: own.code.unwrap_or(server.code),
            access: own.access.unwrap_or(server.access),
            refresh: own.refresh.unwrap_or(server.refresh),
            refresh_max_confidential: own.refresh_max.unwrap_or(server.refresh_max_confidential),
            refresh_max_public: own.refresh_max.unwrap_or(server.refresh_max_public),
            grace: own.grace.unwrap_or(server.grace),
            rotation: self.token.rotation,
            refresh_tokens: self.token.refresh_tokens,
            pkce: self.authorize.pkce.unwrap_or(server.pkce),
        }
    }

    /// The HTTP status of an error here.
    #[must_use]
    pub fn status(&self, code: ErrorCode) -> u16 {
        self.errors.status.get(code.as_str()).copied().unwrap_or_else(|| code.status())
    }
}

/// The knobs that change a decision. Copied out of the dialect so that `decide` never looks at one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long an authorization code lives.
    pub code: Lifetime,
    /// How long an access token lives.
    pub access: Lifetime,
    /// How long an unused refresh token lives.
    pub refresh: Lifetime,
    /// How long a confidential client's family can be extended.
    pub refresh_max_confidential: Lifetime,
    /// How long a public client's family can be extended.
    pub refresh_max_public: Lifetime,
    /// How long a used refresh token gets the same successor again.
    pub grace: Lifetime,
    /// What becomes of a used refresh token.
    pub rotation: Rotation,
    /// Whether refresh tokens go out.
    pub refresh_tokens: bool,
    /// Who must send a PKCE challenge.
    pub pkce: PkceRule,
}

impl Policy {
    /// How long `client`'s families can be extended.
    #[must_use]
    pub fn refresh_max(&self, client: &Client) -> Lifetime {
        if client.is_public() { self.refresh_max_public } else { self.refresh_max_confidential }
    }

    /// Whether `client` must send a PKCE challenge. A public client always must.
    #[must_use]
    pub fn pkce_required(&self, client: &Client) -> bool {
        client.is_public() || (self.pkce == PkceRule::Required && !client.pkce_excused)
    }

    /// Whether `client` gets a refresh token with a code.
    #[must_use]
    pub fn refreshes(&self, client: &Client) -> bool {
        self.refresh_tokens && client.may_use(GrantType::RefreshToken)
    }
}

#[cfg(test)]
mod tests;
