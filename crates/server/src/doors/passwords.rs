//! How a person changes the password of their account: who is signed in proves it once more.

use symbolon_oauth::time::Timestamp;
use symbolon_platform::account::{self, PASSWORD_AT_MOST, UnfitPassword};
use symbolon_platform::deed::Deed;
use symbolon_store::StoreError;
use symbolon_store::audit::Actor;
use symbolon_store::change::UserChange;
use symbolon_store::users::Account;

use crate::doors::throttle::Tries;
use crate::failure::Failure;
use crate::request::Request;
use crate::state::State;

/// Why a password was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unset {
    /// The one of today was not given.
    NoCurrent,
    /// It is another one.
    WrongCurrent,
    /// The new one cannot be one.
    Unfit(UnfitPassword),
    /// The new one is the one of today.
    Same,
    /// Too many tries; the seconds to wait.
    Throttled(u64),
}

/// Changes the password of `account`, whose present hash is `stored`. A wrong one counts like a wrong one at sign-in, so that a
/// session that was taken over is no way to guess at it.
///
/// # Errors
/// [`Failure::Store`] or [`Failure::Busy`]; inside, why it was not changed.
pub async fn change(
    state: &State,
    request: &Request,
    (account, stored): (&Account, &str),
    (current, new): (&str, &str),
    now: Timestamp,
) -> Result<Result<(), Unset>, Failure> {
    let user = &account.user;
    if let Err(unfit) = account::choose_password(new, user, &state.called()) {
        return Ok(Err(Unset::Unfit(unfit)));
    }
    if let Err(unproven) = prove(state, request, (account, stored), current, now).await? {
        return Ok(Err(unproven));
    }
    if current == new {
        return Ok(Err(Unset::Same));
    }
    let hash = state.passwords.hash_in(state.passwords.turn().await?, new).await?;
    let audit = state.deed(request, Deed::PasswordChanged, Actor::User(user.id), now)?.user(user.id);
    let change = UserChange::ChangePassword { user: user.id, proven: stored.to_owned(), hash, at: now };
    match state.store.change(&[change.into()], &[audit]).await {
        Ok(()) => {
            request.trail.did(Deed::PasswordChanged);
            Ok(Ok(()))
        }
        // Somebody set another meanwhile.
        Err(StoreError::Conflict) => Ok(Err(Unset::WrongCurrent)),
        Err(error) => Err(error.into()),
    }
}

/// Proves that the person knows the password of today.
async fn prove(
    state: &State,
    request: &Request,
    (account, stored): (&Account, &str),
    current: &str,
    now: Timestamp,
) -> Result<Result<(), Unset>, Failure> {
    if current.is_empty() {
        return Ok(Err(Unset::NoCurrent));
    }
    // Longer than any: as wrong as any other guess, and not worth hashing.
    if current.len() > PASSWORD_AT_MOST {
        return Ok(Err(Unset::WrongCurrent));
    }
    let tries = Tries::to_sign_in(state, request, account.user.login.as_str(), Some(account));
    if let Some(seconds) = tries.wait(state, now).await? {
        return Ok(Err(Unset::Throttled(seconds)));
    }
    let turn = state.passwords.turn().await?;
    if let Err(seconds) = tries.reserve(state, now).await? {
        return Ok(Err(Unset::Throttled(seconds)));
    }
    let judged = match state.passwords.judge_in(turn, current, Some(stored)).await {
        Ok(judged) => judged,
        Err(no_verdict) => {
            tries.give_back(state).await?;
            return Err(no_verdict.into());
        }
    };
    if judged.is_right() {
        tries.give_back(state).await?;
        return Ok(Ok(()));
    }
    tracing::info!(
        request_id = request.id,
        address = %request.address,
        host = request.host(),
        user = account.user.external_id,
        ms = request.began.milliseconds(),
        "a password was not changed: the one of today was wrong"
    );
    tries.stays(state, request, now).await?;
    Ok(Err(Unset::WrongCurrent))
}
