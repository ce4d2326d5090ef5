//! What the sample app remembers of each browser: in memory, under a random cookie.
//!
//! A real app keeps connections in its database, encrypted, under its own user's account.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::HeaderMap;
use http::header::COOKIE;

use super::conversation::Entry;

/// Beyond this many browsers everything is forgotten: a demo needs no better rule.
const MOST_VISITS: usize = 1000;
/// Older entries make room for newer ones.
const MOST_ENTRIES: usize = 40;

/// One browser, with what a client keeps of a request under way and of a connection.
#[derive(Clone)]
pub struct Visit<P, C> {
    /// An authorization request that has not come back yet.
    pub pending: Option<P>,
    /// The account it is connected to.
    pub connection: Option<C>,
    /// A sentence to show once.
    pub notice: Option<Notice>,
    /// What was said between the app and the servers.
    pub entries: Vec<Entry>,
}

/// A sentence for the person.
#[derive(Clone)]
pub struct Notice {
    /// The sentence.
    pub text: String,
    /// Whether it is good news.
    pub good: bool,
}

impl<P, C> Visit<P, C> {
    /// A browser that is sent off to sign in and consent.
    #[must_use]
    pub fn begun(pending: P, entries: Vec<Entry>) -> Visit<P, C> {
        Visit { pending: Some(pending), connection: None, notice: None, entries }
    }

    /// Adds to what was said.
    pub fn write_down(&mut self, entries: Vec<Entry>) {
        self.entries.extend(entries);
        let surplus = self.entries.len().saturating_sub(MOST_ENTRIES);
        self.entries.drain(..surplus);
    }
}

/// All browsers, by the value of their cookie.
pub struct Visits<P, C> {
    cookie: String,
    kept: Mutex<HashMap<String, Visit<P, C>>>,
}

impl<P: Clone, C: Clone> Visits<P, C> {
    /// Nobody yet; whoever comes gets this cookie.
    #[must_use]
    pub fn new(cookie: impl Into<String>) -> Visits<P, C> {
        Visits { cookie: cookie.into(), kept: Mutex::default() }
    }

    /// The visit this request belongs to, with its key.
    #[must_use]
    pub fn find(&self, headers: &HeaderMap) -> Option<(String, Visit<P, C>)> {
        let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let key = cookies
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(name, value)| (name == self.cookie).then_some(value))?;
        self.lock().get(key).map(|visit| (key.to_owned(), visit.clone()))
    }

    /// Keeps a visit under its key.
    pub fn keep(&self, key: String, visit: Visit<P, C>) {
        let mut visits = self.lock();
        if visits.len() >= MOST_VISITS && !visits.contains_key(&key) {
            visits.clear();
        }
        visits.insert(key, visit);
    }

    /// Changes a visit in place, if it is still there.
    pub fn change(&self, key: &str, change: impl FnOnce(&mut Visit<P, C>)) {
        if let Some(visit) = self.lock().get_mut(key) {
            change(visit);
        }
    }

    /// Takes the pending request out: it can be answered once.
    #[must_use]
    pub fn take_pending(&self, key: &str) -> Option<P> {
        self.lock().get_mut(key).and_then(|visit| visit.pending.take())
    }

    /// The `Set-Cookie` for a key. `Lax`, so that it comes along when the browser returns from signing in.
    #[must_use]
    pub fn set_cookie(&self, key: &str) -> String {
        format!("{}={key}; Path=/; HttpOnly; SameSite=Lax", self.cookie)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Visit<P, C>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
