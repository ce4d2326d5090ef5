//! Egress: the one door out. Every connection this process opens on somebody's word begins here.
//!
//! It decides where a request may go (`rules`, `refused`), how long it may take and how much it may bring back. A name is resolved
//! once, all its addresses are judged, and the connection is opened to a judged address and no other, so a name that changes its
//! mind (DNS rebinding) leads nowhere; an address literal goes the same way. Each request has a connection of its own: none is kept
//! from before a rule or a name changed. Redirects are answers like any other, proxies of the environment are not looked at, and
//! nothing is decompressed.

mod answer;
mod client_tls;
mod connect;
mod error;
mod refused;
mod request;
mod resolve;
mod rules;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use url::Url;

pub use self::answer::Answer;
pub use self::client_tls::{Authorities, AuthoritiesError};
pub use self::connect::Proxy;
pub use self::error::{CertificateFault, EgressError};
pub use self::request::Request;
pub use self::rules::{Allow, PORTS, Rules};

use self::resolve::Names;
use self::rules::Target;

/// The longest head of an answer that is read.
pub const HEADERS_AT_MOST: usize = 16 * 1024;
/// How many requests are under way at a time; more wait within their own time.
const AT_ONCE: usize = 64;

/// How long a request may take and how much it may bring back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// To a connection, TLS included.
    pub connect: Duration,
    /// From the beginning to the last byte of the answer.
    pub total: Duration,
    /// The longest body that is read, in bytes.
    pub body: usize,
}

impl Limits {
    /// For addresses that somebody else chose: 5 s to a connection, 15 s in all, 64 KiB.
    pub const STRANGERS: Limits =
        Limits { connect: Duration::from_secs(5), total: Duration::from_secs(15), body: 64 * 1024 };
    /// For one's own servers on this machine: 5 s to a connection, 10 s in all, 1 MiB.
    pub const LOOPBACK: Limits =
        Limits { connect: Duration::from_secs(5), total: Duration::from_secs(10), body: 1024 * 1024 };
}

/// How this process goes out.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What may be reached.
    pub rules: Rules,
    /// The resolver that is asked; the system's when none is named.
    pub resolver: Option<SocketAddr>,
    /// The proxy that everything goes through.
    pub proxy: Option<Proxy>,
    /// Authorities that are trusted beside the system's.
    pub authorities: Authorities,
}

/// The client. Clones count as one: what is under way is limited together.
#[derive(Clone)]
pub struct Egress {
    reach: Arc<Reach>,
    at_once: Arc<Semaphore>,
    limits: Limits,
}

enum Reach {
    /// Loopback literals over plain http.
    Loopback,
    /// What the rules admit.
    Ruled(Box<Ruled>),
}

struct Ruled {
    rules: Rules,
    names: Names,
    proxy: Option<Proxy>,
    authorities: Authorities,
    tls: OnceLock<Result<Arc<ClientConfig>, rustls::Error>>,
}

impl Egress {
    /// A client for the addresses that strangers give.
    #[must_use]
    pub fn new(settings: Settings) -> Egress {
        let ruled = Ruled {
            rules: settings.rules,
            names: Names { resolver: settings.resolver },
            proxy: settings.proxy,
            authorities: settings.authorities,
            tls: OnceLock::new(),
        };
        let at_once = Arc::new(Semaphore::new(AT_ONCE));
        Egress { reach: Arc::new(Reach::Ruled(Box::new(ruled))), at_once, limits: Limits::STRANGERS }
    }

    /// A client that reaches nothing but loopback literals over plain http: for the demo, and for asking one's own server.
    #[must_use]
    pub fn loopback() -> Egress {
        let at_once = Arc::new(Semaphore::new(AT_ONCE));
        Egress { reach: Arc::new(Reach::Loopback), at_once, limits: Limits::LOOPBACK }
    }

    /// The same with other limits.
    #[must_use]
    pub fn within(&self, limits: Limits) -> Egress {
        Egress { limits, ..self.clone() }
    }

    /// Reads an address that somebody typed, and refuses what can be refused without asking anybody: for saying so as it is saved.
    ///
    /// # Errors
    /// [`EgressError`], in words for whoever typed it.
    pub fn check(&self, typed: &str) -> Result<Url, EgressError> {
        // A URL parser drops these silently, and what was shown would not be what is asked.
        if typed.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\') {
            return Err(EgressError::NotAUrl);
        }
        let url = Url::parse(typed).map_err(|_| EgressError::NotAUrl)?;
        match self.reach.as_ref() {
            Reach::Loopback => rules::loopback(&url).map(|_| url),
            Reach::Ruled(ruled) => ruled.rules.check(&url).map(|_| url),
        }
    }

    /// Sends a request and reads the whole answer, whatever its status.
    ///
    /// # Errors
    /// [`EgressError`] when there is no answer to read.
    pub async fn send(&self, request: Request) -> Result<Answer, EgressError> {
        let within = self.limits.total;
        let origin = request.url().origin().ascii_serialization();
        let under_way = AtomicBool::new(false);
        let sending = async {
            let _place = self.at_once.acquire().await.map_err(|_| EgressError::Busy)?;
            under_way.store(true, Ordering::Relaxed);
            self.exchange(request).await
        };
        match timeout(within, sending).await {
            Ok(answer) => answer,
            Err(_) if under_way.load(Ordering::Relaxed) => Err(EgressError::Slow { origin, within }),
            Err(_) => Err(EgressError::Busy),
        }
    }

    /// The texts of a name in the DNS (TXT); none when there are none.
    ///
    /// # Errors
    /// When the resolver does not say.
    pub async fn texts(&self, name: &str) -> Result<Vec<String>, EgressError> {
        let names = match self.reach.as_ref() {
            Reach::Loopback => return Err(EgressError::NotLoopback { origin: name.to_owned() }),
            Reach::Ruled(ruled) => ruled.names,
        };
        let late = |_| EgressError::Resolver { host: name.to_owned(), said: "no answer in time".to_owned() };
        timeout(self.limits.total, names.texts(name)).await.map_err(late)?
    }

    /// Whether the way out is there: the proxy takes a connection, or else the resolver answers. In words what is, or what is wrong.
    ///
    /// # Errors
    /// What the network said.
    pub async fn probe(&self) -> Result<String, String> {
        let Reach::Ruled(ruled) = self.reach.as_ref() else { return Ok("loopback only".to_owned()) };
        if let Some(proxy) = &ruled.proxy {
            proxy.reach(ruled.names, self.limits.connect).await?;
            return Ok(format!("the egress proxy {proxy} takes connections"));
        }
        let who = match ruled.names.resolver {
            Some(address) => format!("the resolver {address}"),
            None => "the system's resolver".to_owned(),
        };
        let asking = ruled.names.addresses("example.com");
        match timeout(self.limits.connect, asking).await {
            Ok(Ok(_)) => Ok(format!("{who} answers")),
            Ok(Err(wrong)) => Err(format!("{who} does not answer: {}", wrong.detail().unwrap_or_default())),
            Err(_) => {
                Err(format!("{who} does not answer within {} seconds", self.limits.connect.as_secs_f32()))
            }
        }
    }

    async fn exchange(&self, request: Request) -> Result<Answer, EgressError> {
        match self.reach.as_ref() {
            Reach::Loopback => {
                let (target, admitted) = rules::loopback(request.url())?;
                let stream = self.in_time(&target, connect::direct(&[admitted], &target.origin)).await?;
                self.ask(stream, request, &target).await
            }
            Reach::Ruled(ruled) => {
                let target = ruled.rules.check(request.url())?;
                let connecting = ruled.connect(&target, self.limits.connect);
                if !target.tls {
                    let stream = self.in_time(&target, connecting).await?;
                    return self.ask(stream, request, &target).await;
                }
                let securing = async {
                    let tls = ruled.tls(&target)?;
                    client_tls::secured(tls, connecting.await?, &target).await
                };
                let stream = self.in_time(&target, securing).await?;
                self.ask(stream, request, &target).await
            }
        }
    }

    async fn in_time<T>(
        &self,
        target: &Target,
        connecting: impl Future<Output = Result<T, EgressError>>,
    ) -> Result<T, EgressError> {
        let within = self.limits.connect;
        let late = |_| EgressError::ConnectSlow { origin: target.origin.clone(), within };
        timeout(within, connecting).await.map_err(late)?
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one door out")]
    async fn ask<S>(&self, stream: S, request: Request, target: &Target) -> Result<Answer, EgressError>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        let origin = &target.origin;
        let head_only = request.is_head_only();
        let request = request.into_http(origin)?;
        let wrong = |error: hyper::Error| named(origin, &error);
        let (mut sender, connection) = http1::Builder::new()
            .max_header_size(HEADERS_AT_MOST)
            .handshake::<_, Full<Bytes>>(TokioIo::new(stream))
            .await
            .map_err(wrong)?;
        let asking = async {
            let (head, body) = sender.send_request(request).await.map_err(wrong)?.into_parts();
            if head_only {
                return Ok(Answer { status: head.status, headers: head.headers, body: Bytes::new() });
            }
            let most = self.limits.body;
            let body = Limited::new(body, most).collect().await.map_err(|error| {
                let origin = origin.clone();
                match error.downcast_ref::<LengthLimitError>() {
                    Some(_) => EgressError::TooLarge { origin, most },
                    None => EgressError::Broken { origin, said: error.to_string() },
                }
            })?;
            Ok(Answer { status: head.status, headers: head.headers, body: body.to_bytes() })
        };
        let (mut asking, mut connection) = (std::pin::pin!(asking), std::pin::pin!(connection));
        let mut open = true;
        loop {
            tokio::select! {
                biased;
                answer = &mut asking => return answer,
                // What went wrong with it is what `asking` is told.
                _ = &mut connection, if open => open = false,
            }
        }
    }
}

impl Ruled {
    /// A connection to an address that the rules admit, or a tunnel of the proxy, which then answers for where a name leads.
    async fn connect(&self, target: &Target, within: Duration) -> Result<TcpStream, EgressError> {
        if let Some(proxy) = &self.proxy {
            return proxy.tunnel(self.names, target, within).await;
        }
        let addresses = match rules::literal(&target.host) {
            Some(address) => vec![address],
            None => self.names.addresses(&target.host.to_string()).await?,
        };
        if addresses.is_empty() {
            return Err(EgressError::NoPublicAddress { host: target.host.to_string(), inner: None });
        }
        let admitted = self.rules.admit(target, &addresses)?;
        connect::direct(&admitted, &target.origin).await
    }

    fn tls(&self, target: &Target) -> Result<Arc<ClientConfig>, EgressError> {
        let made = self.tls.get_or_init(|| self.authorities.config());
        let wrong = |error: &rustls::Error| EgressError::Tls {
            origin: target.origin.clone(),
            said: error.to_string(),
        };
        made.as_ref().map(Arc::clone).map_err(wrong)
    }
}

fn named(origin: &str, error: &hyper::Error) -> EgressError {
    let origin = origin.to_owned();
    let said = error.to_string();
    if error.is_parse_too_large() {
        EgressError::HeadersTooLarge { origin, most: HEADERS_AT_MOST }
    } else if error.is_parse() {
        EgressError::NotHttp { origin, said }
    } else {
        EgressError::Broken { origin, said }
    }
}

#[cfg(test)]
mod tests;
