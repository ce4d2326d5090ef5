//! Whatever is accepted is safe: the presets and the providers' shapes are changed at random, and where the result is
//! accepted, a plain client is played against it.

use std::cell::Cell;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestRunner;
use toml::{Table, Value};

use super::super::super::load;
use super::super::super::member::Source;
use super::super::super::{DialectError, Endpoint, PRESETS, Serves};
use super::played::plays;
use crate::error::ErrorCode;

/// More bytes than these are never written and read to judge one file. The largest preset takes a hundredth.
const WORK_AT_MOST: usize = 64 << 20;

/// Every file that is accepted as it stands: presets and shapes.
fn files() -> Vec<Table> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let folders = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path().join("dialect.toml"));
    let shapes = folders.filter(|path| path.exists()).map(|path| std::fs::read_to_string(path).unwrap());
    let all: Vec<String> = PRESETS.iter().map(|(_, text)| (*text).to_owned()).chain(shapes).collect();
    assert!(all.len() > 38, "only {} files", all.len());
    all.iter().map(|text| text.parse().unwrap()).collect()
}

/// Texts that mean something somewhere, and some that mean nothing anywhere.
const TEXTS: [&str; 68] = [
    "access_token",
    "access_token.x",
    "error.x",
    "a&access_token=x&",
    "Access_Token",
    "refresh_token",
    "id_token",
    "token_type",
    "expires_in",
    "scope",
    "state",
    "code",
    "error",
    "error_description",
    "iss",
    "active",
    "client_id",
    "client_secret",
    "redirect_uri",
    "grant_type",
    "token",
    "data",
    "data.access_token",
    "error.code",
    "0",
    "a.0.b",
    "__proto__",
    "",
    " ",
    "a\"b",
    "a\nb",
    "\u{202e}",
    "é",
    "OK",
    "success",
    "message",
    "description",
    "reason",
    "status",
    "user_id",
    "email",
    "tenant_id",
    "form",
    "json",
    "body",
    "Authorization Bearer",
    "Authorization Basic",
    "X-Token",
    "Cookie",
    "authorization_code",
    "none",
    "strict",
    "overlap",
    "never",
    "0s",
    "10m",
    "/login",
    "/oauth/token",
    "//evil.example",
    "/a/{client_id}",
    "GET",
    "POST",
    "invalid_grant",
    "invalid_request",
    "interaction",
    "csrf",
    ",",
    "e",
];

/// What a change may write.
fn words() -> Vec<Value> {
    let long = ["a.".repeat(20_000), "x".repeat(300)];
    let texts = TEXTS.iter().map(|text| (*text).to_owned()).chain(long).map(Value::String);
    let numbers = [0, 1, 101, 200, 201, 204, 302, 400, 407, 421, 503, 999].map(Value::Integer);
    let lists = [vec![], vec![Value::from("code")], vec![Value::from("body"), Value::from("body")]];
    let others = [Value::Boolean(true), Value::Boolean(false), Value::Table(Table::new())];
    texts.chain(numbers).chain(lists.map(Value::Array)).chain(others).collect()
}

/// Keys that a change may add, with the tables they stand in.
const KEYS: [&[&str]; 44] = [
    &["parameters", "state"],
    &["parameters", "code"],
    &["parameters", "client_id"],
    &["parameters", "client_secret"],
    &["parameters", "redirect_uri"],
    &["parameters", "grant_type"],
    &["parameters", "x"],
    &["parameter_headers", "client_secret"],
    &["parameter_headers", "code"],
    &["authorize", "names", "code"],
    &["authorize", "names", "state"],
    &["authorize", "names", "error"],
    &["authorize", "names", "iss"],
    &["authorize", "iss"],
    &["authorize", "description_aliases"],
    &["authorize", "scope_separators"],
    &["authorize", "page_status"],
    &["authorize", "pages", "unknown_client"],
    &["token", "authentication"],
    &["token", "bodies"],
    &["token", "token_from"],
    &["token", "grant_types"],
    &["token", "default_grant_type"],
    &["token", "grant_type_names", "authorization_code"],
    &["token", "grant_type_names", "refresh_token"],
    &["answer", "status"],
    &["answer", "format"],
    &["answer", "envelope"],
    &["answer", "headers", "Refresh"],
    &["answer", "headers", "X-Server"],
    &["revoke", "body"],
    &["revoke", "status"],
    &["identity", "envelope"],
    &["errors", "format"],
    &["errors", "codes", "invalid_grant"],
    &["errors", "codes", "unavailable"],
    &["errors", "reasons", "code_unknown"],
    &["errors", "status", "invalid_grant"],
    &["errors", "status", "invalid_client"],
    &["errors", "status", "invalid_token"],
    &["errors", "status", "code_unknown"],
    &["errors", "status", "method"],
    &["not_found", "body"],
    &["lifetimes", "access"],
];

/// Members that a change may put into a list of members.
fn members() -> Vec<Value> {
    let member = |name: &str, key: &str, value: Value| {
        let pairs = [("name".to_owned(), Value::from(name)), (key.to_owned(), value)];
        Value::Table(pairs.into_iter().collect())
    };
    let names = [
        "access_token",
        "access_token.x",
        "error.x",
        "data.access_token",
        "error",
        "ok",
        "message",
        "state",
        "code",
        "id",
        "data.id",
        "active",
        "accessToken",
        "token",
        "success",
        "email",
        "email_verified",
        "sub",
        "username",
        "user_id",
    ];
    let shows = [
        ("literal", Value::from("x")),
        ("literal", Value::from(0)),
        ("literal", Value::from(true)),
        ("source", Value::from("code")),
        ("source", Value::from("access_token")),
        ("source", Value::from("refresh_token")),
        ("source", Value::from("description")),
        ("source", Value::from("tenant_id")),
        ("source", Value::from("user_name")),
        ("source", Value::from("owner_name")),
        ("source", Value::from("email")),
    ];
    names.iter().flat_map(|name| shows.iter().map(|(key, value)| member(name, key, value.clone()))).collect()
}

/// One change: what is done, where, and with which word.
type Change = (u8, Index, Index);

fn changed(mut file: Table, changes: &[Change]) -> Table {
    for (what, place, word) in changes {
        let words = words();
        match what {
            0 => set(&mut file, KEYS[place.index(KEYS.len())], words[word.index(words.len())].clone()),
            1 => {
                let lists = [
                    ["answer", "members"],
                    ["errors", "members"],
                    ["authorize", "members"],
                    ["identity", "members"],
                ];
                let all = members();
                put(&mut file, &lists[place.index(lists.len())], all[word.index(all.len())].clone());
            }
            2 => {
                let statuses = ["invalid_grant", "invalid_client", "invalid_request", "invalid_token"];
                statuses
                    .iter()
                    .for_each(|code| set(&mut file, &["errors", "status", code], Value::from(200)));
            }
            what => {
                let mut places = Vec::new();
                leaves(&Value::Table(file.clone()), &mut Vec::new(), &mut places);
                let path = &places[place.index(places.len())];
                let new = (*what == 3).then(|| words[word.index(words.len())].clone());
                let mut root = Value::Table(file);
                replace(&mut root, path, new);
                let Value::Table(table) = root else { unreachable!() };
                file = table;
            }
        }
    }
    file
}

fn set(file: &mut Table, key: &[&str], value: Value) {
    let (last, tables) = key.split_last().unwrap();
    let mut table = file;
    for name in tables {
        let below = table.entry((*name).to_owned()).or_insert_with(|| Value::Table(Table::new()));
        let Value::Table(below) = below else { return };
        table = below;
    }
    table.insert((*last).to_owned(), value);
}

fn put(file: &mut Table, key: &[&str; 2], member: Value) {
    let table = file.entry(key[0].to_owned()).or_insert_with(|| Value::Table(Table::new()));
    let Value::Table(table) = table else { return };
    let list = table.entry(key[1].to_owned()).or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(list) = list {
        list.push(member);
    }
}

fn leaves(value: &Value, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    let mut below = |name: String, value: &Value, path: &mut Vec<String>| {
        path.push(name);
        leaves(value, path, found);
        path.pop();
    };
    match value {
        Value::Table(table) => table.iter().for_each(|(name, value)| below(name.clone(), value, path)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, value)| below(at.to_string(), value, path))
        }
        _ => found.push(path.clone()),
    }
}

fn replace(value: &mut Value, path: &[String], new: Option<Value>) {
    let (first, rest) = path.split_first().unwrap();
    match (value, rest.is_empty(), new) {
        (Value::Table(table), true, Some(new)) => drop(table.insert(first.clone(), new)),
        (Value::Table(table), true, None) => drop(table.remove(first)),
        (Value::Array(list), true, Some(new)) => list[first.parse::<usize>().unwrap()] = new,
        (Value::Array(list), true, None) => drop(list.remove(first.parse::<usize>().unwrap())),
        (Value::Table(table), false, new) => replace(table.get_mut(first).unwrap(), rest, new),
        (Value::Array(list), false, new) => replace(&mut list[first.parse::<usize>().unwrap()], rest, new),
        _ => unreachable!(),
    }
}

/// The client that is played does tell: it is content with every file as it stands.
#[test]
fn a_plain_client_gets_on_with_every_preset_and_shape() {
    for file in files() {
        let text = toml::to_string(&file).unwrap();
        let (dialect, work) = load::judged(&text, None);
        let dialect = dialect.unwrap_or_else(|wrong| panic!("{wrong}\n{text}"));
        assert!(work > 0 && work < WORK_AT_MOST / 100, "{}: {work} bytes", dialect.name);
        plays(&dialect).unwrap_or_else(|wrong| panic!("{}: {wrong}", dialect.name));
        let shows = |endpoint: &Endpoint| {
            endpoint.rules.answer.members.iter().any(|member| member.source == Some(Source::AccessToken))
        };
        assert!(dialect.endpoints.iter().filter(|own| own.serves == Serves::Token).all(shows));
    }
}

/// The largest files there can be: everything that is bounded is at its bound.
#[test]
fn the_largest_file_is_little_work() {
    let (_, standard) = PRESETS[0];
    let members = |number: usize| -> String {
        let one = |at: usize| format!("{{ name = \"m{at}\", literal = \"{}\" }},", "x".repeat(200));
        (0..number).map(one).collect()
    };
    let endpoint =
        |at: usize| format!("[[endpoint]]\nserves = \"token\"\npaths = [\"/t{at}\"]\nmethods = [\"POST\"]\n");
    let endpoints: String = (0..25).map(endpoint).collect();
    let codes: String =
        ErrorCode::ALL.iter().map(|code| format!("{} = \"{}\"\n", code.as_str(), code.as_str())).collect();
    let text = format!(
        "{standard}\n{endpoints}\n[answer]\nmembers = [{}{{ name = \"access_token\", source = \"access_token\" }}]\n\
         [errors]\nmembers = [{}{{ name = \"error\", source = \"code\" }}]\n[errors.codes]\n{codes}",
        members(63),
        members(15),
    );
    let (accepted, work) = load::judged(&text, None);
    assert!(accepted.is_ok(), "{:?}", accepted.err());
    assert!(work > 100_000 && work < WORK_AT_MOST, "{work} bytes");
}

/// Three hundred files, and enough of them accepted to say something of those.
#[test]
fn what_is_accepted_after_any_change_is_safe() {
    let (files, accepted) = (files(), Cell::new(0));
    let change = (0u8..5, any::<Index>(), any::<Index>());
    let all = (any::<Index>(), proptest::collection::vec(change, 1..4));
    let config = ProptestConfig { cases: 300, ..ProptestConfig::default() };
    let played = TestRunner::new(config).run(&all, |(file, changes)| {
        let text = toml::to_string(&changed(files[file.index(files.len())].clone(), &changes)).unwrap();
        let (judged, work) = load::judged(&text, None);
        prop_assert!(work < WORK_AT_MOST, "{} bytes:\n{}", work, text);
        match judged {
            Ok(dialect) => {
                accepted.set(accepted.get() + 1);
                plays(&dialect).map_err(|wrong| TestCaseError::fail(format!("{wrong}\n{text}")))
            }
            Err(DialectError::Dangerous(found)) => {
                prop_assert!(!found.is_empty() && found.len() <= 40);
                Ok(())
            }
            Err(_) => Ok(()),
        }
    });
    played.unwrap_or_else(|wrong| panic!("{wrong}"));
    assert!(accepted.get() > 30, "only {} were accepted", accepted.get());
}
