//! Authorization endpoint (RFC 6749 §3.1): looks at the authorization request and at the browser, and says what is missing: a
//! sign-in, a consent, or nothing, in which case the client is answered. Sign-in and consent lead back here and never to each
//! other; the consent page is called by `dispatch.rs`.

use std::sync::Arc;

use http::{Method, Response};
use symbolon_oauth::authorize::{self, Addressed, ClientFacts, RequestParameters, parameter};
use symbolon_oauth::dialect::read;
use symbolon_oauth::dialect::rules::AuthorizeRules;
use symbolon_oauth::error::{ErrorCode, PageRefusal, Refusal};
use symbolon_oauth::reason::Reason;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::{App, Seen, seen};
use symbolon_platform::consent::{self as rules, Shown, Wanted};

use crate::authorization::asking::{Allowed, Arrival, Asking, issue, refuse, sign_in, signed_in};
use crate::authorization::interaction::Interaction;
use crate::browser::Browser;
use crate::failure::{Failure, Told};
use crate::reply::Body;
use crate::request::{PostedForm, Request};
use crate::routes::field;
use crate::state::State;
use crate::trial;
use crate::views::error_page::{Trouble, excerpt};

/// What is to be done with an authorization request.
pub enum Step<'a> {
    /// Nothing more: the client is answered, or its person led on.
    Answered(Response<Body>),
    /// Its person has to be asked for consent.
    Ask(Box<Asking<'a>>),
    /// Its person was asked and sent this form.
    Decide(Box<Asking<'a>>, PostedForm),
}

/// Says what is missing of an authorization request, or of one that a page sends back here.
///
/// # Errors
/// A page, when there is nobody to answer or nothing can be told.
pub async fn step(arrival: Arrival<'_>) -> Result<Step<'_>, Failure> {
    let Arrival { state, served, request, browser } = arrival;
    let now = state.now();
    let form = (request.method() == Method::POST).then(|| request.form());
    let sealed = match &form {
        Some(form) => Some(form.get(field::INTERACTION).to_owned()).filter(|sealed| !sealed.is_empty()),
        None => request.query()?.get(field::INTERACTION.name()).map(str::to_owned),
    };
    let again = form.as_ref().is_some_and(|form| sealed.is_some() && form.get(field::DECISION) == AGAIN);
    let (mut interaction, resumed) = match &sealed {
        Some(sealed) if again => (begun_anew((state, request, browser), sealed, now)?, false),
        Some(sealed) => (Interaction::open(state, browser, sealed, now)?, true),
        None => {
            let parameters = read::authorization_request(served.endpoint, request.message())?;
            (Interaction::begin(state, request.path(), parameters, now)?, false)
        }
    };
    let language = interaction.language(request);
    // Without a session nothing can be decided: the form leads to the sign-in, like the request itself.
    let form = form.filter(|_| resumed && browser.session.is_some());
    match &form {
        Some(form) => {
            browser.prove_form(state, request, form).map_err(|failure| failure.said_in(language))?;
        }
        None => interaction.shown = None,
    }
    let proven = prove(arrival, interaction).await.map_err(|failure| failure.said_in(language))?;
    let mut asking = match proven {
        Proven::Asking(asking) => asking,
        Proven::Refused(app, addressed, refusal) => {
            let told = refuse((arrival, language), &app, &addressed, &refusal);
            return told.map(Step::Answered).map_err(|failure| failure.said_in(language));
        }
    };
    if !resumed && asking.asked.wants_new_sign_in() {
        // Where the person signed in the clock may be ahead of ours.
        let ahead = browser.session.as_ref().filter(|session| session.auth_time >= now);
        asking.interaction.signed_in_after = ahead.map(|session| session.auth_time.next());
    }
    match form {
        Some(form) => Ok(Step::Decide(asking, form)),
        None => missing(asking).await,
    }
}

/// What the form of an error page decides: the same request once more.
const AGAIN: &str = "again";

/// The request that an error page offered to begin anew. Nothing of what was done with it counts.
fn begun_anew(
    (state, request, browser): (&State, &Request, &Browser),
    sealed: &str,
    now: Timestamp,
) -> Result<Interaction, Failure> {
    let before = Interaction::open(state, browser, sealed, now)?;
    browser.prove_visitor_form(state, request, &request.form())?;
    Interaction::begin(state, request.path(), before.parameters, now)
}

/// The same of a request whose person signed in on the way, in a request of another address.
///
/// # Errors
/// See [`step`].
pub async fn resume(arrival: Arrival<'_>, mut interaction: Interaction) -> Result<Step<'_>, Failure> {
    interaction.shown = None;
    let language = interaction.language(arrival.request);
    let step = match prove(arrival, interaction).await {
        Ok(Proven::Asking(asking)) => missing(asking).await,
        Ok(Proven::Refused(app, addressed, refusal)) => {
            refuse((arrival, language), &app, &addressed, &refusal).map(Step::Answered)
        }
        Err(failure) => Err(failure),
    };
    step.map_err(|failure| failure.said_in(language))
}

/// What a proven request still misses.
async fn missing(asking: Box<Asking<'_>>) -> Result<Step<'_>, Failure> {
    let answered = without_asking(&asking).await;
    Ok(match asking.named(answered)? {
        Some(response) => Step::Answered(response),
        None => Step::Ask(asking),
    })
}

enum Proven<'a> {
    Asking(Box<Asking<'a>>),
    Refused(Arc<App>, Addressed, Refusal),
}

/// Every check of the protocol.
async fn prove(arrival: Arrival<'_>, interaction: Interaction) -> Result<Proven<'_>, Failure> {
    let Arrival { state, served, request, browser } = arrival;
    let parameters = &interaction.parameters;
    let rules = &served.endpoint.rules.authorize;
    let now = state.now();
    let (app, addressed) = address(arrival, parameters, now).await?;
    let catalogue = state.store.catalogue(now).await?;
    let askable = rules::askable(&app, &catalogue);
    let shown = interaction.shown.as_ref().map(Shown::scopes);
    let known_resource = parameters.get(parameter::RESOURCE).and_then(|asked| catalogue.resource(asked));
    let facts = ClientFacts {
        client: &app.client,
        askable: &askable,
        shown: shown.as_ref(),
        known_resource: known_resource.map(|resource| resource.identifier.as_str()),
    };
    request.trail.app(&app.client.client_id);
    match authorize::check(&addressed, parameters, facts, served.policy) {
        Ok(asked) => Ok(Proven::Asking(Box::new(Asking {
            state,
            served,
            browser,
            request,
            interaction,
            app,
            catalogue,
            asked,
            now,
        }))),
        Err(refusal) if rules.page(&refusal).is_some() => {
            Err(Failure::from(told(rules, refusal, parameters)).of(Some(&app.client.client_id)))
        }
        Err(refusal) => Ok(Proven::Refused(app, addressed, refusal)),
    }
}

/// Client and redirect URI, from which on the client can be answered.
async fn address(
    Arrival { state, served, browser, .. }: Arrival<'_>,
    parameters: &RequestParameters,
    now: Timestamp,
) -> Result<(Arc<App>, Addressed), Failure> {
    let client_id = parameters.get(parameter::CLIENT_ID);
    let found = match client_id {
        Some(client_id) => state.store.client(client_id, now).await?,
        None => None,
    };
    let unaddressed = |PageRefusal(refusal)| told(&served.endpoint.rules.authorize, refusal, parameters);
    // What is longer than any name of ours may be anything that somebody pasted.
    let named = |told: Told| Failure::from(told).of(client_id.filter(|id| id.len() <= 256));
    let Some(app) = found else { return Err(named(unaddressed(authorize::unknown_client()))) };
    let tried = trial::at_authorization((state, &app), parameters, browser.session.as_deref(), now);
    let app = tried.map_or(app, Arc::new);
    let addressed = authorize::address(parameters, &app.client, served.policy, &served.mounted.issuer);
    let wrote_it = parameters.get(parameter::REDIRECT_URI).is_some();
    match (seen(&app, browser.session.is_some()), addressed) {
        (Seen::Open(_), Ok(addressed)) => Ok((app, addressed)),
        (Seen::Open(_) | Seen::Stopped(_), Err(refused)) => Err(named(unaddressed(refused))),
        (Seen::Stopped(_), Ok(_)) => Err(named(stopped(Some(&app)))),
        (Seen::Hidden, Ok(_)) if wrote_it => Err(named(stopped(None))),
        (Seen::Hidden, _) => {
            let mut told = unaddressed(authorize::unknown_client());
            // For the log alone: the page is the one of an app that does not exist.
            told.refusal.reason = Reason::AppSuspended;
            Err(named(told))
        }
    }
}

/// What is told of an app that was stopped, by name where it may be named.
fn stopped(app: Option<&App>) -> Told {
    let PageRefusal(mut refusal) = authorize::unknown_client();
    refusal.reason = Reason::AppSuspended;
    let (name, icon) = (app.map(|app| app.name.clone()), app.and_then(|app| app.listing.icon));
    let trouble = Trouble::AppUnavailable { app: name, icon };
    let status = trouble.status();
    Told { refusal, trouble, status }
}

/// What a person is told when there is nobody to answer.
fn told(rules: &AuthorizeRules, refusal: Refusal, parameters: &RequestParameters) -> Told {
    let status = rules.page(&refusal).unwrap_or(rules.page_status);
    let trouble = match refusal.reason {
        Reason::UnknownClient => Trouble::UnknownApp,
        Reason::RedirectUriMismatch => Trouble::RedirectUriNotRegistered {
            received: parameters.get(parameter::REDIRECT_URI).map(excerpt),
        },
        _ => Trouble::BadRequest { hint: refusal.description.clone() },
    };
    Told { refusal, trouble, status }
}

/// The answer that needs no consent, if there is one.
async fn without_asking(asking: &Asking<'_>) -> Result<Option<Response<Body>>, Failure> {
    let Asking { state, asked, .. } = asking;
    let Some(session) = signed_in(asking) else {
        let answer = if asked.prompt.none {
            let description = "nobody is signed in";
            asking.refuse(&Refusal::new(ErrorCode::LoginRequired, Reason::NotSignedIn, description))
        } else {
            sign_in(asking, &asking.interaction)
        };
        return answer.map(Some);
    };
    let (user, app) = (session.user.id, asking.app.client.id);
    let facts = state.store.remembered_consent(user, app, asking.now).await?;
    let candidates = asking.candidates(&facts);
    let destination = asking.destination();
    let coming = asking.coming(&destination);
    let wanted = Wanted { prompt: asked.prompt, tenant: asked.tenant.as_deref(), coming };
    if let Some((candidate, grant)) = rules::remembered(wanted, &candidates, asking.now) {
        let scopes = &candidate.givable;
        let allowed = Allowed { session, candidate, grant: grant.id, scopes, answered: None };
        return issue(asking, allowed).await.map(Some);
    }
    if asked.prompt.none {
        return asking.refuse(&rules::not_silent(&asking.app)).map(Some);
    }
    Ok(None)
}
