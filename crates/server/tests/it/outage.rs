//! A storage that does not answer is 503 with `Retry-After` everywhere, and never a verdict.
//!
//! One table after the other is taken away from under the server, as an engine in trouble does, so that each request
//! meets the trouble at each of its steps. Every answer is then either the honest one or 503.

use serde_json::Value;
use symbolon_store::testing::Database;
use symbolon_store::{Commit, Engine, Expect};

use crate::support::{Answer, HOME, SECOND, TestApp, Tokens, stories};

stories!(no_outage_is_a_verdict, a_revocation_is_never_a_false_success, what_needs_no_storage_goes_on);

const TABLES: [&str; 11] = [
    "apps",
    "client_secrets",
    "scopes",
    "roles",
    "resources",
    "host_keys",
    "foreign_credentials",
    "grants",
    "authorization_codes",
    "families",
    "access_tokens",
];

/// Takes a table away, or brings it back.
pub(crate) async fn rename(engine: &Engine, from: &str, to: &str) {
    let sql = String::leak(format!("ALTER TABLE {from} RENAME TO {to}"));
    engine.commit(Commit::new().step(sql, [], Expect::Any)).await.expect("the table is renamed");
}

pub(crate) async fn engine(url: &str) -> Engine {
    Engine::open(url, symbolon_store::testing::Database::options()).await.expect("the database opens")
}

fn is_outage(answer: &Answer) -> bool {
    if answer.status != 503 {
        return false;
    }
    assert_eq!(answer.header("retry-after"), "1", "{answer:?}");
    assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
    if answer.header("content-type").starts_with("application/json") {
        assert_eq!(answer.error(), "temporarily_unavailable");
    }
    true
}

/// D-31, R-15, R-16.
async fn no_outage_is_a_verdict(database: Database) {
    let engine = engine(database.url()).await;
    let app = TestApp::start(database).await;
    let (board, robot, mut omar) = (app.client("board"), app.client("robot"), app.person("omar"));
    let mut outages = 0;
    for table in TABLES {
        let tokens = board.connect(&mut omar, "forms:read").await;
        let asked = board.asks("forms:read");
        let callback = omar.connects(&asked).await;
        // What is kept in memory is older than it may be believed.
        app.advance(SECOND);
        rename(&engine, table, "away").await;
        let answers = [
            ("exchange", board.exchange(&asked, &callback).await),
            ("own", robot.post("/oauth/token", &[("grant_type", "client_credentials")]).await),
            ("introspect", board.introspect(&tokens.access).await),
            ("introspect refresh", board.introspect(&tokens.refresh).await),
            ("me", board.me(&tokens.access).await),
            ("check", app.api().check(&tokens.access, &["forms:read"]).await),
            ("authorize", omar.look(&asked.url()).await),
            ("refresh", board.refresh(&tokens.refresh).await),
            ("metadata", app.get("/.well-known/oauth-authorization-server").await),
        ];
        for (what, answer) in &answers {
            let honest = match *what {
                "authorize" => answer.status == 303 && answer.location().contains("code="),
                "introspect" | "introspect refresh" => {
                    answer.status == 200 && answer.json()["active"] == Value::Bool(true)
                }
                _ => answer.status == 200,
            };
            assert!(honest || is_outage(answer), "{what} without {table}: {answer:?}");
            outages += usize::from(!honest);
        }
        rename(&engine, "away", table).await;
        // Nothing was lost: what was not answered can be asked again.
        if answers[7].1.status == 503 {
            Tokens::read(&board.refresh(&tokens.refresh).await);
        }
        if answers[0].1.status == 503 {
            Tokens::read(&board.exchange(&asked, &callback).await);
        }
        assert!(app.api().sees_alive(&tokens.access).await, "it recovers after {table}");
    }
    assert!(outages > 30, "only {outages} requests met the outage");
}

/// J-13.
async fn a_revocation_is_never_a_false_success(database: Database) {
    let engine = engine(database.url()).await;
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    for table in ["apps", "client_secrets", "access_tokens", "families", "audit"] {
        let tokens = board.connect(&mut omar, "forms:read").await;
        app.advance(SECOND);
        rename(&engine, table, "away").await;
        for (token, needed) in [(&tokens.access, table == "access_tokens"), (&tokens.refresh, true)] {
            let answer = board.revoke(token).await;
            let happened = answer.status == 200;
            assert!(happened || is_outage(&answer), "without {table}: {answer:?}");
            assert!(!(happened && needed && table != "access_tokens"), "a false success without {table}");
        }
        rename(&engine, "away", table).await;
        for token in [&tokens.access, &tokens.refresh] {
            assert_eq!(board.revoke(token).await.status, 200);
        }
        assert!(!app.api().sees_alive(&tokens.access).await);
    }
}

/// the process lives, says that it is not ready, and comes back by itself.
async fn what_needs_no_storage_goes_on(database: Database) {
    let engine = engine(database.url()).await;
    let app = TestApp::start(database).await;
    let document = "/.well-known/oauth-authorization-server";
    let before = app.get(document).await;
    app.advance(10 * SECOND);
    rename(&engine, "scopes", "away").await;
    let during = app.get(document).await;
    assert_eq!((during.status, &during.body), (200, &before.body), "{during:?}");
    rename(&engine, "away", "scopes").await;
    rename(&engine, "apps", "away").await;
    assert_eq!(app.get("/healthz").await.status, 200);
    let page = app.get("/oauth/authorize?client_id=board&response_type=code").await;
    assert_eq!((page.status, page.header("retry-after")), (503, "1"));
    assert!(page.header("content-type").starts_with("text/html"), "a person sees a page");
    for (path, body) in [("/oauth/token", "grant_type=client_credentials&client_id=nobody&client_secret=x")] {
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let answer = app.send(app.request("POST", path, &headers, body), HOME).await;
        assert!(is_outage(&answer), "even a wrong secret is not called wrong: {answer:?}");
    }
    rename(&engine, "away", "apps").await;
    assert_eq!(app.get("/readyz").await.status, 200);
}
