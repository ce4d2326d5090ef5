//! Who is in an organisation: invited, made something else, taken out, or gone by themselves.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Response;
use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::id::UserId;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::account;
use symbolon_platform::invitation::{Gives, Invitation, InvitationId, LASTS};
use symbolon_platform::organisation::{Power, Role, Stays, may_become};
use symbolon_store::change::{InvitationChange, MemberChange};

use super::inside::Inside;
use super::one::{Again, back, refuse, show};
use crate::doors::throttle::Tries;
use crate::failure::Failure;
use crate::jobs::Job;
use crate::letters::{About, Letter};
use crate::reply::{self, Body};
use crate::request::Request;
use crate::routes::{Address, field};
use crate::state::State;
use crate::views::error_page::Trouble;
use crate::views::organisations::{Done, Typed, Unfit};
use crate::visitor::{Outcome, sign_in};

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
        Some(new) if new == old => return Ok(back(&inside, Done::Member)),
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
        Outcome::Made => Ok(back(&inside, done)),
        Outcome::Lost => refuse(&inside, Unfit::Changed).await,
    }
}

/// `POST /developers/organisations/{organisation}/invitations`.
///
/// # Errors
/// A page.
pub async fn invite(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let Some(inside) = Inside::of(state, request, id).await? else { return Ok(sign_in()) };
    let form = inside.form(Power::Team)?;
    let (email, role) = (form.get(field::EMAIL), form.get(field::ROLE));
    let typed = Typed { email, role, ..Typed::default() };
    let unfit = |unfit| Again { typed, unfit: Some(unfit), link: None };
    let Some(address) = account::reachable(email) else {
        return show(&inside, unfit(Unfit::Email)).await;
    };
    let Some(role) = Role::parse(role) else {
        return show(&inside, unfit(Unfit::Role)).await;
    };
    let organisation = inside.organisation.id;
    let members = state.store.members(organisation).await?;
    if members.iter().any(|own| own.user.email() == Some(&address)) {
        return show(&inside, unfit(Unfit::Already)).await;
    }
    let gives = Gives::Membership(organisation, role);
    let detail = format!("{address} into organisation {organisation} as {}", role.as_str());
    match create(&inside, gives, (&address, detail)).await? {
        Made::Link(link) => {
            let link = Some((address.as_str(), link.as_str()));
            show(&inside, Again { link, ..Again::default() }).await
        }
        Made::Mailed => Ok(back(&inside, Done::Invited)),
        Made::MailedOften => show(&inside, unfit(Unfit::MailedOften)).await,
        Made::Lost => show(&inside, unfit(Unfit::Full)).await,
    }
}

/// What became of an invitation.
enum Made {
    /// There is no mail: its link is shown once to whoever made it.
    Link(String),
    /// Its link is on the way to the address, and nobody saw it.
    Mailed,
    /// It was not made: the address was mailed often enough.
    MailedOften,
    /// It was not made: there is no room.
    Lost,
}

/// Makes an invitation for an address. Where there is mail its link goes there alone, which proves the address.
async fn create(
    inside: &Inside<'_>,
    gives: Gives,
    (address, detail): (&str, String),
) -> Result<Made, Failure> {
    let visitor = &inside.visitor;
    let (state, now) = (visitor.state, visitor.now);
    let id: InvitationId = state.entropy.new_id(now)?;
    let token = URL_SAFE_NO_PAD.encode(state.entropy.new_credential_bytes(id)?);
    let link = state.absolute(&Address::Invitation.link_to(&[&token]));
    let mailed = state.mail.is_some();
    let invitation = Invitation {
        id,
        gives,
        address: address.to_owned(),
        mailed,
        by: visitor.person(),
        created_at: now,
        expires_at: Timestamp(now.0.saturating_add(LASTS)),
    };
    let ends = invitation.expires_at;
    let hash = SecretHash::of(&token);
    let changes = vec![(InvitationChange::Create { invitation, hash }.into(), detail)];
    if !mailed {
        return Ok(match visitor.change(changes, &[]).await? {
            Outcome::Made => Made::Link(link),
            Outcome::Lost => Made::Lost,
        });
    }
    if Tries::to_be_mailed(state, address).reserve(state, now).await?.is_err() {
        return Ok(Made::MailedOften);
    }
    let about = About::InvitedToOrganisation { into: inside.organisation.name.clone(), link };
    let letter = Letter::new(address, visitor.language, about);
    let job = state.job(&Job::Mail(letter), Some(ends), now)?;
    Ok(match visitor.change(changes, &[job]).await? {
        Outcome::Made => Made::Mailed,
        Outcome::Lost => Made::Lost,
    })
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
    match inside
        .visitor
        .change(vec![(InvitationChange::Revoke { invitation, gives }.into(), detail)], &[])
        .await?
    {
        Outcome::Made => Ok(back(&inside, Done::Revoked)),
        Outcome::Lost => refuse(&inside, Unfit::Changed).await,
    }
}
