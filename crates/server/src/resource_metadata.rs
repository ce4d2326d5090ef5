//! Protected resource metadata (RFC 9728): where the document of a resource is, and which resource an address of it means.
//!
//! Each address of ours that takes access tokens is a resource by itself, named by its own URL: a client compares that with
//! what the document says. The APIs of the host are declared; their documents are found by the path of their identifier, or
//! by host and path where several have one path.

use symbolon_oauth::dialect::{Endpoint, Serves};
use symbolon_oauth::metadata::PROTECTED_RESOURCE;
use symbolon_platform::catalogue::{Catalogue, Resource};

use crate::routes::Who;
use crate::routes::router::Route;
use crate::served::Mounted;
use crate::state::State;

/// An address of ours that takes access tokens.
pub struct OwnResource<'a> {
    /// Scheme and host.
    pub origin: &'a str,
    /// Whose tokens it takes.
    pub issuer: &'a str,
}

/// What stands at a route, if it takes access tokens.
#[must_use]
pub fn own(state: &State, route: Route) -> Option<OwnResource<'_>> {
    match route {
        Route::Endpoint(dialect, endpoint) => {
            let Mounted { dialect, origin, issuer, .. } = &*state.dialects[dialect];
            takes_tokens(&dialect.endpoints[endpoint]).then_some(OwnResource { origin, issuer })
        }
        Route::Own(own) => (own.address.row().who == Who::TokenHolder)
            .then_some(OwnResource { origin: &state.issuer, issuer: &state.issuer }),
    }
}

/// Where the document of the resource at `path`, which leads to `route`, is. A path that a header cannot carry as it is has
/// none.
#[must_use]
pub fn of_own(state: &State, route: Route, path: &str) -> Option<String> {
    let own = own(state, route)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    path.bytes().all(plain).then(|| format!("{}{PROTECTED_RESOURCE}{path}", own.origin))
}

/// Where the document of a declared resource is.
#[must_use]
pub fn of_declared(issuer: &str, catalogue: &Catalogue, resource: &Resource) -> String {
    format!("{issuer}{PROTECTED_RESOURCE}{}", catalogue.metadata_path(resource))
}

fn takes_tokens(endpoint: &Endpoint) -> bool {
    match endpoint.serves {
        Serves::Userinfo | Serves::Identity | Serves::Client => true,
        Serves::Authorize
        | Serves::Token
        | Serves::Revoke
        | Serves::Introspect
        | Serves::Metadata
        | Serves::ResourceMetadata => false,
    }
}
