//! Rate limit against brute force: how often somebody may be wrong about a password, and how many accounts one address makes.
//!
//! A try is looked up first, then waits for its turn at the hashing pool, and is reserved only then, before it is evaluated: what
//! is over its budget costs neither a hash nor a row, and as many are reserved at once as hashes run. One that
//! succeeds is given back under everything it counted against, so use costs nothing.
//!
//! A stranger who keeps guessing must not lock the rightful owner out. Browsers that signed in to an account before hold a cookie
//! that proves it, and each has a budget that nobody else can touch. Strangers have budgets per account and address, per
//! address, and per account; `docs/decisions/0021-limits.md` says what they leave to whom.

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::SET_COOKIE;
use http::{HeaderValue, Response};
use subtle::ConstantTimeEq;
use symbolon_oauth::id::UserId;
use symbolon_oauth::time::Timestamp;
use symbolon_store::attempts::{Limit, Subject};
use symbolon_store::users::Account;

use crate::failure::Failure;
use crate::keys::Purpose;
use crate::limits::{Kind, seconds};
use crate::reply::Body;
use crate::request::{Request, network, wide_network};
use crate::state::State;

/// How many times as large a budget is for a /48: per account, and for an address whatever the account.
const WIDE_AT_ACCOUNT: i64 = 2;
const WIDE: i64 = 3;
/// How often a reservation is tried again that others, which gave theirs back, were in the way of.
const AGAIN: usize = 3;

/// One comes back after fifteen minutes, so no fifteen minutes see more than three.
const MAILS: Limit = Limit { tries: 3, window: 3 * 15 * 60_000 };

const COOKIE: &str = "symbolon_known";
const COOKIE_SECONDS: i64 = 400 * 86_400;
/// The accounts that one browser is known to: those it signed in to last.
const KNOWN_AT_MOST: usize = 4;
const BROWSER_BYTES: usize = 16;

/// What a try counts against.
#[derive(Debug)]
pub struct Tries {
    subjects: Vec<Subject>,
    kinds: Vec<Kind>,
}

impl Tries {
    /// A try to sign in as `login`, which may be an account's.
    #[must_use]
    pub fn to_sign_in(state: &State, request: &Request, login: &str, found: Option<&Account>) -> Tries {
        let limits = &state.limits.settings;
        let mut tries = Tries { subjects: Vec::new(), kinds: Vec::new() };
        let known = found.and_then(|found| Some((found, known_browser(state, request, found)?)));
        if let Some((found, browser)) = known {
            // Of the person, who may be called otherwise tomorrow.
            let person = digest(state, Purpose::Throttle, found.user.id.bytes());
            tries.count(Kind::KnownBrowser, format!("known:{person}:{browser}"), limits.known_browser);
            return tries;
        }
        let account = digest(state, Purpose::Throttle, login.as_bytes());
        tries.count(Kind::Account, format!("strangers:{account}"), limits.account);
        let pair = |net| format!("stranger:{account}:{net}");
        let of_pair = limits.account_at_address;
        tries.count_at(request.address, Kind::AccountAtAddress, pair, (of_pair, WIDE_AT_ACCOUNT));
        let address = |net| format!("address:{net}");
        tries.count_at(request.address, Kind::Address, address, (limits.address, WIDE));
        tries
    }

    /// A new account.
    #[must_use]
    pub fn to_sign_up(state: &State, request: &Request) -> Tries {
        let mut tries = Tries { subjects: Vec::new(), kinds: Vec::new() };
        let name = |net| format!("signup:{net}");
        tries.count_at(request.address, Kind::SignUps, name, (state.limits.settings.sign_ups, WIDE));
        tries
    }

    /// A mail to an address that a stranger causes. Nobody is told that there were too many.
    #[must_use]
    pub fn to_be_mailed(state: &State, address: &str) -> Tries {
        let mut tries = Tries { subjects: Vec::new(), kinds: Vec::new() };
        let name = format!("mail:{}", digest(state, Purpose::Throttle, address.as_bytes()));
        tries.count(Kind::Mails, name, MAILS);
        tries
    }

    fn count(&mut self, kind: Kind, name: String, limit: Limit) {
        self.subjects.push(Subject { name, limit });
        self.kinds.push(kind);
    }

    /// Counts at the address, and at its wide network with so many times the budget.
    fn count_at(
        &mut self,
        address: IpAddr,
        kind: Kind,
        name: impl Fn(ipnet::IpNet) -> String,
        (limit, wider): (Limit, i64),
    ) {
        self.count(kind, name(network(address)), limit);
        if let Some(wide) = wide_network(address) {
            self.count(kind, name(wide), limit.times(wider));
        }
    }

    /// The seconds to wait, when this is over a budget. Counts nothing.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn wait(&self, state: &State, now: Timestamp) -> Result<Option<u64>, Failure> {
        let Some((at, wait)) = state.store.attempts_wait(&self.subjects, now).await? else { return Ok(None) };
        if let Some(kind) = self.kinds.get(at) {
            state.metrics.throttled(*kind);
        }
        Ok(Some(seconds(wait)))
    }

    /// Reserves it; inside, the seconds to wait when that cannot be.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn reserve(&self, state: &State, now: Timestamp) -> Result<Result<(), u64>, Failure> {
        for _ in 0..AGAIN {
            if state.store.reserve_attempt(&self.subjects, now).await? {
                return Ok(Ok(()));
            }
            if let Some(seconds) = self.wait(state, now).await? {
                return Ok(Err(seconds));
            }
        }
        Ok(Err(1))
    }

    /// Gives it back.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn give_back(&self, state: &State) -> Result<(), Failure> {
        Ok(state.store.give_back_attempt(&self.subjects).await?)
    }

    /// It stays counted. Where it was the last of a budget, the log says so: once, until that budget is whole again.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn stays(&self, state: &State, request: &Request, now: Timestamp) -> Result<(), Failure> {
        let Some((at, _)) = state.store.attempts_wait(&self.subjects, now).await? else { return Ok(()) };
        let (Some(subject), Some(kind)) = (self.subjects.get(at), self.kinds.get(at)) else { return Ok(()) };
        if state.limits.may_tell(&subject.name, subject.limit, now) {
            let (request_id, source) = (&request.id, network(request.address));
            let kind = kind.as_str();
            tracing::warn!(request_id, kind, %source, "a budget of tries to sign in or up is used up (told once)");
        }
        Ok(())
    }
}

/// Makes the browser known to the account of `user`, who was proven: whatever they sign in with by now, and whoever signs in
/// with what they had.
///
/// # Errors
/// [`Failure::Store`], or [`Failure::Busy`] when the operating system gives no randomness.
pub async fn know(
    state: &State,
    request: &Request,
    response: &mut Response<Body>,
    user: UserId,
) -> Result<(), Failure> {
    let Some(account) = state.store.load_account(user).await? else { return Ok(()) };
    let (prefix, secure) = if state.secure_cookies { ("__Host-", "; Secure") } else { ("", "") };
    let browser: [u8; BROWSER_BYTES] = state.entropy.fill()?;
    let browser = URL_SAFE_NO_PAD.encode(browser);
    let own = format!("{browser}.{}", proof(state, &browser, &account));
    let others = marks(state, request).filter(|mark| !proves(state, *mark, &account));
    let others = others.map(|(browser, mac)| format!("{browser}.{mac}")).take(KNOWN_AT_MOST - 1);
    let value = [own].into_iter().chain(others).collect::<Vec<_>>().join("~");
    let cookie =
        format!("{prefix}{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax{secure}; Max-Age={COOKIE_SECONDS}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(())
}

/// The browser's own name, when it is known to the account.
fn known_browser<'a>(state: &State, request: &'a Request, account: &Account) -> Option<&'a str> {
    marks(state, request).find(|mark| proves(state, *mark, account)).map(|(browser, _)| browser)
}

/// What the cookie holds: for each account a name of the browser, and the proof that it signed in there.
fn marks<'a>(state: &State, request: &'a Request) -> impl Iterator<Item = (&'a str, &'a str)> {
    let prefix = if state.secure_cookies { "__Host-" } else { "" };
    let cookie = request.cookie(&format!("{prefix}{COOKIE}")).unwrap_or_default();
    cookie.split('~').take(KNOWN_AT_MOST).filter_map(|mark| mark.split_once('.'))
}

fn proves(state: &State, (browser, mac): (&str, &str), account: &Account) -> bool {
    proof(state, browser, account).as_bytes().ct_eq(mac.as_bytes()).into()
}

/// Of the person, not of what they sign in with, which may be somebody else's one day; and of their password, so that who
/// knew an older one has kept nothing.
fn proof(state: &State, browser: &str, account: &Account) -> String {
    let password = account.password_hash.as_deref().unwrap_or_default();
    let parts: [&[u8]; 5] = [browser.as_bytes(), b".", account.user.id.bytes(), b".", password.as_bytes()];
    digest(state, Purpose::DeviceCookie, &parts.concat())
}

/// Nobody without the server's keys can tell the account from this, or make one. What is stored and what a browser
/// holds differ by purpose, so that a stolen database makes no browser known.
fn digest(state: &State, purpose: Purpose, data: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(state.keys.mac(purpose, data))
}
