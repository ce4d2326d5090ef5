//! Programs that come to a wrong address: they are told in JSON, which scripts of every origin may read.

use symbolon_store::testing::Database;

use crate::support::{Answer, HOME, Options, TestApp, stories};

stories!(
    a_program_is_told_in_json_and_a_person_on_a_page,
    a_slash_too_many_is_told_with_the_right_address,
    a_script_may_read_what_is_wrong_with_its_address,
);

const MOUNT: &str = "[[dialect]]\npreset = \"rfc\"\nname = \"partner\"\nprefix = \"/partner\"\n";
const PAGE: (&str, &str) = ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
const ANYTHING: (&str, &str) = ("accept", "*/*");
const JSON: (&str, &str) = ("accept", "application/json");

async fn start(database: Database) -> TestApp {
    TestApp::with(database, Options { configuration: MOUNT, ..Options::default() }).await
}

async fn asks(app: &TestApp, method: &str, path: &str, accept: (&str, &str)) -> Answer {
    app.send(app.request(method, path, &[accept], ""), HOME).await
}

#[track_caller]
fn told(answer: &Answer) -> String {
    let json = answer.json();
    assert_eq!(
        (&json["error"], &json["code"]),
        (&"invalid_request".into(), &"not_found".into()),
        "{answer:?}"
    );
    assert!(json["request_id"].is_string());
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (404, "*"), "{answer:?}");
    json["error_description"].as_str().unwrap_or_default().to_owned()
}

async fn a_program_is_told_in_json_and_a_person_on_a_page(database: Database) {
    let app = start(database).await;
    let protocol = [
        "/oauth/nothing",
        "/v1/nothing",
        "/v1",
        "/.well-known/nothing",
        "/partner/oauth/nothing",
        "/OAUTH/x",
    ];
    for path in protocol {
        for accept in [ANYTHING, JSON] {
            told(&asks(&app, "GET", path, accept).await);
        }
        told(&asks(&app, "POST", path, PAGE).await);
        asks(&app, "GET", path, PAGE).await.error_page(404);
    }
    for path in ["/nothing", "/account/nothing", "/oauthx", "/partner"] {
        asks(&app, "GET", path, PAGE).await.error_page(404);
        asks(&app, "GET", path, ANYTHING).await.error_page(404);
        told(&asks(&app, "GET", path, JSON).await);
    }
    assert_eq!(asks(&app, "HEAD", "/oauth/nothing", ANYTHING).await.body, "");
}

async fn a_slash_too_many_is_told_with_the_right_address(database: Database) {
    let app = start(database).await;
    for (wrong, right) in [
        ("/oauth/token/", "/oauth/token"),
        ("/oauth//token", "/oauth/token"),
        ("/OAuth/Token", "/oauth/token"),
        ("/partner/oauth/token/", "/partner/oauth/token"),
        ("/v1/me/", "/v1/me"),
        ("/.well-known/oauth-authorization-server/", "/.well-known/oauth-authorization-server"),
    ] {
        let said = told(&asks(&app, "POST", wrong, ANYTHING).await);
        let right = format!(": write {}{right}", app.issuer());
        assert!(said.ends_with(&right), "{wrong}: {said}");
    }
    let said = told(&asks(&app, "POST", "/oauth/tokens", ANYTHING).await);
    assert!(!said.contains("write "), "{said}");
    let right = asks(&app, "POST", "/oauth/token", ANYTHING).await;
    right.refused(401, "invalid_client");
}

async fn a_script_may_read_what_is_wrong_with_its_address(database: Database) {
    let app = start(database).await;
    let refused = asks(&app, "GET", "/oauth/token", PAGE).await;
    refused.refused(405, "invalid_request");
    assert_eq!((refused.header("allow"), refused.header("access-control-allow-origin")), ("POST", "*"));
    let may = asks(&app, "OPTIONS", "/oauth/token/", ANYTHING).await;
    assert_eq!((may.status, may.header("access-control-allow-origin")), (204, "*"), "{may:?}");
    assert!(may.header("access-control-allow-headers").contains("Authorization"));
    // What only resources ask and what is a page stays its own origin's.
    for path in ["/oauth/introspect", "/oauth/authorize", "/login"] {
        let refused = asks(&app, "PUT", path, ANYTHING).await;
        assert_eq!((refused.status, refused.header("access-control-allow-origin")), (405, ""), "{path}");
    }
}
