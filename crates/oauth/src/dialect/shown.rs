//! A value on its way to the wire, and the object it stands in.

use std::borrow::Cow;

use serde_json::Value;

use super::member::{Form, Literal, Piece, Shape};
use crate::scope::ScopeSet;

/// A value on its way to the wire.
pub(super) enum Shown<'a> {
    Text(Cow<'a, str>),
    Number(i64),
    Boolean(bool),
    List(&'a ScopeSet),
}

/// A fixed value.
pub(super) fn of_literal(literal: &Literal, form: Option<Form>) -> Shown<'_> {
    let shown = match literal {
        Literal::Text(text) => Shown::Text(Cow::Borrowed(text.as_str())),
        Literal::Number(number) => Shown::Number(*number),
        Literal::Boolean(boolean) => Shown::Boolean(*boolean),
    };
    if form == Some(Form::Text) { Shown::Text(shown.into_text()) } else { shown }
}

impl<'a> Shown<'a> {
    /// The value as a text.
    pub(super) fn into_text(self) -> Cow<'a, str> {
        match self {
            Shown::Text(text) => text,
            Shown::Number(number) => Cow::Owned(number.to_string()),
            Shown::Boolean(boolean) => Cow::Borrowed(if boolean { "true" } else { "false" }),
            Shown::List(scopes) => Cow::Borrowed(scopes.as_str()),
        }
    }

    fn push(&self, out: &mut Vec<u8>) {
        match self {
            Shown::Text(text) => push_text(out, text),
            Shown::Number(number) => out.extend_from_slice(number.to_string().as_bytes()),
            Shown::Boolean(boolean) => out.extend_from_slice(if *boolean { b"true" } else { b"false" }),
            Shown::List(scopes) => {
                out.push(b'[');
                for (at, scope) in scopes.iter().enumerate() {
                    if at > 0 {
                        out.push(b',');
                    }
                    push_text(out, scope);
                }
                out.push(b']');
            }
        }
    }
}

/// Writes an object; a nested one that would be empty is left out.
pub(super) fn object<'a, T>(shape: &'a Shape<T>, show: impl Fn(&'a T) -> Option<Shown<'a>>) -> Vec<u8> {
    let mut out = Vec::with_capacity(384);
    out.push(b'{');
    // Where each open object began, to take it back if nothing came of it.
    let mut began: Vec<usize> = Vec::new();
    let comma = |out: &mut Vec<u8>| {
        if out.last() != Some(&b'{') {
            out.push(b',');
        }
    };
    for piece in shape.pieces() {
        match piece {
            Piece::Open(name) => {
                began.push(out.len());
                comma(&mut out);
                push_text(&mut out, name);
                out.extend_from_slice(b":{");
            }
            Piece::Leaf(name, shows) => {
                let Some(shown) = show(shows) else { continue };
                comma(&mut out);
                push_text(&mut out, name);
                out.push(b':');
                shown.push(&mut out);
            }
            Piece::Close => match (out.last(), began.pop()) {
                (Some(b'{'), Some(before)) => out.truncate(before),
                _ => out.push(b'}'),
            },
        }
    }
    out.push(b'}');
    out
}

fn push_text(out: &mut Vec<u8>, text: &str) {
    let plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    if text.bytes().all(plain) {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(Value::from(text).to_string().as_bytes());
    }
}
