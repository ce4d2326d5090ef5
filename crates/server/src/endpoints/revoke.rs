//! Revocation: `POST /oauth/revoke` (RFC 7009), and the ways in which dialects end a token.
//!
//! Either the client proves itself and names a token of its own, or holding a live access token is proof enough to end
//! it. What ends with it, what an unknown token is answered, and in which words, is the dialect's.

use std::sync::Arc;

use http::Response;
use symbolon_oauth::dialect::read;
use symbolon_oauth::dialect::rules::{Cascade, RevokeProof, UnknownToken};
use symbolon_oauth::id::{AppId, FamilyId};
use symbolon_oauth::revocation::{self, Target};
use symbolon_oauth::time::Timestamp;
use symbolon_store::audit::Actor;
use symbolon_store::tokens::AccessToken;

use crate::endpoints::{identity, principal, token};
use crate::failure::Failure;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::state::{Served, State};

/// What ends.
enum Ends {
    /// One access token.
    AccessToken(Arc<AccessToken>),
    /// A family of this app.
    Family(FamilyId, AppId),
    /// Nothing: another client's token, a dead one, or nonsense.
    Nothing,
}

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
        Ends::AccessToken(token) => state.store.revoke_access_token(token.id, None, now).await?,
        Ends::Family(family, app) => {
            let mut audit = state.audit("family.revoked", Actor::App(app), now)?;
            audit.app = Some(app);
            audit.request_id = Some(request.id.clone());
            state.store.end_family(family, "revoked", audit, now).await?;
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
    let client = token::client(state, served, request, &parameters, now).await?.client.id;
    let presented = read::token(served.endpoint, request.message(), &parameters, "token")?;
    match revocation::target(presented.as_ref().map(|found| found.text.as_str()))? {
        Target::Nothing => Ok(Ends::Nothing),
        Target::AccessToken(id, presented) => {
            let token = state.store.access_token(id, now).await?;
            let own = token.filter(|token| token.app == client && token.hash == presented.hash);
            Ok(own.map_or(Ends::Nothing, |token| of_access_token(served, token)))
        }
        Target::Family(id, presented) => {
            let family = state.store.family(id).await?.filter(|family| family.app == client && !family.ended);
            let held = family.filter(|family| family.has_issued(presented.hash));
            Ok(held.map_or(Ends::Nothing, |family| Ends::Family(family.id, client)))
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
    let Some(Ok(principal)) = principal::of(state, &token, now).await? else { return Ok(Ends::Nothing) };
    if !served.mounted.dialect.is_spoken_by(&principal.app.client) {
        return Ok(Ends::Nothing);
    }
    Ok(of_access_token(served, principal.token))
}

/// What ends with an access token: itself, or its family. One that was revoked ends nothing more.
fn of_access_token(served: Served<'_>, token: Arc<AccessToken>) -> Ends {
    let cascades = served.endpoint.rules.revoke.cascade == Cascade::Family;
    match token.hangs_from {
        _ if token.revoked || token.family_ended => Ends::Nothing,
        Some((_, family)) if cascades => Ends::Family(family, token.app),
        Some(_) | None => Ends::AccessToken(token),
    }
}
