//! The developer portal: its frame, and one view for each of its rooms.

pub mod activity;
pub mod app;
pub mod connect;
pub mod create;
pub mod credentials;
pub mod list;
pub mod mend;
pub mod plot;
pub mod settings;
pub mod snippets;
pub mod team;
pub mod words;

use std::borrow::Borrow;

use symbolon_platform::app::AppStatus;

use crate::language::Key;
use crate::language::said::Said;
use crate::routes::Address;
use crate::routes::link::Link;
use crate::views::face::{AppFace, Complaint};
use crate::views::site::Site;

/// Where one is among the settings of an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is a page, and its heading says what it is")]
pub enum Room {
    Overview,
    Connect,
    Activity,
    Identity,
    Icon,
    Redirects,
    Scopes,
    Credentials,
    Dialect,
    Testers,
    Team,
    Manifest,
    Danger,
}

impl Room {
    /// Every room, in the order of the list.
    pub const ALL: [Room; 13] = [
        Room::Overview,
        Room::Connect,
        Room::Activity,
        Room::Identity,
        Room::Icon,
        Room::Redirects,
        Room::Scopes,
        Room::Credentials,
        Room::Dialect,
        Room::Testers,
        Room::Team,
        Room::Manifest,
        Room::Danger,
    ];

    /// Its address.
    #[must_use]
    pub fn address(self) -> Address {
        match self {
            Room::Overview => Address::DevelopedApp,
            Room::Connect => Address::AppConnect,
            Room::Activity => Address::AppActivity,
            Room::Identity => Address::AppIdentity,
            Room::Icon => Address::AppIcon,
            Room::Redirects => Address::AppRedirects,
            Room::Scopes => Address::AppScopes,
            Room::Credentials => Address::AppCredentials,
            Room::Dialect => Address::AppDialect,
            Room::Testers => Address::AppTesters,
            Room::Team => Address::AppTeam,
            Room::Manifest => Address::AppManifest,
            Room::Danger => Address::AppDanger,
        }
    }

    fn title(self) -> Key {
        match self {
            Room::Overview => Key("portal-room-overview"),
            Room::Connect => Key("portal-room-connect"),
            Room::Activity => Key("portal-room-activity"),
            Room::Identity => Key("portal-room-identity"),
            Room::Icon => Key("portal-room-icon"),
            Room::Redirects => Key("portal-room-redirects"),
            Room::Scopes => Key("portal-room-scopes"),
            Room::Credentials => Key("portal-room-credentials"),
            Room::Dialect => Key("portal-room-dialect"),
            Room::Testers => Key("portal-room-testers"),
            Room::Team => Key("portal-room-team"),
            Room::Manifest => Key("portal-room-manifest"),
            Room::Danger => Key("portal-room-danger"),
        }
    }
}

/// Why somebody sees a setting and cannot change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locked {
    /// Their role in its organisation is to look.
    Viewer,
    /// They work for whoever runs the server, and look.
    Staff,
    /// Only owners do this.
    OwnersOnly,
    /// It was reviewed.
    Live,
    /// It was reviewed: it can be taken away, and not added to.
    LiveList,
    /// The app is stopped.
    Suspended,
}

impl Locked {
    fn why(self) -> Key {
        match self {
            Locked::Viewer => Key("portal-locked-viewer"),
            Locked::Staff => Key("portal-locked-staff"),
            Locked::OwnersOnly => Key("portal-locked-owners"),
            Locked::Live => Key("portal-locked-live"),
            Locked::LiveList => Key("portal-locked-live-list"),
            Locked::Suspended => Key("portal-locked-suspended"),
        }
    }
}

/// How many accounts have an app connected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Connected {
    /// As far as they are counted.
    pub count: usize,
    /// Whether there are more.
    pub more: bool,
}

impl Connected {
    fn said<'a>(&self, site: &'a Site) -> Said<'a> {
        let key = if self.more { Key("portal-connected-more") } else { Key("portal-connected") };
        site.say(key).count("count", self.count)
    }
}

/// Where an app stands, in one word.
#[must_use]
pub fn status(status: AppStatus) -> Key {
    match status {
        AppStatus::Development => Key("portal-status-development"),
        AppStatus::Live => Key("portal-status-live"),
        AppStatus::Suspended => Key("portal-status-suspended"),
    }
}

/// What is around the settings of an app, and around every form in them.
#[derive(Debug)]
pub struct Frame<'a> {
    /// The frame around every page.
    pub site: &'a Site,
    /// The forms' token against forgery.
    pub csrf: &'a str,
    /// The row of the app, as addresses name it.
    pub id: String,
    /// Its name and picture.
    pub face: AppFace<'a>,
    /// Where it stands.
    pub status: AppStatus,
    /// Whose it is, by name.
    pub organisation: Option<&'a str>,
    /// Where one is.
    pub room: Room,
    /// Why nothing can be changed here.
    pub locked: Option<Locked>,
    /// What is wrong with what was sent.
    pub problems: Vec<Complaint<'a>>,
    /// What was just done.
    pub news: Option<Key>,
}

impl<'a> Frame<'a> {
    fn rooms(&self) -> Vec<(Room, Link)> {
        Room::ALL.into_iter().map(|room| (room, self.link(room))).collect()
    }

    /// The address of a room.
    #[must_use]
    pub fn link(&self, room: impl Borrow<Room>) -> Link {
        room.borrow().address().link_to(&[&self.id])
    }

    /// Who develops it, and how it goes to another organisation.
    fn team(&self) -> Link {
        self.link(Room::Team)
    }

    /// Where the form of this page posts.
    fn action(&self) -> Link {
        self.link(self.room)
    }

    /// What stands beside a field.
    fn beside(&self, id: &str) -> Option<&Said<'a>> {
        self.problems
            .iter()
            .find(|problem| problem.field.is_some_and(|field| field == id))
            .map(|own| &own.text)
    }

    /// Whether something can be taken out of a list to which nothing can be added.
    fn may_take_away(&self) -> bool {
        self.locked == Some(Locked::LiveList)
    }

    fn is_locked(&self) -> bool {
        self.locked.is_some()
    }

    /// Why nothing can be changed here.
    fn why_locked(&self) -> Option<Key> {
        self.locked.map(Locked::why)
    }

    /// What was just done.
    fn news(&self) -> Option<Key> {
        self.news
    }

    /// How the word for where it stands looks.
    fn badge(&self) -> &'static str {
        match self.status {
            AppStatus::Development => "badge-plain",
            AppStatus::Live => "badge-ok",
            AppStatus::Suspended => "badge-warn",
        }
    }

    fn status_word(&self) -> Key {
        status(self.status)
    }
}
