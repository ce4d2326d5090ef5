//! Revocation (RFC 7009): which token is meant, and what ends with it.
//!
//! A refresh token ends its family, access tokens included; an access token ends itself. A token of another client, a
//! dead one or nonsense is answered 200 and nothing happens (RFC 7009 §2.2), so the answer tells nobody which tokens
//! exist. `token_type_hint` is not needed: the token says its kind.

use crate::credential::{Kind, Presented};
use crate::error::{ErrorCode, Refusal};
use crate::id::{AccessTokenId, FamilyId, Id};
use crate::reason::Reason;

/// What a revocation ends, if the facts are the client's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// One access token.
    AccessToken(AccessTokenId, Presented),
    /// A token family, by its refresh token.
    Family(FamilyId, Presented),
    /// Nothing that exists here.
    Nothing,
}

/// The token a request is about.
///
/// # Errors
/// `invalid_request` when it is missing.
pub fn target(token: Option<&str>) -> Result<Target, Refusal> {
    let Some(token) = token else {
        let description = "the parameter 'token' is missing";
        return Err(Refusal::new(ErrorCode::InvalidRequest, Reason::MissingParameter, description));
    };
    Ok(match Presented::parse(token) {
        Some(presented) => match presented.kind {
            Kind::AccessToken => Target::AccessToken(Id::new(presented.id), presented),
            Kind::RefreshToken => Target::Family(Id::new(presented.id), presented),
            Kind::ClientSecret
            | Kind::PersonalKey
            | Kind::TenantKey
            | Kind::HostKey
            | Kind::AuthorizationCode => Target::Nothing,
        },
        None => Target::Nothing,
    })
}

#[cfg(test)]
mod tests;
