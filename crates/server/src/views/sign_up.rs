//! `/signup`: a new account.

use askama::Template;

use crate::language::Key;
use crate::routes::Address;
use crate::routes::link::Link;
use crate::views::face::{AppFace, Complaint};
use crate::views::login::on_the_way;
use crate::views::site::Site;

/// The page that makes an account.
#[derive(Debug, Template)]
#[template(path = "signup.html")]
pub struct SignUp<'a> {
    /// The frame.
    pub site: &'a Site,
    /// The form's token against forgery.
    pub csrf: &'a str,
    /// The interaction that goes on afterwards.
    pub interaction: Option<&'a str>,
    /// The link of an invitation to which one goes on.
    pub invitation: Option<&'a str>,
    /// The app that asked, when there is one.
    pub app: Option<AppFace<'a>>,
    /// What was typed as name.
    pub name: &'a str,
    /// What was typed as address.
    pub email: &'a str,
    /// What is wrong with the form as a whole.
    pub problem: Option<SignUpProblem>,
    /// What is wrong with the name, as a sentence.
    pub name_problem: Option<Key>,
    /// What is wrong with the address, as a sentence.
    pub email_problem: Option<Key>,
    /// What is wrong with the password, as a sentence.
    pub password_problem: Option<Key>,
}

/// Why no account was made, where no single field is to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignUpProblem {
    /// Too many new accounts from this address.
    Throttled {
        /// Until the next try counts.
        seconds: u64,
    },
    /// The page was open for too long or belongs to another browser.
    Expired,
}

/// The sentences that handlers put beside fields.
pub mod sentence {
    use crate::language::Key;

    /// No name.
    pub const NO_NAME: Key = Key("signup-no-name");
    /// A name that does not fit.
    pub const LONG_NAME: Key = Key("signup-long-name");
    /// Not an address.
    pub const NOT_AN_EMAIL: Key = Key("signup-not-an-email");
    /// The address has an account already.
    pub const EMAIL_TAKEN: Key = Key("signup-email-taken");
    /// Too short a password.
    pub const SHORT_PASSWORD: Key = Key("signup-short-password");
    /// A password that others try first.
    pub const GUESSABLE_PASSWORD: Key = Key("signup-guessable-password");
    /// Too long a password.
    pub const LONG_PASSWORD: Key = Key("signup-long-password");
}

impl SignUp<'_> {
    /// The page of those who have an account, on the same way.
    fn other_door(&self) -> Link {
        on_the_way(Address::Login, self.invitation)
    }

    fn complaints(&self) -> Vec<Complaint<'_>> {
        let form = self.problem.map(|problem| match problem {
            SignUpProblem::Throttled { seconds } => {
                Complaint::form(self.site.say("signup-throttled").wait("wait", seconds))
            }
            SignUpProblem::Expired => Complaint::form(self.site.say("signup-expired")),
        });
        let fields =
            [("name", self.name_problem), ("email", self.email_problem), ("password", self.password_problem)];
        let fields =
            fields.into_iter().filter_map(|(id, key)| Some(Complaint::field(id, self.site.say(key?))));
        form.into_iter().chain(fields).collect()
    }
}
