//! `symbolon export`: a file that `symbolon apply` reads, and pictures beside it.

use std::fs;

use super::{Operator, STATE, mode};

#[test]
fn what_is_stored_goes_into_a_file_and_comes_back_elsewhere() {
    let operator = Operator::new();
    let picture = include_bytes!("../../../demo/src/icons/daybook.png");
    fs::write(operator.path("board.png"), picture).unwrap();
    operator.applies(&format!(
        "{STATE}[[app]]\nclient_id = \"board\"\nname = \"Board\"\nicon = \"board.png\"\nscopes = [\"forms:read\"]\n\
         redirect_uris = [\"https://app.example.net/cb\"]\nclient_secret = \"a-secret-of-some-length\"\n"
    ));
    operator.does("app suspend board --yes");
    let said = operator.does("export world.toml");
    assert!(said.contains("with 5 entries and 1 pictures; no secret is in it"), "{said}");
    assert_eq!(mode(&operator.path("world.toml")), 0o600, "it holds everybody's address");
    let text = fs::read_to_string(operator.path("world.toml")).unwrap();
    assert!(text.contains("status = \"suspended\"") && text.contains("icon = \"world-icons/"), "{text}");
    assert!(!text.contains("a-secret") && !text.contains("correct horse"), "{text}");
    assert_eq!(operator.does("apply world.toml"), "nothing to change\n");

    let elsewhere = Operator::new();
    fs::rename(operator.path("world-icons"), elsewhere.path("world-icons")).unwrap();
    elsewhere.writes("world.toml", &text);
    let made = elsewhere.does("apply world.toml");
    assert!(made.contains("client_secret of app board (shown this once)"), "{made}");
    assert!(!made.contains("password"), "{made}");
    elsewhere.does("export again.toml");
    let again = fs::read_to_string(elsewhere.path("again.toml")).unwrap();
    assert_eq!(again.replace("again-icons", "world-icons"), text);
}

#[test]
fn nothing_is_written_over_and_what_is_printed_is_the_same() {
    let operator = Operator::new();
    operator.applies(STATE);
    operator.writes("world.toml", "mine");
    assert!(operator.fails("export world.toml").contains("is there already"));
    assert_eq!(fs::read_to_string(operator.path("world.toml")).unwrap(), "mine");
    assert!(operator.fails("export nowhere/world.toml").contains("cannot write nowhere/world.toml"));
    let printed = operator.does("export");
    operator.does("export other.toml");
    assert_eq!(printed, fs::read_to_string(operator.path("other.toml")).unwrap());
    let json = operator.asks("export");
    assert_eq!(json["user"][0]["email"], "jane@example.com");
    assert_eq!(json["user"][0].get("password"), None);
    let left: Vec<_> = fs::read_dir(operator.folder.path()).unwrap().collect();
    assert!(left.iter().all(|file| !file.as_ref().unwrap().file_name().to_string_lossy().contains(".part-")));
}
