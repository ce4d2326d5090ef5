//! The consent page of people who belong to many tenants, to tenants of one name, or to none where they may let an app in.

use std::fmt::Write;

use symbolon_demo::page_form::PageForm;
use symbolon_store::testing::Database;

use crate::support::{Answer, MINUTE, TestApp, Tokens, choosing, stories};

stories!(
    many_tenants_fold_and_are_found,
    of_many_tenants_the_last_used_is_first,
    tenants_of_one_name_are_told_apart,
    where_nobody_can_allow_the_page_says_why_first,
    the_buttons_come_after_everything,
);

/// Ten more clinics of Jane's, which makes twelve.
async fn declare_branches(app: &TestApp) {
    let mut declared = String::new();
    for number in 1..=10 {
        let tenant = format!("[[tenant]]\nid = \"b{number}\"\nname = \"Branch {number:02}\"\n");
        let role =
            format!("[[membership]]\ntenant = \"b{number}\"\nuser = \"u-jane\"\nrole = \"practitioner\"\n");
        write!(declared, "{tenant}{role}").expect("a string");
    }
    app.declare(&declared).await;
}

fn tenants(page: &Answer) -> Vec<String> {
    let form = page.consent_form().unwrap_or_else(|| panic!("no consent form: {page:?}"));
    form.choices("tenant").into_iter().map(str::to_owned).collect()
}

fn looking_for(name: &str) -> impl FnOnce(PageForm) -> PageForm {
    move |form| form.fill("find", name).expect("a field to look for a tenant")
}

async fn many_tenants_fold_and_are_found(database: Database) {
    let app = TestApp::start(database).await;
    declare_branches(&app).await;
    let (board, mut jane) = (app.client("board"), app.person("jane"));
    let asked = board.asks("profile bookings:read");
    jane.open(&asked.url()).await;
    let page = jane.sign_in().await;
    assert_eq!(tenants(&page).len(), 2, "{page:?}");
    assert!(page.body.contains("another of your 12"), "{page:?}");
    // What was chosen and left out stays, whatever is looked for.
    let first = tenants(&page).remove(0);
    let (form, mut fields) = jane.deciding("find", |form| looking_for("branch 1")(choosing(&first)(form)));
    fields.retain(|(name, _)| name != "scope");
    let page = jane.post(&form, &fields).await;
    assert_eq!((page.status, tenants(&page)), (200, vec![first, "b10".to_owned()]), "{page:?}");
    let (_, again) = jane.deciding("allow", |form| form);
    assert!(again.iter().all(|(name, _)| name != "scope"), "it stays left out: {again:?}");
    let page = jane.decide("find", looking_for("nothing like that")).await;
    assert!(page.body.contains("Nothing of yours is called that"), "{page:?}");
    jane.decide("find", looking_for("  BRANCH 10 ")).await;
    let callback = jane.consents_for("b10").await.callback();
    let tokens = Tokens::read(&board.exchange(&asked, &callback).await);
    assert_eq!(
        (tokens.scope.as_str(), &board.me(&tokens.access).await.ok()["tenant"]),
        ("profile", &"b10".into())
    );
}

async fn of_many_tenants_the_last_used_is_first(database: Database) {
    let app = TestApp::start(database).await;
    declare_branches(&app).await;
    let (board, mut jane) = (app.client("board"), app.person("jane"));
    for branch in ["07", "09"] {
        let asked = board.asks("profile").with("prompt", "consent");
        let page = jane.open(&asked.url()).await;
        if page.consent_form().is_none() {
            jane.sign_in().await;
        }
        jane.decide("find", looking_for(branch)).await;
        let tenant = format!("b{}", branch.trim_start_matches('0'));
        board.exchange(&asked, &jane.consents_for(&tenant).await.callback()).await.ok();
        app.advance(MINUTE);
    }
    // Whichever app was let in there.
    for client in ["board", "ledger"] {
        let page = jane.open(&app.client(client).asks("profile").with("prompt", "consent").url()).await;
        assert_eq!(tenants(&page)[..2], ["b9", "b7"], "{client}: {page:?}");
    }
}

async fn tenants_of_one_name_are_told_apart(database: Database) {
    let app = TestApp::start(database).await;
    let renamed = |id: &str| {
        format!("[[tenant]]\nid = \"{id}\"\nname = \"Clinic\"\nbase_url = \"https://{id}.example.com\"\n")
    };
    let (board, mut jane) = (app.client("board"), app.person("jane"));
    jane.open(&board.asks("profile").url()).await;
    let page = jane.sign_in().await;
    assert!(!page.body.contains("north.example.com"), "names that differ are enough: {page:?}");
    app.declare(&(renamed("north") + &renamed("south"))).await;
    let page = jane.open(&board.asks("profile").with("prompt", "consent").url()).await;
    for host in ["north.example.com", "south.example.com"] {
        assert!(page.body.contains(&format!("<bdi>{host}</bdi>")), "{host}: {page:?}");
    }
}

async fn where_nobody_can_allow_the_page_says_why_first(database: Database) {
    let app = TestApp::start(database).await;
    let (tower, board) = (app.client("tower"), app.client("board"));
    let cases = [
        ("sam", tower.asks("forms:read"), "may not connect apps for everyone"),
        ("sam", board.asks("bookings:read"), "cannot give what this app asks for"),
        ("nina", tower.asks("forms:read"), "You belong to no place where it could work"),
    ];
    for (name, asked, why) in cases {
        let mut person = app.person(name);
        person.open(&asked.url()).await;
        let page = person.sign_in().await;
        let (top, rest) = page.body.split_once("permissions-heading").expect("a consent page");
        let at = top.find(why).unwrap_or_else(|| panic!("{why} is said before the permissions: {page:?}"));
        assert!(at < top.find("switch-account").expect("who is signed in"), "{why}: at once");
        assert!(top.contains("administrator"), "{why}: whom to ask: {page:?}");
        assert!(!page.body.contains("value=\"allow\"") && !page.body.contains("type=\"radio\""), "{page:?}");
        assert!(!rest.contains("type=\"checkbox\""), "nothing is left out of nothing: {page:?}");
        assert!(!rest.contains("Your role"), "{why}: is said once: {page:?}");
        assert!(!page.body.contains("<span class=\"hint\"><bdi></bdi>"), "what is not described: {page:?}");
        let form = page.forms().into_iter().find(|form| form.has_button("decision", "deny")).expect("a form");
        let fields = form.clone().press("decision", "deny").expect("the button");
        person.post(&form, &fields).await.callback().refused("access_denied");
    }
}

async fn the_buttons_come_after_everything(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    let asked = app.client("pocket").asks("profile").with("redirect_uri", "http://127.0.0.1:4711/cb");
    omar.open(&asked.url()).await;
    let page = omar.sign_in().await;
    let at = |text: &str| page.body.find(text).unwrap_or_else(|| panic!("{text}: {page:?}"));
    let order = [
        "<h1>",
        "Did you start this yourself?",
        "id=\"switch-account\"",
        "id=\"tenant\"",
        "id=\"permissions-heading\"",
        "You will go back to",
        "value=\"deny\"",
        "value=\"allow\"",
    ];
    assert!(order.map(at).is_sorted(), "{page:?}");
}
