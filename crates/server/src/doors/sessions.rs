//! Browser sessions as doors begin them: each under a cookie of its own, in the place of the one before.

use http::header::USER_AGENT;
use symbolon_oauth::id::BrowserSessionId;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::browser_session::{first_end, place};
use symbolon_platform::deed::Deed;
use symbolon_platform::user::User;
use symbolon_store::audit::Actor;
use symbolon_store::browser_sessions::NewBrowserSession;

use crate::browser;
use crate::failure::Failure;
use crate::request::Request;
use crate::state::State;

const AGENT_AT_MOST: usize = 200;

/// A browser session that has begun.
pub struct Begun {
    /// Its row.
    pub id: BrowserSessionId,
    /// Its cookie.
    pub cookie: String,
}

/// When one begins.
#[derive(Clone, Copy)]
pub struct Moments {
    /// When its person proved who they are.
    pub auth_time: Timestamp,
    /// From when on those of this person count: it counts as begun after that, also where a node wrote it whose clock is
    /// ahead.
    pub valid_from: Timestamp,
    /// Now.
    pub now: Timestamp,
}

/// Begins one for `user`; the one it replaces ends.
///
/// # Errors
/// [`Failure::Store`] or [`Failure::Busy`].
pub async fn begin(
    state: &State,
    request: &Request,
    (user, earlier): (&User, Option<BrowserSessionId>),
    Moments { auth_time, valid_from, now }: Moments,
) -> Result<Begun, Failure> {
    let id = state.entropy.new_id(now)?;
    let (cookie, hash) = browser::new_session_cookie(state, id)?;
    let agent = request.header(USER_AGENT).unwrap_or_default();
    let agent: String = agent.chars().filter(|c| !c.is_control()).take(AGENT_AT_MOST).collect();
    let new = NewBrowserSession {
        id,
        hash,
        user: user.id,
        agent: &agent,
        place: &place(request.address),
        auth_time,
        created_at: valid_from.max(now),
        now,
        expires_at: first_end(now),
        language: request.language().tag(),
    };
    let audit = state.deed(request, Deed::BrowserSessionCreated, Actor::User(user.id), now)?;
    state.store.begin_browser_session(new, earlier, audit.user(user.id)).await?;
    request.trail.person(&user.external_id);
    request.trail.did(Deed::BrowserSessionCreated);
    Ok(Begun { id, cookie })
}
