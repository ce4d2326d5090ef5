//! One connection: what is spoken on it, and its timeouts (slowloris, slow reading).
//!
//! Header timeout: ten seconds from the first byte of a head (of the connection, for the first); body timeout: fifteen
//! (see `body`). Idle timeout: a minute between two requests, longer than proxies keep theirs. Write timeout: whoever
//! takes nothing of an answer for half a minute is left. Nothing else ends a peer that asks and does not listen: while
//! an answer waits to be sent, no head is awaited and nothing rests. (For HTTP/2 see `streams`.)

use std::convert::Infallible;
use std::future::Future;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_io_timeout::TimeoutWriter;
use tokio_rustls::TlsAcceptor;

use crate::header_timeout::HeaderTimeout;
use crate::streams::Streams;

/// A head arrives within this time, and so do a TLS handshake and a PROXY header.
pub(crate) const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection without a request ends after this time.
pub(crate) const IDLE_TIMEOUT: Duration = Duration::from_secs(60);
/// An answer of which nothing is taken ends its connection after this time; one that can be sent at once starts no timer.
pub(crate) const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// What is read of a connection ahead of its answers, so no head is larger.
const READ_AT_MOST: usize = 64 * 1024;
const PING_EVERY: Duration = Duration::from_secs(30);

/// What answers the requests of a connection.
pub trait Service: Clone + Send + 'static {
    /// Answers one request of this peer. Never fails: what goes wrong is an answer, too.
    fn answer(
        &self,
        request: Request<Incoming>,
        peer: IpAddr,
    ) -> impl Future<Output = Response<Full<Bytes>>> + Send;
}

/// Changes once, when connections are to finish what is under way; held by each until it has ended.
pub type Finishing = watch::Receiver<()>;

/// Speaks over a socket until it ends.
pub(crate) async fn serve(
    service: impl Service,
    stream: TcpStream,
    peer: IpAddr,
    tls: Option<TlsAcceptor>,
    finishing: Finishing,
) {
    match tls {
        None => speak_http1(service, stream, peer, finishing).await,
        Some(tls) => match tokio::time::timeout(HEADER_TIMEOUT, tls.accept(stream)).await {
            Ok(Ok(stream)) if stream.get_ref().1.alpn_protocol() == Some(b"h2") => {
                speak_http2(service, stream, peer, finishing).await;
            }
            Ok(Ok(stream)) => speak_http1(service, stream, peer, finishing).await,
            Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        },
    }
}

/// HTTP/1.1.
///
/// hyper's own limit on heads runs from the end of the request before, so it is the idle timeout; the one on heads is
/// our own.
pub async fn speak_http1<S>(service: impl Service, stream: S, peer: IpAddr, mut finishing: Finishing)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (stream, heads) = HeaderTimeout::new(write_timeout(stream));
    let answering = service_fn(move |mut request| {
        heads.turn();
        heads.mark(&mut request);
        let (service, heads) = (service.clone(), heads.clone());
        async move {
            let mut answer = service.answer(request, peer).await;
            heads.turn();
            heads.part(&mut answer);
            Ok::<_, Infallible>(answer)
        }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(IDLE_TIMEOUT).max_headers(100);
    builder.max_buf_size(READ_AT_MOST);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), answering));
    let mut ended = until(connection.as_mut(), finishing.changed()).await;
    if ended.is_none() {
        connection.as_mut().graceful_shutdown();
        ended = Some(connection.await);
    }
    told(ended);
}

/// HTTP/2, over TLS only.
///
/// A connection that no longer answers pings is closed. One on which nothing happens is asked to end, so that nobody
/// loses a request to the end of a rest, and closed when it does not.
pub async fn speak_http2<S>(service: impl Service, stream: S, peer: IpAddr, mut finishing: Finishing)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let streams = Streams::default();
    let mut idle = streams.idle_timeout();
    let answering = service_fn(move |request| {
        let (service, stream) = (service.clone(), streams.open());
        async move { Ok::<_, Infallible>(stream.answered(service.answer(request, peer).await)) }
    });
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder.timer(TokioTimer::new()).max_concurrent_streams(128);
    builder.keep_alive_interval(Some(PING_EVERY)).keep_alive_timeout(HEADER_TIMEOUT);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(write_timeout(stream)), answering));
    let over = async {
        tokio::select! {
            _ = finishing.changed() => {}
            () = idle.over() => {}
        }
    };
    let mut ended = until(connection.as_mut(), over).await;
    if ended.is_none() {
        connection.as_mut().graceful_shutdown();
        idle.part();
        ended = until(connection, idle.over()).await;
    }
    told(ended);
}

/// Ends a stream whose peer has stopped reading.
fn write_timeout<S: AsyncRead + AsyncWrite>(stream: S) -> Pin<Box<TimeoutWriter<S>>> {
    let mut stream = TimeoutWriter::new(stream);
    stream.set_timeout(Some(WRITE_TIMEOUT));
    Box::pin(stream)
}

/// How a connection ended; nothing when `over` came first.
async fn until<C: Future>(connection: Pin<&mut C>, over: impl Future) -> Option<C::Output> {
    tokio::select! {
        biased;
        ended = connection => Some(ended),
        _ = over => None,
    }
}

fn told(ended: Option<hyper::Result<()>>) {
    match ended {
        Some(Ok(())) => {}
        Some(Err(error)) => tracing::debug!(%error, "a connection ended early"),
        None => tracing::debug!("a connection on which nothing happened was closed"),
    }
}
