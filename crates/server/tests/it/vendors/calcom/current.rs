//! The current endpoint: five members, strict rotation, reasons for machines (CAL-9 to CAL-12).

use serde_json::json;
use symbolon_store::testing::Database;

use super::{AUTHORIZE, Bridge, Pair, TOKEN, VERIFIER, object, refused, with, without};
use crate::support::{MINUTE, SECOND, stories};
use crate::vendors::{members, start};

stories!(
    cal_9_the_answer_has_exactly_these_members,
    cal_10_a_public_app_proves_itself_by_its_verifier,
    cal_11_a_refresh_token_turns,
    cal_11_a_refresh_token_is_one_apps_own,
    cal_12_errors_carry_a_reason_for_machines,
);

async fn cal_9_the_answer_has_exactly_these_members(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-app");
    let code = bridge.code(&mut app.person("cole"), "BOOKING_WRITE BOOKING_READ").await;
    let answer = bridge.exchange(&code).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
    let json = answer.json();
    assert_eq!(members(&json), ["access_token", "expires_in", "refresh_token", "scope", "token_type"]);
    assert_eq!((&json["token_type"], &json["expires_in"]), (&json!("bearer"), &json!(1800)));
    assert_eq!(json["scope"], "BOOKING_WRITE BOOKING_READ", "in the order granted");
    let given = Pair::read(&answer);
    let refreshed = bridge.refresh(&given.refresh).await.ok();
    assert_eq!(members(&refreshed), members(&json));
    assert_eq!(refreshed["scope"], json["scope"], "kept by a refresh");
}

async fn cal_10_a_public_app_proves_itself_by_its_verifier(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-public");
    let asked = bridge.asks("BOOKING_READ");
    let bare = without(&without(&asked, "code_challenge"), "code_challenge_method");
    let plain = with(&asked, "code_challenge_method", "plain");
    let plain_by_default = without(&asked, "code_challenge_method");
    for wrong in [bare, plain, plain_by_default] {
        let callback = app.get(&bridge.wire.asks(AUTHORIZE, &wrong).url()).await.callback();
        callback.refused("invalid_request");
        assert_eq!(callback.get("state"), Some("s-1"));
    }
    let mut cole = app.person("cole");
    let code = bridge.code(&mut cole, "BOOKING_READ").await;
    let right = bridge.exchange_of(&code);
    let wrong = with(&right, "code_verifier", "wrong-but-long-enough-to-be-a-verifier-of-somebody");
    let answer = bridge.wire.post_json(TOKEN, &object(&wrong)).await;
    refused(&answer, 400, "invalid_grant", "pkce_verification_failed");
    let answer = bridge.exchange(&code).await;
    refused(&answer, 400, "invalid_grant", "code_invalid_or_expired");

    let code = bridge.code(&mut cole, "BOOKING_READ").await;
    let right = bridge.exchange_of(&code);
    assert!(
        right.contains(&("code_verifier", VERIFIER)) && !right.iter().any(|(n, _)| *n == "client_secret")
    );
    Pair::read(&bridge.wire.post_json(TOKEN, &object(&right)).await);

    // A confidential app need not, but a challenge that it sent counts.
    let confidential = Bridge::of(&app, "calcom-app");
    let challenge = [("code_challenge", bridge.challenge.as_str()), ("code_challenge_method", "S256")];
    let asked = [confidential.asks("BOOKING_READ"), challenge.to_vec()].concat();
    let callback = confidential.wire.connects(&mut cole, (AUTHORIZE, &asked), None).await;
    let answer = confidential.exchange(callback.code()).await;
    refused(&answer, 400, "invalid_request", "pkce_missing_parameters_or_invalid_method");
    let callback = confidential.wire.connects(&mut cole, (AUTHORIZE, &asked), None).await;
    let right = with(&confidential.exchange_of(callback.code()), "code_verifier", VERIFIER);
    Pair::read(&confidential.wire.post_json(TOKEN, &object(&right)).await);
}

async fn cal_11_a_refresh_token_turns(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-app");
    let mut cole = app.person("cole");
    let first = bridge.connect(&mut cole, "BOOKING_READ").await;
    let sibling = bridge.connect(&mut cole, "BOOKING_READ").await;
    let second = Pair::read(&bridge.refresh(&first.refresh).await);
    assert!(second.refresh != first.refresh && second.access != first.access);
    // As a form, too.
    let third = Pair::read(&bridge.wire.post_form(TOKEN, &bridge.refresh_of(&second.refresh)).await);
    refused(&bridge.refresh(&first.refresh).await, 400, "invalid_grant", "refresh_token_revoked");
    refused(&bridge.refresh(&third.refresh).await, 400, "invalid_grant", "refresh_token_revoked");
    assert!(!app.api().sees_alive(&third.access).await, "the family ends");
    // The vendor would end every connection of this person; here the others live.
    let later = Pair::read(&bridge.refresh(&sibling.refresh).await);
    // A lost answer is given again for a moment, to whoever holds the predecessor.
    assert_eq!(Pair::read(&bridge.refresh(&sibling.refresh).await), later);
    assert!(app.api().sees_alive(&later.access).await);
    app.writes_usage().await;
    app.advance(MINUTE + SECOND);
    refused(&bridge.refresh(&sibling.refresh).await, 400, "invalid_grant", "refresh_token_revoked");
}

async fn cal_11_a_refresh_token_is_one_apps_own(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-app");
    let stranger = Bridge::of(&app, "calcom-second");
    let given = bridge.connect(&mut app.person("cole"), "BOOKING_READ").await;
    let answer = stranger.refresh(&given.refresh).await;
    refused(&answer, 400, "invalid_grant", "client_id_mismatch");
    // What is no token of ours is nobody's.
    let mut guess = given.refresh.clone();
    let last = if guess.ends_with('A') { 'B' } else { 'A' };
    guess.pop();
    guess.push(last);
    refused(&stranger.refresh(&guess).await, 400, "invalid_grant", "invalid_refresh_token");
    let unknown = with(&bridge.refresh_of(&given.refresh), "client_id", "nobody");
    let answer = bridge.wire.post_json(TOKEN, &object(&unknown)).await;
    refused(&answer, 401, "invalid_client", "client_not_found");
    // Here it is read from the body alone: a bearer is no refresh token.
    let pairs = [bridge.own(), vec![("grant_type", "refresh_token")]].concat();
    let bearer = format!("Bearer {}", given.refresh);
    let answer = bridge.wire.post_form_with(TOKEN, &pairs, &[("authorization", &bearer)]).await;
    answer.refused(400, "invalid_request");
    Pair::read(&bridge.refresh(&given.refresh).await);
}

async fn cal_12_errors_carry_a_reason_for_machines(database: Database) {
    let app = start(database).await;
    let bridge = Bridge::of(&app, "calcom-public");
    let confidential = Bridge::of(&app, "calcom-app");
    let mut cole = app.person("cole");
    let code = bridge.code(&mut cole, "BOOKING_READ").await;
    let late = confidential.code(&mut cole, "BOOKING_READ").await;
    let exchange = bridge.exchange_of(&code);
    let own = confidential.exchange_of(&late);
    app.advance(10 * MINUTE - SECOND);
    let (grant, client, request) = ("invalid_grant", "invalid_client", "invalid_request");
    for (pairs, status, error, reason) in [
        (with(&exchange, "code", "garbage"), 400, grant, "code_invalid_or_expired"),
        (with(&own, "code", &code), 400, grant, "code_invalid_or_expired"),
        (with(&exchange, "redirect_uri", "https://x.example/cb"), 400, grant, "redirect_uri_mismatch"),
        (bridge.refresh_of("garbage"), 400, grant, "invalid_refresh_token"),
        (with(&exchange, "client_id", "nobody"), 401, client, "client_not_found"),
        (with(&own, "client_secret", "wrong"), 401, client, "invalid_client_credentials"),
        (without(&own, "client_secret"), 401, client, "invalid_client_credentials"),
        (without(&exchange, "code_verifier"), 400, request, "pkce_missing_parameters_or_invalid_method"),
        (exchange.clone(), 400, grant, "code_invalid_or_expired"),
    ] {
        refused(&confidential.wire.post_json(TOKEN, &object(&pairs)).await, status, error, reason);
    }
    // Where the vendor has words for people, there are words for people.
    for pairs in [without(&own, "client_id"), with(&own, "grant_type", "password"), without(&own, "code")] {
        let answer = confidential.wire.post_json(TOKEN, &object(&pairs)).await;
        answer.refused(400, request);
        assert!(answer.json()["error_description"].as_str().is_some_and(|words| words.contains(' ')));
    }
    app.advance(2 * SECOND);
    refused(&confidential.exchange(&late).await, 400, grant, "code_invalid_or_expired");
    app.suspend("calcom-app").await;
    let given = confidential.refresh("garbage").await;
    refused(&given, 401, "unauthorized_client", "client_rejected");
}
