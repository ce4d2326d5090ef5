//! Optimistic concurrency: load, decide, commit; on a conflict load and decide again.
//!
//! A conflict means that another request committed first. The next decision sees what that request did.

use http::Response;
use symbolon_store::StoreError;

use crate::clock::Stopwatch;
use crate::failure::Failure;
use crate::reply::Body;

/// How long whoever loses a commit goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Once more. Two decisions about one app and tenant may race (two windows), and the second sees what the first gave. A
    /// form that loses twice was itself answered before.
    Once,
    /// For some seconds: an app has as many workers as it likes, and each that loses has lost to another one that won. Whoever
    /// still has no answer then meets an outage, not a verdict.
    Seconds,
}

/// The milliseconds after the first lost commit at which another try begins: at once, then ever more slowly.
const TRIES: [u64; 24] = [
    0, 0, 1, 2, 4, 8, 16, 32, 64, 100, 150, 200, 300, 400, 500, 750, 1000, 1250, 1500, 2000, 2500, 3000,
    4000, 5000,
];

/// The answer of the first attempt whose commit holds.
///
/// # Errors
/// What an attempt fails with; the conflict of the last one.
pub async fn decide_again<F>(patience: Patience, attempt: impl Fn() -> F) -> Result<Response<Body>, Failure>
where
    F: Future<Output = Result<Response<Body>, Failure>>,
{
    let mut tries = match patience {
        Patience::Once => &TRIES[..1],
        Patience::Seconds => &TRIES[..],
    }
    .iter();
    let mut lost = None;
    loop {
        let answered = attempt().await;
        if !matches!(answered, Err(Failure::Store(StoreError::Conflict))) {
            return answered;
        }
        let Some(next) = tries.next() else { return answered };
        lost.get_or_insert_with(Stopwatch::start).until(*next).await;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::reply;

    /// Whether somebody is answered who loses so often to others, and after how many tries.
    async fn answered(patience: Patience, losses: usize) -> (bool, usize) {
        let tries = Cell::new(0);
        let answered = decide_again(patience, || {
            tries.set(tries.get() + 1);
            let lost = tries.get() <= losses;
            async move { if lost { Err(StoreError::Conflict.into()) } else { Ok(reply::empty(204)) } }
        });
        (answered.await.is_ok(), tries.get())
    }

    /// On the clock of the runtime, which stands still but for what is waited for.
    #[tokio::test(start_paused = true)]
    async fn whoever_loses_to_others_goes_on_for_seconds() {
        let began = Stopwatch::start();
        assert_eq!(answered(Patience::Seconds, 0).await, (true, 1));
        assert_eq!(answered(Patience::Seconds, 2).await, (true, 3));
        assert_eq!(began.seconds(), 0.0, "nobody waits who loses to one or two");
        assert_eq!(answered(Patience::Seconds, 20).await, (true, 21), "nor is shut out by twenty");
        let began = Stopwatch::start();
        assert_eq!(answered(Patience::Seconds, 1000).await, (false, TRIES.len() + 1));
        assert!((5.0..5.1).contains(&began.seconds()), "and it has an end");
        assert_eq!(
            (answered(Patience::Once, 1).await, answered(Patience::Once, 2).await),
            ((true, 2), (false, 2))
        );
    }
}
