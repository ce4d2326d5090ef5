//! An invitation, as whoever holds its link sees it.

use askama::Template;

use crate::language::Key;
use crate::routes::Address;
use crate::routes::link::Link;
use crate::views::login::on_the_way;
use crate::views::site::Site;

/// Where an invitation stands for whoever holds its link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationState {
    /// Nobody is signed in.
    SignedOut,
    /// It can be answered.
    Open,
    /// There is none.
    Gone,
    /// It is somebody else's.
    OtherAddress,
    /// The address is nobody's yet.
    Unproven,
    /// There is no room.
    Full,
    /// They are in already.
    Already,
    /// They were made a tester.
    Tester,
    /// They declined.
    Declined,
}

impl InvitationState {
    /// The status of the answer.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            InvitationState::SignedOut
            | InvitationState::Open
            | InvitationState::Already
            | InvitationState::Tester
            | InvitationState::Declined => 200,
            InvitationState::Gone => 404,
            InvitationState::OtherAddress | InvitationState::Unproven => 403,
            InvitationState::Full => 409,
        }
    }
}

/// What the link of an invitation leads to.
#[derive(Debug, Template)]
#[template(path = "organisations/invitation.html")]
pub struct InvitationPage<'a> {
    /// The frame.
    pub site: &'a Site,
    /// The forms' token against forgery.
    pub csrf: &'a str,
    /// Where the form posts.
    pub action: Link,
    /// Where it stands.
    pub state: InvitationState,
    /// Into what it leads: the name of an organisation or an app.
    pub into: &'a str,
    /// Who made it.
    pub by: Option<&'a str>,
    /// Whom it is for.
    pub address: &'a str,
    /// As what; none for a tester.
    pub role: Option<Key>,
    /// Until when.
    pub until: String,
    /// The secret of its link, with which whoever signs in comes back; none where the link is not whole.
    pub secret: Option<&'a str>,
    /// Whether people may create an account here.
    pub sign_up_open: bool,
}

impl InvitationPage<'_> {
    /// A door, and from there back here.
    fn through(&self, door: Address) -> Link {
        on_the_way(door, self.secret)
    }
}
