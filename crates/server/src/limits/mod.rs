//! Rate limits that live in memory: guesses at the credentials of apps and APIs, codes for one person, and what is told once.
//!
//! Each process counts by itself and forgets at its end; passwords, which people choose, are counted in storage
//! (`doors/throttle.rs`). How the budgets are kept is in `table.rs`, why they are what they are in `docs/decisions/0021-limits.md`.

mod guess;
mod table;

use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use symbolon_oauth::id::UserId;
use symbolon_oauth::time::Timestamp;
use symbolon_store::attempts::Limit;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::config;

pub use guess::{Guess, Tried};
use table::Table;

/// Slots for clients at addresses, and for hosts' APIs: half a megabyte, once it is needed.
const PAIRS: usize = 1 << 16;
const ADDRESSES: usize = 1 << 15;
const HOMES: usize = 1 << 15;
const NEW_HOMES: usize = 1 << 13;
const PEOPLE: usize = 1 << 14;
const SENTENCES: usize = 1 << 12;

/// What was tried or asked too often, as the metrics name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Passwords of one account, from one address.
    AccountAtAddress,
    /// Passwords of one account, from everywhere.
    Account,
    /// Passwords, from one address.
    Address,
    /// Passwords of one account, in a browser that knows it.
    KnownBrowser,
    /// New accounts.
    SignUps,
    /// Credentials of apps and APIs.
    Credentials,
    /// Codes for one person.
    Codes,
    /// Mails to one address.
    Mails,
}

impl Kind {
    /// Its name: the setting it comes from.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::AccountAtAddress => "account_at_address",
            Kind::Account => "account",
            Kind::Address => "address",
            Kind::KnownBrowser => "known_browser",
            Kind::SignUps => "sign_ups",
            Kind::Credentials => "credentials",
            Kind::Codes => "codes",
            Kind::Mails => "mails",
        }
    }
}

/// The budgets, and what was used of them.
#[derive(Debug)]
pub struct Limits {
    /// How large they are.
    pub settings: config::Limits,
    used: Arc<Used>,
}

#[derive(Debug)]
struct Used {
    /// Keyed by this process, so that nobody outside knows who is counted where.
    hasher: RandomState,
    pairs: Table,
    addresses: Table,
    homes: Table,
    new_homes: Table,
    beyond: Semaphore,
    people: Table,
    sentences: Table,
    told_of_nobody: AtomicBool,
    told_of_unreadable: AtomicBool,
}

impl Limits {
    /// Whole budgets.
    #[must_use]
    pub fn new(settings: config::Limits) -> Limits {
        let used = Used {
            hasher: RandomState::new(),
            pairs: Table::new(PAIRS),
            addresses: Table::new(ADDRESSES),
            homes: Table::new(HOMES),
            new_homes: Table::new(NEW_HOMES),
            beyond: Semaphore::new(1),
            people: Table::new(PEOPLE),
            sentences: Table::new(SENTENCES),
            told_of_nobody: AtomicBool::new(false),
            told_of_unreadable: AtomicBool::new(false),
        };
        Limits { settings, used: Arc::new(used) }
    }

    /// Budgets of another size. What was used of them stays used.
    #[must_use]
    pub fn with(&self, settings: config::Limits) -> Limits {
        Limits { settings, used: self.used.clone() }
    }

    /// Counts a code that a person draws.
    ///
    /// # Errors
    /// The seconds to wait.
    pub fn draw_code(&self, person: UserId, now: Timestamp) -> Result<(), u64> {
        let spent = self.used.people.spend(self.hash(person.bytes()), self.settings.codes, now);
        spent.map(drop).map_err(seconds)
    }

    /// Whether something that `limit` is about may be said in the log: it is said once, until its budget is whole again.
    #[must_use]
    pub fn may_tell(&self, what: impl Hash, limit: Limit, now: Timestamp) -> bool {
        let once = Limit { tries: 1, window: limit.window };
        self.used.sentences.spend(self.hash(what), once, now).is_ok()
    }

    /// Whether it may be said that a trusted proxy names nobody: once in the life of this process.
    #[must_use]
    pub fn may_tell_of_nobody(&self) -> bool {
        first(&self.used.told_of_nobody)
    }

    /// The same of one that names somebody in a way that cannot be read.
    #[must_use]
    pub fn may_tell_of_unreadable(&self) -> bool {
        first(&self.used.told_of_unreadable)
    }

    /// A turn to look something up although its budget is used up: one at a time, so that all of it together costs no more
    /// than one connection can ask for, and who waits for it waits behind no more than there are connections.
    pub async fn beyond_the_budget(&self) -> Option<SemaphorePermit<'_>> {
        // It is never closed.
        self.used.beyond.acquire().await.ok()
    }

    fn hash(&self, what: impl Hash) -> u64 {
        self.used.hasher.hash_one(what)
    }
}

/// Whether this is asked for the first time.
fn first(told: &AtomicBool) -> bool {
    !told.load(Ordering::Relaxed) && !told.swap(true, Ordering::Relaxed)
}

/// Whole seconds after which a wait is over.
#[must_use]
pub fn seconds(milliseconds: i64) -> u64 {
    u64::try_from(milliseconds).unwrap_or(0).div_ceil(1000).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    #[test]
    fn a_sentence_is_said_once_until_its_budget_is_whole_again() {
        let limits = Limits::new(config::Limits::default());
        let limit = Limit { tries: 5, window: 60_000 };
        assert!(limits.may_tell(("pair", 1), limit, NOW) && !limits.may_tell(("pair", 1), limit, NOW));
        assert!(limits.may_tell(("pair", 2), limit, NOW));
        assert!(!limits.may_tell(("pair", 1), limit, Timestamp(NOW.0 + 59_999)));
        assert!(limits.may_tell(("pair", 1), limit, Timestamp(NOW.0 + 60_000)));
        assert!(limits.may_tell_of_nobody() && !limits.may_tell_of_nobody());
        assert!(limits.may_tell_of_unreadable() && !limits.may_tell_of_unreadable());
    }

    #[test]
    fn a_wait_is_never_promised_too_short() {
        let waits = [(1, 1), (999, 1), (1000, 1), (1001, 2), (0, 1)];
        assert!(waits.iter().all(|(milliseconds, said)| seconds(*milliseconds) == *said));
    }
}
