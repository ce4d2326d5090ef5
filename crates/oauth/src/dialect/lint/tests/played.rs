//! A plain client that is played against a dialect: it knows nothing of the lint, and reads as clients do.

use proptest::prelude::*;
use serde_json::Value as Json;

use super::super::super::member::Source;
use super::super::super::read::{self, Headers, Message};
use super::super::super::rules::{Encoding, ErrorRules, Why};
use super::super::super::specimen::sources;
use super::super::super::write::{self, ActingFor, EndUser, Party, Sources, Tokens};
use super::super::super::{Dialect, Endpoint, Serves};
use crate::authorize::{self, RequestParameters, parameter};
use crate::client::ClientType;
use crate::error::{ErrorCode, Refusal};
use crate::reason::Reason;
use crate::scope::ScopeSet;
use crate::specimen::{ISSUER, NOW, client, policy};

/// Every refusal that a client could meet: each code with each check that the dialect names, and with some more.
fn refusals(rules: &ErrorRules) -> Vec<Refusal> {
    let keys = rules.status.keys().chain(rules.codes.keys()).chain(rules.reasons.keys());
    let named = keys.filter_map(|why| match why {
        Why::Reason(reason) => Some(*reason),
        Why::Code(_) => None,
    });
    let some = [
        Reason::Method,
        Reason::NotFound,
        Reason::TooLarge,
        Reason::CodeReplayed,
        Reason::WrongSecret,
        Reason::Bug,
    ];
    let reasons: Vec<Reason> = named.chain(some).collect();
    let of = |code| reasons.iter().map(move |reason| Refusal::new(code, *reason, "OK")).collect::<Vec<_>>();
    ErrorCode::ALL.into_iter().flat_map(of).collect()
}

fn parsed(format: Encoding, body: &[u8]) -> Json {
    match format {
        Encoding::Json => serde_json::from_slice(body).unwrap(),
        Encoding::Form => {
            let pairs =
                form_urlencoded::parse(body).into_owned().map(|(name, value)| (name, Json::from(value)));
            Json::Object(pairs.collect())
        }
    }
}

/// A name as clients read it: `accessToken` and `access-token` are one.
fn read(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether any object has a member of this name, as clients read names.
fn holds(value: &Json, name: &str) -> bool {
    match value {
        Json::Object(members) => members.iter().any(|(own, value)| read(own) == name || holds(value, name)),
        Json::Array(entries) => entries.iter().any(|value| holds(value, name)),
        _ => false,
    }
}

/// Whether a client that looks into the body alone finds what went wrong: the code, a fixed number, or that there is an error.
fn says_why(told: &Json, code: &str) -> bool {
    let says = |own: &Json| match own {
        Json::String(text) => {
            !["", "0", "false", "null", "none", "ok", "success"].contains(&text.to_ascii_lowercase().as_str())
        }
        Json::Number(number) => number.as_i64() != Some(0),
        Json::Bool(boolean) => *boolean,
        Json::Null => false,
        Json::Array(_) | Json::Object(_) => true,
    };
    let Json::Object(members) = told else { return false };
    members.values().any(|own| own == code && says(own))
        || members.iter().any(|(name, own)| name.to_ascii_lowercase().contains("err") && says(own))
        || members.values().any(|own| own.is_object() && says_why(own, code) || own.is_array() && says(own))
        || members.iter().any(|(name, own)| ["code", "ret", "reason"].contains(&name.as_str()) && says(own))
}

/// Somebody who calls themselves what they like, and has proven nothing.
const CALLED: EndUser<'static> = EndUser {
    party: Party { id: "u", own_id: [2; 16], name: "SOMEBODY ELSE" },
    role: None,
    username: None,
    email: None,
};

fn answers(endpoint: &Endpoint, person: Option<EndUser<'_>>) -> (Encoding, Vec<u8>) {
    let scopes = ScopeSet::parse("a b").unwrap();
    let tokens = Tokens {
        access: "THE-ACCESS-TOKEN",
        access_expires_at: Some(NOW),
        refresh: Some("THE-REFRESH-TOKEN"),
        refresh_expires_at: Some(NOW),
    };
    let name = person.map_or("T", |person| person.party.name);
    let sources = Sources {
        tokens: (endpoint.serves == Serves::Token).then_some(tokens),
        acting_for: Some(ActingFor {
            tenant: Party { id: "t", own_id: [1; 16], name },
            personal: person.is_some(),
            base_url: None,
            region: None,
            level: "tenant",
            person,
        }),
        app_name: name,
        client_type: "public",
        redirect_uris: &["https://app.example.net/cb".to_owned()],
        ..sources(&scopes)
    };
    if endpoint.serves == Serves::Token {
        (endpoint.rules.answer.format, write::token_answer(endpoint, &sources))
    } else {
        (Encoding::Json, write::description(endpoint, &sources))
    }
}

fn succeeds(endpoint: &Endpoint) -> Option<(Encoding, Vec<u8>)> {
    match endpoint.serves {
        Serves::Token | Serves::Identity | Serves::Client => Some(answers(endpoint, None)),
        Serves::Revoke if endpoint.rules.revoke.status == 204 => None,
        Serves::Revoke => Some((Encoding::Json, endpoint.rules.revoke.body.clone().into_bytes())),
        Serves::Userinfo => Some((Encoding::Json, br#"{"sub":"x","name":"x"}"#.to_vec())),
        Serves::Introspect => Some((Encoding::Json, br#"{"active":true,"sub":"x"}"#.to_vec())),
        Serves::Authorize | Serves::Metadata | Serves::ResourceMetadata => None,
    }
}

/// Where a client finds what it asked for: the path of every member that is not the same in each answer.
fn asked(endpoint: &Endpoint) -> Vec<Vec<String>> {
    let rules = &endpoint.rules;
    let (envelope, members, format) = match endpoint.serves {
        Serves::Token => (&rules.answer.envelope, &rules.answer.members, rules.answer.format),
        Serves::Identity | Serves::Client => {
            let own = endpoint.description();
            (&own.envelope, &own.members, Encoding::Json)
        }
        Serves::Authorize
        | Serves::Revoke
        | Serves::Introspect
        | Serves::Userinfo
        | Serves::Metadata
        | Serves::ResourceMetadata => return Vec::new(),
    };
    let varying = members.iter().filter(|own| own.source.is_some_and(|source| source != Source::TokenType));
    let path = |name: &str| match format {
        Encoding::Json => envelope.iter().cloned().chain(name.split('.').map(str::to_owned)).collect(),
        Encoding::Form => vec![name.to_owned()],
    };
    varying.map(|own| path(&own.name)).collect()
}

/// Whether something stands in `value` at this path, in any case of its letters.
fn stands(value: &Json, path: &[String]) -> bool {
    let Some((first, rest)) = path.split_first() else { return true };
    match value {
        Json::Object(members) => {
            members.iter().any(|(own, value)| own.eq_ignore_ascii_case(first) && stands(value, rest))
        }
        Json::Array(entries) => first
            .parse::<usize>()
            .ok()
            .and_then(|at| entries.get(at))
            .is_some_and(|entry| stands(entry, rest)),
        _ => false,
    }
}

/// A client that looks at the status, and then into the body.
fn plays_the_back_channel(endpoint: &Endpoint) -> Result<(), TestCaseError> {
    let Some((format, body)) = succeeds(endpoint) else { return Ok(()) };
    let success = parsed(format, &body);
    if endpoint.serves == Serves::Token {
        prop_assert!(
            body.windows(16).any(|part| part == b"THE-ACCESS-TOKEN"),
            "the token arrives: {success}"
        );
        let of = |name: &str| success.get(name).and_then(Json::as_str);
        prop_assert!(of("access_token").is_none_or(|own| own == "THE-ACCESS-TOKEN"), "{success}");
        prop_assert!(of("refresh_token").is_none_or(|own| own == "THE-REFRESH-TOKEN"), "{success}");
    }
    let error = success.get("error");
    let says_none = |error: &Json| {
        error.is_null() || error == 0 || error == false || error == "" || error == "0" || error == "false"
    };
    prop_assert!(error.is_none_or(says_none), "a success says error: {success}");
    is_nobody_else(endpoint)?;
    let asked = asked(endpoint);
    for refusal in refusals(&endpoint.rules.errors) {
        let (status, body) = write::refusal(&endpoint.rules.errors, &refusal);
        let told = parsed(endpoint.rules.errors.format, &body);
        for name in ["accesstoken", "refreshtoken", "idtoken", "token", "jwt", "active"] {
            prop_assert!(!holds(&told, name), "a refusal holds {name}: {told}");
        }
        prop_assert!(status == 200 || (400..600).contains(&status), "{status}");
        prop_assert!(
            asked.iter().all(|path| !stands(&told, path)),
            "a refusal shows what was asked for: {told}"
        );
        if status == 200 {
            prop_assert!(told != success, "{told}");
            prop_assert!(says_why(&told, endpoint.rules.errors.code(&refusal)), "{told}");
        }
        let code = endpoint.rules.errors.code(&refusal);
        prop_assert!(code.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'"'), "{code:?}");
    }
    for (name, value) in &endpoint.rules.answer.headers {
        prop_assert!(
            !["refresh", "location", "set-cookie", "link"].contains(&name.to_ascii_lowercase().as_str())
        );
        prop_assert!(value.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{value:?}");
    }
    Ok(())
}

/// An app that keeps people apart by what it is told: nothing there is a name that somebody chose.
fn is_nobody_else(endpoint: &Endpoint) -> Result<(), TestCaseError> {
    if !matches!(endpoint.serves, Serves::Token | Serves::Identity) {
        return Ok(());
    }
    let (format, body) = answers(endpoint, Some(CALLED));
    let answer = parsed(format, &body);
    for name in ["id", "sub", "userid", "username", "login", "email", "accountid"] {
        prop_assert!(!shows(&answer, name, CALLED.party.name), "{name} is what somebody chose: {answer}");
    }
    prop_assert!(!shows(&answer, "emailverified", "true"), "nobody has proven it: {answer}");
    Ok(())
}

/// Whether any object has a member that clients read as this name, with this value.
fn shows(answer: &Json, name: &str, value: &str) -> bool {
    match answer {
        Json::Object(members) => members.iter().any(|(own, shown)| {
            let written = shown.as_str().map_or_else(|| shown.to_string(), str::to_owned);
            read(own) == name && written == value || shows(shown, name, value)
        }),
        Json::Array(entries) => entries.iter().any(|entry| shows(entry, name, value)),
        _ => false,
    }
}

struct Bare;

impl Headers for Bare {
    fn header(&self, _: &str) -> Option<&str> {
        None
    }
}

/// An app that was written for this very dialect: it sends a state and looks for the code and the state again.
fn plays_the_front_channel(dialect: &Dialect, endpoint: &Endpoint) -> Result<(), TestCaseError> {
    let rules = &endpoint.rules;
    let sent = |name: &'static str| rules.parameters.get(name).map_or(name, String::as_str);
    let found = |name: &'static str| rules.authorize.names.get(name).map_or(name, String::as_str);
    let mut own = client(ClientType::Confidential);
    own.dialect.clone_from(&dialect.name);
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair(sent("client_id"), "app")
        .append_pair(sent("redirect_uri"), &own.redirect_uris[0])
        .append_pair(sent("state"), "THE STATE")
        .finish();
    let message = Message { query: Some(&query), headers: &Bare, body: b"" };
    let parameters: RequestParameters = read::authorization_request(endpoint, message)
        .map_err(|refusal| TestCaseError::fail(format!("{query}: {refusal:?}")))?;
    prop_assert_eq!(parameters.get(parameter::CLIENT_ID), Some("app"));
    let policy = dialect.policy(endpoint, &policy());
    let addressed = authorize::address(&parameters, &own, &policy, ISSUER)
        .map_err(|refusal| TestCaseError::fail(format!("{query}: {refusal:?}")))?;
    let scopes = ScopeSet::new();
    let sources = sources(&scopes);
    let answered = |pairs: &[write::Pair<'_>]| -> Vec<(String, String)> {
        let location = write::location(&addressed, pairs);
        assert!(location.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
        let (to, query) = location.as_str().split_once('?').unwrap();
        assert_eq!(to, own.redirect_uris[0]);
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    };
    let values = |pairs: &[(String, String)], name: &str| -> Vec<String> {
        pairs.iter().filter(|(own, _)| own == name).map(|(_, value)| value.clone()).collect()
    };
    let success = answered(&write::authorization_answer(&rules.authorize, &addressed, "THE CODE", &sources));
    prop_assert_eq!(values(&success, found("code")), ["THE CODE"]);
    prop_assert_eq!(values(&success, found("state")), ["THE STATE"]);
    prop_assert!(values(&success, found("error")).is_empty() && values(&success, "error").is_empty());
    for code in ErrorCode::ALL {
        let refusal = Refusal::new(code, Reason::DeniedByPerson, "no");
        let pairs = write::authorization_error((&rules.authorize, &rules.errors), &addressed, &refusal);
        let refused = answered(&pairs);
        prop_assert_eq!(values(&refused, found("state")), ["THE STATE"]);
        prop_assert_eq!(values(&refused, found("error")), [rules.errors.code(&refusal)]);
        prop_assert!(values(&refused, found("code")).is_empty() && values(&refused, "code").is_empty());
    }
    if rules.authorize.iss {
        prop_assert_eq!(values(&success, "iss"), ["https://issuer.example"]);
    }
    Ok(())
}

/// Plays a client at every endpoint.
pub(super) fn plays(dialect: &Dialect) -> Result<(), TestCaseError> {
    for endpoint in &dialect.endpoints {
        match endpoint.serves {
            Serves::Authorize => plays_the_front_channel(dialect, endpoint)?,
            Serves::Token
            | Serves::Revoke
            | Serves::Introspect
            | Serves::Userinfo
            | Serves::Identity
            | Serves::Client
            | Serves::Metadata
            | Serves::ResourceMetadata => plays_the_back_channel(endpoint)?,
        }
        prop_assert!(!endpoint.rules.token.authentication.is_empty());
    }
    Ok(())
}
