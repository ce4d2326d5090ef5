//! The accept loop: takes connections from a listener, each into a task of its own, until it is told to stop.
//!
//! A stop waits for what is under way, and no connection outlives the grace.

use std::net::SocketAddr;
use std::time::Duration;

use ipnet::IpNet;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use crate::connection::{self, Service};
use crate::connection_limit::ConnectionLimit;

const CONNECTIONS_AT_MOST: usize = 16_384;

/// Turns true once, when nothing more is to be accepted.
pub type Stopping = watch::Receiver<bool>;

/// How connections are accepted.
pub struct AcceptLoop {
    /// Speaks TLS, if that is spoken.
    pub tls: Option<TlsAcceptor>,
    /// Networks whose connections are not counted by address: proxies that we trust.
    pub exempt: Vec<IpNet>,
    /// How long connections may go on after the stop.
    pub grace: Duration,
}

impl AcceptLoop {
    /// Accepts until the stop, and waits for what is under way.
    pub async fn serve(self, service: impl Service, listener: TcpListener, mut stopping: Stopping) {
        let (finish, finishing) = watch::channel(());
        let limit = ConnectionLimit::new(CONNECTIONS_AT_MOST, self.exempt);
        while let Some((stream, peer)) = next(&listener, &mut stopping).await {
            let Some(permit) = limit.acquire(peer.ip()) else { continue };
            let _ = stream.set_nodelay(true);
            let (service, tls, finishing) = (service.clone(), self.tls.clone(), finishing.clone());
            tokio::spawn(async move {
                let _permit = permit;
                connection::serve(service, stream, peer.ip(), tls, finishing).await;
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
