//! What happens by itself: deleting what is over, and writing down which grants were used. Every step is small and goes
//! through the same queue as everybody else's.

use std::sync::Arc;
use std::time::Duration;

use symbolon_store::sweep::{CHUNK, KINDS};
use tokio::time::{MissedTickBehavior, interval};

use crate::state::State;

/// How often the janitor looks.
const EVERY: Duration = Duration::from_secs(5);
/// How long it rests between two full steps, so that others go first.
const REST: Duration = Duration::from_millis(10);

/// Runs until the server stops.
pub async fn janitor(state: Arc<State>) {
    let mut rounds = interval(EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !state.is_stopping() {
        rounds.tick().await;
        write_usage(&state).await;
        for kind in 0..KINDS {
            purge(&state, kind).await;
        }
    }
}

async fn purge(state: &State, kind: usize) {
    let mut pauses = interval(REST);
    pauses.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !state.is_stopping() {
        pauses.tick().await;
        match state.store.purge(kind, state.now()).await {
            Ok(rows) => {
                state.metrics.purged(rows);
                if rows < CHUNK {
                    return;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the janitor tries again later");
                return;
            }
        }
    }
}

/// Writes down which grants were used.
pub async fn write_usage(state: &State) {
    let used = state.usage.take();
    if let Err(error) = state.store.touch_grants(&used).await {
        tracing::warn!(%error, "the last use of some grants was not written down");
    }
}
