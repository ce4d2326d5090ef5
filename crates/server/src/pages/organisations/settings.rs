//! `/developers/organisations/{organisation}/settings`: what it is called, and how it ends.

use http::Response;
use symbolon_platform::name;
use symbolon_platform::organisation::{Organisation, Power};
use symbolon_store::change::OrganisationChange;

use super::inside::{Inside, back};
use crate::failure::Failure;
use crate::language::time::When;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::organisations::rooms::{Room, Settings};
use crate::views::organisations::{Done, Unfit};
use crate::visitor::{Outcome, sign_in};

/// `GET|POST /developers/organisations/{organisation}/settings`.
///
/// # Errors
/// A page; one that the person is not in looks like none.
pub async fn answer(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let Some(inside) = Inside::of(state, request, id).await? else { return Ok(sign_in()) };
    let Organisation { id, name, .. } = &inside.organisation;
    let Some(form) = inside.visitor.posted()? else { return show(&inside, name, None) };
    inside.needs(Power::Team)?;
    let typed = form.get(field::NAME).trim();
    if name::check(typed).is_err() {
        return show(&inside, typed, Some(Unfit::Name));
    }
    if name != typed {
        let detail = format!("organisation {id}: name \"{name}\" → \"{typed}\"");
        let change =
            OrganisationChange::Rename { organisation: *id, old: name.clone(), new: typed.to_owned() };
        match inside.visitor.change(vec![(change.into(), detail)], &[]).await? {
            Outcome::Made => {}
            Outcome::Lost => return show(&inside, typed, Some(Unfit::Changed)),
        }
    }
    Ok(back(&inside, Room::Settings, Done::Renamed))
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
        Outcome::Lost => show(&inside, name, Some(Unfit::HasApps)),
    }
}

fn show(inside: &Inside<'_>, name: &str, unfit: Option<Unfit>) -> Result<Response<Body>, Failure> {
    let visitor = &inside.visitor;
    let page = Settings {
        site: visitor.site(),
        frame: inside.frame(Room::Settings, Power::Team, unfit)?,
        name,
        since: When::new(visitor.language, visitor.now, inside.organisation.created_at),
    };
    visitor.page(unfit.map_or(200, Unfit::status), &page)
}
