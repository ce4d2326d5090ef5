//! `/account/password`: another password.

use askama::Template;
use symbolon_platform::account::UnfitPassword;

use crate::language::Key;
use crate::language::said::Said;
use crate::routes::Address;
use crate::views::face::Complaint;
use crate::views::sign_up::sentence;
use crate::views::site::Site;

/// The page on which a person changes their password.
#[derive(Debug, Template)]
#[template(path = "password.html")]
pub struct Password<'a> {
    /// The frame.
    pub site: &'a Site,
    /// The form's token against forgery.
    pub csrf: &'a str,
    /// Whether the account has a password that could be changed.
    pub has_one: bool,
    /// Why the last try did not pass.
    pub problem: Option<Problem>,
}

/// Why the password was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The one of today was not given.
    NoCurrent,
    /// It is another one.
    WrongCurrent,
    /// The new one cannot be one.
    Unfit(UnfitPassword),
    /// The new one is the one of today.
    Same,
    /// Too many tries.
    Throttled {
        /// Until the next one counts.
        seconds: u64,
    },
}

impl Password<'_> {
    fn complaints(&self) -> Vec<Complaint<'_>> {
        let of_field = ["password", "chosen_password"].into_iter();
        let fields = of_field.filter_map(|id| Some(Complaint::field(id, self.beside(id)?)));
        let form = match self.problem {
            Some(Problem::Throttled { seconds }) => {
                Some(Complaint::form(self.site.say("login-throttled").wait("wait", seconds)))
            }
            _ => None,
        };
        fields.chain(form).collect()
    }

    /// What stands beside the field `id`.
    fn beside(&self, id: &str) -> Option<Said<'_>> {
        let (field, key) = match self.problem? {
            Problem::NoCurrent => ("password", Key("password-no-current")),
            Problem::WrongCurrent => ("password", Key("password-wrong-current")),
            Problem::Unfit(UnfitPassword::Short) => ("chosen_password", sentence::SHORT_PASSWORD),
            Problem::Unfit(UnfitPassword::Long) => ("chosen_password", sentence::LONG_PASSWORD),
            Problem::Unfit(UnfitPassword::Guessable) => ("chosen_password", sentence::GUESSABLE_PASSWORD),
            Problem::Same => ("chosen_password", Key("password-same")),
            Problem::Throttled { .. } => return None,
        };
        (field == id).then(|| self.site.say(key))
    }
}
