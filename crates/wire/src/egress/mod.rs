//! Egress: the one door out. Every connection this process opens begins here.
//!
//! It decides where a request may go (`admit`), how long it may take and how much it may bring back. Today it
//! reaches loopback addresses over plain http, which is all the demo needs; https and the filter for public addresses
//! (SSRF) belong in `admit` and in the connector, and no caller changes. Invariants: a host is an address literal, so no
//! name lookup can lead elsewhere; a redirect is an answer like any other and is never followed; no answer outgrows
//! [`MOST_BYTES`].

mod admit;
mod answer;
mod request;

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

pub use self::answer::Answer;
pub use self::request::Request;

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
        let origin = request.url().origin().ascii_serialization();
        admit::admit(request.url())?;
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

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::header::LOCATION;
    use axum::routing::get;
    use http::StatusCode;
    use url::Url;

    use super::*;

    async fn serve(router: Router) -> Url {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, router).await });
        Url::parse(&format!("http://{address}/")).expect("a URL")
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
