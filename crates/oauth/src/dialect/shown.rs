//! JSON and form serialization: a value on its way to the wire, and the object it stands in.

use std::borrow::Cow;

use serde_json::Value;

use super::member::{JsonType, Literal, Piece, Shape};
use crate::scope::ScopeSet;

/// A value on its way to the wire.
pub(super) enum Shown<'a> {
    Text(Cow<'a, str>),
    Number(i64),
    Boolean(bool),
    List(&'a ScopeSet),
    Texts(&'a [String]),
    OnlyOne(Cow<'a, str>),
}

/// A fixed value.
pub(super) fn of_literal(literal: &Literal) -> Shown<'_> {
    match literal {
        Literal::Text(text) => Shown::Text(Cow::Borrowed(text.as_str())),
        Literal::Number(number) => Shown::Number(*number),
        Literal::Boolean(boolean) => Shown::Boolean(*boolean),
    }
}

/// What a JSON number holds exactly everywhere (RFC 8259 §6).
const EXACT: i64 = 1 << 53;

/// The number that a text of digits is, if it is written as one.
fn number(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    (number.abs() <= EXACT && number.to_string() == text).then_some(number)
}

impl<'a> Shown<'a> {
    /// The value in the form that its member asks for.
    pub(super) fn formed(self, form: Option<JsonType>) -> Shown<'a> {
        match (form, self) {
            (None, shown) => shown,
            (Some(JsonType::Text), shown) => Shown::Text(shown.into_text()),
            (Some(JsonType::Number), Shown::Text(text)) => {
                number(&text).map_or(Shown::Text(text), Shown::Number)
            }
            (Some(JsonType::List), Shown::Text(text)) => Shown::OnlyOne(text),
            (Some(JsonType::Number | JsonType::List), shown) => shown,
        }
    }

    /// The value as a text.
    pub(super) fn into_text(self) -> Cow<'a, str> {
        match self {
            Shown::Text(text) | Shown::OnlyOne(text) => text,
            Shown::Number(number) => Cow::Owned(number.to_string()),
            Shown::Boolean(boolean) => Cow::Borrowed(if boolean { "true" } else { "false" }),
            Shown::List(scopes) => Cow::Borrowed(scopes.as_str()),
            Shown::Texts(texts) => Cow::Owned(texts.join(" ")),
        }
    }

    fn push(&self, out: &mut Vec<u8>) {
        match self {
            Shown::Text(text) => push_text(out, text),
            Shown::Number(number) => out.extend_from_slice(number.to_string().as_bytes()),
            Shown::Boolean(boolean) => out.extend_from_slice(if *boolean { b"true" } else { b"false" }),
            Shown::OnlyOne(text) => push_list(out, [text.as_ref()]),
            Shown::List(scopes) => push_list(out, scopes.iter()),
            Shown::Texts(texts) => push_list(out, texts.iter().map(String::as_str)),
        }
    }
}

fn push_list<'a>(out: &mut Vec<u8>, texts: impl IntoIterator<Item = &'a str>) {
    out.push(b'[');
    for (at, text) in texts.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        push_text(out, text);
    }
    out.push(b']');
}

/// Writes form text.
pub(super) fn form<'a>(shown: impl Iterator<Item = (&'a String, Shown<'a>)>) -> Vec<u8> {
    let pairs = shown.map(|(name, shown)| (name, shown.into_text()));
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into_bytes()
}

/// Writes an object; a nested one that would be empty is left out.
pub(super) fn object<'a, T>(shape: &'a Shape<T>, show: impl Fn(&'a T) -> Option<Shown<'a>>) -> Vec<u8> {
    let mut out = Vec::with_capacity(384);
    out.push(b'{');
    // Where each open object began, to take it back if nothing came of it, and whether it is the entry of a list.
    let mut began: Vec<(usize, bool)> = Vec::new();
    let comma = |out: &mut Vec<u8>| {
        if out.last() != Some(&b'{') {
            out.push(b',');
        }
    };
    for piece in shape.pieces() {
        match piece {
            Piece::Open(name, in_list) => {
                began.push((out.len(), *in_list));
                comma(&mut out);
                push_text(&mut out, name);
                out.extend_from_slice(if *in_list { b":[{" } else { b":{" });
            }
            Piece::Leaf(name, shows) => {
                let Some(shown) = show(shows) else { continue };
                comma(&mut out);
                push_text(&mut out, name);
                out.push(b':');
                shown.push(&mut out);
            }
            Piece::Close => match (out.last(), began.pop()) {
                (Some(b'{'), Some((before, _))) => out.truncate(before),
                (_, Some((_, true))) => out.extend_from_slice(b"}]"),
                _ => out.push(b'}'),
            },
        }
    }
    out.push(b'}');
    out
}

fn push_text(out: &mut Vec<u8>, text: &str) {
    // All of them are looked at, which takes less than to stop at the first.
    let odd = |byte: u8| (byte < 0x20) | (byte == b'"') | (byte == b'\\');
    if !text.bytes().fold(false, |found, byte| found | odd(byte)) {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(Value::from(text).to_string().as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: Shown<'_>, form: Option<JsonType>) -> String {
        let mut out = Vec::new();
        value.formed(form).push(&mut out);
        String::from_utf8(out).unwrap()
    }

    fn text(text: &str) -> Shown<'_> {
        Shown::Text(Cow::Borrowed(text))
    }

    #[test]
    fn a_value_takes_the_form_of_its_member() {
        assert_eq!(written(Shown::Number(3600), Some(JsonType::Text)), "\"3600\"");
        assert_eq!(written(Shown::Number(3600), None), "3600");
        assert_eq!(written(text("a b"), Some(JsonType::List)), "[\"a b\"]");
        let scopes = ScopeSet::parse("a b").unwrap();
        assert_eq!(written(Shown::List(&scopes), Some(JsonType::List)), "[\"a\",\"b\"]");
    }

    #[test]
    fn texts_are_a_list() {
        let uris = ["https://a.example/\"".to_owned(), "b:/".to_owned()];
        assert_eq!(written(Shown::Texts(&uris), Some(JsonType::List)), r#"["https://a.example/\"","b:/"]"#);
        assert_eq!(written(Shown::Texts(&[]), Some(JsonType::List)), "[]");
        assert_eq!(Shown::Texts(&uris).into_text(), "https://a.example/\" b:/");
    }

    /// A number that a client would read as another one stays a text.
    #[test]
    fn only_what_is_written_as_a_number_becomes_one() {
        for (digits, shown) in
            [("17", "17"), ("-17", "-17"), ("0", "0"), ("9007199254740992", "9007199254740992")]
        {
            assert_eq!(written(text(digits), Some(JsonType::Number)), shown);
        }
        for other in
            ["", "017", "+17", "1.5", "1e3", "u-1", " 17", "9007199254740993", "99999999999999999999"]
        {
            assert_eq!(written(text(other), Some(JsonType::Number)), format!("\"{other}\""));
        }
    }

    #[test]
    fn an_object_can_be_the_only_entry_of_a_list() {
        let names = ["a.0.b", "a.0.c", "d.0.e.0.f", "g.0.nothing"];
        let shape = Shape::new(&[], names.map(|name| (name.to_owned(), name)));
        let written = object(&shape, |name| (!name.ends_with("nothing")).then(|| text(name)));
        let expected = r#"{"a":[{"b":"a.0.b","c":"a.0.c"}],"d":[{"e":[{"f":"d.0.e.0.f"}]}]}"#;
        assert_eq!(String::from_utf8(written).unwrap(), expected);
    }
}
