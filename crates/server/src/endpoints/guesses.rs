//! Credentials of apps and APIs against brute force: a try that is over its budget is not looked at, and one that is wrong
//! counts. The budgets are in `limits/guess.rs`.

use symbolon_oauth::reason::Reason;
use symbolon_oauth::time::Timestamp;

use crate::failure::Failure;
use crate::limits::{Guess, Kind, Tried, seconds};
use crate::request::{Request, network};
use crate::state::State;

/// Refuses a try that is over its budget.
///
/// # Errors
/// [`Failure::Throttled`].
pub fn may_be_tried(guess: &Guess<'_>, now: Timestamp) -> Result<(), Failure> {
    match guess.wait(now) {
        0 => Ok(()),
        wait => Err(over(wait)),
    }
}

/// What a try that was right is worth: nothing where others, which went on at the same time, used the budget up.
///
/// # Errors
/// [`Failure::Throttled`].
pub fn right(guess: &Guess<'_>, now: Timestamp) -> Result<(), Failure> {
    may_be_tried(guess, now)?;
    guess.was_right(now);
    Ok(())
}

/// Counts a try that was wrong, and answers how it is refused: as it would be, or, over the budget, with the seconds to wait.
#[must_use]
pub fn wrong(state: &State, request: &Request, guess: &Guess<'_>, failure: Failure) -> Failure {
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
    // What somebody sent is not written as it is.
    let client_id = tried.client().map(|client_id| client_id.escape_debug().take(100).collect::<String>());
    tracing::warn!(
        request_id = request.id,
        client_id,
        source = %source,
        kind = Kind::Credentials.as_str(),
        "too many wrong {} from one address: until it stops, it is answered 429 (told once)",
        tried.as_str()
    );
}
