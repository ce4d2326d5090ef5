//! `POST /oauth/token`: the phases every grant type shares, then the one that was asked for.

use std::sync::Arc;
use symbolon_oauth::reason::Reason;

use http::{Response, header};
use symbolon_oauth::client::GrantType;
use symbolon_oauth::client_authentication::{PresentedClient, strip_scheme};
use symbolon_oauth::credential::Kind;
use symbolon_oauth::dialect::write::{ActingFor, TokenAnswer, token_answer};
use symbolon_oauth::dialect::{Endpoint, read};
use symbolon_oauth::error::{ErrorCode, Refusal};
use symbolon_oauth::grant_type::client_credentials::{self, OwnRequest};
use symbolon_oauth::parameters::Parameters;
use symbolon_oauth::time::Timestamp;
use symbolon_oauth::token_request;
use symbolon_platform::app::App;
use symbolon_platform::authority::{self, GrantFacts};
use symbolon_platform::catalogue::Catalogue;
use symbolon_platform::consent::askable;

use crate::endpoints::{exchange, refresh};
use crate::failure::Failure;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::state::{Mounted, State};

/// A token request whose client is proven.
pub struct Asked<'a> {
    /// The server.
    pub state: &'a State,
    /// The dialect it is asked in.
    pub mounted: &'a Mounted,
    /// The endpoint it is asked at.
    pub endpoint: &'a Endpoint,
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
    pub fn write(&self, answer: &TokenAnswer<'_>) -> Response<Body> {
        reply::json(200, token_answer(&self.mounted.dialect, answer))
    }
}

/// Answers a token request.
///
/// # Errors
/// What the phases and the grant type refuse.
pub async fn answer(
    state: &State,
    mounted: &Mounted,
    endpoint: &Endpoint,
    request: &Request,
) -> Result<Response<Body>, Failure> {
    let now = state.now();
    let asked = proven(state, mounted, endpoint, request, now).await?;
    match token_request::grant_type(&asked.parameters, &asked.app.client)? {
        GrantType::AuthorizationCode => exchange::answer(&asked).await,
        GrantType::RefreshToken => refresh::answer(&asked).await,
        GrantType::ClientCredentials => own_token(&asked).await,
    }
}

/// Reads a request and proves its client.
async fn proven<'a>(
    state: &'a State,
    mounted: &'a Mounted,
    endpoint: &'a Endpoint,
    request: &'a Request,
    now: Timestamp,
) -> Result<Asked<'a>, Failure> {
    let parameters = read::back_channel(&mounted.dialect, endpoint, request.message())?;
    let app = client(state, mounted, request, &parameters, now).await?;
    authority::usable(&app).map_err(|denied| {
        let description = "this app is suspended; its owner knows why";
        Refusal::new(ErrorCode::UnauthorizedClient, denied.reason(), description)
    })?;
    let catalogue = state.store.catalogue(now).await?;
    Ok(Asked { state, mounted, endpoint, request, parameters, app, catalogue, now })
}

/// The app whose client a request to the back channel names and proves.
///
/// # Errors
/// `invalid_client`, `invalid_request`, or an outage.
pub async fn client(
    state: &State,
    mounted: &Mounted,
    request: &Request,
    parameters: &Parameters,
    now: Timestamp,
) -> Result<Arc<App>, Failure> {
    let presented = PresentedClient::read(basic(request)?, parameters)?;
    let app = state.store.client(&presented.client_id, now).await?;
    token_request::authenticate(&presented, app.as_ref().map(|app| &app.client), &mounted.dialect, now)?;
    app.ok_or(Failure::Bug("proven facts are missing"))
}

/// The `Authorization` header when it may hold client credentials. A bearer there is the refresh token of a dialect.
///
/// # Errors
/// `invalid_request` when there are several.
fn basic(request: &Request) -> Result<Option<&str>, Refusal> {
    if request.parts.headers.get_all(header::AUTHORIZATION).iter().count() > 1 {
        let description = "there is more than one Authorization header";
        return Err(Refusal::new(ErrorCode::InvalidRequest, Reason::TwoHeaders, description));
    }
    Ok(request.header(header::AUTHORIZATION).filter(|header| strip_scheme(header, "bearer").is_none()))
}

async fn own_token(asked: &Asked<'_>) -> Result<Response<Body>, Failure> {
    let Asked { state, app, now, .. } = asked;
    let request = OwnRequest::parse(&asked.parameters, asked.known_resource())?;
    let askable = askable(app, &asked.catalogue);
    let token = client_credentials::decide(&request, &app.client, &askable, &asked.mounted.policy)?;
    let id = state.entropy.new_id(*now)?;
    let secret = state.mint(Kind::AccessToken, id)?;
    state.store.issue_own_token((id, secret.hash()), app.client.id, &token, *now).await?;
    Ok(asked.write(&TokenAnswer {
        access_token: secret.expose(),
        access_expires_at: now.after(token.access),
        refresh_token: None,
        refresh_expires_at: None,
        scopes: &token.scopes,
        issued_at: *now,
        acting_for: None,
    }))
}

/// For whom the tokens of a grant act, as answers show it.
#[must_use]
pub fn acting_for(facts: &GrantFacts) -> ActingFor<'_> {
    use symbolon_oauth::client::Level;
    let person = facts.grant.level == Level::User;
    ActingFor {
        base_url: facts.tenant.base_url.as_deref(),
        tenant_id: &facts.tenant.external_id,
        tenant_name: &facts.tenant.name,
        level: facts.grant.level.as_str(),
        role: facts.role.as_deref().filter(|_| person),
        user_id: person.then_some(facts.user.external_id.as_str()),
    }
}
