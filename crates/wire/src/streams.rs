//! The streams of an HTTP/2 connection: how many are open, and when nothing has happened on them for too long.
//!
//! A peer that answers pings is alive, and may still want nothing, or take nothing of what it asked for. What counts is
//! that a request begins, is answered, or has been taken. A stream is open from its head until the last of its answer was
//! handed over; the connection looks at the clock when something has happened, and has one timer.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http_body_util::Full;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Instant, Sleep};

use crate::connection::{HEAD_TIMEOUT, IDLE_TIMEOUT, STALLED};

/// The streams of one connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Streams(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    open: AtomicUsize,
    /// What has happened so far.
    steps: AtomicUsize,
}

/// One of them, open until this is dropped.
#[derive(Debug)]
pub(crate) struct Open(Streams);

/// An answer's body, with the stream that it is sent on. It goes out in pieces, each when there is room for it: so what
/// is taken of a long one is seen.
#[derive(Debug)]
pub(crate) struct Sent {
    body: Full<Bytes>,
    /// What is left of what came out of it.
    rest: Bytes,
    stream: Open,
}

/// What goes out of a body at once.
const PIECE: usize = 4 * 1024;

impl Streams {
    /// A request begins.
    pub(crate) fn open(&self) -> Open {
        self.0.open.fetch_add(1, Ordering::Relaxed);
        self.step();
        Open(self.clone())
    }

    /// Watches them.
    pub(crate) fn rest(&self) -> Rest {
        #[expect(
            clippy::disallowed_methods,
            reason = "how long a connection may rest is a promise of the transport"
        )]
        let end = Box::pin(tokio::time::sleep(HEAD_TIMEOUT));
        Rest { streams: self.clone(), seen: 0, parting: false, end }
    }

    fn step(&self) {
        self.0.steps.fetch_add(1, Ordering::Relaxed);
    }
}

impl Open {
    /// The request was answered; the answer goes out.
    pub(crate) fn answered(self, answer: Response<Full<Bytes>>) -> Response<Sent> {
        self.0.step();
        answer.map(|body| Sent { body, rest: Bytes::new(), stream: self })
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.0.open.fetch_sub(1, Ordering::Relaxed);
        self.0.step();
    }
}

/// The rest of a connection, and its end.
#[derive(Debug)]
pub(crate) struct Rest {
    streams: Streams,
    /// The steps that were seen, and when nothing more will have happened for too long.
    seen: usize,
    end: Pin<Box<Sleep>>,
    parting: bool,
}

impl Rest {
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
            reason = "how long a connection may rest is a promise of the transport"
        )]
        let now = Instant::now();
        let end = now + self.limit();
        self.end.as_mut().reset(end);
    }

    fn limit(&self) -> Duration {
        match self.streams.0.open.load(Ordering::Relaxed) {
            0 if self.seen == 0 => HEAD_TIMEOUT,
            0 if !self.parting => IDLE_TIMEOUT,
            _ => STALLED,
        }
    }
}

impl HttpBody for Sent {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.rest.is_empty()
            && let Some(Ok(frame)) = ready!(Pin::new(&mut self.body).poll_frame(context))
            && let Ok(data) = frame.into_data()
        {
            self.rest = data;
        }
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        self.stream.0.step();
        let length = self.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let left = self.body.size_hint().exact().unwrap_or_default();
        SizeHint::with_exact(left + self.rest.len() as u64)
    }
}
