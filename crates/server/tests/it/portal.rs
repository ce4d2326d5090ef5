//! The developer portal: making an app and its settings, who may do what, and that nobody else sees any of it.

use symbolon_demo::page_form::PageForm;
use symbolon_platform::app::AppStatus;
use symbolon_platform::deed::Deed;
use symbolon_platform::organisation::{Organisation, Role};
use symbolon_store::change::{AppChange, MemberChange, UserChange};
use symbolon_store::testing::Database;

mod buttons;
mod icon;
mod manifest;
mod preview;
mod removals;
mod rust_snippet;
mod secrets;
mod testers;

use crate::support::{Answer, Client, Options, Person, TestApp, stories, with_field};

stories!(
    a_developer_makes_an_app_with_a_name_and_connects_it,
    a_platform_is_told_what_to_enter,
    a_form_that_is_sent_twice_makes_one_app,
    each_address_does_for_each_role_what_it_should,
    a_form_of_another_site_changes_nothing,
    what_is_wrong_stands_beside_its_field_and_what_was_typed_stays,
    names_that_others_chose_are_shown_as_text,
    of_a_live_app_what_was_reviewed_stays,
    an_app_is_deleted_once_its_name_is_typed,
    who_makes_apps_is_what_the_operator_says,
    ten_and_more_apps_are_found_and_listed_in_pages,
);

/// The settings of an app that have a form.
const ROOMS: [&str; 8] =
    ["identity", "redirects", "scopes", "credentials", "dialect", "testers", "manifest", "delete"];

/// The form of a page that posts to its own address, and holds a field.
fn form(page: &Answer, field: &str) -> PageForm {
    let own = page.target.split('?').next().unwrap_or_default();
    let holds = |form: &PageForm| form.clone().submit().iter().any(|(name, _)| name == field);
    let found = page.forms().into_iter().find(|form| form.action == own && holds(form));
    found.unwrap_or_else(|| panic!("no form with {field}: {page:?}"))
}

/// Posts the form of a page with these fields in it.
async fn sends(person: &mut Person, path: &str, fields: &[(&str, &str)]) -> Answer {
    let page = person.open(path).await;
    let form = form(&page, fields[0].0);
    let mut sent = form.clone().submit();
    for (name, value) in fields {
        sent = with_field(&sent, name, value);
    }
    person.post(&form, &sent).await
}

/// Makes an app of this name, and answers the page that shows its secret.
pub(crate) async fn makes(person: &mut Person, name: &str, preset: &str) -> Answer {
    let answer = sends(person, "/developers/new", &[("name", name), ("preset", preset)]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

/// What stands in the element of a page with this id.
fn shown<'p>(page: &'p Answer, id: &str) -> &'p str {
    let (_, rest) =
        page.body.split_once(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no {id}: {page:?}"));
    rest.split_once('>').and_then(|(_, rest)| rest.split_once('<')).expect("an element").0
}

/// The address of the app whose page this is.
pub(crate) fn address(page: &Answer) -> String {
    let (_, rest) = page.body.split_once("/developers/apps/").expect("a page of an app");
    format!("/developers/apps/{}", &rest[..rest.find(['/', '"']).expect("an address")])
}

/// An app of Lena's, who develops alone: its address, its client id and its secret.
async fn lenas(app: &TestApp) -> (Person, String, String, String) {
    let mut lena = app.person("lena");
    lena.sign_in().await;
    let page = makes(&mut lena, "Diary", "web").await;
    let (client_id, secret) =
        (shown(&page, "client-id").to_owned(), shown(&page, "client-secret").to_owned());
    (lena, address(&page), client_id, secret)
}

/// A form that goes elsewhere than its page says.
fn posting_to(form: &PageForm, action: String) -> PageForm {
    let mut form = form.clone();
    form.action = action;
    form
}

/// The app with this identifier, as a client that runs.
fn speaking(app: &TestApp, client_id: &str, secret: &str, redirect_uri: &str) -> Client {
    let mut client = app.client("board");
    client.client_id = client_id.to_owned();
    client.secret = Some(secret.to_owned());
    client.redirect_uri = redirect_uri.to_owned();
    client
}

async fn member(app: &TestApp, name: &str, role: Role) -> Person {
    let (lena, user) = (app.user_id("lena").await, app.user_id(name).await);
    let organisation = Organisation::own(lena);
    app.change(MemberChange::Add { organisation, user, role, at: app.now() }.into()).await;
    let mut person = app.person(name);
    person.sign_in().await;
    person
}

async fn a_developer_makes_an_app_with_a_name_and_connects_it(database: Database) {
    let app = TestApp::start(database).await;
    let mut lena = app.person("lena");
    lena.sign_in().await;
    assert!(
        lena.open("/account").await.body.contains("href=\"/developers\""),
        "it is found from one's account"
    );
    assert!(lena.open("/developers").await.body.contains("You have no app yet"));
    let page = makes(&mut lena, "Diary", "web").await;
    let settings = address(&page);
    let missing = lena.open(&settings).await;
    assert!(
        missing.body.contains("it has no redirect URI") && missing.body.contains("it asks for no permission")
    );
    let uri = "https://diary.example.net/cb";
    let saved = sends(&mut lena, &format!("{settings}/redirects"), &[("redirect_uri", uri)]).await;
    assert_eq!((saved.status, saved.location()), (303, format!("{settings}/redirects?done=saved").as_str()));
    let chosen = [("scope", "forms:read"), ("scope", "forms:read")];
    assert_eq!(sends(&mut lena, &format!("{settings}/scopes"), &[("csrf", ""), chosen[0]]).await.status, 403);
    let page_of_scopes = lena.open(&format!("{settings}/scopes")).await;
    let form = form(&page_of_scopes, "csrf").choose("scope", "forms:read").expect("the scope is there");
    let sent = form.clone().submit();
    assert_eq!(lena.post(&form, &sent).await.status, 303);
    assert!(!lena.open(&settings).await.body.contains("id=\"missing\""));

    let client = speaking(&app, shown(&page, "client-id"), shown(&page, "client-secret"), uri);
    let tokens = client.connect(&mut lena, "forms:read").await;
    app.api().check(&tokens.access, &["forms:read"]).await.ok();
    app.writes_usage().await;
    let list = lena.open("/developers").await;
    assert!(list.body.contains("Connected by 1 account") && list.body.contains("Last used"), "{list:?}");
    let own = lena.open(&format!("{settings}/credentials")).await;
    assert!(
        own.body.contains("Made by <bdi>Lena Fischer</bdi>") && own.body.contains("Last used"),
        "{own:?}"
    );
    let deeds = app.state().store.list_audit(100).await.expect("the audit");
    for deed in [Deed::AppCreated, Deed::AppUpdated, Deed::ClientSecretRotated] {
        assert!(deeds.iter().any(|row| row.action == deed && row.request_id.is_some()), "{deed:?}");
    }
}

/// The form of the platform that connects it, in its own labels.
async fn a_platform_is_told_what_to_enter(database: Database) {
    let app = TestApp::start(database).await;
    let mut lena = app.person("lena");
    lena.sign_in().await;
    let page = makes(&mut lena, "Diary", "postman").await;
    let (_, rest) = page.body.split_once("id=\"stored\" href=\"").expect("a way on");
    let next = rest.split('"').next().expect("an address").to_owned();
    let overview = lena.open(&next).await;
    for label in [
        "Callback URL",
        "https://oauth.pstmn.io/v1/callback",
        "Access Token URL",
        "/oauth/token",
        "Send as Basic Auth header",
    ] {
        assert!(overview.body.contains(label), "{label}: {overview:?}");
    }
    assert!(!overview.body.contains(shown(&page, "client-secret")), "{overview:?}");
}

/// O-14.
async fn a_form_that_is_sent_twice_makes_one_app(database: Database) {
    let app = TestApp::start(database).await;
    let mut lena = app.person("lena");
    lena.sign_in().await;
    let page = lena.open("/developers/new").await;
    let form = form(&page, "name");
    let sent = with_field(&form.clone().submit(), "name", "Diary");
    let first = lena.post(&form, &sent).await;
    let again = lena.post(&form, &sent).await;
    assert_eq!((first.status, again.status), (200, 303), "{again:?}");
    assert_eq!(again.location(), address(&first));
    let list = lena.open("/developers").await;
    assert_eq!(list.body.matches("<h2>").count(), 1, "{list:?}");
    // The row is one that the form was given.
    let chosen = with_field(&sent, "id", &"0".repeat(32));
    assert_eq!(lena.post(&form, &chosen).await.status, 403);
}

/// Q-01, FO-12: every address with every role, for reads and for writes.
async fn each_address_does_for_each_role_what_it_should(database: Database) {
    let app = TestApp::start(database).await;
    let (lena, settings, client_id, _) = lenas(&app).await;
    let mut stranger = app.person("nina");
    stranger.sign_in().await;
    let robin = app.signs_in_with("robin@example.com").await.expect("Robin");
    let new = symbolon_platform::user::User { staff: true, ..robin.clone() };
    app.change(UserChange::Update { old: robin, new }.into()).await;
    let mut staff = app.person("robin");
    staff.sign_in().await;
    let people = [
        ("stranger", stranger),
        ("staff", staff),
        ("viewer", member(&app, "sam", Role::Viewer).await),
        ("developer", member(&app, "omar", Role::Developer).await),
        ("owner", lena),
    ];
    let before = app.state().store.load_app_by_client_id(&client_id).await.expect("the store answers");
    for (role, mut person) in people {
        let reads = if role == "stranger" { 404 } else { 200 };
        assert_eq!(person.open(&settings).await.status, reads, "{role}");
        for room in ROOMS {
            let path = format!("{settings}/{room}");
            assert_eq!(person.open(&path).await.status, reads, "{role} {room}");
            // A form of their own, so that nothing but who they are keeps it from doing something.
            let page = person.open("/developers/new").await;
            let csrf = form(&page, "csrf").submit();
            let csrf: Vec<_> = csrf.into_iter().filter(|(name, _)| name == "csrf").collect();
            let posts = posting_to(&form(&page, "csrf"), path.clone());
            let writes = person.post(&posts, &csrf).await.status;
            let may = match (role, room) {
                ("owner", _) => true,
                ("developer", room) => room != "delete",
                _ => false,
            };
            let expected = match (role, may) {
                ("stranger", _) => vec![404],
                // Nothing but a token was sent, so there is something to complain about, or nothing to change.
                (_, true) => vec![303, 403, 422],
                (_, false) => vec![403],
            };
            assert!(expected.contains(&writes), "{role} {room}: {writes}");
            assert!(
                may || role == "stranger" || person.page().body.contains("id=\"locked\""),
                "{role} {room}"
            );
        }
        let list = person.open("/developers").await;
        assert_eq!(list.body.contains("Diary"), !["stranger", "staff"].contains(&role), "{role}");
        if !["owner", "developer"].contains(&role) {
            let now = app.state().store.load_app_by_client_id(&client_id).await.expect("the store answers");
            assert_eq!(now, before, "{role}");
        }
    }
}

/// O-18.
async fn a_form_of_another_site_changes_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, settings, ..) = lenas(&app).await;
    for room in ROOMS.iter().map(|room| format!("{settings}/{room}")).chain(["/developers/new".to_owned()]) {
        let page = lena.open(&room).await;
        let form = form(&page, "csrf");
        let sent = form.clone().submit();
        for wrong in [with_field(&sent, "csrf", ""), with_field(&sent, "csrf", &"A".repeat(43))] {
            assert_eq!(lena.post(&form, &wrong).await.status, 403, "{room}");
        }
        let foreign = lena.written(&form, &sent, &[("origin", "https://evil.example")]);
        assert_eq!(app.send(foreign, crate::support::HOME).await.status, 403, "{room}");
        let headers = page.header("content-security-policy");
        assert!(
            headers.contains("frame-ancestors 'none'") && headers.contains("form-action 'self'"),
            "{headers}"
        );
        assert_eq!(page.header("cache-control"), "no-store", "{room}");
    }
}

async fn what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, settings, ..) = lenas(&app).await;
    let empty = sends(&mut lena, "/developers/new", &[("name", " ")]).await;
    assert!(empty.status == 422 && empty.body.contains("id=\"name-problem\""), "{empty:?}");
    for (uri, why) in [
        ("https://a.example/cb#x", "Leave out the #"),
        ("https://*.example/cb", "Leave out the *"),
        ("http://a.example/cb", "Use https"),
        ("https://me@a.example/cb", "Leave out user and password"),
        ("javascript:alert(1)", "shows or runs content"),
        ("https://A.example/cb", "in small letters"),
    ] {
        let path = format!("{settings}/redirects");
        let answer = sends(&mut lena, &path, &[("redirect_uri", uri)]).await;
        assert_eq!(answer.status, 422, "{uri}");
        assert!(
            answer.body.contains("id=\"redirect_uri-1-problem\"") && answer.body.contains(why),
            "{uri}: {answer:?}"
        );
        assert!(
            answer.body.contains("href=\"#redirect_uri-1\"")
                && answer.body.contains(&format!("value=\"{uri}\""))
        );
    }
    let path = format!("{settings}/identity");
    let wrong =
        [("name", "Diary 2"), ("homepage", "javascript:alert(1)"), ("description", "Keeps \"notes\".")];
    let answer = sends(&mut lena, &path, &wrong).await;
    assert!(answer.status == 422 && answer.body.contains("id=\"homepage-problem\""), "{answer:?}");
    assert!(
        answer.body.contains("value=\"Diary 2\"") && answer.body.contains("Keeps &#34;notes&#34;."),
        "{answer:?}"
    );
    let right =
        [("name", "Diary 2"), ("homepage", "https://diary.example.net"), ("categories", "notes diary")];
    assert_eq!(sends(&mut lena, &path, &right).await.status, 303);
    let page = lena.open(&path).await;
    assert!(
        page.body.contains("value=\"Diary 2\"") && page.body.contains("value=\"notes diary\""),
        "{page:?}"
    );
}

/// O-05, O-10, L-16.
async fn names_that_others_chose_are_shown_as_text(database: Database) {
    let app = TestApp::start(database).await;
    let mut lena = app.person("lena");
    lena.sign_in().await;
    for name in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "'-alert(1)-'",
        "{{7*7}} ${7*7} <%= 7*7 %>",
        "</textarea><svg onload=alert(1)>",
        "عربي",
    ] {
        let page = makes(&mut lena, name, "agent").await;
        let settings = address(&page);
        for path in ROOMS
            .iter()
            .map(|room| format!("{settings}/{room}"))
            .chain([settings.clone(), "/developers".to_owned()])
        {
            let page = lena.open(&path).await;
            assert_eq!(page.status, 200, "{path}");
            for raw in ["<script>alert", "<img src=x", "<svg onload"] {
                assert!(!page.body.contains(raw), "{path}: {raw}");
            }
            assert!(page.body.matches("<script").count() == 1, "{path}");
        }
    }
    for hidden in ["Go\u{202e}ogle", "Go\u{200b}ogle", &"x".repeat(101)] {
        let answer = sends(&mut lena, "/developers/new", &[("name", hidden)]).await;
        assert!(answer.status == 422 && answer.body.contains("id=\"name-problem\""), "{answer:?}");
    }
}

///
async fn of_a_live_app_what_was_reviewed_stays(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, settings, client_id, _) = lenas(&app).await;
    app.set_app_status(&client_id, AppStatus::Live).await;
    let before =
        app.state().store.load_app_by_client_id(&client_id).await.expect("the store answers").expect("it");
    let page = lena.open(&format!("{settings}/identity")).await;
    assert!(page.body.contains("id=\"reviewed\""), "{page:?}");
    let fields =
        [("name", "Evil"), ("homepage", "https://evil.example"), ("privacy_url", "https://a.example/p")];
    assert_eq!(sends(&mut lena, &format!("{settings}/identity"), &fields).await.status, 303);
    for (room, field) in
        [("redirects", "redirect_uri"), ("scopes", "scope"), ("dialect", "type"), ("manifest", "manifest")]
    {
        let page = lena.open(&format!("{settings}/{room}")).await;
        assert!(page.body.contains("id=\"locked\""), "{room}");
        let form = form(&page, "csrf");
        let sent = with_field(&form.clone().submit(), field, "https://evil.example/cb");
        assert_eq!(lena.post(&form, &sent).await.status, 403, "{room}");
    }
    let mut after =
        app.state().store.load_app_by_client_id(&client_id).await.expect("the store answers").expect("it");
    assert_eq!(after.listing.privacy_url.as_deref(), Some("https://a.example/p"));
    after.listing.privacy_url = None;
    assert_eq!(after, before);
}

async fn an_app_is_deleted_once_its_name_is_typed(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, settings, client_id, _) = lenas(&app).await;
    let path = format!("{settings}/delete");
    let wrong = sends(&mut lena, &path, &[("confirm", "diary")]).await;
    assert!(wrong.status == 422 && wrong.body.contains("id=\"confirm-problem\""), "{wrong:?}");
    let gone = sends(&mut lena, &path, &[("confirm", "Diary")]).await;
    assert_eq!((gone.status, gone.location()), (303, "/developers?done=deleted"));
    assert!(lena.open("/developers?done=deleted").await.body.contains("The app is deleted"));
    lena.look(&settings).await.error_page(404);
    assert!(app.state().store.load_app_by_client_id(&client_id).await.expect("the store answers").is_none());
}

/// L-01, L-02.
async fn who_makes_apps_is_what_the_operator_says(database: Database) {
    let options = Options { configuration: "[registration]\ndevelopers = \"staff\"\n", ..Options::default() };
    let app = TestApp::with(database, options).await;
    let mut lena = app.person("lena");
    lena.sign_in().await;
    let page = lena.open("/developers").await;
    assert!(page.status == 200 && !page.body.contains("id=\"create\""), "{page:?}");
    assert_eq!(lena.open("/developers/new").await.status, 404);
    let robin = app.signs_in_with("robin@example.com").await.expect("Robin");
    let new = symbolon_platform::user::User { staff: true, ..robin.clone() };
    app.change(UserChange::Update { old: robin, new }.into()).await;
    let mut robin = app.person("robin");
    robin.sign_in().await;
    makes(&mut robin, "Diary", "web").await;
}

///
async fn ten_and_more_apps_are_found_and_listed_in_pages(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, _, client_id, _) = lenas(&app).await;
    assert!(!lena.open("/developers").await.body.contains("id=\"find\""));
    let first =
        app.state().store.load_app_by_client_id(&client_id).await.expect("the store answers").expect("it");
    for number in 0..99 {
        let mut own = first.clone();
        own.client.id = app.state().entropy.new_id(app.now()).expect("randomness");
        own.client.client_id = format!("app_{number}");
        own.name = format!("{number:03} {}", "x".repeat(96));
        own.client.secrets.clear();
        app.change(AppChange::Create(own).into()).await;
    }
    let mut path = "/developers".to_owned();
    let mut seen = 0;
    for _ in 0..10 {
        let page = lena.open(&path).await;
        assert!(page.body.len() <= 60 * 1024, "{}", page.body.len());
        seen += page.body.matches("<h2>").count();
        let Some((_, rest)) = page.body.split_once("id=\"next\" href=\"") else { break };
        path = rest.split('"').next().expect("an address").replace("&amp;", "&");
    }
    assert_eq!(seen, 100);
    for (find, count) in
        [("Diary", 1), ("diary", 1), ("042%20x", 1), ("%25", 0), ("_", 0), ("%27%20OR%201%3D1", 0)]
    {
        let page = lena.open(&format!("/developers?find={find}")).await;
        assert_eq!((page.status, page.body.matches("<h2>").count()), (200, count), "{find}");
    }
    let by_id = lena.open(&format!("/developers?find={client_id}")).await;
    assert!(by_id.body.contains("Diary"), "{by_id:?}");
    for after in ["x", &"f".repeat(32), "-1", &"9".repeat(10_000)] {
        assert_eq!(lena.open(&format!("/developers?after={after}")).await.status, 200);
    }
}
