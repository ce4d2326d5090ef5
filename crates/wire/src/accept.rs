//! The accept loop: takes connections from a listener, each into a task of its own, until it is told to stop.
//!
//! A stop waits for what is under way, and no connection outlives the grace.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ipnet::IpNet;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use crate::connection::{self, HEADER_TIMEOUT, Service};
use crate::connection_limit::{ConnectionLimit, Permit};
use crate::proxy_protocol::{self, HeaderError};

const CONNECTIONS_AT_MOST: usize = 16_384;

/// Turns true once, when nothing more is to be accepted.
pub type Stopping = watch::Receiver<bool>;

/// How connections are taken, as far as that may change while they are: each keeps what it began with.
#[derive(Clone, Default)]
pub struct Terms {
    /// Speaks TLS, if that is spoken.
    pub tls: Option<TlsAcceptor>,
    /// The networks of proxies that we trust. Their connections are not counted by address, and their PROXY headers are believed.
    pub trusted: Vec<IpNet>,
    /// Whether each begins with a PROXY header.
    pub proxy_protocol: bool,
}

/// How connections are accepted.
pub struct AcceptLoop {
    /// How each is taken from now on.
    pub terms: watch::Receiver<Arc<Terms>>,
    /// How long connections may go on after the stop.
    pub grace: Duration,
}

/// A connection that was accepted, with its place among the others.
struct Accepted {
    stream: TcpStream,
    peer: IpAddr,
    permit: Permit,
}

impl Terms {
    fn trusts(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.trusted.iter().any(|network| network.contains(&peer))
    }
}

impl AcceptLoop {
    /// Accepts until the stop, and waits for what is under way.
    pub async fn serve(self, service: impl Service, listener: TcpListener, mut stopping: Stopping) {
        let (finish, finishing) = watch::channel(());
        let limit = ConnectionLimit::new(CONNECTIONS_AT_MOST);
        let told = Arc::<AtomicBool>::default();
        while let Some((stream, peer)) = next(&listener, &mut stopping).await {
            let terms = self.terms.borrow().clone();
            let peer = peer.ip();
            let Some(permit) = limit.acquire(peer, terms.trusts(peer)) else { continue };
            let _ = stream.set_nodelay(true);
            let mut accepted = Accepted { stream, peer, permit };
            let (service, finishing) = (service.clone(), finishing.clone());
            let introduces = terms.proxy_protocol.then(|| (limit.clone(), told.clone()));
            tokio::spawn(async move {
                if let Some((limit, told)) = introduces {
                    match introduced(accepted, &terms, &limit).await {
                        Ok(known) => accepted = known,
                        Err(refused) => return refused.tell(peer, &told),
                    }
                }
                let Accepted { stream, peer, permit: _permit } = accepted;
                connection::serve(service, stream, peer, terms.tls.clone(), finishing).await;
            });
        }
        drop((listener, finishing));
        // Fails only when there are no connections.
        let _ = finish.send(());
        if tokio::time::timeout(self.grace, finish.closed()).await.is_err() {
            tracing::warn!("some requests were still under way when the grace ended");
        }
    }
}

/// Why a connection is closed that had to begin with a PROXY header.
enum Refused {
    /// Its peer is no proxy that we trust.
    Stranger,
    /// It does not begin with one.
    Header(HeaderError),
    /// It took too long.
    Late,
    /// Whom it names has as many connections as one address may have.
    Share,
}

impl Refused {
    /// Says so, loudly once: that is a balancer or this server set up wrongly. Scanners and checks of a port are not worth a line
    /// each.
    fn tell(self, peer: IpAddr, told: &AtomicBool) {
        const MEND: &str = "have the balancer send it, and name the balancer in `trusted_proxies`; or set `proxy_protocol` to \"off\"";
        let why = match &self {
            Refused::Stranger => "it comes from none of `trusted_proxies`",
            Refused::Header(HeaderError::Malformed) => "it does not begin with a PROXY header",
            Refused::Header(HeaderError::Cut(_)) => "it ended before its PROXY header did",
            Refused::Late => "its PROXY header took too long",
            Refused::Share => "its client has too many",
        };
        let loudly = matches!(self, Refused::Stranger | Refused::Header(HeaderError::Malformed));
        if loudly && !told.swap(true, Ordering::Relaxed) {
            tracing::warn!(%peer, why, mend = MEND, "a connection was closed, as `proxy_protocol` is \"required\" (told once)");
        } else {
            tracing::debug!(%peer, why, "a connection was closed");
        }
    }
}

/// The same connection, with the peer that its PROXY header names.
async fn introduced(
    mut accepted: Accepted,
    terms: &Terms,
    limit: &Arc<ConnectionLimit>,
) -> Result<Accepted, Refused> {
    if !terms.trusts(accepted.peer) {
        return Err(Refused::Stranger);
    }
    let header = proxy_protocol::read_header(&mut accepted.stream);
    let client = match tokio::time::timeout(HEADER_TIMEOUT, header).await {
        Ok(Ok(client)) => client,
        Ok(Err(wrong)) => return Err(Refused::Header(wrong)),
        Err(_) => return Err(Refused::Late),
    };
    let Some(peer) = client else { return Ok(accepted) };
    let Accepted { stream, permit, .. } = accepted;
    // Its place is its client's from now on.
    drop(permit);
    let permit = limit.acquire(peer, terms.trusts(peer)).ok_or(Refused::Share)?;
    Ok(Accepted { stream, peer, permit })
}

/// The next connection; none once the stop has come.
pub async fn next(listener: &TcpListener, stopping: &mut Stopping) -> Option<(TcpStream, SocketAddr)> {
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => return Some(accepted),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    rest().await;
                }
            },
            _ = stopping.changed() => return None,
        }
    }
}

/// Out of descriptors, mostly: connections that end give some back, and asking at once again would only burn a core.
async fn rest() {
    #[expect(clippy::disallowed_methods, reason = "nothing tells when a descriptor is free again")]
    tokio::time::sleep(Duration::from_millis(100)).await;
}
