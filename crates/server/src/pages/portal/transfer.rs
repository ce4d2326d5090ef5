//! `/developers/apps/{app}/transfer`: the owners of an app offer it to another organisation, whose owners have to accept.

use http::Response;
use symbolon_oauth::id::OrganisationId;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::invitation::LASTS;
use symbolon_platform::organisation::Power;
use symbolon_store::change::AppTransferChange;

use crate::failure::Failure;
use crate::language::time::date;
use crate::pages::portal::own::Own;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::error_page::Trouble;
use crate::views::face::AppFace;
use crate::views::organisations::{TransferDone, TransferPage, TransferUnfit};
use crate::visitor::{Outcome, sign_in};

/// `GET|POST /developers/apps/{app}/transfer`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let Some(own) = Own::of(state, request, id).await? else { return Ok(sign_in()) };
    let visitor = &own.visitor;
    let form = visitor.posted()?;
    if !own.may(Power::Transfer) {
        return Err(Trouble::Role.into());
    }
    let Some(form) = form else { return show(&own, ("", None)).await };
    let app = own.app.client.id;
    let typed = form.get(field::ORGANISATION).trim();
    let here = own.organisation.as_ref().map(|organisation| organisation.id);
    let to = typed.parse::<OrganisationId>().ok().filter(|to| Some(*to) != here);
    let Some(to) = to else { return show(&own, (typed, Some(TransferUnfit::To))).await };
    // Whether there is such an organisation is not told: its people can tell.
    if state.store.organisation(to, visitor.person()).await?.is_some() {
        let (at, until) = (visitor.now, Timestamp(visitor.now.0.saturating_add(LASTS)));
        let detail = format!("app {} to organisation {to}", own.app.client.client_id);
        let offer = AppTransferChange::Offer { app, to, by: visitor.person(), at, until };
        match visitor.change(vec![(offer.into(), detail)], &[]).await? {
            Outcome::Made => {}
            Outcome::Lost => return show(&own, (typed, Some(TransferUnfit::Changed))).await,
        }
    }
    let here = Address::TransferApp.link_to(&[id]);
    Ok(reply::see_other(here.with(field::TRANSFERRED, TransferDone::Offered.as_str())))
}

/// `POST /developers/apps/{app}/transfer/revoke`.
///
/// # Errors
/// A page.
pub async fn revoke(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let Some(own) = Own::of(state, request, id).await? else { return Ok(sign_in()) };
    own.visitor.form()?;
    if !own.may(Power::Transfer) {
        return Err(Trouble::Role.into());
    }
    let app = own.app.client.id;
    if let Some(offered) = state.store.offer_of(app, own.visitor.now).await? {
        let detail = format!("app {} to organisation {}", own.app.client.client_id, offered.to);
        let revoke = AppTransferChange::Revoke { app, to: offered.to }.into();
        match own.visitor.change(vec![(revoke, detail)], &[]).await? {
            Outcome::Made => {}
            Outcome::Lost => return show(&own, ("", Some(TransferUnfit::Changed))).await,
        }
    }
    let here = Address::TransferApp.link_to(&[id]);
    Ok(reply::see_other(here.with(field::TRANSFERRED, TransferDone::Revoked.as_str())))
}

async fn show(
    own: &Own<'_>,
    (typed, unfit): (&str, Option<TransferUnfit>),
) -> Result<Response<Body>, Failure> {
    let visitor = &own.visitor;
    let app = own.app.client.id;
    let offered = visitor.state.store.offer_of(app, visitor.now).await?;
    let open = offered.map(|offered| (offered.to.to_string(), date(visitor.language, offered.until)));
    let query = visitor.request.query()?;
    let id = app.to_string();
    let page = TransferPage {
        site: visitor.site(),
        csrf: &visitor.csrf,
        id: &id,
        app: AppFace::of(&own.app),
        typed,
        unfit,
        open: open.as_ref().map(|(to, until)| (to.as_str(), until.as_str())),
        done: query.get(field::TRANSFERRED.name()).and_then(TransferDone::parse),
    };
    visitor.page(unfit.map_or(200, TransferUnfit::status), &page)
}
