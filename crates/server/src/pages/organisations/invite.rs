//! Who is invited into an organisation, and who is no longer.

use http::Response;
use symbolon_platform::account;
use symbolon_platform::invitation::{Gives, InvitationId};
use symbolon_platform::organisation::{Power, Role};
use symbolon_store::change::InvitationChange;

use super::inside::{Inside, back};
use super::members::{Again, refuse, show};
use crate::failure::Failure;
use crate::inviting::{self, Invited};
use crate::reply::Body;
use crate::request::Request;
use crate::routes::field;
use crate::state::State;
use crate::views::error_page::Trouble;
use crate::views::organisations::rooms::Room;
use crate::views::organisations::{Done, Unfit};
use crate::visitor::{Outcome, sign_in};

/// `POST /developers/organisations/{organisation}/invitations`.
///
/// # Errors
/// A page.
pub async fn invite(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let Some(inside) = Inside::of(state, request, id).await? else { return Ok(sign_in()) };
    let form = inside.form(Power::Team)?;
    let typed = (form.get(field::EMAIL), form.get(field::ROLE));
    let unfit = |unfit| Again { typed, unfit: Some(unfit), link: None };
    let Some(address) = account::reachable(typed.0) else {
        return show(&inside, unfit(Unfit::Email)).await;
    };
    let Some(role) = Role::parse(typed.1) else { return show(&inside, unfit(Unfit::Role)).await };
    let organisation = inside.organisation.id;
    let members = state.store.members(organisation).await?;
    if members.iter().any(|own| own.user.email() == Some(&address)) {
        return show(&inside, unfit(Unfit::Already)).await;
    }
    let gives = Gives::Membership(organisation, role);
    let detail = format!("{address} into organisation {organisation} as {}", role.as_str());
    let into = (gives, inside.organisation.name.as_str());
    match inviting::invite(&inside.visitor, into, (&address, detail)).await? {
        Invited::Link(link) => {
            let link = Some((address.as_str(), link.as_str()));
            show(&inside, Again { link, ..Again::default() }).await
        }
        Invited::Mailed => Ok(back(&inside, Room::Members, Done::Invited)),
        Invited::MailedOften => show(&inside, unfit(Unfit::MailedOften)).await,
        Invited::Full => show(&inside, unfit(Unfit::Full)).await,
    }
}

/// `POST /developers/organisations/{organisation}/invitations/{invitation}/revoke`.
///
/// # Errors
/// A page.
pub async fn revoke(
    state: &State,
    request: &Request,
    [id, invitation]: [&str; 2],
) -> Result<Response<Body>, Failure> {
    let Some(inside) = Inside::of(state, request, id).await? else { return Ok(sign_in()) };
    inside.form(Power::Team)?;
    let invitation: InvitationId = invitation.parse().map_err(|_| Failure::from(Trouble::NotFound))?;
    let organisation = inside.organisation.id;
    // Any role will do: what is compared is into what.
    let gives = Gives::Membership(organisation, Role::Viewer);
    let detail = format!("invitation {invitation} into organisation {organisation}");
    let revoke = InvitationChange::Revoke { invitation, gives }.into();
    match inside.visitor.change(vec![(revoke, detail)], &[]).await? {
        Outcome::Made => Ok(back(&inside, Room::Members, Done::Revoked)),
        Outcome::Lost => refuse(&inside, Unfit::Changed).await,
    }
}
