//! Words that reach a wire, and the alphabet of each.

use super::super::Rules;

/// Names of parameters that one standard or another gives a meaning (the OAuth Parameters registry, and what this server
/// reads). None may come to mean another.
pub(super) const STANDARD: [&str; 48] = [
    "access_token",
    "acr_values",
    "assertion",
    "audience",
    "claims",
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "device_code",
    "display",
    "dpop_jkt",
    "error",
    "error_description",
    "error_uri",
    "expires_in",
    "grant_type",
    "id_token",
    "id_token_hint",
    "iss",
    "issued_token_type",
    "login_hint",
    "max_age",
    "nonce",
    "password",
    "prompt",
    "redirect_uri",
    "refresh_token",
    "registration",
    "request",
    "request_uri",
    "requested_token_type",
    "resource",
    "response",
    "response_mode",
    "response_type",
    "scope",
    "state",
    "subject_token",
    "tenant",
    "token",
    "token_type",
    "token_type_hint",
    "ui_locales",
];

/// Parameters of an authorization response whose meaning clients rely on. `scope` is missing: vendors do send it there.
pub(super) const OF_REDIRECTS: [&str; 12] = [
    "access_token",
    "code",
    "error",
    "error_description",
    "error_uri",
    "expires_in",
    "id_token",
    "iss",
    "refresh_token",
    "response",
    "state",
    "token_type",
];

/// Fields of the consent form, which is posted to the authorization endpoint that showed it.
pub const OF_THE_CONSENT_FORM: [&str; 3] = ["csrf", "interaction", "decision"];

/// Members that carry a credential wherever a client finds them.
pub(super) const CREDENTIALS: [&str; 3] = ["access_token", "refresh_token", "id_token"];

/// Whether a text can name a parameter: letters, digits and what vendors put between them.
pub(super) fn is_parameter(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:$@~".contains(&byte);
    !text.is_empty() && text.bytes().all(plain)
}

/// Whether a text can name a member: what can name a parameter, without an empty segment, and nothing that means something
/// to the language of its reader. A segment `0` makes a list of the one before, so it stands between two.
pub(super) fn is_member(text: &str) -> bool {
    let segments: Vec<&str> = text.split('.').collect();
    let ends = [segments.first(), segments.last()];
    let twice = segments.windows(2).any(|pair| pair == ["0", "0"]);
    let plain = |segment: &&str| is_parameter(segment) && *segment != "__proto__";
    segments.iter().all(plain) && !twice && !ends.contains(&Some(&"0"))
}

/// Whether a text can be a code or a reason of an error: RFC 6749 §5.2, without a space at its ends.
pub(super) fn is_code(text: &str) -> bool {
    let allowed = |byte| matches!(byte, b' '..=b'!' | b'#'..=b'[' | b']'..=b'~');
    !text.is_empty() && text.trim() == text && text.bytes().all(allowed)
}

/// Whether a text can be the value of a parameter that names a kind of something: a grant type.
pub(super) fn is_kind(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:/".contains(&byte);
    !text.is_empty() && text.bytes().all(plain)
}

/// Whether a text can name a header.
pub(super) fn is_header(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// Whether a text can stand between scopes.
pub(super) fn separates(text: &str) -> bool {
    (1..=4).contains(&text.len()) && text.bytes().all(|byte| b" ,;|+".contains(&byte))
}

/// Whether a browser, a proxy or a cache fills or reads this header of a request by itself (Fetch §2.2.2).
pub(super) fn is_ambient(header: &str) -> bool {
    const NAMES: [&str; 31] = [
        "cache-control",
        "connection",
        "content-encoding",
        "content-language",
        "content-length",
        "content-type",
        "cookie",
        "date",
        "dnt",
        "expect",
        "forwarded",
        "from",
        "host",
        "keep-alive",
        "last-event-id",
        "max-forwards",
        "origin",
        "pragma",
        "priority",
        "purpose",
        "range",
        "referer",
        "save-data",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "via",
        "x-real-ip",
        "x-request-id",
    ];
    const FAMILIES: [&str; 8] =
        ["accept", "access-control-", "if-", "proxy-", "sec-", "traceparent", "upgrade-", "x-forwarded-"];
    let own = header.to_ascii_lowercase();
    NAMES.contains(&own.as_str()) || FAMILIES.iter().any(|family| own.starts_with(family))
}

/// Whether a dialect may add this header to its token answers. There is no harm in these: nothing between the server and
/// its client acts on one.
pub(super) fn is_answer_header(header: &str) -> bool {
    const NAMES: [&str; 14] = [
        "content-language",
        "deprecation",
        "ratelimit-limit",
        "ratelimit-policy",
        "sunset",
        "x-accepted-oauth-scopes",
        "x-environment",
        "x-oauth-client-id",
        "x-oauth-scopes",
        "x-powered-by",
        "x-ratelimit-limit",
        "x-region",
        "x-server",
        "x-service",
    ];
    let own = header.to_ascii_lowercase();
    let version = own.ends_with("-version") && !own.starts_with("sec-");
    NAMES.contains(&own.as_str()) || version
}

/// Whether a status is one that a refusal may have: nothing that speaks of a connection, a proxy or another protocol.
pub(super) fn is_refusal(status: u16) -> bool {
    const OTHERS: [u16; 9] = [407, 408, 421, 425, 426, 505, 506, 508, 511];
    (400..600).contains(&status) && !OTHERS.contains(&status)
}

/// Whether a status is a success that has a body.
pub(super) fn is_success(status: u16) -> bool {
    (200..=203).contains(&status)
}

/// A client's reading of a name: many do not mind case.
pub(super) fn last_of(name: &str) -> String {
    name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase()
}

/// Whether one of the names that a member stands in, or its own, is one of these to a client.
pub(super) fn is_below(name: &str, names: &[&str]) -> bool {
    name.split('.').any(|own| names.iter().any(|name| own.eq_ignore_ascii_case(name)))
}

/// Whether a name is that of another parameter than `own`.
pub(super) fn is_taken(name: &str, own: &str, names: &[&str]) -> bool {
    !name.eq_ignore_ascii_case(own) && names.iter().any(|other| name.eq_ignore_ascii_case(other))
}

/// The name a dialect gives a parameter of a request.
pub(super) fn sent_as<'d>(rules: &'d Rules, canonical: &'d str) -> &'d str {
    rules.parameters.get(canonical).map_or(canonical, String::as_str)
}
