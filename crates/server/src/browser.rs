//! The browser at the other end: its name for us, its session, its form tokens.
//!
//! Every browser that is shown a form gets a random name in a cookie; forms carry a MAC of that name and interactions
//! are sealed to it, so that neither works in another browser. The session cookie is `id || secret`, of which only the
//! hash is stored; it changes at every sign-in.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{ORIGIN, SET_COOKIE};
use http::{HeaderValue, Response};
use subtle::ConstantTimeEq;
use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::id::{BrowserSessionId, Id};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::browser_session::{AT_MOST, BrowserSession, place};

use crate::failure::Failure;
use crate::keys::Purpose;
use crate::reply::Body;
use crate::request::{PostedForm, Request};
use crate::routes::field;
use crate::state::State;
use crate::views::error_page::Trouble;

/// A browser.
pub struct Browser {
    name: String,
    fresh: bool,
    /// Who is signed in.
    pub session: Option<Arc<BrowserSession>>,
}

fn cookie_name(state: &State, name: &str) -> String {
    if state.secure_cookies { format!("__Host-{name}") } else { name.to_owned() }
}

const NAME: &str = "symbolon_browser";
const SESSION: &str = "symbolon_session";

impl Browser {
    /// The browser that sent a request. A forged, dead or malformed session cookie means signed out.
    ///
    /// # Errors
    /// [`Failure::Store`], or [`Failure::Busy`] when a name cannot be drawn.
    pub async fn of(state: &State, request: &Request, now: Timestamp) -> Result<Browser, Failure> {
        let known =
            request.cookie(&cookie_name(state, NAME)).filter(|name| name.len() == 22 && name.is_ascii());
        let (name, fresh) = match known {
            Some(name) => (name.to_owned(), false),
            None => (URL_SAFE_NO_PAD.encode(state.entropy.fill::<16>()?), true),
        };
        let session = match request.cookie(&cookie_name(state, SESSION)) {
            Some(cookie) => session((state, request), cookie, now).await?,
            None => None,
        };
        if let Some(session) = &session {
            request.trail.person(&session.user.external_id);
        }
        Ok(Browser { name, fresh, session })
    }

    /// The same browser, from a sign-in on.
    #[must_use]
    pub fn signed_in(&self, session: Option<Arc<BrowserSession>>) -> Browser {
        Browser { name: self.name.clone(), fresh: self.fresh, session }
    }

    /// Its name, which interactions are sealed with. What another browser began bears another one.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The token that forms carry. It is of this browser and of who is signed in, so that a page shown to one person
    /// cannot be answered by the next one who signs in here.
    #[must_use]
    pub fn csrf(&self, state: &State) -> String {
        let mut shown_to = self.name.as_bytes().to_vec();
        shown_to.extend(self.session.iter().flat_map(|session| session.id.bytes()));
        token(state, &shown_to)
    }

    /// The token of forms with which people sign in. It is of this browser alone: signing in in another tab does not
    /// end them.
    #[must_use]
    pub fn visitor_csrf(&self, state: &State) -> String {
        token(state, self.name.as_bytes())
    }

    /// The mark of what a page showed that asks before it does something. The answer carries it, and counts while the page
    /// would still show the same.
    #[must_use]
    pub fn mark(&self, state: &State, shown: &[&str]) -> String {
        let mut text = self.csrf(state).into_bytes();
        for part in shown {
            text.extend(part.len().to_be_bytes());
            text.extend(part.bytes());
        }
        URL_SAFE_NO_PAD.encode(state.keys.mac(Purpose::Shown, &text))
    }

    /// Whether a form carries this mark.
    #[must_use]
    pub fn bears(form: &PostedForm, mark: &str) -> bool {
        mark.as_bytes().ct_eq(form.get(field::SHOWN).as_bytes()).into()
    }

    /// Proves that a form was shown by us to this browser, and to who is signed in.
    ///
    /// # Errors
    /// A page: the token is missing or foreign, or the browser says that another site posted it.
    pub fn prove_form(&self, state: &State, request: &Request, form: &PostedForm) -> Result<(), Failure> {
        self.prove(state, request, form, &self.csrf(state))
    }

    /// The same for a form with which people sign in.
    ///
    /// # Errors
    /// See [`Browser::prove_form`].
    pub fn prove_visitor_form(
        &self,
        state: &State,
        request: &Request,
        form: &PostedForm,
    ) -> Result<(), Failure> {
        self.prove(state, request, form, &self.visitor_csrf(state))
    }

    fn prove(&self, state: &State, request: &Request, form: &PostedForm, token: &str) -> Result<(), Failure> {
        // Pages that send no referrer make browsers post with `Origin: null`; then Sec-Fetch-Site and the token decide.
        let origin = request.header(ORIGIN).filter(|origin| *origin != "null");
        let foreign = origin.is_some_and(|origin| {
            let host = origin.split_once("://").map_or(origin, |(_, host)| host).to_ascii_lowercase();
            !state.hosts.contains(&host)
        });
        let cross_site =
            request.header(http::HeaderName::from_static("sec-fetch-site")) == Some("cross-site");
        let same: bool = token.as_bytes().ct_eq(form.get(field::CSRF).as_bytes()).into();
        if same && !self.fresh && !foreign && !cross_site { Ok(()) } else { Err(Trouble::Forged.into()) }
    }

    /// Gives the browser its name, if it has none yet.
    pub fn remember(&self, state: &State, response: &mut Response<Body>) {
        if let Some(cookie) = self.introduction(state) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }

    /// The cookie that gives the browser its name, if it has none yet.
    #[must_use]
    pub fn introduction(&self, state: &State) -> Option<HeaderValue> {
        if self.fresh { cookie(state, NAME, &self.name, None) } else { None }
    }
}

fn token(state: &State, shown_to: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(state.keys.mac(Purpose::Csrf, shown_to))
}

async fn session(
    (state, request): (&State, &Request),
    cookie: &str,
    now: Timestamp,
) -> Result<Option<Arc<BrowserSession>>, Failure> {
    let bytes = URL_SAFE_NO_PAD.decode(cookie).ok().filter(|bytes| bytes.len() == 32);
    let Some(id) = bytes.and_then(|bytes| Id::from_slice(&bytes[..16])) else { return Ok(None) };
    let hash = SecretHash::of(cookie);
    let session = state.store.browser_session(id, now).await?.filter(|session| session.is_live(hash, now));
    if let Some(session) = &session
        && let Some(end) = session.extended(now)
    {
        state.store.see_browser_session(session.id, (now, end), &place(request.address)).await?;
    }
    Ok(session)
}

/// The cookie of a new session, and the hash that is stored of it.
///
/// # Errors
/// [`Failure::Busy`] when the operating system gives no randomness.
pub fn new_session_cookie(state: &State, id: BrowserSessionId) -> Result<(String, SecretHash), Failure> {
    let cookie = URL_SAFE_NO_PAD.encode(state.entropy.new_credential_bytes(id)?);
    let hash = SecretHash::of(&cookie);
    Ok((cookie, hash))
}

/// Signs the browser in.
pub fn set_session(state: &State, response: &mut Response<Body>, cookie: &str) {
    set(state, response, SESSION, cookie, Some(AT_MOST / 1000));
}

/// Signs the browser out.
pub fn clear_session(state: &State, response: &mut Response<Body>) {
    set(state, response, SESSION, "", Some(0));
}

fn set(state: &State, response: &mut Response<Body>, name: &str, value: &str, seconds: Option<i64>) {
    if let Some(cookie) = cookie(state, name, value, seconds) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

fn cookie(state: &State, name: &str, value: &str, seconds: Option<i64>) -> Option<HeaderValue> {
    let name = cookie_name(state, name);
    let secure = if state.secure_cookies { "; Secure" } else { "" };
    let age = seconds.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
    HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}")).ok()
}
