//! Authorization endpoint (RFC 6749 §3.1): the dispatcher. It looks at the authorization request and at the browser, and
//! says what is missing: a sign-in, a consent, or nothing, in which case the client is answered. Sign-in and consent lead
//! back here and never to each other.

use std::sync::Arc;

use http::{Method, Response};
use symbolon_oauth::authorize::{self, Addressed, ClientFacts, RequestParameters, parameter};
use symbolon_oauth::dialect::read;
use symbolon_oauth::dialect::rules::AuthorizeRules;
use symbolon_oauth::error::{ErrorCode, PageRefusal, Refusal};
use symbolon_oauth::reason::Reason;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::{App, Seen, seen};
use symbolon_platform::consent as rules;

use crate::authorization::asking::{Allowed, Arrival, Asking, issue, refuse, sign_in, signed_in};
use crate::authorization::interaction::Interaction;
use crate::browser::Browser;
use crate::failure::{Failure, Told};
use crate::pages::consent;
use crate::reply::Body;
use crate::request::Request;
use crate::routes::field;
use crate::served::Served;
use crate::state::State;
use crate::views::error_page::Trouble;

/// Answers an authorization request, or the form of a page that it led to.
///
/// # Errors
/// A page, when there is nobody to answer or nothing can be told.
pub async fn answer(state: &State, served: Served<'_>, request: &Request) -> Result<Response<Body>, Failure> {
    let now = state.now();
    let browser = Browser::of(state, request, now).await?;
    let mut response = dispatch(Arrival { state, served, request, browser: &browser }, now).await?;
    browser.remember(state, &mut response);
    Ok(response)
}

async fn dispatch(arrival: Arrival<'_>, now: Timestamp) -> Result<Response<Body>, Failure> {
    let Arrival { state, served, request, browser } = arrival;
    let form = (request.method() == Method::POST).then(|| request.form());
    let sealed = match &form {
        Some(form) => Some(form.get(field::INTERACTION).to_owned()).filter(|sealed| !sealed.is_empty()),
        None => request.query()?.get(field::INTERACTION.name()).map(str::to_owned),
    };
    let (interaction, resumed) = match &sealed {
        Some(sealed) => (Interaction::open(state, browser, sealed, now)?, true),
        None => {
            let parameters = read::authorization_request(served.endpoint, request.message())?;
            (Interaction::begin(state, request.path(), parameters, now)?, false)
        }
    };
    // Without a session nothing can be decided: the form leads to the sign-in, like the request itself.
    let form = form.filter(|_| resumed && browser.session.is_some());
    if let Some(form) = &form {
        browser.prove_form(state, request, form)?;
    }
    let proven = match prove(arrival, &interaction).await? {
        Proven::Asking(asking) => asking,
        Proven::Refused(app, addressed, refusal) => return refuse(arrival, &app, &addressed, &refusal),
    };
    let answered = match form {
        Some(form) => consent::decide(&proven, &form).await,
        None => next(&proven).await,
    };
    answered.map_err(|failure| failure.of(Some(&proven.app.client.client_id)))
}

enum Proven<'a> {
    Asking(Asking<'a>),
    Refused(Arc<App>, Addressed, Refusal),
}

/// Every check of the protocol.
async fn prove<'a>(arrival: Arrival<'a>, interaction: &'a Interaction) -> Result<Proven<'a>, Failure> {
    let Arrival { state, served, request, browser } = arrival;
    let parameters = &interaction.parameters;
    let rules = &served.endpoint.rules.authorize;
    let now = state.now();
    let (app, addressed) = address(arrival, parameters, now).await?;
    let catalogue = state.store.catalogue(now).await?;
    let askable = rules::askable(&app, &catalogue);
    let known_resource = parameters.get(parameter::RESOURCE).and_then(|asked| catalogue.resource(asked));
    let facts = ClientFacts {
        client: &app.client,
        askable: &askable,
        known_resource: known_resource.map(|resource| resource.identifier.as_str()),
    };
    match authorize::check(&addressed, parameters, facts, served.policy) {
        Ok(asked) => Ok(Proven::Asking(Asking {
            state,
            served,
            browser,
            request,
            interaction,
            app,
            catalogue,
            asked,
            now,
        })),
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
    let stopped = match seen(Some(&app), browser.session.is_some()) {
        Seen::Open(_) => false,
        Seen::Stopped(_) => true,
        Seen::Hidden | Seen::Unknown => {
            let mut told = unaddressed(authorize::unknown_client());
            // For the log alone: the page is the one of an app that does not exist.
            told.refusal.reason = Reason::AppSuspended;
            return Err(named(told));
        }
    };
    let addressed = authorize::address(parameters, &app.client, served.policy, &state.issuer)
        .map_err(|refused| named(unaddressed(refused)))?;
    if stopped {
        let (app, icon) = (app.name.clone(), app.listing.icon);
        return Err(Failure::from(Trouble::AppUnavailable { app, icon }).of(client_id));
    }
    Ok((app, addressed))
}

/// What a person is told when there is nobody to answer.
fn told(rules: &AuthorizeRules, refusal: Refusal, parameters: &RequestParameters) -> Told {
    let status = rules.page(&refusal).unwrap_or(rules.page_status);
    let trouble = match refusal.reason {
        Reason::UnknownClient => Trouble::UnknownApp,
        Reason::RedirectUriMismatch => {
            let received = parameters.get(parameter::REDIRECT_URI).filter(|uri| uri.len() <= 2000);
            Trouble::RedirectUriNotRegistered { received: received.map(str::to_owned) }
        }
        _ => Trouble::BadRequest { hint: refusal.description.clone() },
    };
    Told { refusal, trouble, status }
}

/// What is missing, or the answer.
async fn next(asking: &Asking<'_>) -> Result<Response<Body>, Failure> {
    let Asking { state, asked, .. } = asking;
    let Some(session) = signed_in(asking) else {
        return if asked.prompt.none {
            let description = "nobody is signed in";
            asking.refuse(&Refusal::new(ErrorCode::LoginRequired, Reason::NotSignedIn, description))
        } else {
            sign_in(asking, asking.interaction)
        };
    };
    let (user, app) = (session.user.id, asking.app.client.id);
    let facts = state.store.remembered_consent(user, app, asking.now).await?;
    let candidates = asking.candidates(&facts);
    let wanted = asked.tenant.as_deref();
    if let Some((candidate, grant)) =
        rules::remembered(&asking.app, asked.prompt, wanted, &candidates, asking.now)
    {
        let scopes = &candidate.givable;
        return issue(asking, Allowed { session, candidate, grant: grant.id, scopes, answered: None }).await;
    }
    if !asked.prompt.none {
        let facts = state.store.consent_facts(user, app).await?;
        return consent::show(asking, session, &asking.candidates(&facts), None);
    }
    asking.refuse(&rules::not_silent(&asking.app))
}
