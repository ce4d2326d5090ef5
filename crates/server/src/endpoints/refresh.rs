//! Refresh of an access token (RFC 6749 §6): a refresh token for its successor.

use http::Response;
use symbolon_oauth::credential::{Kind, Mark, Presented, Secret, SecretHash};
use symbolon_oauth::dialect::read;
use symbolon_oauth::dialect::write::Tokens;
use symbolon_oauth::grant_type::refresh_token::{
    self, Effect, FamilyFacts, FirstAnswer, Minted, Refresh, RefreshRequest, Reissue, Renewal, Repeat,
    Repeated, Succession, Turn,
};
use symbolon_oauth::id::{AccessTokenId, FamilyId, Id};
use symbolon_oauth::introspection::is_live;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::authority::{FamilyState, GrantFacts};
use symbolon_platform::deed::Deed;
use symbolon_store::audit::Actor;
use symbolon_store::tokens::{Issued, Reissued, Renewed};

use crate::clock::Entropy;
use crate::decide_again::{Patience, decide_again};
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
        RefreshRequest::parse((text.as_deref(), in_header), &asked.parameters, asked.known_resource())?
            .narrowed(&asked.app.client, asked.served.policy);
    let presented = Secret::given(text.unwrap_or_default());
    decide_again(Patience::Seconds, || refresh(asked, &request, &presented)).await
}

async fn refresh(
    asked: &Asked<'_>,
    request: &RefreshRequest,
    presented: &Secret,
) -> Result<Response<Body>, Failure> {
    let family = match request.token {
        Some(token) => asked.state.store.family(Id::new(token.id)).await?,
        None => None,
    };
    let loaded = asked.grant(family.as_ref().map(|family| family.grant)).await?;
    let grant = family.as_ref().zip(loaded.as_deref());
    let grant = grant.and_then(|(family, grant)| asked.in_force(grant, FamilyState::of(family)));
    match refresh_token::decide(request, family.as_ref(), grant, asked.terms()) {
        Ok(Refresh { family, grant, renewal }) => {
            let pair = match renewal {
                Renewal::Renew(succession) => renew(asked, (request, presented), family, succession).await?,
                Renewal::Repeat(repeat) => answer_again(asked, (family, presented), repeat).await?,
            };
            Ok(write(asked, &pair, grant))
        }
        Err((refusal, effect)) => {
            carry_out(asked, effect, loaded.as_deref()).await?;
            Err(refusal.into())
        }
    }
}

/// The second answer. What went out before is opened here, with the presented token, and nowhere else.
async fn answer_again(
    asked: &Asked<'_>,
    (family, presented): (&FamilyFacts, &Secret),
    repeat: Repeat<'_>,
) -> Result<Pair, Failure> {
    let pair = Pair::open(presented, repeat.sealed)?;
    let access = match Presented::parse(&pair.access) {
        Some(access) => asked.state.store.access_token(Id::new(access.id), asked.now).await?,
        None => None,
    };
    let access_ended = access.is_none_or(|access| !is_live(access.expires_at, access.revoked, asked.now));
    let first = FirstAnswer { asked: pair.asked.clone(), scopes: pair.scopes.clone(), access_ended };
    match repeat.after(&first) {
        Repeated::Again(scopes) => Ok(Pair { scopes, ..pair }),
        Repeated::Reissue(further) => reissue(asked, (family, presented), pair, further).await,
    }
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
    let sealed = if reseals { Some(pair.seal(presented, &state.entropy)?) } else { None };
    let issued = issued(asked, family, ((id, hash), resource.as_deref(), ends_others), &pair);
    state.store.reissue_access(&Reissued { issued, sealed }).await?;
    Ok(pair)
}

async fn renew(
    asked: &Asked<'_>,
    (request, presented): (&RefreshRequest, &Secret),
    family: &FamilyFacts,
    succession: Succession,
) -> Result<Pair, Failure> {
    let Succession { expected, mark, turn, scopes, resource, access, ends_others } = succession;
    let Asked { state, now, .. } = asked;
    let id = state.entropy.new_id(*now)?;
    let secret = asked.mint(Kind::AccessToken, id)?;
    let hash = secret.hash();
    let successor = successor(asked, (presented, expected, mark), family, turn)?;
    let pair = Pair {
        asked: request.asked(family).clone(),
        access: secret.into_exposed(),
        access_expires_at: now.after(access),
        refresh: successor.secret.into_exposed(),
        refresh_expires_at: successor.expires_at,
        scopes,
    };
    let renewed = Renewed {
        issued: issued(asked, family, ((id, hash), resource.as_deref(), ends_others), &pair),
        expected,
        turn,
        successor: (successor.id, successor.minted),
        sealed: sealed(asked, presented, &pair, turn)?,
    };
    state.store.renew_family(&renewed).await?;
    Ok(pair)
}

/// What is kept of the access token of a pair.
fn issued<'a>(
    asked: &Asked<'_>,
    family: &'a FamilyFacts,
    (access, resource, ends_others): ((AccessTokenId, SecretHash), Option<&'a str>, bool),
    pair: &'a Pair,
) -> Issued<'a> {
    Issued {
        family,
        access,
        scopes: &pair.scopes,
        resource,
        expires_at: pair.access_expires_at,
        kept_until: asked.served.mounted.kept_until(pair.access_expires_at),
        ends_others,
        now: asked.now,
    }
}

/// The refresh token that goes out, its row and its end.
struct Successor {
    id: FamilyId,
    secret: Secret,
    minted: Minted,
    expires_at: Option<Timestamp>,
}

fn successor(
    asked: &Asked<'_>,
    (presented, hash, mark): (&Secret, SecretHash, Mark),
    family: &FamilyFacts,
    turn: Turn,
) -> Result<Successor, Failure> {
    Ok(match turn {
        Turn::Replace { expires_at, .. } => {
            let (secret, minted) = asked.mint_refresh(family.id, Some(mark))?;
            Successor { id: family.id, secret, minted, expires_at }
        }
        Turn::Echo { expires_at } => {
            let minted = Minted { hash, mark };
            Successor { id: family.id, secret: presented.clone(), minted, expires_at }
        }
        Turn::Fork { expires_at, .. } => {
            let id = asked.state.entropy.new_id(asked.now)?;
            let (secret, minted) = asked.mint_refresh(id, None)?;
            Successor { id, secret, minted, expires_at }
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
