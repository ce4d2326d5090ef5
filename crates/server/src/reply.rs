//! Responses: the few shapes an answer can have, each with the headers that belong to it (`Content-Security-Policy`,
//! `Cache-Control`).

use std::collections::BTreeMap;
use std::str::FromStr;

use askama::Template;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, PRAGMA};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::Full;

/// The body of every answer: known in full before its head is sent.
pub type Body = Full<Bytes>;

/// Room for the headers of nearly every answer, so that the map need not grow.
const HEADERS: usize = 12;

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// What a file may do that is opened by itself: look as it was drawn.
const ALONE: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",
);

/// An answer without headers.
fn bare(status: u16, body: Bytes) -> Response<Body> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = HeaderMap::with_capacity(HEADERS);
    response
}

/// An answer with a body.
fn with_body(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Response<Body> {
    let mut response = bare(status, body.into());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// JSON that no cache may keep (RFC 6749 §5.1).
#[must_use]
pub fn json(status: u16, body: Vec<u8>) -> Response<Body> {
    passing(status, "application/json", body)
}

/// What no cache may keep, in the encoding that a dialect gives it.
#[must_use]
pub fn passing(status: u16, content_type: &'static str, body: Vec<u8>) -> Response<Body> {
    let mut response = with_body(status, content_type, body);
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, NO_STORE);
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// Tokens, which no cache may keep (RFC 6749 §5.1), in the encoding and with the headers that a dialect gives them.
#[must_use]
pub fn tokens(
    status: u16,
    content_type: &'static str,
    body: Vec<u8>,
    also: &BTreeMap<String, String>,
) -> Response<Body> {
    let mut response = passing(status, content_type, body);
    for (name, value) in also {
        if let (Ok(name), Ok(value)) = (HeaderName::from_str(name), HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// JSON that anybody may keep for a while: metadata.
#[must_use]
pub fn public_json(body: Bytes) -> Response<Body> {
    let mut response = with_body(200, "application/json", body);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    response
}

/// Plain text.
#[must_use]
pub fn text(status: u16, body: &'static str) -> Response<Body> {
    with_body(status, "text/plain; charset=utf-8", body)
}

/// A file that may be kept for ever. Opened by itself it is in a place of its own, where nothing runs.
#[must_use]
pub fn asset(content_type: &'static str, body: Bytes, cache: &'static str) -> Response<Body> {
    let mut response = with_body(200, content_type, body);
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(CONTENT_SECURITY_POLICY, ALONE);
    response
}

/// An answer without a body.
#[must_use]
pub fn empty(status: u16) -> Response<Body> {
    let mut response = bare(status, Bytes::new());
    response.headers_mut().insert(CACHE_CONTROL, NO_STORE);
    response
}

/// 303, so that what was posted is never posted again (RFC 9700 §4.12).
#[must_use]
pub fn see_other(location: &str) -> Response<Body> {
    let mut response = empty(303);
    match HeaderValue::from_str(location) {
        Ok(location) => {
            response.headers_mut().insert(LOCATION, location);
            response
        }
        Err(_) => empty(500),
    }
}

/// Where a page's forms may lead besides this server, and whether it brings its one script.
#[derive(Clone, Debug, Default)]
pub struct Leads {
    /// A source expression for `form-action` (browsers apply it to the redirect after a post, too).
    pub form_action: Option<String>,
    /// Whether the page has a script of ours.
    pub script: bool,
}

/// A page, never kept, never framed, with nothing inline and nothing foreign in it.
///
/// # Errors
/// When the template cannot be written.
pub fn page(
    status: u16,
    template: &impl Template,
    leads: Option<Leads>,
) -> Result<Response<Body>, askama::Error> {
    let mut response = with_body(status, "text/html; charset=utf-8", template.render()?);
    let leads = leads.unwrap_or_default();
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; {}form-action 'self'{}{}; frame-ancestors 'none'; \
         base-uri 'none'",
        if leads.script { "script-src 'self'; " } else { "" },
        if leads.form_action.is_some() { " " } else { "" },
        leads.form_action.unwrap_or_default(),
    );
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(CACHE_CONTROL, NO_STORE);
    headers.insert("x-frame-options", HeaderValue::from_static("DENY"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    Ok(response)
}
