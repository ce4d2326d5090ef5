//! The proof that what has to arrive does: requests are read and redirects written as the server does it, and each value is
//! looked for where it belongs.

use super::super::danger::Found;
use super::super::read::{self, Headers, KNOWN, Message};
use super::super::rules::BodyFormat;
use super::super::{Dialect, Endpoint, Serves, TokenPlace, write};
use super::words;
use crate::authorize::parameter::LISTED;
use crate::authorize::{self, Addressed, RequestParameters};
use crate::client::{Client, ClientType, Generations, GrantType, Level};
use crate::error::{ErrorCode, Refusal};
use crate::id::Id;
use crate::parameters::Parameters;
use crate::policy::Policy;
use crate::reason::Reason;
use crate::scope::ScopeSet;
use crate::time::Timestamp;

const ISSUER: &str = "https://issuer.example";
const CALLBACK: &str = "https://app.example/cb";

/// Sends what clients send, under the dialect's names and under the standard ones, and notes what is lost.
pub(super) fn prove(dialect: &Dialect, endpoint: &Endpoint, found: &mut Found<'_>) {
    match endpoint.serves {
        Serves::Authorize => {
            for renamed in [true, false] {
                authorization(dialect, endpoint, renamed, found);
            }
        }
        Serves::Token | Serves::Revoke | Serves::Introspect => {
            for renamed in [true, false] {
                back_channel(endpoint, renamed, found);
            }
            tokens(endpoint, found);
        }
        Serves::Userinfo | Serves::Identity | Serves::Client => tokens(endpoint, found),
        Serves::Metadata | Serves::ResourceMetadata => {}
    }
}

fn lost(found: &mut Found<'_>, name: &str) {
    found.say(
        &["parameters", name],
        format!("'{name}' would not arrive as it is sent; give every parameter a name of its own"),
    );
}

/// The headers of a request that is tried.
struct Sent<'a>(Vec<(String, &'a str)>);

impl Headers for Sent<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }
}

/// A value that is nothing but this parameter's.
fn value_of(name: &str) -> String {
    match name {
        "redirect_uri" => CALLBACK.to_owned(),
        "response_type" => "code".to_owned(),
        name => format!("the {name}"),
    }
}

fn authorization(dialect: &Dialect, endpoint: &Endpoint, renamed: bool, found: &mut Found<'_>) {
    let sent_as = |name| if renamed { words::sent_as(&endpoint.rules, name) } else { name };
    let mut query = form_urlencoded::Serializer::new(String::new());
    for name in LISTED {
        query.append_pair(sent_as(name), &value_of(name));
    }
    let query = query.finish();
    found.worked(query.len());
    let message = Message { query: Some(&query), headers: &Sent(Vec::new()), body: b"" };
    let Ok(parameters) = read::authorization_request(endpoint, message) else {
        return lost(found, "client_id");
    };
    for name in LISTED {
        let arrived = parameters.listed().filter(|(own, _)| *own == name).map(|(_, value)| value);
        if !arrived.eq([value_of(name).as_str()]) {
            lost(found, name);
        }
    }
    redirects(dialect, endpoint, &parameters, found);
}

/// What an answer to the app carries, under the name by which its clients know it.
fn redirects(dialect: &Dialect, endpoint: &Endpoint, sent: &RequestParameters, found: &mut Found<'_>) {
    let policy = dialect.policy(endpoint, &Policy::default());
    let Ok(addressed) = authorize::address(sent, &client(dialect), &policy, ISSUER) else {
        return lost(found, "redirect_uri");
    };
    let rules = &endpoint.rules.authorize;
    let named = |name: &'static str| rules.names.get(name).map_or(name, String::as_str);
    let scopes: ScopeSet = ["a"].into_iter().collect();
    let sources = write::Sources {
        tokens: None,
        scopes: &scopes,
        now: Timestamp(0),
        profile: true,
        acting_for: None,
        client_id: "c",
        app_name: "An app",
        client_type: "confidential",
        redirect_uris: &[],
        issuer: ISSUER,
    };
    let pairs = write::authorization_answer(rules, &addressed, "the code", &sources);
    let echo = [("state", "the state")].into_iter().chain(rules.iss.then_some(("iss", ISSUER)));
    let answered = carried(&addressed, &pairs, found);
    for (name, value) in echo.clone().chain([("code", "the code")]) {
        must_carry(&answered, (named(name), value), name, found);
    }
    let refusal = Refusal::new(ErrorCode::AccessDenied, Reason::DeniedByPerson, "no");
    let errors = &endpoint.rules.errors;
    let pairs = write::authorization_error((rules, errors), &addressed, &refusal);
    let refused = carried(&addressed, &pairs, found);
    for (name, value) in echo.chain([("error", errors.code(&refusal))]) {
        must_carry(&refused, (named(name), value), name, found);
    }
    for (pairs, never) in [(&answered, named("error")), (&answered, "error"), (&refused, named("code"))] {
        if pairs.iter().any(|(name, _)| name == never) {
            found.say(
                &["authorize", "names"],
                format!("'{never}' would stand in a success and in a refusal; give it another name"),
            );
        }
    }
}

/// The parameters that an app finds where it is answered.
fn carried(addressed: &Addressed, pairs: &[write::Pair<'_>], found: &mut Found<'_>) -> Vec<(String, String)> {
    let location = write::location(addressed, pairs);
    found.worked(location.as_str().len());
    let query = location.as_str().split_once('?').map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

fn must_carry(
    pairs: &[(String, String)],
    (wire, value): (&str, &str),
    name: &'static str,
    found: &mut Found<'_>,
) {
    let under: Vec<&str> =
        pairs.iter().filter(|(own, _)| own == wire).map(|(_, value)| value.as_str()).collect();
    if under != [value] {
        found.say(
            &["authorize", "names", name],
            format!(
                "an app would not find its {name} under '{wire}'; give every parameter a name of its own"
            ),
        );
    }
}

fn client(dialect: &Dialect) -> Client {
    Client {
        id: Id::new([0; 16]),
        client_id: "c".to_owned(),
        client_type: ClientType::Confidential,
        dialect: dialect.name.clone(),
        secrets: Vec::new(),
        authentication_method: None,
        redirect_uris: vec![CALLBACK.to_owned()],
        scopes: ScopeSet::new(),
        optional_scopes: ScopeSet::new(),
        grant_types: GrantType::ALL.to_vec(),
        pkce_excused: false,
        native: false,
        unknown_scopes: None,
        level: Level::User,
        generations: Generations::default(),
    }
}

/// Each parameter of the back channel, in every body that is read. A secret and a verifier come one at a time, for
/// dialects that want it so.
fn back_channel(endpoint: &Endpoint, renamed: bool, found: &mut Found<'_>) {
    let rules = &endpoint.rules;
    for grant_type in GrantType::ALL {
        let registered = grant_type.as_str();
        let own = rules.token.grant_type_names.get(registered).map_or(registered, String::as_str);
        let spelt = if renamed { own } else { registered };
        for without in ["client_secret", "code_verifier"] {
            let values = KNOWN.iter().filter(|name| **name != without).map(|name| match *name {
                "grant_type" => (*name, spelt.to_owned(), registered.to_owned()),
                name => (name, value_of(name), value_of(name)),
            });
            let values: Vec<(&str, String, String)> = values.collect();
            for format in &rules.token.bodies {
                let arrived = arrived(endpoint, *format, &values, renamed, found);
                for (name, _, expected) in &values {
                    let there = arrived.as_ref().and_then(|own| own.get(name));
                    if there != Some(expected.as_str()) {
                        lost(found, name);
                    }
                }
            }
        }
    }
}

/// What is read of a request with these values. Under the dialect's own names, what may come in a header does.
fn arrived(
    endpoint: &Endpoint,
    format: BodyFormat,
    values: &[(&str, String, String)],
    renamed: bool,
    found: &mut Found<'_>,
) -> Option<Parameters> {
    let rules = &endpoint.rules;
    let (kind, mut headers) = match format {
        BodyFormat::Form => ("application/x-www-form-urlencoded", Vec::new()),
        BodyFormat::Json => ("application/json", Vec::new()),
    };
    headers.push(("content-type".to_owned(), kind));
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for (name, value, _) in values {
        match rules.parameter_headers.get(*name).filter(|_| renamed) {
            Some(header) => headers.push((header.clone(), value)),
            None if renamed => pairs.push((words::sent_as(rules, name), value)),
            None => pairs.push((name, value)),
        }
    }
    let body = match format {
        BodyFormat::Form => form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish(),
        BodyFormat::Json => {
            let members = pairs.into_iter().map(|(name, value)| (name.to_owned(), value.into()));
            serde_json::Value::Object(members.collect()).to_string()
        }
    };
    found.worked(body.len());
    let message = Message { query: None, headers: &Sent(headers), body: body.as_bytes() };
    read::back_channel(endpoint, message).ok()
}

/// A token in each place where it may be.
fn tokens(endpoint: &Endpoint, found: &mut Found<'_>) {
    let name = match endpoint.serves {
        Serves::Token => "refresh_token",
        Serves::Revoke | Serves::Introspect => "token",
        Serves::Authorize
        | Serves::Userinfo
        | Serves::Identity
        | Serves::Client
        | Serves::Metadata
        | Serves::ResourceMetadata => "access_token",
    };
    for place in endpoint.token_places() {
        let mut parameters = Parameters::default();
        let header = match place {
            TokenPlace::Body => {
                let put = parameters.push(name.to_owned(), "tok".to_owned());
                put.err().map(|_| (String::new(), String::new()))
            }
            TokenPlace::Header(header, Some(scheme)) => Some((header.clone(), format!("{scheme} tok"))),
            TokenPlace::Header(header, None) => Some((header.clone(), "tok".to_owned())),
        };
        let headers = header.iter().map(|(header, value)| (header.clone(), value.as_str())).collect();
        let message = Message { query: None, headers: &Sent(headers), body: b"" };
        let read = read::token(endpoint, message, &parameters, name).ok().flatten();
        if read.is_none_or(|own| own.text != "tok") {
            found.say(
                &["token", "token_from"],
                "a token would not arrive from each of these places; leave some out",
            );
        }
    }
}
