//! `/login`: the page of the built-in accounts.

use http::Response;
use symbolon_platform::account;

use crate::authorization::interaction::Interaction;
use crate::authorization::sign_in::{Onward, sign_in_page};
use crate::doors::accounts::{self, Unproven};
use crate::failure::Failure;
use crate::pages::sign_in::visit::{Door, Visit};
use crate::reply::{self, Body};
use crate::request::{PostedForm, Request};
use crate::routes::field;
use crate::state::State;
use crate::views::login::LoginProblem;

/// `GET|POST /login`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request) -> Result<Door, Failure> {
    let visit = Visit::of(state, request).await?;
    let asked = visit.journey.interaction.as_ref();
    let answered = match &visit.form {
        Some(form) => sign_in(&visit, form).await,
        None if asked.is_none() && visit.browser.session.is_some() => {
            return Ok(reply::see_other(visit.journey.onward(state, request)?).into());
        }
        None => show(&visit, asked.map(Interaction::login_hint).unwrap_or_default(), None).map(Door::from),
    };
    visit.leave(answered)
}

fn show(visit: &Visit<'_>, email: &str, problem: Option<LoginProblem>) -> Result<Response<Body>, Failure> {
    let Visit { state, browser, journey, .. } = visit;
    let onward = Onward {
        sealed: journey.sealed.as_deref(),
        interaction: journey.interaction.as_ref(),
        app: journey.app(),
        invitation: journey.invitation.as_deref(),
    };
    sign_in_page((state, browser, visit.language()), onward, (email, problem))
}

async fn sign_in(visit: &Visit<'_>, form: &PostedForm) -> Result<Door, Failure> {
    let Visit { state, request, now, .. } = visit;
    let email = account::spelled(form.get(field::EMAIL));
    let problem = match accounts::prove(state, request, (&email, form.get(field::PASSWORD)), *now).await? {
        Ok((user, valid_from)) => return visit.begin(&user, valid_from).await,
        Err(Unproven::NoEmail) => LoginProblem::NoEmail,
        Err(Unproven::NoPassword) => LoginProblem::NoPassword,
        Err(Unproven::Mismatch) => LoginProblem::Mismatch,
        Err(Unproven::Throttled(seconds)) => LoginProblem::Throttled { seconds },
    };
    Ok(show(visit, &email, Some(problem))?.into())
}
