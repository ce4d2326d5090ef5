use std::fs;

use symbolon_oauth::dialect::Serves;
use symbolon_oauth::time::Lifetime;

use super::*;
use crate::routes::router::Route;

/// The configuration with these `[[dialect]]` sections, beside a file `mine.toml`.
fn config(mine: &str, sections: &str) -> (tempfile::TempDir, Config) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine.toml"), mine).unwrap();
    let file = folder.path().join("symbolon.toml");
    let least =
        "issuer = \"https://id.example.com\"\nlisten = \"127.0.0.1:1\"\nstorage.url = \"sqlite:s.db\"\n";
    fs::write(&file, format!("{least}{sections}")).unwrap();
    let config = Config::from_parts(Some(&file), &[]).unwrap();
    (folder, config)
}

fn refused(mine: &str, sections: &str) -> Vec<String> {
    let (folder, config) = config(mine, sections);
    let wrong = mounted(&config).err().expect("it is refused");
    let folder = folder.path().display().to_string();
    wrong.sentences().iter().map(|sentence| sentence.replace(&folder, "…")).collect()
}

fn mine(lines: &str) -> String {
    let standard = Dialect::preset_text("rfc").unwrap();
    format!("{}\n{lines}", standard.replace("name = \"rfc\"", "name = \"mine\""))
}

const MINE: &str = "[[dialect]]\nfile = \"mine.toml\"\nprefix = \"/mine\"\n";

#[test]
fn an_operator_names_a_mount_and_sets_its_lifetimes() {
    let sections = format!(
        "{MINE}{}",
        "[[dialect]]\nfile = \"mine.toml\"\nprefix = \"/sandbox\"\nname = \"mine-sandbox\"\n\
         [dialect.lifetimes]\naccess = \"10m\"\n"
    );
    let (_folder, config) = config(&mine("[lifetimes]\naccess = \"2h\"\ncode = \"5m\""), &sections);
    let (mounted, _) = mounted(&config).unwrap();
    let names: Vec<&str> = mounted.iter().map(|own| own.dialect.name.as_str()).collect();
    assert_eq!(names, ["rfc", "mine", "mine-sandbox"]);
    let policy = |own: &Arc<Mounted>| {
        let token = own.dialect.endpoints.iter().position(|endpoint| endpoint.serves == Serves::Token);
        own.policies[token.unwrap()].clone()
    };
    let access = mounted.iter().map(|own| policy(own).access).collect::<Vec<_>>();
    assert_eq!(access, [Lifetime::seconds(3600), Lifetime::seconds(7200), Lifetime::seconds(600)]);
    assert_eq!(policy(&mounted[2]).code, Lifetime::seconds(300), "what is not replaced stays");
}

#[test]
fn no_two_mounts_have_one_name() {
    let twice = format!("{MINE}{}", MINE.replace("/mine", "/other"));
    let sentences = refused(&mine(""), &twice);
    assert_eq!(sentences.len(), 1);
    assert!(sentences[0].contains("two dialects are named \"mine\""), "{sentences:?}");
    assert!(sentences[0].contains("…/mine.toml") && sentences[0].contains("`name`"), "{sentences:?}");
    let standard = refused("", "[[dialect]]\npreset = \"rfc\"\nprefix = \"/partner\"");
    assert!(standard[0].contains("two dialects are named \"rfc\""), "{standard:?}");
}

#[test]
fn what_is_wrong_is_said_with_its_file_and_line() {
    let unknown = refused(&mine("[authorize]\nscope_form = \"app\""), MINE);
    let line = mine("").lines().count() + 2;
    assert_eq!(
        unknown,
        [format!("unknown key `scope_form` in …/mine.toml line {line}; did you mean `scope_from`?")]
    );
    assert!(refused("", "[[dialect]]\nfile = \"none.toml\"\nprefix = \"/x\"")[0].contains("…/none.toml"));
    let preset = refused("", "[[dialect]]\npreset = \"rcf\"\nprefix = \"/x\"");
    assert!(preset[0].contains("the presets are"), "{preset:?}");
}

#[test]
fn every_danger_is_a_sentence_also_one_that_the_mount_brings() {
    let sentences = refused(&mine("[lifetimes]\ncode = \"11m\"\ngrace = \"2h\""), MINE);
    assert_eq!(sentences.len(), 2, "{sentences:?}");
    let line = mine("").lines().count() + 2;
    let places = [("code", line), ("grace", line + 1)]
        .map(|(key, at)| format!("…/mine.toml line {at}: lifetimes.{key}: "));
    assert!(
        sentences.iter().zip(&places).all(|(sentence, place)| sentence.starts_with(place)),
        "{sentences:?}"
    );
    let brought = refused(&mine(""), &format!("{MINE}[dialect.lifetimes]\naccess = \"never\"\n"));
    assert!(
        brought[0].starts_with("…/mine.toml: lifetimes.access: "),
        "no line of the file says it: {brought:?}"
    );
    let (_folder, mended) =
        config(&mine("[lifetimes]\ncode = \"11m\""), &format!("{MINE}[dialect.lifetimes]\ncode = \"5m\"\n"));
    assert!(mounted(&mended).is_ok(), "what the mount replaces is not judged");
}

#[test]
fn no_dialect_stands_where_a_page_of_ours_does() {
    let login = mine("").replace("/oauth/authorize", "/login");
    let on_a_host = "[[dialect]]\nfile = \"mine.toml\"\nhosts = [\"id.partner.example\"]\n";
    let sentences = refused(&login, on_a_host);
    assert!(sentences[0].contains("/login"), "{sentences:?}");
    assert!(
        sentences[0].contains("a `prefix` in the place of `hosts`"),
        "a prefix beside them mends nothing"
    );
    let prefixed = refused(&login, &format!("{on_a_host}prefix = \"/mine\"\n"));
    assert_eq!(prefixed, sentences, "as is seen here");
    let (_folder, below) = config(&login, MINE);
    assert!(mounted(&below).is_ok(), "below a prefix it is in nobody's way");
    let at_home = "[[dialect]]\nfile = \"mine.toml\"\nhosts = [\"ID.example.com\"]\n";
    let standard = refused(&mine(""), at_home);
    assert!(standard[0].contains("/oauth/authorize") && standard[0].contains("issuer"), "{standard:?}");
    let (_folder, others) =
        config(&mine("").replace("/oauth/", "/o/").replace("/.well-known", "/about"), at_home);
    assert!(mounted(&others).is_ok(), "other paths may stand there");
    let me = refused(&mine("").replace("/oauth/token", "/me"), &MINE.replace("/mine", "/v1"));
    assert!(me[0].contains("/v1/me"), "{me:?}");
    let twice = format!("{on_a_host}prefix = \"/mine\"\n{MINE}name = \"other\"\n");
    assert!(refused(&mine(""), &twice)[0].contains("two dialects answer at /mine/oauth/authorize"));
}

#[test]
fn what_is_not_there_is_answered_by_the_dialect_whose_address_it_would_be() {
    let section = |name: &str, file: &str, place: &str| {
        format!("[[dialect]]\nfile = \"{file}.toml\"\nname = \"{name}\"\n{place}\n")
    };
    let sections = [
        section("silent", "mine", "prefix = \"/mine\""),
        section("outer", "loud", "prefix = \"/a\"\nhosts = [\"a.example\", \"ID.example.com\"]"),
        section("inner", "loud", "prefix = \"/a/b\""),
        section("quiet", "mine", "prefix = \"/a/b/c\"\nhosts = [\"quiet.example\"]"),
    ];
    let (folder, config) = config(&mine(""), &sections.concat());
    let loud = mine("[not_found]\nbody = \"{}\"").replace("/oauth/", "/o/").replace("/.well-known", "/about");
    fs::write(folder.path().join("loud.toml"), loud).unwrap();
    let (mounted, router) = mounted(&config).unwrap();
    let says =
        |host: &str, path: &str| router.nothing_at(host, path).map(|at| mounted[at].dialect.name.as_str());
    let issuer = "id.example.com";
    for (host, path, who) in [
        (issuer, "/x", None),
        (issuer, "/mine/x", None),
        (issuer, "/a", Some("outer")),
        (issuer, "/a/x", Some("outer")),
        (issuer, "/ab", None),
        (issuer, "/a/bc", Some("outer")),
        (issuer, "/a/b", Some("inner")),
        (issuer, "/a/b/x", Some("inner")),
        (issuer, "/a/b/c/x", None),
        ("A.example", "/x", Some("outer")),
        ("a.example", "/a/b/x", Some("outer")),
        ("quiet.example", "/x", None),
        ("quiet.example", "/a/x", Some("outer")),
    ] {
        assert_eq!(says(host, path), who, "{host}{path}");
    }
}

#[test]
fn an_address_that_names_an_app_is_looked_at_last() {
    let look_up = |path: &str| {
        let lines = "methods = [\"GET\"]\nclient.members = [{ name = \"n\", source = \"app_name\" }]";
        mine(&format!("[[endpoint]]\nserves = \"client\"\npaths = [\"{path}/{{client_id}}\"]\n{lines}"))
    };
    let on_a_host = "[[dialect]]\nfile = \"mine.toml\"\nprefix = \"/mine\"\nhosts = [\"own.example\"]\n";
    let (_folder, configured) = config(&look_up("/oauth"), on_a_host);
    let (spoken, router) = mounted(&configured).unwrap();
    let serves = |host: &str, path: &str| match router.find(host, path) {
        Some(Route::Endpoint(dialect, endpoint)) => Some(spoken[dialect].served(endpoint).endpoint.serves),
        _ => None,
    };
    for (host, path, what) in [
        ("own.example", "/oauth/app-1", Some(Serves::Client)),
        ("own.example", "/oauth/%7Bclient_id%7D", Some(Serves::Client)),
        ("own.example", "/oauth/token", Some(Serves::Token)),
        ("own.example", "/oauth/", None),
        ("own.example", "/oauth", None),
        ("own.example", "/oauth/a/b", None),
        ("own.example", "/oauth//", None),
        ("id.example.com", "/mine/oauth/app-1", Some(Serves::Client)),
        ("id.example.com", "/oauth/app-1", None),
        ("id.example.com", "/mine/oauth/", None),
    ] {
        assert_eq!(serves(host, path), what, "{host}{path}");
    }
    let (_folder, at_the_root) = config(&look_up(""), on_a_host);
    let (_, router) = mounted(&at_the_root).unwrap();
    assert!(matches!(router.find("own.example", "/login"), Some(Route::Own(_))), "our pages come before it");
    assert!(matches!(router.find("own.example", "/app-1"), Some(Route::Endpoint(..))));
    let twice = format!("{on_a_host}{}name = \"other\"\n", MINE.replace("/mine", "/mine/oauth"));
    let both = look_up("/oauth\", \"/oauth/oauth").replace("\"/oauth\",", "\"/oauth/{client_id}\",");
    let sentences = refused(&both, &twice);
    assert!(sentences[0].contains("two dialects answer at /mine/oauth/oauth/{client_id}"), "{sentences:?}");
}

/// What stands at an address of this server is this server, under every spelling that somebody or something on the way takes
/// for that address.
#[test]
fn no_dialect_stands_where_this_server_keeps_its_own() {
    let token_at = |path: &str| mine("").replace("\"/oauth/token\"", &format!("{path:?}"));
    let below = |prefix: &str| format!("[[dialect]]\nfile = \"mine.toml\"\nprefix = \"{prefix}\"\n");
    for first in crate::routes::RESERVED {
        for prefix in [format!("/{first}"), format!("/{}", first.to_uppercase()), format!("/{first}/deep")] {
            let sentences = refused(&mine(""), &below(&prefix));
            assert!(sentences[0].contains(&format!("at {prefix}/oauth/authorize")), "{sentences:?}");
        }
        let (_folder, beside) = config(&mine(""), &below(&format!("/{first}-of-acme")));
        assert!(mounted(&beside).is_ok(), "{first}");
    }
    let on_a_host = "[[dialect]]\nfile = \"mine.toml\"\nhosts = [\"vendor.example\"]\n";
    let pages = [
        "/login",
        "/login/",
        "/Login",
        "/v1/me",
        "/account",
        "/assets/x",
        "/icons/a.png",
        "/healthz",
        "/readyz/",
    ];
    for path in pages {
        assert!(refused(&token_at(path), on_a_host)[0].contains(path), "{path}");
    }
    for (prefix, path) in [("/oauth", "/token"), ("/oauth", "/token/"), ("/OAuth", "/Token")] {
        let sentences = refused(&token_at(path), &below(prefix));
        assert!(sentences[0].contains(&format!("at {prefix}{path}, where the standard")), "{sentences:?}");
    }
    for spelling in ["/%6cogin", "//login", "/./login", "/x/../login", "/login;a", "/login?a", "/log\\in"] {
        for sections in [on_a_host, MINE] {
            let sentences = refused(&token_at(spelling), sections);
            assert!(
                sentences[0].contains("mine.toml line ") && sentences[0].contains("paths "),
                "{sentences:?}"
            );
        }
    }
    let theirs = [
        "/login/oauth/access_token",
        "/admin/oauth/access_token",
        "/v1/oauth2/token",
        "/directory",
        "/logins",
    ];
    for path in theirs {
        let (_folder, own) = config(&token_at(path), on_a_host);
        assert!(mounted(&own).is_ok(), "{path} on a host of the dialect's own");
        let at_home =
            mine("").replace("/oauth/", "/o/").replace("/.well-known", "/about").replace("/o/token", path);
        let on_the_issuer = on_a_host.replace("vendor.example", "id.example.com");
        match path {
            "/logins" => {
                let (_folder, other) = config(&at_home, &on_the_issuer);
                assert!(mounted(&other).is_ok(), "{path}");
            }
            _ => assert!(refused(&at_home, &on_the_issuer)[0].contains(path), "{path} on the issuer's host"),
        }
    }
}

/// Every shape that is told of in the cases can be spoken on a host of its vendor and below a prefix.
#[test]
fn every_shape_can_be_mounted() {
    let cases = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../oauth/cases");
    let mut number = 0;
    for folder in fs::read_dir(cases).unwrap().map(|entry| entry.unwrap().path()) {
        let Ok(text) = fs::read_to_string(folder.join("dialect.toml")) else { continue };
        number += 1;
        let (_folder, below) = config(&text, MINE);
        assert!(mounted(&below).is_ok(), "{}: {:?}", folder.display(), mounted(&below).err());
        // One has an endpoint where this server has one on every host.
        let on_a_host = "[[dialect]]\nfile = \"mine.toml\"\nhosts = [\"vendor.example\"]\n";
        let (_folder, alone) = config(&text, on_a_host);
        let taken = text.contains("\"/v1/me\"");
        assert_eq!(mounted(&alone).is_ok(), !taken, "{}: {:?}", folder.display(), mounted(&alone).err());
    }
    assert!(number > 33, "only {number} shapes");
}
