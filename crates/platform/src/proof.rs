//! Proof of an address: a link is mailed to it, and whoever accepts the link has the address.
//!
//! A link works once and for an hour, and holds 128 random bits. What it may do depends on what it was asked for: a link that
//! makes an account takes the password that was typed with it only in the browser that typed it, because everywhere else the
//! owner of the address may be somebody that never asked; a link that gives an account another address works only for whoever
//! is signed in to that account, because the owner of the address may be talked into pressing it.

use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::id::{Id, UserId};
use symbolon_oauth::time::Timestamp;

/// How long a link works, in milliseconds: one hour. The mails say so.
const LIFE: i64 = 3_600_000;

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Making an account.
    SignUp,
    /// Setting another password.
    Reset,
    /// Signing in with this address from now on.
    Change,
}

impl Purpose {
    /// As it is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Purpose::SignUp => "sign_up",
            Purpose::Reset => "reset",
            Purpose::Change => "change",
        }
    }

    /// Reads what is stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Purpose> {
        [Purpose::SignUp, Purpose::Reset, Purpose::Change].into_iter().find(|own| own.as_str() == text)
    }
}

/// What an account is to be that is made when its address is proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newcomer {
    /// How they are addressed.
    pub name: String,
    /// The hash of the password they typed.
    pub password_hash: String,
}

/// A link that was mailed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The row; the first half of the link's secret.
    pub id: Id<Proof>,
    /// SHA-256 of the link's secret.
    pub hash: SecretHash,
    /// What it is for.
    pub purpose: Purpose,
    /// Where it was mailed to.
    pub address: String,
    /// Whose account it is about, unless it makes one.
    pub user: Option<UserId>,
    /// What the account is to be, if it makes one.
    pub newcomer: Option<Newcomer>,
    /// SHA-256 of the name of the browser that asked.
    pub browser: SecretHash,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// When a link ends that is mailed now.
#[must_use]
pub fn ends(now: Timestamp) -> Timestamp {
    Timestamp(now.0.saturating_add(LIFE))
}

impl Proof {
    /// Whether whoever presents a secret of this hash holds the link, and it still works.
    #[must_use]
    pub fn is_live(&self, presented: SecretHash, now: Timestamp) -> bool {
        self.hash == presented && now < self.expires_at
    }

    /// The password that counts where the link is opened in this browser: the one that was typed there, or none.
    #[must_use]
    pub fn typed_here(&self, browser: SecretHash) -> Option<&Newcomer> {
        self.newcomer.as_ref().filter(|_| self.browser == browser)
    }

    /// Whether the link may give this person's account the address.
    #[must_use]
    pub fn is_for(&self, user: Option<UserId>) -> bool {
        self.user.is_some() && self.user == user
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn proof() -> Proof {
        Proof {
            id: Id::new([1; 16]),
            hash: SecretHash::of("link"),
            purpose: Purpose::SignUp,
            address: "jane@example.com".to_owned(),
            user: None,
            newcomer: Some(Newcomer { name: "Jane".to_owned(), password_hash: "hash".to_owned() }),
            browser: SecretHash::of("browser"),
            created_at: NOW,
            expires_at: ends(NOW),
        }
    }

    /// N-17, N-18.
    #[test]
    fn a_link_works_for_an_hour_and_for_its_secret() {
        let live = |secret: &str, after| proof().is_live(SecretHash::of(secret), Timestamp(NOW.0 + after));
        assert!(live("link", 0) && live("link", LIFE - 1));
        assert!(!live("link", LIFE) && !live("lint", 0));
    }

    /// N-17.
    #[test]
    fn a_password_counts_in_the_browser_that_typed_it() {
        assert!(proof().typed_here(SecretHash::of("browser")).is_some());
        assert!(proof().typed_here(SecretHash::of("another")).is_none());
    }

    /// N-20.
    #[test]
    fn an_address_goes_to_whoever_is_signed_in_to_the_account() {
        let own = Proof { user: Some(Id::new([7; 16])), ..proof() };
        assert!(own.is_for(Some(Id::new([7; 16]))));
        assert!(!own.is_for(Some(Id::new([8; 16]))) && !own.is_for(None) && !proof().is_for(None));
    }

    #[test]
    fn a_purpose_is_read_as_it_is_written() {
        for purpose in [Purpose::SignUp, Purpose::Reset, Purpose::Change] {
            assert_eq!(Purpose::parse(purpose.as_str()), Some(purpose));
        }
    }
}
