//! Built-in accounts: an identity is proven by e-mail address and password, or made.
//!
//! A wrong address, a wrong password and a disabled account are one answer that takes one time. Tries are counted before they
//! are evaluated (rate limit against brute force).

use symbolon_oauth::time::Timestamp;
use symbolon_platform::account::{self, Unfit, UnfitSignIn, Wanted};
use symbolon_platform::deed::Deed;
use symbolon_platform::user::{Login, User};
use symbolon_store::StoreError;
use symbolon_store::audit::Actor;
use symbolon_store::change::UserChange;

use crate::doors::throttle::Tries;
use crate::failure::Failure;
use crate::password::Judged;
use crate::request::Request;
use crate::state::State;

/// Why nobody was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unproven {
    /// There is no address.
    NoEmail,
    /// There is no password.
    NoPassword,
    /// They do not match, or the account is not in force.
    Mismatch,
    /// Too many tries; the seconds to wait.
    Throttled(u64),
}

/// Why no account was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unmade {
    /// What was typed does not fit.
    Unfit(Unfit),
    /// Too many new accounts; the seconds to wait.
    Throttled(u64),
    /// The address has an account.
    Taken,
}

/// Why an account signs in with what it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unchanged {
    /// Too many addresses were tried; the seconds to wait.
    Throttled(u64),
    /// Somebody signs in with it.
    Taken,
}

/// Proves who somebody is; inside, the person, and since when what they begin counts.
///
/// # Errors
/// [`Failure::Store`] or [`Failure::Busy`]; inside, why it is not proven.
pub async fn prove(
    state: &State,
    request: &Request,
    (email, password): (&str, &str),
    now: Timestamp,
) -> Result<Result<(User, Timestamp), Unproven>, Failure> {
    if let Err(unfit) = account::sign_in(email, password) {
        return Ok(Err(match unfit {
            UnfitSignIn::NoEmail => Unproven::NoEmail,
            UnfitSignIn::NoPassword => Unproven::NoPassword,
            UnfitSignIn::Impossible => Unproven::Mismatch,
        }));
    }
    let found = state.store.load_account_by_login(email).await?;
    let tries = Tries::to_sign_in(state, request, email, found.as_ref());
    if let Some(seconds) = tries.wait(state, now).await? {
        return Ok(Err(Unproven::Throttled(seconds)));
    }
    let stored = found.as_ref().and_then(|account| account.password_hash.as_deref());
    let turn = state.passwords.turn().await?;
    if let Err(seconds) = tries.reserve(state, now).await? {
        return Ok(Err(Unproven::Throttled(seconds)));
    }
    let judged = match state.passwords.judge_in(turn, password, stored).await {
        Ok(judged) => judged,
        Err(no_verdict) => {
            tries.give_back(state).await?;
            return Err(no_verdict.into());
        }
    };
    let valid_from = found.as_ref().map_or(now, |account| account.valid_from);
    let foreign = stored.map(str::to_owned);
    let tried = found.as_ref().map(|account| account.user.external_id.clone());
    let Some(user) = account::signed_in(found.map(|account| account.user), judged.is_right()) else {
        tracing::info!(
            request_id = request.id,
            address = %request.address,
            host = request.host(),
            user = tried,
            ms = request.began.milliseconds(),
            "a sign-in failed"
        );
        tries.stays(state, request, now).await?;
        return Ok(Err(Unproven::Mismatch));
    };
    if let (Judged::Adopt(own), Some(foreign)) = (judged, foreign) {
        adopt(state, request, (&user, foreign, own), now).await?;
    }
    tries.give_back(state).await?;
    Ok(Ok((user, valid_from)))
}

/// Keeps by our own hash a password that was known by another server's. Whoever set another meanwhile, or was as quick with
/// the same, leaves nothing to do.
async fn adopt(
    state: &State,
    request: &Request,
    (user, foreign, own): (&User, String, String),
    now: Timestamp,
) -> Result<(), Failure> {
    let audit = state.deed(request, Deed::PasswordAdopted, Actor::User(user.id), now)?.user(user.id);
    let change = UserChange::AdoptPassword { user: user.id, foreign, own };
    match state.store.change(&[change.into()], &[audit]).await {
        Ok(()) | Err(StoreError::Conflict) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The hash of a newcomer's password, once what was typed fits and the tries of their address reach for it. It is computed before
/// anybody looks whether there is such an account, so that both ways take as long.
///
/// # Errors
/// [`Failure::Store`] or [`Failure::Busy`]; inside, why nobody is admitted.
pub(super) async fn admitted(
    state: &State,
    request: &Request,
    (wanted, password): (&Wanted, &str),
    now: Timestamp,
) -> Result<Result<String, Unmade>, Failure> {
    if let Err(unfit) = wanted.check(password, &state.called()) {
        return Ok(Err(Unmade::Unfit(unfit)));
    }
    let tries = Tries::to_sign_up(state, request);
    if let Some(seconds) = tries.wait(state, now).await? {
        return Ok(Err(Unmade::Throttled(seconds)));
    }
    let turn = state.passwords.turn().await?;
    // Never given back: an account that is made, and one that was found to be there already, are what is limited.
    if let Err(seconds) = tries.reserve(state, now).await? {
        return Ok(Err(Unmade::Throttled(seconds)));
    }
    tries.stays(state, request, now).await?;
    Ok(Ok(state.passwords.hash_in(turn, password).await?))
}

/// Makes an account.
///
/// # Errors
/// [`Failure::Store`] or [`Failure::Busy`]; inside, why none was made.
pub async fn create(
    state: &State,
    request: &Request,
    (wanted, password): (&Wanted, &str),
    now: Timestamp,
) -> Result<Result<User, Unmade>, Failure> {
    let hash = match admitted(state, request, (wanted, password), now).await? {
        Ok(hash) => hash,
        Err(unmade) => return Ok(Err(unmade)),
    };
    let id = state.entropy.new_id(now)?;
    let (user, tenant) = wanted.account(id, state.entropy.new_id(now)?);
    let audit = state.deed(request, Deed::UserSignedUp, Actor::User(id), now)?.user(id);
    match state.store.sign_up(&user, &hash, &tenant, audit).await {
        Ok(()) => {
            request.trail.person(&user.external_id);
            request.trail.did(Deed::UserSignedUp);
            Ok(Ok(user))
        }
        Err(StoreError::Conflict) => Ok(Err(Unmade::Taken)),
        Err(error) => Err(error.into()),
    }
}

/// Lets an account whose address nobody has proven sign in with another one. It is counted like a new account: either
/// tells whether an address is taken.
///
/// # Errors
/// [`Failure::Store`]; inside, why it was not changed.
pub async fn change_login(
    state: &State,
    request: &Request,
    user: &User,
    address: &str,
    now: Timestamp,
) -> Result<Result<(), Unchanged>, Failure> {
    let tries = Tries::to_sign_up(state, request);
    if let Err(seconds) = tries.reserve(state, now).await? {
        return Ok(Err(Unchanged::Throttled(seconds)));
    }
    tries.stays(state, request, now).await?;
    let audit = state.deed(request, Deed::LoginChanged, Actor::User(user.id), now)?.user(user.id);
    let login = Login::Unproven(address.to_owned());
    let change = UserChange::SetLogin { old: user.clone(), login };
    match state.store.change(&[change.into()], &[audit]).await {
        Ok(()) => {
            request.trail.did(Deed::LoginChanged);
            Ok(Ok(()))
        }
        Err(StoreError::Conflict) => Ok(Err(Unchanged::Taken)),
        Err(error) => Err(error.into()),
    }
}
