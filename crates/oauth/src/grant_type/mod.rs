//! Grant types. Each file holds what its request says (`parse`), what must be loaded (its facts) and what follows
//! (`decide`); the phases they share are in `token_request`. A decision comes with the facts that it proved, so that
//! whoever commits it need not ask for them again.

pub mod authorization_code;
pub mod client_credentials;
pub mod refresh_token;

use crate::client::Client;
use crate::error::{ErrorCode, Refusal};
use crate::policy::Policy;
use crate::reason::Reason;
use crate::scope::ScopeSet;
use crate::time::Timestamp;

/// What a code or a refresh token is judged by, besides the request and the facts.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// The proven client.
    pub client: &'a Client,
    /// The knobs of the endpoint.
    pub policy: &'a Policy,
    /// Now.
    pub now: Timestamp,
}

/// A grant that is in force. The protocol reads its ceiling; the grant itself is whatever its owner loaded, and comes
/// back with the decision that rests on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce<G> {
    /// The grant.
    pub grant: G,
    /// What it allows now.
    pub ceiling: ScopeSet,
}

/// The refusal where nothing of a grant is in force any more.
fn not_in_force() -> Refusal {
    invalid_grant(Reason::GrantNotInForce, "the connection was ended")
}

/// A dead, foreign or unknown code or refresh token: always this code, never another (RFC 6749 §5.2).
fn invalid_grant(reason: Reason, description: &'static str) -> Refusal {
    Refusal::new(ErrorCode::InvalidGrant, reason, description)
}
