//! An address that somebody typed at sign-up is a login name. It identifies nobody, to nobody, and gives way to the person
//! whose address it is.

use symbolon_demo::page_form::PageForm;
use symbolon_platform::deed::Deed;
use symbolon_store::testing::Database;

use crate::support::{Answer, PASSWORD, Person, TestApp, stories};

stories!(
    introspection_tells_a_proven_address_and_no_other,
    an_address_is_told_under_profile_or_what_includes_it,
    the_person_takes_an_address_from_whoever_typed_it,
    what_was_proven_does_not_give_way,
    an_operator_proves_what_somebody_signed_up_with,
    another_address_is_chosen_from_a_live_session,
    a_proven_address_is_not_changed_by_its_person,
);

const TYPED: &str = "new@corp.example";

/// Somebody who signed up with an address that may be anybody's.
async fn stranger(app: &TestApp) -> Person {
    let mut stranger = app.person("");
    TYPED.clone_into(&mut stranger.email);
    let answer = stranger.signs_up("Newcomer").await;
    assert_eq!(answer.status, 303, "{answer:?}");
    stranger
}

/// The same account, made a member like any other: the operator names it by its identifier.
async fn member(app: &TestApp) -> Person {
    let stranger = stranger(app).await;
    let id = app.signs_in_with(TYPED).await.expect("an account").external_id;
    app.declare(&format!("[[membership]]\ntenant = \"north\"\nuser = \"{id}\"\nrole = \"owner\"")).await;
    stranger
}

fn declared(email: &str) -> String {
    format!(
        "[[user]]\nid = \"u-real\"\nemail = \"{email}\"\nname = \"Rae Real\"\npassword = \"{PASSWORD}\"\n\
         [[membership]]\ntenant = \"north\"\nuser = \"u-real\"\nrole = \"owner\""
    )
}

async fn introspection_tells_a_proven_address_and_no_other(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let (mut stranger, mut omar) = (member(&app).await, app.person("omar"));
    for (person, told) in [(&mut stranger, None), (&mut omar, Some("omar@example.com"))] {
        let tokens = board.connect_for(person, "profile forms:read", "north").await;
        for seen in [app.api().introspect(&tokens.access).await, board.introspect(&tokens.access).await.ok()]
        {
            assert_eq!((&seen["active"], seen["username"].as_str()), (&true.into(), told), "{seen}");
        }
        for answer in [app.api().check(&tokens.access, &[]).await, board.me(&tokens.access).await] {
            assert!(answer.status == 200 && !answer.body.contains(TYPED), "{answer:?}");
        }
    }
}

async fn an_address_is_told_under_profile_or_what_includes_it(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let seen = async |omar: &mut Person, scope: &str| {
        let tokens = board.connect(omar, scope).await;
        let seen = app.api().introspect(&tokens.access).await;
        assert_eq!((&seen["active"], &seen["scope"]), (&true.into(), &scope.into()), "{seen}");
        assert_eq!(board.introspect(&tokens.access).await.ok()["username"], seen["username"]);
        seen["username"].as_str().map(str::to_owned)
    };
    assert_eq!(seen(&mut omar, "forms:write").await, None);
    assert_eq!(seen(&mut omar, "profile").await.as_deref(), Some("omar@example.com"));
    app.declare(
        "[[scope]]\nname = \"forms:write\"\ntitle = \"Change your forms\"\nsensitivity = \"sensitive\"\n\
         includes = [\"forms:read\", \"profile\"]",
    )
    .await;
    assert_eq!(seen(&mut omar, "forms:write").await.as_deref(), Some("omar@example.com"));
    assert_eq!(seen(&mut omar, "forms:read").await, None);
}

async fn the_person_takes_an_address_from_whoever_typed_it(database: Database) {
    let app = TestApp::start(database).await;
    let mut stranger = stranger(&app).await;
    app.declare(&declared(TYPED)).await;
    let own = app.signs_in_with(TYPED).await.expect("an account");
    assert_eq!((own.external_id.as_str(), own.email()), ("u-real", Some(TYPED)));
    let deeds = app.state().store.list_audit(1000).await.expect("the audit");
    assert!(deeds.iter().any(|row| row.action == Deed::LoginDisplaced && row.user != Some(own.id)));

    let mut rae = app.person("");
    TYPED.clone_into(&mut rae.email);
    assert!(rae.sign_in().await.body.contains("Rae"));
    let tokens = app.client("board").connect(&mut rae, "profile").await;
    assert_eq!(app.api().introspect(&tokens.access).await["username"], TYPED);

    // What the stranger has is theirs still, and nothing of it is Rae's.
    let page = stranger.open("/account").await;
    assert!(page.body.contains("belongs to somebody else") && !page.body.contains(TYPED), "{page:?}");
    assert!(page.body.contains("Newcomer") && !page.body.contains("Clinic North"), "{page:?}");
}

async fn what_was_proven_does_not_give_way(database: Database) {
    let app = TestApp::start(database).await;
    let refused = app.try_declare(&declared("omar@example.com")).await.expect_err("it is Omar's");
    assert!(refused.contains("belongs to user \"u-omar\""), "{refused}");
    let mut omar = app.person("omar");
    assert!(omar.sign_in().await.body.contains("Omar"));
    let mut again = app.person("omar");
    assert_eq!(again.signs_up("Omar the second").await.status, 422);
}

async fn an_operator_proves_what_somebody_signed_up_with(database: Database) {
    let app = TestApp::start(database).await;
    let mut stranger = member(&app).await;
    let id = app.signs_in_with(TYPED).await.expect("an account").external_id;
    app.declare(&format!("[[user]]\nid = \"{id}\"\nemail = \"{TYPED}\"\nname = \"Newcomer\"")).await;
    let proven = app.signs_in_with(TYPED).await.expect("an account");
    assert_eq!((proven.external_id.as_str(), proven.email()), (id.as_str(), Some(TYPED)));
    let tokens = app.client("board").connect_for(&mut stranger, "profile", "north").await;
    assert_eq!(app.api().introspect(&tokens.access).await["username"], TYPED);
}

/// Posts the form of `/account/sign-in-address`.
async fn chooses(person: &mut Person, address: &str) -> Answer {
    let page = person.open("/account/sign-in-address").await;
    let of_address = |form: &PageForm| form.action.ends_with("sign-in-address");
    let form = page.forms().into_iter().find(of_address).unwrap_or_else(|| panic!("no form: {page:?}"));
    let fields = form.clone().fill("email", address).expect("its field").submit();
    person.post(&form, &fields).await
}

async fn another_address_is_chosen_from_a_live_session(database: Database) {
    let app = TestApp::start(database).await;
    let mut stranger = stranger(&app).await;
    app.declare(&declared(TYPED)).await;
    for (address, status) in [(TYPED, 422), ("omar@example.com", 422), ("new@", 422), ("", 422)] {
        assert_eq!(chooses(&mut stranger, address).await.status, status, "{address}");
    }
    let answer = chooses(&mut stranger, " Other@Corp.example").await;
    assert_eq!((answer.status, answer.location()), (303, "/account"), "{answer:?}");
    let own = app.signs_in_with("other@corp.example").await.expect("an account");
    assert_eq!((own.name.as_str(), own.email()), ("Newcomer", None));
    let deeds = app.state().store.list_audit(1000).await.expect("the audit");
    let deed = deeds.iter().find(|row| row.action == Deed::LoginChanged).expect("a deed");
    assert!(deed.user == Some(own.id) && deed.request_id.is_some(), "{deed:?}");

    let page = stranger.open("/account").await;
    assert!(page.body.contains("other@corp.example") && page.body.contains("not confirmed"), "{page:?}");
    let mut elsewhere = stranger.elsewhere();
    "other@corp.example".clone_into(&mut elsewhere.email);
    assert!(elsewhere.sign_in().await.body.contains("Newcomer"));

    // The form is theirs alone.
    let mut visitor = app.person("");
    assert_eq!(visitor.look("/account/sign-in-address").await.location(), "/login");
    let forged = "email=third%40corp.example&csrf=x";
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let answer = stranger.fetch("POST", "/account/sign-in-address", &headers, forged).await;
    answer.error_page(403);
    assert!(app.signs_in_with("third@corp.example").await.is_none());
}

async fn a_proven_address_is_not_changed_by_its_person(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    omar.sign_in().await;
    omar.look("/account/sign-in-address").await.error_page(404);
    assert!(!omar.open("/account").await.body.contains("/account/sign-in-address"));
}
