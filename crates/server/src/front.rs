//! Middleware as one function, before every handler: where the request ends, who sent it, which origin may read the answer
//! (CORS); and the headers that every answer carries. Where a request is bound is found in `front/bound.rs`; what reaches no
//! handler is answered in `front/nowhere.rs`. Built the same for the socket and for tests.

mod bound;
mod nowhere;

use std::net::IpAddr;
use std::sync::Arc;

use arc_swap::ArcSwap;
use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CONNECTION, REFERRER_POLICY, RETRY_AFTER,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, HeaderValue, Method, Request as HttpRequest, Response};
use hyper::body::{Body as HttpBody, Incoming};
use symbolon_wire::body::{self, BodyError};
use symbolon_wire::connection::Service;
use symbolon_wire::framing;
use tokio::sync::OwnedSemaphorePermit;

use crate::browser::Browser;
use crate::clock::Stopwatch;
use crate::dispatch;
use crate::failure::Failure;
use crate::forwarded::{Sender, Unknown};
use crate::reply::{self, Body};
use crate::request::Request;
use crate::routes::router::Route;
use crate::routes::{ALIVE, READY};
use crate::state::State;
use crate::told::{self, At};
use crate::trail::{REQUEST, Trail};
use crate::views::error_page::Trouble;

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
        let (name, response) = match path {
            _ if !framing::is_plain(&incoming) => ("ambiguous", self.ambiguous(&incoming, &id)),
            _ if path == ALIVE.path => bodiless(incoming, (ALIVE.name, reply::text(200, "ok\n"))).await,
            _ if path == READY.path => bodiless(incoming, (READY.name, self.ready().await)).await,
            _ => {
                let (name, response, request) = self.routed(incoming, (peer, watch), &id).await;
                if let Some(request) = request {
                    let status = response.status().as_u16();
                    told::answered(name, status, &request);
                    return self.counted((name, response), watch, &id);
                }
                (name, response)
            }
        };
        let status = response.status().as_u16();
        let ms = watch.milliseconds();
        tracing::debug!(target: REQUEST, request_id = id, endpoint = name, address = %peer, ms, status, "answered");
        self.counted((name, response), watch, &id)
    }

    /// The answer with the headers of every answer, counted.
    fn counted(
        &self,
        (name, mut response): (&'static str, Response<Body>),
        watch: Stopwatch,
        id: &str,
    ) -> Response<Body> {
        self.finish(&mut response, id);
        self.state.metrics.answered(name, response.status().as_u16(), watch.seconds());
        response
    }

    async fn ready(&self) -> Response<Body> {
        match self.state.store.is_reachable().await {
            Ok(()) if !self.state.is_stopping() => reply::text(200, "ready\n"),
            _ => {
                let mut response = reply::text(503, "not ready\n");
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
                response
            }
        }
    }

    async fn routed<B>(
        &self,
        incoming: HttpRequest<B>,
        (peer, began): (IpAddr, Stopwatch),
        id: &str,
    ) -> (&'static str, Response<Body>, Option<Request>)
    where
        B: HttpBody<Data = Bytes>,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (route, about) = match self.bound(&incoming) {
            Ok(found) => found,
            Err(astray) => {
                let answer = self.turned_away(astray, &incoming, (peer, id));
                let (name, response) = bodiless(incoming, answer).await;
                return (name, response, None);
            }
        };
        let resource_metadata = about.resource_metadata.as_deref();
        let head_only = incoming.method() == Method::HEAD;
        let (mut response, request) = match self.read(incoming, route, (peer, began), id).await {
            Ok(request) => {
                let refused = |failure| {
                    told::answer(
                        self.state,
                        about.reader,
                        failure,
                        At { resource_metadata, ..At::of(about.name, &request) },
                    )
                };
                (self.handle(route, &request).await.unwrap_or_else(refused), Some(request))
            }
            Err(trouble) => {
                let at = At { address: Some(peer), resource_metadata, ..At::new(about.name, id) };
                let mut response = told::answer(self.state, about.reader, trouble.into(), at);
                close(&mut response);
                (response, None)
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
        (about.name, response, request)
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

    async fn read<B>(
        &self,
        incoming: HttpRequest<B>,
        route: Route,
        (peer, began): (IpAddr, Stopwatch),
        id: &str,
    ) -> Result<Request, Trouble>
    where
        B: HttpBody<Data = Bytes>,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (parts, incoming) = incoming.into_parts();
        let Sender { address, unknown } = self.state.proxies.sender(peer, &parts.headers);
        if let Some(unknown) = unknown {
            self.tell_of(&unknown, address, id);
        }
        let mut request = Request {
            parts,
            body: Bytes::new(),
            oversized: false,
            room: None,
            address,
            id: id.to_owned(),
            began,
            trail: Trail::default(),
            tried: None,
        };
        request.room = self.room(route, &request).await;
        if request.room.is_none() {
            request.body = body::whole(incoming).await?;
            return Ok(request);
        }
        match body::upload(incoming).await {
            Ok(body) => request.body = body,
            Err(BodyError::TooLarge) => request.oversized = true,
            Err(error) => return Err(error.into()),
        }
        Ok(request)
    }

    /// Room for an upload, where there may be one and whoever sends it is signed in.
    async fn room(&self, route: Route, request: &Request) -> Option<OwnedSemaphorePermit> {
        let Route::Own(own) = route else { return None };
        if !own.address.row().uploads || request.method() != Method::POST {
            return None;
        }
        let browser = Browser::of(self.state, request, self.state.now()).await.ok()?;
        browser.session.as_ref()?;
        self.state.uploads.room()
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

/// Any origin may call what carries its own credential (RFC 9700 §2.6); cookies never count there.
fn share(response: &mut Response<Body>) {
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("WWW-Authenticate, Retry-After, X-Request-Id"),
    );
}
