//! `/developers/organisations`: those of a person's, and how another one is made.

use http::Response;
use symbolon_platform::developers::may_make_organisation;
use symbolon_platform::name;
use symbolon_platform::organisation::Organisation;
use symbolon_store::change::OrganisationChange;

use super::{kept, rows};
use crate::failure::Failure;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::error_page::Trouble;
use crate::views::organisations::{Done, Organisations, Unfit};
use crate::visitor::{Outcome, Visitor, sign_in};

/// `GET|POST /developers/organisations`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request) -> Result<Response<Body>, Failure> {
    let Some(visitor) = Visitor::of(state, request).await? else { return Ok(sign_in()) };
    let Some(form) = visitor.posted()? else { return show(&visitor, ("", None)).await };
    let typed = form.get(field::NAME).trim();
    let (_, owned) = state.store.developed_by(visitor.person()).await?;
    if may_make_organisation(state.developers, &visitor.session.user, owned).is_err() {
        return Err(Trouble::Role.into());
    }
    if name::check(typed).is_err() {
        return show(&visitor, (typed, Some(Unfit::Name))).await;
    }
    let organisation = Organisation {
        id: state.entropy.new_id(visitor.now)?,
        name: typed.to_owned(),
        person: None,
        created_at: visitor.now,
    };
    let id = organisation.id.to_string();
    let detail = format!("organisation {id} \"{typed}\"");
    let owner = visitor.person();
    let create = OrganisationChange::Create { organisation, owner }.into();
    match visitor.change(vec![(create, detail)], &[]).await? {
        Outcome::Made => {
            let made = Address::Organisation.link_to(&[&id]).with(field::HAPPENED, Done::Made.as_str());
            Ok(reply::see_other(made))
        }
        Outcome::Lost => show(&visitor, (typed, Some(Unfit::Changed))).await,
    }
}

async fn show(
    visitor: &Visitor<'_>,
    (typed, unfit): (&str, Option<Unfit>),
) -> Result<Response<Body>, Failure> {
    let store = &visitor.state.store;
    let own = store.organisations_of(visitor.person()).await?;
    let (_, owned) = store.developed_by(visitor.person()).await?;
    let may_not =
        may_make_organisation(visitor.state.developers, &visitor.session.user, owned).err().map(kept);
    let query = visitor.request.query()?;
    let page = Organisations {
        site: visitor.site(),
        csrf: &visitor.csrf,
        organisations: own.iter().map(rows::own).collect(),
        may_not,
        typed,
        unfit,
        done: query.get(field::HAPPENED.name()).and_then(Done::parse),
    };
    visitor.page(unfit.map_or(200, Unfit::status), &page)
}
