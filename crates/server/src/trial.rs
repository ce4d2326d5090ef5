//! An app as one of its own developers tries it: connected as themselves, and answered at the portal.
//!
//! The authorization request of a trial bears a ticket in its `state`, sealed and of this app, this person and this session of
//! theirs. With it, and for nobody else, the app has one redirect URI more, which is the portal's own: it is in no
//! registration, and is gone with the request. In the back channel the portal speaks for the app with a secret that is made for
//! that one request, stands beside nothing that is stored, and is known to no one else. What a trial is given ends with it.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use symbolon_oauth::authorize::{RequestParameters, parameter};
use symbolon_oauth::client::{Client, ClientSecret};
use symbolon_oauth::credential::{Environment, Kind, Secret};
use symbolon_oauth::id::{AppId, BrowserSessionId, ClientSecretId, Id, UserId};
use symbolon_oauth::policy::Policy;
use symbolon_oauth::time::{CLOCK_TOLERANCE, Lifetime, Timestamp};
use symbolon_platform::app::App;
use symbolon_platform::browser_session::BrowserSession;

use crate::browser::Browser;
use crate::clock::Unavailable;
use crate::keys::Purpose;
use crate::routes::Address;
use crate::state::State;

/// How long a person may take from the link to the answer, and how long what they were given lasts then, in milliseconds.
pub const LASTS: i64 = 30 * 60_000;

/// What the seal of a ticket says it holds; that of a page says another thing.
const TICKET: &[u8] = b"ticket";
/// Four identifiers and a moment; the name of the browser follows.
const FIXED: usize = 4 * 16 + 8;

/// What ties an authorization request to whoever tries the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    id: Id<Ticket>,
    app: AppId,
    user: UserId,
    session: BrowserSessionId,
    began: Timestamp,
    browser: String,
}

impl Ticket {
    /// A new one.
    ///
    /// # Errors
    /// [`Unavailable`] without randomness.
    pub fn new(
        state: &State,
        app: AppId,
        (browser, session): (&Browser, &BrowserSession),
        now: Timestamp,
    ) -> Result<Ticket, Unavailable> {
        let id = state.entropy.new_id(now)?;
        let (user, browser) = (session.user.id, browser.name().to_owned());
        Ok(Ticket { id, app, user, session: session.id, began: now, browser })
    }

    /// As it travels.
    ///
    /// # Errors
    /// [`Unavailable`] without randomness.
    pub fn seal(&self, state: &State) -> Result<String, Unavailable> {
        let mut bytes = Vec::with_capacity(FIXED + self.browser.len());
        for id in [self.id.bytes(), self.app.bytes(), self.user.bytes(), self.session.bytes()] {
            bytes.extend(id);
        }
        bytes.extend(self.began.0.to_be_bytes());
        bytes.extend(self.browser.bytes());
        Ok(URL_SAFE_NO_PAD.encode(state.keys.seal(Purpose::Trial, &bytes, TICKET)?))
    }

    /// One of ours, whoever sends it.
    #[must_use]
    pub fn open(state: &State, sealed: &str) -> Option<Ticket> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let bytes = state.keys.open(Purpose::Trial, &sealed, TICKET)?;
        let (fixed, browser) = bytes.split_at_checked(FIXED)?;
        Some(Ticket {
            id: Id::from_slice(&fixed[..16])?,
            app: Id::from_slice(&fixed[16..32])?,
            user: Id::from_slice(&fixed[32..48])?,
            session: Id::from_slice(&fixed[48..64])?,
            began: Timestamp(i64::from_be_bytes(fixed[64..].try_into().ok()?)),
            browser: String::from_utf8(browser.to_vec()).ok()?,
        })
    }

    /// Whether it counts now. Another node, whose clock is ahead, may have made it.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.began.since(now) <= CLOCK_TOLERANCE && now.since(self.began) < LASTS
    }

    /// Whether it was made for this app, in this browser and this session.
    #[must_use]
    pub fn is_of(&self, app: AppId, (browser, session): (&Browser, &BrowserSession)) -> bool {
        let whose = (self.app, self.user, self.session, self.browser.as_str());
        whose == (app, session.user.id, session.id, browser.name())
    }

    /// The verifier of its request (RFC 7636 §4.1), which never leaves this server.
    #[must_use]
    pub fn verifier(&self, state: &State) -> String {
        URL_SAFE_NO_PAD.encode(state.keys.mac(Purpose::Trial, self.id.bytes()))
    }

    /// What the request says of the verifier (RFC 7636 §4.2).
    #[must_use]
    pub fn challenge(&self, state: &State) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, self.verifier(state).as_bytes()))
    }
}

/// Where the answer to a trial of this app goes.
#[must_use]
pub fn redirect_uri(state: &State, app: AppId) -> String {
    state.absolute(&Address::AppConnectAnswer.link_to(&[&app.to_string()]))
}

/// The app as this authorization request tries it; none unless it bears a ticket of this app that counts, and whoever is
/// signed in is who it was made for. Before anybody is signed in nothing is given.
#[must_use]
pub fn at_authorization(
    (state, app): (&State, &App),
    parameters: &RequestParameters,
    session: Option<&BrowserSession>,
    now: Timestamp,
) -> Option<App> {
    let uri = redirect_uri(state, app.client.id);
    if parameters.get(parameter::REDIRECT_URI) != Some(uri.as_str()) {
        return None;
    }
    let ticket = Ticket::open(state, parameters.get(parameter::STATE)?)?;
    let is_theirs = session.is_none_or(|session| session.user.id == ticket.user);
    (ticket.app == app.client.id && ticket.is_open(now) && is_theirs).then(|| answered_at(app, uri))
}

fn answered_at(app: &App, uri: String) -> App {
    App { client: Client { redirect_uris: vec![uri], ..app.client.clone() }, ..app.clone() }
}

/// The app for one request of the back channel, and the secret by which it proves itself there; a public one has none.
///
/// # Errors
/// [`Unavailable`] without randomness.
pub fn in_the_back_channel(
    state: &State,
    app: &App,
    now: Timestamp,
) -> Result<(Arc<App>, Option<Secret>), Unavailable> {
    let mut tried = answered_at(app, redirect_uri(state, app.client.id));
    if app.client.is_public() {
        return Ok((Arc::new(tried), None));
    }
    let id: ClientSecretId = state.entropy.new_id(now)?;
    let bytes = state.entropy.new_credential_bytes(id)?;
    let secret = Secret::mint(&state.prefix, Kind::ClientSecret, Environment::Live, bytes);
    let row =
        ClientSecret { id, hash: secret.hash(), foreign: None, expires_at: None, last_used_at: Some(now) };
    tried.client.secrets = vec![row];
    Ok((Arc::new(tried), Some(secret)))
}

/// What a trial goes by that ends in `left` milliseconds: nothing that it is given lasts longer, and it ends nothing of the
/// person's own connection.
#[must_use]
pub fn policy(usual: &Policy, left: i64) -> Policy {
    let left = Lifetime::seconds(left / 1000);
    let at_most = |lifetime: Lifetime| match lifetime.milliseconds() {
        Some(own) if Some(own) <= left.milliseconds() => lifetime,
        Some(_) | None => left,
    };
    Policy {
        access: at_most(usual.access),
        refresh: at_most(usual.refresh),
        refresh_max_confidential: at_most(usual.refresh_max_confidential),
        refresh_max_public: at_most(usual.refresh_max_public),
        one_family_per_grant: false,
        ..usual.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_trial_lasts_longer_than_the_trial() {
        let usual = Policy {
            access: Lifetime::NEVER,
            refresh: Lifetime::seconds(20),
            refresh_max_public: Lifetime::NEVER,
            one_family_per_grant: true,
            ..Policy::default()
        };
        let tried = policy(&usual, 60_000);
        let minute = Lifetime::seconds(60);
        assert_eq!((tried.access, tried.refresh), (minute, Lifetime::seconds(20)));
        assert_eq!((tried.refresh_max_public, tried.refresh_max_confidential), (minute, minute));
        assert!(!tried.one_family_per_grant, "the person's own connection goes on");
        assert_eq!((tried.code, tried.pkce), (usual.code, usual.pkce), "everything else is as it is");
    }
}
