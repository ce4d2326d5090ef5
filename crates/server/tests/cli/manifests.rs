//! Manifests on the command line: an app as a file, and back.

use super::{Operator, STATE};

fn file(operator: &Operator, name: &str, text: &str) -> String {
    let path = operator.path(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[test]
fn an_app_is_written_as_a_manifest_and_read_again() {
    let operator = Operator::new();
    operator.applies(STATE);
    operator.does(
        "app create Board --client-id board --scope forms:read --redirect-uri https://a.example/cb --publisher Demo \
         --publisher-verified --level tenant --pkce optional --live",
    );
    let before = operator.asks("app show board");
    for format in ["toml", "json"] {
        let text = operator.does(&format!("app manifest board --format {format}"));
        assert!(!text.contains("verified") && !text.contains("client_id"), "{text}");
        let same = file(&operator, format, &text);
        let told = operator.does(&format!("app apply-manifest {same} --client-id board"));
        assert!(told.starts_with("nothing to change"), "{told}");
        assert_eq!(operator.asks("app show board"), before);
        let other = operator.asks(&format!("app apply-manifest {same} --client-id other-{format}"));
        assert_eq!(other["created"], true);
        assert!(other["client_secret"].as_str().is_some_and(|secret| secret.contains("_cs_")));
        assert_eq!(operator.does(&format!("app manifest other-{format} --format {format}")), text);
        let shown = operator.asks(&format!("app show other-{format}"));
        assert_eq!((&shown["status"], &shown["publisher_verified"]), (&"development".into(), &false.into()));
    }
}

#[test]
fn a_manifest_changes_what_it_says_and_no_more() {
    let operator = Operator::new();
    operator.applies(STATE);
    operator.does("app create Board --client-id board --publisher Demo --publisher-verified --live");
    let secrets = operator.asks("app show board")["secrets"].clone();
    let text = "name = \"Plank\"\npublisher = \"Demo\"\nredirect_uris = [\"https://a.example/cb\"]\n";
    let told = operator.does(&format!("app apply-manifest {} --client-id board", file(&operator, "a", text)));
    assert!(told.contains("name") && told.contains("redirect_uris") && !told.contains("secret"), "{told}");
    let shown = operator.asks("app show board");
    assert_eq!((&shown["name"], &shown["status"]), (&"Plank".into(), &"live".into()));
    assert_eq!((&shown["publisher_verified"], &shown["secrets"]), (&true.into(), &secrets));
    let other = file(&operator, "b", &text.replace("\"Demo\"", "\"Other\""));
    operator.does(&format!("app apply-manifest {other} --client-id board"));
    assert_eq!(operator.asks("app show board")["publisher_verified"], false);
    let public = file(&operator, "c", &format!("{text}type = \"public\"\n"));
    operator.does(&format!("app apply-manifest {public} --client-id board"));
    assert_eq!(operator.asks("app show board")["secrets"], serde_json::json!([]));
    let told = operator.does(&format!("app apply-manifest {other} --client-id board"));
    assert!(told.contains("client_secret (shown this once): "), "{told}");
}

#[test]
fn what_is_wrong_with_a_manifest_has_its_line() {
    let operator = Operator::new();
    operator.applies(STATE);
    for (text, says) in [
        (
            "name = \"A\"\nredirect_urls = []",
            "unknown key `redirect_urls` in FILE line 2; did you mean `redirect_uris`?",
        ),
        (
            "{\"name\": \"A\",\n\"type\": \"publik\"}",
            "unknown word `publik` in FILE line 2; did you mean `public`?",
        ),
        ("name = \"A\"\n\nredirect_uris = [\"https://a.example/#x\"]", "FILE line 3: the redirect URI"),
        ("name = \"A\"\nscopes = [\"forms:raed\"]", "did you mean \"forms:read\"?"),
        ("name = \"A\"\nclient_secret = \"x\"", "unknown key `client_secret` in FILE line 2"),
    ] {
        let path = file(&operator, "wrong", text);
        let complaint = operator.fails(&format!("app apply-manifest {path}"));
        assert!(complaint.contains(&says.replace("FILE", &path)), "{complaint}");
    }
    assert!(operator.fails("app apply-manifest /nowhere.toml").contains("cannot read /nowhere.toml"));
}
