//! `/developers`: the apps that a person develops.

use askama::Template;

use crate::language::Key;
use crate::language::time::When;
use crate::routes::Address;
use crate::routes::link::Link;
use crate::views::face::AppFace;
use crate::views::portal::Connected;
use crate::views::site::Site;

/// From how many apps on one can be looked for.
pub const FOUND_FROM: usize = 10;

/// The list.
#[derive(Debug, Template)]
#[template(path = "portal/list.html")]
pub struct Apps<'a> {
    /// The frame.
    pub site: &'a Site,
    /// The forms' token against forgery.
    pub csrf: &'a str,
    /// The apps of this page.
    pub apps: Vec<Row<'a>>,
    /// What was looked for.
    pub find: Option<&'a str>,
    /// Whether there are so many that one looks for some.
    pub many: bool,
    /// The next page.
    pub next: Option<Link>,
    /// Whether this is not the first page.
    pub later: bool,
    /// Whether they may make one.
    pub may_create: bool,
    /// What was just done.
    pub news: Option<Key>,
}

/// One app.
#[derive(Debug)]
pub struct Row<'a> {
    /// Its name and picture.
    pub face: AppFace<'a>,
    /// Where it stands.
    pub status: Key,
    /// Whether that is a warning.
    pub stopped: bool,
    /// Whose it is.
    pub organisation: &'a str,
    /// Its settings.
    pub link: Link,
    /// How many accounts have it connected.
    pub connected: Connected,
    /// When it last used its access.
    pub last_used: Option<When>,
    /// When the next of its secrets ends.
    pub secret_ends: Option<When>,
}
