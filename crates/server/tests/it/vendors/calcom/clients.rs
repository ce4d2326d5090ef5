//! The exact requests of clients of every generation in the field, and what each of them reads in the answers.

use serde_json::{Value, json};
use symbolon_store::testing::Database;

use super::{AUTHORIZE, Bridge, ME, OLD_ME, OLD_REFRESH, OLD_TOKEN, Pair, TOKEN, VERIFIER};
use crate::support::stories;
use crate::vendors::start;

stories!(
    the_phone_app_is_public_and_speaks_forms,
    the_chat_app_asks_for_half_a_hundred_scopes,
    the_agents_server_proves_itself_one_way_only,
    the_workflow_platform_puts_the_token_in_the_header,
    a_supabase_function_reads_the_access_token_alone,
    a_client_of_2024_names_no_grant_type,
    a_client_of_2023_puts_the_token_in_the_body,
    the_integration_platform_sends_an_empty_scope,
    the_open_connector_asks_with_spaces,
    a_client_of_the_current_interface_sends_its_version,
    the_automation_platform_connects_and_names_the_account,
);

/// The vendor's own: a scheme of its own, `register=false` on one system, no secret anywhere.
async fn the_phone_app_is_public_and_speaks_forms(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-public");
    let redirect_uri = "com.example.calendar:/cb";
    let asked = [
        ("client_id", bridge.client_id),
        ("response_type", "code"),
        ("redirect_uri", redirect_uri),
        ("state", "Zm9vYmFy"),
        ("code_challenge", &bridge.challenge),
        ("code_challenge_method", "S256"),
        ("scope", "BOOKING_READ PROFILE_READ"),
        ("register", "false"),
    ];
    let callback = bridge.wire.connects(&mut app.person("cole"), (AUTHORIZE, &asked), None).await;
    assert_eq!((callback.to.as_str(), callback.get("state")), (redirect_uri, Some("Zm9vYmFy")));
    let exchange = [
        ("grant_type", "authorization_code"),
        ("client_id", bridge.client_id),
        ("code", callback.code()),
        ("redirect_uri", redirect_uri),
        ("code_verifier", VERIFIER),
    ];
    let json = bridge.wire.post_form(OLD_TOKEN, &exchange).await.ok();
    assert_eq!(json["expires_in"], 1800, "without it, it would take the token for expired");
    let refresh = [
        ("grant_type", "refresh_token"),
        ("client_id", bridge.client_id),
        ("refresh_token", json["refresh_token"].as_str().unwrap_or_default()),
    ];
    let json = bridge.wire.post_form(OLD_REFRESH, &refresh).await.ok();
    let token = json["access_token"].as_str().unwrap_or_default();
    assert_eq!(bridge.wire.get_as(ME, token).await.ok()["data"]["username"], "cole");
}

/// Names of scopes as the vendor has them: areas, reading and writing, and the same for teams and organizations.
fn half_a_hundred() -> Vec<String> {
    let areas = [
        "EVENT_TYPE",
        "BOOKING",
        "SCHEDULE",
        "APPS",
        "PROFILE",
        "WEBHOOK",
        "VERIFIED_RESOURCES",
        "CREDITS",
        "INSIGHTS",
    ];
    let owners = ["", "TEAM_", "ORG_"];
    let names = owners.iter().flat_map(|owner| areas.iter().map(move |area| format!("{owner}{area}")));
    names.flat_map(|name| [format!("{name}_READ"), format!("{name}_WRITE")]).collect()
}

/// No `response_type`, a signed state with a dot, and all there is to ask for.
async fn the_chat_app_asks_for_half_a_hundred_scopes(database: Database) {
    let app = start(database).await;
    let names = half_a_hundred();
    assert_eq!(names.len(), 54);
    let known = ["BOOKING_READ", "BOOKING_WRITE", "PROFILE_READ"];
    let scopes = names.iter().filter(|name| !known.contains(&name.as_str()));
    let scopes: String =
        scopes.map(|name| format!("[[scope]]\nname = \"{name}\"\ntitle = \"{name}\"\n")).collect();
    let chat = format!(
        "[[app]]\nclient_id = \"calcom-chat\"\nclient_secret = \"calcom-chat-secret\"\nname = \"Chat\"\n\
         redirect_uris = [\"https://calcom-chat.example.net/cb\"]\nscopes = {names:?}\ndialect = \"calcom\"\n"
    );
    app.declare(&format!("{scopes}{chat}")).await;
    let bridge = Bridge::of(&app, "calcom-chat");
    let scope = names.join(" ");
    let state = format!("{}.{}", "eyJ1IjoiVTEyMyJ9".repeat(6), "0a1b2c3d".repeat(8));
    let asked = [
        ("client_id", bridge.client_id),
        ("redirect_uri", &bridge.callback),
        ("state", &state),
        ("scope", &scope),
    ];
    let callback = bridge.wire.connects(&mut app.person("cole"), (AUTHORIZE, &asked), None).await;
    assert_eq!(callback.get("state"), Some(state.as_str()));
    let answer = bridge.exchange(callback.code()).await;
    assert_eq!(answer.ok()["scope"], scope);
    let given = Pair::read(&answer);
    assert_eq!(bridge.refresh(&given.refresh).await.ok()["scope"], scope);
    assert_eq!(bridge.wire.get_as(ME, &given.access).await.ok()["data"]["email"], "cole@example.com");
}

/// A secret when it has one, else a verifier.
async fn the_agents_server_proves_itself_one_way_only(database: Database) {
    let app = start(database).await;
    for client_id in ["calcom-app", "calcom-public"] {
        let bridge = Bridge::of(&app, client_id);
        let code = bridge.code(&mut app.person("cole"), "BOOKING_READ PROFILE_READ").await;
        let mut exchange = json!({
            "client_id": bridge.client_id,
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": bridge.callback,
        });
        match &bridge.secret {
            Some(secret) => exchange["client_secret"] = json!(secret),
            None => exchange["code_verifier"] = json!(VERIFIER),
        }
        Pair::read(&bridge.wire.post_json(TOKEN, &exchange).await);
    }
}

/// It builds on a library that adds `prompt` and `access_type`, and refreshes with a bearer although it is public.
async fn the_workflow_platform_puts_the_token_in_the_header(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-public");
    let asked = [
        ("response_type", "code"),
        ("client_id", bridge.client_id),
        ("state", "pQ3"),
        ("scope", "READ_BOOKING READ_PROFILE"),
        ("redirect_uri", &bridge.callback),
        ("code_challenge_method", "S256"),
        ("code_challenge", &bridge.challenge),
        ("prompt", "consent"),
        ("access_type", "offline"),
    ];
    let callback = bridge.wire.connects(&mut app.person("cole"), (AUTHORIZE, &asked), None).await;
    let exchange = [
        ("grant_type", "authorization_code"),
        ("code", callback.code()),
        ("code_verifier", VERIFIER),
        ("client_id", bridge.client_id),
        ("redirect_uri", &bridge.callback),
    ];
    let mut last = Pair::read(&bridge.wire.post_form(OLD_TOKEN, &exchange).await);
    for _ in 0..3 {
        let bearer = format!("Bearer {}", last.refresh);
        let pairs = [("grant_type", "refresh_token"), ("client_id", bridge.client_id)];
        let answer = bridge.wire.post_form_with(OLD_REFRESH, &pairs, &[("authorization", &bearer)]).await;
        let next = Pair::read(&answer);
        assert_ne!(next.refresh, last.refresh, "it takes the one that is given");
        last = next;
    }
    let me = bridge.wire.get_as(ME, &last.access).await.ok();
    assert_eq!(me["data"]["name"], "Cole Ward");
}

async fn a_supabase_function_reads_the_access_token_alone(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-legacy");
    let kept = bridge.connect(&mut app.person("cole"), "READ_PROFILE").await.refresh;
    for _ in 0..3 {
        app.advance(20 * crate::support::MINUTE);
        let json = bridge.refresh_by_header(&kept).await.ok();
        let token = json["access_token"].as_str().or(json["accessToken"].as_str()).expect("a token");
        assert_eq!(bridge.wire.get_as(ME, token).await.status, 200);
    }
}

async fn a_client_of_2024_names_no_grant_type(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-legacy");
    let kept = bridge.connect(&mut app.person("cole"), "READ_BOOKING").await.refresh;
    let bearer = format!("Bearer {kept}");
    let body = json!({ "client_id": bridge.client_id, "client_secret": bridge.secret });
    for _ in 0..2 {
        let headers = [("authorization", bearer.as_str())];
        let json = bridge.wire.post_json_with(OLD_REFRESH, &body, &headers).await.ok();
        assert!(json["access_token"].is_string(), "{json}");
    }
}

async fn a_client_of_2023_puts_the_token_in_the_body(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-legacy");
    let given = bridge.connect(&mut app.person("cole"), "READ_BOOKING").await;
    let body = json!({
        "grant_type": "refresh_token",
        "client_id": bridge.client_id,
        "client_secret": bridge.secret,
        "refresh_token": given.refresh,
    });
    Pair::read(&bridge.wire.post_json(OLD_REFRESH, &body).await);
}

/// Its list of scopes may be empty: only a legacy app can be connected that way.
async fn the_integration_platform_sends_an_empty_scope(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-legacy");
    let asked = [
        ("response_type", "code"),
        ("client_id", bridge.client_id),
        ("redirect_uri", &bridge.callback),
        ("scope", ""),
        ("state", "0d6f4e3a-52c1-4b7e-9a80-5d2f6c1b7e94"),
    ];
    let callback = bridge.wire.connects(&mut app.person("cole"), (AUTHORIZE, &asked), None).await;
    let headers = [("accept", "application/json"), ("user-agent", "Nango")];
    let exchange = json!({
        "grant_type": "authorization_code",
        "code": callback.code(),
        "redirect_uri": bridge.callback,
        "client_id": bridge.client_id,
        "client_secret": bridge.secret,
    });
    let given = Pair::read(&bridge.wire.post_json_with(TOKEN, &exchange, &headers).await);
    let refresh = json!({
        "grant_type": "refresh_token",
        "refresh_token": given.refresh,
        "client_id": bridge.client_id,
        "client_secret": bridge.secret,
    });
    Pair::read(&bridge.wire.post_json_with(TOKEN, &refresh, &headers).await);
}

async fn the_open_connector_asks_with_spaces(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-app");
    let given = bridge.connect(&mut app.person("cole"), "BOOKING_READ BOOKING_WRITE PROFILE_READ").await;
    let me = bridge.wire.get_as(ME, &given.access).await.ok();
    assert_eq!((&me["status"], &me["data"]["id"]), (&json!("success"), &json!("u-cole")));
}

async fn a_client_of_the_current_interface_sends_its_version(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-public");
    let code = bridge.code(&mut app.person("cole"), "BOOKING_READ").await;
    let exchange = super::object(&bridge.exchange_of(&code));
    let headers = [("cal-api-version", "2024-08-13")];
    let json = bridge.wire.post_json_with(TOKEN, &exchange, &headers).await.ok();
    let token = json["access_token"].as_str().or(json["data"]["accessToken"].as_str());
    assert!(app.api().sees_alive(token.expect("one of them")).await);
}

/// The old walk from end to end: connect, name the account, refresh.
async fn the_automation_platform_connects_and_names_the_account(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-legacy");
    let asked = [
        ("client_id", bridge.client_id),
        ("state", "zap-1"),
        ("redirect_uri", &bridge.callback),
        ("response_type", "code"),
        ("scope", "READ_BOOKING,READ_PROFILE"),
    ];
    let callback = bridge.wire.connects(&mut app.person("cole"), (AUTHORIZE, &asked), None).await;
    let exchange = [
        ("code", callback.code()),
        ("client_id", bridge.client_id),
        ("client_secret", bridge.secret.as_deref().unwrap_or_default()),
        ("grant_type", "authorization_code"),
        ("redirect_uri", &bridge.callback),
    ];
    let given = Pair::read(&bridge.wire.post_form(OLD_TOKEN, &exchange).await);
    let me = bridge.wire.get_as(OLD_ME, &given.access).await;
    assert_eq!((me.status, me.json()), (201, json!({ "username": "cole" })));
    let refreshed: Value = bridge.refresh_by_header(&given.refresh).await.ok();
    let token = refreshed["access_token"].as_str().expect("a text");
    assert_eq!(app.api().check(token, &["READ_BOOKING", "READ_PROFILE"]).await.status, 200);
}
