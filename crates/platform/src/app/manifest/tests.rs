use proptest::prelude::*;
use symbolon_oauth::scope::ScopeSet;

use super::*;

fn full() -> Registration {
    let scopes: ScopeSet = ["forms:read", "forms:write"].into_iter().collect();
    Registration {
        publisher: Some("Demo \"Ltd\"".to_owned()),
        homepage: Some("https://app.example.net".to_owned()),
        privacy_url: Some("https://app.example.net/privacy".to_owned()),
        terms_url: Some("https://app.example.net/terms".to_owned()),
        redirect_uris: vec!["https://app.example.net/cb".to_owned(), "http://127.0.0.1/cb?a=\\".to_owned()],
        optional_scopes: ["forms:write"].into_iter().collect(),
        scopes,
        client_type: ClientType::Confidential,
        level: Level::Tenant,
        dialect: "partner".to_owned(),
        grant_types: Some(GrantType::ALL.to_vec()),
        authentication_method: Some(AuthenticationMethod::ClientSecretPost),
        pkce_excused: true,
        native: true,
        unknown_scopes: Some(UnknownScopes::Narrow),
        ..Registration::new("demo-app", "Demo\nApp = [\u{1f600}]")
    }
}

fn refused(text: &str) -> (Option<usize>, String) {
    let unfit = read(text, "a").unwrap_err();
    (unfit.line, unfit.message)
}

#[test]
fn what_is_written_is_read_again() {
    for registration in [full(), Registration::new("demo-app", "Demo")] {
        for format in Format::ALL {
            let text = write(&registration, format);
            assert_eq!(Format::of(&text), format);
            assert_eq!(read(&text, "demo-app"), Ok(registration.clone()), "{text}");
        }
    }
    let least = write(&Registration::new("demo-app", "Demo"), Format::Toml);
    assert_eq!(least, "name = \"Demo\"\nredirect_uris = []\nscopes = []\n");
}

#[test]
fn neither_identifier_nor_secret_nor_standing_is_in_it() {
    let secret = Some(symbolon_oauth::credential::Secret::given("demo-app-secret-for-tests-only"));
    let text =
        write(&Registration { client_secret: secret, publisher_verified: true, ..full() }, Format::Toml);
    assert!(!text.contains("demo-app") && !text.contains("secret-for-tests") && !text.contains("verified"));
    for member in
        ["client_id", "client_secret", "publisher_verified", "status", "owner", "secret_hash", "icon"]
    {
        let (line, message) = refused(&format!("name = \"a\"\n{member} = \"x\""));
        assert!(line == Some(2) && message.starts_with(&format!("unknown field `{member}`")), "{message}");
    }
}

#[test]
fn what_is_wrong_has_a_line() {
    let toml = "name = \"a\"\n\nredirect_urls = []";
    let json = "{\n \"name\": \"a\",\n \"redirect_urls\": []\n}";
    for text in [toml, json] {
        let (line, message) = refused(text);
        assert_eq!(line, Some(3), "{text}");
        assert!(
            message.starts_with("unknown field `redirect_urls`") && !message.contains(" at line"),
            "{message}"
        );
    }
    for (text, line, says) in [
        ("redirect_uris = []", Some(1), "missing field `name`"),
        (
            "name = \"a\"\ntype = \"publik\"",
            Some(2),
            "unknown variant `publik`, expected `confidential` or `public`",
        ),
        ("{\"name\":\"a\",\n\"grant_types\":[\"code\"]}", Some(2), "unknown variant `code`, expected one of"),
        ("name = \"a\"\nscopes = [\"a b\"]", Some(2), "\"a b\" cannot name a scope"),
        ("{\"name\":\"a\",\"name\":\"b\"}", Some(1), "duplicate field `name`"),
        ("name = 1", Some(1), "invalid type: integer `1`, expected a string"),
        ("{", Some(1), "EOF while parsing an object"),
    ] {
        let (at, message) = refused(text);
        assert!(at == line && message.starts_with(says), "{text}: {at:?} {message}");
    }
    let long = format!("name = \"{}\"", "x".repeat(AT_MOST));
    assert_eq!(refused(&long), (None, "it is longer than 32768 bytes".to_owned()));
}

#[test]
fn a_member_is_found_in_both_formats() {
    for format in Format::ALL {
        let text = write(&full(), format);
        for key in [Key::Name, Key::RedirectUris, Key::OptionalScopes, Key::Type, Key::Dialect, Key::Pkce] {
            let line = line_of(&text, key);
            let stands = line
                .and_then(|line| text.lines().nth(line - 1))
                .is_some_and(|line| line.trim_start().trim_start_matches('"').starts_with(key.as_str()));
            // A confidential app does not say what it is when nothing is said.
            assert!(stands || key == Key::Type, "{key} in {text}");
        }
        assert_eq!(line_of(&text, Key::ClientSecret), None);
    }
}

/// What the documentation shows is a manifest.
#[test]
fn the_examples_are_read() {
    let page = include_str!("../../../../../docs/manifest.md");
    let blocks = |language: &str| {
        let begins = format!("```{language}\n");
        page.split(&begins).skip(1).filter_map(|rest| rest.split("```").next()).collect::<Vec<_>>().concat()
    };
    let toml = read(&blocks("toml"), "demo-app").unwrap();
    assert_eq!(
        (toml.client_type, toml.unknown_scopes),
        (ClientType::Confidential, Some(UnknownScopes::Narrow))
    );
    assert_eq!(read(&blocks("json"), "demo-app").unwrap().redirect_uris, ["https://app.example.net/cb"]);
}

proptest! {
    #[test]
    fn no_text_harms_the_reader(text in "\\PC{0,200}", json in any::<bool>()) {
        let _ = read(&if json { format!("{{{text}") } else { text }, "a");
    }

    #[test]
    fn every_name_and_uri_comes_back(name in "\\PC{1,60}", uri in "\\PC{0,60}") {
        let registration = Registration { redirect_uris: vec![uri], ..Registration::new("a", name) };
        for format in Format::ALL {
            prop_assert_eq!(read(&write(&registration, format), "a"), Ok(registration.clone()));
        }
    }
}
