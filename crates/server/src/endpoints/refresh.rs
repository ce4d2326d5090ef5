//! Refresh of an access token (RFC 6749 §6): a refresh token for its successor.

use http::Response;
use symbolon_oauth::credential::{Kind, Presented, Secret};
use symbolon_oauth::dialect::read;
use symbolon_oauth::dialect::write::Tokens;
use symbolon_oauth::grant_type::refresh_token::{
    self, Effect, FamilyFacts, FirstAnswer, Refresh, RefreshRequest, Reissue, Renewal, Succession, Turn,
};
use symbolon_oauth::id::{FamilyId, Id};
use symbolon_oauth::introspection::is_live;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::authority::{FamilyState, GrantFacts};
use symbolon_platform::deed::Deed;
use symbolon_store::audit::Actor;
use symbolon_store::tokens::{Reissued, Renewed};

use crate::clock::Entropy;
use crate::decide_again::{AT_A_TOKEN, decide_again};
use crate::endpoints::asked::Asked;
use crate::failure::Failure;
use crate::keys;
use crate::reply::Body;
use crate::sources::acting_for;

/// What the seal of a successor pair says it holds.
const SUCCESSOR: &[u8] = b"successor";

/// A successor pair: what went out, and what is sealed for whoever asks again.
struct Pair {
    asked: ScopeSet,
    access: String,
    access_expires_at: Option<Timestamp>,
    refresh: String,
    refresh_expires_at: Option<Timestamp>,
    scopes: ScopeSet,
}

/// Answers a refresh. When another request wins the commit, the second decision, within the grace, gives the very pair that
/// the winner got, or, to another question, its refresh token.
///
/// # Errors
/// What the grant type refuses.
pub async fn answer(asked: &Asked<'_>) -> Result<Response<Body>, Failure> {
    let endpoint = asked.served.endpoint;
    let found = read::token(endpoint, asked.request.message(), &asked.parameters, "refresh_token")?;
    let in_header = found.as_ref().is_some_and(|found| found.in_header);
    let text = found.map(|found| found.text);
    let request =
        RefreshRequest::parse((text.as_deref(), in_header), &asked.parameters, asked.known_resource())?;
    let presented = Secret::given(text.unwrap_or_default());
    decide_again(AT_A_TOKEN, || refresh(asked, &request, &presented)).await
}

async fn refresh(
    asked: &Asked<'_>,
    request: &RefreshRequest,
    presented: &Secret,
) -> Result<Response<Body>, Failure> {
    let store = &asked.state.store;
    let family = match request.token {
        Some(token) => store.family(Id::new(token.id)).await?,
        None => None,
    };
    let loaded = asked.grant(family.as_ref().map(|family| family.grant)).await?;
    let before = before(asked, family.as_ref(), request.token, presented).await?;
    let grant = family.as_ref().zip(loaded.as_deref());
    let grant = grant.and_then(|(family, grant)| asked.in_force(grant, FamilyState::of(family)));
    let first = before.as_ref().map(|(_, first)| first);
    match refresh_token::decide(request, family.as_ref(), first, grant, asked.terms()) {
        Ok(Refresh { family, grant, renewal }) => {
            let pair = match renewal {
                Renewal::Renew(succession) => renew(asked, (request, presented), family, succession).await?,
                Renewal::Again(scopes) => Pair { scopes, ..opened(before)? },
                Renewal::Reissue(further) => {
                    reissue(asked, (family, presented), opened(before)?, further).await?
                }
            };
            Ok(write(asked, &pair, grant))
        }
        Err((refusal, effect)) => {
            carry_out(asked, effect, loaded.as_deref()).await?;
            Err(refusal.into())
        }
    }
}

/// What went out when the presented token was used before: the pair, opened with that token, and what is judged of it.
async fn before(
    asked: &Asked<'_>,
    family: Option<&FamilyFacts>,
    token: Option<Presented>,
    presented: &Secret,
) -> Result<Option<(Pair, FirstAnswer)>, Failure> {
    let earlier = family.and_then(|family| family.predecessor.as_ref());
    let earlier = earlier.filter(|earlier| token.is_some_and(|token| token.hash == earlier.hash));
    let Some(earlier) = earlier.filter(|earlier| !earlier.sealed_successor.is_empty()) else {
        return Ok(None);
    };
    let pair = Pair::open(presented, &earlier.sealed_successor)?;
    let access = match Presented::parse(&pair.access) {
        Some(access) => asked.state.store.access_token(Id::new(access.id), asked.now).await?,
        None => None,
    };
    let access_ended = access.is_none_or(|access| !is_live(access.expires_at, access.revoked, asked.now));
    let first = FirstAnswer { asked: pair.asked.clone(), scopes: pair.scopes.clone(), access_ended };
    Ok(Some((pair, first)))
}

/// The pair that a decision to answer again rests on.
fn opened(before: Option<(Pair, FirstAnswer)>) -> Result<Pair, Failure> {
    before.map(|(pair, _)| pair).ok_or(Failure::Bug("a second answer without a first"))
}

/// The refresh token of a pair that went out before, with another access token.
async fn reissue(
    asked: &Asked<'_>,
    (family, presented): (&FamilyFacts, &Secret),
    before: Pair,
    further: Reissue,
) -> Result<Pair, Failure> {
    let Reissue { scopes, resource, access, ends_others, reseals } = further;
    let Asked { state, now, .. } = asked;
    let id = state.entropy.new_id(*now)?;
    let secret = asked.mint(Kind::AccessToken, id)?;
    let hash = secret.hash();
    let pair = Pair { access: secret.into_exposed(), access_expires_at: now.after(access), scopes, ..before };
    let reissued = Reissued {
        family,
        sealed: if reseals { Some(pair.seal(presented, &state.entropy)?) } else { None },
        access: (id, hash),
        scopes: &pair.scopes,
        resource: resource.as_deref(),
        access_expires_at: pair.access_expires_at,
        access_kept_until: asked.served.mounted.kept_until(pair.access_expires_at),
        ends_others,
        now: *now,
    };
    state.store.reissue_access(&reissued).await?;
    Ok(pair)
}

async fn renew(
    asked: &Asked<'_>,
    (request, presented): (&RefreshRequest, &Secret),
    family: &FamilyFacts,
    succession: Succession,
) -> Result<Pair, Failure> {
    let Succession { expected, turn, scopes, resource, access, ends_others, .. } = succession;
    let Asked { state, now, .. } = asked;
    let access_id = state.entropy.new_id(*now)?;
    let access_secret = asked.mint(Kind::AccessToken, access_id)?;
    let (successor, refresh_secret, refresh_expires_at) = successor(asked, presented, family, turn)?;
    let (access_hash, successor_hash) = (access_secret.hash(), refresh_secret.hash());
    let pair = Pair {
        asked: request.asked(family).clone(),
        access: access_secret.into_exposed(),
        access_expires_at: now.after(access),
        refresh: refresh_secret.into_exposed(),
        refresh_expires_at,
        scopes,
    };
    let renewed = Renewed {
        family,
        expected,
        turn,
        successor: (successor, successor_hash),
        sealed: sealed(asked, presented, &pair, turn)?,
        access: (access_id, access_hash),
        scopes: &pair.scopes,
        resource: resource.as_deref(),
        access_expires_at: pair.access_expires_at,
        access_kept_until: asked.served.mounted.kept_until(pair.access_expires_at),
        ends_others,
        with_secret: !asked.app.client.is_public(),
        now: *now,
    };
    state.store.renew_family(&renewed).await?;
    Ok(pair)
}

/// The refresh token that goes out, its row and its end.
fn successor(
    asked: &Asked<'_>,
    presented: &Secret,
    family: &FamilyFacts,
    turn: Turn,
) -> Result<(FamilyId, Secret, Option<Timestamp>), Failure> {
    Ok(match turn {
        Turn::Replace { expires_at, .. } => {
            (family.id, asked.mint(Kind::RefreshToken, family.id)?, expires_at)
        }
        Turn::Echo { expires_at } => (family.id, presented.clone(), expires_at),
        Turn::Fork { expires_at, .. } => {
            let fork = asked.state.entropy.new_id(asked.now)?;
            (fork, asked.mint(Kind::RefreshToken, fork)?, expires_at)
        }
    })
}

/// What is kept of a pair for whoever asks again; nothing where nobody will get an answer then.
fn sealed(asked: &Asked<'_>, presented: &Secret, pair: &Pair, turn: Turn) -> Result<Vec<u8>, Failure> {
    match turn {
        Turn::Replace { grace_until, .. } if grace_until > asked.now => {
            pair.seal(presented, &asked.state.entropy)
        }
        Turn::Replace { .. } | Turn::Echo { .. } | Turn::Fork { .. } => Ok(Vec::new()),
    }
}

fn write(asked: &Asked<'_>, pair: &Pair, grant: &GrantFacts) -> Response<Body> {
    let tokens = Tokens {
        access: &pair.access,
        access_expires_at: pair.access_expires_at,
        refresh: Some(&pair.refresh),
        refresh_expires_at: pair.refresh_expires_at,
    };
    asked.write(tokens, &pair.scopes, Some(acting_for(grant)))
}

/// What a refusal does besides refusing, done before it is answered.
async fn carry_out(asked: &Asked<'_>, effect: Effect, grant: Option<&GrantFacts>) -> Result<(), Failure> {
    if let Effect::EndFamily(family) = effect {
        let app = asked.app.client.id;
        let deed = Deed::RefreshTokenReused;
        let audit = asked.state.deed(asked.request, deed, Actor::App(app), asked.now)?;
        let audit = match grant {
            Some(facts) => audit.of_grant(&facts.grant),
            None => audit.app(app),
        };
        tracing::warn!(
            client_id = asked.app.client.client_id,
            request_id = asked.request.id,
            "a refresh token was reused"
        );
        asked.state.store.end_family(family, "refresh_token_reused", audit, asked.now).await?;
        asked.request.trail.did(deed);
    }
    Ok(())
}

impl Pair {
    fn open(presented: &Secret, sealed: &[u8]) -> Result<Pair, Failure> {
        let opened =
            keys::open_under(presented, sealed, SUCCESSOR).and_then(|bytes| String::from_utf8(bytes).ok());
        opened.as_deref().and_then(Pair::parse).ok_or(Failure::Bug("a sealed successor is not a pair"))
    }

    fn seal(&self, presented: &Secret, entropy: &Entropy) -> Result<Vec<u8>, Failure> {
        Ok(keys::seal_under(presented, self.text().as_bytes(), SUCCESSOR, entropy)?)
    }

    fn text(&self) -> String {
        let end = |at: Option<Timestamp>| at.map_or_else(String::new, |at| at.0.to_string());
        [
            self.access.as_str(),
            &end(self.access_expires_at),
            &self.refresh,
            &end(self.refresh_expires_at),
            self.scopes.as_str(),
            self.asked.as_str(),
        ]
        .join("\n")
    }

    /// An earlier version did not seal the scopes that were asked for; those that were given stand for them.
    fn parse(text: &str) -> Option<Pair> {
        let mut lines = text.split('\n');
        let end = |line: &str| line.parse().ok().map(Timestamp);
        let access = lines.next()?.to_owned();
        let access_expires_at = end(lines.next()?);
        let refresh = lines.next()?.to_owned();
        let refresh_expires_at = end(lines.next()?);
        let scopes = ScopeSet::from_stored(lines.next()?.to_owned());
        let asked =
            lines.next().map_or_else(|| scopes.clone(), |line| ScopeSet::from_stored(line.to_owned()));
        Some(Pair { asked, access, access_expires_at, refresh, refresh_expires_at, scopes })
    }
}
