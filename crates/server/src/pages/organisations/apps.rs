//! `/developers/organisations/{organisation}/apps`: which apps are its, and which are offered to it.

use http::Response;
use symbolon_oauth::id::AppId;
use symbolon_platform::organisation::Power;
use symbolon_store::change::{AppChange, AppTransferChange};

use super::inside::{Inside, back};
use super::rows;
use crate::failure::Failure;
use crate::reply::Body;
use crate::request::Request;
use crate::routes::field;
use crate::state::State;
use crate::views::error_page::Trouble;
use crate::views::organisations::rooms::{Apps, Room};
use crate::views::organisations::{Done, Unfit};
use crate::visitor::{Outcome, sign_in};

/// Apps on a page.
const PAGE: usize = 30;

/// `GET /developers/organisations/{organisation}/apps`.
///
/// # Errors
/// A page; one that the person is not in looks like none.
pub async fn answer(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let Some(inside) = Inside::of(state, request, id).await? else { return Ok(sign_in()) };
    show(&inside, None).await
}

/// `POST /developers/organisations/{organisation}/apps/{app}`: takes an app that was offered, or does not.
///
/// # Errors
/// A page.
pub async fn answer_offer(
    state: &State,
    request: &Request,
    [id, app]: [&str; 2],
) -> Result<Response<Body>, Failure> {
    let Some(inside) = Inside::of(state, request, id).await? else { return Ok(sign_in()) };
    let form = inside.form(Power::Transfer)?;
    let to = inside.organisation.id;
    let app = app.parse().map_err(|_| Failure::from(Trouble::NotFound))?;
    let offered = state.store.offer_of(app, inside.visitor.now).await?.filter(|offered| offered.to == to);
    let offered = offered.ok_or_else(|| Failure::from(Trouble::NotFound))?;
    let whither = format!("app {} into organisation {to}", offered.client_id);
    if form.get(field::ANSWER) != "accept" {
        let decline = AppTransferChange::Decline { app, to }.into();
        return match inside.visitor.change(vec![(decline, whither)], &[]).await? {
            Outcome::Made => Ok(back(&inside, Room::Apps, Done::Declined)),
            Outcome::Lost => show(&inside, Some(Unfit::Changed)).await,
        };
    }
    let whence =
        offered.from.map_or_else(|| "the operator".to_owned(), |from| format!("organisation {from}"));
    let moves = AppChange::Transfer { app, old: offered.from, new: Some(to) };
    let moved = format!("app {}: {whence} → organisation {to}", offered.client_id);
    let changes = vec![(AppTransferChange::Accept { app, to }.into(), whither), (moves.into(), moved)];
    match inside.visitor.change(changes, &[]).await? {
        Outcome::Made => Ok(back(&inside, Room::Apps, Done::Taken)),
        Outcome::Lost => show(&inside, Some(Unfit::Changed)).await,
    }
}

async fn show(inside: &Inside<'_>, unfit: Option<Unfit>) -> Result<Response<Body>, Failure> {
    let (visitor, id) = (&inside.visitor, inside.organisation.id);
    let store = &visitor.state.store;
    let query = visitor.request.query()?;
    let after: Option<AppId> = query.get(field::AFTER.name()).and_then(|id| id.parse().ok());
    // One more than is shown says whether there is a next page.
    let most = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut apps = store.apps_within(id, after, most).await?;
    let more = apps.len() > PAGE;
    apps.truncate(PAGE);
    let offers = store.offers_to(id, visitor.now).await?;
    let here = Room::Apps.address().link_to(&[&id.to_string()]);
    let page = Apps {
        site: visitor.site(),
        frame: inside.frame(Room::Apps, Power::Transfer, unfit)?,
        apps: apps.iter().map(rows::app).collect(),
        next: apps.last().filter(|_| more).map(|last| here.with(field::AFTER, &last.id.to_string())),
        later: after.is_some(),
        offers: offers.iter().map(|own| rows::offer(own, visitor.language)).collect(),
    };
    visitor.page(unfit.map_or(200, Unfit::status), &page)
}
