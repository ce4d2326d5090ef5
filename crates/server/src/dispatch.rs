//! Dispatch: the one file that imports handlers. Every route has its arm, so a route without a handler does not compile.

use http::Response;
use symbolon_oauth::dialect::Serves;

use crate::clock::Stopwatch;
use crate::endpoints::{authorize, check, client, identity, introspect, metadata, revoke, token};
use crate::failure::Failure;
use crate::reply::Body;
use crate::request::Request;
use crate::routes::{Own, PROTECTED_RESOURCE, disconnected};
use crate::served::Served;
use crate::state::State;
use crate::{account, doors, files};

/// Answers a request for a page or file of ours.
///
/// # Errors
/// What the page or file refuses.
pub async fn own(state: &State, own: Own, request: &Request) -> Result<Response<Body>, Failure> {
    match own {
        Own::Home => account::home(state, request).await,
        Own::Login => doors::login::answer(state, request).await,
        Own::SignUp => doors::sign_up::answer(state, request).await,
        Own::Logout => doors::logout::answer(state, request).await,
        Own::Account => account::show(state, request).await,
        Own::EndOthers => account::end_others(state, request).await,
        Own::Disconnect => {
            account::disconnect(state, request, disconnected(request.path()).unwrap_or_default()).await
        }
        Own::Me => check::me(state, request).await,
        Own::Check => check::answer(state, request).await,
        Own::ResourceMetadata => {
            let rest = request.path().strip_prefix(PROTECTED_RESOURCE).unwrap_or_default();
            metadata::protected_resource(state, rest).await
        }
        Own::Asset => files::asset(state, request.path()),
        Own::Icon => files::icon(state, request.path()).await,
    }
}

/// Answers a request at an endpoint of a dialect.
///
/// # Errors
/// What the endpoint refuses.
pub async fn endpoint(
    state: &State,
    served: Served<'_>,
    request: &Request,
) -> Result<Response<Body>, Failure> {
    let began = Stopwatch::start();
    let answered = match served.endpoint.serves {
        Serves::Authorize => authorize::answer(state, served, request).await,
        Serves::Token => token::answer(state, served, request).await,
        Serves::Revoke => revoke::answer(state, served, request).await,
        Serves::Introspect => introspect::answer(state, served, request).await,
        Serves::Identity => identity::answer(state, served, request).await,
        Serves::Client => client::answer(state, served, request).await,
        Serves::Metadata => metadata::authorization_server(state, served.mounted).await,
        Serves::ResourceMetadata => metadata::protected_resource(state, "").await,
    };
    if answered.as_ref().is_err_and(Failure::denies_the_client) {
        // Which client exists, and how much of its secret is right, must not show in the time of the refusal.
        began.evenly().await;
    }
    answered
}
