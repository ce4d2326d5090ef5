//! What an app is, for whoever holds a token (C14).

use serde_json::json;
use symbolon_store::testing::Database;

use super::Bridge;
use crate::support::{Answer, MINUTE, stories};
use crate::vendors::{members, start};

stories!(
    c14_a_bearer_learns_what_an_app_is,
    c14_an_app_that_is_not_there_is_404,
    c14_without_a_good_token_nobody_learns_which_apps_there_are,
);

fn of(client_id: &str) -> String {
    format!("/v2/auth/oauth2/clients/{client_id}")
}

async fn c14_a_bearer_learns_what_an_app_is(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-app");
    // No scope is needed: it is the token that is asked for.
    let given = bridge.connect(&mut app.person("cole"), "BOOKING_READ").await;
    let callback = |id: &str| format!("https://{id}.example.net/cb");
    for (id, name, other, kind) in [
        ("calcom-app", "Booking Bridge", "http://localhost:8019/callback", "CONFIDENTIAL"),
        ("calcom-public", "Pocket Calendar", "com.example.calendar:/cb", "PUBLIC"),
    ] {
        let answer = bridge.wire.get_as(&of(id), &given.access).await;
        let uri = callback(id);
        let data = json!({
            "id": id, "client_id": id, "name": name, "redirectUri": uri, "redirect_uri": uri,
            "redirect_uris": [uri, other], "type": kind, "client_type": kind, "is_trusted": false,
        });
        assert_eq!(answer.ok(), json!({ "status": "success", "data": data }));
        let kept = (answer.header("content-type"), answer.header("cache-control"));
        assert_eq!(kept, ("application/json", "no-store"));
        assert!(!answer.body.contains("secret"), "{answer:?}");
    }
    let posted = bridge.wire.send("POST", &of("calcom-app"), &[], "").await;
    assert_eq!((posted.status, posted.header("allow")), (405, "GET"));
}

#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) {
    let json = answer.json();
    assert_eq!((answer.status, members(&json)), (status, vec!["error", "status"]), "{json}");
    assert_eq!((&json["status"], &json["error"]["code"]), (&json!("error"), &json!(code)), "{json}");
}

async fn c14_an_app_that_is_not_there_is_404(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-app");
    let given = bridge.connect(&mut app.person("cole"), "BOOKING_READ").await;
    let long = "a".repeat(257);
    // Nobody; those of other dialects; other spellings of one that is there.
    let nobody = [
        "nobody",
        "board",
        "fillout-app",
        "Calcom-app",
        "calcom%2Dapp",
        "calcom-app%00",
        "{client_id}",
        &long,
    ];
    let mut told = Vec::new();
    for id in nobody {
        let answer = bridge.wire.get_as(&of(id), &given.access).await;
        refused(&answer, 404, "client_not_found");
        told.push(answer.body);
    }
    assert_eq!(bridge.wire.get_as(&of("calcom-second"), &given.access).await.status, 200);
    app.suspend("calcom-second").await;
    let suspended = bridge.wire.get_as(&of("calcom-second"), &given.access).await;
    refused(&suspended, 404, "client_not_found");
    told.push(suspended.body);
    told.dedup();
    assert_eq!(told.len(), 1, "which of these it is shows nowhere: {told:?}");
    app.resume("calcom-second").await;
    assert_eq!(bridge.wire.get_as(&of("calcom-second"), &given.access).await.status, 200);
    for path in [
        of(""),
        of("calcom-app/"),
        of("calcom-app/x"),
        of("/calcom-app"),
        "/v2/auth/oauth2/clients".to_owned(),
    ] {
        bridge.wire.get_as(&path, &given.access).await.refused(404, "invalid_request");
    }
}

async fn c14_without_a_good_token_nobody_learns_which_apps_there_are(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-app");
    let given = bridge.connect(&mut app.person("cole"), "BOOKING_READ").await;
    let board = app.client("board");
    let foreign = board.connect_for(&mut app.person("fay"), "PROFILE_READ", "forms-us").await;
    assert_eq!(board.me(&foreign.access).await.status, 200);
    for id in ["calcom-app", "nobody"] {
        refused(&bridge.wire.get(&of(id), &[]).await, 401, "invalid_token");
        for token in [&given.refresh, &foreign.access, &"garbage".to_owned()] {
            refused(&bridge.wire.get_as(&of(id), token).await, 401, "invalid_token");
        }
        let in_address = format!("{}?access_token={}", of(id), given.access);
        refused(&bridge.wire.get(&in_address, &[]).await, 400, "invalid_request");
    }
    assert_eq!(bridge.wire.get_as(&of("calcom-app"), &given.access).await.status, 200);
    app.advance(30 * MINUTE);
    for id in ["calcom-app", "nobody"] {
        refused(&bridge.wire.get_as(&of(id), &given.access).await, 401, "invalid_token");
    }
}
