//! Whatever is accepted is safe: the presets and the providers' shapes are changed at random, and where the result is
//! accepted, a plain client is played against it. The client knows nothing of the lint: it reads as clients do.

use std::cell::Cell;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestRunner;
use serde_json::Value as Json;
use toml::{Table, Value};

use super::super::super::load;
use super::super::super::member::Source;
use super::super::super::read::{self, Headers, Message};
use super::super::super::rules::{Encoding, ErrorRules, Why};
use super::super::super::write::{self, ActingFor, Party, Sources, Tokens};
use super::super::super::{Dialect, DialectError, Endpoint, PRESETS, Serves};
use crate::authorize::{self, RequestParameters, parameter};
use crate::client::ClientType;
use crate::error::{ErrorCode, Refusal};
use crate::reason::Reason;
use crate::scope::ScopeSet;
use crate::specimen::{NOW, client, policy};

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

/// Every refusal that a client could meet: each code with each check that the dialect names, and with some more.
fn refusals(rules: &ErrorRules) -> Vec<Refusal> {
    let keys = rules.status.keys().chain(rules.codes.keys()).chain(rules.reasons.keys());
    let named = keys.filter_map(|why| match why {
        Why::Reason(reason) => Some(*reason),
        Why::Code(_) => None,
    });
    let some = [
        Reason::Method,
        Reason::NotFound,
        Reason::TooLarge,
        Reason::CodeReplayed,
        Reason::WrongSecret,
        Reason::Bug,
    ];
    let reasons: Vec<Reason> = named.chain(some).collect();
    let of = |code| reasons.iter().map(move |reason| Refusal::new(code, *reason, "OK")).collect::<Vec<_>>();
    ErrorCode::ALL.into_iter().flat_map(of).collect()
}

fn parsed(format: Encoding, body: &[u8]) -> Json {
    match format {
        Encoding::Json => serde_json::from_slice(body).unwrap(),
        Encoding::Form => {
            let pairs =
                form_urlencoded::parse(body).into_owned().map(|(name, value)| (name, Json::from(value)));
            Json::Object(pairs.collect())
        }
    }
}

/// Whether any object has a member of this name, in any case of its letters.
fn holds(value: &Json, name: &str) -> bool {
    match value {
        Json::Object(members) => {
            members.iter().any(|(own, value)| own.eq_ignore_ascii_case(name) || holds(value, name))
        }
        Json::Array(entries) => entries.iter().any(|value| holds(value, name)),
        _ => false,
    }
}

fn succeeds(endpoint: &Endpoint) -> Option<(Encoding, Vec<u8>)> {
    let scopes = ScopeSet::parse("a b").unwrap();
    let tokens = Tokens {
        access: "THE-ACCESS-TOKEN",
        access_expires_at: Some(NOW),
        refresh: Some("THE-REFRESH-TOKEN"),
        refresh_expires_at: Some(NOW),
    };
    let tenant = Party { id: "t", own_id: [1; 16], name: "T" };
    let sources = Sources {
        tokens: (endpoint.serves == Serves::Token).then_some(tokens),
        scopes: &scopes,
        now: NOW,
        acting_for: Some(ActingFor {
            tenant,
            personal: false,
            base_url: None,
            region: None,
            level: "tenant",
            person: None,
        }),
        client_id: "app",
        app_name: "App",
        client_type: "public",
        redirect_uris: &["https://app.example.net/cb".to_owned()],
        issuer: "https://issuer.example",
    };
    match endpoint.serves {
        Serves::Token => Some((endpoint.rules.answer.format, write::token_answer(endpoint, &sources))),
        Serves::Identity | Serves::Client => Some((Encoding::Json, write::description(endpoint, &sources))),
        Serves::Revoke if endpoint.rules.revoke.status == 204 => None,
        Serves::Revoke => Some((Encoding::Json, endpoint.rules.revoke.body.clone().into_bytes())),
        Serves::Userinfo => Some((Encoding::Json, br#"{"sub":"x","name":"x"}"#.to_vec())),
        Serves::Introspect => Some((Encoding::Json, br#"{"active":true,"sub":"x"}"#.to_vec())),
        Serves::Authorize | Serves::Metadata | Serves::ResourceMetadata => None,
    }
}

/// Where a client finds what it asked for: the path of every member that is not the same in each answer.
fn asked(endpoint: &Endpoint) -> Vec<Vec<String>> {
    let rules = &endpoint.rules;
    let (envelope, members, format) = match endpoint.serves {
        Serves::Token => (&rules.answer.envelope, &rules.answer.members, rules.answer.format),
        Serves::Identity | Serves::Client => {
            let own = endpoint.description();
            (&own.envelope, &own.members, Encoding::Json)
        }
        Serves::Authorize
        | Serves::Revoke
        | Serves::Introspect
        | Serves::Userinfo
        | Serves::Metadata
        | Serves::ResourceMetadata => return Vec::new(),
    };
    let varying = members.iter().filter(|own| own.source.is_some_and(|source| source != Source::TokenType));
    let path = |name: &str| match format {
        Encoding::Json => envelope.iter().cloned().chain(name.split('.').map(str::to_owned)).collect(),
        Encoding::Form => vec![name.to_owned()],
    };
    varying.map(|own| path(&own.name)).collect()
}

/// Whether something stands in `value` at this path, in any case of its letters.
fn stands(value: &Json, path: &[String]) -> bool {
    let Some((first, rest)) = path.split_first() else { return true };
    match value {
        Json::Object(members) => {
            members.iter().any(|(own, value)| own.eq_ignore_ascii_case(first) && stands(value, rest))
        }
        Json::Array(entries) => first
            .parse::<usize>()
            .ok()
            .and_then(|at| entries.get(at))
            .is_some_and(|entry| stands(entry, rest)),
        _ => false,
    }
}

/// A client that looks at the status, and then into the body.
fn plays_the_back_channel(endpoint: &Endpoint) -> Result<(), TestCaseError> {
    let Some((format, body)) = succeeds(endpoint) else { return Ok(()) };
    let success = parsed(format, &body);
    if endpoint.serves == Serves::Token {
        prop_assert!(
            body.windows(16).any(|part| part == b"THE-ACCESS-TOKEN"),
            "the token arrives: {success}"
        );
        let of = |name: &str| success.get(name).and_then(Json::as_str);
        prop_assert!(of("access_token").is_none_or(|own| own == "THE-ACCESS-TOKEN"), "{success}");
        prop_assert!(of("refresh_token").is_none_or(|own| own == "THE-REFRESH-TOKEN"), "{success}");
    }
    let error = success.get("error");
    let says_none = |error: &Json| {
        error.is_null() || error == 0 || error == false || error == "" || error == "0" || error == "false"
    };
    prop_assert!(error.is_none_or(says_none), "a success says error: {success}");
    let asked = asked(endpoint);
    for refusal in refusals(&endpoint.rules.errors) {
        let (status, body) = write::refusal(&endpoint.rules.errors, &refusal);
        let told = parsed(endpoint.rules.errors.format, &body);
        for name in ["access_token", "refresh_token", "id_token", "active"] {
            prop_assert!(!holds(&told, name), "a refusal holds {name}: {told}");
        }
        prop_assert!(status == 200 || (400..600).contains(&status), "{status}");
        prop_assert!(
            asked.iter().all(|path| !stands(&told, path)),
            "a refusal shows what was asked for: {told}"
        );
        if status == 200 {
            prop_assert!(told != success && told != Json::Object(serde_json::Map::new()), "{told}");
        }
        let code = endpoint.rules.errors.code(&refusal);
        prop_assert!(code.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'"'), "{code:?}");
    }
    for (name, value) in &endpoint.rules.answer.headers {
        prop_assert!(
            !["refresh", "location", "set-cookie", "link"].contains(&name.to_ascii_lowercase().as_str())
        );
        prop_assert!(value.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{value:?}");
    }
    Ok(())
}

struct Bare;

impl Headers for Bare {
    fn header(&self, _: &str) -> Option<&str> {
        None
    }
}

/// An app that was written for this very dialect: it sends a state and looks for the code and the state again.
fn plays_the_front_channel(dialect: &Dialect, endpoint: &Endpoint) -> Result<(), TestCaseError> {
    let rules = &endpoint.rules;
    let sent = |name: &'static str| rules.parameters.get(name).map_or(name, String::as_str);
    let found = |name: &'static str| rules.authorize.names.get(name).map_or(name, String::as_str);
    let mut own = client(ClientType::Confidential);
    own.dialect.clone_from(&dialect.name);
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair(sent("client_id"), "app")
        .append_pair(sent("redirect_uri"), &own.redirect_uris[0])
        .append_pair(sent("state"), "THE STATE")
        .finish();
    let message = Message { query: Some(&query), headers: &Bare, body: b"" };
    let parameters: RequestParameters = read::authorization_request(endpoint, message)
        .map_err(|refusal| TestCaseError::fail(format!("{query}: {refusal:?}")))?;
    prop_assert_eq!(parameters.get(parameter::CLIENT_ID), Some("app"));
    let policy = dialect.policy(endpoint, &policy());
    let addressed = authorize::address(&parameters, &own, &policy, "https://issuer.example")
        .map_err(|refusal| TestCaseError::fail(format!("{query}: {refusal:?}")))?;
    let scopes = ScopeSet::new();
    let sources = Sources {
        tokens: None,
        scopes: &scopes,
        now: NOW,
        acting_for: None,
        client_id: "app",
        app_name: "App",
        client_type: "confidential",
        redirect_uris: &[],
        issuer: "https://issuer.example",
    };
    let answered = |pairs: &[write::Pair<'_>]| -> Vec<(String, String)> {
        let location = write::location(&addressed, pairs);
        assert!(location.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
        let (to, query) = location.as_str().split_once('?').unwrap();
        assert_eq!(to, own.redirect_uris[0]);
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    };
    let values = |pairs: &[(String, String)], name: &str| -> Vec<String> {
        pairs.iter().filter(|(own, _)| own == name).map(|(_, value)| value.clone()).collect()
    };
    let success = answered(&write::authorization_answer(&rules.authorize, &addressed, "THE CODE", &sources));
    prop_assert_eq!(values(&success, found("code")), ["THE CODE"]);
    prop_assert_eq!(values(&success, found("state")), ["THE STATE"]);
    prop_assert!(values(&success, found("error")).is_empty() && values(&success, "error").is_empty());
    for code in ErrorCode::ALL {
        let refusal = Refusal::new(code, Reason::DeniedByPerson, "no");
        let pairs = write::authorization_error((&rules.authorize, &rules.errors), &addressed, &refusal);
        let refused = answered(&pairs);
        prop_assert_eq!(values(&refused, found("state")), ["THE STATE"]);
        prop_assert_eq!(values(&refused, found("error")), [rules.errors.code(&refusal)]);
        prop_assert!(values(&refused, found("code")).is_empty() && values(&refused, "code").is_empty());
    }
    if rules.authorize.iss {
        prop_assert_eq!(values(&success, "iss"), ["https://issuer.example"]);
    }
    Ok(())
}

fn plays(dialect: &Dialect) -> Result<(), TestCaseError> {
    for endpoint in &dialect.endpoints {
        match endpoint.serves {
            Serves::Authorize => plays_the_front_channel(dialect, endpoint)?,
            Serves::Token
            | Serves::Revoke
            | Serves::Introspect
            | Serves::Userinfo
            | Serves::Identity
            | Serves::Client
            | Serves::Metadata
            | Serves::ResourceMetadata => plays_the_back_channel(endpoint)?,
        }
        prop_assert!(!endpoint.rules.token.authentication.is_empty());
    }
    Ok(())
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
