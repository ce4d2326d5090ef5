//! Words that reach a wire, and the alphabet of each.

use super::super::Rules;
use super::super::member::Literal;

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
pub const OF_THE_CONSENT_FORM: [&str; 4] = ["csrf", "interaction", "decision", "find"];

/// Members that carry a credential wherever a client finds them, as [`folded`] writes them. So do the following.
pub(super) const CREDENTIALS: [&str; 3] = ["accesstoken", "refreshtoken", "idtoken"];

/// These, and what clients of one vendor or another read as a credential.
pub(super) const SECRETS: [&str; 15] = [
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "accesskey",
    "apikey",
    "apitoken",
    "authorizationtoken",
    "authtoken",
    "bearer",
    "bearertoken",
    "clientsecret",
    "jwt",
    "sessiontoken",
    "token",
    "usertoken",
];

/// Whether the name of a member, or of one that it stands in, says that it is kept as a secret.
pub(super) fn names_a_credential(name: &str) -> bool {
    const WORDS: [&str; 10] =
        ["access", "auth", "bearer", "credential", "jwt", "key", "refresh", "secret", "session", "token"];
    name.split('.').map(folded).any(|own| WORDS.iter().any(|word| own.contains(word)))
}

/// What says that something went wrong, unless it is nothing, zero or false.
pub(super) const FAILED: [&str; 10] =
    ["code", "err", "errcode", "errno", "error", "errorcode", "errors", "haserror", "iserror", "ret"];

/// What says that all went well, unless it is nothing, zero or false.
pub(super) const SUCCEEDED: [&str; 6] =
    ["issuccess", "issuccessful", "ok", "succeeded", "success", "successful"];

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

/// Whether a text can stand between scopes.
pub(super) fn separates(text: &str) -> bool {
    (1..=4).contains(&text.len()) && text.bytes().all(|byte| b" ,;|+".contains(&byte))
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

/// A client's reading of a name: many do not mind case, nor what stands between two words.
pub(super) fn folded(name: &str) -> String {
    name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| char::from(byte.to_ascii_lowercase())).collect()
}

/// The last name of a member, as clients read it.
pub(super) fn last_of(name: &str) -> String {
    folded(name.rsplit('.').next().unwrap_or_default())
}

/// Whether one of the names that a member stands in, or its own, is one of these to a client.
pub(super) fn is_below(name: &str, names: &[&str]) -> bool {
    name.split('.').any(|own| names.contains(&folded(own).as_str()))
}

/// Whether a member stands in an object that has one of these names.
pub(super) fn is_within(name: &str, names: &[&str]) -> bool {
    name.rsplit_once('.').is_some_and(|(around, _)| is_below(around, names))
}

/// Whether a text tells a client that there is something: many read these words as nothing, or as success.
pub(super) fn tells(text: &str) -> bool {
    const NOTHING: [&str; 10] =
        ["", "false", "nil", "no", "none", "null", "ok", "okay", "success", "undefined"];
    let own = text.trim().to_ascii_lowercase();
    !NOTHING.contains(&own.as_str()) && own.parse::<f64>() != Ok(0.0)
}

/// Whether a fixed value tells a client that there is something.
pub(super) fn is_told(literal: &Literal) -> bool {
    match literal {
        Literal::Text(text) => tells(text),
        Literal::Number(number) => *number != 0,
        Literal::Boolean(boolean) => *boolean,
    }
}

/// Whether a fixed value says that all went well: it is true, or the word for it.
pub(super) fn is_success_word(text: &str) -> bool {
    ["ok", "okay", "success", "succeeded", "successful"].contains(&text.trim().to_ascii_lowercase().as_str())
}

/// Whether every client holds a fixed number exactly (RFC 8259 section 6).
pub(super) fn is_exact(literal: &Literal) -> bool {
    !matches!(literal, Literal::Number(number) if number.unsigned_abs() > 1 << 53)
}

/// Whether a name is that of another parameter than `own`.
pub(super) fn is_taken(name: &str, own: &str, names: &[&str]) -> bool {
    !name.eq_ignore_ascii_case(own) && names.iter().any(|other| name.eq_ignore_ascii_case(other))
}

/// Whether clients read a parameter of an answer for another that a standard names.
pub(super) fn is_of_redirects(name: &str, own: &str) -> bool {
    let read = folded(name);
    read != folded(own) && OF_REDIRECTS.iter().any(|other| read == folded(other))
}

/// The name a dialect gives a parameter of a request.
pub(super) fn sent_as<'d>(rules: &'d Rules, canonical: &'d str) -> &'d str {
    rules.parameters.get(canonical).map_or(canonical, String::as_str)
}
