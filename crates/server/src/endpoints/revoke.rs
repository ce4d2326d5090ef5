//! Revocation: `POST /oauth/revoke` (RFC 7009), and the ways in which dialects end a token.
//!
//! Either the client proves itself and names a token of its own, or holding a live access token is proof enough to end
//! it. What ends with it, what an unknown token is answered, and in which words, is the dialect's.

use http::Response;
use symbolon_oauth::dialect::read;
use symbolon_oauth::dialect::rules::{RevokeProof, UnknownToken};
use symbolon_oauth::revocation::{self, AccessFacts, Ends, Target};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::deed::Deed;
use symbolon_store::audit::Actor;
use symbolon_store::tokens::AccessToken;

use crate::endpoints::{identity, principal, token};
use crate::failure::Failure;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::served::Served;
use crate::state::State;

/// Ends a token.
///
/// # Errors
/// `invalid_client`, `invalid_request`, in some dialects `invalid_token`, or an outage: never a false success.
pub async fn answer(state: &State, served: Served<'_>, request: &Request) -> Result<Response<Body>, Failure> {
    let now = state.now();
    let rules = &served.endpoint.rules.revoke;
    let ends = match rules.client {
        RevokeProof::Required => of_client(state, served, request, now).await?,
        RevokeProof::None => of_holder(state, served, request, now).await?,
    };
    match ends {
        Ends::Nothing if rules.unknown == UnknownToken::Refuse => {
            return Err(principal::unknown_token().into());
        }
        // RFC 7009 §2.2: the same answer as ever, so that nobody learns which tokens exist.
        Ends::Nothing => {}
        Ends::AccessToken(token, app) => {
            let audit = state.deed(request, Deed::AccessTokenRevoked, Actor::App(app), now)?.app(app);
            let audit = audit.detail(format!("access token {token}"));
            state.store.revoke_access_token(token, audit, now).await?;
            request.trail.did(Deed::AccessTokenRevoked);
        }
        Ends::Family(family, app) => {
            let audit = state.deed(request, Deed::TokenFamilyRevoked, Actor::App(app), now)?.app(app);
            state.store.end_family(family, "revoked", audit, now).await?;
            request.trail.did(Deed::TokenFamilyRevoked);
        }
    }
    Ok(match rules.status {
        204 => reply::empty(204),
        status => reply::json(status, rules.body.clone().into_bytes()),
    })
}

/// What a client that proves itself ends.
async fn of_client(
    state: &State,
    served: Served<'_>,
    request: &Request,
    now: Timestamp,
) -> Result<Ends, Failure> {
    let parameters = read::back_channel(served.endpoint, request.message())?;
    let app = token::client(state, served, request, &parameters, now).await?;
    request.trail.app(&app.client.client_id);
    let client = app.client.id;
    let presented = read::token(served.endpoint, request.message(), &parameters, "token")?;
    match revocation::target(presented.as_ref().map(|found| found.text.as_str()))? {
        Target::Nothing => Ok(Ends::Nothing),
        Target::AccessToken(id, presented) => {
            let token = state.store.access_token(id, now).await?;
            let cascade = served.endpoint.rules.revoke.cascade;
            let end = |token: &AccessToken| {
                revocation::of_own_access_token(facts(token), client, presented, cascade)
            };
            Ok(token.as_deref().map_or(Ends::Nothing, end))
        }
        Target::Family(id, presented) => {
            let family = state.store.family(id).await?;
            Ok(family.map_or(Ends::Nothing, |family| revocation::of_own_family(&family, client, presented)))
        }
    }
}

/// What somebody ends who holds a live access token of this dialect.
async fn of_holder(
    state: &State,
    served: Served<'_>,
    request: &Request,
    now: Timestamp,
) -> Result<Ends, Failure> {
    let token = identity::bearer(served, request)?.ok_or_else(identity::no_credential)?;
    let Some(principal) = principal::of(state, &token, now).await?.live() else { return Ok(Ends::Nothing) };
    request.trail.app(&principal.app.client.client_id);
    if !served.policy.clients.spoken_by(&principal.app.client) {
        return Ok(Ends::Nothing);
    }
    Ok(revocation::of_access_token(facts(&principal.token), served.endpoint.rules.revoke.cascade))
}

fn facts(token: &AccessToken) -> AccessFacts {
    AccessFacts {
        id: token.id,
        hash: token.hash,
        app: token.app,
        family: token.hangs_from.map(|(_, family)| family),
        over: token.revoked || token.family_ended,
    }
}
