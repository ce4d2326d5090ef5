//! The shapes of answers: tokens, who is behind one, what an app is, and refusals.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Why, said, scopes};
use crate::dialect::member::{JsonType, Literal, Member, Shape, Source};
use crate::error::Refusal;
use crate::scope::ScopeSet;

/// How an answer is encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// A JSON object.
    #[default]
    Json,
    /// Form text; nesting and envelope do not apply.
    Form,
}

impl Encoding {
    /// The media type of what is encoded so.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Encoding::Json => "application/json",
            Encoding::Form => "application/x-www-form-urlencoded",
        }
    }
}

/// The token answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AnswerRules {
    /// Its status.
    pub status: u16,
    /// Its encoding.
    pub format: Encoding,
    /// Member names around the answer, outermost first.
    pub envelope: Vec<String>,
    /// The members, in order.
    pub members: Vec<Member>,
    /// Further headers.
    pub headers: BTreeMap<String, String>,
    /// The members, nested.
    #[serde(skip)]
    pub shape: Shape<Member>,
}

impl Default for AnswerRules {
    fn default() -> Self {
        let members = [
            ("access_token", Source::AccessToken),
            ("token_type", Source::TokenType),
            ("expires_in", Source::ExpiresIn),
            ("refresh_token", Source::RefreshToken),
            ("scope", Source::Scope),
            ("base_url", Source::BaseUrl),
            ("tenant_id", Source::TenantId),
            ("tenant_name", Source::TenantName),
            ("level", Source::Level),
            ("role", Source::Role),
            ("user_id", Source::UserId),
        ];
        AnswerRules {
            status: 200,
            format: Encoding::Json,
            envelope: Vec::new(),
            members: members.into_iter().map(|(name, source)| Member::plain(name, source)).collect(),
            headers: BTreeMap::new(),
            shape: Shape::default(),
        }
    }
}

/// Who is behind an access token, or what an app is, told to whoever holds one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DescriptionRules {
    /// All of these scopes are needed.
    #[serde(deserialize_with = "scopes")]
    pub required_scopes: ScopeSet,
    /// And one of these.
    #[serde(deserialize_with = "scopes")]
    pub any_scope_of: ScopeSet,
    /// The status of success.
    pub status: u16,
    /// Member names around the answer, outermost first.
    pub envelope: Vec<String>,
    /// The members, in order.
    pub members: Vec<Member>,
    /// Whether the scopes that are needed say that the app may know who the person is.
    #[serde(skip)]
    pub asks_for_the_person: bool,
    /// The members, nested.
    #[serde(skip)]
    pub shape: Shape<Member>,
}

impl DescriptionRules {
    /// Whether who may read this was asked for a scope of its own. One that no app can do without says nothing.
    pub(in crate::dialect) fn are_asked_for(&self, of_every_app: &ScopeSet) -> bool {
        let is_own = |scope: &str| !of_every_app.contains(scope);
        let one_of = &self.any_scope_of;
        self.required_scopes.iter().any(is_own) || !one_of.is_empty() && one_of.iter().all(is_own)
    }
}

impl Default for DescriptionRules {
    fn default() -> Self {
        DescriptionRules {
            required_scopes: ScopeSet::new(),
            any_scope_of: ScopeSet::new(),
            status: 200,
            envelope: Vec::new(),
            members: Vec::new(),
            asks_for_the_person: false,
            shape: Shape::default(),
        }
    }
}

/// What a member of an error answer shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorSource {
    /// The code, as this wire spells it.
    Code,
    /// The description.
    Description,
    /// What `reasons` says of the check that refused; the description when it says nothing.
    Reason,
    /// The HTTP status.
    Status,
}

/// One member of an error answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorMember {
    /// Its name on the wire; a dot nests.
    pub name: String,
    /// What it shows.
    pub source: Option<ErrorSource>,
    /// Or a fixed value.
    pub literal: Option<Literal>,
    /// Its JSON type, if not the usual one.
    pub form: Option<JsonType>,
}

/// The error answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ErrorRules {
    /// Its encoding.
    pub format: Encoding,
    /// The members, in order.
    pub members: Vec<ErrorMember>,
    /// Codes that have another name on this wire, always or when one check refuses.
    pub codes: BTreeMap<Why, String>,
    /// Statuses that differ from the RFC's.
    pub status: BTreeMap<Why, u16>,
    /// The machine's words for a refusal.
    pub reasons: BTreeMap<Why, String>,
    /// The members, nested.
    #[serde(skip)]
    pub shape: Shape<ErrorMember>,
}

impl Default for ErrorRules {
    fn default() -> Self {
        let member = |name: &str, source| ErrorMember {
            name: name.to_owned(),
            source: Some(source),
            literal: None,
            form: None,
        };
        ErrorRules {
            format: Encoding::Json,
            members: vec![
                member("error", ErrorSource::Code),
                member("error_description", ErrorSource::Description),
            ],
            codes: BTreeMap::new(),
            status: BTreeMap::new(),
            reasons: BTreeMap::new(),
            shape: Shape::default(),
        }
    }
}

impl ErrorRules {
    /// The HTTP status of a refusal.
    #[must_use]
    pub fn status(&self, refusal: &Refusal) -> u16 {
        said(&self.status, refusal).copied().unwrap_or_else(|| refusal.status())
    }

    /// The machine's words for a refusal.
    #[must_use]
    pub fn words<'a>(&'a self, refusal: &'a Refusal) -> &'a str {
        said(&self.reasons, refusal).map_or(refusal.description.as_ref(), String::as_str)
    }

    /// The code of a refusal on this wire.
    #[must_use]
    pub fn code<'a>(&'a self, refusal: &Refusal) -> &'a str {
        said(&self.codes, refusal).map_or(refusal.code.as_str(), String::as_str)
    }
}
