//! Who is behind a token, at the old address and at the current one, and what the vendor's API is told when it asks
//! (CAL-6, the bearer half of CAL-20).

use serde_json::json;
use symbolon_store::testing::Database;

use super::{Bridge, ME, OLD_ME, OLD_REFRESH, TOKEN};
use crate::support::{Answer, MINUTE, stories};
use crate::vendors::{members, start};

stories!(
    cal_6_me_is_201_and_a_username,
    cal_6_other_tokens_are_told_in_a_message,
    cal_20_a_bearer_is_checked_by_its_scope,
    the_current_me_is_in_an_envelope,
);

async fn cal_6_me_is_201_and_a_username(database: Database) {
    let app = start(database).await;
    let bearer = |token: &str| format!("Bearer {token}");
    for (client_id, scope) in [("calcom-legacy", "READ_PROFILE"), ("calcom-app", "PROFILE_READ")] {
        let bridge = Bridge::of(&app, client_id);
        let given = bridge.connect(&mut app.person("cole"), scope).await;
        for method in ["GET", "POST"] {
            let headers = [("authorization", bearer(&given.access))];
            let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
            let answer = bridge.wire.send(method, OLD_ME, &headers, "").await;
            assert_eq!((answer.status, answer.header("content-type")), (201, "application/json"));
            assert_eq!(answer.json(), json!({ "username": "cole" }));
            assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
        }
        let answer = bridge.wire.send("DELETE", OLD_ME, &[], "").await;
        assert_eq!((answer.status, answer.json()["message"].as_str()), (405, Some("Invalid method")));
    }
}

#[track_caller]
fn unauthorized(answer: &Answer) {
    assert_eq!(answer.status, 401, "{answer:?}");
    let json = answer.json();
    assert_eq!(json["message"], "Unauthorized", "{json}");
    assert!(json["username"].is_null(), "{json}");
}

async fn cal_6_other_tokens_are_told_in_a_message(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-legacy");
    let mut cole = app.person("cole");
    let bookings_only = bridge.connect(&mut cole, "READ_BOOKING").await;
    let given = bridge.connect(&mut cole, "READ_PROFILE").await;
    for token in [&bookings_only.access, &given.refresh, &"garbage".to_owned()] {
        unauthorized(&bridge.wire.get_as(OLD_ME, token).await);
    }
    unauthorized(&bridge.wire.get(OLD_ME, &[]).await);
    // A token has no place in an address, nor in a body.
    let in_address = bridge.wire.get(&format!("{OLD_ME}?access_token={}", given.access), &[]).await;
    in_address.refused(400, "invalid_request");
    unauthorized(&bridge.wire.post_form(OLD_ME, &[("access_token", &given.access)]).await);
    // An access token does not refresh anything either.
    bridge.refresh_by_header(&given.access).await.refused(400, "invalid_grant");
    // What another dialect's app holds is nothing here.
    let board = app.client("board");
    let foreign = board.connect_for(&mut app.person("fay"), "PROFILE_READ", "forms-us").await;
    assert_eq!(board.me(&foreign.access).await.status, 200);
    unauthorized(&bridge.wire.get_as(OLD_ME, &foreign.access).await);
    assert_eq!(bridge.wire.get_as(ME, &foreign.access).await.status, 401);
    app.advance(30 * MINUTE);
    unauthorized(&bridge.wire.get_as(OLD_ME, &given.access).await);
}

async fn the_current_me_is_in_an_envelope(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-app");
    let mut cole = app.person("cole");
    let given = bridge.connect(&mut cole, "PROFILE_READ").await;
    let bearer = format!("Bearer {}", given.access);
    let headers = [("authorization", bearer.as_str()), ("cal-api-version", "2024-08-13")];
    let answer = bridge.wire.get(ME, &headers).await;
    let json = answer.ok();
    assert_eq!((members(&json), &json["status"]), (vec!["data", "status"], &json!("success")));
    let data =
        json!({ "id": "u-cole", "username": "cole", "email": "cole@example.com", "name": "Cole Ward" });
    assert_eq!(json["data"], data);

    let bookings_only = bridge.connect(&mut cole, "BOOKING_READ").await;
    for (answer, status, code) in [
        (bridge.wire.get_as(ME, &bookings_only.access).await, 403, "insufficient_scope"),
        (bridge.wire.get_as(ME, &given.refresh).await, 401, "invalid_token"),
        (bridge.wire.get(ME, &[]).await, 401, "invalid_token"),
    ] {
        let json = answer.json();
        assert_eq!((answer.status, members(&json)), (status, vec!["error", "status"]), "{json}");
        assert_eq!((&json["status"], &json["error"]["code"]), (&json!("error"), &json!(code)));
        assert!(json["error"]["message"].as_str().is_some_and(|words| !words.is_empty()), "{json}");
    }
}

/// What a resource such as `listBookings` learns of a bearer.
async fn cal_20_a_bearer_is_checked_by_its_scope(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-legacy");
    let mut cole = app.person("cole");
    let bookings = bridge.connect(&mut cole, "READ_BOOKING").await;
    let profile = bridge.connect(&mut cole, "READ_PROFILE").await;
    let told = app.api().check(&bookings.access, &["READ_BOOKING"]).await.ok();
    assert_eq!((&told["user"], &told["tenant"]), (&json!("u-cole"), &json!("cal-cole")));
    assert_eq!(app.api().check(&profile.access, &["READ_BOOKING"]).await.status, 403);
    for nothing in ["", "garbage", &bookings.refresh] {
        assert_eq!(app.api().check(nothing, &["READ_BOOKING"]).await.status, 401);
    }
    // It stays true after a refresh by either road.
    let again = bridge.refresh_by_header(&bookings.refresh).await.ok();
    let token = again["access_token"].as_str().expect("a text");
    assert_eq!(app.api().check(token, &["READ_BOOKING"]).await.status, 200);
    let refresh = bridge.refresh_of(&profile.refresh);
    for path in [OLD_REFRESH, TOKEN] {
        let again = bridge.wire.post_form(path, &refresh).await.ok();
        let token = again["access_token"].as_str().expect("a text");
        assert_eq!(app.api().check(token, &["READ_BOOKING"]).await.status, 403);
    }
}
