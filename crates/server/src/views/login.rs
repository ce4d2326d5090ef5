//! `/login`: e-mail and password.

use askama::Template;

use crate::language::said::Said;
use crate::routes::link::Link;
use crate::routes::{Address, field};
use crate::views::face::{AppFace, Complaint};
use crate::views::site::Site;

/// The sign-in page.
#[derive(Debug, Template)]
#[template(path = "login.html")]
pub struct Login<'a> {
    /// The frame.
    pub site: &'a Site,
    /// The form's token against forgery.
    pub csrf: &'a str,
    /// The interaction that goes on after signing in.
    pub interaction: Option<&'a str>,
    /// The link of an invitation to which one goes on.
    pub invitation: Option<&'a str>,
    /// The app that asked, when there is one.
    pub app: Option<AppFace<'a>>,
    /// What the address field holds already: the hint of the request, or what was typed.
    pub email: &'a str,
    /// The person is known and is asked once more, because the app wants a fresh sign-in.
    pub again: bool,
    /// Whether people may create an account here.
    pub sign_up_open: bool,
    /// Whether people get another password by mail.
    pub resets: bool,
    /// Why the last try did not pass.
    pub problem: Option<LoginProblem>,
}

/// Why a sign-in did not pass. Nothing here tells whether the account exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginProblem {
    /// Unknown address, wrong password or disabled account: one sentence for all.
    Mismatch,
    /// Too many tries for this account or from this address.
    Throttled {
        /// Until the next try counts.
        seconds: u64,
    },
    /// The page was open for too long or belongs to another browser.
    Expired,
    /// The address is empty.
    NoEmail,
    /// The password is empty.
    NoPassword,
}

impl Login<'_> {
    /// The page of new accounts, on the same way.
    fn other_door(&self) -> Link {
        on_the_way(Address::SignUp, self.invitation)
    }

    /// What the summary at the top lists.
    fn complaints(&self) -> Vec<Complaint<'_>> {
        let complaint = match self.problem {
            None => return Vec::new(),
            Some(LoginProblem::Mismatch) => Complaint::field("email", self.site.say("login-mismatch")),
            Some(LoginProblem::Throttled { seconds }) => {
                Complaint::form(self.site.say("login-throttled").wait("wait", seconds))
            }
            Some(LoginProblem::Expired) => Complaint::form(self.site.say("login-expired")),
            Some(LoginProblem::NoEmail) => Complaint::field("email", self.site.say("login-no-email")),
            Some(LoginProblem::NoPassword) => {
                Complaint::field("password", self.site.say("login-no-password"))
            }
        };
        vec![complaint]
    }

    /// What stands beside the field `id`, when the complaint is about that field alone.
    fn beside(&self, id: &str) -> Option<Said<'_>> {
        match (self.problem, id) {
            (Some(LoginProblem::NoEmail), "email") => Some(self.site.say("login-no-email")),
            (Some(LoginProblem::NoPassword), "password") => Some(self.site.say("login-no-password")),
            _ => None,
        }
    }

    /// Whether the field `id` is marked as wrong.
    fn wrong(&self, id: &str) -> bool {
        self.problem == Some(LoginProblem::Mismatch) || self.beside(id).is_some()
    }

    /// The field that has the focus when nothing is wrong.
    fn starts_at(&self, id: &str) -> bool {
        self.problem.is_none() && (id == "password") != self.email.is_empty()
    }
}

/// A door that leads to an invitation, where there is one.
#[must_use]
pub fn on_the_way(door: Address, invitation: Option<&str>) -> Link {
    invitation.iter().fold(door.link(), |link, secret| link.with(field::INVITATION, secret))
}
