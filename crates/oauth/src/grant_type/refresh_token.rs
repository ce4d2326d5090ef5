//! Refresh token grant, with rotation and reuse detection (RFC 6749 §6, RFC 9700 §4.14.2).
//!
//! Using a refresh token replaces it. The direct predecessor gets the *same* successor again: for a short grace whatever
//! happened, so that two parallel workers log nobody out, and after it for as long as nobody used a token of the successor
//! pair, so that a lost answer does not either. The same question gets the same access token, another question one of its
//! own. A predecessor that comes later, and anything older, is a copy in foreign hands, and ends the family. A refresh never
//! widens: scopes are those of the family, cut to what the grant allows now.
//!
//! Whether the presented token is spent is asked last. Whatever else can be wrong is refused before, alike in every state
//! of the token and with the same work, so that no refusal tells a thief which state that is.

use crate::client::Client;
use crate::credential::{Kind, Mark, Presented, SecretHash};
use crate::error::{ErrorCode, Refusal};
use crate::grant_type::{InForce, Terms, invalid_grant, not_in_force};
use crate::id::{AccessTokenId, AppId, FamilyId, GrantId};
use crate::parameters::Parameters;
use crate::policy::{OldAccessToken, Policy, Rotation};
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

    /// The same, less the scopes that `client` may not have, where the server or the app says so (RFC 6749 §3.3).
    #[must_use]
    pub fn narrowed(self, client: &Client, policy: &Policy) -> RefreshRequest {
        let scopes = self.scopes.map(|asked| policy.narrowed(client, asked, &client.scopes));
        RefreshRequest { scopes, ..self }
    }

    /// The scopes it asks of this family: all of them when it names none.
    #[must_use]
    pub fn asked<'a>(&'a self, family: &'a FamilyFacts) -> &'a ScopeSet {
        self.scopes.as_ref().unwrap_or(&family.scopes)
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
    /// The token before, while it may still be answered.
    pub predecessor: Option<Predecessor>,
    /// How often its refresh token was replaced.
    pub rotations: i64,
    /// The generation of the client's refresh tokens that it is of.
    pub generation: i64,
    /// What its refresh tokens share; `None` of one from before they did, until its next refresh.
    pub mark: Option<Mark>,
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

    /// Whether this is its live refresh token, and neither that token nor the family is over for its client.
    #[must_use]
    pub fn would_renew(&self, refresh_hash: SecretHash, client: &Client, now: Timestamp) -> bool {
        !self.ended
            && !self.is_over(now)
            && !self.is_outdated(client)
            && self.refresh_hash == Some(refresh_hash)
    }

    /// Whether its client lost since what its refresh tokens are made with.
    fn is_outdated(&self, client: &Client) -> bool {
        self.generation < client.generations.refresh
    }

    fn is_over(&self, now: Timestamp) -> bool {
        [self.refresh_expires_at, self.ends_at].into_iter().flatten().any(|end| end <= now)
    }
}

/// What is kept of a refresh token that goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minted {
    /// Its hash.
    pub hash: SecretHash,
    /// What it shares with the others of its family.
    pub mark: Mark,
}

/// The refresh token before the live one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Predecessor {
    /// Its hash.
    pub hash: SecretHash,
    /// Until when it gets the same successor again, whatever became of that.
    pub grace_until: Timestamp,
    /// Whether an access token that went out with the successor was used, so that somebody received the pair.
    pub successor_used: bool,
    /// That successor, sealed under the predecessor's own text. Empty where there is no grace, and so no second answer.
    pub sealed_successor: Vec<u8>,
}

impl Predecessor {
    /// Where there is no grace nothing was sealed; a clock that is behind must not make one of it.
    fn is_answered(&self, now: Timestamp) -> bool {
        !self.sealed_successor.is_empty() && (now < self.grace_until || !self.successor_used)
    }
}

/// What went out when the predecessor was used, as its seal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstAnswer {
    /// The scopes that were asked for.
    pub asked: ScopeSet,
    /// What the access token was issued for.
    pub scopes: ScopeSet,
    /// Whether the access token can no longer be used.
    pub access_ended: bool,
}

/// A second answer to the direct predecessor of the live refresh token: the request is allowed, and what goes out depends
/// on what went out before. That is sealed, and opened for nobody else: so a request that is refused costs the same in every
/// state of the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeat<'a> {
    /// The pair that went out, as it is kept.
    pub sealed: &'a [u8],
    asked: &'a ScopeSet,
    ceiling: ScopeSet,
    reissue: Reissue,
}

/// What a second answer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repeated {
    /// The first answer once more; its access token now allows these scopes.
    Again(ScopeSet),
    /// The refresh token of the first answer, with another access token.
    Reissue(Reissue),
}

impl Repeat<'_> {
    /// What the second answer is beside this first one.
    #[must_use]
    pub fn after(self, first: &FirstAnswer) -> Repeated {
        let same = first.asked.contains_all(self.asked) && self.asked.contains_all(&first.asked);
        if same && !first.access_ended {
            return Repeated::Again(first.scopes.intersection(&self.ceiling));
        }
        Repeated::Reissue(Reissue { reseals: same, ..self.reissue })
    }
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
    /// The refresh token that went out before.
    Repeat(Repeat<'a>),
}

/// Another access token beside the live refresh token. Holds if the presented token is still its direct predecessor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reissue {
    /// What the access token allows.
    pub scopes: ScopeSet,
    /// What it is meant for.
    pub resource: Option<String>,
    /// How long it lives.
    pub access: Lifetime,
    /// Whether it ends the access tokens before it.
    pub ends_others: bool,
    /// Whether the same question gets this one from now on: the one it got before has ended.
    pub reseals: bool,
}

/// A new access token, and by `turn` a new refresh token. Holds if the family's refresh hash is still `expected`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Succession {
    /// The hash it must still have.
    pub expected: SecretHash,
    /// What its refresh tokens share.
    pub mark: Mark,
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
    request: &'a RefreshRequest,
    family: Option<&'a FamilyFacts>,
    grant: Option<InForce<G>>,
    terms: Terms<'_>,
) -> Result<Refresh<'a, G>, (Refusal, Effect)> {
    let leave = |refusal| (refusal, Effect::None);
    let presented = request.token.ok_or_else(|| leave(unknown(Reason::RefreshTokenUnknown)))?;
    let family = known(family, terms.client).map_err(leave)?;
    let (asked, resource) = checked(request, family, terms).map_err(leave)?;
    in_use(family, terms).map_err(leave)?;
    let InForce { grant, ceiling } = grant.ok_or_else(|| leave(not_in_force()))?;
    let scopes = asked.intersection(&ceiling);
    // From here on the answer depends on the state of the presented token.
    if family.refresh_hash == Some(presented.hash) {
        let succession = succession((request, presented), family, (scopes, resource), terms);
        return Ok(Refresh { family, grant, renewal: Renewal::Renew(succession) });
    }
    let earlier = family.predecessor.as_ref().filter(|earlier| earlier.hash == presented.hash);
    if let Some(earlier) = earlier.filter(|earlier| earlier.is_answered(terms.now)) {
        let (access, ends_others) = (terms.policy.access, ends_others(family, terms));
        let reissue = Reissue { scopes, resource, access, ends_others, reseals: false };
        let repeat = Repeat { sealed: &earlier.sealed_successor, asked, ceiling, reissue };
        return Ok(Refresh { family, grant, renewal: Renewal::Repeat(repeat) });
    }
    // Anybody can make one up that names the family, so only one that was issued ends it.
    if earlier.is_none() && family.mark.is_some_and(|mark| mark != presented.mark) {
        return Err(leave(unknown(Reason::RefreshTokenUnknown)));
    }
    let refusal = invalid_grant(
        Reason::RefreshTokenReused,
        "the refresh token was used already; the connection was ended for safety",
    );
    Err((refusal, Effect::EndFamily(family.id)))
}

/// What follows the live refresh token.
fn succession(
    (request, presented): (&RefreshRequest, Presented),
    family: &FamilyFacts,
    (scopes, resource): (ScopeSet, Option<String>),
    terms: Terms<'_>,
) -> Succession {
    Succession {
        expected: presented.hash,
        mark: presented.mark,
        turn: turn(request, family, terms),
        scopes,
        resource,
        access: terms.policy.access,
        ends_others: ends_others(family, terms),
    }
}

/// A family that left one access token leaves one for ever: keeping two would bring back those that are over.
fn ends_others(family: &FamilyFacts, terms: Terms<'_>) -> bool {
    terms.policy.old_access_token == OldAccessToken::Revoke || family.only_access.is_some()
}

/// RFC 6749 §6: bound to the client it was issued to. Another client's token looks like none at all, but where a dialect
/// tells them apart. It does so in every state of the token, and so tells nobody which one it is.
fn known<'a>(facts: Option<&'a FamilyFacts>, client: &Client) -> Result<&'a FamilyFacts, Refusal> {
    let family = facts.ok_or_else(|| unknown(Reason::RefreshTokenUnknown))?;
    if family.app == client.id { Ok(family) } else { Err(unknown(Reason::RefreshTokenForeign)) }
}

/// The scopes and the resource that are asked for. They are judged before the family's state is: also one that has ended
/// refuses a wrong question as a wrong question.
fn checked<'a>(
    request: &'a RefreshRequest,
    family: &'a FamilyFacts,
    terms: Terms<'_>,
) -> Result<(&'a ScopeSet, Option<String>), Refusal> {
    let scopes = narrowed_scopes(request, family)?;
    let resource = narrowed_resource(request, family)?;
    redirect_uri(request, terms)?;
    Ok((scopes, resource))
}

/// Whether the family is one that can be extended now, by this client.
fn in_use(family: &FamilyFacts, terms: Terms<'_>) -> Result<(), Refusal> {
    if family.ended {
        return Err(invalid_grant(Reason::FamilyEnded, "the connection was ended"));
    }
    if family.is_outdated(terms.client) {
        let description = "this app has lost its secret or its right to refresh since the connection was made: begin again at \
            the authorization endpoint";
        return Err(invalid_grant(Reason::RefreshTokenOutdated, description));
    }
    if family.is_over(terms.now) {
        return Err(invalid_grant(Reason::RefreshTokenExpired, "the refresh token has expired"));
    }
    Ok(())
}

fn narrowed_scopes<'a>(
    request: &'a RefreshRequest,
    family: &'a FamilyFacts,
) -> Result<&'a ScopeSet, Refusal> {
    match request.asked(family) {
        asked if family.scopes.contains_all(asked) => Ok(asked),
        _ => {
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
                && !redirect_uri::matches(&terms.client.redirect_uris, sent, terms.client.kind()) =>
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
