//! Who is in an organisation: made something else, taken out, or gone by themselves.

use http::Response;
use symbolon_oauth::id::UserId;
use symbolon_platform::organisation::{Power, Role, Stays, may_become};
use symbolon_store::change::MemberChange;

use super::inside::{Inside, back};
use super::rows;
use crate::failure::Failure;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::error_page::Trouble;
use crate::views::organisations::rooms::{Members, Room};
use crate::views::organisations::{Done, Unfit};
use crate::visitor::{Outcome, sign_in};

/// What is shown beside the members: what was typed, what is wrong with it, and the link that was just made.
#[derive(Default)]
pub(super) struct Again<'a> {
    /// Whom to invite, and as what.
    pub typed: (&'a str, &'a str),
    pub unfit: Option<Unfit>,
    /// Whom the link is for, and the link.
    pub link: Option<(&'a str, &'a str)>,
}

/// `GET /developers/organisations/{organisation}`.
///
/// # Errors
/// A page; one that the person is not in looks like none.
pub async fn answer(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let Some(inside) = Inside::of(state, request, id).await? else { return Ok(sign_in()) };
    show(&inside, Again::default()).await
}

/// The role of somebody who is to be a member no more.
const NOTHING: &str = "none";

/// `POST /developers/organisations/{organisation}/members/{member}`: gives a member another role, or none.
///
/// # Errors
/// A page.
pub async fn change(
    state: &State,
    request: &Request,
    [id, member]: [&str; 2],
) -> Result<Response<Body>, Failure> {
    let Some(inside) = Inside::of(state, request, id).await? else { return Ok(sign_in()) };
    let form = inside.visitor.form()?;
    let user: UserId = member.parse().map_err(|_| Failure::from(Trouble::NotFound))?;
    let said = form.get(field::ROLE);
    // Whoever wants to leaves, whatever their role.
    let leaves = user == inside.visitor.person() && said == NOTHING;
    if !leaves {
        inside.needs(Power::Team)?;
    }
    let to = Role::parse(said);
    if to.is_none() && said != NOTHING {
        return refuse(&inside, Unfit::Role).await;
    }
    let organisation = inside.organisation.id;
    let members = state.store.members(organisation).await?;
    let Some(member) = members.iter().find(|own| own.user.id == user) else {
        return Err(Trouble::NotFound.into());
    };
    let old = member.role;
    let owners = members.iter().filter(|own| own.role == Role::Owner).count();
    match may_become(&inside.organisation, (user, old), to, owners) {
        Ok(()) => {}
        Err(Stays::LastOwner) => return refuse(&inside, Unfit::LastOwner).await,
        Err(Stays::Own) => return refuse(&inside, Unfit::Own).await,
    }
    let who = format!("{} in organisation {organisation}", member.user.external_id);
    let (change, done) = match to {
        Some(new) if new == old => return Ok(back(&inside, Room::Members, Done::Member)),
        Some(new) => {
            let detail = format!("{who}: role {} → {}", old.as_str(), new.as_str());
            ((MemberChange::SetRole { organisation, user, old, new }.into(), detail), Done::Member)
        }
        None => ((MemberChange::Remove { organisation, user, old }.into(), who), Done::Removed),
    };
    match inside.visitor.change(vec![change], &[]).await? {
        Outcome::Made if leaves => {
            let list = Address::Organisations.link().with(field::HAPPENED, Done::Left.as_str());
            Ok(reply::see_other(list))
        }
        Outcome::Made => Ok(back(&inside, Room::Members, done)),
        Outcome::Lost => refuse(&inside, Unfit::Changed).await,
    }
}

/// The page again, with what is wrong.
pub(super) async fn refuse(inside: &Inside<'_>, unfit: Unfit) -> Result<Response<Body>, Failure> {
    show(inside, Again { unfit: Some(unfit), ..Again::default() }).await
}

pub(super) async fn show(inside: &Inside<'_>, again: Again<'_>) -> Result<Response<Body>, Failure> {
    let visitor = &inside.visitor;
    let (store, language, now) = (&visitor.state.store, visitor.language, visitor.now);
    let id = inside.organisation.id;
    let members = store.members(id).await?;
    let invitations = store.invitations_into(id, now).await?;
    let page = Members {
        site: visitor.site(),
        frame: inside.frame(Room::Members, Power::Team, again.unfit)?,
        members: members.iter().map(|own| rows::member(own, visitor.person(), (now, language))).collect(),
        invitations: invitations.iter().map(|own| rows::invitation(own, language)).collect(),
        typed: again.typed,
        link: again.link,
    };
    visitor.page(again.unfit.map_or(200, Unfit::status), &page)
}
