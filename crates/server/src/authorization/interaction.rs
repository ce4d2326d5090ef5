//! An authorization request while its person signs in and consents, sealed into the page instead of stored.
//!
//! The seal binds it to the browser that began it (a cookie with a random name for that browser, which is sealed with it) and
//! to its time. What a form or an address could change (client, redirect URI, scopes) is inside, so nothing outside can. Answering it
//! once is recorded; everything before that leaves no trace on the server. The consent page adds what it showed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;
use symbolon_oauth::authorize::{HINT_AT_MOST, RequestParameters, parameter};
use symbolon_oauth::id::{Id, InteractionId};
use symbolon_oauth::parameters::Parameters;
use symbolon_oauth::time::{CLOCK_TOLERANCE, Timestamp};
use symbolon_platform::browser_session::BrowserSession;
use symbolon_platform::consent::Shown;

use crate::browser::Browser;
use crate::failure::Failure;
use crate::keys::Purpose;
use crate::language::{Language, choice};
use crate::request::Request;
use crate::routes::link::Link;
use crate::state::State;
use crate::views::error_page::Trouble;

/// How long a person may take, in milliseconds.
pub const LASTS: i64 = 30 * 60_000;

/// A request on its way through sign-in and consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interaction {
    /// Answered once.
    pub id: InteractionId,
    /// The path of the authorization endpoint it came to, to which sign-in leads back.
    pub path: String,
    /// When it began.
    pub began: Timestamp,
    /// The sign-in must not be older than this.
    pub signed_in_after: Option<Timestamp>,
    /// What the consent page showed that carries it. On the way to that page there is nothing yet.
    pub shown: Option<Shown>,
    /// What the client asked.
    pub parameters: RequestParameters,
}

impl Interaction {
    /// Seals it for `browser`.
    ///
    /// # Errors
    /// [`Failure::Busy`] when the operating system gives no randomness.
    pub fn seal(&self, state: &State, browser: &Browser) -> Result<String, Failure> {
        let after = self.signed_in_after.map_or_else(String::new, |at| at.0.to_string());
        // One line, for JSON escapes what would end it.
        let shown =
            self.shown.as_ref().and_then(|shown| serde_json::to_string(shown).ok()).unwrap_or_default();
        let (id, began) = (self.id.to_string(), self.began.0.to_string());
        let text =
            [browser.name(), &id, &self.path, &began, &after, &shown, &pack(&self.parameters)].join("\n");
        let sealed = state.keys.seal(Purpose::Interaction, text.as_bytes(), b"")?;
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Opens what was sealed for `browser`.
    ///
    /// # Errors
    /// A page that offers to start again: too old, another browser's, or not ours at all.
    pub fn open(
        state: &State,
        browser: &Browser,
        sealed: &str,
        now: Timestamp,
    ) -> Result<Interaction, Failure> {
        match Interaction::found(state, browser, sealed) {
            Some((interaction, true)) if interaction.is_open(now) => Ok(interaction),
            _ => Err(Trouble::Expired.into()),
        }
    }

    /// What we sealed, however long ago and for whichever browser, and whether it was this one: for the page that says that it
    /// cannot be opened.
    #[must_use]
    pub fn found(state: &State, browser: &Browser, sealed: &str) -> Option<(Interaction, bool)> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let text = String::from_utf8(state.keys.open(Purpose::Interaction, &sealed, b"")?).ok()?;
        let (theirs, text) = text.split_once('\n')?;
        let ours: bool = theirs.as_bytes().ct_eq(browser.name().as_bytes()).into();
        Some((Interaction::parse(text)?, ours))
    }

    /// Whether it can be answered now. Another node, whose clock is ahead, may have written it.
    fn is_open(&self, now: Timestamp) -> bool {
        let ahead = self.not_before().since(now);
        ahead <= CLOCK_TOLERANCE && now.since(self.began) < LASTS
    }

    /// No sign-in for it is older, whatever the clock says where the person signs in.
    #[must_use]
    pub fn not_before(&self) -> Timestamp {
        self.signed_in_after.map_or(self.began, |after| after.max(self.began))
    }

    /// The authorization endpoint that it came to.
    ///
    /// # Errors
    /// A page that offers to start again: nothing stands there any more.
    pub fn link(&self, state: &State, request: &Request) -> Result<Link, Failure> {
        let link = state.router.link(state.plain_host(request.host()), &self.path);
        link.ok_or_else(|| Trouble::Expired.into())
    }

    /// Who the client thinks the person is, for the address field of the sign-in page.
    #[must_use]
    pub fn login_hint(&self) -> &str {
        let hint = self.parameters.get(parameter::LOGIN_HINT);
        hint.filter(|hint| hint.len() <= HINT_AT_MOST).unwrap_or_default()
    }

    /// Whether the app doubts that it is still this person who signed in: it asks for a sign-in that `session` is too old
    /// for. Who only wants to be somebody else is not doubted.
    #[must_use]
    pub fn doubts(&self, session: &BrowserSession) -> bool {
        let mut prompts = self.parameters.get(parameter::PROMPT).unwrap_or_default().split(' ');
        let anew = prompts.any(|prompt| prompt == "login").then_some(self.began);
        let age: Option<i64> = self.parameters.get(parameter::MAX_AGE).and_then(|age| age.parse().ok());
        let young = age.map(|age| Timestamp(self.began.0.saturating_sub(age.saturating_mul(1000))));
        anew.into_iter().chain(young).any(|after| session.auth_time < after)
    }

    fn parse(text: &str) -> Option<Interaction> {
        let mut lines = text.splitn(6, '\n');
        let id: InteractionId = lines.next()?.parse().ok()?;
        let path = lines.next()?.to_owned();
        let began = Timestamp(lines.next()?.parse().ok()?);
        let signed_in_after = lines.next()?.parse().ok().map(Timestamp);
        let shown = match lines.next()? {
            "" => None,
            shown => Some(serde_json::from_str(shown).ok()?),
        };
        let parameters = unpack(lines.next()?)?;
        Some(Interaction { id, path, began, signed_in_after, shown, parameters })
    }

    /// The language that its person reads: what the client asks for, or what their browser says.
    #[must_use]
    pub fn language(&self, request: &Request) -> Language {
        let asked = self.parameters.get(parameter::UI_LOCALES).and_then(choice::by_ui_locales);
        asked.unwrap_or_else(|| request.language())
    }

    /// Until when it must be remembered as answered: until it is over on the node whose clock is furthest behind.
    #[must_use]
    pub fn forgotten_after(&self) -> Timestamp {
        Timestamp(self.began.0.saturating_add(LASTS + CLOCK_TOLERANCE))
    }

    /// A new one.
    ///
    /// # Errors
    /// [`Failure::Busy`] when the operating system gives no randomness.
    pub fn begin(
        state: &State,
        path: &str,
        parameters: RequestParameters,
        now: Timestamp,
    ) -> Result<Interaction, Failure> {
        let id: Id<_> = state.entropy.new_id(now)?;
        Ok(Interaction {
            id,
            path: path.to_owned(),
            began: now,
            signed_in_after: None,
            shown: None,
            parameters,
        })
    }
}

/// What is read of a request, and nothing else: name, length and value of each. An escaped form would make
/// three bytes of one, and the sealed request has to fit into an address.
fn pack(parameters: &RequestParameters) -> String {
    parameters.listed().map(|(name, value)| format!("{name} {}\n{value}", value.len())).collect()
}

fn unpack(mut rest: &str) -> Option<RequestParameters> {
    let mut parameters = Parameters::default();
    while !rest.is_empty() {
        let (head, values) = rest.split_once('\n')?;
        let (name, length) = head.split_once(' ')?;
        let (value, after) = values.split_at_checked(length.parse().ok()?)?;
        parameters.push(name.to_owned(), value.to_owned()).ok()?;
        rest = after;
    }
    Some(RequestParameters::of(parameters))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carries_what_the_checks_read_and_nothing_else() {
        let odd = "client_id=a%0Ab+9&state=%F0%9F%98%80%00%26&resource=x&resource=y&claims=z&scope=1+2";
        let read = RequestParameters::of(Parameters::from_form(odd.as_bytes()).unwrap());
        let carried = unpack(&pack(&read)).unwrap();
        assert_eq!(carried.get(parameter::CLIENT_ID), Some("a\nb 9"));
        assert_eq!(carried.get(parameter::STATE), Some("\u{1f600}\0&"));
        assert_eq!(carried.all(parameter::RESOURCE).collect::<Vec<_>>(), ["x", "y"]);
        assert_eq!(carried.get(parameter::SCOPE), Some("1 2"));
        assert!(!pack(&read).contains("claims"));
        for broken in ["state", "state 3\nab", "state x\nab", "state 1\n\u{e9}"] {
            assert!(unpack(broken).is_none(), "{broken}");
        }
    }
}
