//! Developer organisations: the list, one of them, an invitation, and the transfer of an app.

use askama::Template;
use symbolon_platform::organisation::{Organisation, Role};

use crate::language::Key;
use crate::language::said::Said;
use crate::language::time::When;
use crate::routes::Address;
use crate::routes::link::Link;
use crate::views::face::{AppFace, Complaint, Tile};
use crate::views::site::Site;

/// A role, as people read it.
#[must_use]
pub fn role_word(role: Role) -> Key {
    match role {
        Role::Owner => Key("role-owner"),
        Role::Developer => Key("role-developer"),
        Role::Viewer => Key("role-viewer"),
    }
}

/// What a role may, in a sentence.
fn role_may(role: Role) -> Key {
    match role {
        Role::Owner => Key("role-owner-may"),
        Role::Developer => Key("role-developer-may"),
        Role::Viewer => Key("role-viewer-may"),
    }
}

/// What was just done, from the address that leads back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is a message")]
pub enum Done {
    Made,
    Renamed,
    Invited,
    Member,
    Removed,
    Left,
    Revoked,
    Taken,
    Declined,
    Deleted,
    Accepted,
}

impl Done {
    const ALL: [Done; 11] = [
        Done::Made,
        Done::Renamed,
        Done::Invited,
        Done::Member,
        Done::Removed,
        Done::Left,
        Done::Revoked,
        Done::Taken,
        Done::Declined,
        Done::Deleted,
        Done::Accepted,
    ];

    /// As addresses spell it; `routes/field.rs` has the list.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Done::Made => "made",
            Done::Renamed => "renamed",
            Done::Invited => "invited",
            Done::Member => "member",
            Done::Removed => "removed",
            Done::Left => "left",
            Done::Revoked => "revoked",
            Done::Taken => "taken",
            Done::Declined => "declined",
            Done::Deleted => "deleted",
            Done::Accepted => "accepted",
        }
    }

    /// Reads that spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Done> {
        Done::ALL.into_iter().find(|done| done.as_str() == text)
    }

    fn news(self) -> Key {
        match self {
            Done::Made => Key("organisation-done-made"),
            Done::Renamed => Key("organisation-done-renamed"),
            Done::Invited => Key("organisation-done-invited"),
            Done::Member => Key("organisation-done-member"),
            Done::Removed => Key("organisation-done-removed"),
            Done::Left => Key("organisation-done-left"),
            Done::Revoked => Key("organisation-done-revoked"),
            Done::Taken => Key("organisation-done-taken"),
            Done::Declined => Key("organisation-done-declined"),
            Done::Deleted => Key("organisation-done-deleted"),
            Done::Accepted => Key("organisation-done-accepted"),
        }
    }
}

/// What is wrong with what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is a message")]
pub enum Unfit {
    Name,
    Email,
    Role,
    LastOwner,
    Own,
    Full,
    Already,
    MailedOften,
    HasApps,
    Changed,
}

impl Unfit {
    /// The status of the answer: whoever lost against another change may try again.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Unfit::Changed => 409,
            Unfit::Name
            | Unfit::Email
            | Unfit::Role
            | Unfit::LastOwner
            | Unfit::Own
            | Unfit::Full
            | Unfit::Already
            | Unfit::MailedOften
            | Unfit::HasApps => 422,
        }
    }

    /// The field it is about, and what is said.
    fn said(self) -> (Option<&'static str>, Key) {
        match self {
            Unfit::Name => (Some("name"), Key("organisation-unfit-name")),
            Unfit::Email => (Some("email"), Key("organisation-unfit-email")),
            Unfit::Role => (None, Key("organisation-unfit-role")),
            Unfit::LastOwner => (None, Key("organisation-last-owner")),
            Unfit::Own => (None, Key("organisation-own-stays")),
            Unfit::Full => (None, Key("organisation-full")),
            Unfit::Already => (Some("email"), Key("organisation-already")),
            Unfit::MailedOften => (Some("email"), Key("organisation-mailed-often")),
            Unfit::HasApps => (None, Key("organisation-has-apps")),
            Unfit::Changed => (None, Key("organisation-changed")),
        }
    }

    fn complaint<'a>(self, site: &'a Site) -> Complaint<'a> {
        let (field, key) = self.said();
        Complaint { field, text: site.say(key) }
    }
}

/// What stands beside a field.
fn beside<'a>(site: &'a Site, unfit: Option<Unfit>, id: &str) -> Option<Said<'a>> {
    let (field, key) = unfit?.said();
    (field == Some(id)).then(|| site.say(key))
}

/// The organisations of a person.
#[derive(Debug, Template)]
#[template(path = "organisations/list.html")]
pub struct Organisations<'a> {
    /// The frame.
    pub site: &'a Site,
    /// The forms' token against forgery.
    pub csrf: &'a str,
    /// Where they develop.
    pub organisations: Vec<OwnRow<'a>>,
    /// Why they make none.
    pub may_not: Option<Key>,
    /// What was typed.
    pub typed: &'a str,
    /// What is wrong with it.
    pub unfit: Option<Unfit>,
    /// What was just done.
    pub done: Option<Done>,
}

impl<'a> Organisations<'a> {
    fn complaints(&self) -> Vec<Complaint<'a>> {
        self.unfit.map(|unfit| unfit.complaint(self.site)).into_iter().collect()
    }

    fn beside(&self, id: &str) -> Option<Said<'a>> {
        beside(self.site, self.unfit, id)
    }
}

/// An organisation in a list.
#[derive(Debug)]
pub struct OwnRow<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether it is the person's own.
    pub own: bool,
    /// What the person is there.
    pub role: Key,
    /// Its letters.
    pub tile: Tile,
    /// Its page.
    pub link: Link,
}

/// What was typed on the page of an organisation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Typed<'a> {
    /// Another name for it.
    pub name: Option<&'a str>,
    /// Who is to be invited.
    pub email: &'a str,
    /// As what.
    pub role: &'a str,
}

/// One organisation.
#[derive(Debug, Template)]
#[template(path = "organisations/one.html")]
pub struct OrganisationPage<'a> {
    /// The frame.
    pub site: &'a Site,
    /// The forms' token against forgery.
    pub csrf: &'a str,
    /// The organisation.
    pub organisation: &'a Organisation,
    /// As addresses name it.
    pub id: &'a str,
    /// What the person is there; staff are nothing.
    pub role: Option<Key>,
    /// Whether they say who is in.
    pub manages: bool,
    /// Who is in.
    pub members: Vec<MemberRow<'a>>,
    /// Who is invited.
    pub invitations: Vec<InvitationRow<'a>>,
    /// Which apps are offered to it.
    pub offers: Vec<OfferRow<'a>>,
    /// Since when it is there.
    pub since: When,
    /// What was typed.
    pub typed: Typed<'a>,
    /// What is wrong with it.
    pub unfit: Option<Unfit>,
    /// Whom the link is for that was just made, and the link.
    pub link: Option<(&'a str, &'a str)>,
    /// What was just done.
    pub done: Option<Done>,
}

impl<'a> OrganisationPage<'a> {
    fn complaints(&self) -> Vec<Complaint<'a>> {
        self.unfit.map(|unfit| unfit.complaint(self.site)).into_iter().collect()
    }

    fn beside(&self, id: &str) -> Option<Said<'a>> {
        beside(self.site, self.unfit, id)
    }

    fn link(&self, address: Address) -> Link {
        address.link_to(&[self.id])
    }

    fn link_to(&self, address: Address, inner: &str) -> Link {
        address.link_to(&[self.id, inner])
    }

    fn word(&self, role: &Role) -> Key {
        role_word(*role)
    }

    fn may(&self, role: &Role) -> Key {
        role_may(*role)
    }
}

/// Somebody in an organisation.
#[derive(Debug)]
pub struct MemberRow<'a> {
    /// The row of their account.
    pub id: String,
    /// Their name.
    pub name: &'a str,
    /// Their address, where it is proven.
    pub email: Option<&'a str>,
    /// Their letters.
    pub tile: Tile,
    /// What they are there.
    pub role: Role,
    /// Since when.
    pub since: When,
    /// Whether it is the person who looks.
    pub this: bool,
}

/// An open invitation.
#[derive(Debug)]
pub struct InvitationRow<'a> {
    /// The row.
    pub id: String,
    /// Whom it is for.
    pub address: &'a str,
    /// As what.
    pub role: Key,
    /// Who invited them.
    pub by: Option<&'a str>,
    /// Until when.
    pub until: String,
}

/// An app that is offered.
#[derive(Debug)]
pub struct OfferRow<'a> {
    /// The row of the app.
    pub id: String,
    /// Its name.
    pub name: &'a str,
    /// Its public identifier.
    pub client_id: &'a str,
    /// Who offered it.
    pub by: &'a str,
    /// Until when.
    pub until: String,
}

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
}

/// What became of an offer, from the address that leads back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferDone {
    /// It was made.
    Offered,
    /// It was taken back.
    Revoked,
}

impl TransferDone {
    /// As addresses spell it; `routes/field.rs` has the list.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            TransferDone::Offered => "offered",
            TransferDone::Revoked => "revoked",
        }
    }

    /// Reads that spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<TransferDone> {
        [TransferDone::Offered, TransferDone::Revoked].into_iter().find(|done| done.as_str() == text)
    }

    fn news(self) -> Key {
        match self {
            TransferDone::Offered => Key("transfer-done-offered"),
            TransferDone::Revoked => Key("transfer-done-revoked"),
        }
    }
}

/// Why an app is not offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferUnfit {
    /// It is no organisation that the app could go to.
    To,
    /// Somebody else changed something meanwhile.
    Changed,
}

impl TransferUnfit {
    /// The status of the answer.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            TransferUnfit::To => 422,
            TransferUnfit::Changed => 409,
        }
    }
}

/// The page on which an app is offered to another organisation.
#[derive(Debug, Template)]
#[template(path = "organisations/transfer.html")]
pub struct TransferPage<'a> {
    /// The frame.
    pub site: &'a Site,
    /// The forms' token against forgery.
    pub csrf: &'a str,
    /// The row of the app, as addresses name it.
    pub id: &'a str,
    /// The app.
    pub app: AppFace<'a>,
    /// What was typed.
    pub typed: &'a str,
    /// Why it is not offered.
    pub unfit: Option<TransferUnfit>,
    /// To whom it is offered, and until when.
    pub open: Option<(&'a str, &'a str)>,
    /// What was just done.
    pub done: Option<TransferDone>,
}

impl<'a> TransferPage<'a> {
    fn link(&self, address: Address) -> Link {
        address.link_to(&[self.id])
    }

    fn complaints(&self) -> Vec<Complaint<'a>> {
        let complaint = |unfit| match unfit {
            TransferUnfit::To => Complaint::field("organisation", self.site.say("transfer-unfit")),
            TransferUnfit::Changed => Complaint::form(self.site.say("organisation-changed")),
        };
        self.unfit.map(complaint).into_iter().collect()
    }
    fn names_none(&self) -> bool {
        self.unfit == Some(TransferUnfit::To)
    }
}
