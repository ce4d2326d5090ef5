//! Where somebody can go from a page that says what went wrong on the way of an app's request: back to the app, and to the
//! same request begun anew.
//!
//! Nothing here trusts what came in: the app is one of ours, the way back is an address that it registered, and the request is
//! sealed again and proven again like the first time. A browser that shows what another one began is told of which app it was,
//! and gets none of the rest.

use http::Method;
use symbolon_oauth::authorize::{self, parameter};
use symbolon_oauth::dialect::{Serves, read};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::{App, AppStatus, may_hear_errors};

use crate::authorization::interaction::Interaction;
use crate::browser::Browser;
use crate::failure::{Failure, OnTheWay};
use crate::request::Request;
use crate::routes::field;
use crate::routes::link::Link;
use crate::routes::router::Route;
use crate::served::Served;
use crate::state::State;
use crate::views::destination::Destination;
use crate::views::error_page::{Again, Back, Flow, WaysOn};
use crate::views::face::WebLink;

/// The authorization endpoint at this path of the host that a request names.
#[must_use]
pub fn authorization_endpoint<'a>(state: &'a State, request: &Request, path: &str) -> Option<Served<'a>> {
    match state.router.find(state.plain_host(request.host()), path)? {
        Route::Endpoint(dialect, endpoint) => {
            let served = state.dialects[dialect].served(endpoint);
            (served.endpoint.serves == Serves::Authorize).then_some(served)
        }
        Route::Own(_) => None,
    }
}

/// The same failure with the ways on from its page, where it has any.
pub async fn with_ways_on(state: &State, request: &Request, failure: Failure) -> Failure {
    let ways = failure.ways_on();
    if ways == WaysOn::None {
        return failure;
    }
    let now = state.now();
    let Ok(browser) = Browser::of(state, request, now).await else { return failure };
    let Some(met) = Met::read(state, request, &browser, now) else { return failure };
    let language = met.interaction.language(request);
    let failure = failure.said_in(language);
    match met.flow(&browser, ways, now).await {
        Some(flow) => failure.on_the_way(OnTheWay { flow, introduction: browser.introduction(state) }),
        None => failure,
    }
}

/// A request of an app, as far as what came in says.
struct Met<'a> {
    state: &'a State,
    served: Served<'a>,
    interaction: Interaction,
    /// Whether it is this browser's, so that it may be begun anew here.
    ours: bool,
    action: Link,
}

impl<'a> Met<'a> {
    /// What a page sends back, or what an app asks.
    fn read(state: &'a State, request: &Request, browser: &Browser, now: Timestamp) -> Option<Met<'a>> {
        let sealed = match request.method() == Method::POST {
            true => request.form().get(field::INTERACTION).to_owned(),
            false => request.query().ok()?.get(field::INTERACTION.name()).unwrap_or_default().to_owned(),
        };
        let (interaction, ours) = if sealed.is_empty() {
            let served = authorization_endpoint(state, request, request.path())?;
            let parameters = read::authorization_request(served.endpoint, request.message()).ok()?;
            (Interaction::begin(state, request.path(), parameters, now).ok()?, true)
        } else {
            Interaction::found(state, browser, &sealed)?
        };
        let served = authorization_endpoint(state, request, &interaction.path)?;
        let action = interaction.link(state, request).ok()?;
        Some(Met { state, served, interaction, ours, action })
    }

    async fn flow(&self, browser: &Browser, ways: WaysOn, now: Timestamp) -> Option<Flow> {
        let Met { state, served, interaction, .. } = self;
        let client_id = interaction.parameters.get(parameter::CLIENT_ID)?;
        let app = state.store.client(client_id, now).await.ok()??;
        // One that was stopped has a page of its own; one of another dialect is unknown here.
        if app.status == AppStatus::Suspended || !served.policy.clients.spoken_by(&app.client) {
            return None;
        }
        // Nobody who is unknown here is led to an app that nobody has reviewed.
        let may_lead = may_hear_errors(&app, browser.session.is_some());
        let back = self.back(&app, ways).filter(|_| may_lead);
        let again = if self.ours && ways == WaysOn::BackAndAgain { self.again(browser, now) } else { None };
        Some(Flow { app: app.name.clone(), icon: app.listing.icon, back, again })
    }

    /// The app's home page; without one, where its answer would go, if that is a site and the request proves that it may.
    fn back(&self, app: &App, ways: WaysOn) -> Option<Back> {
        let Met { served, interaction, .. } = self;
        let home = app.listing.homepage.as_deref().filter(|home| WebLink::new(home).is_some());
        if let Some(home) = home {
            return Some(Back { to: home.to_owned(), destination: Destination::of(home) });
        }
        if ways == WaysOn::Home {
            return None;
        }
        let issuer = &served.mounted.issuer;
        let proven = authorize::address(&interaction.parameters, &app.client, served.policy, issuer).ok()?;
        let destination = Destination::of(proven.redirect_uri());
        let origin = url::Url::parse(proven.redirect_uri()).ok()?.origin();
        let is_a_site = matches!(destination, Destination::Host { .. }) && origin.is_tuple();
        is_a_site.then(|| Back { to: format!("{}/", origin.ascii_serialization()), destination })
    }

    fn again(&self, browser: &Browser, now: Timestamp) -> Option<Again> {
        let Met { state, interaction, action, .. } = self;
        let parameters = interaction.parameters.clone();
        let anew = Interaction::begin(state, &interaction.path, parameters, now).ok()?;
        let interaction = anew.seal(state, browser).ok()?;
        Some(Again { action: action.clone(), csrf: browser.visitor_csrf(state), interaction })
    }
}
