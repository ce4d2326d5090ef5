//! “Connect with …”: a page for each vendor, on which Daybook connects as a client of that vendor does.
//!
//! The requests are the vendor's table (`demo::vendor`); here is what every client does around them: a `state` bound to
//! the browser that began, a callback that counts once, tokens that stay on this side. Every request and every answer
//! is on the page. A refusal is as welcome here as a success: after the end, the old tokens can still be tried.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use symbolon_wire::egress::{Answer, Egress};
use url::Url;

use super::conversation::{Conversation, Entry};
use super::oauth_client::Trouble;
use super::page::{self, Neighbour, neighbours};
use super::see_other;
use super::visit::{Notice, Visit, Visits};
use crate::pkce::random_text;
use crate::vendor::{Call, EXCHANGE, Knowledge, Vendor};
use crate::world::{Persona, World};

/// The page of one vendor.
pub struct VendorDesk {
    vendor: Vendor,
    person: Persona,
    registration: Knowledge,
    callback: Url,
    issuer: String,
    neighbours: Vec<Neighbour>,
    egress: Egress,
    visits: Visits<String, Connected>,
}

/// A connection, or what is left of one.
#[derive(Clone)]
struct Connected {
    known: Knowledge,
    over: bool,
}

#[derive(Template)]
#[template(path = "vendor.html")]
struct Shown<'a> {
    vendor: &'a Vendor,
    person: &'a Persona,
    neighbours: &'a [Neighbour],
    notice: Option<Notice>,
    connection: Option<Connected>,
    over: bool,
    entries: Vec<Entry>,
}

impl VendorDesk {
    /// The pages of this world.
    ///
    /// # Errors
    /// When the world lacks an app or a person that a vendor's table names.
    pub fn all(world: &World, egress: &Egress) -> anyhow::Result<Vec<VendorDesk>> {
        let desk = |vendor: &Vendor| {
            let callback = Url::parse(&format!("{}{}/callback", world.addresses.app, vendor.page()))?;
            Ok(VendorDesk {
                person: world.person(&vendor.person)?.clone(),
                registration: vendor.registration(world)?,
                callback,
                issuer: world.addresses.issuer.clone(),
                neighbours: neighbours(&world.vendors),
                egress: egress.clone(),
                visits: Visits::new(format!("daybook-{}", vendor.key)),
                vendor: vendor.clone(),
            })
        };
        world.vendors.iter().map(desk).collect()
    }

    /// Its routes.
    pub fn router(self) -> Router {
        let page = self.vendor.page();
        Router::new()
            .route(&page, get(show))
            .route(&format!("{page}/connect"), post(connect))
            .route(&format!("{page}/callback"), get(callback))
            .route(&format!("{page}/call/{{name}}"), post(call))
            .with_state(Arc::new(self))
    }

    fn converse(&self) -> Conversation {
        Conversation::new(self.egress.clone())
    }

    fn begin(&self, wire: &mut Conversation) -> Result<(String, Url), String> {
        let state = random_text().map_err(|trouble| trouble.to_string())?;
        let mut known = self.registration.clone();
        known.learn("state", state.clone());
        let url = self.vendor.authorization(&known)?;
        wire.browser_leaves("Send the browser to sign in and consent", &url);
        Ok((state, url))
    }

    /// The code for tokens, once the callback is known to be this browser's.
    async fn finish(
        &self,
        pending: Option<String>,
        callback: &Url,
        wire: &mut Conversation,
    ) -> Result<Connected, String> {
        let code = accept(pending, callback);
        let verdict = code.as_ref().map(|_| ()).map_err(ToString::to_string);
        wire.browser_returns("The browser comes back", callback, verdict);
        let mut known = self.registration.clone();
        known.learn("code", code.map_err(|trouble| trouble.to_string())?);
        let answer = self.send(self.vendor.call(EXCHANGE)?, &mut known, wire).await?;
        match answer.status().is_success() {
            true => Ok(Connected { known, over: false }),
            false => Err(format!("The code was not exchanged: {}", answer.status())),
        }
    }

    /// One call of the table; what it brings is kept.
    async fn send(
        &self,
        call: &Call,
        known: &mut Knowledge,
        wire: &mut Conversation,
    ) -> Result<Answer, String> {
        let answer =
            wire.send(&call.title, call.request(known)?).await.map_err(|reason| reason.to_string())?;
        if answer.status().is_success() {
            self.vendor.learn(known, &answer);
        }
        Ok(answer)
    }

    /// Presses a button; answers what to tell the person.
    async fn press(
        &self,
        name: &str,
        connected: &mut Connected,
        wire: &mut Conversation,
    ) -> Result<Notice, String> {
        let call = self.vendor.call(name)?;
        let answer = self.send(call, &mut connected.known, wire).await?;
        let good = answer.status().is_success();
        connected.over |= good && call.ends;
        Ok(Notice { text: format!("{}: {}.", call.title, answer.status()), good })
    }
}

/// State first: only then is the callback known to belong to this browser.
fn accept(pending: Option<String>, callback: &Url) -> Result<String, Trouble> {
    let parameter =
        |name: &str| callback.query_pairs().find(|(own, _)| own == name).map(|(_, value)| value.into_owned());
    if pending.is_none() || parameter("state") != pending {
        return Err(Trouble::NotPending);
    }
    if let Some(error) = parameter("error") {
        return Err(Trouble::Declined(parameter("error_description").unwrap_or(error)));
    }
    parameter("code").ok_or(Trouble::NotUnderstood("authorization"))
}

async fn show(State(desk): State<Arc<VendorDesk>>, headers: HeaderMap) -> Response {
    let found = desk.visits.find(&headers);
    if let Some((key, _)) = &found {
        desk.visits.change(key, |visit| visit.notice = None);
    }
    let (notice, connection, entries) = match found {
        Some((_, visit)) => (visit.notice, visit.connection, visit.entries),
        None => (None, None, Vec::new()),
    };
    let shown = Shown {
        vendor: &desk.vendor,
        person: &desk.person,
        neighbours: &desk.neighbours,
        notice,
        over: connection.as_ref().is_some_and(|connection| connection.over),
        connection,
        entries: entries.into_iter().rev().collect(),
    };
    page::show(&shown, &desk.issuer)
}

async fn connect(State(desk): State<Arc<VendorDesk>>) -> Response {
    let mut wire = desk.converse();
    match (random_text(), desk.begin(&mut wire)) {
        (Ok(key), Ok((state, url))) => {
            desk.visits.keep(key.clone(), Visit::begun(state, wire.entries));
            see_other(url.as_str(), Some(&desk.visits.set_cookie(&key)))
        }
        (Err(trouble), _) => (StatusCode::SERVICE_UNAVAILABLE, trouble.to_string()).into_response(),
        (_, Err(trouble)) => (StatusCode::SERVICE_UNAVAILABLE, trouble).into_response(),
    }
}

async fn callback(
    State(desk): State<Arc<VendorDesk>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let Some((key, _)) = desk.visits.find(&headers) else {
        return (StatusCode::BAD_REQUEST, Trouble::NotPending.to_string()).into_response();
    };
    let mut wire = desk.converse();
    let mut url = desk.callback.clone();
    url.set_query(query.as_deref());
    let finished = desk.finish(desk.visits.take_pending(&key), &url, &mut wire).await;
    desk.visits.change(&key, |visit| {
        visit.write_down(wire.entries);
        visit.notice = Some(match finished {
            Ok(connected) => {
                visit.connection = Some(connected);
                Notice { text: "Connected.".to_owned(), good: true }
            }
            Err(text) => Notice { text, good: false },
        });
    });
    see_other(&desk.vendor.page(), None)
}

async fn call(State(desk): State<Arc<VendorDesk>>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    if let Some((key, Visit { connection: Some(mut connected), .. })) = desk.visits.find(&headers) {
        let mut wire = desk.converse();
        let pressed = desk.press(&name, &mut connected, &mut wire).await;
        desk.visits.change(&key, |visit| {
            visit.write_down(wire.entries);
            visit.connection = Some(connected);
            visit.notice = Some(pressed.unwrap_or_else(|text| Notice { text, good: false }));
        });
    }
    see_other(&desk.vendor.page(), None)
}

#[cfg(test)]
mod tests;
