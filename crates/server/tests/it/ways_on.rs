//! Pages that say what went wrong on the way of an app's request: they name the app, lead back to it and begin the request
//! anew, and lead nobody anywhere else.

use symbolon_store::testing::Database;

use crate::support::{Answer, Asked, Callback, HOME, MINUTE, Options, Person, TestApp, stories, with_field};

stories!(
    each_page_on_the_way_names_its_app_and_leads_on,
    a_door_that_was_open_for_too_long_leads_on,
    another_browser_is_told_the_app_and_nothing_more,
    a_request_begun_anew_is_proven_anew,
    only_this_browser_begins_a_request_anew,
    the_way_back_is_one_that_the_app_registered,
    a_request_begun_anew_wants_a_sign_in_of_its_own,
    a_stranger_is_told_that_an_app_was_suspended_for_a_link_of_its_own,
);

const HOMEPAGE: &str = "href=\"https://board.example.net\"";

/// Presses Try again.
async fn tries_again(person: &mut Person) -> Answer {
    let form = person.page().forms().into_iter().find(|form| form.has_button("decision", "again"));
    let form = form.unwrap_or_else(|| panic!("no way to try again: {:?}", person.page()));
    let fields = form.clone().press("decision", "again").expect("the button");
    person.post(&form, &fields).await
}

/// What Try again leads to in the end: the answer to the app.
async fn ends(person: &mut Person) -> Callback {
    let mut answer = tries_again(person).await;
    if answer.location().starts_with('/') {
        let to = answer.location().to_owned();
        answer = person.open(&to).await;
    }
    if answer.login_form().is_some() {
        answer = person.sign_in().await;
    }
    if answer.consent_form().is_some() {
        answer = person.consents().await;
    }
    answer.callback()
}

#[track_caller]
fn leads_on(page: &Answer, status: u16, code: &str) {
    page.error_page(status);
    for shown in ["<bdi>Forms Board</bdi>", HOMEPAGE, "id=\"try-again\"", code] {
        assert!(page.body.contains(shown), "{code}: {shown}: {page:?}");
    }
    let policy = page.header("content-security-policy");
    assert!(!policy.contains("form-action"), "it may end at the app: {policy}");
}

async fn each_page_on_the_way_names_its_app_and_leads_on(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let asked = board.asks("profile").with("prompt", "consent");
    omar.open(&asked.url()).await;
    omar.sign_in().await;
    let (form, fields) = omar.deciding("allow", |form| form);
    omar.post(&form, &fields).await.callback().code();
    leads_on(&omar.post(&form, &fields).await, 400, "already_answered");
    let callback = ends(&mut omar).await;
    assert_eq!(callback.get("state"), Some(asked.get("state")));
    board.exchange(&asked, &callback).await.ok();

    app.advance(31 * MINUTE);
    leads_on(&omar.post(&form, &fields).await, 400, "expired");
    board.exchange(&asked, &ends(&mut omar).await).await.ok();

    // Signed in anew in another tab: the page was shown to the session before.
    omar.open(&asked.url()).await;
    let (form, fields) = omar.deciding("allow", |form| form);
    omar.open("/login").await;
    omar.sign_out().await;
    omar.sign_in().await;
    leads_on(&omar.post(&form, &fields).await, 403, "form_not_recognised");
    board.exchange(&asked, &ends(&mut omar).await).await.ok();

    // What no form of ours decides.
    omar.open(&asked.url()).await;
    let (form, fields) = omar.deciding("allow", |form| form);
    leads_on(&omar.post(&form, &with_field(&fields, "decision", "perhaps")).await, 400, "expired");
}

async fn a_door_that_was_open_for_too_long_leads_on(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    for state in ["short".to_owned(), "s".repeat(4096)] {
        let (asked, mut omar) = (board.asks("profile").with("state", &state), app.person("omar"));
        let door = omar.open(&asked.url()).await;
        let form = door.login_form().expect("a form");
        app.advance(31 * MINUTE);
        let page = omar.post(&form, &form.clone().submit()).await;
        leads_on(&page, 400, "expired");
        assert_eq!(ends(&mut omar).await.get("state"), Some(state.as_str()));
        if door.target.starts_with("/login?") {
            leads_on(&omar.look(&door.target).await, 400, "expired");
        }
    }
    // One whose token is not its own.
    let mut omar = app.person("omar");
    let form = omar.open(&board.asks("profile").url()).await.login_form().expect("a form");
    let page = omar.post(&form, &with_field(&form.clone().submit(), "csrf", "x")).await;
    leads_on(&page, 403, "form_not_recognised");
    ends(&mut omar).await.code();
}

async fn another_browser_is_told_the_app_and_nothing_more(database: Database) {
    let app = TestApp::start(database).await;
    let asked = app.client("board").asks("profile").with("login_hint", "omar@example.com");
    let begun = app.get(&asked.url()).await.location().to_owned();
    assert!(begun.starts_with("/login?interaction="), "{begun}");
    let mut elsewhere = app.person("omar");
    for signed_in in [false, true] {
        if signed_in {
            elsewhere.sign_in().await;
        }
        let page = elsewhere.look(&begun).await;
        page.error_page(400);
        assert!(page.body.contains("<bdi>Forms Board</bdi>") && page.body.contains(HOMEPAGE), "{page:?}");
        for hidden in ["try-again", asked.get("state"), "omar@example.com", "interaction"] {
            assert!(!page.body.contains(hidden), "{hidden}: {page:?}");
        }
    }
    // What is none of ours names nobody.
    let page = elsewhere.look(&begun.replace("interaction=", "interaction=A")).await;
    page.error_page(400);
    assert!(!page.body.contains("Forms Board"), "{page:?}");
}

async fn a_request_begun_anew_is_proven_anew(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let asked = board.asks("profile");
    omar.open(&asked.url()).await;
    omar.sign_in().await;
    let (form, fields) = omar.deciding("allow", |form| form);
    app.advance(31 * MINUTE);
    leads_on(&omar.post(&form, &fields).await, 400, "expired");
    app.suspend("board").await;
    let page = tries_again(&mut omar).await;
    assert!(page.body.contains("app_unavailable"), "{page:?}");
    app.resume("board").await;

    leads_on(&omar.post(&form, &fields).await, 400, "expired");
    let gone = |app: &mut symbolon_platform::app::App| {
        app.client.redirect_uris = vec!["https://board.example.net/new".to_owned()];
    };
    app.edit_app("board", gone).await;
    let page = tries_again(&mut omar).await;
    page.error_page(400);
    assert!(page.body.contains("redirect_uri_not_registered") && page.body.contains(HOMEPAGE), "{page:?}");
    assert!(!page.body.contains("try-again"), "the same would be the same: {page:?}");
}

async fn only_this_browser_begins_a_request_anew(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    omar.open(&board.asks("profile").url()).await;
    omar.sign_in().await;
    let (form, fields) = omar.deciding("allow", |form| form);
    app.advance(31 * MINUTE);
    let page = omar.post(&form, &fields).await;
    let form = page.forms().into_iter().find(|form| form.has_button("decision", "again")).expect("a form");
    let fields = form.clone().press("decision", "again").expect("the button");
    let mut lena = app.person("lena");
    lena.sign_in().await;
    lena.post(&form, &fields).await.error_page(400);
    omar.post(&form, &with_field(&fields, "csrf", "x")).await.error_page(403);
    for headers in [[("sec-fetch-site", "cross-site")], [("origin", "https://evil.example")]] {
        app.send(omar.written(&form, &fields, &headers), HOME).await.error_page(403);
    }
    assert!(omar.post(&form, &fields).await.consent_form().is_some());
    app.advance(31 * MINUTE);
    leads_on(&omar.post(&form, &fields).await, 400, "expired");
}

/// The page that a request meets once it is too old, for whoever is signed in or not.
async fn too_late(app: &TestApp, asked: &Asked) -> Answer {
    let mut person = app.person("omar");
    let form = person.open(&asked.url()).await.login_form().expect("a form");
    app.advance(31 * MINUTE);
    person.post(&form, &form.clone().submit()).await
}

async fn the_way_back_is_one_that_the_app_registered(database: Database) {
    let app = TestApp::start(database).await;
    let back = |page: &Answer| {
        let (_, link) = page.body.split_once("id=\"back\" href=\"")?;
        Some(link.split('"').next().unwrap_or_default().to_owned())
    };
    let asked = app.client("ledger").asks("profile");
    let page = too_late(&app, &asked).await;
    assert_eq!(back(&page).as_deref(), Some("https://ledger.example.net/"), "no home page: {page:?}");
    // A program on this computer waits no longer, and nobody is led into an app by its scheme.
    for uri in ["http://127.0.0.1:7777/cb", "com.example.pocket:/cb"] {
        let page = too_late(&app, &app.client("pocket").asks("profile").with("redirect_uri", uri)).await;
        assert!(page.body.contains("<bdi>Pocket</bdi>") && back(&page).is_none(), "{uri}: {page:?}");
    }
    // An address that was not proven leads nowhere, wherever it stands.
    for client in ["board", "ledger"] {
        let asked = app.client(client).asks("profile").with("redirect_uri", "https://evil.example/cb");
        let page = app.get(&asked.url()).await;
        page.error_page(400);
        let home = (client == "board").then_some("https://board.example.net");
        assert_eq!(back(&page).as_deref(), home, "{page:?}");
    }
    // Nobody who is unknown here is led to an app that nobody has reviewed.
    let asked = app.client("draft").asks("profile");
    let page = too_late(&app, &asked).await;
    assert!(page.body.contains("<bdi>Draft</bdi>") && back(&page).is_none(), "{page:?}");
    let mut omar = app.person("omar");
    omar.open(&asked.url()).await;
    omar.sign_in().await;
    let (form, fields) = omar.deciding("allow", |form| form);
    app.advance(31 * MINUTE);
    let page = omar.post(&form, &fields).await;
    assert_eq!(back(&page).as_deref(), Some("https://draft.example.net/"), "{page:?}");
}

async fn a_request_begun_anew_wants_a_sign_in_of_its_own(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    omar.open(&board.asks("profile").with("prompt", "login").url()).await;
    omar.sign_in().await;
    let (form, fields) = omar.deciding("allow", |form| form);
    app.advance(31 * MINUTE);
    leads_on(&omar.post(&form, &fields).await, 400, "expired");
    app.advance(MINUTE);
    let answer = tries_again(&mut omar).await;
    assert!(answer.location().starts_with("/login?interaction="), "{answer:?}");
}

/// C-01, A-34.
async fn a_stranger_is_told_that_an_app_was_suspended_for_a_link_of_its_own(database: Database) {
    let configuration = "[brand]\nname = \"Acme\"\nsupport_url = \"https://help.acme.example\"\n";
    let app = TestApp::with(database, Options { configuration, ..Options::default() }).await;
    let asked = app.client("board").asks("profile");
    app.suspend("board").await;
    let page = app.get(&asked.url()).await;
    page.error_page(400);
    for shown in ["Acme has suspended this app", "href=\"https://help.acme.example\"", "app_unavailable"] {
        assert!(page.body.contains(shown), "{shown}: {page:?}");
    }
    for hidden in ["Forms Board", "board.example.net", "try-again", "tile-icon"] {
        assert!(!page.body.contains(hidden), "{hidden}: {page:?}");
    }
    let mut omar = app.person("omar");
    omar.sign_in().await;
    let page = omar.open(&asked.url()).await;
    assert!(page.body.contains("Acme has suspended <bdi>Forms Board</bdi>"), "{page:?}");
    assert!(!page.body.contains("board.example.net"), "nobody is led there: {page:?}");
}
