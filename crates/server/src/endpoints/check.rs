//! Token check, `POST /v1/check`: the host's API asks whether a credential may do something. `GET /v1/me`: an app asks
//! who it is. Both read [`principal`], so they never disagree with introspection.
//!
//! What the host hands on to its caller is about its caller's credential alone. What is wrong with the host itself (its key,
//! its question) comes first, and is told in a form of its own.

use std::borrow::Cow;
use std::sync::Arc;

use http::Response;
use serde::{Deserialize, Serialize};
use symbolon_oauth::client_authentication::strip_scheme;
use symbolon_oauth::credential::{Kind, is_minted};
use symbolon_oauth::error::{ErrorCode, Refusal};
use symbolon_oauth::quoted::Quoted;
use symbolon_oauth::reason::Reason;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;
use symbolon_oauth::userinfo::Profile;
use symbolon_platform::access_token::meant_for;
use symbolon_platform::authority::Denied;
use symbolon_platform::catalogue::{Catalogue, Resource};

use crate::endpoints::guesses::{self, Verdict};
use crate::endpoints::introspect::resource_of;
use crate::endpoints::principal::{self, Principal};
use crate::failure::Failure;
use crate::limits::Tried;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::resource_metadata;
use crate::state::State;

/// What whoever comes with a wrong host key is told.
const UNKNOWN_HOST_KEY: &str = "the host key is not known here, or has ended: use the one that was shown when it was made, or \
    make another with symbolon resource rotate-key";

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
/// 401 without or with a bad credential, 403 when a scope is missing or the role forbids, 503 when unsure;
/// [`Failure::Host`] when the host is wrong.
pub async fn answer(state: &State, request: &Request) -> Result<Response<Body>, Failure> {
    let now = state.now();
    let (resource, catalogue) = host(state, request, now).await?;
    asked((state, request), &resource, &catalogue, now).await.map_err(|failure| {
        failure.at_resource(resource_metadata::of_declared(&state.issuer, &catalogue, &resource))
    })
}

/// The answer to a host that is known.
async fn asked(
    (state, request): (&State, &Request),
    resource: &Resource,
    catalogue: &Catalogue,
    now: Timestamp,
) -> Result<Response<Body>, Failure> {
    let question = Question::read(&request.body)?;
    let required = question.scopes.read(catalogue)?;
    question.is_for(resource)?;
    let token = question.token.as_deref().filter(|token| !token.is_empty()).ok_or_else(no_credential)?;
    let found = principal::of(state, token, now).await?;
    if let Some((token, app)) = found.token() {
        meant_for(token.resource.as_deref(), &resource.identifier)
            .map_err(|denied| Failure::from(denied).of(Some(&app.client.client_id)))?;
    }
    let principal = found.proven()?;
    principal.holds(&required).map_err(|denied| {
        let failure = match denied {
            Denied::MissingScope => Failure::Lacks(required),
            denied => denied.into(),
        };
        failure.of(Some(&principal.app.client.client_id))
    })?;
    let subject = principal.subject();
    written(&described(&principal, &subject))
}

/// The resource that asks, by its host key.
async fn host(
    state: &State,
    request: &Request,
    now: Timestamp,
) -> Result<(Arc<Resource>, Arc<Catalogue>), Failure> {
    let unknown = |description| Failure::Host(403, host_key(description));
    let key = bearer(request).map_err(|refusal| Failure::Host(400, refusal))?;
    let key = key.ok_or_else(|| unknown("send the host key of the resource as Authorization: Bearer"))?;
    let guess = state.limits.guess(Tried::HostKey, request.address);
    let look_up = async {
        let found = resource_of(state, key, now).await?;
        Ok(found.map_or_else(|| Verdict::Wrong(unknown(UNKNOWN_HOST_KEY)), Verdict::Right))
    };
    guesses::judged((state, request), &guess, || is_minted(key, Kind::HostKey), look_up).await
}

fn host_key(description: &'static str) -> Refusal {
    Refusal::new(ErrorCode::AccessDenied, Reason::HostKey, description)
}

/// A question that nobody's credential is to blame for.
fn unasked(reason: Reason, description: impl Into<Cow<'static, str>>) -> Failure {
    Failure::Host(400, Refusal::new(ErrorCode::InvalidRequest, reason, description))
}

impl Question {
    fn read(body: &[u8]) -> Result<Question, Failure> {
        let description =
            "the body is not a JSON object with 'token' and, if need be, 'scopes' and 'resource'";
        serde_json::from_slice(body).map_err(|_| unasked(Reason::MalformedJson, description))
    }

    /// A resource asks in its own name alone.
    fn is_for(&self, asking: &Resource) -> Result<(), Failure> {
        if self.resource.as_deref().is_none_or(|named| asking.is_called(named)) {
            return Ok(());
        }
        let own = &asking.identifier;
        let description = format!("the host key is that of {own}: it cannot ask for another resource");
        Err(Failure::Host(403, Refusal::new(ErrorCode::AccessDenied, Reason::ResourceDiffers, description)))
    }
}

/// Answers an app who it is.
///
/// # Errors
/// 401 without or with a bad token, 503 when unsure.
pub async fn me(state: &State, request: &Request) -> Result<Response<Body>, Failure> {
    let now = state.now();
    let token = bearer(request)?.ok_or_else(no_credential)?;
    let found = principal::of(state, token, now).await?;
    if let Some((token, app)) = found.token() {
        meant_for(token.resource.as_deref(), &state.issuer)
            .map_err(|denied| Failure::from(denied).of(Some(&app.client.client_id)))?;
    }
    let principal = found.proven()?;
    let subject = principal.subject();
    let facts = principal.grant.as_deref();
    let described = described(&principal, &subject);
    let tenant_id = described.tenant;
    written(&Me {
        tenant_id,
        user_id: facts.and_then(|facts| facts.person()).map(|(user, _)| user.external_id.as_str()),
        profile: principal.profile(),
        described,
    })
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

/// The same and what the standard address tells (OpenID Connect Core §5.3), under its names.
#[derive(Serialize)]
struct Me<'a> {
    #[serde(flatten)]
    described: Described<'a>,
    #[serde(flatten)]
    profile: Profile<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<&'a str>,
}

fn described<'a>(principal: &'a Principal, subject: &'a str) -> Described<'a> {
    let facts = principal.grant.as_deref();
    let person = facts.and_then(|facts| facts.person());
    Described {
        active: true,
        kind: principal.acts_as().as_str(),
        sub: subject,
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
    }
}

fn written(shown: &impl Serialize) -> Result<Response<Body>, Failure> {
    // A struct of texts and numbers always has a JSON form.
    let body = serde_json::to_vec(shown).map_err(|_| Failure::Bug("a principal has no JSON form"))?;
    Ok(reply::json(200, body))
}

fn no_credential() -> Refusal {
    Refusal::new(ErrorCode::InvalidToken, Reason::NoCredential, "send a token as Authorization: Bearer")
}

impl Scopes {
    /// Those that the request needs, all of them declared: nobody could ever hold another.
    fn read(&self, catalogue: &Catalogue) -> Result<ScopeSet, Failure> {
        let text = match self {
            Scopes::None => String::new(),
            Scopes::Text(text) => text.clone(),
            Scopes::List(list) => list.join(" "),
        };
        let scopes = ScopeSet::parse(&text);
        let scopes = scopes.map_err(|error| unasked(Reason::ScopeMalformed, error.to_string()))?;
        if let Some(unknown) = scopes.iter().find(|scope| !catalogue.scopes.contains_key(*scope)) {
            let name = Quoted(unknown);
            let description = format!("no scope {name} is declared: correct the name, or declare it");
            return Err(unasked(Reason::ScopeUnknown, description));
        }
        Ok(scopes)
    }
}
