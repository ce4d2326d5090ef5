//! `/developers/organisations/{organisation}`: who is in it, who is invited, which apps are offered to it.

use http::Response;
use symbolon_platform::name;
use symbolon_platform::organisation::{Organisation, Power};
use symbolon_store::change::{AppChange, AppTransferChange, OrganisationChange};

use super::inside::Inside;
use super::rows;
use crate::failure::Failure;
use crate::language::time::When;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::error_page::Trouble;
use crate::views::organisations::{Done, OrganisationPage, Typed, Unfit, role_word};
use crate::visitor::{Outcome, sign_in};

/// What is shown beside the organisation itself: what was typed, what is wrong with it, and the link that was just made.
#[derive(Default)]
pub(super) struct Again<'a> {
    pub typed: Typed<'a>,
    pub unfit: Option<Unfit>,
    /// Whom the link is for, and the link.
    pub link: Option<(&'a str, &'a str)>,
}

/// `GET|POST /developers/organisations/{organisation}`.
///
/// # Errors
/// A page; one that the person is not in looks like none.
pub async fn answer(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let Some(inside) = Inside::of(state, request, id).await? else { return Ok(sign_in()) };
    let Some(form) = inside.visitor.posted()? else { return show(&inside, Again::default()).await };
    inside.needs(Power::Team)?;
    let typed = form.get(field::NAME).trim();
    if name::check(typed).is_err() {
        let typed = Typed { name: Some(typed), ..Typed::default() };
        return show(&inside, Again { typed, unfit: Some(Unfit::Name), link: None }).await;
    }
    let Organisation { id, name, .. } = &inside.organisation;
    if name != typed {
        let detail = format!("organisation {id}: name \"{name}\" → \"{typed}\"");
        let change =
            OrganisationChange::Rename { organisation: *id, old: name.clone(), new: typed.to_owned() };
        match inside.visitor.change(vec![(change.into(), detail)], &[]).await? {
            Outcome::Made => {}
            Outcome::Lost => return refuse(&inside, Unfit::Changed).await,
        }
    }
    Ok(back(&inside, Done::Renamed))
}

/// `POST /developers/organisations/{organisation}/delete`.
///
/// # Errors
/// A page.
pub async fn delete(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let Some(inside) = Inside::of(state, request, id).await? else { return Ok(sign_in()) };
    inside.form(Power::Delete)?;
    let Organisation { id, name, .. } = &inside.organisation;
    let detail = format!("organisation {id} \"{name}\"");
    match inside.visitor.change(vec![(OrganisationChange::Delete(*id).into(), detail)], &[]).await? {
        Outcome::Made => {
            let list = Address::Organisations.link().with(field::HAPPENED, Done::Deleted.as_str());
            Ok(reply::see_other(list))
        }
        Outcome::Lost => refuse(&inside, Unfit::HasApps).await,
    }
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
            Outcome::Made => Ok(back(&inside, Done::Declined)),
            Outcome::Lost => refuse(&inside, Unfit::Changed).await,
        };
    }
    let whence =
        offered.from.map_or_else(|| "the operator".to_owned(), |from| format!("organisation {from}"));
    let moves = AppChange::Transfer { app, old: offered.from, new: Some(to) };
    let moved = format!("app {}: {whence} → organisation {to}", offered.client_id);
    let changes = vec![(AppTransferChange::Accept { app, to }.into(), whither), (moves.into(), moved)];
    match inside.visitor.change(changes, &[]).await? {
        Outcome::Made => Ok(back(&inside, Done::Taken)),
        Outcome::Lost => refuse(&inside, Unfit::Changed).await,
    }
}

/// The page again, with what is wrong.
pub(super) async fn refuse(inside: &Inside<'_>, unfit: Unfit) -> Result<Response<Body>, Failure> {
    show(inside, Again { unfit: Some(unfit), ..Again::default() }).await
}

/// Back to its page, with the news.
pub(super) fn back(inside: &Inside<'_>, done: Done) -> Response<Body> {
    let id = inside.organisation.id.to_string();
    reply::see_other(Address::Organisation.link_to(&[&id]).with(field::HAPPENED, done.as_str()))
}

pub(super) async fn show(inside: &Inside<'_>, again: Again<'_>) -> Result<Response<Body>, Failure> {
    let visitor = &inside.visitor;
    let (store, language, now) = (&visitor.state.store, visitor.language, visitor.now);
    let id = inside.organisation.id;
    let members = store.members(id).await?;
    let invitations = store.invitations_into(id, now).await?;
    let offers = store.offers_to(id, now).await?;
    let query = visitor.request.query()?;
    let organisation = id.to_string();
    let page = OrganisationPage {
        site: visitor.site(),
        csrf: &visitor.csrf,
        organisation: &inside.organisation,
        id: &organisation,
        role: inside.role.map(role_word),
        manages: inside.may(Power::Team),
        members: members.iter().map(|own| rows::member(own, visitor.person(), (now, language))).collect(),
        invitations: invitations.iter().map(|own| rows::invitation(own, language)).collect(),
        offers: offers.iter().map(|own| rows::offer(own, language)).collect(),
        since: When::new(language, now, inside.organisation.created_at),
        typed: again.typed,
        unfit: again.unfit,
        link: again.link,
        done: query.get(field::HAPPENED.name()).and_then(Done::parse),
    };
    visitor.page(again.unfit.map_or(200, Unfit::status), &page)
}
