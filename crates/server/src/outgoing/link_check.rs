//! Whether a link that an app shows to people leads somewhere.

use symbolon_wire::egress::{EgressError, Request};

use super::{Purpose, send};
use crate::state::State;

/// What became of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// Something answers there, or sends elsewhere.
    Answers(u16),
    /// Something answers with an error: 404 when the page is not there.
    Fails(u16),
    /// Nothing can be asked there, or nothing answers.
    Unreachable(EgressError),
}

/// Asks for a link as it was typed. Of the answer only the head is read.
pub async fn check_link(state: &State, typed: &str) -> Link {
    let asked = match state.egress.check(typed) {
        Ok(url) => send(state, Purpose::LinkCheck, Request::get(url).head_only()).await,
        Err(wrong) => Err(wrong),
    };
    match asked.map(|answer| answer.status()) {
        Ok(status) if status.is_client_error() || status.is_server_error() => Link::Fails(status.as_u16()),
        Ok(status) => Link::Answers(status.as_u16()),
        Err(wrong) => Link::Unreachable(wrong),
    }
}
