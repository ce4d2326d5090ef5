//! What the tests of dialects write answers from.

use super::write::Sources;
use crate::scope::ScopeSet;
use crate::specimen::{ISSUER, NOW};

/// What an answer to the client of the other specimens is made from: no tokens yet, and nobody for whom it acts.
pub fn sources(granted: &ScopeSet) -> Sources<'_> {
    Sources {
        tokens: None,
        scopes: granted,
        now: NOW,
        profile: true,
        acting_for: None,
        client_id: "app",
        app_name: "App",
        client_type: "confidential",
        redirect_uris: &[],
        issuer: ISSUER,
    }
}
