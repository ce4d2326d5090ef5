//! `/signup`: a new account of the built-in door.

use http::Response;
use symbolon_platform::account::{Unfit, UnfitPassword, Wanted};
use symbolon_platform::deed::Deed;
use symbolon_platform::name::UnfitName;
use symbolon_store::StoreError;
use symbolon_store::audit::Actor;

use crate::doors::throttle;
use crate::failure::Failure;
use crate::pages::sign_in::visit::Visit;
use crate::reply::Body;
use crate::request::{Form, Request};
use crate::routes::field;
use crate::state::State;
use crate::views::error_page::Trouble;
use crate::views::sign_up::{SignUp, SignUpProblem, sentence};

/// `GET|POST /signup`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request) -> Result<Response<Body>, Failure> {
    if !state.sign_up_open {
        return Err(Trouble::NotFound.into());
    }
    let visit = Visit::of(state, request).await?;
    let response = match &visit.form {
        Some(form) => create(&visit, form).await?,
        None => show(&visit, &Wanted::default(), Problems::default())?,
    };
    Ok(visit.leave(response))
}

/// What is wrong with a wanted account, as the page says it.
#[derive(Default)]
struct Problems {
    whole: Option<SignUpProblem>,
    name: Option<&'static str>,
    email: Option<&'static str>,
    password: Option<&'static str>,
}

fn show(visit: &Visit<'_>, wanted: &Wanted, problems: Problems) -> Result<Response<Body>, Failure> {
    let Visit { state, browser, journey, .. } = visit;
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
    visit.show(status, wait, &page)
}

async fn create(visit: &Visit<'_>, form: &Form) -> Result<Response<Body>, Failure> {
    let Visit { state, request, now, .. } = visit;
    let now = *now;
    let wanted = Wanted::typed(form.get(field::NAME), form.get(field::EMAIL));
    let password = form.get(field::NEW_PASSWORD);
    if let Err(unfit) = wanted.check(password) {
        return show(visit, &wanted, sentences(unfit));
    }
    if let Err(seconds) = throttle::count_new_account(state, request, now).await? {
        let whole = Some(SignUpProblem::Throttled { seconds });
        return show(visit, &wanted, Problems { whole, ..Problems::default() });
    }
    let hash = state.passwords.hash(password).await?;
    let id = state.entropy.new_id(now)?;
    let (user, tenant) = wanted.account(id, state.entropy.new_id(now)?);
    let audit = state.deed(request, Deed::UserSignedUp, Actor::User(id), now)?.user(id);
    match state.store.sign_up(&user, &hash, &tenant, audit).await {
        Ok(()) => visit.begin(&user).await,
        Err(StoreError::Conflict) => {
            let problems = Problems { email: Some(sentence::EMAIL_TAKEN), ..Problems::default() };
            show(visit, &wanted, problems)
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
