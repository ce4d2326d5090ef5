//! Dispatch: the one file that imports handlers. Every route has its arm, so a route without a handler does not compile.

use std::pin::Pin;

use http::Response;
use http::header::{AUTHORIZATION, SET_COOKIE};
use symbolon_oauth::dialect::Serves;

use crate::assets;
use crate::authorization::asking::Arrival;
use crate::authorization::ways_on::{authorization_endpoint, with_ways_on};
use crate::browser::Browser;
use crate::clock::Stopwatch;
use crate::endpoints::authorize::{self, Step};
use crate::endpoints::{check, client, identity, introspect, metadata, revoke, token, userinfo};
use crate::failure::Failure;
use crate::files;
use crate::pages::portal::connect::{Asks, Heard, Question};
use crate::pages::sign_in::visit::{Door, Through};
use crate::pages::sign_in::{login, logout, reset, sign_up, verify};
use crate::pages::{account, consent, home, organisations, password, portal, sign_in_address};
use crate::reply::Body;
use crate::request::Request;
use crate::routes::router::Found;
use crate::routes::{self, Address};
use crate::served::Served;
use crate::state::State;
use crate::told::{self, At, Reader};
use crate::views::error_page::Trouble;

/// What is still to be answered, on the heap.
type Waiting<'a> = Pin<Box<dyn Future<Output = Result<Response<Body>, Failure>> + Send + 'a>>;

/// Answers a request at an address of ours. Pages wait on the heap: a request that waits in place makes room for the longest
/// way that any may take, and is moved with it; what APIs ask again and again has a short one.
///
/// # Errors
/// What the page or file refuses.
#[allow(clippy::too_many_lines, reason = "one arm for each address")]
pub async fn own(state: &State, found: Found, request: &Request) -> Result<Response<Body>, Failure> {
    let [first, second] = found.names(request.path());
    let page: Waiting<'_> = match found.address {
        Address::Me => return check::me(state, request).await,
        Address::Check => return check::answer(state, request).await,
        Address::Home => Box::pin(home::answer(state, request)),
        Address::Login => Box::pin(through(state, request, login::answer(state, request))),
        Address::SignUp => Box::pin(through(state, request, sign_up::answer(state, request))),
        Address::Verify => Box::pin(through(state, request, verify::answer(state, request))),
        Address::Reset => Box::pin(through(state, request, reset::answer(state, request))),
        Address::Logout => Box::pin(logout::answer(state, request)),
        Address::Account => Box::pin(account::show(state, request)),
        Address::SignInAddress => Box::pin(sign_in_address::answer(state, request)),
        Address::Password => Box::pin(password::answer(state, request)),
        Address::EndOthers => Box::pin(account::end_others(state, request)),
        Address::EndSession => Box::pin(account::end_session(state, request, first)),
        Address::Disconnect => Box::pin(account::disconnect(state, request, first)),
        Address::Developers => Box::pin(portal::list::answer(state, request)),
        Address::DeveloperDocs => Box::pin(portal::docs::answer(state, request)),
        Address::DeveloperBrand => Box::pin(portal::brand::answer(state, request)),
        Address::NewApp => Box::pin(portal::create::answer(state, request)),
        Address::DevelopedApp => Box::pin(portal::app::answer(state, request, first)),
        Address::AppIdentity => Box::pin(portal::identity::answer(state, request, first)),
        Address::AppIcon => Box::pin(portal::icon::answer(state, request, first)),
        Address::AppRedirects => Box::pin(portal::redirects::answer(state, request, first)),
        Address::AppScopes => Box::pin(portal::scopes::answer(state, request, first)),
        Address::ConsentPreview => Box::pin(portal::preview::answer(state, request, first)),
        Address::AppCredentials => Box::pin(portal::credentials::answer(state, request, first)),
        Address::EndSecret => Box::pin(portal::credentials::end(state, request, first, second)),
        Address::AppDialect => Box::pin(portal::dialect::answer(state, request, first)),
        Address::AppTeam => Box::pin(portal::team::answer(state, request, first)),
        Address::AppTesters => Box::pin(portal::testers::answer(state, request, first)),
        Address::AppManifest => Box::pin(portal::manifest::answer(state, request, first)),
        Address::AppDanger => Box::pin(portal::danger::answer(state, request, first)),
        Address::AppActivity => Box::pin(portal::activity::answer(state, request, first)),
        Address::AppConnect => Box::pin(tried(state, request, first)),
        Address::AppConnectAnswer => Box::pin(portal::connect::arrived(state, request, first)),
        Address::TransferApp => Box::pin(portal::team::offer(state, request, first)),
        Address::RevokeTransfer => Box::pin(portal::team::revoke(state, request, first)),
        Address::Organisations => Box::pin(organisations::list::answer(state, request)),
        Address::Organisation => Box::pin(organisations::members::answer(state, request, first)),
        Address::OrganisationApps => Box::pin(organisations::apps::answer(state, request, first)),
        Address::OrganisationSettings => Box::pin(organisations::settings::answer(state, request, first)),
        Address::OrganisationMember => {
            Box::pin(organisations::members::change(state, request, [first, second]))
        }
        Address::Invite => Box::pin(organisations::invite::invite(state, request, first)),
        Address::RevokeInvitation => Box::pin(organisations::invite::revoke(state, request, [first, second])),
        Address::AnswerTransfer => {
            Box::pin(organisations::apps::answer_offer(state, request, [first, second]))
        }
        Address::DeleteOrganisation => Box::pin(organisations::settings::delete(state, request, first)),
        Address::Invitation => Box::pin(organisations::invitation::answer(state, request, first)),
        Address::DeveloperRequest => Box::pin(organisations::request::answer(state, request)),
        Address::ResourceMetadata => Box::pin(metadata::protected_resource(state, request, first)),
        Address::Asset => return files::asset(state, request.path()),
        Address::Favicon => return files::asset(state, assets::FAVICON_SVG),
        Address::Icon => Box::pin(files::icon(state, first)),
    };
    page.await
}

/// Answers a request at an endpoint of a dialect.
///
/// # Errors
/// What the endpoint refuses.
pub async fn endpoint(
    state: &State,
    served: Served<'_>,
    request: &Request,
) -> Result<Response<Body>, Failure> {
    let began = Stopwatch::start();
    let answered = match served.endpoint.serves {
        // On the heap, as pages are.
        Serves::Authorize => Box::pin(authorization(state, served, request)).await,
        Serves::Token => Box::pin(token::answer(state, served, request)).await,
        Serves::Revoke => Box::pin(revoke::answer(state, served, request)).await,
        Serves::Introspect => introspect::answer(state, served, request).await,
        Serves::Userinfo => userinfo::answer(state, served, request).await,
        Serves::Identity => identity::answer(state, served, request).await,
        Serves::Client => client::answer(state, served, request).await,
        Serves::Metadata => metadata::authorization_server(state, served.mounted).await,
        Serves::ResourceMetadata => metadata::at_a_mount(state, served.mounted).await,
    };
    if answered.as_ref().is_err_and(Failure::denies_the_client) {
        // Which client exists, and how much of its secret is right, must not show in the time of the refusal.
        began.evenly().await;
    }
    answered
}

/// The endpoint says what is missing; where that is consent, its page asks for it.
async fn authorization(
    state: &State,
    served: Served<'_>,
    request: &Request,
) -> Result<Response<Body>, Failure> {
    match authorized(state, served, request).await {
        Ok(response) => Ok(response),
        Err(failure) => Err(with_ways_on(state, request, failure).await),
    }
}

async fn authorized(state: &State, served: Served<'_>, request: &Request) -> Result<Response<Body>, Failure> {
    let browser = Browser::of(state, request, state.now()).await?;
    let step = authorize::step(Arrival { state, served, request, browser: &browser }).await?;
    let mut response = stepped(step).await?;
    browser.remember(state, &mut response);
    Ok(response)
}

async fn stepped(step: Step<'_>) -> Result<Response<Body>, Failure> {
    match step {
        Step::Answered(response) => Ok(response),
        Step::Ask(asking) => asking.named(consent::ask(&asking).await),
        Step::Decide(asking, form) => asking.named(consent::decide(&asking, &form).await),
    }
}

/// Goes on after a door. A request for authorization that no redirect has room for is taken up where its person signed in.
async fn through(
    state: &State,
    request: &Request,
    door: impl Future<Output = Result<Door, Failure>>,
) -> Result<Response<Body>, Failure> {
    let answered = match door.await {
        Ok(Door::Answered(response)) => return Ok(response),
        Ok(Door::Through(through)) => taken_up(state, request, *through).await,
        Err(failure) => Err(failure),
    };
    match answered {
        Ok(response) => Ok(response),
        Err(failure) => Err(with_ways_on(state, request, failure).await),
    }
}

async fn taken_up(
    state: &State,
    request: &Request,
    Through { interaction, browser, cookies }: Through,
) -> Result<Response<Body>, Failure> {
    let served = authorization_endpoint(state, request, &interaction.path);
    let served = served.ok_or_else(|| Failure::from(Trouble::Expired))?;
    let step = authorize::resume(Arrival { state, served, request, browser: &browser }, interaction).await?;
    let mut response = stepped(step).await?;
    for cookie in cookies {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Answers a developer who tries their app. What the portal asks in the app's name is asked of the endpoints as any app asks
/// it, and answered, logged and counted alike.
async fn tried(state: &State, request: &Request, app: &str) -> Result<Response<Body>, Failure> {
    match portal::connect::answer(state, request, app).await? {
        Asks::Answered(response) => Ok(response),
        Asks::Of(trial) => {
            let heard = ask(state, &trial.question).await;
            portal::connect::heard(*trial, heard).await
        }
    }
}

async fn ask(state: &State, question: &Question) -> Heard {
    let request = &question.request;
    let by_header = request.parts.headers.contains_key(AUTHORIZATION);
    let served = question.whom.served();
    let (name, reader, answered) = match served {
        Some(served) => {
            let reader = Reader::Client(served.endpoint, by_header);
            (routes::name(served.endpoint.serves), reader, Box::pin(endpoint(state, served, request)).await)
        }
        None => (Address::Me.row().name, Reader::Resource, check::me(state, request).await),
    };
    let reason = answered.as_ref().err().and_then(Failure::reason);
    let refused = |failure| told::answer(state, reader, failure, At::of(name, request));
    let response = answered.unwrap_or_else(refused);
    told::answered(name, response.status().as_u16(), request);
    Heard { response, reason }
}
