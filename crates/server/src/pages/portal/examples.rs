//! What an endpoint answers, written by what writes its answers, with placeholders for what only a connection has.

use symbolon_oauth::client::GrantType;
use symbolon_oauth::credential::Kind;
use symbolon_oauth::dialect::write::{self, ActingFor, EndUser, Party, Sources, Tokens};
use symbolon_oauth::dialect::{Endpoint, Serves};
use symbolon_oauth::error::{ErrorCode, Refusal};
use symbolon_oauth::reason::Reason;
use symbolon_oauth::scope::ScopeSet;
use symbolon_platform::catalogue::Catalogue;

use crate::served::Served;
use crate::state::State;

/// What an endpoint answers that answers with members, when all goes well.
pub(super) fn answers(state: &State, served: Served<'_>, catalogue: &Catalogue) -> Option<String> {
    let scopes: ScopeSet = catalogue.scopes.keys().take(2).map(String::as_str).collect();
    let redirect_uris = ["https://app.example.com/callback".to_owned()];
    let prefix = served.mounted.dialect.token_prefix.as_ref().unwrap_or(&state.prefix);
    let credential = |kind: Kind| format!("{prefix}_{}_…", kind.as_str());
    let (access, refresh) = (credential(Kind::AccessToken), credential(Kind::RefreshToken));
    let now = state.now();
    let of_person = [GrantType::AuthorizationCode, GrantType::RefreshToken];
    let refreshes = served.policy.refresh_tokens
        && served.policy.clients.grant_types.iter().any(|own| of_person.contains(own));
    let tokens = Tokens {
        access: &access,
        access_expires_at: now.after(served.policy.access),
        refresh: Some(refresh.as_str()).filter(|_| refreshes),
        refresh_expires_at: now.after(served.policy.refresh),
    };
    let party = |id, name| Party { id, own_id: [0; 16], name };
    let acting_for = ActingFor {
        tenant: party("TENANT_ID", "TENANT_NAME"),
        personal: false,
        base_url: Some("BASE_URL"),
        region: Some("REGION"),
        level: "user",
        person: Some(EndUser {
            party: party("USER_ID", "USER_NAME"),
            role: Some("ROLE"),
            username: Some("USERNAME"),
            email: Some("EMAIL"),
        }),
    };
    let sources = Sources {
        tokens: Some(tokens),
        scopes: &scopes,
        now,
        profile: true,
        acting_for: Some(acting_for),
        client_id: "CLIENT_ID",
        app_name: "APP_NAME",
        client_type: "confidential",
        redirect_uris: &redirect_uris,
        issuer: &served.mounted.issuer,
    };
    let body = match served.endpoint.serves {
        Serves::Token => write::token_answer(served.endpoint, &sources),
        Serves::Identity | Serves::Client => {
            write::description(served.endpoint, &Sources { tokens: None, ..sources })
        }
        Serves::Authorize
        | Serves::Revoke
        | Serves::Introspect
        | Serves::Userinfo
        | Serves::Metadata
        | Serves::ResourceMetadata => return None,
    };
    String::from_utf8(body).ok()
}

/// How an endpoint refuses what programs ask it: its status, and its body.
pub(super) fn refuses(endpoint: &Endpoint) -> Option<String> {
    let (code, reason) = match endpoint.serves {
        Serves::Token | Serves::Revoke => (ErrorCode::InvalidClient, Reason::WrongSecret),
        Serves::Userinfo | Serves::Identity | Serves::Client => {
            (ErrorCode::InvalidToken, Reason::UnknownToken)
        }
        Serves::Authorize | Serves::Introspect | Serves::Metadata | Serves::ResourceMetadata => return None,
    };
    let refusal = Refusal::new(code, reason, "what is wrong, and how to mend it");
    let (status, body) = write::refusal(&endpoint.rules.errors, &refusal);
    Some(format!("{status} {}", String::from_utf8(body).ok()?))
}
