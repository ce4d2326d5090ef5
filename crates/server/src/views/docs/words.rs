//! What the words of the protocol mean, for whoever connects an app.

use symbolon_oauth::client::AuthenticationMethod;
use symbolon_oauth::dialect::Serves;
use symbolon_oauth::dialect::rules::{BodyFormat, RevokeProof, UnknownToken};
use symbolon_oauth::error::ErrorCode;
use symbolon_oauth::pkce::PkceRule;
use symbolon_oauth::policy::{Cascade, OldAccessToken, Rotation, ScopeFrom};

use crate::language::Key;

/// What an endpoint is for.
#[must_use]
pub fn endpoint(serves: Serves) -> Key {
    match serves {
        Serves::Authorize => Key("portal-address-authorize"),
        Serves::Token => Key("portal-address-token"),
        Serves::Revoke => Key("portal-address-revoke"),
        Serves::Introspect => Key("portal-address-introspect"),
        Serves::Userinfo => Key("portal-address-userinfo"),
        Serves::Identity => Key("portal-address-identity"),
        Serves::Client => Key("portal-address-client"),
        Serves::Metadata => Key("portal-address-metadata"),
        Serves::ResourceMetadata => Key("portal-address-resource-metadata"),
    }
}

/// What an error means, and what to do about it.
#[must_use]
pub fn error(code: ErrorCode) -> Key {
    match code {
        ErrorCode::InvalidRequest => Key("docs-error-invalid-request"),
        ErrorCode::InvalidClient => Key("docs-error-invalid-client"),
        ErrorCode::InvalidGrant => Key("docs-error-invalid-grant"),
        ErrorCode::UnauthorizedClient => Key("docs-error-unauthorized-client"),
        ErrorCode::UnsupportedGrantType => Key("docs-error-unsupported-grant-type"),
        ErrorCode::UnsupportedResponseType => Key("docs-error-unsupported-response-type"),
        ErrorCode::InvalidScope => Key("docs-error-invalid-scope"),
        ErrorCode::InvalidTarget => Key("docs-error-invalid-target"),
        ErrorCode::AccessDenied => Key("docs-error-access-denied"),
        ErrorCode::LoginRequired => Key("docs-error-login-required"),
        ErrorCode::ConsentRequired => Key("docs-error-consent-required"),
        ErrorCode::InteractionRequired => Key("docs-error-interaction-required"),
        ErrorCode::RequestNotSupported | ErrorCode::RequestUriNotSupported => {
            Key("docs-error-request-object")
        }
        ErrorCode::InvalidToken => Key("docs-error-invalid-token"),
        ErrorCode::InsufficientScope => Key("docs-error-insufficient-scope"),
        ErrorCode::TemporarilyUnavailable => Key("docs-error-temporarily-unavailable"),
        ErrorCode::ServerError => Key("docs-error-server-error"),
    }
}

pub(super) fn proof(method: AuthenticationMethod) -> Key {
    match method {
        AuthenticationMethod::ClientSecretBasic => Key("docs-proof-basic"),
        AuthenticationMethod::ClientSecretPost => Key("docs-proof-post"),
        AuthenticationMethod::None => Key("docs-proof-none"),
    }
}

pub(super) fn pkce(rule: PkceRule) -> Key {
    match rule {
        PkceRule::Required => Key("docs-pkce-required"),
        PkceRule::RequiredForPublic => Key("docs-pkce-required-for-public"),
    }
}

pub(super) fn scopes_from(from: ScopeFrom) -> Key {
    match from {
        ScopeFrom::Request => Key("docs-scopes-of-request"),
        ScopeFrom::App => Key("docs-scopes-of-app"),
    }
}

pub(super) fn rotation(rotation: Rotation) -> Key {
    match rotation {
        Rotation::Strict => Key("docs-rotation-strict"),
        Rotation::Overlap => Key("docs-rotation-overlap"),
        Rotation::None => Key("docs-rotation-none"),
    }
}

pub(super) fn old_access_token(old: OldAccessToken) -> Key {
    match old {
        OldAccessToken::Keep => Key("docs-old-kept"),
        OldAccessToken::Revoke => Key("docs-old-revoked"),
    }
}

pub(super) fn body(format: BodyFormat) -> &'static str {
    match format {
        BodyFormat::Form => "application/x-www-form-urlencoded",
        BodyFormat::Json => "application/json",
    }
}

pub(super) fn revoke_proof(proof: RevokeProof) -> Key {
    match proof {
        RevokeProof::Required => Key("docs-revoke-proof"),
        RevokeProof::None => Key("docs-revoke-no-proof"),
    }
}

pub(super) fn cascade(cascade: Cascade) -> Key {
    match cascade {
        Cascade::Token => Key("docs-revoke-token"),
        Cascade::Family => Key("docs-revoke-family"),
    }
}

pub(super) fn unknown_token(unknown: UnknownToken) -> Key {
    match unknown {
        UnknownToken::Ignore => Key("docs-revoke-unknown-ignored"),
        UnknownToken::Refuse => Key("docs-revoke-unknown-refused"),
    }
}
