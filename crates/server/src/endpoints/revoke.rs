//! `POST /oauth/revoke` (RFC 7009).

use http::Response;
use symbolon_oauth::dialect::{Endpoint, read};
use symbolon_oauth::id::AppId;
use symbolon_oauth::revocation::{self, Target};
use symbolon_oauth::time::Timestamp;
use symbolon_store::audit::Actor;

use crate::endpoints::token;
use crate::failure::Failure;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::state::{Mounted, State};

/// Ends a token of the client's own.
///
/// # Errors
/// `invalid_client`, `invalid_request`, or an outage: never a false success.
pub async fn answer(
    state: &State,
    mounted: &Mounted,
    endpoint: &Endpoint,
    request: &Request,
) -> Result<Response<Body>, Failure> {
    let now = state.now();
    let parameters = read::back_channel(&mounted.dialect, endpoint, request.message())?;
    let app = token::client(state, mounted, request, &parameters, now).await?;
    let presented = read::token(endpoint, request.message(), &parameters, "token")?;
    end(state, revocation::target(presented.as_deref())?, app.client.id, now).await?;
    // RFC 7009 asks for a status only; clients that read every answer as JSON get an empty object.
    Ok(reply::json(200, b"{}".to_vec()))
}

/// Another client's token, a dead one or nonsense: nothing happens, and the answer is the same (RFC 7009 §2.2).
async fn end(state: &State, target: Target, client: AppId, now: Timestamp) -> Result<(), Failure> {
    match target {
        Target::Nothing => Ok(()),
        Target::AccessToken(id, presented) => {
            let token = state.store.access_token(id, now).await?;
            let own = token.filter(|token| token.app == client && token.hash == presented.hash);
            match own {
                Some(token) if !token.revoked => Ok(state.store.revoke_access_token(id, now).await?),
                _ => Ok(()),
            }
        }
        Target::Family(id, presented) => {
            let family = state.store.family(id).await?.filter(|family| family.app == client && !family.ended);
            let held = family.filter(|family| {
                let predecessor = family.predecessor.as_ref().map(|earlier| earlier.hash);
                [family.refresh_hash, predecessor].contains(&Some(presented.hash))
            });
            if held.is_some() {
                let mut audit = state.audit("family.revoked", Actor::App(client), now)?;
                audit.app = Some(client);
                state.store.end_family(id, "revoked", audit, now).await?;
            }
            Ok(())
        }
    }
}
