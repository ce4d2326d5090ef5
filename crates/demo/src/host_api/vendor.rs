//! The part of the sample host API that looks like the vendors' own: the endpoints with which their clients test a
//! connection, each with its vendor's statuses and words for yes and no.
//!
//! What is decided is decided by Symbolon, as everywhere in the host API; [`Style`] is only how a refusal is told.
//! Invariant: a style changes the wording and the status of a refusal, and never makes it a yes. Cal.com's `?apiKey=`
//! waits for API keys: until there are some, none is right.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{HostApi, MISASKED, Principal, Refused, answer, bearer};
use crate::clinic::Booking;
use crate::movie::Movie;

const FORMS: &str = "/v1/api/forms";
const ME: &str = "/v1/api/me";
const CLINIC: &str = "/api/clinic";
const BOOKINGS: &str = "/api/integrations/zapier/listBookings";
const BOOKINGS_IN_SHORT: &str = "/listBookings";
const MOVIES: &str = "/movies";

/// The day of every booking.
const DAY: &str = "2030-01-15";

/// Whether a path of the front door leads to this part, wherever a vendor is mounted. Who is behind a token is asked of
/// the server there, whose dialect has an answer of its own; this one is for whoever asks at the account's `base_url`.
#[must_use]
pub fn is_vendor_path(path: &str) -> bool {
    let movie = path.strip_prefix(MOVIES).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    movie || [FORMS, CLINIC, BOOKINGS, BOOKINGS_IN_SHORT].contains(&path)
}

pub(super) fn routes() -> Router<Arc<HostApi>> {
    let one_movie = get(read_movie).put(change_movie).patch(change_movie).delete(delete_movie);
    Router::new()
        .route(FORMS, get(list_forms))
        .route(ME, get(who))
        .route(CLINIC, get(show_clinic))
        .route(BOOKINGS, get(list_bookings))
        .route(BOOKINGS_IN_SHORT, get(list_bookings))
        .route(MOVIES, get(list_movies).post(add_movie))
        .route("/movies/{id}", one_movie)
}

pub(super) fn introduction() -> Value {
    json!({
        "GET /v1/api/forms": "Fillout: the forms of your account (scope forms:read)",
        "GET /v1/api/me": "Fillout: whose account it is (scope forms:read)",
        "GET /api/clinic": "Fullscript: your clinic (scope clinic:read)",
        "GET /listBookings": "Cal.com: your bookings (scope READ_BOOKING or BOOKING_READ; ?apiKey= waits for API keys)",
        "/movies": "Make: your movies (GET: scope read; POST, PUT, PATCH: scope write; DELETE: scope delete)",
    })
}

/// How a vendor's API says no.
#[derive(Clone, Copy)]
enum Style {
    /// 400 to every credential that will not do; only the message tells them apart.
    Fillout,
    /// 401 and 403 with their challenge, as RFC 6750 has it.
    Fullscript,
    /// 401 to every credential that will not do, and one word.
    Calcom,
    /// 401 and 403, with code and message inside an `error`.
    Make,
}

impl Style {
    fn refuse(self, refused: &Refused, token: Option<&str>) -> Response {
        let status = refused.status();
        let of_the_client = matches!(status.as_u16(), 400 | 401 | 403);
        match self {
            Style::Fullscript => refused.answer(),
            Style::Fillout => {
                let message = match token {
                    _ if !of_the_client => refused.words(),
                    None => "There is no Authorization header".to_owned(),
                    Some(token) if !token.contains('_') => "The API key is not in the right form".to_owned(),
                    Some(_) if status == StatusCode::UNAUTHORIZED => "The API key is not valid".to_owned(),
                    Some(_) => refused.words(),
                };
                let status = if of_the_client { StatusCode::BAD_REQUEST } else { status };
                let error = status.canonical_reason().unwrap_or_default();
                answer(status, &json!({ "statusCode": status.as_u16(), "error": error, "message": message }))
            }
            Style::Calcom if of_the_client => unauthorized("Unauthorized"),
            Style::Calcom => answer(status, &json!({ "message": refused.words() })),
            Style::Make => {
                let code = refused.code();
                answer(status, &json!({ "error": { "code": code, "message": refused.words() } }))
            }
        }
    }
}

impl Refused {
    fn status(&self) -> StatusCode {
        match self {
            Refused::NoCredential => StatusCode::UNAUTHORIZED,
            Refused::NoTenant => StatusCode::FORBIDDEN,
            Refused::Verdict(verdict) => verdict.status(),
            Refused::Unsure(_) => StatusCode::SERVICE_UNAVAILABLE,
            Refused::Misasked(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn code(&self) -> String {
        match self {
            Refused::NoCredential => "no_credential".to_owned(),
            Refused::NoTenant => "no_tenant".to_owned(),
            Refused::Verdict(_) => self.member("error"),
            Refused::Unsure(_) => "temporarily_unavailable".to_owned(),
            Refused::Misasked(_) => "cannot_check".to_owned(),
        }
    }

    fn words(&self) -> String {
        match self {
            Refused::NoCredential => "There is no bearer token".to_owned(),
            Refused::NoTenant => "The token speaks for an app, not for an account".to_owned(),
            Refused::Verdict(_) => self.member("error_description"),
            Refused::Unsure(reason) => reason.clone(),
            Refused::Misasked(_) => MISASKED.to_owned(),
        }
    }

    fn member(&self, name: &str) -> String {
        let Refused::Verdict(verdict) = self else { return String::new() };
        let body: Value = verdict.json().unwrap_or_default();
        body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

impl HostApi {
    /// The principal behind a request that has one of these scopes, and their tenant; or the refusal in this style.
    async fn admit(
        &self,
        headers: &HeaderMap,
        scopes: &[&str],
        style: Style,
    ) -> Result<(Principal, String), Box<Response>> {
        let token = bearer(headers);
        let mut refused = Refused::NoCredential;
        for scope in scopes {
            match self.ask(token, scope).await {
                Ok(principal) => match principal.tenant() {
                    Ok(tenant) => return Ok((principal, tenant)),
                    Err(reason) => refused = reason,
                },
                Err(reason) => refused = reason,
            }
            // Another scope can only mend a missing one.
            if refused.status() != StatusCode::FORBIDDEN {
                break;
            }
        }
        Err(Box::new(style.refuse(&refused, token)))
    }
}

async fn list_forms(State(host): State<Arc<HostApi>>, headers: HeaderMap) -> Response {
    match host.admit(&headers, &["forms:read"], Style::Fillout).await {
        Ok((_, tenant)) => {
            let forms = host.clinics.forms(&tenant).into_iter();
            let forms: Vec<Value> =
                forms.map(|form| json!({ "name": form.title, "formId": form.id })).collect();
            answer(StatusCode::OK, &forms)
        }
        Err(refusal) => *refusal,
    }
}

async fn who(State(host): State<Arc<HostApi>>, headers: HeaderMap) -> Response {
    match host.admit(&headers, &["forms:read"], Style::Fillout).await {
        Ok((principal, tenant)) => {
            // An app that acts for the whole account has nobody behind it: the installation is its own user, never somebody.
            answer(StatusCode::OK, &json!({ "userId": principal.sub, "organizationId": tenant }))
        }
        Err(refusal) => *refusal,
    }
}

async fn show_clinic(State(host): State<Arc<HostApi>>, headers: HeaderMap) -> Response {
    match host.admit(&headers, &["clinic:read"], Style::Fullscript).await {
        Ok((principal, tenant)) => {
            let clinic = json!({
                "id": tenant,
                "name": principal.tenant_name,
                "patient_count": host.clinics.bookings(&tenant).len(),
                "practitioner_count": 1,
                "discount": 0,
                "dispensary_url": format!("https://{tenant}.example.com"),
                "integration_id": null,
                "integration_activated_at": null,
            });
            answer(StatusCode::OK, &json!({ "clinic": clinic }))
        }
        Err(refusal) => *refusal,
    }
}

async fn list_bookings(
    State(host): State<Arc<HostApi>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    if form_urlencoded::parse(query.as_bytes()).any(|(name, key)| name == "apiKey" && !key.is_empty()) {
        return unauthorized("API key not valid");
    }
    match host.admit(&headers, &["READ_BOOKING", "BOOKING_READ"], Style::Calcom).await {
        Ok((_, tenant)) => {
            let bookings: Vec<Value> = host.clinics.bookings(&tenant).iter().map(booking).collect();
            answer(StatusCode::CREATED, &bookings)
        }
        Err(refusal) => *refusal,
    }
}

fn booking(booking: &Booking) -> Value {
    json!({
        "title": booking.reason,
        "startTime": format!("{DAY}T{}:00.000Z", booking.at),
        "status": "ACCEPTED",
        "attendees": [{ "name": booking.patient, "timeZone": "UTC" }],
    })
}

fn unauthorized(message: &str) -> Response {
    answer(StatusCode::UNAUTHORIZED, &json!({ "message": message }))
}

async fn list_movies(State(host): State<Arc<HostApi>>, headers: HeaderMap) -> Response {
    match host.admit(&headers, &["read"], Style::Make).await {
        Ok((_, tenant)) => answer(StatusCode::OK, &json!({ "movies": host.movies.all(&tenant) })),
        Err(refusal) => *refusal,
    }
}

async fn add_movie(State(host): State<Arc<HostApi>>, headers: HeaderMap, body: Bytes) -> Response {
    let tenant = match host.admit(&headers, &["write"], Style::Make).await {
        Ok((_, tenant)) => tenant,
        Err(refusal) => return *refusal,
    };
    let Some(title) = title(&body) else { return untitled() };
    match host.movies.add(&tenant, &title) {
        Some(movie) => answer(StatusCode::OK, &movie),
        None => wrong(StatusCode::BAD_REQUEST, "full", "The account has as many movies as it may have"),
    }
}

async fn read_movie(State(host): State<Arc<HostApi>>, headers: HeaderMap, Path(id): Path<u32>) -> Response {
    match host.admit(&headers, &["read"], Style::Make).await {
        Ok((_, tenant)) => found(host.movies.one(&tenant, id)),
        Err(refusal) => *refusal,
    }
}

async fn change_movie(
    State(host): State<Arc<HostApi>>,
    headers: HeaderMap,
    Path(id): Path<u32>,
    body: Bytes,
) -> Response {
    let tenant = match host.admit(&headers, &["write"], Style::Make).await {
        Ok((_, tenant)) => tenant,
        Err(refusal) => return *refusal,
    };
    let Some(title) = title(&body) else { return untitled() };
    found(host.movies.rename(&tenant, id, &title))
}

async fn delete_movie(State(host): State<Arc<HostApi>>, headers: HeaderMap, Path(id): Path<u32>) -> Response {
    match host.admit(&headers, &["delete"], Style::Make).await {
        Ok((_, tenant)) => found(host.movies.remove(&tenant, id)),
        Err(refusal) => *refusal,
    }
}

fn title(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Titled {
        title: String,
    }
    serde_json::from_slice::<Titled>(body).ok().map(|titled| titled.title)
}

fn found(movie: Option<Movie>) -> Response {
    match movie {
        Some(movie) => answer(StatusCode::OK, &movie),
        None => wrong(StatusCode::NOT_FOUND, "not_found", "The account has no such movie"),
    }
}

fn untitled() -> Response {
    wrong(StatusCode::BAD_REQUEST, "invalid_movie", "Send JSON with a title: {\"title\": \"…\"}")
}

fn wrong(status: StatusCode, code: &str, message: &str) -> Response {
    answer(status, &json!({ "error": { "code": code, "message": message } }))
}

#[cfg(test)]
mod tests;
