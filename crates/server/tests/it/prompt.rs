//! When a page must be shown and when none may be (OpenID Connect Core §3.1.2.1; SECURITY table C).

use symbolon_store::testing::Database;

use crate::support::{MINUTE, SECOND, TestApp, Tokens, stories};

stories!(
    c15_none_without_a_session_is_refused_silently,
    c16_none_without_consent_is_refused,
    c17_none_stands_alone,
    c18_some_apps_are_never_answered_silently,
    a35_an_unreviewed_app_gets_no_browser_by_error,
    none_with_consent_is_answered_silently,
    c19_a_cancelled_login_leaves_the_old_request_unanswered,
    c20_login_asks_for_the_password_again,
    select_account_lets_another_person_in,
    consent_asks_again,
    c21_max_age_limits_the_sign_in,
    another_account_can_be_chosen_on_the_consent_page,
    only_an_app_that_doubts_asks_whether_it_is_still_you,
);

async fn c15_none_without_a_session_is_refused_silently(database: Database) {
    let app = TestApp::start(database).await;
    let asked = app.client("board").asks("profile").with("prompt", "none");
    app.refuses(&asked, "login_required").await;
    // A cookie that is set on the way changes nothing later.
    let mut omar = app.person("omar");
    omar.look(&asked.url()).await.callback().refused("login_required");
    omar.look(&asked.url()).await.callback().refused("login_required");
    omar.open("/login").await;
    omar.look(&asked.url()).await.callback().refused("login_required");
}

async fn c16_none_without_consent_is_refused(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    omar.sign_in().await;
    omar.look(&board.asks("profile").with("prompt", "none").url())
        .await
        .callback()
        .refused("consent_required");
    board.connect(&mut omar, "profile").await;
    let more = board.asks("profile forms:read").with("prompt", "none");
    omar.look(&more.url()).await.callback().refused("consent_required");
}

async fn c17_none_stands_alone(database: Database) {
    let app = TestApp::start(database).await;
    let asked = app.client("board").asks("profile");
    for prompt in ["none login", "login none", "none consent", "none select_account", "none whatever"] {
        app.refuses(&asked.clone().with("prompt", prompt), "invalid_request").await;
    }
    for prompt in ["whatever", "login consent", "", " "] {
        assert_eq!(app.get(&asked.clone().with("prompt", prompt).url()).await.status, 303);
    }
}

/// RFC 8252 §8.6: a public app could be anybody; an app in development has not earned it.
async fn c18_some_apps_are_never_answered_silently(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    for client in ["pocket", "draft"] {
        let client = app.client(client);
        client.connect(&mut omar, "profile").await;
        let asked = client.asks("profile").with("prompt", "none");
        omar.look(&asked.url()).await.callback().refused("interaction_required");
        let page = omar.open(&client.asks("profile").url()).await;
        assert!(page.consent_form().is_some(), "{page:?}");
    }
}

/// RFC 9700 §4.11.2: or anybody who registers an app could send browsers anywhere by our name.
async fn a35_an_unreviewed_app_gets_no_browser_by_error(database: Database) {
    let app = TestApp::start(database).await;
    let draft = app.client("draft");
    for (name, value) in [("scope", "nope"), ("prompt", "none"), ("response_type", "token")] {
        let page = app.get(&draft.asks("profile").with(name, value).url()).await;
        page.error_page(400);
        assert!(page.body.contains("https://draft.example.net"), "it names where the app wanted the browser");
    }
    // Reviewed apps are answered, and so is everybody once somebody has signed in.
    app.refuses(&app.client("board").asks("nope"), "invalid_scope").await;
    let mut omar = app.person("omar");
    omar.sign_in().await;
    omar.look(&draft.asks("nope").url()).await.callback().refused("invalid_scope");
}

async fn none_with_consent_is_answered_silently(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    board.connect(&mut omar, "profile").await;
    let asked = board.asks("profile").with("prompt", "none");
    let callback = omar.look(&asked.url()).await.callback();
    Tokens::read(&board.exchange(&asked, &callback).await);
}

/// Keycloak CVE-2023-6787: the page that should follow the sign-in is not reached without it.
async fn c19_a_cancelled_login_leaves_the_old_request_unanswered(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    board.connect(&mut omar, "profile").await;
    omar.open(&board.asks("profile").with("prompt", "consent").url()).await;
    let (form, fields) = omar.deciding("allow", |form| form);
    assert_eq!(omar.page().status, 200);
    app.advance(MINUTE);
    for prompt in ["login", "select_account", "login consent"] {
        let to_login = omar.look(&board.asks("profile").with("prompt", prompt).url()).await;
        let sealed = to_login.location().split_once("interaction=").expect("an interaction").1.to_owned();
        // Going back, going on by hand, and answering a form that was never shown.
        let back = omar.look(&format!("/oauth/authorize?interaction={sealed}")).await;
        assert!(back.location().starts_with("/login?"), "{back:?}");
        let by_hand = |(name, value): &(String, String)| match name.as_str() {
            "interaction" => (name.clone(), sealed.clone()),
            _ => (name.clone(), value.clone()),
        };
        let fields: Vec<_> = fields.iter().map(by_hand).collect();
        let answer = omar.post(&form, &fields).await;
        assert!(answer.location().starts_with("/login?"), "{answer:?}");
    }
    assert_eq!(omar.post(&form, &fields).await.callback().to, "https://board.example.net/cb");
}

async fn c20_login_asks_for_the_password_again(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    board.connect(&mut omar, "profile").await;
    app.advance(SECOND);
    let asked = board.asks("profile").with("prompt", "login");
    let page = omar.open(&asked.url()).await;
    assert!(page.login_form().is_some(), "{page:?}");
    let before = omar.cookies();
    let answer = omar.sign_in().await;
    assert_ne!(omar.cookies(), before);
    Tokens::read(&board.exchange(&asked, &answer.callback()).await);
}

async fn select_account_lets_another_person_in(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut browser) = (app.client("board"), app.person("omar"));
    board.connect(&mut browser, "profile").await;
    app.advance(SECOND);
    let asked = board.asks("profile").with("prompt", "select_account");
    assert!(browser.open(&asked.url()).await.login_form().is_some());
    "lena@example.com".clone_into(&mut browser.email);
    let page = browser.sign_in().await;
    assert!(page.consent_form().is_some() && page.body.contains("Lena Fischer"), "{page:?}");
    let callback = browser.consents().await.callback();
    let tokens = Tokens::read(&board.exchange(&asked, &callback).await);
    assert_eq!(board.me(&tokens.access).await.ok()["user"], "u-lena");
}

async fn consent_asks_again(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    board.connect(&mut omar, "profile").await;
    assert_eq!(omar.open(&board.asks("profile").url()).await.status, 303);
    let page = omar.open(&board.asks("profile").with("prompt", "consent").url()).await;
    assert!(page.consent_form().is_some(), "{page:?}");
}

async fn c21_max_age_limits_the_sign_in(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    board.connect(&mut omar, "profile").await;
    for wrong in ["-1", "+1", "1.5", "one", "1s", "0x1", "99999999999999999999"] {
        app.refuses(&board.asks("profile").with("max_age", wrong), "invalid_request").await;
    }
    app.advance(2 * SECOND);
    let young = board.asks("profile").with("max_age", "5");
    assert_eq!(omar.open(&young.url()).await.callback().to, board.redirect_uri);
    for age in ["1", "0"] {
        let asked = board.asks("profile").with("max_age", age);
        omar.look(&asked.clone().with("prompt", "none").url()).await.callback().refused("login_required");
        assert!(omar.open(&asked.url()).await.login_form().is_some());
        let callback = omar.sign_in().await.callback();
        Tokens::read(&board.exchange(&asked, &callback).await);
        app.advance(2 * SECOND);
    }
}

async fn another_account_can_be_chosen_on_the_consent_page(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut browser) = (app.client("board"), app.person("omar"));
    let asked = board.asks("profile");
    browser.open(&asked.url()).await;
    browser.sign_in().await;
    app.advance(SECOND);
    let form = browser.page().consent_form().expect("one form for every decision");
    let switch = form.clone().press("decision", "switch").expect("a way to another account");
    let answer = browser.post(&form, &switch).await;
    let to_login = answer.location().to_owned();
    browser.open(&to_login).await;
    "lena@example.com".clone_into(&mut browser.email);
    assert!(browser.sign_in().await.body.contains("Lena Fischer"));
    let callback = browser.consents().await.callback();
    let tokens = Tokens::read(&board.exchange(&asked, &callback).await);
    assert_eq!(board.me(&tokens.access).await.ok()["user"], "u-lena");
}

async fn only_an_app_that_doubts_asks_whether_it_is_still_you(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let doubts = |page: &crate::support::Answer| {
        assert!(page.login_form().is_some(), "{page:?}");
        page.body.contains("To be sure that it is you")
    };
    // Nothing is at stake for who wants to be somebody else, whatever the app asked before.
    for asked in [board.asks("profile"), board.asks("profile").with("prompt", "login")] {
        omar.open(&asked.url()).await;
        omar.sign_in().await;
        app.advance(SECOND);
        let page = omar.decide("switch", |form| form).await;
        assert!(!doubts(&page), "{page:?}");
    }
    app.advance(3 * SECOND);
    for (name, value, expected) in [
        ("prompt", "login", true),
        ("max_age", "1", true),
        ("max_age", "0", true),
        ("prompt", "select_account", false),
    ] {
        let page = omar.open(&board.asks("profile").with(name, value).url()).await;
        assert_eq!(doubts(&page), expected, "{name}={value}: {page:?}");
    }
}
