//! The interface of 2024 to the byte, from a file beside this one: the preset answers more members and later statuses,
//! and whoever has a client that bears neither mounts this (CAL-2, CAL-3, CAL-7 and CAL-8 as that generation has them).

use serde_json::json;
use symbolon_store::testing::Database;

use super::{AUTHORIZE, OLD_ME, OLD_REFRESH, OLD_TOKEN, with, without};
use crate::support::{Answer, DAY, Options, TestApp, stories};
use crate::vendors::{MOUNTED, PEOPLE, WORLD, Wire, members};

stories!(
    cal_2_the_exchange_answers_two_members,
    cal_3_the_refresh_answers_one,
    cal_7_a_dead_code_is_401,
    cal_8_errors_are_one_message,
);

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/vendors/calcom/generation_c.toml");

const APP: &str = r#"
    [[app]]
    client_id = "calcom-elder"
    client_secret = "calcom-elder-secret"
    name = "Elder Bridge"
    redirect_uris = ["https://calcom-elder.example.net/cb"]
    dialect = "calcom-c"
    status = "live"
"#;

const ASKED: [(&str, &str); 4] = [
    ("client_id", "calcom-elder"),
    ("redirect_uri", "https://calcom-elder.example.net/cb"),
    ("scope", "READ_BOOKING,READ_PROFILE"),
    ("state", "s"),
];

const OWN: [(&str, &str); 2] = [("client_id", "calcom-elder"), ("client_secret", "calcom-elder-secret")];

async fn start(database: Database) -> (TestApp, Wire) {
    let mount = format!("{MOUNTED}\n[[dialect]]\nfile = {FILE:?}\nprefix = \"/elder\"\n");
    let options = Options { configuration: mount.leak(), state: APP, ..Options::default() };
    let app = TestApp::of(database, &options, &PEOPLE, WORLD).await;
    let wire = Wire::at(&app, "/elder");
    (app, wire)
}

fn exchange_of(code: &str) -> Vec<(&str, &str)> {
    let uri = ("redirect_uri", "https://calcom-elder.example.net/cb");
    [OWN.to_vec(), vec![("grant_type", "authorization_code"), ("code", code), uri]].concat()
}

async fn code(app: &TestApp, wire: &Wire) -> String {
    let callback = wire.connects(&mut app.person("cole"), (AUTHORIZE, &ASKED), None).await;
    callback.code().to_owned()
}

async fn refresh(wire: &Wire, refresh_token: &str) -> Answer {
    let pairs = with(&OWN, "grant_type", "refresh_token");
    let bearer = format!("Bearer {refresh_token}");
    wire.post_form_with(OLD_REFRESH, &pairs, &[("authorization", &bearer)]).await
}

#[track_caller]
fn told(answer: &Answer, status: u16, message: &str) {
    assert_eq!((answer.status, answer.json()), (status, json!({ "message": message })), "{answer:?}");
}

async fn cal_2_the_exchange_answers_two_members(database: Database) {
    let (app, wire) = start(database).await;
    let code = code(&app, &wire).await;
    let json = wire.post_form(OLD_TOKEN, &exchange_of(&code)).await.ok();
    assert_eq!(members(&json), ["access_token", "refresh_token"]);
    let token = json["access_token"].as_str().expect("a text");
    let me = wire.get_as(OLD_ME, token).await;
    assert_eq!((me.status, me.json()), (201, json!({ "username": "cole" })));
}

async fn cal_3_the_refresh_answers_one(database: Database) {
    let (app, wire) = start(database).await;
    let code = code(&app, &wire).await;
    let json = wire.post_form(OLD_TOKEN, &exchange_of(&code)).await.ok();
    let kept = json["refresh_token"].as_str().expect("a text");
    for pause in [0, 0, 20 * DAY, 20 * DAY] {
        app.advance(pause);
        let json = refresh(&wire, kept).await.ok();
        assert_eq!(members(&json), ["access_token"]);
        assert!(app.api().sees_alive(json["access_token"].as_str().expect("a text")).await);
    }
    app.advance(31 * DAY);
    told(&refresh(&wire, kept).await, 401, "Unauthorized");
    // In the body it is not looked for.
    let pairs = with(&with(&OWN, "grant_type", "refresh_token"), "refresh_token", kept);
    assert_eq!(wire.post_form(OLD_REFRESH, &pairs).await.status, 400);
}

async fn cal_7_a_dead_code_is_401(database: Database) {
    let (app, wire) = start(database).await;
    let code = code(&app, &wire).await;
    let right = exchange_of(&code);
    told(&wire.post_form(OLD_TOKEN, &with(&right, "client_secret", "wrong")).await, 401, "Unauthorized");
    wire.post_form(OLD_TOKEN, &right).await.ok();
    told(&wire.post_form(OLD_TOKEN, &right).await, 401, "Unauthorized");
}

async fn cal_8_errors_are_one_message(database: Database) {
    let (app, wire) = start(database).await;
    let code = code(&app, &wire).await;
    let right = exchange_of(&code);
    for path in [OLD_TOKEN, OLD_REFRESH] {
        told(&wire.get(path, &[]).await, 405, "Invalid method");
    }
    let missing = "Missing client id or secret";
    told(&wire.post_form(OLD_TOKEN, &without(&right, "client_id")).await, 400, missing);
    told(&wire.post_form(OLD_TOKEN, &without(&right, "client_secret")).await, 400, missing);
    let other = with(&right, "grant_type", "refresh_token");
    told(&wire.post_form(OLD_TOKEN, &other).await, 400, "grant_type invalid");
    told(&wire.post_form(OLD_REFRESH, &right).await, 400, "grant type invalid");
    told(&wire.get(OLD_ME, &[]).await, 401, "Unauthorized");
    wire.post_form(OLD_TOKEN, &right).await.ok();
}
