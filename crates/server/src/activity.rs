//! What apps did and were refused since it was last written down: kept in memory and written now and then, so that no request
//! waits for it, and none that is hostile causes a write of its own.
//!
//! All of it is bounded. Counts are of one hour and stay until that is over, so that writing them twice changes nothing. Of the
//! refusals of an app only some of each reason are kept between two writings: a flood of one leaves room for the others.

use std::collections::HashMap;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use symbolon_oauth::client::GrantType;
use symbolon_oauth::time::Timestamp;
use symbolon_store::activity::{Counted, HOUR, What};

/// Beyond this many apps the rest of the hour is not counted.
const APPS_AT_MOST: usize = 50_000;
/// Bytes of a public identifier at most; what is longer is no app's and is not kept.
const CLIENT_ID_AT_MOST: usize = 200;
/// Refusals that are kept until the next writing, of all apps.
const REFUSALS_AT_MOST: usize = 1000;
/// The same of one app.
const OF_AN_APP: usize = 50;
/// The same of one app for one reason.
const OF_A_REASON: usize = 10;

/// What happened since the last writing.
#[derive(Debug, Default)]
pub struct Activity {
    hours: Mutex<Vec<Hour>>,
    refusals: Mutex<Refusals>,
}

/// What is counted of an hour.
#[derive(Debug)]
struct Hour {
    began: Timestamp,
    made: Counts,
    refused: Counts,
}

/// By the app's public identifier; of each app there are few counts.
type Counts = HashMap<Box<str>, Vec<Count>>;

#[derive(Debug)]
struct Count {
    what: What,
    reason: &'static str,
    counted: i64,
    written: i64,
}

#[derive(Debug, Default)]
struct Refusals {
    all: usize,
    by_app: HashMap<Box<str>, Vec<Refused>>,
}

/// A refusal, as it is noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// When.
    pub at: Timestamp,
    /// The endpoint, as the metrics name it.
    pub endpoint: &'static str,
    /// The error code.
    pub code: &'static str,
    /// The check that refused.
    pub reason: &'static str,
    /// The name of the request.
    pub request_id: String,
}

/// What is counted of a token that went out.
#[must_use]
pub fn of_grant_type(grant_type: GrantType) -> What {
    match grant_type {
        GrantType::AuthorizationCode => What::Exchange,
        GrantType::RefreshToken => What::Refresh,
        GrantType::ClientCredentials => What::OwnToken,
    }
}

impl Activity {
    /// An app got what it asked for.
    pub fn made(&self, client_id: &str, what: What, now: Timestamp) {
        let mut hours = self.hours();
        count(&mut hour(&mut hours, now).made, client_id, what, "");
    }

    /// An app was refused. `request_id` is copied only where it is kept.
    pub fn refused(&self, client_id: &str, endpoint: &'static str, refused: Refusal<'_>, at: Timestamp) {
        if client_id.len() > CLIENT_ID_AT_MOST {
            return;
        }
        let Refusal { code, reason, request_id } = refused;
        count(&mut hour(&mut self.hours(), at).refused, client_id, What::Refusal, reason);
        let mut refusals = lock(&self.refusals);
        if refusals.all >= REFUSALS_AT_MOST {
            return;
        }
        let new = || Refused { at, endpoint, code, reason, request_id: request_id.to_owned() };
        match refusals.by_app.get_mut(client_id) {
            Some(kept) => {
                let alike = kept.iter().filter(|own| own.reason == reason).count();
                if kept.len() >= OF_AN_APP || alike >= OF_A_REASON {
                    return;
                }
                kept.push(new());
            }
            None => {
                refusals.by_app.insert(client_id.into(), vec![new()]);
            }
        }
        refusals.all += 1;
    }

    /// The counts that are to be written, each as it is by now.
    #[must_use]
    pub fn unwritten(&self) -> Vec<Counted> {
        let mut unwritten = Vec::new();
        for hour in self.hours().iter() {
            for (client_id, counts) in hour.made.iter().chain(&hour.refused) {
                let new = counts.iter().filter(|count| count.counted != count.written);
                unwritten.extend(new.map(|count| Counted {
                    client_id: client_id.clone(),
                    hour: hour.began,
                    what: count.what,
                    reason: count.reason,
                    counted: count.counted,
                }));
            }
        }
        unwritten
    }

    /// These were written; an hour that is over and written is forgotten.
    pub fn written(&self, counts: &[Counted], now: Timestamp) {
        let mut hours = self.hours();
        for written in counts {
            let Some(hour) = hours.iter_mut().find(|hour| hour.began == written.hour) else { continue };
            let counts = if written.what == What::Refusal { &mut hour.refused } else { &mut hour.made };
            let own = counts.get_mut(&written.client_id).into_iter().flatten();
            let same = |count: &&mut Count| (count.what, count.reason) == (written.what, written.reason);
            own.filter(same).for_each(|count| count.written = written.counted);
        }
        let current = began(now);
        hours.retain(|hour| {
            let mut all = hour.made.values().chain(hour.refused.values()).flatten();
            hour.began >= current || all.any(|count| count.counted != count.written)
        });
    }

    /// Takes the refusals that are to be kept, with the app of each.
    #[must_use]
    pub fn take_refusals(&self) -> Vec<(Box<str>, Refused)> {
        let taken = mem::take(&mut *lock(&self.refusals)).by_app;
        let of_app = |(client_id, refused): (Box<str>, Vec<Refused>)| {
            refused.into_iter().map(move |refused| (client_id.clone(), refused))
        };
        taken.into_iter().flat_map(of_app).collect()
    }

    fn hours(&self) -> MutexGuard<'_, Vec<Hour>> {
        lock(&self.hours)
    }
}

/// What is told of a refusal.
#[derive(Clone, Copy, Debug)]
pub struct Refusal<'a> {
    /// The error code.
    pub code: &'static str,
    /// The check that refused.
    pub reason: &'static str,
    /// The name of the request.
    pub request_id: &'a str,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn began(now: Timestamp) -> Timestamp {
    Timestamp(now.0 - now.0.rem_euclid(HOUR))
}

/// The hour of a moment: mostly the last one.
fn hour(hours: &mut Vec<Hour>, now: Timestamp) -> &mut Hour {
    let began = began(now);
    let at = match hours.iter().rposition(|hour| hour.began == began) {
        Some(at) => at,
        None => {
            hours.push(Hour { began, made: Counts::new(), refused: Counts::new() });
            hours.len() - 1
        }
    };
    &mut hours[at]
}

fn count(counts: &mut Counts, client_id: &str, what: What, reason: &'static str) {
    let first = || Count { what, reason, counted: 1, written: 0 };
    let room = counts.len() < APPS_AT_MOST;
    match counts.get_mut(client_id) {
        Some(own) => match own.iter_mut().find(|count| count.what == what && count.reason == reason) {
            Some(count) => count.counted += 1,
            None => own.push(first()),
        },
        None if room => {
            counts.insert(client_id.into(), vec![first()]);
        }
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn refuse(activity: &Activity, client_id: &str, reason: &'static str) {
        let refusal = Refusal { code: "invalid_grant", reason, request_id: "r" };
        activity.refused(client_id, "token", refusal, NOW);
    }

    fn of(activity: &Activity, what: What) -> Vec<(i64, i64)> {
        let counts = activity.unwritten().into_iter().filter(|count| count.what == what);
        counts.map(|count| (count.hour.since(NOW) / HOUR, count.counted)).collect()
    }

    #[test]
    fn a_name_that_no_app_can_have_is_not_kept() {
        let activity = Activity::default();
        refuse(&activity, &"a".repeat(CLIENT_ID_AT_MOST + 1), "code_unknown");
        assert!(activity.unwritten().is_empty() && activity.take_refusals().is_empty());
        refuse(&activity, &"a".repeat(CLIENT_ID_AT_MOST), "code_unknown");
        assert_eq!((activity.unwritten().len(), activity.take_refusals().len()), (1, 1));
    }

    #[test]
    fn what_was_written_is_written_again_only_once_it_grew() {
        let activity = Activity::default();
        activity.made("a", What::Exchange, NOW);
        activity.made("a", What::Exchange, Timestamp(NOW.0 + HOUR - 1));
        let first = activity.unwritten();
        assert_eq!(of(&activity, What::Exchange), [(0, 2)], "what could not be written stays");
        activity.made("a", What::Exchange, NOW);
        activity.written(&first, NOW);
        assert_eq!(of(&activity, What::Exchange), [(0, 3)], "the hour as a whole");
        activity.written(&activity.unwritten(), NOW);
        assert_eq!(activity.unwritten(), []);
        activity.made("a", What::Exchange, NOW);
        assert_eq!(of(&activity, What::Exchange), [(0, 4)]);
        let next = Timestamp(NOW.0 + HOUR);
        activity.made("a", What::Exchange, next);
        activity.written(&activity.unwritten(), next);
        assert_eq!(activity.hours().len(), 1, "the hour that is over is forgotten");
    }

    #[test]
    fn a_flood_leaves_room_for_the_refusals_of_others_and_has_an_end() {
        let activity = Activity::default();
        for _ in 0..100_000 {
            refuse(&activity, "flooded", "wrong_secret");
        }
        refuse(&activity, "flooded", "code_expired");
        refuse(&activity, "other", "code_expired");
        let kept = activity.take_refusals();
        let count = |app: &str, reason: &str| {
            kept.iter().filter(|(own, refused)| &**own == app && refused.reason == reason).count()
        };
        assert_eq!(count("flooded", "wrong_secret"), OF_A_REASON);
        assert_eq!((count("flooded", "code_expired"), count("other", "code_expired")), (1, 1));
        let flood = activity.unwritten().into_iter().find(|count| count.reason == "wrong_secret");
        assert_eq!(flood.map(|count| count.counted), Some(100_000), "all of them are counted");
        for app in 0..100_000 {
            refuse(&activity, &format!("app {app}"), "wrong_secret");
        }
        assert_eq!(activity.take_refusals().len(), REFUSALS_AT_MOST);
        assert!(activity.unwritten().len() <= APPS_AT_MOST + 2);
        activity.made("honest", What::Refresh, NOW);
        assert_eq!(of(&activity, What::Refresh), [(0, 1)], "refusals take no room of what was given");
    }
}
