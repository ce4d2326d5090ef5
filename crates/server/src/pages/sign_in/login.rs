//! `/login`: the page of the built-in accounts.

use http::Response;
use symbolon_oauth::authorize::{HINT_AT_MOST, parameter};

use crate::doors::accounts::{self, Unproven};
use crate::failure::Failure;
use crate::pages::sign_in::visit::Visit;
use crate::reply::{self, Body};
use crate::request::{PostedForm, Request};
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
    let answered = match &visit.form {
        Some(form) => sign_in(&visit, form).await,
        None if asked.is_none() && visit.browser.session.is_some() => {
            return Ok(reply::see_other(Address::Account.link()));
        }
        None => {
            let hint = asked.and_then(|asked| asked.parameters.get(parameter::LOGIN_HINT));
            let hint = hint.filter(|hint| hint.len() <= HINT_AT_MOST);
            show(&visit, hint.unwrap_or_default(), None)
        }
    };
    visit.leave(answered)
}

fn show(visit: &Visit<'_>, email: &str, problem: Option<LoginProblem>) -> Result<Response<Body>, Failure> {
    let Visit { state, browser, journey, .. } = visit;
    let csrf = browser.visitor_csrf(state);
    let page = Login {
        site: visit.site(),
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

async fn sign_in(visit: &Visit<'_>, form: &PostedForm) -> Result<Response<Body>, Failure> {
    let Visit { state, request, now, .. } = visit;
    let email = form.get(field::EMAIL).trim().to_lowercase();
    let problem = match accounts::prove(state, request, (&email, form.get(field::PASSWORD)), *now).await? {
        Ok((user, valid_from)) => return visit.begin(&user, valid_from).await,
        Err(Unproven::NoEmail) => LoginProblem::NoEmail,
        Err(Unproven::NoPassword) => LoginProblem::NoPassword,
        Err(Unproven::Mismatch) => LoginProblem::Mismatch,
        Err(Unproven::Throttled(seconds)) => LoginProblem::Throttled { seconds },
    };
    show(visit, &email, Some(problem))
}
