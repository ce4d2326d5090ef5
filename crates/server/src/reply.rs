//! Responses: the few shapes an answer can have, each with the headers that belong to it (`Content-Security-Policy`,
//! `Cache-Control`).

use std::collections::BTreeMap;
use std::str::FromStr;

use askama::Template;
use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, PRAGMA, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::Full;
use symbolon_oauth::dialect::write::Location;

use crate::language::Language;
use crate::routes::link::Link;

/// The body of every answer: known in full before its head is sent.
pub type Body = Full<Bytes>;

/// Room for the headers of nearly every answer, so that the map need not grow.
const HEADERS: usize = 12;

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// What a file may do that is opened by itself: look as it was drawn.
const ALONE: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",
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

/// Where a 303 leads: to an address of ours, or to an app that may be answered there. There is no third kind and neither is
/// made of a plain text, so an open redirect does not compile.
pub enum Redirect {
    /// An address of ours.
    Own(Link),
    /// An app, with its answer.
    App(Location),
}

impl From<Link> for Redirect {
    fn from(link: Link) -> Redirect {
        Redirect::Own(link)
    }
}

impl From<Location> for Redirect {
    fn from(location: Location) -> Redirect {
        Redirect::App(location)
    }
}

/// How long a redirect to an address of ours may be: what every proxy passes on, whatever else the head of the answer says. What
/// needs more room travels in a page.
const OWN_AT_MOST: usize = 1000;

/// Whether a redirect may lead to an address of ours.
#[must_use]
pub fn fits_a_redirect(link: &Link) -> bool {
    link.as_str().len() <= OWN_AT_MOST
}

/// 303, so that what was posted is never posted again (RFC 9700 §4.12).
#[must_use]
pub fn see_other(to: impl Into<Redirect>) -> Response<Body> {
    let mut response = empty(303);
    let location = match &to.into() {
        Redirect::Own(link) => HeaderValue::from_str(link.as_str()),
        Redirect::App(location) => HeaderValue::from_str(location.as_str()),
    };
    match location {
        Ok(location) => {
            response.headers_mut().insert(LOCATION, location);
            response
        }
        Err(_) => empty(500),
    }
}

/// A page whose form may end at an app. It carries no `form-action`: browsers apply that to every redirect that follows a
/// post, the app's own too, and where an app leads its people on from its callback is not known here.
#[derive(Clone, Copy, Debug)]
pub struct EndsAtApp {
    /// Whether the page has a script of ours.
    pub script: bool,
}

/// The policy of a page, with these directives besides what every page has.
macro_rules! policy {
    ($more:literal) => {
        concat!(
            "default-src 'none'; style-src 'self'; img-src 'self' data:; ",
            $more,
            "frame-ancestors 'none'; base-uri 'none'"
        )
    };
}

/// A page in a language, never kept, never framed, with nothing inline and nothing foreign in it.
///
/// # Errors
/// When the template cannot be written.
pub fn page(
    status: u16,
    language: Language,
    template: &impl Template,
    ends_at_app: Option<EndsAtApp>,
) -> Result<Response<Body>, askama::Error> {
    let mut response = with_body(status, "text/html; charset=utf-8", template.render()?);
    let policy = match ends_at_app {
        None => policy!("form-action 'self'; "),
        Some(EndsAtApp { script: false }) => policy!(""),
        Some(EndsAtApp { script: true }) => policy!("script-src 'self'; "),
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(CACHE_CONTROL, NO_STORE);
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    headers.insert(VARY, HeaderValue::from_static("Accept-Language"));
    headers.insert("x-frame-options", HeaderValue::from_static("DENY"));
    headers.insert(OPENER_POLICY, HeaderValue::from_static("same-origin"));
    Ok(response)
}

/// The same for a page with a script of ours, whose forms end here.
///
/// # Errors
/// When the template cannot be written.
pub fn page_with_script(
    status: u16,
    language: Language,
    template: &impl Template,
) -> Result<Response<Body>, askama::Error> {
    const POLICY: HeaderValue = HeaderValue::from_static(policy!("script-src 'self'; form-action 'self'; "));
    let mut response = page(status, language, template, None)?;
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, POLICY);
    Ok(response)
}

/// The same for one that shows a page of ours in a frame.
///
/// # Errors
/// When the template cannot be written.
pub fn page_with_frames(
    status: u16,
    language: Language,
    template: &impl Template,
) -> Result<Response<Body>, askama::Error> {
    const POLICY: HeaderValue =
        HeaderValue::from_static(policy!("script-src 'self'; form-action 'self'; frame-src 'self'; "));
    let mut response = page(status, language, template, None)?;
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, POLICY);
    Ok(response)
}

/// A page that a page of ours may show in a frame, because nothing can be done on it: no form is sent, nothing runs, and what
/// is in it is in a place of its own, which has no cookies.
///
/// # Errors
/// When the template cannot be written.
pub fn preview(language: Language, template: &impl Template) -> Result<Response<Body>, askama::Error> {
    const POLICY: HeaderValue = HeaderValue::from_static(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'none'; frame-ancestors 'self'; \
         base-uri 'none'; sandbox",
    );
    let mut response = page(200, language, template, None)?;
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    headers.insert("x-frame-options", HeaderValue::from_static("SAMEORIGIN"));
    Ok(response)
}

/// Lets a page keep the window that opened it: an app that connects in a popup is waiting there.
pub fn keep_opener(response: &mut Response<Body>) {
    response.headers_mut().remove(OPENER_POLICY);
}
