//! What a client does by an answer: how long it uses a token and as what, which refusal ends a connection and which it meets
//! by asking again. Answers are written as the server writes them, and read as clients of the standard read them.

use super::super::danger::Found;
use super::super::rules::{ErrorRules, Why};
use super::super::write;
use super::super::{Endpoint, Serves};
use super::apart::{self, LIFE_SECONDS};
use super::words;
use crate::error::{ErrorCode, Refusal};
use crate::reason::Reason;

/// Members that say how many seconds a token lives.
const LIVES: [&str; 3] = ["expiresin", "refreshexpiresin", "refreshtokenexpiresin"];
/// Kinds of token, and schemes of authentication (IANA's registry), by which a client would send a token otherwise than as a
/// bearer's, or not at all (RFC 6749 §7.1).
const OTHER_TYPES: [&str; 17] = [
    "basic",
    "concealed",
    "digest",
    "dpop",
    "gnap",
    "hmac",
    "hoba",
    "mac",
    "mutual",
    "n_a",
    "negotiate",
    "oauth",
    "pop",
    "privatetoken",
    "scram-sha-1",
    "scram-sha-256",
    "vapid",
];
/// Members that clients read the code of an error from.
const CODES: [&str; 5] = ["error", "errorcode", "code", "err", "errcode"];
/// Codes that a client meets by asking again and again (RFC 8628 §3.5).
const ASK_AGAIN: [&str; 2] = ["authorization_pending", "slow_down"];

/// Notes what clients of an endpoint would be misled to do.
pub(super) fn prove(endpoint: &Endpoint, found: &mut Found<'_>) {
    if endpoint.serves == Serves::Token {
        successes(endpoint, found);
    }
    statuses(&endpoint.rules.errors, found);
    codes(endpoint, found);
    if endpoint.serves == Serves::Token {
        reasons(&endpoint.rules.errors, found);
    }
}

fn successes(endpoint: &Endpoint, found: &mut Found<'_>) {
    let answer = &endpoint.rules.answer;
    let body = apart::with_sources(|sources| write::token_answer(endpoint, sources));
    found.worked(body.len());
    for (path, value) in apart::read(answer.format, &body) {
        let (name, value) = (words::last_of(&path), value.trim_matches('"').to_ascii_lowercase());
        let told = value.parse::<f64>().ok();
        if LIVES.contains(&name.as_str()) && told.is_some_and(|told| told > f64::from(LIFE_SECONDS)) {
            found.say(
                &["answer", "members"],
                format!(
                    "clients read seconds in '{path}', and would use a token long after it ended; write unit = \"seconds\", or \
                     rename it (expires_in_ms)"
                ),
            );
        }
        if name == "tokentype" && OTHER_TYPES.contains(&value.as_str()) {
            found.say(
                &["answer", "members"],
                format!(
                    "clients send a token of the type '{value}' otherwise than this server reads it, or not at all; write \
                     source = \"token_type\", or literal = \"bearer\""
                ),
            );
        }
    }
}

/// A verdict that is told as a passing trouble is asked for again, for ever.
fn statuses(rules: &ErrorRules, found: &mut Found<'_>) {
    for (why, status) in &rules.status {
        let passes = matches!(why, Why::Reason(Reason::Throttled | Reason::TooSlow));
        let is_repeated = *status == 429 || (500..600).contains(status) && *status != 501;
        if is_repeated && !passes && !why.is_no_verdict() {
            found.say(
                &["errors", "status", why.as_str()],
                format!(
                    "clients take {status} for a trouble that passes, and ask again for ever; a verdict has a status from 400 on but 429, \
                     or 501: write 400"
                ),
            );
        }
    }
}

/// What clients read as the code of each refusal, whichever member shows it.
fn codes(endpoint: &Endpoint, found: &mut Found<'_>) {
    let rules = apart::unnamed(&endpoint.rules.errors);
    let of_tokens = endpoint.serves == Serves::Token;
    for code in ErrorCode::ALL {
        let refusal = Refusal::new(code, Reason::Unavailable, "a sentence of this server");
        let (_, body) = write::refusal(&rules, &refusal);
        found.worked(body.len());
        for (path, value) in apart::read(rules.format, &body) {
            let word = value.trim_matches('"').to_ascii_lowercase();
            if !CODES.contains(&words::last_of(&path).as_str()) {
                continue;
            }
            let wrong = match ErrorCode::parse(&word) {
                _ if ASK_AGAIN.contains(&word.as_str()) => ASKS_AGAIN,
                Some(ErrorCode::InvalidGrant) if code != ErrorCode::InvalidGrant => FORGETS,
                Some(other) if of_tokens && code == ErrorCode::InvalidGrant && other != code => HOLDS_ON,
                Some(_) | None => continue,
            };
            let key = if rules.codes.contains_key(&Why::Code(code)) { "codes" } else { "members" };
            found.say(
                &["errors", key, code.as_str()],
                format!("'{path}' would be '{word}', by which {wrong}"),
            );
        }
    }
}

const ASKS_AGAIN: &str = "clients ask again and again (RFC 8628); write another word";
const FORGETS: &str =
    "clients take a connection that lives for one that is over, and forget its tokens; write another word";
const HOLDS_ON: &str = "clients never learn that a connection is over, and do not ask people to connect again; write \
    \"invalid_grant\", or a word that is no other error's";

/// The same of single checks.
fn reasons(rules: &ErrorRules, found: &mut Found<'_>) {
    for (why, word) in &rules.codes {
        let Why::Reason(reason) = why else { continue };
        let word = word.to_ascii_lowercase();
        let wrong = match ErrorCode::parse(&word) {
            _ if ASK_AGAIN.contains(&word.as_str()) => ASKS_AGAIN,
            Some(ErrorCode::InvalidGrant) if !is_of_a_grant(*reason) => FORGETS,
            Some(other) if ends_a_connection(*reason) && other != ErrorCode::InvalidGrant => HOLDS_ON,
            Some(_) | None => continue,
        };
        found.say(&["errors", "codes", why.as_str()], format!("by '{word}' {wrong}"));
    }
}

/// Whether a check says that a connection is over, so that people have to connect again.
fn ends_a_connection(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::RefreshTokenUnknown
            | Reason::RefreshTokenForeign
            | Reason::RefreshTokenExpired
            | Reason::RefreshTokenReused
            | Reason::RefreshTokenOutdated
            | Reason::FamilyEnded
            | Reason::ClientTurnedPublic
            | Reason::GrantNotInForce
            | Reason::GrantRevoked
            | Reason::GrantExpired
            | Reason::UserGone
            | Reason::MembershipGone
    )
}

/// Whether a check is one of a code or a refresh token: with a code that was refused there is no connection yet.
fn is_of_a_grant(reason: Reason) -> bool {
    ends_a_connection(reason)
        || matches!(
            reason,
            Reason::CodeUnknown
                | Reason::CodeExpired
                | Reason::CodeSpent
                | Reason::CodeReplayed
                | Reason::RedirectUriMissing
                | Reason::RedirectUriMismatch
                | Reason::RedirectUriDiffers
                | Reason::VerifierMissing
                | Reason::VerifierWrong
                | Reason::VerifierUnexpected
                | Reason::TenantDisabled
        )
}
