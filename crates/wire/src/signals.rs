//! The signals that tell a server to stop (graceful shutdown), SIGTERM and Ctrl-C, and the one that tells it to read its
//! configuration again, SIGHUP.
//!
//! Once they are caught they end nothing by themselves, and none is lost: what comes before it is waited for is there
//! when it is.

use std::future::Future;
use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Why an orderly stop cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SignalError {
    /// The operating system does not let us listen for this signal.
    #[error("cannot listen for {0}")]
    Deaf(&'static str, #[source] io::Error),
    /// Another signal came during the stop.
    #[error("stopped at once by a second signal; what was under way is cut off")]
    Again,
}

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// To stop.
    Stop,
    /// To read the configuration again.
    Reload,
}

/// All of them, caught.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    /// Catches them from now on.
    ///
    /// # Errors
    /// [`SignalError::Deaf`].
    pub fn catch() -> Result<Signals, SignalError> {
        let caught = |kind, name| signal(kind).map_err(|wrong| SignalError::Deaf(name, wrong));
        Ok(Signals {
            terminate: caught(SignalKind::terminate(), "SIGTERM")?,
            interrupt: caught(SignalKind::interrupt(), "Ctrl-C")?,
            hangup: caught(SignalKind::hangup(), "SIGHUP")?,
        })
    }

    /// Waits for the next, whatever it asks for.
    pub async fn call(&mut self) -> Call {
        tokio::select! {
            _ = self.terminate.recv() => Call::Stop,
            _ = self.interrupt.recv() => Call::Stop,
            _ = self.hangup.recv() => Call::Reload,
        }
    }

    /// Waits for the next that asks to stop. SIGHUP does not: a closed terminal, or a log that is rotated, ends nothing.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// Stops, unless another signal comes first: whoever asks twice does not want to wait.
    ///
    /// # Errors
    /// [`SignalError::Again`]. What was under way is cut off then.
    pub async fn unless_again<T>(&mut self, stop: impl Future<Output = T>) -> Result<T, SignalError> {
        tokio::select! {
            biased;
            stopped = stop => Ok(stopped),
            () = self.next() => {
                tracing::warn!("a second signal: stopping at once");
                Err(SignalError::Again)
            }
        }
    }
}
