//! What the server says of itself: authorization server metadata (RFC 8414 §2) and protected resource metadata (RFC
//! 9728 §2). Built once from the configuration; every word in it is true of this server.

use serde_json::{Value, json};

use crate::client::{AuthenticationMethod, GrantType};
use crate::dialect::{Dialect, Serves};

/// The authorization server's metadata for the endpoints of `dialect`, which stand below `prefix`.
#[must_use]
pub fn authorization_server(dialect: &Dialect, prefix: &str, issuer: &str, scopes: &[&str]) -> Value {
    let address = |serves| {
        dialect
            .endpoint(serves)
            .and_then(|own| own.paths.first())
            .map(|path| format!("{issuer}{prefix}{path}"))
    };
    let iss = dialect.endpoint(Serves::Authorize).is_some_and(|own| own.rules.authorize.iss);
    let grant_types: Vec<&str> = GrantType::ALL.iter().map(|grant_type| grant_type.as_str()).collect();
    let methods: Vec<&str> = AuthenticationMethod::ALL.iter().map(|method| method.as_str()).collect();
    let with_secret: Vec<&str> =
        methods.iter().copied().filter(|method| *method != AuthenticationMethod::None.as_str()).collect();
    json!({
        "issuer": issuer,
        "authorization_endpoint": address(Serves::Authorize),
        "token_endpoint": address(Serves::Token),
        "revocation_endpoint": address(Serves::Revoke),
        "introspection_endpoint": address(Serves::Introspect),
        "scopes_supported": scopes,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": grant_types,
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "introspection_endpoint_auth_methods_supported": with_secret,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": iss,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
    })
}

/// A protected resource's metadata.
#[must_use]
pub fn protected_resource(issuer: &str, identifier: &str, title: &str, scopes: &[&str]) -> Value {
    json!({
        "resource": identifier,
        "resource_name": title,
        "authorization_servers": [issuer],
        "scopes_supported": scopes,
        "bearer_methods_supported": ["header"],
    })
}
