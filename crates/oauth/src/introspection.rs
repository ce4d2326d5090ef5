//! Introspection (RFC 7662): what an answer holds, and which clients may ask. Which token they may see is not decided here.

use serde::Serialize;

use crate::client::Client;
use crate::error::{ErrorCode, Refusal};
use crate::reason::Reason;
use crate::time::Timestamp;

/// The answer for a live token (RFC 7662 §2.2). What is absent is left out.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Introspection<'a> {
    /// Always `true` here; a dead, foreign or unknown token is [`INACTIVE`].
    pub active: bool,
    /// As what it acts: `person`, `tenant` or `app`.
    pub kind: &'a str,
    /// The scopes, joined by a space.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub scope: &'a str,
    /// Whose token.
    pub client_id: &'a str,
    /// The e-mail address of the person: a proven one, to whoever was given [`PROFILE`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<&'a str>,
    /// `Bearer`, for access tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<&'a str>,
    /// When it ends, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// When it was issued, in seconds.
    pub iat: i64,
    /// As whom it acts: a person, an installation, or the app itself.
    pub sub: &'a str,
    /// What it is meant for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aud: Option<&'a str>,
    /// Who issued it.
    pub iss: &'a str,
    /// The host's identifier of the tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<&'a str>,
    /// `user` or `tenant`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_level: Option<&'a str>,
    /// The person's role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'a str>,
    /// The grant it hangs from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_id: Option<&'a str>,
    /// Where the tenant's API is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<&'a str>,
}

/// The scope under which an app is told who a person is. A scope of the host's own allows it by including this one.
pub const PROFILE: &str = "profile";

/// The whole answer for a token that is not active, not meant for the asker, or not one of ours (RFC 7662 §2.2).
pub const INACTIVE: &[u8] = br#"{"active":false}"#;

/// Whether this client may ask (RFC 7662 §2.1): a public one could be anybody.
///
/// # Errors
/// `invalid_client`.
pub fn may_ask(client: &Client) -> Result<(), Refusal> {
    if client.is_public() {
        let description = "introspection needs a client that can prove itself, or a host key";
        return Err(Refusal::new(ErrorCode::InvalidClient, Reason::PublicClient, description));
    }
    Ok(())
}

/// Whether a token with this end can still act.
#[must_use]
pub fn is_live(expires_at: Option<Timestamp>, revoked: bool, now: Timestamp) -> bool {
    !revoked && expires_at.is_none_or(|end| now < end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::ClientType;
    use crate::specimen::client;

    #[test]
    fn a_client_that_cannot_prove_itself_may_not_ask() {
        assert_eq!(may_ask(&client(ClientType::Confidential)), Ok(()));
        let refused = may_ask(&client(ClientType::Public)).map_err(|refusal| (refusal.code, refusal.reason));
        assert_eq!(refused, Err((ErrorCode::InvalidClient, Reason::PublicClient)));
    }
}
