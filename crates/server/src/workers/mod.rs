//! Background work: what happens by itself beside requests. Every step is small and goes through the same queue as
//! everybody else's.

mod operators;
mod sweep;
mod usage;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::state::State;

pub use operators::Deeds;
pub use usage::write_usage;

/// How often there is a round.
const EVERY: Duration = Duration::from_secs(5);

/// Runs until the server stops.
pub async fn run(state: Arc<State>) {
    let mut rounds = interval(EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut deeds = Deeds::from_now_on(&state);
    while !state.is_stopping() {
        rounds.tick().await;
        write_usage(&state).await;
        deeds.tell(&state).await;
        sweep::sweep(&state).await;
    }
}
