//! Files that somebody might write to have what is not theirs, or to break a client: each is refused, with the line and the
//! key that are wrong, and its twin is accepted.

use serde::Deserialize;

use super::super::super::{Danger, Dialect, DialectError, PRESETS};

/// One hostile file, written as what it adds to the standard dialect.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// Lines that are refused.
    wrong: String,
    /// Lines of the same intent that are not.
    right: String,
    /// What the sentence begins with: its key.
    key: String,
    /// Words of the sentence.
    says: String,
    /// Whether apps without a secret may not speak it.
    #[serde(default)]
    confidential: bool,
    /// The line, counted in `wrong`, that the sentence names; the last one where nothing is said.
    line: Option<usize>,
}

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

const FILES: [(&str, &str); 11] = [
    ("apart", include_str!("hostile/apart.toml")),
    ("names", include_str!("hostile/names.toml")),
    ("back_channel", include_str!("hostile/back_channel.toml")),
    ("answers", include_str!("hostile/answers.toml")),
    ("addresses", include_str!("hostile/addresses.toml")),
    ("words", include_str!("hostile/words.toml")),
    ("identifiers", include_str!("hostile/identifiers.toml")),
    ("refusals", include_str!("hostile/refusals.toml")),
    ("bodies", include_str!("hostile/bodies.toml")),
    ("headers", include_str!("hostile/headers.toml")),
    ("tokens", include_str!("hostile/tokens.toml")),
];

fn base(case: &Case) -> String {
    let (_, standard) = PRESETS[0];
    let title = if case.confidential { "public_clients = false\ntitle" } else { "title" };
    standard.replacen("title", title, 1)
}

fn dangers(text: &str) -> Vec<Danger> {
    match Dialect::parse(text) {
        Ok(_) => Vec::new(),
        Err(DialectError::Dangerous(dangers)) => dangers,
        Err(other) => panic!("{text}\nis not understood: {other}"),
    }
}

/// What is wrong with a case, if anything.
fn fault(case: &Case) -> Option<String> {
    let base = base(case);
    let wrong = case.wrong.trim_end();
    let line = base.lines().count() + 1 + case.line.unwrap_or_else(|| wrong.lines().count());
    let found = dangers(&format!("{base}\n{wrong}\n"));
    let told = found.iter().find(|danger| {
        danger.what.starts_with(&case.key) && danger.what.contains(&case.says) && danger.what.contains("; ")
    });
    match (told, Dialect::parse(&format!("{base}\n{}", case.right))) {
        (None, _) => Some(format!("it is not refused so: {found:?}")),
        (Some(told), _) if told.line != Some(line) => {
            Some(format!("line {line} is wrong, not this: {told:?}"))
        }
        (Some(_), Err(wrong)) => Some(format!("its twin is refused: {wrong}")),
        (Some(_), Ok(_)) => None,
    }
}

#[test]
fn every_hostile_file_is_refused_with_its_line_and_its_twin_is_accepted() {
    let (mut number, mut faults) = (0, Vec::new());
    for (file, text) in FILES {
        let cases: Cases = toml::from_str(text).unwrap_or_else(|wrong| panic!("{file}: {wrong}"));
        number += cases.case.len();
        faults.extend(
            cases.case.iter().filter_map(|case| Some(format!("{file}: {case:?}\n  {}", fault(case)?))),
        );
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(number >= 180, "only {number} hostile files");
}

/// Files that are too large, each with the largest that is not, and what is said.
fn too_large() -> Vec<(String, String, &'static str)> {
    let member =
        |name: &str| format!("[answer]\nmembers = [{{ name = \"{name}\", source = \"access_token\" }}]");
    let list = |number: usize| vec!["\"a\""; number].join(", ");
    let endpoint =
        |at: usize| format!("[[endpoint]]\nserves = \"token\"\npaths = [\"/t{at}\"]\nmethods = [\"POST\"]\n");
    let endpoints = |number: usize| (0..number).map(endpoint).collect::<String>();
    let scopes = |number: usize| format!("[authorize]\nrequired_scopes = [{}]", list(number));
    let codes = |number: usize| (0..number).map(|at| format!("c{at} = 400\n")).collect::<String>();
    vec![
        (
            member(&"a.".repeat(20_000)),
            member("a.access_token"),
            "answer.members.name: a text of 40000 bytes",
        ),
        (
            member(&format!("{}b", "a.".repeat(8))),
            member(&format!("{}access_token", "a.".repeat(7))),
            "fewer dots",
        ),
        (member(&"key".repeat(22)), member(&format!("a{}", "key".repeat(21))), "write 64 at most"),
        (scopes(65), scopes(64), "authorize.required_scopes: it lists 65"),
        (endpoints(26), endpoints(25), "endpoint: there are 33"),
        (
            "[answer]\nenvelope = [\"a\", \"b\", \"c\", \"d\", \"e\"]".to_owned(),
            "[answer]\nenvelope = [\"a\", \"b\", \"c\", \"d\"]".to_owned(),
            "answer.envelope: it lists 5",
        ),
        (
            format!("[revoke]\nbody = '\"{}\"'", "x".repeat(4095)),
            format!("[revoke]\nbody = '\"{}\"'", "x".repeat(4094)),
            "revoke.body: a text of 4097 bytes",
        ),
        (
            format!("[authorize]\nnames.code = \"{}\"", "x".repeat(257)),
            format!("[authorize]\nnames.code = \"{}\"", "x".repeat(256)),
            "authorize.names.code: a text of 257 bytes",
        ),
        (
            format!("[parameters]\n{} = \"x\"", "k".repeat(65)),
            "[parameters]\nk = \"x\"".to_owned(),
            "a key of 65 bytes",
        ),
        (
            format!("[errors.status]\n{}", codes(129)),
            "[errors.status]".to_owned(),
            "errors.status: it has 129 keys",
        ),
        (
            format!("[answer]\nmembers = {}{}", "[".repeat(20), "]".repeat(20)),
            member("access_token"),
            "it stands too deep",
        ),
        (format!("# {}", "x".repeat(65_536)), "# x".to_owned(), "write 65536 at most"),
    ]
}

/// Sizes are looked at before anything else is, so a file that is too large is no work at all.
#[test]
fn what_is_too_large_is_refused_before_it_is_work() {
    let (_, standard) = PRESETS[0];
    for (wrong, right, says) in too_large() {
        // Were anything else looked at, this would be told, too.
        let also = "\n[lifetimes]\ncode = \"11m\"";
        let (refused, work) = super::super::super::load::judged(&format!("{standard}\n{wrong}{also}"), None);
        let Err(DialectError::Dangerous(found)) = refused else { panic!("{says}: it is not refused") };
        assert_eq!((found.len(), work), (1, 0), "{says}: {found:?}");
        assert!(found[0].what.contains(says), "{says}: {found:?}");
        let accepted = Dialect::parse(&format!("{standard}\n{right}"));
        assert!(accepted.is_ok(), "{says}: {:?}", accepted.err());
    }
}

/// A key is told by its own line, a list by that of its entry, and what an endpoint inherits by that of the table it has it
/// from.
#[test]
fn a_danger_names_the_line_that_says_it() {
    let text = "name = \"x\"\ntitle = \"X\"\n\n[[endpoint]]\nserves = \"authorize\"\npaths = [\"/a\"]\n\
                methods = [\"GET\", \"POST\"]\n[endpoint.authorize]\npage_status = 302\n\n[[endpoint]]\nserves = \"token\"\n\
                paths = [\n  \"/t\",\n  \"/t/../x\",\n]\nmethods = [\"POST\"]\n\n[errors.codes]\ninvalid_grant = \"a\\\"b\"\n\
                [lifetimes]\ngrace = \"2h\"\n";
    let lines: Vec<_> = dangers(text).iter().map(|danger| (danger.line, danger.what.clone())).collect();
    let at = |key: &str| {
        lines.iter().filter(|(_, what)| what.starts_with(key)).map(|(line, _)| *line).collect::<Vec<_>>()
    };
    assert_eq!(at("authorize.page_status"), [Some(9)], "{lines:?}");
    assert_eq!(at("paths /t/../x"), [Some(15)], "{lines:?}");
    assert_eq!(at("errors.codes.invalid_grant"), [Some(20)], "{lines:?}");
    assert_eq!(at("lifetimes.grace"), [Some(22)], "{lines:?}");
    assert_eq!(lines.len(), 4, "each is told once: {lines:?}");
    let without = "name = \"x\"\ntitle = \"X\"\n[[endpoint]]\nserves = \"authorize\"\npaths = [\"/a\"]\nmethods = [\"POST\"]\n";
    let found = dangers(without);
    assert!(found.len() == 1 && found[0].what.contains("none that serves \"token\""), "{found:?}");
}

#[test]
fn what_a_dialect_is_called_is_plain_text() {
    let (_, standard) = PRESETS[0];
    for (wrong, right, says) in [
        ("title = \"\\u001b[31mAcme\"", "title = \"Acme\"", "title: "),
        ("title = \"  \"", "title = \"A\"", "title: people read it"),
        ("title = \"Acme \\u202E\"", "title = \"Acmé\"", "title: "),
        ("title = \"A\"\ntoken_prefix = \"a_b\"", "title = \"A\"\ntoken_prefix = \"a-b\"", "token_prefix: "),
        ("title = \"A\"\ntoken_prefix = \"a\\nb\"", "title = \"A\"\ntoken_prefix = \"ab\"", "token_prefix: "),
    ] {
        let with = |line: &str| standard.replacen("title = \"Standard endpoints\"", line, 1);
        let found = dangers(&with(wrong));
        assert!(found.len() == 1 && found[0].what.starts_with(says), "{wrong}: {found:?}");
        assert!(found[0].line.is_some(), "{wrong}: {found:?}");
        assert!(Dialect::parse(&with(right)).is_ok(), "{right}");
    }
    for (wrong, right) in [("..", "a.."), ("-a", "a-"), ("", "a"), ("a/b", "a_b")] {
        let with = |name: &str| standard.replacen("\"rfc\"", &format!("\"{name}\""), 1);
        assert!(dangers(&with(wrong))[0].what.starts_with("name: "), "{wrong}");
        assert!(Dialect::parse(&with(right)).is_ok(), "{right}");
    }
    let scopes = |list: &str| Dialect::parse(&format!("default_scopes = [{list}]\n{standard}"));
    assert!(matches!(scopes("\"a b\""), Err(DialectError::Written(_))), "two scopes in one text");
    assert!(scopes("\"a\", \"b\"").is_ok());
}
