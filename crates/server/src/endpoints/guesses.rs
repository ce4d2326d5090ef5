//! Credentials of apps and APIs against brute force: a try that is over its budget is not looked at, and one that is wrong
//! counts. The budgets are in `limits/guess.rs`.
//!
//! What this server made has 128 random bits, so a budget that neighbours used up does not stop it: a try of that form is
//! looked at all the same, and answered as every other unless it is right.

use symbolon_oauth::quoted::Excerpt;
use symbolon_oauth::reason::Reason;
use symbolon_oauth::time::Timestamp;

use crate::failure::Failure;
use crate::limits::{Guess, Kind, Tried, seconds};
use crate::request::{Request, network};
use crate::state::State;

/// What a look-up says of a credential.
pub enum Verdict<T> {
    /// It is right, and whose.
    Right(T),
    /// It is wrong, and how that is refused.
    Wrong(Failure),
}

/// Looks a credential up within its budget: asks whether it may be tried, tries it, and counts it if it was wrong.
/// `is_minted` says whether it has the form of one that this server made.
///
/// # Errors
/// How a wrong one is refused; [`Failure::Throttled`] over the budget; what gives no verdict.
pub async fn judged<T>(
    (state, request): (&State, &Request),
    guess: &Guess<'_>,
    is_minted: impl Fn() -> bool,
    look_up: impl Future<Output = Result<Verdict<T>, Failure>>,
) -> Result<T, Failure> {
    let _turn = match guess.wait(state.now()) {
        0 => None,
        _ if is_minted() => state.limits.beyond_the_budget().await,
        wait => return Err(over(wait)),
    };
    match look_up.await? {
        Verdict::Right(found) => {
            let now = state.now();
            match guess.wait(now) {
                // Others, which went on at the same time, used the budget up.
                wait if wait > 0 && !is_minted() => Err(over(wait)),
                _ => {
                    guess.was_right(now);
                    Ok(found)
                }
            }
        }
        Verdict::Wrong(failure) => Err(wrong(state, request, guess, failure)),
    }
}

/// Counts a try that was wrong, and answers how it is refused: as it would be, or, over the budget, with the seconds to wait.
fn wrong(state: &State, request: &Request, guess: &Guess<'_>, failure: Failure) -> Failure {
    let now = state.now();
    match guess.was_wrong(now) {
        Ok(false) => failure,
        Ok(true) => {
            tell(state, request, guess.tried(), now);
            failure
        }
        Err(wait) => over(wait),
    }
}

/// The same where the failure says whether a code or a refresh token was wrong; what fails otherwise was no guess.
#[must_use]
pub fn of_a_grant(state: &State, request: &Request, client_id: &str, failure: Failure) -> Failure {
    let tried = match &failure {
        Failure::Refused(refusal) if refusal.reason == Reason::CodeUnknown => Tried::Code(client_id),
        // One of another client is a guess, too: else the counter would tell it from one that there is not.
        Failure::Refused(refusal)
            if matches!(refusal.reason, Reason::RefreshTokenUnknown | Reason::RefreshTokenForeign) =>
        {
            Tried::RefreshToken(client_id)
        }
        _ => return failure,
    };
    wrong(state, request, &state.limits.guess(tried, request.address), failure)
}

fn over(wait: i64) -> Failure {
    Failure::Throttled(Kind::Credentials, seconds(wait))
}

/// Said once for a client at an address, not at every try.
fn tell(state: &State, request: &Request, tried: Tried<'_>, now: Timestamp) {
    let source = network(request.address);
    let limit = state.limits.settings.credentials;
    if !state.limits.may_tell((tried.as_str(), tried.client(), source), limit, now) {
        return;
    }
    tracing::warn!(
        request_id = request.id,
        client_id = tried.client().map(Excerpt).map(tracing::field::display),
        source = %source,
        kind = Kind::Credentials.as_str(),
        "too many wrong {} from one address: until it stops, it is answered 429 (told once)",
        tried.as_str()
    );
}
