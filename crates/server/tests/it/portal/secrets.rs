//! The secrets of an app in the portal: shown once, two at most, replaced with an overlap.

use symbolon_store::testing::Database;

use super::{ROOMS, form, lenas, posting_to, sends, shown, speaking};
use crate::support::{DAY, MINUTE, TestApp, stories, with_field};

stories!(a_secret_is_shown_once_and_two_live_at_most, a_secret_is_replaced_with_an_overlap_and_ended);

///
async fn a_secret_is_shown_once_and_two_live_at_most(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, settings, client_id, secret) = lenas(&app).await;
    let credentials = format!("{settings}/credentials");
    let page = lena.open(&credentials).await;
    let first = form(&page, "overlap");
    let sent = with_field(&with_field(&first.clone().submit(), "overlap", "1"), "name", "CI");
    let made = lena.post(&first, &sent).await;
    let second = shown(&made, "client-secret").to_owned();
    assert!(made.status == 200 && second != secret && made.body.contains("works until"), "{made:?}");
    // The same form again, and one that was opened before: neither makes a third.
    let lost = lena.post(&first, &sent).await;
    assert!(lost.status == 409 && lost.body.contains("id=\"summary\""), "{lost:?}");
    let stored = app.state().store.load_app_by_client_id(&client_id).await.expect("the store answers");
    assert_eq!(stored.expect("the app").client.secrets.len(), 2);
    let page = lena.open(&credentials).await;
    assert!(page.body.contains("Two secrets work") && page.body.contains("<bdi>CI</bdi>"), "{page:?}");
    let paths = ROOMS.iter().map(|room| format!("{settings}/{room}"));
    for path in paths.chain([settings.clone(), "/developers".to_owned(), "/account".to_owned()]) {
        let page = lena.open(&path).await;
        assert!(!page.body.contains(&secret) && !page.body.contains(&second), "{path}");
    }
    for wrong in ["-1", "169", "x", ""] {
        app.advance(DAY);
        let answer = sends(&mut lena, &credentials, &[("overlap", wrong)]).await;
        assert!(
            answer.status == 422 && answer.body.contains("id=\"overlap-problem\""),
            "{wrong}: {answer:?}"
        );
    }
}

async fn a_secret_is_replaced_with_an_overlap_and_ended(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, settings, client_id, old) = lenas(&app).await;
    let uri = "https://diary.example.net/cb";
    sends(&mut lena, &format!("{settings}/redirects"), &[("redirect_uri", uri)]).await;
    let client = |secret: &str| speaking(&app, &client_id, secret, uri);
    let tokens = client(&old).connect(&mut lena, "").await;
    let made = sends(&mut lena, &format!("{settings}/credentials"), &[("overlap", "2")]).await;
    let new = shown(&made, "client-secret").to_owned();
    // A client that runs goes on with either.
    for secret in [&old, &new] {
        assert_eq!(client(secret).refresh(&tokens.refresh).await.status, 200);
    }
    app.advance(120 * MINUTE);
    client(&old).refresh(&tokens.refresh).await.refused(401, "invalid_client");
    assert_eq!(client(&new).refresh(&tokens.refresh).await.status, 200);
    let page = lena.open(&format!("{settings}/credentials")).await;
    let end = page.forms().into_iter().find(|form| form.action.ends_with("/end")).expect("a way to end it");
    let ended = lena.post(&end, &end.clone().submit()).await;
    assert_eq!(ended.location(), format!("{settings}/credentials?done=ended"));
    client(&new).refresh(&tokens.refresh).await.refused(401, "invalid_client");
    // Of another app's it looks like none.
    let foreign =
        posting_to(&end, end.action.replace(&settings, "/developers/apps/00000000000000000000000000000000"));
    assert_eq!(lena.post(&foreign, &end.submit()).await.status, 404);
}
