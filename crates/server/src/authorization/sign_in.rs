//! The sign-in page, which is shown at its own address or, where what it carries is too long for a redirect, in the place of
//! one.

use askama::Template;
use http::Response;
use http::header::RETRY_AFTER;

use crate::authorization::interaction::Interaction;
use crate::browser::Browser;
use crate::failure::Failure;
use crate::language::Language;
use crate::reply::{self, Body, EndsAtApp};
use crate::state::State;
use crate::views::face::AppFace;
use crate::views::login::{Login, LoginProblem};

/// Where a sign-in leads, as its page carries it.
pub struct Onward<'a> {
    /// The request for authorization, sealed.
    pub sealed: Option<&'a str>,
    /// The same, opened.
    pub interaction: Option<&'a Interaction>,
    /// The app that asked.
    pub app: Option<AppFace<'a>>,
    /// The link of an invitation.
    pub invitation: Option<&'a str>,
}

/// The page on which people sign in, on their way to somewhere.
///
/// # Errors
/// When it cannot be written.
pub fn sign_in_page(
    (state, browser, language): (&State, &Browser, Language),
    onward: Onward<'_>,
    (email, problem): (&str, Option<LoginProblem>),
) -> Result<Response<Body>, Failure> {
    let csrf = browser.visitor_csrf(state);
    let page = Login {
        site: state.site(language),
        csrf: &csrf,
        interaction: onward.sealed,
        invitation: onward.invitation,
        app: onward.app,
        email,
        again: browser
            .session
            .as_ref()
            .zip(onward.interaction)
            .is_some_and(|(session, asked)| asked.doubts(session)),
        sign_up_open: state.sign_up_open,
        resets: state.mail.is_some(),
        problem,
    };
    let (status, wait) = match problem {
        None => (200, None),
        Some(LoginProblem::Throttled { seconds }) => (429, Some(seconds)),
        Some(LoginProblem::Mismatch) => (401, None),
        Some(LoginProblem::Expired | LoginProblem::NoEmail | LoginProblem::NoPassword) => (422, None),
    };
    door_page(language, (status, wait), &page)
}

/// A page of a door; `wait` is how many seconds the next try has to.
///
/// # Errors
/// When it cannot be written.
pub fn door_page(
    language: Language,
    (status, wait): (u16, Option<u64>),
    page: &impl Template,
) -> Result<Response<Body>, Failure> {
    let mut response = reply::page(status, language, page, Some(EndsAtApp { script: false }))?;
    if let Some(wait) = wait {
        response.headers_mut().insert(RETRY_AFTER, wait.into());
    }
    Ok(response)
}
