//! Client credentials (RFC 6749 §4.4): the app acts as itself. No refresh token, no person, no tenant.

use crate::client::Client;
use crate::error::{ErrorCode, Refusal};
use crate::parameters::Parameters;
use crate::policy::Policy;
use crate::quoted::Quoted;
use crate::reason::Reason;
use crate::resource;
use crate::scope::ScopeSet;
use crate::time::Lifetime;
use crate::token_request;

/// What the request says.
#[derive(Clone, Debug)]
pub struct OwnRequest {
    scopes: Option<ScopeSet>,
    resource: Option<String>,
}

impl OwnRequest {
    /// Reads the parameters of this grant type.
    ///
    /// # Errors
    /// `invalid_scope` or `invalid_target`.
    pub fn parse(parameters: &Parameters, known_resource: Option<&str>) -> Result<OwnRequest, Refusal> {
        let scopes = token_request::scopes(parameters)?;
        Ok(OwnRequest { scopes, resource: resource::one(parameters.all("resource"), known_resource)? })
    }
}

/// A token for the app itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnToken {
    /// What it allows.
    pub scopes: ScopeSet,
    /// What it is meant for.
    pub resource: Option<String>,
    /// How long it lives.
    pub access: Lifetime,
    /// The generation of the client's own tokens.
    pub generation: i64,
}

/// Decides a request. `askable` is what the client may ask for now.
///
/// # Errors
/// `unauthorized_client` for a public client (RFC 6749 §4.4), `invalid_scope` beyond its own scopes.
pub fn decide(
    request: &OwnRequest,
    client: &Client,
    askable: &ScopeSet,
    policy: &Policy,
) -> Result<OwnToken, Refusal> {
    if client.is_public() {
        let description = "a public app cannot act as itself: it has no secret to prove it";
        return Err(Refusal::new(ErrorCode::UnauthorizedClient, Reason::PublicClient, description));
    }
    let asked = request.scopes.clone().unwrap_or_else(|| askable.clone());
    let asked = policy.narrowed(client, asked, askable);
    if let Some(beyond) = asked.iter().find(|scope| !askable.contains(scope)) {
        let description = format!("the scope {} is not one of this app's scopes", Quoted(beyond));
        return Err(Refusal::new(ErrorCode::InvalidScope, Reason::ScopeBeyondClient, description));
    }
    let (scopes, resource) = (asked, request.resource.clone());
    Ok(OwnToken { scopes, resource, access: policy.access, generation: client.generations.own })
}

#[cfg(test)]
mod tests;
