//! `GET /developers/brand`: the buttons that apps show, for everybody; with the values of an app in their code for whoever
//! develops it.

use http::Response;
use symbolon_oauth::dialect::Serves;
use symbolon_platform::app::App;

use crate::failure::Failure;
use crate::language::Language;
use crate::pages::portal::addresses;
use crate::pages::portal::own::Own;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::connect_button::{ConnectButton, Size};
use crate::views::docs::brand::{BrandPage, Shown};
use crate::views::site::{Site, Theme};
use crate::visitor::Visitor;

/// Apps that are offered to choose from.
const APPS: i64 = 20;

/// `GET /developers/brand`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request) -> Result<Response<Body>, Failure> {
    let language = request.language();
    let site = state.site(language);
    let query = request.query()?;
    let own = match query.get(field::APP.name()) {
        Some(id) => Own::of(state, request, id).await?,
        None => None,
    };
    let page = BrandPage {
        site,
        looks: Theme::ALL.into_iter().map(|theme| (theme, shown(site, theme))).collect(),
        languages: Language::all().map(|own| (own.tag(), here(own))).collect(),
        apps: apps(state, request).await?,
        chosen: own.as_ref().map(|own| own.app.name.as_str()),
        code: code(state, site, own.as_ref().map(|own| &own.app))?,
    };
    Ok(reply::page(200, language, &page, None)?)
}

fn here(language: Language) -> crate::routes::link::Link {
    Address::DeveloperBrand.link().with(field::UI_LOCALES, language.tag())
}

fn shown(site: &Site, theme: Theme) -> Vec<Shown> {
    let button = |size| {
        let button = ConnectButton { theme, size, language: site.language };
        Shown {
            path: button.path(),
            text: button.text(site),
            width: button.width(site),
            height: size.height(),
        }
    };
    Size::ALL.into_iter().map(button).collect()
}

/// The newest apps of whoever is signed in.
async fn apps(state: &State, request: &Request) -> Result<Vec<(String, crate::routes::link::Link)>, Failure> {
    let Some(visitor) = Visitor::of(state, request).await? else { return Ok(Vec::new()) };
    let apps = state.store.apps_of(visitor.session.user.id, None, APPS).await?;
    let link = |id: String| Address::DeveloperBrand.link().with(field::APP, &id);
    Ok(apps.into_iter().map(|app| (app.name, link(app.id.to_string()))).collect())
}

/// Code that shows a button and leads to where an app's people are asked; without an app, with words in the place of its values.
///
/// # Errors
/// What the template refuses.
pub(super) fn code(state: &State, site: &Site, app: Option<&App>) -> Result<String, askama::Error> {
    let button = ConnectButton { theme: Theme::Light, size: Size::Medium, language: site.language };
    let mounted = app.map_or_else(|| state.dialects.first(), |app| addresses::spoken(state, app));
    let place = mounted.and_then(|mounted| {
        let at = mounted.dialect.endpoints.iter().position(|own| own.serves == Serves::Authorize)?;
        Some((addresses::address(mounted, Serves::Authorize)?, mounted.served(at).policy))
    });
    let Some((authorize, policy)) = place else { return Ok(String::new()) };
    let client_id = app.map_or("YOUR_CLIENT_ID", |app| app.client.client_id.as_str());
    let redirect_uri = app.and_then(|app| app.client.redirect_uris.first()).map(String::as_str);
    let scopes = app.map(|app| app.client.scopes.to_string()).filter(|scopes| !scopes.is_empty());
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("response_type", "code").append_pair("client_id", client_id);
    query.append_pair("redirect_uri", redirect_uri.unwrap_or("https://app.example.com/callback"));
    if let Some(scopes) = &scopes {
        query.append_pair("scope", scopes);
    }
    query.append_pair("state", "STATE");
    if app.is_none_or(|app| policy.pkce_required(&app.client)) {
        query.append_pair("code_challenge", "CHALLENGE").append_pair("code_challenge_method", "S256");
    }
    button.html(site, &state.issuer, &format!("{authorize}?{}", query.finish()))
}
