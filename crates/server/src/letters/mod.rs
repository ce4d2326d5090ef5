//! Letters: what is mailed to people, as data. One is written down as a job in the commit of its cause, and becomes text when
//! it is sent, in the language of its receiver.
//!
//! The links in it are absolute and on the configured origin, whatever the request was sent to that caused it.

use serde::{Deserialize, Serialize};
use symbolon_oauth::id::Id;
use symbolon_store::jobs::NewJob;
use symbolon_wire::mail::{Mail, MailError};

use crate::jobs::Fault;
use crate::language::Language;
use crate::state::State;
use crate::views::letter;

/// A letter to one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Their address.
    pub to: String,
    /// The tag of the language they read.
    pub language: String,
    /// What it says.
    pub about: About,
}

/// What a letter says. A `name` is what its receiver is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Somebody wants an account with this address.
    ConfirmSignUp {
        /// Where it is confirmed.
        link: String,
    },
    /// Somebody wanted an account with this address, which has one.
    KnownAddress {
        /// Where one signs in.
        sign_in: String,
        /// Where one gets another password.
        reset: String,
    },
    /// Somebody wants another password for the account of this address.
    ResetPassword {
        /// Who.
        name: String,
        /// Where it is set.
        link: String,
    },
    /// An account is to sign in with this address.
    ConfirmAddress {
        /// Where it is confirmed.
        link: String,
    },
    /// An account signs in with another address from now on.
    AddressChanged {
        /// Who.
        name: String,
        /// The other address.
        address: String,
    },
    /// The password of an account was set.
    PasswordSet {
        /// Who.
        name: String,
        /// Where one gets another one.
        reset: String,
    },
    /// Mail leaves.
    Test,
}

impl About {
    /// What its receiver is called, where the letter knows.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            About::ResetPassword { name, .. }
            | About::AddressChanged { name, .. }
            | About::PasswordSet { name, .. } => Some(name),
            About::ConfirmSignUp { .. }
            | About::KnownAddress { .. }
            | About::ConfirmAddress { .. }
            | About::Test => None,
        }
    }
}

impl Letter {
    /// A letter.
    #[must_use]
    pub fn new(to: &str, language: Language, about: About) -> Letter {
        Letter { to: to.to_owned(), language: language.tag().to_owned(), about }
    }

    /// The mail it becomes.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn written(&self, state: &State, id: &str) -> Result<Mail, askama::Error> {
        let language = Language::named(&self.language).unwrap_or_else(Language::fallback);
        let at = u64::try_from(state.now().0).unwrap_or_default();
        letter::mail(self, state.site(language), (id, at))
    }

    /// Sends it.
    pub(crate) async fn run(&self, state: &State, id: Id<NewJob>) -> Result<(), Fault> {
        let Some(carrier) = &state.mail else {
            return Err(Fault::Later("there is no [mail] in the configuration".to_owned()));
        };
        let mail = self.written(state, &id.to_string()).map_err(|wrong| Fault::Never(wrong.to_string()))?;
        carrier.send(mail).await.map_err(|wrong| match wrong {
            MailError::Later { .. } => Fault::Later(wrong.to_string()),
            MailError::NotAnAddress(_) | MailError::Unwritable(_) | MailError::Refused { .. } => {
                Fault::Never(wrong.to_string())
            }
        })
    }
}
