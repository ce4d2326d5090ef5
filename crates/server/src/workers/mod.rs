//! Background work: what happens by itself beside requests. Every step is small and goes through the same queue as
//! everybody else's.

mod activity;
mod operators;
mod secret_notices;
mod sweep;
mod usage;

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::jobs::{Kind, work};
use crate::state::State;

pub use activity::{write_counts, write_refusals};
pub use operators::Deeds;
pub use secret_notices::tell_of_secrets;
pub use usage::write_usage;

/// How often there is a round.
const EVERY: Duration = Duration::from_secs(5);
/// How many rounds there are to one in which what apps did is counted: a minute of them.
const COUNTED_EVERY: u32 = 12;

/// What runs, until this is dropped or [`Running::abort`].
pub struct Running(JoinSet<()>);

impl Running {
    /// Stops it where it is.
    pub fn abort(&mut self) {
        self.0.abort_all();
    }
}

/// Begins everything.
#[must_use]
pub fn begin(state: &Arc<State>) -> Running {
    let mut running = JoinSet::new();
    running.spawn(rounds(state.clone()));
    for kind in Kind::ALL {
        running.spawn(work::run(state.clone(), *kind));
    }
    Running(running)
}

async fn rounds(state: Arc<State>) {
    let mut rounds = interval(EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut deeds = Deeds::from_now_on(&state);
    let mut round = 0_u32;
    while !state.is_stopping() {
        rounds.tick().await;
        write_usage(&state).await;
        write_refusals(&state).await;
        round = round.wrapping_add(1);
        if round.is_multiple_of(COUNTED_EVERY) {
            write_counts(&state).await;
        }
        deeds.tell(&state).await;
        tell_of_secrets(&state).await;
        sweep::sweep(&state).await;
        count_jobs(&state).await;
    }
}

/// Has the metrics say how many jobs wait, and how many are dead.
async fn count_jobs(state: &State) {
    match state.store.count_jobs().await {
        Ok(counts) => {
            for kind in Kind::ALL.iter().map(|kind| kind.as_str()) {
                let count = counts.iter().find(|count| count.kind == kind);
                let (waiting, dead) = count.map_or((0, 0), |count| (count.waiting, count.dead));
                let age = count
                    .and_then(|count| count.oldest)
                    .map_or(0, |oldest| state.now().since(oldest).max(0) / 1000);
                state.metrics.jobs_there(kind, (waiting, dead), age);
            }
        }
        Err(error) => tracing::warn!(%error, "jobs are counted later"),
    }
}
