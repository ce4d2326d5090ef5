//! Where answers may go: exactly the registered redirect URIs, byte for byte (RFC 9700 §4.1, SECURITY table A).

use symbolon_store::testing::Database;

use crate::support::{TestApp, Tokens, stories};

stories!(
    a01_an_unregistered_uri_is_a_page,
    a03_a_missing_uri_is_a_page,
    a04_a_longer_path_is_another_address,
    a05_another_query_is_another_address,
    a06_a_registered_query_is_kept,
    a10_to_a16_no_spelling_of_another_host_gets_through,
    a11_a12_paths_are_compared_as_they_were_sent,
    a17_a18_another_port_or_scheme_is_another_address,
    a19_a_loopback_port_is_free,
    a20_a21_nothing_else_of_a_loopback_address_is,
    a22_the_name_localhost_is_no_loopback_address,
    a26_a_registered_uri_is_no_pattern,
    a30_another_clients_uri_is_a_page,
    a34_an_app_suspended_during_consent_gets_no_code,
    a36_what_was_posted_is_never_posted_on,
    a38_an_overlong_uri_is_a_page,
    a40_our_own_pages_take_no_return_address,
);

/// Whether this redirect URI is refused by a page, for the app with everything else right.
async fn is_refused(app: &TestApp, client_id: &str, redirect_uri: &str) {
    let asked = app.client(client_id).asks("profile").with("redirect_uri", redirect_uri);
    for asked in
        [asked.clone(), asked.clone().with("response_mode", "form_post"), asked.with("prompt", "none")]
    {
        let answer = app.get(&asked.url()).await;
        answer.error_page(400);
        assert!(answer.body.contains("redirect_uri_not_registered"), "{redirect_uri}: {answer:?}");
    }
}

/// The positive twin: the same request is led to the sign-in.
async fn is_accepted(app: &TestApp, client_id: &str, redirect_uri: &str) {
    let asked = app.client(client_id).asks("profile").with("redirect_uri", redirect_uri);
    let answer = app.get(&asked.url()).await;
    assert_eq!(answer.status, 303, "{redirect_uri}: {answer:?}");
    assert!(answer.location().starts_with("/login?interaction="), "{redirect_uri}: {answer:?}");
}

async fn a01_an_unregistered_uri_is_a_page(database: Database) {
    let app = TestApp::start(database).await;
    is_accepted(&app, "board", "https://board.example.net/cb").await;
    is_accepted(&app, "board", "https://board.example.net/other").await;
    for unregistered in
        ["https://evil.example/cb", "https://board.example.net", "/cb", "cb", "null", "about:blank"]
    {
        is_refused(&app, "board", unregistered).await;
    }
    let reflecting = app.client("board").asks("profile").with("redirect_uri", "https://x/\"><script>");
    assert!(!app.get(&reflecting.url()).await.body.contains("<script>"));
}

async fn a03_a_missing_uri_is_a_page(database: Database) {
    let app = TestApp::start(database).await;
    for client in ["board", "tower"] {
        for scope in ["forms:read", "openid"] {
            let asked = app.client(client).asks(scope).without("redirect_uri");
            app.get(&asked.url()).await.error_page(400);
        }
    }
}

async fn a04_a_longer_path_is_another_address(database: Database) {
    let app = TestApp::start(database).await;
    for path in ["cb/evil", "cb/", "cb.html", "CB", "cb;x=1", "cb%20", "cb%00", "cb#f", "cb#", "c", ""] {
        is_refused(&app, "board", &format!("https://board.example.net/{path}")).await;
    }
}

async fn a05_another_query_is_another_address(database: Database) {
    let app = TestApp::start(database).await;
    is_refused(&app, "board", "https://board.example.net/cb?x=1").await;
    is_refused(&app, "board", "https://board.example.net/cb?").await;
    is_accepted(&app, "ledger", "https://ledger.example.net/cb?foo=bar").await;
    for query in ["?foo=baz", "?foo=bar&a=1", "?a=1&foo=bar", "?foo=ba%72", "?foo=bar&", "", "?"] {
        is_refused(&app, "ledger", &format!("https://ledger.example.net/cb{query}")).await;
    }
}

async fn a06_a_registered_query_is_kept(database: Database) {
    let app = TestApp::start(database).await;
    let (ledger, mut omar) = (app.client("ledger"), app.person("omar"));
    let asked = ledger.asks("profile");
    let answer = omar.walk(&asked, None).await;
    assert!(answer.location().starts_with("https://ledger.example.net/cb?foo=bar&code="), "{answer:?}");
    let callback = answer.callback();
    assert_eq!(callback.get("state"), Some(asked.get("state")));
    assert_eq!(callback.get("iss"), Some(app.issuer()));
    Tokens::read(&ledger.exchange(&asked, &callback).await);
}

async fn a10_to_a16_no_spelling_of_another_host_gets_through(database: Database) {
    let app = TestApp::start(database).await;
    let spellings = [
        // A-10: what some parsers read as another host.
        "https://board.example.net\\@evil.example/cb",
        "https:\\\\evil.example/cb",
        "https://evil.example%5c.board.example.net/cb",
        "https://evil.example\\.board.example.net/cb",
        "https://board.example.net@evil.example/cb",
        "https://board.example.net:443@evil.example/cb",
        "https://user@board.example.net/cb",
        "https://board.example.net%40evil.example/cb",
        "https://evil.example#@board.example.net/cb",
        "https://evil.example?@board.example.net/cb",
        "//board.example.net/cb",
        "https:board.example.net/cb",
        // A-14: before and after the host.
        "https://board.example.net.evil.example/cb",
        "https://evilboard.example.net/cb",
        "https://board.example.net./cb",
        "https://sub.board.example.net/cb",
        "https://example.net/cb",
        // A-15: the registered host as a pattern.
        "https://boardXexample.net/cb",
        "https://board-example.net/cb",
        // A-16: look-alikes.
        "https://BOARD.example.net/cb",
        "HTTPS://board.example.net/cb",
        "https://board\u{ff0e}example\u{ff0e}net/cb",
        "https://bo\u{430}rd.example.net/cb",
        "https://xn--bord-8cd.example.net/cb",
        " https://board.example.net/cb",
        "https://board.example.net/cb ",
        "https://board.example.net/cb\n",
        "\thttps://board.example.net/cb",
        "https://board.\nexample.net/cb",
    ];
    for spelling in spellings {
        is_refused(&app, "board", spelling).await;
    }
    is_accepted(&app, "board", "https://board.example.net/cb").await;
}

async fn a11_a12_paths_are_compared_as_they_were_sent(database: Database) {
    let app = TestApp::start(database).await;
    let paths = [
        "/%63b",
        "/c%62",
        "/%2563b",
        "%2Fcb",
        "/%2e/cb",
        "/%2e%2e/cb",
        "/x/%2e%2e/cb",
        "/%252e%252e/cb",
        "/x/..%2fcb",
        "/..%2Fcb",
        "/x%2f..%2fcb",
        "/x/..%5ccb",
        "/./cb",
        "/../cb",
        "/x/../cb",
        "/cb/../x",
        "/cb/.",
        "/cb/..;/x",
        "/;/../cb",
        "/x/..;/cb",
        "//cb",
        "/cb//",
        "/cb%2f",
        "/cb%3f",
        "/cb%23",
        "/cb%0d%0a",
        "/cb\\..\\x",
    ];
    for path in paths {
        is_refused(&app, "board", &format!("https://board.example.net{path}")).await;
    }
}

async fn a17_a18_another_port_or_scheme_is_another_address(database: Database) {
    let app = TestApp::start(database).await;
    for uri in [
        "https://board.example.net:8443/cb",
        "https://board.example.net:443/cb",
        "https://board.example.net:/cb",
        "http://board.example.net/cb",
        "http://board.example.net:443/cb",
        "ftp://board.example.net/cb",
    ] {
        is_refused(&app, "board", uri).await;
    }
    is_refused(&app, "pocket", "https://127.0.0.1/cb").await;
    is_refused(&app, "pocket", "https://pocket.example.net:8443/cb").await;
    is_accepted(&app, "pocket", "https://pocket.example.net/cb").await;
    is_accepted(&app, "pocket", "com.example.pocket:/cb").await;
    is_refused(&app, "pocket", "com.example.pocket://cb").await;
}

/// RFC 8252 §7.3.
async fn a19_a_loopback_port_is_free(database: Database) {
    let app = TestApp::start(database).await;
    let pocket = app.client("pocket");
    for uri in
        ["http://127.0.0.1/cb", "http://127.0.0.1:1/cb", "http://127.0.0.1:65535/cb", "http://[::1]:4711/cb"]
    {
        is_accepted(&app, "pocket", uri).await;
    }
    let mut omar = app.person("omar");
    let asked = pocket.asks("profile").with("redirect_uri", "http://127.0.0.1:51004/cb");
    let callback = omar.connects(&asked).await;
    assert_eq!(callback.to, "http://127.0.0.1:51004/cb");
    Tokens::read(&pocket.exchange(&asked, &callback).await);
}

async fn a20_a21_nothing_else_of_a_loopback_address_is(database: Database) {
    let app = TestApp::start(database).await;
    for uri in [
        "http://127.0.0.1:9/other",
        "http://127.0.0.1:9/cb/",
        "http://127.0.0.1:9/cb?x",
        "http://127.0.0.1:9",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:+80/cb",
        "http://127.0.0.1:80@evil.example/cb",
        "http://127.0.0.1@evil.example/cb",
        "http://127.0.0.1:80.evil.example/cb",
        "http://127.1/cb",
        "http://0x7f.1/cb",
        "http://0177.0.0.1/cb",
        "http://2130706433/cb",
        "http://0.0.0.0/cb",
        "http://127.0.0.2/cb",
        "http://[::ffff:127.0.0.1]/cb",
        "http://[0:0:0:0:0:0:0:1]/cb",
        "http://[::]/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://localhost/cb",
        "http://localhost.evil.example/cb",
        "https://127.0.0.1:9/cb",
    ] {
        is_refused(&app, "pocket", uri).await;
    }
}

async fn a22_the_name_localhost_is_no_loopback_address(database: Database) {
    let app = TestApp::start(database).await;
    is_refused(&app, "native", "http://localhost:3001/cb").await;
    is_refused(&app, "native", "http://localhost/cb").await;
    let mut omar = app.person("omar");
    omar.open(&app.client("native").asks("profile").with("redirect_uri", "http://localhost:3000/cb").url())
        .await;
    let page = omar.sign_in().await;
    assert!(page.consent_form().is_some() && page.body.contains("running on this computer"), "{page:?}");
}

const ONE_LETTER: &str = r#"
[[app]]
client_id = "letters"
client_secret = "letters-secret"
name = "Letters"
redirect_uris = ["https://a.b.example/cb+(x|y)"]
scopes = ["profile"]
status = "live"
"#;

async fn a26_a_registered_uri_is_no_pattern(database: Database) {
    let app = TestApp::start(database).await;
    assert!(app.try_declare(ONE_LETTER).await.is_err(), "a bar cannot stand in a URI");
    app.declare(&ONE_LETTER.replace("(x|y)", "")).await;
    is_accepted(&app, "letters", "https://a.b.example/cb+").await;
    for uri in ["https://aXb.example/cb+", "https://a.b.example/cb", "https://a.b.example/cbb"] {
        is_refused(&app, "letters", uri).await;
    }
}

async fn a30_another_clients_uri_is_a_page(database: Database) {
    let app = TestApp::start(database).await;
    is_accepted(&app, "board", "https://board.example.net/cb").await;
    is_refused(&app, "ledger", "https://board.example.net/cb").await;
    is_refused(&app, "pocket", "https://board.example.net/cb").await;
}

async fn a34_an_app_suspended_during_consent_gets_no_code(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    omar.open(&board.asks("profile").url()).await;
    omar.sign_in().await;
    app.suspend("board").await;
    let answer = omar.consents().await;
    answer.error_page(400);
    assert!(answer.body.contains("Forms Board") && !answer.body.contains("code="), "{answer:?}");

    app.resume("board").await;
    let tokens = board.connect(&mut omar, "profile").await;
    assert!(app.api().sees_alive(&tokens.access).await);
}

/// RFC 9700 §4.12: 303 turns a POST into a GET.
async fn a36_what_was_posted_is_never_posted_on(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    omar.open(&app.client("board").asks("profile").url()).await;
    assert_eq!(omar.submit_login().await.status, 303);
    omar.open(&app.client("board").asks("profile").url()).await;
    assert_eq!(omar.consents().await.status, 303);
}

async fn a38_an_overlong_uri_is_a_page(database: Database) {
    let app = TestApp::start(database).await;
    let asked = |length: usize| {
        let long = format!("https://board.example.net/cb{}", "a".repeat(length));
        app.client("board").asks("profile").with("redirect_uri", &long)
    };
    app.get(&asked(8 * 1024).url()).await.error_page(400);
    app.get(&asked(16 * 1024).url()).await.error_page(414);
    let posted = app.request(
        "POST",
        "/oauth/authorize",
        &[("content-type", "application/x-www-form-urlencoded")],
        &asked(32 * 1024).form(),
    );
    app.send(posted, crate::support::HOME).await.error_page(400);
}

async fn a40_our_own_pages_take_no_return_address(database: Database) {
    let app = TestApp::start(database).await;
    for name in ["next", "return_to", "redirect", "redirect_uri", "url", "continue", "rd"] {
        for evil in [
            "//evil.example",
            "/\\evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            "%2f%2fevil.example",
        ] {
            let mut omar = app.person("omar");
            omar.open(&format!("/login?{name}={evil}")).await;
            assert!(!omar.page().body.contains("evil"), "{name}={evil}");
        }
    }
    let mut omar = app.person("omar");
    omar.open("/login?next=//evil.example&redirect_uri=https://evil.example").await;
    assert_eq!(omar.submit_login().await.location(), "/account");
    omar.open("/logout?next=https://evil.example&post_logout_redirect_uri=https://evil.example").await;
    assert!(!omar.page().body.contains("evil"));
}
