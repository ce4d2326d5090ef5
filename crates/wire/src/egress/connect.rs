//! From an admitted address to a connection, directly or through the egress proxy, with TLS on top.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::{Host, Url};

use super::error::EgressError;
use super::resolve::Names;
use super::rules::{Admitted, Target, literal};

/// How many addresses of one host are tried.
const TRIED_AT_MOST: usize = 4;
/// The longest head that is read of a proxy's answer.
const PROXY_HEAD_AT_MOST: usize = 8 * 1024;

/// The egress proxy of an operator, which opens tunnels with CONNECT.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    host: Host<String>,
    port: u16,
    authorization: Option<String>,
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl std::fmt::Display for Proxy {
    /// Without its user and password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "http://{}:{}", self.host, self.port)
    }
}

impl Proxy {
    /// Reads `http://[user:password@]host:port`.
    ///
    /// # Errors
    /// What to write instead.
    pub fn parse(text: &str) -> Result<Proxy, &'static str> {
        const WRONG: &str = "write the proxy as \"http://proxy.internal:3128\", with user:password@ before the host if it asks for one";
        let url = Url::parse(text).map_err(|_| WRONG)?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else { return Err(WRONG) };
        if url.scheme() != "http" || !bare {
            return Err(WRONG);
        }
        let pair = (url.username(), url.password());
        let authorization = (pair != ("", None)).then(|| {
            let pair = format!("{}:{}", decoded(pair.0), decoded(pair.1.unwrap_or_default()));
            format!("Basic {}", STANDARD.encode(pair))
        });
        Ok(Proxy { host: host.to_owned(), port, authorization })
    }

    /// Opens a connection to the proxy itself. It is the operator's word, so no rule is asked.
    pub(super) async fn reach(&self, names: Names, within: Duration) -> Result<TcpStream, String> {
        let reaching = async {
            let addresses = match literal(&self.host) {
                Some(address) => vec![address],
                None => names.addresses(&self.host.to_string()).await.map_err(|wrong| wrong.to_string())?,
            };
            let places: Vec<SocketAddr> =
                addresses.into_iter().map(|address| SocketAddr::new(address, self.port)).collect();
            first(&places).await.map_err(|wrong| format!("the proxy {self}: {wrong}"))
        };
        let late = |_| format!("the proxy {self} did not answer within {} seconds", within.as_secs_f32());
        timeout(within, reaching).await.map_err(late)?
    }

    /// A tunnel to the target. The proxy is told the name: it resolves it, and answers for where that leads.
    pub(super) async fn tunnel(
        &self,
        names: Names,
        target: &Target,
        within: Duration,
    ) -> Result<TcpStream, EgressError> {
        let wrong = |said: String| EgressError::Proxy { origin: target.origin.clone(), said };
        let mut stream = self.reach(names, within).await.map_err(wrong)?;
        let asked = timeout(within, self.ask(&mut stream, target)).await;
        let asked = asked.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        let head = asked.map_err(|error| wrong(format!("the proxy {self}: {error}")))?;
        let status = head.split(' ').nth(1).unwrap_or_default();
        match head.starts_with("HTTP/1.") && status.len() == 3 && status.starts_with('2') {
            true => Ok(stream),
            false => {
                Err(wrong(format!("the proxy {self} answered: {}", head.lines().next().unwrap_or_default())))
            }
        }
    }

    async fn ask(&self, stream: &mut TcpStream, target: &Target) -> io::Result<String> {
        let place = format!("{}:{}", target.host, target.port);
        let mut asked = format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n");
        if let Some(authorization) = &self.authorization {
            asked.push_str(&format!("Proxy-Authorization: {authorization}\r\n"));
        }
        asked.push_str("\r\n");
        stream.write_all(asked.as_bytes()).await?;
        // Byte for byte, as what follows the head belongs to the tunnel.
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if head.len() == PROXY_HEAD_AT_MOST {
                return Err(io::Error::other("its answer is too long"));
            }
            head.push(stream.read_u8().await?);
        }
        Ok(String::from_utf8_lossy(&head).into_owned())
    }
}

/// Without percent-encoding.
fn decoded(part: &str) -> String {
    let written = format!("={}", part.replace('+', "%2B"));
    form_urlencoded::parse(written.as_bytes()).map(|(_, text)| text.into_owned()).collect()
}

/// A connection to the first of these addresses that takes one, and to none that was not admitted.
pub(super) async fn direct(admitted: &[Admitted], origin: &str) -> Result<TcpStream, EgressError> {
    let places: Vec<SocketAddr> = admitted.iter().map(|admitted| admitted.address()).collect();
    let unreachable =
        |error: io::Error| EgressError::Unreachable { origin: origin.to_owned(), said: error.to_string() };
    first(&places).await.map_err(unreachable)
}

#[expect(clippy::disallowed_methods, reason = "this is the one door out")]
async fn first(places: &[SocketAddr]) -> io::Result<TcpStream> {
    // A host with one address that swallows packets is reached by its next one.
    const NEXT_AFTER: Duration = Duration::from_secs(2);
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    let tried = &places[..places.len().min(TRIED_AT_MOST)];
    for (number, place) in tried.iter().enumerate() {
        let connecting = TcpStream::connect(place);
        let connected = match number + 1 == tried.len() {
            true => connecting.await,
            false => {
                timeout(NEXT_AFTER, connecting).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            }
        };
        match connected {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}
