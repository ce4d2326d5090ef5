//! What files must not say: the same thing twice, combinations that cannot be, references that lead nowhere.

use std::collections::HashSet;

use symbolon_oauth::client::{AuthenticationMethod, ClientType, GrantType};
use symbolon_oauth::dialect::Dialect;
use symbolon_oauth::scope::ScopeSet;
use symbolon_platform::catalogue::Catalogue;
use symbolon_platform::listing::check_link;
use symbolon_platform::name;
use symbolon_platform::spelling::nearest;

use super::file::{AppEntry, Entries};

type Checked = Result<(), String>;

/// What can be seen from the files alone.
pub(super) fn contradictions(entries: &Entries) -> Checked {
    if let Some(key) = entries.api_key.first() {
        return Err(format!(
            "[[api_key]] \"{}\": API keys are not built yet; leave the section out",
            key.name
        ));
    }
    once("scope", entries.scope.iter().map(|scope| scope.name.as_str()))?;
    once("role", entries.role.iter().map(|role| role.key.as_str()))?;
    once("tenant", entries.tenant.iter().map(|tenant| tenant.id.as_str()))?;
    once("user", entries.user.iter().map(|user| user.id.as_str()))?;
    once("user with the e-mail address", entries.user.iter().map(|user| user.email.as_str()))?;
    once("app", entries.app.iter().map(|app| app.client_id.as_str()))?;
    once("resource", entries.resource.iter().map(|resource| resource.identifier.as_str()))?;
    let pairs: Vec<_> = entries.membership.iter().map(|m| format!("{} in {}", m.user, m.tenant)).collect();
    once("membership", pairs.iter().map(String::as_str))?;
    entries.app.iter().try_for_each(app)
}

fn once<'a>(kind: &str, keys: impl Iterator<Item = &'a str>) -> Checked {
    let mut seen = HashSet::new();
    for key in keys {
        if !seen.insert(key) {
            return Err(format!("{kind} \"{key}\" is declared twice: keep one"));
        }
    }
    Ok(())
}

fn app(app: &AppEntry) -> Checked {
    let wrong = |sentence: &str| Err(format!("app \"{}\": {sentence}", app.client_id));
    let asks = |grant_type| app.grant_types.as_ref().is_some_and(|types| types.contains(&grant_type));
    if let Some(extra) = app.optional_scopes.difference(&app.scopes).iter().next() {
        return wrong(&format!("`optional_scopes` has \"{extra}\", which `scopes` lacks: add it there"));
    }
    match app.client_type {
        ClientType::Confidential => {
            if app.token_endpoint_auth_method == Some(AuthenticationMethod::None) {
                return wrong(
                    "`token_endpoint_auth_method` is \"none\", which only public apps use: declare type = \"public\"",
                );
            }
        }
        ClientType::Public => {
            if app.client_secret.is_some() {
                return wrong("a public app cannot keep a secret: leave `client_secret` out");
            }
            if app.token_endpoint_auth_method.is_some_and(|method| method != AuthenticationMethod::None) {
                return wrong(
                    "a public app proves itself with nothing: leave `token_endpoint_auth_method` out",
                );
            }
            if app.pkce {
                return wrong("a public app always uses PKCE: leave `pkce` out");
            }
            if asks(GrantType::ClientCredentials) {
                return wrong("a public app cannot use client_credentials: leave it out of `grant_types`");
            }
        }
    }
    if asks(GrantType::RefreshToken) && !asks(GrantType::AuthorizationCode) {
        return wrong("`grant_types` has refresh_token without authorization_code, which gives none");
    }
    Ok(())
}

/// What people would be shown of an app. The sentence names app and key; only the file is missing.
pub(super) fn listing(app: &AppEntry) -> Checked {
    let texts = [("name", Some(&app.name)), ("publisher", app.publisher.as_ref())];
    let links =
        [("homepage", &app.homepage), ("privacy_url", &app.privacy_url), ("terms_url", &app.terms_url)];
    let texts = texts.into_iter().filter_map(|(key, text)| Some(fit(key, text?, name::check)));
    let links = links.into_iter().filter_map(|(key, link)| Some(fit(key, link.as_ref()?, check_link)));
    let unnamed = app.publisher_verified && app.publisher.is_none();
    let publisher = if unnamed { Err(NOBODY_NAMED.to_owned()) } else { Ok(()) };
    let checked: Checked = texts.chain(links).chain([publisher]).collect();
    checked.map_err(|why| format!("app \"{}\": {why}", app.client_id))
}

/// What is said when somebody is verified who is not named.
pub(super) const NOBODY_NAMED: &str = "`publisher_verified` is true and no `publisher` is named: add one";

/// Whether the value of a key passes its check, in a sentence.
pub(super) fn fit<E: std::fmt::Display>(
    key: &str,
    value: &str,
    check: impl FnOnce(&str) -> Result<(), E>,
) -> Checked {
    check(value).map_err(|why| format!("`{key}` \"{}\" {why}", value.escape_debug()))
}

/// What files refer to must be in the files or stored already. People, tenants and owners are looked up later.
pub(super) fn references(entries: &Entries, stored: &Catalogue, dialects: &[Dialect]) -> Checked {
    let declared = entries.scope.iter().map(|scope| scope.name.as_str());
    let scopes: HashSet<&str> = declared.chain(stored.scopes.keys().map(String::as_str)).collect();
    let declared = entries.role.iter().map(|role| role.key.as_str());
    let roles: HashSet<&str> = declared.chain(stored.roles.keys().map(String::as_str)).collect();
    for scope in &entries.scope {
        known_scopes(&format!("scope \"{}\": `includes`", scope.name), &scope.includes, &scopes)?;
    }
    for role in &entries.role {
        let named = role.scopes.filter(|scope| scope != "*");
        known_scopes(&format!("role \"{}\": `scopes`", role.key), &named, &scopes)?;
    }
    for app in &entries.app {
        let place = format!("app \"{}\"", app.client_id);
        let named = dialects.iter().map(|dialect| dialect.name.as_str());
        known("dialect", &place, &app.dialect, &named.collect())?;
        let dialect = dialects.iter().find(|dialect| dialect.name == app.dialect);
        spoken(app, dialect)?;
        let own = if app.scopes.is_empty() { "the `default_scopes` of its dialect" } else { "`scopes`" };
        known_scopes(&format!("{place}: {own}"), app_scopes(app, dialects), &scopes)?;
    }
    for resource in &entries.resource {
        known_scopes(&format!("resource \"{}\": `scopes`", resource.identifier), &resource.scopes, &scopes)?;
    }
    for m in &entries.membership {
        known("role", &format!("membership of \"{}\" in \"{}\"", m.user, m.tenant), &m.role, &roles)?;
    }
    Ok(())
}

/// The scopes that an app is declared with: its own, or what its dialect gives to one that names none.
pub(super) fn app_scopes<'a>(app: &'a AppEntry, dialects: &'a [Dialect]) -> &'a ScopeSet {
    let dialect = dialects.iter().find(|dialect| dialect.name == app.dialect && app.scopes.is_empty());
    dialect.map_or(&app.scopes, |dialect| &dialect.default_scopes)
}

/// An app that could never use its dialect is better refused here than at every request.
fn spoken(app: &AppEntry, dialect: Option<&Dialect>) -> Checked {
    let confidential_only = dialect.is_some_and(|dialect| !dialect.public_clients);
    if confidential_only && app.client_type == ClientType::Public {
        return Err(format!(
            "app \"{}\" is public, and the dialect \"{}\" is for apps that keep a secret: declare type = \
             \"confidential\", or name another dialect",
            app.client_id, app.dialect
        ));
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
    let mend = match nearest(name, known.iter().copied()) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => format!("declare it or name one of: {}", sorted(known)),
    };
    Err(format!("{place} names the {kind} \"{name}\", which is not there; {mend}"))
}

fn sorted(names: &HashSet<&str>) -> String {
    let mut names: Vec<_> = names.iter().copied().collect();
    names.sort_unstable();
    if names.is_empty() { "(none)".to_owned() } else { names.join(", ") }
}
