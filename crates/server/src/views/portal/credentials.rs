//! An app's secrets, and the page that shows a new one once.

use askama::Template;

use crate::language::said::Said;
use crate::language::time::When;
use crate::routes::link::Link;
use crate::views::face::Complaint;
use crate::views::portal::snippets::Snippet;
use crate::views::portal::{Frame, Room};
use crate::views::site::Site;

/// The page with the secrets.
#[derive(Debug, Template)]
#[template(path = "portal/credentials.html")]
pub struct Credentials<'a> {
    /// The frame.
    pub site: &'a Site,
    /// The app around it.
    pub frame: Frame<'a>,
    /// Its public identifier.
    pub client_id: &'a str,
    /// Whether it has secrets.
    pub confidential: bool,
    /// Those that live.
    pub secrets: Vec<Secret<'a>>,
    /// The row that a new one is to be.
    pub fresh: &'a str,
    /// The mark that the row is one of ours.
    pub shown: &'a str,
    /// What was typed.
    pub name: &'a str,
    /// Whether secrets of its dialect are made when they are asked for, and replace the one before at once.
    pub on_demand: bool,
}

/// A secret.
#[derive(Debug)]
pub struct Secret<'a> {
    /// The row, as forms name it.
    pub id: String,
    /// What it is called.
    pub name: &'a str,
    /// Its last characters.
    pub hint: &'a str,
    /// Who made it.
    pub author: Option<&'a str>,
    /// Since when.
    pub created: When,
    /// When it was last used.
    pub last_used: Option<When>,
    /// Until when.
    pub ends: Option<When>,
    /// Where the form that ends it posts.
    pub end: Link,
}

impl<'a> Credentials<'a> {
    fn complaints(&self) -> &[Complaint<'a>] {
        &self.frame.problems
    }

    fn days(&self, days: usize) -> Said<'a> {
        self.site.say("portal-life-days").count("count", days)
    }

    fn room_left(&self) -> bool {
        self.secrets.len() < 2
    }
}

/// The page that shows a secret once.
#[derive(Debug, Template)]
#[template(path = "portal/shown_once.html")]
pub struct ShownOnce<'a> {
    /// The frame.
    pub site: &'a Site,
    /// The app around it.
    pub frame: Frame<'a>,
    /// The app's public identifier.
    pub client_id: &'a str,
    /// The secret; none of a public app.
    pub secret: Option<&'a str>,
    /// Until when the one before it works.
    pub old_until: Option<When>,
    /// Where one goes on.
    pub next: Link,
    /// Whether it has none until somebody asks for it.
    pub to_be_made: bool,
    /// Whether the app itself is new.
    pub new_app: bool,
    /// Code with its values.
    pub snippets: Vec<Snippet>,
}

impl<'a> ShownOnce<'a> {
    fn complaints(&self) -> &[Complaint<'a>] {
        &self.frame.problems
    }
}
