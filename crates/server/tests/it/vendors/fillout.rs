//! Fillout: its acceptance cases, and the exact requests of its clients.

mod clients;

use serde_json::{Value, json};
use symbolon_store::testing::Database;

use super::{Wire, members, start};
use crate::support::{Answer, DAY, MINUTE, Person, SECOND, TestApp, challenge, stories};

stories!(
    fo_1_authorize_with_three_parameters,
    fo_2_a_challenge_that_was_sent_counts,
    fo_3_json_exchange_without_grant_type,
    fo_4_form_exchange_with_grant_type,
    fo_5_no_third_member,
    fo_6_a_code_used_twice,
    fo_7_what_an_exchange_must_match,
    fo_8_invalidate_by_authentication,
    fo_9_invalidate_by_authorization,
    fo_9_invalidate_by_both_or_none,
    fo_10_each_tenant_has_its_base_url,
    fo_11_a_year_later,
    fo_14_the_token_at_the_resource,
    a_person_says_no,
    a_code_lives_ten_minutes,
    connections_are_independent,
    whom_nobody_knows_gets_a_page,
    an_app_without_scopes_connects,
);

const AUTHORIZE: &str = "/authorize/oauth";
const TOKEN: &str = "/public/oauth/accessToken";
const INVALIDATE: &str = "/public/oauth/invalidate";
const APP: &str = "fillout-app";
const SECRET: &str = "fillout-app-secret";
const CALLBACK: &str = "https://fillout-app.example.net/cb";
/// What the documentation sends a browser with.
const DOCUMENTED: [(&str, &str); 3] = [("client_id", APP), ("redirect_uri", CALLBACK), ("state", "s")];

fn wire(app: &TestApp) -> Wire {
    Wire::at(app, "/fillout")
}

/// The documented body of an exchange.
fn body(code: &str) -> Value {
    json!({ "code": code, "client_id": APP, "client_secret": SECRET, "redirect_uri": CALLBACK })
}

/// The code that a person lets the app have.
async fn code(app: &TestApp, person: &mut Person, place: Option<&str>) -> String {
    let callback = wire(app).connects(person, (AUTHORIZE, &DOCUMENTED), place).await;
    callback.code().to_owned()
}

/// The answer to the documented exchange.
async fn exchanged(app: &TestApp, person: &mut Person, place: Option<&str>) -> Value {
    let code = code(app, person, place).await;
    wire(app).post_json(TOKEN, &body(&code)).await.ok()
}

/// An access token of `fay`'s, connected as documented.
async fn token(app: &TestApp) -> String {
    text(&exchanged(app, &mut app.person("fay"), None).await, "access_token")
}

fn text(json: &Value, name: &str) -> String {
    json[name].as_str().unwrap_or_default().to_owned()
}

async fn invalidate(app: &TestApp, headers: &[(&str, &str)]) -> Answer {
    wire(app).send("DELETE", INVALIDATE, headers, "").await
}

/// A refusal in the standard's members and in those of the vendor's API.
#[track_caller]
fn refused(answer: &Answer, status: u16, error: &str) {
    answer.refused(status, error);
    let json = answer.json();
    assert_eq!(members(&json), ["error", "error_description", "message", "statusCode"]);
    assert_eq!((&json["statusCode"], &json["message"]), (&status.into(), &json["error_description"]));
}

/// Everywhere a token can be asked about, it is dead.
async fn is_dead(app: &TestApp, token: &str) {
    assert!(!app.api().sees_alive(token).await);
    app.api().check(token, &["forms:read"]).await.refused(401, "invalid_token");
    assert_eq!(wire(app).get_as("/v1/api/me", token).await.status, 400);
}

async fn fo_1_authorize_with_three_parameters(database: Database) {
    let app = start(database).await;
    let mut fay = app.person("fay");
    let state = "Zm9v.YmFy-_~ %2F+&=\u{e9}";
    let asked = [("client_id", APP), ("redirect_uri", CALLBACK), ("state", state)];
    fay.open(&wire(&app).asks(AUTHORIZE, &asked).url()).await;
    let page = fay.sign_in().await;
    assert!(page.consent_form().is_some() && page.body.contains("Sheet Filler"), "{page:?}");
    let icons = page.icons();
    assert_eq!(icons.len(), 1, "its icon, once: {page:?}");
    let icon = app.get(icons[0]).await;
    assert_eq!((icon.status, icon.header("content-type")), (200, "image/png"));
    assert!(icon.bytes.starts_with(b"\x89PNG\r\n\x1a\n"));
    let callback = fay.consents().await.callback();
    assert_eq!(callback.to, CALLBACK);
    assert_eq!(callback.names(), ["code", "state", "iss"]);
    assert_eq!(callback.get("state"), Some(state));
    assert_eq!(wire(&app).post_json(TOKEN, &body(callback.code())).await.status, 200);
}

async fn fo_2_a_challenge_that_was_sent_counts(database: Database) {
    let app = start(database).await;
    let (fillout, mut fay) = (wire(&app), app.person("fay"));
    let verifier = "v".repeat(43);
    let challenge = challenge(&verifier);
    let asked = [
        ("response_type", "code"),
        ("client_id", APP),
        ("redirect_uri", CALLBACK),
        ("scope", ""),
        ("state", "0c9f0b7e-3c0f-4c8e-9d5c-5a8f6c1f2b11"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    let code = fillout.connects(&mut fay, (AUTHORIZE, &asked), None).await.code().to_owned();
    let form = |code: &str, verifier: &str| {
        let mut body = body(code);
        body["grant_type"] = "authorization_code".into();
        body["code_verifier"] = verifier.into();
        body
    };
    refused(&fillout.post_json(TOKEN, &form(&code, "")).await, 400, "invalid_grant");
    let code = fillout.connects(&mut fay, (AUTHORIZE, &asked), None).await.code().to_owned();
    refused(&fillout.post_json(TOKEN, &form(&code, &"w".repeat(43))).await, 400, "invalid_grant");
    let code = fillout.connects(&mut fay, (AUTHORIZE, &asked), None).await.code().to_owned();
    fillout.post_json(TOKEN, &form(&code, &verifier)).await.ok();
}

async fn fo_3_json_exchange_without_grant_type(database: Database) {
    let app = start(database).await;
    let code = code(&app, &mut app.person("fay"), None).await;
    let answer = wire(&app).post_json(TOKEN, &body(&code)).await;
    let json = answer.ok();
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(members(&json), ["access_token", "base_url"]);
    assert!(json["access_token"].as_str().is_some_and(|token| !token.is_empty()));
    assert_eq!(json["base_url"], "https://api.forms.example");
}

async fn fo_4_form_exchange_with_grant_type(database: Database) {
    let app = start(database).await;
    let code = code(&app, &mut app.person("fay"), None).await;
    let form = |grant_type| {
        let own = [("client_id", APP), ("client_secret", SECRET), ("redirect_uri", CALLBACK)];
        [("grant_type", grant_type), ("code", code.as_str())].into_iter().chain(own).collect::<Vec<_>>()
    };
    for other in ["password", "refresh_token", "client_credentials"] {
        refused(&wire(&app).post_form(TOKEN, &form(other)).await, 400, "unsupported_grant_type");
    }
    let answer = wire(&app).post_form(TOKEN, &form("authorization_code")).await;
    let json = answer.ok();
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(members(&json), ["access_token", "base_url"]);
    assert_eq!(json["base_url"], "https://api.forms.example");
}

async fn fo_5_no_third_member(database: Database) {
    let app = start(database).await;
    for name in ["fay", "finn", "fred"] {
        let json = exchanged(&app, &mut app.person(name), None).await;
        for member in ["refresh_token", "expires_in", "token_type", "scope"] {
            assert!(json.get(member).is_none(), "{member}");
        }
    }
}

async fn fo_6_a_code_used_twice(database: Database) {
    let app = start(database).await;
    let code = code(&app, &mut app.person("fay"), None).await;
    let first = text(&wire(&app).post_json(TOKEN, &body(&code)).await.ok(), "access_token");
    assert!(app.api().sees_alive(&first).await);
    refused(&wire(&app).post_json(TOKEN, &body(&code)).await, 400, "invalid_grant");
    is_dead(&app, &first).await;
}

async fn fo_7_what_an_exchange_must_match(database: Database) {
    let app = start(database).await;
    let code = code(&app, &mut app.person("fay"), None).await;
    let but = |changes: &[(&str, &str)]| {
        let mut body = body(&code);
        for (name, value) in changes {
            body[*name] = (*value).into();
        }
        body
    };
    let other = but(&[("redirect_uri", "https://fillout-app.example.net/other")]);
    refused(&wire(&app).post_json(TOKEN, &other).await, 400, "invalid_grant");
    let secret = but(&[("client_secret", "fillout-app-secret2")]);
    refused(&wire(&app).post_json(TOKEN, &secret).await, 401, "invalid_client");
    let second = [("client_id", "fillout-second"), ("client_secret", "fillout-second-secret")];
    refused(&wire(&app).post_json(TOKEN, &but(&second)).await, 400, "invalid_grant");
    let home = ("redirect_uri", "https://fillout-second.example.net/cb");
    let theirs = but(&[second[0], second[1], home]);
    refused(&wire(&app).post_json(TOKEN, &theirs).await, 400, "invalid_grant");
    wire(&app).post_json(TOKEN, &but(&[])).await.ok();
}

async fn fo_8_invalidate_by_authentication(database: Database) {
    let app = start(database).await;
    let token = token(&app).await;
    app.api().check(&token, &["forms:read"]).await.ok();
    let bearer = format!("Bearer {token}");
    let answer = invalidate(&app, &[("Authentication", &bearer)]).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "{}"), "{answer:?}");
    assert_eq!(answer.header("cache-control"), "no-store");
    is_dead(&app, &token).await;
    assert_eq!(invalidate(&app, &[("Authentication", &bearer)]).await.status, 401, "it is gone");
}

async fn fo_9_invalidate_by_authorization(database: Database) {
    let app = start(database).await;
    let token = token(&app).await;
    let bearer = format!("Bearer {token}");
    assert_eq!(invalidate(&app, &[("Authorization", &bearer)]).await.status, 200);
    is_dead(&app, &token).await;
}

async fn fo_9_invalidate_by_both_or_none(database: Database) {
    let app = start(database).await;
    let (first, second) = (token(&app).await, token(&app).await);
    let (one, other) = (format!("Bearer {first}"), format!("Bearer {second}"));
    let both = invalidate(&app, &[("Authentication", &one), ("Authorization", &other)]).await;
    refused(&both, 400, "invalid_request");
    refused(&invalidate(&app, &[]).await, 401, "invalid_token");
    refused(&invalidate(&app, &[("Authentication", "Bearer nonsense")]).await, 401, "invalid_token");
    let secret = format!("Bearer {SECRET}");
    refused(&invalidate(&app, &[("Authorization", &secret)]).await, 401, "invalid_token");
    let answer = wire(&app).send("POST", INVALIDATE, &[("Authentication", &one)], "").await;
    assert_eq!((answer.status, answer.header("allow")), (405, "DELETE"), "{answer:?}");
    assert!(app.api().sees_alive(&first).await && app.api().sees_alive(&second).await);
    let same = invalidate(&app, &[("Authentication", &one), ("Authorization", &one)]).await;
    assert_eq!(same.status, 200, "{same:?}");
    is_dead(&app, &first).await;
    assert!(app.api().sees_alive(&second).await, "each token ends alone");
}

async fn fo_10_each_tenant_has_its_base_url(database: Database) {
    let app = start(database).await;
    let mut flo = app.person("flo");
    for (place, base_url) in
        [("forms-us", "https://api.forms.example"), ("forms-eu", "https://eu-api.forms.example")]
    {
        let json = exchanged(&app, &mut flo, Some(place)).await;
        assert_eq!(json["base_url"], base_url, "{place}");
    }
    let finn = exchanged(&app, &mut app.person("finn"), None).await;
    assert_eq!(finn["base_url"], "https://eu-api.forms.example");
    let fred = exchanged(&app, &mut app.person("fred"), None).await;
    assert_eq!(fred["base_url"], app.issuer(), "a client needs one, so it is the server's");
}

async fn fo_11_a_year_later(database: Database) {
    let app = start(database).await;
    let token = token(&app).await;
    app.advance(366 * DAY);
    assert!(app.api().sees_alive(&token).await);
    app.api().check(&token, &["forms:write"]).await.ok();
    assert_eq!(wire(&app).get_as("/v1/api/me", &token).await.status, 200);
    let bearer = format!("Bearer {token}");
    assert_eq!(invalidate(&app, &[("Authentication", &bearer)]).await.status, 200);
    is_dead(&app, &token).await;
}

/// The OAuth half: what the API of the vendor asks when somebody lists forms.
async fn fo_14_the_token_at_the_resource(database: Database) {
    let app = start(database).await;
    let token = token(&app).await;
    let json = app.api().check(&token, &["forms:read"]).await.ok();
    assert_eq!((&json["tenant"], &json["app"]), (&"forms-us".into(), &APP.into()));
    assert_eq!(json["base_url"], "https://api.forms.example");
    for wrong in ["nonsense", SECRET, &token[1..]] {
        app.api().check(wrong, &["forms:read"]).await.refused(401, "invalid_token");
    }
    let answer = wire(&app).get_as("/v1/api/me", "nonsense").await;
    let json = answer.json();
    assert_eq!((answer.status, members(&json)), (400, vec!["error", "message", "statusCode"]), "{answer:?}");
    assert_eq!((&json["statusCode"], &json["error"]), (&400.into(), &"Bad Request".into()));
}

async fn a_person_says_no(database: Database) {
    let app = start(database).await;
    let mut fay = app.person("fay");
    fay.open(&wire(&app).asks(AUTHORIZE, &DOCUMENTED).url()).await;
    fay.sign_in().await;
    let callback = fay.refuses().await.callback();
    callback.refused("access_denied");
    assert_eq!((callback.to.as_str(), callback.get("state")), (CALLBACK, Some("s")));
}

async fn a_code_lives_ten_minutes(database: Database) {
    let app = start(database).await;
    let mut fay = app.person("fay");
    let in_time = code(&app, &mut fay, None).await;
    app.advance(10 * MINUTE - SECOND);
    wire(&app).post_json(TOKEN, &body(&in_time)).await.ok();
    let too_late = code(&app, &mut fay, None).await;
    app.advance(10 * MINUTE);
    refused(&wire(&app).post_json(TOKEN, &body(&too_late)).await, 400, "invalid_grant");
}

async fn connections_are_independent(database: Database) {
    let app = start(database).await;
    let mut fay = app.person("fay");
    let first = text(&exchanged(&app, &mut fay, None).await, "access_token");
    app.advance(SECOND);
    let second = text(&exchanged(&app, &mut fay, None).await, "access_token");
    let bearer = format!("Bearer {second}");
    assert_eq!(invalidate(&app, &[("Authentication", &bearer)]).await.status, 200);
    is_dead(&app, &second).await;
    assert!(app.api().sees_alive(&first).await);
}

async fn whom_nobody_knows_gets_a_page(database: Database) {
    let app = start(database).await;
    let ask = |client: &'static str, redirect_uri: &'static str| {
        wire(&app).asks(AUTHORIZE, &[("client_id", client), ("redirect_uri", redirect_uri)]).url()
    };
    app.get(&ask("nobody", CALLBACK)).await.error_page(400);
    app.get(&ask(APP, "https://fillout-app.example.net/cb/")).await.error_page(400);
    app.get(&ask("make-app", "https://www.make.com/oauth/cb/app")).await.error_page(400);
}

/// The vendor has no scopes, so an app that comes from there may declare none.
async fn an_app_without_scopes_connects(database: Database) {
    let app = start(database).await;
    app.declare(
        "[[app]]\nclient_id = \"plain\"\nclient_secret = \"plain-secret\"\nname = \"Plain Filler\"\n\
         redirect_uris = [\"https://plain.example.net/cb\"]\ndialect = \"fillout\"\nstatus = \"live\"\n",
    )
    .await;
    let pairs = [("client_id", "plain"), ("redirect_uri", "https://plain.example.net/cb"), ("scope", "")];
    let asked = wire(&app).asks(AUTHORIZE, &pairs);
    let mut fay = app.person("fay");
    fay.open(&asked.url()).await;
    fay.sign_in().await;
    let page = fay.page().body.clone();
    assert!(page.contains("know who you are") && !page.contains("before"), "{page}");
    assert!(page.contains(">PF</span>"), "an app without an icon is shown by its initials: {page}");
    let code = fay.consents().await.callback().code().to_owned();
    let body = json!({
        "code": code, "client_id": "plain", "client_secret": "plain-secret",
        "redirect_uri": "https://plain.example.net/cb",
    });
    let access = text(&wire(&app).post_json(TOKEN, &body).await.ok(), "access_token");
    assert!(app.api().sees_alive(&access).await);
    assert_eq!(Wire::at(&app, "").get_as("/v1/me", &access).await.ok()["scopes"], json!([]));
}
