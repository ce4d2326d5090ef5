//! The parameters of one request: names and values, nothing repeated (RFC 6749 §3.1, §3.2).
//!
//! Empty values and JSON `null` count as absent. `resource` alone may repeat (RFC 8707 §2). The number of parameters
//! is bounded, so that reading is linear in a bounded body.

use std::fmt;

use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use crate::error::{ErrorCode, Refusal};
use crate::reason::Reason;

const MOST: usize = 200;

/// Names and values as read from a query, a form or a JSON object. Prints names only: values may be secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Parameters(Vec<(String, String)>);

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl Parameters {
    /// Reads `application/x-www-form-urlencoded` text: a query or a body.
    ///
    /// # Errors
    /// `invalid_request` when a parameter repeats or there are too many.
    pub fn from_form(text: &[u8]) -> Result<Parameters, Refusal> {
        let mut parameters = Parameters::default();
        for (name, value) in form_urlencoded::parse(text) {
            parameters.push(name.into_owned(), value.into_owned())?;
        }
        Ok(parameters)
    }

    /// Reads one JSON object whose members are texts, numbers, booleans, `null` or lists of texts.
    ///
    /// # Errors
    /// `invalid_request` when it is not such an object or a member repeats.
    pub fn from_json(text: &[u8]) -> Result<Parameters, Refusal> {
        let mut deserializer = serde_json::Deserializer::from_slice(text);
        let members = deserializer
            .deserialize_map(Members)
            .and_then(|members| deserializer.end().map(|()| members))
            .map_err(|_| {
                let description = "the body is not a JSON object of texts";
                Refusal::new(ErrorCode::InvalidRequest, Reason::MalformedJson, description)
            })?;
        let mut parameters = Parameters::default();
        for (name, value) in members {
            parameters.push(name, value)?;
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
        if name != "resource" && self.get(&name).is_some() {
            let description = format!("the parameter '{name}' is sent more than once");
            return Err(Refusal::new(ErrorCode::InvalidRequest, Reason::RepeatedParameter, description));
        }
        if self.0.len() == MOST {
            let description = "the request has too many parameters";
            return Err(Refusal::new(ErrorCode::InvalidRequest, Reason::TooManyParameters, description));
        }
        self.0.push((name, value));
        Ok(())
    }

    /// The value of a parameter, if it was sent with one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a parameter that may repeat.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The name of each, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
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
        if wire != canonical && self.get(wire).is_some() && self.get(canonical).is_some() {
            let description = format!("the parameters '{wire}' and '{canonical}' mean the same: send one");
            return Err(Refusal::new(ErrorCode::InvalidRequest, Reason::RepeatedParameter, description));
        }
        for (name, _) in &mut self.0 {
            if name == wire {
                canonical.clone_into(name);
            }
        }
        Ok(())
    }

    /// Gives the value `wire` of a parameter the `canonical` spelling the core knows.
    pub fn respell(&mut self, name: &str, wire: &str, canonical: &str) {
        for (_, value) in self.0.iter_mut().filter(|(own, value)| own == name && value == wire) {
            canonical.clone_into(value);
        }
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, String)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            let Texts(values) = map.next_value()?;
            members.extend(values.into_iter().map(|value| (name.clone(), value)));
        }
        Ok(members)
    }
}

/// The texts of one member: none for `null`, several for a list.
struct Texts(Vec<String>);

impl<'de> serde::Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMore;
        impl<'de> Visitor<'de> for OneOrMore {
            type Value = Texts;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }
            fn visit_unit<E>(self) -> Result<Texts, E> {
                Ok(Texts(Vec::new()))
            }
            fn visit_str<E>(self, text: &str) -> Result<Texts, E> {
                Ok(Texts(vec![text.to_owned()]))
            }
            fn visit_bool<E>(self, value: bool) -> Result<Texts, E> {
                Ok(Texts(vec![value.to_string()]))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Texts, E> {
                Ok(Texts(vec![value.to_string()]))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Texts, E> {
                Ok(Texts(vec![value.to_string()]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Texts, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = list.next_element::<String>()? {
                    texts.push(text);
                }
                Ok(Texts(texts))
            }
        }
        deserializer.deserialize_any(OneOrMore)
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
        assert!(Parameters::from_json(br#"{"code":["a","b"]}"#).is_err());
        let two = Parameters::from_form(b"resource=a&resource=b").unwrap_or_default();
        assert_eq!(two.all("resource").collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn what_is_not_an_object_of_texts_is_refused() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
        for wrong in ["[]", "\"x\"", "{", "{\"a\":{}}", "{} {}", &deep] {
            assert!(Parameters::from_json(wrong.as_bytes()).is_err(), "{wrong:.20}");
        }
        let many: String = (0..1000).map(|n| format!("p{n}=1&")).collect();
        assert!(Parameters::from_form(many.as_bytes()).is_err());
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

        #[test]
        fn never_panics(bytes: Vec<u8>) {
            let _ = (Parameters::from_form(&bytes), Parameters::from_json(&bytes));
        }
    }
}
