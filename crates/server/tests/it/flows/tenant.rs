//! Several places: one is chosen, and what is given at one is not given at another.

use symbolon_store::testing::Database;

use crate::support::{TestApp, Tokens, stories};

stories!(
    two_tenants_are_two_connections,
    a_place_must_be_chosen,
    the_app_may_name_the_place,
    an_installation_acts_for_the_whole_tenant,
    only_some_roles_may_install,
    an_installation_is_all_or_nothing,
    an_installation_belongs_to_the_tenant,
);

async fn two_tenants_are_two_connections(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut jane) = (app.client("board"), app.person("jane"));
    let north = board.connect_for(&mut jane, "profile forms:read", "north").await;
    let south = board.connect_for(&mut jane, "profile forms:read", "south").await;
    let (at_north, at_south) = (board.me(&north.access).await.ok(), board.me(&south.access).await.ok());
    assert_eq!((&at_north["tenant"], &at_north["role"]), (&"north".into(), &"practitioner".into()));
    assert_eq!((&at_south["tenant"], &at_south["role"]), (&"south".into(), &"office".into()));
    assert_ne!(at_north["grant"], at_south["grant"]);
    assert_eq!(at_north["base_url"], "https://north.example.com");
    app.remove_member("south", "jane").await;
    assert!(!app.api().sees_alive(&south.access).await);
    assert!(app.api().sees_alive(&north.access).await, "one place has nothing to do with the other");
}

async fn a_place_must_be_chosen(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut jane) = (app.client("board"), app.person("jane"));
    jane.open(&board.asks("profile").url()).await;
    jane.sign_in().await;
    let (form, fields) = jane.deciding("allow", |form| form);
    assert_eq!(form.choices("tenant"), ["north", "south"]);
    assert!(fields.iter().all(|(name, _)| name != "tenant"), "none is chosen for her");
    assert_eq!(jane.post(&form, &fields).await.status, 422);
    let mut nowhere = fields.clone();
    nowhere.push(("tenant".to_owned(), "nowhere".to_owned()));
    assert_eq!(jane.post(&form, &nowhere).await.status, 422);
    assert_eq!(jane.consents_for("south").await.status, 303);
    // Somebody with several places chooses each time.
    assert!(jane.open(&board.asks("profile").url()).await.consent_form().is_some());
}

async fn the_app_may_name_the_place(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut jane) = (app.client("board"), app.person("jane"));
    board.connect_for(&mut jane, "profile", "south").await;
    let asked = board.asks("profile").with("tenant", "south");
    let callback = jane.look(&asked.url()).await.callback();
    let tokens = Tokens::read(&board.exchange(&asked, &callback).await);
    assert_eq!(board.me(&tokens.access).await.ok()["tenant"], "south");
    // Naming is a wish, never a permission.
    let page = jane.open(&board.asks("profile").with("tenant", "north").url()).await;
    assert!(page.consent_form().is_some(), "{page:?}");
    let mut omar = app.person("omar");
    omar.open(&board.asks("profile").with("tenant", "south").url()).await;
    let page = omar.sign_in().await;
    assert_eq!(page.consent_form().expect("a form").choices("tenant"), ["north"]);
    assert!(!page.body.contains("Clinic South"), "{page:?}");
}

async fn an_installation_acts_for_the_whole_tenant(database: Database) {
    let app = TestApp::start(database).await;
    let (tower, mut omar) = (app.client("tower"), app.person("omar"));
    let asked = tower.asks("forms:read bookings:read");
    omar.open(&asked.url()).await;
    let page = omar.sign_in().await;
    assert!(page.body.contains("not only for you"), "{page:?}");
    let callback = omar.consents().await.callback();
    let answer = tower.exchange(&asked, &callback).await;
    let json = answer.ok();
    assert_eq!((&json["level"], &json["tenant_id"]), (&"tenant".into(), &"north".into()));
    assert!(json["user_id"].is_null() && json["role"].is_null(), "{json}");
    let tokens = Tokens::read(&answer);
    let seen = app.api().check(&tokens.access, &["forms:read"]).await.ok();
    assert!(seen["user"].is_null(), "{seen}");
}

async fn only_some_roles_may_install(database: Database) {
    let app = TestApp::start(database).await;
    let (tower, mut jane) = (app.client("tower"), app.person("jane"));
    jane.open(&tower.asks("forms:read").url()).await;
    let page = jane.sign_in().await;
    assert!(
        page.consent_form().is_none() && page.body.contains("may not connect apps for everyone"),
        "{page:?}"
    );
    let deny = page.forms().into_iter().find(|form| form.has_button("decision", "deny")).expect("a form");
    let mut fields = deny.clone().press("decision", "deny").expect("the button");
    fields.retain(|(name, _)| name != "decision" && name != "tenant");
    fields.extend([("decision".to_owned(), "allow".to_owned()), ("tenant".to_owned(), "north".to_owned())]);
    assert_eq!(jane.post(&deny, &fields).await.status, 422);
    app.set_role("south", "jane", "owner").await;
    let tokens = tower.connect(&mut jane, "forms:read").await;
    assert_eq!(tower.me(&tokens.access).await.ok()["tenant"], "south");
}

const FOREMAN: &str = r#"
[[role]]
key = "foreman"
title = "Foreman"
scopes = ["forms:read"]
can_install = true
"#;

async fn an_installation_is_all_or_nothing(database: Database) {
    let app = TestApp::start(database).await;
    app.declare(FOREMAN).await;
    app.set_role("north", "sam", "foreman").await;
    let (tower, mut sam) = (app.client("tower"), app.person("sam"));
    sam.open(&tower.asks("forms:read bookings:read").url()).await;
    assert!(sam.sign_in().await.consent_form().is_none());
    assert_eq!(tower.connect(&mut sam, "forms:read").await.scope, "forms:read");
}

/// Whoever installed it may go; another administrator finds it there.
async fn an_installation_belongs_to_the_tenant(database: Database) {
    let app = TestApp::start(database).await;
    let (tower, mut omar, mut jane) = (app.client("tower"), app.person("omar"), app.person("jane"));
    let tokens = tower.connect(&mut omar, "forms:read").await;
    app.set_role("north", "jane", "owner").await;
    app.remove_member("south", "jane").await;
    let asked = tower.asks("forms:read");
    jane.open(&asked.url()).await;
    jane.sign_in().await;
    let callback = jane.consents().await.callback();
    let second = Tokens::read(&tower.exchange(&asked, &callback).await);
    assert_eq!(
        tower.me(&tokens.access).await.ok()["grant"],
        tower.me(&second.access).await.ok()["grant"],
        "one installation per tenant"
    );
    app.disable_user("omar").await;
    app.remove_member("north", "omar").await;
    app.set_password("omar", "another password altogether").await;
    app.api().check(&tokens.access, &["forms:read"]).await.ok();
    Tokens::read(&tower.refresh(&tokens.refresh).await);
}
