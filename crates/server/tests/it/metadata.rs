//! What the server says of itself, and to whose scripts (SECURITY table K).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use symbolon_store::testing::Database;

use crate::support::{Answer, Client, HOME, Options, TestApp, stories};

stories!(
    k01_k02_the_issuer_is_the_configured_one,
    k03_the_metadata_tells_the_truth,
    head_asks_for_metadata_without_the_document,
    k07_scripts_may_call_the_back_channel,
);

/// RFC 8414 §3.3.
async fn k01_k02_the_issuer_is_the_configured_one(database: Database) {
    let https = Options { issuer: "https://connect.example.com", ..Options::default() };
    let app = TestApp::with(database, https).await;
    for headers in [
        vec![],
        vec![("x-forwarded-host", "evil.example"), ("x-forwarded-proto", "http")],
        vec![("forwarded", "host=evil.example;proto=http"), ("x-original-host", "evil.example")],
    ] {
        let answer =
            app.send(app.request("GET", "/.well-known/oauth-authorization-server", &headers, ""), HOME).await;
        let metadata = answer.ok();
        assert_eq!(metadata["issuer"], "https://connect.example.com");
        for (name, value) in metadata.as_object().expect("an object") {
            let own = |value: &str| value.starts_with("https://connect.example.com/");
            assert!(!name.ends_with("_endpoint") || value.as_str().is_some_and(own), "{name}: {value}");
        }
        assert!(!answer.body.contains("evil"));
        let asked = app.client("board").asks("admin");
        let answer = app.send(app.request("GET", &asked.url(), &headers, ""), HOME).await;
        assert_eq!(answer.callback().get("iss"), Some("https://connect.example.com"));
    }
    let resource = app.get("/.well-known/oauth-protected-resource").await;
    assert!(
        resource.status == 404 || resource.ok()["authorization_servers"][0] == "https://connect.example.com"
    );
}

async fn k03_the_metadata_tells_the_truth(database: Database) {
    let app = TestApp::start(database).await;
    let metadata = app.get("/.well-known/oauth-authorization-server").await.ok();
    let list = |name: &str| -> Vec<String> {
        let values = metadata[name].as_array().unwrap_or_else(|| panic!("{name}: {metadata}"));
        values.iter().map(|value| value.as_str().expect("a text").to_owned()).collect()
    };
    let path = |name: &str| {
        metadata[name].as_str().expect("an address").strip_prefix(app.issuer()).expect("ours").to_owned()
    };
    let (board, robot, mut omar) = (app.client("board"), app.client("robot"), app.person("omar"));
    assert_eq!(list("response_types_supported"), ["code"]);
    for mode in list("response_modes_supported") {
        assert_eq!(
            app.get(&board.asks("profile").with("response_mode", &mode).url()).await.status,
            303,
            "{mode}"
        );
    }
    for method in list("code_challenge_methods_supported") {
        assert_eq!(
            app.get(&board.asks("profile").with("code_challenge_method", &method).url()).await.status,
            303
        );
    }
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], Value::Bool(true));
    for prompt in list("prompt_values_supported") {
        assert_eq!(
            app.get(&board.asks("profile").with("prompt", &prompt).url()).await.status,
            303,
            "{prompt}"
        );
    }
    let scopes = list("scopes_supported");
    assert!(scopes.contains(&"forms:read".to_owned()) && !scopes.contains(&"admin".to_owned()));

    let elsewhere = board.asks("profile").at(&path("authorization_endpoint"));
    assert!(app.get(&elsewhere.url()).await.location().starts_with("/login?"));
    let tokens = board.connect(&mut omar, "profile").await;
    let mut grants = list("grant_types_supported");
    grants.sort();
    assert_eq!(grants, ["authorization_code", "client_credentials", "refresh_token"]);
    let own = robot.post(&path("token_endpoint"), &[("grant_type", "client_credentials")]).await;
    assert!(own.ok()["refresh_token"].is_null());
    for unknown in ["password", "implicit", "urn:ietf:params:oauth:grant-type:jwt-bearer"] {
        board.post("/oauth/token", &[("grant_type", unknown)]).await.refused(400, "unsupported_grant_type");
    }
    assert_eq!(
        board.post(&path("introspection_endpoint"), &[("token", &tokens.access)]).await.ok()["active"],
        true
    );
    for method in list("introspection_endpoint_auth_methods_supported") {
        let answer = a_host_asks(&board, (&path("introspection_endpoint"), &method), &tokens.access).await;
        assert_eq!(answer.ok()["active"], true, "{method}");
    }
    assert!(!metadata.as_object().expect("an object").values().any(Value::is_null), "{metadata}");
    assert_eq!(board.post(&path("revocation_endpoint"), &[("token", &tokens.access)]).await.status, 200);
    assert_eq!(board.introspect(&tokens.access).await.ok()["active"], false);
}

/// Introspects with the host key of the world, sent by this method.
async fn a_host_asks(client: &Client, (path, method): (&str, &str), access: &str) -> Answer {
    let basic = format!("Basic {}", STANDARD.encode("api:test-host-key"));
    let (headers, secret) = match method {
        "client_secret_basic" => (vec![("authorization", basic.as_str())], vec![]),
        "client_secret_post" => (vec![], vec![("client_id", "api"), ("client_secret", "test-host-key")]),
        "Bearer" => (vec![("authorization", "Bearer test-host-key")], vec![]),
        other => panic!("{other} is not proven here"),
    };
    client.post_bare(path, &[vec![("token", access)], secret].concat(), &headers).await
}

/// Of several resources none is meant without its path.
const DESCRIBED: [(&str, u16); 2] =
    [("/.well-known/oauth-authorization-server", 200), ("/.well-known/oauth-protected-resource", 404)];

/// RFC 9110 §9.1, §9.3.2; and nothing of it where something is done.
async fn head_asks_for_metadata_without_the_document(database: Database) {
    let app = TestApp::start(database).await;
    let send = async |method, path| app.send(app.request(method, path, &[], ""), HOME).await;
    for (path, status) in DESCRIBED {
        let (whole, head) = (send("GET", path).await, send("HEAD", path).await);
        assert_eq!((whole.status, head.status, head.body.as_str()), (status, status, ""), "{path}: {head:?}");
        for name in ["content-type", "cache-control", "access-control-allow-origin"] {
            assert_eq!(head.header(name), whole.header(name), "{path} {name}");
        }
        let refused = send("POST", path).await;
        assert_eq!((refused.status, refused.header("allow")), (405, "GET, HEAD"), "{path}: {refused:?}");
    }
    for path in ["/oauth/authorize", "/oauth/token", "/oauth/revoke"] {
        let refused = send("HEAD", path).await;
        assert!(refused.status == 405 && !refused.header("allow").contains("HEAD"), "{path}: {refused:?}");
    }
}

const BACK_CHANNEL: [(&str, &str); 6] = [
    ("POST", "/oauth/token"),
    ("POST", "/oauth/revoke"),
    ("GET", "/.well-known/oauth-authorization-server"),
    ("GET", "/v1/me"),
    ("GET", "/oauth/userinfo"),
    ("POST", "/oauth/userinfo"),
];

async fn from_a_script(app: &TestApp, method: &str, path: &str) -> Answer {
    let headers = [("origin", "https://spa.example"), ("access-control-request-method", "POST")];
    app.send(app.request(method, path, &headers, ""), HOME).await
}

/// RFC 9700 §2.6: any origin, never with cookies; and the other way round for pages and for what takes a host key.
async fn k07_scripts_may_call_the_back_channel(database: Database) {
    let app = TestApp::start(database).await;
    for (method, path) in BACK_CHANNEL {
        for answer in [from_a_script(&app, "OPTIONS", path).await, from_a_script(&app, method, path).await] {
            assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}: {answer:?}");
            assert!(answer.header("access-control-allow-credentials").is_empty());
        }
        assert_eq!(from_a_script(&app, "OPTIONS", path).await.status, 204);
    }
    for path in [
        "/oauth/introspect",
        "/v1/check",
        "/oauth/authorize",
        "/login",
        "/signup",
        "/account",
        "/logout",
        "/",
    ] {
        for method in ["OPTIONS", "GET", "POST"] {
            let answer = from_a_script(&app, method, path).await;
            let shared = answer.headers.keys().any(|name| name.as_str().starts_with("access-control"));
            assert!(!shared, "{method} {path}: {answer:?}");
        }
    }
}
