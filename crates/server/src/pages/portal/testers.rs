//! `GET|POST /developers/apps/{app}/testers`: who may connect an app before it is reviewed.

use http::Response;
use symbolon_platform::account;
use symbolon_platform::organisation::{Power, TESTERS_AT_MOST};
use symbolon_store::change::TesterChange;
use symbolon_store::testers::{TesterFace, TesterId};

use crate::failure::Failure;
use crate::language::Key;
use crate::language::time::When;
use crate::pages::portal::own::Own;
use crate::reply::Body;
use crate::request::Request;
use crate::routes::field;
use crate::state::State;
use crate::views::error_page::Trouble;
use crate::views::face::Complaint;
use crate::views::portal::Room;
use crate::views::portal::settings::{TesterRow, Testers};
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
    let Some(form) = own.visitor.posted()? else { return show(&own, "", 200, Vec::new()).await };
    if own.locked(Power::Testers, false).is_some() {
        return show(&own, "", 403, Vec::new()).await;
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
    let typed = form.get(field::EMAIL).trim();
    let complaint = |key| vec![Complaint::field("email", own.visitor.site().say(key))];
    let found = match account::email(typed) {
        Some(email) => state.store.load_account_by_email(&email).await?,
        None => None,
    };
    let Some(account) = found else {
        return show(&own, typed, 422, complaint(Key("portal-tester-unknown"))).await;
    };
    let (tester, invited_by) = (TesterId::Person(account.user.id), Some(own.visitor.person()));
    let change = TesterChange::Add { app, tester, invited_by, at: own.visitor.now }.into();
    match own.visitor.change(vec![(change, format!("app {client_id}"))], &[]).await? {
        Outcome::Made => Ok(own.done(Room::Testers, "added")),
        Outcome::Lost => show(&own, typed, 409, complaint(Key("portal-tester-full"))).await,
    }
}

async fn show(
    own: &Own<'_>,
    email: &str,
    status: u16,
    problems: Vec<Complaint<'_>>,
) -> Result<Response<Body>, Failure> {
    let testers = own.visitor.state.store.testers(own.app.client.id).await?;
    let rows = testers.iter().map(|tester| {
        let (name, tenant) = match &tester.who {
            TesterFace::Person(user) => (user.name.as_str(), false),
            TesterFace::Tenant(tenant) => (tenant.name.as_str(), true),
        };
        let since = When::new(own.visitor.language, own.visitor.now, tester.since);
        TesterRow { id: named(&tester.who), name, tenant, invited_by: tester.invited_by.as_deref(), since }
    });
    let page = Testers {
        site: own.visitor.site(),
        frame: own.frame(Room::Testers, own.locked(Power::Testers, false), problems)?,
        testers: rows.collect(),
        most: TESTERS_AT_MOST,
        email,
    };
    own.visitor.page(status, &page)
}
