//! Middleware as one function, before every handler: where the request ends, which host, which method, who sent it, which
//! origin may read the answer (CORS); and the headers that every answer carries. Built the same for the socket and for tests.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use arc_swap::ArcSwap;
use bytes::Bytes;
use http::header::{
    ACCEPT, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ALLOW, AUTHORIZATION, CONNECTION, HOST,
    REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, HeaderValue, Method, Request as HttpRequest, Response, StatusCode};
use hyper::body::{Body as HttpBody, Incoming};
use symbolon_oauth::dialect::{NotFound, Serves};
use symbolon_oauth::error::{ErrorCode, Refusal};
use symbolon_oauth::reason::Reason;
use symbolon_wire::body::{self, BodyError};
use symbolon_wire::connection::Service;
use symbolon_wire::framing;

use crate::clock::Stopwatch;
use crate::dispatch;
use crate::failure::Failure;
use crate::forwarded::{Sender, Unknown, excerpt};
use crate::language::Language;
use crate::reply::{self, Body};
use crate::request::{self, Request};
use crate::resource_metadata;
use crate::routes::router::Route;
use crate::routes::{self, ALIVE, READY, Side, Who};
use crate::state::State;
use crate::told::{self, At, Reader};
use crate::views::error_page::Trouble;

/// No address is longer.
pub const ADDRESS_AT_MOST: usize = 16 * 1024;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The gate, with what is behind it. Clones are one gate.
#[derive(Clone)]
pub struct Front {
    current: Arc<ArcSwap<State>>,
}

/// The gate for one request: what is behind it stays the same from its head to its answer.
struct Gate<'s> {
    state: &'s State,
}

/// Where a request is bound.
enum Bound<'a> {
    /// A route, and what it says about itself.
    To(Route, About<'a>),
    /// No further: the head said enough for an answer, which is named for the metrics.
    Nowhere(&'static str, Response<Body>),
}

/// What a matched route says about itself, before its handler runs.
struct About<'a> {
    name: &'static str,
    reader: Reader<'a>,
    shared: bool,
    allowed: bool,
    in_popups: bool,
    /// Where the metadata of the resource are, at one that takes access tokens.
    resource_metadata: Option<String>,
}

impl Front {
    /// The gate before `state`.
    #[must_use]
    pub fn new(state: Arc<State>) -> Front {
        Front { current: Arc::new(ArcSwap::new(state)) }
    }

    /// What is behind the gate.
    #[must_use]
    pub fn state(&self) -> Arc<State> {
        self.current.load_full()
    }

    /// Puts another behind it, for every request that comes from now on.
    pub fn renew(&self, state: State) {
        self.current.store(Arc::new(state));
    }

    /// Answers one request. Never fails: what goes wrong is an answer, too.
    pub async fn answer<B>(&self, incoming: HttpRequest<B>, peer: IpAddr) -> Response<Body>
    where
        B: HttpBody<Data = Bytes>,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let state = self.current.load();
        Gate { state: &state }.answer(incoming, peer).await
    }
}

impl Gate<'_> {
    async fn answer<B>(&self, incoming: HttpRequest<B>, peer: IpAddr) -> Response<Body>
    where
        B: HttpBody<Data = Bytes>,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let watch = Stopwatch::start();
        let id = self.state.request_ids.next();
        let path = incoming.uri().path();
        let (name, mut response) = match path {
            _ if !framing::is_plain(&incoming) => ("ambiguous", self.ambiguous(language(&incoming), &id)),
            _ if path == ALIVE.path => bodiless(incoming, (ALIVE.name, reply::text(200, "ok\n"))).await,
            _ if path == READY.path => bodiless(incoming, (READY.name, self.ready().await)).await,
            _ => self.routed(incoming, peer, &id).await,
        };
        self.finish(&mut response, &id);
        let status = response.status().as_u16();
        self.state.metrics.answered(name, status, watch.seconds());
        tracing::debug!(request_id = id, route = name, status, "answered");
        response
    }

    /// Where the request ends is a matter of opinion, so nothing more is read of its connection.
    fn ambiguous(&self, language: Language, id: &str) -> Response<Body> {
        let hint = "Where the body of the request ends is not told in one way.".into();
        let trouble = Trouble::BadRequest { hint };
        let mut response =
            told::answer(self.state, Reader::Person(language), trouble.into(), At::new("ambiguous", id));
        close(&mut response);
        response
    }

    async fn ready(&self) -> Response<Body> {
        match self.state.store.is_reachable().await {
            Ok(()) if !self.state.is_stopping() => reply::text(200, "ready\n"),
            _ => {
                let mut response = reply::text(503, "not ready\n");
                response.headers_mut().insert(http::header::RETRY_AFTER, HeaderValue::from_static("1"));
                response
            }
        }
    }

    async fn routed<B>(
        &self,
        incoming: HttpRequest<B>,
        peer: IpAddr,
        id: &str,
    ) -> (&'static str, Response<Body>)
    where
        B: HttpBody<Data = Bytes>,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (route, about) = match self.bound(&incoming, id) {
            Bound::To(route, about) => (route, about),
            Bound::Nowhere(name, response) => return bodiless(incoming, (name, response)).await,
        };
        let metadata = about.resource_metadata.as_deref();
        let at = At { resource_metadata: metadata, ..At::new(about.name, id) };
        let head_only = incoming.method() == Method::HEAD;
        let mut response = match self.read(incoming, peer, id).await {
            Ok(request) => self
                .handle(route, &request)
                .await
                .unwrap_or_else(|failure| told::answer(self.state, about.reader, failure, at)),
            Err(trouble) => {
                let mut response = told::answer(self.state, about.reader, trouble.into(), at);
                close(&mut response);
                response
            }
        };
        if head_only {
            *response.body_mut() = Body::default();
        }
        if about.shared {
            share(&mut response);
        }
        if about.in_popups {
            reply::keep_opener(&mut response);
        }
        (about.name, response)
    }

    /// Where a request is bound by its head.
    fn bound<B>(&self, incoming: &HttpRequest<B>, id: &str) -> Bound<'_> {
        let path = incoming.uri().path();
        let found = if self.names_one_of(&self.state.hosts, incoming) {
            self.state.router.find(self.state.plain_host(host(incoming)), path)
        } else {
            match self.checks_at(path).filter(|_| self.names_one_of(&self.state.internal_hosts, incoming)) {
                Some(route) => Some(route),
                None => return Bound::Nowhere("unknown_host", self.misdirected(incoming, id)),
            }
        };
        if let Some((name, response)) = self.too_long(incoming, id) {
            return Bound::Nowhere(name, response);
        }
        let Some(route) = found else {
            let said = self.nothing_at(incoming, id);
            let (name, response) = said.unwrap_or_else(|| self.astray(incoming, id));
            return Bound::Nowhere(name, response);
        };
        let about = self.about(route, incoming);
        if about.shared && incoming.method() == Method::OPTIONS {
            return Bound::Nowhere(about.name, preflight(&self.methods(route)));
        }
        if !about.allowed {
            let at = At::new(about.name, id);
            let mut response = self.not_allowed(route, about.reader, at);
            if about.shared {
                share(&mut response);
            }
            return Bound::Nowhere(about.name, response);
        }
        Bound::To(route, about)
    }

    /// Where a path would lead on one of our hosts.
    fn on_any_host(&self, path: &str) -> Option<Route> {
        self.state.hosts.iter().find_map(|own| self.state.router.find(own, path))
    }

    /// The endpoint at `path` that an API asks about its callers, if there is one: what a host's own network may reach under a
    /// name of its own, because nothing there becomes a link.
    fn checks_at(&self, path: &str) -> Option<Route> {
        self.on_any_host(path).filter(|route| match *route {
            Route::Endpoint(dialect, endpoint) => {
                self.state.dialects[dialect].served(endpoint).endpoint.serves == Serves::Introspect
            }
            Route::Own(own) => own.address.row().who == Who::HostKey,
        })
    }

    /// The answer to a host that is not ours, in the words of what stands at the path on those that are.
    fn misdirected<B>(&self, incoming: &HttpRequest<B>, id: &str) -> Response<Body> {
        let about = self.on_any_host(incoming.uri().path()).map(|route| self.about(route, incoming));
        let reader = about.as_ref().map_or_else(|| Reader::Person(language(incoming)), |about| about.reader);
        let host = excerpt(host_sent(incoming));
        let at = At { host: Some(&host), ..At::new("unknown_host", id) };
        let mut response = told::answer(self.state, reader, Trouble::UnknownHost.into(), at);
        if about.is_some_and(|about| about.shared) {
            share(&mut response);
        }
        response
    }

    /// The answer to an address that is too long, wherever it leads.
    fn too_long<B>(&self, incoming: &HttpRequest<B>, id: &str) -> Option<(&'static str, Response<Body>)> {
        let length = incoming.uri().path_and_query().map_or(0, |address| address.as_str().len());
        if length <= ADDRESS_AT_MOST {
            return None;
        }
        let (name, mut response) = self.nowhere(incoming, "too_large", Trouble::TooLarge, id);
        *response.status_mut() = StatusCode::URI_TOO_LONG;
        Some((name, response))
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
    fn astray<B>(&self, incoming: &HttpRequest<B>, id: &str) -> (&'static str, Response<Body>) {
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

    fn about<B>(&self, route: Route, incoming: &HttpRequest<B>) -> About<'_> {
        let method = incoming.method();
        let by_header = incoming.headers().contains_key(AUTHORIZATION);
        let resource_metadata = resource_metadata::of_own(&self.state, route, incoming.uri().path());
        match route {
            Route::Endpoint(dialect, endpoint) => {
                let endpoint = self.state.dialects[dialect].served(endpoint).endpoint;
                let page = endpoint.serves == Serves::Authorize;
                let named = routes::methods(endpoint).any(|own| own == method.as_str());
                About {
                    name: routes::name(endpoint.serves),
                    reader: if page {
                        Reader::Person(language(incoming))
                    } else {
                        Reader::Client(endpoint, by_header)
                    },
                    shared: routes::is_shared(endpoint),
                    allowed: named,
                    in_popups: page,
                    resource_metadata,
                }
            }
            Route::Own(own) => {
                let row = own.address.row();
                About {
                    name: row.name,
                    reader: match row.side {
                        Side::Person => Reader::Person(language(incoming)),
                        Side::Program => Reader::Resource,
                    },
                    shared: row.shared,
                    allowed: row.methods.contains(method),
                    in_popups: row.in_popups,
                    resource_metadata,
                }
            }
        }
    }

    /// The methods that a route answers, for the answers that name them.
    fn methods(&self, route: Route) -> String {
        let methods: Vec<&str> = match route {
            Route::Endpoint(dialect, endpoint) => {
                let endpoint = self.state.dialects[dialect].served(endpoint).endpoint;
                routes::methods(endpoint).collect()
            }
            Route::Own(own) => own.address.row().methods.iter().map(Method::as_str).collect(),
        };
        methods.join(", ")
    }

    async fn handle(&self, route: Route, request: &Request) -> Result<Response<Body>, Failure> {
        match route {
            Route::Endpoint(dialect, endpoint) => {
                let served = self.state.dialects[dialect].served(endpoint);
                dispatch::endpoint(self.state, served, request).await
            }
            Route::Own(own) => dispatch::own(self.state, own, request).await,
        }
    }

    /// Whether a request names one of these hosts. A server that answers to any name would put that name into links and tokens
    /// (and behind a proxy, into caches).
    fn names_one_of<B>(&self, hosts: &[String], incoming: &HttpRequest<B>) -> bool {
        let named = incoming.uri().authority().map(http::uri::Authority::as_str);
        let mut headers = incoming.headers().get_all(HOST).iter();
        let header = headers.next().and_then(|host| host.to_str().ok());
        let one = headers.next().is_none();
        let known = |host: &str| {
            let host = self.state.plain_host(host);
            hosts.iter().any(|own| own.eq_ignore_ascii_case(host))
        };
        one && match (named, header) {
            (Some(named), Some(header)) => known(named) && known(header),
            (Some(only), None) | (None, Some(only)) => known(only),
            (None, None) => false,
        }
    }

    async fn read<B>(&self, incoming: HttpRequest<B>, peer: IpAddr, id: &str) -> Result<Request, Trouble>
    where
        B: HttpBody<Data = Bytes>,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (parts, body) = incoming.into_parts();
        let body = body::whole(body).await?;
        let Sender { address, unknown } = self.state.proxies.sender(peer, &parts.headers);
        if let Some(unknown) = unknown {
            self.tell_of(&unknown, address, id);
        }
        Ok(Request { parts, body, address, id: id.to_owned() })
    }

    /// Says once that a trusted proxy does not say for whom it speaks.
    fn tell_of(&self, unknown: &Unknown, proxy: IpAddr, request_id: &str) {
        const MEND: &str = "have the proxy set the header that `client_address` names, or take addresses that are no proxy's \
                            out of `trusted_proxies`";
        let header = self.state.proxies.header.as_str();
        match unknown {
            Unknown::Unsaid if self.state.limits.may_tell_of_nobody() => tracing::warn!(
                request_id,
                %proxy,
                header,
                mend = MEND,
                "a trusted proxy names nobody, so everybody behind it counts as one address: one who guesses there keeps \
                 all others waiting (told once)"
            ),
            Unknown::Unreadable(entry) if self.state.limits.may_tell_of_unreadable() => tracing::warn!(
                request_id,
                %proxy,
                header,
                entry,
                mend = MEND,
                "a trusted proxy names somebody in a way that is no address, so everybody behind it counts as one address: \
                 one who guesses there keeps all others waiting (told once)"
            ),
            Unknown::Unsaid | Unknown::Unreadable(_) => {}
        }
    }

    /// The headers of every answer.
    fn finish(&self, response: &mut Response<Body>, id: &str) {
        let headers = response.headers_mut();
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        if self.state.secure_cookies {
            headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
        }
        if let Ok(id) = HeaderValue::from_str(id) {
            headers.insert(REQUEST_ID, id);
        }
    }
}

impl Service for Front {
    fn answer(
        &self,
        request: HttpRequest<Incoming>,
        peer: IpAddr,
    ) -> impl Future<Output = Response<Body>> + Send {
        Front::answer(self, request, peer)
    }
}

impl From<BodyError> for Trouble {
    fn from(wrong: BodyError) -> Trouble {
        match wrong {
            BodyError::TooLarge => Trouble::TooLarge,
            BodyError::TooSlow => Trouble::TooSlow,
            BodyError::Broken => {
                Trouble::BadRequest { hint: "The body of the request did not arrive whole.".into() }
            }
        }
    }
}

/// An answer that asked for no body. What comes of one is read all the same: else it would be taken for the next request,
/// or the answer be lost with the connection.
async fn bodiless<B>(
    incoming: HttpRequest<B>,
    (name, mut response): (&'static str, Response<Body>),
) -> (&'static str, Response<Body>)
where
    B: HttpBody<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    if !incoming.body().is_end_stream() && body::whole(incoming.into_body()).await.is_err() {
        close(&mut response);
    }
    (name, response)
}

/// Says that nothing more is read of the connection (RFC 9112 §9.6).
fn close(response: &mut Response<Body>) {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
}

/// The host that a request names, once the gate knows it.
fn host<B>(incoming: &HttpRequest<B>) -> &str {
    let header = || incoming.headers().get(HOST).and_then(|host| host.to_str().ok());
    incoming.uri().authority().map(http::uri::Authority::as_str).or_else(header).unwrap_or_default()
}

/// The same as it was sent, be it no text.
fn host_sent<B>(incoming: &HttpRequest<B>) -> &[u8] {
    let header = || incoming.headers().get(HOST).map(HeaderValue::as_bytes);
    let named = incoming.uri().authority().map(|authority| authority.as_str().as_bytes());
    named.or_else(header).unwrap_or_default()
}

/// The language that the person reads who sent this.
fn language<B>(incoming: &HttpRequest<B>) -> Language {
    request::language(incoming.headers(), incoming.uri().query())
}

/// Whether a program asked and no person: at an address of programs everybody does but a browser that looks for a page; elsewhere
/// whoever wants JSON and no page.
fn asked_by_program<B>(incoming: &HttpRequest<B>, among_programs: bool) -> bool {
    let accepted = incoming.headers().get_all(ACCEPT);
    let wants = |word: &str| accepted.iter().any(|line| line.to_str().is_ok_and(|line| line.contains(word)));
    let reads = matches!(*incoming.method(), Method::GET | Method::HEAD);
    if among_programs { !(reads && wants("text/html")) } else { wants("json") && !wants("text/html") }
}

/// Any origin may call what carries its own credential (RFC 9700 §2.6); cookies never count there.
fn share(response: &mut Response<Body>) {
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("WWW-Authenticate, Retry-After, X-Request-Id"),
    );
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
