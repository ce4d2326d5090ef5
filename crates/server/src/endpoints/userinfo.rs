//! User information (OpenID Connect Core §5.3): who is behind an access token, at a standard address. `/v1/me` tells the same
//! and more.

use http::{Method, Response};
use symbolon_oauth::dialect::read;
use symbolon_oauth::error::{ErrorCode, Refusal};
use symbolon_oauth::parameters::Parameters;
use symbolon_oauth::reason::Reason;
use symbolon_platform::access_token::meant_for;

use crate::endpoints::principal;
use crate::failure::Failure;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::served::Served;
use crate::state::State;

/// Answers who is behind a token.
///
/// # Errors
/// Without a token, with a bad one, with one of an app that is not known here, or with one for an API.
pub async fn answer(state: &State, served: Served<'_>, request: &Request) -> Result<Response<Body>, Failure> {
    let now = state.now();
    let token = token(served, request)?.ok_or_else(no_credential)?;
    let found = principal::of(state, &token, now).await?;
    if let Some((token, app)) = found.token() {
        if !served.policy.clients.knows(&app.client) {
            return Err(principal::unknown_token().into());
        }
        meant_for(token.resource.as_deref(), &state.issuer)
            .map_err(|denied| Failure::from(denied).of(Some(&app.client.client_id)))?;
    }
    let known = found.proven()?;
    let subject = known.subject();
    // A struct of texts always has a JSON form.
    let body = serde_json::to_vec(&known.userinfo(&subject))
        .map_err(|_| Failure::Bug("user information has no JSON form"))?;
    Ok(reply::json(200, body))
}

/// The token of a request: in its header, or in the form of a POST (RFC 6750 §2.1, §2.2); never in its address.
fn token(served: Served<'_>, request: &Request) -> Result<Option<String>, Refusal> {
    request.authorization()?;
    let message = request.message();
    let parameters = if request.method() == Method::POST {
        read::back_channel(served.endpoint, message)?
    } else {
        read::refuse_query(&served.endpoint.rules.parameters, message.query)?;
        Parameters::default()
    };
    let found = read::token(served.endpoint, message, &parameters, "access_token")?;
    Ok(found.map(|found| found.text))
}

fn no_credential() -> Refusal {
    let description =
        "send an access token as Authorization: Bearer, or as access_token in the form of a POST";
    Refusal::new(ErrorCode::InvalidToken, Reason::NoCredential, description)
}
