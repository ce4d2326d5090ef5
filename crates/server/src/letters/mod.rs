//! Letters: what is mailed to people, as data. One is written down as a job in the commit of its cause, and becomes text when
//! it is sent, in the language of its receiver.
//!
//! The links in it are absolute and on the configured origin, whatever the request was sent to that caused it.

use symbolon_oauth::id::Id;
use symbolon_store::jobs::NewJob;
use symbolon_wire::mail::{Mail, MailError};

use crate::fault::Fault;
use crate::language::Language;
use crate::state::State;
use crate::views::letter;
pub use crate::views::letter::{About, Letter};

impl Letter {
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
