//! Developer organisations: who develops apps together, what each of them may do, and who may use an app before it is reviewed.
//!
//! Every app is in the organisation of those who develop it, or is the operator's. Each developer has an organisation of their
//! own, and others are made for teams. What somebody may do with an app follows from their role in its organisation, as the
//! server has it, and from nothing that they hold or send.
//!
//! An app in development may be used by whoever is in its organisation, in the tenants where these belong, and by the testers
//! that they invited. What the operator made is approved by that, so it is open to everybody from the first day.

use symbolon_oauth::id::{OrganisationId, UserId};
use symbolon_oauth::time::Timestamp;

/// Testers that an app has at most.
pub const TESTERS_AT_MOST: usize = 25;

/// Members that an organisation has at most.
pub const MEMBERS_AT_MOST: usize = 100;

/// Organisations that a person makes at most, besides their own.
pub const MADE_AT_MOST: usize = 10;

/// A developer organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Which.
    pub id: OrganisationId,
    /// As its people call it.
    pub name: String,
    /// Whose own it is, if it is not a team's.
    pub person: Option<UserId>,
    /// Since when it is there.
    pub created_at: Timestamp,
}

impl Organisation {
    /// The organisation of a person's own: it has the id of their account, so there is one at most.
    #[must_use]
    pub fn own(person: UserId) -> OrganisationId {
        person.cast()
    }
}

/// What somebody is in an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Sees everything.
    Viewer,
    /// Makes and changes apps.
    Developer,
    /// Decides who else is in, and where apps go.
    Owner,
}

impl Role {
    /// Every role, the strongest first.
    pub const ALL: [Role; 3] = [Role::Owner, Role::Developer, Role::Viewer];

    /// The spelling of storage and forms.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Owner => "owner",
            Role::Developer => "developer",
            Role::Viewer => "viewer",
        }
    }

    /// Reads that spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// Something that can be done with an organisation or an app of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// Looks at it: what it is, its settings, its activity, who is in the team.
    See,
    /// Changes what an app is and how it looks.
    Edit,
    /// Makes an app.
    Create,
    /// Makes and ends secrets of an app.
    Secrets,
    /// Runs an app as oneself, to see whether it works.
    Try,
    /// Says who tests an app.
    Testers,
    /// Says who is in the organisation, and as what; gives it another name.
    Team,
    /// Gives an app to another organisation, or takes one.
    Transfer,
    /// Deletes an app, or an organisation that has none.
    Delete,
}

impl Power {
    /// Every power.
    pub const ALL: [Power; 9] = [
        Power::See,
        Power::Edit,
        Power::Create,
        Power::Secrets,
        Power::Try,
        Power::Testers,
        Power::Team,
        Power::Transfer,
        Power::Delete,
    ];
}

/// How somebody stands to an organisation and its apps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    /// Not at all: to them it does not exist.
    Stranger,
    /// They work for whoever runs this server, and look.
    Staff,
    /// They are in it.
    Member(Role),
}

impl Hand {
    /// How a person stands to it with this role, if they have one there.
    #[must_use]
    pub fn of(role: Option<Role>, staff: bool) -> Hand {
        match role {
            Some(role) => Hand::Member(role),
            None if staff => Hand::Staff,
            None => Hand::Stranger,
        }
    }

    /// Whether they may.
    #[must_use]
    pub fn may(self, power: Power) -> bool {
        let role = match self {
            Hand::Stranger => return false,
            Hand::Staff => Role::Viewer,
            Hand::Member(role) => role,
        };
        role >= match power {
            Power::See => Role::Viewer,
            Power::Edit | Power::Create | Power::Secrets | Power::Try | Power::Testers => Role::Developer,
            Power::Team | Power::Transfer | Power::Delete => Role::Owner,
        }
    }
}

/// Why somebody stays what they are in an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stays {
    /// Nobody else could decide anything any more.
    #[error("an organisation has at least one owner: make somebody else an owner first")]
    LastOwner,
    /// It is the person's own.
    #[error("this organisation is the person's own: move its apps to another one instead")]
    Own,
}

/// Whether the member `person`, who is `role` among so many `owners`, may become `to`, or leave (`None`).
///
/// # Errors
/// Why not.
pub fn may_become(
    organisation: &Organisation,
    (person, role): (UserId, Role),
    to: Option<Role>,
    owners: usize,
) -> Result<(), Stays> {
    if to == Some(Role::Owner) {
        return Ok(());
    }
    if organisation.person == Some(person) {
        return Err(Stays::Own);
    }
    if role == Role::Owner && owners < 2 { Err(Stays::LastOwner) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use symbolon_oauth::id::Id;

    use super::*;

    /// Each power with who has it: a stranger, staff, a viewer, a developer, an owner.
    #[test]
    fn each_may_do_what_their_role_says() {
        let hands = [
            Hand::Stranger,
            Hand::Staff,
            Hand::Member(Role::Viewer),
            Hand::Member(Role::Developer),
            Hand::Member(Role::Owner),
        ];
        let who = |power| hands.map(|hand| hand.may(power));
        for power in Power::ALL {
            let expected = match power {
                Power::See => [false, true, true, true, true],
                Power::Edit | Power::Create | Power::Secrets | Power::Try | Power::Testers => {
                    [false, false, false, true, true]
                }
                Power::Team | Power::Transfer | Power::Delete => [false, false, false, false, true],
            };
            assert_eq!(who(power), expected, "{power:?}");
        }
    }

    #[test]
    fn a_role_counts_more_than_being_staff() {
        assert_eq!(Hand::of(Some(Role::Owner), true), Hand::Member(Role::Owner));
        assert_eq!(Hand::of(Some(Role::Viewer), true), Hand::Member(Role::Viewer));
        assert_eq!((Hand::of(None, true), Hand::of(None, false)), (Hand::Staff, Hand::Stranger));
    }

    #[test]
    fn the_last_owner_stays() {
        let [jane, sam] = [Id::new([1; 16]), Id::new([2; 16])];
        let team = Organisation {
            id: Id::new([9; 16]),
            name: "Team".to_owned(),
            person: None,
            created_at: Timestamp(0),
        };
        let own = Organisation { id: Organisation::own(jane), person: Some(jane), ..team.clone() };
        for to in [None, Some(Role::Viewer), Some(Role::Developer)] {
            assert_eq!(may_become(&team, (jane, Role::Owner), to, 1), Err(Stays::LastOwner), "{to:?}");
            assert_eq!(may_become(&team, (jane, Role::Owner), to, 2), Ok(()), "{to:?}");
            assert_eq!(may_become(&team, (jane, Role::Developer), to, 1), Ok(()), "{to:?}");
            assert_eq!(may_become(&own, (jane, Role::Owner), to, 2), Err(Stays::Own), "{to:?}");
            assert_eq!(may_become(&own, (sam, Role::Owner), to, 2), Ok(()), "{to:?}");
        }
        assert_eq!(may_become(&team, (jane, Role::Owner), Some(Role::Owner), 1), Ok(()));
    }

    #[test]
    fn a_role_is_read_as_it_is_written() {
        assert!(Role::ALL.iter().all(|role| Role::parse(role.as_str()) == Some(*role)));
        assert_eq!(Role::parse("Owner"), None);
    }
}
