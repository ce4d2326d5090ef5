//! Metadata: what the server and its resources say of themselves. It goes on during an outage, with what was last known.

use bytes::Bytes;
use http::Response;
use symbolon_oauth::metadata::{self, ForPeople};
use symbolon_platform::catalogue::Resource;

use crate::failure::Failure;
use crate::language::Language;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::resource_metadata;
use crate::routes::Address;
use crate::served::Mounted;
use crate::state::State;
use crate::views::error_page::Trouble;

/// RFC 8414.
///
/// # Errors
/// [`Failure::Store`].
pub async fn authorization_server(state: &State, mounted: &Mounted) -> Result<Response<Body>, Failure> {
    let catalogue = state.store.published_catalogue(state.now()).await?;
    let bytes = mounted.documents.authorization_server(&catalogue, || {
        let scopes: Vec<&str> = catalogue.scopes.keys().map(String::as_str).collect();
        let endpoints = mounted.dialect.addresses(&mounted.issuer);
        let languages: Vec<&str> = Language::all().map(Language::tag).collect();
        let documentation = state.absolute(&Address::DeveloperDocs.link());
        let people = ForPeople { languages: &languages, documentation: &documentation };
        metadata::authorization_server(&mounted.issuer, &endpoints, &scopes, people).to_string()
    });
    Ok(reply::public_json(bytes))
}

/// RFC 9728, of the resource whose path is `rest`: one of our own addresses, or a declared one.
///
/// # Errors
/// When there is no such resource, [`Failure::Store`].
pub async fn protected_resource(
    state: &State,
    request: &Request,
    rest: &str,
) -> Result<Response<Body>, Failure> {
    let route = state.router.find(state.plain_host(request.host()), rest);
    if let Some(own) = route.and_then(|route| resource_metadata::own(state, route)) {
        let identifier = format!("{}{rest}", own.origin);
        let title = &state.site(Language::fallback()).name;
        let document = metadata::protected_resource(own.issuer, &identifier, title, &[]);
        return Ok(reply::public_json(Bytes::from(document.to_string())));
    }
    let catalogue = state.store.published_catalogue(state.now()).await?;
    let resource = catalogue.resource_at(rest).ok_or_else(|| Failure::from(Trouble::NotFound))?;
    Ok(declared(&state.issuer, resource))
}

/// RFC 9728, of the only resource there is, as it is asked for where a dialect stands.
///
/// # Errors
/// When there are several, [`Failure::Store`].
pub async fn at_a_mount(state: &State, mounted: &Mounted) -> Result<Response<Body>, Failure> {
    let catalogue = state.store.published_catalogue(state.now()).await?;
    let resource = catalogue.resource_at("").ok_or_else(|| Failure::from(Trouble::NotFound))?;
    Ok(declared(&mounted.issuer, resource))
}

fn declared(issuer: &str, resource: &Resource) -> Response<Body> {
    let scopes: Vec<&str> = resource.scopes.iter().collect();
    let document = metadata::protected_resource(issuer, &resource.identifier, &resource.title, &scopes);
    reply::public_json(Bytes::from(document.to_string()))
}
