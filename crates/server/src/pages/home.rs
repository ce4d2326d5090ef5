//! `/`: a small front door.

use http::Response;

use crate::browser::Browser;
use crate::failure::Failure;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::state::State;
use crate::views::face::PersonFace;
use crate::views::home::Home;

/// `GET /`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request) -> Result<Response<Body>, Failure> {
    let browser = Browser::of(state, request, state.now()).await?;
    let language = request.language();
    let person = browser.session.as_ref().map(|session| PersonFace::of(&session.user));
    let home = Home { site: state.site(language), person, sign_up_open: state.sign_up_open, demo: None };
    Ok(reply::page(200, language, &home, None)?)
}
