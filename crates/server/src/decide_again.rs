//! Optimistic concurrency: load, decide, commit; on a conflict load and decide again.
//!
//! A conflict means that another request committed first. The next decision sees what that request did.

use http::Response;
use symbolon_store::StoreError;

use crate::failure::Failure;
use crate::reply::Body;

/// Attempts at a token: whoever loses more often meets an outage, not a verdict.
pub const AT_A_TOKEN: usize = 3;

/// Attempts at a consent: two decisions about one app and tenant may race (two windows), and the second sees what the first
/// gave. A form that loses twice was itself answered before.
pub const AT_A_CONSENT: usize = 2;

/// The answer of the first attempt whose commit holds.
///
/// # Errors
/// What an attempt fails with; the conflict of the last one.
pub async fn decide_again<F>(attempts: usize, attempt: impl Fn() -> F) -> Result<Response<Body>, Failure>
where
    F: Future<Output = Result<Response<Body>, Failure>>,
{
    let mut left = attempts;
    loop {
        left -= 1;
        match attempt().await {
            Err(Failure::Store(StoreError::Conflict)) if left > 0 => {}
            answered => return answered,
        }
    }
}
