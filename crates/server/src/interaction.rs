//! An authorization request while its person signs in and consents, sealed into the page instead of stored.
//!
//! The seal binds it to the browser that began it (a cookie with a random name for that browser) and to its time. What
//! a form or an address could change (client, redirect URI, scopes) is inside, so nothing outside can. Answering it
//! once is recorded; everything before that leaves no trace on the server.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use symbolon_oauth::id::{Id, InteractionId};
use symbolon_oauth::parameters::Parameters;
use symbolon_oauth::time::Timestamp;

use crate::browser::Browser;
use crate::failure::Failure;
use crate::keys::Purpose;
use crate::pages::error_page::Trouble;
use crate::state::State;

/// How long a person may take, in milliseconds.
pub const LASTS: i64 = 30 * 60_000;

/// A request on its way through sign-in and consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interaction {
    /// Answered once.
    pub id: InteractionId,
    /// The name of the dialect it came in.
    pub dialect: String,
    /// When it began.
    pub began: Timestamp,
    /// The sign-in must not be older than this.
    pub signed_in_after: Option<Timestamp>,
    /// What the client asked.
    pub parameters: Parameters,
}

impl Interaction {
    /// Seals it for `browser`.
    ///
    /// # Errors
    /// [`Failure::Busy`] when the operating system gives no randomness.
    pub fn seal(&self, state: &State, browser: &Browser) -> Result<String, Failure> {
        let after = self.signed_in_after.map_or_else(String::new, |at| at.0.to_string());
        let text = [
            &self.id.to_string(),
            &self.dialect,
            &self.began.0.to_string(),
            &after,
            &self.parameters.to_form(),
        ]
        .map(String::as_str)
        .join("\n");
        let sealed = state.keys.seal(Purpose::Interaction, text.as_bytes(), browser.binding())?;
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Opens what was sealed for `browser`.
    ///
    /// # Errors
    /// A page that offers to start again: too old, another browser's, or not ours at all. It tells nothing of what
    /// was inside.
    pub fn open(
        state: &State,
        browser: &Browser,
        sealed: &str,
        now: Timestamp,
    ) -> Result<Interaction, Failure> {
        let opened = URL_SAFE_NO_PAD
            .decode(sealed)
            .ok()
            .and_then(|sealed| state.keys.open(Purpose::Interaction, &sealed, browser.binding()))
            .and_then(|bytes| String::from_utf8(bytes).ok());
        match opened.as_deref().and_then(Interaction::parse) {
            Some(interaction) if (0..LASTS).contains(&now.since(interaction.began)) => Ok(interaction),
            _ => Err(Trouble::Expired.into()),
        }
    }

    fn parse(text: &str) -> Option<Interaction> {
        let mut lines = text.splitn(5, '\n');
        let id: InteractionId = lines.next()?.parse().ok()?;
        let dialect = lines.next()?.to_owned();
        let began = Timestamp(lines.next()?.parse().ok()?);
        let signed_in_after = lines.next()?.parse().ok().map(Timestamp);
        let parameters = Parameters::from_form(lines.next()?.as_bytes()).ok()?;
        Some(Interaction { id, dialect, began, signed_in_after, parameters })
    }

    /// Until when it must be remembered as answered.
    #[must_use]
    pub fn forgotten_after(&self) -> Timestamp {
        Timestamp(self.began.0 + LASTS)
    }

    /// A new one.
    ///
    /// # Errors
    /// [`Failure::Busy`] when the operating system gives no randomness.
    pub fn begin(
        state: &State,
        dialect: &str,
        parameters: Parameters,
        now: Timestamp,
    ) -> Result<Interaction, Failure> {
        let id: Id<_> = state.entropy.new_id(now)?;
        Ok(Interaction { id, dialect: dialect.to_owned(), began: now, signed_in_after: None, parameters })
    }
}
