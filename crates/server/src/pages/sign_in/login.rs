//! `/login`: the built-in door.
//!
//! A wrong address, a wrong password and a disabled account are one answer that takes one time. Tries are counted
//! before they are evaluated.

use http::Response;
use symbolon_oauth::authorize::parameter;
use symbolon_platform::account::{self, UnfitSignIn};

use crate::doors::throttle;
use crate::failure::Failure;
use crate::pages::sign_in::visit::Visit;
use crate::reply::{self, Body};
use crate::request::{Form, Request};
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::login::{Login, LoginProblem};

/// `GET|POST /login`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request) -> Result<Response<Body>, Failure> {
    let visit = Visit::of(state, request).await?;
    let asked = visit.journey.interaction.as_ref();
    let response = match &visit.form {
        Some(form) => sign_in(&visit, form).await?,
        None if asked.is_none() && visit.browser.session.is_some() => {
            return Ok(reply::see_other(Address::Account.link()));
        }
        None => {
            let hint = asked.and_then(|asked| asked.parameters.get(parameter::LOGIN_HINT));
            show(&visit, hint.unwrap_or_default(), None)?
        }
    };
    Ok(visit.leave(response))
}

fn show(visit: &Visit<'_>, email: &str, problem: Option<LoginProblem>) -> Result<Response<Body>, Failure> {
    let Visit { state, browser, journey, .. } = visit;
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
    visit.show(status, wait, &page)
}

async fn sign_in(visit: &Visit<'_>, form: &Form) -> Result<Response<Body>, Failure> {
    let Visit { state, request, now, .. } = visit;
    let (email, password) = (form.get(field::EMAIL).trim().to_lowercase(), form.get(field::PASSWORD));
    let again = |problem| show(visit, &email, Some(problem));
    if let Err(unfit) = account::sign_in(&email, password) {
        return again(match unfit {
            UnfitSignIn::NoEmail => LoginProblem::NoEmail,
            UnfitSignIn::NoPassword => LoginProblem::NoPassword,
            UnfitSignIn::Impossible => LoginProblem::Mismatch,
        });
    }
    let tries = match throttle::count(state, request, &email, *now).await? {
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
    visit.begin(&user).await
}
