//! Token introspection, `POST /oauth/introspect` (RFC 7662): for resources with their host key, and for clients about
//! their own tokens. Anything else is `{"active":false}` and nothing more.

use std::borrow::Cow;
use std::sync::Arc;

use http::{Response, header};
use symbolon_oauth::client_authentication::{Basic, strip_scheme};
use symbolon_oauth::credential::{Kind, Presented, is_minted};
use symbolon_oauth::dialect::read;
use symbolon_oauth::error::{ErrorCode, Refusal};
use symbolon_oauth::id::{AppId, FamilyId, Id};
use symbolon_oauth::introspection::{INACTIVE, Introspection, PROFILE, may_ask};
use symbolon_oauth::parameters::Parameters;
use symbolon_oauth::reason::Reason;
use symbolon_oauth::time::Timestamp;
use symbolon_oauth::token_request;
use symbolon_platform::access_token::{ActsAs, Asker, subject};
use symbolon_platform::authority::{self, FamilyState};
use symbolon_platform::catalogue::{Catalogue, Resource};

use crate::endpoints::guesses::{self, Verdict};
use crate::endpoints::principal::{self, Principal};
use crate::endpoints::token;
use crate::failure::Failure;
use crate::limits::Tried;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::served::Served;
use crate::state::State;

/// Answers what a token is.
///
/// # Errors
/// `invalid_client`, `invalid_request`, or an outage: never a false `active:false`.
pub async fn answer(state: &State, served: Served<'_>, request: &Request) -> Result<Response<Body>, Failure> {
    let now = state.now();
    let parameters = read::back_channel(served.endpoint, request.message())?;
    let asker = asker(state, served, request, &parameters, now).await?;
    let token = parameters.required("token")?;
    let body = match asker {
        Asker::Client(client) if is_refresh_token(token) => refresh_token(state, token, client, now).await?,
        _ => access_token(state, request, (token, &asker), now).await?,
    };
    Ok(reply::json(200, body.unwrap_or_else(|| INACTIVE.to_vec())))
}

/// A host key as bearer, or as a client's secret under a name that no client has (as the password of Basic, or in the body,
/// where the name may be left out), or a client with its own proof.
/// Clients are looked for first: they are in memory, and a wrong guess at a host key is a read of the database.
async fn asker(
    state: &State,
    served: Served<'_>,
    request: &Request,
    parameters: &Parameters,
    now: Timestamp,
) -> Result<Asker, Failure> {
    let header = request.header(header::AUTHORIZATION).unwrap_or_default();
    let bearer = strip_scheme(header, "bearer").filter(|key| !key.is_empty());
    let mut keys = [bearer.map(Cow::Borrowed), None];
    if let Some(basic) = strip_scheme(header, "basic").and_then(Basic::decode) {
        let mut client = state.store.client(&basic.client_id, now).await?;
        if let (None, Some((raw, _))) = (&client, &basic.raw) {
            client = state.store.client(raw, now).await?;
        }
        if client.is_none() {
            keys = [Some(basic.secret.into()), basic.raw.map(|(_, raw)| raw.into())];
        }
    }
    // Beside a client that is known here it is the secret of that client.
    let by_body = match (parameters.get("client_secret"), parameters.get("client_id")) {
        (Some(key), None) => Some(key),
        (Some(key), Some(named)) => state.store.client(named, now).await?.is_none().then_some(key),
        (None, _) => None,
    };
    let twice = by_body.is_some() && keys[0].is_some();
    if let (Some(key), "") = (by_body, header) {
        keys[0] = Some(key.into());
    }
    let keys = keys.map(|key| key.filter(|key| !key.is_empty()));
    let keys = || keys.iter().flatten();
    if keys().next().is_none() {
        let app = token::client(state, served, request, parameters, now).await?;
        may_ask(&app.client)?;
        return Ok(Asker::Client(app.client.id));
    }
    let look_up = async {
        if twice {
            return Ok(Verdict::Wrong(two_proofs()));
        }
        for key in keys() {
            if let Some((resource, _)) = resource_of(state, key, now).await? {
                return Ok(Verdict::Right(Asker::Resource(resource)));
            }
        }
        Ok(Verdict::Wrong(no_key(served, request, parameters, bearer.is_some())))
    };
    let guess = state.limits.guess(Tried::HostKey, request.address);
    let is_minted = || keys().any(|key| is_minted(key, Kind::HostKey));
    guesses::judged((state, request), &guess, is_minted, look_up).await
}

/// A secret in the body that is no client's, beside a header.
fn two_proofs() -> Failure {
    let description =
        "the header and the body each carry credentials: whoever asks proves itself in one way alone";
    Refusal::new(ErrorCode::InvalidRequest, Reason::TwoMethods, description).into()
}

/// How a key is refused that is none. Nobody proves itself as a client beside it.
fn no_key(served: Served<'_>, request: &Request, parameters: &Parameters, bearer: bool) -> Failure {
    match token::presented(served, request, parameters) {
        Err(refusal) => refusal.into(),
        Ok(presented) if bearer && presented.secret.is_some() => {
            let description = "the bearer token is no host key that is known here; whoever asks as a client proves itself \
                in one way alone";
            Refusal::new(ErrorCode::InvalidRequest, Reason::TwoMethods, description).into()
        }
        Ok(presented) => token_request::unknown_client(&presented, &served.policy.clients).into(),
    }
}

/// The resource whose host key this is, with everything declared.
///
/// # Errors
/// [`Failure::Store`].
pub async fn resource_of(
    state: &State,
    key: &str,
    now: Timestamp,
) -> Result<Option<(Arc<Resource>, Arc<Catalogue>)>, Failure> {
    let Some(key) = state.store.host_key(key, now).await? else { return Ok(None) };
    let catalogue = state.store.catalogue(now).await?;
    let resource = catalogue.resources.iter().find(|resource| resource.id == key.resource).cloned();
    Ok(resource.map(|resource| (resource, catalogue)))
}

async fn access_token(
    state: &State,
    request: &Request,
    (token, asker): (&str, &Asker),
    now: Timestamp,
) -> Result<Option<Vec<u8>>, Failure> {
    let Some(principal) = principal::of(state, token, now).await?.live() else { return Ok(None) };
    principal.note(request);
    principal.visible_to(asker).then(|| describe(state, &principal)).transpose()
}

fn describe(state: &State, principal: &Principal) -> Result<Vec<u8>, Failure> {
    let facts = principal.grant.as_ref();
    let subject = principal.subject();
    let grant_id = facts.map(|facts| facts.grant.id.to_string());
    let person = facts.and_then(|facts| facts.person());
    let may_know_the_person = principal.catalogue.covers(&principal.scopes, PROFILE);
    let shown = Introspection {
        active: true,
        kind: principal.acts_as().as_str(),
        scope: principal.scopes.as_str(),
        client_id: &principal.app.client.client_id,
        username: person.filter(|_| may_know_the_person).and_then(|(user, _)| user.email()),
        token_type: Some("Bearer"),
        exp: principal.token.expires_at.map(Timestamp::seconds),
        iat: principal.token.created_at.seconds(),
        sub: &subject,
        aud: principal.token.resource.as_deref(),
        iss: state.issuer_of(&principal.app),
        tenant: facts.map(|facts| facts.tenant.external_id.as_str()),
        tenant_level: facts.map(|facts| facts.grant.level.as_str()),
        role: person.and_then(|(_, role)| role),
        grant_id: grant_id.as_deref(),
        base_url: facts.and_then(|facts| facts.tenant.base_url.as_deref()),
    };
    written(&shown)
}

/// A struct of texts and numbers always has a JSON form; without one, nothing is known of the token.
fn written(shown: &Introspection<'_>) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(shown).map_err(|_| Failure::Bug("an introspection has no JSON form"))
}

fn is_refresh_token(token: &str) -> bool {
    Presented::parse(token).is_some_and(|presented| presented.kind == Kind::RefreshToken)
}

/// A client may ask whether its own refresh token still works. A resource never sees one.
async fn refresh_token(
    state: &State,
    token: &str,
    client: AppId,
    now: Timestamp,
) -> Result<Option<Vec<u8>>, Failure> {
    let Some(presented) = Presented::parse(token) else { return Ok(None) };
    let id: FamilyId = Id::new(presented.id);
    let family = state.store.family(id).await?.filter(|family| family.app == client);
    let Some(family) = family else { return Ok(None) };
    let (app, grant) =
        (state.store.app(client, now).await?, state.store.grant_facts(family.grant, now).await?);
    let (Some(app), Some(facts)) = (app, grant) else { return Ok(None) };
    if !family.would_renew(presented.hash, &app.client, now) {
        return Ok(None);
    }
    let catalogue = state.store.catalogue(now).await?;
    let state_of = FamilyState::of(&family);
    let Ok(allowed) = authority::ceiling(&app, &facts, &catalogue, state_of, now) else { return Ok(None) };
    let scopes = Arc::new(family.scopes.intersection(&allowed));
    let shown = Introspection {
        active: true,
        kind: ActsAs::of(Some(&facts)).as_str(),
        scope: scopes.as_str(),
        client_id: &app.client.client_id,
        exp: family.refresh_expires_at.map(Timestamp::seconds),
        iat: family.created_at.seconds(),
        sub: &subject(&app, Some(&facts)),
        iss: state.issuer_of(&app),
        ..Introspection::default()
    };
    written(&shown).map(Some)
}
