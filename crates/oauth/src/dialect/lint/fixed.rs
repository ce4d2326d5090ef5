//! Fixed bodies: what a revocation is answered, and what is said where nothing stands.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::super::danger::Found;
use super::super::{Dialect, Endpoint, NotFound};
use super::words;

/// The dangers of what a revocation is answered.
pub(super) fn revoked(endpoint: &Endpoint, found: &mut Found<'_>) {
    let rules = &endpoint.rules.revoke;
    if rules.status != 204
        && let Err(wrong) = fixed(&rules.body)
    {
        found.say(&["revoke", "body"], wrong);
    }
}

/// The dangers of what is said where nothing stands.
pub(super) fn where_nothing_stands(dialect: &Dialect, found: &mut Found<'_>) {
    let Some(NotFound { status, body }) = &dialect.not_found else { return };
    if !(400..500).contains(status) || !words::is_refusal(*status) {
        found.say(
            &["not_found", "status"],
            "an address where nothing stands has a status from 400 to 499 that is about the request; write 404",
        );
    }
    if let Err(wrong) = fixed_text(body) {
        found.say(&["not_found", "body"], wrong);
    }
}

/// A fixed body of a success.
fn fixed(body: &str) -> Result<(), &'static str> {
    let value = fixed_text(body)?;
    if holds(&value, &|name, value| words::FAILED.contains(&name) && name != "code" && says_something(value))
    {
        return Err("clients take an answer with an error for a refusal; write a body without");
    }
    if holds(&value, &|name, value| words::SUCCEEDED.contains(&name) && !says_something(value)) {
        return Err(
            "clients take an answer that says so for a refusal; let it be true, or write a body without",
        );
    }
    Ok(())
}

/// The value of a fixed body: JSON that all clients read alike, and that holds nothing they would take for a credential.
fn fixed_text(body: &str) -> Result<Value, &'static str> {
    let Ok(value) = serde_json::from_str::<Value>(body) else {
        return Err("it is sent as JSON, so it must be JSON; write '{}' for an empty object");
    };
    if serde_json::from_str::<Once>(body).is_err() {
        return Err(
            "one object holds a member twice, or in two spellings, and clients read one or the other; name each once",
        );
    }
    let plain = |name: &str| name != "__proto__" && name.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if names(&value).iter().any(|name| !plain(name)) {
        return Err("the name of a member is printable ASCII, and not __proto__; write such a name");
    }
    if holds(&value, &|name, _| words::SECRETS.contains(&name) || name == "active") {
        return Err("clients would take a member of it for a token; write a body without");
    }
    Ok(value)
}

fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(boolean) => *boolean,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(entries) => !entries.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

/// Whether an object anywhere in `value` has a member, as clients read its name, that is such.
fn holds(value: &Value, is_such: &impl Fn(&str, &Value) -> bool) -> bool {
    match value {
        Value::Object(members) => {
            members.iter().any(|(name, value)| is_such(&words::folded(name), value) || holds(value, is_such))
        }
        Value::Array(entries) => entries.iter().any(|value| holds(value, is_such)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// The name of every member of every object.
fn names(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(members) => {
            members.iter().flat_map(|(name, value)| [vec![name.as_str()], names(value)].concat()).collect()
        }
        Value::Array(entries) => entries.iter().flat_map(names).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

/// JSON in which no object holds a member twice, in whatever case of its letters.
struct Once;

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Once, D::Error> {
        deserializer.deserialize_any(Once)
    }
}

impl<'de> Visitor<'de> for Once {
    type Value = Once;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_str<E>(self, _: &str) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Once, A::Error> {
        while entries.next_element::<Once>()?.is_some() {}
        Ok(Once)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Once, A::Error> {
        let mut seen = BTreeSet::new();
        while let Some((name, Once)) = members.next_entry::<String, Once>()? {
            if !seen.insert(name.to_lowercase()) {
                return Err(de::Error::custom("a member is repeated"));
            }
        }
        Ok(Once)
    }
}
