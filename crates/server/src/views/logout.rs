//! `/logout`: a link only asks, the form's button does it.

use askama::Template;

use crate::routes::Address;
use crate::views::face::Person;
use crate::views::site::Site;

/// Asks whether to sign out.
#[derive(Debug, Template)]
#[template(path = "logout_confirm.html")]
pub struct LogoutConfirm<'a> {
    /// The frame.
    pub site: &'a Site,
    /// The form's token against forgery.
    pub csrf: &'a str,
    /// Who is signed in.
    pub person: Person<'a>,
}

/// Says that the person is signed out.
#[derive(Debug, Template)]
#[template(path = "logged_out.html")]
pub struct LoggedOut<'a> {
    /// The frame.
    pub site: &'a Site,
}
