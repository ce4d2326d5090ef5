//! What the authorization endpoint goes by.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Why, said, scopes};
use crate::dialect::member::Member;
use crate::error::Refusal;
use crate::pkce::PkceRule;
use crate::policy::{LevelFrom, ScopeFrom};
use crate::scope::ScopeSet;

/// The authorization endpoint's knobs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthorizeRules {
    /// Whether `response_type` may be left out.
    pub response_type_optional: bool,
    /// Whether an app with exactly one redirect URI may leave it out.
    pub redirect_uri_optional: bool,
    /// Whether an exchange may leave out the redirect URI that its authorization request named. With PKCE it always may.
    pub redirect_uri_once: bool,
    /// Where scopes come from.
    pub scope_from: ScopeFrom,
    /// Whether a request must name its scopes.
    pub scope_required: bool,
    /// Apps whose scopes are all among these may leave them out all the same.
    #[serde(deserialize_with = "scopes")]
    pub scope_optional_for: ScopeSet,
    /// The characters between scopes in a request.
    pub scope_separators: String,
    /// Scopes without which no request is accepted.
    #[serde(deserialize_with = "scopes")]
    pub required_scopes: ScopeSet,
    /// PKCE; the server's configuration when absent.
    pub pkce: Option<PkceRule>,
    /// For whom the app acts.
    pub level: LevelFrom,
    /// Whether a tenant that was never offered is answered to the app (`access_denied`) instead of on the page.
    pub refuse_closed_place: bool,
    /// The status of a page that refuses an unknown client or redirect URI.
    pub page_status: u16,
    /// Refusals that are shown on a page with this status, whether or not the app could be answered.
    pub pages: BTreeMap<Why, u16>,
    /// Whether answers carry `iss` (RFC 9207).
    pub iss: bool,
    /// Further parameters that carry the description of an error (`error.message`).
    pub description_aliases: Vec<String>,
    /// The parameters of answers that have another name on this wire.
    pub names: BTreeMap<String, String>,
    /// Further parameters of a successful answer.
    pub members: Vec<Member>,
}

impl Default for AuthorizeRules {
    fn default() -> Self {
        AuthorizeRules {
            response_type_optional: false,
            redirect_uri_optional: false,
            redirect_uri_once: false,
            scope_from: ScopeFrom::Request,
            scope_required: false,
            scope_optional_for: ScopeSet::new(),
            scope_separators: " ".to_owned(),
            required_scopes: ScopeSet::new(),
            pkce: None,
            level: LevelFrom::App,
            refuse_closed_place: false,
            page_status: 400,
            pages: BTreeMap::new(),
            iss: true,
            description_aliases: Vec::new(),
            names: BTreeMap::new(),
            members: Vec::new(),
        }
    }
}

impl AuthorizeRules {
    /// The status of the page on which this refusal is shown, if it is shown on one.
    #[must_use]
    pub fn page(&self, refusal: &Refusal) -> Option<u16> {
        said(&self.pages, refusal).copied()
    }
}
