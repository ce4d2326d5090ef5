//! `/signup`: a new account.

use askama::Template;

use crate::routes::link::Link;
use crate::routes::{Address, field};
use crate::views::face::{AppFace, Complaint};
use crate::views::site::Site;
use crate::views::words;

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
    /// The app that asked, when there is one.
    pub app: Option<AppFace<'a>>,
    /// What was typed as name.
    pub name: &'a str,
    /// What was typed as address.
    pub email: &'a str,
    /// What is wrong with the form as a whole.
    pub problem: Option<SignUpProblem>,
    /// What is wrong with the name, as a sentence.
    pub name_problem: Option<&'a str>,
    /// What is wrong with the address, as a sentence.
    pub email_problem: Option<&'a str>,
    /// What is wrong with the password, as a sentence.
    pub password_problem: Option<&'a str>,
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
    /// No name.
    pub const NO_NAME: &str = "Enter your name, as you would like to be addressed.";
    /// A name that does not fit.
    pub const LONG_NAME: &str = "Shorten your name to 100 characters.";
    /// Not an address.
    pub const NOT_AN_EMAIL: &str = "Enter a whole e-mail address, such as jane@example.com.";
    /// The address has an account already.
    pub const EMAIL_TAKEN: &str =
        "This address has an account already. Sign in instead, or use another address.";
    /// Too short a password.
    pub const SHORT_PASSWORD: &str =
        "Use at least 10 characters. A few words with spaces make a good password.";
    /// A password that others try first.
    pub const GUESSABLE_PASSWORD: &str =
        "This password is among the first that others would try. A few unrelated words make a good one.";
    /// Too long a password.
    pub const LONG_PASSWORD: &str = "Use at most 1,000 characters.";
}

impl SignUp<'_> {
    /// Where one signs in, on the way to the same place.
    fn sign_in(&self) -> Link {
        match self.interaction {
            Some(sealed) => Address::Login.link().with(field::INTERACTION, sealed),
            None => Address::Login.link(),
        }
    }

    fn complaints(&self) -> Vec<Complaint> {
        let form = self.problem.map(|problem| match problem {
            SignUpProblem::Throttled { seconds } => Complaint::form(format!(
                "Too many new accounts from your network. Wait {}, then try again.",
                words::wait(seconds)
            )),
            SignUpProblem::Expired => {
                Complaint::form("This page was open for too long to be safe. Please send it once more.")
            }
        });
        let fields =
            [("name", self.name_problem), ("email", self.email_problem), ("password", self.password_problem)];
        let fields = fields.into_iter().filter_map(|(id, text)| Some(Complaint::field(id, text?)));
        form.into_iter().chain(fields).collect()
    }
}
