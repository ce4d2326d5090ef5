//! Browser sessions: a browser in which somebody signed in, its idle timeout and its absolute lifetime.
//!
//! It ends after two weeks without use and after ninety days whatever its use, when a password change left it behind, and
//! as soon as its person is no longer in force: a person who is taken up again signs in again.

use std::net::IpAddr;

use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::id::BrowserSessionId;
use symbolon_oauth::time::{CLOCK_TOLERANCE, Timestamp};

use crate::tenant::Standing;
use crate::user::User;

/// A browser session ends after this long without use, in milliseconds.
const IDLE: i64 = 14 * 86_400_000;
/// A browser session ends after this long, whatever its use, in milliseconds.
pub const AT_MOST: i64 = 90 * 86_400_000;
/// Its last use is known to this, in milliseconds: more often it is not written down.
const SEEN_TO: i64 = 60_000;

/// A signed-in browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserSession {
    /// Its row.
    pub id: BrowserSessionId,
    /// SHA-256 of its cookie.
    pub hash: SecretHash,
    /// When the person last proved who they are: not before the request that made them.
    pub auth_time: Timestamp,
    /// When it began: not before `valid_from` as it was then.
    pub created_at: Timestamp,
    /// When it was last seen, to the minute.
    pub last_seen_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The browser's own words for itself.
    pub agent: String,
    /// The [place] it was last seen at; empty where that is not known.
    pub place: String,
    /// Who signed in.
    pub user: User,
    /// The person's browser sessions begun before this moment are over.
    pub valid_from: Timestamp,
}

impl BrowserSession {
    /// Whether the browser that presents a cookie with this hash is signed in. A sign-in further ahead than any clock of ours
    /// is from before the clock was set back, and would be fresher than it is.
    #[must_use]
    pub fn is_live(&self, presented: SecretHash, now: Timestamp) -> bool {
        self.hash == presented
            && now < self.expires_at
            && self.auth_time.since(now) <= CLOCK_TOLERANCE
            && self.created_at >= self.valid_from
            && self.user.standing == Standing::Active
    }

    /// Until when it lives now that it is used; `None` when that was written down a moment ago.
    #[must_use]
    pub fn extended(&self, now: Timestamp) -> Option<Timestamp> {
        let began = self.created_at.min(self.auth_time);
        let last = Timestamp(began.0.saturating_add(AT_MOST));
        (now.since(self.last_seen_at) > SEEN_TO).then(|| first_end(now).min(last))
    }
}

/// The network place of an address, which is as much of it as a browser session keeps: the first three parts of an IPv4
/// address, the /48 of an IPv6 one. It tells networks apart, and no household or device.
#[must_use]
pub fn place(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.x")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:x")
        }
    }
}

/// When a session ends that begins now, unless it is used.
#[must_use]
pub fn first_end(now: Timestamp) -> Timestamp {
    Timestamp(now.0.saturating_add(IDLE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{facts, grant};
    use symbolon_oauth::client::Level;
    use symbolon_oauth::id::Id;

    const BEGAN: Timestamp = Timestamp(1_800_000_000_000);
    const DAY: i64 = 86_400_000;

    fn after(milliseconds: i64) -> Timestamp {
        Timestamp(BEGAN.0 + milliseconds)
    }

    fn session(change: impl FnOnce(&mut BrowserSession)) -> BrowserSession {
        let mut session = BrowserSession {
            id: Id::new([6; 16]),
            hash: SecretHash::of("cookie"),
            auth_time: BEGAN,
            created_at: BEGAN,
            last_seen_at: BEGAN,
            expires_at: first_end(BEGAN),
            agent: String::new(),
            place: String::new(),
            user: facts(grant("a", Level::User), None).user,
            valid_from: Timestamp(0),
        };
        change(&mut session);
        session
    }

    #[test]
    fn lives_under_its_own_cookie_until_something_ends_it() {
        let live = |change: fn(&mut BrowserSession)| session(change).is_live(SecretHash::of("cookie"), BEGAN);
        assert!(live(|_| ()));
        assert!(!live(|session| session.hash = SecretHash::of("another")));
        assert!(!live(|session| session.expires_at = BEGAN));
        assert!(live(|session| session.expires_at = after(1)));
        assert!(!live(|session| session.valid_from = after(1)), "a password was changed since");
        assert!(live(|session| session.valid_from = BEGAN), "or at the same moment");
        assert!(!live(|session| session.user.standing = Standing::Disabled));
        assert!(live(|session| session.auth_time = after(60_000)), "the clock of another node is ahead");
        assert!(!live(|session| session.auth_time = after(60_001)));
        assert!(
            live(|session| session.created_at = after(DAY)),
            "a password was changed, then the clock set back"
        );
    }

    #[test]
    fn of_an_address_its_network_is_kept() {
        for (address, kept) in [
            ("203.0.113.77", "203.0.113.x"),
            ("::ffff:203.0.113.77", "203.0.113.x"),
            ("2001:db8:12:3456:789a::1", "2001:db8:12:x"),
            ("2001:db8::1", "2001:db8:0:x"),
        ] {
            assert_eq!(place(address.parse().unwrap()), kept);
        }
    }

    #[test]
    fn ends_two_weeks_after_its_last_use_and_ninety_days_after_it_began() {
        assert_eq!(first_end(BEGAN), after(14 * DAY));
        let used = |at| session(|_| ()).extended(after(at));
        assert_eq!(used(SEEN_TO), None, "it was seen this minute");
        assert_eq!(used(SEEN_TO + 1), Some(after(SEEN_TO + 1 + 14 * DAY)));
        assert_eq!(used(76 * DAY), Some(after(90 * DAY)));
        assert_eq!(used(76 * DAY - 1), Some(after(90 * DAY - 1)));
        assert_eq!(used(89 * DAY), Some(after(90 * DAY)), "no use moves that end");
        let ahead = |change: fn(&mut BrowserSession)| session(change).extended(after(89 * DAY));
        assert_eq!(ahead(|session| session.created_at = after(DAY)), Some(after(90 * DAY)));
        assert_eq!(ahead(|session| session.auth_time = after(50)), Some(after(90 * DAY)));
        assert_eq!(used(-DAY), None, "a clock that was put back shortens nothing");
    }
}
