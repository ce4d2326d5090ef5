//! Revocation (RFC 7009): what ends, what does not, and that the answer tells nobody anything.

use symbolon_store::testing::Database;

use crate::support::{DAY, MINUTE, TestApp, Tokens, stories};

stories!(
    what_a_revocation_ends,
    a_revocation_of_foreign_tokens,
    an_app_that_cannot_prove_itself_revokes_nothing,
    hints_and_nonsense,
    a_predecessor_still_revokes,
    a_suspended_app_can_still_let_go,
);

const REVOKE: &str = "/oauth/revoke";

/// J-11; RFC 7009 §2.1: a refresh token ends its family, an access token itself.
async fn what_a_revocation_ends(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    for client in [app.client("board"), app.client("pocket")] {
        let sibling = client.connect(&mut omar, "forms:read").await;
        let first = client.connect(&mut omar, "forms:read").await;
        let second = Tokens::read(&client.refresh(&first.refresh).await);
        assert!(app.api().sees_alive(&second.access).await);

        let answer = client.revoke(&second.access).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "{}"));
        assert!(!app.api().sees_alive(&second.access).await);
        assert!(app.api().sees_alive(&first.access).await, "its family lives");
        let third = Tokens::read(&client.refresh(&second.refresh).await);

        assert_eq!(client.revoke(&third.refresh).await.status, 200);
        for access in [&first.access, &third.access] {
            assert!(!app.api().sees_alive(access).await);
            assert_eq!(client.me(access).await.status, 401);
        }
        client.refresh(&third.refresh).await.refused(400, "invalid_grant");
        for again in [&third.refresh, &third.access] {
            assert_eq!(client.revoke(again).await.status, 200, "doing it twice is doing it once");
        }
        assert!(app.api().sees_alive(&sibling.access).await, "its siblings live");
        Tokens::read(&client.refresh(&sibling.refresh).await);
    }
}

/// J-09: the answer is the same, and nothing happens.
async fn a_revocation_of_foreign_tokens(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    let owner = app.client("board");
    let tokens = owner.connect(&mut omar, "forms:read").await;
    for thief in ["ledger", "pocket", "robot"] {
        for token in [&tokens.access, &tokens.refresh] {
            let answer = app.client(thief).revoke(token).await;
            assert_eq!((answer.status, answer.body.as_str()), (200, "{}"));
        }
    }
    assert!(app.api().sees_alive(&tokens.access).await);
    Tokens::read(&owner.refresh(&tokens.refresh).await);
}

/// J-10.
async fn an_app_that_cannot_prove_itself_revokes_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    let board = app.client("board");
    let tokens = board.connect(&mut omar, "forms:read").await;
    for token in [&tokens.access, &tokens.refresh] {
        board.post_bare(REVOKE, &[("token", token)], &[]).await.refused(401, "invalid_client");
        let named = [("token", token.as_str()), ("client_id", "board")];
        board.post_bare(REVOKE, &named, &[]).await.refused(401, "invalid_client");
        let bearer = format!("Bearer {}", tokens.access);
        board
            .post_bare(REVOKE, &[("token", token)], &[("authorization", &bearer)])
            .await
            .refused(401, "invalid_client");
    }
    assert!(app.api().sees_alive(&tokens.access).await);
    // A public app names itself, and only its own tokens end.
    let pocket = app.client("pocket");
    let own = pocket.connect(&mut omar, "forms:read").await;
    let foreign = [("token", own.refresh.as_str()), ("client_id", "purse")];
    assert_eq!(pocket.post_bare(REVOKE, &foreign, &[]).await.status, 200);
    assert!(app.api().sees_alive(&own.access).await);
    assert_eq!(pocket.revoke(&own.refresh).await.status, 200);
    assert!(!app.api().sees_alive(&own.access).await);
}

/// J-07; RFC 7009 §2.1, §2.2.
async fn hints_and_nonsense(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    let board = app.client("board");
    for hint in ["refresh_token", "access_token", "nonsense", ""] {
        let tokens = board.connect(&mut omar, "forms:read").await;
        let pairs = [("token", tokens.access.as_str()), ("token_type_hint", hint)];
        assert_eq!(board.post(REVOKE, &pairs).await.status, 200);
        assert!(!app.api().sees_alive(&tokens.access).await, "{hint}");
        let pairs = [("token", tokens.refresh.as_str()), ("token_type_hint", hint)];
        assert_eq!(board.post(REVOKE, &pairs).await.status, 200);
        board.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
    }
    for nonsense in ["x", "board-secret", "test-host-key", "sym_at_live_", "' OR 1=1", "\0"] {
        assert_eq!(board.revoke(nonsense).await.status, 200, "{nonsense:?}");
    }
    board.post(REVOKE, &[]).await.refused(400, "invalid_request");
    board.post(REVOKE, &[("token", "")]).await.refused(400, "invalid_request");
    board.post(REVOKE, &[("token", "a"), ("token", "b")]).await.refused(400, "invalid_request");
    let answer = app.get(REVOKE).await;
    assert_eq!((answer.status, answer.header("allow")), (405, "POST"));
}

/// An app that never got its successor can still end its family; one that is long gone cannot be told apart.
async fn a_predecessor_still_revokes(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    let board = app.client("board");
    let first = board.connect(&mut omar, "forms:read").await;
    let second = Tokens::read(&board.refresh(&first.refresh).await);
    app.advance(MINUTE);
    assert_eq!(board.revoke(&first.refresh).await.status, 200);
    assert!(!app.api().sees_alive(&second.access).await);
    let expired = board.connect(&mut omar, "forms:read").await;
    app.advance(31 * DAY);
    for token in [&expired.access, &expired.refresh] {
        assert_eq!(board.revoke(token).await.status, 200);
    }
}

async fn a_suspended_app_can_still_let_go(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let tokens = board.connect(&mut app.person("omar"), "forms:read").await;
    app.suspend("board").await;
    assert_eq!(board.revoke(&tokens.refresh).await.status, 200);
    app.resume("board").await;
    assert!(!app.api().sees_alive(&tokens.access).await);
    board.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
}
