//! An app's first page: its identifier, the addresses it uses, and code that connects it.

use askama::Template;

use crate::language::Key;
use crate::views::face::Complaint;
use crate::views::portal::snippets::Snippet;
use crate::views::portal::{Connected, Frame, Room};
use crate::views::site::Site;

/// The page.
#[derive(Debug, Template)]
#[template(path = "portal/app.html")]
pub struct Overview<'a> {
    /// The frame.
    pub site: &'a Site,
    /// The app around it.
    pub frame: Frame<'a>,
    /// Its public identifier.
    pub client_id: &'a str,
    /// How many accounts have it connected.
    pub connected: Connected,
    /// The addresses of what it speaks, each with what it is.
    pub addresses: Vec<(Key, String)>,
    /// What is missing before it can be connected, with the room that mends it.
    pub missing: Vec<(Key, Room)>,
    /// The form of its platform, with what belongs there.
    pub platform: Option<Platform<'a>>,
    /// Code with its values.
    pub snippets: Vec<Snippet>,
}

/// A platform that connects by a form of its own.
#[derive(Debug)]
pub struct Platform<'a> {
    /// What it is called.
    pub name: &'a str,
    /// Its fields: the label, what stands there, and whether that is the secret.
    pub fields: Vec<(&'a str, Option<String>)>,
    /// Where it shows a redirect URI of its own.
    pub redirect_label: Option<&'a str>,
}

impl<'a> Overview<'a> {
    fn complaints(&self) -> &[Complaint<'a>] {
        &self.frame.problems
    }
}
