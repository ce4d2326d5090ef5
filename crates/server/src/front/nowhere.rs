//! The answers to what reaches no handler, each in the form that whoever asked can read.

use std::borrow::Cow;
use std::net::IpAddr;

use http::header::{
    ACCEPT, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_MAX_AGE, ALLOW, HOST,
};
use http::{HeaderValue, Method, Request as HttpRequest, Response, StatusCode};
use symbolon_oauth::dialect::NotFound;
use symbolon_oauth::error::{ErrorCode, Refusal};
use symbolon_oauth::reason::Reason;

use super::bound::{Astray, host, language};
use super::{Gate, close, share};
use crate::forwarded::excerpt;
use crate::reply::{self, Body};
use crate::routes::router::Route;
use crate::told::{self, At, Reader};
use crate::views::error_page::Trouble;

impl Gate<'_> {
    /// The answer to a request that reaches no handler, with its name for the metrics.
    pub(super) fn turned_away<B>(
        &self,
        astray: Astray<'_>,
        incoming: &HttpRequest<B>,
        (peer, id): (IpAddr, &str),
    ) -> (&'static str, Response<Body>) {
        let sender = || self.state.proxies.sender(peer, incoming.headers()).address;
        match astray {
            Astray::UnknownHost => ("unknown_host", self.misdirected(incoming, (sender(), id))),
            Astray::TooLong => {
                let (name, mut response) = self.nowhere(incoming, "too_large", Trouble::TooLarge, id);
                *response.status_mut() = StatusCode::URI_TOO_LONG;
                (name, response)
            }
            Astray::Nothing => self.nothing_at(incoming, id).unwrap_or_else(|| self.not_found(incoming, id)),
            Astray::Preflight(route, about) => (about.name, preflight(&self.methods(route))),
            Astray::Method(route, about) => {
                let at = At { address: Some(sender()), ..At::new(about.name, id) };
                let mut response = self.not_allowed(route, about.reader, at);
                if about.shared {
                    share(&mut response);
                }
                (about.name, response)
            }
        }
    }

    /// Where the request ends is a matter of opinion, so nothing more is read of its connection.
    pub(super) fn ambiguous<B>(&self, incoming: &HttpRequest<B>, id: &str) -> Response<Body> {
        let hint = "Where the body of the request ends is not told in one way.".into();
        let trouble = Trouble::BadRequest { hint };
        let (_, mut response) = self.nowhere(incoming, "ambiguous", trouble, id);
        close(&mut response);
        response
    }

    /// The answer to a host that is not ours, in the words of what stands at the path on those that are.
    fn misdirected<B>(&self, incoming: &HttpRequest<B>, (sender, id): (IpAddr, &str)) -> Response<Body> {
        let about = self.on_any_host(incoming.uri().path()).map(|route| self.about(route, incoming));
        let reader = about.as_ref().map_or_else(|| Reader::Person(language(incoming)), |about| about.reader);
        let host = excerpt(host_sent(incoming));
        let at = At { host: Some(&host), address: Some(sender), ..At::new("unknown_host", id) };
        let mut response = told::answer(self.state, reader, Trouble::UnknownHost.into(), at);
        if about.is_some_and(|about| about.shared) {
            share(&mut response);
        }
        response
    }

    /// The answer to what reaches no route.
    fn nowhere<B>(
        &self,
        incoming: &HttpRequest<B>,
        name: &'static str,
        trouble: Trouble,
        id: &str,
    ) -> (&'static str, Response<Body>) {
        let reader = Reader::Person(language(incoming));
        (name, told::answer(self.state, reader, trouble.into(), At::new(name, id)))
    }

    /// The answer where nothing stands, in the form that whoever asked can read.
    fn not_found<B>(&self, incoming: &HttpRequest<B>, id: &str) -> (&'static str, Response<Body>) {
        let state = self.state;
        let path = incoming.uri().path();
        if !asked_by_program(incoming, state.router.is_of_programs(path)) {
            return self.nowhere(incoming, "not_found", Trouble::NotFound, id);
        }
        if incoming.method() == Method::OPTIONS {
            // A script is shown the answer to what it asks next only if this allows it to ask.
            return ("not_found", preflight("GET, HEAD, POST"));
        }
        let description = match state.router.meant(state.plain_host(host(incoming)), path) {
            Some((route, meant)) => {
                let origin = match route {
                    Route::Endpoint(dialect, _) => &state.dialects[dialect].origin,
                    Route::Own(_) => &state.issuer,
                };
                format!("nothing stands at this address: write {origin}{meant}").into()
            }
            None => {
                Cow::Borrowed("nothing stands at this address: compare it with the metadata of the server")
            }
        };
        let refusal = Refusal::new(ErrorCode::InvalidRequest, Reason::NotFound, description);
        let at = At::new("not_found", id);
        let mut response = told::answer(state, Reader::Resource, refusal.into(), at);
        if incoming.method() == Method::HEAD {
            *response.body_mut() = Body::default();
        }
        share(&mut response);
        ("not_found", response)
    }

    fn not_allowed(&self, route: Route, reader: Reader<'_>, at: At<'_>) -> Response<Body> {
        let mut response = told::answer(self.state, reader, Trouble::MethodNotAllowed.into(), at);
        if let Ok(methods) = HeaderValue::from_str(&self.methods(route)) {
            response.headers_mut().insert(ALLOW, methods);
        }
        response
    }

    /// What the dialect whose address this would be says where nothing stands, if it says something.
    fn nothing_at<B>(&self, incoming: &HttpRequest<B>, id: &str) -> Option<(&'static str, Response<Body>)> {
        let state = self.state;
        let dialect = state.router.nothing_at(state.plain_host(host(incoming)), incoming.uri().path())?;
        let NotFound { status, body } = state.dialects[dialect].dialect.not_found.as_ref()?;
        let refusal = Refusal::new(ErrorCode::InvalidRequest, Reason::NotFound, "nothing stands here");
        At::new("not_found", id).note(state, &refusal);
        let head_only = incoming.method() == Method::HEAD;
        let body = if head_only { Vec::new() } else { body.clone().into_bytes() };
        Some(("not_found", reply::json(*status, body)))
    }
}

/// The host that a request names, as it was sent, be it no text.
fn host_sent<B>(incoming: &HttpRequest<B>) -> &[u8] {
    let header = || incoming.headers().get(HOST).map(HeaderValue::as_bytes);
    let named = incoming.uri().authority().map(|authority| authority.as_str().as_bytes());
    named.or_else(header).unwrap_or_default()
}

/// Whether a program asked and no person: at an address of programs everybody does but a browser that looks for a page; elsewhere
/// whoever wants JSON and no page.
fn asked_by_program<B>(incoming: &HttpRequest<B>, among_programs: bool) -> bool {
    let accepted = incoming.headers().get_all(ACCEPT);
    let wants = |word: &str| accepted.iter().any(|line| line.to_str().is_ok_and(|line| line.contains(word)));
    let reads = matches!(*incoming.method(), Method::GET | Method::HEAD);
    if among_programs { !(reads && wants("text/html")) } else { wants("json") && !wants("text/html") }
}

fn preflight(methods: &str) -> Response<Body> {
    let mut response = reply::empty(204);
    share(&mut response);
    let headers = response.headers_mut();
    // The star does not stand for Authorization (Fetch §4.9); clients send headers of their own, such as an API version.
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("Authorization, Content-Type, *"));
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200"));
    if let Ok(methods) = HeaderValue::from_str(methods) {
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
    }
    response
}
