//! The signals that tell a server to stop: SIGTERM, and Ctrl-C.
//!
//! Once they are caught they end nothing by themselves, and none is lost: what comes before it is waited for is there
//! when it is.

use std::future::Future;

use anyhow::{Context, Result, bail};
use tokio::signal::unix::{Signal, SignalKind, signal};

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
    /// When the operating system does not let us listen for signals.
    pub fn catch() -> Result<Signals> {
        Ok(Signals {
            terminate: signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?,
            interrupt: signal(SignalKind::interrupt()).context("cannot listen for Ctrl-C")?,
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
    /// When it came. What was under way is cut off then.
    pub async fn unless_again<T>(&mut self, stop: impl Future<Output = T>) -> Result<T> {
        tokio::select! {
            biased;
            stopped = stop => Ok(stopped),
            () = self.next() => {
                tracing::warn!("a second signal: stopping at once");
                bail!("stopped at once by a second signal; what was under way is cut off")
            }
        }
    }
}
