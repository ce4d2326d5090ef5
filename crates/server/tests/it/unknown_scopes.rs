//! Scopes that an app asks for and may not have (RFC 6749 §3.3): refused, or narrowed away where the server or the app says
//! so; at each place that reads scopes.

use symbolon_oauth::policy::UnknownScopes;
use symbolon_store::testing::Database;

use crate::support::{Answer, Asked, Options, TestApp, Tokens, stories};

stories!(
    they_are_refused_where_nobody_says_otherwise,
    the_server_may_narrow_them_and_tells_what_is_left,
    an_app_may_say_for_itself,
    an_app_is_declared_with_its_word,
);

const NARROW: &str = "[tokens]\nunknown_scopes = \"narrow\"\n";
const ASKED: &str = "openid profile offline_access forms:read";

async fn narrowing(database: Database) -> TestApp {
    TestApp::with(database, Options { configuration: NARROW, ..Options::default() }).await
}

async fn for_itself(app: &TestApp, scope: &str) -> Answer {
    let pairs = [("grant_type", "client_credentials"), ("scope", scope)];
    app.client("robot").post("/oauth/token", &pairs).await
}

async fn refreshed(app: &TestApp, tokens: &Tokens, scope: &str) -> Answer {
    let pairs =
        [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh.as_str()), ("scope", scope)];
    app.client("board").post("/oauth/token", &pairs).await
}

fn same(scope: &str, other: &str) -> bool {
    let sorted = |text: &str| {
        let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        words.sort();
        words
    };
    sorted(scope) == sorted(other)
}

async fn they_are_refused_where_nobody_says_otherwise(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    app.refuses(&board.asks(ASKED), "invalid_scope").await;
    for_itself(&app, "clinics:read openid").await.refused(400, "invalid_scope");
    let tokens = board.connect(&mut app.person("omar"), "profile forms:read").await;
    refreshed(&app, &tokens, ASKED).await.refused(400, "invalid_scope");
}

async fn the_server_may_narrow_them_and_tells_what_is_left(database: Database) {
    let app = narrowing(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let tokens = board.connect(&mut omar, ASKED).await;
    assert!(same(&tokens.scope, "profile forms:read"), "{tokens:?}");
    assert!(app.api().sees_alive(&tokens.access).await);
    let again = Tokens::read(&refreshed(&app, &tokens, "openid offline_access profile").await);
    assert_eq!(again.scope, "profile");
    assert_eq!(Tokens::read(&for_itself(&app, "clinics:read openid").await).scope, "clinics:read");
    // Nothing is given that was not asked for: where nothing is left it is refused.
    app.refuses(&board.asks("openid offline_access"), "invalid_scope").await;
    for_itself(&app, "openid").await.refused(400, "invalid_scope");
    refreshed(&app, &again, "openid").await.refused(400, "invalid_scope");
    // What the app may have and this connection has not is no unknown scope.
    refreshed(&app, &again, "profile forms:write").await.refused(400, "invalid_scope");
    let malformed = app.get(&board.asks("profile \u{7f}").url()).await;
    malformed.callback().refused("invalid_scope");
}

async fn says(app: &TestApp, word: Option<UnknownScopes>) -> Asked {
    app.change_app("board", |own| own.client.unknown_scopes = word).await;
    app.client("board").asks(ASKED)
}

async fn an_app_may_say_for_itself(database: Database) {
    let app = TestApp::start(database).await;
    let asked = says(&app, Some(UnknownScopes::Narrow)).await;
    let callback = app.person("omar").connects(&asked).await;
    let tokens = Tokens::read(&app.client("board").exchange(&asked, &callback).await);
    assert!(same(&tokens.scope, "profile forms:read"), "{tokens:?}");
    app.refuses(&app.client("ledger").asks(ASKED), "invalid_scope").await;
    let asked = says(&app, None).await;
    app.refuses(&asked, "invalid_scope").await;
}

async fn an_app_is_declared_with_its_word(database: Database) {
    let app = narrowing(database).await;
    let with = |word: &str| {
        format!(
            "[[app]]\nclient_id = \"ledger\"\nname = \"Ledger\"\nredirect_uris = [\"https://ledger.example.net/cb?foo=bar\"]\n\
             scopes = [\"profile\", \"forms:read\"]\nstatus = \"live\"\n{word}"
        )
    };
    app.declare(&with("unknown_scopes = \"refuse\"")).await;
    app.refuses(&app.client("ledger").asks(ASKED), "invalid_scope").await;
    app.declare(&with("")).await;
    let tokens = app.client("ledger").connect(&mut app.person("omar"), ASKED).await;
    assert!(same(&tokens.scope, "profile forms:read"), "{tokens:?}");
    let wrong = app.try_declare(&with("unknown_scopes = \"drop\"")).await;
    assert!(wrong.is_err_and(|said| said.contains("narrow, refuse")));
}
