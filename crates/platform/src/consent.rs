//! What a person may give an app, where, and whether they have to be asked.
//!
//! Asking again for what was given passes without a page (remembered consent); new scopes, another place, a public or
//! unreviewed app, and an app that wants to be asked for show it. What is given is never more than the person's role
//! allows, nor more than the app asked for now or held before.

use symbolon_oauth::authorize::Prompt;
use symbolon_oauth::client::Level;
use symbolon_oauth::dialect::rules::LevelFrom;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;

use crate::app::{App, AppStatus};
use crate::authority::within_role;
use crate::catalogue::{Catalogue, Sensitivity};
use crate::grant::Grant;
use crate::tenant::{Membership, Standing, TenantKind};

/// Why an app cannot be let in at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// The tenant is disabled.
    TenantDisabled,
    /// The app acts for the whole tenant, and the person's role may not install such apps.
    RoleMayNotInstall,
    /// The person's role can give nothing (or, for an installation, not all) of what is asked.
    RoleGivesTooLittle,
}

/// A tenant of the person's, as a place to let an app in.
#[derive(Clone, Debug)]
pub struct Place<'a> {
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

impl Place<'_> {
    /// Whether everything that can be given was given before.
    fn covered(&self, now: Timestamp) -> bool {
        self.unavailable.is_none()
            && self.grant.is_some_and(|grant| {
                grant.expires_at.is_none_or(|end| now < end) && grant.scopes.contains_all(&self.givable)
            })
    }
}

/// The places of a person, in their order, with what could happen at each. `level_from` says what decides for whom the
/// app would act there.
#[must_use]
pub fn places<'a>(
    (app, level_from): (&App, LevelFrom),
    asked: &ScopeSet,
    memberships: &'a [Membership],
    grants: &'a [Grant],
    catalogue: &Catalogue,
) -> Vec<Place<'a>> {
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
            Place { membership, level, givable, grant: grants.iter().find(here), unavailable }
        })
        .collect()
}

/// The place whose consent is remembered, so that no page is needed: the only one there is, or the one named by
/// `wanted`. Somebody with several places chooses each time, for connecting another one is done by asking again.
#[must_use]
pub fn remembered<'p, 'a>(
    app: &App,
    prompt: Prompt,
    wanted: Option<&str>,
    places: &'p [Place<'a>],
    now: Timestamp,
) -> Option<&'p Place<'a>> {
    if prompt.consent || !can_be_silent(app) {
        return None;
    }
    let named = |place: &&Place<'_>| wanted.is_none_or(|id| place.membership.tenant.external_id == id);
    let mut open = places.iter().filter(named).filter(|place| place.unavailable.is_none());
    match (open.next(), open.next()) {
        (Some(only), None) => Some(only).filter(|place| place.covered(now)),
        _ => None,
    }
}

/// Whether an app may ever be answered without a page: a public one could be anybody with its `client_id` (RFC 8252
/// §8.6), an unreviewed one has not earned it.
#[must_use]
pub fn can_be_silent(app: &App) -> bool {
    !app.client.is_public() && app.status == AppStatus::Live
}

/// What a decision gives: what the code carries, and what the grant holds from then on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// For the authorization code.
    pub now: ScopeSet,
    /// For the grant: what it held, less what was unticked, and what is given now.
    pub held: ScopeSet,
}

/// What a person gives at `place` who ticked `ticked` of the optional scopes.
#[must_use]
pub fn given(app: &App, place: &Place<'_>, ticked: &ScopeSet) -> Given {
    let optional = &app.client.optional_scopes;
    let now = place.givable.filter(|scope| !optional.contains(scope) || ticked.contains(scope));
    let unticked = place.givable.difference(&now);
    let held = match place.grant {
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
