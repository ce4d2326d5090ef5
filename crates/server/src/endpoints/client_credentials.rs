//! Client credentials (RFC 6749 §4.4): a token with which an app acts as itself.

use http::Response;
use symbolon_oauth::credential::Kind;
use symbolon_oauth::dialect::write::Tokens;
use symbolon_oauth::grant_type::client_credentials::{self, OwnRequest};
use symbolon_platform::consent::askable;

use crate::endpoints::asked::Asked;
use crate::failure::Failure;
use crate::reply::Body;

/// Answers a request of an app that acts as itself.
///
/// # Errors
/// What the grant type refuses.
pub async fn answer(asked: &Asked<'_>) -> Result<Response<Body>, Failure> {
    let Asked { state, app, now, .. } = asked;
    let request = OwnRequest::parse(&asked.parameters, asked.known_resource())?;
    let askable = askable(app, &asked.catalogue);
    let token = client_credentials::decide(&request, &app.client, &askable, asked.served.policy)?;
    let id = state.entropy.new_id(*now)?;
    let secret = asked.mint(Kind::AccessToken, id)?;
    state.store.issue_own_token((id, secret.hash()), app.client.id, &token, *now).await?;
    let tokens = Tokens {
        access: secret.expose(),
        access_expires_at: now.after(token.access),
        refresh: None,
        refresh_expires_at: None,
    };
    Ok(asked.write(tokens, &token.scopes, None))
}
