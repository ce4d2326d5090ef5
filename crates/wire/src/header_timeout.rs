//! Header timeout (slowloris), and the eyes of the guard against request smuggling: a stream that is looked at while it
//! is read, for heads that do not end and for heads whose end is told twice.
//!
//! hyper's own timeout runs from the end of the request before, so it limits how long a connection may be idle; this
//! one runs from a head's first byte. What is seen is asked for by the service that answers the requests of the same
//! connection, and the service says when a request begins and ends: in between, what arrives is its body. A head that
//! comes in one piece costs a look at its lines; only one that comes in several starts a timer.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use http::header::CONNECTION;
use http::{HeaderValue, Request, Response};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

use crate::connection::HEADER_TIMEOUT;
use crate::framing::{self, Lines};

/// What stream and service tell each other about the heads of a connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heads(Arc<Told>);

#[derive(Debug, Default)]
struct Told {
    /// Some head had two ends.
    twice: AtomicBool,
    /// Even while a head is awaited, odd while a request is answered.
    turn: AtomicUsize,
}

impl Heads {
    /// A request begins, or has been answered.
    pub(crate) fn turn(&self) {
        self.0.turn.fetch_add(1, Ordering::Relaxed);
    }

    /// Marks a request whose end was told twice.
    pub(crate) fn mark<B>(&self, request: &mut Request<B>) {
        framing::mark(request, || self.0.twice.load(Ordering::Relaxed));
    }

    /// Lets an answer be the last of its connection once two ends were seen: they may have stood in a body, and whoever
    /// comes next over a connection that is shared must not be refused for that.
    pub(crate) fn part<B>(&self, answer: &mut Response<B>) {
        if self.0.twice.load(Ordering::Relaxed) {
            answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
    }

    /// Which head is awaited now, if one is.
    fn awaited(&self) -> Option<usize> {
        Some(self.0.turn.load(Ordering::Relaxed)).filter(|turn| turn % 2 == 0)
    }
}
/// The stream.
#[derive(Debug)]
pub(crate) struct HeaderTimeout<S> {
    stream: S,
    heads: Heads,
    lines: Lines,
    /// The head of which something has arrived. The first begins with the connection.
    begun: Option<usize>,
    /// The head that did not come in one piece, and its end.
    late: Option<(usize, Pin<Box<Sleep>>)>,
}

impl<S> HeaderTimeout<S> {
    /// Watches `stream`.
    pub(crate) fn new(stream: S) -> (HeaderTimeout<S>, Heads) {
        let heads = Heads::default();
        (
            HeaderTimeout {
                stream,
                heads: heads.clone(),
                lines: Lines::default(),
                begun: Some(0),
                late: None,
            },
            heads,
        )
    }

    /// Nothing arrives: ready when too little has for too long.
    fn poll_late(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(head) = self.heads.awaited().filter(|head| self.begun == Some(*head)) else {
            self.late = None;
            return Poll::Pending;
        };
        self.late.take_if(|(late, _)| *late != head);
        #[expect(
            clippy::disallowed_methods,
            reason = "the time that a head has is a promise of the transport"
        )]
        let (_, end) = self.late.get_or_insert_with(|| (head, Box::pin(tokio::time::sleep(HEADER_TIMEOUT))));
        end.as_mut().poll(context)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for HeaderTimeout<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        if let Poll::Ready(read) = Pin::new(&mut self.stream).poll_read(context, into) {
            self.begun = self.heads.awaited();
            if self.lines.read(into.filled().get(before..).unwrap_or_default()) {
                self.heads.0.twice.store(true, Ordering::Relaxed);
            }
            return Poll::Ready(read);
        }
        ready!(self.poll_late(context));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the head of a request took too long")))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for HeaderTimeout<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
