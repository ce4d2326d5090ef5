//! Developers are mailed before a client secret of theirs ends: once for each stage, in their language, and not once it was
//! replaced or ended.

use symbolon_oauth::time::Timestamp;
use symbolon_platform::organisation::{Organisation, Role};
use symbolon_server::workers::tell_of_secrets;
use symbolon_store::change::{ClientSecretChange, MemberChange};
use symbolon_store::client_secrets::{Replaced, StoredSecret};
use symbolon_store::testing::Database;
use symbolon_wire::mail::Outbox;

use crate::support::{DAY, Options, PASSWORD, TestApp, stories};

stories!(
    each_stage_is_told_once_to_whoever_makes_secrets,
    each_reads_it_in_their_language,
    a_secret_that_was_ended_or_replaced_is_told_no_more,
    whoever_chose_the_end_is_not_told_at_once,
    without_mail_nothing_is_marked,
);

/// An app of Lena's with a secret that ends in so many days.
async fn with_a_secret(app: &TestApp, days: i64) -> StoredSecret {
    let lena = app.user_id("lena").await;
    app.change_app("board", |board| board.owner = Some(lena)).await;
    let secret = secret(app, Some(Timestamp(app.now().0 + days * DAY)));
    let board = app.app_id("board").await;
    app.change(ClientSecretChange::Add { app: board, secret: secret.clone(), replaced: None }.into()).await;
    secret
}

fn secret(app: &TestApp, expires_at: Option<Timestamp>) -> StoredSecret {
    let id = app.state().entropy.new_id(app.now()).expect("randomness");
    let hash = symbolon_oauth::credential::SecretHash::of(&id.to_string());
    StoredSecret { expires_at, ..StoredSecret::known_by(hash, "a1b2", id, app.now()) }
}

/// Whom the server mails now, and what.
async fn told(app: &TestApp, outbox: &Outbox) -> Vec<(String, String)> {
    let before = outbox.mails().len();
    tell_of_secrets(app.state()).await;
    app.works_off_mails().await;
    let mut new: Vec<_> =
        outbox.mails().into_iter().skip(before).map(|mail| (mail.to, mail.subject)).collect();
    new.sort();
    new
}

fn whom(mails: &[(String, String)]) -> Vec<&str> {
    mails.iter().map(|(to, _)| to.as_str()).collect()
}

async fn each_stage_is_told_once_to_whoever_makes_secrets(database: Database) {
    let (app, outbox) = TestApp::that_mails(database, Options::default()).await;
    with_a_secret(&app, 20).await;
    let organisation = Organisation::own(app.user_id("lena").await);
    for (name, role) in [("sam", Role::Developer), ("jane", Role::Viewer)] {
        let user = app.user_id(name).await;
        app.change(MemberChange::Add { organisation, user, role, at: app.now() }.into()).await;
    }
    assert!(told(&app, &outbox).await.is_empty(), "it is early");
    let both = ["lena@example.com", "sam@example.com"];
    for days in [6, 11, 2] {
        app.advance(days * DAY);
        let mails = told(&app, &outbox).await;
        assert_eq!(whom(&mails), both, "a viewer makes no secrets");
        assert!(mails[0].1.contains("A secret of") && mails[0].1.contains("Forms Board"), "{mails:?}");
        assert!(told(&app, &outbox).await.is_empty(), "once");
    }
    let mail = outbox.mails().pop().expect("a mail");
    let credentials = format!("/developers/apps/{}/credentials", app.app_id("board").await);
    assert!(mail.text.contains("a1b2") && mail.text.contains(&credentials), "{mail:?}");
    app.advance(2 * DAY);
    assert!(told(&app, &outbox).await.is_empty(), "it is over");
}

async fn each_reads_it_in_their_language(database: Database) {
    let (app, outbox) = TestApp::that_mails(database, Options::default()).await;
    let mut lena = app.person("lena");
    lena.fetch("GET", "/login", &[("accept-language", "de")], "").await;
    let form = lena.page().login_form().expect("a sign-in form");
    let filled =
        form.clone().fill("email", "lena@example.com").and_then(|own| own.fill("password", PASSWORD));
    let fields = filled.expect("the fields").submit();
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("accept-language", "de")];
    assert_eq!(lena.fetch("POST", "/login", &headers, &body).await.status, 303);
    with_a_secret(&app, 20).await;
    app.advance(7 * DAY);
    let mails = told(&app, &outbox).await;
    assert!(mails[0].1.starts_with("Ein Geheimnis von") && mails[0].1.contains("endet am"), "{mails:?}");
}

async fn a_secret_that_was_ended_or_replaced_is_told_no_more(database: Database) {
    let (app, outbox) = TestApp::that_mails(database, Options::default()).await;
    let ended = with_a_secret(&app, 20).await;
    let board = app.app_id("board").await;
    app.advance(7 * DAY);
    // The mail is written down, and the secret ends before it leaves.
    tell_of_secrets(app.state()).await;
    app.change(ClientSecretChange::Revoke { app: board, secret: ended.id }.into()).await;
    app.works_off_mails().await;
    assert!(outbox.mails().is_empty(), "{:?}", outbox.mails());
    // One that another takes the place of, with an overlap, ends at another moment.
    let old = with_a_secret(&app, 15).await;
    app.advance(2 * DAY);
    tell_of_secrets(app.state()).await;
    let stored = app.state().store.list_client_secrets(board).await.expect("an answer");
    for other in stored.iter().filter(|own| own.id != old.id) {
        app.change(ClientSecretChange::Revoke { app: board, secret: other.id }.into()).await;
    }
    let replaced = Some(Replaced { secret: old.id, until: Timestamp(app.now().0 + DAY / 2) });
    let new = secret(&app, None);
    app.change(ClientSecretChange::Add { app: board, secret: new, replaced }.into()).await;
    assert!(told(&app, &outbox).await.is_empty(), "{:?}", outbox.mails());
}

async fn whoever_chose_the_end_is_not_told_at_once(database: Database) {
    let (app, outbox) = TestApp::that_mails(database, Options::default()).await;
    with_a_secret(&app, 2).await;
    assert!(told(&app, &outbox).await.is_empty());
    app.advance(DAY + 1);
    assert_eq!(whom(&told(&app, &outbox).await), ["lena@example.com"]);
}

async fn without_mail_nothing_is_marked(database: Database) {
    let app = TestApp::start(database).await;
    with_a_secret(&app, 20).await;
    app.advance(7 * DAY);
    tell_of_secrets(app.state()).await;
    let due = app.state().store.secrets_that_end(app.now()).await.expect("an answer");
    assert_eq!(due.iter().map(|own| own.told).collect::<Vec<_>>(), [0]);
}
