//! What a refusal means and what to do about it, in the words of developers. The reasons are those of the log.

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error;
use symbolon_oauth::reason::Reason;

use crate::language::Key;

/// The same of a reason as it is stored; one that another version knew is told in general.
#[must_use]
pub fn of_stored(reason: &str) -> Key {
    let known: Result<Reason, Error> = Reason::deserialize(reason.into_deserializer());
    known.map_or(Key("mend-other"), mend)
}

/// What a refusal for this reason means, and what to do about it.
#[must_use]
#[expect(clippy::too_many_lines, reason = "one arm for each text")]
pub fn mend(reason: Reason) -> Key {
    match reason {
        Reason::UnknownClient | Reason::NoClient => Key("mend-no-client"),
        Reason::NoSecret => Key("mend-no-secret"),
        Reason::WrongSecret => Key("mend-wrong-secret"),
        Reason::MalformedBasic => Key("mend-malformed-basic"),
        Reason::MethodNotRegistered | Reason::AuthenticationMethod => Key("mend-method-not-registered"),
        Reason::PublicClientWithSecret => Key("mend-public-with-secret"),
        Reason::TwoClients
        | Reason::TwoMethods
        | Reason::TwoHeaders
        | Reason::TwoTokens
        | Reason::SecretAndVerifier => Key("mend-two-credentials"),
        Reason::RedirectUriMissing => Key("mend-redirect-missing"),
        Reason::RedirectUriMismatch => Key("mend-redirect-mismatch"),
        Reason::RedirectUriDiffers => Key("mend-redirect-differs"),
        Reason::GrantTypeUnknown | Reason::GrantTypeNotServed => Key("mend-grant-type-unknown"),
        Reason::GrantTypeNotAllowed | Reason::PublicClient => Key("mend-grant-type-not-allowed"),
        Reason::HostKey => Key("mend-host-key"),
        Reason::AppSuspended => Key("mend-suspended"),
        Reason::AppInDevelopment => Key("mend-in-development"),
        Reason::Throttled => Key("mend-throttled"),
        Reason::Unavailable | Reason::Bug | Reason::Template => Key("mend-ours"),
        Reason::ResponseTypeMissing | Reason::ResponseType => Key("mend-response-type"),
        Reason::ResponseMode => Key("mend-response-mode"),
        Reason::StateTooLong => Key("mend-state-long"),
        Reason::RequestObject => Key("mend-request-object"),
        Reason::PromptNoneWithOthers => Key("mend-prompt"),
        Reason::MaxAge => Key("mend-max-age"),
        Reason::ScopeMissing | Reason::ScopeRequired => Key("mend-scope-missing"),
        Reason::ScopeMalformed => Key("mend-scope-malformed"),
        Reason::ScopeBeyondClient => Key("mend-scope-beyond"),
        Reason::ScopeWidened => Key("mend-scope-widened"),
        Reason::ScopeUnknown => Key("mend-scope-unknown"),
        Reason::PkceMissing => Key("mend-pkce-missing"),
        Reason::PkceMalformed => Key("mend-pkce-malformed"),
        Reason::VerifierMissing => Key("mend-verifier-missing"),
        Reason::VerifierWrong => Key("mend-verifier-wrong"),
        Reason::VerifierUnexpected => Key("mend-verifier-unexpected"),
        Reason::ResourceUnknown => Key("mend-resource-unknown"),
        Reason::ResourceDiffers | Reason::ResourceWidened | Reason::TwoResources => {
            Key("mend-resource-differs")
        }
        Reason::NotSignedIn => Key("mend-not-signed-in"),
        Reason::ConsentMissing | Reason::NotSilent => Key("mend-not-silent"),
        Reason::DeniedByPerson => Key("mend-denied"),
        Reason::PlaceClosed => Key("mend-place-closed"),
        Reason::ContentType => Key("mend-content-type"),
        Reason::MalformedJson | Reason::NotAText => Key("mend-json"),
        Reason::TooManyParameters | Reason::RepeatedParameter => Key("mend-repeated"),
        Reason::MissingParameter => Key("mend-parameter-missing"),
        Reason::UnknownParameter => Key("mend-parameter-unknown"),
        Reason::CredentialsInQuery => Key("mend-in-query"),
        Reason::Method => Key("mend-method"),
        Reason::NotFound => Key("mend-not-found"),
        Reason::TooLarge | Reason::TooSlow | Reason::UnreadableBody => Key("mend-unreadable"),
        Reason::CodeUnknown => Key("mend-code-unknown"),
        Reason::CodeExpired => Key("mend-code-expired"),
        Reason::CodeSpent | Reason::CodeReplayed => Key("mend-code-used"),
        Reason::RefreshTokenUnknown => Key("mend-refresh-unknown"),
        Reason::RefreshTokenForeign => Key("mend-refresh-foreign"),
        Reason::RefreshTokenExpired => Key("mend-refresh-expired"),
        Reason::RefreshTokenReused | Reason::RefreshTokenOutdated => Key("mend-refresh-reused"),
        Reason::FamilyEnded => Key("mend-family-ended"),
        Reason::ClientTurnedPublic => Key("mend-turned-public"),
        Reason::GrantNotInForce | Reason::GrantRevoked | Reason::GrantExpired => Key("mend-grant-gone"),
        Reason::NoCredential | Reason::UnknownToken => Key("mend-token-unknown"),
        Reason::UserGone | Reason::MembershipGone | Reason::TenantDisabled => Key("mend-person-gone"),
        Reason::TokenRevoked | Reason::TokenExpired => Key("mend-token-ended"),
        Reason::WrongAudience => Key("mend-audience"),
        Reason::RoleForbidden => Key("mend-role"),
        Reason::MissingScope => Key("mend-scope-lacking"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_reason_is_told_as_what_it_is() {
        assert_eq!(of_stored(Reason::PkceMissing.as_str()), Key("mend-pkce-missing"));
        assert_eq!(of_stored(Reason::RefreshTokenReused.as_str()), Key("mend-refresh-reused"));
        assert_eq!(of_stored("from another version"), Key("mend-other"));
    }
}
