//! Authorization response (RFC 6749 §4.1.2): the redirect, or the form that a browser posts, to where the request proved
//! that an answer may go.

use http::Response;
use symbolon_oauth::authorize::{Addressed, ResponseMode};
use symbolon_oauth::dialect::write::{self, Pair};

use crate::failure::Failure;
use crate::reply::{self, Body, Leads};
use crate::state::State;
use crate::views::destination::Destination;
use crate::views::form_post::FormPost;

/// Sends an answer where the request proved that it may go.
///
/// # Errors
/// When the page of a posted answer cannot be written.
pub fn send(state: &State, addressed: &Addressed, pairs: &[Pair<'_>]) -> Result<Response<Body>, Failure> {
    match addressed.response_mode() {
        ResponseMode::Query => Ok(reply::see_other(write::location(addressed, pairs))),
        ResponseMode::FormPost => {
            let action = addressed.redirect_uri();
            let page = FormPost {
                site: &state.site,
                action,
                destination: Destination::of(action),
                fields: pairs.to_vec(),
                script: true,
            };
            Ok(reply::page(200, &page, Some(Leads { form_action: target(action), script: true }))?)
        }
    }
}

/// The source expression of a redirect URI for a content security policy. An IPv6 address cannot stand in one, so its
/// scheme does; what could end the directive gives none.
#[must_use]
pub fn target(redirect_uri: &str) -> Option<String> {
    let url = url::Url::parse(redirect_uri).ok()?;
    let source = match (url.origin(), url.host()) {
        (url::Origin::Opaque(_), _) | (_, Some(url::Host::Ipv6(_))) => format!("{}:", url.scheme()),
        (origin, _) => origin.ascii_serialization(),
    };
    let plain = source.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":/.-+_".contains(&byte));
    plain.then_some(source)
}
