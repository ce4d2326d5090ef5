//! The signals that tell a server to stop (graceful shutdown): SIGTERM, and Ctrl-C.
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

/// Both, caught.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
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
        })
    }

    /// Waits for the next.
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
