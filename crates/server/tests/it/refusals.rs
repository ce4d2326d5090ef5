//! What an operator learns of a refusal: one line, one count, with the reason, the endpoint and the app.

use symbolon_store::testing::Database;

use crate::secrecy::{heard, listen};
use crate::support::{HOME, TestApp, stories};

stories!(each_refusal_is_logged_and_counted_once);

/// All refusals that were counted so far.
fn counted(app: &TestApp) -> u64 {
    let text = app.state().metrics.text();
    let each = text.lines().filter(|line| line.starts_with("symbolon_refusals_total{"));
    each.filter_map(|line| line.rsplit_once(' ')?.1.parse::<u64>().ok()).sum()
}

/// What stands in the log for everybody, of which each line is about a request that did not go well.
fn loud(log: &str) -> Vec<&str> {
    log.lines()
        .filter(|line| [" INFO ", " WARN ", "ERROR "].iter().any(|level| line.contains(level)))
        .collect()
}

async fn each_refusal_is_logged_and_counted_once(database: Database) {
    let app = TestApp::start(database).await;
    let (board, draft, mut omar) = (app.client("board"), app.client("draft"), app.person("omar"));
    let tokens = board.connect(&mut omar, "forms:read").await;
    let mut before = counted(&app);
    let mut once = |endpoint: &str, client_id: Option<&str>, code: &str, reason: &str| {
        let log = heard();
        let [line] = loud(&log)[..] else { panic!("not one line: {log}") };
        for (name, value) in [("endpoint", endpoint), ("code", code), ("reason", reason)] {
            assert!(line.contains(&format!("{name}=\"{value}\"")), "{name} {value}: {line}");
        }
        let named = client_id.map(|client_id| format!("client_id=\"{client_id}\""));
        assert!(named.map_or(!line.contains("client_id"), |named| line.contains(&named)), "{line}");
        before += 1;
        assert_eq!(counted(&app), before, "{line}");
        listen();
    };
    listen();
    board.refresh("nonsense").await.refused(400, "invalid_grant");
    once("token", Some("board"), "invalid_grant", "refresh_token_unknown");
    let wrong = [("client_id", "board"), ("client_secret", "wrong")];
    board.post_bare("/oauth/token", &wrong, &[]).await.refused(401, "invalid_client");
    once("token", Some("board"), "invalid_client", "wrong_secret");
    assert_eq!(app.get("/oauth/token").await.status, 405);
    once("token", None, "invalid_request", "method");
    assert_eq!(app.send(app.request("DELETE", "/v1/me", &[], ""), HOME).await.status, 405);
    once("me", None, "invalid_request", "method_not_allowed");
    app.api().check(&tokens.access, &["bookings:read"]).await.refused(403, "insufficient_scope");
    once("check", Some("board"), "insufficient_scope", "missing_scope");
    app.get("/nowhere").await.error_page(404);
    once("not_found", None, "page", "not_found");
    // An app that is answered, one that may not be, one that is not there, and one that looks so.
    app.get(&board.asks("nope").url()).await.callback().refused("invalid_scope");
    once("authorize", Some("board"), "invalid_scope", "scope_beyond_client");
    app.get(&draft.asks("nope").url()).await.error_page(400);
    once("authorize", Some("draft"), "invalid_scope", "scope_beyond_client");
    app.get(&board.asks("profile").with("client_id", "nobody").url()).await.error_page(400);
    once("authorize", Some("nobody"), "invalid_client", "unknown_client");
    app.suspend("board").await;
    heard();
    listen();
    app.get(&board.asks("profile").url()).await.error_page(400);
    once("authorize", Some("board"), "invalid_client", "app_suspended");
    // What goes well is no refusal.
    app.get(&draft.asks("profile").url()).await;
    assert_eq!((loud(&heard()), counted(&app)), (Vec::new(), before));
}
