//! Make's training API: its acceptance cases, and the exact requests of its one client.

mod engine;

use serde_json::Value;
use symbolon_store::testing::Database;

use super::{Wire, members, start};
use crate::support::{Answer, MINUTE, Person, SECOND, TestApp, choosing, stories};

stories!(
    mk_1_an_account_is_picked,
    mk_2_pages_with_statuses,
    mk_3_a_scope_without_connect,
    mk_4_minutes,
    mk_4_what_an_exchange_is_refused_with,
    mk_5_the_chosen_account,
    mk_5_who_is_refused,
    mk_6_a_new_pair,
    mk_7_a_refresh_too_late,
    mk_8_the_end_of_a_connection,
    mk_8_only_the_header_ends_it,
    mk_9_one_connection_per_account,
    mk_10_scope_by_method,
    mk_14_a_person_says_no,
    a_code_lives_ten_minutes,
);

const APP: &str = "make-app";
const SECRET: &str = "make-app-secret";
const CALLBACK: &str = "https://www.integromat.com/oauth/cb/app";

/// An access token and a refresh token.
type Pair = (String, String);

fn wire(app: &TestApp) -> Wire {
    Wire::at(app, "/make")
}

/// The four parameters, with this scope.
fn four(scope: &str) -> [(&'static str, &str); 4] {
    [("scope", scope), ("client_id", APP), ("redirect_uri", CALLBACK), ("response_type", "code")]
}

/// A refusal with a nested text, as connection definitions look for it.
#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) {
    let json = answer.json();
    assert_eq!((answer.status, &json["error"]["code"]), (status, &code.into()), "{answer:?}");
    assert_eq!((members(&json), members(&json["error"])), (vec!["error"], vec!["code", "message"]));
    assert!(json["error"]["message"].as_str().is_some_and(|text| !text.is_empty()), "{answer:?}");
    assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
}

async fn code(app: &TestApp, person: &mut Person, scope: &str, account: &str) -> String {
    let callback = wire(app).connects(person, ("/authorize", &four(scope)), Some(account)).await;
    callback.code().to_owned()
}

async fn exchange(app: &TestApp, code: &str) -> Answer {
    let form = [
        ("code", code),
        ("client_id", APP),
        ("grant_type", "authorization_code"),
        ("redirect_uri", CALLBACK),
        ("client_secret", SECRET),
    ];
    wire(app).post_form("/token", &form).await
}

async fn refresh(app: &TestApp, token: &str) -> Answer {
    let form = [
        ("client_id", APP),
        ("grant_type", "refresh_token"),
        ("client_secret", SECRET),
        ("refresh_token", token),
    ];
    wire(app).post_form("/refresh", &form).await
}

/// Reads the four members of an answer.
#[track_caller]
fn pair(answer: &Answer) -> Pair {
    let json = answer.ok();
    assert_eq!(members(&json), ["access_token", "expires_in", "refresh_expires_in", "refresh_token"]);
    assert_eq!((&json["expires_in"], &json["refresh_expires_in"]), (&5.into(), &60.into()), "minutes");
    assert!(answer.header("content-type").starts_with("application/json"), "{answer:?}");
    let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
    (text("access_token"), text("refresh_token"))
}

async fn connect(app: &TestApp, person: &mut Person, scope: &str, account: &str) -> Pair {
    let code = code(app, person, scope, account).await;
    pair(&exchange(app, &code).await)
}

async fn info(app: &TestApp, token: &str) -> Answer {
    wire(app).get_as("/info", token).await
}

async fn mk_1_an_account_is_picked(database: Database) {
    let app = start(database).await;
    let mut mia = app.person("mia");
    mia.open(&wire(&app).asks("/authorize", &four("connect")).url()).await;
    let page = mia.sign_in().await;
    let form = page.consent_form().expect("a form");
    assert_eq!(form.choices("tenant"), ["make-mia", "make-studio"]);
    assert!(page.body.contains("Mia Moss") && page.body.contains("Moss Studio"), "{page:?}");
    let callback = mia.consents_for("make-studio").await.callback();
    assert_eq!((callback.to.as_str(), callback.names()), (CALLBACK, vec!["code"]));
    let (access, _) = pair(&exchange(&app, callback.code()).await);
    assert_eq!(info(&app, &access).await.ok()["user"], "Moss Studio");
}

async fn mk_2_pages_with_statuses(database: Database) {
    let app = start(database).await;
    let asked = wire(&app).asks("/authorize", &four("connect"));
    for (name, value, status) in [
        ("response_type", "token", 501),
        ("response_type", "", 400),
        ("client_id", "nobody", 404),
        ("client_id", "fillout-app", 404),
        ("scope", "", 400),
        ("redirect_uri", "", 400),
        ("redirect_uri", "https://www.integromat.com/oauth/cb/app2", 400),
    ] {
        app.get(&asked.clone().with(name, value).url()).await.error_page(status);
        if value.is_empty() {
            app.get(&asked.clone().without(name).url()).await.error_page(status);
        }
    }
    assert_eq!(app.get(&asked.url()).await.status, 303, "the twin leads to the sign-in");
}

async fn mk_3_a_scope_without_connect(database: Database) {
    let app = start(database).await;
    let callback = app.get(&wire(&app).asks("/authorize", &four("read,write")).url()).await.callback();
    callback.refused("invalid_scope");
    assert_eq!(callback.to, CALLBACK);
    let described = callback.get("error.message").expect("error.message");
    assert!(described.contains("connect"), "{described}");
    assert_eq!(callback.get("error_description"), Some(described));
    let state = wire(&app).asks("/authorize", &four("read")).with("state", "s");
    let callback = app.get(&state.url()).await.callback();
    assert_eq!((callback.get("state"), callback.get("iss")), (Some("s"), None));
}

async fn mk_4_minutes(database: Database) {
    let app = start(database).await;
    let (access, _) = connect(&app, &mut app.person("max"), "connect", "make-max").await;
    app.advance(6 * SECOND);
    info(&app, &access).await.ok();
    app.advance(293 * SECOND);
    info(&app, &access).await.ok();
    assert!(app.api().sees_alive(&access).await);
    app.advance(SECOND);
    refused(&info(&app, &access).await, 401, "invalid_token");
    assert!(!app.api().sees_alive(&access).await);
}

async fn mk_4_what_an_exchange_is_refused_with(database: Database) {
    let app = start(database).await;
    let code = code(&app, &mut app.person("max"), "connect", "make-max").await;
    let but = async |name: &str, value: &str| {
        let mut form = vec![
            ("code", code.as_str()),
            ("client_id", APP),
            ("grant_type", "authorization_code"),
            ("redirect_uri", CALLBACK),
            ("client_secret", SECRET),
        ];
        form.retain(|(own, _)| *own != name);
        form.push((name, value));
        wire(&app).post_form("/token", &form).await
    };
    refused(&but("client_id", "nobody").await, 404, "invalid_client");
    refused(&but("code", "nonsense").await, 404, "invalid_grant");
    refused(&but("client_secret", "wrong").await, 400, "invalid_client");
    refused(&but("grant_type", "password").await, 501, "unsupported_grant_type");
    refused(&but("grant_type", "refresh_token").await, 501, "unsupported_grant_type");
    refused(&but("grant_type", "").await, 400, "invalid_request");
    refused(&but("redirect_uri", "https://www.make.com/oauth/cb/app").await, 400, "invalid_grant");
    pair(&but("client_id", APP).await);
    refused(&but("client_id", APP).await, 400, "invalid_grant");
}

async fn mk_5_the_chosen_account(database: Database) {
    let app = start(database).await;
    let mut mia = app.person("mia");
    let mut ids = Vec::new();
    for (account, user) in [("make-mia", "Mia Moss"), ("make-studio", "Moss Studio")] {
        let (access, refresh_token) = connect(&app, &mut mia, "connect", account).await;
        let json = info(&app, &access).await.ok();
        assert_eq!((members(&json), &json["user"]), (vec!["id", "user"], &user.into()));
        let id = json["id"].as_str().expect("a text").to_owned();
        assert!(id.len() == 40 && id.bytes().all(|byte| b"0123456789abcdef".contains(&byte)), "{id}");
        let (access, _) = pair(&refresh(&app, &refresh_token).await);
        assert_eq!(info(&app, &access).await.ok()["id"], id.as_str(), "it stays");
        ids.push(id);
    }
    assert_ne!(ids[0], ids[1]);
}

async fn mk_5_who_is_refused(database: Database) {
    let app = start(database).await;
    let make = wire(&app);
    refused(&make.get("/info", &[]).await, 401, "invalid_token");
    refused(&info(&app, "nonsense").await, 401, "invalid_token");
    let (access, refresh_token) = connect(&app, &mut app.person("max"), "connect", "make-max").await;
    refused(&info(&app, &refresh_token).await, 401, "invalid_token");
    for name in ["authorization", "Authorization", "AUTHORIZATION"] {
        for scheme in ["Bearer", "bearer"] {
            make.get("/info", &[(name, &format!("{scheme} {access}"))]).await.ok();
        }
    }
    let query = make.get(&format!("/info?access_token={access}"), &[]).await;
    assert!((400..402).contains(&query.status), "{query:?}");
    let answer = make.send("POST", "/info", &[("authorization", &format!("Bearer {access}"))], "").await;
    assert_eq!(answer.status, 405, "{answer:?}");
    refused(&info(&app, &without_connect(&app).await).await, 403, "insufficient_scope");
}

/// A token for which a person left `connect` out.
async fn without_connect(app: &TestApp) -> String {
    let callback = "https://make-second.example.net/cb";
    let asked = wire(app).asks("/authorize", &four("connect read"));
    let asked = asked.with("client_id", "make-second").with("redirect_uri", callback);
    let mut gus = app.person("gus");
    gus.open(&asked.url()).await;
    gus.sign_in().await;
    let (form, mut fields) = gus.deciding("allow", choosing("make-max"));
    fields.retain(|(name, value)| name != "scope" || value != "connect");
    let code = gus.post(&form, &fields).await.callback().code().to_owned();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("client_id", "make-second"),
        ("client_secret", "make-second-secret"),
        ("redirect_uri", callback),
    ];
    pair(&wire(app).post_form("/token", &form).await).0
}

async fn mk_6_a_new_pair(database: Database) {
    let app = start(database).await;
    let old = connect(&app, &mut app.person("max"), "connect read", "make-max").await;
    let new = pair(&refresh(&app, &old.1).await);
    assert!(old.0 != new.0 && old.1 != new.1);
    refused(&info(&app, &old.0).await, 401, "invalid_token");
    app.api().check(&old.0, &["read"]).await.refused(401, "invalid_token");
    app.api().check(&new.0, &["read"]).await.ok();
    let newest = pair(&refresh(&app, &new.1).await);
    info(&app, &newest.0).await.ok();
    refused(&refresh(&app, &new.1).await, 400, "invalid_grant");
    refused(&info(&app, &newest.0).await, 401, "invalid_token");
}

async fn mk_7_a_refresh_too_late(database: Database) {
    let app = start(database).await;
    let mut max = app.person("max");
    let (_, in_time) = connect(&app, &mut max, "connect", "make-max").await;
    app.advance(60 * MINUTE - SECOND);
    let (access, too_late) = pair(&refresh(&app, &in_time).await);
    info(&app, &access).await.ok();
    app.advance(60 * MINUTE);
    refused(&refresh(&app, &too_late).await, 400, "invalid_grant");
}

async fn mk_8_the_end_of_a_connection(database: Database) {
    let app = start(database).await;
    let (access, refresh_token) = connect(&app, &mut app.person("max"), "connect", "make-max").await;
    let answer = wire(&app).get_as("/invalidate", &access).await;
    assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{answer:?}");
    assert_eq!((answer.header("cache-control"), answer.header("content-type")), ("no-store", ""));
    refused(&info(&app, &access).await, 401, "invalid_token");
    refused(&refresh(&app, &refresh_token).await, 400, "invalid_grant");
    refused(&wire(&app).get_as("/invalidate", &access).await, 401, "invalid_token");
    assert!(!app.api().sees_alive(&access).await && !app.api().sees_alive(&refresh_token).await);
}

async fn mk_8_only_the_header_ends_it(database: Database) {
    let app = start(database).await;
    let (make, mut max) = (wire(&app), app.person("max"));
    let (access, refresh_token) = connect(&app, &mut max, "connect", "make-max").await;
    for name in ["access_token", "token"] {
        let answer = make.get(&format!("/invalidate?{name}={access}"), &[]).await;
        assert!((400..402).contains(&answer.status), "{answer:?}");
    }
    assert_eq!(max.look(&make.address("/invalidate")).await.status, 401, "a browser with its cookies");
    refused(&make.get_as("/invalidate", &refresh_token).await, 401, "invalid_token");
    refused(&make.get_as("/invalidate", SECRET).await, 401, "invalid_token");
    let form = [("token", access.as_str()), ("client_id", APP), ("client_secret", SECRET)];
    assert_eq!(make.post_form("/invalidate", &form).await.status, 405);
    let bearer = format!("Bearer {access}");
    for method in ["HEAD", "OPTIONS", "DELETE"] {
        make.send(method, "/invalidate", &[("authorization", &bearer)], "").await;
    }
    info(&app, &access).await.ok();
    assert_eq!(make.get_as("/invalidate", &access).await.status, 204);
}

async fn mk_9_one_connection_per_account(database: Database) {
    let app = start(database).await;
    let mut mia = app.person("mia");
    let studio = connect(&app, &mut mia, "connect", "make-studio").await;
    let first = connect(&app, &mut mia, "connect", "make-mia").await;
    let second = connect(&app, &mut mia, "connect", "make-mia").await;
    refused(&info(&app, &first.0).await, 401, "invalid_token");
    app.api().check(&first.0, &["connect"]).await.refused(401, "invalid_token");
    refused(&refresh(&app, &first.1).await, 400, "invalid_grant");
    for untouched in [second, studio] {
        info(&app, &untouched.0).await.ok();
        pair(&refresh(&app, &untouched.1).await);
    }
}

/// What the API of the vendor asks for each method; it reads the answer of `/v1/check`.
async fn mk_10_scope_by_method(database: Database) {
    let app = start(database).await;
    let mut max = app.person("max");
    let (access, _) = connect(&app, &mut max, "connect read", "make-max").await;
    app.api().check(&access, &["read"]).await.ok();
    app.api().check(&access, &["write"]).await.refused(403, "insufficient_scope");
    app.api().check(&access, &["delete"]).await.refused(403, "insufficient_scope");
    let (access, _) = connect(&app, &mut max, "connect", "make-max").await;
    info(&app, &access).await.ok();
    app.api().check(&access, &["read"]).await.refused(403, "insufficient_scope");
    let (access, _) = connect(&app, &mut max, "connect write delete", "make-max").await;
    app.api().check(&access, &["write"]).await.ok();
    app.api().check(&access, &["delete"]).await.ok();
}

async fn mk_14_a_person_says_no(database: Database) {
    let app = start(database).await;
    let mut max = app.person("max");
    max.open(&wire(&app).asks("/authorize", &four("connect")).url()).await;
    max.sign_in().await;
    let callback = max.refuses().await.callback();
    callback.refused("access_denied");
    assert_eq!(callback.to, CALLBACK);
    assert_eq!(callback.names(), ["error", "error_description", "error.message"]);
    assert_eq!(callback.get("error.message"), callback.get("error_description"));
    assert!(callback.get("error.message").is_some_and(|text| !text.is_empty()));
}

async fn a_code_lives_ten_minutes(database: Database) {
    let app = start(database).await;
    let mut max = app.person("max");
    let in_time = code(&app, &mut max, "connect", "make-max").await;
    app.advance(10 * MINUTE - SECOND);
    pair(&exchange(&app, &in_time).await);
    let too_late = code(&app, &mut max, "connect", "make-max").await;
    app.advance(10 * MINUTE);
    refused(&exchange(&app, &too_late).await, 400, "invalid_grant");
}

/// The value of a member, as text.
fn text(json: &Value, name: &str) -> String {
    json[name].as_str().unwrap_or_default().to_owned()
}
