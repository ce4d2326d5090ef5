//! `GET|POST /oauth/authorize`: the dispatcher. It looks at the authorization request and at the browser, and says what
//! is missing: a sign-in, a consent, or nothing, in which case the client is answered. Sign-in and consent lead back
//! here and never to each other.

use std::sync::Arc;

use http::{Method, Response};
use symbolon_oauth::authorize::{self, Addressed, AuthorizationRequest, ResponseMode, Terms};
use symbolon_oauth::credential::Kind;
use symbolon_oauth::dialect::rules::AuthorizeRules;
use symbolon_oauth::dialect::write::Pair;
use symbolon_oauth::dialect::{read, write};
use symbolon_oauth::error::{ErrorCode, PageRefusal, Refusal};
use symbolon_oauth::parameters::Parameters;
use symbolon_oauth::reason::Reason;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::{App, Seen, may_hear_errors, seen};
use symbolon_platform::browser_session::BrowserSession;
use symbolon_platform::catalogue::Catalogue;
use symbolon_platform::consent::{self as rules, Given, Place};
use symbolon_store::codes::{Answered, NewCode};
use symbolon_store::grants::ConsentFacts;

use crate::browser::Browser;
use crate::endpoints::consent;
use crate::endpoints::token::{acting_at, facts};
use crate::failure::{At, Failure, Told};
use crate::interaction::Interaction;
use crate::pages::destination::Destination;
use crate::pages::error_page::Trouble;
use crate::pages::form_post::FormPost;
use crate::reply::{self, Body, Leads};
use crate::request::Request;
use crate::router;
use crate::state::{Served, State};

/// A request as it came in.
#[derive(Clone, Copy)]
struct Arrival<'a> {
    state: &'a State,
    served: Served<'a>,
    request: &'a Request,
    browser: &'a Browser,
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
    pub interaction: &'a Interaction,
    /// The app.
    pub app: Arc<App>,
    /// What was declared.
    pub catalogue: Arc<Catalogue>,
    /// The request that passed every check.
    pub asked: AuthorizationRequest,
    /// Now.
    pub now: Timestamp,
}

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
        Some(form) => Some(form.get("interaction").to_owned()).filter(|sealed| !sealed.is_empty()),
        None => request.query()?.get("interaction").map(str::to_owned),
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
    let known_resource = parameters.get("resource").and_then(|asked| catalogue.resource(asked));
    let terms = Terms {
        client: &app.client,
        policy: served.policy,
        askable: &askable,
        known_resource: known_resource.map(|resource| resource.identifier.as_str()),
    };
    match authorize::check(&addressed, parameters, terms) {
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
    parameters: &Parameters,
    now: Timestamp,
) -> Result<(Arc<App>, Addressed), Failure> {
    let client_id = parameters.get("client_id");
    let app = match client_id {
        Some(client_id) => state.store.client(client_id, now).await?,
        None => None,
    };
    let seen = seen(app.as_deref(), browser.session.is_some());
    let unaddressed = |PageRefusal(refusal): PageRefusal| {
        let mut told = told(&served.endpoint.rules.authorize, refusal, parameters);
        if seen == Seen::Hidden {
            // For the log alone: the page is the one of an app that does not exist.
            told.refusal.reason = Reason::AppSuspended;
        }
        // What is longer than any name of ours may be anything that somebody pasted.
        Failure::from(told).of(client_id.filter(|id| id.len() <= 256))
    };
    let addressed =
        authorize::address(parameters, seen.client(), served.policy, &state.issuer).map_err(unaddressed)?;
    match seen {
        Seen::Open(_) => {}
        Seen::Stopped(app) => {
            let (app, icon) = (app.name.clone(), app.listing.icon);
            return Err(Failure::from(Trouble::AppUnavailable { app, icon }).of(client_id));
        }
        Seen::Hidden | Seen::Unknown => return Err(Failure::Bug("proven facts are missing")),
    }
    let app = app.ok_or(Failure::Bug("proven facts are missing"))?;
    Ok((app, addressed))
}

/// What a person is told when there is nobody to answer.
fn told(rules: &AuthorizeRules, refusal: Refusal, parameters: &Parameters) -> Told {
    let status = rules.page(&refusal).unwrap_or(rules.page_status);
    let trouble = match refusal.reason {
        Reason::UnknownClient => Trouble::UnknownApp,
        Reason::RedirectUriMismatch => {
            let received = parameters.get("redirect_uri").filter(|uri| uri.len() <= 2000);
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
    let places = asking.places(&facts);
    let wanted = asked.tenant.as_deref();
    if let Some(place) = rules::remembered(&asking.app, asked.prompt, wanted, &places, asking.now)
        && let Some(grant) = place.grant
    {
        let given = Given { now: place.givable.clone(), held: grant.scopes.clone() };
        return issue(asking, session, place, &given, None).await;
    }
    if !asked.prompt.none {
        let facts = state.store.consent_facts(user, app).await?;
        return consent::show(asking, session, &asking.places(&facts), None);
    }
    asking.refuse(&rules::not_silent(&asking.app))
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

/// Leads to the login page, which leads back.
///
/// # Errors
/// [`Failure::Busy`].
pub fn sign_in(asking: &Asking<'_>, interaction: &Interaction) -> Result<Response<Body>, Failure> {
    let sealed = interaction.seal(asking.state, asking.browser)?;
    Ok(reply::see_other(&format!("/login?interaction={sealed}")))
}

/// Issues a code and answers the client with it. With `answered`, the consent is recorded in the same transaction.
///
/// # Errors
/// [`Failure::Store`]; a conflict when the form was answered before.
pub async fn issue(
    asking: &Asking<'_>,
    session: &BrowserSession,
    place: &Place<'_>,
    given: &Given,
    answered: Option<Answered>,
) -> Result<Response<Body>, Failure> {
    let Asking { state, asked, now, .. } = asking;
    let grant = match &answered {
        Some(Answered { consent: symbolon_store::grants::Consent::Give { grant }, .. }) => grant.id,
        _ => place.grant.map(|grant| grant.id).ok_or(Failure::Bug("proven facts are missing"))?,
    };
    let id = state.entropy.new_id(*now)?;
    let secret = state.mint(&asking.served.mounted.dialect, Kind::AuthorizationCode, id)?;
    let audit = match &answered {
        Some(answered) => Some(consent::audit(asking, session, &answered.consent, given)?),
        None => None,
    };
    let code = NewCode {
        id,
        hash: secret.hash(),
        app: asking.app.client.id,
        grant,
        request: asked,
        scopes: &given.now,
        auth_time: session.auth_time,
        created_at: *now,
        expires_at: now.after(asking.served.policy.code).unwrap_or(*now),
    };
    state.store.issue_code(code, answered, audit).await?;
    let held = place.membership;
    let acting_for = acting_at(place.level, &held.tenant, (&session.user, Some(&held.role)));
    let facts = facts((state, &asking.app), &given.now, Some(acting_for), *now);
    let rules = &asking.served.endpoint.rules.authorize;
    let pairs = write::authorization_answer(rules, &asked.addressed, secret.expose(), &facts);
    send(state, &asked.addressed, &pairs)
}

impl Asking<'_> {
    /// Where the app could be let in.
    #[must_use]
    pub fn places<'f>(&self, facts: &'f ConsentFacts) -> Vec<Place<'f>> {
        let app = (&*self.app, self.served.policy.authorization.level);
        rules::places(app, &self.asked.scopes, &facts.memberships, &facts.grants, &self.catalogue)
    }

    /// Answers the client with an error.
    ///
    /// # Errors
    /// When the page of a posted answer cannot be written.
    pub fn refuse(&self, refusal: &Refusal) -> Result<Response<Body>, Failure> {
        let Asking { state, served, request, browser, .. } = *self;
        refuse(Arrival { state, served, request, browser }, &self.app, &self.asked.addressed, refusal)
    }
}

/// Answers a client with an error. Where it may not hear one (RFC 9700 §4.11.2) the person is told instead, and where it
/// wanted them.
fn refuse(
    Arrival { state, served, request, browser }: Arrival<'_>,
    app: &App,
    addressed: &Addressed,
    refusal: &Refusal,
) -> Result<Response<Body>, Failure> {
    let client_id = Some(app.client.client_id.as_str());
    if !may_hear_errors(app, browser.session.is_some()) {
        let whither = target(addressed.redirect_uri()).unwrap_or_default();
        let hint = format!(
            "{} (error {}; the app would be told at {whither})",
            refusal.description,
            refusal.code.as_str()
        );
        let trouble = Trouble::BadRequest { hint: hint.into() };
        let status = trouble.status();
        return Err(Failure::from(Told { refusal: refusal.clone(), trouble, status }).of(client_id));
    }
    let endpoint = router::name(served.endpoint.serves);
    At { endpoint, client_id, request_id: &request.id }.note(state, refusal);
    let rules = &served.endpoint.rules;
    send(state, addressed, &write::authorization_error((&rules.authorize, &rules.errors), addressed, refusal))
}

/// Sends an answer where the request proved that it may go.
fn send(state: &State, addressed: &Addressed, pairs: &[Pair<'_>]) -> Result<Response<Body>, Failure> {
    match addressed.response_mode() {
        ResponseMode::Query => Ok(reply::see_other(&write::location(addressed, pairs))),
        ResponseMode::FormPost => {
            let action = addressed.redirect_uri();
            let page = FormPost {
                site: &state.site,
                action,
                destination: Destination::of(action),
                fields: pairs.to_vec(),
                script: true,
            };
            Ok(reply::page(200, &page, Some(Leads { form_action: target(action), script: true }))?)
        }
    }
}

/// The source expression of a redirect URI for a content security policy. An IPv6 address cannot stand in one, so its
/// scheme does; what could end the directive gives none.
#[must_use]
pub fn target(redirect_uri: &str) -> Option<String> {
    let url = url::Url::parse(redirect_uri).ok()?;
    let source = match (url.origin(), url.host()) {
        (url::Origin::Opaque(_), _) | (_, Some(url::Host::Ipv6(_))) => format!("{}:", url.scheme()),
        (origin, _) => origin.ascii_serialization(),
    };
    let plain = source.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":/.-+_".contains(&byte));
    plain.then_some(source)
}
