//! The demo's front door: one origin for the server and for what of the host API belongs there.
//!
//! The vendors' clients know one address, and ask it for tokens as well as for forms, clinics, bookings and movies. So
//! an operator puts a reverse proxy before both, and this is the smallest one: a path of the host API's vendor part
//! ([`host_api::is_vendor_path`]), bare or below a vendor's prefix, goes to the host API; everything else goes to the
//! server, unread. The host is passed on as it was sent, which is how the server knows a vendor's own host name.
//! Invariant: it adds nothing, keeps nothing and decides nothing but where to.

use std::sync::Arc;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request as Incoming, State};
use axum::response::{IntoResponse, Response};
use http::header::{CONNECTION, HOST, TE, TRAILER, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderName, StatusCode};
use symbolon_wire::egress::{Answer, Egress, Request};
use url::Url;

use super::host_api;
use super::world::World;

/// More than the server itself takes, so that it is the one to refuse.
const MOST_BYTES: usize = 128 * 1024;

/// Headers that speak of one connection (RFC 9110 §7.6.1).
const HOP_BY_HOP: [HeaderName; 5] = [CONNECTION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE];

/// Where things are, behind the door.
pub struct Gateway {
    server: Url,
    host_api: Url,
    prefixes: Vec<String>,
    egress: Egress,
}

impl Gateway {
    /// The door of this world, to the server at `server`.
    ///
    /// # Errors
    /// When an address is not a URL.
    pub fn new(world: &World, server: &str, egress: Egress) -> anyhow::Result<Gateway> {
        Ok(Gateway {
            server: Url::parse(server)?,
            host_api: Url::parse(&world.addresses.host_api)?,
            prefixes: world.vendors.iter().map(super::vendor::Vendor::prefix).collect(),
            egress,
        })
    }

    /// Everything that comes in.
    pub fn router(self) -> Router {
        Router::new().fallback(pass).with_state(Arc::new(self))
    }

    /// Where a path leads, and what it is called there.
    fn route<'a>(&self, path: &'a str) -> (&Url, &'a str) {
        let below = |prefix: &String| path.strip_prefix(prefix.as_str()).filter(|rest| rest.starts_with('/'));
        let bare = self.prefixes.iter().find_map(below).unwrap_or(path);
        if host_api::is_vendor_path(bare) { (&self.host_api, bare) } else { (&self.server, path) }
    }
}

async fn pass(State(gateway): State<Arc<Gateway>>, incoming: Incoming) -> Response {
    let (head, body) = incoming.into_parts();
    let (origin, path) = gateway.route(head.uri.path());
    let mut url = origin.clone();
    url.set_path(path);
    url.set_query(head.uri.query());
    if url.path() != path {
        // Dots or doubled slashes: the server knows an address in one spelling only, and so does its door.
        return StatusCode::NOT_FOUND.into_response();
    }
    let Ok(body) = to_bytes(body, MOST_BYTES).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let mut request = Request::new(head.method, url).carrying(body);
    if let Some(host) = head.uri.authority().filter(|_| !head.headers.contains_key(HOST)) {
        request = request.header(HOST, host.as_str());
    }
    for (name, value) in head.headers.iter().filter(|(name, _)| !HOP_BY_HOP.contains(name)) {
        if let Ok(value) = value.to_str() {
            request = request.header(name.clone(), value);
        }
    }
    match gateway.egress.send(request).await {
        Ok(answer) => hand_back(&answer),
        Err(reason) => (StatusCode::BAD_GATEWAY, reason.to_string()).into_response(),
    }
}

fn hand_back(answer: &Answer) -> Response {
    let mut response = (answer.status(), answer.body().clone()).into_response();
    let passed = answer.headers().iter().filter(|(name, _)| !HOP_BY_HOP.contains(name));
    *response.headers_mut() = passed.map(|(name, value)| (name.clone(), value.clone())).collect();
    response
}

#[cfg(test)]
mod tests;
