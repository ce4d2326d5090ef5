//! Clocks of nodes that share a database: one is behind the other, or is set back. What one of our own nodes wrote may be a
//! minute ahead of the clock that reads it. For who reads, a step back is the same as another node that is behind.

use symbolon_oauth::time::CLOCK_TOLERANCE;
use symbolon_store::testing::Database;

use crate::support::{
    Client, DAY, MINUTE, PASSWORD, Person, SECOND, TestApp, Tokens, stories, stories_on_postgres,
};

stories!(
    a_sign_in_goes_on_where_the_clock_is_behind,
    a_request_from_too_far_ahead_begins_again,
    a_request_lives_no_longer_for_a_clock_that_is_behind,
    a_form_is_answered_once_whatever_node_sweeps,
    login_asks_again_although_the_sign_in_is_ahead,
    another_account_can_be_chosen_although_the_sign_in_is_ahead,
    a_clock_set_back_makes_no_circle,
    after_a_new_password_a_clock_set_back_lets_in,
    a_new_password_ends_what_was_begun_ahead,
    a_connection_can_be_made_anew_where_the_clock_is_behind,
);

stories_on_postgres!(two_nodes_serve_one_sign_in, two_nodes_serve_one_connection);

/// How far the first node's clock is ahead of the second's.
const AHEAD: [i64; 3] = [1, 50, CLOCK_TOLERANCE];

/// Signs in and consents where the request came in before, and gets working tokens.
async fn gets_tokens(app: &TestApp, board: &Client, person: &mut Person, prompt: &str) -> Tokens {
    let asked = board.asks("forms:read").with("prompt", prompt);
    let callback = person.connects(&asked).await;
    let tokens = Tokens::read(&board.exchange(&asked, &callback).await);
    assert!(app.api().sees_alive(&tokens.access).await);
    tokens
}

async fn a_sign_in_goes_on_where_the_clock_is_behind(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    for ahead in AHEAD {
        for (name, value) in [("prompt", "login"), ("max_age", "0"), ("prompt", "consent")] {
            let mut omar = app.person("omar");
            let asked = board.asks("forms:read").with(name, value);
            assert!(omar.open(&asked.url()).await.login_form().is_some());
            app.advance(-ahead);
            let page = omar.sign_in().await;
            let page = if page.status == 200 { omar.consents().await } else { page };
            Tokens::read(&board.exchange(&asked, &page.callback()).await);
            assert_eq!(omar.look("/account").await.status, 200, "and is signed in there, {ahead}");
            app.advance(DAY);
        }
    }
}

async fn a_request_from_too_far_ahead_begins_again(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    assert!(omar.open(&board.asks("forms:read").url()).await.login_form().is_some());
    app.advance(-MINUTE - SECOND);
    omar.submit_login().await.error_page(400);
    gets_tokens(&app, &board, &mut omar, "").await;
}

async fn a_request_lives_no_longer_for_a_clock_that_is_behind(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let to_login = omar.look(&board.asks("forms:read").url()).await.location().to_owned();
    app.advance(-MINUTE);
    assert_eq!(omar.look(&to_login).await.status, 200);
    // Half an hour after it began by the clock that it began by, and not by the one that is behind.
    app.advance(31 * MINUTE - 1);
    assert_eq!(omar.look(&to_login).await.status, 200);
    app.advance(1);
    omar.look(&to_login).await.error_page(400);
}

async fn a_form_is_answered_once_whatever_node_sweeps(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    omar.sign_in().await;
    omar.open(&board.asks("forms:read").url()).await;
    let (form, fields) = omar.deciding("allow", |form| form);
    omar.post(&form, &fields).await.callback().code();
    app.advance(31 * MINUTE);
    app.sweeps().await;
    app.advance(-MINUTE - SECOND);
    let answer = omar.post(&form, &fields).await;
    answer.error_page(400);
    assert!(answer.body.contains("already"), "{answer:?}");
}

async fn login_asks_again_although_the_sign_in_is_ahead(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    for (name, value) in [("prompt", "login"), ("prompt", "select_account"), ("max_age", "0")] {
        let mut omar = app.person("omar");
        board.connect(&mut omar, "forms:read").await;
        app.advance(-50);
        let asked = board.asks("forms:read").with(name, value);
        let page = omar.open(&asked.url()).await;
        assert!(page.login_form().is_some(), "{name}={value}: {page:?}");
        let callback = omar.sign_in().await.callback();
        Tokens::read(&board.exchange(&asked, &callback).await);
        // Who need not sign in again is not asked to.
        omar.open(&board.asks("forms:read").with("max_age", "1").url()).await.callback().code();
    }
}

async fn another_account_can_be_chosen_although_the_sign_in_is_ahead(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut browser) = (app.client("board"), app.person("omar"));
    browser.open(&board.asks("profile").url()).await;
    browser.sign_in().await;
    app.advance(-50);
    let form = browser.page().consent_form().expect("one form for every decision");
    let switch = form.clone().press("decision", "switch").expect("a way to another account");
    let to_login = browser.post(&form, &switch).await.location().to_owned();
    let sealed = to_login.split_once("interaction=").expect("an interaction").1;
    // Going on by hand as who one was is no choice.
    let back = browser.look(&format!("/oauth/authorize?interaction={sealed}")).await;
    assert!(back.location().starts_with("/login?"), "{back:?}");
    browser.open(&to_login).await;
    "lena@example.com".clone_into(&mut browser.email);
    assert!(browser.sign_in().await.body.contains("Lena Fischer"));
    browser.consents().await.callback().code();
}

async fn a_clock_set_back_makes_no_circle(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    omar.sign_in().await;
    app.advance(-MINUTE + SECOND);
    assert_eq!(omar.look("/account").await.status, 200, "still signed in");
    app.advance(-2 * SECOND);
    assert_eq!(omar.look("/account").await.location(), "/login", "that sign-in would be too fresh");
    gets_tokens(&app, &board, &mut omar, "login").await;
    app.advance(-DAY);
    gets_tokens(&app, &board, &mut omar, "").await;
}

async fn after_a_new_password_a_clock_set_back_lets_in(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let before = gets_tokens(&app, &board, &mut omar, "").await;
    for back in [50, DAY] {
        app.set_password("omar", PASSWORD).await;
        app.advance(-back);
        assert_eq!(omar.look("/account").await.location(), "/login");
        board.refresh(&before.refresh).await.refused(400, "invalid_grant");
        let tokens = gets_tokens(&app, &board, &mut omar, "").await;
        let tokens = Tokens::read(&board.refresh(&tokens.refresh).await);
        assert!(app.api().sees_alive(&tokens.access).await);
    }
}

async fn a_new_password_ends_what_was_begun_ahead(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let tokens = gets_tokens(&app, &board, &mut omar, "").await;
    let asked = board.asks("forms:read");
    let callback = omar.connects(&asked).await;
    app.advance(-50);
    assert!(app.api().sees_alive(&tokens.access).await);
    assert_eq!(omar.look("/account").await.status, 200);
    for _ in 0..2 {
        app.set_password("omar", PASSWORD).await;
        assert!(!app.api().sees_alive(&tokens.access).await);
        board.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
        board.exchange(&asked, &callback).await.refused(400, "invalid_grant");
        assert_eq!(omar.look("/account").await.location(), "/login");
    }
    gets_tokens(&app, &board, &mut omar, "").await;
}

/// Where a dialect leaves one connection per grant, the one that was made last is the one that counts.
async fn a_connection_can_be_made_anew_where_the_clock_is_behind(database: Database) {
    let app = TestApp::start(database).await;
    for client in ["board", "pocket"] {
        let (client, mut omar) = (app.client(client), app.person("omar"));
        client.connect(&mut omar, "forms:read").await;
        app.advance(-50);
        let tokens = client.connect(&mut omar, "forms:read").await;
        let tokens = Tokens::read(&client.refresh(&tokens.refresh).await);
        assert!(app.api().sees_alive(&tokens.access).await);
    }
}

async fn two_nodes_serve_one_sign_in(database: Database) {
    let first = TestApp::start(database).await;
    let (near, far) = (first.second_process_behind(50).await, first.second_process_behind(61_000).await);
    for (name, value) in [("prompt", "login"), ("max_age", "0"), ("prompt", "")] {
        let asked = first.client("board").asks("forms:read").with(name, value);
        let mut omar = first.person("omar");
        assert!(omar.open(&asked.url()).await.login_form().is_some());
        omar.comes_to(&far);
        omar.submit_login().await.error_page(400);
        omar.comes_to(&first);
        omar.open(&asked.url()).await;
        omar.comes_to(&near);
        let mut page = omar.sign_in().await;
        omar.comes_to(&first);
        if page.status == 200 {
            page = omar.consents().await;
        }
        let tokens = Tokens::read(&near.client("board").exchange(&asked, &page.callback()).await);
        assert!(first.api().sees_alive(&tokens.access).await);
    }
}

async fn two_nodes_serve_one_connection(database: Database) {
    let first = TestApp::start(database).await;
    let second = first.second_process_behind(50).await;
    first.set_password("omar", PASSWORD).await;
    let (ahead, behind) = (first.client("board"), second.client("board"));
    let mut omar = second.person("omar");
    let tokens = behind.connect(&mut omar, "forms:read").await;
    let tokens = Tokens::read(&ahead.refresh(&tokens.refresh).await);
    assert!(second.api().sees_alive(&tokens.access).await);
    second.set_password("omar", PASSWORD).await;
    assert!(!second.api().sees_alive(&tokens.access).await);
    // Another node knows it a second later.
    first.advance(SECOND);
    ahead.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
}
