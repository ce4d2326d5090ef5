//! Consent: what a person may give an app, at which tenant, and whether they have to be asked (remembered consent).
//!
//! Asking again for what was given passes without a page (remembered consent); new scopes, another tenant, a public or
//! unreviewed app, and an app that wants to be asked for show it. What is given is never more than the person's role
//! allows, nor more than the app asked for now or held before.

use symbolon_oauth::authorize::Prompt;
use symbolon_oauth::client::Level;
use symbolon_oauth::error::{ErrorCode, Refusal};
use symbolon_oauth::policy::LevelFrom;
use symbolon_oauth::reason::Reason;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;

use crate::app::{App, AppStatus};
use crate::authority::within_role;
use crate::catalogue::{Catalogue, Sensitivity};
use crate::grant::Grant;
use crate::tenant::{Membership, Standing, TenantKind};

/// Why an app cannot be let in at a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// The tenant is disabled.
    TenantDisabled,
    /// The app acts for the whole tenant, and the person's role may not install such apps.
    RoleMayNotInstall,
    /// The person's role can give nothing (or, for an installation, not all) of what is asked.
    RoleGivesTooLittle,
}

/// A candidate: a tenant of the person's that the app could be let into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// The tenant and the person's role there.
    pub membership: &'a Membership,
    /// For whom the app would act there.
    pub level: Level,
    /// What of the asked scopes the person can give there.
    pub givable: ScopeSet,
    /// What the app holds there already.
    pub grant: Option<&'a Grant>,
    /// Why it cannot be chosen.
    pub unavailable: Option<Unavailable>,
}

impl<'a> Candidate<'a> {
    /// Whether it can be chosen.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.unavailable.is_none()
    }

    /// Whether this is the tenant the host knows by `id`.
    fn is(&self, id: &str) -> bool {
        self.membership.tenant.external_id == id
    }

    /// The grant with which everything that can be given was given before.
    fn covered(&self, now: Timestamp) -> Option<&'a Grant> {
        self.grant.filter(|grant| {
            let lasts = grant.expires_at.is_none_or(|end| now < end);
            self.is_open() && lasts && grant.scopes.contains_all(&self.givable)
        })
    }
}

/// The candidates of a person, in their order, with what could happen at each. `level_from` says what decides for whom the
/// app would act there.
#[must_use]
pub fn candidates<'a>(
    (app, level_from): (&App, LevelFrom),
    asked: &ScopeSet,
    memberships: &'a [Membership],
    grants: &'a [Grant],
    catalogue: &Catalogue,
) -> Vec<Candidate<'a>> {
    memberships
        .iter()
        .filter(|membership| membership.standing == Standing::Active)
        .map(|membership| {
            let givable = within_role(asked, &membership.role, catalogue);
            let may_install = catalogue.role(&membership.role).is_some_and(|role| role.can_install);
            let level = match (level_from, membership.tenant.kind) {
                (LevelFrom::App, _) => app.client.level,
                (LevelFrom::Place, TenantKind::Organization) => Level::Tenant,
                (LevelFrom::Place, TenantKind::Personal) => Level::User,
            };
            let too_little = match level {
                Level::User => givable.is_empty() && !asked.is_empty(),
                Level::Tenant => !givable.contains_all(asked),
            };
            let unavailable = match level {
                _ if membership.tenant.standing != Standing::Active => Some(Unavailable::TenantDisabled),
                Level::Tenant if !may_install => Some(Unavailable::RoleMayNotInstall),
                Level::User | Level::Tenant => too_little.then_some(Unavailable::RoleGivesTooLittle),
            };
            let here = |grant: &&Grant| grant.tenant == membership.tenant.id && grant.level == level;
            Candidate { membership, level, givable, grant: grants.iter().find(here), unavailable }
        })
        .collect()
}

/// The candidate whose consent is remembered, with its grant, so that no page is needed: the only one there is, or the one
/// named by `wanted`. Somebody with several chooses each time, for connecting another one is done by asking again.
#[must_use]
pub fn remembered<'p, 'a>(
    app: &App,
    prompt: Prompt,
    wanted: Option<&str>,
    candidates: &'p [Candidate<'a>],
    now: Timestamp,
) -> Option<(&'p Candidate<'a>, &'a Grant)> {
    if prompt.consent || !can_be_silent(app) {
        return None;
    }
    let named = candidates.iter().filter(|candidate| wanted.is_none_or(|id| candidate.is(id)));
    let candidate = only_open(named)?;
    Some((candidate, candidate.covered(now)?))
}

/// The one among these that can be chosen, when it is one.
fn only_open<'p, 'a: 'p>(candidates: impl Iterator<Item = &'p Candidate<'a>>) -> Option<&'p Candidate<'a>> {
    let mut open = candidates.filter(|candidate| candidate.is_open());
    open.next().filter(|_| open.next().is_none())
}

/// Why a decision has no candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unchosen {
    /// None was chosen and there is not exactly one: the person is asked again.
    NoChoice,
    /// It cannot be chosen, or is none of the person's: the person is asked again.
    Closed,
    /// The same, where the dialect tells the app instead.
    Refused(Refusal),
}

/// The candidate with this identifier; without one, the only one there is.
///
/// # Errors
/// [`Unchosen`]. `refuse_closed` is the dialect's word on whom it is told.
pub fn chosen<'p, 'a>(
    candidates: &'p [Candidate<'a>],
    id: &str,
    refuse_closed: bool,
) -> Result<&'p Candidate<'a>, Unchosen> {
    if id.is_empty() {
        return only_open(candidates.iter()).ok_or(Unchosen::NoChoice);
    }
    candidates.iter().find(|candidate| candidate.is_open() && candidate.is(id)).ok_or_else(|| {
        let description = "the person may not let the app in there";
        let refusal = || Refusal::new(ErrorCode::AccessDenied, Reason::PlaceClosed, description);
        if refuse_closed { Unchosen::Refused(refusal()) } else { Unchosen::Closed }
    })
}

/// The candidate that is chosen when the page opens: the only one, or the one the app named.
#[must_use]
pub fn preselected<'p, 'a>(
    candidates: &'p [Candidate<'a>],
    wanted: Option<&str>,
) -> Option<&'p Candidate<'a>> {
    let named = || {
        candidates.iter().find(|candidate| candidate.is_open() && wanted.is_some_and(|id| candidate.is(id)))
    };
    only_open(candidates.iter()).or_else(named)
}

/// What is shown as already allowed: what the app holds at every tenant that could be chosen, so that no choice gives
/// more than the page said.
#[must_use]
pub fn held_everywhere(candidates: &[Candidate<'_>]) -> ScopeSet {
    let scopes =
        |candidate: &Candidate<'_>| candidate.grant.map(|grant| grant.scopes.clone()).unwrap_or_default();
    let mut open = candidates.iter().filter(|candidate| candidate.is_open()).map(scopes);
    let first = open.next().unwrap_or_default();
    open.fold(first, |common, scopes| common.intersection(&scopes))
}

/// Whether an app may ever be answered without a page: a public one could be anybody with its `client_id` (RFC 8252
/// §8.6), an unreviewed one has not earned it.
#[must_use]
pub fn can_be_silent(app: &App) -> bool {
    !app.client.is_public() && app.status == AppStatus::Live
}

/// Why a request that must not show a page is not answered (OpenID Connect Core §3.1.2.6): consent could help once, or
/// never does.
#[must_use]
pub fn not_silent(app: &App) -> Refusal {
    if can_be_silent(app) {
        Refusal::new(ErrorCode::ConsentRequired, Reason::ConsentMissing, "consent is missing")
    } else {
        let description = "this app is never answered without a page";
        Refusal::new(ErrorCode::InteractionRequired, Reason::NotSilent, description)
    }
}

/// What a decision gives: what the code carries, and what the grant holds from then on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// For the authorization code.
    pub now: ScopeSet,
    /// For the grant: what it held, less what was unticked, and what is given now.
    pub held: ScopeSet,
}

/// What a person gives at `candidate` who ticked `ticked` of the optional scopes.
#[must_use]
pub fn given(app: &App, candidate: &Candidate<'_>, ticked: &ScopeSet) -> Given {
    let optional = &app.client.optional_scopes;
    let now = candidate.givable.filter(|scope| !optional.contains(scope) || ticked.contains(scope));
    let unticked = candidate.givable.difference(&now);
    let held = match candidate.grant {
        Some(grant) => grant.scopes.difference(&unticked).union(&now),
        None => now.clone(),
    };
    Given { now, held }
}

/// What an app may ask for now: its scopes, without restricted ones until it is reviewed.
#[must_use]
pub fn askable(app: &App, catalogue: &Catalogue) -> ScopeSet {
    if app.status == AppStatus::Live {
        return app.client.scopes.clone();
    }
    let restricted = |scope: &str| {
        catalogue.scopes.get(scope).is_some_and(|scope| scope.sensitivity == Sensitivity::Restricted)
    };
    app.client.scopes.filter(|scope| !restricted(scope))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{app, grant, roles, set, tenant};
    use symbolon_oauth::id::Id;

    /// A person's candidates under these identifiers: `-` before one means that the tenant is disabled there, `+` that the
    /// app holds `a` there, `*` that it holds `a b`.
    fn with<T>(ids: &[&str], ask: impl FnOnce(&[Candidate<'_>]) -> T) -> T {
        let (mut memberships, mut grants) = (Vec::new(), Vec::new());
        for (at, id) in ids.iter().enumerate() {
            let mut tenant = tenant();
            tenant.id = Id::new([u8::try_from(at).unwrap_or_default(); 16]);
            tenant.external_id = id.trim_start_matches(['-', '+', '*']).to_owned();
            if id.starts_with('-') {
                tenant.standing = Standing::Disabled;
            }
            let held = [('+', "a"), ('*', "a b")].into_iter().find(|(mark, _)| id.starts_with(*mark));
            grants.extend(held.map(|(_, scopes)| Grant { tenant: tenant.id, ..grant(scopes, Level::User) }));
            memberships.push(Membership { tenant, role: "role".to_owned(), standing: Standing::Active });
        }
        let (app, catalogue) = (app("a b", "", Level::User), roles("*", false));
        ask(&candidates((&app, LevelFrom::App), &set("a b"), &memberships, &grants, &catalogue))
    }

    fn name(candidate: &Candidate<'_>) -> String {
        candidate.membership.tenant.external_id.clone()
    }

    #[test]
    fn a_choice_is_one_of_the_open_places() {
        let choose = |ids: &[&str], id: &str| with(ids, |candidates| chosen(candidates, id, false).map(name));
        assert_eq!(choose(&["north", "south"], "south"), Ok("south".to_owned()));
        assert_eq!(choose(&["north", "-south"], "south"), Err(Unchosen::Closed));
        assert_eq!(choose(&["north"], "elsewhere"), Err(Unchosen::Closed), "not one of the person's");
        assert_eq!(choose(&["north", "-south"], ""), Ok("north".to_owned()), "there is only one");
        assert_eq!(choose(&["north", "south"], ""), Err(Unchosen::NoChoice));
        assert_eq!(choose(&["-north"], ""), Err(Unchosen::NoChoice));
    }

    #[test]
    fn a_closed_place_is_the_apps_to_hear_of_where_the_dialect_says_so() {
        let refuse =
            |id: &str| with(&["north", "-south"], |candidates| chosen(candidates, id, true).map(name));
        assert_eq!(refuse("north"), Ok("north".to_owned()));
        let told = refuse("south").map_err(|why| match why {
            Unchosen::Refused(refusal) => Some((refusal.code, refusal.reason)),
            Unchosen::NoChoice | Unchosen::Closed => None,
        });
        assert_eq!(told, Err(Some((ErrorCode::AccessDenied, Reason::PlaceClosed))));
        let unchosen = with(&["north", "south"], |candidates| chosen(candidates, "", true).map(name));
        assert_eq!(unchosen, Err(Unchosen::NoChoice), "the person has not said anything yet");
    }

    #[test]
    fn a_page_opens_at_the_only_place_or_at_the_one_the_app_named() {
        let open = |ids: &[&str], wanted: Option<&str>| {
            with(ids, |candidates| preselected(candidates, wanted).map(name))
        };
        assert_eq!(open(&["north", "south"], None), None);
        assert_eq!(open(&["north", "south"], Some("south")).as_deref(), Some("south"));
        assert_eq!(open(&["north", "south", "-east"], Some("east")), None, "a closed one is never chosen");
        assert_eq!(open(&["north", "-south"], None).as_deref(), Some("north"));
        assert_eq!(open(&["north", "-south"], Some("south")).as_deref(), Some("north"));
    }

    #[test]
    fn an_app_that_is_never_silent_hears_something_else_than_consent_is_missing() {
        let mut app = app("a", "", Level::User);
        assert_eq!(not_silent(&app).code, ErrorCode::ConsentRequired);
        app.status = AppStatus::Development;
        assert_eq!(not_silent(&app).code, ErrorCode::InteractionRequired);
    }

    #[test]
    fn a_page_says_already_only_of_what_every_choice_holds() {
        let held = |ids: &[&str]| with(ids, held_everywhere);
        assert_eq!(held(&["*north"]), set("a b"));
        assert_eq!(held(&["*north", "+south"]), set("a"));
        assert_eq!(held(&["*north", "south"]), set(""));
        assert_eq!(held(&["*north", "-south"]), set("a b"), "what cannot be chosen does not count");
        assert_eq!(held(&["-north"]), set(""));
    }
}
