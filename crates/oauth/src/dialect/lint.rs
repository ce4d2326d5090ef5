//! Lint of a dialect: what none may loosen. Each finding says what is dangerous and how to mend it.
//!
//! First each key is looked at by itself. When nothing is wrong there, answers are written and requests read as the server
//! does it, and it is proven that clients can tell a success from a refusal (`apart`), that what has to arrive does
//! (`arrives`), and that no client is misled by what it is told (`obeyed`).

mod addresses;
mod answers;
mod apart;
mod arrives;
mod back_channel;
mod client;
mod fixed;
mod headers;
mod identifiers;
mod names;
mod obeyed;
mod refusals;
mod words;

use super::danger::Found;
use super::{Dialect, Endpoint, Lifetimes, Serves};
use crate::policy::Rotation;
use crate::time::Lifetime;

const CODE_AT_MOST: i64 = 600_000;
const GRACE_AT_MOST: i64 = 3_600_000;

/// Notes the dangers of a dialect; none when it is safe.
pub(super) fn judge(dialect: &Dialect, found: &mut Found<'_>) {
    own_names(dialect, found);
    for (at, endpoint) in dialect.endpoints.iter().enumerate() {
        found.at(Some(at));
        lifetimes(endpoint, found);
        addresses::of(endpoint, found);
        back_channel::of(endpoint, found);
        names::of(endpoint, found);
        answers::of(endpoint, found);
        client::look_up(endpoint, found);
        refusals::of(endpoint, found);
        fixed::revoked(endpoint, found);
        if dialect.public_clients {
            public_clients(endpoint, found);
        }
    }
    found.at(None);
    addresses::of_all(dialect, found);
    fixed::where_nothing_stands(dialect, found);
    for (serves, word) in [(Serves::Authorize, "authorize"), (Serves::Token, "token")] {
        if dialect.endpoint(serves).is_none() {
            found.say(&["endpoint"], format!("there is none that serves \"{word}\"; add one"));
        }
    }
    // What stands on a wrong name cannot be proven, and would be told twice.
    if found.is_empty() {
        for (at, endpoint) in dialect.endpoints.iter().enumerate() {
            found.at(Some(at));
            apart::prove(dialect, endpoint, found);
            arrives::prove(dialect, endpoint, found);
            obeyed::prove(endpoint, found);
        }
    }
}

/// Whether a dialect may have this name.
#[must_use]
pub fn is_name(text: &str) -> bool {
    is_plain(text, b"-_.") && text.starts_with(|first: char| first.is_ascii_alphanumeric())
}

fn is_plain(text: &str, also: &[u8]) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || also.contains(&byte);
    (1..=40).contains(&text.len()) && text.bytes().all(plain)
}

fn own_names(dialect: &Dialect, found: &mut Found<'_>) {
    if !is_name(&dialect.name) {
        found.say(
            &["name"],
            "write letters, digits, '-', '_' and '.', forty at most, a letter or digit first",
        );
    }
    if dialect.title.trim().is_empty() {
        found.say(&["title"], "people read it; write what the product is called");
    }
    if dialect.token_prefix.as_deref().is_some_and(|prefix| !is_plain(prefix, b"-")) {
        found.say(&["token_prefix"], "write letters, digits and '-', forty at most");
    }
}

fn lifetimes(endpoint: &Endpoint, found: &mut Found<'_>) {
    let own = &endpoint.rules.lifetimes;
    let bounded = |lifetime: Option<Lifetime>, most| {
        lifetime.is_none_or(|own| own.milliseconds().is_some_and(|own| own > 0 && own <= most))
    };
    if !bounded(own.code, CODE_AT_MOST) {
        found.say(
            &["lifetimes", "code"],
            "an authorization code lives ten minutes at most; write \"10m\" or less",
        );
    }
    if !bounded(own.grace, GRACE_AT_MOST) && own.grace != Some(Lifetime::seconds(0)) {
        found.say(
            &["lifetimes", "grace"],
            "a used refresh token is answered again for sixty minutes at most; write \"60m\" or less",
        );
    }
    for (key, lifetime) in
        [("access", own.access), ("refresh", own.refresh), ("refresh_max", own.refresh_max)]
    {
        if lifetime.and_then(Lifetime::milliseconds) == Some(0) {
            found.say(
                &["lifetimes", key],
                "what lives no time is no use; leave the key out, or write a duration",
            );
        }
    }
}

fn public_clients(endpoint: &Endpoint, found: &mut Found<'_>) {
    let mend = "set public_clients = false, or keep the default";
    let token = &endpoint.rules.token;
    let turns = [false, true].map(|in_header| token.rotations().of(in_header, true));
    if turns.iter().any(|rotation| *rotation != Rotation::Strict) {
        found.say(
            &["token", "rotation"],
            format!(
                "public clients need refresh tokens that turn strictly; say rotation_of_public_clients = \"strict\", or \
                 {mend}"
            ),
        );
    }
    let Lifetimes { access, refresh_max, .. } = endpoint.rules.lifetimes;
    for (key, lifetime) in [("access", access), ("refresh_max", refresh_max)] {
        if lifetime == Some(Lifetime::NEVER) {
            found.say(
                &["lifetimes", key],
                format!("a public client may not hold a token without end; {mend}"),
            );
        }
    }
}

#[cfg(test)]
mod tests;
