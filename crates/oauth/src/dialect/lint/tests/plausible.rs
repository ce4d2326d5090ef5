//! Files that somebody who means well would write: each is accepted, and nothing is said of it.

use super::super::super::{Dialect, PRESETS, advice};

/// An in-house server of JSON and camel case, whose API has a `me`.
const IN_HOUSE: &str = r#"
name = "tides"
title = "Tides"
[[endpoint]]
serves = "authorize"
paths = ["/connect"]
methods = ["GET", "POST"]
[[endpoint]]
serves = "token"
paths = ["/connect/token"]
methods = ["POST"]
[[endpoint]]
serves = "revoke"
paths = ["/connect/revoke"]
methods = ["POST"]
revoke = { body = '{"success":true}' }
[[endpoint]]
serves = "identity"
paths = ["/api/me"]
methods = ["GET"]
[endpoint.identity]
required_scopes = ["me:read"]
members = [
    { name = "id", source = "user_id" },
    { name = "username", source = "username", fallback = "user_id" },
    { name = "displayName", source = "user_name" },
    { name = "email", source = "email" },
    { name = "emailVerified", source = "email_verified" },
    { name = "account.id", source = "tenant_id" },
    { name = "account.name", source = "tenant_name" },
]
[parameter_headers]
client_id = "X-Client-Id"
[token]
bodies = ["json"]
[answer]
members = [
    { name = "accessToken", source = "access_token" },
    { name = "tokenType", source = "token_type" },
    { name = "expiresIn", source = "expires_in" },
    { name = "refreshToken", source = "refresh_token" },
    { name = "scope", source = "scope", otherwise = "" },
    { name = "accountId", source = "tenant_id" },
]
headers = { Api-Version = "2" }
[errors]
members = [
    { name = "success", literal = false },
    { name = "error.code", source = "code" },
    { name = "error.message", source = "description" },
    { name = "error.status", source = "status" },
]
"#;

/// A vendor of the oldest kind: names of its own, an envelope, an error in a list.
const VENDOR: &str = r#"
name = "ledger"
title = "Ledger"
[[endpoint]]
serves = "authorize"
paths = ["/oauth2/auth", "/oauth2/v1/auth"]
methods = ["GET", "POST"]
[[endpoint]]
serves = "token"
paths = ["/oauth2/access_token"]
methods = ["POST"]
[[endpoint]]
serves = "token"
paths = ["/oauth2/refresh"]
methods = ["POST"]
token = { grant_types = ["refresh_token"], default_grant_type = "refresh_token" }
[[endpoint]]
serves = "revoke"
paths = ["/oauth2/disconnect"]
methods = ["DELETE"]
token = { token_from = ["X-Ledger-Token"] }
revoke = { client = "none", status = 204 }
[[endpoint]]
serves = "client"
paths = ["/oauth2/apps/{client_id}"]
methods = ["GET"]
client = { members = [{ name = "app.id", source = "client_id" }, { name = "app.name", source = "app_name" }] }
[parameters]
client_id = "app_key"
client_secret = "app_secret"
[authorize]
scope_separators = ", "
names = { error_description = "reason" }
members = [{ name = "company", source = "tenant_id" }]
[answer]
envelope = ["data"]
members = [
    { name = "access_token", source = "access_token" },
    { name = "token_type", literal = "bearer" },
    { name = "expires_at", source = "expires_at", unit = "iso" },
    { name = "refresh_token", source = "refresh_token" },
    { name = "scopes", source = "scope", form = "list" },
    { name = "user.id", source = "user_id", format = "uuid" },
    { name = "user.role", source = "role", map = { owner = "Owner" }, otherwise = "Member" },
    { name = "company.id", source = "tenant_id", form = "number" },
    { name = "company.title", source = "tenant_name" },
]
[errors]
members = [{ name = "errors.0.title", source = "code" }, { name = "errors.0.detail", source = "description" }]
reasons = { invalid_grant = "EXPIRED" }
status = { invalid_client = 403 }
[not_found]
body = '{"errors":[{"title":"not_found"}]}'
"#;

/// The standard with members and lifetimes of one's own.
const STANDARD: &str = r#"
name = "acme"
title = "Acme"
default_scopes = ["forms:read"]
[[endpoint]]
serves = "authorize"
paths = ["/authorize"]
methods = ["GET", "POST"]
[[endpoint]]
serves = "token"
paths = ["/token"]
methods = ["POST"]
[[endpoint]]
serves = "revoke"
paths = ["/revoke"]
methods = ["POST"]
[[endpoint]]
serves = "introspect"
paths = ["/introspect"]
methods = ["POST"]
[[endpoint]]
serves = "identity"
paths = ["/userinfo"]
methods = ["GET", "POST"]
token = { token_from = ["Authorization Bearer", "X-Access-Token"] }
[endpoint.identity]
any_scope_of = ["openid", "profile"]
members = [
    { name = "sub", source = "owner_id" },
    { name = "preferred_username", source = "owner_username" },
    { name = "name", source = "owner_name" },
    { name = "email", source = "email" },
    { name = "email_verified", source = "email_verified" },
]
[answer]
members = [
    { name = "access_token", source = "access_token" },
    { name = "token_type", source = "token_type" },
    { name = "expires_in", source = "expires_in" },
    { name = "refresh_token", source = "refresh_token" },
    { name = "refresh_token_expires_in", source = "refresh_expires_in" },
    { name = "scope", source = "scope" },
    { name = "api_url", source = "base_url", fallback = "issuer" },
    { name = "created_at", source = "issued_at" },
    { name = "error", literal = "" },
]
headers = { X-OAuth-Scopes = "forms:read" }
[lifetimes]
access = "30m"
refresh = "60d"
"#;

#[test]
fn files_that_mean_well_are_accepted_without_a_word() {
    for text in [IN_HOUSE, VENDOR, STANDARD] {
        let dialect = Dialect::parse(text).unwrap_or_else(|wrong| panic!("{text}\n{wrong}"));
        assert_eq!(advice::of(&dialect), Vec::new(), "{}", dialect.name);
        super::played::plays(&dialect).unwrap_or_else(|wrong| panic!("{}: {wrong}", dialect.name));
    }
    for (name, text) in PRESETS {
        let dialect = Dialect::parse(text).unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
        super::played::plays(&dialect).unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
    }
}
