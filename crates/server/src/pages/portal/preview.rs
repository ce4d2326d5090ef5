//! `GET /developers/apps/{app}/consent-preview`: the consent page as people will read it, for whoever develops the app.
//!
//! It is the page's own view, filled with the developer as the person who is asked. It carries no request and no token, its
//! policy lets no form be sent, and no cookie is set; so it is the one page that a page of ours may show in a frame.

use http::Response;
use symbolon_oauth::client::Level;
use symbolon_oauth::scope::ScopeSet;
use symbolon_platform::catalogue::{Catalogue, Scope};

use crate::failure::Failure;
use crate::language::Key;
use crate::pages::portal::own::Own;
use crate::pages::portal::scopes::permission;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::consent::{AskingApp, Consent, Permission, Reach, TenantChoice};
use crate::views::destination::Destination;
use crate::views::face::PersonFace;
use crate::views::site::Theme;
use crate::visitor::sign_in;

/// `GET /developers/apps/{app}/consent-preview`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let Some(own) = Own::of(state, request, id).await? else { return Ok(sign_in()) };
    let query = request.query()?;
    let catalogue = state.store.catalogue(own.visitor.now).await?;
    let asked = |field: field::Field, stored: &ScopeSet| match query.get(field.name()) {
        Some(names) => names.split(' ').filter(|name| catalogue.scopes.contains_key(*name)).collect(),
        None => stored.clone(),
    };
    let client = &own.app.client;
    let scopes: ScopeSet = asked(field::SCOPES, &client.scopes);
    let optional: ScopeSet = asked(field::OPTIONAL, &client.optional_scopes);
    let theme = query.get(field::THEME.name()).and_then(Theme::named);
    let site = match theme {
        Some(theme) => own.visitor.site().themed(theme),
        None => own.visitor.site().clone(),
    };
    let person = &own.visitor.session.user;
    let somewhere = site.say(Key("preview-place")).plain();
    let page = Consent {
        site: &site,
        action: Address::ConsentPreview.link_to(&[&client.id.to_string()]),
        csrf: "",
        interaction: "",
        app: AskingApp::of(&own.app),
        person: PersonFace::of(person),
        tenants: vec![place(client.level, (&person.name, &somewhere))],
        find: "",
        permissions: permissions(&catalogue, (&scopes, &optional), own.visitor.language.tag()),
        already: Vec::new(),
        until: None,
        // Where it is not answered yet, that is an address of no one.
        destination: Destination::of(
            client.redirect_uris.first().map_or("https://app.example.com/callback", String::as_str),
        ),
        resource: None,
        new_destination: false,
        found: false,
        problem: None,
        changes: Vec::new(),
    };
    Ok(reply::preview(own.visitor.language, &page)?)
}

/// Where the app would work: in the person's own space, or in an organization that there is not.
fn place<'a>(level: Level, (person, somewhere): (&'a str, &'a str)) -> TenantChoice<'a> {
    let personal = level == Level::User;
    TenantChoice {
        id: "preview",
        name: if personal { person } else { somewhere },
        told_apart: Vec::new(),
        personal,
        reach: Reach::of(level),
        role: None,
        selected: true,
        unavailable: None,
        withheld: Vec::new(),
    }
}

fn permissions<'a>(
    catalogue: &'a Catalogue,
    (scopes, optional): (&ScopeSet, &ScopeSet),
    tag: &str,
) -> Vec<Permission<'a>> {
    let asked: Vec<&Scope> = scopes.iter().filter_map(|name| catalogue.scopes.get(name)).collect();
    asked.into_iter().map(|scope| permission(scope, catalogue, optional, tag)).collect()
}
