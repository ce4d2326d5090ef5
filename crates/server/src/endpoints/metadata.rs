//! Metadata: what the server and its resources say of themselves. It goes on during an outage, with what was last known.

use bytes::Bytes;
use http::Response;
use symbolon_oauth::metadata;

use crate::failure::Failure;
use crate::language::Language;
use crate::reply::{self, Body};
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
        let endpoints = mounted.dialect.addresses(&format!("{}{}", state.issuer, mounted.prefix));
        let languages: Vec<&str> = Language::all().map(Language::tag).collect();
        metadata::authorization_server(&state.issuer, &endpoints, &scopes, &languages).to_string()
    });
    Ok(reply::public_json(bytes))
}

/// RFC 9728. `rest` is what follows the well-known name; without it the only resource is meant.
///
/// # Errors
/// A page when there is no such resource, [`Failure::Store`].
pub async fn protected_resource(state: &State, rest: &str) -> Result<Response<Body>, Failure> {
    let catalogue = state.store.published_catalogue(state.now()).await?;
    let resource = catalogue.resource_at(rest).ok_or_else(|| Failure::from(Trouble::NotFound))?;
    let scopes: Vec<&str> = resource.scopes.iter().collect();
    let document =
        metadata::protected_resource(&state.issuer, &resource.identifier, &resource.title, &scopes);
    Ok(reply::public_json(Bytes::from(document.to_string())))
}
