//! What is taken away of an app, a live one too: a redirect URI, of which it is known when it was last used, and a permission.

use symbolon_platform::app::AppStatus;
use symbolon_store::testing::Database;

use super::{lenas, sends, speaking};
use crate::support::{Answer, DAY, MINUTE, Person, TestApp, Tokens, stories, with_field};

stories!(
    a_redirect_uri_says_when_it_was_last_used,
    of_a_live_app_a_redirect_uri_is_taken_away_at_once,
    of_a_live_app_a_permission_is_taken_away_at_once,
    an_app_of_a_vendor_gets_its_secret_when_it_is_asked_for,
);

const ONE: &str = "https://diary.example.net/cb";
const OTHER: &str = "https://diary.example.net/other";

/// Both redirect URIs, two permissions, and whoever asks by it.
async fn set_up(app: &TestApp) -> (Person, String, crate::support::Client, String) {
    let (mut lena, settings, client_id, secret) = lenas(app).await;
    let path = format!("{settings}/redirects");
    for uri in [ONE, OTHER] {
        let page = lena.open(&path).await;
        let form = super::form(&page, "redirect_uri");
        let mut sent = form.clone().submit();
        sent.push(("redirect_uri".to_owned(), uri.to_owned()));
        assert_eq!(lena.post(&form, &sent).await.status, 303);
    }
    let path = format!("{settings}/scopes");
    let page = lena.open(&path).await;
    let form = super::form(&page, "csrf");
    let mut sent = form.clone().submit();
    sent.extend(["forms:read", "clinics:read"].map(|name| ("scope".to_owned(), name.to_owned())));
    assert_eq!(lena.post(&form, &sent).await.status, 303);
    let client = speaking(app, &client_id, &secret, ONE);
    (lena, settings, client, client_id)
}

/// Chooses what is to be taken away, on a page that offers it.
async fn asks_to_remove(person: &mut Person, path: &str, what: &str) -> Answer {
    let page = person.open(path).await;
    assert!(
        page.body.contains("id=\"remove-submit\"")
            && page.body.contains(&format!("<option value=\"{what}\">")),
        "{page:?}"
    );
    let form = super::form(&page, "csrf");
    let mut sent = form.clone().submit();
    sent.retain(|(name, _)| name == "csrf");
    sent.push(("remove".to_owned(), what.to_owned()));
    person.post(&form, &sent).await
}

/// What stands under the redirect URI with this number.
fn used(page: &Answer, number: usize) -> &str {
    super::shown(page, &format!("redirect_uri-{number}-used"))
}

async fn a_redirect_uri_says_when_it_was_last_used(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, settings, client, _) = set_up(&app).await;
    let path = format!("{settings}/redirects");
    let page = lena.open(&path).await;
    assert!(
        used(&page, 1).starts_with("Not used yet") && used(&page, 2).starts_with("Not used yet"),
        "{page:?}"
    );
    let asked = client.asks("forms:read clinics:read");
    lena.connects_for(&asked, "south").await;
    app.writes_usage().await;
    let page = lena.open(&path).await;
    assert!(
        used(&page, 1).starts_with("Used in the last 30 days") && used(&page, 2).starts_with("Not used yet"),
        "{page:?}"
    );
    app.advance(31 * DAY);
    lena.sign_in().await;
    let page = lena.open(&path).await;
    assert!(page.body.contains("Last used on "), "{page:?}");
    // Within the hour nothing is written again.
    lena.connects_for(&client.asks("forms:read clinics:read"), "south").await;
    app.writes_usage().await;
    let id = app.app_id(&client.client_id).await;
    let first = app.state().store.redirect_uses(id).await.expect("an answer")[ONE];
    for (after, at) in [(59 * MINUTE, first.0), (MINUTE, first.0 + 60 * MINUTE)] {
        app.advance(after);
        lena.connects_for(&client.asks("forms:read clinics:read"), "south").await;
        app.writes_usage().await;
        assert_eq!(app.state().store.redirect_uses(id).await.expect("an answer")[ONE].0, at);
    }
}

async fn of_a_live_app_a_redirect_uri_is_taken_away_at_once(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, settings, client, client_id) = set_up(&app).await;
    app.set_app_status(&client_id, AppStatus::Live).await;
    let path = format!("{settings}/redirects");
    let asking = asks_to_remove(&mut lena, &path, ONE).await;
    assert!(
        asking.status == 200 && asking.body.contains("id=\"confirm-remove\"") && asking.body.contains(ONE),
        "{asking:?}"
    );
    let stored = || async {
        app.state().store.load_app_by_client_id(&client_id).await.expect("an answer").expect("it")
    };
    assert_eq!(stored().await.client.redirect_uris, [ONE, OTHER], "asking takes nothing away");
    let mut omar = app.person("omar");
    omar.sign_in().await;
    assert_eq!(omar.look(&client.asks("forms:read").url()).await.status, 200);
    let confirm =
        asking.forms().into_iter().find(|form| form.clone().submit().iter().any(|(_, value)| value == ONE));
    let confirm = confirm.expect("a form that confirms it");
    let mut sent = confirm.clone().submit();
    sent.retain(|(name, _)| name != "confirm");
    sent.push(("confirm".to_owned(), "yes".to_owned()));
    let taken = lena.post(&confirm, &sent).await;
    assert_eq!(taken.status, 303, "{taken:?}");
    assert_eq!(stored().await.client.redirect_uris, [OTHER]);
    assert_eq!(stored().await.status, AppStatus::Live);
    omar.look(&client.asks("forms:read").url()).await.error_page(400);
    let mut other = client.clone();
    other.redirect_uri = OTHER.to_owned();
    assert_eq!(omar.look(&other.asks("forms:read").url()).await.status, 200, "the other one goes on");
    // The same again is what was asked for; and nothing is added.
    assert_eq!(lena.post(&confirm, &sent).await.status, 303);
    let added = sends(&mut lena, &path, &[("redirect_uri", ONE)]).await;
    assert_eq!(added.status, 403);
    assert_eq!(stored().await.client.redirect_uris, [OTHER]);
}

async fn of_a_live_app_a_permission_is_taken_away_at_once(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, settings, client, client_id) = set_up(&app).await;
    app.set_app_status(&client_id, AppStatus::Live).await;
    let asked = client.asks("forms:read clinics:read");
    let callback = app.person("omar").connects_for(&asked, "north").await;
    let tokens = Tokens::read(&client.exchange(&asked, &callback).await);
    let api = app.api();
    let held = |scope: String| scope.split(' ').map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
    let before = api.introspect(&tokens.access).await;
    assert!(
        held(before["scope"].as_str().unwrap_or_default().to_owned()).contains("clinics:read"),
        "{before}"
    );
    let path = format!("{settings}/scopes");
    let asking = asks_to_remove(&mut lena, &path, "clinics:read").await;
    assert!(
        asking.status == 200 && asking.body.contains("1 connection has it and loses it at once"),
        "{asking:?}"
    );
    let confirm = asking
        .forms()
        .into_iter()
        .find(|form| form.clone().submit().iter().any(|(_, value)| value == "clinics:read"));
    let confirm = confirm.expect("a form that confirms it");
    let mut sent = confirm.clone().submit();
    sent.retain(|(name, _)| name != "confirm");
    sent.push(("confirm".to_owned(), "yes".to_owned()));
    assert_eq!(lena.post(&confirm, &sent).await.status, 303);
    let after = api.introspect(&tokens.access).await;
    let left = held(after["scope"].as_str().unwrap_or_default().to_owned());
    assert!(
        after["active"] == true && left.contains("forms:read") && !left.contains("clinics:read"),
        "{after}"
    );
    let refreshed = Tokens::read(&client.refresh(&tokens.refresh).await);
    assert!(!held(refreshed.scope.clone()).contains("clinics:read"), "{}", refreshed.scope);
    app.refuses(&client.asks("clinics:read"), "invalid_scope").await;
    // Nothing is added.
    let page = lena.open(&path).await;
    let form = super::form(&page, "csrf");
    let sent = with_field(&form.clone().submit(), "scope", "clinics:read");
    let added = lena.post(&form, &sent).await;
    assert_eq!(added.status, 403);
}

/// FO-13.
async fn an_app_of_a_vendor_gets_its_secret_when_it_is_asked_for(database: Database) {
    let options = crate::support::Options {
        configuration: "[[dialect]]\npreset = \"fillout\"\nprefix = \"/fillout\"\n",
        ..crate::support::Options::default()
    };
    let app = TestApp::with(database, options).await;
    let mut lena = app.person("lena");
    lena.sign_in().await;
    let text = format!(
        "name = \"Sheets\"\ndialect = \"fillout\"\nredirect_uris = [\"{ONE}\"]\nscopes = [\"forms:read\"]\n"
    );
    let made = sends(&mut lena, "/developers/new", &[("manifest", &text)]).await;
    assert!(made.status == 200 && !made.body.contains("id=\"client-secret\""), "{made:?}");
    assert!(made.body.contains("id=\"make-secret\""), "{made:?}");
    let (client_id, settings) = (super::shown(&made, "client-id").to_owned(), super::address(&made));
    let secrets = || async {
        let stored =
            app.state().store.load_app_by_client_id(&client_id).await.expect("an answer").expect("it");
        stored.client.secrets.iter().filter(|own| own.is_live(app.now())).count()
    };
    assert_eq!(secrets().await, 0);
    let credentials = format!("{settings}/credentials");
    let shown = sends(&mut lena, &credentials, &[("name", "first")]).await;
    let first = super::shown(&shown, "client-secret").to_owned();
    assert_eq!(secrets().await, 1);
    assert!(!lena.open(&credentials).await.body.contains(&first), "it is shown once");
    let page = lena.open(&credentials).await;
    let again = super::form(&page, "overlap");
    let second = lena.post(&again, &again.clone().submit()).await;
    assert_ne!(super::shown(&second, "client-secret"), first);
    assert_eq!(secrets().await, 1, "making another ends the one before");
}
