//! A connection that mends itself.
//!
//! One task per line connects, drives the connection while it lives, and connects again when it ends or is given up.
//! While an attempt runs, callers wait for it a little; once one has failed, or the server was found silent, they hear so
//! at once, and the task goes on trying. So an outage costs a caller no more than [`CONNECT`], and nothing piles up.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::address::Address;
use super::pulse::Pulse;
use super::session::Session;
use super::wire::{self, Opened};
use super::{CONNECT, StoreError};
use tokio::sync::watch;

/// Pauses between attempts: short first, because most outages are a restart.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

#[derive(Clone)]
enum State {
    Connecting,
    Up(Arc<Session>),
    Down(StoreError),
}

/// The way to one connection, whichever it is at the moment.
pub(super) struct Line {
    state: watch::Receiver<State>,
    outstanding: AtomicUsize,
}

/// Counts as one outstanding answer until dropped.
pub(super) struct Outstanding<'a>(&'a AtomicUsize);

impl Line {
    /// Starts the task that keeps a connection.
    pub(super) fn keep(address: Arc<Address>, pulse: Option<Arc<Pulse>>) -> Line {
        let (publish, state) = watch::channel(State::Connecting);
        tokio::spawn(keep(address, pulse, publish));
        Line { state, outstanding: AtomicUsize::new(0) }
    }

    /// The connection, if there is one now.
    pub(super) fn up(&self) -> Option<Arc<Session>> {
        match &*self.state.borrow() {
            State::Up(session) => Some(Arc::clone(session)),
            State::Connecting | State::Down(_) => None,
        }
    }

    /// The connection, or why there is none.
    pub(super) async fn session(&self) -> Result<Arc<Session>, StoreError> {
        if let Some(session) = self.up() {
            return Ok(session);
        }
        let mut state = self.state.clone();
        let settled = state.wait_for(|state| !matches!(state, State::Connecting));
        match tokio::time::timeout(CONNECT, settled).await {
            Ok(Ok(state)) => match &*state {
                State::Up(session) => Ok(Arc::clone(session)),
                State::Down(error) => Err(error.clone()),
                State::Connecting => Err(StoreError::unavailable("PostgreSQL is not connected yet")),
            },
            _ => Err(StoreError::unavailable("no connection to PostgreSQL in time")),
        }
    }

    /// The connection, or why there is none, once the first attempt has ended: however far away the server is.
    pub(super) async fn opened(&self) -> Result<Arc<Session>, StoreError> {
        let mut state = self.state.clone();
        // The task that connects ends only with this line.
        let _ = state.wait_for(|state| !matches!(state, State::Connecting)).await;
        self.session().await
    }

    /// How many answers are outstanding.
    pub(super) fn outstanding(&self) -> usize {
        self.outstanding.load(Ordering::Relaxed)
    }

    /// Counts one more until the answer is dropped.
    pub(super) fn occupy(&self) -> Outstanding<'_> {
        self.outstanding.fetch_add(1, Ordering::Relaxed);
        Outstanding(&self.outstanding)
    }
}

impl Drop for Outstanding<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[expect(clippy::disallowed_methods, reason = "the pause between two attempts to connect")]
async fn keep(address: Arc<Address>, pulse: Option<Arc<Pulse>>, publish: watch::Sender<State>) {
    let mut pause = FIRST_PAUSE;
    while !publish.is_closed() {
        match wire::connect(&address).await {
            Ok(Opened { client, driver, transport }) => {
                pause = FIRST_PAUSE;
                let session = Session::new(client, transport, Arc::clone(&address), pulse.clone());
                let session = Arc::new(session);
                publish.send_replace(State::Up(Arc::clone(&session)));
                tokio::select! {
                    ended = driver => if let Err(error) = ended {
                        tracing::warn!(%error, "a connection to PostgreSQL ended");
                    },
                    () = session.until_given_up() => {}
                    () = publish.closed() => {}
                }
                let next = session.silence().map_or(State::Connecting, |error| {
                    tracing::warn!(%error, "a connection to PostgreSQL is given up");
                    State::Down(error.clone())
                });
                publish.send_replace(next);
            }
            Err(error) => {
                if !matches!(*publish.borrow(), State::Down(_)) {
                    tracing::warn!(%error, "no connection to PostgreSQL; trying again");
                }
                publish.send_replace(State::Down(error));
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = publish.closed() => {}
                }
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}
