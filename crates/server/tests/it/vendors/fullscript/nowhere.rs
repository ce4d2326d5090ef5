//! Where the vendor has nothing, its clients read its framework's words (L7).

use symbolon_store::testing::Database;

use crate::support::stories;
use crate::vendors::{Wire, start};

stories!(
    l7_an_unknown_address_below_the_prefix_is_not_found_in_json,
    l7_every_other_address_is_answered_as_before,
);

const NOT_FOUND: &str = r#"{"status":404,"error":"Not Found"}"#;

async fn l7_an_unknown_address_below_the_prefix_is_not_found_in_json(database: Database) {
    let app = start(database).await;
    let wire = Wire::at(&app, "/fullscript");
    let addresses = [
        "",
        "/",
        "/api/v1/clinic?page=2",
        "/api/oauth/token/",
        "/api/oauth/tokens",
        "/login",
        "/API/oauth/token",
    ];
    for path in addresses {
        for method in ["GET", "POST", "DELETE", "OPTIONS"] {
            let answer = wire.send(method, path, &[("content-type", "application/json")], "").await;
            assert_eq!((answer.status, answer.body.as_str()), (404, NOT_FOUND), "{method} {path}");
            let kept = (answer.header("content-type"), answer.header("cache-control"));
            assert_eq!(kept, ("application/json", "no-store"), "{method} {path}");
            assert!(!answer.header("x-request-id").is_empty(), "{answer:?}");
        }
        let head = wire.send("HEAD", path, &[], "").await;
        assert_eq!((head.status, head.body.as_str()), (404, ""), "{path}");
        assert_eq!(head.header("content-type"), "application/json", "{path}");
    }
}

async fn l7_every_other_address_is_answered_as_before(database: Database) {
    let app = start(database).await;
    for path in [
        "/fullscripts",
        "/fullscrip/api",
        "/Fullscript/api",
        "/nothing",
        "/calcom/nothing",
        "/calcom/fullscript/x",
    ] {
        app.get(path).await.error_page(404);
    }
    app.get("/assets/nothing.css").await.error_page(404);
    let wire = Wire::at(&app, "/fullscript");
    // What is there and does not answer this method says so, as it always did.
    assert_eq!(wire.get("/api/oauth/token", &[]).await.status, 405);
    wire.get("/oauth/authorize?client_id=nobody", &[]).await.error_page(404);
    wire.post_form("/api/oauth/token", &[]).await.refused(401, "invalid_client");
    let refusals = app.state().metrics.text();
    assert!(refusals.contains("reason=\"method\""), "{refusals}");
    assert!(!refusals.contains("code=\"invalid_request\",reason=\"not_found\""), "{refusals}");
    wire.get("/nothing", &[]).await;
    let refusals = app.state().metrics.text();
    assert!(refusals.contains("code=\"invalid_request\",reason=\"not_found\""), "{refusals}");
}
