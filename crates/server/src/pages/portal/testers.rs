//! `GET|POST /developers/apps/{app}/testers`: who may connect an app before it is reviewed. They are invited, and accept.

use http::Response;
use symbolon_platform::account;
use symbolon_platform::invitation::{Gives, InvitationId};
use symbolon_platform::organisation::{Power, TESTERS_AT_MOST};
use symbolon_store::change::{InvitationChange, TesterChange};
use symbolon_store::testers::{TesterFace, TesterId};

use crate::failure::Failure;
use crate::inviting::{self, Invited};
use crate::language::Key;
use crate::language::time::{When, date};
use crate::pages::portal::own::Own;
use crate::reply::Body;
use crate::request::Request;
use crate::routes::field;
use crate::state::State;
use crate::views::error_page::Trouble;
use crate::views::face::Complaint;
use crate::views::portal::Room;
use crate::views::portal::settings::{InvitedRow, TesterRow, Testers};
use crate::visitor::{Outcome, sign_in};

fn id_of(tester: &TesterFace) -> TesterId {
    match tester {
        TesterFace::Person(user) => TesterId::Person(user.id),
        TesterFace::Tenant(tenant) => TesterId::Tenant(tenant.id),
    }
}

/// How a form names a tester.
fn named(tester: &TesterFace) -> String {
    match tester {
        TesterFace::Person(user) => user.id.to_string(),
        TesterFace::Tenant(tenant) => tenant.id.to_string(),
    }
}

/// `GET|POST /developers/apps/{app}/testers`.
///
/// # Errors
/// A page.
pub async fn answer(state: &State, request: &Request, id: &str) -> Result<Response<Body>, Failure> {
    let Some(own) = Own::of(state, request, id).await? else { return Ok(sign_in()) };
    let Some(form) = own.visitor.posted()? else {
        return show(&own, Again::problem("", 200, Vec::new())).await;
    };
    if own.locked(Power::Testers, false).is_some() {
        return show(&own, Again::problem("", 403, Vec::new())).await;
    }
    let app = own.app.client.id;
    let client_id = &own.app.client.client_id;
    let remove = form.get(field::REMOVE);
    if !remove.is_empty() {
        let testers = state.store.testers(app).await?;
        let tester = testers.iter().find(|tester| named(&tester.who) == remove);
        let tester = tester.ok_or_else(|| Failure::from(Trouble::NotFound))?;
        let change = TesterChange::Remove { app, tester: id_of(&tester.who) }.into();
        // One who is gone by now was taken out, and that is what was asked for.
        return match own.visitor.change(vec![(change, format!("app {client_id}"))], &[]).await? {
            Outcome::Made | Outcome::Lost => Ok(own.done(Room::Testers, "removed")),
        };
    }
    let revoke = form.get(field::REVOKE);
    if !revoke.is_empty() {
        let invitation: InvitationId = revoke.parse().map_err(|_| Failure::from(Trouble::NotFound))?;
        let change = InvitationChange::Revoke { invitation, gives: Gives::Testing(app) }.into();
        let detail = format!("invitation {invitation} to test app {client_id}");
        return match own.visitor.change(vec![(change, detail)], &[]).await? {
            Outcome::Made => Ok(own.done(Room::Testers, "revoked")),
            Outcome::Lost => show(&own, Again::problem("", 409, vec![own.changed_meanwhile()])).await,
        };
    }
    invite(&own, form.get(field::EMAIL)).await
}

/// Invites whoever has an address, whether they have an account or not, which nobody here learns.
async fn invite(own: &Own<'_>, typed: &str) -> Result<Response<Body>, Failure> {
    let (site, app) = (own.visitor.site(), own.app.client.id);
    let again = |status, key| Again::problem(typed, status, vec![Complaint::field("email", site.say(key))]);
    let Some(address) = account::reachable(typed) else {
        return show(own, again(422, Key("organisation-unfit-email"))).await;
    };
    let testers = own.visitor.state.store.testers(app).await?;
    if testers
        .iter()
        .any(|tester| matches!(&tester.who, TesterFace::Person(user) if user.email() == Some(&address)))
    {
        return show(own, again(422, Key("portal-tester-already"))).await;
    }
    let detail = format!("{address} to test app {}", own.app.client.client_id);
    let into = (Gives::Testing(app), own.app.name.as_str());
    match inviting::invite(&own.visitor, into, (&address, detail)).await? {
        Invited::Link(link) => {
            let link = Some((address.as_str(), link.as_str()));
            show(own, Again { link, ..Again::problem("", 200, Vec::new()) }).await
        }
        Invited::Mailed => Ok(own.done(Room::Testers, "invited")),
        Invited::MailedOften => show(own, again(422, Key("organisation-mailed-often"))).await,
        Invited::Full => show(own, again(409, Key("portal-tester-full"))).await,
    }
}

/// What is shown beside the testers.
struct Again<'a> {
    /// Whom to invite.
    email: &'a str,
    status: u16,
    problems: Vec<Complaint<'a>>,
    /// Whom the link is for, and the link.
    link: Option<(&'a str, &'a str)>,
}

impl<'a> Again<'a> {
    fn problem(email: &'a str, status: u16, problems: Vec<Complaint<'a>>) -> Again<'a> {
        Again { email, status, problems, link: None }
    }
}

async fn show(own: &Own<'_>, again: Again<'_>) -> Result<Response<Body>, Failure> {
    let Again { email, status, problems, link } = again;
    let visitor = &own.visitor;
    let testers = visitor.state.store.testers(own.app.client.id).await?;
    let open = visitor.state.store.invitations_to_test(own.app.client.id, visitor.now).await?;
    let rows = testers.iter().map(|tester| {
        let (name, tenant) = match &tester.who {
            TesterFace::Person(user) => (user.name.as_str(), false),
            TesterFace::Tenant(tenant) => (tenant.name.as_str(), true),
        };
        let since = When::new(visitor.language, visitor.now, tester.since);
        TesterRow { id: named(&tester.who), name, tenant, invited_by: tester.invited_by.as_deref(), since }
    });
    let invited = open.iter().map(|shown| InvitedRow {
        id: shown.invitation.id.to_string(),
        address: &shown.invitation.address,
        invited_by: shown.by.as_deref(),
        until: date(visitor.language, shown.invitation.expires_at),
    });
    let page = Testers {
        site: visitor.site(),
        frame: own.frame(Room::Testers, own.locked(Power::Testers, false), problems)?,
        testers: rows.collect(),
        invitations: invited.collect(),
        most: TESTERS_AT_MOST,
        email,
        link,
    };
    visitor.page(status, &page)
}
