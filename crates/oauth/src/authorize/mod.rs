//! Authorization request (RFC 6749 §3.1, §4.1.1 – §4.1.2.1): a type per stage.
//!
//! [`Addressed`] comes first: client and redirect URI are proven, so a client can be answered. What comes out of
//! [`check`] can be kept, shown at login and consent, and turned into a code; who the person is and what they may give is
//! not decided here.

mod addressed;
mod checks;
pub mod parameter;
mod prompt;

pub use self::addressed::{Addressed, ResponseMode, address, unknown_client};
pub use self::checks::{ClientFacts, check};
pub use self::parameter::RequestParameters;
pub use self::prompt::Prompt;
use crate::error::{ErrorCode, Refusal};
use crate::pkce::Challenge;
use crate::reason::Reason;
use crate::scope::ScopeSet;

/// A longer `state` is refused: it would have to come back in an address.
pub const STATE_AT_MOST: usize = 4096;
/// A longer `login_hint`, `ui_locales` or `tenant` is no hint.
pub const HINT_AT_MOST: usize = 320;

/// A request that passed every check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// Where the answer goes.
    pub addressed: Addressed,
    /// What is asked for.
    pub scopes: ScopeSet,
    /// The PKCE challenge.
    pub challenge: Option<Challenge>,
    /// The resource the token is meant for (RFC 8707).
    pub resource: Option<String>,
    /// When a page must be shown.
    pub prompt: Prompt,
    /// The greatest age of the sign-in, in seconds.
    pub max_age: Option<i64>,
    /// Who is expected, for the login page.
    pub login_hint: Option<String>,
    /// The tenant to preselect, by the host's identifier. Never trusted.
    pub tenant: Option<String>,
}

fn wrong(reason: Reason, description: &'static str) -> Refusal {
    Refusal::new(ErrorCode::InvalidRequest, reason, description)
}

#[cfg(test)]
mod tests;
