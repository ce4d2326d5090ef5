//! Idle timeout and write timeout of HTTP/2: how many streams of a connection are open, and when nothing has happened
//! on them for too long (slow reading).
//!
//! A peer that answers pings is alive, and may still want nothing, or take nothing of what it asked for. What counts is
//! that a request begins, is answered, or has been taken. A stream is open from its head until the last of its answer was
//! handed over; the connection looks at the clock when something has happened, and has one timer.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http_body_util::Full;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Instant, Sleep};

use crate::connection::{HEADER_TIMEOUT, IDLE_TIMEOUT, WRITE_TIMEOUT};

/// The streams of one connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Streams(Arc<Counted>);

#[derive(Debug, Default)]
struct Counted {
    open: AtomicUsize,
    /// What has happened so far.
    steps: AtomicUsize,
}

/// One of them, open until this is dropped.
#[derive(Debug)]
pub(crate) struct OpenStream(Streams);

/// An answer's body, with the stream that it is sent on. It goes out in pieces, each when there is room for it: so what
/// is taken of a long one is seen.
#[derive(Debug)]
pub(crate) struct StreamBody {
    /// What has not gone out yet.
    left: Bytes,
    stream: OpenStream,
}

/// What goes out of a body at once.
const PIECE: usize = 4 * 1024;

impl Streams {
    /// A request begins.
    pub(crate) fn open(&self) -> OpenStream {
        self.0.open.fetch_add(1, Ordering::Relaxed);
        self.step();
        OpenStream(self.clone())
    }

    /// Watches them.
    pub(crate) fn idle_timeout(&self) -> IdleTimeout {
        #[expect(
            clippy::disallowed_methods,
            reason = "how long a connection may be idle is a promise of the transport"
        )]
        let end = Box::pin(tokio::time::sleep(HEADER_TIMEOUT));
        IdleTimeout { streams: self.clone(), seen: 0, parting: false, end }
    }

    fn step(&self) {
        self.0.steps.fetch_add(1, Ordering::Relaxed);
    }
}

impl OpenStream {
    /// The request was answered; the answer goes out.
    pub(crate) fn answered(self, answer: Response<Full<Bytes>>) -> Response<StreamBody> {
        self.0.step();
        answer.map(|body| StreamBody { left: body.into_inner().unwrap_or_default(), stream: self })
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.0.0.open.fetch_sub(1, Ordering::Relaxed);
        self.0.step();
    }
}

/// The end of a connection on which nothing happens.
#[derive(Debug)]
pub(crate) struct IdleTimeout {
    streams: Streams,
    /// The steps that were seen, and when nothing more will have happened for too long.
    seen: usize,
    end: Pin<Box<Sleep>>,
    parting: bool,
}

impl IdleTimeout {
    /// Ends when nothing has happened for too long.
    pub(crate) async fn over(&mut self) {
        poll_fn(|context| self.poll_over(context)).await;
    }

    /// Begins anew, for a connection that has been asked to end. One that never asked for anything has no time left.
    pub(crate) fn part(&mut self) {
        self.parting = true;
        if self.seen > 0 {
            self.begin();
        }
    }

    fn poll_over(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let steps = self.streams.0.steps.load(Ordering::Relaxed);
        if steps != self.seen {
            self.seen = steps;
            self.begin();
        }
        self.end.as_mut().poll(context)
    }

    fn begin(&mut self) {
        #[expect(
            clippy::disallowed_methods,
            reason = "how long a connection may be idle is a promise of the transport"
        )]
        let now = Instant::now();
        let end = now + self.limit();
        self.end.as_mut().reset(end);
    }

    fn limit(&self) -> Duration {
        match self.streams.0.open.load(Ordering::Relaxed) {
            0 if self.seen == 0 => HEADER_TIMEOUT,
            0 if !self.parting => IDLE_TIMEOUT,
            _ => WRITE_TIMEOUT,
        }
    }
}

impl HttpBody for StreamBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left.is_empty() {
            return Poll::Ready(None);
        }
        self.stream.0.step();
        let length = self.left.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.left.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left.len() as u64)
    }
}
