//! `GET /developers/apps/{app}`: an app at a glance, and what it takes to connect it.

use http::Response;
use symbolon_oauth::dialect::Serves;
use symbolon_platform::app::preset::{Preset, Value};
use symbolon_platform::organisation::Power;

use crate::failure::Failure;
use crate::language::Key;
use crate::pages::portal::addresses;
use crate::pages::portal::code::snippets;
use crate::pages::portal::figures::counted;
use crate::pages::portal::own::Own;
use crate::reply::Body;
use crate::request::Request;
use crate::routes::field;
use crate::state::State;
use crate::views::portal::Room;
use crate::views::portal::app::{Overview, Platform};
use crate::visitor::sign_in;

/// `GET /developers/apps/{app}`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let Some(own) = Own::of(state, request, id).await? else { return Ok(sign_in()) };
    let figures = state.store.figures(own.app.client.id, own.visitor.now).await?;
    let preset = request.query()?.get(field::PRESET.name()).and_then(Preset::find);
    let preset = preset.or_else(|| likely(&own.app.client.redirect_uris));
    let scopes = own.app.client.scopes.to_string();
    let page = Overview {
        site: own.visitor.site(),
        frame: own.frame(Room::Overview, own.locked(Power::Edit, false), Vec::new())?,
        client_id: &own.app.client.client_id,
        connected: figures.as_ref().map(counted).unwrap_or_default(),
        addresses: addresses::all(state, &own.app),
        missing: missing(&own),
        platform: preset.and_then(|preset| platform(&own, preset, &scopes)),
        snippets: snippets(&own, None)?,
    };
    own.visitor.page(200, &page)
}

/// The platform whose redirect URI an app has.
fn likely(redirect_uris: &[String]) -> Option<&'static Preset> {
    let platforms =
        || symbolon_platform::app::preset::all().iter().filter(|preset| preset.platform.is_some());
    platforms().find(|preset| preset.redirect_uris.iter().any(|uri| redirect_uris.contains(uri)))
}

fn missing(own: &Own<'_>) -> Vec<(Key, Room)> {
    let client = &own.app.client;
    let now = own.visitor.now;
    let proofless = !client.is_public() && !client.secrets.iter().any(|secret| secret.is_live(now));
    [
        (client.redirect_uris.is_empty(), Key("portal-missing-redirect"), Room::Redirects),
        (proofless, Key("portal-missing-secret"), Room::Credentials),
        (client.scopes.is_empty(), Key("portal-missing-scopes"), Room::Scopes),
    ]
    .into_iter()
    .filter_map(|(is_missing, what, room)| is_missing.then_some((what, room)))
    .collect()
}

/// The form of a platform with the values of an app; of the secret nothing.
fn platform<'a>(own: &Own<'_>, preset: &'a Preset, scopes: &str) -> Option<Platform<'a>> {
    let (state, app) = (own.visitor.state, &own.app);
    let mounted = addresses::spoken(state, app)?;
    let at = |serves| addresses::address(mounted, serves).unwrap_or_default();
    let value = |value: Value| match value {
        Value::AuthorizeUrl => Some(at(Serves::Authorize)),
        Value::TokenUrl => Some(at(Serves::Token)),
        Value::RevokeUrl => Some(at(Serves::Revoke)),
        Value::WhoAmIUrl => Some(addresses::me(state)),
        Value::Scopes => Some(scopes.to_owned()),
        Value::ClientId => Some(app.client.client_id.clone()),
        Value::RedirectUri => Some(app.client.redirect_uris.first().cloned().unwrap_or_default()),
        Value::ClientSecret => None,
    };
    let fields = preset.fields.iter().map(|field| {
        let stands = field.value.map_or_else(|| field.text.clone(), value);
        (field.label.as_str(), stands)
    });
    Some(Platform {
        name: preset.platform.as_deref()?,
        fields: fields.collect(),
        redirect_label: preset.redirect_label.as_deref(),
    })
}
