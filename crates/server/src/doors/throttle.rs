//! Rate limit against brute force: how often somebody may try a password, per account and per address, counted before the
//! try is evaluated.
//!
//! A stranger who keeps guessing must not lock the rightful owner out. Browsers that signed in to an account before hold
//! a cookie that proves it and are counted apart; strangers are counted by their address, and all together only against
//! many addresses at once.

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
/// Tries on one account from one address, or by browsers that are known to it.
const PER_ACCOUNT: Limit = Limit { tries: 5, window: WINDOW };
/// Tries on one account by all strangers together.
const BY_STRANGERS: Limit = Limit { tries: 50, window: WINDOW };
/// Tries from one address, whatever the accounts. Offices share addresses.
const PER_ADDRESS: Limit = Limit { tries: 50, window: WINDOW };
/// New accounts from one address.
const NEW_ACCOUNTS: Limit = Limit { tries: 20, window: 60 * 60_000 };

const COOKIE: &str = "symbolon_known";
const COOKIE_SECONDS: i64 = 400 * 86_400;

/// What a try is counted under that a success forgets.
pub struct Tries {
    account: String,
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
    let (account, source) = (digest(state, Purpose::Throttle, email), source(request.address));
    let known = is_known(state, request, email);
    let tries = Tries {
        account: if known { format!("known:{account}") } else { format!("stranger:{account}:{source}") },
    };
    let address = format!("address:{source}");
    let strangers = format!("strangers:{account}");
    let counts = [(&address, PER_ADDRESS), (&tries.account, PER_ACCOUNT), (&strangers, BY_STRANGERS)];
    for (subject, limit) in counts.into_iter().take(if known { 2 } else { 3 }) {
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
    let value = digest(state, Purpose::DeviceCookie, email);
    let cookie =
        format!("{prefix}{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax{secure}; Max-Age={COOKIE_SECONDS}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

fn is_known(state: &State, request: &Request, email: &str) -> bool {
    let prefix = if state.secure_cookies { "__Host-" } else { "" };
    let cookie = request.cookie(&format!("{prefix}{COOKIE}")).unwrap_or_default();
    digest(state, Purpose::DeviceCookie, email).as_bytes().ct_eq(cookie.as_bytes()).into()
}

/// Nobody without the server's keys can tell the account from this, or make one. What is stored and what a browser
/// holds differ by purpose, so that a stolen database makes no browser known.
fn digest(state: &State, purpose: Purpose, email: &str) -> String {
    URL_SAFE_NO_PAD.encode(state.keys.mac(purpose, email.as_bytes()))
}

fn seconds(until: Timestamp, now: Timestamp) -> u64 {
    u64::try_from(until.since(now)).unwrap_or(0).div_ceil(1000).max(1)
}
