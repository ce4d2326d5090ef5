//! The old endpoints: the exchange, and a refresh token in either of two places (CAL-2 to CAL-5, CAL-7, CAL-8).

use serde_json::json;
use symbolon_store::testing::Database;

use super::{Bridge, OLD_REFRESH, OLD_TOKEN, Pair, TOKEN, object, refused, refused_of_old, with, without};
use crate::support::{Answer, DAY, MINUTE, SECOND, stories};
use crate::vendors::{members, start};

stories!(
    cal_2_the_old_exchange_takes_json_and_forms,
    cal_3_refresh_by_header_repeats,
    cal_4_refresh_by_body_of_a_public_app,
    cal_4_refresh_by_body_turns,
    cal_4_a_public_app_gains_nothing_by_the_header,
    cal_5_refresh_without_grant_type,
    cal_5_two_refresh_tokens_that_differ_are_refused,
    cal_7_a_wrong_secret_leaves_the_code,
    cal_7_a_code_is_used_once,
    cal_7_a_code_used_twice_ends_what_refreshes_made_of_it,
    cal_8_tokens_are_never_got,
    old_errors_are_in_both_styles,
    revoked_where_the_phone_app_expects_it,
    revoked_with_everything_that_the_header_gave,
);

/// The superset: what the first clients read, and what the later ones do.
#[track_caller]
fn superset(answer: &Answer) -> Pair {
    let json = answer.ok();
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(members(&json), ["access_token", "expires_in", "refresh_token", "token_type"]);
    assert_eq!((&json["token_type"], &json["expires_in"]), (&json!("bearer"), &json!(1800)));
    Pair::read(answer)
}

async fn cal_2_the_old_exchange_takes_json_and_forms(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-legacy");
    let mut cole = app.person("cole");
    let code = bridge.code(&mut cole, "READ_BOOKING,READ_PROFILE").await;
    let as_json = superset(&bridge.wire.post_json(OLD_TOKEN, &object(&bridge.exchange_of(&code))).await);
    let code = bridge.code(&mut cole, "READ_BOOKING,READ_PROFILE").await;
    let as_form = superset(&bridge.wire.post_form(OLD_TOKEN, &bridge.exchange_of(&code)).await);
    for given in [as_json, as_form] {
        assert_eq!(app.api().check(&given.access, &["READ_BOOKING", "READ_PROFILE"]).await.status, 200);
    }
}

async fn cal_3_refresh_by_header_repeats(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-legacy");
    let first = bridge.connect(&mut app.person("cole"), "READ_BOOKING").await;
    let mut seen = vec![first.clone()];
    // At once, within the grace, after it, and much later: its clients never read a refresh token again.
    for pause in [0, 0, 30 * SECOND, 5 * MINUTE, 20 * DAY] {
        app.advance(pause);
        let again = superset(&bridge.refresh_by_header(&first.refresh).await);
        assert!(app.api().sees_alive(&again.access).await);
        assert!(seen.iter().all(|earlier| *earlier != again), "{seen:?}: {again:?}");
        seen.push(again);
    }
    // Whoever does read the new one may use it.
    let heir = seen.last().expect("several");
    superset(&bridge.refresh_by_header(&heir.refresh).await);
    superset(&bridge.refresh_by_body(&heir.refresh).await);
}

async fn cal_4_refresh_by_body_of_a_public_app(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-public");
    let first = bridge.connect(&mut app.person("cole"), "READ_BOOKING").await;
    let second = superset(&bridge.refresh_by_body(&first.refresh).await);
    let as_json = bridge.wire.post_json(OLD_REFRESH, &object(&bridge.refresh_of(&second.refresh))).await;
    let third = superset(&as_json);
    assert!(second.refresh != first.refresh && third.refresh != second.refresh);
    assert!(app.api().sees_alive(&third.access).await);
    // One that was used before the last is a copy in foreign hands.
    refused_of_old(&bridge.refresh_by_body(&first.refresh).await, 400, "invalid_grant", "Unauthorized");
    refused_of_old(&bridge.refresh_by_body(&third.refresh).await, 400, "invalid_grant", "Unauthorized");
    assert!(!app.api().sees_alive(&third.access).await);
}

async fn cal_4_refresh_by_body_turns(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-legacy");
    let first = bridge.connect(&mut app.person("cole"), "READ_BOOKING").await;
    let second = superset(&bridge.refresh_by_body(&first.refresh).await);
    assert_ne!(second.refresh, first.refresh);
    // A lost answer is given again, the very same; once it was used the grace is all, and then the family ends.
    let again = superset(&bridge.refresh_by_body(&first.refresh).await);
    assert_eq!(again, second);
    assert!(app.api().sees_alive(&second.access).await);
    app.writes_usage().await;
    app.advance(5 * MINUTE);
    refused_of_old(&bridge.refresh_by_body(&first.refresh).await, 400, "invalid_grant", "Unauthorized");
    refused_of_old(&bridge.refresh_by_body(&second.refresh).await, 400, "invalid_grant", "Unauthorized");
}

async fn cal_4_a_public_app_gains_nothing_by_the_header(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-public");
    let first = bridge.connect(&mut app.person("cole"), "READ_BOOKING").await;
    let second = superset(&bridge.refresh_by_header(&first.refresh).await);
    assert_ne!(second.refresh, first.refresh);
    assert!(app.api().sees_alive(&second.access).await);
    app.writes_usage().await;
    app.advance(5 * MINUTE);
    let late = bridge.refresh_by_header(&first.refresh).await;
    refused_of_old(&late, 400, "invalid_grant", "Unauthorized");
    let ended = bridge.refresh_by_header(&second.refresh).await;
    refused_of_old(&ended, 400, "invalid_grant", "Unauthorized");
}

async fn cal_5_refresh_without_grant_type(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-legacy");
    let first = bridge.connect(&mut app.person("cole"), "READ_BOOKING").await;
    let bearer = format!("Bearer {}", first.refresh);
    let header = [("authorization", bearer.as_str())];
    let bare = object(&bridge.own());
    superset(&bridge.wire.post_json_with(OLD_REFRESH, &bare, &header).await);
    superset(&bridge.wire.post_form_with(OLD_REFRESH, &bridge.own(), &header).await);
    for grant_type in ["authorization_code", "client_credentials", "password"] {
        let named = object(&with(&bridge.own(), "grant_type", grant_type));
        let answer = bridge.wire.post_json_with(OLD_REFRESH, &named, &header).await;
        refused_of_old(&answer, 400, "unsupported_grant_type", "grant type invalid");
    }
    // The exchange has no such default, and is for one thing too.
    let code = bridge.code(&mut app.person("cole"), "READ_BOOKING").await;
    let unnamed = without(&bridge.exchange_of(&code), "grant_type");
    bridge.wire.post_form(OLD_TOKEN, &unnamed).await.refused(400, "invalid_request");
    let refresh = bridge.wire.post_form(OLD_TOKEN, &bridge.refresh_of(&first.refresh)).await;
    refused_of_old(&refresh, 400, "unsupported_grant_type", "grant_type invalid");
}

async fn cal_5_two_refresh_tokens_that_differ_are_refused(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-legacy");
    let mut cole = app.person("cole");
    let one = bridge.connect(&mut cole, "READ_BOOKING").await;
    let other = bridge.connect(&mut cole, "READ_BOOKING").await;
    let bearer = format!("Bearer {}", one.refresh);
    let header = [("authorization", bearer.as_str())];
    let both = bridge.wire.post_form_with(OLD_REFRESH, &bridge.refresh_of(&other.refresh), &header).await;
    both.refused(400, "invalid_request");
    let neither = bridge.wire.post_form(OLD_REFRESH, &bridge.own()).await;
    neither.refused(400, "invalid_request");
    // Nothing was used up.
    superset(&bridge.refresh_by_body(&other.refresh).await);
    superset(&bridge.wire.post_form_with(OLD_REFRESH, &bridge.refresh_of(&one.refresh), &header).await);
}

async fn cal_7_a_wrong_secret_leaves_the_code(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-legacy");
    let mut cole = app.person("cole");
    for path in [OLD_TOKEN, TOKEN] {
        let code = bridge.code(&mut cole, "READ_BOOKING").await;
        let right = bridge.exchange_of(&code);
        for wrong in [with(&right, "client_secret", "wrong"), without(&right, "client_secret")] {
            bridge.wire.post_form(path, &wrong).await.refused(401, "invalid_client");
        }
        // Nor does another redirect URI use it up.
        for elsewhere in ["https://calcom-legacy.example.net/cb/", "https://calcom-app.example.net/cb"] {
            let wrong = with(&right, "redirect_uri", elsewhere);
            bridge.wire.post_form(path, &wrong).await.refused(400, "invalid_grant");
        }
        bridge.wire.post_form(path, &without(&right, "redirect_uri")).await.refused(400, "invalid_grant");
        Pair::read(&bridge.wire.post_form(path, &right).await);
    }
}

async fn cal_7_a_code_is_used_once(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-legacy");
    let mut cole = app.person("cole");
    for (first, second) in [(OLD_TOKEN, OLD_TOKEN), (TOKEN, TOKEN), (OLD_TOKEN, TOKEN)] {
        let code = bridge.code(&mut cole, "READ_BOOKING").await;
        let given = Pair::read(&bridge.wire.post_form(first, &bridge.exchange_of(&code)).await);
        let again = bridge.wire.post_form(second, &bridge.exchange_of(&code)).await;
        match second {
            TOKEN => refused(&again, 400, "invalid_grant", "code_invalid_or_expired"),
            _ => refused_of_old(&again, 400, "invalid_grant", "Unauthorized"),
        }
        assert!(!app.api().sees_alive(&given.access).await, "a code in two hands is worth nothing");
    }
}

async fn cal_7_a_code_used_twice_ends_what_refreshes_made_of_it(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-legacy");
    let code = bridge.code(&mut app.person("cole"), "READ_BOOKING").await;
    let first = Pair::read(&bridge.exchange(&code).await);
    let by_header = superset(&bridge.refresh_by_header(&first.refresh).await);
    let turned = superset(&bridge.refresh_by_body(&by_header.refresh).await);
    bridge.exchange(&code).await.refused(400, "invalid_grant");
    for pair in [first, by_header, turned] {
        assert!(!app.api().sees_alive(&pair.access).await);
        bridge.refresh_by_header(&pair.refresh).await.refused(400, "invalid_grant");
        bridge.refresh_by_body(&pair.refresh).await.refused(400, "invalid_grant");
    }
}

async fn cal_8_tokens_are_never_got(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-legacy");
    let code = bridge.code(&mut app.person("cole"), "READ_BOOKING").await;
    let query =
        form_urlencoded::Serializer::new(String::new()).extend_pairs(bridge.exchange_of(&code)).finish();
    for path in [OLD_TOKEN, OLD_REFRESH, TOKEN] {
        for target in [path.to_owned(), format!("{path}?{query}")] {
            let answer = bridge.wire.get(&target, &[]).await;
            assert_eq!((answer.status, answer.header("allow")), (405, "POST"), "{answer:?}");
            if path != TOKEN {
                assert_eq!(answer.json()["message"], "Invalid method");
            }
        }
        let answer = bridge.wire.send("DELETE", path, &[], "").await;
        assert_eq!(answer.status, 405, "{answer:?}");
    }
    Pair::read(&bridge.exchange(&code).await);
}

async fn old_errors_are_in_both_styles(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-legacy");
    let code = bridge.code(&mut app.person("cole"), "READ_BOOKING").await;
    let right = bridge.exchange_of(&code);
    let refresh = bridge.refresh_of("garbage");
    for (path, pairs, status, error, message) in [
        (OLD_TOKEN, without(&right, "client_id"), 400, "invalid_request", "Missing client id or secret"),
        (OLD_TOKEN, with(&right, "client_secret", "wrong"), 401, "invalid_client", "Unauthorized"),
        (OLD_TOKEN, with(&right, "client_id", "nobody"), 401, "invalid_client", "Unauthorized"),
        (OLD_TOKEN, with(&right, "code", "garbage"), 400, "invalid_grant", "Unauthorized"),
        (OLD_TOKEN, with(&right, "grant_type", "x"), 400, "unsupported_grant_type", "grant_type invalid"),
        (OLD_REFRESH, refresh.clone(), 400, "invalid_grant", "Unauthorized"),
        (OLD_REFRESH, with(&refresh, "client_secret", "wrong"), 401, "invalid_client", "Unauthorized"),
        (OLD_REFRESH, with(&refresh, "grant_type", "x"), 400, "unsupported_grant_type", "grant type invalid"),
    ] {
        refused_of_old(&bridge.wire.post_form(path, &pairs).await, status, error, message);
        refused_of_old(&bridge.wire.post_json(path, &object(&pairs)).await, status, error, message);
    }
}

async fn revoked_where_the_phone_app_expects_it(database: Database) {
    let app = start(database).await;
    for client_id in ["calcom-legacy", "calcom-public"] {
        let bridge = Bridge::of(&app, client_id);
        let given = bridge.connect(&mut app.person("cole"), "READ_BOOKING").await;
        let stranger = Bridge::of(&app, "calcom-second");
        for (own, alive) in [(stranger.own(), true), (bridge.own(), false)] {
            let pairs = with(&own, "token", &given.refresh);
            let answer = bridge.wire.post_form("/api/auth/oauth/revoke", &pairs).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            assert_eq!(app.api().sees_alive(&given.access).await, alive);
        }
        let refresh = bridge.refresh(&given.refresh).await;
        refused(&refresh, 400, "invalid_grant", "refresh_token_revoked");
    }
}

/// Whoever disconnects has the one refresh token that it keeps, or the last one that it was given; either is enough.
async fn revoked_with_everything_that_the_header_gave(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-legacy");
    let mut cole = app.person("cole");
    for with_the_last in [false, true] {
        let first = bridge.connect(&mut cole, "READ_BOOKING").await;
        let sibling = bridge.connect(&mut cole, "READ_BOOKING").await;
        let last = superset(&bridge.refresh_by_header(&first.refresh).await);
        let own = bridge.own();
        let pairs = with(&own, "token", if with_the_last { &last.refresh } else { &first.refresh });
        assert_eq!(bridge.wire.post_form("/api/auth/oauth/revoke", &pairs).await.status, 200);
        for pair in [first, last] {
            assert!(!app.api().sees_alive(&pair.access).await);
            bridge.refresh_by_header(&pair.refresh).await.refused(400, "invalid_grant");
        }
        assert!(app.api().sees_alive(&sibling.access).await, "another connection is another one");
    }
}
