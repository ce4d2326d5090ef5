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
    /// OpenID Connect Core §5.3.
    pub userinfo: Option<String>,
    /// The grant types that are served.
    pub grant_types: Vec<GrantType>,
    /// The ways in which a client may prove itself.
    pub authentication: Vec<AuthenticationMethod>,
    /// Whether authorization answers carry `iss` (RFC 9207 §3).
    pub iss: bool,
}

/// Where a server's metadata are (RFC 8414 §3): the path of its issuer follows.
pub const AUTHORIZATION_SERVER: &str = "/.well-known/oauth-authorization-server";

/// Where the metadata of a resource are (RFC 9728 §3): the path of its identifier follows.
pub const PROTECTED_RESOURCE: &str = "/.well-known/oauth-protected-resource";

/// What a server speaks: the languages of its pages, and the page that says how to connect.
#[derive(Clone, Copy, Debug)]
pub struct ForPeople<'a> {
    /// Tags of languages.
    pub languages: &'a [&'a str],
    /// Where it is said how to connect.
    pub documentation: &'a str,
}

/// The authorization server's metadata. What the server does not have is left out (RFC 8414
/// §3.2).
#[must_use]
pub fn authorization_server(
    issuer: &str,
    endpoints: &Endpoints,
    scopes: &[&str],
    people: ForPeople<'_>,
) -> Value {
    let grant_types: Vec<&str> = endpoints.grant_types.iter().map(|own| own.as_str()).collect();
    let methods: Vec<&str> = endpoints.authentication.iter().map(|method| method.as_str()).collect();
    // A host key comes in each of these ways, a client's secret in the first ones.
    let asking: Vec<&str> = AuthenticationMethod::ALL
        .iter()
        .filter(|method| **method != AuthenticationMethod::None)
        .map(|method| method.as_str())
        .chain(["Bearer"])
        .collect();
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": endpoints.authorization,
        "token_endpoint": endpoints.token,
        "revocation_endpoint": endpoints.revocation,
        "introspection_endpoint": endpoints.introspection,
        "userinfo_endpoint": endpoints.userinfo,
        "scopes_supported": scopes,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": grant_types,
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "introspection_endpoint_auth_methods_supported": asking,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": endpoints.iss,
        "ui_locales_supported": people.languages,
        "service_documentation": people.documentation,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
    });
    for absent in ["revocation", "introspection"] {
        if document[format!("{absent}_endpoint")].is_null() {
            document[format!("{absent}_endpoint_auth_methods_supported")] = Value::Null;
        }
    }
    if let Value::Object(members) = &mut document {
        members.retain(|_, value| !value.is_null());
    }
    document
}

/// A protected resource's metadata. Without scopes it says nothing of them (RFC 9728 §3.2).
#[must_use]
pub fn protected_resource(issuer: &str, identifier: &str, title: &str, scopes: &[&str]) -> Value {
    let mut document = json!({
        "resource": identifier,
        "resource_name": title,
        "authorization_servers": [issuer],
        "bearer_methods_supported": ["header"],
    });
    if !scopes.is_empty() {
        document["scopes_supported"] = scopes.into();
    }
    document
}
