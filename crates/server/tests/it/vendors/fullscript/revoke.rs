//! Revocation: what ends with what, and who may (FS-11, FS-12).

use serde_json::json;
use symbolon_store::sweep::Sweep;
use symbolon_store::testing::Database;

use super::{Connection, HOUR, Partner, dead};
use crate::support::{DAY, stories};
use crate::vendors::{Wire, start};

stories!(
    fs_11_an_expired_access_token_ends_its_connection,
    fs_11_a_refresh_token_ends_its_connection_too,
    fs_11_a_partner_that_was_away_for_years_can_still_disconnect,
    fs_12_a_revocation_needs_the_secret_and_no_real_token,
    the_standard_endpoints_are_everybodys,
);

async fn fs_11_an_expired_access_token_ends_its_connection(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let mut pia = app.person("pia");
    let first = partner.connect(&mut pia).await;
    app.advance(HOUR);
    let later = Connection::read(&partner.refresh(&first.refresh).await);
    let sibling = partner.connect(&mut pia).await;
    app.advance(HOUR);
    assert!(!app.api().sees_alive(&first.access).await, "it has expired");
    for _ in 0..2 {
        let answer = partner.revoke(&first.access).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "{}"), "{answer:?}");
        assert!(!app.api().sees_alive(&later.access).await);
        dead(&partner.refresh(&first.refresh).await);
    }
    // Another connection of the same person and app is another one.
    assert!(app.api().sees_alive(&sibling.access).await);
    app.advance(60 * DAY);
    partner.revoke(&sibling.access).await.ok();
    dead(&partner.refresh(&sibling.refresh).await);
}

async fn fs_11_a_refresh_token_ends_its_connection_too(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let given = partner.connect(&mut app.person("pia")).await;
    let later = Connection::read(&partner.refresh(&given.refresh).await);
    let answer = partner.revoke(&given.refresh).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "{}"), "{answer:?}");
    for access in [given.access, later.access] {
        assert!(!app.api().sees_alive(&access).await);
    }
    dead(&partner.refresh(&given.refresh).await);
}

/// The refresh token never ends, so neither does the way to end it.
async fn fs_11_a_partner_that_was_away_for_years_can_still_disconnect(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let mut pia = app.person("pia");
    let (used, idle) = (partner.connect(&mut pia).await, partner.connect(&mut pia).await);
    app.advance(DAY);
    let later = Connection::read(&partner.refresh(&used.refresh).await);
    app.advance(800 * DAY);
    let sweep = async || {
        for kind in Sweep::ALL {
            while app.state().store.sweep(kind, app.state().now()).await.expect("the store") > 0 {}
        }
    };
    sweep().await;
    partner.revoke(&idle.access).await.ok();
    dead(&partner.refresh(&idle.refresh).await);
    // One that was replaced is long forgotten; the newest is enough.
    partner.revoke(&used.access).await.ok();
    Connection::read(&partner.refresh(&used.refresh).await);
    let newest = Connection::read(&partner.refresh(&used.refresh).await);
    app.advance(800 * DAY);
    sweep().await;
    partner.revoke(&later.access).await.ok();
    partner.revoke(&newest.access).await.ok();
    dead(&partner.refresh(&used.refresh).await);
}

async fn fs_12_a_revocation_needs_the_secret_and_no_real_token(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let given = partner.connect(&mut app.person("pia")).await;
    let id = partner.client_id;
    for body in [
        json!({ "client_id": id, "token": given.access }),
        json!({ "client_id": id, "client_secret": null, "token": given.access }),
        json!({ "client_id": id, "client_secret": "wrong", "token": given.access }),
        json!({ "client_id": "nobody", "client_secret": "wrong", "token": given.access }),
        json!({ "client_id": "board", "client_secret": "board-secret", "token": given.access }),
        json!({ "token": given.access }),
    ] {
        let answer = partner.wire.post_json("/api/oauth/revoke", &body).await;
        answer.refused(403, "unauthorized_client");
    }
    // Told apart from the exchange, where a wrong secret is 401.
    let mut wrong = partner.refresh_of(&given.refresh);
    wrong["client_secret"] = json!("wrong");
    partner.wire.post_json("/api/oauth/token", &wrong).await.refused(401, "invalid_client");

    // Garbage, and what belongs to another app: nothing happens, and the answer is the same.
    let stranger = Partner::of(&app, "fullscript-second");
    for answer in [
        partner.revoke("garbage").await,
        stranger.revoke(&given.access).await,
        stranger.revoke(&given.refresh).await,
    ] {
        assert_eq!((answer.status, answer.body.as_str()), (200, "{}"), "{answer:?}");
    }
    assert!(app.api().sees_alive(&given.access).await);
    Connection::read(&partner.refresh(&given.refresh).await);
}

/// An app speaks one dialect, and may still end its tokens where everybody may, and ask about them there.
async fn the_standard_endpoints_are_everybodys(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let standard = Wire::at(&app, "");
    let given = partner.connect(&mut app.person("pia")).await;
    let own = [
        ("client_id", partner.client_id),
        ("client_secret", partner.secret.as_str()),
        ("token", given.access.as_str()),
    ];
    assert_eq!(standard.post_form("/oauth/introspect", &own).await.ok()["active"], true);
    standard.post_form("/oauth/revoke", &own).await.ok();
    assert_eq!(standard.post_form("/oauth/introspect", &own).await.ok()["active"], false);
    // Tokens it gets at home alone.
    let mut refresh = partner.refresh_of(&given.refresh);
    standard.post_json("/oauth/token", &refresh).await.refused(401, "invalid_client");
    Connection::read(&partner.refresh(&given.refresh).await);
    refresh["refresh_token"] = json!("garbage");
    standard.post_json("/oauth/token", &refresh).await.refused(401, "invalid_client");
}
