//! What clients of Fillout send, request by request, and what they need in the answers.

use serde_json::json;
use symbolon_store::testing::Database;

use super::{APP, AUTHORIZE, CALLBACK, INVALIDATE, SECRET, TOKEN, body, wire};
use crate::support::{Answer, challenge, stories};
use crate::vendors::{members, start};

stories!(
    an_integration_platform,
    a_published_sdk,
    a_fork_of_the_sdk,
    a_connector_that_cleans_up,
    connectors_that_post_json,
    clients_of_a_standard_library,
);

/// Exactly 200, JSON by its content type, and both members of the right kind: what the strictest of them checks.
#[track_caller]
fn connected(answer: &Answer) -> (String, String) {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.header("content-type").starts_with("application/json"), "{answer:?}");
    let json = answer.json();
    assert_eq!(members(&json), ["access_token", "base_url"]);
    let base_url = json["base_url"].as_str().expect("a text");
    assert!(base_url.starts_with("https://") && url::Url::parse(base_url).is_ok(), "{base_url}");
    (json["access_token"].as_str().expect("a text").to_owned(), base_url.to_owned())
}

/// Everything a generic engine adds: response type, an empty scope, PKCE, and a form.
async fn an_integration_platform(database: Database) {
    let app = start(database).await;
    let (fillout, mut fay) = (wire(&app), app.person("fay"));
    let verifier = "0123456789abcdef0123456789abcdef0123456789abcdef";
    let asked = [
        ("response_type", "code"),
        ("client_id", APP),
        ("redirect_uri", CALLBACK),
        ("scope", ""),
        ("state", "2f5c9e52-41c6-4a5d-8f5e-0c3b8f0d7a10"),
        ("code_challenge", &challenge(verifier)),
        ("code_challenge_method", "S256"),
    ];
    let callback = fillout.connects(&mut fay, (AUTHORIZE, &asked), None).await;
    assert_eq!(callback.get("state"), Some("2f5c9e52-41c6-4a5d-8f5e-0c3b8f0d7a10"));
    let form = [
        ("grant_type", "authorization_code"),
        ("code", callback.code()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", verifier),
        ("client_id", APP),
        ("client_secret", SECRET),
    ];
    let headers = [("accept", "application/json"), ("user-agent", "Nango")];
    let (token, base_url) = connected(&fillout.post_form_with(TOKEN, &form, &headers).await);
    assert_eq!(base_url, "https://api.forms.example");
    app.api().check(&token, &["forms:read"]).await.ok();
}

/// It tests its token at an address that the vendor does not have, and ends it. Without content it names no type of it.
async fn a_published_sdk(database: Database) {
    let app = start(database).await;
    let (fillout, mut fay) = (wire(&app), app.person("fay"));
    let asked = [("client_id", APP), ("redirect_uri", CALLBACK), ("state", "x")];
    let callback = fillout.connects(&mut fay, (AUTHORIZE, &asked), None).await;
    let (token, _) = connected(&fillout.post_json(TOKEN, &body(callback.code())).await);
    let me = fillout.get_as("/api/v1/me", &token).await.ok();
    assert_eq!(me, json!({ "userId": "u-fay", "organizationId": "forms-us" }));
    let bearer = format!("Bearer {token}");
    let answer = fillout.send("DELETE", INVALIDATE, &[("authorization", &bearer)], "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(!app.api().sees_alive(&token).await);
    assert_ne!(fillout.get_as("/api/v1/me", &token).await.status, 200);
}

/// It tests its token at another such address, and cannot end it.
async fn a_fork_of_the_sdk(database: Database) {
    let app = start(database).await;
    let (fillout, mut fay) = (wire(&app), app.person("fay"));
    let asked = [("client_id", APP), ("redirect_uri", CALLBACK)];
    let callback = fillout.connects(&mut fay, (AUTHORIZE, &asked), None).await;
    assert_eq!(callback.get("state"), None, "none was sent");
    let (token, _) = connected(&fillout.post_json(TOKEN, &body(callback.code())).await);
    fillout.get_as("/v1/api/me", &token).await.ok();
    assert_ne!(fillout.get_as("/v1/api/me", "nonsense").await.status, 200);
}

/// It follows no redirect when it invalidates, and sends the header as documented.
async fn a_connector_that_cleans_up(database: Database) {
    let app = start(database).await;
    let (fillout, mut finn) = (wire(&app), app.person("finn"));
    let asked = [("client_id", APP), ("redirect_uri", CALLBACK), ("state", "relay.1-a_b")];
    let callback = fillout.connects(&mut finn, (AUTHORIZE, &asked), None).await;
    assert_eq!(callback.get("state"), Some("relay.1-a_b"));
    let form = [
        ("grant_type", "authorization_code"),
        ("code", callback.code()),
        ("redirect_uri", CALLBACK),
        ("client_id", APP),
        ("client_secret", SECRET),
    ];
    let (token, base_url) = connected(&fillout.post_form(TOKEN, &form).await);
    assert_eq!(base_url, "https://eu-api.forms.example");
    app.api().check(&token, &["forms:read"]).await.ok();
    let bearer = format!("Bearer {token}");
    let headers = [("authentication", bearer.as_str()), ("accept", "application/json")];
    let answer = fillout.send("DELETE", INVALIDATE, &headers, "").await;
    assert!((200..300).contains(&answer.status), "{answer:?}");
    assert!(!app.api().sees_alive(&token).await);
}

async fn connectors_that_post_json(database: Database) {
    let app = start(database).await;
    let (fillout, mut fay) = (wire(&app), app.person("fay"));
    let asked = [("client_id", APP), ("redirect_uri", CALLBACK), ("state", "slate")];
    let headers = [("accept", "application/json, text/plain, */*"), ("user-agent", "axios/1.7.9")];
    for _ in 0..2 {
        let callback = fillout.connects(&mut fay, (AUTHORIZE, &asked), None).await;
        let answer = fillout.post_json_with(TOKEN, &body(callback.code()), &headers).await;
        connected(&answer);
    }
}

/// They add a response type, one an empty scope too; the exchange is the standard's.
async fn clients_of_a_standard_library(database: Database) {
    let app = start(database).await;
    let (fillout, mut finn) = (wire(&app), app.person("finn"));
    for scope in [Some(("scope", "")), None] {
        let mut asked = vec![("client_id", APP), ("redirect_uri", CALLBACK), ("response_type", "code")];
        asked.extend(scope);
        asked.push(("state", "c0r5"));
        let callback = fillout.connects(&mut finn, (AUTHORIZE, &asked), None).await;
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", APP),
            ("client_secret", SECRET),
            ("code", callback.code()),
            ("redirect_uri", CALLBACK),
        ];
        let (_, base_url) = connected(&fillout.post_form(TOKEN, &form).await);
        assert_eq!(base_url, "https://eu-api.forms.example");
    }
}
