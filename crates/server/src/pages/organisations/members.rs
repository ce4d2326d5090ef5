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
use symbolon_store::StoreError;
use symbolon_store::change::{InvitationChange, MemberChange};

use super::one::{Again, back, refuse, show};
use super::{Inside, Visit};
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
    let visit = match Visit::of(state, request).await? {
        Ok(visit) => visit,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let inside = Inside::find(&visit, id).await?;
    let form = visit.form()?;
    let user: UserId = member.parse().map_err(|_| Failure::from(Trouble::NotFound))?;
    let said = form.get(field::ROLE);
    // Whoever wants to leaves, whatever their role.
    let leaves = user == visit.person() && said == NOTHING;
    if !leaves {
        inside.needs(Power::Team)?;
    }
    let to = Role::parse(said);
    if to.is_none() && said != NOTHING {
        return refuse(&visit, &inside, Unfit::Role).await;
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
        Err(Stays::LastOwner) => return refuse(&visit, &inside, Unfit::LastOwner).await,
        Err(Stays::Own) => return refuse(&visit, &inside, Unfit::Own).await,
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
    match visit.makes(vec![change]).await {
        Ok(()) if leaves => {
            let list = Address::Organisations.link().with(field::HAPPENED, Done::Left.as_str());
            Ok(reply::see_other(list))
        }
        Ok(()) => Ok(back(&inside, done)),
        Err(Failure::Store(StoreError::Conflict)) => refuse(&visit, &inside, Unfit::Changed).await,
        Err(other) => Err(other),
    }
}

/// `POST /developers/organisations/{organisation}/invitations`.
///
/// # Errors
/// A page.
pub async fn invite(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let visit = match Visit::of(state, request).await? {
        Ok(visit) => visit,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let inside = Inside::find(&visit, id).await?;
    let form = visit.form()?;
    inside.needs(Power::Team)?;
    let (email, role) = (form.get(field::EMAIL), form.get(field::ROLE));
    let typed = Typed { email, role, ..Typed::default() };
    let unfit = |unfit| Again { typed, unfit: Some(unfit), link: None };
    let Some(address) = account::reachable(email) else {
        return show(&visit, &inside, unfit(Unfit::Email)).await;
    };
    let Some(role) = Role::parse(role) else {
        return show(&visit, &inside, unfit(Unfit::Role)).await;
    };
    let organisation = inside.organisation.id;
    let members = state.store.members(organisation).await?;
    if members.iter().any(|own| own.user.email() == Some(&address)) {
        return show(&visit, &inside, unfit(Unfit::Already)).await;
    }
    let gives = Gives::Membership(organisation, role);
    let detail = format!("{address} into organisation {organisation} as {}", role.as_str());
    match create(&visit, &inside, gives, (&address, detail)).await {
        Ok(Made::Link(link)) => {
            let link = Some((address.as_str(), link.as_str()));
            show(&visit, &inside, Again { link, ..Again::default() }).await
        }
        Ok(Made::Mailed) => Ok(back(&inside, Done::Invited)),
        Ok(Made::MailedOften) => show(&visit, &inside, unfit(Unfit::MailedOften)).await,
        Err(Failure::Store(StoreError::Conflict)) => show(&visit, &inside, unfit(Unfit::Full)).await,
        Err(other) => Err(other),
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
}

/// Makes an invitation for an address. Where there is mail its link goes there alone, which proves the address.
async fn create(
    visit: &Visit<'_>,
    inside: &Inside,
    gives: Gives,
    (address, detail): (&str, String),
) -> Result<Made, Failure> {
    let (state, now) = (visit.state, visit.now);
    let id: InvitationId = state.entropy.new_id(now)?;
    let token = URL_SAFE_NO_PAD.encode(state.entropy.new_credential_bytes(id)?);
    let link = state.absolute(&Address::Invitation.link_to(&[&token]));
    let mailed = state.mail.is_some();
    let invitation = Invitation {
        id,
        gives,
        address: address.to_owned(),
        mailed,
        by: visit.person(),
        created_at: now,
        expires_at: Timestamp(now.0.saturating_add(LASTS)),
    };
    let ends = invitation.expires_at;
    let hash = SecretHash::of(&token);
    let changes = vec![(InvitationChange::Create { invitation, hash }.into(), detail)];
    if !mailed {
        visit.makes(changes).await?;
        return Ok(Made::Link(link));
    }
    if Tries::to_be_mailed(state, address).reserve(state, now).await?.is_err() {
        return Ok(Made::MailedOften);
    }
    let about = About::InvitedToOrganisation { into: inside.organisation.name.clone(), link };
    let letter = Letter::new(address, visit.request.language(), about);
    let job = state.job(&Job::Mail(letter), Some(ends), now)?;
    visit.makes_and_mails(changes, &[job]).await?;
    Ok(Made::Mailed)
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
    let visit = match Visit::of(state, request).await? {
        Ok(visit) => visit,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let inside = Inside::find(&visit, id).await?;
    visit.form()?;
    inside.needs(Power::Team)?;
    let invitation: InvitationId = invitation.parse().map_err(|_| Failure::from(Trouble::NotFound))?;
    let organisation = inside.organisation.id;
    // Any role will do: what is compared is into what.
    let gives = Gives::Membership(organisation, Role::Viewer);
    let detail = format!("invitation {invitation} into organisation {organisation}");
    match visit.makes(vec![(InvitationChange::Revoke { invitation, gives }.into(), detail)]).await {
        Ok(()) => Ok(back(&inside, Done::Revoked)),
        Err(Failure::Store(StoreError::Conflict)) => refuse(&visit, &inside, Unfit::Changed).await,
        Err(other) => Err(other),
    }
}
