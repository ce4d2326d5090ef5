//! Sources of an answer: the app, the grant and the person, as the members of a dialect's answer show them.

use symbolon_oauth::client::Level;
use symbolon_oauth::dialect::write::{ActingFor, EndUser, Party, Sources};
use symbolon_oauth::introspection::PROFILE;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::App;
use symbolon_platform::authority::{self, GrantFacts};
use symbolon_platform::catalogue::Catalogue;
use symbolon_platform::tenant::{Tenant, TenantKind};
use symbolon_platform::user::User;

use crate::state::State;

/// What an answer to `app` draws on, as long as no tokens go out with it.
#[must_use]
pub fn sources<'a>(
    (state, app, catalogue): (&'a State, &'a App, &Catalogue),
    scopes: &'a ScopeSet,
    acting_for: Option<ActingFor<'a>>,
    now: Timestamp,
) -> Sources<'a> {
    Sources {
        tokens: None,
        scopes,
        now,
        profile: catalogue.covers(scopes, PROFILE),
        acting_for,
        client_id: &app.client.client_id,
        app_name: &app.name,
        client_type: app.client.client_type.as_str(),
        redirect_uris: &app.client.redirect_uris,
        issuer: state.issuer_of(app),
    }
}

/// For whom the tokens of a grant act, as answers show it.
#[must_use]
pub fn acting_for(facts: &GrantFacts) -> ActingFor<'_> {
    let GrantFacts { grant, tenant, user, role, .. } = facts;
    acting_at(grant.level, tenant, (user, role.as_deref()))
}

/// For whom an app acts at this level: for this tenant, or for this person who has this role there.
#[must_use]
pub fn acting_at<'a>(
    level: Level,
    tenant: &'a Tenant,
    (user, role): (&'a User, Option<&'a str>),
) -> ActingFor<'a> {
    ActingFor {
        tenant: Party { id: &tenant.external_id, own_id: *tenant.id.bytes(), name: &tenant.name },
        personal: tenant.kind == TenantKind::Personal,
        base_url: tenant.base_url.as_deref(),
        region: tenant.region.as_deref(),
        level: level.as_str(),
        person: authority::person_at(level, (user, role)).map(|(user, role)| EndUser {
            party: Party { id: &user.external_id, own_id: *user.id.bytes(), name: &user.name },
            role,
            username: user.username.as_deref(),
            email: user.email(),
        }),
    }
}
