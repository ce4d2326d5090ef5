//! Request parameters: names and values, nothing repeated (RFC 6749 §3.1, §3.2).
//!
//! Empty values and JSON `null` count as absent. `resource` alone may repeat (RFC 8707 §2). What is sent but is no text
//! (an object, a fraction, bytes that are not UTF-8) is remembered by its name: whoever knows which names are read refuses it among
//! those and ignores it elsewhere. The number of parameters is bounded, so that reading is linear in a bounded body.

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::error::{ErrorCode, Refusal};
use crate::quoted::Quoted;
use crate::reason::Reason;

const MOST: usize = 200;

/// Names and values as read from a query, a form or a JSON object. Prints names only: values may be secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    texts: Vec<(String, String)>,
    /// The names of those that are no text.
    others: Vec<String>,
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

impl Parameters {
    /// Reads `application/x-www-form-urlencoded` text: a query or a body.
    ///
    /// # Errors
    /// `invalid_request` when a parameter repeats or there are too many.
    pub fn from_form(text: &[u8]) -> Result<Parameters, Refusal> {
        let mut parameters = Parameters::default();
        for pair in text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = String::from_utf8(form_decoded(halves.next().unwrap_or_default()))
                .unwrap_or_else(|garbled| String::from_utf8_lossy(garbled.as_bytes()).into_owned());
            match String::from_utf8(form_decoded(halves.next().unwrap_or_default())) {
                Ok(value) => parameters.push(name, value)?,
                Err(_) => parameters.push_other(name)?,
            }
        }
        Ok(parameters)
    }

    /// Reads one JSON object. Texts, whole numbers and booleans are values; so is each text of a list of resources.
    ///
    /// # Errors
    /// `invalid_request` when it is no object or nests too deeply, a member repeats or there are too many.
    pub fn from_json(text: &[u8]) -> Result<Parameters, Refusal> {
        let mut deserializer = serde_json::Deserializer::from_slice(text);
        let members = deserializer
            .deserialize_map(Members)
            .and_then(|members| deserializer.end().map(|()| members))
            .map_err(|_| {
                let description = "the body is not a JSON object";
                Refusal::new(ErrorCode::InvalidRequest, Reason::MalformedJson, description)
            })?;
        let mut parameters = Parameters::default();
        for (name, value) in members {
            match value {
                Value::Absent => {}
                Value::Text(text) => parameters.push(name, text)?,
                Value::List(texts) if name == "resource" || texts.len() < 2 => {
                    texts.into_iter().try_for_each(|text| parameters.push(name.clone(), text))?;
                }
                Value::List(_) | Value::Other => parameters.push_other(name)?,
            }
        }
        Ok(parameters)
    }

    /// Adds one, unless its value is empty.
    ///
    /// # Errors
    /// `invalid_request` when it repeats one that is there, or there are too many.
    pub fn push(&mut self, name: String, value: String) -> Result<(), Refusal> {
        if value.is_empty() {
            return Ok(());
        }
        self.room_for(&name)?;
        self.texts.push((name, value));
        Ok(())
    }

    /// Adds one that is no text.
    fn push_other(&mut self, name: String) -> Result<(), Refusal> {
        self.room_for(&name)?;
        self.others.push(name);
        Ok(())
    }

    fn room_for(&self, name: &str) -> Result<(), Refusal> {
        if name != "resource" && self.names().any(|own| own == name) {
            let description = format!("the parameter {} is sent more than once", Quoted(name));
            return Err(Refusal::new(ErrorCode::InvalidRequest, Reason::RepeatedParameter, description));
        }
        if self.names().count() == MOST {
            let description = "the request has too many parameters";
            return Err(Refusal::new(ErrorCode::InvalidRequest, Reason::TooManyParameters, description));
        }
        Ok(())
    }

    /// Whether those of these names that were sent are texts. Whoever reads some asks this first: [`Parameters::get`]
    /// does not see the others.
    ///
    /// # Errors
    /// `invalid_request`, naming the one that is no text.
    pub fn are_texts(&self, read: &[&str]) -> Result<(), Refusal> {
        match self.others.iter().find(|name| read.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => {
                let description = format!("the parameter {} is not a text", Quoted(name));
                Err(Refusal::new(ErrorCode::InvalidRequest, Reason::NotAText, description))
            }
        }
    }

    /// The value of a parameter, if it was sent with one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.texts.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a parameter that may repeat.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.texts.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The name of each.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(|(name, _)| name).chain(&self.others).map(String::as_str)
    }

    /// The value of a parameter that must be there.
    ///
    /// # Errors
    /// `invalid_request`, naming the parameter.
    pub fn required(&self, name: &'static str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| {
            let description = format!("the parameter '{name}' is missing");
            Refusal::new(ErrorCode::InvalidRequest, Reason::MissingParameter, description)
        })
    }

    /// Gives parameters that a dialect spells `wire` the `canonical` name the core knows.
    ///
    /// # Errors
    /// `invalid_request` when both spellings are sent: neither may silently win.
    pub fn rename(&mut self, wire: &str, canonical: &str) -> Result<(), Refusal> {
        let sent = |name| self.names().any(|own| own == name);
        if wire != canonical && sent(wire) && sent(canonical) {
            let description = format!("the parameters '{wire}' and '{canonical}' mean the same: send one");
            return Err(Refusal::new(ErrorCode::InvalidRequest, Reason::RepeatedParameter, description));
        }
        for name in self.texts.iter_mut().map(|(name, _)| name).chain(&mut self.others) {
            if name == wire {
                canonical.clone_into(name);
            }
        }
        Ok(())
    }

    /// Gives the value `wire` of a parameter the `canonical` spelling the core knows.
    pub fn respell(&mut self, name: &str, wire: &str, canonical: &str) {
        for (_, value) in self.texts.iter_mut().filter(|(own, value)| own == name && value == wire) {
            canonical.clone_into(value);
        }
    }
}

/// The bytes of one half of a pair. `form_urlencoded` would replace what is not UTF-8, and a value has to come back as
/// it went or not at all.
fn form_decoded(half: &[u8]) -> Vec<u8> {
    let (mut decoded, mut rest) = (Vec::with_capacity(half.len()), half);
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'%' | b'+')) {
        decoded.extend_from_slice(&rest[..at]);
        let digit =
            |at: usize| rest.get(at).and_then(|byte| u8::try_from(char::from(*byte).to_digit(16)?).ok());
        let (byte, length) = match (rest[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => (16 * high + low, 3),
            (b'+', ..) => (b' ', 1),
            (plain, ..) => (plain, 1),
        };
        decoded.push(byte);
        rest = &rest[at + length..];
    }
    decoded.extend_from_slice(rest);
    decoded
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, Value)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

/// One member. What is inside of lists and objects is read, so that `serde_json` counts how deep it goes, and dropped.
enum Value {
    Absent,
    Text(String),
    List(Vec<String>),
    Other,
}

impl<'de> serde::Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }
            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Absent)
            }
            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned()))
            }
            fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
                Ok(Value::Text(value.to_string()))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
                Ok(Value::Text(value.to_string()))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
                Ok(Value::Text(value.to_string()))
            }
            fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
                Ok(Value::Other)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
                let (mut texts, mut only_texts) = (Vec::new(), true);
                while let Some(element) = list.next_element()? {
                    match element {
                        Value::Text(text) => texts.push(text),
                        _ => only_texts = false,
                    }
                }
                Ok(if only_texts { Value::List(texts) } else { Value::Other })
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                while map.next_entry::<IgnoredAny, Value>()?.is_some() {}
                Ok(Value::Other)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn empty_and_null_are_absent() {
        let form = Parameters::from_form(b"scope=&state=x").unwrap_or_default();
        assert_eq!((form.get("scope"), form.get("state")), (None, Some("x")));
        let json = Parameters::from_json(br#"{"refresh_token":null,"code":"c","scope":"","n":5}"#)
            .unwrap_or_default();
        assert_eq!(
            (json.get("refresh_token"), json.get("code"), json.get("n")),
            (None, Some("c"), Some("5"))
        );
    }

    #[test]
    fn a_repeated_parameter_is_refused_but_for_resource() {
        assert!(Parameters::from_form(b"code=a&code=a").is_err());
        assert!(Parameters::from_json(br#"{"code":"a","code":"b"}"#).is_err());
        let two = Parameters::from_form(b"resource=a&resource=b").unwrap_or_default();
        assert_eq!(two.all("resource").collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn what_is_no_object_is_refused() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
        let deeper = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
        for wrong in ["[]", "\"x\"", "{", "{\"a\":{]}", "{} {}", "{\"a\":\"\\ud800\"}", &deep, &deeper] {
            assert!(Parameters::from_json(wrong.as_bytes()).is_err(), "{wrong:.20}");
        }
        let many: String = (0..1000).map(|n| format!("p{n}=1&")).collect();
        assert!(Parameters::from_form(many.as_bytes()).is_err());
        let many: Vec<_> = (0..1000).map(|n| format!("\"p{n}\":{{}}")).collect();
        assert!(Parameters::from_json(format!("{{{}}}", many.join(",")).as_bytes()).is_err());
    }

    #[test]
    fn what_is_no_text_is_refused_where_it_is_read_and_ignored_elsewhere() {
        for value in [r#"{"a":1}"#, "1.5", r#"["a","b"]"#, "[1.5]", "[[]]", "[{}]"] {
            let json = format!(r#"{{"meta":{value},"code":"c"}}"#);
            let mut parameters = Parameters::from_json(json.as_bytes()).unwrap_or_default();
            assert_eq!((parameters.get("code"), parameters.get("meta")), (Some("c"), None), "{value}");
            assert_eq!(parameters.are_texts(&["code"]), Ok(()), "{value}");
            let reason = |parameters: &Parameters, read| parameters.are_texts(read).err().map(|r| r.reason);
            assert_eq!(reason(&parameters, &["code", "meta"]), Some(Reason::NotAText), "{value}");
            assert_eq!(parameters.rename("meta", "scope"), Ok(()));
            assert_eq!(reason(&parameters, &["scope"]), Some(Reason::NotAText), "{value}");
            assert!(parameters.rename("code", "scope").is_err(), "both spellings");
            for twice in ["{}", "\"x\"", "2"] {
                let json = format!(r#"{{"meta":{value},"meta":{twice}}}"#);
                let refused = Parameters::from_json(json.as_bytes()).err().map(|refusal| refusal.reason);
                assert_eq!(refused, Some(Reason::RepeatedParameter), "{json}");
            }
        }
        let form = Parameters::from_form(b"state=a%FFb&code=%C3%28&%FF=x&y=\xff&scope=%ef%bf%bd&z=%f")
            .unwrap_or_default();
        assert_eq!((form.get("state"), form.get("code"), form.get("y")), (None, None, None));
        assert_eq!((form.get("scope"), form.get("z")), (Some("\u{fffd}"), Some("%f")));
        for name in ["state", "code", "y"] {
            assert!(form.are_texts(&["scope", name]).is_err(), "{name}");
        }
        assert_eq!(form.are_texts(&["scope", "z"]), Ok(()));
        assert!(Parameters::from_form(b"state=a&state=%FF").is_err());
        let resources = Parameters::from_json(br#"{"resource":["a","b"]}"#).unwrap_or_default();
        assert_eq!(resources.all("resource").collect::<Vec<_>>(), ["a", "b"]);
    }

    proptest! {
        #[test]
        fn reads_what_a_form_says(pairs in proptest::collection::btree_map(".{1,8}", ".{1,8}", 0..9)) {
            let mut written = Parameters::default();
            for (name, value) in &pairs {
                let _ = written.push(name.clone(), value.clone());
            }
            let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
            prop_assert_eq!(Parameters::from_form(form.as_bytes()), Ok(written));
        }

        // A lone percent sign is never left before two letters: together they would be a byte that is no text, which the
        // standard replaces and we refuse.
        #[test]
        fn reads_text_as_the_standard_of_forms_says(text in "([a-c=+&;]|%[0-7][0-9a-fA-F]|%C3%A9|%g|%%([g=+&;]|[0-7][0-9a-fA-F])|\u{e9}){0,24}%{0,2}") {
            let read = Parameters::from_form(text.as_bytes());
            let mut expected = Ok(Parameters::default());
            for (name, value) in form_urlencoded::parse(text.as_bytes()).into_owned() {
                expected = expected.and_then(|mut all| all.push(name, value).map(|()| all));
            }
            prop_assert_eq!(read, expected);
        }

        #[test]
        fn never_panics(bytes: Vec<u8>) {
            let _ = (Parameters::from_form(&bytes), Parameters::from_json(&bytes));
        }
    }
}
