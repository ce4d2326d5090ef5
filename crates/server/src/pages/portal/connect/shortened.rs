//! What an app sends and gets, as it is shown: every credential of ours in it is shortened, so that it can be told from another
//! and used by nobody.

use serde_json::Value;
use symbolon_oauth::credential::{Kind, Presented};

/// A body as it is shown, with every credential of ours in it shortened and put into `found`.
pub(super) fn answer(body: &str, found: &mut Vec<(Kind, String)>) -> String {
    match serde_json::from_str::<Value>(body) {
        Ok(mut value) => {
            hide(&mut value, found);
            serde_json::to_string_pretty(&value).unwrap_or_default()
        }
        Err(_) => hidden_in(body.get(..2000).unwrap_or(body), found),
    }
}

/// The same of a body that is no JSON.
fn hidden_in(body: &str, found: &mut Vec<(Kind, String)>) -> String {
    let is_word = |one: char| one.is_ascii_alphanumeric() || one == '_';
    let (mut shown, mut rest) = (String::new(), body);
    while !rest.is_empty() {
        let end = rest.find(|one| !is_word(one)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        match Presented::parse(word) {
            Some(presented) => {
                found.push((presented.kind, word.to_owned()));
                shown.push_str(&shortened(word));
            }
            None => shown.push_str(word),
        }
        let next = after.find(is_word).unwrap_or(after.len());
        shown.push_str(&after[..next]);
        rest = &after[next..];
    }
    shown
}

fn hide(value: &mut Value, found: &mut Vec<(Kind, String)>) {
    match value {
        Value::String(text) => {
            if let Some(presented) = Presented::parse(text) {
                found.push((presented.kind, text.clone()));
                *text = shortened(text);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| hide(value, found)),
        Value::Object(members) => members.values_mut().for_each(|value| hide(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The value of a header: its scheme, and the token shortened.
pub(super) fn in_short(value: &str) -> String {
    match value.split_once(' ') {
        Some((scheme, token)) => format!("{scheme} {}", shortened(token)),
        None => shortened(value),
    }
}

/// What is secret, so that it can be told from another and used by nobody: how it begins, and its last four characters.
pub(super) fn shortened(text: &str) -> String {
    let prefix = text.rfind('_').filter(|_| Presented::parse(text).is_some()).map_or(0, |at| at + 1);
    let last = text.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
    match text.len() {
        0..16 => "…".to_owned(),
        _ => format!("{}…{}", &text[..prefix], &text[last..]),
    }
}

#[cfg(test)]
mod tests {
    use symbolon_oauth::credential::{Environment, Secret};

    use super::*;

    #[test]
    fn a_credential_is_found_and_shortened_in_whatever_an_answer_is() {
        let token = Secret::mint("acme", Kind::AccessToken, Environment::Live, [7; 32]);
        let text = token.expose();
        let bodies = [
            format!("{{\"a\":{{\"b\":[\"{text}\"]}}}}"),
            format!("access_token={text}&scope=x"),
            format!("<token>{text}</token>"),
            text.to_owned(),
        ];
        for body in bodies {
            let mut found = Vec::new();
            let shown = answer(&body, &mut found);
            assert_eq!(found, [(Kind::AccessToken, text.to_owned())], "{body}");
            assert!(shown.contains("acme_at_live_…") && !shown.contains(text), "{shown}");
        }
        let mut found = Vec::new();
        assert_eq!(answer("{\"error\":\"x\"}", &mut found), "{\n  \"error\": \"x\"\n}");
        assert!(answer("", &mut found).is_empty() && found.is_empty());
    }
}
