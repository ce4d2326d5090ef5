//! `/account/sign-in-address`: a person signs in with another address.
//!
//! With mail it takes the password again, and then the link that is mailed to that address: until it is opened nothing changes.
//! Without mail only an address that nobody has proven is changed here, such as one that turned out to be another person's.

use http::{Method, Response};
use symbolon_platform::account;
use symbolon_platform::user::User;

use crate::browser::Browser;
use crate::clock::Stopwatch;
use crate::doors::accounts::{self, Unchanged, Unproven};
use crate::doors::proofs::Asker;
use crate::doors::throttle;
use crate::failure::Failure;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::error_page::Trouble;
use crate::views::proof::Told;
use crate::views::sign_in_address::{Problem, SignInAddress};

/// `GET|POST /account/sign-in-address`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request) -> Result<Response<Body>, Failure> {
    let now = state.now();
    let browser = Browser::of(state, request, now).await?;
    let Some(session) = &browser.session else { return Ok(reply::see_other(Address::Login.link())) };
    let mails = state.mail.is_some();
    if session.user.login.is_proven() && !mails {
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
    if mails {
        return mail(
            &Asker { state, request, browser: &browser, language: request.language(), now },
            &session.user,
            &address,
            form.get(field::PASSWORD),
        )
        .await;
    }
    let problem = match accounts::change_login(state, request, &session.user, &address, now).await? {
        Ok(()) => {
            let mut response = reply::see_other(Address::Account.link());
            throttle::know(state, request, &mut response, session.user.id).await?;
            return Ok(response);
        }
        Err(Unchanged::Taken) => Problem::Taken,
        Err(Unchanged::Throttled(seconds)) => Problem::Throttled { seconds },
    };
    show((state, request), &browser, &session.user, (&address, Some(problem)))
}

/// Mails the link, once the person has said their password. What the page says does not depend on who has the address.
async fn mail(
    asker: &Asker<'_>,
    user: &User,
    address: &str,
    password: &str,
) -> Result<Response<Body>, Failure> {
    let Asker { state, request, browser, language, now } = *asker;
    let problem = match accounts::prove(state, request, (user.login.as_str(), password), now).await? {
        Ok(_) => {
            let began = Stopwatch::start();
            let asked = asker.for_another_address(user, address).await?;
            began.evenly().await;
            match asked {
                Ok(()) => {
                    let page = Told::mailed(state.site(language), address, None);
                    return Ok(reply::page(200, language, &page, None)?);
                }
                Err(seconds) => Problem::Throttled { seconds },
            }
        }
        Err(Unproven::Throttled(seconds)) => Problem::Throttled { seconds },
        Err(Unproven::NoEmail | Unproven::NoPassword | Unproven::Mismatch) => Problem::Mismatch,
    };
    show((state, request), browser, user, (address, Some(problem)))
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
    let page = SignInAddress {
        site,
        csrf: &csrf,
        displaced: user.is_displaced(),
        mails: state.mail.is_some(),
        email,
        problem,
    };
    let (status, wait) = match problem {
        None => (200, None),
        Some(Problem::NotAnEmail | Problem::Taken | Problem::Mismatch) => (422, None),
        Some(Problem::Throttled { seconds }) => (429, Some(seconds)),
    };
    let mut response = reply::page(status, language, &page, None)?;
    if let Some(wait) = wait {
        response.headers_mut().insert(http::header::RETRY_AFTER, wait.into());
    }
    browser.remember(state, &mut response);
    Ok(response)
}
