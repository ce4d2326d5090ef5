//! “Daybook”, the sample third-party app: a page with a Connect button, and the forms and bookings behind it.
//!
//! An honest client: it knows its client id, its secret and the issuer, and learns everything else from public
//! endpoints. [`oauth_client`] is the part to copy; this file is the web server around it, and [`vendor_desk`] are the
//! pages on which Daybook connects in a vendor's dialect. Invariants: tokens never reach the browser, which holds a
//! random cookie only; a page that changes something answers with a redirect, so a code never stays in the address bar.

mod conversation;
mod oauth_client;
mod page;
mod vendor_desk;
mod visit;

use std::sync::Arc;

use anyhow::Context;
use askama::Template;
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::header::{CONTENT_TYPE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use symbolon_wire::egress::{Answer, Egress, Request};
use url::Url;

use self::conversation::Conversation;
use self::oauth_client::{Connection, OAuthClient, Pending, Trouble};
use self::page::{Board, Home, Neighbour, PRIVACY, Section, TERMS, Terminal, neighbours};
use self::vendor_desk::VendorDesk;
use self::visit::{Notice, Visit, Visits};
use super::pkce::random_text;
use super::world::World;

/// The sample app.
pub struct App {
    client: OAuthClient,
    address: Url,
    api: Url,
    egress: Egress,
    visits: Visits<Pending, Connection>,
    terminal: Terminal,
    desks: Vec<VendorDesk>,
    neighbours: Vec<Neighbour>,
}

impl App {
    /// The app of this world.
    ///
    /// # Errors
    /// When the world lacks it or an address is not a URL.
    pub fn new(world: &World, egress: Egress) -> anyhow::Result<App> {
        let daybook = world.app("daybook")?;
        let terminal = world.app("clinic-terminal")?;
        let client = OAuthClient {
            issuer: world.addresses.issuer.clone(),
            client_id: daybook.client_id.clone(),
            client_secret: daybook.client_secret.clone().context("daybook has a secret")?,
            redirect_uri: daybook.redirect_uris.first().context("daybook has a redirect URI")?.clone(),
            scope: daybook.scopes.join(" "),
        };
        Ok(App {
            client,
            address: Url::parse(&world.addresses.app)?,
            api: Url::parse(&world.addresses.host_api)?,
            visits: Visits::new("daybook"),
            terminal: Terminal::new(&world.addresses.issuer, terminal)?,
            desks: VendorDesk::all(world, &egress)?,
            neighbours: neighbours(&world.vendors),
            egress,
        })
    }

    /// Its routes.
    pub fn router(mut self) -> Router {
        let desks = std::mem::take(&mut self.desks);
        let own = Router::new()
            .route("/", get(home))
            .route("/connect", post(connect))
            .route("/callback", get(callback))
            .route("/refresh", post(refresh))
            .route("/disconnect", post(disconnect))
            .route("/terminal", get(terminal))
            .route("/privacy", get(async |State(app): State<Arc<App>>| app.show(&PRIVACY)))
            .route("/terms", get(async |State(app): State<Arc<App>>| app.show(&TERMS)))
            .route("/daybook.css", get(style))
            .fallback(nowhere)
            .with_state(Arc::new(self));
        desks.into_iter().fold(own, |router, desk| router.merge(desk.router()))
    }

    fn show(&self, page: &impl Template) -> Response {
        page::show(page, &self.client.issuer)
    }

    fn show_home(&self, mut page: Home) -> Response {
        page.neighbours = self.neighbours.clone();
        page.portal = format!("{}/developers", self.client.issuer);
        self.show(&page)
    }

    fn converse(&self) -> Conversation {
        Conversation::new(self.egress.clone())
    }

    /// Where this account's API is: the token answer says so, because accounts may live in different places.
    fn endpoint(&self, connection: &Connection, path: &str) -> Option<Url> {
        connection.tokens.base_url.as_ref().unwrap_or(&self.api).join(path).ok()
    }

    /// Calls the API. A 401 means the access token has had its time: one refresh, one more try.
    async fn call(
        &self,
        connection: &mut Connection,
        (title, path): (&'static str, &str),
        wire: &mut Conversation,
    ) -> Result<Answer, Trouble> {
        let url = self.endpoint(connection, path).ok_or(Trouble::NotUnderstood("base_url"))?;
        let request = |token: &str| Request::get(url.clone()).bearer(token);
        let answer = wire.send(title, request(&connection.tokens.access_token)).await?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        *connection = self.client.refresh(connection, wire).await?;
        Ok(wire.send(title, request(&connection.tokens.access_token)).await?)
    }

    /// What the page shows of a connected account.
    async fn board(&self, connection: &mut Connection, wire: &mut Conversation) -> Result<Board, Trouble> {
        let forms = self.call(connection, ("Fetch the forms", "/v1/forms"), wire).await?;
        let bookings = self.call(connection, ("Fetch the bookings", "/v1/bookings"), wire).await?;
        Ok(Board::new(&connection.tokens, Section::read(&forms), Section::read(&bookings)))
    }
}

/// The one page: a Connect button, or the clinic's day.
async fn home(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let Some((key, mut visit)) = app.visits.find(&headers) else {
        return app.show_home(Home::default());
    };
    let mut wire = app.converse();
    let mut notice = visit.notice.take();
    let mut board = None;
    if let Some(connection) = &mut visit.connection {
        match app.board(connection, &mut wire).await {
            Ok(shown) => board = Some(shown),
            Err(trouble) => {
                let text = format!("Daybook cannot reach your clinic any more. {trouble}");
                notice = Some(Notice { text, good: false });
                // Refused means over; anything else may be better in a minute.
                if matches!(trouble, Trouble::Refused { .. }) {
                    visit.connection = None;
                }
            }
        }
    }
    visit.write_down(wire.entries);
    let entries = visit.entries.iter().rev().cloned().collect();
    let page = Home { board, notice, entries, ..Home::default() };
    app.visits.change(&key, |kept| {
        kept.notice = None;
        kept.connection = visit.connection;
        kept.entries = visit.entries;
    });
    app.show_home(page)
}

/// The Connect button: remembers what it asks for, and sends the browser to the server.
async fn connect(State(app): State<Arc<App>>) -> Response {
    let mut wire = app.converse();
    let (key, begun) = match (random_text(), app.client.begin(&mut wire).await) {
        (Ok(key), Ok(begun)) => (key, begun),
        (Err(trouble), _) => return (StatusCode::SERVICE_UNAVAILABLE, trouble.to_string()).into_response(),
        (_, Err(trouble)) => return app.show_home(Home::troubled(trouble.to_string(), wire.entries)),
    };
    let (pending, url) = begun;
    app.visits.keep(key.clone(), Visit::begun(pending, wire.entries));
    see_other(url.as_str(), Some(&app.visits.set_cookie(&key)))
}

/// Where the browser comes back to, with a code or a refusal.
async fn callback(State(app): State<Arc<App>>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let Some((key, _)) = app.visits.find(&headers) else {
        return app.show_home(Home::troubled(Trouble::NotPending.to_string(), Vec::new()));
    };
    let mut wire = app.converse();
    let mut url = app.address.clone();
    url.set_path("/callback");
    url.set_query(query.as_deref());
    let finished = app.client.finish(app.visits.take_pending(&key), &url, &mut wire).await;
    app.visits.change(&key, |visit| {
        visit.write_down(wire.entries);
        match finished {
            Ok(connection) => {
                visit.connection = Some(connection);
                visit.notice = Some(Notice { text: "Connected.".to_owned(), good: true });
            }
            Err(trouble) => visit.notice = Some(Notice { text: trouble.to_string(), good: false }),
        }
    });
    see_other("/", None)
}

/// “Refresh the token”: an app does this when a call is answered 401; the button shows it at leisure.
async fn refresh(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    if let Some((key, Visit { connection: Some(connection), .. })) = app.visits.find(&headers) {
        let mut wire = app.converse();
        let refreshed = app.client.refresh(&connection, &mut wire).await;
        app.visits.change(&key, |visit| {
            visit.write_down(wire.entries);
            visit.notice = Some(match refreshed {
                Ok(connection) => {
                    visit.connection = Some(connection);
                    let text = "A fresh pair of tokens. The old refresh token is spent.".to_owned();
                    Notice { text, good: true }
                }
                Err(trouble) => Notice { text: trouble.to_string(), good: false },
            });
        });
    }
    see_other("/", None)
}

/// “Disconnect”: tells the server, forgets the tokens, and shows that the old one opens nothing.
async fn disconnect(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    if let Some((key, Visit { connection: Some(connection), .. })) = app.visits.find(&headers) {
        let mut wire = app.converse();
        let revoked = app.client.revoke(&connection, &mut wire).await;
        if let Some(url) = app.endpoint(&connection, "/v1/forms") {
            let request = Request::get(url).bearer(&connection.tokens.access_token);
            // Its answer is for the panel alone: a refusal, if all is well.
            let _ = wire.send("Try the old access token once more", request).await;
        }
        app.visits.change(&key, |visit| {
            visit.write_down(wire.entries);
            visit.notice = Some(match revoked {
                Ok(()) => {
                    visit.connection = None;
                    Notice { text: "Disconnected. The tokens open nothing any more.".to_owned(), good: true }
                }
                Err(trouble) => Notice { text: trouble.to_string(), good: false },
            });
        });
    }
    see_other("/", None)
}

/// The redirect URI of the command-line app: shows the code it was given and what to do with it.
async fn terminal(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    app.show(&app.terminal.answered(query.as_deref().unwrap_or_default()))
}

async fn nowhere(State(app): State<Arc<App>>) -> Response {
    let mut page = app.show_home(Home::troubled("There is no such page here.".to_owned(), Vec::new()));
    *page.status_mut() = StatusCode::NOT_FOUND;
    page
}

async fn style() -> Response {
    ([(CONTENT_TYPE, "text/css")], include_str!("app/daybook.css")).into_response()
}

fn see_other(to: &str, cookie: Option<&str>) -> Response {
    let mut response = (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response();
    if let Some(cookie) = cookie.and_then(|cookie| cookie.parse().ok()) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

#[cfg(test)]
mod tests;
