//! How apps prove themselves, what they may ask for, and where a token is looked for.

use super::super::danger::Found;
use super::super::{Endpoint, Serves, TokenPlace};
use super::{headers, words};
use crate::client::GrantType;

/// The dangers of what the back channel goes by.
pub(super) fn of(endpoint: &Endpoint, found: &mut Found<'_>) {
    let rules = &endpoint.rules.token;
    if rules.authentication.is_empty() {
        found.say(
            &["token", "authentication"],
            "no app could prove itself; list client_secret_basic, client_secret_post or none, or leave the key out",
        );
    }
    if rules.bodies.is_empty() {
        found.say(&["token", "bodies"], "no request could be read; list form or json, or leave the key out");
    }
    if rules.grant_types.is_empty() {
        found.say(
            &["token", "grant_types"],
            "nothing could be asked for; list a grant type, or leave the key out",
        );
    }
    if rules.default_grant_type.is_some_and(|default| !rules.grant_types.contains(&default)) {
        found.say(
            &["token", "default_grant_type"],
            "a request that names none would be refused; name one of this endpoint's grant_types",
        );
    }
    grant_type_names(endpoint, found);
    scope_separators(endpoint, found);
    token_places(endpoint, found);
}

fn grant_type_names(endpoint: &Endpoint, found: &mut Found<'_>) {
    const OTHERS: [&str; 2] = ["password", "implicit"];
    let names = &endpoint.rules.token.grant_type_names;
    for (registered, wire) in names {
        let key = ["token", "grant_type_names", registered];
        if !words::is_kind(wire) {
            found.say(&key, "a grant type is named by letters, digits and '_-.:/'; write such a name");
        }
        let taken = GrantType::parse(wire).is_some() && wire != registered;
        if taken || OTHERS.contains(&wire.as_str()) || wire.starts_with("urn:ietf:") {
            found.say(
                &key,
                format!("'{wire}' is the name of another grant type; write one that is not taken"),
            );
        }
        if names.iter().any(|(other, also)| other < registered && also == wire) {
            found.say(&key, format!("two grant types would be called '{wire}'; give each its own name"));
        }
    }
}

fn scope_separators(endpoint: &Endpoint, found: &mut Found<'_>) {
    if !words::separates(&endpoint.rules.authorize.scope_separators) {
        found.say(
            &["authorize", "scope_separators"],
            "a character between scopes is a space, ',', ';', '|' or '+', so that none is cut in two; write one to four",
        );
    }
}

/// What browsers send by themselves proves nothing about who wanted the request; and what can be read in two ways is read
/// in the one that somebody else wanted.
fn token_places(endpoint: &Endpoint, found: &mut Found<'_>) {
    let key = ["token", "token_from"];
    let places = endpoint.token_places();
    if places.is_empty() {
        found.say(&key, "no token could be sent; list \"body\" or a header, or leave the key out");
    }
    let in_body = places.contains(&TokenPlace::Body);
    if matches!(endpoint.serves, Serves::Identity | Serves::Client) && in_body {
        found.say(&key, "who is behind a token is asked with the token in a header; list a header");
    }
    let mut seen: Vec<(&str, Option<&str>)> = Vec::new();
    for (at, place) in places.iter().enumerate() {
        let TokenPlace::Header(header, scheme) = place else {
            if places.iter().take(at).any(|earlier| earlier == place) {
                found.say_of(&key, at, "body", "it is listed twice; leave one out");
            }
            continue;
        };
        if let Err(wrong) = headers::of_requests(header) {
            found.say_of(&key, at, header, wrong);
        }
        if header == "authorization" && scheme.as_deref().is_some_and(|own| own.eq_ignore_ascii_case("basic"))
        {
            found.say_of(
                &key,
                at,
                header,
                "an app proves itself with the scheme Basic (RFC 7617); name another scheme",
            );
        }
        let overlaps = |(other, of): &(&str, Option<&str>)| {
            let same_scheme = |of: &str| scheme.as_deref().is_none_or(|own| own.eq_ignore_ascii_case(of));
            *other == header && of.is_none_or(same_scheme)
        };
        if seen.iter().any(overlaps) {
            found.say_of(&key, at, header, "one header would be read in two ways; leave one out");
        }
        seen.push((header, scheme.as_deref()));
    }
}
