//! Everything that can go wrong in a handler, and the one place where it becomes an answer.
//!
//! An outage is 503 with `Retry-After`, never a verdict such as `invalid_client`. A refusal is logged once, here, with
//! its reason and never with what was presented.

use http::{HeaderValue, Response, StatusCode, header};
use symbolon_oauth::dialect::{Endpoint, write};
use symbolon_oauth::error::{ErrorCode, Refusal};
use symbolon_oauth::reason::Reason;
use symbolon_platform::authority::Denied;
use symbolon_store::StoreError;

use crate::clock;
use crate::pages::error_page::{ErrorPage, Trouble};
use crate::password;
use crate::reply::{self, Body};
use crate::state::State;

/// What can go wrong.
#[derive(Debug)]
pub enum Failure {
    /// The protocol refuses.
    Refused(Refusal),
    /// Authority denies, at a resource or a check.
    Denied(Denied),
    /// A person has to be told on a page.
    Page(Box<Trouble>),
    /// The same, with the status that a dialect gives it.
    PageAt(u16, Box<Trouble>),
    /// The storage lost a race that could not be decided again, or is not reachable.
    Store(StoreError),
    /// Too much is asked at once, or the operating system gives no randomness.
    Busy,
    /// A mistake of ours, in words for the log.
    Bug(&'static str),
    /// A page could not be written.
    Template(askama::Error),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        Failure::Refused(refusal)
    }
}

impl From<Denied> for Failure {
    fn from(denied: Denied) -> Failure {
        Failure::Denied(denied)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::Store(error)
    }
}

impl From<clock::Unavailable> for Failure {
    fn from(_: clock::Unavailable) -> Failure {
        Failure::Busy
    }
}

impl From<password::PasswordError> for Failure {
    fn from(_: password::PasswordError) -> Failure {
        Failure::Busy
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Failure {
        Failure::Page(Box::new(trouble))
    }
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Failure {
        Failure::Template(error)
    }
}

/// To whom the answer goes.
#[derive(Clone, Copy)]
pub enum Face<'a> {
    /// A client at the endpoints of a dialect, and whether it tried HTTP authentication: only then does a challenge
    /// help (a browser would ask its person for a password).
    Client(&'a Endpoint, bool),
    /// A client at a resource of ours (RFC 6750): a bearer challenge.
    Resource,
    /// A person.
    Person,
}

/// The seconds after which an outage may be over.
const RETRY_AFTER: &str = "1";

/// Turns a failure into an answer, and logs it once.
#[must_use]
pub fn answer(state: &State, face: Face<'_>, failure: Failure, request_id: &str) -> Response<Body> {
    let (refusal, denied) = match failure {
        Failure::Page(trouble) => {
            return match face {
                Face::Person => page(state, &trouble, None, request_id),
                Face::Client(endpoint, by_header) => match of_trouble(&trouble) {
                    Some(refusal) => client(endpoint, by_header, &refusal),
                    None => plain(&trouble, request_id),
                },
                Face::Resource => plain(&trouble, request_id),
            };
        }
        Failure::PageAt(status, trouble) => return page(state, &trouble, Some(status), request_id),
        Failure::Refused(refusal) => (refusal, None),
        Failure::Denied(denied) => (of_denied(denied), Some(denied)),
        Failure::Store(StoreError::Conflict) => {
            tracing::warn!(request_id, "a commit conflicted twice");
            (outage(), None)
        }
        Failure::Store(StoreError::Unavailable(reason)) => {
            tracing::error!(request_id, %reason, "the storage is not available");
            (outage(), None)
        }
        Failure::Busy => (outage(), None),
        Failure::Bug(what) => {
            tracing::error!(request_id, what, "a mistake of the server's own");
            (Refusal::new(ErrorCode::ServerError, Reason::Bug, "the server made a mistake"), None)
        }
        Failure::Template(error) => {
            tracing::error!(request_id, %error, "a page could not be written");
            (Refusal::new(ErrorCode::ServerError, Reason::Template, "the server made a mistake"), None)
        }
    };
    tracing::info!(request_id, code = refusal.code.as_str(), reason = refusal.reason.as_str(), "refused");
    state.metrics.refused(refusal.code.as_str(), refusal.reason.as_str());
    match face {
        Face::Client(endpoint, by_header) => client(endpoint, by_header, &refusal),
        Face::Resource => resource(&refusal, denied, request_id),
        Face::Person => {
            let trouble = match refusal.code {
                ErrorCode::TemporarilyUnavailable | ErrorCode::ServerError => Trouble::Unavailable,
                _ => Trouble::BadRequest { hint: refusal.description },
            };
            page(state, &trouble, None, request_id)
        }
    }
}

fn outage() -> Refusal {
    let description = "the server cannot tell right now; try again";
    Refusal::new(ErrorCode::TemporarilyUnavailable, Reason::Unavailable, description)
}

fn of_denied(denied: Denied) -> Refusal {
    let code = match denied {
        Denied::MissingScope => ErrorCode::InsufficientScope,
        Denied::RoleForbidden => ErrorCode::AccessDenied,
        _ => ErrorCode::InvalidToken,
    };
    Refusal::new(code, denied.reason(), denied.to_string())
}

/// A trouble of the request itself that a dialect has words for.
fn of_trouble(trouble: &Trouble) -> Option<Refusal> {
    let (reason, description) = match trouble {
        Trouble::MethodNotAllowed => (Reason::Method, "this method is not answered here"),
        Trouble::TooSlow => (Reason::TooSlow, "the body of the request did not arrive in time"),
        Trouble::TooLarge => (Reason::TooLarge, "the request is larger than 64 KiB"),
        Trouble::BadRequest { .. } => (Reason::UnreadableBody, "the request did not arrive whole"),
        _ => return None,
    };
    Some(Refusal::new(ErrorCode::InvalidRequest, reason, description))
}

fn client(endpoint: &Endpoint, by_header: bool, refusal: &Refusal) -> Response<Body> {
    let errors = &endpoint.rules.errors;
    let (status, body) = write::refusal(errors, refusal);
    let mut response = reply::passing(status, errors.format.media_type(), body);
    let challenge = match refusal.code {
        ErrorCode::InvalidClient if by_header => Some("Basic realm=\"symbolon\""),
        ErrorCode::InvalidToken if refusal.reason == Reason::NoCredential => {
            Some("Bearer realm=\"symbolon\"")
        }
        ErrorCode::InvalidToken => Some("Bearer realm=\"symbolon\", error=\"invalid_token\""),
        ErrorCode::InsufficientScope => Some("Bearer realm=\"symbolon\", error=\"insufficient_scope\""),
        _ => None,
    };
    // A challenge belongs to 401 and 403 (RFC 9110 §11.6.1); a dialect may have made something else of the refusal.
    if let Some(challenge) = challenge.filter(|_| matches!(status, 401 | 403)) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    retry_later(&mut response);
    response
}

/// RFC 6750 §3. A role that forbids carries no challenge: asking for more scope cannot help.
fn resource(refusal: &Refusal, denied: Option<Denied>, request_id: &str) -> Response<Body> {
    let status = if denied == Some(Denied::RoleForbidden) { 403 } else { refusal.code.status() };
    let body = serde_json::json!({
        "error": refusal.code.as_str(),
        "error_description": refusal.description,
        "code": refusal.reason.as_str(),
        "request_id": request_id,
    });
    let mut response = reply::json(status, body.to_string().into_bytes());
    if status == 401 {
        let challenge = if refusal.reason == Reason::NoCredential {
            "Bearer realm=\"symbolon\"".to_owned()
        } else {
            format!(
                "Bearer realm=\"symbolon\", error=\"{}\", error_description=\"{}\"",
                refusal.code.as_str(),
                refusal.description
            )
        };
        if let Ok(challenge) = HeaderValue::from_str(&challenge) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
    }
    retry_later(&mut response);
    response
}

/// A trouble of the request itself, told to a program.
fn plain(trouble: &Trouble, request_id: &str) -> Response<Body> {
    let body = serde_json::json!({
        "error": ErrorCode::InvalidRequest.as_str(),
        "error_description": trouble.code(),
        "request_id": request_id,
    });
    let mut response = reply::json(trouble.status(), body.to_string().into_bytes());
    retry_later(&mut response);
    response
}

fn retry_later(response: &mut Response<Body>) {
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
    }
}

fn page(state: &State, trouble: &Trouble, status: Option<u16>, request_id: &str) -> Response<Body> {
    let (status, code) = (status.unwrap_or_else(|| trouble.status()), trouble.code());
    tracing::info!(request_id, status, code, "an error page is shown");
    state.metrics.refused("page", code);
    let wait = match trouble {
        Trouble::Throttled { seconds } => Some(seconds.to_string()),
        _ => None,
    };
    let mut response = match reply::page(status, &ErrorPage { site: &state.site, trouble, request_id }, None)
    {
        Ok(response) => response,
        Err(_) => reply::text(status, code),
    };
    if let Some(wait) = wait.and_then(|wait| HeaderValue::from_str(&wait).ok()) {
        response.headers_mut().insert(header::RETRY_AFTER, wait);
    }
    retry_later(&mut response);
    response
}
