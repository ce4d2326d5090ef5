//! What files must not say: the same thing twice, combinations that cannot be, references that lead nowhere.

use std::collections::HashSet;

use symbolon_oauth::client::ClientType;
use symbolon_oauth::dialect::Dialect;
use symbolon_oauth::quoted::Excerpt;
use symbolon_oauth::scope::ScopeSet;
use symbolon_platform::app::registration::{Offer, Spoken};
use symbolon_platform::catalogue::Catalogue;
use symbolon_platform::spelling::Mend;

use super::file::{DeclaredApp, Entries, UserEntry};

type Checked = Result<(), String>;

/// What can be seen from the files alone.
pub(super) fn contradictions(entries: &Entries) -> Checked {
    if let Some(key) = entries.api_key.first() {
        return Err(format!(
            "[[api_key]] {}: API keys are not built yet; leave the section out",
            Excerpt(&key.name)
        ));
    }
    entries.app.iter().try_for_each(one_secret)?;
    let says_two = |user: &&UserEntry| user.password.is_some() && user.password_hash.is_some();
    if let Some(user) = entries.user.iter().find(says_two) {
        let id = Excerpt(&user.id);
        return Err(format!(
            "user {id}: `password` and `password_hash` say two things of one: keep one of them"
        ));
    }
    once("scope", entries.scope.iter().map(|scope| scope.name.as_str()))?;
    once("role", entries.role.iter().map(|role| role.key.as_str()))?;
    once("tenant", entries.tenant.iter().map(|tenant| tenant.id.as_str()))?;
    once("user", entries.user.iter().map(|user| user.id.as_str()))?;
    once("user with the e-mail address", entries.user.iter().map(|user| user.email.as_str()))?;
    once("app", entries.app.iter().map(|app| app.registration.client_id.as_str()))?;
    once("resource", entries.resource.iter().map(|resource| resource.identifier.as_str()))?;
    let pairs: Vec<_> = entries.membership.iter().map(|m| format!("{} in {}", m.user, m.tenant)).collect();
    once("membership", pairs.iter().map(String::as_str))?;
    entries
        .app
        .iter()
        .map(|app| &app.registration)
        .try_for_each(|app| app.check_protocol().map_err(|unfit| unfit.sentence(&app.client_id)))
}

fn one_secret(app: &DeclaredApp) -> Checked {
    if app.secret_hash.is_none() {
        return Ok(());
    }
    let (id, registration) = (Excerpt(&app.registration.client_id), &app.registration);
    if registration.client_secret.is_some() {
        return Err(format!(
            "app {id}: `client_secret` and `secret_hash` say two things of one: keep one of them"
        ));
    }
    if registration.client_type == ClientType::Public {
        return Err(format!("app {id}: a public app cannot keep a secret: leave `secret_hash` out"));
    }
    Ok(())
}

fn once<'a>(kind: &str, keys: impl Iterator<Item = &'a str>) -> Checked {
    let mut seen = HashSet::new();
    for key in keys {
        if !seen.insert(key) {
            return Err(format!("{kind} {} is declared twice: keep one", Excerpt(key)));
        }
    }
    Ok(())
}

/// What there will be for apps to refer to: the dialects, and the scopes that are declared or stored already.
pub(super) fn offer<'a>(entries: &'a Entries, stored: &'a Catalogue, dialects: &'a [Dialect]) -> Offer<'a> {
    let spoken = |dialect: &'a Dialect| Spoken {
        public_clients: dialect.public_clients,
        default_scopes: &dialect.default_scopes,
    };
    let declared = entries.scope.iter().map(|scope| scope.name.as_str());
    Offer {
        dialects: dialects.iter().map(|dialect| (dialect.name.as_str(), spoken(dialect))).collect(),
        scopes: declared.chain(stored.scopes.keys().map(String::as_str)).collect(),
    }
}

/// What files refer to must be in the files or stored already. People, tenants and owners are looked up later.
pub(super) fn references(entries: &Entries, stored: &Catalogue, offer: &Offer<'_>) -> Checked {
    let scopes = &offer.scopes;
    let declared = entries.role.iter().map(|role| role.key.as_str());
    let roles: HashSet<&str> = declared.chain(stored.roles.keys().map(String::as_str)).collect();
    for scope in &entries.scope {
        known_scopes(&format!("scope {}: `includes`", Excerpt(&scope.name)), &scope.includes, scopes)?;
    }
    for role in &entries.role {
        let named = role.scopes.filter(|scope| scope != "*");
        known_scopes(&format!("role {}: `scopes`", Excerpt(&role.key)), &named, scopes)?;
    }
    for app in entries.app.iter().map(|app| &app.registration) {
        app.check_offered(offer).map_err(|unfit| unfit.sentence(&app.client_id))?;
    }
    for resource in &entries.resource {
        known_scopes(
            &format!("resource {}: `scopes`", Excerpt(&resource.identifier)),
            &resource.scopes,
            scopes,
        )?;
    }
    for m in &entries.membership {
        known(
            "role",
            &format!("membership of {} in {}", Excerpt(&m.user), Excerpt(&m.tenant)),
            &m.role,
            &roles,
        )?;
    }
    Ok(())
}

fn known_scopes(place: &str, named: &ScopeSet, known_names: &HashSet<&str>) -> Checked {
    named.iter().try_for_each(|scope| known("scope", place, scope, known_names))
}

fn known(kind: &str, place: &str, name: &str, known: &HashSet<&str>) -> Checked {
    if known.contains(name) {
        return Ok(());
    }
    let mend = Mend::of(name, known.iter().copied());
    Err(format!("{place} names the {kind} {}, which is not there; {mend}", Excerpt(name)))
}
