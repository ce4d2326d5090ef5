//! Whose an app is: who develops it, and how it goes to another organisation.

use askama::Template;
use symbolon_platform::organisation::Role;

use crate::language::Key;
use crate::routes::Address;
use crate::routes::link::Link;
use crate::views::face::{Complaint, Tile};
use crate::views::organisations::role_word;
use crate::views::portal::Frame;
use crate::views::site::Site;

/// The team of an app.
#[derive(Debug, Template)]
#[template(path = "portal/team.html")]
pub struct Team<'a> {
    /// The frame around every page.
    pub site: &'a Site,
    /// What is around this one.
    pub frame: Frame<'a>,
    /// The page of its organisation; none where it is the operator's.
    pub organisation: Option<Link>,
    /// Who is in it.
    pub members: Vec<TeamRow<'a>>,
    /// What was typed as the organisation that the app is to go to.
    pub typed: &'a str,
    /// To whom it is offered, and until when.
    pub open: Option<(&'a str, &'a str)>,
}

/// Somebody of the team.
#[derive(Debug)]
pub struct TeamRow<'a> {
    /// Their name.
    pub name: &'a str,
    /// Their letters.
    pub tile: Tile,
    /// What they are there.
    pub role: Role,
    /// Whether it is the person who looks.
    pub this: bool,
}

impl TeamRow<'_> {
    fn word(&self) -> Key {
        role_word(self.role)
    }
}

impl<'a> Team<'a> {
    fn complaints(&self) -> &[Complaint<'a>] {
        &self.frame.problems
    }

    fn link(&self, address: Address) -> Link {
        address.link_to(&[&self.frame.id])
    }
}
