//! Consent: what a person may give an app, at which tenant, and whether they have to be asked (remembered consent).
//!
//! Asking again for what was given passes without a page (remembered consent); new scopes, another tenant, an answer that
//! goes where none went before, an installation that the person has not seen, what they do not know of the app ([`Known`]),
//! a public or unreviewed app, and an app that wants to be asked for show it. What is given is never more than the person's role allows, nor more than the app asked for
//! now or held before, nor more than the page showed ([`Shown`]).

mod known;
mod shown;

use symbolon_oauth::authorize::Prompt;
use symbolon_oauth::client::Level;
use symbolon_oauth::error::{ErrorCode, Refusal};
use symbolon_oauth::id::{GrantId, TenantId};
use symbolon_oauth::policy::LevelFrom;
use symbolon_oauth::reason::Reason;
use symbolon_oauth::redirect_uri;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;

use crate::app::{App, AppStatus};
use crate::authority::within_role;
use crate::catalogue::{Catalogue, Sensitivity};
use crate::grant::Grant;
use crate::tenant::{Membership, Standing, TenantKind};

pub use known::{Coming, Known};
pub use shown::{Change, ScopeChange, Settled, Shown};

/// What a person answered when an app asked, the last time, kept beside the grant that they gave or found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The grant.
    pub grant: GrantId,
    /// Its tenant.
    pub tenant: TenantId,
    /// Where answers went that the person knew of (see [`destination`](redirect_uri::destination)).
    pub destinations: Vec<String>,
    /// The optional scopes that they left out.
    pub refused: ScopeSet,
    /// What they were shown.
    pub known: Known,
}

/// What a consent rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentFacts {
    /// Where the person belongs.
    pub memberships: Vec<Membership>,
    /// The active grants of the app that the person, or a tenant of theirs, gave.
    pub grants: Vec<Grant>,
    /// What the person answered to this app, latest first.
    pub seen: Vec<Seen>,
    /// The tenants of the person's for which the app may not be used while it is in development.
    pub not_admitted: Vec<TenantId>,
}

/// Why an app cannot be let in at a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// The app is in development, and only its team and its testers may use it.
    InDevelopment,
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
    /// What the person answered there, the last time; to that grant if they ever answered to it.
    pub seen: Option<&'a Seen>,
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

    /// The grant with which everything that can be given was given before, and of which the person knows all that is coming.
    fn covered(&self, coming: &Coming<'_>, now: Timestamp) -> Option<&'a Grant> {
        self.grant.filter(|grant| {
            let lasts = grant.expires_at.is_none_or(|end| now < end);
            let given = self.is_open() && lasts && grant.scopes.contains_all(&self.givable);
            given && self.knows(coming.destination) && self.news(coming).is_empty()
        })
    }

    /// What is coming that the person does not know of the app that they let in here before.
    #[must_use]
    pub fn news(&self, coming: &Coming<'_>) -> Vec<Change> {
        let answered = self.answered().filter(|_| self.is_open());
        let Some((seen, grant)) = answered.zip(self.grant) else { return Vec::new() };
        seen.known.news(coming, &self.givable.intersection(&grant.scopes))
    }

    /// What the person answered to the grant that is there.
    fn answered(&self) -> Option<&'a Seen> {
        self.seen.filter(|seen| self.grant.is_some_and(|grant| grant.id == seen.grant))
    }

    /// Whether the person knows that answers of this grant go there.
    fn knows(&self, destination: &str) -> bool {
        self.answered().is_some_and(|seen| seen.destinations.iter().any(|own| own == destination))
    }

    /// Whether the app was installed here by somebody else, and the person has not been shown it.
    #[must_use]
    pub fn is_found(&self) -> bool {
        self.is_open() && self.grant.is_some() && self.answered().is_none()
    }

    /// Whether the person let the app in here before, and its answers went elsewhere.
    #[must_use]
    pub fn leads_elsewhere(&self, destination: &str) -> bool {
        self.is_open() && self.answered().is_some() && !self.knows(destination)
    }

    /// What is kept of an answer to what is `coming`: where it goes, with those before where the app may still be answered;
    /// what was left out now, or before and not offered this time; and what the person knows by now.
    #[must_use]
    pub fn seen_by(&self, coming: &Coming<'_>, grant: GrantId, settled: &Settled) -> Seen {
        let registered = coming.app.client.redirect_uris.iter();
        let registered: Vec<String> = registered.map(|uri| redirect_uri::destination(uri)).collect();
        let answered = self.answered();
        let before = answered.map_or(&[][..], |seen| &seen.destinations);
        let other = |own: &&String| *own != coming.destination && registered.contains(own);
        let mut destinations: Vec<String> = before.iter().filter(other).cloned().collect();
        destinations.push(coming.destination.to_owned());
        let known = answered.map(|seen| seen.known.clone()).unwrap_or_default().after(coming, &settled.given);
        let refused = self.seen.map(|seen| seen.refused.difference(&settled.offered)).unwrap_or_default();
        let refused = refused.union(&settled.refused);
        Seen { grant, tenant: self.membership.tenant.id, destinations, refused, known }
    }

    /// Whether the person left out this optional scope the last time they were asked for it here.
    #[must_use]
    pub fn was_refused(&self, scope: &str) -> bool {
        self.is_open() && self.seen.is_some_and(|seen| seen.refused.contains(scope))
    }
}

/// The candidates of a person, in their order, with what could happen at each. `level_from` says what decides for whom the
/// app would act there.
#[must_use]
pub fn candidates<'a>(
    (app, level_from): (&App, LevelFrom),
    asked: &ScopeSet,
    facts: &'a ConsentFacts,
    catalogue: &Catalogue,
) -> Vec<Candidate<'a>> {
    let ConsentFacts { memberships, grants, seen, not_admitted } = facts;
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
            let in_development = app.status == AppStatus::Development;
            let unavailable = match level {
                _ if in_development && not_admitted.contains(&membership.tenant.id) => {
                    Some(Unavailable::InDevelopment)
                }
                _ if membership.tenant.standing != Standing::Active => Some(Unavailable::TenantDisabled),
                Level::Tenant if !may_install => Some(Unavailable::RoleMayNotInstall),
                Level::User | Level::Tenant => too_little.then_some(Unavailable::RoleGivesTooLittle),
            };
            let here = |grant: &&Grant| grant.tenant == membership.tenant.id && grant.level == level;
            let grant = grants.iter().find(here);
            let to_it = seen.iter().find(|seen| grant.is_some_and(|grant| grant.id == seen.grant));
            let seen = to_it.or_else(|| seen.iter().find(|seen| seen.tenant == membership.tenant.id));
            Candidate { membership, level, givable, grant, seen, unavailable }
        })
        .collect()
}

/// Whether nothing can be chosen because the app is in development, and the person is none of those who may use it.
#[must_use]
pub fn are_kept_out(candidates: &[Candidate<'_>]) -> bool {
    let kept_out = |candidate: &Candidate<'_>| candidate.unavailable == Some(Unavailable::InDevelopment);
    candidates.iter().any(kept_out) && !candidates.iter().any(Candidate::is_open)
}

/// What a request says of the consent it needs.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// When a page must be shown.
    pub prompt: Prompt,
    /// The tenant that the app named.
    pub tenant: Option<&'a str>,
    /// What the person has to know.
    pub coming: Coming<'a>,
}

/// The candidate whose consent is remembered, with its grant, so that no page is needed: the only one there is, or the one
/// that the app named. Somebody with several chooses each time, for connecting another one is done by asking again.
#[must_use]
pub fn remembered<'p, 'a>(
    wanted: Wanted<'_>,
    candidates: &'p [Candidate<'a>],
    now: Timestamp,
) -> Option<(&'p Candidate<'a>, &'a Grant)> {
    if wanted.prompt.consent || !can_be_silent(wanted.coming.app) {
        return None;
    }
    let named = candidates.iter().filter(|candidate| wanted.tenant.is_none_or(|id| candidate.is(id)));
    let candidate = only_open(named)?;
    Some((candidate, candidate.covered(&wanted.coming, now)?))
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
/// §8.6), a native one shares its address with whatever runs beside it, an unreviewed one has not earned it.
#[must_use]
pub fn can_be_silent(app: &App) -> bool {
    !app.client.is_public() && !app.client.native && app.status == AppStatus::Live
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

impl Given {
    /// What an answer gives at `candidate`.
    #[must_use]
    pub fn at(candidate: &Candidate<'_>, settled: &Settled) -> Given {
        let held = match candidate.grant {
            Some(grant) => grant.scopes.difference(&settled.refused).union(&settled.given),
            None => settled.given.clone(),
        };
        Given { now: settled.given.clone(), held }
    }
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
mod tests;
