//! `/account/password`: a person changes the password they sign in with. It ends all their browser sessions but the one that
//! does it, which goes on under a new cookie.

use http::{Method, Response};
use symbolon_store::users::Account;

use crate::browser::{self, Browser};
use crate::doors::passwords::{self, Unset};
use crate::doors::sessions::{self, Moments};
use crate::doors::throttle;
use crate::failure::Failure;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::password::{Password, Problem};

/// `GET|POST /account/password`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request) -> Result<Response<Body>, Failure> {
    let now = state.now();
    let browser = Browser::of(state, request, now).await?;
    let Some(session) = &browser.session else { return Ok(reply::see_other(Address::Login.link())) };
    let Some(account) = state.store.load_account(session.user.id).await? else {
        return Ok(reply::see_other(Address::Login.link()));
    };
    let Some(stored) = account.password_hash.as_deref() else {
        return show((state, request), &browser, &account, None);
    };
    if request.method() != Method::POST {
        return show((state, request), &browser, &account, None);
    }
    let form = request.form();
    browser.prove_form(state, request, &form)?;
    let typed = (form.get(field::PASSWORD), form.get(field::CHOSEN_PASSWORD));
    match passwords::change(state, request, (&account, stored), typed, now).await? {
        Ok(()) => changed((state, request), &browser, &account).await,
        Err(unset) => show((state, request), &browser, &account, Some(unset.into())),
    }
}

/// Goes on in this browser, which knows the new password.
async fn changed(
    (state, request): (&State, &Request),
    browser: &Browser,
    before: &Account,
) -> Result<Response<Body>, Failure> {
    let now = state.now();
    let mut response = reply::see_other(Address::Account.link().with(field::CHANGED, "password"));
    let Some(account) = state.store.load_account(before.user.id).await? else { return Ok(response) };
    let earlier = browser.session.as_ref().map(|session| session.id);
    let moments = Moments { auth_time: now, valid_from: account.valid_from, now };
    let begun = sessions::begin(state, request, (&account.user, earlier), moments).await?;
    browser::set_session(state, &mut response, &begun.cookie);
    throttle::know(state, request, &mut response, account.user.id).await?;
    Ok(response)
}

impl From<Unset> for Problem {
    fn from(unset: Unset) -> Problem {
        match unset {
            Unset::NoCurrent => Problem::NoCurrent,
            Unset::WrongCurrent => Problem::WrongCurrent,
            Unset::Unfit(unfit) => Problem::Unfit(unfit),
            Unset::Same => Problem::Same,
            Unset::Throttled(seconds) => Problem::Throttled { seconds },
        }
    }
}

fn show(
    (state, request): (&State, &Request),
    browser: &Browser,
    account: &Account,
    problem: Option<Problem>,
) -> Result<Response<Body>, Failure> {
    let csrf = browser.csrf(state);
    let language = request.language();
    let page = Password {
        site: state.site(language),
        csrf: &csrf,
        has_one: account.password_hash.is_some(),
        problem,
    };
    let (status, wait) = match problem {
        None => (200, None),
        Some(Problem::WrongCurrent) => (401, None),
        Some(Problem::NoCurrent | Problem::Unfit(_) | Problem::Same) => (422, None),
        Some(Problem::Throttled { seconds }) => (429, Some(seconds)),
    };
    let mut response = reply::page(status, language, &page, None)?;
    if let Some(wait) = wait {
        response.headers_mut().insert(http::header::RETRY_AFTER, wait.into());
    }
    browser.remember(state, &mut response);
    Ok(response)
}
