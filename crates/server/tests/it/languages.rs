//! In which language a page speaks: the one that the app asks for its person, then the one that the browser says, then
//! English; and the texts of scopes and roles in it.

use symbolon_store::testing::Database;

use crate::support::{Answer, HOME, MINUTE, TestApp, stories};

stories!(
    a_browser_says_its_language,
    an_app_asks_for_the_language_of_its_person,
    what_goes_wrong_is_told_in_the_language_of_the_page,
    o15_a_language_is_chosen_from_a_list,
    scopes_and_roles_have_texts_in_languages,
    a_text_that_nobody_would_read_is_refused,
    other_words_in_the_language_of_the_page_are_shown_again,
    programs_are_told_which_languages_there_are,
);

/// That a page speaks this language, in every place where that is said.
#[track_caller]
fn speaks(page: &Answer, language: &str) {
    assert!(page.body.contains(&format!("<html lang=\"{language}\" dir=\"ltr\">")), "{page:?}");
    assert_eq!(page.header("content-language"), language, "{page:?}");
    assert_eq!(page.header("vary"), "Accept-Language", "{page:?}");
}

const GERMAN: (&str, &str) = ("accept-language", "fr-FR, de-CH;q=0.8, en;q=0.5");

async fn a_browser_says_its_language(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    omar.sign_in().await;
    for (path, german, english) in [
        ("/", "Ihr Konto bei", "account, and the apps you let in"),
        ("/account", "Verbundene Apps", "Connected apps"),
        ("/logout", "Angemeldet bleiben", "Stay signed in"),
        ("/signup", "Legen Sie Ihr Konto an", "Create your account"),
        ("/nowhere", "Unter dieser Adresse gibt es keine Seite", "There is no page at this address"),
    ] {
        let page = omar.fetch("GET", path, &[GERMAN], "").await;
        speaks(&page, "de");
        assert!(page.body.contains(german) && !page.body.contains(english), "{path}: {page:?}");
        for other in [&[][..], &[("accept-language", "fr")], &[("accept-language", "en, de")]] {
            let page = omar.fetch("GET", path, other, "").await;
            speaks(&page, "en");
            assert!(page.body.contains(english), "{path}: {page:?}");
        }
    }
}

/// OpenID Connect Core §3.1.2.1.
async fn an_app_asks_for_the_language_of_its_person(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    let asked = app.client("board").asks("profile").with("ui_locales", "fr de-AT en");
    // Through the sign-in, whatever the browser says, to the consent page and a form that is sent incomplete.
    let english = [("accept-language", "en")];
    let login = omar.fetch("GET", &asked.url(), &english, "").await;
    let page = omar.fetch("GET", login.location(), &english, "").await;
    speaks(&page, "de");
    assert!(page.body.contains("um mit <b><bdi>"), "{page:?}");
    let signup = page.forms().into_iter().find(|form| form.action == "/signup").expect("a way to sign up");
    speaks(&omar.post(&signup, &signup.clone().submit()).await, "de");
    omar.fetch("GET", login.location(), &english, "").await;
    let consent = omar.sign_in().await;
    speaks(&consent, "de");
    assert!(consent.body.contains("Die App darf dann"), "{consent:?}");
    let answered = omar.consents().await;
    answered.callback().code();
    // An app that asks for nothing that is spoken here leaves it to the browser.
    let asked = app.client("board").asks("profile").with("ui_locales", "fr").with("prompt", "consent");
    let page = omar.fetch("GET", &asked.url(), &[GERMAN], "").await;
    speaks(&page, "de");
    let page = omar.open(&asked.url()).await;
    speaks(&page, "en");
}

async fn what_goes_wrong_is_told_in_the_language_of_the_page(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let asked = board.asks("profile").with("ui_locales", "de");
    let page = app.get(&asked.clone().with("client_id", "nobody").url()).await;
    page.error_page(400);
    speaks(&page, "de");
    assert!(page.body.contains("Wir kennen diese App nicht"), "{page:?}");
    let page = app.get(&asked.clone().with("redirect_uri", "https://x.example/").url()).await;
    speaks(&page, "de");
    // A form of the sign-in whose password is wrong, and one of the consent that was answered.
    let mut omar = app.person("omar");
    omar.open(&asked.url()).await;
    let form = omar.page().login_form().expect("a form");
    let fields = form.clone().fill("email", "omar@example.com").expect("a field");
    let fields = fields.fill("password", "wrong").expect("a field").submit();
    let page = omar.post(&form, &fields).await;
    speaks(&page, "de");
    assert!(page.body.contains("passen nicht zusammen") && page.status == 401, "{page:?}");
    omar.sign_in().await;
    let (form, fields) = omar.deciding("allow", |form| form);
    omar.post(&form, &fields).await.callback().code();
    let again = omar.post(&form, &fields).await;
    speaks(&again, "de");
    assert!(again.body.contains("Das haben Sie schon beantwortet"), "{again:?}");
    app.advance(40 * MINUTE);
    let late = omar.post(&form, &fields).await;
    speaks(&late, "de");
    late.error_page(400);
}

async fn o15_a_language_is_chosen_from_a_list(database: Database) {
    let app = TestApp::start(database).await;
    for tag in ["../de", "de/../../etc", "\u{202e}de", "<script>", "qps-plocm", "d", "", "*"] {
        let asked = app.client("board").asks("profile").with("ui_locales", tag);
        let page = app.person("omar").open(&asked.url()).await;
        speaks(&page, "en");
        assert!(page.login_form().is_some(), "{tag}: {page:?}");
        if tag.is_ascii() {
            let page = app.send(app.request("GET", "/login", &[("accept-language", tag)], ""), HOME).await;
            speaks(&page, "en");
        }
    }
    let page = app.send(app.request("GET", "/login?ui_locales=de", &[], ""), HOME).await;
    speaks(&page, "de");
}

const TEXTS: &str = r#"
[[scope]]
name = "forms:read"
title = "Read your forms"
description = "See them"
[scope.text.de]
title = "Ihre Formulare lesen"

[[role]]
key = "clerk"
title = "Clerk"
scopes = ["*"]
[role.text.de]
title = "Sachbearbeitung"

[[membership]]
tenant = "north"
user = "u-omar"
role = "clerk"
"#;

async fn scopes_and_roles_have_texts_in_languages(database: Database) {
    let app = TestApp::start(database).await;
    app.declare(TEXTS).await;
    let mut omar = app.person("omar");
    omar.sign_in().await;
    let asked = app.client("board").asks("forms:read");
    let page = omar.fetch("GET", &asked.url(), &[GERMAN], "").await;
    assert!(page.body.contains("Ihre Formulare lesen") && !page.body.contains("Read your forms"), "{page:?}");
    assert!(page.body.contains("See them"), "what has no text of its own is said as it stands: {page:?}");
    assert!(page.body.contains("<bdi>Sachbearbeitung</bdi>"), "{page:?}");
    let page = omar.open(&asked.url()).await;
    assert!(page.body.contains("Read your forms") && page.body.contains("<bdi>Clerk</bdi>"), "{page:?}");
    omar.consents().await.callback().code();
    let page = omar.fetch("GET", "/account", &[GERMAN], "").await;
    assert!(page.body.contains("Ihre Formulare lesen"), "{page:?}");
    // What a file says no more is gone.
    app.declare(&TEXTS.replace("[scope.text.de]\ntitle = \"Ihre Formulare lesen\"", "")).await;
    let page = omar.fetch("GET", "/account", &[GERMAN], "").await;
    assert!(page.body.contains("Read your forms"), "{page:?}");
}

async fn a_text_that_nobody_would_read_is_refused(database: Database) {
    let app = TestApp::start(database).await;
    for (text, why) in [
        ("[scope.text.fr]\ntitle = \"Lire\"", "they speak en, de"),
        ("[scope.text.DE]\ntitle = \"Lesen\"", "they speak en, de"),
        ("[scope.text.de]", "says nothing"),
        ("[scope.text.de]\nname = \"Lesen\"", "unknown key"),
        ("[scope.text.de]\ntitle = \"a\\u202Eb\"", "turns text around"),
    ] {
        let state = format!("[[scope]]\nname = \"forms:read\"\ntitle = \"Read\"\n{text}\n");
        let refused = app.try_declare(&state).await.expect_err(text);
        assert!(refused.contains(why), "{text}: {refused}");
    }
}

async fn other_words_in_the_language_of_the_page_are_shown_again(database: Database) {
    let app = TestApp::start(database).await;
    app.declare(TEXTS).await;
    let mut omar = app.person("omar");
    omar.sign_in().await;
    let asked = app.client("board").asks("forms:read").with("ui_locales", "de");
    omar.open(&asked.url()).await;
    app.declare(&TEXTS.replace("Formulare lesen", "Formulare löschen")).await;
    let page = omar.consents().await;
    assert_eq!(page.status, 422, "{page:?}");
    speaks(&page, "de");
    assert!(page.body.contains("jetzt anders beschrieben: <bdi>Ihre Formulare löschen</bdi>"), "{page:?}");
    omar.consents().await.callback().code();
}

/// RFC 8414 §2.
async fn programs_are_told_which_languages_there_are(database: Database) {
    let app = TestApp::start(database).await;
    let metadata = app.get("/.well-known/oauth-authorization-server").await.ok();
    assert_eq!(metadata["ui_locales_supported"], serde_json::json!(["en", "de"]));
    // What programs read has one language.
    let answer = app.send(app.request("GET", "/v1/me", &[GERMAN], ""), HOME).await;
    assert_eq!((answer.header("content-language"), answer.header("vary")), ("", ""), "{answer:?}");
}
