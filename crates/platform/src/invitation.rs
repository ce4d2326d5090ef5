//! Invitations: somebody who is in an organisation asks a person in, or an app's developers ask a person to test it.
//!
//! What accepting gives is in the server's record and in nothing that the link carries. An invitation is for the address that it
//! was made for: whoever accepts it signs in with that address, and either the address is proven or the link reached them
//! there. It is used once, taken back by whoever may invite, and over after a week.

use symbolon_oauth::id::{AppId, Id, OrganisationId, UserId};
use symbolon_oauth::time::Timestamp;

use crate::organisation::Role;
use crate::user::User;

/// How long one can be accepted: seven days, in milliseconds.
pub const LASTS: i64 = 7 * 86_400_000;

/// Invitations into one organisation that are open at the same time. Those to test an app count as its testers.
pub const OPEN_AT_MOST: usize = 50;

/// Identifies an invitation.
pub type InvitationId = Id<Invitation>;

/// What accepting gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// A place in an organisation.
    Membership(OrganisationId, Role),
    /// The use of an app that is in development.
    Testing(AppId),
}

/// An invitation that was not accepted yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Which.
    pub id: InvitationId,
    /// What it gives.
    pub gives: Gives,
    /// The address that it is for, lower case.
    pub address: String,
    /// Whether its link went to that address and was shown to nobody.
    pub mailed: bool,
    /// Who made it.
    pub by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it is over.
    pub expires_at: Timestamp,
}

/// Why somebody cannot accept one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotYours {
    /// Its week is over.
    #[error("this invitation has expired: ask for another one")]
    Expired,
    /// It is for another address.
    #[error("this invitation is for another address: sign in with the one that it was sent to")]
    OtherAddress,
    /// Nobody has proven that the address is theirs.
    #[error("the address of this account is not proven: confirm it first")]
    Unproven,
}

impl Invitation {
    /// Whether a person who holds its link may accept it.
    ///
    /// # Errors
    /// Why not.
    pub fn may_be_accepted(&self, person: &User, now: Timestamp) -> Result<(), NotYours> {
        if self.expires_at <= now {
            return Err(NotYours::Expired);
        }
        if person.login.as_str() != self.address {
            return Err(NotYours::OtherAddress);
        }
        if person.login.is_proven() || self.mailed { Ok(()) } else { Err(NotYours::Unproven) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::Standing;
    use crate::user::Login;

    ///
    #[test]
    fn an_invitation_is_for_one_address_and_a_week() {
        let mut invitation = Invitation {
            id: Id::new([1; 16]),
            gives: Gives::Membership(Id::new([2; 16]), Role::Viewer),
            address: "jane@example.com".to_owned(),
            mailed: false,
            by: Id::new([3; 16]),
            created_at: Timestamp(0),
            expires_at: Timestamp(LASTS),
        };
        let person = |login| User {
            id: Id::new([4; 16]),
            external_id: "u".to_owned(),
            login,
            username: None,
            name: "U".to_owned(),
            standing: Standing::Active,
            staff: true,
        };
        let jane = person(Login::Email("jane@example.com".to_owned()));
        let unproven = person(Login::Unproven("jane@example.com".to_owned()));
        let other = person(Login::Email("sam@example.com".to_owned()));
        let last = Timestamp(LASTS - 1);
        assert_eq!(invitation.may_be_accepted(&jane, last), Ok(()));
        assert_eq!(invitation.may_be_accepted(&jane, Timestamp(LASTS)), Err(NotYours::Expired));
        assert_eq!(invitation.may_be_accepted(&other, last), Err(NotYours::OtherAddress));
        assert_eq!(invitation.may_be_accepted(&unproven, last), Err(NotYours::Unproven));
        invitation.mailed = true;
        assert_eq!(invitation.may_be_accepted(&unproven, last), Ok(()), "the link reached them there");
        assert_eq!(invitation.may_be_accepted(&other, last), Err(NotYours::OtherAddress));
    }
}
