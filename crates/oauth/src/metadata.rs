//! Authorization server metadata (RFC 8414 §2) and protected resource metadata (RFC 9728 §2): what the server says of
//! itself. Built once from the configuration; every word in it is true of this server.

use serde_json::{Value, json};

use crate::client::{AuthenticationMethod, GrantType};

/// The endpoints of an authorization server: the address of each that it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// RFC 6749 §3.1.
    pub authorization: Option<String>,
    /// RFC 6749 §3.2.
    pub token: Option<String>,
    /// RFC 7009.
    pub revocation: Option<String>,
    /// RFC 7662.
    pub introspection: Option<String>,
    /// Whether authorization answers carry `iss` (RFC 9207 §3).
    pub iss: bool,
}

/// The authorization server's metadata. `languages` are those of the pages.
#[must_use]
pub fn authorization_server(
    issuer: &str,
    endpoints: &Endpoints,
    scopes: &[&str],
    languages: &[&str],
) -> Value {
    let grant_types: Vec<&str> = GrantType::ALL.iter().map(|grant_type| grant_type.as_str()).collect();
    let methods: Vec<&str> = AuthenticationMethod::ALL.iter().map(|method| method.as_str()).collect();
    let with_secret: Vec<&str> =
        methods.iter().copied().filter(|method| *method != AuthenticationMethod::None.as_str()).collect();
    json!({
        "issuer": issuer,
        "authorization_endpoint": endpoints.authorization,
        "token_endpoint": endpoints.token,
        "revocation_endpoint": endpoints.revocation,
        "introspection_endpoint": endpoints.introspection,
        "scopes_supported": scopes,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": grant_types,
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "introspection_endpoint_auth_methods_supported": with_secret,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": endpoints.iss,
        "ui_locales_supported": languages,
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
