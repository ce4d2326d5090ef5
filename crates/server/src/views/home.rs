//! `/`: a small front door.

use askama::Template;

use crate::routes::Address;
use crate::views::face::{Person, Tile};
use crate::views::site::Site;

/// The front door.
#[derive(Debug, Template)]
#[template(path = "home.html")]
pub struct Home<'a> {
    /// The frame.
    pub site: &'a Site,
    /// Who is signed in, if anyone.
    pub person: Option<Person<'a>>,
    /// Whether people may create an account here.
    pub sign_up_open: bool,
    /// What the demo adds.
    pub demo: Option<Demo<'a>>,
}

/// The demo's guide.
#[derive(Clone, Debug)]
pub struct Demo<'a> {
    /// The sample third-party app.
    pub app_name: &'a str,
    /// Where it runs.
    pub app_url: &'a str,
    /// The people one can sign in as.
    pub people: Vec<DemoPerson<'a>>,
}

/// One of the demo's people.
#[derive(Clone, Debug)]
pub struct DemoPerson<'a> {
    /// Their name.
    pub name: &'a str,
    /// Who they are: "Practitioner in Clinic North".
    pub part: &'a str,
    /// What they type as address.
    pub email: &'a str,
    /// What they type as password.
    pub password: &'a str,
}

impl DemoPerson<'_> {
    fn tile(&self) -> Tile {
        Tile::new(self.name, None)
    }
}
