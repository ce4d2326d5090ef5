//! Wire → parameters, as a dialect spells them. Shape only: nothing here decides.

use super::{BodyFormat, Dialect, Endpoint, TokenSource};
use crate::client_authentication::strip_scheme;
use crate::error::{ErrorCode, Refusal};
use crate::parameters::Parameters;
use crate::reason::Reason;

/// A request as it arrived, already bounded in size.
#[derive(Clone, Copy, Default)]
pub struct Message<'a> {
    /// The query of the address, without `?`.
    pub query: Option<&'a str>,
    /// The `Content-Type` header.
    pub content_type: Option<&'a str>,
    /// The `Authorization` header.
    pub authorization: Option<&'a str>,
    /// The misnamed `Authentication` header that some dialects read.
    pub authentication: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
}

/// Reads an authorization request: the query, or a form body when it was posted (RFC 6749 §3.1).
///
/// # Errors
/// `invalid_request` when it is malformed, or a parameter repeats.
pub fn authorization_request(dialect: &Dialect, message: Message<'_>) -> Result<Parameters, Refusal> {
    let mut parameters = match media_type(message.content_type) {
        None if message.body.is_empty() => {
            Parameters::from_form(message.query.unwrap_or_default().as_bytes())?
        }
        Some("application/x-www-form-urlencoded") => Parameters::from_form(message.body)?,
        _ => return Err(unreadable("post the parameters as application/x-www-form-urlencoded")),
    };
    rename(dialect, &mut parameters)?;
    Ok(parameters)
}

/// Reads a request to the token, revocation or introspection endpoint.
///
/// # Errors
/// `invalid_request` when it is malformed, a parameter repeats, or a credential stands in the address (RFC 6749
/// §2.3.1).
pub fn back_channel(
    dialect: &Dialect,
    endpoint: &Endpoint,
    message: Message<'_>,
) -> Result<Parameters, Refusal> {
    refuse_query(message.query)?;
    let reads = |format| dialect.token.bodies.contains(&format);
    let mut parameters = match media_type(message.content_type) {
        Some("application/x-www-form-urlencoded") if reads(BodyFormat::Form) => {
            Parameters::from_form(message.body)?
        }
        Some("application/json") if reads(BodyFormat::Json) => Parameters::from_json(message.body)?,
        None if message.body.is_empty() => Parameters::default(),
        _ => {
            return Err(unreadable(
                "send the parameters as application/x-www-form-urlencoded or application/json",
            ));
        }
    };
    rename(dialect, &mut parameters)?;
    if let (Some(default), None) = (&endpoint.default_grant_type, parameters.get("grant_type")) {
        parameters.push("grant_type".to_owned(), default.clone())?;
    }
    Ok(parameters)
}

/// The token an endpoint is about, from the places its dialect looks in. `name` is its parameter in a body.
///
/// # Errors
/// `invalid_request` when two places hold different tokens.
pub fn token(
    endpoint: &Endpoint,
    message: Message<'_>,
    parameters: &Parameters,
    name: &str,
) -> Result<Option<String>, Refusal> {
    let mut found: Option<&str> = None;
    for source in &endpoint.token_from {
        let here = match source {
            TokenSource::Body => parameters.get(name),
            TokenSource::Authorization => {
                message.authorization.and_then(|header| strip_scheme(header, "bearer"))
            }
            TokenSource::Authentication => {
                message.authentication.and_then(|header| strip_scheme(header, "bearer"))
            }
        };
        match (found, here) {
            (Some(earlier), Some(here)) if earlier != here => {
                let description = "two different tokens are sent in one request";
                return Err(Refusal::new(ErrorCode::InvalidRequest, Reason::TwoTokens, description));
            }
            (None, Some(_)) => found = here,
            _ => {}
        }
    }
    Ok(found.map(str::to_owned))
}

/// An address ends up in logs and histories, so nothing secret is read from one (RFC 9700 §4.3.2).
fn refuse_query(query: Option<&str>) -> Result<(), Refusal> {
    const NEVER: [&str; 7] =
        ["client_secret", "client_id", "code", "refresh_token", "token", "access_token", "code_verifier"];
    let mut names = form_urlencoded::parse(query.unwrap_or_default().as_bytes()).map(|(name, _)| name);
    if names.any(|name| NEVER.contains(&name.as_ref())) {
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

fn rename(dialect: &Dialect, parameters: &mut Parameters) -> Result<(), Refusal> {
    let mut names = dialect.token.parameter_names.iter();
    names.try_for_each(|(canonical, wire)| parameters.rename(wire, canonical))
}

fn unreadable(description: &'static str) -> Refusal {
    Refusal::new(ErrorCode::InvalidRequest, Reason::ContentType, description)
}
