//! Refresh of an access token (RFC 6749 §6): a refresh token for its successor.

use std::sync::Arc;

use http::Response;
use symbolon_oauth::credential::{Kind, Presented, Secret};
use symbolon_oauth::dialect::read;
use symbolon_oauth::dialect::write::Tokens;
use symbolon_oauth::grant_type::InForce;
use symbolon_oauth::grant_type::refresh_token::{
    self, Effect, FamilyFacts, Refresh, RefreshRequest, Renewal, Succession, Turn,
};
use symbolon_oauth::id::{FamilyId, Id};
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::authority::{FamilyState, GrantFacts};
use symbolon_platform::deed::Deed;
use symbolon_store::audit::Actor;
use symbolon_store::tokens::Renewed;

use crate::decide_again::{AT_A_TOKEN, decide_again};
use crate::endpoints::asked::Asked;
use crate::failure::Failure;
use crate::keys;
use crate::reply::Body;
use crate::sources::acting_for;

/// What the seal of a successor pair says it holds.
const SUCCESSOR: &[u8] = b"successor";

/// A successor pair: what went out, and what is sealed for the grace.
struct Pair {
    access: String,
    access_expires_at: Option<Timestamp>,
    refresh: String,
    refresh_expires_at: Option<Timestamp>,
    scopes: ScopeSet,
}

/// Answers a refresh. When another request wins the commit, the second decision, within the grace, gives the very pair that
/// the winner got.
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
    let (family, loaded) = load(asked, request.token).await?;
    let grant = in_force(asked, family.as_ref(), loaded.as_deref());
    match refresh_token::decide(request, family.as_ref(), grant, asked.terms()) {
        Ok(Refresh { family, grant, renewal }) => {
            let pair = match renewal {
                Renewal::Again(sealed) => again(presented, sealed)?,
                Renewal::Renew(succession) => renew(asked, presented, family, succession).await?,
            };
            Ok(write(asked, &pair, grant))
        }
        Err((refusal, effect)) => {
            carry_out(asked, effect, loaded.as_deref()).await?;
            Err(refusal.into())
        }
    }
}

/// What a refresh rests on.
async fn load(
    asked: &Asked<'_>,
    token: Option<Presented>,
) -> Result<(Option<FamilyFacts>, Option<Arc<GrantFacts>>), Failure> {
    let Some(presented) = token else { return Ok((None, None)) };
    let family = asked.state.store.family(Id::new(presented.id)).await?;
    let grant = match &family {
        Some(family) => asked.state.store.grant_facts(family.grant, asked.now).await?,
        None => None,
    };
    Ok((family, grant))
}

fn in_force<'g>(
    asked: &Asked<'_>,
    family: Option<&FamilyFacts>,
    grant: Option<&'g GrantFacts>,
) -> Option<InForce<&'g GrantFacts>> {
    asked.in_force(grant?, FamilyState::of(family?))
}

/// The pair that went out before, opened with the token that was presented again.
fn again(presented: &Secret, sealed: &[u8]) -> Result<Pair, Failure> {
    let opened =
        keys::open_under(presented, sealed, SUCCESSOR).and_then(|bytes| String::from_utf8(bytes).ok());
    opened.as_deref().and_then(Pair::parse).ok_or(Failure::Bug("a sealed successor is not a pair"))
}

async fn renew(
    asked: &Asked<'_>,
    presented: &Secret,
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

/// What is kept of a pair for the grace; nothing where nobody will get the same answer again.
fn sealed(asked: &Asked<'_>, presented: &Secret, pair: &Pair, turn: Turn) -> Result<Vec<u8>, Failure> {
    match turn {
        Turn::Replace { grace_until, .. } if grace_until > asked.now => {
            Ok(keys::seal_under(presented, pair.text().as_bytes(), SUCCESSOR, &asked.state.entropy)?)
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
    }
    Ok(())
}

impl Pair {
    fn text(&self) -> String {
        let end = |at: Option<Timestamp>| at.map_or_else(String::new, |at| at.0.to_string());
        [
            self.access.as_str(),
            &end(self.access_expires_at),
            &self.refresh,
            &end(self.refresh_expires_at),
            self.scopes.as_str(),
        ]
        .join("\n")
    }

    fn parse(text: &str) -> Option<Pair> {
        let mut lines = text.split('\n');
        let end = |line: &str| line.parse().ok().map(Timestamp);
        Some(Pair {
            access: lines.next()?.to_owned(),
            access_expires_at: end(lines.next()?),
            refresh: lines.next()?.to_owned(),
            refresh_expires_at: end(lines.next()?),
            scopes: ScopeSet::from_stored(lines.next()?.to_owned()),
        })
    }
}
