//! What a success shows: members, headers, status and fixed bodies.

use super::super::danger::Found;
use super::super::member::{Format, JsonType, Literal, Member, Source, Unit};
use super::super::rules::Encoding;
use super::super::{Dialect, Endpoint, NotFound, Serves};
use super::words;

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
            if table == "authorize" && own.name == "scope" && own.source != Some(Source::Scope) {
                wrong("clients read here what was granted; let its source be scope, or rename it");
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
    revoked(endpoint, found);
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
        let misleads =
            |name: &String| words::is_below(name, &words::CREDENTIALS) || words::is_below(name, &["error"]);
        if envelope.iter().any(misleads) {
            found.say(
                &[table, "envelope"],
                "clients take what has this name for a token or an error; write another name",
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
    if fallback.is_some_and(|fallback| matches!(fallback, Source::AccessToken | Source::RefreshToken)) {
        wrong("a token never stands in for something else; name another fallback");
    }
}

/// A member of a token answer that has a standard name shows what the standard says.
fn of_tokens(member: &Member, wrong: &mut impl FnMut(&str)) {
    let shows = |source| member.source == Some(source);
    let right = match words::last_of(&member.name).as_str() {
        "access_token" => shows(Source::AccessToken),
        "refresh_token" => shows(Source::RefreshToken),
        "expires_in" => shows(Source::ExpiresIn),
        "refresh_expires_in" => shows(Source::RefreshExpiresIn),
        "scope" => shows(Source::Scope),
        "token_type" => shows(Source::TokenType) || matches!(member.literal, Some(Literal::Text(_))),
        "id_token" | "active" => false,
        _ => true,
    };
    if !right {
        wrong(
            "clients read under this name what a standard says; let its source be the one of its name, or rename it",
        );
    }
    if matches!(member.source, Some(Source::AccessToken | Source::RefreshToken)) && member.otherwise.is_some()
    {
        wrong("nothing is written instead of a token; leave `otherwise` out");
    }
    error_in_success(member, wrong);
}

fn of_others(member: &Member, wrong: &mut impl FnMut(&str)) {
    let sources = [member.source, member.fallback];
    if sources.into_iter().flatten().any(Source::is_of_tokens) {
        wrong("a token is shown in a token answer and nowhere else; name another source");
    }
    if words::is_below(&member.name, &words::CREDENTIALS) {
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
        if !words::is_header(name) || !words::is_answer_header(name) {
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

fn revoked(endpoint: &Endpoint, found: &mut Found<'_>) {
    let rules = &endpoint.rules.revoke;
    if rules.status != 204
        && let Err(wrong) = fixed(&rules.body)
    {
        found.say(&["revoke", "body"], wrong);
    }
}

/// The dangers of what is said where nothing stands.
pub(super) fn where_nothing_stands(dialect: &Dialect, found: &mut Found<'_>) {
    let Some(NotFound { status, body }) = &dialect.not_found else { return };
    if !(400..500).contains(status) || !words::is_refusal(*status) {
        found.say(
            &["not_found", "status"],
            "an address where nothing stands has a status from 400 to 499 that is about the request; write 404",
        );
    }
    if let Err(wrong) = fixed_text(body) {
        found.say(&["not_found", "body"], wrong);
    }
}

fn fixed(body: &str) -> Result<(), &'static str> {
    let value = fixed_text(body)?;
    let error = value.as_object().and_then(|members| {
        let error = members.iter().find(|(name, _)| name.eq_ignore_ascii_case("error"));
        error.map(|(_, value)| value)
    });
    let says_none = |value: &serde_json::Value| {
        value.is_null() || *value == 0 || *value == false || value.as_str() == Some("")
    };
    match error {
        Some(error) if !says_none(error) => {
            Err("clients take an answer with an error for a refusal; write a body without")
        }
        _ => Ok(()),
    }
}

/// The value of a fixed body: JSON that holds nothing a client would take for a credential.
fn fixed_text(body: &str) -> Result<serde_json::Value, &'static str> {
    let Ok(value) = serde_json::from_str::<serde_json::Value>(body) else {
        return Err("it is sent as JSON, so it must be JSON; write '{}' for an empty object");
    };
    if holds_a_credential(&value) {
        return Err("clients would take a member of it for a token; write a body without");
    }
    Ok(value)
}

fn holds_a_credential(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Object(members) => members.iter().any(|(name, value)| {
            let own = name.to_ascii_lowercase();
            words::CREDENTIALS.contains(&own.as_str()) || own == "active" || holds_a_credential(value)
        }),
        serde_json::Value::Array(entries) => entries.iter().any(holds_a_credential),
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_) => false,
    }
}
