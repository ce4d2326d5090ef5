//! `/outbox`: the mails of the demo's server, which a real one would hand to a mail server. Beside the host's API, because
//! mails are the host's; nothing leaves this machine.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use symbolon_wire::mail::{Mail, Outbox};

use crate::world::World;

/// What lets the page look as it does, and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

#[derive(Clone)]
struct Desk {
    outbox: Outbox,
    issuer: String,
}

/// The page, newest mail first.
#[derive(Template)]
#[template(path = "outbox.html")]
struct Page {
    mails: Vec<Shown>,
}

struct Shown {
    to: String,
    subject: String,
    lines: Vec<Line>,
}

/// A line of a mail: a link of the server's, or text.
enum Line {
    Link(String),
    Text(String),
}

impl Shown {
    fn of(mail: Mail, issuer: &str) -> Shown {
        let line = |line: &str| {
            let own = line.strip_prefix(issuer).is_some_and(|rest| rest.starts_with('/'));
            if own { Line::Link(line.to_owned()) } else { Line::Text(line.to_owned()) }
        };
        Shown { lines: mail.text.lines().map(line).collect(), to: mail.to, subject: mail.subject }
    }
}

pub(super) fn router(outbox: &Outbox, world: &World) -> Router {
    let desk = Desk { outbox: outbox.clone(), issuer: world.addresses.issuer.clone() };
    Router::new().route("/outbox", get(show)).with_state(desk)
}

async fn show(State(desk): State<Desk>) -> Response {
    let mails = desk.outbox.mails().into_iter().rev().map(|mail| Shown::of(mail, &desk.issuer)).collect();
    match (Page { mails }).render() {
        Ok(page) => {
            ([(CONTENT_SECURITY_POLICY, POLICY), (CACHE_CONTROL, "no-store")], Html(page)).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_of_the_server_can_be_pressed() {
        let mail = Mail {
            id: "1".to_owned(),
            at: 0,
            to: "jane@example.com".to_owned(),
            subject: "Hello <b>".to_owned(),
            text: "Press:\nhttp://127.0.0.1:8080/verify?token=a\nhttp://127.0.0.1:8080.evil.example/x"
                .to_owned(),
            html: String::new(),
        };
        let page = Page { mails: vec![Shown::of(mail, "http://127.0.0.1:8080")] }.render().unwrap();
        assert_eq!(page.matches("<a href=").count(), 1, "{page}");
        assert!(page.contains("<a href=\"http://127.0.0.1:8080/verify?token=a\">"), "{page}");
        assert!(page.contains("Hello &#60;b&#62;"), "{page}");
    }

    #[test]
    fn an_empty_box_says_what_fills_it() {
        let page = Page { mails: Vec::new() }.render().unwrap();
        assert!(page.contains("No mail yet"), "{page}");
    }
}
