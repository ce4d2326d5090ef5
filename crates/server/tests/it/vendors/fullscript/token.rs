//! Exchange and refresh: the envelope, both bodies, a refresh token that stays (FS-5 to FS-10).

use serde_json::{Value, json};
use symbolon_store::testing::Database;

use super::{Connection, HOUR, Partner, REGISTERED, YEAR, dead, is_credential, is_owner};
use crate::support::{Answer, MINUTE, SECOND, stories};
use crate::vendors::{members, start};

stories!(
    fs_5_the_answer_is_one_member_of_the_right_types,
    fs_6_a_form_gets_the_same_answer,
    fs_7_null_is_absent,
    fs_8_a_code_lives_ten_minutes_and_once,
    fs_9_a_refresh_token_stays_the_same,
    fs_10_access_ends_after_two_hours_and_refresh_never,
);

async fn fs_5_the_answer_is_one_member_of_the_right_types(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let code = partner.code(&mut app.person("pia"), None).await;
    assert!(is_credential(&code));
    let answer = partner.exchange(&code).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
    let json = answer.json();
    assert_eq!(members(&json), ["oauth"]);
    let oauth = &json["oauth"];
    let names = [
        "access_token",
        "created_at",
        "expires_in",
        "refresh_token",
        "resource_owner",
        "scope",
        "token_type",
    ];
    assert_eq!(members(oauth), names);
    for token in ["access_token", "refresh_token"] {
        assert!(oauth[token].as_str().is_some_and(is_credential), "{oauth}");
    }
    assert_eq!((&oauth["token_type"], &oauth["expires_in"]), (&json!("Bearer"), &json!(7200)));
    assert_eq!(oauth["scope"], REGISTERED);
    assert_eq!(oauth["created_at"], "2027-01-15T08:00:00.000Z");
    let owner = &oauth["resource_owner"];
    assert_eq!(members(owner), ["id", "type"]);
    assert!(is_owner(&owner["id"]), "{owner}");
    assert_eq!(owner["type"], "Practitioner");
}

async fn fs_6_a_form_gets_the_same_answer(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let mut pia = app.person("pia");
    let as_json = partner.code(&mut pia, None).await;
    let as_json = partner.exchange(&as_json).await;
    let code = partner.code(&mut pia, None).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", partner.client_id),
        ("client_secret", &partner.secret),
        ("code", &code),
        ("redirect_uri", &partner.callback),
    ];
    let as_form = partner.wire.post_form("/api/oauth/token", &form).await;
    assert_eq!(as_form.header("content-type"), as_json.header("content-type"));
    let without_tokens = |answer: &Answer| {
        let mut json = answer.ok();
        for token in ["access_token", "refresh_token"] {
            assert!(json["oauth"][token].as_str().is_some_and(is_credential), "{json}");
            json["oauth"][token] = Value::Null;
        }
        json
    };
    assert_eq!(without_tokens(&as_form), without_tokens(&as_json));
}

async fn fs_7_null_is_absent(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let code = partner.code(&mut app.person("pia"), None).await;
    let mut body = partner.exchange_of(&code);
    body["refresh_token"] = Value::Null;
    let given = Connection::read(&partner.wire.post_json("/api/oauth/token", &body).await);
    let mut body = partner.refresh_of(&given.refresh);
    body["code"] = Value::Null;
    body["redirect_uri"] = Value::Null;
    Connection::read(&partner.wire.post_json("/api/oauth/token", &body).await);
    // A member that is needed is not there when it is null.
    let mut body = partner.refresh_of(&given.refresh);
    body["refresh_token"] = Value::Null;
    partner.wire.post_json("/api/oauth/token", &body).await.refused(400, "invalid_request");
}

async fn fs_8_a_code_lives_ten_minutes_and_once(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let mut pia = app.person("pia");
    let late = partner.code(&mut pia, None).await;
    app.advance(10 * MINUTE + SECOND);
    dead(&partner.exchange(&late).await);

    let code = partner.code(&mut pia, None).await;
    app.advance(10 * MINUTE - SECOND);
    let given = Connection::read(&partner.exchange(&code).await);
    dead(&partner.exchange(&code).await);
    // Whoever came second, the first one's tokens are no longer trusted.
    assert!(!app.api().sees_alive(&given.access).await);
    dead(&partner.refresh(&given.refresh).await);
}

async fn fs_9_a_refresh_token_stays_the_same(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let first = partner.connect(&mut app.person("pia")).await;
    let mut with_redirect_uri = partner.refresh_of(&first.refresh);
    with_redirect_uri["redirect_uri"] = json!(partner.callback);
    let mut seen = vec![first.created_at];
    let mut alive = vec![first.access];
    for body in [with_redirect_uri.clone(), partner.refresh_of(&first.refresh), with_redirect_uri.clone()] {
        app.advance(MINUTE);
        let again = Connection::read(&partner.wire.post_json("/api/oauth/token", &body).await);
        assert_eq!((&again.refresh, &again.owner), (&first.refresh, &first.owner));
        assert!(seen.iter().all(|earlier| *earlier < again.created_at), "{seen:?}: {}", again.created_at);
        assert!(!alive.contains(&again.access));
        seen.push(again.created_at);
        alive.push(again.access);
    }
    assert_eq!(seen[3], "2027-01-15T08:03:00.000Z");
    for access in &alive {
        assert!(app.api().sees_alive(access).await, "the access tokens before live out their time");
    }
    // One that is sent is one of the app's, and a refusal ends nothing.
    with_redirect_uri["redirect_uri"] = json!("https://fullscript-second.example.net/cb");
    dead(&partner.wire.post_json("/api/oauth/token", &with_redirect_uri).await);
    let stranger = Partner::of(&app, "fullscript-second");
    dead(&stranger.refresh(&first.refresh).await);
    Connection::read(&partner.refresh(&first.refresh).await);
}

async fn fs_10_access_ends_after_two_hours_and_refresh_never(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let given = partner.connect(&mut app.person("pia")).await;
    app.advance(2 * HOUR - SECOND);
    assert!(app.api().sees_alive(&given.access).await);
    app.advance(SECOND);
    assert!(!app.api().sees_alive(&given.access).await);
    assert_eq!(app.api().check(&given.access, &["clinic:read"]).await.status, 401);
    app.advance(5 * YEAR);
    let again = Connection::read(&partner.refresh(&given.refresh).await);
    assert_eq!((&again.refresh, again.scope.as_str()), (&given.refresh, REGISTERED));
    assert_eq!(app.api().check(&again.access, &["clinic:read"]).await.status, 200);
}
