//! An app in development: who may use it before it is reviewed, and what everybody else is told.

use symbolon_platform::app::AppStatus;
use symbolon_platform::organisation::{Organisation, Role};
use symbolon_store::change::{MemberChange, TesterChange};
use symbolon_store::testers::TesterId;
use symbolon_store::testing::Database;

use crate::support::{TestApp, Tokens, choosing, stories, with_field};

stories!(
    an_unreviewed_app_connects_its_team_and_their_tenants,
    an_unreviewed_app_connects_testers_while_they_are_invited,
    what_an_operator_made_is_open_to_everybody,
    an_app_that_is_put_back_into_development_keeps_its_team_alone,
);

/// The app `board`, in development, as Lena's, who owns South.
async fn lenas(app: &TestApp) {
    let lena = app.user_id("lena").await;
    app.change_app("board", |board| (board.status, board.owner) = (AppStatus::Development, Some(lena))).await;
}

/// FO-12, CAL-13: whoever is in a tenant of its developer's may connect it there, nobody else anywhere.
async fn an_unreviewed_app_connects_its_team_and_their_tenants(database: Database) {
    let app = TestApp::start(database).await;
    lenas(&app).await;
    let (board, mut lena, mut jane, mut omar) =
        (app.client("board"), app.person("lena"), app.person("jane"), app.person("omar"));
    let tokens = board.connect(&mut lena, "forms:read").await;
    app.api().check(&tokens.access, &["forms:read"]).await.ok();

    // Jane works in South, which is Lena's, and in North, which is not.
    board.connect_for(&mut jane, "forms:read", "south").await;
    jane.open(&board.asks("forms:read").and("prompt", "consent").url()).await;
    let (form, fields) = jane.deciding("allow", choosing("south"));
    let answer = jane.post(&form, &with_field(&fields, "tenant", "north")).await;
    assert_eq!(answer.status, 422, "not by a form that was written by hand: {answer:?}");
    jane.consents_for("south").await.callback().code();

    // Omar is told why, and can only go back.
    omar.open(&board.asks("forms:read").url()).await;
    let page = omar.sign_in().await;
    assert!(page.body.contains("It is still in development"), "{page:?}");
    assert!(
        page.consent_form().is_none() && page.forms().iter().any(|form| form.has_button("decision", "deny"))
    );

    // As a member of the team he may.
    let (user, organisation) = (app.user_id("omar").await, Organisation::own(app.user_id("lena").await));
    app.change(MemberChange::Add { organisation, user, role: Role::Viewer, at: app.now() }.into()).await;
    let tokens = board.connect(&mut omar, "forms:read").await;
    app.api().check(&tokens.access, &["forms:read"]).await.ok();
    app.change(MemberChange::Remove { organisation, user, old: Role::Viewer }.into()).await;
    assert_eq!(app.api().check(&tokens.access, &["forms:read"]).await.status, 401);
    board.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
}

async fn an_unreviewed_app_connects_testers_while_they_are_invited(database: Database) {
    let app = TestApp::start(database).await;
    lenas(&app).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let id =
        app.state().store.load_app_by_client_id("board").await.expect("an answer").expect("an app").client.id;
    let tester = TesterId::Person(app.user_id("omar").await);
    let invited_by = Some(app.user_id("lena").await);
    app.change(TesterChange::Add { app: id, tester, invited_by, at: app.now() }.into()).await;
    let tokens = board.connect(&mut omar, "forms:read").await;
    app.api().check(&tokens.access, &["forms:read"]).await.ok();
    let next = Tokens::read(&board.refresh(&tokens.refresh).await);

    app.change(TesterChange::Remove { app: id, tester }.into()).await;
    assert_eq!(app.api().check(&next.access, &["forms:read"]).await.status, 401);
    assert_eq!(board.introspect(&next.access).await.ok()["active"], false);
    board.refresh(&next.refresh).await.refused(400, "invalid_grant");
    let account = omar.look("/account").await;
    assert!(account.body.contains("not, or no longer, one of its testers"), "{account:?}");

    // Invited again, or once it is reviewed, what was connected goes on.
    app.change(TesterChange::Add { app: id, tester, invited_by, at: app.now() }.into()).await;
    let next = Tokens::read(&board.refresh(&next.refresh).await);
    app.change(TesterChange::Remove { app: id, tester }.into()).await;
    app.set_app_status("board", AppStatus::Live).await;
    app.api().check(&next.access, &["forms:read"]).await.ok();
}

async fn what_an_operator_made_is_open_to_everybody(database: Database) {
    let app = TestApp::start(database).await;
    let (draft, mut omar) = (app.client("draft"), app.person("omar"));
    let tokens = draft.connect(&mut omar, "forms:read").await;
    app.api().check(&tokens.access, &["forms:read"]).await.ok();
}

async fn an_app_that_is_put_back_into_development_keeps_its_team_alone(database: Database) {
    let app = TestApp::start(database).await;
    let lena = app.user_id("lena").await;
    app.change_app("board", |board| board.owner = Some(lena)).await;
    let (board, mut lena, mut omar) = (app.client("board"), app.person("lena"), app.person("omar"));
    let of = [board.connect(&mut lena, "forms:read").await, board.connect(&mut omar, "forms:read").await];
    app.set_app_status("board", AppStatus::Development).await;
    app.api().check(&of[0].access, &["forms:read"]).await.ok();
    assert_eq!(app.api().check(&of[1].access, &["forms:read"]).await.status, 401);
}
