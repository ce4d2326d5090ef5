//! What a refresh gives: never more than was granted, and no more than is allowed now.

use symbolon_store::testing::Database;

use super::{dead, refresh_with};
use crate::support::{PASSWORD, TestApp, Tokens, stories};

stories!(
    scopes_only_narrow,
    a_scope_that_was_taken_away,
    a_resource_that_was_not_granted,
    a_refresh_after_its_permission_ended,
);

/// E-12, E-13.
async fn scopes_only_narrow(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let mut tokens = board.connect(&mut omar, "forms:read profile").await;
    for wider in ["forms:read profile forms:write", "bookings:read", "forms", "FORMS:READ", "*", "openid"] {
        refresh_with(&board, &tokens.refresh, &[("scope", wider)]).await.refused(400, "invalid_scope");
    }
    for (asked, given) in
        [("profile", "profile"), ("", "forms:read profile"), ("profile forms:read", "profile forms:read")]
    {
        let answer = refresh_with(&board, &tokens.refresh, &[("scope", asked)]).await;
        tokens = Tokens::read(&answer);
        assert_eq!(tokens.scope, given);
    }
    let narrow = Tokens::read(&refresh_with(&board, &tokens.refresh, &[("scope", "profile")]).await);
    assert_eq!(app.api().check(&narrow.access, &["forms:read"]).await.status, 403);
    app.api().check(&narrow.access, &["profile"]).await.ok();
}

/// E-15, F-11: taken from the app it is gone at once; given to the app it is nobody's until consented.
async fn a_scope_that_was_taken_away(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let tokens = board.connect(&mut omar, "forms:read profile").await;
    let before = app
        .change_app("board", |own| {
            own.client.scopes = own.client.scopes.filter(|scope| scope != "forms:read")
        })
        .await;
    assert_eq!(app.api().check(&tokens.access, &["forms:read"]).await.status, 403);
    let next = Tokens::read(&board.refresh(&tokens.refresh).await);
    assert_eq!(next.scope, "profile");
    app.change_app("board", |own| {
        own.client.scopes = before.client.scopes;
        own.client.scopes.insert("records:read");
    })
    .await;
    let next = Tokens::read(&board.refresh(&next.refresh).await);
    assert_eq!(next.scope, "forms:read profile", "what was granted, and nothing new");
    refresh_with(&board, &next.refresh, &[("scope", "records:read")]).await.refused(400, "invalid_scope");
}

/// E-14; RFC 8707 §2.2.
async fn a_resource_that_was_not_granted(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let asked = board.asks("forms:read").with("resource", "https://api.example.com");
    let callback = omar.connects(&asked).await;
    let tokens = Tokens::read(&board.exchange(&asked, &callback).await);
    for wrong in ["https://other.example.com", "https://evil.example"] {
        refresh_with(&board, &tokens.refresh, &[("resource", wrong)]).await.refused(400, "invalid_target");
    }
    let next = refresh_with(&board, &tokens.refresh, &[("resource", "https://api.example.com/")]).await;
    let next = Tokens::read(&next);
    assert_eq!(app.api().introspect(&next.access).await["aud"], "https://api.example.com");
    let next = Tokens::read(&board.refresh(&next.refresh).await);
    assert_eq!(app.api().introspect(&next.access).await["aud"], "https://api.example.com", "never loosened");
}

/// E-16, E-17, J-05.
async fn a_refresh_after_its_permission_ended(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));

    let tokens = board.connect(&mut omar, "forms:read").await;
    app.disable_user("omar").await;
    dead(&app, &board, &[&tokens]).await;
    app.enable_user("omar").await;
    app.remove_member("north", "omar").await;
    dead(&app, &board, &[&tokens]).await;
    app.set_role("north", "omar", "owner").await;
    app.set_tenant_standing("north", symbolon_platform::tenant::Standing::Disabled).await;
    dead(&app, &board, &[&tokens]).await;
    app.set_tenant_standing("north", symbolon_platform::tenant::Standing::Active).await;
    app.suspend("board").await;
    assert!(!app.api().sees_alive(&tokens.access).await);
    board.refresh(&tokens.refresh).await.refused(400, "unauthorized_client");
    app.resume("board").await;
    let tokens = Tokens::read(&board.refresh(&tokens.refresh).await);

    app.advance(1);
    app.set_password("omar", PASSWORD).await;
    dead(&app, &board, &[&tokens]).await;

    let mut omar = app.person("omar");
    let tokens = board.connect(&mut omar, "forms:read").await;
    omar.disconnects().await;
    dead(&app, &board, &[&tokens]).await;
    let again = board.connect(&mut omar, "forms:read").await;
    dead(&app, &board, &[&tokens]).await;
    assert!(app.api().sees_alive(&again.access).await, "a new consent revives nothing old");
    app.delete_user("omar").await;
    dead(&app, &board, &[&again]).await;
}
