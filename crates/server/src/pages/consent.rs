//! Consent page, and what its buttons do. What is given is what the page showed, or less.

mod page;

use std::cmp::Reverse;

use http::Response;
use symbolon_oauth::error::{ErrorCode, Refusal};
use symbolon_oauth::reason::Reason;
use symbolon_oauth::scope::{ScopeSet, is_scope_token};
use symbolon_platform::browser_session::BrowserSession;
use symbolon_platform::consent::{self as rules, Candidate, Change, ConsentFacts, Given, Unchosen};
use symbolon_platform::deed::Deed;
use symbolon_platform::grant::{Grant, GrantStatus};
use symbolon_store::StoreError;
use symbolon_store::audit::Actor;
use symbolon_store::codes::Answered;
use symbolon_store::grants;

use crate::authorization::asking::{Allowed, Asking, issue, sign_in, signed_in};
use crate::authorization::interaction::Interaction;
use crate::decide_again::{Patience, decide_again};
use crate::failure::Failure;
use crate::pages::consent::page::{Again, show};
use crate::reply::Body;
use crate::request::PostedForm;
use crate::routes::{self, field};
use crate::told::At;
use crate::views::consent::{ConsentProblem, LISTED_WHOLE};
use crate::views::error_page::Trouble;

/// What a form says.
enum Decision {
    Allow,
    Deny,
    Switch,
    /// Looks for a tenant among many, and decides nothing.
    Find,
}

/// Asks the person for consent.
///
/// # Errors
/// [`Failure::Store`], or when the page cannot be written.
pub async fn ask(asking: &Asking<'_>) -> Result<Response<Body>, Failure> {
    let Some(session) = signed_in(asking) else { return sign_in(asking, &asking.interaction) };
    let facts = asking.state.store.consent_facts(session.user.id, asking.app.client.id).await?;
    let candidates = candidates(asking, session, &facts).await?;
    if rules::are_kept_out(&candidates) {
        note_kept_out(asking);
    }
    show(asking, session, &candidates, None)
}

/// Whoever develops the app can find out that somebody came who was not invited.
fn note_kept_out(asking: &Asking<'_>) {
    let description = "the app is in development, and the person is none of its testers";
    let refusal = Refusal::new(ErrorCode::AccessDenied, Reason::AppInDevelopment, description);
    let client_id = Some(asking.app.client.client_id.as_str());
    let endpoint = routes::name(asking.served.endpoint.serves);
    At { client_id, ..At::of(endpoint, asking.request) }.note(asking.state, &refusal);
}

/// Where the app could be let in; of many tenants first those that can be chosen, the last used first.
async fn candidates<'f>(
    asking: &Asking<'_>,
    session: &BrowserSession,
    facts: &'f ConsentFacts,
) -> Result<Vec<Candidate<'f>>, Failure> {
    let mut candidates = asking.candidates(facts);
    if candidates.len() > LISTED_WHOLE {
        let connected = asking.state.store.connections(session.user.id).await?;
        let used = |candidate: &Candidate<'_>| {
            let here = connected.iter().filter(|own| own.tenant.id == candidate.membership.tenant.id);
            here.map(|own| own.grant.last_used_at.unwrap_or(own.grant.updated_at)).max()
        };
        candidates.sort_by_cached_key(|candidate| (!candidate.is_open(), Reverse(used(candidate))));
    }
    Ok(candidates)
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
        "find" => Decision::Find,
        _ => return Err(Trouble::Expired.into()),
    };
    // The page was shown after the sign-in that the request wants; a form that was written by hand was not.
    let Some(session) = signed_in(asking) else { return sign_in(asking, &asking.interaction) };
    // A page that was shown to somebody else is theirs to answer, whatever token came with it.
    let shown = asking.interaction.shown.as_ref();
    let is_theirs = shown.is_none_or(|shown| shown.is_for(session.user.id));
    match decision {
        Decision::Allow | Decision::Deny | Decision::Find if !is_theirs => {
            let again = Again { problem: Some(ConsentProblem::Changed), form, changes: &[Change::Person] };
            ask_again(asking, session, again).await
        }
        Decision::Find => ask_again(asking, session, Again { problem: None, form, changes: &[] }).await,
        Decision::Allow => allow(asking, session, form).await,
        Decision::Deny => deny(asking, session).await,
        Decision::Switch => {
            // The session may come from a node whose clock is ahead.
            let signed_in_after = Some(session.auth_time.next().max(asking.now));
            let again = Interaction { signed_in_after, ..asking.interaction.clone() };
            sign_in(asking, &again)
        }
    }
}

/// Shows the person who is signed in the page as it is now.
async fn ask_again(
    asking: &Asking<'_>,
    session: &BrowserSession,
    again: Again<'_>,
) -> Result<Response<Body>, Failure> {
    let facts = asking.state.store.consent_facts(session.user.id, asking.app.client.id).await?;
    show(asking, session, &candidates(asking, session, &facts).await?, Some(again))
}

async fn deny(asking: &Asking<'_>, session: &BrowserSession) -> Result<Response<Body>, Failure> {
    let interaction = &asking.interaction;
    let user = session.user.id;
    let audit = asking.state.deed(asking.request, Deed::ConsentDenied, Actor::User(user), asking.now)?;
    let audit = audit.app(asking.app.client.id).user(user);
    let spent =
        asking.state.store.spend_interaction(interaction.id, interaction.forgotten_after(), audit).await;
    spent.map_err(|error| answered_before(error.into()))?;
    asking.request.trail.did(Deed::ConsentDenied);
    let description = "the person did not allow it";
    asking.refuse(&Refusal::new(ErrorCode::AccessDenied, Reason::DeniedByPerson, description))
}

async fn allow(
    asking: &Asking<'_>,
    session: &BrowserSession,
    form: &PostedForm,
) -> Result<Response<Body>, Failure> {
    decide_again(Patience::Once, || give(asking, session, form)).await.map_err(answered_before)
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
    let candidates = candidates(asking, session, &facts).await?;
    let again = |problem, changes: &[_]| {
        show(asking, session, &candidates, Some(Again { problem: Some(problem), form, changes }))
    };
    let refuse_closed = asking.served.policy.authorization.refuse_closed_place;
    let candidate = match rules::chosen(&candidates, form.get(field::TENANT), refuse_closed) {
        Ok(candidate) => candidate,
        Err(Unchosen::NoChoice) => return again(ConsentProblem::NoTenant, &[]),
        Err(Unchosen::Closed) => return again(ConsentProblem::TenantUnavailable, &[]),
        Err(Unchosen::Refused(refusal)) => return asking.refuse(&refusal),
    };
    let tenant = &candidate.membership.tenant.external_id;
    let changed = |changes: &[Change]| {
        tell_of_changes(asking, changes);
        again(ConsentProblem::Changed, changes)
    };
    let Some(shown) = &asking.interaction.shown else { return changed(&[]) };
    let settled = match shown.settle(&asking.shown(session, &candidates), tenant, &ticked(form)) {
        Ok(settled) => settled,
        Err(changes) => return changed(&changes),
    };
    let given = Given::at(candidate, &settled);
    let consent = match candidate.grant {
        Some(grant) => {
            grants::Consent::Change { grant: grant.clone(), scopes: given.held.clone(), now: asking.now }
        }
        None => grants::Consent::Give { grant: new_grant(asking, session, candidate, &given.held)? },
    };
    let grant = consent.grant().id;
    let destination = asking.destination();
    let answered = Answered {
        interaction: asking.interaction.id,
        expires_at: asking.interaction.forgotten_after(),
        consent,
        user: session.user.id,
        seen: candidate.seen_by(&asking.coming(&destination), grant, &settled),
    };
    issue(asking, Allowed { session, candidate, grant, scopes: &given.now, answered: Some(answered) }).await
}

/// An app or a catalogue that changes with each answer keeps people from connecting, so whoever runs this sees it.
fn tell_of_changes(asking: &Asking<'_>, changes: &[Change]) {
    asking.state.metrics.consent_shown_again();
    tracing::info!(
        client_id = asking.app.client.client_id,
        request_id = asking.request.id,
        changes = changes.iter().map(Change::as_str).collect::<Vec<_>>().join(" "),
        "a consent page is shown again, because what it showed has changed"
    );
}

/// The optional scopes that a form leaves ticked.
fn ticked(form: &PostedForm) -> ScopeSet {
    form.all(field::SCOPE).filter(|scope| is_scope_token(scope)).collect()
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
