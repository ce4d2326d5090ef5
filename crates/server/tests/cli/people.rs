//! An address that somebody typed at sign-up is found by no command, and the operator is told what it is.

use serde_json::Value;
use symbolon_oauth::id::Id;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::account::Wanted;
use symbolon_platform::deed::Deed;
use symbolon_store::{Actor, Audit, Options, Store};

use super::{Operator, STATE};

const TYPED: &str = "new@corp.example";

/// An operator on whose server somebody signed up, and what the account is called.
fn after_a_sign_up() -> (Operator, String) {
    let operator = Operator::new();
    operator.writes("world.toml", STATE);
    operator.does("apply world.toml");
    let url = format!("sqlite:{}", operator.path("symbolon.db").display());
    let (user, space) = Wanted::typed("Newcomer", TYPED).account(Id::new([1; 16]), Id::new([2; 16]));
    let signed_up = async {
        let store = Store::open(&url, Options::default()).await.unwrap();
        let audit = Audit::new(Id::new([3; 16]), Timestamp(1), Deed::UserSignedUp, Actor::User(user.id));
        store.sign_up(&user, "hash", &space, audit).await.unwrap();
    };
    tokio::runtime::Runtime::new().unwrap().block_on(signed_up);
    (operator, user.external_id)
}

#[test]
fn an_unproven_address_is_found_by_no_command() {
    let (operator, id) = after_a_sign_up();
    for line in [
        "tenant add-member north new@corp.example --role practitioner",
        "tenant remove-member north new@corp.example --yes",
        "user show new@corp.example",
        "user disable new@corp.example --yes",
        "user enable new@corp.example",
        "user delete new@corp.example --yes",
        "user set-password new@corp.example --generate",
        "user set-email new@corp.example other@corp.example",
        "app create Board --redirect-uri https://app.example.net/cb --scope forms:read --owner new@corp.example",
    ] {
        let said = operator.fails(line);
        assert!(said.contains("nobody is known to have the address \"new@corp.example\""), "{line}: {said}");
        assert!(said.contains("symbolon user list") && !said.contains(&id), "{line}: {said}");
    }
    // The twin: a proven address, and the account by its identifier.
    operator.does("tenant add-member north jane@example.com --role practitioner");
    operator.does(&format!("tenant add-member north {id} --role practitioner"));
    assert!(operator.fails("user show nobody@corp.example").contains("there is no user"));
}

#[test]
fn the_operator_sees_what_is_unproven() {
    let (operator, id) = after_a_sign_up();
    let shown = operator.asks(&format!("user show {id}"));
    assert_eq!((&shown["email"], &shown["unproven_login"]), (&Value::Null, &TYPED.into()), "{shown}");
    let jane = operator.asks("user show jane@example.com");
    assert_eq!((&jane["email"], &jane["unproven_login"]), (&"jane@example.com".into(), &Value::Null));
    let listed = operator.does("user list");
    assert!(
        listed.contains("new@corp.example (unproven)") && !listed.contains("jane@example.com ("),
        "{listed}"
    );
}

#[test]
fn the_operator_says_whose_an_address_is() {
    let (operator, id) = after_a_sign_up();
    let real = format!("[[user]]\nid = \"u-real\"\nemail = \"{TYPED}\"\nname = \"Rae\"\n");
    operator.writes("real.toml", &real);
    let line = format!("~ user {id}: login \"{TYPED}\" → (none)");
    assert!(operator.does("apply real.toml --dry-run").contains(&line));
    assert_eq!(
        operator.asks(&format!("user show {id}"))["unproven_login"],
        TYPED,
        "a dry run changes nothing"
    );
    let applied = operator.does("apply real.toml");
    assert!(applied.contains(&line) && applied.contains("+ user u-real"), "{applied}");
    assert!(operator.does("apply real.toml").contains("nothing to change"));
    assert_eq!(operator.asks(&format!("user show {TYPED}"))["id"], "u-real");
    let displaced = operator.asks(&format!("user show {id}"));
    assert_eq!((&displaced["email"], &displaced["unproven_login"]), (&Value::Null, &Value::Null));

    operator.does(&format!("user set-email {id} newcomer@corp.example"));
    assert_eq!(operator.asks("user show newcomer@corp.example")["id"], id.as_str());
    let taken = operator.fails(&format!("user set-email {id} {TYPED}"));
    assert!(taken.contains("belongs to user \"u-real\""), "{taken}");
}

#[test]
fn an_operator_who_knows_somebody_takes_the_address_for_them() {
    let (operator, id) = after_a_sign_up();
    operator.does(&format!("user set-email u-jane {TYPED}"));
    assert_eq!(operator.asks(&format!("user show {TYPED}"))["id"], "u-jane");
    assert!(operator.asks(&format!("user show {id}"))["unproven_login"].is_null());
}

#[test]
fn who_is_called_like_an_address_keeps_nobody_from_it() {
    let (operator, id) = after_a_sign_up();
    operator.does(&format!("user rename {id} {TYPED}"));
    operator
        .writes("real.toml", &format!("[[user]]\nid = \"u-real\"\nemail = \"{TYPED}\"\nname = \"Rae\"\n"));
    let applied = operator.does("apply real.toml");
    assert!(applied.contains(&format!("~ user {TYPED}: login")), "{applied}");
    let stranger =
        operator.asks("user list").as_array().unwrap().iter().find(|user| user["id"] == TYPED).cloned();
    let stranger = stranger.expect("the stranger is there");
    assert_eq!((&stranger["email"], &stranger["unproven_login"]), (&Value::Null, &Value::Null));
    // The text is one person's identifier and another's address, and nobody is taken for the other.
    for line in [
        format!("tenant add-member north {TYPED} --role practitioner"),
        format!("user show {TYPED}"),
        format!("user delete {TYPED} --yes"),
    ] {
        let said = operator.fails(&line);
        assert!(
            said.contains("the e-mail address of user \"u-real\"") && said.contains("user rename"),
            "{said}"
        );
    }
    operator.does(&format!("user rename {TYPED} u-stranger"));
    assert_eq!(operator.asks(&format!("user show {TYPED}"))["id"], "u-real");
    operator.does(&format!("tenant add-member north {TYPED} --role practitioner"));
    assert!(operator.asks("user show u-stranger")["unproven_login"].is_null());
    // Nor is anybody called like a proven address of somebody else.
    assert!(
        operator.fails(&format!("user rename u-stranger {TYPED}")).contains("is the e-mail address of user")
    );
    operator.does("user rename u-real real@corp.example");
}

#[test]
fn nobody_is_called_as_an_app_is_in_any_case() {
    let (operator, id) = after_a_sign_up();
    for wrong in ["app:x", "App:x", "APP:x", "inst_x", "INST_x"] {
        for line in [
            format!("user rename {id} {wrong}"),
            format!("tenant rename north {wrong}"),
            format!("user create x@corp.example --id {wrong}"),
            format!("tenant create {wrong} --name X"),
        ] {
            let said = operator.fails(&line);
            assert!(said.contains("is the `sub` of an app or an installation"), "{line}: {said}");
        }
    }
    operator.does(&format!("user rename {id} apple:x"));
    operator.does("tenant create institute --name X");
}

#[test]
fn a_password_is_not_what_its_person_is_called() {
    let operator = Operator::new();
    let create = ["user", "create", "x@corp.example", "--id", "u-featherstone", "--username", "brightwater"];
    for weak in ["featherstone1", "brightwater1"] {
        let said = operator.run_with(&[&create[..], &["--password-stdin"]].concat(), &format!("{weak}\n"));
        assert!(said.code != 0 && said.complaint.contains("too easy to guess"), "{weak}: {}", said.complaint);
    }
    operator.does("user create x@corp.example --id u-featherstone --username brightwater");
    for weak in ["featherstone1", "brightwater1", "administrator1", "Symbolon2026!", "schatz2026!!"] {
        let said = operator.run_with(&["user", "set-password", "u-featherstone"], &format!("{weak}\n"));
        assert!(
            said.code != 0 && said.complaint.contains("who know what its person and this server are called"),
            "{}",
            said.complaint
        );
    }
    let good = operator.run_with(&["user", "set-password", "u-featherstone"], "purple-otter-rides-42\n");
    assert_eq!(good.code, 0, "{}", good.complaint);
}

#[test]
fn what_open_sign_up_means_is_told() {
    let operator = Operator::new();
    let written = std::fs::read_to_string(operator.path("symbolon.toml")).unwrap();
    assert!(written.lines().any(|line| line == "sign_up = \"closed\""), "{written}");
    assert!(!operator.does("doctor").contains("login.sign_up"));
    for (word, said) in [("open", "nobody proves it"), ("invited", "there are no invitations yet")] {
        operator.writes("symbolon.toml", &written.replace("\"closed\"", &format!("\"{word}\"")));
        let told = operator.does("doctor");
        let finding = format!("mind     `login.sign_up` is \"{word}\"");
        assert!(told.lines().any(|line| line.starts_with(&finding) && line.contains(said)), "{told}");
        assert!(
            !operator.serves().contains("`login.sign_up`"),
            "strangers do not reach a server of this machine alone"
        );
        let public = written.replace("\"closed\"", &format!("\"{word}\""));
        let issuer = public.lines().find(|line| line.starts_with("issuer = ")).unwrap();
        operator.writes("symbolon.toml", &public.replace(issuer, "issuer = \"https://connect.example.com\""));
        if word == "open" {
            let complaint = operator.fails("serve");
            assert!(
                complaint.contains("`login.sign_up` is \"open\""),
                "strangers are proven by mail: {complaint}"
            );
            continue;
        }
        let logged = operator.serves();
        assert_eq!(logged.lines().filter(|line| line.contains("`login.sign_up`")).count(), 1, "{logged}");
    }
    operator.writes("symbolon.toml", &written);
    assert!(!operator.serves().contains("`login.sign_up`"));
}
