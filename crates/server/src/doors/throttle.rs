//! How often somebody may try a password: per account and per address, counted before the try is evaluated.
//!
//! A stranger who keeps guessing must not lock the rightful owner out. A browser that signed in to an account before
//! holds a cookie that proves it, and has a count of its own; the strangers share the account's.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::SET_COOKIE;
use http::{HeaderValue, Response};
use subtle::ConstantTimeEq;
use symbolon_oauth::time::Timestamp;
use symbolon_store::attempts::Limit;

use crate::failure::Failure;
use crate::keys::Purpose;
use crate::reply::Body;
use crate::request::{Request, source};
use crate::state::State;

const WINDOW: i64 = 15 * 60_000;
/// Tries on one account by strangers, or by one browser that is known to it.
const PER_ACCOUNT: Limit = Limit { tries: 5, window: WINDOW };
/// Tries from one address, whatever the accounts. Offices share addresses.
const PER_ADDRESS: Limit = Limit { tries: 50, window: WINDOW };
/// New accounts from one address.
const NEW_ACCOUNTS: Limit = Limit { tries: 20, window: 60 * 60_000 };

const COOKIE: &str = "symbolon_known";
const COOKIE_SECONDS: i64 = 400 * 86_400;

/// The subjects a try is counted under.
pub struct Tries {
    account: String,
    address: String,
}

/// Counts a try to sign in.
///
/// # Errors
/// [`Failure::Store`]; inside, the seconds to wait.
pub async fn count(
    state: &State,
    request: &Request,
    email: &str,
    now: Timestamp,
) -> Result<Result<Tries, u64>, Failure> {
    let known = is_known(state, request, email);
    let tries = Tries {
        account: format!("account:{}:{}", if known { "known" } else { "stranger" }, digest(state, email)),
        address: format!("address:{}", source(request.address)),
    };
    for (subject, limit) in [(&tries.address, PER_ADDRESS), (&tries.account, PER_ACCOUNT)] {
        if let Err(until) = state.store.count_attempt(subject, limit, now).await? {
            return Ok(Err(seconds(until, now)));
        }
    }
    Ok(Ok(tries))
}

/// Counts a new account.
///
/// # Errors
/// [`Failure::Store`]; inside, the seconds to wait.
pub async fn count_new_account(
    state: &State,
    request: &Request,
    now: Timestamp,
) -> Result<Result<(), u64>, Failure> {
    let subject = format!("signup:{}", source(request.address));
    let counted = state.store.count_attempt(&subject, NEW_ACCOUNTS, now).await?;
    Ok(counted.map_err(|until| seconds(until, now)))
}

/// A success gives the account's tries back, not the address's: one good account must not buy guesses at others.
///
/// # Errors
/// [`Failure::Store`].
pub async fn succeeded(state: &State, tries: &Tries) -> Result<(), Failure> {
    Ok(state.store.forget_attempts(&tries.account).await?)
}

/// Makes the browser known to the account.
pub fn know(state: &State, response: &mut Response<Body>, email: &str) {
    let (prefix, secure) = if state.secure_cookies { ("__Host-", "; Secure") } else { ("", "") };
    let value = digest(state, email);
    let cookie =
        format!("{prefix}{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax{secure}; Max-Age={COOKIE_SECONDS}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

fn is_known(state: &State, request: &Request, email: &str) -> bool {
    let prefix = if state.secure_cookies { "__Host-" } else { "" };
    let cookie = request.cookie(&format!("{prefix}{COOKIE}")).unwrap_or_default();
    digest(state, email).as_bytes().ct_eq(cookie.as_bytes()).into()
}

/// Nobody without the server's keys can tell the account from this, or make one.
fn digest(state: &State, email: &str) -> String {
    URL_SAFE_NO_PAD.encode(state.keys.mac(Purpose::DeviceCookie, email.as_bytes()))
}

fn seconds(until: Timestamp, now: Timestamp) -> u64 {
    u64::try_from(until.since(now)).unwrap_or(0).div_ceil(1000).max(1)
}
