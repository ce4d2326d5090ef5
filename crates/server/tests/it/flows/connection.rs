//! An app and a person find together.

use symbolon_store::testing::Database;

use crate::support::{TestApp, Tokens, stories};

stories!(a_first_connection);

async fn a_first_connection(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let asked = board.asks("forms:read");

    let page = omar.open(&asked.url()).await;
    assert!(page.login_form().is_some() && page.body.contains("Forms Board"), "{page:?}");
    let page = omar.sign_in().await;
    assert!(page.consent_form().is_some() && page.body.contains("Read your forms"), "{page:?}");
    let answer = omar.consents().await;
    let callback = answer.callback();
    assert_eq!(callback.to, "https://board.example.net/cb");
    assert_eq!(callback.get("state"), Some(asked.get("state")));
    assert_eq!(callback.get("iss"), Some(app.issuer()));

    let tokens = Tokens::read(&board.exchange(&asked, &callback).await);
    assert_eq!(tokens.scope, "forms:read");
    assert_eq!(app.api().check(&tokens.access, &["forms:read"]).await.ok()["tenant"], "north");
    assert_eq!(board.me(&tokens.access).await.ok()["user"], "u-omar");
    let next = Tokens::read(&board.refresh(&tokens.refresh).await);
    assert!(app.api().sees_alive(&next.access).await);
    assert_eq!(board.revoke(&next.refresh).await.status, 200);
    assert!(!app.api().sees_alive(&next.access).await);
}
