//! Whether the server answers at all.
//!
//! A statement that takes long is not yet a server that hangs: a commit may wait for a slow disk, a search for a large
//! table. So whoever has waited for [`PATIENCE`] asks on a connection where nothing else ever runs. An answer there
//! means that waiting is right, up to the limit of the statement. No byte there within [`SILENCE`] means that nobody will
//! be answered, and everybody who waits hears so: less than a second after the server fell silent.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::StoreError;
use super::address::Address;
use super::fault::Fault;
use super::line::Line;

/// So long nobody asks.
const PATIENCE: Duration = Duration::from_millis(500);
/// So long the answer may take, in as many looks: where this process did not get its turn on a busy machine, the answer that
/// came meanwhile is read between two looks, and is not taken for silence.
const SILENCE: Duration = Duration::from_millis(400);
const LOOKS: u32 = 4;

/// The way to ask.
pub(super) struct Pulse {
    line: Line,
    silent: AtomicBool,
}

impl Pulse {
    /// Keeps a connection to ask on.
    pub(super) fn keep(address: Arc<Address>) -> Pulse {
        Pulse { line: Line::keep(address, None), silent: AtomicBool::new(false) }
    }

    /// Why to wait no longer, if the server is silent. Without a connection to ask on that is not known, unless silence
    /// is why there is none.
    async fn silence(&self) -> Option<StoreError> {
        let Some(session) = self.line.up() else { return self.known() };
        let mut answer = pin!(session.command("SELECT 1"));
        for _ in 0..LOOKS {
            match tokio::time::timeout(SILENCE / LOOKS, answer.as_mut()).await {
                Ok(Ok(_)) => {
                    self.silent.store(false, Ordering::Relaxed);
                    return None;
                }
                Ok(Err(_)) => return self.known(),
                Err(_) => {}
            }
        }
        self.silent.store(true, Ordering::Relaxed);
        session.give_up_on(silent());
        Some(silent())
    }

    fn known(&self) -> Option<StoreError> {
        self.silent.load(Ordering::Relaxed).then(silent)
    }
}

/// What ended a wait.
pub(super) enum Wait<T> {
    /// The work did.
    Done(Result<T, Fault>),
    /// It took longer than it may.
    TooLong,
    /// The server answers nobody.
    Silent(StoreError),
}

/// Waits for `work`, for `limit` at most, and while `pulse` can be felt.
pub(super) async fn wait<T>(
    pulse: Option<&Pulse>,
    limit: Duration,
    work: impl Future<Output = Result<T, Fault>>,
) -> Wait<T> {
    let mut work = pin!(work);
    let mut left = limit;
    loop {
        let turn = left.min(PATIENCE);
        if let Ok(outcome) = tokio::time::timeout(turn, work.as_mut()).await {
            return Wait::Done(outcome);
        }
        left = left.saturating_sub(turn);
        let Some(pulse) = pulse.filter(|_| !left.is_zero()) else { return Wait::TooLong };
        tokio::select! {
            biased;
            outcome = work.as_mut() => return Wait::Done(outcome),
            silence = pulse.silence() => if let Some(silence) = silence {
                return Wait::Silent(silence);
            },
        }
    }
}

fn silent() -> StoreError {
    StoreError::unavailable("PostgreSQL does not answer on any connection")
}
