//! Token endpoint (RFC 6749 §3.2): the phases that every grant type shares, then the one that was asked for.

use std::sync::Arc;

use http::Response;
use symbolon_oauth::client::GrantType;
use symbolon_oauth::client_authentication::{
    PresentedClient, sends_a_minted_secret, sent_secrets, strip_scheme,
};
use symbolon_oauth::credential::Secret;
use symbolon_oauth::dialect::read;
use symbolon_oauth::error::{ErrorCode, Refusal};
use symbolon_oauth::parameters::Parameters;
use symbolon_oauth::time::Timestamp;
use symbolon_oauth::token_request;
use symbolon_platform::app::App;
use symbolon_platform::authority;
use symbolon_platform::deed::Deed;
use symbolon_store::change::ClientSecretChange;
use symbolon_store::client_secrets::StoredSecret;
use symbolon_store::{Actor, StoreError};

use crate::activity;
use crate::endpoints::asked::Asked;
use crate::endpoints::guesses::{self, Verdict};
use crate::endpoints::{client_credentials, exchange, refresh};
use crate::failure::Failure;
use crate::limits::{Guess, Tried};
use crate::reply::Body;
use crate::request::Request;
use crate::served::Served;
use crate::state::State;

/// Answers a token request.
///
/// # Errors
/// What the phases and the grant type refuse.
pub async fn answer(state: &State, served: Served<'_>, request: &Request) -> Result<Response<Body>, Failure> {
    let asked = proven(state, served, request, state.now()).await?;
    let client = &asked.app.client;
    request.trail.app(&client.client_id);
    match by_grant_type(&asked).await {
        Ok(response) => {
            // One that keeps no secret proves itself by what it was given.
            if client.is_public() {
                state
                    .limits
                    .guess(Tried::RefreshToken(&client.client_id), request.address)
                    .was_right(asked.now);
            }
            Ok(response)
        }
        Err(failure) => {
            Err(guesses::of_a_grant(state, request, &client.client_id, failure).of(Some(&client.client_id)))
        }
    }
}

async fn by_grant_type(asked: &Asked<'_>) -> Result<Response<Body>, Failure> {
    let grant_type =
        token_request::grant_type(&asked.parameters, &asked.app.client, &asked.served.policy.clients)?;
    let response = match grant_type {
        GrantType::AuthorizationCode => exchange::answer(asked).await,
        GrantType::RefreshToken => refresh::answer(asked).await,
        GrantType::ClientCredentials => client_credentials::answer(asked).await,
    }?;
    asked.request.trail.issued(grant_type);
    let made = activity::of_grant_type(grant_type);
    asked.state.activity.made(&asked.app.client.client_id, made, asked.now);
    Ok(response)
}

/// Reads a request and proves its client.
async fn proven<'a>(
    state: &'a State,
    served: Served<'a>,
    request: &'a Request,
    now: Timestamp,
) -> Result<Asked<'a>, Failure> {
    let parameters = read::back_channel(served.endpoint, request.message())?;
    let app = client(state, served, request, &parameters, now).await?;
    authority::usable(&app).map_err(|denied| {
        let description = "this app is suspended; its owner knows why";
        let refusal = Refusal::new(ErrorCode::UnauthorizedClient, denied.reason(), description);
        Failure::from(refusal).of(Some(&app.client.client_id))
    })?;
    let catalogue = state.store.catalogue(now).await?;
    Ok(Asked { state, served, request, parameters, app, catalogue, now })
}

/// The app whose client a request to the back channel names and proves.
///
/// # Errors
/// `invalid_client`, `invalid_request`, or an outage.
pub async fn client(
    state: &State,
    served: Served<'_>,
    request: &Request,
    parameters: &Parameters,
    now: Timestamp,
) -> Result<Arc<App>, Failure> {
    let presented = presented(served, request, parameters)?;
    if presented.secret.is_none() {
        return authenticated((state, request), served, &presented, now).await;
    }
    // Counted by the name that was sent, whether or not there is such an app: else the count would tell.
    let guess = state.limits.guess(Tried::Secret(&presented.client_id), request.address);
    let look_up = async {
        match authenticated((state, request), served, &presented, now).await {
            Ok(app) => Ok(Verdict::Right(app)),
            Err(failure) if failure.denies_the_client() => {
                let sent = sent_secrets(basic(request)?, parameters);
                let adopted = adopted((state, &guess), (served, request), (&presented, &sent), now);
                match Box::pin(adopted).await? {
                    Some(app) => Ok(Verdict::Right(app)),
                    None => Ok(Verdict::Wrong(failure)),
                }
            }
            Err(failure) => Err(failure),
        }
    };
    let is_minted = || basic(request).is_ok_and(|header| sends_a_minted_secret(header, parameters));
    guesses::judged((state, request), &guess, is_minted, look_up).await
}

async fn authenticated(
    (state, request): (&State, &Request),
    served: Served<'_>,
    presented: &PresentedClient,
    now: Timestamp,
) -> Result<Arc<App>, Failure> {
    let policy = &served.policy.clients;
    let mut found = match &request.tried {
        Some(tried) => Some(tried.clone()).filter(|own| own.client.client_id == presented.client_id),
        None => state.store.client(&presented.client_id, now).await?,
    };
    if let (None, Some(raw)) = (&found, presented.raw_client_id()) {
        found = state.store.client(raw, now).await?;
    }
    let Some(app) = found else {
        return Err(token_request::unknown_client(presented, policy).into());
    };
    let proved = token_request::authenticate(presented, &app.client, policy, now)
        .map_err(|refusal| Failure::from(refusal).of(Some(&app.client.client_id)))?;
    if let Some(secret) = proved {
        state.usage.proved(secret, now);
    }
    Ok(app)
}

/// The app whose secret is known by another server's hash only, if that is the one that was sent: it is kept by our own hash
/// from then on, so this is the only time that it costs more than a comparison. Over the budget none is compared, whatever its
/// form: what was chosen has to wait there, and keeping the right one would tell a guesser that it was among theirs.
async fn adopted(
    (state, guess): (&State, &Guess<'_>),
    (served, request): (Served<'_>, &Request),
    (presented, sent): (&PresentedClient, &[(String, Secret)]),
    now: Timestamp,
) -> Result<Option<Arc<App>>, Failure> {
    for (client_id, secret) in sent {
        let Some(app) = state.store.client(client_id, now).await? else { continue };
        let may = token_request::may_authenticate(presented, &app.client, &served.policy.clients);
        for own in app.client.secrets.iter().filter(|own| may && own.is_live(now)) {
            let Some(foreign) = &own.foreign else { continue };
            let turn = state.passwords.turn().await?;
            // While this waited for its turn others may have used the budget up.
            if guess.wait(state.now()) > 0 {
                return Ok(None);
            }
            if !state.passwords.admits_in(turn, secret.expose(), foreign).await? {
                continue;
            }
            let row = StoredSecret::of_row(secret, &[client_id, &app.name], own.id, now);
            let audit = state.deed(request, Deed::ClientSecretAdopted, Actor::App(app.client.id), now)?;
            let change = ClientSecretChange::Adopt { app: app.client.id, foreign: foreign.clone(), own: row };
            return match state.store.change(&[change.into()], &[audit.app(app.client.id)]).await {
                Ok(()) => Ok(Some(app)),
                // Adopted, rotated or ended meanwhile: what holds now decides.
                Err(StoreError::Conflict) => authenticated((state, request), served, presented, now)
                    .await
                    .map(Some)
                    .or_else(|failure| if failure.denies_the_client() { Ok(None) } else { Err(failure) }),
                Err(error) => Err(error.into()),
            };
        }
    }
    Ok(None)
}

/// What a request to the back channel says of its client.
///
/// # Errors
/// `invalid_client` or `invalid_request`.
pub fn presented(
    served: Served<'_>,
    request: &Request,
    parameters: &Parameters,
) -> Result<PresentedClient, Refusal> {
    PresentedClient::read(basic(request)?, parameters, served.policy.clients.same_proof_twice)
}

/// The `Authorization` header when it may hold client credentials. A bearer there is the refresh token of a dialect.
///
/// # Errors
/// `invalid_request` when there are several.
fn basic(request: &Request) -> Result<Option<&str>, Refusal> {
    Ok(request.authorization()?.filter(|header| strip_scheme(header, "bearer").is_none()))
}
