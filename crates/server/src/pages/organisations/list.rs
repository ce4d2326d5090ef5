//! `/developers/organisations`: those of a person's, and how another one is made.

use http::{Method, Response};
use symbolon_platform::developers::may_make_organisation;
use symbolon_platform::name;
use symbolon_platform::organisation::Organisation;
use symbolon_store::change::OrganisationChange;

use super::{Visit, kept, rows};
use crate::failure::Failure;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::error_page::Trouble;
use crate::views::organisations::{Done, Organisations, Unfit};

/// `GET|POST /developers/organisations`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request) -> Result<Response<Body>, Failure> {
    let visit = match Visit::of(state, request).await? {
        Ok(visit) => visit,
        Err(elsewhere) => return Ok(elsewhere),
    };
    if request.method() != Method::POST {
        return show(&visit, ("", None)).await;
    }
    let form = visit.form()?;
    let typed = form.get(field::NAME).trim();
    let (_, owned) = state.store.developed_by(visit.person()).await?;
    if may_make_organisation(state.developers, &visit.session.user, owned).is_err() {
        return Err(Trouble::Role.into());
    }
    if name::check(typed).is_err() {
        return show(&visit, (typed, Some(Unfit::Name))).await;
    }
    let organisation = Organisation {
        id: state.entropy.new_id(visit.now)?,
        name: typed.to_owned(),
        person: None,
        created_at: visit.now,
    };
    let id = organisation.id.to_string();
    let detail = format!("organisation {id} \"{typed}\"");
    let owner = visit.person();
    visit.makes(vec![(OrganisationChange::Create { organisation, owner }.into(), detail)]).await?;
    let made = Address::Organisation.link_to(&[&id]).with(field::HAPPENED, Done::Made.as_str());
    Ok(reply::see_other(made))
}

async fn show(visit: &Visit<'_>, (typed, unfit): (&str, Option<Unfit>)) -> Result<Response<Body>, Failure> {
    let store = &visit.state.store;
    let own = store.organisations_of(visit.person()).await?;
    let (_, owned) = store.developed_by(visit.person()).await?;
    let may_not = may_make_organisation(visit.state.developers, &visit.session.user, owned).err().map(kept);
    let query = visit.request.query()?;
    let csrf = visit.browser.csrf(visit.state);
    let page = Organisations {
        site: visit.state.site(visit.request.language()),
        csrf: &csrf,
        organisations: own.iter().map(rows::own).collect(),
        may_not,
        typed,
        unfit,
        done: query.get(field::HAPPENED.name()).and_then(Done::parse),
    };
    visit.page(if unfit.is_some() { 422 } else { 200 }, &page)
}
