//! `/signup`: the page that makes a built-in account.

use http::Response;
use symbolon_platform::account::{Unfit, UnfitPassword, Wanted};
use symbolon_platform::name::UnfitName;

use crate::authorization::sign_in::door_page;
use crate::clock::Stopwatch;
use crate::doors::accounts::{self, Unmade};
use crate::failure::Failure;
use crate::language::Key;
use crate::pages::sign_in::visit::{Door, Visit};
use crate::reply::Body;
use crate::request::{PostedForm, Request};
use crate::routes::field;
use crate::state::State;
use crate::views::error_page::Trouble;
use crate::views::proof::Told;
use crate::views::sign_up::{SignUp, SignUpProblem, sentence};

/// `GET|POST /signup`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request) -> Result<Door, Failure> {
    if !state.sign_up_open {
        return Err(Trouble::NotFound.into());
    }
    let visit = Visit::of(state, request).await?;
    let answered = match &visit.form {
        Some(form) => create(&visit, form).await,
        None => show(&visit, &Wanted::default(), Problems::default()).map(Door::from),
    };
    visit.leave(answered)
}

/// What is wrong with a wanted account, as the page says it.
#[derive(Default)]
struct Problems {
    whole: Option<SignUpProblem>,
    name: Option<Key>,
    email: Option<Key>,
    password: Option<Key>,
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
        site: visit.site(),
        csrf: &csrf,
        interaction: journey.sealed.as_deref(),
        invitation: journey.invitation.as_deref(),
        app: journey.app(),
        name: &wanted.name,
        email: &wanted.email,
        problem: problems.whole,
        name_problem: problems.name,
        email_problem: problems.email,
        password_problem: problems.password,
    };
    door_page(visit.language(), (status, wait), &page)
}

async fn create(visit: &Visit<'_>, form: &PostedForm) -> Result<Door, Failure> {
    let Visit { state, request, now, .. } = visit;
    let wanted = Wanted::typed(form.get(field::NAME), form.get(field::EMAIL));
    let password = form.get(field::NEW_PASSWORD);
    if state.mail.is_some() {
        let began = Stopwatch::start();
        let asked = visit.asker().for_an_account(&wanted, password).await?;
        // Whether there is an account must not show in the time.
        began.evenly().await;
        return match asked {
            Ok(()) => mailed(visit, &wanted),
            Err(unmade) => show(visit, &wanted, problems(unmade)),
        }
        .map(Door::from);
    }
    match accounts::create(state, request, (&wanted, password), *now).await? {
        Ok(user) => visit.begin(&user, *now).await,
        Err(unmade) => Ok(show(visit, &wanted, problems(unmade))?.into()),
    }
}

/// Why no account was made, as the page says it.
fn problems(unmade: Unmade) -> Problems {
    match unmade {
        Unmade::Unfit(unfit) => sentences(unfit),
        Unmade::Throttled(seconds) => {
            Problems { whole: Some(SignUpProblem::Throttled { seconds }), ..Problems::default() }
        }
        Unmade::Taken => Problems { email: Some(sentence::EMAIL_TAKEN), ..Problems::default() },
    }
}

/// It says the same whoever has the address.
fn mailed(visit: &Visit<'_>, wanted: &Wanted) -> Result<Response<Body>, Failure> {
    let came_with = visit.journey.interaction.as_ref().zip(visit.journey.sealed.as_deref());
    let way = match came_with {
        Some((interaction, sealed)) => {
            let action = interaction.link(visit.state, visit.request)?;
            Some((action, visit.browser.visitor_csrf(visit.state), sealed))
        }
        None => None,
    };
    door_page(visit.language(), (200, None), &Told::mailed(visit.site(), &wanted.email, way))
}

/// What is wrong with a password, in words.
#[must_use]
pub fn password_sentence(unfit: UnfitPassword) -> Key {
    match unfit {
        UnfitPassword::Short => sentence::SHORT_PASSWORD,
        UnfitPassword::Long => sentence::LONG_PASSWORD,
        UnfitPassword::Guessable => sentence::GUESSABLE_PASSWORD,
    }
}

/// What is wrong, in words.
fn sentences(unfit: Unfit) -> Problems {
    Problems {
        whole: None,
        name: unfit.name.map(|why| match why {
            UnfitName::Empty | UnfitName::Hidden(_) | UnfitName::Stacked => sentence::NO_NAME,
            UnfitName::Long(_) => sentence::LONG_NAME,
        }),
        email: unfit.email.then_some(sentence::NOT_AN_EMAIL),
        password: unfit.password.map(password_sentence),
    }
}
