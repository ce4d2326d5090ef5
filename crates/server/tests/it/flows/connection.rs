//! An app and a person find together, and again.

use symbolon_demo::page_form::PageForm;
use symbolon_store::testing::Database;

use crate::support::{Answer, MINUTE, TestApp, Tokens, stories};

stories!(
    a_first_connection,
    a_public_app_connects,
    remembered_consent_asks_nothing,
    more_scopes_ask_only_for_what_is_new,
    an_optional_scope_can_be_left_out,
    an_optional_scope_is_kept_when_more_is_asked,
    a_refusal_is_told_and_leaves_nothing,
    signing_up_leads_back_to_the_app,
    two_apps_know_nothing_of_each_other,
);

async fn a_first_connection(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let asked = board.asks("forms:read");

    let page = omar.open(&asked.url()).await;
    assert!(page.login_form().is_some() && page.body.contains("Forms Board"), "{page:?}");
    let page = omar.sign_in().await;
    assert!(page.consent_form().is_some() && page.body.contains("Read your forms"), "{page:?}");
    assert!(page.body.contains("board.example.net") && page.body.contains("omar@example.com"), "{page:?}");
    let callback = omar.consents().await.callback();
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

async fn a_public_app_connects(database: Database) {
    let app = TestApp::start(database).await;
    let (pocket, mut omar) = (app.client("pocket"), app.person("omar"));
    let asked = pocket.asks("profile").with("redirect_uri", "http://127.0.0.1:49152/cb");
    omar.open(&asked.url()).await;
    let page = omar.sign_in().await;
    assert!(page.body.contains("running on this computer"), "{page:?}");
    let callback = omar.consents().await.callback();
    let tokens = Tokens::read(&pocket.exchange(&asked, &callback).await);
    Tokens::read(&pocket.refresh(&tokens.refresh).await);
}

async fn remembered_consent_asks_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    board.connect(&mut omar, "profile forms:read").await;
    app.advance(MINUTE);
    for scope in ["profile forms:read", "forms:read", "profile"] {
        let asked = board.asks(scope);
        let callback = omar.look(&asked.url()).await.callback();
        assert_eq!(Tokens::read(&board.exchange(&asked, &callback).await).scope, scope);
    }
    // At another browser the person signs in, and that is all.
    let mut elsewhere = omar.elsewhere();
    let asked = board.asks("profile");
    elsewhere.open(&asked.url()).await;
    let callback = elsewhere.sign_in().await.callback();
    Tokens::read(&board.exchange(&asked, &callback).await);
    // Another person is asked, of course.
    let mut lena = app.person("lena");
    lena.open(&board.asks("profile").url()).await;
    assert!(lena.sign_in().await.consent_form().is_some());
}

/// What the page lists as new, and what as already allowed.
fn new_and_known(page: &Answer) -> (String, String) {
    let (new, known) = page.body.split_once("id=\"already\"").expect("a list of what is allowed already");
    (new.to_owned(), known.to_owned())
}

async fn more_scopes_ask_only_for_what_is_new(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let first = board.connect(&mut omar, "profile").await;
    let asked = board.asks("profile forms:read");
    let page = omar.open(&asked.url()).await;
    let (new, known) = new_and_known(&page);
    assert!(new.contains("Read your forms") && !new.contains("See your name"), "{page:?}");
    assert!(known.contains("See your name"), "{page:?}");
    let callback = omar.consents().await.callback();
    let second = Tokens::read(&board.exchange(&asked, &callback).await);
    assert_eq!(second.scope, "profile forms:read");
    // Consenting to more does not widen what was issued before.
    assert_eq!(app.api().check(&first.access, &["forms:read"]).await.status, 403);
    assert_eq!(Tokens::read(&board.refresh(&first.refresh).await).scope, "profile");
}

async fn an_optional_scope_can_be_left_out(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let asked = board.asks("profile bookings:read");
    omar.open(&asked.url()).await;
    let page = omar.sign_in().await;
    assert_eq!(page.consent_form().expect("a form").choices("scope"), ["bookings:read"]);
    let callback = omar.consents_without(&["bookings:read"]).await.callback();
    let tokens = Tokens::read(&board.exchange(&asked, &callback).await);
    assert_eq!(tokens.scope, "profile");
    assert_eq!(app.api().check(&tokens.access, &["bookings:read"]).await.status, 403);
    // Asked again, it can be given.
    let asked = board.asks("profile bookings:read");
    assert!(omar.open(&asked.url()).await.consent_form().is_some());
    let tick = |form: PageForm| form.choose("scope", "bookings:read").expect("the box");
    let callback = omar.decide("allow", tick).await.callback();
    assert_eq!(Tokens::read(&board.exchange(&asked, &callback).await).scope, "profile bookings:read");
    // A scope that is not optional cannot be left out by editing the form.
    let asked = board.asks("profile forms:read");
    omar.open(&asked.url()).await;
    let callback = omar.consents_without(&["forms:read", "profile"]).await.callback();
    assert_eq!(Tokens::read(&board.exchange(&asked, &callback).await).scope, "profile forms:read");
}

async fn an_optional_scope_is_kept_when_more_is_asked(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let first = board.connect(&mut omar, "profile bookings:read").await;
    assert_eq!(first.scope, "profile bookings:read");
    let second = board.connect(&mut omar, "profile bookings:read forms:read").await;
    assert_eq!(second.scope, "profile bookings:read forms:read");
    assert_eq!(Tokens::read(&board.refresh(&first.refresh).await).scope, "profile bookings:read");
}

async fn a_refusal_is_told_and_leaves_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let asked = board.asks("profile");
    omar.open(&asked.url()).await;
    omar.sign_in().await;
    let callback = omar.refuses().await.callback();
    callback.refused("access_denied");
    assert_eq!(callback.get("state"), Some(asked.get("state")));
    assert!(omar.open("/account").await.body.contains("No app is connected"));
    assert!(omar.open(&board.asks("profile").url()).await.consent_form().is_some(), "it may ask again");
}

async fn signing_up_leads_back_to_the_app(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let asked = board.asks("profile forms:write");
    let mut ada = app.person("ada");
    let page = ada.open(&asked.url()).await;
    let form = page.forms().into_iter().find(|form| form.action == "/signup").expect("a way to sign up");
    let form = ada.post(&form, &form.clone().submit()).await.login_form().expect("a form");
    let filled =
        form.clone().fill("name", "Ada Byron").and_then(|form| form.fill("email", "ada@example.com"));
    let fields =
        filled.and_then(|form| form.fill("password", "a long enough password")).expect("fields").submit();
    let answer = ada.post(&form, &fields).await;
    let onward = answer.location().to_owned();
    let page = ada.open(&onward).await;
    assert!(page.consent_form().is_some(), "{page:?}");
    assert!(
        page.consent_form().expect("a form").choices("tenant").is_empty(),
        "one's own space is not chosen"
    );
    let callback = ada.consents().await.callback();
    let answer = board.exchange(&asked, &callback).await;
    assert_eq!(answer.ok()["tenant_name"], "Ada Byron");
    assert_eq!(Tokens::read(&answer).scope, "profile forms:write");
}

async fn two_apps_know_nothing_of_each_other(database: Database) {
    let app = TestApp::start(database).await;
    let (board, ledger, mut omar) = (app.client("board"), app.client("ledger"), app.person("omar"));
    let tokens = board.connect(&mut omar, "profile").await;
    assert!(omar.open(&ledger.asks("profile").url()).await.consent_form().is_some());
    assert_eq!(ledger.introspect(&tokens.access).await.ok()["active"], false);
    ledger.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
    ledger.revoke(&tokens.refresh).await;
    assert!(app.api().sees_alive(&tokens.access).await, "nothing of another app is ended");
    assert_eq!(board.introspect(&tokens.access).await.ok()["active"], true);
}
