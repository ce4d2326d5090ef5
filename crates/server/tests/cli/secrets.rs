//! Secrets, keys and passwords that are given: the weak are refused unless the operator says so, and never forgotten; the
//! empty are never taken; and what holds one is nobody else's to read.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::Operator;

fn state(client_secret: &str, key: &str, password: &str) -> String {
    format!(
        "[[scope]]\nname = \"forms:read\"\ntitle = \"Read\"\n\
         [[user]]\nid = \"u-jane\"\nemail = \"jane@example.com\"\nname = \"Jane\"\npassword = \"{password}\"\n\
         [[app]]\nclient_id = \"board\"\nname = \"Board\"\nscopes = [\"forms:read\"]\n\
         redirect_uris = [\"https://app.example.net/cb\"]\nclient_secret = \"{client_secret}\"\n\
         [[resource]]\nidentifier = \"https://api.example.com\"\ntitle = \"API\"\nkey = \"{key}\"\n"
    )
}

const SECRET: &str = "twenty-characters-it-has";
const PASSWORD: &str = "correct horse battery staple";

#[test]
fn weak_ones_are_refused_with_their_place() {
    let operator = Operator::new();
    for (text, place) in [
        (state("1", SECRET, PASSWORD), "`client_secret` of app \"board\" (world.toml line 14)"),
        (
            state("nineteen-characters", SECRET, PASSWORD),
            "`client_secret` of app \"board\" (world.toml line 14)",
        ),
        (
            state("aaaaaaaaaaaaaaaaaaaaaaaa", SECRET, PASSWORD),
            "`client_secret` of app \"board\" (world.toml line 14)",
        ),
        (
            state(&"\\u200B".repeat(20), SECRET, PASSWORD),
            "`client_secret` of app \"board\" (world.toml line 14)",
        ),
        (
            state(SECRET, "12345678901234567890", PASSWORD),
            "`key` of resource \"https://api.example.com\" (world.toml line 18)",
        ),
        (
            state(SECRET, "https://api.example.com1", PASSWORD),
            "`key` of resource \"https://api.example.com\" (world.toml line 18)",
        ),
        (state(SECRET, SECRET, "1"), "`password` of user \"u-jane\" (world.toml line 8)"),
        (state(SECRET, SECRET, "1234567890"), "`password` of user \"u-jane\" (world.toml line 8)"),
        (state(SECRET, SECRET, "u-brightwater").replace("u-jane", "u-brightwater"), "`password` of user"),
        (
            state(SECRET, SECRET, "brightwater1").replace("name = \"Jane\"", "username = \"brightwater\""),
            "`password` of user \"u-jane\" (world.toml line 8)",
        ),
        (
            state("calendar-sync-for-teams-2026", SECRET, PASSWORD)
                .replace("board", "calendar-sync-for-teams"),
            "`client_secret` of app \"calendar-sync-for-teams\" (world.toml line 14)",
        ),
        (
            state("smaet-rof-cnys-radnelac", SECRET, PASSWORD).replace("Board", "Calendar-Sync for Teams"),
            "`client_secret` of app \"board\" (world.toml line 14)",
        ),
        (state(SECRET, SECRET, "Januar2026!!"), "`password` of user \"u-jane\" (world.toml line 8)"),
        (state(SECRET, SECRET, "jane@example.com"), "`password` of user \"u-jane\" (world.toml line 8)"),
    ] {
        operator.writes("world.toml", &text);
        for line in ["apply world.toml", "apply world.toml --dry-run"] {
            let said = operator.fails(line);
            assert!(
                said.contains("too easy to guess: ")
                    && said.contains(place)
                    && said.contains("--allow-weak-secrets"),
                "{said}"
            );
            assert!(said.contains("20 characters that can be seen, 6 of them different"), "{said}");
            assert!(!said.contains("nineteen-characters"), "it is named, not shown: {said}");
        }
        assert!(operator.does("app list").lines().count() == 1, "nothing was applied");
    }
    // The twin: a secret that is long and varied, and a password in which nobody is called.
    operator.writes("world.toml", &state(SECRET, SECRET, PASSWORD));
    assert!(operator.does("apply world.toml").contains("+ app board"));
    assert!(!operator.does("doctor").contains("too easy to guess"));
    assert_eq!(operator.asks("app list")[0]["client_id"], "board");
}

#[test]
fn an_empty_one_is_never_taken() {
    let operator = Operator::new();
    for (text, line) in [
        (state("", SECRET, PASSWORD), 14),
        (state("   ", SECRET, PASSWORD), 14),
        (state(SECRET, "", PASSWORD), 18),
        (state(SECRET, SECRET, ""), 8),
    ] {
        operator.writes("world.toml", &text);
        for command in ["apply world.toml", "apply world.toml --allow-weak-secrets"] {
            let said = operator.fails(command);
            let place = format!(
                "world.toml line {line}: an empty secret opens to everybody: give one, or leave the key out to have one made\n"
            );
            assert!(said.contains(&place), "{said}");
        }
    }
}

#[test]
fn a_weak_one_that_is_allowed_is_told_for_as_long_as_it_lives() {
    let operator = Operator::new();
    operator.writes("world.toml", &state("short", "1", "password"));
    operator.fails("apply world.toml");
    operator.does("apply world.toml --allow-weak-secrets");
    assert_eq!(operator.does("apply world.toml --allow-weak-secrets"), "nothing to change\n");
    assert_eq!(operator.does("app show board").matches("\"weak\":true").count(), 1);
    let told = operator.does("doctor");
    for finding in [
        "mind     the app board has a client secret that was given and is weak: it is too easy to guess",
        "mind     the resource https://api.example.com has a key that was given and is weak: it is too easy to guess",
    ] {
        assert!(told.lines().any(|line| line == finding), "{told}");
    }
    // On this machine alone it is nobody's business; elsewhere the log says so.
    assert!(!operator.serves().contains("too easy to guess"));
    let configuration = fs::read_to_string(operator.path("symbolon.toml")).unwrap();
    let public = configuration.replace("http://127.0.0.1:8080", "https://connect.example.com");
    operator.writes("symbolon.toml", &public);
    let logged = operator.serves();
    assert_eq!(logged.lines().filter(|line| line.contains("too easy to guess")).count(), 2, "{logged}");
    operator.writes("symbolon.toml", &configuration);

    operator.writes("world.toml", &state(SECRET, SECRET, "password"));
    operator.does("apply world.toml --allow-weak-secrets");
    assert!(!operator.does("doctor").contains("too easy to guess"));
}

#[test]
fn a_configuration_for_demos_takes_weak_ones() {
    let operator = Operator::new();
    operator.writes("world.toml", &state("short", "1", "password"));
    let configuration = fs::read_to_string(operator.path("symbolon.toml")).unwrap();
    let demo = configuration.replace("allow_weak_secrets = false", "allow_weak_secrets = true");
    operator.writes("symbolon.toml", &demo);
    operator.does("apply world.toml");
}

#[test]
fn the_commands_hold_passwords_to_the_same_rule() {
    let operator = Operator::new();
    let gives = |line: &str, password: &str| {
        let answer = operator.run_with(&line.split(' ').collect::<Vec<_>>(), password);
        (answer.code, answer.complaint)
    };
    let create = "user create jane@example.com --id u-jane --password-stdin";
    for weak in ["1", "1234567890", "qwertyuiop", "jane@example.com"] {
        let (code, said) = gives(create, weak);
        assert!(code == 1 && said.contains("`password` of user \"u-jane\" (the command)"), "{weak}: {said}");
    }
    assert_eq!(gives(create, PASSWORD), (0, String::new()));
    for weak in ["1", "1234567890", "jane@example.com"] {
        let (code, said) = gives("user set-password u-jane", weak);
        assert!(code == 1 && said.contains("--allow-weak-secrets"), "{weak}: {said}");
    }
    assert_eq!(gives("user set-password u-jane", "another good one of mine").0, 0);
    assert_eq!(gives("user set-password u-jane --allow-weak-secrets", "1234567890").0, 0);
    let long = "p".repeat(1025);
    assert_eq!(gives("user set-password u-jane --allow-weak-secrets", &long).0, 1, "nobody could sign in");
}

#[test]
fn what_holds_a_secret_is_its_owners_alone() {
    let operator = Operator { folder: tempfile::tempdir().unwrap() };
    operator.does("init --storage postgres://me:pw@127.0.0.1:1/db");
    let mode = |name: &str| fs::metadata(operator.path(name)).unwrap().permissions().mode() & 0o777;
    for name in ["symbolon.toml", "secrets.toml"] {
        assert_eq!(mode(name), 0o600, "{name}");
    }
    let private = operator.run("doctor").out;
    assert!(
        private.contains("ok       the configuration, which holds a secret, symbolon.toml is private"),
        "{private}"
    );
    fs::set_permissions(operator.path("symbolon.toml"), fs::Permissions::from_mode(0o644)).unwrap();
    let shared = operator.run("doctor").out;
    assert!(
        shared.contains("broken   the configuration, which holds a secret, symbolon.toml has mode 644"),
        "{shared}"
    );

    let sqlite = Operator::new();
    sqlite.does("migrate");
    for entry in fs::read_dir(sqlite.folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{entry:?}");
    }
}
