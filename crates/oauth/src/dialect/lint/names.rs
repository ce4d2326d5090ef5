//! Names of parameters: each has one name on a wire, and each name is one parameter's.

use super::super::danger::Found;
use super::super::{Endpoint, TokenPlace};
use super::{headers, words};

/// The dangers of one endpoint's names.
pub(super) fn of(endpoint: &Endpoint, found: &mut Found<'_>) {
    parameters(endpoint, found);
    parameter_headers(endpoint, found);
    redirects(endpoint, found);
}

fn parameters(endpoint: &Endpoint, found: &mut Found<'_>) {
    let names = &endpoint.rules.parameters;
    for (canonical, wire) in names {
        let key = ["parameters", canonical];
        if !words::is_parameter(wire) {
            found.say(&key, "a parameter is named by letters, digits and '_-.:$@~'; write such a name");
        }
        let chained = names.contains_key(wire) && wire != canonical;
        if chained || words::is_taken(wire, canonical, &words::STANDARD) {
            found.say(
                &key,
                format!("'{wire}' is a parameter of its own, which would be lost or taken for another; write another name"),
            );
        }
        if words::is_taken(wire, "", &words::OF_THE_CONSENT_FORM) {
            found.say(&key, format!("'{wire}' is a field of this server's own forms; write another name"));
        }
        if names.iter().any(|(other, also)| other < canonical && also == wire) {
            found.say(&key, format!("two parameters would be called '{wire}'; give each its own name"));
        }
    }
}

fn parameter_headers(endpoint: &Endpoint, found: &mut Found<'_>) {
    let names = &endpoint.rules.parameter_headers;
    let holds_the_token = |header: &str| {
        let of = |place: &TokenPlace| matches!(place, TokenPlace::Header(own, _) if own.eq_ignore_ascii_case(header));
        endpoint.token_places().iter().any(of)
    };
    for (canonical, header) in names {
        let key = ["parameter_headers", canonical];
        if let Err(wrong) = headers::of_requests(header) {
            found.say(&key, wrong);
        }
        if header.eq_ignore_ascii_case("authorization") || holds_the_token(header) {
            found.say(&key, format!("'{header}' carries a secret or a token already; name another header"));
        }
        if names.iter().any(|(other, also)| other < canonical && also.eq_ignore_ascii_case(header)) {
            found.say(&key, format!("two parameters would come in '{header}'; give each its own header"));
        }
    }
}

/// What a redirect carries: what clients rely on is there under the name by which they know it, and nothing else is.
fn redirects(endpoint: &Endpoint, found: &mut Found<'_>) {
    const RENAMED: [&str; 4] = ["code", "state", "error", "error_description"];
    let rules = &endpoint.rules.authorize;
    for (canonical, wire) in &rules.names {
        let key = ["authorize", "names", canonical];
        if !RENAMED.contains(&canonical.as_str()) {
            found.say(&key, "only code, state, error and error_description have another name; leave it out");
        }
        if !words::is_parameter(wire) {
            found.say(&key, "a parameter is named by letters, digits and '_-.:$@~'; write such a name");
        }
        if words::is_of_redirects(wire, canonical) {
            found.say(&key, format!("clients take '{wire}' for what a standard says; write another name"));
        }
    }
    let (sent, answered) = (words::sent_as(&endpoint.rules, "state"), rules.names.get("state"));
    if answered.is_some_and(|own| own != sent && own != "state") {
        found.say(
            &["authorize", "names", "state"],
            format!("a client that sends its state as '{sent}' looks for it under that name; write parameters.state, too"),
        );
    }
    let also = rules.members.iter().enumerate().map(|(at, member)| ("members", at, member.name.as_str()));
    let aliases = rules.description_aliases.iter().enumerate();
    let also = also.chain(aliases.map(|(at, name)| ("description_aliases", at, name.as_str())));
    let mut seen: Vec<&str> = Vec::new();
    for name in ["code", "state", "iss", "error", "error_description"] {
        let name = rules.names.get(name).map_or(name, String::as_str);
        if words::is_taken(name, "", &seen) {
            found.say(
                &["authorize", "names"],
                format!("two parameters of an answer would be called '{name}'; give each its own name"),
            );
        }
        seen.push(name);
    }
    for (list, at, name) in also {
        let key = ["authorize", list];
        if !words::is_parameter(name) {
            found.say_of(
                &key,
                at,
                name,
                "a parameter is named by letters, digits and '_-.:$@~'; write such a name",
            );
        }
        if words::is_of_redirects(name, "") {
            found.say_of(&key, at, name, "clients take it for what a standard says; write another name");
        } else if words::is_taken(name, "", &seen) {
            found.say_of(
                &key,
                at,
                name,
                "two parameters of an answer would have this name; give each its own name",
            );
        }
        seen.push(name);
    }
}
