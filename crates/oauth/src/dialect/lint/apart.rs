//! The proof that clients can tell a success from a refusal: both are written as the server writes them, and compared.
//!
//! A client looks at the status, or at a member. So where a refusal has the status of a success it holds something that no
//! success holds; and whatever its status, it never holds what a success shows.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::danger::Found;
use super::super::member::{Member, Source};
use super::super::rules::{Encoding, ErrorRules, ErrorSource, Why};
use super::super::write::{self, ActingFor, EndUser, Party, Sources, Tokens};
use super::super::{Dialect, Endpoint, Serves};
use super::words;
use crate::error::{ErrorCode, Refusal};
use crate::introspection::Introspection;
use crate::metadata::{self, ForPeople};
use crate::reason::Reason;
use crate::scope::ScopeSet;
use crate::time::Timestamp;
use crate::userinfo::{Profile, Userinfo};

/// Reasons that have a status of their own, wherever a dialect names none.
const OF_THEIR_OWN_STATUS: [Reason; 5] =
    [Reason::RoleForbidden, Reason::NotFound, Reason::Method, Reason::TooSlow, Reason::TooLarge];

/// Members of an introspection (RFC 7662 §2.2).
const REGISTERED: [&str; 12] = [
    "active",
    "aud",
    "client_id",
    "exp",
    "iat",
    "iss",
    "jti",
    "nbf",
    "scope",
    "sub",
    "token_type",
    "username",
];

/// What a client finds in an answer: each member by its path, as clients read it, and its value.
type Leaves = BTreeMap<String, String>;

/// What a success shows: each member, with its value where that is always the same.
type Shown = BTreeMap<String, Option<String>>;

/// Writes every answer of an endpoint, and notes a refusal that could be taken for a success.
pub(super) fn prove(dialect: &Dialect, endpoint: &Endpoint, found: &mut Found<'_>) {
    let Some(shown) = success(dialect, endpoint, found) else { return };
    let read_as =
        if endpoint.serves == Serves::Token { endpoint.rules.answer.format } else { Encoding::Json };
    for refusal in refusals(&endpoint.rules.errors, read_as, found) {
        // Metadata says of a server what a refusal may say, too.
        let describes = matches!(endpoint.serves, Serves::Metadata | Serves::ResourceMetadata);
        // What an introspection says beyond RFC 7662 is this server's own, and grows: no client takes it for an answer.
        let own =
            |path: &String| endpoint.serves == Serves::Introspect && !REGISTERED.contains(&path.as_str());
        let asked =
            || shown.iter().filter(|(path, always)| always.is_none() && !own(path)).map(|(path, _)| path);
        let taken = refusal.found.iter().find(|path| asked().any(|asked| overlap(path, asked)));
        if let Some(path) = taken.filter(|_| !describes) {
            found.say(
                &["errors", "members"],
                format!("a refusal would show '{path}' where a success shows what clients ask for; rename it there"),
            );
        }
        let differs = |(path, value): (&String, &String)| match shown.get(path) {
            None => true,
            Some(always) => always.as_ref().is_some_and(|always| always != value),
        };
        if !(200..300).contains(&refusal.status) {
            continue;
        }
        let key = ["errors", "status", refusal.named];
        if refusal.always.iter().any(differs) {
            if !refusal.says_why {
                found.say(
                    &key,
                    format!(
                        "a refusal with the status {} shows no code that clients take for an error: none, or a word such as 0, \
                         false, none or ok; write a status from 400 on, or let errors.members show the code, and \
                         errors.codes a word for it",
                        refusal.status
                    ),
                );
            }
        } else {
            found.say(
                &key,
                format!(
                    "a refusal with the status {} holds nothing that no success holds, so clients take it for one; write a \
                     status from 400 on, or let errors.members show the code under a name that no success has",
                    refusal.status
                ),
            );
        }
    }
}

/// Whether a client that looks at one of these paths finds something of the other there.
fn overlap(one: &str, other: &str) -> bool {
    let below = |long: &str, short: &str| {
        long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    below(one, other) || below(other, one)
}

/// A refusal as it leaves the server.
struct Told {
    status: u16,
    /// What in the dialect gave it its status.
    named: &'static str,
    /// What a client finds in it, also one that reads it as it reads a success.
    found: BTreeSet<String>,
    /// What does not depend on the words of one request.
    always: Leaves,
    /// Whether it says what went wrong, to a client that looks into the body only.
    says_why: bool,
}

/// Every refusal that differs from another in its status, code or words.
fn refusals(rules: &ErrorRules, read_as: Encoding, found: &mut Found<'_>) -> Vec<Told> {
    let unnamed = unnamed(rules);
    let keys = rules.status.keys().chain(rules.codes.keys()).chain(rules.reasons.keys());
    let named: BTreeSet<Reason> = keys
        .filter_map(|why| match why {
            Why::Reason(reason) => Some(*reason),
            Why::Code(_) => None,
        })
        .chain(OF_THEIR_OWN_STATUS)
        .collect();
    let mut seen = BTreeSet::new();
    let mut told = Vec::new();
    for code in ErrorCode::ALL {
        // A reason that the dialect does not name is told as any other of its code.
        let cases = named.iter().map(|reason| (*reason, rules)).chain([(Reason::Unavailable, &unnamed)]);
        for (reason, rules) in cases {
            let case = [DESCRIPTION, "another"].map(|words| Refusal::new(code, reason, words));
            let [one, other] = &case;
            let words = Some(rules.words(one)).filter(|words| *words != DESCRIPTION);
            if seen.insert((rules.status(one), rules.code(one).to_owned(), words.map(str::to_owned))) {
                told.push(tell(rules, (one, other), read_as, found));
            }
        }
    }
    told
}

/// How a refusal is told whose check the dialect does not name.
pub(super) fn unnamed(rules: &ErrorRules) -> ErrorRules {
    let mut unnamed = rules.clone();
    let is_code = |why: &Why| matches!(why, Why::Code(_));
    unnamed.codes.retain(|why, _| is_code(why));
    unnamed.reasons.retain(|why, _| is_code(why));
    unnamed.status.retain(|why, _| is_code(why));
    unnamed
}

const DESCRIPTION: &str = "a sentence of this server";

/// A refusal, told twice with other words.
fn tell(
    rules: &ErrorRules,
    (refusal, otherwise): (&Refusal, &Refusal),
    read_as: Encoding,
    found: &mut Found<'_>,
) -> Told {
    let (status, body) = write::refusal(rules, refusal);
    let (_, other) = write::refusal(rules, otherwise);
    found.worked(body.len() + other.len());
    let (leaves, other) = (read(rules.format, &body), read(rules.format, &other));
    let always = leaves.iter().filter(|(path, value)| other.get(*path) == Some(value));
    let always = always.map(|(path, value)| (path.clone(), value.clone())).collect();
    let misread = if read_as == rules.format { Leaves::new() } else { read(read_as, &body) };
    let by_reason = rules.status.contains_key(&Why::Reason(refusal.reason));
    let named = if by_reason { refusal.reason.as_str() } else { refusal.code.as_str() };
    let found = leaves.into_keys().chain(misread.into_keys()).collect();
    Told { status, named, found, always, says_why: says_why(rules, refusal) }
}

/// Whether a refusal shows its code, its reason or a fixed code, in a word that no client takes for none.
fn says_why(rules: &ErrorRules, refusal: &Refusal) -> bool {
    rules.members.iter().any(|member| match member.source {
        Some(ErrorSource::Code) => words::tells(rules.code(refusal)),
        // Where no reason is named, the words are a description's.
        Some(ErrorSource::Reason) => {
            let own = rules.words(refusal);
            own != refusal.description && words::tells(own)
        }
        Some(ErrorSource::Description | ErrorSource::Status) => false,
        None => {
            let own = words::last_of(&member.name);
            words::FAILED.contains(&own.as_str()) && member.literal.as_ref().is_some_and(words::is_told)
        }
    })
}

/// What the successes of an endpoint show; nothing where a success is a redirect.
fn success(dialect: &Dialect, endpoint: &Endpoint, found: &mut Found<'_>) -> Option<Shown> {
    let rules = &endpoint.rules;
    Some(match endpoint.serves {
        Serves::Authorize => return None,
        Serves::Token => {
            let body = with_sources(|sources| write::token_answer(endpoint, sources));
            of_members(rules.answer.format, &body, (&rules.answer.envelope, &rules.answer.members), found)
        }
        Serves::Identity | Serves::Client => {
            let body = with_sources(|sources| write::description(endpoint, sources));
            let own = endpoint.description();
            of_members(Encoding::Json, &body, (&own.envelope, &own.members), found)
        }
        Serves::Revoke if rules.revoke.status == 204 => Shown::new(),
        Serves::Revoke => read(Encoding::Json, rules.revoke.body.as_bytes())
            .into_iter()
            .map(|(path, value)| (path, Some(value)))
            .collect(),
        Serves::Introspect => varying(&serde_json::to_vec(&introspection()).unwrap_or_default()),
        Serves::Userinfo => varying(&serde_json::to_vec(&userinfo()).unwrap_or_default()),
        Serves::Metadata => {
            let people = ForPeople { languages: &["en"], documentation: ISSUER };
            let document = metadata::authorization_server(ISSUER, &dialect.addresses(ISSUER), &["a"], people);
            varying(document.to_string().as_bytes())
        }
        Serves::ResourceMetadata => {
            varying(metadata::protected_resource(ISSUER, ISSUER, "A", &["a"]).to_string().as_bytes())
        }
    })
}

fn varying(body: &[u8]) -> Shown {
    read(Encoding::Json, body).into_keys().map(|path| (path, None)).collect()
}

/// What an answer with every member shows: those that are fixed with their value.
fn of_members(
    format: Encoding,
    body: &[u8],
    (envelope, members): (&[String], &[Member]),
    found: &mut Found<'_>,
) -> Shown {
    found.worked(body.len());
    let fixed = members.iter().filter(|own| own.literal.is_some() || own.source == Some(Source::TokenType));
    let path = |own: &Member| match format {
        Encoding::Json => envelope.iter().chain([&own.name]).cloned().collect::<Vec<_>>().join("."),
        Encoding::Form => own.name.clone(),
    };
    let fixed: BTreeSet<String> = fixed.map(|own| path(own).to_ascii_lowercase()).collect();
    let leaves = read(format, body).into_iter();
    leaves.map(|(path, value)| (path.clone(), Some(value).filter(|_| fixed.contains(&path)))).collect()
}

const ISSUER: &str = "https://issuer.example";
const NOW: Timestamp = Timestamp(1_800_000_000_000);
/// What is left of the life of the tokens that are written here.
pub(super) const LIFE_SECONDS: u16 = 3600;

/// Gives `write` a value for every source, so that every member is written.
pub(super) fn with_sources(write: impl FnOnce(&Sources<'_>) -> Vec<u8>) -> Vec<u8> {
    let scopes: ScopeSet = ["a", "b"].into_iter().collect();
    let uris = ["https://app.example/cb".to_owned()];
    let party = |id| Party { id, own_id: [7; 16], name: "A name" };
    let end = Some(Timestamp(NOW.0 + i64::from(LIFE_SECONDS) * 1000));
    let person =
        EndUser { party: party("u"), role: Some("a role"), username: Some("u"), email: Some("u@x.example") };
    write(&Sources {
        tokens: Some(Tokens {
            access: "an access token",
            access_expires_at: end,
            refresh: Some("a refresh token"),
            refresh_expires_at: end,
        }),
        scopes: &scopes,
        now: NOW,
        profile: true,
        acting_for: Some(ActingFor {
            tenant: party("t"),
            base_url: Some("https://api.example"),
            personal: false,
            region: Some("a region"),
            level: "user",
            person: Some(person),
        }),
        client_id: "c",
        app_name: "An app",
        client_type: "confidential",
        redirect_uris: &uris,
        issuer: ISSUER,
    })
}

fn userinfo() -> Userinfo<'static> {
    Userinfo {
        sub: "u",
        profile: Profile::of("A name", Some("u@x.example")),
        tenant_id: Some("t"),
        tenant_name: Some("A tenant"),
        level: Some("user"),
        role: Some("a role"),
        user_id: Some("u"),
        base_url: Some("https://api.example"),
    }
}

fn introspection() -> Introspection<'static> {
    Introspection {
        active: true,
        kind: "person",
        scope: "a",
        client_id: "c",
        username: Some("u"),
        token_type: Some("Bearer"),
        exp: Some(1),
        iat: 1,
        sub: "s",
        aud: Some(ISSUER),
        iss: ISSUER,
        tenant: Some("t"),
        tenant_level: Some("user"),
        role: Some("r"),
        grant_id: Some("g"),
        base_url: Some(ISSUER),
    }
}

/// What a client finds in a body.
pub(super) fn read(format: Encoding, body: &[u8]) -> Leaves {
    let mut leaves = Leaves::new();
    match format {
        Encoding::Json => {
            let value = serde_json::from_slice(body).unwrap_or(Value::Null);
            read_value(String::new(), &value, &mut leaves);
        }
        Encoding::Form => {
            let pairs = form_urlencoded::parse(body).into_owned();
            leaves.extend(pairs.map(|(name, value)| (name.to_ascii_lowercase(), value)));
        }
    }
    leaves
}

fn read_value(path: String, value: &Value, leaves: &mut Leaves) {
    let below = |name: &str| {
        let name = name.to_ascii_lowercase();
        if path.is_empty() { name } else { format!("{path}.{name}") }
    };
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| read_value(below(name), value, leaves));
        }
        Value::Array(entries) if entries.first().is_some_and(Value::is_object) => {
            entries
                .iter()
                .enumerate()
                .for_each(|(at, entry)| read_value(below(&at.to_string()), entry, leaves));
        }
        Value::Null if path.is_empty() => {}
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            leaves.insert(path, value.to_string());
        }
    }
}
