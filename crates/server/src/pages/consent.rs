//! Consent page, and what its buttons do.

use http::Response;
use symbolon_oauth::error::{ErrorCode, Refusal};
use symbolon_oauth::reason::Reason;
use symbolon_oauth::scope::ScopeSet;
use symbolon_platform::app::AppStatus;
use symbolon_platform::browser_session::BrowserSession;
use symbolon_platform::catalogue::Role;
use symbolon_platform::consent::{self as rules, Candidate, Unavailable, Unchosen};
use symbolon_platform::deed::Deed;
use symbolon_platform::grant::{Grant, GrantStatus};
use symbolon_platform::tenant::TenantKind;
use symbolon_store::StoreError;
use symbolon_store::audit::Actor;
use symbolon_store::codes::Answered;
use symbolon_store::grants;

use crate::authorization::asking::{Allowed, Asking, issue, sign_in, signed_in};
use crate::authorization::interaction::Interaction;
use crate::decide_again::{AT_A_CONSENT, decide_again};
use crate::failure::Failure;
use crate::reply::{self, Body, EndsAtApp};
use crate::request::PostedForm;
use crate::routes::field;
use crate::routes::link::Link;
use crate::views::consent::{AskingApp, Consent, ConsentProblem, Permission, Reach, TenantChoice};
use crate::views::destination::Destination;
use crate::views::error_page::Trouble;
use crate::views::face::{AppFace, PersonFace, WebLink};

/// What a form says.
enum Decision {
    Allow,
    Deny,
    Switch,
}

/// Asks the person for consent.
///
/// # Errors
/// [`Failure::Store`], or when the page cannot be written.
pub async fn ask(asking: &Asking<'_>) -> Result<Response<Body>, Failure> {
    let Some(session) = signed_in(asking) else { return sign_in(asking, &asking.interaction) };
    let facts = asking.state.store.consent_facts(session.user.id, asking.app.client.id).await?;
    show(asking, session, &asking.candidates(&facts), None)
}

/// Does what the person decided.
///
/// # Errors
/// A page: the form was answered before, or nobody is signed in any more.
pub async fn decide(asking: &Asking<'_>, form: &PostedForm) -> Result<Response<Body>, Failure> {
    let decision = match form.get(field::DECISION) {
        "allow" => Decision::Allow,
        "deny" => Decision::Deny,
        "switch" => Decision::Switch,
        _ => return Err(Trouble::Expired.into()),
    };
    // The page was shown after the sign-in that the request wants; a form that was written by hand was not.
    let Some(session) = signed_in(asking) else { return sign_in(asking, &asking.interaction) };
    match decision {
        Decision::Allow => allow(asking, session, form).await,
        Decision::Deny => deny(asking, session).await,
        Decision::Switch => {
            let again = Interaction { signed_in_after: Some(asking.now), ..asking.interaction.clone() };
            sign_in(asking, &again)
        }
    }
}

async fn deny(asking: &Asking<'_>, session: &BrowserSession) -> Result<Response<Body>, Failure> {
    let interaction = &asking.interaction;
    let user = session.user.id;
    let audit = asking.state.deed(asking.request, Deed::ConsentDenied, Actor::User(user), asking.now)?;
    let audit = audit.app(asking.app.client.id).user(user);
    let spent =
        asking.state.store.spend_interaction(interaction.id, interaction.forgotten_after(), audit).await;
    spent.map_err(|error| answered_before(error.into()))?;
    let description = "the person did not allow it";
    asking.refuse(&Refusal::new(ErrorCode::AccessDenied, Reason::DeniedByPerson, description))
}

async fn allow(
    asking: &Asking<'_>,
    session: &BrowserSession,
    form: &PostedForm,
) -> Result<Response<Body>, Failure> {
    decide_again(AT_A_CONSENT, || give(asking, session, form)).await.map_err(answered_before)
}

/// A form that loses its commit was answered before, by a double click or in another window.
fn answered_before(failure: Failure) -> Failure {
    match failure {
        Failure::Store(StoreError::Conflict) => Trouble::AlreadyAnswered.into(),
        other => other,
    }
}

async fn give(
    asking: &Asking<'_>,
    session: &BrowserSession,
    form: &PostedForm,
) -> Result<Response<Body>, Failure> {
    let app = asking.app.client.id;
    let facts = asking.state.store.consent_facts(session.user.id, app).await?;
    let candidates = asking.candidates(&facts);
    let refuse_closed = asking.served.policy.authorization.refuse_closed_place;
    let candidate = match rules::chosen(&candidates, form.get(field::TENANT), refuse_closed) {
        Ok(candidate) => candidate,
        Err(Unchosen::NoChoice) => return show(asking, session, &candidates, Some(ConsentProblem::NoTenant)),
        Err(Unchosen::Closed) => {
            return show(asking, session, &candidates, Some(ConsentProblem::TenantUnavailable));
        }
        Err(Unchosen::Refused(refusal)) => return asking.refuse(&refusal),
    };
    let ticked: ScopeSet =
        form.all(field::SCOPE).filter(|scope| asking.asked.scopes.contains(scope)).collect();
    let given = rules::given(&asking.app, candidate, &ticked);
    let consent = match candidate.grant {
        Some(grant) => {
            grants::Consent::Change { grant: grant.clone(), scopes: given.held.clone(), now: asking.now }
        }
        None => grants::Consent::Give { grant: new_grant(asking, session, candidate, &given.held)? },
    };
    let grant = consent.grant().id;
    let answered = Answered {
        interaction: asking.interaction.id,
        expires_at: asking.interaction.forgotten_after(),
        consent,
    };
    issue(asking, Allowed { session, candidate, grant, scopes: &given.now, answered: Some(answered) }).await
}

fn new_grant(
    asking: &Asking<'_>,
    session: &BrowserSession,
    candidate: &Candidate<'_>,
    scopes: &ScopeSet,
) -> Result<Grant, Failure> {
    Ok(Grant {
        id: asking.state.entropy.new_id(asking.now)?,
        app: asking.app.client.id,
        level: candidate.level,
        tenant: candidate.membership.tenant.id,
        user: session.user.id,
        scopes: scopes.clone(),
        status: GrantStatus::Active,
        expires_at: None,
        created_at: asking.now,
        updated_at: asking.now,
        last_used_at: None,
    })
}

/// The page.
fn show(
    asking: &Asking<'_>,
    session: &BrowserSession,
    candidates: &[Candidate<'_>],
    problem: Option<ConsentProblem>,
) -> Result<Response<Body>, Failure> {
    let Asking { state, browser, app, .. } = asking;
    let redirect_uri = asking.asked.addressed.redirect_uri();
    let sealed = asking.interaction.seal(state, browser)?;
    let csrf = browser.csrf(state);
    let preselected = rules::preselected(candidates, asking.asked.tenant.as_deref());
    let held = rules::held_everywhere(candidates);
    let (permissions, already) = permissions(asking, candidates, &held);
    let publisher = app.listing.publisher.as_ref();
    let page = Consent {
        site: &state.site,
        action: Link::here(asking.request),
        csrf: &csrf,
        interaction: &sealed,
        app: AskingApp {
            face: AppFace::of(app),
            publisher: publisher.map(|publisher| publisher.name.as_str()),
            verified: publisher.is_some_and(|publisher| publisher.verified),
            in_development: app.status == AppStatus::Development,
            homepage: link(&app.listing.homepage),
            privacy: link(&app.listing.privacy_url),
            terms: link(&app.listing.terms_url),
        },
        person: PersonFace::new(&session.user.name, &session.user.email),
        tenants: candidates
            .iter()
            .map(|candidate| choice(asking, candidate, preselected == Some(candidate)))
            .collect(),
        permissions,
        already,
        until: None,
        destination: Destination::of(redirect_uri),
        problem,
    };
    Ok(reply::page(if problem.is_some() { 422 } else { 200 }, &page, Some(EndsAtApp { script: false }))?)
}

fn link(address: &Option<String>) -> Option<WebLink<'_>> {
    address.as_deref().and_then(WebLink::new)
}

fn role<'a>(asking: &'a Asking<'_>, candidate: &Candidate<'_>) -> Option<&'a Role> {
    asking.catalogue.role(&candidate.membership.role)
}

fn choice<'a>(asking: &'a Asking<'_>, candidate: &'a Candidate<'_>, selected: bool) -> TenantChoice<'a> {
    let tenant = &candidate.membership.tenant;
    let withheld = asking.asked.scopes.difference(&candidate.givable);
    let titles =
        withheld.iter().filter_map(|name| asking.catalogue.scopes.get(name)).map(|s| s.title.as_str());
    TenantChoice {
        id: &tenant.external_id,
        name: &tenant.name,
        personal: tenant.kind == TenantKind::Personal,
        reach: Reach::of(candidate.level),
        role: role(asking, candidate).map(|role| role.title.as_str()),
        selected,
        unavailable: candidate.unavailable.map(|reason| match reason {
            Unavailable::TenantDisabled => "It is not active at present.",
            Unavailable::RoleMayNotInstall => {
                "Your role there may not connect apps for everyone. Ask an administrator."
            }
            Unavailable::RoleGivesTooLittle => "Your role there cannot give what this app asks for.",
        }),
        withheld: if candidate.is_open() { titles.collect() } else { Vec::new() },
    }
}

/// The scopes to decide and the ones that were given before.
fn permissions<'a>(
    asking: &'a Asking<'_>,
    candidates: &[Candidate<'_>],
    held: &ScopeSet,
) -> (Vec<Permission<'a>>, Vec<Permission<'a>>) {
    let givable_somewhere =
        |scope: &str| candidates.iter().any(|candidate| candidate.givable.contains(scope));
    let asked = asking.asked.scopes.iter();
    let all = asked.filter_map(|name| asking.catalogue.scopes.get(name)).map(|scope| Permission {
        name: &scope.name,
        title: &scope.title,
        description: &scope.description,
        sensitivity: scope.sensitivity,
        optional: asking.app.client.optional_scopes.contains(&scope.name),
        ticked: true,
        withheld: (!givable_somewhere(&scope.name))
            .then_some("Your role cannot give this, so the app will not get it."),
    });
    all.partition(|permission| !held.contains(permission.name))
}
