//! The pages of one developer organisation, and the frame that is around each of them.

use std::borrow::Borrow;

use askama::Template;
use symbolon_platform::invitation::OPEN_AT_MOST;
use symbolon_platform::organisation::{MEMBERS_AT_MOST, Role};

use super::{Done, Unfit, beside, role_may, role_word};
use crate::language::Key;
use crate::language::said::Said;
use crate::language::time::When;
use crate::routes::Address;
use crate::routes::link::Link;
use crate::views::face::{AppFace, Complaint, Tile};
use crate::views::site::Site;

/// Where one is in an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is a page, and its heading says what it is")]
pub enum Room {
    Members,
    Apps,
    Settings,
}

impl Room {
    const ALL: [Room; 3] = [Room::Members, Room::Apps, Room::Settings];

    /// Its address.
    #[must_use]
    pub fn address(self) -> Address {
        match self {
            Room::Members => Address::Organisation,
            Room::Apps => Address::OrganisationApps,
            Room::Settings => Address::OrganisationSettings,
        }
    }

    fn title(self) -> Key {
        match self {
            Room::Members => Key("organisation-members"),
            Room::Apps => Key("organisation-apps"),
            Room::Settings => Key("organisation-settings"),
        }
    }
}

/// What is around the pages of an organisation, and around every form in them.
#[derive(Debug)]
pub struct Frame<'a> {
    /// The frame around every page.
    pub site: &'a Site,
    /// The forms' token against forgery.
    pub csrf: &'a str,
    /// The row of the organisation, as addresses name it.
    pub id: String,
    /// Its name.
    pub name: &'a str,
    /// Its letters.
    pub tile: Tile,
    /// Whether it is a person's own.
    pub own: bool,
    /// What the person is there; staff are nothing.
    pub role: Option<Key>,
    /// Whether they may change what this page is about.
    pub manages: bool,
    /// Where one is.
    pub room: Room,
    /// What is wrong with what was sent.
    pub unfit: Option<Unfit>,
    /// What was just done.
    pub done: Option<Done>,
}

impl<'a> Frame<'a> {
    fn rooms(&self) -> Vec<(Room, Link)> {
        Room::ALL.into_iter().map(|room| (room, self.link(room.address()))).collect()
    }

    fn link(&self, address: impl Borrow<Address>) -> Link {
        address.borrow().link_to(&[&self.id])
    }

    fn link_to(&self, address: impl Borrow<Address>, inner: &str) -> Link {
        address.borrow().link_to(&[&self.id, inner])
    }

    /// What was just done.
    fn news(&self) -> Option<Key> {
        self.done.map(Done::news)
    }

    /// Why nothing can be changed here.
    fn why_locked(&self) -> Option<Key> {
        match (self.manages, self.role) {
            (true, _) => None,
            (false, Some(_)) => Some(Key("organisation-owners-only")),
            (false, None) => Some(Key("organisation-looks-only")),
        }
    }

    fn complaints(&self) -> Vec<Complaint<'a>> {
        self.unfit.map(|unfit| unfit.complaint(self.site)).into_iter().collect()
    }

    fn beside(&self, id: &str) -> Option<Said<'a>> {
        beside(self.site, self.unfit, id)
    }
}

/// Who is in it, and who is invited.
#[derive(Debug, Template)]
#[template(path = "organisations/members.html")]
pub struct Members<'a> {
    /// The frame around every page.
    pub site: &'a Site,
    /// What is around this one.
    pub frame: Frame<'a>,
    /// Who is in.
    pub members: Vec<MemberRow<'a>>,
    /// Who is invited.
    pub invitations: Vec<InvitationRow<'a>>,
    /// What was typed: whom to invite, and as what.
    pub typed: (&'a str, &'a str),
    /// Whom the link is for that was just made, and the link.
    pub link: Option<(&'a str, &'a str)>,
}

impl<'a> Members<'a> {
    fn complaints(&self) -> Vec<Complaint<'a>> {
        self.frame.complaints()
    }

    fn counted(&self) -> Said<'a> {
        let most = MEMBERS_AT_MOST;
        self.site.say("organisation-members-count").count("count", self.members.len()).count("most", most)
    }

    fn room_left(&self) -> bool {
        self.members.len() < MEMBERS_AT_MOST && self.invitations.len() < OPEN_AT_MOST
    }

    fn is_chosen(&self, role: &Role) -> bool {
        let (_, typed) = self.typed;
        role.as_str() == typed || (typed.is_empty() && *role == Role::Developer)
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

/// Its apps, and those that are offered to it.
#[derive(Debug, Template)]
#[template(path = "organisations/apps.html")]
pub struct Apps<'a> {
    /// The frame around every page.
    pub site: &'a Site,
    /// What is around this one.
    pub frame: Frame<'a>,
    /// The apps of this page.
    pub apps: Vec<AppRow<'a>>,
    /// The next page.
    pub next: Option<Link>,
    /// Whether this is not the first page.
    pub later: bool,
    /// Which apps are offered to it.
    pub offers: Vec<OfferRow<'a>>,
}

impl<'a> Apps<'a> {
    fn complaints(&self) -> Vec<Complaint<'a>> {
        self.frame.complaints()
    }
}

/// An app of it.
#[derive(Debug)]
pub struct AppRow<'a> {
    /// Its name and picture.
    pub face: AppFace<'a>,
    /// Where it stands.
    pub status: Key,
    /// Its public identifier.
    pub client_id: &'a str,
    /// Its settings.
    pub link: Link,
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

/// What it is called, and how it ends.
#[derive(Debug, Template)]
#[template(path = "organisations/settings.html")]
pub struct Settings<'a> {
    /// The frame around every page.
    pub site: &'a Site,
    /// What is around this one.
    pub frame: Frame<'a>,
    /// What was typed as its name.
    pub name: &'a str,
    /// Since when it is there.
    pub since: When,
}

impl<'a> Settings<'a> {
    fn complaints(&self) -> Vec<Complaint<'a>> {
        self.frame.complaints()
    }
}
