//! A request to be sent, put together by its caller.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName};
use http_body_util::Full;
use url::{Position, Url};

use super::error::EgressError;

/// A request to be sent. It may carry secrets, so it cannot be printed as a whole.
pub struct Request {
    method: Method,
    url: Url,
    headers: Vec<(HeaderName, String)>,
    body: Bytes,
    head_only: bool,
}

impl Request {
    /// Any method, without headers or body so far.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Request {
        Request { method, url, headers: Vec::new(), body: Bytes::new(), head_only: false }
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

    /// Asks for the head of the answer alone: its body is not read. Servers answer HEAD less well than GET.
    #[must_use]
    pub fn head_only(self) -> Request {
        Request { head_only: true, ..self }
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

    pub(super) fn is_head_only(&self) -> bool {
        self.head_only
    }

    /// As it is written on a connection of its own: the address without its host, which is a header. Another name than the
    /// address has may have been given (a name that leads nowhere from here), and takes its place.
    pub(super) fn into_http(self, origin: &str) -> Result<http::Request<Full<Bytes>>, EgressError> {
        let authority = &self.url[Position::BeforeHost..Position::AfterPort];
        let path = &self.url[Position::BeforePath..Position::AfterQuery];
        let mut builder = http::Request::builder().method(self.method).uri(path);
        if !self.headers.iter().any(|(name, _)| *name == HOST) {
            builder = builder.header(HOST, authority);
        }
        for (name, value) in self.headers {
            builder = builder.header(name, value);
        }
        let unwritable = |error: http::Error| EgressError::Unwritable {
            origin: origin.to_owned(),
            said: error.to_string(),
        };
        builder.body(Full::new(self.body)).map_err(unwritable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_both_halves_of_basic() {
        let request = Request::get(Url::parse("http://127.0.0.1/").expect("a URL")).basic("a:b", "c d");
        assert_eq!(request.headers()[0].1, format!("Basic {}", STANDARD.encode("a%3Ab:c+d")));
    }

    #[test]
    fn names_one_host_the_given_one_first() {
        let hosts = |request: Request| {
            let written = request.into_http("").expect("a request");
            written.headers().get_all(HOST).iter().cloned().collect::<Vec<_>>()
        };
        let plain = || Request::get(Url::parse("http://127.0.0.1:81/").expect("a URL"));
        assert_eq!(hosts(plain()), ["127.0.0.1:81"]);
        assert_eq!(hosts(plain().header(HOST, "make.example")), ["make.example"]);
    }
}
