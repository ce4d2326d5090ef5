//! Letters: what is mailed to people, as data. One is written down as a job in the commit of its cause, and becomes text when
//! it is sent, in the language of its receiver.
//!
//! The links in it are absolute and on the configured origin, whatever the request was sent to that caused it.

use symbolon_oauth::id::Id;
use symbolon_oauth::time::Timestamp;
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

    /// Whether what it warns of is still to come: a secret may be replaced or ended while its mail waits.
    async fn still_holds(&self, state: &State) -> Result<bool, Fault> {
        let About::SecretEnds { of: (app, secret), ends, .. } = &self.about else { return Ok(true) };
        let Ok(app) = app.parse() else { return Ok(false) };
        let stored = state.store.list_client_secrets(app).await;
        let stored = stored.map_err(|wrong| Fault::Later(wrong.to_string()))?;
        Ok(stored.iter().any(|own| own.id.to_string() == *secret && own.expires_at == Some(Timestamp(*ends))))
    }

    /// Sends it.
    pub(crate) async fn run(&self, state: &State, id: Id<NewJob>) -> Result<(), Fault> {
        let Some(carrier) = &state.mail else {
            return Err(Fault::Later("there is no [mail] in the configuration".to_owned()));
        };
        if !self.still_holds(state).await? {
            return Ok(());
        }
        let mail = self.written(state, &id.to_string()).map_err(|wrong| Fault::Never(wrong.to_string()))?;
        carrier.send(mail).await.map_err(|wrong| match wrong {
            MailError::Later { .. } => Fault::Later(wrong.to_string()),
            MailError::NotAnAddress(_) | MailError::Unwritable(_) | MailError::Refused { .. } => {
                Fault::Never(wrong.to_string())
            }
        })
    }
}
