//! Revocation (RFC 7009): which token is meant, and what ends with it.
//!
//! A refresh token ends its family, access tokens included; an access token ends itself. A token of another client, a
//! dead one or nonsense is answered 200 and nothing happens (RFC 7009 §2.2), so the answer tells nobody which tokens
//! exist. `token_type_hint` is not needed: the token says its kind.

use crate::credential::{Kind, Presented, SecretHash};
use crate::error::{ErrorCode, Refusal};
use crate::grant_type::refresh_token::FamilyFacts;
use crate::id::{AccessTokenId, AppId, FamilyId, Id};
use crate::policy::Cascade;
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

/// An access token, as far as its end is concerned.
#[derive(Clone, Copy, Debug)]
pub struct AccessFacts {
    /// Its row.
    pub id: AccessTokenId,
    /// SHA-256 of its text.
    pub hash: SecretHash,
    /// Whose.
    pub app: AppId,
    /// The family it hangs from; `None` when the app acts as itself.
    pub family: Option<FamilyId>,
    /// Whether it, or its family, was ended already.
    pub over: bool,
}

/// What ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// One access token of this app.
    AccessToken(AccessTokenId, AppId),
    /// A family of this app.
    Family(FamilyId, AppId),
    /// Nothing: another client's token, a dead one, or nonsense.
    Nothing,
}

/// What ends with an access token that `client` presents as its own.
#[must_use]
pub fn of_own_access_token(
    token: AccessFacts,
    client: AppId,
    presented: Presented,
    cascade: Cascade,
) -> Ends {
    if token.app == client && token.hash == presented.hash {
        of_access_token(token, cascade)
    } else {
        Ends::Nothing
    }
}

/// What ends with an access token in the hands of its holder: itself, or its family. One that was revoked ends nothing
/// more.
#[must_use]
pub fn of_access_token(token: AccessFacts, cascade: Cascade) -> Ends {
    match (cascade, token.family) {
        _ if token.over => Ends::Nothing,
        (Cascade::Family, Some(family)) => Ends::Family(family, token.app),
        (Cascade::Family, None) | (Cascade::Token, _) => Ends::AccessToken(token.id, token.app),
    }
}

/// What ends with a refresh token that `client` presents as its own: its family, by the live token or the one before.
#[must_use]
pub fn of_own_family(family: &FamilyFacts, client: AppId, presented: Presented) -> Ends {
    if family.app == client && !family.ended && family.has_issued(presented.hash) {
        Ends::Family(family.id, client)
    } else {
        Ends::Nothing
    }
}

#[cfg(test)]
mod tests;
