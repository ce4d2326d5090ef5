//! What signing in and signing up share: the browser, the form it sent or the page it wants, where its person was going,
//! and how both end.
//!
//! Signing in always begins a new browser session under a new cookie.

use std::sync::Arc;

use http::header::SET_COOKIE;
use http::{HeaderValue, Method, Response};
use symbolon_oauth::authorize::parameter;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::App;
use symbolon_platform::user::User;

use crate::authorization::interaction::Interaction;
use crate::browser::{self, Browser};
use crate::doors::proofs::Asker;
use crate::doors::sessions::{self, Begun, Moments};
use crate::doors::throttle;
use crate::failure::Failure;
use crate::language::Language;
use crate::reply::{self, Body};
use crate::request::{PostedForm, Request};
use crate::routes::link::Link;
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::face::AppFace;
use crate::views::site::Site;

/// Somebody at a door.
pub struct Visit<'a> {
    /// The server.
    pub state: &'a State,
    /// The HTTP request.
    pub request: &'a Request,
    /// The browser it came from.
    pub browser: Browser,
    /// Where its person was going.
    pub journey: Journey,
    /// What was posted, proven to be a form of ours; `None` when a page is asked for.
    pub form: Option<PostedForm>,
    /// Now.
    pub now: Timestamp,
}

impl<'a> Visit<'a> {
    /// Who is here.
    ///
    /// # Errors
    /// A page: the form is not ours, or what it carries is too old or foreign.
    pub async fn of(state: &'a State, request: &'a Request) -> Result<Visit<'a>, Failure> {
        let now = state.now();
        let browser = Browser::of(state, request, now).await?;
        let form = (request.method() == Method::POST).then(|| request.form());
        let journey = match &form {
            Some(form) => {
                browser.prove_visitor_form(state, request, form)?;
                Journey::of(state, &browser, form.get(field::INTERACTION), now).await?
            }
            None => {
                let query = request.query()?;
                Journey::of(state, &browser, query.get(field::INTERACTION.name()).unwrap_or_default(), now)
                    .await?
            }
        };
        // A sealed request has no room in an address: what leads here with one is a form, which may want the page alone.
        let form = form.filter(|form| form.get(field::SHOW).is_empty());
        Ok(Visit { state, request, browser, journey, form, now })
    }

    /// The language of the pages of this door.
    #[must_use]
    pub fn language(&self) -> Language {
        let asked = self.journey.interaction.as_ref();
        asked.map_or_else(|| self.request.language(), |asked| asked.language(self.request))
    }

    /// What every page of this door shows.
    #[must_use]
    pub fn site(&self) -> &'a Site {
        self.state.site(self.language())
    }

    /// Who asks for a link, or opened one.
    #[must_use]
    pub fn asker(&self) -> Asker<'_> {
        let (state, request, browser, now) = (self.state, self.request, &self.browser, self.now);
        Asker { state, request, browser, language: self.language(), now }
    }

    /// Begins a browser session for `user` and goes on. `valid_from` is the one of the account that was proven. The session
    /// counts as begun after it, and the sign-in as later than the request that asked for it: also where another node wrote
    /// those moments, whose clock is ahead.
    ///
    /// # Errors
    /// [`Failure::Store`] or [`Failure::Busy`].
    pub async fn begin(&self, user: &User, valid_from: Timestamp) -> Result<Door, Failure> {
        let Visit { state, request, browser, now, .. } = self;
        let asked = self.journey.interaction.as_ref().map(Interaction::not_before);
        let auth_time = asked.map_or(*now, |asked| asked.max(*now));
        let earlier = browser.session.as_ref().map(|session| session.id);
        let moments = Moments { auth_time, valid_from, now: *now };
        let Begun { id, cookie } = sessions::begin(state, request, (user, earlier), moments).await?;
        let onward = self.journey.onward(state, request)?;
        let fits = reply::fits_a_redirect(&onward);
        let mut response = if fits { reply::see_other(onward) } else { reply::empty(200) };
        browser::set_session(state, &mut response, &cookie);
        throttle::know(state, request, &mut response, user.id).await?;
        let Some(interaction) = self.journey.interaction.clone().filter(|_| !fits) else {
            return Ok(Door::Answered(response));
        };
        let session = state.store.browser_session(id, *now).await?;
        let browser = browser.signed_in(session);
        let cookies = response.headers().get_all(SET_COOKIE).iter().cloned().collect();
        Ok(Door::Through(Box::new(Through { interaction, browser, cookies })))
    }

    /// Leaves with this answer, or says in the language of the door what went wrong.
    ///
    /// # Errors
    /// The same.
    pub fn leave(&self, answered: Result<Door, Failure>) -> Result<Door, Failure> {
        let mut door = answered.map_err(|failure| failure.said_in(self.language()))?;
        if let Door::Answered(response) = &mut door {
            self.browser.remember(self.state, response);
        }
        Ok(door)
    }
}

/// How a visit of a door ends.
pub enum Door {
    /// With an answer.
    Answered(Response<Body>),
    /// Signed in, on the way to what no redirect has room for: it is answered in the same breath.
    Through(Box<Through>),
}

/// Somebody who has just signed in.
pub struct Through {
    /// Where they were going.
    pub interaction: Interaction,
    /// The browser, as it is from now on.
    pub browser: Browser,
    /// What it is to remember.
    pub cookies: Vec<HeaderValue>,
}

impl From<Response<Body>> for Door {
    fn from(response: Response<Body>) -> Door {
        Door::Answered(response)
    }
}

/// Where a person was going, and for which app.
pub struct Journey {
    /// The request for authorization it came with, as pages carry it.
    pub sealed: Option<String>,
    /// The same, opened.
    pub interaction: Option<Interaction>,
    app: Option<Arc<App>>,
}

impl Journey {
    /// Opens what the page carries. One that is too old or foreign says so instead of forgetting where it led.
    async fn of(state: &State, browser: &Browser, sealed: &str, now: Timestamp) -> Result<Journey, Failure> {
        if sealed.is_empty() {
            return Ok(Journey { sealed: None, interaction: None, app: None });
        }
        let interaction = Interaction::open(state, browser, sealed, now)?;
        let app = match interaction.parameters.get(parameter::CLIENT_ID) {
            Some(client_id) => state.store.client(client_id, now).await?,
            None => None,
        };
        Ok(Journey { sealed: Some(sealed.to_owned()), interaction: Some(interaction), app })
    }

    /// The face of the app that asked.
    #[must_use]
    pub fn app(&self) -> Option<AppFace<'_>> {
        self.app.as_deref().map(AppFace::of)
    }

    /// Where to go once signed in: back to the dispatcher, or to one's own page.
    fn onward(&self, state: &State, request: &Request) -> Result<Link, Failure> {
        let Some((interaction, sealed)) = self.interaction.as_ref().zip(self.sealed.as_ref()) else {
            return Ok(Address::Account.link());
        };
        Ok(interaction.link(state, request)?.with(field::INTERACTION, sealed))
    }
}
