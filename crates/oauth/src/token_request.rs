//! Token request (RFC 6749 §3.2, §5.2): the phases that every grant type shares, in their order: who is the client,
//! does it prove it, what does it ask for, may it ask. A grant type cannot skip one.

use crate::client::{Client, ClientSecret, GrantType};
use crate::client_authentication::{self, PresentedClient};
use crate::error::{ErrorCode, Refusal};
use crate::parameters::Parameters;
use crate::policy::ClientPolicy;
use crate::reason::Reason;
use crate::scope::ScopeSet;
use crate::time::Timestamp;

/// Proves that a request is its client's, and says which of its secrets proved it; none of a public one.
///
/// # Errors
/// `invalid_client`; the same for one that is not known at this endpoint as for one that does not exist.
pub fn authenticate<'c>(
    presented: &PresentedClient,
    client: &'c Client,
    policy: &ClientPolicy,
    now: Timestamp,
) -> Result<Option<&'c ClientSecret>, Refusal> {
    if !policy.knows(client) {
        return Err(unknown_client(presented, policy));
    }
    method(presented, policy)?;
    presented.prove(client, now)
}

/// Whether such a proof could be this client's at all, whatever the secret.
#[must_use]
pub fn may_authenticate(presented: &PresentedClient, client: &Client, policy: &ClientPolicy) -> bool {
    let is_registered = client.authentication_method.is_none_or(|only| only == presented.method);
    policy.knows(client) && is_registered && !client.is_public() && method(presented, policy).is_ok()
}

/// The refusal of a client that does not exist.
#[must_use]
pub fn unknown_client(presented: &PresentedClient, policy: &ClientPolicy) -> Refusal {
    method(presented, policy).err().unwrap_or_else(client_authentication::unknown_client)
}

fn method(presented: &PresentedClient, policy: &ClientPolicy) -> Result<(), Refusal> {
    if policy.authentication.contains(&presented.method) {
        return Ok(());
    }
    let description = "the client may not prove itself in this way here";
    Err(Refusal::new(ErrorCode::InvalidClient, Reason::AuthenticationMethod, description))
}

/// The grant type of a request, allowed to this client.
///
/// # Errors
/// `invalid_request`, `unsupported_grant_type` or `unauthorized_client`.
pub fn grant_type(
    parameters: &Parameters,
    client: &Client,
    policy: &ClientPolicy,
) -> Result<GrantType, Refusal> {
    let name = parameters.required("grant_type")?;
    let Some(grant_type) = GrantType::parse(name) else {
        let description = "grant_type is authorization_code, refresh_token or client_credentials";
        return Err(Refusal::new(ErrorCode::UnsupportedGrantType, Reason::GrantTypeUnknown, description));
    };
    let served = &policy.grant_types;
    if !served.contains(&grant_type) {
        let served: Vec<&str> = served.iter().map(|own| own.as_str()).collect();
        let description = format!("grant_type is {} here", served.join(" or "));
        return Err(Refusal::new(ErrorCode::UnsupportedGrantType, Reason::GrantTypeNotServed, description));
    }
    if client.may_use(grant_type) {
        Ok(grant_type)
    } else {
        let description = format!("this app may not use the grant type {name}");
        Err(Refusal::new(ErrorCode::UnauthorizedClient, Reason::GrantTypeNotAllowed, description))
    }
}

/// The scopes a token request asks for, if it names any.
///
/// # Errors
/// `invalid_scope` when they are malformed.
pub fn scopes(parameters: &Parameters) -> Result<Option<ScopeSet>, Refusal> {
    let Some(text) = parameters.get("scope") else { return Ok(None) };
    ScopeSet::parse(text)
        .map(Some)
        .map_err(|error| Refusal::new(ErrorCode::InvalidScope, Reason::ScopeMalformed, error.to_string()))
}

#[cfg(test)]
mod tests;
