//! Authorization response (RFC 6749 §4.1.2): the redirect, or the form that a browser posts, to where the request proved
//! that an answer may go.

use http::Response;
use symbolon_oauth::authorize::{Addressed, ResponseMode};
use symbolon_oauth::dialect::write::{self, Pair};

use crate::failure::Failure;
use crate::language::Language;
use crate::reply::{self, Body, EndsAtApp};
use crate::state::State;
use crate::views::destination::Destination;
use crate::views::form_post::FormPost;

/// Sends an answer where the request proved that it may go; what a page says of it is in this language.
///
/// # Errors
/// When the page of a posted answer cannot be written.
pub fn send(
    (state, language): (&State, Language),
    addressed: &Addressed,
    pairs: &[Pair<'_>],
) -> Result<Response<Body>, Failure> {
    match addressed.response_mode() {
        ResponseMode::Query => Ok(reply::see_other(write::location(addressed, pairs))),
        ResponseMode::FormPost => {
            let action = addressed.redirect_uri();
            let page = FormPost {
                site: state.site(language),
                action,
                destination: Destination::of(action),
                fields: pairs.to_vec(),
                script: true,
            };
            Ok(reply::page(200, language, &page, Some(EndsAtApp { script: true }))?)
        }
    }
}
