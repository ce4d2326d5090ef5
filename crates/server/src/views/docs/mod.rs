//! `/developers/docs`: how to connect here. Every address, number and name on it is one that this server goes by.

pub mod brand;
pub mod endpoint;
pub mod words;

use askama::Template;
use symbolon_oauth::error::ErrorCode;
use symbolon_platform::catalogue::Sensitivity;

use crate::language::Key;
use crate::language::said::Said;
use crate::routes::Address;
use crate::views::docs::endpoint::Described;
use crate::views::site::Site;

/// How a token is presented to an API (RFC 6750 §2.1).
const BEARER: &str = "Authorization: Bearer …";

/// The page.
#[derive(Debug, Template)]
#[template(path = "docs/docs.html")]
pub struct Docs<'a> {
    /// The frame.
    pub site: &'a Site,
    /// The public base URL.
    pub issuer: &'a str,
    /// What is spoken here; the standard first.
    pub dialects: Vec<SpokenHere<'a>>,
    /// A first connection by the standard endpoints, as commands to be run.
    pub first: Option<String>,
    /// What can be asked for.
    pub scopes: Vec<ScopeRow<'a>>,
    /// The APIs that tokens can be meant for, each with where its metadata are.
    pub resources: Vec<(&'a str, &'a str, String)>,
    /// Where it is asked whose a token is.
    pub me: String,
    /// The codes of errors.
    pub errors: Vec<ErrorRow>,
    /// How much of anything there may be.
    pub limits: Vec<Said<'a>>,
}

/// A dialect that is spoken here.
#[derive(Debug)]
pub struct SpokenHere<'a> {
    /// The name by which apps say that they speak it.
    pub name: &'a str,
    /// For people.
    pub title: &'a str,
    /// Whether apps that keep no secret may speak it.
    pub public_clients: bool,
    /// Its endpoints.
    pub endpoints: Vec<Described<'a>>,
}

/// A scope.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is said by its name")]
pub struct ScopeRow<'a> {
    pub name: &'a str,
    pub title: &'a str,
    pub description: &'a str,
    pub sensitivity: Sensitivity,
    pub includes: Vec<&'a str>,
}

/// The code of an error.
#[derive(Clone, Copy, Debug)]
pub struct ErrorRow {
    /// As it is sent.
    pub code: &'static str,
    /// The status of a JSON answer that carries it.
    pub status: u16,
    /// What it means, and what to do.
    pub what: Key,
}

/// Every code there is.
#[must_use]
pub fn errors() -> Vec<ErrorRow> {
    let row =
        |code: ErrorCode| ErrorRow { code: code.as_str(), status: code.status(), what: words::error(code) };
    ErrorCode::ALL.into_iter().map(row).collect()
}
