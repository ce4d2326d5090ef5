//! The consent form: who may send it, once, and what in it counts (SECURITY tables C and O).

use symbolon_demo::page_form::PageForm;
use symbolon_store::testing::Database;

use crate::support::{Asked, HOME, MINUTE, Person, TestApp, Tokens, stories, with_field};

stories!(
    o02_a_form_without_its_own_token_gives_nothing,
    o02_a_form_of_somebody_else_gives_nothing,
    o14_a_double_click_is_answered_once,
    o14_a_race_of_clicks_makes_one_code,
    o14_two_windows_make_one_connection,
    o14_what_was_denied_stays_denied,
    c33_an_interaction_belongs_to_its_browser,
    c34_what_was_asked_cannot_be_changed_on_the_way,
    c36_an_interaction_ends,
    a_session_that_ended_meanwhile_is_begun_again,
);

/// Omar on the consent page that a request leads to, with its form and what pressing 'Allow' would send.
async fn asked(app: &TestApp, request: &Asked) -> (Person, PageForm, Vec<(String, String)>) {
    let mut omar = app.person("omar");
    omar.open(&request.url()).await;
    omar.sign_in().await;
    let (form, fields) = omar.deciding("allow", |form| form);
    (omar, form, fields)
}

async fn has_no_connection(person: &mut Person) -> bool {
    person.open("/account").await.body.contains("No app is connected")
}

async fn o02_a_form_without_its_own_token_gives_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let (mut omar, form, fields) = asked(&app, &board.asks("profile")).await;
    let own = fields.iter().find(|(name, _)| name == "csrf").expect("a token").1.clone();
    let mut lena = app.person("lena");
    lena.open("/login").await;
    let foreign = lena.page().login_form().expect("a form").submit();
    let foreign = foreign.iter().find(|(name, _)| name == "csrf").expect("a token").1.clone();
    let flipped = format!("{}{}", &own[..own.len() - 2], if own.ends_with('A') { "BB" } else { "AA" });
    for token in ["", "x", &foreign, &flipped, &own.to_uppercase(), &format!("{own}=")] {
        omar.post(&form, &with_field(&fields, "csrf", token)).await.error_page(403);
    }
    for headers in [
        vec![("sec-fetch-site", "cross-site")],
        vec![("origin", "https://evil.example")],
        vec![("origin", "http://127.0.0.1:8081")],
        vec![("origin", "http://127.0.0.1:8080.evil.example")],
    ] {
        app.send(omar.written(&form, &fields, &headers), HOME).await.error_page(403);
    }
    for content_type in ["application/json", "text/plain"] {
        let body =
            serde_json::to_string(&fields.iter().cloned().collect::<std::collections::HashMap<_, _>>());
        let headers = [("content-type", content_type), ("cookie", &omar.cookies())];
        let request = app.request("POST", "/oauth/authorize", &headers, &body.expect("JSON"));
        let answer = app.send(request, HOME).await;
        assert!(answer.status >= 400 && answer.location().is_empty(), "{answer:?}");
    }
    assert!(has_no_connection(&mut omar).await);
    assert!(!omar.post(&form, &fields).await.callback().code().is_empty());
}

/// A page shown to one person is not answered by the next one who signs in at the same browser.
async fn o02_a_form_of_somebody_else_gives_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let (mut browser, form, fields) = asked(&app, &board.asks("profile")).await;
    browser.sign_out().await;
    "lena@example.com".clone_into(&mut browser.email);
    browser.open("/login").await;
    browser.sign_in().await;
    browser.post(&form, &with_field(&fields, "tenant", "south")).await.error_page(403);
    browser.post(&form, &fields).await.error_page(403);
    assert!(has_no_connection(&mut browser).await);
}

async fn o14_a_double_click_is_answered_once(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let asked_for = board.asks("profile");
    let (mut omar, form, fields) = asked(&app, &asked_for).await;
    let first = omar.post(&form, &fields).await.callback();
    let second = omar.post(&form, &fields).await;
    second.error_page(400);
    assert!(second.body.contains("already_answered"), "{second:?}");
    let denied = form.clone().press("decision", "deny").expect("the button");
    omar.post(&form, &denied).await.error_page(400);
    Tokens::read(&board.exchange(&asked_for, &first).await);
}

async fn o14_a_race_of_clicks_makes_one_code(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let (omar, form, fields) = asked(&app, &board.asks("profile")).await;
    let click = || app.send(omar.written(&form, &fields, &[]), HOME);
    let answers = tokio::join!(click(), click(), click(), click());
    let answers = [answers.0, answers.1, answers.2, answers.3];
    assert_eq!(answers.iter().filter(|answer| answer.status == 303).count(), 1, "{answers:?}");
    for late in answers.iter().filter(|answer| answer.status != 303) {
        late.error_page(400);
    }
}

/// Two requests of one person for one app, both allowed at the same moment: both are answered, nothing is lost.
async fn o14_two_windows_make_one_connection(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let (mut one, mut other) = (app.person("omar"), app.person("omar"));
    let (first, second) = (board.asks("profile"), board.asks("forms:read"));
    one.open(&first.url()).await;
    one.sign_in().await;
    other.open(&second.url()).await;
    other.sign_in().await;
    let (one, other) = tokio::join!(one.consents(), other.consents());
    let first = Tokens::read(&board.exchange(&first, &one.callback()).await);
    let second = Tokens::read(&board.exchange(&second, &other.callback()).await);
    assert_eq!((first.scope.as_str(), second.scope.as_str()), ("profile", "forms:read"));
    app.api().check(&first.access, &["profile"]).await.ok();
    app.api().check(&second.access, &["forms:read"]).await.ok();
    let mut omar = app.person("omar");
    omar.sign_in().await;
    let page = omar.open("/account").await;
    assert_eq!(page.body.matches("/disconnect\"").count(), 1, "{page:?}");
    assert!(page.body.contains("See your name") && page.body.contains("Read your forms"), "{page:?}");
}

async fn o14_what_was_denied_stays_denied(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let (mut omar, form, fields) = asked(&app, &board.asks("profile")).await;
    let denied = form.clone().press("decision", "deny").expect("the button");
    omar.post(&form, &denied).await.callback().refused("access_denied");
    omar.post(&form, &fields).await.error_page(400);
    omar.post(&form, &with_field(&fields, "decision", "perhaps")).await.error_page(400);
    assert!(has_no_connection(&mut omar).await);
}

async fn c33_an_interaction_belongs_to_its_browser(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let (mut omar, form, fields) = asked(&app, &board.asks("profile")).await;
    let sealed = fields.iter().find(|(name, _)| name == "interaction").expect("an interaction").1.clone();
    let mut lena = app.person("lena");
    lena.sign_in().await;
    let addresses =
        ["/login", "/signup", "/oauth/authorize"].map(|path| format!("{path}?interaction={sealed}"));
    for address in &addresses {
        let mut stranger = app.person("sam");
        for answer in [stranger.look(address).await, lena.look(address).await] {
            answer.error_page(400);
            assert!(answer.body.contains("start again"), "{answer:?}");
            for hidden in ["omar", "try-again", "interaction"] {
                assert!(!answer.body.contains(hidden), "{hidden}: {answer:?}");
            }
        }
    }
    // Not even with a token of her own.
    lena.open(&board.asks("profile").url()).await;
    let (_, own) = lena.deciding("allow", |form| form);
    let stolen = with_field(&own, "interaction", &sealed);
    lena.post(&form, &stolen).await.error_page(400);
    for broken in ["", "x", &sealed[1..], &sealed.to_lowercase(), &"A".repeat(200)] {
        let answer = omar.look(&format!("/login?interaction={broken}")).await;
        assert!(broken.is_empty() || answer.status == 400, "{answer:?}");
    }
    assert!(!omar.post(&form, &fields).await.callback().code().is_empty());
}

/// authentik CVE-2024-52287: what was sealed wins over what is sent beside it.
async fn c34_what_was_asked_cannot_be_changed_on_the_way(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let asked_for = board.asks("profile");
    let (mut omar, form, mut fields) = asked(&app, &asked_for).await;
    omar.post(&form, &with_field(&fields, "tenant", "south")).await;
    assert_eq!(omar.page().status, 422, "Omar is not in South");
    for (name, value) in [
        ("scope", "forms:write"),
        ("scope", "bookings:read"),
        ("client_id", "ledger"),
        ("redirect_uri", "https://board.example.net/other"),
        ("state", "changed"),
        ("response_mode", "form_post"),
        ("code_challenge", "changed"),
    ] {
        fields.push((name.to_owned(), value.to_owned()));
    }
    let mut tampered = form.clone();
    "/oauth/authorize?scope=forms:write&redirect_uri=https://evil.example&client_id=ledger"
        .clone_into(&mut tampered.action);
    let callback = omar.post(&tampered, &fields).await.callback();
    assert_eq!(
        (callback.to.as_str(), callback.get("state")),
        ("https://board.example.net/cb", Some(asked_for.get("state")))
    );
    assert_eq!(Tokens::read(&board.exchange(&asked_for, &callback).await).scope, "profile");
}

async fn c36_an_interaction_ends(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let (mut omar, form, fields) = asked(&app, &board.asks("profile")).await;
    let mut lena = app.person("lena");
    lena.open(&board.asks("profile").url()).await;
    let login = lena.page().login_form().expect("a sign-in form");
    app.advance(29 * MINUTE);
    assert!(lena.submit_login().await.location().starts_with("/oauth/authorize?"));
    app.advance(2 * MINUTE);
    omar.post(&form, &fields).await.error_page(400);
    let late = login.clone().fill("email", "lena@example.com").expect("a field").submit();
    let answer = lena.post(&login, &late).await;
    answer.error_page(400);
    assert!(answer.body.contains("start again"), "{answer:?}");
    assert!(has_no_connection(&mut omar).await);
}

async fn a_session_that_ended_meanwhile_is_begun_again(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let (mut omar, form, fields) = asked(&app, &board.asks("profile")).await;
    omar.sign_out().await;
    let answer = omar.post(&form, &fields).await;
    assert!(answer.location().starts_with("/login?interaction="), "{answer:?}");
    let to_login = answer.location().to_owned();
    omar.open(&to_login).await;
    assert!(omar.sign_in().await.consent_form().is_some());
}
