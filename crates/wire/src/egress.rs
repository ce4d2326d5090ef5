//! The one door out: every connection this process opens begins here.
//!
//! It decides where a request may go (`admit`), how long it may take and how much it may bring back. Today it
//! reaches loopback addresses over plain http, which is all the demo needs; https and the filter for public addresses
//! belong in `admit` and in the connector, and no caller changes. Invariants: a host is an address literal, so no name
//! lookup can lead elsewhere; a redirect is an answer like any other and is never followed; no answer outgrows
//! [`MOST_BYTES`].

use std::net::IpAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName};
use http::{Method, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use url::{Host, Url};

/// The longest body that is read: 1 MiB.
pub const MOST_BYTES: usize = 1024 * 1024;
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why no answer came.
#[derive(Debug, thiserror::Error)]
pub enum EgressError {
    /// The address is not one that may be reached.
    #[error(
        "{origin} may not be reached: only http to a loopback address such as http://127.0.0.1:8080 is allowed"
    )]
    Forbidden {
        /// Where the request was to go.
        origin: String,
    },
    /// The request cannot be written as HTTP.
    #[error("the request to {origin} cannot be sent: {source}")]
    Unwritable {
        /// Where the request was to go.
        origin: String,
        /// What HTTP objects to.
        source: http::Error,
    },
    /// Nobody answered there.
    #[error("no connection to {origin}: is it running? ({source})")]
    Unreachable {
        /// Where the request was to go.
        origin: String,
        /// What the network said.
        source: hyper_util::client::legacy::Error,
    },
    /// The answer took too long.
    #[error("{origin} did not answer within {} seconds", ANSWER_WITHIN.as_secs())]
    Slow {
        /// Where the request went.
        origin: String,
    },
    /// The body is longer than [`MOST_BYTES`].
    #[error("the answer of {origin} is longer than {MOST_BYTES} bytes")]
    TooLarge {
        /// Where the request went.
        origin: String,
    },
    /// The connection broke in the middle of the body.
    #[error("the answer of {origin} broke off: {source}")]
    Broken {
        /// Where the request went.
        origin: String,
        /// What went wrong.
        source: BoxError,
    },
}

/// A request to be sent. It may carry secrets, so it cannot be printed as a whole.
pub struct Request {
    method: Method,
    url: Url,
    headers: Vec<(HeaderName, String)>,
    body: Bytes,
}

impl Request {
    /// Any method, without headers or body so far.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Request {
        Request { method, url, headers: Vec::new(), body: Bytes::new() }
    }

    /// A GET.
    #[must_use]
    pub fn get(url: Url) -> Request {
        Request::new(Method::GET, url)
    }

    /// A POST of form fields.
    #[must_use]
    pub fn post_form<N: AsRef<str>, V: AsRef<str>>(url: Url, fields: &[(N, V)]) -> Request {
        Request::new(Method::POST, url).form(fields)
    }

    /// A POST of JSON.
    #[must_use]
    pub fn post_json(url: Url, value: &serde_json::Value) -> Request {
        Request::new(Method::POST, url).json(value)
    }

    /// Gives it form fields for a body.
    #[must_use]
    pub fn form<N: AsRef<str>, V: AsRef<str>>(self, fields: &[(N, V)]) -> Request {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.carrying(body).header(CONTENT_TYPE, "application/x-www-form-urlencoded")
    }

    /// Gives it JSON for a body.
    #[must_use]
    pub fn json(self, value: &serde_json::Value) -> Request {
        self.carrying(value.to_string()).header(CONTENT_TYPE, "application/json")
    }

    /// Gives it a body and says nothing about what that is.
    #[must_use]
    pub fn carrying(mut self, body: impl Into<Bytes>) -> Request {
        self.body = body.into();
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: impl Into<String>) -> Request {
        self.headers.push((name, value.into()));
        self
    }

    /// Adds `Authorization: Bearer` (RFC 6750 §2.1).
    #[must_use]
    pub fn bearer(self, token: &str) -> Request {
        self.header(AUTHORIZATION, format!("Bearer {token}"))
    }

    /// Adds `Authorization: Basic`, both halves form-encoded first (RFC 6749 §2.3.1).
    #[must_use]
    pub fn basic(self, client_id: &str, client_secret: &str) -> Request {
        let encode = |half: &str| form_urlencoded::byte_serialize(half.as_bytes()).collect::<String>();
        let pair = format!("{}:{}", encode(client_id), encode(client_secret));
        self.header(AUTHORIZATION, format!("Basic {}", STANDARD.encode(pair)))
    }

    /// Its method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Where it goes.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Its headers, in the order they were added.
    #[must_use]
    pub fn headers(&self) -> &[(HeaderName, String)] {
        &self.headers
    }

    /// Its body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    fn into_http(self, origin: &str) -> Result<http::Request<Full<Bytes>>, EgressError> {
        let mut builder = http::Request::builder().method(self.method).uri(self.url.as_str());
        for (name, value) in self.headers {
            builder = builder.header(name, value);
        }
        builder
            .body(Full::new(self.body))
            .map_err(|source| EgressError::Unwritable { origin: origin.to_owned(), source })
    }
}

/// An answer, read to its end.
pub struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// Its status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// All its headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// One header, if it is there once and readable.
    #[must_use]
    pub fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Its body.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Its body as text; bytes that are not UTF-8 show as the replacement character.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Its body as JSON.
    ///
    /// # Errors
    /// When it is not, or not of this shape.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }
}

/// The client. Cloning shares its connections.
#[derive(Clone)]
pub struct Egress {
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Default for Egress {
    fn default() -> Egress {
        Egress::new()
    }
}

impl Egress {
    /// A client without open connections.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one door out")]
    pub fn new() -> Egress {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_WITHIN));
        connector.set_nodelay(true);
        Egress { client: Client::builder(TokioExecutor::new()).build(connector) }
    }

    /// Sends a request and reads the whole answer, whatever its status.
    ///
    /// # Errors
    /// [`EgressError`] when there is no answer to read.
    pub async fn send(&self, request: Request) -> Result<Answer, EgressError> {
        let origin = request.url.origin().ascii_serialization();
        admit(&request.url)?;
        let request = request.into_http(&origin)?;
        match tokio::time::timeout(ANSWER_WITHIN, self.exchange(request, &origin)).await {
            Ok(answer) => answer,
            Err(_) => Err(EgressError::Slow { origin }),
        }
    }

    async fn exchange(
        &self,
        request: http::Request<Full<Bytes>>,
        origin: &str,
    ) -> Result<Answer, EgressError> {
        let unreachable = |source| EgressError::Unreachable { origin: origin.to_owned(), source };
        let (head, body) = self.client.request(request).await.map_err(unreachable)?.into_parts();
        let body = Limited::new(body, MOST_BYTES).collect().await.map_err(|source| {
            let origin = origin.to_owned();
            match source.is::<LengthLimitError>() {
                true => EgressError::TooLarge { origin },
                false => EgressError::Broken { origin, source },
            }
        })?;
        Ok(Answer { status: head.status, headers: head.headers, body: body.to_bytes() })
    }
}

/// Whether a request may go there. A name is refused, even `localhost`: what it resolves to is not ours to say.
fn admit(url: &Url) -> Result<(), EgressError> {
    let loopback = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        Some(Host::Domain(_)) | None => false,
    };
    if url.scheme() == "http" && loopback && url.username().is_empty() && url.password().is_none() {
        return Ok(());
    }
    Err(EgressError::Forbidden { origin: url.origin().ascii_serialization() })
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::header::LOCATION;
    use axum::routing::get;

    use super::*;

    async fn serve(router: Router) -> Url {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, router).await });
        Url::parse(&format!("http://{address}/")).expect("a URL")
    }

    #[test]
    fn reaches_loopback_literals_only() {
        for allowed in ["http://127.0.0.1:8080/a", "http://127.1/", "http://[::1]:9/"] {
            assert!(admit(&Url::parse(allowed).expect(allowed)).is_ok(), "{allowed}");
        }
        for refused in [
            "https://127.0.0.1/",
            "http://localhost/",
            "http://10.0.0.1/",
            "http://169.254.169.254/",
            "http://0.0.0.0/",
            "http://[::ffff:127.0.0.1]/",
            "http://user@127.0.0.1/",
            "file:///etc/passwd",
        ] {
            assert!(admit(&Url::parse(refused).expect(refused)).is_err(), "{refused}");
        }
    }

    #[test]
    fn encodes_both_halves_of_basic() {
        let request = Request::get(Url::parse("http://127.0.0.1/").expect("a URL")).basic("a:b", "c d");
        assert_eq!(request.headers()[0].1, format!("Basic {}", STANDARD.encode("a%3Ab:c+d")));
    }

    #[tokio::test]
    async fn shows_a_redirect_and_does_not_follow_it() {
        let away = get(|| async { (StatusCode::SEE_OTHER, [(LOCATION, "http://127.0.0.1:1/")]) });
        let url = serve(Router::new().route("/", away)).await;
        let answer = Egress::new().send(Request::get(url)).await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(answer.header(LOCATION), Some("http://127.0.0.1:1/"));
    }

    #[tokio::test]
    async fn refuses_a_body_beyond_the_limit() {
        let url = serve(Router::new().route("/", get(|| async { vec![b'x'; MOST_BYTES + 1] }))).await;
        let refused = Egress::new().send(Request::get(url)).await.err().expect("too large");
        assert!(matches!(refused, EgressError::TooLarge { .. }), "{refused}");
    }

    #[tokio::test]
    async fn says_when_nobody_answers() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        drop(listener);
        let refused = Egress::new().send(Request::get(Url::parse(&url).expect("a URL"))).await;
        let text = refused.err().expect("nobody there").to_string();
        assert!(text.starts_with("no connection to http://127.0.0.1:"), "{text}");
    }
}
