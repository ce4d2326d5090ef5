//! The audit of what people and apps do: each deed names its request, who did it and whom it concerns.

use symbolon_platform::deed::Deed;
use symbolon_store::testing::Database;
use symbolon_store::{Actor, Audit};

use crate::support::{SECOND, TestApp, Tokens, stories};

stories!(what_a_person_does, what_an_app_does);

/// What was done by requests. Every row names its own, and those of the operator none.
async fn done_by_requests(app: &TestApp) -> Vec<Audit> {
    let rows = app.state().store.list_audit(1000).await.expect("the audit");
    let (requests, operator): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| row.actor != Actor::Operator);
    assert!(requests.iter().all(|row| row.request_id.is_some()), "{requests:?}");
    assert!(operator.iter().all(|row| row.request_id.is_none()), "{operator:?}");
    requests
}

#[track_caller]
fn only(rows: &[Audit], deed: Deed) -> &Audit {
    let [row] = rows.iter().filter(|row| row.action == deed).collect::<Vec<_>>()[..] else {
        panic!("{deed:?} is not there once: {rows:?}");
    };
    row
}

async fn what_a_person_does(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    omar.open(&board.asks("forms:read").url()).await;
    omar.sign_in().await;
    omar.refuses().await;
    omar.connects(&board.asks("forms:read")).await;
    omar.connects(&board.asks("profile forms:read")).await;
    omar.disconnects().await;
    omar.elsewhere().sign_in().await;
    let page = omar.open("/account").await;
    let form = page.forms().into_iter().find(|form| form.action.contains("end-others")).expect("a form");
    omar.post(&form, &form.clone().submit()).await;
    omar.sign_out().await;

    let rows = done_by_requests(&app).await;
    let person = only(&rows, Deed::ConsentDenied).user.expect("a person");
    assert!(rows.iter().all(|row| row.actor == Actor::User(person) && row.user == Some(person)), "{rows:?}");
    let given = only(&rows, Deed::GrantCreated);
    assert_eq!(given.detail.as_deref(), Some("forms:read"));
    for deed in [Deed::GrantCreated, Deed::GrantUpdated, Deed::GrantRevoked] {
        let row = only(&rows, deed);
        assert!(row.app.is_some() && row.tenant.is_some() && row.grant.is_some(), "{row:?}");
        assert_eq!((row.app, row.tenant, row.grant), (given.app, given.tenant, given.grant));
    }
    assert_eq!(only(&rows, Deed::ConsentDenied).app, given.app);
    only(&rows, Deed::BrowserSessionEnded);
    only(&rows, Deed::BrowserSessionOthersEnded);
    assert_eq!(rows.iter().filter(|row| row.action == Deed::BrowserSessionCreated).count(), 2);
    assert_eq!(rows.len(), 8);

    let mut nora = app.person("nora");
    let page = nora.open("/signup").await;
    let form = page.login_form().expect("a form");
    let filled = form.clone().fill("name", "Nora").and_then(|form| form.fill("email", "nora@example.org"));
    let filled = filled.and_then(|form| form.fill("password", "a long enough passphrase"));
    let fields = filled.expect("the fields of a sign-up").submit();
    assert_eq!(nora.post(&form, &fields).await.status, 303);
    let rows = done_by_requests(&app).await;
    let row = only(&rows, Deed::UserSignedUp);
    assert_eq!(row.user.map(Actor::User), Some(row.actor));
}

async fn what_an_app_does(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let asked = board.asks("forms:read");
    let callback = omar.connects(&asked).await;
    Tokens::read(&board.exchange(&asked, &callback).await);
    board.exchange(&asked, &callback).await.refused(400, "invalid_grant");
    let reused = board.connect(&mut omar, "forms:read").await;
    let successor = Tokens::read(&board.refresh(&reused.refresh).await);
    app.advance(60 * SECOND);
    assert!(app.api().sees_alive(&successor.access).await);
    app.writes_usage().await;
    board.refresh(&reused.refresh).await.refused(400, "invalid_grant");
    let revoked = board.connect(&mut omar, "forms:read").await;
    assert_eq!(board.revoke(&revoked.access).await.status, 200);
    assert_eq!(board.revoke(&revoked.access).await.status, 200, "twice is once");
    assert_eq!(app.client("ledger").revoke(&revoked.refresh).await.status, 200, "another app ends nothing");
    assert_eq!(board.revoke(&revoked.refresh).await.status, 200);

    let rows = done_by_requests(&app).await;
    for deed in [
        Deed::AuthorizationCodeReplayed,
        Deed::RefreshTokenReused,
        Deed::AccessTokenRevoked,
        Deed::TokenFamilyRevoked,
    ] {
        let row = only(&rows, deed);
        assert_eq!(row.app.map(Actor::App), Some(row.actor), "{row:?}");
    }
    let ended = only(&rows, Deed::AccessTokenRevoked).detail.as_deref().unwrap_or_default();
    assert!(ended.starts_with("access token "), "{ended}");
    let (reuse, given) = (only(&rows, Deed::RefreshTokenReused), only(&rows, Deed::GrantCreated));
    assert_eq!((reuse.user, reuse.tenant, reuse.grant), (given.user, given.tenant, given.grant));
}
