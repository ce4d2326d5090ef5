//! Identity endpoint: who is behind an access token, in the shape of a dialect: the `me` of vendors that have one.
//!
//! Only tokens of apps that speak this very dialect are known here; for every other there is `/v1/me`.

use http::Response;
use symbolon_oauth::dialect::{read, write};
use symbolon_oauth::error::{ErrorCode, Refusal};
use symbolon_oauth::parameters::Parameters;
use symbolon_oauth::reason::Reason;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::access_token::meant_for;

use crate::endpoints::principal::{self, Principal};
use crate::failure::Failure;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::served::Served;
use crate::sources::{acting_for, sources};
use crate::state::State;

/// Answers who is behind a token.
///
/// # Errors
/// Without a token, with a bad one, with one of another dialect, or with one that lacks a scope.
pub async fn answer(state: &State, served: Served<'_>, request: &Request) -> Result<Response<Body>, Failure> {
    let now = state.now();
    let known = known(state, served, request, now).await?;
    let acting_for = known.grant.as_deref().map(acting_for);
    let sources = sources((state, &known.app, &known.catalogue), &known.scopes, acting_for, now);
    Ok(reply::json(served.endpoint.rules.identity.status, write::description(served.endpoint, &sources)))
}

/// Who asks: the holder of a token that is good in this dialect and has the scopes that the endpoint needs.
///
/// # Errors
/// Without a token, with a bad one, with one of another dialect, or with one that lacks a scope.
pub async fn known(
    state: &State,
    served: Served<'_>,
    request: &Request,
    now: Timestamp,
) -> Result<Principal, Failure> {
    let token = bearer(served, request)?.ok_or_else(no_credential)?;
    let found = principal::of(state, &token, now).await?;
    if let Some((token, app)) = found.token() {
        if !served.policy.clients.spoken_by(&app.client) {
            return Err(principal::unknown_token().into());
        }
        meant_for(token.resource.as_deref(), &state.issuer)?;
    }
    let known = found.proven()?;
    let rules = served.endpoint.description();
    known.holds(&rules.required_scopes)?;
    known.holds_one_of(&rules.any_scope_of)?;
    Ok(known)
}

/// The token of a request that carries nothing else: from the headers its dialect looks in, never from an address.
///
/// # Errors
/// `invalid_request` when there are several, or one stands in the address.
pub fn bearer(served: Served<'_>, request: &Request) -> Result<Option<String>, Refusal> {
    request.authorization()?;
    let message = request.message();
    read::refuse_query(&served.endpoint.rules.parameters, message.query)?;
    let found = read::token(served.endpoint, message, &Parameters::default(), "access_token")?;
    Ok(found.map(|found| found.text))
}

/// No token was sent.
pub fn no_credential() -> Refusal {
    Refusal::new(ErrorCode::InvalidToken, Reason::NoCredential, "send the token in its header")
}
