//! The exact requests of clients in the field, and what each of them reads in the answers. None sends what the
//! documentation says and nothing else.

use serde_json::{Value, json};
use symbolon_store::testing::Database;

use super::{Connection, HOUR, Partner, REGISTERED, YEAR, dead, is_credential, is_owner};
use crate::support::{SECOND, stories};
use crate::vendors::{members, start};

stories!(
    the_gem_sends_the_redirect_uri_with_a_refresh,
    the_gem_sends_a_bearer_beside_everything,
    the_typescript_client_checks_every_member,
    the_clinic_plugin_refreshes_either_way,
    the_dotnet_client_sends_forms,
    the_java_client_sends_null_for_what_it_lacks,
    the_node_server_asks_for_a_scope_that_nobody_reads,
    the_wordpress_script_takes_every_top_level_member_for_the_answer,
    the_backend_lives_from_one_refresh_token,
);

async fn the_gem_sends_the_redirect_uri_with_a_refresh(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let code = partner.code(&mut app.person("pia"), None).await;
    let exchange = json!({
        "grant_type": "authorization_code",
        "client_id": partner.client_id,
        "client_secret": partner.secret,
        "code": code,
        "redirect_uri": partner.callback,
    });
    let first = partner.wire.post_json("/api/oauth/token", &exchange).await.ok()["oauth"].clone();
    let refresh = json!({
        "grant_type": "refresh_token",
        "client_id": partner.client_id,
        "client_secret": partner.secret,
        "refresh_token": first["refresh_token"],
        "redirect_uri": partner.callback,
    });
    let second = partner.wire.post_json("/api/oauth/token", &refresh).await.ok()["oauth"].clone();
    assert_eq!(second["refresh_token"], first["refresh_token"]);
    let bearer = second["access_token"].as_str().expect("a text");
    assert_eq!(app.api().check(bearer, &["clinic:read"]).await.status, 200);
}

/// Its generated half signs every call with the access token, also those to endpoints that take other proof; called
/// without parameters it sends no body at all.
async fn the_gem_sends_a_bearer_beside_everything(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let given = partner.connect(&mut app.person("pia")).await;
    let bearer = format!("Bearer {}", given.access);
    let headers = [("content-type", "application/json"), ("authorization", bearer.as_str())];
    let empty = partner.wire.send("POST", "/api/oauth/token", &headers, "").await;
    empty.refused(400, "invalid_request");
    assert!(app.api().sees_alive(&given.access).await, "a mistake ends nothing");

    let mut revoke = json!({ "client_id": partner.client_id, "token": given.access });
    let unproven = partner.wire.send("POST", "/api/oauth/revoke", &headers, &revoke.to_string()).await;
    assert_ne!(unproven.status, 200, "the bearer alone proves no app");
    assert!(app.api().sees_alive(&given.access).await);
    revoke["client_secret"] = json!(partner.secret);
    let answer = partner.wire.send("POST", "/api/oauth/revoke", &headers, &revoke.to_string()).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "{}"), "{answer:?}");
    assert!(!app.api().sees_alive(&given.access).await);
    dead(&partner.refresh(&given.refresh).await);
}

/// It signs its state, refuses redirects and other content types, and checks each member and its range.
async fn the_typescript_client_checks_every_member(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let state = format!("{}.{}", "eyJub25jZSI6".repeat(20), "Zm9v-_1".repeat(9));
    let pairs = [
        ("client_id", partner.client_id),
        ("redirect_uri", &partner.callback),
        ("response_type", "code"),
        ("state", &state),
    ];
    let callback =
        partner.wire.connects(&mut app.person("stan"), ("/api/oauth/authorize", &pairs), None).await;
    assert_eq!(callback.get("state"), Some(state.as_str()));
    assert!(is_credential(callback.code()));
    let accept = [("accept", "application/json")];
    let exchange = partner.exchange_of(callback.code());
    let answer = partner.wire.post_json_with("/api/oauth/token", &exchange, &accept).await;
    assert!(answer.header("content-type").starts_with("application/json"), "{answer:?}");
    let json = answer.ok();
    let oauth = &json["oauth"];
    let strings = ["access_token", "refresh_token", "scope", "created_at"];
    assert!(strings.iter().all(|name| oauth[name].is_string()), "{oauth}");
    assert!(oauth["expires_in"].as_i64().is_some_and(|seconds| (60..=86_400).contains(&seconds)), "{oauth}");
    let created_at = oauth["created_at"].as_str().unwrap_or_default();
    assert!(created_at.len() == 24 && created_at.ends_with('Z'), "{created_at}");
    assert!(is_owner(&oauth["resource_owner"]["id"]), "{oauth}");
    let given = Connection::read(&answer);
    assert_eq!(given.owner["type"], "Staff");
    let refresh = partner.refresh_of(&given.refresh);
    Connection::read(&partner.wire.post_json_with("/api/oauth/token", &refresh, &accept).await);
    let revoke = json!({
        "client_id": partner.client_id, "client_secret": partner.secret, "token": given.access,
    });
    let revoked = partner.wire.post_json_with("/api/oauth/revoke", &revoke, &accept).await;
    assert_eq!((revoked.status, revoked.body.as_str()), (200, "{}"));
    dead(&partner.refresh(&given.refresh).await);
}

/// A Python client; its HTTP library says who it is and takes any encoding.
async fn the_clinic_plugin_refreshes_either_way(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let code = partner.code(&mut app.person("pia"), None).await;
    let headers =
        [("user-agent", "python-requests/2.32.3"), ("accept", "*/*"), ("accept-encoding", "gzip, deflate")];
    let exchange = partner.exchange_of(&code);
    let answer = partner.wire.post_json_with("/api/oauth/token", &exchange, &headers).await;
    let given = Connection::read(&answer);
    for redirect_uri in [json!(partner.callback), Value::Null] {
        let mut refresh = partner.refresh_of(&given.refresh);
        match redirect_uri {
            Value::Null => {}
            sent => refresh["redirect_uri"] = sent,
        }
        let answer = partner.wire.post_json_with("/api/oauth/token", &refresh, &headers).await;
        assert_eq!(Connection::read(&answer).refresh, given.refresh);
    }
}

async fn the_dotnet_client_sends_forms(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let code = partner.code(&mut app.person("pia"), None).await;
    let exchange = [
        ("grant_type", "authorization_code"),
        ("client_id", partner.client_id),
        ("client_secret", &partner.secret),
        ("redirect_uri", &partner.callback),
        ("code", &code),
    ];
    let given = Connection::read(&partner.wire.post_form("/api/oauth/token", &exchange).await);
    let refresh = [
        ("grant_type", "refresh_token"),
        ("client_id", partner.client_id),
        ("client_secret", &partner.secret),
        ("redirect_uri", &partner.callback),
        ("refresh_token", &given.refresh),
    ];
    let again = Connection::read(&partner.wire.post_form("/api/oauth/token", &refresh).await);
    assert_eq!((&again.refresh, again.scope.as_str()), (&given.refresh, REGISTERED));
}

/// It leaves `response_type` out, and writes every member that its class has.
async fn the_java_client_sends_null_for_what_it_lacks(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let pairs = [("client_id", partner.client_id), ("redirect_uri", &partner.callback), ("state", "b1c2")];
    let callback = partner.wire.connects(&mut app.person("pia"), ("/oauth/authorize", &pairs), None).await;
    assert_eq!(callback.get("state"), Some("b1c2"));
    let request = |grant_type: &str, code: Value, refresh_token: Value| {
        json!({
            "grant_type": grant_type,
            "client_id": partner.client_id,
            "client_secret": partner.secret,
            "code": code,
            "redirect_uri": partner.callback,
            "refresh_token": refresh_token,
        })
    };
    let exchange = request("authorization_code", json!(callback.code()), Value::Null);
    let given = Connection::read(&partner.wire.post_json("/api/oauth/token", &exchange).await);
    assert_eq!(given.created_at, "2027-01-15T08:00:00.000Z", "an instant as its parser takes it");
    let refresh = request("refresh_token", Value::Null, json!(given.refresh));
    let again = Connection::read(&partner.wire.post_json("/api/oauth/token", &refresh).await);
    assert_eq!(again.refresh, given.refresh);
}

async fn the_node_server_asks_for_a_scope_that_nobody_reads(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let pairs = [
        ("client_id", partner.client_id),
        ("redirect_uri", &partner.callback),
        ("response_type", "code"),
        ("scope", "Catalog:Read Patients:Write Orders:All"),
        ("state", "k3v9"),
    ];
    let callback =
        partner.wire.connects(&mut app.person("pia"), ("/api/oauth/authorize", &pairs), None).await;
    let given = Connection::read(&partner.exchange(callback.code()).await);
    assert_eq!(given.scope, REGISTERED);
}

async fn the_wordpress_script_takes_every_top_level_member_for_the_answer(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let code = partner.code(&mut app.person("pia"), None).await;
    let json = partner.exchange(&code).await.ok();
    for name in members(&json) {
        assert!(json[name]["access_token"].as_str().is_some_and(is_credential), "{name}: {json}");
    }
}

async fn the_backend_lives_from_one_refresh_token(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let written_down = partner.connect(&mut app.person("pia")).await.refresh;
    let mut last = String::new();
    for pause in [0, SECOND, 2 * HOUR, YEAR, 5 * YEAR] {
        app.advance(pause);
        let given = Connection::read(&partner.refresh(&written_down).await);
        assert_ne!(given.access, last);
        assert!(app.api().sees_alive(&given.access).await);
        last = given.access;
    }
}
