//! One lineage: a refresh token is good once, for its own app and for a time, and what ends it holds.

use symbolon_oauth::credential::{Environment, Kind, Presented, Secret};
use symbolon_platform::deed::Deed;
use symbolon_store::testing::Database;

use super::{TOKEN, dead};
use crate::support::{DAY, MINUTE, Person, SECOND, TestApp, Tokens, stories, stories_on_postgres};

stories!(
    a_refresh_turns_the_token,
    a_foreign_refresh_token,
    a_reuse_after_the_grace,
    an_app_that_turned_public,
    a_new_connection_is_not_blamed,
    a_grandparent,
    lifetimes_idle_and_absolute,
    texts_that_are_no_refresh_token,
    a_family_does_not_grow,
);

stories_on_postgres!(an_end_survives_a_restart);

/// RFC 6749 §6, RFC 9700 §2.2.2.
async fn a_refresh_turns_the_token(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    for client in [app.client("board"), app.client("pocket")] {
        let first = client.connect(&mut omar, "forms:read").await;
        let second = Tokens::read(&client.refresh(&first.refresh).await);
        assert_ne!((&first.access, &first.refresh), (&second.access, &second.refresh));
        assert!(app.api().sees_alive(&second.access).await && app.api().sees_alive(&first.access).await);
        Tokens::read(&client.refresh(&second.refresh).await);
    }
}

/// E-01, E-02: bound to its client, and the client proves itself.
async fn a_foreign_refresh_token(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    for (owner, thief) in [("board", "ledger"), ("pocket", "purse"), ("board", "pocket"), ("pocket", "board")]
    {
        let (owner, thief) = (app.client(owner), app.client(thief));
        let tokens = owner.connect(&mut omar, "forms:read").await;
        thief.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
        // Nor does a foreign reuse end the family.
        let next = Tokens::read(&owner.refresh(&tokens.refresh).await);
        app.advance(2 * MINUTE);
        thief.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
        Tokens::read(&owner.refresh(&next.refresh).await);
    }
    let board = app.client("board");
    let tokens = board.connect(&mut omar, "forms:read").await;
    let pairs =
        [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh.as_str()), ("client_id", "board")];
    board.post_bare(TOKEN, &pairs, &[]).await.refused(401, "invalid_client");
    board.post_bare(TOKEN, &pairs[..2], &[]).await.refused(401, "invalid_client");
    Tokens::read(&board.refresh(&tokens.refresh).await);
}

/// E-04: the person and the audit see it; siblings live.
async fn a_reuse_after_the_grace(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let sibling = board.connect(&mut omar, "forms:read").await;
    let first = board.connect(&mut omar, "forms:read").await;
    let second = Tokens::read(&board.refresh(&first.refresh).await);
    app.advance(60 * SECOND);
    assert!(app.api().sees_alive(&second.access).await);
    app.writes_usage().await;
    board.refresh(&first.refresh).await.refused(400, "invalid_grant");
    dead(&app, &board, &[&first, &second]).await;
    assert!(app.api().sees_alive(&sibling.access).await);
    Tokens::read(&board.refresh(&sibling.refresh).await);
    let deeds = app.state().store.list_audit(20).await.expect("the audit");
    let reuse = deeds.iter().find(|deed| deed.action == Deed::RefreshTokenReused).expect("an event");
    assert!(reuse.app.is_some() && reuse.request_id.is_some());
    assert!(is_told(&mut omar).await);
    let mut lena = app.person("lena");
    app.client("board").connect(&mut lena, "forms:read").await;
    assert!(!is_told(&mut lena).await, "nobody else is");
    app.advance(13 * DAY);
    let mut omar = omar.elsewhere();
    omar.sign_in().await;
    assert!(is_told(&mut omar).await);
    app.advance(DAY);
    assert!(!is_told(&mut omar).await, "and not for ever");
}

/// What was bound to a secret is of no use to somebody who only holds it, once the app has none.
async fn an_app_that_turned_public(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let first = board.connect(&mut omar, "forms:read").await;
    let second = Tokens::read(&board.refresh(&first.refresh).await);
    let plain = board.asks("forms:read").without_challenge();
    app.change_app("board", |own| own.client.pkce_excused = true).await;
    let callback = omar.connects(&plain).await;
    let before = app
        .change_app("board", |own| {
            own.client.client_type = symbolon_oauth::client::ClientType::Public;
            own.client.pkce_excused = false;
            own.client.grant_types.retain(|own| own.as_str() != "client_credentials");
        })
        .await;
    let bare = async |pairs: &[(&str, &str)]| {
        let pairs = [pairs, &[("client_id", "board")]].concat();
        board.post_bare(TOKEN, &pairs, &[]).await
    };
    for token in [&first.refresh, &second.refresh] {
        let stolen = bare(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await;
        stolen.refused(400, "invalid_grant");
    }
    let redirect_uri = plain.get("redirect_uri").to_owned();
    let code = [("code", callback.code()), ("redirect_uri", &redirect_uri)];
    let stolen = bare(&[&[("grant_type", "authorization_code")], &code[..]].concat()).await;
    stolen.refused(400, "invalid_grant");
    // What it gets from now on needs none.
    let asked = board.asks("forms:read");
    let callback = omar.connects(&asked).await;
    let fresh = [
        ("grant_type", "authorization_code"),
        ("code", callback.code()),
        ("redirect_uri", asked.get("redirect_uri")),
        ("code_verifier", &asked.verifier),
    ];
    let fresh = Tokens::read(&bare(&fresh).await);
    let fresh =
        Tokens::read(&bare(&[("grant_type", "refresh_token"), ("refresh_token", &fresh.refresh)]).await);
    assert!(app.api().sees_alive(&fresh.access).await);
    // With a secret again what was bound to it before stays over. What needed none works with it, and is bound to it, too.
    app.change_app("board", |own| own.client = before.client).await;
    for token in [&first.refresh, &second.refresh] {
        board.refresh(token).await.refused(400, "invalid_grant");
    }
    let bound = Tokens::read(&board.refresh(&fresh.refresh).await);
    app.change_app("board", |own| own.client.client_type = symbolon_oauth::client::ClientType::Public).await;
    let stolen = bare(&[("grant_type", "refresh_token"), ("refresh_token", &bound.refresh)]).await;
    stolen.refused(400, "invalid_grant");
}

/// Whether the account page, with a connection on it, tells of a reuse.
async fn is_told(person: &mut Person) -> bool {
    let page = person.open("/account").await;
    assert!(page.body.contains("Forms Board"), "{page:?}");
    page.body.contains("Session ended")
}

/// What was connected anew has no history.
async fn a_new_connection_is_not_blamed(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let first = board.connect(&mut omar, "forms:read").await;
    let second = Tokens::read(&board.refresh(&first.refresh).await);
    assert!(app.api().sees_alive(&second.access).await);
    app.writes_usage().await;
    app.advance(60 * SECOND);
    board.refresh(&first.refresh).await.refused(400, "invalid_grant");
    assert!(is_told(&mut omar).await);
    omar.disconnects().await;
    app.advance(SECOND);
    let own = board.connect(&mut omar, "forms:read").await;
    assert!(!is_told(&mut omar).await);
    // Nor is a later one for what comes of an earlier one.
    board.refresh(&own.refresh).await;
    omar.disconnects().await;
    app.advance(60 * SECOND);
    let fresh = board.connect(&mut omar, "forms:read").await;
    board.refresh(&own.refresh).await.refused(400, "invalid_grant");
    assert!(!is_told(&mut omar).await);
    Tokens::read(&board.refresh(&fresh.refresh).await);
}

/// E-06: only the direct predecessor has a grace.
async fn a_grandparent(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let first = board.connect(&mut omar, "forms:read").await;
    let second = Tokens::read(&board.refresh(&first.refresh).await);
    let third = Tokens::read(&board.refresh(&second.refresh).await);
    board.refresh(&first.refresh).await.refused(400, "invalid_grant");
    dead(&app, &board, &[&first, &second, &third]).await;
}

/// E-20, E-23.
async fn lifetimes_idle_and_absolute(database: Database) {
    let app = TestApp::start(database).await;
    let (board, pocket, mut omar) = (app.client("board"), app.client("pocket"), app.person("omar"));
    let idle = board.connect(&mut omar, "forms:read").await;
    let used = board.connect(&mut omar, "forms:read").await;
    app.advance(30 * DAY - 1);
    let used = Tokens::read(&board.refresh(&used.refresh).await);
    app.advance(1);
    board.refresh(&idle.refresh).await.refused(400, "invalid_grant");
    let used = Tokens::read(&board.refresh(&used.refresh).await);
    assert!(app.api().sees_alive(&used.access).await);
    app.advance(60 * MINUTE - 1);
    assert!(app.api().sees_alive(&used.access).await);
    app.advance(1);
    assert!(!app.api().sees_alive(&used.access).await, "an hour, to the millisecond");

    let mut public = pocket.connect(&mut app.person("omar"), "forms:read").await;
    for _ in 0..12 {
        app.advance(30 * DAY - 1);
        public = Tokens::read(&pocket.refresh(&public.refresh).await);
    }
    app.advance(5 * DAY + 11);
    Tokens::read(&pocket.refresh(&public.refresh).await);
    app.advance(1);
    pocket.refresh(&public.refresh).await.refused(400, "invalid_grant");
}

/// E-21, E-22.
async fn texts_that_are_no_refresh_token(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let tokens = board.connect(&mut omar, "forms:read").await;
    let right = tokens.refresh.clone();
    let mut bytes = [1; 32];
    bytes[..16].copy_from_slice(&Presented::parse(&tokens.access).expect("ours").id);
    let unknown = Secret::mint("sym", Kind::RefreshToken, Environment::Live, bytes).into_exposed();
    let other_prefix = right.replacen("sym", "other", 1);
    for wrong in [
        &right[..right.len() - 1],
        &right[1..],
        &format!("{right}x"),
        &format!("{right}\0"),
        &right.to_uppercase(),
        &other_prefix,
        &unknown,
        "null",
        "x",
        &"x".repeat(60_000),
        &tokens.access,
    ] {
        board.refresh(wrong).await.refused(400, "invalid_grant");
    }
    board.refresh("").await.refused(400, "invalid_request");
    assert_eq!(board.refresh(&"x".repeat(1 << 20)).await.status, 413);
    assert_eq!(board.me(&right).await.status, 401, "nor is a refresh token an access token");
    Tokens::read(&board.refresh(&right).await);
}

/// E-26: a family is one row however often it turns, and what is over goes.
async fn a_family_does_not_grow(database: Database) {
    let url = database.url().to_owned();
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let mut tokens = board.connect(&mut omar, "forms:read").await;
    for _ in 0..300 {
        app.advance(MINUTE);
        tokens = Tokens::read(&board.refresh(&tokens.refresh).await);
    }
    app.sweeps().await;
    let engine = symbolon_store::Engine::open(&url, symbolon_store::testing::Database::options())
        .await
        .expect("it opens");
    let count = async |sql| engine.load(sql, &[]).await.expect("rows").len();
    assert_eq!(count("SELECT id FROM families").await, 1);
    assert!(count("SELECT id FROM access_tokens").await <= 61, "an hour's worth");
    assert!(app.api().sees_alive(&tokens.access).await);
}

/// E-11, R-27: another process, which has nothing in memory, knows it too.
async fn an_end_survives_a_restart(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let first = board.connect(&mut omar, "forms:read").await;
    let revoked = board.connect(&mut omar, "forms:read").await;
    let second = Tokens::read(&board.refresh(&first.refresh).await);
    assert_eq!(board.revoke(&revoked.refresh).await.status, 200);
    let other = app.second_process().await;
    let elsewhere = other.client("board");
    dead(&other, &elsewhere, &[&revoked]).await;
    assert_eq!(Tokens::read(&elsewhere.refresh(&first.refresh).await), second, "the grace holds there, too");
    assert!(app.api().sees_alive(&second.access).await);
    app.writes_usage().await;
    app.advance(MINUTE);
    elsewhere.refresh(&first.refresh).await.refused(400, "invalid_grant");
    app.advance(SECOND);
    dead(&app, &board, &[&first, &second]).await;
}
