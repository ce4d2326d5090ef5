//! Token check, `POST /v1/check`: the host's API asks whether a credential may do something. `GET /v1/me`: an app asks
//! who it is. Both read [`principal`], so they never disagree with introspection.

use http::Response;
use serde::{Deserialize, Serialize};
use symbolon_oauth::client_authentication::strip_scheme;
use symbolon_oauth::error::{ErrorCode, Refusal};
use symbolon_oauth::reason::Reason;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::authority::Denied;

use crate::endpoints::guesses;
use crate::endpoints::introspect::resource_of;
use crate::endpoints::principal::{self, Principal};
use crate::failure::Failure;
use crate::limits::Tried;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::state::State;

/// What the host's API asks.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    /// The credential it was given.
    #[serde(default)]
    token: Option<String>,
    /// The scopes the request needs: a list, or one text with spaces.
    #[serde(default)]
    scopes: Scopes,
    /// The resource it is; the asking key's own when absent.
    #[serde(default)]
    resource: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Scopes {
    #[default]
    None,
    Text(String),
    List(Vec<String>),
}

/// Answers whether a credential may do something.
///
/// # Errors
/// 401 without or with a bad host key or credential, 403 when a scope is missing or the role forbids, 503 when unsure.
pub async fn answer(state: &State, request: &Request) -> Result<Response<Body>, Failure> {
    let now = state.now();
    let key = bearer(request)?.ok_or_else(no_credential)?;
    let guess = state.limits.guess(Tried::HostKey, request.address);
    guesses::may_be_tried(&guess, now)?;
    let Some(resource) = resource_of(state, key, now).await? else {
        let refusal = Refusal::new(ErrorCode::InvalidToken, Reason::HostKey, "the host key is not valid");
        return Err(guesses::wrong(state, request, &guess, refusal.into()));
    };
    guesses::right(&guess, now)?;
    let question: Question = serde_json::from_slice(&request.body).map_err(|_| {
        let description =
            "the body is not a JSON object with 'token' and, if need be, 'scopes' and 'resource'";
        Refusal::new(ErrorCode::InvalidRequest, Reason::MalformedJson, description)
    })?;
    let required = question.scopes.read()?;
    let token = question.token.as_deref().filter(|token| !token.is_empty()).ok_or_else(no_credential)?;
    let principal = principal::of(state, token, now).await?.proven()?;
    let may = principal.asked_for(&resource, question.resource.as_deref());
    may.and_then(|()| principal.holds(&required)).map_err(|denied| {
        let failure = match denied {
            Denied::MissingScope => Failure::Lacks(required),
            denied => denied.into(),
        };
        failure.of(Some(&principal.app.client.client_id))
    })?;
    describe(&principal)
}

/// Answers an app who it is.
///
/// # Errors
/// 401 without or with a bad token, 503 when unsure.
pub async fn me(state: &State, request: &Request) -> Result<Response<Body>, Failure> {
    let now = state.now();
    let token = bearer(request)?.ok_or_else(no_credential)?;
    let principal = principal::of(state, token, now).await?.proven()?;
    let may = principal.meant_for(&state.issuer).map_err(Failure::from);
    may.map_err(|failure| failure.of(Some(&principal.app.client.client_id)))?;
    describe(&principal)
}

/// The bearer token of a request (RFC 6750 §2.1). Never from an address.
fn bearer(request: &Request) -> Result<Option<&str>, Refusal> {
    Ok(request.authorization()?.and_then(|header| strip_scheme(header, "bearer")))
}

/// Who a credential is. What is absent is left out.
#[derive(Serialize)]
struct Described<'a> {
    active: bool,
    kind: &'static str,
    sub: &'a str,
    app: &'a str,
    app_name: &'a str,
    scopes: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grant: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    base_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'a str>,
}

fn describe(principal: &Principal) -> Result<Response<Body>, Failure> {
    let facts = principal.grant.as_deref();
    let person = facts.and_then(|facts| facts.person());
    let subject = principal.subject();
    let shown = Described {
        active: true,
        kind: principal.acts_as().as_str(),
        sub: &subject,
        app: &principal.app.client.client_id,
        app_name: &principal.app.name,
        scopes: principal.scopes.iter().collect(),
        expires_at: principal.token.expires_at.map(Timestamp::seconds),
        resource: principal.token.resource.as_deref(),
        tenant: facts.map(|facts| facts.tenant.external_id.as_str()),
        tenant_name: facts.map(|facts| facts.tenant.name.as_str()),
        level: facts.map(|facts| facts.grant.level.as_str()),
        grant: facts.map(|facts| facts.grant.id.to_string()),
        base_url: facts.and_then(|facts| facts.tenant.base_url.as_deref()),
        user: person.map(|(user, _)| user.external_id.as_str()),
        role: person.and_then(|(_, role)| role),
    };
    // A struct of texts and numbers always has a JSON form.
    let body = serde_json::to_vec(&shown).map_err(|_| Failure::Bug("a principal has no JSON form"))?;
    Ok(reply::json(200, body))
}

fn no_credential() -> Refusal {
    Refusal::new(ErrorCode::InvalidToken, Reason::NoCredential, "send a token as Authorization: Bearer")
}

impl Scopes {
    fn read(&self) -> Result<ScopeSet, Refusal> {
        let text = match self {
            Scopes::None => String::new(),
            Scopes::Text(text) => text.clone(),
            Scopes::List(list) => list.join(" "),
        };
        ScopeSet::parse(&text).map_err(|error| {
            Refusal::new(ErrorCode::InvalidRequest, Reason::ScopeMalformed, error.to_string())
        })
    }
}
