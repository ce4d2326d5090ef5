//! The page that asks: what a request and what is known make of it.

use http::Response;
use symbolon_oauth::scope::ScopeSet;
use symbolon_platform::browser_session::BrowserSession;
use symbolon_platform::catalogue::{Catalogue, Role};
use symbolon_platform::consent::{self as rules, Candidate, Change, ScopeChange, Unavailable};
use symbolon_platform::tenant::{Tenant, TenantKind};

use super::ticked;
use crate::authorization::asking::Asking;
use crate::authorization::interaction::Interaction;
use crate::failure::Failure;
use crate::language::{Key, Language};
use crate::reply::{self, Body, EndsAtApp};
use crate::request::PostedForm;
use crate::routes::field;
use crate::views::consent::{
    AskingApp, Changed, Consent, ConsentProblem, Permission, Reach, ShownResource, TenantChoice,
};
use crate::views::destination::Destination;
use crate::views::face::PersonFace;

/// Why a page is shown again, and what the person had chosen on it.
pub struct Again<'f> {
    /// Why; nothing is wrong where the person looks for a tenant.
    pub problem: Option<ConsentProblem>,
    /// What they sent.
    pub form: &'f PostedForm,
    /// What is not as they saw it.
    pub changes: &'f [Change],
}

/// The page, which carries what it shows.
///
/// # Errors
/// [`Failure::Busy`], or when it cannot be written.
pub fn show(
    asking: &Asking<'_>,
    session: &BrowserSession,
    candidates: &[Candidate<'_>],
    again: Option<Again<'_>>,
) -> Result<Response<Body>, Failure> {
    let Asking { state, browser, .. } = asking;
    let shown = Interaction { shown: Some(asking.shown(session, candidates)), ..asking.interaction.clone() };
    let sealed = shown.seal(state, browser)?;
    let csrf = browser.csrf(state);
    let chosen = again.as_ref().map(|again| again.form.get(field::TENANT)).filter(|id| !id.is_empty());
    let preselected = rules::preselected(candidates, chosen.or(asking.asked.tenant.as_deref()));
    let destination = asking.destination();
    let language = asking.language();
    let changed = again.as_ref().map(|again| again.changes).filter(|changes| !changes.is_empty());
    let changed = changed.map_or_else(|| news(asking, candidates, &destination), <[_]>::to_vec);
    let answered = again.as_ref().map(|again| ticked(again.form));
    let (permissions, already) = permissions(asking, candidates, (&changed, answered.as_ref()));
    let page = Consent {
        site: state.site(language),
        action: asking.interaction.link(asking.state, asking.request)?,
        csrf: &csrf,
        interaction: &sealed,
        app: AskingApp::of(&asking.app),
        person: PersonFace::of(&session.user),
        tenants: candidates
            .iter()
            .map(|candidate| choice(asking, candidate, (candidates, preselected)))
            .collect(),
        find: again.as_ref().map_or("", |again| again.form.get(field::FIND)),
        permissions,
        already,
        until: None,
        destination: Destination::of(asking.asked.addressed.redirect_uri()),
        resource: resource(asking),
        new_destination: candidates.iter().any(|candidate| candidate.leads_elsewhere(&destination)),
        found: candidates.iter().any(Candidate::is_found),
        problem: again.as_ref().and_then(|again| again.problem),
        changes: changes(&changed, &asking.catalogue, language),
    };
    let status = if page.problem.is_some() { 422 } else { 200 };
    Ok(reply::page(status, language, &page, Some(EndsAtApp { script: false }))?)
}

/// What the person does not know of an app that they let in somewhere.
fn news(asking: &Asking<'_>, candidates: &[Candidate<'_>], destination: &str) -> Vec<Change> {
    let coming = asking.coming(destination);
    let mut news = Vec::new();
    for change in candidates.iter().flat_map(|candidate| candidate.news(&coming)) {
        if !news.contains(&change) {
            news.push(change);
        }
    }
    news
}

fn resource<'a>(asking: &'a Asking<'_>) -> Option<ShownResource<'a>> {
    let resource = asking.catalogue.resource(asking.asked.resource.as_deref()?)?;
    Some(ShownResource { title: &resource.title, identifier: &resource.identifier })
}

fn changes<'a>(changes: &'a [Change], catalogue: &'a Catalogue, language: Language) -> Vec<Changed<'a>> {
    let of_scope = |name: &'a str, change: &ScopeChange| {
        let title = title(catalogue, name, language);
        match change {
            ScopeChange::New => Changed::New { title },
            ScopeChange::Words => Changed::Words { title },
            ScopeChange::Required => Changed::Required { title },
            ScopeChange::Includes => Changed::Includes { title },
        }
    };
    let changed = changes.iter().map(|change| match change {
        Change::Person => Changed::Person,
        Change::Name { was } => Changed::Name { was },
        Change::Look => Changed::Look,
        Change::Version => Changed::Version,
        Change::Resource => Changed::Resource,
        Change::Destination { was } => Changed::Destination { was: Destination::of(was) },
        Change::Tenant => Changed::Tenant,
        Change::Level => Changed::Reach,
        Change::Scope(name, change) => of_scope(name, change),
    });
    changed.collect()
}

fn title<'a>(catalogue: &'a Catalogue, name: &'a str, language: Language) -> &'a str {
    catalogue.scopes.get(name).map_or(name, |scope| scope.title_in(language.tag()))
}

fn role<'a>(asking: &'a Asking<'_>, candidate: &Candidate<'_>) -> Option<&'a Role> {
    asking.catalogue.role(&candidate.membership.role)
}

fn choice<'a>(
    asking: &'a Asking<'_>,
    candidate: &'a Candidate<'_>,
    (all, preselected): (&'a [Candidate<'_>], Option<&Candidate<'_>>),
) -> TenantChoice<'a> {
    let tenant = &candidate.membership.tenant;
    let tenants: Vec<&Tenant> = all.iter().map(|candidate| &candidate.membership.tenant).collect();
    let withheld = asking.asked.scopes.difference(&candidate.givable);
    let tag = asking.language().tag();
    let titles =
        withheld.iter().filter_map(|name| asking.catalogue.scopes.get(name)).map(|s| s.title_in(tag));
    TenantChoice {
        id: &tenant.external_id,
        name: &tenant.name,
        told_apart: tenant.told_apart(&tenants),
        personal: tenant.kind == TenantKind::Personal,
        reach: Reach::of(candidate.level),
        role: role(asking, candidate).map(|role| role.title_in(tag)),
        selected: preselected == Some(candidate),
        unavailable: candidate.unavailable.map(|reason| match reason {
            Unavailable::InDevelopment => Key("consent-only-for-testers"),
            Unavailable::TenantDisabled => Key("consent-tenant-disabled"),
            Unavailable::RoleMayNotInstall => Key("consent-role-may-not-install"),
            Unavailable::RoleGivesTooLittle => Key("consent-role-gives-too-little"),
        }),
        withheld: if candidate.is_open() { titles.collect() } else { Vec::new() },
    }
}

/// The scopes to decide and the ones that were given before.
fn permissions<'a>(
    asking: &'a Asking<'_>,
    candidates: &[Candidate<'_>],
    (changes, answered): (&[Change], Option<&ScopeSet>),
) -> (Vec<Permission<'a>>, Vec<Permission<'a>>) {
    let (catalogue, tag) = (&asking.catalogue, asking.language().tag());
    let held = rules::held_everywhere(candidates);
    // Nothing can be left out where nothing can be given.
    let may_allow = candidates.iter().any(Candidate::is_open);
    let givable_somewhere =
        |scope: &str| candidates.iter().any(|candidate| candidate.givable.contains(scope));
    let asked = asking.asked.scopes.iter();
    let all = asked.filter_map(|name| catalogue.scopes.get(name)).map(|scope| {
        // Where nothing can be given at all, the page says so once, at its top.
        let withheld = may_allow && !givable_somewhere(&scope.name);
        let included = catalogue.included(&scope.name);
        let includes = included.iter().filter_map(|name| catalogue.scopes.get(name));
        Permission {
            name: &scope.name,
            title: scope.title_in(tag),
            description: scope.description_in(tag),
            sensitivity: scope.sensitivity,
            optional: may_allow && asking.app.client.optional_scopes.contains(&scope.name),
            ticked: is_ticked(&scope.name, candidates, answered),
            includes: includes.map(|scope| scope.title_in(tag)).collect(),
            mark: mark(&scope.name, changes, &held).filter(|_| !withheld),
            withheld: withheld.then_some(Key("consent-withheld")),
        }
    });
    all.partition(|permission| !held.contains(permission.name))
}

/// As the person left it; at first, unless they left it out the last time.
fn is_ticked(scope: &str, candidates: &[Candidate<'_>], answered: Option<&ScopeSet>) -> bool {
    match answered {
        Some(ticked) => ticked.contains(scope),
        None => !candidates.iter().any(|candidate| candidate.was_refused(scope)),
    }
}

/// What is to be noticed about a scope: that it changed, or that it is new beside others that are held.
fn mark(scope: &str, changes: &[Change], held: &ScopeSet) -> Option<Key> {
    let changed = changes.iter().find_map(|change| match change {
        Change::Scope(name, change) if name == scope => Some(change),
        _ => None,
    });
    match changed {
        Some(ScopeChange::New) => Some(Key("consent-mark-new")),
        Some(ScopeChange::Words) => Some(Key("consent-mark-changed")),
        Some(ScopeChange::Required) => Some(Key("consent-mark-required")),
        Some(ScopeChange::Includes) => Some(Key("consent-mark-includes-more")),
        None => (!held.is_empty() && !held.contains(scope)).then_some(Key("consent-mark-new")),
    }
}
