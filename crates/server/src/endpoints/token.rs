//! `POST /oauth/token`: the phases every grant type shares, then the one that was asked for.

use std::sync::Arc;

use http::Response;
use symbolon_oauth::client::{GrantType, Level};
use symbolon_oauth::client_authentication::{PresentedClient, strip_scheme};
use symbolon_oauth::credential::{Kind, Secret};
use symbolon_oauth::dialect::read;
use symbolon_oauth::dialect::write::{self, ActingFor, Facts, Party, Person, Tokens};
use symbolon_oauth::error::{ErrorCode, Refusal};
use symbolon_oauth::grant_type::client_credentials::{self, OwnRequest};
use symbolon_oauth::id::Id;
use symbolon_oauth::parameters::Parameters;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;
use symbolon_oauth::token_request;
use symbolon_platform::app::App;
use symbolon_platform::authority::{self, GrantFacts};
use symbolon_platform::catalogue::Catalogue;
use symbolon_platform::consent::askable;
use symbolon_platform::tenant::Tenant;
use symbolon_platform::user::User;

use crate::endpoints::{exchange, refresh};
use crate::failure::Failure;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::state::{Served, State};

/// A token request whose client is proven.
pub struct Asked<'a> {
    /// The server.
    pub state: &'a State,
    /// Where it is asked.
    pub served: Served<'a>,
    /// The request.
    pub request: &'a Request,
    /// Its parameters.
    pub parameters: Parameters,
    /// The app.
    pub app: Arc<App>,
    /// What was declared.
    pub catalogue: Arc<Catalogue>,
    /// Now.
    pub now: Timestamp,
}

impl Asked<'_> {
    /// The canonical identifier of the resource that is asked for, when it is known.
    #[must_use]
    pub fn known_resource(&self) -> Option<&str> {
        let resource = self.catalogue.resource(self.parameters.get("resource")?)?;
        Some(&resource.identifier)
    }

    /// Writes a token answer as the dialect spells it.
    #[must_use]
    pub fn write(
        &self,
        tokens: Tokens<'_>,
        scopes: &ScopeSet,
        acting_for: Option<ActingFor<'_>>,
    ) -> Response<Body> {
        let facts = facts((self.state, &self.app), scopes, acting_for, self.now);
        let facts = Facts { tokens: Some(tokens), ..facts };
        let endpoint = self.served.endpoint;
        let body = write::token_answer(endpoint, &facts);
        let rules = &endpoint.rules.answer;
        reply::tokens(rules.status, write::token_answer_type(endpoint), body, &rules.headers)
    }

    /// A fresh credential of the row `id`.
    ///
    /// # Errors
    /// [`Failure::Busy`].
    pub fn mint<K>(&self, kind: Kind, id: Id<K>) -> Result<Secret, Failure> {
        self.state.mint(&self.served.mounted.dialect, kind, id)
    }
}

/// Answers a token request.
///
/// # Errors
/// What the phases and the grant type refuse.
pub async fn answer(state: &State, served: Served<'_>, request: &Request) -> Result<Response<Body>, Failure> {
    let asked = proven(state, served, request, state.now()).await?;
    by_grant_type(&asked).await.map_err(|failure| failure.of(Some(&asked.app.client.client_id)))
}

async fn by_grant_type(asked: &Asked<'_>) -> Result<Response<Body>, Failure> {
    match token_request::grant_type(&asked.parameters, &asked.app.client, &asked.served.policy.clients)? {
        GrantType::AuthorizationCode => exchange::answer(asked).await,
        GrantType::RefreshToken => refresh::answer(asked).await,
        GrantType::ClientCredentials => own_token(asked).await,
    }
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
    let presented = PresentedClient::read(basic(request)?, parameters)?;
    let app = state.store.client(&presented.client_id, now).await?;
    let client = app.as_ref().map(|app| &app.client);
    token_request::authenticate(&presented, client, &served.policy.clients, now)
        .map_err(|refusal| Failure::from(refusal).of(client.map(|client| client.client_id.as_str())))?;
    app.ok_or(Failure::Bug("proven facts are missing"))
}

/// The `Authorization` header when it may hold client credentials. A bearer there is the refresh token of a dialect.
///
/// # Errors
/// `invalid_request` when there are several.
fn basic(request: &Request) -> Result<Option<&str>, Refusal> {
    Ok(request.authorization()?.filter(|header| strip_scheme(header, "bearer").is_none()))
}

async fn own_token(asked: &Asked<'_>) -> Result<Response<Body>, Failure> {
    let Asked { state, app, now, .. } = asked;
    let request = OwnRequest::parse(&asked.parameters, asked.known_resource())?;
    let askable = askable(app, &asked.catalogue);
    let token = client_credentials::decide(&request, &app.client, &askable, asked.served.policy)?;
    let id = state.entropy.new_id(*now)?;
    let secret = asked.mint(Kind::AccessToken, id)?;
    state.store.issue_own_token((id, secret.hash()), app.client.id, &token, *now).await?;
    let tokens = Tokens {
        access: secret.expose(),
        access_expires_at: now.after(token.access),
        refresh: None,
        refresh_expires_at: None,
    };
    Ok(asked.write(tokens, &token.scopes, None))
}

/// What an answer to `app` draws on, as long as no tokens go out with it.
#[must_use]
pub fn facts<'a>(
    (state, app): (&'a State, &'a App),
    scopes: &'a ScopeSet,
    acting_for: Option<ActingFor<'a>>,
    now: Timestamp,
) -> Facts<'a> {
    Facts {
        tokens: None,
        scopes,
        now,
        acting_for,
        client_id: &app.client.client_id,
        app_name: &app.name,
        client_type: app.client.client_type.as_str(),
        redirect_uris: &app.client.redirect_uris,
        issuer: &state.issuer,
    }
}

/// For whom the tokens of a grant act, as answers show it.
#[must_use]
pub fn acting_for(facts: &GrantFacts) -> ActingFor<'_> {
    let GrantFacts { grant, tenant, user, role, .. } = facts;
    acting_at(grant.level, tenant, (user, role.as_deref()))
}

/// For whom an app acts at this level: for this tenant, or for this person who has this role there.
#[must_use]
pub fn acting_at<'a>(
    level: Level,
    tenant: &'a Tenant,
    (user, role): (&'a User, Option<&'a str>),
) -> ActingFor<'a> {
    ActingFor {
        tenant: Party { id: &tenant.external_id, own_id: *tenant.id.bytes(), name: &tenant.name },
        base_url: tenant.base_url.as_deref(),
        region: tenant.region.as_deref(),
        level: level.as_str(),
        person: authority::person_at(level, (user, role)).map(|(user, role)| Person {
            party: Party { id: &user.external_id, own_id: *user.id.bytes(), name: &user.name },
            role,
            username: user.username.as_deref(),
            email: &user.email,
        }),
    }
}
