//! The built-in accounts: `/login`, `/signup`, `/logout`.
//!
//! A wrong address, a wrong password and a disabled account are one answer that takes one time. Tries are counted
//! before they are evaluated. Signing in always begins a new session under a new cookie.

use std::sync::Arc;

use http::{Method, Response};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::account::{self, Unfit, UnfitPassword, UnfitSignIn, Wanted};
use symbolon_platform::app::App;
use symbolon_platform::name::UnfitName;
use symbolon_platform::user::User;
use symbolon_store::audit::Actor;
use symbolon_store::sessions::NewSession;

use crate::browser::{self, Browser, SESSION_IDLE};
use crate::doors::throttle;
use crate::endpoints::authorize::target;
use crate::failure::Failure;
use crate::interaction::Interaction;
use crate::pages::error_page::Trouble;
use crate::pages::face::{AppFace, Person};
use crate::pages::login::{Login, LoginProblem};
use crate::pages::logout::{LoggedOut, LogoutConfirm};
use crate::pages::signup::{SignUp, SignUpProblem, sentence};
use crate::reply::{self, Body, Leads};
use crate::request::{Form, Request};
use crate::state::State;

const AGENT_AT_MOST: usize = 200;

/// Where a person was going, and for which app.
struct Journey {
    sealed: Option<String>,
    interaction: Option<Interaction>,
    app: Option<Arc<App>>,
}

impl Journey {
    /// Opens what the page carries. One that is too old or foreign says so instead of forgetting where it led.
    async fn of(state: &State, browser: &Browser, sealed: &str, now: Timestamp) -> Result<Journey, Failure> {
        if sealed.is_empty() {
            return Ok(Journey { sealed: None, interaction: None, app: None });
        }
        let interaction = Interaction::open(state, browser, sealed, now)?;
        let app = match interaction.parameters.get("client_id") {
            Some(client_id) => state.store.client(client_id, now).await?,
            None => None,
        };
        Ok(Journey { sealed: Some(sealed.to_owned()), interaction: Some(interaction), app })
    }

    fn app(&self) -> Option<AppFace<'_>> {
        self.app.as_deref().map(AppFace::of)
    }

    /// Where posting the form may end: the app's redirect URI, proven before the interaction was sealed; the only one it
    /// has where the request left it out.
    fn leads(&self) -> Option<Leads> {
        let sent = self.interaction.as_ref()?.parameters.get("redirect_uri");
        let only = || self.app.as_ref()?.client.redirect_uris.first().map(String::as_str);
        let redirect_uri = sent.or_else(only)?;
        Some(Leads { form_action: target(redirect_uri), script: false })
    }

    /// Where to go once signed in: back to the dispatcher, or to one's own page.
    fn onward(&self) -> String {
        let Some((interaction, sealed)) = self.interaction.as_ref().zip(self.sealed.as_ref()) else {
            return "/account".to_owned();
        };
        format!("{}?interaction={sealed}", interaction.path)
    }
}

/// `GET|POST /login`.
///
/// # Errors
/// A page.
pub async fn login(state: &State, request: &Request) -> Result<Response<Body>, Failure> {
    let now = state.now();
    let browser = Browser::of(state, request, now).await?;
    let mut response = if request.method() == Method::POST {
        let form = request.form();
        browser.prove_visitor_form(state, request, &form)?;
        let journey = Journey::of(state, &browser, form.get("interaction"), now).await?;
        sign_in(state, request, &browser, &journey, &form).await?
    } else {
        let query = request.query()?;
        let journey = Journey::of(state, &browser, query.get("interaction").unwrap_or_default(), now).await?;
        if journey.interaction.is_none() && browser.session.is_some() {
            return Ok(reply::see_other("/account"));
        }
        let hint = journey.interaction.as_ref().and_then(|own| own.parameters.get("login_hint"));
        show_login(state, &browser, &journey, hint.unwrap_or_default(), None)?
    };
    browser.remember(state, &mut response);
    Ok(response)
}

fn show_login(
    state: &State,
    browser: &Browser,
    journey: &Journey,
    email: &str,
    problem: Option<LoginProblem>,
) -> Result<Response<Body>, Failure> {
    let csrf = browser.visitor_csrf(state);
    let page = Login {
        site: &state.site,
        csrf: &csrf,
        interaction: journey.sealed.as_deref(),
        app: journey.app(),
        email,
        again: browser.session.is_some(),
        sign_up_open: state.sign_up_open,
        problem,
    };
    let (status, wait) = match problem {
        None => (200, None),
        Some(LoginProblem::Throttled { seconds }) => (429, Some(seconds)),
        Some(LoginProblem::Mismatch) => (401, None),
        Some(LoginProblem::Expired | LoginProblem::NoEmail | LoginProblem::NoPassword) => (422, None),
    };
    let mut response = reply::page(status, &page, journey.leads())?;
    if let Some(wait) = wait {
        response.headers_mut().insert(http::header::RETRY_AFTER, wait.into());
    }
    Ok(response)
}

async fn sign_in(
    state: &State,
    request: &Request,
    browser: &Browser,
    journey: &Journey,
    form: &Form,
) -> Result<Response<Body>, Failure> {
    let now = state.now();
    let (email, password) = (form.get("email").trim().to_lowercase(), form.get("password"));
    let again = |problem| show_login(state, browser, journey, &email, Some(problem));
    if let Err(unfit) = account::sign_in(&email, password) {
        return again(match unfit {
            UnfitSignIn::NoEmail => LoginProblem::NoEmail,
            UnfitSignIn::NoPassword => LoginProblem::NoPassword,
            UnfitSignIn::Impossible => LoginProblem::Mismatch,
        });
    }
    let tries = match throttle::count(state, request, &email, now).await? {
        Ok(tries) => tries,
        Err(seconds) => return again(LoginProblem::Throttled { seconds }),
    };
    let found = state.store.load_account_by_email(&email).await?;
    let stored = found.as_ref().and_then(|account| account.password_hash.as_deref());
    let right = state.passwords.verify(password, stored).await?;
    let Some(user) = account::signed_in(found.map(|account| account.user), right) else {
        tracing::info!(request_id = request.id, "a sign-in failed");
        return again(LoginProblem::Mismatch);
    };
    throttle::succeeded(state, &tries).await?;
    begin(state, request, browser, journey, &user).await
}

/// Begins a session for `user` and goes on.
async fn begin(
    state: &State,
    request: &Request,
    browser: &Browser,
    journey: &Journey,
    user: &User,
) -> Result<Response<Body>, Failure> {
    let now = state.now();
    let id = state.entropy.new_id(now)?;
    let (cookie, hash) = browser::new_session_cookie(state, id)?;
    let agent = request.header(http::header::USER_AGENT).unwrap_or("Unknown browser");
    let agent: String = agent.chars().filter(|c| !c.is_control()).take(AGENT_AT_MOST).collect();
    let expires_at = Timestamp(now.0 + SESSION_IDLE);
    let new = NewSession { id, hash, user: user.id, agent: &agent, now, expires_at };
    let mut audit = state.audit("session.began", Actor::User(user.id), now)?;
    audit.user = Some(user.id);
    audit.request_id = Some(request.id.clone());
    state.store.begin_session(new, browser.session.as_ref().map(|session| session.id), audit).await?;
    let mut response = reply::see_other(&journey.onward());
    browser::set_session(state, &mut response, &cookie);
    throttle::know(state, &mut response, &user.email);
    Ok(response)
}

/// `GET|POST /signup`.
///
/// # Errors
/// A page.
pub async fn sign_up(state: &State, request: &Request) -> Result<Response<Body>, Failure> {
    if !state.sign_up_open {
        return Err(Trouble::NotFound.into());
    }
    let now = state.now();
    let browser = Browser::of(state, request, now).await?;
    let form = request.form();
    let posted = request.method() == Method::POST;
    let query = request.query()?;
    let sealed = if posted { form.get("interaction") } else { query.get("interaction").unwrap_or_default() };
    if posted {
        browser.prove_visitor_form(state, request, &form)?;
    }
    let journey = Journey::of(state, &browser, sealed, now).await?;
    let mut response = if posted {
        create(state, request, &browser, &journey, &form).await?
    } else {
        show_sign_up(state, &browser, &journey, &Wanted::default(), Problems::default())?
    };
    browser.remember(state, &mut response);
    Ok(response)
}

/// What is wrong with it.
#[derive(Default)]
struct Problems {
    whole: Option<SignUpProblem>,
    name: Option<&'static str>,
    email: Option<&'static str>,
    password: Option<&'static str>,
}

fn show_sign_up(
    state: &State,
    browser: &Browser,
    journey: &Journey,
    wanted: &Wanted,
    problems: Problems,
) -> Result<Response<Body>, Failure> {
    let csrf = browser.visitor_csrf(state);
    let wrong = [problems.name, problems.email, problems.password].iter().any(Option::is_some);
    let (status, wait) = match problems.whole {
        Some(SignUpProblem::Throttled { seconds }) => (429, Some(seconds)),
        Some(SignUpProblem::Expired) => (422, None),
        None if wrong => (422, None),
        None => (200, None),
    };
    let page = SignUp {
        site: &state.site,
        csrf: &csrf,
        interaction: journey.sealed.as_deref(),
        app: journey.app(),
        name: &wanted.name,
        email: &wanted.email,
        problem: problems.whole,
        name_problem: problems.name,
        email_problem: problems.email,
        password_problem: problems.password,
    };
    let mut response = reply::page(status, &page, journey.leads())?;
    if let Some(wait) = wait {
        response.headers_mut().insert(http::header::RETRY_AFTER, wait.into());
    }
    Ok(response)
}

async fn create(
    state: &State,
    request: &Request,
    browser: &Browser,
    journey: &Journey,
    form: &Form,
) -> Result<Response<Body>, Failure> {
    let wanted = Wanted::typed(form.get("name"), form.get("email"));
    let password = form.get("password");
    if let Err(unfit) = wanted.check(password) {
        return show_sign_up(state, browser, journey, &wanted, sentences(unfit));
    }
    let now = state.now();
    if let Err(seconds) = throttle::count_new_account(state, request, now).await? {
        let whole = Some(SignUpProblem::Throttled { seconds });
        return show_sign_up(state, browser, journey, &wanted, Problems { whole, ..Problems::default() });
    }
    let hash = state.passwords.hash(password).await?;
    let id = state.entropy.new_id(now)?;
    let (user, tenant) = wanted.account(id, state.entropy.new_id(now)?);
    let mut audit = state.audit("user.signed_up", Actor::User(id), now)?;
    audit.user = Some(id);
    match state.store.sign_up(&user, &hash, &tenant, audit).await {
        Ok(()) => begin(state, request, browser, journey, &user).await,
        Err(symbolon_store::StoreError::Conflict) => {
            let problems = Problems { email: Some(sentence::EMAIL_TAKEN), ..Problems::default() };
            show_sign_up(state, browser, journey, &wanted, problems)
        }
        Err(error) => Err(error.into()),
    }
}

/// What is wrong, in words.
fn sentences(unfit: Unfit) -> Problems {
    Problems {
        whole: None,
        name: unfit.name.map(|why| match why {
            UnfitName::Empty | UnfitName::Hidden(_) => sentence::NO_NAME,
            UnfitName::Long => sentence::LONG_NAME,
        }),
        email: unfit.email.then_some(sentence::NOT_AN_EMAIL),
        password: unfit.password.map(|why| match why {
            UnfitPassword::Short => sentence::SHORT_PASSWORD,
            UnfitPassword::Long => sentence::LONG_PASSWORD,
        }),
    }
}

/// `GET|POST /logout`. Only a posted form signs out, so that no other site can.
///
/// # Errors
/// A page.
pub async fn logout(state: &State, request: &Request) -> Result<Response<Body>, Failure> {
    let now = state.now();
    let browser = Browser::of(state, request, now).await?;
    let Some(session) = &browser.session else {
        return Ok(reply::page(200, &LoggedOut { site: &state.site }, None)?);
    };
    if request.method() == Method::POST {
        browser.prove_form(state, request, &request.form())?;
        let mut audit = state.audit("session.ended", Actor::User(session.user.id), now)?;
        audit.user = Some(session.user.id);
        audit.request_id = Some(request.id.clone());
        state.store.end_session(session.id, audit).await?;
        let mut response = reply::page(200, &LoggedOut { site: &state.site }, None)?;
        browser::clear_session(state, &mut response);
        return Ok(response);
    }
    let csrf = browser.csrf(state);
    let person = Person::new(&session.user.name, &session.user.email);
    let mut response = reply::page(200, &LogoutConfirm { site: &state.site, csrf: &csrf, person }, None)?;
    browser.remember(state, &mut response);
    Ok(response)
}
