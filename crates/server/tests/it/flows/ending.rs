//! Everything that ends a connection ends it at once, and what is only paused comes back.

use symbolon_platform::tenant::Standing;
use symbolon_store::testing::Database;

use crate::support::{Client, TestApp, Tokens, stories};

stories!(
    disconnecting_ends_everything,
    b22_a_code_dies_with_its_consent,
    connecting_again_after_disconnecting_asks_again,
    a_suspended_app_is_paused_and_comes_back,
    a_deleted_app_is_gone,
    a_disabled_person_is_paused_and_comes_back,
    a_deleted_person_is_gone,
    a_disabled_tenant_is_paused_and_comes_back,
    a_removed_member_has_nothing_left,
    b23_a_new_password_ends_what_was_pending,
);

/// A connection with every kind of credential: access token, refresh token, and a code not yet exchanged.
struct Everything {
    tokens: Tokens,
    asked: crate::support::Asked,
    callback: crate::support::Callback,
}

async fn everything(app: &TestApp, board: &Client) -> (crate::support::Person, Everything) {
    let mut omar = app.person("omar");
    let tokens = board.connect(&mut omar, "profile").await;
    let asked = board.asks("profile");
    let callback = omar.connects(&asked).await;
    (omar, Everything { tokens, asked, callback })
}

async fn is_dead(app: &TestApp, board: &Client, all: &Everything) {
    assert!(!app.api().sees_alive(&all.tokens.access).await);
    assert_eq!(app.api().check(&all.tokens.access, &["profile"]).await.status, 401);
    assert_eq!(board.me(&all.tokens.access).await.status, 401);
    let refreshed = board.refresh(&all.tokens.refresh).await;
    assert!((400..=401).contains(&refreshed.status), "{refreshed:?}");
    let exchanged = board.exchange(&all.asked, &all.callback).await;
    assert!((400..=401).contains(&exchanged.status), "{exchanged:?}");
}

async fn is_alive(app: &TestApp, board: &Client, tokens: &Tokens) {
    assert!(app.api().sees_alive(&tokens.access).await);
    app.api().check(&tokens.access, &["profile"]).await.ok();
    Tokens::read(&board.refresh(&tokens.refresh).await);
}

async fn disconnecting_ends_everything(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let (mut omar, all) = everything(&app, &board).await;
    let mut lena = app.person("lena");
    let others = board.connect(&mut lena, "profile").await;
    omar.disconnects().await;
    is_dead(&app, &board, &all).await;
    board.refresh(&all.tokens.refresh).await.refused(400, "invalid_grant");
    is_alive(&app, &board, &others).await;
}

async fn b22_a_code_dies_with_its_consent(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let (mut omar, all) = everything(&app, &board).await;
    omar.disconnects().await;
    board.exchange(&all.asked, &all.callback).await.refused(400, "invalid_grant");
    let again = board.connect(&mut omar, "profile").await;
    is_alive(&app, &board, &again).await;
}

async fn connecting_again_after_disconnecting_asks_again(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let (mut omar, all) = everything(&app, &board).await;
    omar.disconnects().await;
    omar.look(&board.asks("profile").with("prompt", "none").url())
        .await
        .callback()
        .refused("consent_required");
    let again = board.connect(&mut omar, "profile").await;
    is_alive(&app, &board, &again).await;
    is_dead(&app, &board, &all).await;
}

async fn a_suspended_app_is_paused_and_comes_back(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let (mut omar, all) = everything(&app, &board).await;
    app.suspend("board").await;
    assert!(!app.api().sees_alive(&all.tokens.access).await);
    assert_eq!(app.api().check(&all.tokens.access, &["profile"]).await.status, 401);
    assert!(board.refresh(&all.tokens.refresh).await.status >= 400);
    assert!(board.exchange(&all.asked, &all.callback).await.status >= 400);
    let page = omar.open(&board.asks("profile").url()).await;
    page.error_page(400);
    assert!(page.body.contains("Forms Board"));

    app.resume("board").await;
    is_alive(&app, &board, &all.tokens).await;
    board.exchange(&all.asked, &all.callback).await.refused(400, "invalid_grant");
    let asked = board.asks("profile");
    let callback = omar.look(&asked.url()).await.callback();
    Tokens::read(&board.exchange(&asked, &callback).await);
}

async fn a_deleted_app_is_gone(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let (mut omar, all) = everything(&app, &board).await;
    app.delete_app("board").await;
    assert!(!app.api().sees_alive(&all.tokens.access).await);
    board.refresh(&all.tokens.refresh).await.refused(401, "invalid_client");
    board.exchange(&all.asked, &all.callback).await.refused(401, "invalid_client");
    omar.open(&board.asks("profile").url()).await.error_page(400);
    assert!(omar.open("/account").await.body.contains("No app is connected"));
}

async fn a_disabled_person_is_paused_and_comes_back(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let (mut omar, all) = everything(&app, &board).await;
    let mut lena = app.person("lena");
    lena.sign_in().await;
    app.disable_user("omar").await;
    is_dead(&app, &board, &all).await;
    app.enable_user("omar").await;
    is_alive(&app, &board, &all.tokens).await;
    assert_eq!(omar.look("/account").await.location(), "/login", "a browser has to prove again who is there");
    board.exchange(&all.asked, &all.callback).await.refused(400, "invalid_grant");
    assert_eq!(lena.look("/account").await.location(), "", "and nobody else has to");
    is_alive(&app, &board, &board.connect(&mut omar, "profile").await).await;
}

async fn a_deleted_person_is_gone(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let (mut omar, all) = everything(&app, &board).await;
    app.delete_user("omar").await;
    is_dead(&app, &board, &all).await;
    assert_eq!(omar.look("/account").await.location(), "/login");
}

async fn a_disabled_tenant_is_paused_and_comes_back(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let (mut omar, all) = everything(&app, &board).await;
    app.set_tenant_standing("north", Standing::Disabled).await;
    is_dead(&app, &board, &all).await;
    let page = omar.open(&board.asks("profile").url()).await;
    assert!(page.body.contains("not active at present") && page.consent_form().is_none(), "{page:?}");
    let words = "the place it is connected to is not active";
    assert!(omar.open("/account").await.body.contains(words), "the person reads what is paused");
    app.set_tenant_standing("north", Standing::Active).await;
    is_alive(&app, &board, &all.tokens).await;
    board.exchange(&all.asked, &all.callback).await.refused(400, "invalid_grant");
    assert!(!omar.open("/account").await.body.contains(words));
}

async fn a_removed_member_has_nothing_left(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let (mut omar, all) = everything(&app, &board).await;
    app.remove_member("north", "omar").await;
    is_dead(&app, &board, &all).await;
    assert!(omar.open("/account").await.body.contains("you are no longer a member there"));
    let page = omar.open(&board.asks("profile").url()).await;
    assert!(page.body.contains("You belong to no place where"), "{page:?}");
    let callback =
        page.forms().into_iter().find(|form| form.has_button("decision", "deny")).expect("a way out");
    let fields = callback.clone().press("decision", "deny").expect("the button");
    omar.post(&callback, &fields).await.callback().refused("access_denied");
}

async fn b23_a_new_password_ends_what_was_pending(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let (mut omar, all) = everything(&app, &board).await;
    app.advance(1000);
    app.set_password("omar", "another password altogether").await;
    board.exchange(&all.asked, &all.callback).await.refused(400, "invalid_grant");
    assert_eq!(omar.look("/account").await.location(), "/login");
    "another password altogether".clone_into(&mut omar.password);
    let tokens = board.connect(&mut omar, "profile").await;
    is_alive(&app, &board, &tokens).await;
}
