//! Whose connection it is, what it may do, and in which world (FS-13 to FS-15, FS-17).

use serde_json::json;
use symbolon_store::testing::Database;

use super::{Connection, Partner, REGISTERED, dead, is_owner};
use crate::support::{Options, TestApp, stories};
use crate::vendors::{MOUNTED, PEOPLE, WORLD, start};

stories!(
    fs_13_people_of_one_clinic_are_people_of_their_own,
    fs_14_an_old_app_belongs_to_the_clinic,
    fs_14_a_clinic_without_a_uuid_is_given_one,
    fs_15_a_new_scope_waits_for_a_new_consent,
    fs_17_sandbox_and_production_are_two_worlds,
);

async fn fs_13_people_of_one_clinic_are_people_of_their_own(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let pia = partner.connect(&mut app.person("pia")).await;
    let stan = partner.connect(&mut app.person("stan")).await;
    assert_eq!((&pia.owner["type"], &stan.owner["type"]), (&json!("Practitioner"), &json!("Staff")));
    assert!(is_owner(&pia.owner["id"]) && is_owner(&stan.owner["id"]));
    assert_ne!(pia.owner["id"], stan.owner["id"]);
    let (of_pia, of_stan) =
        (app.api().check(&pia.access, &[]).await.ok(), app.api().check(&stan.access, &[]).await.ok());
    assert_eq!((&of_pia["tenant"], &of_stan["tenant"]), (&json!("clinic-oak"), &json!("clinic-oak")));
    assert_ne!(of_pia["grant"], of_stan["grant"]);
    partner.revoke(&stan.access).await.ok();
    dead(&partner.refresh(&stan.refresh).await);
    assert!(app.api().sees_alive(&pia.access).await);
    Connection::read(&partner.refresh(&pia.refresh).await);
}

const CLINIC: &str = "0d6f4e3a-52c1-4b7e-9a80-5d2f6c1b7e94";

async fn fs_14_an_old_app_belongs_to_the_clinic(database: Database) {
    let app = start(database).await;
    let members = ["pia", "olga"].map(|name| {
        format!("[[membership]]\ntenant = \"{CLINIC}\"\nuser = \"u-{name}\"\nrole = \"owner\"\n")
    });
    let clinic = format!("[[tenant]]\nid = \"{CLINIC}\"\nname = \"Ash Street Clinic\"\n");
    app.declare(&format!("{clinic}{}", members.concat())).await;
    let partner = Partner::of(&app, "fullscript-clinic");
    let owner = json!({ "id": CLINIC, "type": "Clinic" });
    let pia = partner.connect_at(&mut app.person("pia"), Some(CLINIC)).await;
    assert_eq!(pia.owner, owner);
    let olga = partner.connect_at(&mut app.person("olga"), Some(CLINIC)).await;
    assert_eq!(olga.owner, owner);
    assert_eq!(Connection::read(&partner.refresh(&pia.refresh).await).owner, owner);
    // It is the clinic's: it outlasts whoever connected it, and is one connection with two families.
    app.remove_member(CLINIC, "pia").await;
    for given in [&pia, &olga] {
        let told = app.api().check(&given.access, &["clinic:read"]).await.ok();
        assert_eq!((&told["level"], &told["tenant"]), (&json!("tenant"), &json!(CLINIC)));
    }
}

async fn fs_14_a_clinic_without_a_uuid_is_given_one(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-clinic");
    let pia = partner.connect(&mut app.person("pia")).await;
    let olga = partner.connect_at(&mut app.person("olga"), Some("clinic-oak")).await;
    assert!(is_owner(&pia.owner["id"]), "{}", pia.owner);
    assert_eq!((&pia.owner, &pia.owner["type"]), (&olga.owner, &json!("Clinic")));
    let elm = partner.connect_at(&mut app.person("olga"), Some("clinic-elm")).await;
    assert_ne!(elm.owner["id"], pia.owner["id"]);
}

async fn fs_15_a_new_scope_waits_for_a_new_consent(database: Database) {
    let app = start(database).await;
    let partner = Partner::of(&app, "fullscript-app");
    let mut pia = app.person("pia");
    let old = partner.connect(&mut pia).await;
    let grown = WORLD.replace(
        r#"scopes = ["catalog:read", "clinic:read", "patients:read"]"#,
        r#"scopes = ["catalog:read", "clinic:read", "patients:read", "patients:write"]"#,
    );
    assert_ne!(grown, WORLD);
    app.declare(&grown).await;
    let refreshed = Connection::read(&partner.refresh(&old.refresh).await);
    for (given, what) in [(&old.access, "the token"), (&refreshed.access, "its successor")] {
        assert_eq!(app.api().check(given, &["patients:write"]).await.status, 403, "{what}");
        assert_eq!(app.api().check(given, &["patients:read"]).await.status, 200, "{what}");
    }
    assert_eq!(refreshed.scope, REGISTERED);
    let new = partner.connect(&mut pia).await;
    assert_eq!(new.scope, format!("{REGISTERED} patients:write"));
    assert_eq!(app.api().check(&new.access, &["patients:write"]).await.status, 200);
    assert_eq!(app.api().check(&old.access, &["patients:write"]).await.status, 403, "it stays as it is");
}

/// The same file twice, under two names.
const SANDBOX: &str = r#"
    [[dialect]]
    preset = "fullscript"
    name = "fullscript-sandbox"
    prefix = "/sandbox"
"#;

const SANDBOX_APP: &str = r#"
    [[app]]
    client_id = "fullscript-trial"
    client_secret = "fullscript-trial-secret"
    name = "Chart Notes (sandbox)"
    redirect_uris = ["https://fullscript-trial.example.net/cb"]
    scopes = ["catalog:read"]
    dialect = "fullscript-sandbox"
    status = "live"
"#;

async fn fs_17_sandbox_and_production_are_two_worlds(database: Database) {
    let configuration = format!("{MOUNTED}{SANDBOX}").leak();
    let options = Options { configuration, state: SANDBOX_APP, ..Options::default() };
    let app = TestApp::of(database, &options, &PEOPLE, WORLD).await;
    let mut pia = app.person("pia");
    let worlds =
        [("/sandbox", "/fullscript", "fullscript-trial"), ("/fullscript", "/sandbox", "fullscript-app")];
    for (own, other, client_id) in worlds {
        let (home, abroad) = (Partner::at(&app, own, client_id), Partner::at(&app, other, client_id));
        for path in ["/oauth/authorize", "/api/oauth/authorize"] {
            app.get(&abroad.wire.asks(path, &abroad.asks()).url()).await.error_page(404);
        }
        let code = home.code(&mut pia, None).await;
        abroad.exchange(&code).await.refused(401, "invalid_client");
        let given = Connection::read(&home.exchange(&code).await);
        abroad.refresh(&given.refresh).await.refused(401, "invalid_client");
        abroad.revoke(&given.access).await.refused(403, "unauthorized_client");
        assert!(app.api().sees_alive(&given.access).await);
        // An app of the other world cannot use what it found either.
        let thief = if client_id == "fullscript-app" { "fullscript-trial" } else { "fullscript-app" };
        let thief = Partner::at(&app, other, thief);
        let code = home.code(&mut pia, None).await;
        dead(&thief.exchange(&code).await);
        dead(&thief.refresh(&given.refresh).await);
        Connection::read(&home.refresh(&given.refresh).await);
    }
}
