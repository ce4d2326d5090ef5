//! Retention worker: deletes what has expired, chunk by chunk.

use std::time::Duration;

use symbolon_store::sweep::{CHUNK, Sweep};
use tokio::time::{MissedTickBehavior, interval};

use crate::state::State;

/// How long it rests between two full steps, so that others go first.
const REST: Duration = Duration::from_millis(10);

/// Deletes all that is over by now.
pub(super) async fn sweep(state: &State) {
    for kind in Sweep::ALL {
        sweep_one(state, kind).await;
    }
}

async fn sweep_one(state: &State, kind: Sweep) {
    let mut pauses = interval(REST);
    pauses.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !state.is_stopping() {
        pauses.tick().await;
        match state.store.sweep(kind, state.now()).await {
            Ok(rows) => {
                state.metrics.purged(rows);
                if rows < CHUNK {
                    return;
                }
            }
            Err(error) => {
                tracing::warn!(%error, sweep = ?kind, "what has expired is deleted later");
                return;
            }
        }
    }
}
