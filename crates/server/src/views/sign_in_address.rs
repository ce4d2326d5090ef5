//! `/account/sign-in-address`: another address to sign in with.

use askama::Template;

use crate::language::Key;
use crate::language::said::Said;
use crate::routes::Address;
use crate::views::face::Complaint;
use crate::views::sign_up::sentence;
use crate::views::site::Site;

/// The page on which a person chooses what to sign in with.
#[derive(Debug, Template)]
#[template(path = "sign_in_address.html")]
pub struct SignInAddress<'a> {
    /// The frame.
    pub site: &'a Site,
    /// The form's token against forgery.
    pub csrf: &'a str,
    /// Whether the address before turned out to be another person's.
    pub displaced: bool,
    /// Whether the address is proven by a mail, and the password asked for.
    pub mails: bool,
    /// What was typed.
    pub email: &'a str,
    /// What is wrong with it.
    pub problem: Option<Problem>,
}

/// Why the address was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It is no address.
    NotAnEmail,
    /// Somebody signs in with it.
    Taken,
    /// The password is not that of the account.
    Mismatch,
    /// Too many from this network.
    Throttled {
        /// Until the next try counts.
        seconds: u64,
    },
}

impl SignInAddress<'_> {
    fn complaints(&self) -> Vec<Complaint<'_>> {
        let complaint = self.problem.map(|problem| match problem {
            Problem::NotAnEmail => Complaint::field("email", self.site.say(sentence::NOT_AN_EMAIL)),
            Problem::Taken => Complaint::field("email", self.site.say(TAKEN)),
            Problem::Mismatch => Complaint::field("password", self.site.say(MISMATCH)),
            Problem::Throttled { seconds } => {
                Complaint::form(self.site.say("address-throttled").wait("wait", seconds))
            }
        });
        complaint.into_iter().collect()
    }

    fn mismatch(&self) -> bool {
        self.problem == Some(Problem::Mismatch)
    }

    /// What stands beside the field.
    fn beside(&self) -> Option<Said<'_>> {
        match self.problem? {
            Problem::NotAnEmail => Some(self.site.say(sentence::NOT_AN_EMAIL)),
            Problem::Taken => Some(self.site.say(TAKEN)),
            Problem::Mismatch | Problem::Throttled { .. } => None,
        }
    }
}

const MISMATCH: Key = Key("address-mismatch");
const TAKEN: Key = Key("address-taken");
