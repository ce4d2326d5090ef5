//! Authorization request (RFC 6749 §4.1.1) that passed every check, with everything it rests on: who is signed in, where
//! the app could be let in, and how its client is answered.

use std::sync::Arc;

use http::Response;
use symbolon_oauth::authorize::{Addressed, AuthorizationRequest};
use symbolon_oauth::credential::Kind;
use symbolon_oauth::dialect::write;
use symbolon_oauth::error::Refusal;
use symbolon_oauth::id::GrantId;
use symbolon_oauth::redirect_uri;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::{App, may_hear_errors};
use symbolon_platform::browser_session::BrowserSession;
use symbolon_platform::catalogue::Catalogue;
use symbolon_platform::consent::{self as rules, Candidate, Coming, ConsentFacts, Shown};
use symbolon_store::activity::What;
use symbolon_store::audit::{Actor, Audit};
use symbolon_store::codes::{Answered, NewCode};
use symbolon_store::grants;

use crate::authorization::interaction::Interaction;
use crate::authorization::response::send;
use crate::authorization::sign_in::{Onward, sign_in_page};
use crate::browser::Browser;
use crate::failure::{Failure, Told};
use crate::language::Language;
use crate::limits;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::routes::{self, Address, field};
use crate::served::Served;
use crate::sources::{acting_at, sources};
use crate::state::State;
use crate::told::At;
use crate::views::error_page::Trouble;
use crate::views::face::AppFace;

/// A request as it came in.
#[derive(Clone, Copy)]
pub struct Arrival<'a> {
    /// The server.
    pub state: &'a State,
    /// Where it came in.
    pub served: Served<'a>,
    /// The HTTP request.
    pub request: &'a Request,
    /// The browser it came from.
    pub browser: &'a Browser,
}

/// A proven request with everything it rests on.
pub struct Asking<'a> {
    /// The server.
    pub state: &'a State,
    /// Where it came in.
    pub served: Served<'a>,
    /// The browser it came from.
    pub browser: &'a Browser,
    /// The HTTP request.
    pub request: &'a Request,
    /// How it is carried through pages.
    pub interaction: Interaction,
    /// The app.
    pub app: Arc<App>,
    /// What was declared.
    pub catalogue: Arc<Catalogue>,
    /// The request that passed every check.
    pub asked: AuthorizationRequest,
    /// Now.
    pub now: Timestamp,
}

/// Who is signed in, as freshly as the request wants it.
#[must_use]
pub fn signed_in<'a>(asking: &Asking<'a>) -> Option<&'a BrowserSession> {
    let Asking { asked, interaction, .. } = asking;
    let fresh = |session: &&BrowserSession| {
        asked.accepts_sign_in(session.auth_time, interaction.began, interaction.signed_in_after)
    };
    asking.browser.session.as_deref().filter(fresh)
}

/// Leads to the login page, which leads back; where the request is too long for an address the page is shown at once. What a
/// page showed is left behind: it will show it anew.
///
/// # Errors
/// [`Failure::Busy`], or when the page cannot be written.
pub fn sign_in(asking: &Asking<'_>, interaction: &Interaction) -> Result<Response<Body>, Failure> {
    let onward = Interaction { shown: None, ..interaction.clone() };
    let sealed = onward.seal(asking.state, asking.browser)?;
    let login = Address::Login.link().with(field::INTERACTION, &sealed);
    if reply::fits_a_redirect(&login) {
        return Ok(reply::see_other(login));
    }
    let way = Onward {
        sealed: Some(&sealed),
        interaction: Some(&onward),
        app: Some(AppFace::of(&asking.app)),
        invitation: None,
    };
    sign_in_page((asking.state, asking.browser, asking.language()), way, (onward.login_hint(), None))
}

/// What a code is issued for.
pub struct Allowed<'a> {
    /// Who allowed it.
    pub session: &'a BrowserSession,
    /// Where.
    pub candidate: &'a Candidate<'a>,
    /// The grant that the code is issued under.
    pub grant: GrantId,
    /// What the code carries.
    pub scopes: &'a ScopeSet,
    /// The consent, where a person was asked: it is recorded in the same transaction.
    pub answered: Option<Answered>,
}

/// Issues a code and answers the client with it.
///
/// # Errors
/// [`Failure::Store`]; a conflict when the form was answered before.
pub async fn issue(asking: &Asking<'_>, allowed: Allowed<'_>) -> Result<Response<Body>, Failure> {
    let Asking { state, asked, now, .. } = asking;
    let Allowed { session, candidate, grant, scopes, answered } = allowed;
    draw(asking, session)?;
    let id = state.entropy.new_id(*now)?;
    let secret = state.mint(&asking.served.mounted.dialect, Kind::AuthorizationCode, id)?;
    let deed = answered.as_ref().map(|answered| answered.consent.action());
    let audit = match &answered {
        Some(answered) => Some(audit(asking, session, &answered.consent, scopes)?),
        None => None,
    };
    let code = NewCode {
        id,
        hash: secret.hash(),
        app: asking.app.client.id,
        grant,
        request: asked,
        scopes,
        auth_time: session.auth_time,
        created_at: session.created_at.max(*now),
        expires_at: now.after(asking.served.policy.code).unwrap_or(*now),
    };
    state.store.issue_code(code, answered, audit).await?;
    note_use(asking);
    state.activity.made(&asking.app.client.client_id, What::Authorization, *now);
    if let Some(deed) = deed {
        asking.request.trail.did(deed);
    }
    let held = candidate.membership;
    let acting_for = acting_at(candidate.level, &held.tenant, (&session.user, Some(&held.role)));
    let sources = sources((state, &asking.app, &asking.catalogue), scopes, Some(acting_for), *now);
    let rules = &asking.served.endpoint.rules.authorize;
    let pairs = write::authorization_answer(rules, &asked.addressed, secret.expose(), &sources);
    send((state, asking.language()), &asked.addressed, &pairs)
}

/// Notes that the app is answered where it is, for its developers.
fn note_use(asking: &Asking<'_>) {
    let Asking { state, app, asked, now, .. } = asking;
    let (client, answered_at) = (&app.client, asked.addressed.redirect_uri());
    let is_it = |own: &&String| redirect_uri::matches(std::slice::from_ref(*own), answered_at, client.kind());
    if let Some(own) = client.redirect_uris.iter().find(is_it) {
        state.usage.answered(client.id, own, *now);
    }
}

/// Counts a code that a person draws: what runs away in their browser, or an app that asks in a circle, has an end.
fn draw(asking: &Asking<'_>, session: &BrowserSession) -> Result<(), Failure> {
    let Asking { state, request, now, .. } = asking;
    let (limits, person) = (&state.limits, session.user.id);
    limits.draw_code(person, *now).map_err(|seconds| {
        let kind = limits::Kind::Codes;
        if limits.may_tell((kind, person.bytes()), limits.settings.codes, *now) {
            let (request_id, user, kind) = (&request.id, person.to_string(), kind.as_str());
            tracing::warn!(request_id, user, kind, "one person draws too many codes (told once)");
        }
        Failure::Throttled(kind, seconds)
    })
}

impl Asking<'_> {
    /// The language of its pages.
    #[must_use]
    pub fn language(&self) -> Language {
        self.interaction.language(self.request)
    }

    /// The same, where it failed with the app that it happened to and in the language of its pages.
    ///
    /// # Errors
    /// The same.
    pub fn named<T>(&self, answered: Result<T, Failure>) -> Result<T, Failure> {
        let named = |failure: Failure| failure.of(Some(&self.app.client.client_id));
        answered.map_err(|failure| named(failure).said_in(self.language()))
    }

    /// Where the app could be let in.
    #[must_use]
    pub fn candidates<'f>(&self, facts: &'f ConsentFacts) -> Vec<Candidate<'f>> {
        let app = (&*self.app, self.served.policy.authorization.level);
        rules::candidates(app, &self.asked.scopes, facts, &self.catalogue)
    }

    /// Where the answer goes, as people tell it apart.
    #[must_use]
    pub fn destination(&self) -> String {
        redirect_uri::destination(self.asked.addressed.redirect_uri())
    }

    /// What a person has to know of it to be asked no more.
    #[must_use]
    pub fn coming<'c>(&'c self, destination: &'c str) -> Coming<'c> {
        let (resource, catalogue) = (self.asked.resource.as_deref(), &*self.catalogue);
        Coming { app: &self.app, resource, destination, catalogue }
    }

    /// What a page shows of it to a person.
    #[must_use]
    pub fn shown(&self, session: &BrowserSession, candidates: &[Candidate<'_>]) -> Shown {
        Shown::of((session.user.id, &self.app), &self.asked, candidates, &self.catalogue)
    }

    /// Answers the client with an error.
    ///
    /// # Errors
    /// When the page of a posted answer cannot be written.
    pub fn refuse(&self, refusal: &Refusal) -> Result<Response<Body>, Failure> {
        let Asking { state, served, request, browser, .. } = *self;
        let arrival = Arrival { state, served, request, browser };
        refuse((arrival, self.language()), &self.app, &self.asked.addressed, refusal)
    }
}

/// The audit row of a consent.
fn audit(
    asking: &Asking<'_>,
    session: &BrowserSession,
    consent: &grants::Consent,
    scopes: &ScopeSet,
) -> Result<Audit, Failure> {
    let user = session.user.id;
    let audit = asking.state.deed(asking.request, consent.action(), Actor::User(user), asking.now)?;
    Ok(audit.of_grant(consent.grant()).user(user).detail(scopes.as_str()))
}

/// Answers a client with an error. Where it may not hear one (RFC 9700 §4.11.2) the person is told instead, and where it
/// wanted them.
///
/// # Errors
/// What the person is told, or that the page of a posted answer cannot be written.
pub fn refuse(
    (Arrival { state, served, request, browser }, language): (Arrival<'_>, Language),
    app: &App,
    addressed: &Addressed,
    refusal: &Refusal,
) -> Result<Response<Body>, Failure> {
    let client_id = Some(app.client.client_id.as_str());
    if !may_hear_errors(app, browser.session.is_some()) {
        let whither = redirect_uri::destination(addressed.redirect_uri());
        let hint = format!(
            "{} (error {}; the app would be told at {whither})",
            refusal.description,
            refusal.code.as_str()
        );
        let trouble = Trouble::BadRequest { hint: hint.into() };
        let status = trouble.status();
        return Err(Failure::from(Told { refusal: refusal.clone(), trouble, status }).of(client_id));
    }
    let endpoint = routes::name(served.endpoint.serves);
    At { client_id, ..At::of(endpoint, request) }.note(state, refusal);
    let rules = &served.endpoint.rules;
    let answer = write::authorization_error((&rules.authorize, &rules.errors), addressed, refusal);
    send((state, language), addressed, &answer)
}
