//! One connection: what is spoken on it, and how long it may take.
//!
//! From its first byte (of the connection, for the first) the head of a request has ten seconds, its body fifteen (see
//! `body`); between two requests a connection may rest for a minute, longer than proxies keep theirs.

use std::convert::Infallible;
use std::net::IpAddr;
use std::time::Duration;

use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::Watcher;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::front::Front;
use crate::watched::Watched;

/// A head arrives within this time, and so does a TLS handshake.
pub(crate) const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection without a request ends after this time.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);
/// What is read of a connection ahead of its answers, so no head is larger.
const READ_AT_MOST: usize = 64 * 1024;
const PING_EVERY: Duration = Duration::from_secs(30);

/// Speaks over a socket until it ends.
pub(crate) async fn serve(
    front: Front,
    stream: TcpStream,
    peer: IpAddr,
    tls: Option<TlsAcceptor>,
    watcher: Watcher,
) {
    match tls {
        None => speak_http1(front, stream, peer, watcher).await,
        Some(tls) => match tokio::time::timeout(HEAD_TIMEOUT, tls.accept(stream)).await {
            Ok(Ok(stream)) if stream.get_ref().1.alpn_protocol() == Some(b"h2") => {
                speak_http2(front, stream, peer, watcher).await;
            }
            Ok(Ok(stream)) => speak_http1(front, stream, peer, watcher).await,
            Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        },
    }
}

/// HTTP/1.1.
///
/// hyper's own limit on heads runs from the end of the request before, so it is the limit of rest; the one on heads is
/// the watched stream's.
pub async fn speak_http1<S>(front: Front, stream: S, peer: IpAddr, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (stream, seen) = Watched::new(stream);
    let service = service_fn(move |mut request| {
        seen.turn();
        seen.mark(&mut request);
        let (front, seen) = (front.clone(), seen.clone());
        async move {
            let answer = front.answer(request, peer).await;
            seen.turn();
            Ok::<_, Infallible>(answer)
        }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(IDLE_TIMEOUT).max_headers(100);
    builder.max_buf_size(READ_AT_MOST);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// HTTP/2, over TLS only. A connection that no longer answers pings is closed.
async fn speak_http2<S>(front: Front, stream: S, peer: IpAddr, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| {
        let front = front.clone();
        async move { Ok::<_, Infallible>(front.answer(request, peer).await) }
    });
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder.timer(TokioTimer::new()).max_concurrent_streams(128);
    builder.keep_alive_interval(Some(PING_EVERY)).keep_alive_timeout(HEAD_TIMEOUT);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended early");
    }
}
