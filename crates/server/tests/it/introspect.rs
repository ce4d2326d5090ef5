//! Introspection (RFC 7662): who may ask, about what, and what is told.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use symbolon_store::testing::Database;

use crate::support::{Asked, DAY, MINUTE, TestApp, Tokens, stories};

stories!(
    what_a_resource_is_told,
    who_may_not_ask,
    tokens_of_others,
    a_refresh_token_is_its_apps_own_affair,
    what_ended_is_inactive,
    nonsense_is_inactive,
);

const INTROSPECT: &str = "/oauth/introspect";
const INACTIVE: &str = r#"{"active":false}"#;

fn bound(asked: Asked) -> Asked {
    asked.with("resource", "https://api.example.com")
}

/// RFC 7662 §2.2.
async fn what_a_resource_is_told(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let asked = bound(board.asks("profile forms:read"));
    let callback = omar.connects(&asked).await;
    let tokens = Tokens::read(&board.exchange(&asked, &callback).await);
    let seen = app.api().introspect(&tokens.access).await;
    let began = app.now().seconds();
    for (member, value) in [
        ("active", true.into()),
        ("scope", "profile forms:read".into()),
        ("client_id", "board".into()),
        ("username", "omar@example.com".into()),
        ("token_type", "Bearer".into()),
        ("exp", (began + 3600).into()),
        ("iat", began.into()),
        ("sub", "u-omar".into()),
        ("aud", "https://api.example.com".into()),
        ("iss", app.issuer().into()),
        ("tenant", "north".into()),
        ("tenant_level", "user".into()),
        ("role", "owner".into()),
        ("base_url", "https://north.example.com".into()),
    ] {
        let value: serde_json::Value = value;
        assert_eq!(seen[member], value, "{member}");
    }
    // The host key also travels as the password of Basic, and a client asks about its own.
    let basic = format!("Basic {}", STANDARD.encode("api:test-host-key"));
    let pairs = [("token", tokens.access.as_str())];
    let answer = board.post_bare(INTROSPECT, &pairs, &[("authorization", &basic)]).await;
    assert_eq!(answer.ok(), seen);
    assert_eq!(answer.header("cache-control"), "no-store");
    // Or as a client's secret in the body, under a name that no client has or none.
    for name in [Some("api"), None] {
        let mut pairs = vec![("token", tokens.access.as_str()), ("client_secret", "test-host-key")];
        pairs.extend(name.map(|name| ("client_id", name)));
        assert_eq!(board.post_bare(INTROSPECT, &pairs, &[]).await.ok(), seen, "{name:?}");
        let twice = board.post_bare(INTROSPECT, &pairs, &[("authorization", &basic)]).await;
        twice.refused(400, "invalid_request");
    }
    let of_board =
        [("token", tokens.access.as_str()), ("client_id", "board"), ("client_secret", "test-host-key")];
    board.post_bare(INTROSPECT, &of_board, &[]).await.refused(401, "invalid_client");
    let wrong = [("token", tokens.access.as_str()), ("client_secret", "test-host-kez")];
    board.post_bare(INTROSPECT, &wrong, &[]).await.refused(401, "invalid_client");
    assert_eq!(board.introspect(&tokens.access).await.ok()["sub"], "u-omar");

    let tower = app.client("tower");
    let tokens = tower.connect(&mut omar, "forms:read").await;
    let seen = app.api().introspect(&tokens.access).await;
    assert!(
        seen["sub"].as_str().is_some_and(|sub| sub.starts_with("inst_")),
        "an installation is not a person"
    );
    assert!(seen["username"].is_null() && seen["role"].is_null());
}

/// J-01, J-02.
async fn who_may_not_ask(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let tokens = board.connect(&mut omar, "forms:read").await;
    let pairs = [("token", tokens.access.as_str())];
    let itself = format!("Bearer {}", tokens.access);
    for authorization in ["Bearer wrong", "Bearer ", "Bearer test-host-ke", "Basic x", &itself] {
        let headers = [("authorization", authorization)];
        board.post_bare(INTROSPECT, &pairs, &headers).await.refused(401, "invalid_client");
    }
    board.post_bare(INTROSPECT, &pairs, &[]).await.refused(401, "invalid_client");
    app.client("pocket").introspect(&tokens.access).await.refused(401, "invalid_client");
    let named = [("token", tokens.access.as_str()), ("client_id", "board")];
    board.post_bare(INTROSPECT, &named, &[("authorization", &itself)]).await.refused(401, "invalid_client");
    assert!(app.api().sees_alive(&tokens.access).await);
    assert!(app.get(&format!("{INTROSPECT}?token=x")).await.status == 405, "never by address");
}

/// J-03, F-07: nothing is told but `active: false`.
async fn tokens_of_others(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let asked = bound(board.asks("forms:read"));
    let callback = omar.connects(&asked).await;
    let tokens = Tokens::read(&board.exchange(&asked, &callback).await);
    assert!(app.api().sees_alive(&tokens.access).await);
    assert_eq!(app.other_api().introspect(&tokens.access).await.to_string(), INACTIVE);
    for other in ["ledger", "robot"] {
        assert_eq!(app.client(other).introspect(&tokens.access).await.body, INACTIVE);
        assert_eq!(app.client(other).introspect(&tokens.refresh).await.body, INACTIVE);
    }
}

/// J-06.
async fn a_refresh_token_is_its_apps_own_affair(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let tokens = board.connect(&mut omar, "forms:read").await;
    assert_eq!(app.api().introspect(&tokens.refresh).await.to_string(), INACTIVE);
    let json = board.introspect(&tokens.refresh).await.ok();
    assert_eq!((&json["active"], &json["scope"]), (&true.into(), &"forms:read".into()));
    assert!(json["token_type"].is_null(), "it is no access token");
    let next = Tokens::read(&board.refresh(&tokens.refresh).await);
    assert_eq!(board.introspect(&tokens.refresh).await.body, INACTIVE, "it was used");
    board.revoke(&next.refresh).await;
    assert_eq!(board.introspect(&next.refresh).await.body, INACTIVE);
    let tower = app.client("tower");
    let installed = tower.connect(&mut omar, "forms:read").await;
    let sub = |json: serde_json::Value| json["sub"].as_str().map(str::to_owned);
    let of_access = sub(tower.introspect(&installed.access).await.ok());
    assert_eq!(sub(tower.introspect(&installed.refresh).await.ok()), of_access, "one subject for both");
    app.advance(31 * DAY);
    assert_eq!(tower.introspect(&installed.refresh).await.body, INACTIVE);
}

/// J-05, and every other end: at once on this process.
async fn what_ended_is_inactive(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let tokens = board.connect(&mut omar, "forms:read").await;
    let alive = async || {
        let seen = app.api().sees_alive(&tokens.access).await;
        assert_eq!(board.introspect(&tokens.access).await.ok()["active"], seen);
        assert_eq!(board.introspect(&tokens.refresh).await.ok()["active"], seen);
        assert_eq!(app.api().check(&tokens.access, &[]).await.status == 200, seen);
        assert_eq!(board.me(&tokens.access).await.status == 200, seen);
        seen
    };
    assert!(alive().await);
    app.suspend("board").await;
    assert!(!alive().await);
    app.resume("board").await;
    assert!(alive().await);
    app.disable_user("omar").await;
    assert!(!alive().await);
    app.enable_user("omar").await;
    app.remove_member("north", "omar").await;
    assert!(!alive().await);
    app.set_role("north", "omar", "owner").await;
    assert!(alive().await);
    app.set_tenant_standing("north", symbolon_platform::tenant::Standing::Disabled).await;
    assert!(!alive().await);
    app.set_tenant_standing("north", symbolon_platform::tenant::Standing::Active).await;
    assert!(alive().await);
    app.delete_user("omar").await;
    assert!(!alive().await);

    let mut jane = app.person("jane");
    let tokens = board.connect_for(&mut jane, "profile", "north").await;
    app.advance(60 * MINUTE - 1);
    assert!(app.api().sees_alive(&tokens.access).await);
    app.advance(1);
    assert_eq!(app.api().introspect(&tokens.access).await.to_string(), INACTIVE);
    let tokens = Tokens::read(&board.refresh(&tokens.refresh).await);
    app.delete_app("board").await;
    assert_eq!(app.api().introspect(&tokens.access).await.to_string(), INACTIVE);
}

/// J-07.
async fn nonsense_is_inactive(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let tokens = board.connect(&mut omar, "forms:read").await;
    for nonsense in ["x", "test-host-key", "board-secret", &tokens.access[1..], "\0", "' OR 1=1"] {
        assert_eq!(app.api().introspect(nonsense).await.to_string(), INACTIVE);
    }
    for hint in ["refresh_token", "access_token", "nonsense"] {
        let pairs = [("token", tokens.access.as_str()), ("token_type_hint", hint)];
        assert_eq!(board.post(INTROSPECT, &pairs).await.ok()["active"], true, "{hint}");
    }
    board.post(INTROSPECT, &[]).await.refused(400, "invalid_request");
}
