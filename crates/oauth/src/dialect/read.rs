//! Request parsing: wire → parameters, as a dialect spells them. Shape only: nothing here decides.

use std::collections::BTreeMap;

use super::rules::{BodyFormat, SecretAndVerifier, UnknownParameters};
use super::{Endpoint, Serves, TokenPlace};
use crate::authorize::RequestParameters;
use crate::client_authentication::strip_scheme;
use crate::error::{ErrorCode, Refusal};
use crate::parameters::Parameters;
use crate::quoted::Quoted;
use crate::reason::Reason;

/// The headers of a request.
pub trait Headers {
    /// The value of the header with this lower-case name, if it is text and there is exactly one.
    fn header(&self, name: &str) -> Option<&str>;
}

/// A request as it arrived, already bounded in size.
#[derive(Clone, Copy)]
pub struct Message<'a> {
    /// The query of the address, without `?`.
    pub query: Option<&'a str>,
    /// Its headers.
    pub headers: &'a dyn Headers,
    /// The body.
    pub body: &'a [u8],
}

/// Every parameter that the back channel reads.
pub(super) const KNOWN: [&str; 12] = [
    "grant_type",
    "code",
    "redirect_uri",
    "client_id",
    "client_secret",
    "code_verifier",
    "refresh_token",
    "scope",
    "resource",
    "token",
    "token_type_hint",
    "state",
];

/// Reads an authorization request: the query, or a form body when it was posted (RFC 6749 §3.1).
///
/// # Errors
/// `invalid_request` when it is malformed, or a parameter repeats.
pub fn authorization_request(
    endpoint: &Endpoint,
    message: Message<'_>,
) -> Result<RequestParameters, Refusal> {
    let mut parameters = match media_type(message.headers.header("content-type")) {
        None if message.body.is_empty() => {
            Parameters::from_form(message.query.unwrap_or_default().as_bytes())?
        }
        Some("application/x-www-form-urlencoded") => Parameters::from_form(message.body)?,
        _ => return Err(unreadable("post the parameters as application/x-www-form-urlencoded")),
    };
    rename(&endpoint.rules.parameters, &mut parameters)?;
    Ok(RequestParameters::of(parameters))
}

/// Reads a request to the token, revocation or introspection endpoint.
///
/// # Errors
/// `invalid_request` when it is malformed, a parameter repeats, or a credential stands in the address (RFC 6749
/// §2.3.1).
pub fn back_channel(endpoint: &Endpoint, message: Message<'_>) -> Result<Parameters, Refusal> {
    let rules = &endpoint.rules;
    refuse_query(&rules.parameters, message.query)?;
    let reads = |format| rules.token.bodies.contains(&format);
    let mut parameters = match media_type(message.headers.header("content-type")) {
        Some("application/x-www-form-urlencoded") if reads(BodyFormat::Form) => {
            Parameters::from_form(message.body)?
        }
        Some("application/json") if reads(BodyFormat::Json) => Parameters::from_json(message.body)?,
        _ if message.body.is_empty() => Parameters::default(),
        _ => {
            return Err(unreadable(match (reads(BodyFormat::Form), reads(BodyFormat::Json)) {
                (true, true) => {
                    "send the parameters as application/x-www-form-urlencoded or application/json"
                }
                (_, false) => "send the parameters as application/x-www-form-urlencoded",
                (false, true) => "send the parameters as application/json",
            }));
        }
    };
    rename(&rules.parameters, &mut parameters)?;
    parameters.are_texts(&KNOWN)?;
    for (canonical, header) in &rules.parameter_headers {
        if let Some(value) = message.headers.header(header)
            && parameters.get(canonical) != Some(value)
        {
            parameters.push(canonical.clone(), value.to_owned())?;
        }
    }
    for (registered, wire) in &rules.token.grant_type_names {
        parameters.respell("grant_type", wire, registered);
    }
    if let (Some(default), None) = (rules.token.default_grant_type, parameters.get("grant_type")) {
        parameters.push("grant_type".to_owned(), default.as_str().to_owned())?;
    }
    strict(endpoint, &parameters)?;
    Ok(parameters)
}

/// What a strict dialect refuses and the RFCs ignore.
fn strict(endpoint: &Endpoint, parameters: &Parameters) -> Result<(), Refusal> {
    let rules = &endpoint.rules.token;
    let both = parameters.get("client_secret").is_some() && parameters.get("code_verifier").is_some();
    if rules.secret_and_verifier == SecretAndVerifier::Exclusive && both {
        let description = "send client_secret or code_verifier, not both";
        return Err(Refusal::new(ErrorCode::InvalidRequest, Reason::SecretAndVerifier, description));
    }
    let is_token = |name: &str| endpoint.serves == Serves::Userinfo && name == "access_token";
    let mut unknown = parameters.names().filter(|name| !KNOWN.contains(name) && !is_token(name));
    if rules.unknown_parameters == UnknownParameters::Reject
        && let Some(name) = unknown.next()
    {
        let description = format!("the parameter {} is not known here", Quoted(name));
        return Err(Refusal::new(ErrorCode::InvalidRequest, Reason::UnknownParameter, description));
    }
    Ok(())
}

/// A token, and whether it came in a header.
#[derive(Clone, PartialEq, Eq)]
pub struct FoundToken {
    /// The token in the clear.
    pub text: String,
    /// Whether it came in a header.
    pub in_header: bool,
}

/// The token a request is about, from the places its dialect looks in. `name` is its parameter in a body.
///
/// # Errors
/// `invalid_request` when two places hold different tokens.
pub fn token(
    endpoint: &Endpoint,
    message: Message<'_>,
    parameters: &Parameters,
    name: &str,
) -> Result<Option<FoundToken>, Refusal> {
    let mut found: Option<(&str, bool)> = None;
    for place in endpoint.token_places() {
        let here = match place {
            TokenPlace::Body => parameters.get(name).map(|text| (text, false)),
            TokenPlace::Header(header, scheme) => {
                let value = message.headers.header(header);
                let token = match scheme {
                    Some(scheme) => value.and_then(|value| strip_scheme(value, scheme)),
                    None => value.map(str::trim),
                };
                token.filter(|token| !token.is_empty()).map(|token| (token, true))
            }
        };
        match (found, here) {
            (Some((earlier, _)), Some((here, _))) if earlier != here => {
                let description = "two different tokens are sent in one request";
                return Err(Refusal::new(ErrorCode::InvalidRequest, Reason::TwoTokens, description));
            }
            (None, Some(_)) => found = here,
            _ => {}
        }
    }
    Ok(found.map(|(text, in_header)| FoundToken { text: text.to_owned(), in_header }))
}

/// An address ends up in logs and histories, so nothing secret is read from one (RFC 9700 §4.3.2). Tokens that only a
/// header may carry are looked for here, too: whoever sends one in the address should learn of it.
///
/// # Errors
/// `invalid_request` when the query names a credential.
pub fn refuse_query(renamed: &BTreeMap<String, String>, query: Option<&str>) -> Result<(), Refusal> {
    const NEVER: [&str; 7] =
        ["client_secret", "client_id", "code", "refresh_token", "token", "access_token", "code_verifier"];
    let Some(query) = query.filter(|query| !query.is_empty()) else { return Ok(()) };
    let never = |name: &str| {
        NEVER.contains(&name) || NEVER.iter().any(|own| renamed.get(*own).is_some_and(|wire| wire == name))
    };
    if form_urlencoded::parse(query.as_bytes()).any(|(name, _)| never(&name)) {
        let description = "send the parameters in the body, never in the address";
        return Err(Refusal::new(ErrorCode::InvalidRequest, Reason::CredentialsInQuery, description));
    }
    Ok(())
}

/// The media type without its parameters; its case does not matter for the two that are read.
fn media_type(header: Option<&str>) -> Option<&'static str> {
    let own = header?.split(';').next().unwrap_or_default().trim();
    ["application/x-www-form-urlencoded", "application/json"]
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(own))
        .or(Some("other"))
}

fn rename(names: &BTreeMap<String, String>, parameters: &mut Parameters) -> Result<(), Refusal> {
    names.iter().try_for_each(|(canonical, wire)| parameters.rename(wire, canonical))
}

fn unreadable(description: &'static str) -> Refusal {
    Refusal::new(ErrorCode::InvalidRequest, Reason::ContentType, description)
}

#[cfg(test)]
mod tests;
