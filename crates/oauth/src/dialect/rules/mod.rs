//! The knobs of a dialect, by the room they stand in. Each may be set for the whole dialect and again for one endpoint;
//! the loader lays the one over the other, so that here there is one value for each.

mod answer;
mod authorize;
mod back_channel;

use std::collections::BTreeMap;

use serde::de::IntoDeserializer;
use serde::{Deserialize, Deserializer, de};

pub use self::answer::{AnswerRules, DescriptionRules, Encoding, ErrorMember, ErrorRules, ErrorSource};
pub use self::authorize::AuthorizeRules;
pub use self::back_channel::{
    BodyFormat, RevokeProof, RevokeRules, SecretAndVerifier, TokenPlace, TokenRules, UnknownParameters,
    UnknownToken,
};
use crate::error::{ErrorCode, Refusal};
use crate::reason::Reason;
use crate::scope::ScopeSet;
use crate::time::Lifetime;

/// Everything that one endpoint goes by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// The core's parameter name → the name on this wire.
    pub parameters: BTreeMap<String, String>,
    /// The core's parameter name → the header that may carry it, at the back channel.
    pub parameter_headers: BTreeMap<String, String>,
    /// The authorization endpoint.
    pub authorize: AuthorizeRules,
    /// The back channel.
    pub token: TokenRules,
    /// Token answers.
    pub answer: AnswerRules,
    /// Revocation.
    pub revoke: RevokeRules,
    /// Who is behind a token.
    pub identity: DescriptionRules,
    /// What an app is.
    pub client: DescriptionRules,
    /// Error answers.
    pub errors: ErrorRules,
    /// Lifetimes.
    pub lifetimes: Lifetimes,
}

/// A check or a registered error code, whichever a dialect names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// One check.
    Reason(Reason),
    /// Every check that refuses with this code.
    Code(ErrorCode),
}

impl Why {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Why::Reason(reason) => reason.as_str(),
            Why::Code(code) => code.as_str(),
        }
    }

    /// Whether the refusal says nothing about the request: the server could not tell, or made a mistake.
    #[must_use]
    pub fn is_no_verdict(self) -> bool {
        matches!(
            self,
            Why::Code(ErrorCode::TemporarilyUnavailable | ErrorCode::ServerError)
                | Why::Reason(Reason::Unavailable | Reason::Bug | Reason::Template)
        )
    }
}

impl<'de> Deserialize<'de> for Why {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        if let Some(code) = ErrorCode::parse(&name) {
            return Ok(Why::Code(code));
        }
        Reason::deserialize(name.into_deserializer()).map(Why::Reason).map_err(|wrong: de::value::Error| {
            // The words are serde's own ("unknown variant `x`, expected one of …") with the codes added, so that
            // whoever explains them finds the nearest of both.
            let codes: String = ErrorCode::ALL.iter().map(|code| format!(", `{}`", code.as_str())).collect();
            de::Error::custom(format!("{wrong}{codes}"))
        })
    }
}

/// What `map` says of a refusal: of its reason first, then of its code.
fn said<'a, T>(map: &'a BTreeMap<Why, T>, refusal: &Refusal) -> Option<&'a T> {
    map.get(&Why::Reason(refusal.reason)).or_else(|| map.get(&Why::Code(refusal.code)))
}

/// How long things live; the server's configuration fills what is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lifetimes {
    /// Authorization codes, at most ten minutes.
    pub code: Option<Lifetime>,
    /// Access tokens.
    pub access: Option<Lifetime>,
    /// Refresh tokens.
    pub refresh: Option<Lifetime>,
    /// Whether each use begins a refresh token's life anew (it does when absent).
    pub refresh_slides: Option<bool>,
    /// Token families, whatever their use.
    pub refresh_max: Option<Lifetime>,
    /// How long a used refresh token gets the same successor again.
    pub grace: Option<Lifetime>,
}

pub(super) fn scopes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ScopeSet, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    match names.iter().find(|name| !crate::scope::is_scope_token(name)) {
        Some(wrong) => Err(de::Error::custom(format!("'{wrong}' is not one scope (RFC 6749 section 3.3)"))),
        None => Ok(names.iter().map(String::as_str).collect()),
    }
}
