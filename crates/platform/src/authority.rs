//! The authorization decision: the one answer to "may this app do that, now?".
//!
//! Minting, refreshing, introspection, `/v1/check`, `/v1/me` and the pages all call [`effective`] with the same
//! facts, so they cannot disagree. What it allows is an intersection: what was asked, what was granted, what the app
//! still has, what the person's *current* role may give. Nothing can widen it; a demotion or a suspension narrows it
//! at once.

use symbolon_oauth::client::Level;
use symbolon_oauth::grant_type::refresh_token::FamilyFacts;
use symbolon_oauth::id::{FamilyId, UserId};
use symbolon_oauth::reason::Reason;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;

use crate::app::{App, AppStatus};
use crate::catalogue::Catalogue;
use crate::grant::{Grant, GrantStatus};
use crate::tenant::{Membership, Standing, Tenant};
use crate::user::User;

/// Why something is not allowed. Shared by token endpoint, checks, pages and logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The app was suspended by staff.
    #[error("the app is suspended")]
    AppSuspended,
    /// The app is in development, and not open to this person or tenant.
    #[error("the app is in development, and only its team and its testers may use it")]
    AppInDevelopment,
    /// The app may no longer act as itself, or had lost that right since.
    #[error("the app may not act as itself")]
    NotAsItself,
    /// The grant was revoked.
    #[error("the connection was ended")]
    GrantRevoked,
    /// The grant's time is over.
    #[error("the connection has expired")]
    GrantExpired,
    /// The person's account is disabled or gone.
    #[error("the person's account is not active")]
    UserGone,
    /// The person is no longer a member of the tenant.
    #[error("the person is no longer a member")]
    MembershipGone,
    /// The tenant is disabled.
    #[error("the tenant is not active")]
    TenantDisabled,
    /// The token family was ended.
    #[error("the token was ended")]
    FamilyEnded,
    /// The token itself was revoked.
    #[error("the token was revoked")]
    TokenRevoked,
    /// The token's time is over.
    #[error("the token has expired")]
    TokenExpired,
    /// The token is meant for another resource.
    #[error("the token is meant for another resource")]
    WrongAudience,
    /// The person's role does not allow it, so asking for more scope cannot help.
    #[error("the role does not allow it")]
    RoleForbidden,
    /// The scope was never granted; asking again could help.
    #[error("a scope is missing")]
    MissingScope,
}

impl Denied {
    /// The name of the check, as refusals carry it.
    #[must_use]
    pub fn reason(self) -> Reason {
        match self {
            Denied::AppSuspended => Reason::AppSuspended,
            Denied::AppInDevelopment => Reason::AppInDevelopment,
            Denied::NotAsItself => Reason::GrantTypeNotAllowed,
            Denied::GrantRevoked => Reason::GrantRevoked,
            Denied::GrantExpired => Reason::GrantExpired,
            Denied::UserGone => Reason::UserGone,
            Denied::MembershipGone => Reason::MembershipGone,
            Denied::TenantDisabled => Reason::TenantDisabled,
            Denied::FamilyEnded => Reason::FamilyEnded,
            Denied::TokenRevoked => Reason::TokenRevoked,
            Denied::TokenExpired => Reason::TokenExpired,
            Denied::WrongAudience => Reason::WrongAudience,
            Denied::RoleForbidden => Reason::RoleForbidden,
            Denied::MissingScope => Reason::MissingScope,
        }
    }

    /// The stable code for logs and JSON answers.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.reason().as_str()
    }
}

/// A grant with everyone it depends on, as loaded at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantFacts {
    /// The grant.
    pub grant: Grant,
    /// Its tenant.
    pub tenant: Tenant,
    /// Its person.
    pub user: User,
    /// What the person's token families must have begun at or after (a password change moves it).
    pub valid_from: Timestamp,
    /// The person's role in the tenant now; `None` when they are no longer a member.
    pub role: Option<String>,
    /// Whether the app may be used here while it is in development: see [`crate::organisation`].
    pub admitted: bool,
    /// Where a new connection ends the one before: the latest token family, and when it began.
    pub only_family: Option<(FamilyId, Timestamp)>,
}

impl GrantFacts {
    /// The person it acts as, with their role; see [`person_at`].
    #[must_use]
    pub fn person(&self) -> Option<(&User, Option<&str>)> {
        person_at(self.grant.level, (&self.user, self.role.as_deref()))
    }
}

/// The person whom answers show, with their role. At tenant level an app acts for the tenant: who installed it is
/// nobody's business.
#[must_use]
pub fn person_at<'a>(
    level: Level,
    person: (&'a User, Option<&'a str>),
) -> Option<(&'a User, Option<&'a str>)> {
    match level {
        Level::User => Some(person),
        Level::Tenant => None,
    }
}

/// A token family of a grant, or a code that would begin one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FamilyState {
    /// Which; `None` for a code.
    pub id: Option<FamilyId>,
    /// When it began.
    pub began: Timestamp,
    /// Whether it was ended.
    pub ended: bool,
}

impl FamilyState {
    /// The state of the family that the access tokens of this one hang from.
    #[must_use]
    pub fn of(family: &FamilyFacts) -> FamilyState {
        FamilyState { id: Some(family.trunk()), began: family.created_at, ended: family.ended }
    }

    /// The state of a family as it was looked up. One that is no longer there vouches for nothing.
    #[must_use]
    pub fn found(id: FamilyId, began: Option<Timestamp>, ended: bool) -> FamilyState {
        FamilyState { id: Some(id), began: began.unwrap_or(Timestamp(0)), ended: ended || began.is_none() }
    }
}

/// What `grant` allows `app` at this moment, before any one token's own scopes: the ceiling.
///
/// # Errors
/// The first reason, from the widest to the narrowest, why it allows nothing.
pub fn effective(
    app: &App,
    facts: &GrantFacts,
    catalogue: &Catalogue,
    now: Timestamp,
) -> Result<ScopeSet, Denied> {
    usable(app)?;
    if app.status == AppStatus::Development && !facts.admitted {
        return Err(Denied::AppInDevelopment);
    }
    in_force(&facts.grant, now)?;
    if facts.tenant.standing != Standing::Active {
        return Err(Denied::TenantDisabled);
    }
    let granted = facts.grant.scopes.intersection(&app.client.scopes);
    match facts.grant.level {
        Level::Tenant => Ok(granted),
        Level::User => {
            if facts.user.standing != Standing::Active {
                return Err(Denied::UserGone);
            }
            let key = facts.role.as_deref().ok_or(Denied::MembershipGone)?;
            Ok(within_role(&granted, key, catalogue))
        }
    }
}

/// The scopes of `asked` that a person in `role` may hand out: the role's, and what those include. An unknown role hands
/// out nothing.
#[must_use]
pub fn within_role(asked: &ScopeSet, role: &str, catalogue: &Catalogue) -> ScopeSet {
    let Some(role) = catalogue.role(role) else { return ScopeSet::new() };
    if asked.iter().all(|scope| role.allows(scope)) {
        return asked.clone();
    }
    let ceiling = catalogue.closure(&role.scopes);
    asked.filter(|scope| ceiling.contains(scope))
}

/// Whether the app may act at all.
///
/// # Errors
/// [`Denied::AppSuspended`].
pub fn usable(app: &App) -> Result<(), Denied> {
    match app.status {
        AppStatus::Development | AppStatus::Live => Ok(()),
        AppStatus::Suspended => Err(Denied::AppSuspended),
    }
}

/// Whether a person with `memberships` may see and end this grant: their own, or an installation where their role may
/// install.
#[must_use]
pub fn may_end(grant: &Grant, user: UserId, memberships: &[Membership], catalogue: &Catalogue) -> bool {
    match grant.level {
        Level::User => grant.user == user,
        Level::Tenant => memberships
            .iter()
            .filter(|own| own.tenant.id == grant.tenant && own.standing == Standing::Active)
            .any(|own| catalogue.role(&own.role).is_some_and(|role| role.can_install)),
    }
}

/// What [`effective`] allows to a token family of the grant, or to a code that would begin one.
///
/// # Errors
/// As [`effective`], then [`Denied::FamilyEnded`].
pub fn ceiling(
    app: &App,
    facts: &GrantFacts,
    catalogue: &Catalogue,
    family: FamilyState,
    now: Timestamp,
) -> Result<ScopeSet, Denied> {
    let allowed = effective(app, facts, catalogue, now)?;
    let outdated = facts.grant.level == Level::User && family.began < facts.valid_from;
    let is_older = |(only, since)| family.id.is_some_and(|own| own != only) && family.began <= since;
    let replaced = facts.only_family.is_some_and(is_older);
    if family.ended || outdated || replaced { Err(Denied::FamilyEnded) } else { Ok(allowed) }
}

fn in_force(grant: &Grant, now: Timestamp) -> Result<(), Denied> {
    match grant.status {
        GrantStatus::Revoked => Err(Denied::GrantRevoked),
        GrantStatus::Active if grant.expires_at.is_some_and(|end| end <= now) => Err(Denied::GrantExpired),
        GrantStatus::Active => Ok(()),
    }
}
