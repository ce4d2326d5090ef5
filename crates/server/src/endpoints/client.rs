//! Client look-up: what an app is called and where its answers go, in the shape of a dialect: the look-up of vendors
//! that have one.
//!
//! Whoever asks holds a good token of an app of this very dialect, and only its apps are known here.

use http::Response;
use symbolon_oauth::dialect::write;
use symbolon_oauth::error::{ErrorCode, Refusal};
use symbolon_oauth::reason::Reason;
use symbolon_oauth::scope::ScopeSet;
use symbolon_platform::authority;

use crate::endpoints::identity;
use crate::failure::Failure;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::served::Served;
use crate::sources::sources;
use crate::state::State;

/// Answers what the app is that the last segment of the address names, to the byte.
///
/// # Errors
/// As at the identity; then without an app of this name, with one of another dialect, or with one that is suspended.
pub async fn answer(state: &State, served: Served<'_>, request: &Request) -> Result<Response<Body>, Failure> {
    let now = state.now();
    // The token comes first: who has none does not learn which apps there are.
    let known = identity::known(state, served, request, now).await?;
    let client_id = request.path().rsplit('/').next().unwrap_or_default();
    let app = state.store.client(client_id, now).await?;
    let app = app.filter(|app| served.policy.clients.spoken_by(&app.client));
    let app = app.filter(|app| authority::usable(app).is_ok()).ok_or_else(no_such_app)?;
    let none = ScopeSet::new();
    let sources = sources((state, &app, &known.catalogue), &none, None, now);
    let body = write::description(served.endpoint, &sources);
    Ok(reply::json(served.endpoint.rules.client.status, body))
}

fn no_such_app() -> Refusal {
    Refusal::new(ErrorCode::InvalidRequest, Reason::NotFound, "there is no such app")
}
