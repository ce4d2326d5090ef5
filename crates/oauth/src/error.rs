//! Error codes of the protocol, in one registry, and what a refusal is.
//!
//! A [`Refusal`] carries a code for the client, a description that helps its developer, and a reason for the log. It
//! never carries what was presented. Before an authorization request has proven where its answers go there are only
//! [`PageRefusal`]s, shown to the person; see `authorize`.

use crate::reason::Reason;
use std::borrow::Cow;

use serde::Deserialize;

/// Every error code this server sends (RFC 6749 §4.1.2.1 and §5.2, RFC 6750 §3.1, RFC 8707 §2, OpenID Connect Core
/// §3.1.2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request itself is wrong.
    InvalidRequest,
    /// The client is unknown or did not prove itself.
    InvalidClient,
    /// The code or refresh token is wrong, dead or another client's.
    InvalidGrant,
    /// This client may not do this.
    UnauthorizedClient,
    /// No such grant type here.
    UnsupportedGrantType,
    /// No such response type here.
    UnsupportedResponseType,
    /// A scope is unknown or beyond the client.
    InvalidScope,
    /// A resource is unknown or beyond the grant.
    InvalidTarget,
    /// The person, or a rule about them, said no.
    AccessDenied,
    /// `prompt=none`, and nobody is signed in.
    LoginRequired,
    /// `prompt=none`, and consent is missing.
    ConsentRequired,
    /// `prompt=none`, and a page is needed for another reason.
    InteractionRequired,
    /// Request objects are not supported (RFC 9101 §5).
    RequestNotSupported,
    /// Request objects by reference are not supported (RFC 9101 §5.2).
    RequestUriNotSupported,
    /// At a resource: the token is not valid (RFC 6750 §3.1).
    InvalidToken,
    /// At a resource: a scope is missing and consent could give it.
    InsufficientScope,
    /// The server cannot tell right now.
    TemporarilyUnavailable,
    /// A mistake of ours.
    ServerError,
}

impl ErrorCode {
    /// Every code.
    pub const ALL: [ErrorCode; 18] = [
        ErrorCode::InvalidRequest,
        ErrorCode::InvalidClient,
        ErrorCode::InvalidGrant,
        ErrorCode::UnauthorizedClient,
        ErrorCode::UnsupportedGrantType,
        ErrorCode::UnsupportedResponseType,
        ErrorCode::InvalidScope,
        ErrorCode::InvalidTarget,
        ErrorCode::AccessDenied,
        ErrorCode::LoginRequired,
        ErrorCode::ConsentRequired,
        ErrorCode::InteractionRequired,
        ErrorCode::RequestNotSupported,
        ErrorCode::RequestUriNotSupported,
        ErrorCode::InvalidToken,
        ErrorCode::InsufficientScope,
        ErrorCode::TemporarilyUnavailable,
        ErrorCode::ServerError,
    ];

    /// Reads the registered spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<ErrorCode> {
        ErrorCode::ALL.into_iter().find(|code| code.as_str() == text)
    }

    /// The registered spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ErrorCode::InvalidRequest => "invalid_request",
            ErrorCode::InvalidClient => "invalid_client",
            ErrorCode::InvalidGrant => "invalid_grant",
            ErrorCode::UnauthorizedClient => "unauthorized_client",
            ErrorCode::UnsupportedGrantType => "unsupported_grant_type",
            ErrorCode::UnsupportedResponseType => "unsupported_response_type",
            ErrorCode::InvalidScope => "invalid_scope",
            ErrorCode::InvalidTarget => "invalid_target",
            ErrorCode::AccessDenied => "access_denied",
            ErrorCode::LoginRequired => "login_required",
            ErrorCode::ConsentRequired => "consent_required",
            ErrorCode::InteractionRequired => "interaction_required",
            ErrorCode::RequestNotSupported => "request_not_supported",
            ErrorCode::RequestUriNotSupported => "request_uri_not_supported",
            ErrorCode::InvalidToken => "invalid_token",
            ErrorCode::InsufficientScope => "insufficient_scope",
            ErrorCode::TemporarilyUnavailable => "temporarily_unavailable",
            ErrorCode::ServerError => "server_error",
        }
    }

    /// The HTTP status of a JSON answer with this code (RFC 6749 §5.2, RFC 6750 §3.1).
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            ErrorCode::InvalidClient | ErrorCode::InvalidToken => 401,
            ErrorCode::InsufficientScope => 403,
            ErrorCode::TemporarilyUnavailable => 503,
            ErrorCode::ServerError => 500,
            ErrorCode::InvalidRequest
            | ErrorCode::InvalidGrant
            | ErrorCode::UnauthorizedClient
            | ErrorCode::UnsupportedGrantType
            | ErrorCode::UnsupportedResponseType
            | ErrorCode::InvalidScope
            | ErrorCode::InvalidTarget
            | ErrorCode::AccessDenied
            | ErrorCode::LoginRequired
            | ErrorCode::ConsentRequired
            | ErrorCode::InteractionRequired
            | ErrorCode::RequestNotSupported
            | ErrorCode::RequestUriNotSupported => 400,
        }
    }
}

/// A refusal by the protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// For the client.
    pub code: ErrorCode,
    /// For its developer: what is wrong and how to mend it.
    pub description: Cow<'static, str>,
    /// For the log: the check that refused.
    pub reason: Reason,
}

impl Refusal {
    /// A refusal. Characters that RFC 6749 §5.2 does not allow in a description become `'`.
    pub fn new(code: ErrorCode, reason: Reason, description: impl Into<Cow<'static, str>>) -> Refusal {
        let description = description.into();
        let allowed = |c: char| matches!(c, ' '..='!' | '#'..='[' | ']'..='~');
        let description = if description.chars().all(allowed) {
            description
        } else {
            description.chars().map(|c| if allowed(c) { c } else { '\'' }).collect::<String>().into()
        };
        Refusal { code, description, reason }
    }

    /// The HTTP status of a JSON answer with this refusal, where nothing says otherwise.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self.reason {
            // Asking for more scope cannot help.
            Reason::RoleForbidden => 403,
            Reason::NotFound => 404,
            Reason::Method => 405,
            Reason::TooSlow => 408,
            Reason::TooLarge => 413,
            Reason::Throttled => 429,
            _ => self.code.status(),
        }
    }
}

/// A refusal that may only be shown to the person: where the client's answers go is not proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRefusal(pub Refusal);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_keeps_to_its_alphabet() {
        let refusal = Refusal::new(ErrorCode::InvalidScope, Reason::ScopeMalformed, "scope \"a\\b\"\n\u{e9}");
        assert_eq!(refusal.description, "scope 'a'b'''");
    }
}
