//! `/logout`. Only a posted form signs out, so that no other site can.

use http::{Method, Response};
use symbolon_platform::deed::Deed;
use symbolon_store::audit::Actor;

use crate::browser::{self, Browser};
use crate::failure::Failure;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::state::State;
use crate::views::face::PersonFace;
use crate::views::logout::{LoggedOut, LogoutConfirm};

/// `GET|POST /logout`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request) -> Result<Response<Body>, Failure> {
    let (now, language) = (state.now(), request.language());
    let browser = Browser::of(state, request, now).await?;
    let Some(session) = &browser.session else {
        return Ok(reply::page(200, language, &LoggedOut { site: state.site(language) }, None)?);
    };
    if request.method() == Method::POST {
        browser.prove_form(state, request, &request.form())?;
        let user = session.user.id;
        let audit = state.deed(request, Deed::BrowserSessionEnded, Actor::User(user), now)?;
        state.store.end_browser_session(session.id, audit.user(user)).await?;
        let mut response = reply::page(200, language, &LoggedOut { site: state.site(language) }, None)?;
        browser::clear_session(state, &mut response);
        return Ok(response);
    }
    let csrf = browser.csrf(state);
    let person = PersonFace::of(&session.user);
    let mut response =
        reply::page(200, language, &LogoutConfirm { site: state.site(language), csrf: &csrf, person }, None)?;
    browser.remember(state, &mut response);
    Ok(response)
}
