//! Refresh token grant, with rotation and reuse detection (RFC 6749 §6, RFC 9700 §4.14.2).
//!
//! Using a refresh token replaces it. The direct predecessor gets the *same* successor again for a short grace, so that
//! a lost answer or two parallel workers log nobody out; the grace ends when the successor is used. Anything older is
//! a copy in foreign hands, and ends the family. A refresh never widens: scopes are those of the family, cut to what
//! the grant allows now.

use crate::client::Client;
use crate::credential::{Kind, Presented, SecretHash};
use crate::error::{ErrorCode, Refusal};
use crate::grant_type::{InForce, Terms, invalid_grant, not_in_force};
use crate::id::{AccessTokenId, AppId, FamilyId, GrantId};
use crate::parameters::Parameters;
use crate::policy::{OldAccessToken, Rotation};
use crate::reason::Reason;
use crate::redirect_uri;
use crate::resource;
use crate::scope::ScopeSet;
use crate::time::{Lifetime, Timestamp, earliest};
use crate::token_request;

/// What the request says.
#[derive(Clone, Debug)]
pub struct RefreshRequest {
    /// The refresh token, if it has the form of one.
    pub token: Option<Presented>,
    in_header: bool,
    scopes: Option<ScopeSet>,
    resource: Option<String>,
    redirect_uri: Option<String>,
}

impl RefreshRequest {
    /// Reads the parameters of this grant type; `token` was found where the dialect looks, perhaps in a header.
    ///
    /// # Errors
    /// `invalid_request` when the token is missing, `invalid_scope` or `invalid_target`.
    pub fn parse(
        (token, in_header): (Option<&str>, bool),
        parameters: &Parameters,
        known_resource: Option<&str>,
    ) -> Result<RefreshRequest, Refusal> {
        let Some(token) = token else {
            let description = "the parameter 'refresh_token' is missing";
            return Err(Refusal::new(ErrorCode::InvalidRequest, Reason::MissingParameter, description));
        };
        Ok(RefreshRequest {
            token: Presented::parse(token).filter(|presented| presented.kind == Kind::RefreshToken),
            in_header,
            scopes: token_request::scopes(parameters)?,
            resource: resource::one(parameters.all("resource"), known_resource)?,
            redirect_uri: parameters.get("redirect_uri").map(str::to_owned),
        })
    }
}

/// A token family as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FamilyFacts {
    /// Its row, and the identifier inside its refresh tokens.
    pub id: FamilyId,
    /// Whose.
    pub app: AppId,
    /// Under which grant.
    pub grant: GrantId,
    /// What it may ask for at most.
    pub scopes: ScopeSet,
    /// What it is meant for.
    pub resource: Option<String>,
    /// The hash of its live refresh token; `None` when it never had one.
    pub refresh_hash: Option<SecretHash>,
    /// When that token ends, if ever.
    pub refresh_expires_at: Option<Timestamp>,
    /// The token before, while its grace lasts.
    pub predecessor: Option<Predecessor>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it can no longer be extended, if ever.
    pub ends_at: Option<Timestamp>,
    /// Whether it was ended.
    pub ended: bool,
    /// The one access token that is left, where a refresh ends those before.
    pub only_access: Option<AccessTokenId>,
    /// The family it is a fork of, if it is one: its tokens are of that family, and both end together.
    pub origin: Option<FamilyId>,
}

impl FamilyFacts {
    /// The family that its access tokens hang from: itself, or for a fork the one that it came from.
    #[must_use]
    pub fn trunk(&self) -> FamilyId {
        self.origin.unwrap_or(self.id)
    }

    /// Whether this is the hash of its live refresh token, or of the one before.
    #[must_use]
    pub fn has_issued(&self, refresh_hash: SecretHash) -> bool {
        let predecessor = self.predecessor.as_ref().map(|earlier| earlier.hash);
        [self.refresh_hash, predecessor].contains(&Some(refresh_hash))
    }

    /// Whether this is the hash of its live refresh token, and neither that token nor the family is over.
    #[must_use]
    pub fn would_renew(&self, refresh_hash: SecretHash, now: Timestamp) -> bool {
        !self.ended && !self.is_over(now) && self.refresh_hash == Some(refresh_hash)
    }

    fn is_over(&self, now: Timestamp) -> bool {
        [self.refresh_expires_at, self.ends_at].into_iter().flatten().any(|end| end <= now)
    }
}

/// The refresh token before the live one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Predecessor {
    /// Its hash.
    pub hash: SecretHash,
    /// Until when it gets the same successor again.
    pub grace_until: Timestamp,
    /// That successor, sealed under the predecessor's own text.
    pub sealed_successor: Vec<u8>,
}

/// A refresh that is allowed, with the facts that it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refresh<'a, G> {
    /// The family.
    pub family: &'a FamilyFacts,
    /// Its grant.
    pub grant: G,
    /// What goes out.
    pub renewal: Renewal<'a>,
}

/// What a refresh leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Renewal<'a> {
    /// A successor pair.
    Renew(Succession),
    /// The same answer as the predecessor got before: open the successor pair, sealed under the presented token.
    Again(&'a [u8]),
}

/// A new access token, and by `turn` a new refresh token. Holds if the family's refresh hash is still `expected`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Succession {
    /// The hash it must still have.
    pub expected: SecretHash,
    /// What becomes of the refresh token.
    pub turn: Turn,
    /// What the access token allows.
    pub scopes: ScopeSet,
    /// What it is meant for.
    pub resource: Option<String>,
    /// How long the access token lives.
    pub access: Lifetime,
    /// Whether it ends the access tokens before it.
    pub ends_others: bool,
}

/// What becomes of the refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Replaced; the old one is answered again until `grace_until`.
    Replace {
        /// When the new one ends, if ever.
        expires_at: Option<Timestamp>,
        /// When the old one's grace ends.
        grace_until: Timestamp,
    },
    /// Kept; a fork with its own refresh token is begun.
    Fork {
        /// When the new one ends, if ever.
        expires_at: Option<Timestamp>,
        /// When the new family can no longer be extended.
        ends_at: Option<Timestamp>,
    },
    /// Kept and sent back.
    Echo {
        /// When it ends now, if ever.
        expires_at: Option<Timestamp>,
    },
}

/// What a refusal does besides refusing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    None,
    /// The family is ended: one of its old tokens is in foreign hands.
    EndFamily(FamilyId),
}

/// Decides a refresh. `grant` is the family's, `None` when it is not in force.
///
/// # Errors
/// A refusal and what it does besides.
pub fn decide<'a, G>(
    request: &RefreshRequest,
    family: Option<&'a FamilyFacts>,
    grant: Option<InForce<G>>,
    terms: Terms<'_>,
) -> Result<Refresh<'a, G>, (Refusal, Effect)> {
    let leave = |refusal| (refusal, Effect::None);
    let presented = request.token.ok_or_else(|| leave(unknown(Reason::RefreshTokenUnknown)))?;
    let family = known(family, presented.hash, terms.client).map_err(leave)?;
    let live = family.refresh_hash == Some(presented.hash);
    let predecessor = predecessor(family, presented.hash);
    // Without a grace nothing was sealed; a clock that is behind must not make one of it.
    let graced =
        predecessor.filter(|earlier| terms.now < earlier.grace_until && !earlier.sealed_successor.is_empty());
    if !live && graced.is_none() {
        let refusal = invalid_grant(
            Reason::RefreshTokenReused,
            "the refresh token was used already; the connection was ended for safety",
        );
        return Err((refusal, Effect::EndFamily(family.id)));
    }
    unexpired(family, terms.now).map_err(leave)?;
    let InForce { grant, ceiling } = grant.ok_or_else(|| leave(not_in_force()))?;
    let renewal = match graced {
        Some(earlier) => Renewal::Again(&earlier.sealed_successor),
        None => Renewal::Renew(succession(request, presented.hash, family, &ceiling, terms).map_err(leave)?),
    };
    Ok(Refresh { family, grant, renewal })
}

/// What follows the live refresh token.
fn succession(
    request: &RefreshRequest,
    presented: SecretHash,
    family: &FamilyFacts,
    ceiling: &ScopeSet,
    terms: Terms<'_>,
) -> Result<Succession, Refusal> {
    let scopes = narrowed_scopes(request, family)?.intersection(ceiling);
    let resource = narrowed_resource(request, family)?;
    redirect_uri(request, terms)?;
    Ok(Succession {
        expected: presented,
        turn: turn(request, family, terms),
        scopes,
        resource,
        access: terms.policy.access,
        // A family that left one access token leaves one for ever: keeping two would bring back those that are over.
        ends_others: terms.policy.old_access_token == OldAccessToken::Revoke || family.only_access.is_some(),
    })
}

/// RFC 6749 §6: bound to the client it was issued to. Another client's token looks like none at all, but where a dialect
/// tells them apart. That teaches nobody anything: only who holds the whole token gets this reason.
fn known<'a>(
    facts: Option<&'a FamilyFacts>,
    presented: SecretHash,
    client: &Client,
) -> Result<&'a FamilyFacts, Refusal> {
    let family = facts.ok_or_else(|| unknown(Reason::RefreshTokenUnknown))?;
    if family.app != client.id {
        let held = family.refresh_hash == Some(presented) || predecessor(family, presented).is_some();
        Err(unknown(if held { Reason::RefreshTokenForeign } else { Reason::RefreshTokenUnknown }))
    } else if family.ended {
        Err(invalid_grant(Reason::FamilyEnded, "the connection was ended"))
    } else {
        Ok(family)
    }
}

fn predecessor(family: &FamilyFacts, presented: SecretHash) -> Option<&Predecessor> {
    family.predecessor.as_ref().filter(|earlier| earlier.hash == presented)
}

fn unexpired(family: &FamilyFacts, now: Timestamp) -> Result<(), Refusal> {
    if family.is_over(now) {
        Err(invalid_grant(Reason::RefreshTokenExpired, "the refresh token has expired"))
    } else {
        Ok(())
    }
}

fn narrowed_scopes(request: &RefreshRequest, family: &FamilyFacts) -> Result<ScopeSet, Refusal> {
    match &request.scopes {
        None => Ok(family.scopes.clone()),
        Some(asked) if family.scopes.contains_all(asked) => Ok(asked.clone()),
        Some(_) => {
            let description =
                "a refresh cannot ask for more than was granted: begin again at the authorization endpoint";
            Err(Refusal::new(ErrorCode::InvalidScope, Reason::ScopeWidened, description))
        }
    }
}

fn narrowed_resource(request: &RefreshRequest, family: &FamilyFacts) -> Result<Option<String>, Refusal> {
    match (&family.resource, &request.resource) {
        (granted, Some(asked)) if granted.as_ref() != Some(asked) => {
            let description = "the resource is not one of the grant";
            Err(Refusal::new(ErrorCode::InvalidTarget, Reason::ResourceWidened, description))
        }
        (granted, _) => Ok(granted.clone()),
    }
}

fn redirect_uri(request: &RefreshRequest, terms: Terms<'_>) -> Result<(), Refusal> {
    match &request.redirect_uri {
        Some(sent)
            if terms.policy.redirect_uri_on_refresh
                && !redirect_uri::matches(&terms.client.redirect_uris, sent) =>
        {
            Err(invalid_grant(Reason::RedirectUriDiffers, "redirect_uri is not one of this app's"))
        }
        _ => Ok(()),
    }
}

fn turn(request: &RefreshRequest, family: &FamilyFacts, terms: Terms<'_>) -> Turn {
    let Terms { client, policy, now } = terms;
    let expires_at = if policy.refresh_slides {
        earliest(now.after(policy.refresh), family.ends_at)
    } else {
        family.refresh_expires_at
    };
    // A public client's refresh token always turns: it is its only proof (RFC 9700 §2.2.2).
    match policy.rotation.of(request.in_header, client.is_public()) {
        Rotation::Overlap if !client.is_public() => Turn::Fork {
            expires_at,
            ends_at: earliest(now.after(policy.refresh_max(client)), family.ends_at),
        },
        Rotation::None if !client.is_public() => Turn::Echo { expires_at },
        Rotation::Strict | Rotation::Overlap | Rotation::None => {
            Turn::Replace { expires_at, grace_until: now.after(policy.grace).unwrap_or(now) }
        }
    }
}

fn unknown(reason: Reason) -> Refusal {
    invalid_grant(reason, "the refresh token is not valid")
}

#[cfg(test)]
mod tests;
