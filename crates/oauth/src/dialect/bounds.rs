//! Bounds of a dialect's file: how large it is, how deep, and of which characters. They are looked at before anything else
//! is, so that judging a file takes work in proportion to its size.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::danger::{Found, Places, endpoints};
use crate::quoted::Bare;

/// The longest file, in bytes.
pub const FILE_AT_MOST: usize = 65_536;
/// The most endpoints.
pub const ENDPOINTS_AT_MOST: usize = 32;
/// The most entries of one list.
pub const ENTRIES_AT_MOST: usize = 64;
/// The most keys of one table: there is one for each check that can refuse.
pub const KEYS_AT_MOST: usize = 128;
/// The longest text, in bytes.
pub const TEXT_AT_MOST: usize = 256;
/// The longest fixed body, in bytes.
pub const BODY_AT_MOST: usize = 4096;
/// The longest name of a key or a member, in bytes.
pub const NAME_AT_MOST: usize = 64;
/// The most names that one member stands in, its own included.
pub const NESTED_AT_MOST: usize = 8;
/// The most names of an envelope.
pub const ENVELOPE_AT_MOST: usize = 4;
/// How deep tables and lists stand in one another.
const DEPTH_AT_MOST: usize = 8;

/// What is too large in a document, or of characters that no name or value is made of.
pub(super) fn judge(places: &Places<'_>, found: &mut Found<'_>) {
    if let Some(number) = endpoints(places.root()).map(<[_]>::len).filter(|own| *own > ENDPOINTS_AT_MOST) {
        say(
            found,
            &["endpoint".to_owned()],
            &format!("there are {number}; write {ENDPOINTS_AT_MOST} at most"),
        );
    }
    table(places.root(), &mut Vec::new(), found);
}

fn say(found: &mut Found<'_>, key: &[String], sentence: &str) {
    let key: Vec<&str> = key.iter().map(String::as_str).collect();
    found.say(&key, sentence);
}

fn table(own: &DeTable<'_>, key: &mut Vec<String>, found: &mut Found<'_>) {
    if own.len() > KEYS_AT_MOST {
        return say(found, key, &format!("it has {} keys; write {KEYS_AT_MOST} at most", own.len()));
    }
    for (name, value) in own {
        let name: &str = name.get_ref();
        key.push(name.to_owned());
        if name.len() > NAME_AT_MOST {
            say(found, key, &format!("a key of {} bytes; write {NAME_AT_MOST} at most", name.len()));
        } else if !is_clean(name) {
            say(found, key, "a key with a control or direction character; write it without");
        } else {
            any(value, key, found);
        }
        key.pop();
    }
}

fn any(value: &Spanned<DeValue<'_>>, key: &mut Vec<String>, found: &mut Found<'_>) {
    if key.len() > DEPTH_AT_MOST {
        return say(found, key, "it stands too deep in tables and lists to be read; take it out");
    }
    match value.get_ref() {
        DeValue::Table(own) => table(own, key, found),
        DeValue::Array(entries) => {
            let envelope = key.last().is_some_and(|own| own == "envelope");
            let most = if envelope { ENVELOPE_AT_MOST } else { ENTRIES_AT_MOST };
            if entries.len() > most {
                return say(found, key, &format!("it lists {}; write {most} at most", entries.len()));
            }
            for (at, entry) in entries.iter().enumerate() {
                key.push(at.to_string());
                any(entry, key, found);
                key.pop();
            }
        }
        DeValue::String(own) => text(own, key, found),
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {}
    }
}

fn text(own: &str, key: &[String], found: &mut Found<'_>) {
    let mut names = key.iter().rev().map(String::as_str).filter(|name| name.parse::<usize>().is_err());
    let (name, holder) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
    let is_body = name == "body" && matches!(holder, "revoke" | "not_found");
    let most = match name {
        _ if is_body => BODY_AT_MOST,
        "name" | "envelope" => NAME_AT_MOST,
        _ => TEXT_AT_MOST,
    };
    if own.len() > most {
        say(found, key, &format!("a text of {} bytes; write {most} at most", own.len()));
    } else if name == "name" && own.split('.').count() > NESTED_AT_MOST {
        say(found, key, &format!("'{}' nests deeper than {NESTED_AT_MOST}; write fewer dots", Bare(own)));
    } else if !is_body && !is_clean(own) {
        say(found, key, &format!("'{}' holds a control or direction character; write it without", Bare(own)));
    }
}

/// Whether a text holds nothing that moves a cursor, ends a line, turns the direction of what follows, or is not seen.
fn is_clean(text: &str) -> bool {
    let turns = |c| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let hides = |c| matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}');
    !text.chars().any(|c| c.is_control() || turns(c) || hides(c))
}
