//! Error answers: how a failure is told, and the one place where it becomes a response, a log line and a count.
//!
//! A client hears the error of its dialect (RFC 6749 §5.2), a client at a resource of ours a bearer challenge (RFC 6750 §3),
//! a host that asks wrongly a problem document (RFC 9457), a person a page. An outage is 503 with `Retry-After`, never a verdict such as `invalid_client`. Whatever is refused is
//! logged and counted once, here, with its reason and never with what was presented.

use std::borrow::Cow;
use std::net::IpAddr;

use http::{HeaderValue, Response, StatusCode, header};
use symbolon_oauth::dialect::{Endpoint, write};
use symbolon_oauth::error::{ErrorCode, Refusal};
use symbolon_oauth::reason::Reason;
use symbolon_oauth::scope::ScopeSet;
use symbolon_platform::authority::Denied;
use symbolon_platform::deed::Deed;
use symbolon_store::StoreError;
use tracing::Level;
use tracing::field::display;

use crate::activity;
use crate::failure::{Failure, OnTheWay};
use crate::language::Language;
use crate::limits::Kind;
use crate::reply::{self, Body, EndsAtApp};
use crate::request::Request;
use crate::routes;
use crate::state::State;
use crate::trail::{Peer, REQUEST, Told};
use crate::views::error_page::{ErrorPage, Trouble};

/// To whom the answer goes.
#[derive(Clone, Copy)]
pub enum Reader<'a> {
    /// A client at the endpoints of a dialect, and whether it tried HTTP authentication: only then does a challenge
    /// help (a browser would ask its person for a password).
    Client(&'a Endpoint, bool),
    /// A client at a resource of ours (RFC 6750): a bearer challenge.
    Resource,
    /// A person, who reads this language.
    Person(Language),
}

impl<'a> Reader<'a> {
    /// The same, who as a person reads this language.
    fn reading(self, language: Language) -> Reader<'a> {
        match self {
            Reader::Person(_) => Reader::Person(language),
            Reader::Client(..) | Reader::Resource => self,
        }
    }

    /// The language of a page for it.
    fn language(self) -> Language {
        match self {
            Reader::Person(language) => language,
            Reader::Client(..) | Reader::Resource => Language::fallback(),
        }
    }
}

/// The seconds after which an outage may be over.
const RETRY_AFTER: &str = "1";

/// The code of what is told to a person alone.
const PAGE: &str = "page";

/// A request, as the log names it.
#[derive(Clone, Copy)]
pub struct At<'a> {
    /// The endpoint, as the metrics name it.
    pub endpoint: &'static str,
    /// The app that asked, as far as that is known.
    pub client_id: Option<&'a str>,
    /// The name of the request.
    pub request_id: &'a str,
    /// The host that it names; escaped, where that is what is wrong.
    pub host: Option<&'a str>,
    /// Who sent it, as far as we believe it.
    pub address: Option<IpAddr>,
    /// What else is known of it, once it was read whole.
    pub request: Option<&'a Request>,
    /// Where the metadata of the resource are (RFC 9728 §5.1), at one that takes access tokens.
    pub resource_metadata: Option<&'a str>,
    /// What its page offers, on the way of an app's request.
    pub on_the_way: Option<&'a OnTheWay>,
}

/// What every line about a request names of it.
#[derive(Clone, Copy)]
struct Named<'a> {
    request_id: &'a str,
    endpoint: &'static str,
    address: Option<IpAddr>,
    host: Option<&'a str>,
    client_id: Option<&'a str>,
    user: Option<&'a str>,
    ms: Option<u64>,
}

/// Writes a line about a request: what every such line names, then what is its own.
macro_rules! line {
    ($level:ident, target: $target:expr, $named:expr, $($own:tt)+) => {{
        let Named { request_id, endpoint, address, host, client_id, user, ms } = $named;
        let address = address.map(Peer).map(display);
        tracing::$level!(
            target: $target, request_id, endpoint, address, host, client_id, user, ms, $($own)+
        );
    }};
    ($level:ident, $named:expr, $($own:tt)+) => {
        line!($level, target: module_path!(), $named, $($own)+)
    };
}

/// Whose fault it is, which says how loudly it is logged.
enum Fault {
    /// Of whoever asked.
    Theirs,
    /// Nobody's: others were faster.
    Race,
    /// Ours, and what it was.
    Ours(Cow<'static, str>),
}

impl<'a> At<'a> {
    /// A request of which no more is known.
    #[must_use]
    pub fn new(endpoint: &'static str, request_id: &'a str) -> At<'a> {
        At {
            endpoint,
            client_id: None,
            request_id,
            host: None,
            address: None,
            request: None,
            resource_metadata: None,
            on_the_way: None,
        }
    }

    /// A request that was read.
    #[must_use]
    pub fn of(endpoint: &'static str, request: &'a Request) -> At<'a> {
        let (host, address) = (Some(request.host()), Some(request.address));
        At { host, address, request: Some(request), ..At::new(endpoint, &request.id) }
    }

    /// Logs and counts a refusal whose answer a browser carries to its client. Every other is noted by [`answer`].
    pub fn note(self, state: &State, refusal: &Refusal) {
        self.refused(state, refusal.code.as_str(), refusal.reason.as_str(), &Fault::Theirs);
    }

    fn refused(self, state: &State, code: &'static str, reason: &'static str, fault: &Fault) {
        let At { endpoint, client_id, request_id, host, address, request, .. } = self;
        state.metrics.refused(code, reason);
        let ms = request.map(|request| request.began.milliseconds());
        let told = request.map(|request| request.trail.told()).unwrap_or_default();
        let (client_id, user) = (client_id.or(told.client_id.as_deref()), told.user.as_deref());
        let named = Named { request_id, endpoint, address, host, client_id, user, ms };
        if let (Fault::Theirs, Some(client_id)) = (fault, client_id) {
            self.counted(state, client_id, (code, reason));
        }
        match fault {
            Fault::Theirs => line!(info, named, code, reason, "refused"),
            Fault::Race => line!(warn, named, code, reason, "a commit conflicted until the last try"),
            Fault::Ours(what) => line!(error, named, code, reason, %what, "could not be answered"),
        }
    }
}

impl At<'_> {
    /// Counts a refusal of an app for its developers. What people do on pages is none, and neither is a name that no app has.
    fn counted(self, state: &State, client_id: &str, (code, reason): (&'static str, &'static str)) {
        let At { endpoint, request_id, .. } = self;
        let is_unknown = reason == Reason::UnknownClient.as_str();
        if !is_unknown && code != PAGE && !routes::is_page(endpoint) {
            let refusal = activity::Refusal { code, reason, request_id };
            state.activity.refused(client_id, endpoint, refusal, state.now());
        }
    }
}

/// Writes the line of a request that was read and answered: what was done, and tokens that went out, at the usual level, the
/// rest at `debug`. A refusal has a line of its own.
pub fn answered(endpoint: &'static str, status: u16, request: &Request) {
    request.trail.tell(|told| {
        let tells = told.is_worth_a_line() || tracing::enabled!(target: REQUEST, Level::DEBUG);
        if tells {
            tell((endpoint, status), request, told);
        }
    });
}

fn tell((endpoint, status): (&'static str, u16), request: &Request, told: &Told) {
    let Told { client_id, user, deeds, grant_type } = told;
    let named = Named {
        request_id: &request.id,
        endpoint,
        address: Some(request.address),
        host: Some(request.host()),
        client_id: client_id.as_deref(),
        user: user.as_deref(),
        ms: Some(request.began.milliseconds()),
    };
    for deed in deeds.iter().copied().map(Deed::as_str) {
        line!(info, named, status, deed, "done");
    }
    if let Some(grant_type) = grant_type {
        line!(info, named, status, grant_type, "a token was issued");
    }
    if !told.is_worth_a_line() {
        line!(debug, target: REQUEST, named, status, "answered");
    }
}

/// Turns a failure into an answer, and logs and counts it once.
#[must_use]
pub fn answer(state: &State, reader: Reader<'_>, failure: Failure, at: At<'_>) -> Response<Body> {
    let (refusal, fault) = match failure {
        Failure::Of(client_id, failure) => {
            return answer(state, reader, *failure, At { client_id: Some(&client_id), ..at });
        }
        Failure::In(language, failure) => return answer(state, reader.reading(language), *failure, at),
        Failure::AtResource(metadata, failure) => {
            return answer(state, reader, *failure, At { resource_metadata: Some(&metadata), ..at });
        }
        Failure::OnTheWay(ways, failure) => {
            return answer(state, reader, *failure, At { on_the_way: Some(&ways), ..at });
        }
        Failure::Page(trouble) => return troubled(state, reader, &trouble, at),
        Failure::Told(told) => {
            at.note(state, &told.refusal);
            return page((state, reader.language()), &told.trouble, told.status, at);
        }
        Failure::Lacks(scopes) => {
            let description = "the token lacks a scope that the request needs";
            let refusal = Refusal::new(ErrorCode::InsufficientScope, Reason::MissingScope, description);
            at.note(state, &refusal);
            return refused(state, reader, &refusal, Some(&scopes), at);
        }
        Failure::Throttled(kind, seconds) => return throttled(state, reader, (kind, seconds), at),
        Failure::Host(status, refusal) => {
            at.note(state, &refusal);
            return problem(status, &refusal, at.request_id);
        }
        Failure::Refused(refusal) => (refusal, Fault::Theirs),
        Failure::Denied(denied) => (of_denied(denied), Fault::Theirs),
        Failure::Store(StoreError::Conflict) => (outage(), Fault::Race),
        Failure::Store(StoreError::Unavailable(what)) => (outage(), Fault::Ours(what.to_string().into())),
        Failure::Busy => (outage(), Fault::Theirs),
        Failure::Bug(what) => (mistake(Reason::Bug), Fault::Ours(what.into())),
        Failure::Template(error) => (mistake(Reason::Template), Fault::Ours(error.to_string().into())),
    };
    at.refused(state, refusal.code.as_str(), refusal.reason.as_str(), &fault);
    refused(state, reader, &refusal, None, at)
}

/// A refusal, as it is told to this reader. `scopes` are what the request needs, where that is known.
fn refused(
    state: &State,
    reader: Reader<'_>,
    refusal: &Refusal,
    scopes: Option<&ScopeSet>,
    at: At<'_>,
) -> Response<Body> {
    match reader {
        Reader::Client(endpoint, by_header) => client(endpoint, by_header, refusal, at),
        Reader::Resource => resource(refusal, scopes, at),
        Reader::Person(language) => {
            let trouble = match refusal.code.status() {
                500.. => Trouble::Unavailable,
                _ => Trouble::BadRequest { hint: refusal.description.clone() },
            };
            page((state, language), &trouble, trouble.status(), at)
        }
    }
}

/// Somebody has to wait, and is told for how long. Who is over a budget is in the log once, by whoever counts; each try that
/// follows is counted, and no line of its own at the usual level.
fn throttled(state: &State, reader: Reader<'_>, (kind, seconds): (Kind, u64), at: At<'_>) -> Response<Body> {
    let description = match kind {
        Kind::Codes => format!("too many authorization codes for one person: try again in {seconds} seconds"),
        Kind::Credentials
        | Kind::AccountAtAddress
        | Kind::Account
        | Kind::Address
        | Kind::KnownBrowser
        | Kind::SignUps
        // Of which nobody is told.
        | Kind::Mails => {
            format!("too many wrong credentials were sent from this address: try again in {seconds} seconds")
        }
    };
    let refusal = Refusal::new(ErrorCode::TemporarilyUnavailable, Reason::Throttled, description);
    let At { endpoint, client_id, request_id, .. } = at;
    state.metrics.throttled(kind);
    state.metrics.refused(refusal.code.as_str(), refusal.reason.as_str());
    if let Some(client_id) = client_id {
        at.counted(state, client_id, (refusal.code.as_str(), refusal.reason.as_str()));
    }
    tracing::debug!(request_id, endpoint, client_id, kind = kind.as_str(), seconds, "throttled");
    let mut response = match reader {
        Reader::Person(language) => {
            let trouble = Trouble::Throttled { seconds };
            page((state, language), &trouble, trouble.status(), at)
        }
        Reader::Client(..) => refused(state, reader, &refusal, None, at),
        // What is guessed there is host keys, and whoever called the host has no part in that.
        Reader::Resource => problem(429, &refusal, request_id),
    };
    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    response
}

/// A trouble, as it is told to this reader: a dialect has its own words for some.
fn troubled(state: &State, reader: Reader<'_>, trouble: &Trouble, at: At<'_>) -> Response<Body> {
    let by_us = |code| at.refused(state, code, trouble.code(), &Fault::Theirs);
    match (reader, of_trouble(trouble)) {
        (Reader::Person(language), _) => {
            by_us(PAGE);
            page((state, language), trouble, trouble.status(), at)
        }
        (Reader::Client(endpoint, by_header), Some(refusal)) => {
            at.note(state, &refusal);
            client(endpoint, by_header, &refusal, at)
        }
        (Reader::Client(..), None) | (Reader::Resource, _) => {
            by_us(ErrorCode::InvalidRequest.as_str());
            plain(trouble, at.request_id)
        }
    }
}

fn mistake(reason: Reason) -> Refusal {
    Refusal::new(ErrorCode::ServerError, reason, "the server made a mistake")
}

fn outage() -> Refusal {
    let description = "the server cannot tell right now; try again";
    Refusal::new(ErrorCode::TemporarilyUnavailable, Reason::Unavailable, description)
}

fn of_denied(denied: Denied) -> Refusal {
    let code = match denied {
        Denied::MissingScope => ErrorCode::InsufficientScope,
        Denied::RoleForbidden => ErrorCode::AccessDenied,
        Denied::AppSuspended
        | Denied::AppInDevelopment
        | Denied::NotAsItself
        | Denied::GrantRevoked
        | Denied::GrantExpired
        | Denied::UserGone
        | Denied::MembershipGone
        | Denied::TenantDisabled
        | Denied::FamilyEnded
        | Denied::TokenRevoked
        | Denied::TokenExpired
        | Denied::WrongAudience => ErrorCode::InvalidToken,
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
        Trouble::UnknownApp
        | Trouble::RedirectUriNotRegistered { .. }
        | Trouble::AppUnavailable { .. }
        | Trouble::Expired
        | Trouble::AlreadyAnswered
        | Trouble::Forged
        | Trouble::Role
        | Trouble::NotFound
        | Trouble::Throttled { .. }
        | Trouble::Unavailable
        | Trouble::UnknownHost => return None,
    };
    Some(Refusal::new(ErrorCode::InvalidRequest, reason, description))
}

fn client(endpoint: &Endpoint, by_header: bool, refusal: &Refusal, at: At<'_>) -> Response<Body> {
    let errors = &endpoint.rules.errors;
    let (status, body) = write::refusal(errors, refusal);
    let mut response = reply::passing(status, errors.format.media_type(), body);
    let challenge = match refusal.code {
        ErrorCode::InvalidClient => by_header.then_some("Basic realm=\"symbolon\""),
        ErrorCode::InvalidToken if refusal.reason == Reason::NoCredential => {
            Some("Bearer realm=\"symbolon\"")
        }
        ErrorCode::InvalidToken => Some("Bearer realm=\"symbolon\", error=\"invalid_token\""),
        ErrorCode::InsufficientScope => Some("Bearer realm=\"symbolon\", error=\"insufficient_scope\""),
        ErrorCode::InvalidRequest
        | ErrorCode::InvalidGrant
        | ErrorCode::UnauthorizedClient
        | ErrorCode::UnsupportedGrantType
        | ErrorCode::UnsupportedResponseType
        | ErrorCode::InvalidScope
        | ErrorCode::InvalidTarget
        | ErrorCode::AccessDenied
        | ErrorCode::LoginRequired
        | ErrorCode::ConsentRequired
        | ErrorCode::InteractionRequired
        | ErrorCode::RequestNotSupported
        | ErrorCode::RequestUriNotSupported
        | ErrorCode::TemporarilyUnavailable
        | ErrorCode::ServerError => None,
    };
    // A challenge belongs to 401 and 403 (RFC 9110 §11.6.1); a dialect may have made something else of the refusal.
    if let Some(challenge) = challenge.filter(|_| matches!(status, 401 | 403)) {
        challenged(&mut response, challenge.to_owned(), at);
    }
    retry_later(&mut response);
    response
}

/// RFC 6750 §3, with the scopes that the request needs where consent could give them. A role that forbids carries no
/// challenge: asking for more scope cannot help.
fn resource(refusal: &Refusal, scopes: Option<&ScopeSet>, at: At<'_>) -> Response<Body> {
    let status = refusal.status();
    let mut body = serde_json::json!({
        "error": refusal.code.as_str(),
        "error_description": refusal.description,
        "code": refusal.reason.as_str(),
        "request_id": at.request_id,
    });
    if let Some(scopes) = scopes {
        body["scope"] = scopes.as_str().into();
    }
    let mut response = reply::json(status, body.to_string().into_bytes());
    let (code, description) = (refusal.code.as_str(), &refusal.description);
    let challenge = match (status, scopes) {
        (_, Some(scopes)) => Some(format!("Bearer realm=\"symbolon\", error=\"{code}\", scope=\"{scopes}\"")),
        (401, None) if refusal.reason == Reason::NoCredential => Some("Bearer realm=\"symbolon\"".to_owned()),
        (401, None) => {
            Some(format!("Bearer realm=\"symbolon\", error=\"{code}\", error_description=\"{description}\""))
        }
        (_, None) => None,
    };
    if let Some(challenge) = challenge {
        challenged(&mut response, challenge, at);
    }
    retry_later(&mut response);
    response
}

/// A challenge, which for an access token says where the metadata of the resource are.
fn challenged(response: &mut Response<Body>, mut challenge: String, at: At<'_>) {
    if let Some(metadata) = at.resource_metadata.filter(|_| challenge.starts_with("Bearer")) {
        challenge.push_str(", resource_metadata=\"");
        challenge.push_str(metadata);
        challenge.push('"');
    }
    if let Ok(challenge) = HeaderValue::from_str(&challenge) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
}

/// RFC 9457: what is wrong with a host that asks about a credential. It has another form than what is wrong with the
/// credential, because a host hands that on to whoever called it, and this never.
fn problem(status: u16, refusal: &Refusal, request_id: &str) -> Response<Body> {
    let title = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let body = serde_json::json!({
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": refusal.description,
        "code": refusal.reason.as_str(),
        "request_id": request_id,
    });
    reply::passing(status, "application/problem+json", body.to_string().into_bytes())
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

fn page(
    (state, language): (&State, Language),
    trouble: &Trouble,
    status: u16,
    At { request_id, on_the_way, .. }: At<'_>,
) -> Response<Body> {
    let wait = match trouble {
        Trouble::Throttled { seconds } => Some(seconds.to_string()),
        _ => None,
    };
    let flow = on_the_way.map(|ways| &ways.flow);
    let page = ErrorPage { site: state.site(language), trouble, flow, request_id };
    // A request that is begun anew may need nothing more and end at its app.
    let ends_at_app = flow.and_then(|flow| flow.again.as_ref()).map(|_| EndsAtApp { script: false });
    let mut response = match reply::page(status, language, &page, ends_at_app) {
        Ok(response) => response,
        Err(_) => reply::text(status, trouble.code()),
    };
    if let Some(cookie) = on_the_way.and_then(|ways| ways.introduction.clone()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    if let Some(wait) = wait.and_then(|wait| HeaderValue::from_str(&wait).ok()) {
        response.headers_mut().insert(header::RETRY_AFTER, wait);
    }
    retry_later(&mut response);
    response
}
