//! Tells developers that a client secret of theirs ends: owners and developers of its organisation, each in their language, once
//! for each stage.

use symbolon_platform::secret_notice::begun;
use symbolon_store::StoreError;
use symbolon_store::secret_notices::Ending;

use crate::failure::Failure;
use crate::jobs::Job;
use crate::language::Language;
use crate::letters::{About, Letter};
use crate::routes::Address;
use crate::state::State;

/// Writes the mails down that are due.
pub async fn tell_of_secrets(state: &State) {
    if state.mail.is_none() {
        return;
    }
    let due = match state.store.secrets_that_end(state.now()).await {
        Ok(due) => due,
        Err(error) => {
            tracing::warn!(%error, "developers are told later which client secrets end");
            return;
        }
    };
    let mut wrote = false;
    for ending in due {
        match tell(state, &ending).await {
            Ok(()) => {
                wrote = true;
                tracing::info!(
                    client_id = ending.client_id,
                    hint = ending.hint,
                    "its developers are told that a client secret ends"
                );
            }
            // Another process was faster, or the secret is gone.
            Err(Failure::Store(StoreError::Conflict)) => {}
            Err(_) => tracing::warn!(
                client_id = ending.client_id,
                "its developers are told later that a client secret ends"
            ),
        }
    }
    if wrote {
        state.wake_workers();
    }
}

async fn tell(state: &State, ending: &Ending) -> Result<(), Failure> {
    let now = state.now();
    let page = Address::AppCredentials.link_to(&[&ending.app.to_string()]);
    let mut mails = Vec::new();
    for account in state.store.makers_of_secrets(ending.organisation).await? {
        let Some(address) = account.user.email() else { continue };
        let language = account.language.as_deref().and_then(Language::named);
        let about = About::SecretEnds {
            name: account.user.name.clone(),
            app: ending.name.clone(),
            of: (ending.app.to_string(), ending.secret.to_string()),
            hint: ending.hint.clone(),
            ends: ending.ends.0,
            link: state.absolute(&page),
        };
        let letter = Letter::new(address, language.unwrap_or_else(Language::fallback), about);
        mails.push(state.job(&Job::Mail(letter), Some(ending.ends), now)?);
    }
    let stage = begun(Some(ending.ends), now);
    Ok(state.store.told_that_it_ends(ending, stage, &mails).await?)
}
