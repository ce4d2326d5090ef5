//! An upgrade: what people, apps and APIs hold from an older version goes on working on its database.
//!
//! The database is `crates/store/tests/old/0007.sql`; what led to it is told in `make.py` beside it.

use symbolon_oauth::credential::SecretHash;
use symbolon_store::change::ClientSecretChange;
use symbolon_store::client_secrets::{Replaced, StoredSecret};
use symbolon_store::testing::{Database, OLD_PLAIN};

use crate::support::{BEGINNING, Client, DAY, Options, Person, Resource, TestApp, Tokens, stories};

stories!(
    an_old_refresh_token_refreshes_in_every_dialect,
    an_old_answer_that_was_lost_is_found,
    an_old_access_token_is_what_it_was,
    an_old_code_is_exchanged,
    what_was_over_stays_over,
    a_person_still_sees_what_they_connected,
    an_old_app_can_be_connected_again,
    an_old_secret_is_listed_used_and_replaced,
);

/// The mounts of the version that left the database.
const MOUNTS: &str = include_str!("../../../../tests/world/dialects.toml");

/// A server of this version on the old database, at the moment at which it was left.
async fn upgraded(database: Database) -> TestApp {
    database.grow_old().await;
    let app =
        TestApp::without_a_world(database, Options { configuration: MOUNTS, ..Options::default() }).await;
    app.advance(plain("kept_at").parse::<i64>().expect("a time") - BEGINNING.0);
    app
}

/// A value that was left beside the rows.
fn plain(name: &str) -> &'static str {
    let line = OLD_PLAIN.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "));
    line.expect("it is in the file").trim_matches('"')
}

fn client(app: &TestApp, client_id: &str) -> Client {
    let mut client = app.client(client_id);
    client.redirect_uri = "http://127.0.0.1:8081/callback".to_owned();
    client
}

fn api(app: &TestApp) -> Resource {
    let mut api = app.api();
    api.key = "host-key-of-the-acme-api".to_owned();
    api
}

/// The browser in which Jane was signed in.
fn jane(app: &TestApp) -> Person {
    let mut jane = app.person("jane");
    for name in ["symbolon_browser", "symbolon_session"] {
        jane.plant_cookie(&format!("{name}={}; Path=/", plain(&format!("jane_{name}"))));
    }
    jane
}

/// Refreshes as the client of a dialect does.
async fn refresh(client: &Client, path: &str, token: &str) -> serde_json::Value {
    let mut pairs = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
    if client.client_id == "ward" {
        pairs.push(("redirect_uri", &client.redirect_uri));
    }
    // It is registered for `client_secret_post`.
    let answer = if client.client_id == "scenario" {
        pairs.extend([("client_id", "scenario"), ("client_secret", "scenario-secret")]);
        client.post_bare(path, &pairs, &[]).await
    } else {
        client.post(path, &pairs).await
    };
    answer.ok()
}

async fn an_old_refresh_token_refreshes_in_every_dialect(database: Database) {
    let app = upgraded(database).await;
    for (client_id, path) in [
        ("daybook", "/oauth/token"),
        ("pocket", "/oauth/token"),
        ("ward", "/fullscript/api/oauth/token"),
        ("calendar", "/calcom/v2/auth/oauth2/token"),
        ("scenario", "/make/refresh"),
    ] {
        let client = client(&app, client_id);
        let token = plain(&format!("{client_id}_refresh"));
        let answer = refresh(&client, path, token).await;
        let json = answer.get("oauth").unwrap_or(&answer);
        let (access, next) = (json["access_token"].as_str(), json["refresh_token"].as_str());
        assert!(access.is_some_and(|access| !access.is_empty()), "{client_id}: {answer}");
        refresh(&client, path, next.expect("a refresh token")).await;
    }
    // With the secret that an operator had made, beside the one before.
    let mut calendar = client(&app, "calendar");
    calendar.secret = Some(plain("calendar_secret").to_owned());
    calendar.introspect("x").await.ok();
    app.advance(2 * DAY);
    client(&app, "calendar").introspect("x").await.refused(401, "invalid_client");
    calendar.introspect("x").await.ok();
}

async fn an_old_answer_that_was_lost_is_found(database: Database) {
    let app = upgraded(database).await;
    let found = Tokens::read(&client(&app, "daybook").refresh(plain("lost_refresh")).await);
    assert_eq!(
        (found.access.as_str(), found.refresh.as_str()),
        (plain("found_access"), plain("found_refresh"))
    );
}

async fn an_old_access_token_is_what_it_was(database: Database) {
    let app = upgraded(database).await;
    let token = plain("daybook_access");
    let seen = api(&app).introspect(token).await;
    assert_eq!((&seen["active"], &seen["client_id"]), (&true.into(), &"daybook".into()), "{seen}");
    assert_eq!(seen["scope"], "forms:read forms:write");
    let checked = api(&app).check(token, &["forms:write"]).await.ok();
    for (member, value) in [("level", "user"), ("sub", "u-jane"), ("tenant", "north")] {
        assert_eq!(checked[member], value, "{checked}");
    }
    for name in ["ward", "itself", "filler"] {
        api(&app).check(plain(&format!("{name}_access")), &["forms:read"]).await.ok();
    }
    assert_eq!(client(&app, "daybook").introspect(token).await.ok()["active"], true);
}

async fn an_old_code_is_exchanged(database: Database) {
    let app = upgraded(database).await;
    let daybook = client(&app, "daybook");
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", plain("code")),
        ("redirect_uri", &daybook.redirect_uri),
        ("code_verifier", plain("verifier")),
    ];
    let tokens = Tokens::read(&daybook.post("/oauth/token", &pairs).await);
    assert!(api(&app).sees_alive(&tokens.access).await);
    daybook.post("/oauth/token", &pairs).await.refused(400, "invalid_grant");
    assert!(!api(&app).sees_alive(&tokens.access).await);
}

async fn what_was_over_stays_over(database: Database) {
    let app = upgraded(database).await;
    for name in ["disconnected", "signed_off", "reused", "halved", "paused"] {
        assert!(!api(&app).sees_alive(plain(&format!("{name}_access"))).await, "{name}");
    }
    for name in ["disconnected", "signed_off"] {
        let answer = client(&app, "daybook").refresh(plain(&format!("{name}_refresh"))).await;
        answer.refused(400, "invalid_grant");
    }
    let mut kim = app.person("kim");
    kim.open("/login").await;
    assert_ne!(kim.submit_login().await.status, 303, "a disabled account");
    app.resume("paused").await;
    assert!(api(&app).sees_alive(plain("paused_access")).await);
}

async fn a_person_still_sees_what_they_connected(database: Database) {
    let app = upgraded(database).await;
    let mut jane = jane(&app);
    let page = jane.open("/account").await;
    for shown in ["Daybook", "Pocket", "Calendar", "Filler", "Ward", "Paused", "Clinic North"] {
        assert!(page.body.contains(shown), "{shown}");
    }
    assert_eq!(page.icons().len(), 2);
    assert_eq!(jane.look(page.icons()[0]).await.status, 200);
    // The form of a page of this version, in the session of the one before.
    let token = plain("daybook_access");
    assert!(api(&app).sees_alive(token).await);
    jane.disconnects().await;
    let mut sam = app.person("sam");
    sam.sign_in().await;
    let page = sam.open("/account").await;
    assert!(page.body.contains("Scenario") && page.body.contains("Daybook"));
}

async fn an_old_app_can_be_connected_again(database: Database) {
    let app = upgraded(database).await;
    let daybook = client(&app, "daybook");
    // What Jane gave is remembered: no page asks her again, for the API for which she was asked.
    let asked = daybook.asks("forms:read").with("resource", "https://api.example.com");
    let answer = jane(&app).look(&asked.url()).await;
    let tokens = Tokens::read(&daybook.exchange(&asked, &answer.callback()).await);
    assert!(api(&app).sees_alive(&tokens.access).await);
    assert!(jane(&app).open(&daybook.asks("forms:read").url()).await.consent_form().is_some());
    let wide = daybook.connect(&mut jane(&app), "forms:read bookings:read").await;
    assert!(api(&app).sees_alive(&wide.access).await);
}

/// What developers see of a secret is newer than these.
async fn an_old_secret_is_listed_used_and_replaced(database: Database) {
    let app = upgraded(database).await;
    let calendar = app.app_id("calendar").await;
    let listed = async || app.state().store.list_client_secrets(calendar).await.expect("an answer");
    let before = listed().await;
    assert_eq!(before.len(), 2, "one, and the one that takes its place");
    for secret in &before {
        assert_eq!((secret.name.as_str(), &secret.author, secret.last_used_at), ("", &None, None));
    }
    let mut client = client(&app, "calendar");
    client.secret = Some(plain("calendar_secret").to_owned());
    client.introspect("x").await.ok();
    app.writes_usage().await;
    let used: Vec<_> = listed().await.into_iter().filter(|own| own.last_used_at.is_some()).collect();
    assert_eq!(used.len(), 1, "the one that was used");
    assert!(plain("calendar_secret").ends_with(&used[0].hint));
    // Those of the old version end as they did, and make room for others.
    app.advance(2 * DAY);
    let due = app.state().store.secrets_that_end(app.now()).await.expect("an answer");
    assert!(due.is_empty(), "what is over is told to nobody: {due:?}");
    let id = app.state().entropy.new_id(app.now()).expect("randomness");
    let new = StoredSecret::known_by(SecretHash::of("new"), "new", id, app.now());
    let replaced = Some(Replaced { secret: used[0].id, until: app.now() });
    app.change(ClientSecretChange::Add { app: calendar, secret: new, replaced }.into()).await;
    client.introspect("x").await.refused(401, "invalid_client");
}
