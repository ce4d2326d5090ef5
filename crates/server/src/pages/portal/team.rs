//! `/developers/apps/{app}/team`: who develops an app. Its owners offer it to another organisation, whose owners have to accept.

use http::Response;
use symbolon_oauth::id::OrganisationId;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::invitation::LASTS;
use symbolon_platform::organisation::Power;
use symbolon_store::change::AppTransferChange;

use crate::failure::Failure;
use crate::language::Key;
use crate::language::time::date;
use crate::pages::portal::own::Own;
use crate::reply::Body;
use crate::request::Request;
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::face::{Complaint, Tile};
use crate::views::portal::Room;
use crate::views::portal::team::{Team, TeamRow};
use crate::visitor::{Outcome, sign_in};

/// `GET /developers/apps/{app}/team`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let Some(own) = Own::of(state, request, id).await? else { return Ok(sign_in()) };
    show(&own, "", 200, Vec::new()).await
}

/// `POST /developers/apps/{app}/transfer`.
///
/// # Errors
/// A page.
pub async fn offer(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let Some(own) = Own::of(state, request, id).await? else { return Ok(sign_in()) };
    let visitor = &own.visitor;
    let form = visitor.form()?;
    if own.locked(Power::Transfer, false).is_some() {
        return show(&own, "", 403, Vec::new()).await;
    }
    let app = own.app.client.id;
    let typed = form.get(field::ORGANISATION).trim();
    let here = own.organisation.as_ref().map(|organisation| organisation.id);
    let Some(to) = typed.parse::<OrganisationId>().ok().filter(|to| Some(*to) != here) else {
        let problem = Complaint::field("organisation", visitor.site().say(Key("transfer-unfit")));
        return show(&own, typed, 422, vec![problem]).await;
    };
    // Whether there is such an organisation is not told: its people can tell.
    if state.store.organisation(to, visitor.person()).await?.is_some() {
        let (at, until) = (visitor.now, Timestamp(visitor.now.0.saturating_add(LASTS)));
        let detail = format!("app {} to organisation {to}", own.app.client.client_id);
        let offer = AppTransferChange::Offer { app, to, by: visitor.person(), at, until };
        match visitor.change(vec![(offer.into(), detail)], &[]).await? {
            Outcome::Made => {}
            Outcome::Lost => return show(&own, typed, 409, vec![own.changed_meanwhile()]).await,
        }
    }
    Ok(own.done(Room::Team, "offered"))
}

/// `POST /developers/apps/{app}/transfer/revoke`.
///
/// # Errors
/// A page.
pub async fn revoke(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let Some(own) = Own::of(state, request, id).await? else { return Ok(sign_in()) };
    own.visitor.form()?;
    if own.locked(Power::Transfer, false).is_some() {
        return show(&own, "", 403, Vec::new()).await;
    }
    let app = own.app.client.id;
    if let Some(offered) = state.store.offer_of(app, own.visitor.now).await? {
        let detail = format!("app {} to organisation {}", own.app.client.client_id, offered.to);
        let revoke = AppTransferChange::Revoke { app, to: offered.to }.into();
        match own.visitor.change(vec![(revoke, detail)], &[]).await? {
            Outcome::Made => {}
            Outcome::Lost => return show(&own, "", 409, vec![own.changed_meanwhile()]).await,
        }
    }
    Ok(own.done(Room::Team, "kept"))
}

async fn show(
    own: &Own<'_>,
    typed: &str,
    status: u16,
    problems: Vec<Complaint<'_>>,
) -> Result<Response<Body>, Failure> {
    let visitor = &own.visitor;
    let store = &visitor.state.store;
    let organisation = own.organisation.as_ref().map(|organisation| organisation.id);
    let members = match organisation {
        Some(organisation) => store.members(organisation).await?,
        None => Vec::new(),
    };
    let offered = store.offer_of(own.app.client.id, visitor.now).await?;
    let open = offered.map(|offered| (offered.to.to_string(), date(visitor.language, offered.until)));
    let page = Team {
        site: visitor.site(),
        frame: own.frame(Room::Team, own.locked(Power::Transfer, false), problems)?,
        organisation: organisation.map(|id| Address::Organisation.link_to(&[&id.to_string()])),
        members: members
            .iter()
            .map(|member| TeamRow {
                name: &member.user.name,
                tile: Tile::new(&member.user.name, None),
                role: member.role,
                this: member.user.id == visitor.person(),
            })
            .collect(),
        typed,
        open: open.as_ref().map(|(to, until)| (to.as_str(), until.as_str())),
    };
    visitor.page(status, &page)
}
