//! The sample host: a small forms-and-bookings API that leaves every question about credentials to Symbolon.
//!
//! This is all a product's API has to do: pass the bearer token and the scope a route needs to `POST /v1/check` with
//! its host key, look at the `kind` that comes back, go on with its tenant, and hand a refusal through as it is. Tokens
//! are never read, cached or logged here. Invariants: a tenant's data need a tenant, never just a yes; when Symbolon
//! cannot be asked, the answer is 503, never data; what is wrong with this API's own key or question is never told to its
//! callers as something wrong with their token.
//! The parts that look like a vendor's API, and refuse like it, are in [`vendor`].

mod vendor;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::json;
use symbolon_wire::egress::{Answer, Egress, Request};
use url::Url;

use super::clinic::Clinics;
use super::movie::Movies;
use super::world::World;

pub use vendor::is_vendor_path;

/// The form in which Symbolon says that it was asked wrongly (RFC 9457).
const PROBLEM: &str = "application/problem+json";

const MISASKED: &str = "this API cannot check credentials at present; nothing is wrong with yours";

/// What the host API needs to run.
pub struct HostApi {
    egress: Egress,
    check: Url,
    resource: String,
    host_key: String,
    clinics: Clinics,
    movies: Movies,
}

/// For whom a credential speaks, as `/v1/check` says.
#[derive(Deserialize)]
struct Principal {
    kind: Kind,
    sub: String,
    tenant: Option<String>,
    tenant_name: Option<String>,
}

/// As what a credential acts.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// A person, within their role in a tenant.
    Person,
    /// A tenant that installed the app.
    Tenant,
    /// The app itself: no person and no tenant is behind it.
    App,
    /// One that was not there when this was written: it gets nothing until somebody has thought about it.
    #[serde(other)]
    Unknown,
}

impl Principal {
    /// The tenant whose data it may see. What is not there is not everybody's.
    fn tenant(&self) -> Result<String, Refused> {
        match self.kind {
            Kind::Person | Kind::Tenant => self.tenant.clone().ok_or(Refused::NoTenant),
            Kind::App | Kind::Unknown => Err(Refused::NoTenant),
        }
    }
}

/// Why a request goes no further.
enum Refused {
    /// It carries no credential.
    NoCredential,
    /// Its credential speaks for an app, not for anyone's account.
    NoTenant,
    /// Symbolon said no, or not now.
    Verdict(Box<Answer>),
    /// Symbolon could not be asked.
    Unsure(String),
    /// Symbolon was asked wrongly: a mistake of this API (its host key, a scope that nobody declared), not of its caller.
    Misasked(String),
}

impl HostApi {
    /// The host API of this world.
    ///
    /// # Errors
    /// When the world lacks its resource or an address is not a URL.
    pub fn new(world: &World, egress: Egress) -> anyhow::Result<HostApi> {
        let resource = world.resource()?;
        let check = Url::parse(&format!("{}/v1/check", world.addresses.issuer))?;
        let (resource, host_key) = (resource.identifier.clone(), resource.key.clone());
        let (clinics, movies) = (Clinics::of_the_demo(), Movies::default());
        Ok(HostApi { egress, check, resource, host_key, clinics, movies })
    }

    /// Its routes.
    pub fn router(self) -> Router {
        Router::new()
            .route("/", get(introduce))
            .route("/v1/forms", get(list_forms).post(create_form))
            .route("/v1/bookings", get(list_bookings))
            .route("/v1/clinics", get(list_clinics))
            .merge(vendor::routes())
            .with_state(Arc::new(self))
    }

    /// Asks Symbolon whether a credential may do what `scope` allows.
    async fn ask(&self, token: Option<&str>, scope: &str) -> Result<Principal, Refused> {
        let token = token.ok_or(Refused::NoCredential)?;
        let question = json!({ "token": token, "scopes": [scope], "resource": self.resource });
        let request = Request::post_json(self.check.clone(), &question).bearer(&self.host_key);
        match self.egress.send(request).await {
            Ok(answer) if answer.status() == StatusCode::OK => answer
                .json()
                .map_err(|_| Refused::Unsure("the authorization server was not understood".to_owned())),
            Ok(answer) if is_verdict(&answer) => Err(Refused::Verdict(Box::new(answer))),
            Ok(answer) => Err(Refused::Misasked(format!("{} {}", answer.status(), answer.text()))),
            Err(reason) => Err(Refused::Unsure(reason.to_string())),
        }
    }

    /// Asks for a request. The error is the answer to give instead.
    async fn check(&self, headers: &HeaderMap, scope: &str) -> Result<Principal, Box<Response>> {
        self.ask(bearer(headers), scope).await.map_err(|refused| Box::new(refused.answer()))
    }

    /// The same, for what belongs to one clinic.
    async fn check_tenant(&self, headers: &HeaderMap, scope: &str) -> Result<String, Box<Response>> {
        let principal = self.check(headers, scope).await?;
        principal.tenant().map_err(|refused| Box::new(refused.answer()))
    }
}

async fn introduce(State(host): State<Arc<HostApi>>) -> Response {
    let introduction = json!({
        "service": "Forms and bookings, the sample host API of the Symbolon demo",
        "authorization": format!("Authorization: Bearer <access token>, checked at {}", host.check),
        "endpoints": {
            "GET /v1/forms": "the forms of your clinic (scope forms:read)",
            "POST /v1/forms": "adds a form, JSON {\"title\": \"…\"} (scope forms:write)",
            "GET /v1/bookings": "today's bookings of your clinic (scope bookings:read)",
            "GET /v1/clinics": "the public list of clinics (scope clinics:read)",
        },
        "endpoints in the vendors' words": vendor::introduction(),
    });
    answer(StatusCode::OK, &introduction)
}

async fn list_forms(State(host): State<Arc<HostApi>>, headers: HeaderMap) -> Response {
    match host.check_tenant(&headers, "forms:read").await {
        Ok(tenant) => answer(StatusCode::OK, &json!({ "forms": host.clinics.forms(&tenant) })),
        Err(refusal) => *refusal,
    }
}

async fn create_form(State(host): State<Arc<HostApi>>, headers: HeaderMap, body: Bytes) -> Response {
    let tenant = match host.check_tenant(&headers, "forms:write").await {
        Ok(tenant) => tenant,
        Err(refusal) => return *refusal,
    };
    #[derive(Deserialize)]
    struct NewForm {
        title: String,
    }
    let Ok(NewForm { title }) = serde_json::from_slice(&body) else {
        return problem(
            StatusCode::BAD_REQUEST,
            "invalid_form",
            "send JSON with a title: {\"title\": \"…\"}",
        );
    };
    match host.clinics.add_form(&tenant, &title) {
        Some(form) => answer(StatusCode::CREATED, &form),
        None => problem(StatusCode::NOT_FOUND, "no_such_clinic", "this API does not know the clinic"),
    }
}

async fn list_bookings(State(host): State<Arc<HostApi>>, headers: HeaderMap) -> Response {
    match host.check_tenant(&headers, "bookings:read").await {
        Ok(tenant) => answer(StatusCode::OK, &json!({ "bookings": host.clinics.bookings(&tenant) })),
        Err(refusal) => *refusal,
    }
}

async fn list_clinics(State(host): State<Arc<HostApi>>, headers: HeaderMap) -> Response {
    // Everybody may read this list, so it does not matter who asks.
    match host.check(&headers, "clinics:read").await {
        Ok(_) => answer(StatusCode::OK, &json!({ "clinics": host.clinics.listings() })),
        Err(refusal) => *refusal,
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The answers with which `/v1/check` says no, or not now, to whoever holds the credential. A problem document is for this
/// API, whatever its status.
fn is_verdict(answer: &Answer) -> bool {
    let problem = answer.header(CONTENT_TYPE).is_some_and(|form| form.starts_with(PROBLEM));
    let said = matches!(
        answer.status(),
        StatusCode::UNAUTHORIZED
            | StatusCode::FORBIDDEN
            | StatusCode::TOO_MANY_REQUESTS
            | StatusCode::SERVICE_UNAVAILABLE
    );
    said && !problem
}

impl Refused {
    fn answer(&self) -> Response {
        match self {
            Refused::NoCredential => no_credential(),
            Refused::NoTenant => {
                let message = "this credential speaks for an app, not for a clinic";
                problem(StatusCode::FORBIDDEN, "no_tenant", message)
            }
            Refused::Verdict(verdict) => hand_through(verdict),
            Refused::Unsure(reason) => unsure(reason),
            Refused::Misasked(what) => misasked(what),
        }
    }
}

/// Status, challenge and waiting time are Symbolon's to say; its JSON goes through unchanged.
fn hand_through(from: &Answer) -> Response {
    let mut response = (from.status(), from.body().clone()).into_response();
    for name in [CONTENT_TYPE, WWW_AUTHENTICATE, RETRY_AFTER] {
        if let Some(value) = from.headers().get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

/// RFC 6750 §3.1: without a credential the challenge carries no error code.
fn no_credential() -> Response {
    let message = "send Authorization: Bearer <access token>";
    let mut response = problem(StatusCode::UNAUTHORIZED, "no_credential", message);
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

fn unsure(reason: &str) -> Response {
    let mut response = problem(StatusCode::SERVICE_UNAVAILABLE, "cannot_check", reason);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

/// The caller can mend nothing, so it learns nothing but that; whoever runs this API reads what it is.
fn misasked(what: &str) -> Response {
    eprintln!("the sample API cannot check credentials: {what}");
    problem(StatusCode::INTERNAL_SERVER_ERROR, "cannot_check", MISASKED)
}

fn problem(status: StatusCode, error: &str, description: &str) -> Response {
    answer(status, &json!({ "error": error, "error_description": description }))
}

fn answer(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(body) => (status, [(CONTENT_TYPE, "application/json")], body).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests;
