//! What an app may ask for, and what people and tenants may be called, as operators say it.

use serde_json::{Value, json};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::tenant::Standing;
use symbolon_platform::user::{Login, User};
use symbolon_store::change::UserChange;
use symbolon_store::{Options, Store};

use super::{Operator, STATE};

fn grant_types(operator: &Operator, client_id: &str) -> Value {
    operator.asks(&format!("app show {client_id}"))["grant_types"].clone()
}

#[test]
fn an_app_acts_as_itself_only_when_an_operator_says_so() {
    let operator = Operator::new();
    operator.applies(STATE);
    let usual = json!(["authorization_code", "refresh_token"]);
    operator.does("app create Board --client-id board");
    assert_eq!(grant_types(&operator, "board"), usual);
    operator.does("app create Robot --client-id robot --grant-type client_credentials");
    assert_eq!(grant_types(&operator, "robot"), json!(["client_credentials"]));
    for (line, why) in [
        (
            "app create X --public --grant-type client_credentials",
            "a public app cannot use client_credentials",
        ),
        ("app edit board --grant-type refresh_token", "refresh_token without authorization_code"),
    ] {
        assert!(operator.fails(line).contains(why), "{line}");
    }
    let complaint = operator.errs("app edit board --grant-type password");
    assert!(complaint.contains("authorization_code, refresh_token, client_credentials"), "{complaint}");
    assert!(!operator.does("doctor").contains("act as itself"), "nobody has both");

    let all = "--grant-type authorization_code --grant-type refresh_token --grant-type client_credentials";
    let told = operator.does(&format!("app edit board {all}"));
    assert!(told.contains("grant_types") && told.contains("client_credentials"), "{told}");
    let healthy = operator.does("doctor");
    let named = healthy.lines().filter(|line| line.contains("may also act as itself")).collect::<Vec<_>>();
    assert!(matches!(named[..], [line] if line.starts_with("mind     the app board ")), "{healthy}");

    // A file that says nothing of it takes nothing away, and gives nothing.
    let declared = |client_id: &str| format!("[[app]]\nclient_id = \"{client_id}\"\nname = \"N\"\n");
    operator.applies(&format!("{}{}", declared("board"), declared("fresh")));
    assert_eq!(grant_types(&operator, "board").as_array().map(Vec::len), Some(3));
    assert_eq!(grant_types(&operator, "fresh"), usual);
    operator.does("app edit board --name Plank --grant-type authorization_code --grant-type refresh_token");
    assert_eq!(grant_types(&operator, "board"), usual);
    assert_eq!(operator.asks("app show board")["name"], "Plank");
    assert!(!operator.does("doctor").contains("act as itself"));
}

#[test]
fn an_app_says_what_becomes_of_scopes_that_it_may_not_have() {
    let operator = Operator::new();
    operator.applies(STATE);
    let said = |client_id: &str| operator.asks(&format!("app show {client_id}"))["unknown_scopes"].clone();
    operator.does("app create Board --client-id board");
    assert_eq!(said("board"), Value::Null, "as the configuration says");
    operator.does("app create Loose --client-id loose --unknown-scopes narrow");
    assert_eq!(said("loose"), "narrow");
    let told = operator.does("app edit board --unknown-scopes narrow");
    assert!(told.contains("unknown_scopes") && told.contains("narrow"), "{told}");
    operator.does("app edit board --name Plank");
    assert_eq!(said("board"), "narrow", "what is not named stays");
    operator.does("app edit board --unknown-scopes refuse");
    assert_eq!(said("board"), "refuse");
    operator.does("app edit board --unknown-scopes=");
    assert_eq!(said("board"), Value::Null);
    assert!(operator.errs("app edit board --unknown-scopes drop").contains("narrow or refuse"));
}

/// Somebody who had this identifier before it was refused.
fn plants(operator: &Operator, external_id: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let file = operator.path("symbolon.db");
        let url = format!("sqlite:{}", file.display());
        let store = Store::open(&url, Options::default()).await.unwrap();
        let user = User {
            id: symbolon_oauth::id::Id::new([7; 16]),
            external_id: external_id.to_owned(),
            login: Login::Email("old@example.com".to_owned()),
            username: None,
            name: "Old".to_owned(),
            standing: Standing::Active,
            staff: false,
        };
        let change = UserChange::Create { user, password_hash: None, at: Timestamp(1) }.into();
        store.change(&[change], &[]).await.unwrap();
    });
}

#[test]
fn nobody_is_called_as_an_app_or_an_installation_is() {
    let operator = Operator::new();
    operator.applies(STATE);
    for line in [
        "user create sam@example.com --id app:board",
        "tenant create inst_1 --name North",
        "user rename u-jane inst_7",
        "tenant rename north app:",
    ] {
        assert!(operator.fails(line).contains("the `sub` of an app or an installation"), "{line}");
    }
    plants(&operator, "app:board");
    let ill = operator.run("doctor");
    assert!(ill.code == 1 && ill.out.contains("broken   the user \"app:board\" is called"), "{}", ill.out);
    assert!(ill.out.contains("mend: `symbolon user rename` it"), "{}", ill.out);
    assert!(operator.fails("user rename app:board u-jane").contains("there is a user \"u-jane\" already"));
    operator.does("user rename app:board u-board");
    assert!(operator.does("doctor").contains("0 broken"));
    assert_eq!(operator.asks("user show old@example.com")["id"], "u-board");
    operator.does("tenant rename north clinic-1");
    assert_eq!(operator.asks("tenant show clinic-1")["name"], "Clinic North");
    operator.does("tenant create north --name Another");
    assert!(
        operator.fails("tenant rename north clinic-1").contains("there is a tenant \"clinic-1\" already")
    );
}

#[test]
fn a_host_key_is_rotated_listed_and_revoked() {
    const API: &str = "https://api.example.com";
    let operator = Operator::new();
    let world = format!(
        "{STATE}\n[[resource]]\nidentifier = \"{API}\"\ntitle = \"API\"\nscopes = [\"forms:read\"]\n"
    );
    operator.applies(&world);
    let keys = || operator.asks(&format!("resource show {API}"))["keys"].as_array().cloned().unwrap();
    assert_eq!(keys().len(), 1);
    assert!(operator.does("resource list").starts_with("IDENTIFIER"));
    let made = operator.asks(&format!("resource rotate-key {API}/ --grace 1h"));
    assert!(made["key"].as_str().unwrap().starts_with("sym_hk_live_") && made["old_key_until"].is_string());
    let both = keys();
    assert!(
        both.len() == 2 && both[0]["expires_at"].is_string() && both[1]["expires_at"].is_null(),
        "{both:?}"
    );
    let shown = operator.does(&format!("resource show {API}"));
    assert!(!shown.contains(made["key"].as_str().unwrap()));
    // The same file again changes nothing of it.
    assert_eq!(operator.asks("apply state.toml")["changes"].as_array().map(Vec::len), Some(0));
    assert_eq!(keys(), both);
    operator.asks(&format!("resource rotate-key {API}"));
    let two = keys();
    assert!(two.len() == 2 && two[0]["id"] == both[1]["id"], "two live at most: {two:?}");

    let end = format!("resource revoke-key {API} {}", two[0]["id"].as_str().unwrap());
    assert!(operator.fails(&end).contains("--yes"));
    operator.does(&format!("{end} --yes"));
    assert_eq!(keys().len(), 1);
    assert!(operator.fails(&format!("{end} --yes")).contains("names 0 live keys"));
    assert!(operator.fails("resource rotate-key https://x.example").contains("symbolon resource list"));
    assert!(operator.errs(&format!("resource rotate-key {API} --grace never")).contains("must end"));
}

/// A refusal is read at a terminal: it names what is wrong, and not at full length.
#[test]
fn a_refusal_repeats_no_long_value() {
    let operator = Operator::new();
    let long = "n".repeat(5000);
    let is_short = |said: &str, of: &str| {
        assert!(
            said.len() < 1200 && !said.contains(&"n".repeat(260)),
            "{of}: {} bytes: {said:.300}",
            said.len()
        );
    };
    let app = "[[app]]\nclient_id = \"a\"\nname = \"A\"\nredirect_uris = [\"https://a.example/cb\"]\n";
    for line in [
        "owner = §",
        "icon = §",
        "status = §",
        "type = §",
        "level = §",
        "pkce = §",
        "dialect = §",
        "homepage = §",
        "scopes = [§]",
        "scopes = §",
        "optional_scopes = [§]",
        "grant_types = [§]",
        "token_endpoint_auth_method = §",
        "publisher_verified = §",
        "§ = 1",
        "[[app]]\nclient_id = \"b\"\nname = \"B\"\nredirect_uris = [§]",
        "[[scope]]\nname = \"s\"\ntitle = \"S\"\nincludes = [§]",
        "[[role]]\nkey = \"r\"\ntitle = \"R\"\nscopes = [§]",
        "[[resource]]\nidentifier = \"https://r.example\"\ntitle = \"R\"\nscopes = [§]",
        "[[tenant]]\nid = \"t\"\nname = \"T\"\nkind = §",
        "[[membership]]\nuser = §\ntenant = \"t\"\nrole = \"r\"",
        "[[membership]]\nuser = \"u\"\ntenant = §\nrole = §",
        "[[api_key]]\nname = §",
    ] {
        operator.writes("long.toml", &format!("{app}{}\n", line.replace('§', &format!("\"{long}\""))));
        is_short(&operator.fails("apply long.toml"), line);
    }
    let long = long.as_str();
    for arguments in [
        &["app", "show", long][..],
        &["tenant", "show", long],
        &["user", "show", long],
        &["resource", "show", long],
        &["app", "create", "A", "--owner", long],
        &["app", "create", "A", "--redirect-uri", long],
        &["app", "create", "A", "--scope", long],
        &["app", "create", "A", "--dialect", long],
    ] {
        let answer = operator.run_with(arguments, "");
        assert_ne!(answer.code, 0, "{:?}", &arguments[..2]);
        is_short(&(answer.out + &answer.complaint), &arguments[..2].join(" "));
    }
}
