//! What a person may do bounds what an app may do for them, now and not only when they consented.

use symbolon_store::testing::Database;

use crate::support::{TestApp, Tokens, stories};

stories!(
    a_role_withholds_what_it_does_not_have,
    a_role_gives_what_its_scopes_include,
    a_demotion_narrows_at_once,
    a_promotion_does_not_widen,
    a_role_with_nothing_to_give_cannot_connect,
);

async fn a_role_withholds_what_it_does_not_have(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut sam) = (app.client("board"), app.person("sam"));
    let asked = board.asks("profile forms:read forms:write");
    sam.open(&asked.url()).await;
    let page = sam.sign_in().await;
    assert!(page.body.contains("Your role cannot give this"), "{page:?}");
    let callback = sam.consents().await.callback();
    let tokens = Tokens::read(&board.exchange(&asked, &callback).await);
    assert_eq!(tokens.scope, "profile forms:read");
    assert_eq!(app.api().check(&tokens.access, &["forms:write"]).await.status, 403);
    // The same request again is covered: nothing more can be given.
    assert_eq!(sam.look(&board.asks("profile forms:read forms:write").url()).await.status, 303);
}

/// The practitioners' role names `forms:write`, which includes `forms:read`.
async fn a_role_gives_what_its_scopes_include(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut jane) = (app.client("board"), app.person("jane"));
    let reading = board.connect_for(&mut jane, "forms:read", "north").await;
    assert_eq!(reading.scope, "forms:read");
    app.api().check(&reading.access, &["forms:read"]).await.ok();
    assert_eq!(app.api().check(&reading.access, &["forms:write"]).await.status, 403);
    let writing = board.connect_for(&mut jane, "forms:write", "north").await;
    app.api().check(&writing.access, &["forms:read"]).await.ok();
}

async fn a_demotion_narrows_at_once(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut jane) = (app.client("board"), app.person("jane"));
    let tokens = board.connect_for(&mut jane, "profile forms:write", "north").await;
    assert_eq!(tokens.scope, "profile forms:write");
    app.api().check(&tokens.access, &["forms:write"]).await.ok();
    app.set_role("north", "jane", "office").await;
    assert_eq!(app.api().check(&tokens.access, &["forms:write"]).await.status, 403);
    app.api().check(&tokens.access, &["profile"]).await.ok();
    let next = Tokens::read(&board.refresh(&tokens.refresh).await);
    assert!(!next.scope.contains("forms:write"), "{next:?}");
    assert_eq!(app.api().check(&next.access, &["forms:write"]).await.status, 403);
}

async fn a_promotion_does_not_widen(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut sam) = (app.client("board"), app.person("sam"));
    let tokens = board.connect(&mut sam, "profile forms:read forms:write").await;
    assert_eq!(tokens.scope, "profile forms:read");
    app.set_role("north", "sam", "owner").await;
    assert_eq!(app.api().check(&tokens.access, &["forms:write"]).await.status, 403);
    let next = Tokens::read(&board.refresh(&tokens.refresh).await);
    assert_eq!(next.scope, "profile forms:read");
    assert_eq!(app.api().check(&next.access, &["forms:write"]).await.status, 403);
    // It has to be asked for.
    let asked = board.asks("profile forms:read forms:write");
    assert!(sam.open(&asked.url()).await.consent_form().is_some());
    let callback = sam.consents().await.callback();
    assert!(Tokens::read(&board.exchange(&asked, &callback).await).scope.contains("forms:write"));
}

async fn a_role_with_nothing_to_give_cannot_connect(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut sam) = (app.client("board"), app.person("sam"));
    sam.open(&board.asks("bookings:read").url()).await;
    let page = sam.sign_in().await;
    assert!(
        page.consent_form().is_none() && page.body.contains("cannot give what this app asks for"),
        "{page:?}"
    );
    // Not by a form written by hand either.
    let deny = page.forms().into_iter().find(|form| form.has_button("decision", "deny")).expect("a form");
    let mut fields = deny.clone().press("decision", "deny").expect("the button");
    fields.retain(|(name, _)| name != "decision" && name != "tenant");
    fields.extend([("decision".to_owned(), "allow".to_owned()), ("tenant".to_owned(), "north".to_owned())]);
    assert_eq!(sam.post(&deny, &fields).await.status, 422);
    app.set_role("north", "sam", "practitioner").await;
    assert_eq!(board.connect(&mut sam, "bookings:read").await.scope, "bookings:read");
}
