//! What a success shows: members, headers and status.

use super::super::danger::Found;
use super::super::member::{Format, JsonType, Literal, Member, Source, Unit};
use super::super::rules::Encoding;
use super::super::{Endpoint, Serves};
use super::{headers as header_names, identifiers, words};

const HEADER_AT_MOST: usize = 16;

/// The dangers of one endpoint's answers.
pub(super) fn of(endpoint: &Endpoint, found: &mut Found<'_>) {
    let rules = &endpoint.rules;
    let lists = [
        ("answer", &rules.answer.members),
        ("identity", &rules.identity.members),
        ("client", &rules.client.members),
        ("authorize", &rules.authorize.members),
    ];
    for (table, members) in lists {
        for (at, own) in members.iter().enumerate() {
            let mut wrong = |sentence: &str| found.say_of(&[table, "members"], at, &own.name, sentence);
            member(own, &mut wrong);
            match table {
                "answer" => of_tokens(own, &mut wrong),
                _ => of_others(own, &mut wrong),
            }
            identifiers::of(own, &mut wrong);
            let granted = own.source == Some(Source::Scope) && is_plain(own);
            if table == "authorize" && words::last_of(&own.name) == "scope" && !granted {
                wrong(
                    "clients read here what was granted; let its source be scope and nothing else, or rename it",
                );
            }
        }
    }
    shapes(endpoint, found);
    if endpoint.serves == Serves::Token {
        if !rules.answer.members.iter().any(|member| member.source == Some(Source::AccessToken)) {
            found.say(&["answer", "members"], "no member shows the access token; add one with that source");
        }
        if rules.answer.format == Encoding::Form && !rules.answer.envelope.is_empty() {
            found.say(&["answer", "envelope"], "form text has no nesting; leave the envelope out");
        }
    }
    if endpoint.serves == Serves::Identity && rules.identity.members.is_empty() {
        found.say(&["identity", "members"], "it shows nothing; list at least one member");
    }
    headers(endpoint, found);
    statuses(endpoint, found);
}

/// How members nest, and what stands around them.
fn shapes(endpoint: &Endpoint, found: &mut Found<'_>) {
    let rules = &endpoint.rules;
    let shapes = [
        ("answer", rules.answer.shape.repeated(), &rules.answer.envelope),
        ("identity", rules.identity.shape.repeated(), &rules.identity.envelope),
        ("client", rules.client.shape.repeated(), &rules.client.envelope),
    ];
    for (table, repeated, envelope) in shapes {
        if let Some(name) = repeated {
            found.say(
                &[table, "members"],
                format!(
                    "one object would hold '{name}' twice, or in two spellings; let members of one object follow each \
                     other, and give each a name"
                ),
            );
        }
        if envelope.iter().any(|name| !words::is_member(name) || name.contains('.')) {
            found.say(
                &[table, "envelope"],
                "a name around an answer is made of letters, digits and '_-:$@~'; write one name for each object",
            );
        }
        let misleads = |name: &String| {
            words::is_below(name, &words::CREDENTIALS)
                || words::is_below(name, &["error"])
                || identifiers::is_text(name)
        };
        if envelope.iter().any(misleads) {
            found.say(
                &[table, "envelope"],
                "clients take what has this name for a token, a text or an error; write another name",
            );
        }
    }
}

fn member(member: &Member, wrong: &mut impl FnMut(&str)) {
    let Member { name, source, literal, unit, form, format, separator, map, fallback, .. } = member;
    if !words::is_member(name) {
        wrong(
            "a name is made of letters, digits and '_-:$@~', with dots between names, and '0' between two for a list; write \
             it so",
        );
    }
    if source.is_some() == literal.is_some() {
        wrong("name either a source or a literal");
    }
    if !literal.as_ref().is_none_or(words::is_exact) {
        wrong("many clients do not hold so large a number; write it as a text");
    }
    let Some(source) = *source else { return };
    if *unit != Unit::Seconds && !source.is_time() {
        wrong("a unit belongs to a time; leave it out");
    }
    if *unit == Unit::Iso && !source.is_moment() {
        wrong(
            "only a moment (issued_at, expires_at, refresh_expires_at) can be written as \"iso\"; write another unit",
        );
    }
    if separator.is_some() && source != Source::Scope {
        wrong("a separator belongs to scope; leave it out");
    }
    if separator.as_deref().is_some_and(|own| !words::separates(own)) {
        wrong(
            "a separator is a space, ',', ';', '|' or '+', or several, so that no two scopes run together; write one",
        );
    }
    let of_texts = matches!(form, Some(JsonType::List | JsonType::Number));
    if of_texts && (source.is_time() || source.is_of_tokens()) {
        wrong("tokens and times are written as they are, or as \"text\"; leave the form out");
    }
    if *format != Format::Plain && !source.is_identifier() {
        wrong("a format belongs to an identifier (tenant_id, user_id, owner_id); leave it out");
    }
    if !map.is_empty() && (source.is_of_tokens() || source.is_time()) {
        wrong("tokens and times cannot be mapped; leave the map out");
    }
    if fallback.is_some_and(Source::is_credential) {
        wrong("a token never stands in for something else; name another fallback");
    }
    if source.is_credential() && fallback.is_some() {
        wrong("nothing stands in for a token; leave the fallback out");
    }
}

/// Whether it shows its source and nothing else.
fn is_plain(member: &Member) -> bool {
    member.fallback.is_none()
        && member.map.is_empty()
        && member.otherwise.as_deref().is_none_or(|otherwise| otherwise.is_empty())
}

/// A member of a token answer that has a standard name shows what the standard says.
fn of_tokens(member: &Member, wrong: &mut impl FnMut(&str)) {
    const TEXTS: [&str; 6] = ["accesstoken", "refreshtoken", "idtoken", "expiresin", "scope", "tokentype"];
    let shows = |source| member.source == Some(source) && is_plain(member);
    let name = words::last_of(&member.name);
    let right = match name.as_str() {
        "accesstoken" => shows(Source::AccessToken),
        "refreshtoken" => shows(Source::RefreshToken),
        // A life without end has no number.
        "expiresin" => member.source == Some(Source::ExpiresIn) && member.fallback.is_none(),
        "refreshexpiresin" | "refreshtokenexpiresin" => {
            member.source == Some(Source::RefreshExpiresIn) && member.fallback.is_none()
        }
        "scope" | "scopes" => shows(Source::Scope),
        "tokentype" => {
            let named = |literal: &Literal| matches!(literal, Literal::Text(text) if !text.is_empty());
            let literal = member.literal.as_ref().is_some_and(named) && member.form.is_none();
            literal || shows(Source::TokenType)
        }
        "idtoken" | "active" => false,
        name if words::SECRETS.contains(&name) => shows(Source::AccessToken) || shows(Source::RefreshToken),
        _ => true,
    };
    if !right {
        wrong(
            "clients read under this name what a standard says; let its source be the one of its name and nothing else, or \
             rename it",
        );
    }
    if words::is_within(&member.name, &TEXTS) {
        wrong("clients read a text or a number here and would find an object; write a name without this dot");
    }
    if member.source.is_some_and(Source::is_credential) {
        if member.otherwise.is_some() {
            wrong("nothing is written instead of a token; leave `otherwise` out");
        }
        if !words::names_a_credential(&member.name) {
            wrong(
                "clients show and log what has such a name, and this is a token; let the name hold one of the words token, key, \
                 access, refresh, session, bearer, jwt, secret, auth or credential",
            );
        }
    }
    error_in_success(member, wrong);
}

fn of_others(member: &Member, wrong: &mut impl FnMut(&str)) {
    let sources = [member.source, member.fallback];
    if sources.into_iter().flatten().any(Source::is_of_tokens) {
        wrong("a token is shown in a token answer and nowhere else; name another source");
    }
    if words::is_below(&member.name, &words::SECRETS) {
        wrong("clients take what has this name for a token; rename it");
    }
    error_in_success(member, wrong);
}

/// Clients that find an error take the answer for a refusal, and drop what it gave them.
fn error_in_success(member: &Member, wrong: &mut impl FnMut(&str)) {
    let says_none = match &member.literal {
        Some(Literal::Text(text)) => text.is_empty(),
        Some(Literal::Number(number)) => *number == 0,
        Some(Literal::Boolean(boolean)) => !boolean,
        None => false,
    };
    // An object called so says something, whatever it holds.
    let (around, own) = member.name.rsplit_once('.').unwrap_or(("", &member.name));
    if words::is_below(around, &["error"]) || words::is_below(own, &["error"]) && !says_none {
        wrong("clients take an answer with an error for a refusal; rename it, or let it be 0, false or \"\"");
    }
    if words::is_below(own, &words::SUCCEEDED) && says_none {
        wrong("clients take an answer that says so for a refusal; let it be true, or rename it");
    }
}

fn headers(endpoint: &Endpoint, found: &mut Found<'_>) {
    let headers = &endpoint.rules.answer.headers;
    if headers.len() > HEADER_AT_MOST {
        found.say(
            &["answer", "headers"],
            format!("there are {}; write {HEADER_AT_MOST} at most", headers.len()),
        );
    }
    let mut seen: Vec<String> = Vec::new();
    for (name, value) in headers {
        let key = ["answer", "headers", name];
        if !header_names::is_of_answers(name) {
            found.say(
                &key,
                "a dialect adds no header but one that nothing on the way acts on: one that ends with \"-Version\", or \
                 X-OAuth-Scopes, X-RateLimit-Limit, X-Region, X-Server and their like (docs/dialects.md lists them); leave \
                 it out",
            );
        }
        if value.trim() != value
            || value.is_empty()
            || !value.bytes().all(|byte| (b' '..=b'~').contains(&byte))
        {
            found.say(&key, "its value is a text of printable ASCII without spaces around it; write it so");
        }
        let own = name.to_ascii_lowercase();
        if seen.contains(&own) {
            found.say(&key, "it is named twice; leave one out");
        }
        seen.push(own);
    }
}

fn statuses(endpoint: &Endpoint, found: &mut Found<'_>) {
    let rules = &endpoint.rules;
    let with_a_body = [
        ("answer", rules.answer.status),
        ("identity", rules.identity.status),
        ("client", rules.client.status),
    ];
    for (table, status) in with_a_body {
        if !words::is_success(status) {
            found.say(
                &[table, "status"],
                "a success that shows something has a status from 200 to 203; write one",
            );
        }
    }
    if !words::is_success(rules.revoke.status) && rules.revoke.status != 204 {
        found.say(&["revoke", "status"], "a success has a status from 200 to 204; write one");
    }
}
