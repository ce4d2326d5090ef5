//! Developer organisations: their list, and the words that all of their pages share.

pub mod invitation;
pub mod rooms;

use askama::Template;
use symbolon_platform::organisation::Role;

use crate::language::Key;
use crate::language::said::Said;
use crate::routes::Address;
use crate::routes::link::Link;
use crate::views::face::{Complaint, Tile};
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

/// What is wrong with what was sent, or what was in its way.
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
