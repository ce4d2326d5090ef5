//! Somebody who is signed in, at a page of what they develop: who they are, and how what they do there is written.
//!
//! What one form does is one commit: its changes, the jobs that they cause, and an audit row for each change. It holds as a
//! whole, or somebody was faster and nothing of it does.

use std::sync::Arc;

use askama::Template;
use http::{Method, Response};
use symbolon_oauth::id::UserId;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::browser_session::BrowserSession;
use symbolon_store::audit::Actor;
use symbolon_store::jobs::NewJob;
use symbolon_store::{Change, StoreError};

use crate::browser::Browser;
use crate::failure::Failure;
use crate::language::Language;
use crate::reply::{self, Body};
use crate::request::{PostedForm, Request};
use crate::routes::Address;
use crate::state::State;
use crate::views::site::Site;

/// Somebody who is signed in, and their request.
pub struct Visitor<'v> {
    /// What serves them.
    pub state: &'v State,
    /// What they sent.
    pub request: &'v Request,
    /// When.
    pub now: Timestamp,
    /// In which language they read.
    pub language: Language,
    /// Their browser.
    pub browser: Browser,
    /// Their sign-in.
    pub session: Arc<BrowserSession>,
    /// The token of the forms that they are shown.
    pub csrf: String,
}

/// What became of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// They are made.
    Made,
    /// Something else was made meanwhile, or there is no room, and nothing of them.
    Lost,
}

/// Where whoever is not signed in goes.
#[must_use]
pub fn sign_in() -> Response<Body> {
    reply::see_other(Address::Login.link())
}

impl<'v> Visitor<'v> {
    /// Whoever sent a request; nobody where they are not signed in.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn of(state: &'v State, request: &'v Request) -> Result<Option<Visitor<'v>>, Failure> {
        let (now, language) = (state.now(), request.language());
        let browser = Browser::of(state, request, now).await?;
        let Some(session) = browser.session.clone() else { return Ok(None) };
        let csrf = browser.csrf(state);
        Ok(Some(Visitor { state, request, now, language, browser, session, csrf }))
    }

    /// The row of their account.
    #[must_use]
    pub fn person(&self) -> UserId {
        self.session.user.id
    }

    /// What is around their pages.
    #[must_use]
    pub fn site(&self) -> &'v Site {
        self.state.site(self.language)
    }

    /// Their form, proven to be ours; nothing where none was posted.
    ///
    /// # Errors
    /// A page: another site made it, or another person was shown it.
    pub fn posted(&self) -> Result<Option<PostedForm>, Failure> {
        if self.request.method() == Method::POST { self.form().map(Some) } else { Ok(None) }
    }

    /// Their form, proven to be ours, at an address that answers nothing else.
    ///
    /// # Errors
    /// See [`Visitor::posted`].
    pub fn form(&self) -> Result<PostedForm, Failure> {
        let form = self.request.form();
        self.browser.prove_form(self.state, self.request, &form)?;
        Ok(form)
    }

    /// A page for their browser.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn page(&self, status: u16, page: &impl Template) -> Result<Response<Body>, Failure> {
        let mut response = reply::page_with_script(status, self.language, page)?;
        self.browser.remember(self.state, &mut response);
        Ok(response)
    }

    /// The same of a page that shows another one of ours in a frame.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn page_with_frames(&self, status: u16, page: &impl Template) -> Result<Response<Body>, Failure> {
        let mut response = reply::page_with_frames(status, self.language, page)?;
        self.browser.remember(self.state, &mut response);
        Ok(response)
    }

    /// Makes changes together, each with an audit row that says what stands beside it, and the jobs that they cause. The log
    /// names the deed of every row.
    ///
    /// # Errors
    /// [`Failure::Store`] where storage cannot answer; a conflict is an [`Outcome`].
    pub async fn change(&self, changes: Vec<(Change, String)>, jobs: &[NewJob]) -> Result<Outcome, Failure> {
        let actor = Actor::User(self.person());
        let mut audit = Vec::with_capacity(changes.len());
        for (change, detail) in &changes {
            let row = self.state.deed(self.request, change.action(), actor, self.now)?;
            audit.push(change.concerning(row).detail(detail.as_str()));
        }
        let changes: Vec<Change> = changes.into_iter().map(|(change, _)| change).collect();
        match self.state.store.change_and_do(&changes, jobs, &audit).await {
            Ok(()) => {}
            Err(StoreError::Conflict) => return Ok(Outcome::Lost),
            Err(error) => return Err(error.into()),
        }
        if !jobs.is_empty() {
            self.state.wake_workers();
        }
        for change in &changes {
            self.request.trail.did(change.action());
        }
        Ok(Outcome::Made)
    }
}
