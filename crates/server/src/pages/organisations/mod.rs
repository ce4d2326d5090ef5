//! `/developers/organisations`: who develops apps together, how people and apps come in, and how they leave.

pub mod invitation;
pub mod list;
pub mod members;
pub mod one;
pub mod request;
pub mod transfer;

mod rows;

use std::sync::Arc;

use http::Response;
use symbolon_oauth::id::{OrganisationId, UserId};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::browser_session::BrowserSession;
use symbolon_platform::developers::Kept;
use symbolon_platform::organisation::{Hand, Organisation, Power, Role};
use symbolon_store::jobs::NewJob;
use symbolon_store::{Actor, Audit, Change};

use crate::browser::Browser;
use crate::failure::Failure;
use crate::language::Key;
use crate::reply::{self, Body};
use crate::request::{PostedForm, Request};
use crate::routes::Address;
use crate::state::State;
use crate::views::error_page::Trouble;

/// A request of somebody who is signed in.
pub struct Visit<'a> {
    state: &'a State,
    request: &'a Request,
    now: Timestamp,
    browser: Browser,
    session: Arc<BrowserSession>,
}

impl<'a> Visit<'a> {
    /// Who comes; inside, where they go instead when nobody is signed in.
    async fn of(
        state: &'a State,
        request: &'a Request,
    ) -> Result<Result<Visit<'a>, Response<Body>>, Failure> {
        let now = state.now();
        let browser = Browser::of(state, request, now).await?;
        let Some(session) = browser.session.clone() else {
            return Ok(Err(reply::see_other(Address::Login.link())));
        };
        Ok(Ok(Visit { state, request, now, browser, session }))
    }

    fn person(&self) -> UserId {
        self.session.user.id
    }

    /// The form, if it is ours.
    fn form(&self) -> Result<PostedForm, Failure> {
        let form = self.request.form();
        self.browser.prove_form(self.state, self.request, &form)?;
        Ok(form)
    }

    /// The audit row of a change that this person makes now.
    fn audit(&self, change: &Change, detail: String) -> Result<Audit, Failure> {
        let actor = Actor::User(self.person());
        let audit = self.state.deed(self.request, change.action(), actor, self.now)?;
        Ok(change.concerning(audit).detail(detail))
    }

    /// Makes changes together, each with its row.
    async fn makes(&self, changes: Vec<(Change, String)>) -> Result<(), Failure> {
        self.makes_and_mails(changes, &[]).await
    }

    /// The same, with what is to be mailed because of them.
    async fn makes_and_mails(&self, changes: Vec<(Change, String)>, jobs: &[NewJob]) -> Result<(), Failure> {
        let mut audit = Vec::with_capacity(changes.len());
        for (change, detail) in &changes {
            audit.push(self.audit(change, detail.clone())?);
        }
        let changes: Vec<Change> = changes.into_iter().map(|(change, _)| change).collect();
        self.state.store.change_and_do(&changes, jobs, &audit).await?;
        if !jobs.is_empty() {
            self.state.wake_workers();
        }
        for change in &changes {
            self.request.trail.did(change.action());
        }
        Ok(())
    }

    /// A page for this browser.
    fn page(&self, status: u16, page: &impl askama::Template) -> Result<Response<Body>, Failure> {
        let mut response = reply::page(status, self.request.language(), page, None)?;
        self.browser.remember(self.state, &mut response);
        Ok(response)
    }
}

/// An organisation, and how whoever came stands to it.
struct Inside {
    organisation: Organisation,
    role: Option<Role>,
    hand: Hand,
}

impl Inside {
    /// One that the person may see; every other one looks like none.
    async fn find(visit: &Visit<'_>, id: &str) -> Result<Inside, Failure> {
        let id: OrganisationId = id.parse().map_err(|_| Failure::from(Trouble::NotFound))?;
        let found = visit.state.store.organisation(id, visit.person()).await?;
        let (organisation, role) = found.ok_or_else(|| Failure::from(Trouble::NotFound))?;
        let hand = Hand::of(role, visit.session.user.staff);
        if !hand.may(Power::See) {
            return Err(Trouble::NotFound.into());
        }
        Ok(Inside { organisation, role, hand })
    }

    /// Goes on only if they may.
    fn needs(&self, power: Power) -> Result<(), Failure> {
        if self.hand.may(power) { Ok(()) } else { Err(Trouble::Role.into()) }
    }
}

/// Why somebody makes nothing here, as they read it.
#[must_use]
pub fn kept(why: Kept) -> Key {
    match why {
        Kept::Unproven => Key("developers-unproven"),
        Kept::OnlyInvited => Key("developers-only-invited"),
        Kept::OnlyStaff => Key("developers-only-staff"),
        Kept::Role => Key("developers-role"),
        Kept::Many => Key("developers-many"),
    }
}
