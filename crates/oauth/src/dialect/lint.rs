//! Lint of a dialect: what none may loosen. Each finding is a sentence that says what is dangerous and how to mend it.

mod client;

use super::member::{Format, JsonType, Member, Source, Unit};
use super::rules::{RevokeProof, Why};
use super::{Dialect, Endpoint, Lifetimes, Method, NotFound, Serves, TokenPlace};
use crate::error::ErrorCode;
use crate::policy::{Cascade, Rotation};
use crate::time::Lifetime;

const CODE_AT_MOST: i64 = 600_000;
const GRACE_AT_MOST: i64 = 3_600_000;
const EXPIRED_AT_MOST: i64 = 7_776_000_000;

/// Headers of an answer that are the server's own, or speak of one connection.
const OWN_HEADERS: [&str; 14] = [
    "content-type",
    "content-length",
    "content-encoding",
    "content-security-policy",
    "cache-control",
    "pragma",
    "set-cookie",
    "location",
    "www-authenticate",
    "strict-transport-security",
    "transfer-encoding",
    "connection",
    "upgrade",
    "trailer",
];

/// Headers that a browser fills by itself, or lets any site fill (Fetch §2.2.2).
const AMBIENT: [&str; 9] = [
    "cookie",
    "host",
    "origin",
    "referer",
    "user-agent",
    "accept",
    "accept-language",
    "content-language",
    "content-type",
];

/// The dangers of a dialect; empty when it is safe.
#[must_use]
pub fn dangers(dialect: &Dialect) -> Vec<String> {
    let mut found = Vec::new();
    names(dialect, &mut found);
    for endpoint in &dialect.endpoints {
        let mut here = Vec::new();
        lifetimes(endpoint, &mut here);
        addresses(endpoint, &mut here);
        revocation(endpoint, &mut here);
        answers(endpoint, &mut here);
        client::look_up(endpoint, &mut here);
        statuses(endpoint, &mut here);
        outages(endpoint, &mut here);
        ambient(endpoint, &mut here);
        redirects(endpoint, &mut here);
        if dialect.public_clients {
            public_clients(endpoint, &mut here);
        }
        found.extend(here.into_iter().filter(|sentence| !found.contains(sentence)).collect::<Vec<_>>());
    }
    repeated_addresses(dialect, &mut found);
    unknown_addresses(dialect, &mut found);
    for (serves, word) in [(Serves::Authorize, "authorize"), (Serves::Token, "token")] {
        if dialect.endpoint(serves).is_none() {
            found.push(format!("endpoint: there is none that serves \"{word}\""));
        }
    }
    found
}

/// Whether a dialect may have this name.
#[must_use]
pub fn is_name(text: &str) -> bool {
    is_plain(text, b"-_.")
}

fn is_plain(text: &str, also: &[u8]) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || also.contains(&byte);
    (1..=40).contains(&text.len()) && text.bytes().all(plain)
}

fn names(dialect: &Dialect, found: &mut Vec<String>) {
    if !is_name(&dialect.name) {
        found.push("name: write letters, digits, '-', '_' and '.', forty at most".to_owned());
    }
    if dialect.token_prefix.as_deref().is_some_and(|prefix| !is_plain(prefix, b"-")) {
        found.push("token_prefix: write letters, digits and '-', forty at most".to_owned());
    }
}

fn lifetimes(endpoint: &Endpoint, found: &mut Vec<String>) {
    let own = &endpoint.rules.lifetimes;
    let bounded = |lifetime: Option<Lifetime>, most| {
        lifetime.is_none_or(|own| own.milliseconds().is_some_and(|own| own > 0 && own <= most))
    };
    if !bounded(own.code, CODE_AT_MOST) {
        found.push(
            "lifetimes.code: an authorization code lives ten minutes at most; write \"10m\" or less"
                .to_owned(),
        );
    }
    if !bounded(own.grace, GRACE_AT_MOST) && own.grace != Some(Lifetime::seconds(0)) {
        found.push(
            "lifetimes.grace: a used refresh token is answered again for sixty minutes at most".to_owned(),
        );
    }
    for (key, lifetime) in
        [("access", own.access), ("refresh", own.refresh), ("refresh_max", own.refresh_max)]
    {
        if lifetime.and_then(Lifetime::milliseconds) == Some(0) {
            found.push(format!(
                "lifetimes.{key}: what lives no time is no use; leave the key out, or write a duration"
            ));
        }
    }
}

fn public_clients(endpoint: &Endpoint, found: &mut Vec<String>) {
    let mend = "set public_clients = false, or keep the default";
    let token = &endpoint.rules.token;
    let turns = [false, true].map(|in_header| token.rotations().of(in_header, true));
    if turns.iter().any(|rotation| *rotation != Rotation::Strict) {
        found.push(format!(
            "token.rotation: public clients need refresh tokens that turn strictly; say rotation_of_public_clients = \
             \"strict\", or {mend}"
        ));
    }
    let Lifetimes { access, refresh_max, .. } = endpoint.rules.lifetimes;
    for (key, lifetime) in [("access", access), ("refresh_max", refresh_max)] {
        if lifetime == Some(Lifetime::NEVER) {
            found.push(format!("lifetimes.{key}: a public client may not hold a token without end; {mend}"));
        }
    }
}

fn addresses(endpoint: &Endpoint, found: &mut Vec<String>) {
    let name = endpoint.paths.first().map_or("?", String::as_str);
    // Two slashes at the beginning are another host to a browser that is led back here.
    let is_path = |path: &String| {
        let stays = path.split('/').all(|segment| segment != "." && segment != "..");
        path.starts_with('/') && !path.starts_with("//") && stays && !path.contains(['?', '#', ' ', '\\'])
    };
    if endpoint.paths.is_empty() || !endpoint.paths.iter().all(is_path) {
        found.push(format!(
            "endpoint {name}: paths are a list of texts that begin with one '/', without '?', '#', '\\' and '..'"
        ));
    }
    if endpoint.methods.is_empty() {
        found.push(format!("endpoint {name}: methods names no method"));
    }
    let posts_only = matches!(endpoint.serves, Serves::Token | Serves::Introspect);
    if posts_only && endpoint.methods != [Method::Post] {
        found.push(format!("endpoint {name}: it answers POST only, or codes and tokens end up in logs"));
    }
    if endpoint.serves == Serves::Token && endpoint.rules.token.foreign_clients {
        found.push(format!(
            "endpoint {name}: a code or refresh token is redeemed in the dialect of its app and nowhere else; say \
             token.foreign_clients where tokens are revoked or introspected only"
        ));
    }
    if endpoint.serves == Serves::Authorize && !endpoint.methods.contains(&Method::Post) {
        found
            .push(format!("endpoint {name}: the consent page is posted, so methods must list \"POST\", too"));
    }
    let in_body = endpoint.token_places().contains(&TokenPlace::Body);
    if matches!(endpoint.serves, Serves::Identity | Serves::Client) && in_body {
        found.push(format!("endpoint {name}: what it says is asked with the token in a header"));
    }
}

fn revocation(endpoint: &Endpoint, found: &mut Vec<String>) {
    if endpoint.serves != Serves::Revoke {
        return;
    }
    let name = endpoint.paths.first().map_or("?", String::as_str);
    let rules = &endpoint.rules.revoke;
    let in_body = endpoint.token_places().contains(&TokenPlace::Body);
    if endpoint.methods.contains(&Method::Get) && in_body {
        found.push(format!(
            "endpoint {name}: a GET that revokes takes the token from a header, never from the address"
        ));
    }
    if rules.client == RevokeProof::None && in_body {
        found.push(format!(
            "endpoint {name}: where the client need not prove itself, the token comes in a header (token_from), or a page \
             of another site could post it"
        ));
    }
    if rules.expired_for.milliseconds().is_none_or(|kept| kept > EXPIRED_AT_MOST) {
        found.push("revoke.expired_for: an expired access token is kept for ninety days at most".to_owned());
    }
    if rules.expired_for != Lifetime::seconds(0) && rules.cascade == Cascade::Token {
        found.push(
            "revoke.expired_for: it has a meaning only with cascade = \"family\"; an expired token has ended by itself"
                .to_owned(),
        );
    }
}

fn answers(endpoint: &Endpoint, found: &mut Vec<String>) {
    let rules = &endpoint.rules;
    rules.answer.members.iter().for_each(|own| member("answer.members", own, found));
    for own in &rules.identity.members {
        member("identity.members", own, found);
    }
    for own in &rules.authorize.members {
        member("authorize.members", own, found);
    }
    for (key, members) in
        [("identity.members", &rules.identity.members), ("authorize.members", &rules.authorize.members)]
    {
        for Member { name, source, fallback, .. } in members {
            if [source, fallback].into_iter().flatten().any(|source| source.is_of_tokens()) {
                found.push(format!("{key} {name}: a token is shown in a token answer and nowhere else"));
            }
        }
    }
    for own in &rules.errors.members {
        if own.source.is_some() == own.literal.is_some() {
            found.push(format!("errors.members {}: name either a source or a literal", own.name));
        }
    }
    let shows = |source| rules.answer.members.iter().any(|member| member.source == Some(source));
    if endpoint.serves == Serves::Token && !shows(Source::AccessToken) {
        found.push("answer.members: no member shows the access token".to_owned());
    }
    if endpoint.serves == Serves::Identity && rules.identity.members.is_empty() {
        found.push("identity.members: it shows nothing; list at least one member".to_owned());
    }
    let repeated = [
        ("answer.members", rules.answer.shape.repeated()),
        ("identity.members", rules.identity.shape.repeated()),
        ("errors.members", rules.errors.shape.repeated()),
    ];
    for (key, name) in repeated {
        if let Some(name) = name {
            found.push(format!("{key} {name}: one object would hold this name twice; let members of one object follow each other"));
        }
    }
    for (name, value) in &rules.answer.headers {
        let is_word =
            name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') && !name.is_empty();
        if !is_word || !value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            found.push(format!(
                "answer.headers {name}: a header is a name of letters, digits and '-' with a value of ASCII"
            ));
        }
        let own = name.to_ascii_lowercase();
        if OWN_HEADERS.contains(&own.as_str()) || own.starts_with("access-control-") {
            found.push(format!("answer.headers {name}: this header is the server's own"));
        }
    }
}

fn member(key: &str, member: &Member, found: &mut Vec<String>) {
    let Member { name, source, literal, unit, form, format, separator, map, .. } = member;
    let mut wrong = |sentence: &str| found.push(format!("{key} {name}: {sentence}"));
    if source.is_some() == literal.is_some() {
        wrong("name either a source or a literal");
    }
    let Some(source) = *source else { return };
    if *unit != Unit::Seconds && !source.is_time() {
        wrong("a unit belongs to a time");
    }
    if *unit == Unit::Iso && !source.is_moment() {
        wrong("only a moment (issued_at, expires_at, refresh_expires_at) can be written as \"iso\"");
    }
    if separator.is_some() && source != Source::Scope {
        wrong("a separator belongs to scope");
    }
    let of_texts = matches!(form, Some(JsonType::List | JsonType::Number));
    if of_texts && (source.is_time() || source.is_of_tokens()) {
        wrong("tokens and times are written as they are, or as \"text\"");
    }
    if *format != Format::Plain && !source.is_identifier() {
        wrong("a format belongs to an identifier (tenant_id, user_id, owner_id)");
    }
    if !map.is_empty() && (source.is_of_tokens() || source.is_time()) {
        wrong("tokens and times cannot be mapped");
    }
}

fn statuses(endpoint: &Endpoint, found: &mut Vec<String>) {
    let rules = &endpoint.rules;
    let pages = rules.authorize.pages.values().chain([&rules.authorize.page_status]);
    if pages.into_iter().any(|status| !(400..600).contains(status)) {
        found.push(
            "authorize.page_status and authorize.pages: a page that refuses has a status from 400 to 599"
                .to_owned(),
        );
    }
    // Many servers answer everything with 200, and their clients look into the body.
    if rules.errors.status.values().any(|status| !(400..600).contains(status) && *status != 200) {
        found.push(
            "errors.status: a refusal has a status from 400 to 599, or 200 where clients look into the body"
                .to_owned(),
        );
    }
    if rules.errors.status.iter().any(|(why, status)| why.is_no_verdict() && !(500..600).contains(status)) {
        found.push(
            "errors.status: an outage or a mistake of the server has a status from 500 to 599, or clients take it for a \
             verdict"
                .to_owned(),
        );
    }
    let successes = [
        ("answer", rules.answer.status),
        ("revoke", rules.revoke.status),
        ("identity", rules.identity.status),
        ("client", rules.client.status),
    ];
    for (key, status) in successes {
        if !(200..300).contains(&status) {
            found.push(format!("{key}.status: a success has a status from 200 to 299"));
        }
    }
    if rules.answer.status == 204 || rules.identity.status == 204 {
        found.push("answer.status and identity.status: 204 has no body, so it could show nothing".to_owned());
    }
}

/// A client that reads the body takes an outage that bears the name of a verdict for the verdict, and forgets its tokens.
fn outages(endpoint: &Endpoint, found: &mut Vec<String>) {
    let codes = &endpoint.rules.errors.codes;
    let is_verdict = |word: &String| {
        let registered = ErrorCode::parse(word).is_some_and(|code| !Why::Code(code).is_no_verdict());
        registered || codes.iter().any(|(why, other)| !why.is_no_verdict() && other == word)
    };
    if codes.iter().any(|(why, word)| why.is_no_verdict() && is_verdict(word)) {
        found.push(
            "errors.codes: an outage or a mistake of the server has a name of its own, or clients take it for a verdict"
                .to_owned(),
        );
    }
}

/// What browsers send by themselves proves nothing about who wanted the request.
fn ambient(endpoint: &Endpoint, found: &mut Vec<String>) {
    let of_tokens = endpoint.token_places().iter().filter_map(|place| match place {
        TokenPlace::Header(header, _) => Some(header.as_str()),
        TokenPlace::Body => None,
    });
    let of_parameters = endpoint.rules.parameter_headers.values().map(String::as_str);
    for header in of_tokens.chain(of_parameters) {
        if AMBIENT.iter().any(|own| own.eq_ignore_ascii_case(header)) {
            found.push(format!(
                "token_from and parameter_headers: browsers send '{header}' by themselves, so that any site could use what \
                 is in it; name another header"
            ));
        }
    }
}

/// Two parameters of one name in a redirect, and every client reads another one.
fn redirects(endpoint: &Endpoint, found: &mut Vec<String>) {
    let rules = &endpoint.rules.authorize;
    let fixed = ["code", "state", "iss", "error", "error_description"];
    let renamed = fixed.iter().map(|own| rules.names.get(*own).map_or(*own, String::as_str));
    let further = rules.members.iter().map(|member| member.name.as_str());
    let mut seen: Vec<&str> = Vec::new();
    for name in renamed.chain(further).chain(rules.description_aliases.iter().map(String::as_str)) {
        if seen.contains(&name) {
            found.push(format!("authorize: two parameters of an answer would be called '{name}'"));
        }
        seen.push(name);
    }
}

fn repeated_addresses(dialect: &Dialect, found: &mut Vec<String>) {
    let mut seen: Vec<&str> = Vec::new();
    for path in dialect.endpoints.iter().flat_map(|endpoint| &endpoint.paths) {
        if seen.contains(&path.as_str()) {
            found.push(format!("endpoint {path}: two endpoints stand at this path"));
        }
        seen.push(path);
    }
}

fn unknown_addresses(dialect: &Dialect, found: &mut Vec<String>) {
    let Some(NotFound { status, body }) = &dialect.not_found else { return };
    if !(400..500).contains(status) {
        found.push(
            "not_found.status: an address where nothing stands has a status from 400 to 499".to_owned(),
        );
    }
    if serde_json::from_str::<serde_json::Value>(body).is_err() {
        found.push("not_found.body: it is sent as JSON, so it must be JSON".to_owned());
    }
}

#[cfg(test)]
mod tests;
