//! The grant types. Each file holds what its request says (`parse`), what must be loaded (its facts) and what follows
//! (`decide`); the phases they share are in `token_request`.

pub mod authorization_code;
pub mod client_credentials;
pub mod refresh_token;

use crate::error::{ErrorCode, Refusal};
use crate::reason::Reason;

/// A dead, foreign or unknown code or refresh token: always this code, never another (RFC 6749 §5.2).
fn invalid_grant(reason: Reason, description: &'static str) -> Refusal {
    Refusal::new(ErrorCode::InvalidGrant, reason, description)
}
