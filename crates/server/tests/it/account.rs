//! The account page: what is connected, where one is signed in, and ending either.

use symbolon_platform::deed::Deed;
use symbolon_store::testing::Database;

use crate::support::{DAY, HOME, MINUTE, Person, TestApp, stories};

stories!(
    shows_what_is_connected_and_since_when,
    two_spaces_of_ones_own_are_told_apart,
    nobody_sees_or_ends_what_is_another_persons,
    disconnecting_takes_a_form_of_ones_own,
    a_restarted_browser_can_still_use_its_forms,
    signs_out_everywhere_else,
    one_session_ends_alone,
    sessions_say_when_they_were_last_used,
    sessions_say_where_they_are,
    wants_a_signed_in_person,
);

/// The address of the first connection's page.
async fn connection(person: &mut Person) -> String {
    let page = person.open("/account").await;
    let (_, rest) = page.body.split_once("/account/connections/").expect("a connection");
    format!("/account/connections/{}/disconnect", rest.split_once("/disconnect").expect("a way to end it").0)
}

async fn shows_what_is_connected_and_since_when(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut jane) = (app.client("board"), app.person("jane"));
    let tokens = board.connect_for(&mut jane, "profile forms:read", "north").await;
    let page = jane.open("/account").await;
    for shown in ["Forms Board", "Clinic North", "See your name", "Read your forms", "Not used yet"] {
        assert!(page.body.contains(shown), "{shown}: {page:?}");
    }
    app.api().check(&tokens.access, &["profile"]).await.ok();
    app.writes_usage().await;
    app.advance(2 * DAY);
    let page = jane.open("/account").await;
    assert!(page.body.contains("Last used") && !page.body.contains("Not used yet"), "{page:?}");
    app.suspend("board").await;
    assert!(jane.open("/account").await.body.contains("Paused"));
}

async fn two_spaces_of_ones_own_are_told_apart(database: Database) {
    let app = TestApp::start(database).await;
    let space = |id: &str| {
        format!(
            "[[tenant]]\nid = \"{id}\"\nname = \"Lena\"\nkind = \"personal\"\n\
             [[membership]]\ntenant = \"{id}\"\nuser = \"u-lena\"\nrole = \"owner\"\n"
        )
    };
    app.declare(&space("lena-work")).await;
    let (board, mut lena) = (app.client("board"), app.person("lena"));
    board.connect_for(&mut lena, "profile", "lena-work").await;
    let page = lena.open("/account").await;
    assert!(!page.body.contains("lena-work"), "the only one needs no name: {page:?}");
    app.declare(&space("lena-home")).await;
    app.advance(MINUTE);
    board.connect_for(&mut lena, "profile", "lena-home").await;
    let page = lena.open("/account").await;
    for id in ["lena-work", "lena-home"] {
        assert!(page.body.contains(&format!("<bdi>{id}</bdi>")), "{id}: {page:?}");
    }
    // The page that asks says which one it ends; the latest stands first.
    let address = connection(&mut lena).await;
    let page = lena.open(&address).await;
    let named = |id: &str| page.body.contains(&format!("<bdi>{id}</bdi>"));
    assert!(named("lena-home") && !named("lena-work"), "{page:?}");
}

async fn nobody_sees_or_ends_what_is_another_persons(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let tokens = board.connect(&mut omar, "profile").await;
    let address = connection(&mut omar).await;
    let mut lena = app.person("lena");
    lena.sign_in().await;
    assert!(lena.open("/account").await.body.contains("No app is connected"));
    lena.look(&address).await.error_page(404);
    let own = lena.open("/logout").await.forms().into_iter().next().expect("a form");
    let mut stolen = own.clone();
    address.clone_into(&mut stolen.action);
    lena.post(&stolen, &own.submit()).await.error_page(404);
    let id = address.trim_start_matches("/account/connections/").trim_end_matches("/disconnect").to_owned();
    assert!(!lena.open(&format!("/account?disconnected={id}")).await.body.contains("Forms Board"));
    for id in ["x", "00000000-0000-7000-8000-000000000000", "%00", "' OR 1=1"] {
        let address = format!("/account/connections/{}/disconnect", id.replace(' ', "%20"));
        lena.look(&address).await.error_page(404);
    }
    assert!(app.api().sees_alive(&tokens.access).await);
}

async fn disconnecting_takes_a_form_of_ones_own(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let tokens = board.connect(&mut omar, "profile").await;
    let address = connection(&mut omar).await;
    let form = omar.open(&address).await.forms().into_iter().next().expect("a form");
    assert!(app.api().sees_alive(&tokens.access).await, "looking ends nothing");
    app.send(omar.written(&form, &[], &[]), HOME).await.error_page(403);
    let fields = form.clone().submit();
    app.send(omar.written(&form, &fields, &[("sec-fetch-site", "cross-site")]), HOME).await.error_page(403);
    assert!(app.api().sees_alive(&tokens.access).await);
    assert_eq!(omar.post(&form, &fields).await.status, 303);
    assert!(!app.api().sees_alive(&tokens.access).await);
    assert!(omar.open("/account").await.body.contains("No app is connected"));
}

/// The session outlives the visit; the browser's name is new, and so are its forms.
async fn a_restarted_browser_can_still_use_its_forms(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    app.client("board").connect(&mut omar, "profile").await;
    for _ in 0..2 {
        omar.restarts();
        app.advance(MINUTE);
        assert_eq!(omar.look("/account").await.status, 200, "still signed in");
    }
    omar.disconnects().await;
    omar.restarts();
    omar.sign_out().await;
    assert_eq!(omar.look("/account").await.location(), "/login");
}

async fn signs_out_everywhere_else(database: Database) {
    let app = TestApp::start(database).await;
    let (mut omar, mut lena) = (app.person("omar"), app.person("lena"));
    omar.sign_in().await;
    lena.sign_in().await;
    let mut elsewhere = omar.elsewhere();
    elsewhere.sign_in().await;
    let page = omar.open("/account").await;
    let form = page.forms().into_iter().find(|form| form.action.contains("end-others")).expect("a form");
    app.send(omar.written(&form, &[], &[]), HOME).await.error_page(403);
    assert_eq!(elsewhere.look("/account").await.status, 200);
    assert_eq!(omar.post(&form, &form.clone().submit()).await.status, 303);
    assert_eq!(elsewhere.look("/account").await.location(), "/login");
    assert_eq!(omar.look("/account").await.status, 200);
    assert_eq!(lena.look("/account").await.status, 200);
}

async fn one_session_ends_alone(database: Database) {
    let app = TestApp::start(database).await;
    let (mut omar, mut lena) = (app.person("omar"), app.person("lena"));
    omar.sign_in().await;
    lena.sign_in().await;
    let (mut second, mut third) = (omar.elsewhere(), omar.elsewhere());
    second.sign_in().await;
    app.advance(MINUTE);
    third.sign_in().await;
    let ends = |page: &crate::support::Answer| {
        let forms = page.forms().into_iter();
        forms.filter(|form| form.action.ends_with("/end")).collect::<Vec<_>>()
    };
    // The one that looks is not among them; the last one used is the first.
    let page = omar.open("/account").await;
    assert_eq!(ends(&page).len(), 2, "{page:?}");
    let form = ends(&page).remove(0);
    app.send(omar.written(&form, &[], &[]), HOME).await.error_page(403);
    let fields = form.clone().submit();
    app.send(omar.written(&form, &fields, &[("sec-fetch-site", "cross-site")]), HOME).await.error_page(403);
    omar.look(&form.action).await.error_page(405);
    assert_eq!(third.look("/account").await.status, 200, "nothing has ended yet");
    // Nobody ends another person's, or what is no session.
    let own = lena.open("/logout").await.forms().into_iter().next().expect("a form");
    for action in [form.action.clone(), "/account/sessions/x/end".to_owned()] {
        let mut stolen = own.clone();
        stolen.action = action;
        lena.post(&stolen, &own.clone().submit()).await.error_page(404);
    }
    assert_eq!(third.look("/account").await.status, 200);
    omar.open("/account").await;
    let answer = omar.post(&form, &fields).await;
    assert_eq!(answer.location(), "/account?signed_out=one");
    assert_eq!(third.look("/account").await.location(), "/login");
    for person in [&mut omar, &mut second, &mut lena] {
        assert_eq!(person.look("/account").await.status, 200);
    }
    assert!(omar.open("/account?signed_out=one").await.body.contains("Signed out there"));
    let ended = app.state().store.list_audit(10).await.expect("the audit");
    let ended = ended.iter().find(|row| row.action == Deed::BrowserSessionEnded).expect("it is told");
    assert_eq!(ended.detail.as_deref(), Some("from another browser"));
    omar.open("/account").await;
    omar.post(&form, &fields).await.error_page(404);
}

async fn sessions_say_when_they_were_last_used(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    omar.sign_in().await;
    let mut elsewhere = omar.elsewhere();
    elsewhere.sign_in().await;
    app.advance(3 * 60 * MINUTE);
    assert_eq!(elsewhere.look("/account").await.status, 200);
    app.advance(2 * 60 * MINUTE);
    let page = omar.open("/account").await;
    let (_, browsers) = page.body.split_once("id=\"browsers\"").expect("the sessions");
    for shown in ["Last used", "2 hours ago", "5 hours ago"] {
        assert!(browsers.contains(shown), "{shown}: {page:?}");
    }
    assert_eq!(browsers.matches("Last used").count(), 1, "this browser is used now: {page:?}");
}

async fn sessions_say_where_they_are(database: Database) {
    let app = TestApp::start(database).await;
    let (mut omar, mut other) =
        (app.person("omar").at("203.0.113.77"), app.person("omar").at("2001:db8:12:34::1"));
    omar.sign_in().await;
    other.sign_in().await;
    let page = omar.open("/account").await;
    for shown in ["<bdi>203.0.113.x</bdi>", "<bdi>2001:db8:12:x</bdi>", "This browser", "In use now"] {
        assert_eq!(page.body.matches(shown).count(), 1, "{shown}: {page:?}");
    }
    for hidden in ["203.0.113.77", "2001:db8:12:34"] {
        assert!(!page.body.contains(hidden), "{hidden}: {page:?}");
    }
    // Whoever goes elsewhere is seen there.
    other.address = "198.51.100.9".parse().expect("an address");
    app.advance(2 * MINUTE);
    other.open("/account").await;
    app.advance(MINUTE);
    let page = omar.open("/account").await;
    assert!(page.body.contains("198.51.100.x") && !page.body.contains("2001:db8"), "{page:?}");
    // This session ends by its own button, like every other.
    let form = page.forms().into_iter().rfind(|form| form.action == "/logout").expect("a way to end it");
    assert_eq!(omar.post(&form, &form.clone().submit()).await.status, 200);
    assert_eq!(omar.look("/account").await.location(), "/login");
}

async fn wants_a_signed_in_person(database: Database) {
    let app = TestApp::start(database).await;
    for address in ["/account", "/account/connections/x/disconnect"] {
        assert_eq!(app.get(address).await.location(), "/login", "{address}");
    }
    let answer = app.send(app.request("POST", "/account/sessions/end-others", &[], ""), HOME).await;
    assert_eq!(answer.location(), "/login");
}
