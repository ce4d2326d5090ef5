//! How a refusal is told: its members, its codes and words, its status.

use super::super::Endpoint;
use super::super::danger::Found;
use super::super::member::Literal;
use super::super::rules::{ErrorMember, Why};
use super::words;
use crate::error::ErrorCode;

/// More members than these no error has.
const MEMBERS_AT_MOST: usize = 16;

/// The dangers of one endpoint's refusals.
pub(super) fn of(endpoint: &Endpoint, found: &mut Found<'_>) {
    members(endpoint, found);
    codes(endpoint, found);
    statuses(endpoint, found);
    outages(endpoint, found);
}

fn members(endpoint: &Endpoint, found: &mut Found<'_>) {
    let rules = &endpoint.rules.errors;
    if rules.members.len() > MEMBERS_AT_MOST {
        let number = rules.members.len();
        found.say(&["errors", "members"], format!("there are {number}; write {MEMBERS_AT_MOST} at most"));
    }
    for (at, own) in rules.members.iter().enumerate() {
        let mut wrong = |sentence: &str| found.say_of(&["errors", "members"], at, &own.name, sentence);
        if !words::is_member(&own.name) {
            wrong(
                "a name is made of letters, digits and '_-:$@~', with dots between names, and '0' between two for a list; \
                 write it so",
            );
        }
        if own.source.is_some() == own.literal.is_some() {
            wrong("name either a source or a literal");
        }
        if words::is_below(&own.name, &words::SECRETS) || words::is_below(&own.name, &["active"]) {
            wrong("clients take a refusal with this member for a success; rename it");
        }
        says_so(own, &mut wrong);
    }
    if let Some(name) = rules.shape.repeated() {
        found.say(
            &["errors", "members"],
            format!(
                "one object would hold '{name}' twice, or in two spellings; let members of one object follow each other, and \
                 give each a name"
            ),
        );
    }
}

/// What says that nothing went wrong says it in a refusal, too.
fn says_so(member: &ErrorMember, wrong: &mut impl FnMut(&str)) {
    let name = words::last_of(&member.name);
    let is_told = member.literal.as_ref().is_none_or(words::is_told);
    if words::FAILED.contains(&name.as_str()) && !is_told {
        wrong("clients take an error that says nothing for a success; let its source be code, or rename it");
    }
    let is_word = matches!(&member.literal, Some(Literal::Text(text)) if words::is_success_word(text));
    if is_word || words::SUCCEEDED.contains(&name.as_str()) && is_told {
        wrong("clients take a refusal that says so for a success; let it be false, or leave it out");
    }
    if !member.literal.as_ref().is_none_or(words::is_exact) {
        wrong("many clients do not hold so large a number; write it as a text");
    }
}

fn codes(endpoint: &Endpoint, found: &mut Found<'_>) {
    let rules = &endpoint.rules.errors;
    for (table, names) in [("codes", &rules.codes), ("reasons", &rules.reasons)] {
        for (why, word) in names {
            if !words::is_code(word) {
                found.say(
                    &["errors", table, why.as_str()],
                    "it is made of printable ASCII without '\"' and '\\' (RFC 6749 section 5.2); write such a word",
                );
            }
        }
    }
}

fn statuses(endpoint: &Endpoint, found: &mut Found<'_>) {
    let rules = &endpoint.rules;
    let shows = "a page that refuses has a status from 400 to 599 that is about the request; write one";
    if !words::is_refusal(rules.authorize.page_status) {
        found.say(&["authorize", "page_status"], shows);
    }
    for (why, status) in &rules.authorize.pages {
        if !words::is_refusal(*status) {
            found.say(&["authorize", "pages", why.as_str()], shows);
        }
    }
    for (why, status) in &rules.errors.status {
        let key = ["errors", "status", why.as_str()];
        // Many servers answer everything with 200, and their clients look into the body.
        if !words::is_refusal(*status) && *status != 200 {
            found.say(
                &key,
                "a refusal has a status from 400 to 599 that is about the request, or 200 where clients look into the body; \
                 write one",
            );
        }
        if why.is_no_verdict() && !(500..600).contains(status) {
            found.say(
                &key,
                "an outage or a mistake of the server has a status from 500 to 599, or clients take it for a verdict; write \
                 503",
            );
        }
    }
}

/// A client that reads the body takes an outage that bears the name of a verdict for the verdict, and forgets its tokens; and a
/// verdict that bears the name of an outage for an outage, and asks for ever.
fn outages(endpoint: &Endpoint, found: &mut Found<'_>) {
    let rules = &endpoint.rules.errors;
    for (table, names) in [("codes", &rules.codes), ("reasons", &rules.reasons)] {
        let is_verdict = |word: &String| {
            let registered = ErrorCode::parse(word).is_some_and(|code| !Why::Code(code).is_no_verdict());
            registered || names.iter().any(|(why, other)| !why.is_no_verdict() && other == word)
        };
        let is_outage =
            |word: &str| ErrorCode::parse(word).is_some_and(|code| Why::Code(code).is_no_verdict());
        for (why, word) in names {
            let wrong = match why.is_no_verdict() {
                true if is_verdict(word) => {
                    "an outage or a mistake of the server has a name of its own, or clients take it for a verdict; write another"
                }
                false if is_outage(word) => {
                    "clients take a verdict with the name of an outage for one, and ask again for ever; write another"
                }
                true | false => continue,
            };
            found.say(&["errors", table, why.as_str()], wrong);
        }
    }
}
