//! What comes from another server by commands: native apps, apps without PKCE, secrets that are known as hashes; and answers
//! that nobody reads to their end.

use std::io::Read;

use serde_json::Value;

use super::{Operator, STATE};

const BCRYPT: &str = "$2b$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2";

#[test]
fn an_operator_says_of_an_app_that_it_is_native() {
    let operator = Operator::new();
    let create = "app create Editor --public --client-id editor --redirect-uri cursor://cb";
    assert!(operator.fails(create).contains("--native"));
    operator.does(&format!("{create} --native"));
    assert_eq!(operator.asks("app show editor")["native"], true);
    assert!(operator.fails("app edit editor --native=false").contains("--native"), "its address needs it");
    let excused = operator.fails("app create Other --native --pkce optional --redirect-uri cursor://cb");
    assert!(excused.contains("a native app always uses PKCE"), "{excused}");
    operator.does("app create Tenants --client-id tenants --redirect-uri http://north.localhost:3000/cb");
    assert_eq!(operator.asks("app show tenants")["native"], false);
    let named = operator.does("app edit tenants --native");
    assert!(named.contains("native false → true"), "{named}");
}

#[test]
fn an_operator_excuses_one_app_from_pkce() {
    let operator = Operator::new();
    operator.does("app create Make --client-id make --redirect-uri https://make.example/cb --pkce optional");
    assert_eq!(operator.asks("app show make")["pkce"], "optional");
    let edited = operator.does("app edit make --pkce required");
    assert!(edited.contains("pkce optional → required"), "{edited}");
    operator.does("app edit make --pkce optional");
    assert_eq!(operator.asks("app show make")["pkce"], "optional");
    operator.errs("app edit make --pkce off");
    operator.does("app create Page --public --client-id page --redirect-uri https://page.example/cb");
    assert!(operator.fails("app edit page --pkce optional").contains("a public app always uses PKCE"));
}

#[test]
fn a_secret_may_be_known_as_a_hash() {
    let operator = Operator::new();
    let create = "app create Elder --client-id elder --redirect-uri https://elder.example/cb --secret-hash";
    let made = operator.asks(&format!("{create} {BCRYPT}"));
    assert_eq!(made["client_secret"], Value::Null, "none is made beside it");
    let secrets = operator.asks("app show elder")["secrets"].clone();
    assert_eq!((secrets.as_array().map(Vec::len), &secrets[0]["hint"]), (Some(1), &"bcrypt".into()));
    let why =
        operator.fails(&create.replace("elder", "other").replace("--secret-hash", "--secret-hash plain"));
    assert!(why.contains("--secret-hash: it is no hash"), "{why}");
    operator.does(&format!(
        "app edit elder --secret-hash {}",
        "4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631"
    ));
    let secrets = operator.asks("app show elder")["secrets"].clone();
    let live =
        secrets.as_array().unwrap().iter().filter(|own| own["expires_at"].is_null()).collect::<Vec<_>>();
    assert_eq!((live.len(), &live[0]["hint"]), (1, &"SHA-256".into()), "it takes the place of the other");
}

#[test]
fn people_without_a_password_get_none() {
    let operator = Operator::new();
    operator
        .writes("world.toml", &format!("{STATE}\n[[user]]\nid = \"u-new\"\nemail = \"new@example.com\"\n"));
    let said = operator.does("apply world.toml");
    assert!(!said.contains("password of"), "{said}");
    assert_eq!(operator.asks("user show u-new")["has_password"], false);
    operator.does("user set-password u-new --generate");
    assert!(operator.does("apply world.toml").contains("nothing to change"));
    assert_eq!(operator.asks("user show u-new")["has_password"], true);
}

/// As `symbolon … | head -1` does.
#[test]
fn whoever_stops_reading_is_no_error() {
    let operator = Operator::new();
    let people: String =
        (0..3000).map(|n| format!("[[user]]\nid = \"m{n}\"\nemail = \"m{n}@example.com\"\n")).collect();
    operator.writes("people.toml", &people);
    for line in [
        "apply people.toml",
        "user list",
        "user list --json",
        "app list",
        "app --help",
        "dialect list",
        "doctor",
        "app create Demo --redirect-uri https://app.example.net/cb",
    ] {
        let mut child = operator.command(&line.split(' ').collect::<Vec<_>>()).spawn().unwrap();
        drop(child.stdout.take());
        let mut complaint = String::new();
        child.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
        assert_eq!((child.wait().unwrap().code(), complaint.as_str()), (Some(0), ""), "{line}");
    }
    assert_eq!(operator.asks("app list").as_array().map(Vec::len), Some(1), "what was to be done is done");
    assert_eq!(operator.asks("user list").as_array().map(Vec::len), Some(3000));
}
