//! The pages of the sample app, and the headers they go out with.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use symbolon_wire::egress::Answer;

use super::conversation::Entry;
use super::oauth_client::Tokens;
use super::visit::Notice;
use crate::vendor::Vendor;
use crate::world;

/// The one page of Daybook.
#[derive(Template, Default)]
#[template(path = "home.html")]
pub struct Home {
    /// The connected account, if there is one.
    pub board: Option<Board>,
    /// What to tell first.
    pub notice: Option<Notice>,
    /// What was said to servers, newest first.
    pub entries: Vec<Entry>,
    /// The pages beside this one.
    pub neighbours: Vec<Neighbour>,
    /// Where apps are made.
    pub portal: String,
}

/// A page of fine print, which a consent page links.
#[derive(Template)]
#[template(path = "fine_print.html")]
pub struct FinePrint {
    heading: &'static str,
    paragraphs: [&'static str; 2],
}

/// What Daybook does with what it sees.
pub const PRIVACY: FinePrint = FinePrint {
    heading: "Privacy",
    paragraphs: [
        "Daybook shows what your account holds and keeps none of it: everything it has fetched is forgotten when the demo \
         ends.",
        "It knows your browser by one cookie, and tells nobody anything.",
    ],
};

/// On which terms.
pub const TERMS: FinePrint = FinePrint {
    heading: "Terms",
    paragraphs: [
        "Daybook is a sample. Use it as you like, to see what connecting an app is like.",
        "It promises nothing, and neither do you.",
    ],
};

/// A link to the page of a vendor.
#[derive(Clone)]
pub struct Neighbour {
    /// Where it is.
    pub href: String,
    /// Whose it is.
    pub name: String,
}

/// A link to each vendor's page.
#[must_use]
pub fn neighbours(vendors: &[Vendor]) -> Vec<Neighbour> {
    vendors.iter().map(|vendor| Neighbour { href: vendor.page(), name: vendor.name.clone() }).collect()
}

/// A connected account.
pub struct Board {
    tenant: String,
    role: Option<String>,
    scope: String,
    expires_in: Option<u64>,
    forms: Section,
    bookings: Section,
}

/// One part of the account: its rows, or why they are not shown.
pub enum Section {
    /// What the API gave.
    Rows(Vec<Row>),
    /// What it said instead.
    Refused(String),
}

/// A form or a booking, as a line of text with a remark.
pub struct Row {
    text: String,
    remark: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ApiAnswer {
    forms: Vec<ApiForm>,
    bookings: Vec<ApiBooking>,
    error: String,
    error_description: String,
}

#[derive(Deserialize)]
struct ApiForm {
    title: String,
    questions: u32,
}

#[derive(Deserialize)]
struct ApiBooking {
    at: String,
    patient: String,
    reason: String,
}

impl Home {
    /// The page of someone who is not connected, because of this.
    #[must_use]
    pub fn troubled(text: String, entries: Vec<Entry>) -> Home {
        Home { notice: Some(Notice { text, good: false }), entries, ..Home::default() }
    }
}

impl Board {
    /// The account these tokens belong to.
    #[must_use]
    pub fn new(tokens: &Tokens, forms: Section, bookings: Section) -> Board {
        Board {
            tenant: tokens.tenant_name.clone().unwrap_or_else(|| "Your clinic".to_owned()),
            role: tokens.role.clone(),
            scope: tokens.scope.clone(),
            expires_in: tokens.expires_in,
            forms,
            bookings,
        }
    }
}

impl Section {
    /// Reads an answer of the host API.
    #[must_use]
    pub fn read(answer: &Answer) -> Section {
        let body: ApiAnswer = answer.json().unwrap_or_default();
        if answer.status().is_success() {
            let forms = body.forms.into_iter().map(|form| Row {
                text: form.title,
                remark: match form.questions {
                    1 => "1 question".to_owned(),
                    many => format!("{many} questions"),
                },
            });
            let bookings = body.bookings.into_iter().map(|booking| Row {
                text: format!("{} · {}", booking.at, booking.patient),
                remark: booking.reason,
            });
            return Section::Rows(forms.chain(bookings).collect());
        }
        let said = if body.error_description.is_empty() { body.error } else { body.error_description };
        Section::Refused(format!("{}: {said}", answer.status()))
    }
}

/// The page on which the command-line app's authorization ends.
#[derive(Template, Clone)]
#[template(path = "terminal.html")]
pub struct Terminal {
    issuer: String,
    client_id: String,
    redirect_uri: String,
    code: Option<String>,
    error: Option<String>,
}

impl Terminal {
    /// The page of this app.
    ///
    /// # Errors
    /// When the app has no redirect URI.
    pub fn new(issuer: &str, app: &world::App) -> anyhow::Result<Terminal> {
        let redirect_uri = app.redirect_uris.first();
        let redirect_uri = redirect_uri.ok_or_else(|| anyhow::anyhow!("the app has no redirect URI"))?;
        Ok(Terminal {
            issuer: issuer.to_owned(),
            client_id: app.client_id.clone(),
            redirect_uri: redirect_uri.clone(),
            code: None,
            error: None,
        })
    }

    /// The page for one answer. Only what can be a code is shown: people will paste it into a shell.
    #[must_use]
    pub fn answered(&self, query: &str) -> Terminal {
        let mut page = self.clone();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let plain = !value.is_empty()
                && value.len() <= 512
                && value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~'));
            match &*name {
                "code" if plain => page.code = Some(value.into_owned()),
                "error" if plain => page.error = Some(value.into_owned()),
                _ => {}
            }
        }
        page
    }
}

/// A page with its headers. `form-action` names the server too: pressing Connect leads there.
pub fn show(page: &impl Template, issuer: &str) -> Response {
    let Ok(html) = page.render() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let policy = format!(
        "default-src 'none'; style-src 'self'; form-action 'self' {issuer}; base-uri 'none'; frame-ancestors 'none'"
    );
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (CONTENT_SECURITY_POLICY, policy.as_str()),
    ];
    (headers, html).into_response()
}
