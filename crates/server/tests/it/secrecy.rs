//! What is stored and logged opens nothing.

use std::cell::RefCell;
use std::io::Write;
use std::sync::Once;

use symbolon_oauth::credential::Secret;
use symbolon_store::change::ClientSecretChange;
use symbolon_store::testing::Database;
use symbolon_store::{Cursor, Engine};

use crate::support::{PASSWORD, TestApp, Tokens, stories};

stories!(
    a_stolen_database_opens_nothing,
    no_answer_repeats_what_was_presented,
    no_log_line_holds_what_was_presented,
);

/// Every column of every row, as text; bytes as hexadecimal.
async fn dump(url: &str, is_postgres: bool) -> String {
    let engine =
        Engine::open(url, symbolon_store::testing::Database::options()).await.expect("the database opens");
    let tables = if is_postgres {
        "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()"
    } else {
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    };
    let mut all = String::new();
    for table in engine.load(tables, &[]).await.expect("the tables") {
        let table = table.read(Cursor::text).expect("a name");
        let rows = if is_postgres {
            String::leak(format!("SELECT t::text FROM {table} t"))
        } else {
            let columns = String::leak(format!("SELECT name FROM pragma_table_info('{table}')"));
            let columns = engine.load(columns, &[]).await.expect("the columns");
            let shown: Vec<String> = columns
                .into_iter()
                .map(|column| column.read(Cursor::text).expect("a name"))
                .map(|name| {
                    format!("CASE typeof(\"{name}\") WHEN 'blob' THEN hex(\"{name}\") ELSE coalesce(\"{name}\", '') END")
                })
                .collect();
            String::leak(format!("SELECT {} FROM {table}", shown.join(" || ' ' || ")))
        };
        for row in engine.load(rows, &[]).await.expect("the rows") {
            all.push_str(&row.read(Cursor::text).expect("text"));
            all.push('\n');
        }
    }
    all
}

/// D-32; RFC 6819 §4.3.2, §4.3.4.
async fn a_stolen_database_opens_nothing(database: Database) {
    let url = database.url().to_owned();
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let first = board.connect(&mut omar, "forms:read").await;
    let second = Tokens::read(&board.refresh(&first.refresh).await);
    let waiting = board.asks("forms:read");
    let callback = omar.connects(&waiting).await;
    let robot = app.client("robot");
    let own = Tokens::read(&robot.post("/oauth/token", &[("grant_type", "client_credentials")]).await);
    let id = app
        .state()
        .store
        .load_app_by_client_id("robot")
        .await
        .expect("the store")
        .expect("the app")
        .client
        .id;
    let fresh = app.state().entropy.new_id(app.now()).expect("randomness");
    let standard = &app.state().dialects[0].dialect;
    let minted =
        app.state().mint(standard, symbolon_oauth::credential::Kind::ClientSecret, fresh).expect("a secret");
    let stored = symbolon_store::client_secrets::StoredSecret::of(&minted, &[], fresh, app.now());
    app.change(ClientSecretChange::Rotate { app: id, secret: stored, old_until: app.now() }.into()).await;

    let dump = dump(&url, app.is_postgres()).await;
    assert!(
        dump.contains("omar@example.com") && dump.contains("Forms Board"),
        "the dump is of the right place"
    );
    let lower = dump.to_lowercase();
    let cookies = omar.cookies();
    assert!(!cookies.is_empty());
    let cookies = cookies.split("; ").filter_map(|pair| pair.split_once('=')).map(|(_, value)| value);
    let secrets = [
        first.access.as_str(),
        &first.refresh,
        &second.access,
        &second.refresh,
        &own.access,
        callback.code(),
        &waiting.verifier,
        minted.expose(),
        "board-secret",
        "robot-secret",
        "test-host-key",
        PASSWORD,
    ];
    for secret in secrets.into_iter().chain(cookies) {
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert!(!dump.contains(secret) && !lower.contains(&hex), "a secret is stored: {secret}");
        // The last forty characters hold what is random.
        let tail = &secret[secret.len().saturating_sub(40)..];
        assert!(tail.len() < 20 || !dump.contains(tail), "a part of a secret is stored: {secret}");
    }
    // What is stored in its place does not open anything either.
    let hash: String =
        Secret::given(first.access.as_str()).hash().0.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(lower.contains(&hash), "the dump shows hashes");
    assert_eq!(board.me(&hash).await.status, 401);
}

/// B-25, RFC 6749 §5.2: no error repeats a credential.
async fn no_answer_repeats_what_was_presented(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let tokens = board.connect(&mut omar, "forms:read").await;
    let asked = board.asks("forms:read");
    let callback = omar.connects(&asked).await;
    Tokens::read(&board.exchange(&asked, &callback).await);
    let marker = "MARKED-0123456789";
    let answers = [
        (callback.code(), board.exchange(&asked, &callback).await),
        (marker, board.refresh(marker).await),
        (marker, board.exchange_code(&asked, marker).await),
        (marker, board.me(marker).await),
        (marker, app.api().check(marker, &[]).await),
        (
            marker,
            board.post_bare("/oauth/token", &[("client_id", "board"), ("client_secret", marker)], &[]).await,
        ),
        (marker, board.post("/oauth/token", &[("grant_type", marker)]).await),
        (
            marker,
            board
                .post(
                    "/oauth/token",
                    &[
                        ("grant_type", "refresh_token"),
                        ("refresh_token", &tokens.refresh),
                        ("resource", marker),
                    ],
                )
                .await,
        ),
        (marker, app.get(&format!("/oauth/authorize?client_id={marker}")).await),
    ];
    for (secret, answer) in &answers {
        assert!(answer.status >= 400);
        let headers = format!("{:?}", answer.headers);
        assert!(!answer.body.contains(secret) && !headers.contains(secret), "{answer:?}");
    }
    assert!(!callback.to.contains(&asked.verifier) && !omar.page().body.contains(&asked.verifier));
}

thread_local! {
    /// What was logged on this thread since somebody began to listen.
    static HEARD: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// Where log lines go: to whoever listens on this thread.
struct Ear;

impl Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        HEARD.with_borrow_mut(|heard| heard.iter_mut().for_each(|heard| heard.extend_from_slice(bytes)));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Listens at the loudest level, from now on. One subscriber serves the whole program: another for each thread would race with what
/// the others remember of who listens.
pub fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(|| Ear)
            .finish();
        tracing::subscriber::set_global_default(subscriber).expect("nobody else listens");
    });
    HEARD.set(Some(Vec::new()));
}

/// What was logged on this thread since somebody began to listen.
pub fn heard() -> String {
    String::from_utf8(HEARD.take().unwrap_or_default()).expect("text")
}

/// B-25, D-32: at the loudest level, of what goes well and of what is refused.
async fn no_log_line_holds_what_was_presented(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    listen();
    let asked = board.asks("forms:read");
    let callback = omar.connects(&asked).await;
    let tokens = Tokens::read(&board.exchange(&asked, &callback).await);
    let next = Tokens::read(&board.refresh(&tokens.refresh).await);
    board.exchange(&asked, &callback).await.refused(400, "invalid_grant");
    board.refresh("MARKED-token").await.refused(400, "invalid_grant");
    let wrong = [("client_id", "board"), ("client_secret", "MARKED-secret")];
    board.post_bare("/oauth/token", &wrong, &[]).await.refused(401, "invalid_client");
    board.revoke(&next.refresh).await;
    omar.password = "MARKED-password".to_owned();
    omar.sign_out().await;
    omar.open("/login").await;
    omar.submit_login().await;
    let log = heard();
    assert!(log.contains("refused") && log.contains("wrong_secret"), "something was logged: {log}");
    let secrets = [
        callback.code(),
        &asked.verifier,
        &tokens.access,
        &tokens.refresh,
        &next.access,
        &next.refresh,
        PASSWORD,
    ];
    for secret in secrets.into_iter().chain(["MARKED", "board-secret"]) {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
