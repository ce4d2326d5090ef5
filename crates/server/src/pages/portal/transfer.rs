//! `/developers/apps/{app}/transfer`: the owners of an app offer it to another organisation, whose owners have to accept.

use http::{Method, Response};
use symbolon_oauth::id::{AppId, OrganisationId};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::App;
use symbolon_platform::invitation::LASTS;
use symbolon_platform::organisation::{Hand, Power};
use symbolon_store::change::AppTransferChange;

use super::Visit;
use crate::failure::Failure;
use crate::language::time::date;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::error_page::Trouble;
use crate::views::face::AppFace;
use crate::views::organisations::{TransferDone, TransferPage};

/// An app that the person may give away, or at least see.
struct Given {
    app: std::sync::Arc<App>,
    organisation: Option<OrganisationId>,
    hand: Hand,
}

async fn find(visit: &Visit<'_>, id: &str) -> Result<Given, Failure> {
    let none = || Failure::from(Trouble::NotFound);
    let id: AppId = id.parse().map_err(|_| none())?;
    let stands = visit.state.store.standpoint_to(id, visit.person()).await?.ok_or_else(none)?;
    let hand = Hand::of(stands.role, visit.session.user.staff);
    if !hand.may(Power::See) {
        return Err(none());
    }
    let app = visit.state.store.app(id, visit.now).await?.ok_or_else(none)?;
    visit.request.trail.app(&app.client.client_id);
    Ok(Given { app, organisation: stands.organisation, hand })
}

/// `GET|POST /developers/apps/{app}/transfer`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let visit = match Visit::of(state, request).await? {
        Ok(visit) => visit,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let given = find(&visit, id).await?;
    let form = if request.method() == Method::POST { Some(visit.form()?) } else { None };
    if !given.hand.may(Power::Transfer) {
        return Err(Trouble::Role.into());
    }
    let Some(form) = form else { return show(&visit, &given, ("", false)).await };
    let app = given.app.client.id;
    let typed = form.get(field::ORGANISATION).trim();
    let to = typed.parse::<OrganisationId>().ok().filter(|to| Some(*to) != given.organisation);
    let Some(to) = to else { return show(&visit, &given, (typed, true)).await };
    // Whether there is such an organisation is not told: its people can tell.
    if state.store.organisation(to, visit.person()).await?.is_some() {
        let (at, until) = (visit.now, Timestamp(visit.now.0.saturating_add(LASTS)));
        let detail = format!("app {} to organisation {to}", given.app.client.client_id);
        let offer = AppTransferChange::Offer { app, to, by: visit.person(), at, until };
        visit.makes(vec![(offer.into(), detail)]).await?;
    }
    let here = Address::TransferApp.link_to(&[id]);
    Ok(reply::see_other(here.with(field::TRANSFERRED, TransferDone::Offered.as_str())))
}

/// `POST /developers/apps/{app}/transfer/revoke`.
///
/// # Errors
/// A page.
pub async fn revoke(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let visit = match Visit::of(state, request).await? {
        Ok(visit) => visit,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let given = find(&visit, id).await?;
    visit.form()?;
    if !given.hand.may(Power::Transfer) {
        return Err(Trouble::Role.into());
    }
    let app = given.app.client.id;
    if let Some(offered) = state.store.offer_of(app, visit.now).await? {
        let detail = format!("app {} to organisation {}", given.app.client.client_id, offered.to);
        visit.makes(vec![(AppTransferChange::Revoke { app, to: offered.to }.into(), detail)]).await?;
    }
    let here = Address::TransferApp.link_to(&[id]);
    Ok(reply::see_other(here.with(field::TRANSFERRED, TransferDone::Revoked.as_str())))
}

async fn show(
    visit: &Visit<'_>,
    given: &Given,
    (typed, unfit): (&str, bool),
) -> Result<Response<Body>, Failure> {
    let language = visit.request.language();
    let app = given.app.client.id;
    let offered = visit.state.store.offer_of(app, visit.now).await?;
    let open = offered.map(|offered| (offered.to.to_string(), date(language, offered.until)));
    let query = visit.request.query()?;
    let csrf = visit.browser.csrf(visit.state);
    let id = app.to_string();
    let page = TransferPage {
        site: visit.state.site(language),
        csrf: &csrf,
        id: &id,
        app: AppFace::of(&given.app),
        typed,
        unfit,
        open: open.as_ref().map(|(to, until)| (to.as_str(), until.as_str())),
        done: query.get(field::TRANSFERRED.name()).and_then(TransferDone::parse),
    };
    visit.page(if unfit { 422 } else { 200 }, &page)
}
