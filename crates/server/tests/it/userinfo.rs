//! User information at its standard address (OpenID Connect Core §5.3), and the same in `/v1/me`.

use serde_json::{Value, json};
use symbolon_store::testing::Database;

use crate::support::{Answer, Client, HOME, MINUTE, TestApp, Tokens, stories};

stories!(
    a_client_finds_out_who_connected_it,
    personal_data_are_told_under_profile_alone,
    a_login_name_that_nobody_proved_is_no_address,
    an_installation_and_an_app_are_nobody,
    a_token_comes_in_a_header_or_in_a_form,
    a_token_that_is_bad_or_not_for_us_is_challenged,
);

const PATH: &str = "/oauth/userinfo";

async fn asks(app: &TestApp, method: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    app.send(app.request(method, PATH, headers, body), HOME).await
}

async fn userinfo(app: &TestApp, access: &str) -> Value {
    let bearer = format!("Bearer {access}");
    let answer = asks(app, "GET", &[("authorization", &bearer)], "").await;
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    answer.ok()
}

/// By the metadata, and every member of it in `/v1/me`, too.
async fn a_client_finds_out_who_connected_it(database: Database) {
    let app = TestApp::start(database).await;
    let metadata = app.get("/.well-known/oauth-authorization-server").await.ok();
    assert_eq!(metadata["userinfo_endpoint"], format!("{}{PATH}", app.issuer()));
    let board = app.client("board");
    let tokens = board.connect(&mut app.person("omar"), "profile forms:read").await;
    let seen = userinfo(&app, &tokens.access).await;
    let expected = json!({
        "sub": "u-omar", "name": "Omar Haddad", "email": "omar@example.com", "email_verified": true,
        "tenant_id": "north", "tenant_name": "Clinic North", "level": "user", "role": "owner", "user_id": "u-omar",
        "base_url": "https://north.example.com",
    });
    let named = seen["name"].as_str().is_some_and(|name| name.starts_with("Omar"));
    assert!(named, "{seen}");
    for (member, value) in expected.as_object().expect("an object").iter().filter(|(own, _)| *own != "name") {
        assert_eq!(seen[member], *value, "{member}");
    }
    assert_eq!(seen.as_object().map(serde_json::Map::len), expected.as_object().map(serde_json::Map::len));
    let me = board.me(&tokens.access).await.ok();
    for (member, value) in seen.as_object().expect("an object") {
        assert_eq!(me[member], *value, "{member}");
    }
    assert_eq!((&me["kind"], &me["app"]), (&"person".into(), &"board".into()), "and what it told before");
}

async fn personal_data_are_told_under_profile_alone(database: Database) {
    let app = TestApp::start(database).await;
    app.declare("[[scope]]\nname = \"whole\"\ntitle = \"Everything\"\nincludes = [\"profile\"]").await;
    app.change_app("board", |own| own.client.scopes.insert("whole")).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    for (scope, told) in [("forms:read", false), ("profile", true), ("whole", true)] {
        let tokens = board.connect(&mut omar, scope).await;
        for seen in [userinfo(&app, &tokens.access).await, board.me(&tokens.access).await.ok()] {
            assert_eq!((&seen["sub"], &seen["role"]), (&"u-omar".into(), &"owner".into()), "{scope}: {seen}");
            for member in ["name", "email", "email_verified"] {
                assert_eq!(seen.get(member).is_some(), told, "{scope} {member}: {seen}");
            }
        }
    }
}

async fn a_login_name_that_nobody_proved_is_no_address(database: Database) {
    let app = TestApp::start(database).await;
    let mut ida = app.person("");
    "ida@corp.example".clone_into(&mut ida.email);
    ida.signs_up("Ida").await;
    let tokens = app.client("board").connect(&mut ida, "profile").await;
    let seen = userinfo(&app, &tokens.access).await;
    assert_eq!(seen["name"], "Ida");
    assert!(seen.get("email").is_none() && seen.get("email_verified").is_none(), "{seen}");
}

async fn an_installation_and_an_app_are_nobody(database: Database) {
    let app = TestApp::start(database).await;
    let tower = app.client("tower").connect(&mut app.person("omar"), "forms:read").await;
    let seen = userinfo(&app, &tower.access).await;
    assert!(seen["sub"].as_str().is_some_and(|sub| sub.starts_with("inst_")), "{seen}");
    assert_eq!((&seen["level"], &seen["tenant_id"]), (&"tenant".into(), &"north".into()));
    for member in ["name", "email", "user_id", "role"] {
        assert!(seen.get(member).is_none(), "{member}: {seen}");
    }
    let own = app.client("robot").post("/oauth/token", &[("grant_type", "client_credentials")]).await;
    assert_eq!(userinfo(&app, &Tokens::read(&own).access).await, json!({ "sub": "app:robot" }));
}

/// RFC 6750 §2.1, §2.2; never §2.3.
async fn a_token_comes_in_a_header_or_in_a_form(database: Database) {
    let app = TestApp::start(database).await;
    let tokens = app.client("board").connect(&mut app.person("omar"), "profile").await;
    let seen = userinfo(&app, &tokens.access).await;
    let (bearer, form) = (format!("Bearer {}", tokens.access), format!("access_token={}", tokens.access));
    let typed = ("content-type", "application/x-www-form-urlencoded");
    assert_eq!(asks(&app, "POST", &[("authorization", &bearer)], "").await.ok(), seen);
    assert_eq!(asks(&app, "POST", &[typed], &form).await.ok(), seen);
    let target = format!("{PATH}?{form}");
    app.get(&target).await.refused(400, "invalid_request");
    asks(&app, "GET", &[typed], &form).await.refused(401, "invalid_token");
    let other = [("authorization", "Bearer other"), typed];
    asks(&app, "POST", &other, &form).await.refused(400, "invalid_request");
    let put = asks(&app, "PUT", &[("authorization", &bearer)], "").await;
    assert_eq!((put.status, put.header("allow")), (405, "GET, POST"));
}

fn challenge(answer: &Answer) -> &str {
    answer.header("www-authenticate")
}

async fn with(app: &TestApp, access: &str) -> Answer {
    asks(app, "GET", &[("authorization", &format!("Bearer {access}"))], "").await
}

async fn bound(app: &TestApp, board: &Client) -> Tokens {
    let asked = board.asks("profile").with("resource", "https://api.example.com");
    let callback = app.person("omar").connects(&asked).await;
    Tokens::read(&board.exchange(&asked, &callback).await)
}

/// RFC 6750 §3, RFC 8707 §2, RFC 9728 §5.1.
async fn a_token_that_is_bad_or_not_for_us_is_challenged(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let tokens = board.connect(&mut app.person("omar"), "profile").await;
    let bare = asks(&app, "GET", &[], "").await;
    bare.refused(401, "invalid_token");
    let place = format!("{}/.well-known/oauth-protected-resource{PATH}", app.issuer());
    assert_eq!(challenge(&bare), format!("Bearer realm=\"symbolon\", resource_metadata=\"{place}\""));
    for wrong in ["x", &tokens.refresh, "test-host-key", &bound(&app, &board).await.access] {
        let answer = with(&app, wrong).await;
        answer.refused(401, "invalid_token");
        assert!(challenge(&answer).contains("error=\"invalid_token\""), "{answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert!(!answer.body.contains(wrong));
    }
    with(&app, &tokens.access).await.ok();
    app.advance(61 * MINUTE);
    with(&app, &tokens.access).await.refused(401, "invalid_token");
}
