//! The walls of the house, checked: manifests first, then the text of every source file.
//!
//! Each rule is one function that returns the sentences it has to complain with; a test fails with all of them at once.
//! The rules read text, not syntax: comments and unit-test modules are cut away first, so prose may name anything.
#![allow(clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};

const CRATES: [&str; 6] = ["oauth", "platform", "store", "wire", "demo", "server"];
const PURE: [&str; 2] = ["oauth", "platform"];
const DRIVERS: [&str; 8] = [
    "rusqlite",
    "libsqlite3-sys",
    "tokio-postgres",
    "deadpool-postgres",
    "postgres",
    "postgres-types",
    "sqlx",
    "diesel",
];

/// A source file without its comments and its unit-test module.
struct Source {
    krate: &'static str,
    /// Below the crate: `src/authorize.rs`.
    path: String,
    text: String,
    code: String,
}

impl Source {
    fn is_test(&self) -> bool {
        self.path.starts_with("tests/") || self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    fn is_demo(&self) -> bool {
        self.krate == "demo"
    }

    /// One complaint for each line of code that `wrong` recognises.
    fn complain(&self, says: &str, wrong: impl Fn(&str) -> Option<&'static str>) -> Vec<String> {
        let lines = self.code.lines().enumerate();
        lines
            .filter_map(|(number, line)| {
                wrong(line).map(|found| {
                    format!("crates/{}/{}:{}: `{found}` {says}", self.krate, self.path, number + 1)
                })
            })
            .collect()
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn manifest(krate: &str) -> toml::Table {
    let path = root().join("crates").join(krate).join("Cargo.toml");
    fs::read_to_string(path).expect("every crate has a manifest").parse().expect("manifests are TOML")
}

fn dependencies(krate: &str, section: &str) -> Vec<String> {
    let manifest = manifest(krate);
    manifest
        .get(section)
        .and_then(|table| table.as_table())
        .into_iter()
        .flat_map(toml::Table::keys)
        .cloned()
        .collect()
}

fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    for krate in CRATES {
        let base = root().join("crates").join(krate);
        for folder in ["src", "tests", "benches"] {
            collect(krate, &base, &base.join(folder), &mut found);
        }
    }
    assert!(found.len() > 8, "the architecture test reads no sources: has the layout of crates/ changed?");
    found
}

fn collect(krate: &'static str, base: &Path, folder: &Path, found: &mut Vec<Source>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        if path.is_dir() {
            collect(krate, base, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("sources are readable UTF-8");
            let below = path.strip_prefix(base).expect("found below the crate");
            let code = code_of(&text);
            found.push(Source { krate, path: below.to_string_lossy().into_owned(), text, code });
        }
    }
}

/// Blanks comments (so that line numbers stay true) and drops an inline `#[cfg(test)] mod … {` to the end.
fn code_of(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let tests = lines.windows(2).position(|pair| {
        pair[0].trim() == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].ends_with('{')
    });
    let kept = &lines[..tests.unwrap_or(lines.len())];
    let without = kept.iter().map(|line| {
        if line.trim_start().starts_with("//") { "" } else { line.split(" // ").next().unwrap_or(line) }
    });
    without.collect::<Vec<_>>().join("\n")
}

fn words<const N: usize>(line: &str, wrong: [&'static str; N]) -> Option<&'static str> {
    wrong.into_iter().find(|word| line.contains(word))
}

fn report(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n\n{}\n", complaints.join("\n"));
}

#[test]
fn arrows_between_crates_point_down() {
    let allowed = |krate: &str| -> &[&str] {
        match krate {
            "oauth" | "wire" => &[],
            "platform" => &["symbolon-oauth"],
            "store" => &["symbolon-oauth", "symbolon-platform"],
            "demo" => &["symbolon-wire"],
            _ => &["symbolon-oauth", "symbolon-platform", "symbolon-store", "symbolon-wire", "symbolon-demo"],
        }
    };
    let mut complaints = Vec::new();
    for krate in CRATES {
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for name in dependencies(krate, section) {
                if name.starts_with("symbolon") && !allowed(krate).contains(&name.as_str()) {
                    complaints.push(format!(
                        "crates/{krate}/Cargo.toml: [{section}] {name}: {krate} may depend on {:?} only; \
                         move what is shared down, or hand it in as a value",
                        allowed(krate)
                    ));
                }
            }
        }
    }
    report(&complaints);
}

#[test]
fn pure_crates_have_a_short_list_of_dependencies() {
    const PERMITTED: [&str; 12] = [
        "symbolon-oauth",
        "sha2",
        "subtle",
        "serde",
        "serde_json",
        "toml",
        "url",
        "base64",
        "thiserror",
        "unicode-normalization",
        "form_urlencoded",
        "jiff",
    ];
    const FOR_TESTS: [&str; 2] = ["proptest", "insta"];
    let mut complaints = Vec::new();
    for krate in PURE {
        let normal = dependencies(krate, "dependencies").into_iter();
        let foreign = normal.filter(|name| !PERMITTED.contains(&name.as_str()));
        let tests = dependencies(krate, "dev-dependencies").into_iter();
        let tests =
            tests.filter(|name| !PERMITTED.contains(&name.as_str()) && !FOR_TESTS.contains(&name.as_str()));
        complaints.extend(foreign.chain(tests).chain(dependencies(krate, "build-dependencies")).map(|name| {
            format!("crates/{krate}/Cargo.toml: {name}: {krate} is pure; load such facts in `server` or `store` and pass them in")
        }));
    }
    report(&complaints);
}

#[test]
fn pure_crates_do_not_wait_read_or_connect() {
    const FORBIDDEN: [&str; 17] = [
        "async fn",
        "async move",
        "async {",
        ".await",
        "dyn Future",
        "impl Future",
        "SystemTime",
        "std::fs",
        "TcpStream",
        "TcpListener",
        "UdpSocket",
        "ToSocketAddrs",
        "std::env",
        "std::thread",
        "std::process",
        "tokio::",
        "std::io",
    ];
    let pure = sources().into_iter().filter(|source| PURE.contains(&source.krate) && !source.is_test());
    let says = "has no place in a pure crate: what it fetches must come in as a value";
    report(&pure.flat_map(|source| source.complain(says, |line| words(line, FORBIDDEN))).collect::<Vec<_>>());
}

#[test]
fn only_store_knows_a_database() {
    let mut complaints = Vec::new();
    for krate in CRATES.into_iter().filter(|krate| *krate != "store") {
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let named =
                dependencies(krate, section).into_iter().filter(|name| DRIVERS.contains(&name.as_str()));
            complaints.extend(named.map(|name| {
                format!(
                    "crates/{krate}/Cargo.toml: [{section}] {name}: only `store` may name a database driver"
                )
            }));
        }
    }
    const STATEMENTS: [&str; 12] = [
        "rusqlite::",
        "tokio_postgres::",
        "deadpool_postgres::",
        "SELECT ",
        "INSERT INTO ",
        "DELETE FROM ",
        "CREATE TABLE",
        "ALTER TABLE",
        "DROP TABLE",
        "ON CONFLICT",
        "PRAGMA ",
        "BEGIN IMMEDIATE",
    ];
    let others = sources().into_iter().filter(|source| source.krate != "store" && !source.is_test());
    let says = "is SQL outside `store`: give the store a verb of the domain instead";
    complaints.extend(others.flat_map(|source| source.complain(says, |line| words(line, STATEMENTS))));
    report(&complaints);
}

#[test]
fn decisions_know_no_dialect() {
    let decides = |source: &Source| match source.krate {
        "oauth" => source.path.starts_with("src/") && !source.path.starts_with("src/dialect/"),
        "platform" | "store" => source.path.starts_with("src/"),
        _ => false,
    };
    let says =
        "is a dialect where something is decided: take a value of `oauth::policy`, or a plain argument";
    let wrong = |line: &str| words(line, ["dialect::", "use crate::dialect"]);
    let concerned = sources().into_iter().filter(decides);
    report(&concerned.flat_map(|source| source.complain(says, wrong)).collect::<Vec<_>>());
}

/// One text of SQL serves both engines; where it cannot, the two texts stand in one match.
#[test]
fn statements_for_one_engine_are_few() {
    let verbs = sources().into_iter().filter(|source| {
        source.krate == "store" && source.path.starts_with("src/") && !source.path.starts_with("src/engine/")
    });
    let says = "makes the eleventh statement for one engine: find one text for both";
    let mut complaints: Vec<_> = verbs
        .filter(|source| source.path != "src/testing.rs")
        .flat_map(|source| source.complain(says, |line| words(line, ["Postgres"])))
        .collect();
    report(&complaints.split_off(complaints.len().min(10)));
}

#[test]
fn vendors_are_data() {
    const VENDORS: [&str; 7] =
        ["fillout", "fullscript", "calcom", "cal.com", "cal_com", "make.com", "\"make\""];
    let concerned = sources().into_iter().filter(|source| !source.is_test() && !source.is_demo());
    let says = "is a vendor's name: vendors live in dialects/*.toml, in the demo and in tests";
    let found = concerned.flat_map(|source| {
        source.complain(says, |line| {
            let embeds_a_preset = line.contains("dialects/") && line.contains(".toml");
            if embeds_a_preset { None } else { words(&line.to_lowercase(), VENDORS) }
        })
    });
    report(&found.collect::<Vec<_>>());
}

#[test]
fn html_lives_in_templates() {
    const TAGS: [&str; 19] = [
        "<!doctype",
        "<!DOCTYPE",
        "<html",
        "<head>",
        "<body",
        "<div",
        "<span",
        "<form>",
        "<form ",
        "<input ",
        "<button",
        "<table>",
        "<section",
        "<script",
        "<style",
        "<ul>",
        "<li>",
        "<p>",
        "<a href",
    ];
    let concerned = sources().into_iter().filter(|source| !source.is_test() && !source.is_demo());
    let says = "is HTML in Rust: put it in a template, where it is escaped and checked";
    let found = concerned.flat_map(|source| source.complain(says, |line| words(line, TAGS)));
    report(&found.collect::<Vec<_>>());
}

#[test]
fn files_are_small_and_say_what_they_are_for() {
    let mut complaints = Vec::new();
    for source in sources() {
        let place = format!("crates/{}/{}", source.krate, source.path);
        let lines = source.text.lines().map(str::trim);
        let count = lines.filter(|line| !line.is_empty() && !line.starts_with("//")).count();
        if count >= 600 {
            complaints.push(format!(
                "{place}: {count} lines of code: split it by what it decides (the limit is 600)"
            ));
        }
        if !source.is_test() && !source.text.starts_with("//!") {
            complaints.push(format!(
                "{place}: begins without a module head: say with `//!` what it decides and keeps"
            ));
        }
    }
    report(&complaints);
}

#[test]
fn modules_are_named_after_what_they_hold() {
    const VAGUE: [&str; 20] = [
        "util", "utils", "helper", "helpers", "common", "misc", "types", "models", "model", "service",
        "services", "manager", "managers", "impls", "data", "info", "core", "base", "shared", "stuff",
    ];
    let mut complaints = Vec::new();
    for source in sources() {
        let names = source.path.trim_end_matches(".rs").split('/');
        complaints.extend(names.filter(|name| VAGUE.contains(name)).map(|name| {
            format!(
                "crates/{}/{}: `{name}` names nothing: a noun lives with its rules",
                source.krate, source.path
            )
        }));
    }
    report(&complaints);
}

#[test]
fn errors_become_responses_in_one_place() {
    const MARKS: [&str; 3] = ["WWW_AUTHENTICATE", "\"error\":", "metrics.refused"];
    let server = sources().into_iter();
    let server = server.filter(|source| source.krate == "server" && !source.is_test());
    let (place, others): (Vec<_>, Vec<_>) = server.partition(|source| source.path == "src/told.rs");
    for mark in MARKS {
        let known = place.iter().any(|source| source.code.contains(mark));
        assert!(known, "`{mark}` is not in told.rs: then it marks no error answer elsewhere, either");
    }
    let says = "makes an error answer outside `told.rs`: return a `Failure`, which is translated, logged and \
                counted once";
    let found = others.iter().flat_map(|source| source.complain(says, |line| words(line, MARKS)));
    report(&found.collect::<Vec<_>>());
}

#[test]
fn audit_rows_are_made_in_one_place() {
    const MARK: [&str; 1] = ["Audit::new("];
    let server = sources().into_iter().filter(|source| source.krate == "server" && !source.is_test());
    let (place, others): (Vec<_>, Vec<_>) = server.partition(|source| source.path == "src/deed.rs");
    let known = place.iter().any(|source| words(&source.code, MARK).is_some());
    assert!(known, "`Audit::new(` is not in deed.rs: then nothing is proven of it elsewhere, either");
    let says = "makes an audit row that may lack its request: use `State::deed` or `Surroundings::deed`";
    let found = others.iter().flat_map(|source| source.complain(says, |line| words(line, MARK)));
    report(&found.collect::<Vec<_>>());
}

#[test]
fn the_map_fits_in_one_sitting() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md exists");
    let lines = map.lines().count();
    assert!(lines <= 250, "ARCHITECTURE.md has {lines} lines: it is a map, keep it within 250");
    for krate in CRATES {
        assert!(map.contains(&format!("crates/{krate}")), "ARCHITECTURE.md does not show crates/{krate}");
    }
}
