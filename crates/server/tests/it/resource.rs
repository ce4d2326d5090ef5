//! `/v1/me` as a protected resource (RFC 6750), and what the server says of itself (RFC 8414, RFC 9728).

use symbolon_store::testing::Database;

use crate::support::{Answer, HOME, TestApp, Tokens, stories};

stories!(
    a_call_without_or_with_a_bad_token,
    a_token_is_read_from_the_header_only,
    a_token_meant_for_an_api_is_not_for_us,
    an_app_learns_who_it_is,
    what_the_server_says_of_itself,
    what_it_says_of_its_resources,
);

async fn me(app: &TestApp, target: &str, headers: &[(&str, &str)]) -> Answer {
    app.send(app.request("GET", target, headers, ""), HOME).await
}

/// J-19, E-22; RFC 6750 §3, §3.1.
async fn a_call_without_or_with_a_bad_token(database: Database) {
    let app = TestApp::start(database).await;
    let tokens = app.client("board").connect(&mut app.person("omar"), "forms:read").await;
    let answer = me(&app, "/v1/me", &[]).await;
    answer.refused(401, "invalid_token");
    let challenge = answer.header("www-authenticate");
    assert!(
        challenge.starts_with("Bearer realm=\"symbolon\", resource_metadata="),
        "no error when none was sent"
    );
    for wrong in ["x", &tokens.refresh, "test-host-key", &tokens.access[1..], &format!("{}0", tokens.access)]
    {
        let answer = me(&app, "/v1/me", &[("authorization", &format!("Bearer {wrong}"))]).await;
        answer.refused(401, "invalid_token");
        assert!(answer.header("www-authenticate").contains("error=\"invalid_token\""));
        assert!(!answer.body.contains(wrong), "what was presented is not repeated");
    }
    let bearer = format!("bEaReR {}", tokens.access);
    assert_eq!(me(&app, "/v1/me", &[("authorization", &bearer)]).await.status, 200);
}

/// J-15, J-16.
async fn a_token_is_read_from_the_header_only(database: Database) {
    let app = TestApp::start(database).await;
    let tokens = app.client("board").connect(&mut app.person("omar"), "forms:read").await;
    let target = format!("/v1/me?access_token={}", tokens.access);
    me(&app, &target, &[]).await.refused(401, "invalid_token");
    me(&app, "/v1/me", &[("cookie", &format!("access_token={}", tokens.access))])
        .await
        .refused(401, "invalid_token");
    let bearer = format!("Bearer {}", tokens.access);
    let twice = [("authorization", bearer.as_str()), ("authorization", bearer.as_str())];
    me(&app, "/v1/me", &twice).await.refused(400, "invalid_request");
    assert_eq!(me(&app, "/v1/me", &twice[..1]).await.status, 200);
}

/// F-07: a token that names an API is for that API alone.
async fn a_token_meant_for_an_api_is_not_for_us(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let asked = board.asks("forms:read").with("resource", "https://api.example.com");
    let callback = omar.connects(&asked).await;
    let bound = Tokens::read(&board.exchange(&asked, &callback).await);
    let answer = board.me(&bound.access).await;
    answer.refused(401, "invalid_token");
    assert_eq!(answer.json()["code"], "wrong_audience");
    assert!(app.api().sees_alive(&bound.access).await);
    let free = board.connect(&mut omar, "forms:read").await;
    board.me(&free.access).await.ok();
}

/// J-18 in spirit: what is told is the token's own affair.
async fn an_app_learns_who_it_is(database: Database) {
    let app = TestApp::start(database).await;
    let tower = app.client("tower").connect(&mut app.person("omar"), "forms:read").await;
    let json = app.client("tower").me(&tower.access).await.ok();
    assert_eq!((&json["level"], &json["tenant"]), (&"tenant".into(), &"north".into()));
    assert!(json["user"].is_null() && json["role"].is_null(), "an installation is nobody in particular");
    let robot = app.client("robot");
    let own = Tokens::read(&robot.post("/oauth/token", &[("grant_type", "client_credentials")]).await);
    let json = robot.me(&own.access).await.ok();
    assert_eq!((&json["kind"], &json["sub"]), (&"app".into(), &"app:robot".into()));
    assert!(json["tenant"].is_null() && json["user"].is_null());
}

/// RFC 8414 §2, §3.2; RFC 9207 §3; K rows of discovery.
async fn what_the_server_says_of_itself(database: Database) {
    let app = TestApp::start(database).await;
    let answer = app.get("/.well-known/oauth-authorization-server").await;
    let json = answer.ok();
    assert!(answer.header("content-type").starts_with("application/json"));
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let issuer = app.issuer();
    for (member, path) in [
        ("issuer", ""),
        ("authorization_endpoint", "/oauth/authorize"),
        ("token_endpoint", "/oauth/token"),
        ("revocation_endpoint", "/oauth/revoke"),
        ("introspection_endpoint", "/oauth/introspect"),
    ] {
        assert_eq!(json[member], format!("{issuer}{path}"), "{member}");
    }
    assert_eq!(json["code_challenge_methods_supported"], serde_json::json!(["S256"]));
    assert_eq!(json["response_types_supported"], serde_json::json!(["code"]));
    assert_eq!(json["authorization_response_iss_parameter_supported"], true);
    let scopes = json["scopes_supported"].as_array().expect("scopes");
    assert!(scopes.contains(&"forms:read".into()));
    // Every address in it answers.
    for member in ["token_endpoint", "revocation_endpoint", "introspection_endpoint"] {
        let address = json[member].as_str().unwrap_or_default().replacen(issuer, "", 1);
        let answer = app.send(app.request("POST", &address, &[], ""), HOME).await;
        answer.refused(401, "invalid_client");
    }
}

/// RFC 9728 §3.
async fn what_it_says_of_its_resources(database: Database) {
    let app = TestApp::start(database).await;
    // Two resources without a path: which is meant cannot be said.
    assert_eq!(app.get("/.well-known/oauth-protected-resource").await.status, 404);
    app.declare(
        "[[resource]]\nidentifier = \"https://mcp.example.com/forms\"\ntitle = \"Forms\"\nscopes = [\"forms:read\"]",
    )
    .await;
    let json = app.get("/.well-known/oauth-protected-resource/forms").await.ok();
    assert_eq!(json["resource"], "https://mcp.example.com/forms");
    assert_eq!(json["authorization_servers"], serde_json::json!([app.issuer()]));
    assert_eq!(json["bearer_methods_supported"], serde_json::json!(["header"]));
    for wrong in ["/nothing", "/forms/", "/../forms", "/%66orms", "//forms"] {
        assert_eq!(
            app.get(&format!("/.well-known/oauth-protected-resource{wrong}")).await.status,
            404,
            "{wrong}"
        );
    }
}
