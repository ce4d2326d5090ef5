//! In-memory cache with invalidation: a hot request need not ask the database twice a second.
//!
//! An entry is believed for at most [`TTL`], and never once this process has committed something that could change it:
//! each commit that narrows anything moves the epoch, each revoked access token moves its stripe, and an entry that was
//! loaded under an older mark counts as absent. The mark is taken *before* the load, so that a load that raced a
//! revocation cannot be kept. A stale yes is thus impossible on the process that revoked, and lasts a second at most on
//! the others.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::sync::Cache;
use symbolon_oauth::id::{AccessTokenId, AppId, BrowserSessionId, FamilyId, GrantId, UserId};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::App;
use symbolon_platform::authority::GrantFacts;
use symbolon_platform::browser_session::BrowserSession;
use symbolon_platform::catalogue::Catalogue;
use symbolon_platform::consent::ConsentFacts;

use crate::resources::HostKey;
use crate::tokens::AccessToken;

/// How long an entry is believed, in milliseconds.
const TTL: i64 = 1000;
const STRIPES: usize = 256;

/// What held when something was loaded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    epoch: u64,
    stripe: u64,
    at: Timestamp,
}

/// What a commit makes doubtful.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// Anything: it is about apps, people, tenants, grants or families.
    All,
    /// What is kept of one row.
    One([u8; 16]),
}

/// A value with the mark it was loaded under.
pub(crate) struct Kept<T> {
    mark: Mark,
    value: Arc<T>,
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Kept { mark: self.mark, value: self.value.clone() }
    }
}

/// Everything that is kept.
pub(crate) struct Caches {
    epoch: AtomicU64,
    stripes: [AtomicU64; STRIPES],
    pub(crate) catalogue: arc_swap::ArcSwapOption<Kept<Catalogue>>,
    pub(crate) clients: Cache<String, Kept<App>>,
    pub(crate) apps: Cache<AppId, Kept<App>>,
    pub(crate) host_keys: Cache<[u8; 32], Kept<HostKey>>,
    pub(crate) grants: Cache<GrantId, Kept<GrantFacts>>,
    pub(crate) consents: Cache<(UserId, AppId), Kept<ConsentFacts>>,
    pub(crate) access_tokens: Cache<AccessTokenId, Kept<AccessToken>>,
    pub(crate) browser_sessions: Cache<BrowserSessionId, Kept<BrowserSession>>,
}

impl Caches {
    pub(crate) fn new() -> Caches {
        Caches {
            epoch: AtomicU64::new(0),
            stripes: std::array::from_fn(|_| AtomicU64::new(0)),
            catalogue: arc_swap::ArcSwapOption::empty(),
            clients: Cache::new(1024),
            apps: Cache::new(1024),
            host_keys: Cache::new(256),
            grants: Cache::new(4096),
            consents: Cache::new(1024),
            access_tokens: Cache::new(16_384),
            browser_sessions: Cache::new(4096),
        }
    }

    /// The mark to load something under, before loading it.
    pub(crate) fn mark(&self, key: &[u8; 16], now: Timestamp) -> Mark {
        Mark {
            epoch: self.epoch.load(Ordering::SeqCst),
            stripe: self.stripes[usize::from(key[15])].load(Ordering::SeqCst),
            at: now,
        }
    }

    /// The value, if it was loaded under a mark that still holds.
    pub(crate) fn believe<T>(&self, kept: Option<Kept<T>>, mark: Mark) -> Option<Arc<T>> {
        let kept = kept?;
        let age = mark.at.since(kept.mark.at);
        let fresh =
            kept.mark.epoch == mark.epoch && kept.mark.stripe == mark.stripe && (0..TTL).contains(&age);
        fresh.then_some(kept.value)
    }

    /// What was kept of a grant before `family` became its only one is still right but for that, if the commit that made
    /// it so is all that was committed since: its mark is then the next one, and any other makes it unbelieved.
    pub(crate) fn left_one_family(
        &self,
        grant: GrantId,
        kept: &Kept<GrantFacts>,
        family: (FamilyId, Timestamp),
    ) {
        let facts = GrantFacts { only_family: Some(family), ..GrantFacts::clone(&kept.value) };
        let mark = Mark { stripe: kept.mark.stripe + 1, ..kept.mark };
        self.grants.insert(grant, Kept::new(Arc::new(facts), mark));
    }

    /// Something was committed: believe nothing older of what it put in doubt.
    pub(crate) fn turn(&self, doubt: Doubt) {
        match doubt {
            Doubt::All => self.epoch.fetch_add(1, Ordering::SeqCst),
            Doubt::One(key) => self.stripes[usize::from(key[15])].fetch_add(1, Ordering::SeqCst),
        };
    }
}

impl<T> Kept<T> {
    pub(crate) fn new(value: Arc<T>, mark: Mark) -> Kept<T> {
        Kept { mark, value }
    }

    /// The value for whoever decides nothing with it.
    pub(crate) fn whatever_its_age(&self) -> Arc<T> {
        self.value.clone()
    }
}
