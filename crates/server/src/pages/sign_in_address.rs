//! `/account/sign-in-address`: a person whose address nobody has proven signs in with another one.
//!
//! It is where somebody goes whose address turned out to be another person's. A proven address is changed by whoever
//! proved it, not here.

use http::{Method, Response};
use symbolon_platform::account;
use symbolon_platform::user::User;

use crate::browser::Browser;
use crate::doors::accounts::{self, Unchanged};
use crate::doors::throttle;
use crate::failure::Failure;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::error_page::Trouble;
use crate::views::sign_in_address::{Problem, SignInAddress};

/// `GET|POST /account/sign-in-address`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request) -> Result<Response<Body>, Failure> {
    let now = state.now();
    let browser = Browser::of(state, request, now).await?;
    let Some(session) = &browser.session else { return Ok(reply::see_other(Address::Login.link())) };
    if session.user.login.is_proven() {
        return Err(Trouble::NotFound.into());
    }
    if request.method() != Method::POST {
        return show((state, request), &browser, &session.user, ("", None));
    }
    let form = request.form();
    browser.prove_form(state, request, &form)?;
    let typed = form.get(field::EMAIL);
    let Some(address) = account::reachable(typed) else {
        return show((state, request), &browser, &session.user, (typed, Some(Problem::NotAnEmail)));
    };
    let problem = match accounts::change_login(state, request, &session.user, &address, now).await? {
        Ok(()) => {
            let mut response = reply::see_other(Address::Account.link());
            throttle::know(state, request, &mut response, &address).await?;
            return Ok(response);
        }
        Err(Unchanged::Taken) => Problem::Taken,
        Err(Unchanged::Throttled(seconds)) => Problem::Throttled { seconds },
    };
    show((state, request), &browser, &session.user, (&address, Some(problem)))
}

fn show(
    (state, request): (&State, &Request),
    browser: &Browser,
    user: &User,
    (email, problem): (&str, Option<Problem>),
) -> Result<Response<Body>, Failure> {
    let csrf = browser.csrf(state);
    let language = request.language();
    let site = state.site(language);
    let page = SignInAddress { site, csrf: &csrf, displaced: user.is_displaced(), email, problem };
    let (status, wait) = match problem {
        None => (200, None),
        Some(Problem::NotAnEmail | Problem::Taken) => (422, None),
        Some(Problem::Throttled { seconds }) => (429, Some(seconds)),
    };
    let mut response = reply::page(status, language, &page, None)?;
    if let Some(wait) = wait {
        response.headers_mut().insert(http::header::RETRY_AFTER, wait.into());
    }
    browser.remember(state, &mut response);
    Ok(response)
}
