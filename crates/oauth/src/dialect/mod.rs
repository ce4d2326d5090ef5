//! Dialect: how one vendor speaks the endpoints, as data.
//!
//! The standard endpoints are a dialect like any other (`dialects/rfc.toml`). [`read`] and [`mod@write`] look at the
//! shape; the knobs that change a decision (lifetimes, rotation, PKCE) are copied into a
//! [`Policy`](crate::policy::Policy), which the core takes as an argument. The core names nothing in here. Shape may
//! bend, the security core may not: see [`lint`].

pub mod advice;
pub mod bounds;
mod danger;
pub mod lint;
mod load;
pub mod member;
mod policy;
pub mod read;
pub mod rules;
mod shown;
pub mod write;

use serde::Deserialize;

pub use self::danger::Danger;
pub use self::rules::{DescriptionRules, Lifetimes, Rules, TokenPlace};
use crate::client::Client;
use crate::metadata;
use crate::scope::ScopeSet;

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
    /// Who is behind an access token, at a standard address (OpenID Connect Core §5.3).
    Userinfo,
    /// Who is behind an access token, in the dialect's own shape.
    Identity,
    /// What an app is called and where its answers go, in the dialect's own shape.
    Client,
    /// RFC 8414.
    Metadata,
    /// RFC 9728.
    ResourceMetadata,
}

/// The last segment of the paths of [`Serves::Client`]: there, a request names the app that it asks about.
pub const CLIENT_ID: &str = "{client_id}";

/// An HTTP method that an endpoint answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// GET
    Get,
    /// POST
    Post,
    /// PUT
    Put,
    /// PATCH
    Patch,
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
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

/// One endpoint at one or more paths, with everything it goes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// What it does.
    pub serves: Serves,
    /// Paths below the dialect's prefix; the first is the one advertised.
    pub paths: Vec<String>,
    /// The methods it answers; any other is 405.
    pub methods: Vec<Method>,
    /// Whether scripts of other sites may call it.
    pub cross_origin: bool,
    /// What it goes by: the dialect's rules, with its own laid over them.
    pub rules: Rules,
}

impl Endpoint {
    /// Where its token is looked for, in order.
    #[must_use]
    pub fn token_places(&self) -> &[TokenPlace] {
        static BODY: [TokenPlace; 1] = [TokenPlace::Body];
        static BEARER: std::sync::LazyLock<[TokenPlace; 1]> =
            std::sync::LazyLock::new(|| [TokenPlace::bearer()]);
        static BEARER_OR_BODY: std::sync::LazyLock<[TokenPlace; 2]> =
            std::sync::LazyLock::new(|| [TokenPlace::bearer(), TokenPlace::Body]);
        match (&self.rules.token.token_from, self.serves) {
            (Some(places), _) => places,
            (None, Serves::Identity | Serves::Client) => &*BEARER,
            // RFC 6750 §2.1, §2.2: a resource takes both.
            (None, Serves::Userinfo) => &*BEARER_OR_BODY,
            (None, _) => &BODY,
        }
    }

    /// What its answer shows, where it says who is behind a token or what an app is.
    #[must_use]
    pub fn description(&self) -> &DescriptionRules {
        if self.serves == Serves::Client { &self.rules.client } else { &self.rules.identity }
    }
}

/// What is answered at an address where nothing stands.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotFound {
    /// The status.
    #[serde(default = "not_found")]
    pub status: u16,
    /// The body, in JSON.
    pub body: String,
}

fn not_found() -> u16 {
    404
}

/// A dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// The name apps use.
    pub name: String,
    /// For people.
    pub title: String,
    /// Whether public clients may speak it.
    pub public_clients: bool,
    /// The first part of its credentials; the server's own when absent.
    pub token_prefix: Option<String>,
    /// The scopes of an app that declares none.
    pub default_scopes: ScopeSet,
    /// Whether an app of its has no secret until its developers ask for one.
    pub secret_on_demand: bool,
    /// What it says where it has no endpoint; the server's own page when absent.
    pub not_found: Option<NotFound>,
    /// Its endpoints.
    pub endpoints: Vec<Endpoint>,
}

/// Why a text is not a dialect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DialectError {
    /// It is not understood.
    #[error("{0}")]
    Written(#[from] toml::de::Error),
    /// It is read, and dangerous.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Dangerous(Vec<Danger>),
    /// There is no preset of this name.
    #[error("there is no dialect preset '{0}'; the presets are: {names}", names = PRESETS.map(|(name, _)| name).join(", "))]
    NoPreset(String),
}

/// The presets in the executable: name and text.
pub const PRESETS: [(&str, &str); 5] = [
    ("rfc", include_str!("../../dialects/rfc.toml")),
    ("fillout", include_str!("../../dialects/fillout.toml")),
    ("fullscript", include_str!("../../dialects/fullscript.toml")),
    ("calcom", include_str!("../../dialects/calcom.toml")),
    ("make", include_str!("../../dialects/make.toml")),
];

impl Dialect {
    /// Reads a dialect and refuses what is dangerous.
    ///
    /// # Errors
    /// What is wrong with it, or the dangers.
    pub fn parse(text: &str) -> Result<Dialect, DialectError> {
        load::load(text, None)
    }

    /// Reads a dialect, with the operator's own lifetimes laid over its own.
    ///
    /// # Errors
    /// As [`Dialect::parse`].
    pub fn parse_with(text: &str, lifetimes: &Lifetimes) -> Result<Dialect, DialectError> {
        load::load(text, Some(lifetimes))
    }

    /// The text of the preset of this name.
    ///
    /// # Errors
    /// [`DialectError::NoPreset`].
    pub fn preset_text(name: &str) -> Result<&'static str, DialectError> {
        let preset = PRESETS.iter().find(|(own, _)| *own == name).map(|(_, text)| *text);
        preset.ok_or_else(|| DialectError::NoPreset(name.to_owned()))
    }

    /// Reads the preset of this name.
    ///
    /// # Errors
    /// [`DialectError::NoPreset`].
    pub fn preset(name: &str) -> Result<Dialect, DialectError> {
        Dialect::parse(Dialect::preset_text(name)?)
    }

    /// Whether `client` speaks this dialect. A public client does not where the dialect is too loose for one.
    #[must_use]
    pub fn is_spoken_by(&self, client: &Client) -> bool {
        client.speaks(&self.name, self.public_clients)
    }

    /// Where its endpoints are below `base`, for the server's metadata.
    #[must_use]
    pub fn addresses(&self, base: &str) -> metadata::Endpoints {
        let address = |serves| {
            let path = self.endpoint(serves).and_then(|own| own.paths.first());
            path.map(|path| format!("{base}{path}"))
        };
        let token = self.endpoint(Serves::Token).map(|own| &own.rules.token);
        metadata::Endpoints {
            authorization: address(Serves::Authorize),
            token: address(Serves::Token),
            revocation: address(Serves::Revoke),
            introspection: address(Serves::Introspect),
            userinfo: address(Serves::Userinfo),
            grant_types: token.map(|own| own.grant_types.clone()).unwrap_or_default(),
            authentication: token.map(|own| own.authentication.clone()).unwrap_or_default(),
            iss: self.endpoint(Serves::Authorize).is_some_and(|own| own.rules.authorize.iss),
        }
    }

    /// The first endpoint that does this, if there is one.
    #[must_use]
    pub fn endpoint(&self, serves: Serves) -> Option<&Endpoint> {
        self.endpoints.iter().find(|endpoint| endpoint.serves == serves)
    }
}

#[cfg(test)]
mod specimen;
#[cfg(test)]
mod tests;
