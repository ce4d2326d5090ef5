//! Authorization code grant (RFC 6749 §4.1.3, RFC 7636 §4.5).
//!
//! A code is single-use. What is checked before the verifier (client, expiry, redirect URI) leaves it as it was; a wrong
//! verifier spends it, since by then only a thief or a broken client is left. A second use that is right in everything
//! is a theft of the code: it ends what the first one made (OAuth 2.1 §4.1.3). One that is wrong in anything ends
//! nothing, so that nobody can sign others out with half a secret.

use std::borrow::Cow;

use crate::client::Client;
use crate::credential::{Kind, Presented, SecretHash};
use crate::error::{ErrorCode, Refusal};
use crate::grant_type::{InForce, Terms, invalid_grant, not_in_force};
use crate::id::{AppId, CodeId, FamilyId, GrantId};
use crate::parameters::Parameters;
use crate::pkce::{self, Challenge};
use crate::policy::OldAccessToken;
use crate::reason::Reason;
use crate::resource;
use crate::scope::ScopeSet;
use crate::time::{Lifetime, Timestamp, earliest};

/// What the request says.
#[derive(Clone)]
pub struct CodeRequest {
    /// The code, if it has the form of one.
    pub code: Option<Presented>,
    redirect_uri: Option<String>,
    verifier: Option<String>,
    resource: Option<String>,
}

impl CodeRequest {
    /// Reads the parameters of this grant type.
    ///
    /// # Errors
    /// `invalid_request` when the code is missing, `invalid_target` for an unknown resource.
    pub fn parse(parameters: &Parameters, known_resource: Option<&str>) -> Result<CodeRequest, Refusal> {
        let code = parameters.required("code")?;
        Ok(CodeRequest {
            code: Presented::parse(code).filter(|presented| presented.kind == Kind::AuthorizationCode),
            redirect_uri: parameters.get("redirect_uri").map(str::to_owned),
            verifier: parameters.get("code_verifier").map(str::to_owned),
            resource: resource::one(parameters.all("resource"), known_resource)?,
        })
    }
}

/// How far a code has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeState {
    /// Waiting to be exchanged.
    Issued,
    /// Exchanged, and what for.
    Redeemed(FamilyId),
    /// Burnt by an exchange with a wrong verifier.
    Spent,
}

/// A code as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeFacts {
    /// Its row.
    pub id: CodeId,
    /// SHA-256 of its text.
    pub hash: SecretHash,
    /// For which client.
    pub app: AppId,
    /// Under which grant.
    pub grant: GrantId,
    /// Where it was sent.
    pub redirect_uri: String,
    /// Whether the authorization request named that place.
    pub redirect_uri_sent: bool,
    /// The PKCE challenge.
    pub challenge: Option<Challenge>,
    /// What was consented to.
    pub scopes: ScopeSet,
    /// For which resource.
    pub resource: Option<String>,
    /// How far it has come.
    pub state: CodeState,
    /// When it was issued.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// An exchange that holds if the code is still [`CodeState::Issued`] at commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redemption {
    /// The code it consumes.
    pub code: CodeId,
    /// The grant the new family hangs from.
    pub grant: GrantId,
    /// What the tokens allow.
    pub scopes: ScopeSet,
    /// What they are meant for.
    pub resource: Option<String>,
    /// How long the access token lives.
    pub access: Lifetime,
    /// How long the refresh token lives; `None` when none goes out.
    pub refresh: Option<Lifetime>,
    /// How long the family can be extended.
    pub refresh_max: Lifetime,
    /// Whether it ends the families before it under the same grant.
    pub ends_others: bool,
    /// Whether a refresh will end the access token before it.
    pub only_access: bool,
    /// The generation of the client's refresh tokens.
    pub generation: i64,
}

impl Redemption {
    /// When the family can no longer be extended, if ever.
    #[must_use]
    pub fn ends_at(&self, now: Timestamp) -> Option<Timestamp> {
        now.after(self.refresh_max)
    }

    /// When the refresh token ends, if there is one and it ever does.
    #[must_use]
    pub fn refresh_expires_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.refresh.and_then(|lifetime| earliest(now.after(lifetime), self.ends_at(now)))
    }
}

/// What a refusal does besides refusing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    None,
    /// The code is burnt.
    Spend(CodeId),
    /// The family that the code made is ended.
    EndFamily(FamilyId),
}

/// Decides an exchange. `grant` is the code's, `None` when it is not in force. The redemption comes with the grant that it
/// rests on.
///
/// # Errors
/// A refusal and what it does besides.
pub fn decide<G>(
    request: &CodeRequest,
    code: Option<&CodeFacts>,
    grant: Option<InForce<G>>,
    terms: Terms<'_>,
) -> Result<(Redemption, G), (Refusal, Effect)> {
    let Terms { client, policy, .. } = terms;
    let leave = |refusal| (refusal, Effect::None);
    let code = known(request, code, client).map_err(leave)?;
    same_redirect_uri(request, code).map_err(leave)?;
    let resource = narrowed_resource(request, code).map_err(leave)?;
    let redeemable = redeemable(request, code, terms);
    // Where nothing of the grant is in force the answer is the same in every state of the code; what follows is not.
    let Some(InForce { grant, ceiling }) = grant else {
        let effect = redeemable.err().map_or(Effect::None, |(_, effect)| effect);
        return Err((not_in_force(), effect));
    };
    redeemable?;
    let redemption = Redemption {
        code: code.id,
        grant: code.grant,
        scopes: code.scopes.intersection(&ceiling),
        resource,
        access: policy.access,
        refresh: policy.refreshes(client).then_some(policy.refresh),
        refresh_max: policy.refresh_max(client),
        ends_others: policy.one_family_per_grant,
        only_access: policy.old_access_token == OldAccessToken::Revoke,
        generation: client.generations.refresh,
    };
    Ok((redemption, grant))
}

/// Whether the code still waits for just this request. A wrong verifier is refused in the same words in every state, so that
/// whoever holds a code alone learns nothing of it but by spending it.
fn redeemable(request: &CodeRequest, code: &CodeFacts, terms: Terms<'_>) -> Result<(), (Refusal, Effect)> {
    let leave = |refusal| (refusal, Effect::None);
    let expired = terms.now >= code.expires_at;
    match (verifier(request, code, terms.client), code.state) {
        (Err(refusal), CodeState::Issued) if !expired => Err((refusal, Effect::Spend(code.id))),
        (Err(refusal), CodeState::Issued | CodeState::Redeemed(_) | CodeState::Spent) => Err(leave(refusal)),
        // Only a code that waits can expire: a late replay is a replay.
        (Ok(()), CodeState::Issued) if expired => Err(leave(self::expired())),
        (Ok(()), CodeState::Issued) => Ok(()),
        (Ok(()), CodeState::Redeemed(family)) => Err((used(Reason::CodeReplayed), Effect::EndFamily(family))),
        (Ok(()), CodeState::Spent) => Err(leave(used(Reason::CodeSpent))),
    }
}

/// RFC 6749 §4.1.3: the code was issued to this client. Another client's code looks like none at all.
fn known<'a>(
    request: &CodeRequest,
    facts: Option<&'a CodeFacts>,
    client: &Client,
) -> Result<&'a CodeFacts, Refusal> {
    facts
        .filter(|code| request.code.is_some_and(|presented| presented.hash == code.hash))
        .filter(|code| code.app == client.id)
        .ok_or_else(|| invalid_grant(Reason::CodeUnknown, "the code is not valid"))
}

fn expired() -> Refusal {
    invalid_grant(Reason::CodeExpired, "the code has expired: begin again at the authorization endpoint")
}

/// RFC 6749 §4.1.3. With PKCE it may be left out (OAuth 2.1 §4.1.3); sent, it must be the same.
fn same_redirect_uri(request: &CodeRequest, code: &CodeFacts) -> Result<(), Refusal> {
    match &request.redirect_uri {
        Some(sent) if *sent == code.redirect_uri => Ok(()),
        None if !code.redirect_uri_sent || code.challenge.is_some() => Ok(()),
        _ => Err(invalid_grant(
            Reason::RedirectUriDiffers,
            "redirect_uri is not the one of the authorization request",
        )),
    }
}

/// RFC 8707 §2.2: the exchange may name the resource again, and may not name another.
fn narrowed_resource(request: &CodeRequest, code: &CodeFacts) -> Result<Option<String>, Refusal> {
    match (&code.resource, &request.resource) {
        (Some(granted), Some(asked)) if granted != asked => {
            let description = "the resource is not the one of the authorization request";
            Err(Refusal::new(ErrorCode::InvalidTarget, Reason::ResourceDiffers, description))
        }
        (granted, asked) => Ok(granted.clone().or_else(|| asked.clone())),
    }
}

/// RFC 7636 §4.6, RFC 9700 §4.8.2. A public client has no other proof that the code is its own; one without a challenge was
/// issued while it had a secret.
fn verifier(request: &CodeRequest, code: &CodeFacts, client: &Client) -> Result<(), Refusal> {
    match (&code.challenge, &request.verifier) {
        (None, None) if client.is_public() => {
            let description =
                "the code was issued while this app had a secret: begin again at the authorization endpoint";
            Err(invalid_grant(Reason::ClientTurnedPublic, description))
        }
        (None, None) => Ok(()),
        (Some(challenge), Some(verifier)) if challenge.admits(verifier) => Ok(()),
        (Some(_), Some(verifier)) => {
            let wrong = pkce::malformed(verifier).map(Cow::Owned);
            let description = wrong.unwrap_or("code_verifier does not fit the code_challenge".into());
            Err(Refusal::new(ErrorCode::InvalidGrant, Reason::VerifierWrong, description))
        }
        (Some(_), None) => Err(invalid_grant(Reason::VerifierMissing, "code_verifier is missing")),
        (None, Some(_)) => Err(invalid_grant(
            Reason::VerifierUnexpected,
            "a code_verifier is sent, but no code_challenge was",
        )),
    }
}

fn used(reason: Reason) -> Refusal {
    invalid_grant(reason, "the code was used already: begin again at the authorization endpoint")
}

#[cfg(test)]
mod tests;
