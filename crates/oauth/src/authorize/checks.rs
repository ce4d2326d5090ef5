//! Validation of an authorization request (RFC 6749 §4.1.1, §4.1.2.1): the ordered checks, once client and redirect URI
//! are proven.

use super::prompt::{max_age, prompt};
use super::{
    Addressed, AuthorizationRequest, HINT_AT_MOST, RequestParameters, STATE_AT_MOST, parameter, wrong,
};
use crate::client::{Client, GrantType};
use crate::error::{ErrorCode, Refusal};
use crate::pkce::Challenge;
use crate::policy::{AuthorizationPolicy, Policy, ScopeFrom};
use crate::quoted::Quoted;
use crate::reason::Reason;
use crate::resource;
use crate::scope::ScopeSet;

/// What is known of the client of a request, as loaded for it.
#[derive(Clone, Copy, Debug)]
pub struct ClientFacts<'a> {
    /// The client.
    pub client: &'a Client,
    /// What the client may ask for now (the host may withhold scopes from apps that are not reviewed).
    pub askable: &'a ScopeSet,
    /// The scopes that passed these checks before and were shown to the person, on a page that comes back now. What of them
    /// the client may no longer ask for falls away instead of failing the request (RFC 6749 §3.3): the person's answer is
    /// about less.
    pub shown: Option<&'a ScopeSet>,
    /// The canonical identifier of the resource that was asked for, when it is known.
    pub known_resource: Option<&'a str>,
}

impl ClientFacts<'_> {
    /// What is asked, less what was shown and may no longer be asked; all of it where nothing would be left.
    fn narrowed(&self, asked: ScopeSet) -> ScopeSet {
        let Some(shown) = self.shown else { return asked };
        let narrowed = asked.filter(|scope| self.askable.contains(scope) || !shown.contains(scope));
        if narrowed.is_empty() { asked } else { narrowed }
    }
}

/// Every check after `address`, in the order in which a developer meets the answers.
///
/// # Errors
/// A refusal, to be sent to `addressed`.
pub fn check(
    addressed: &Addressed,
    parameters: &RequestParameters,
    facts: ClientFacts<'_>,
    policy: &Policy,
) -> Result<AuthorizationRequest, Refusal> {
    parameters.are_texts()?;
    response_type(parameters, &policy.authorization)?;
    response_mode(parameters)?;
    state(parameters)?;
    no_request_object(parameters)?;
    may_authorize(facts.client)?;
    let challenge = challenge(parameters, facts.client, policy)?;
    let scopes = scopes(parameters, facts, policy)?;
    let resource = resource::one(parameters.all(parameter::RESOURCE), facts.known_resource)?;
    let prompt = prompt(parameters)?;
    let max_age = max_age(parameters)?;
    let short =
        |parameter| parameters.get(parameter).filter(|value| value.len() <= HINT_AT_MOST).map(str::to_owned);
    Ok(AuthorizationRequest {
        addressed: addressed.clone(),
        scopes,
        challenge,
        resource,
        prompt,
        max_age,
        login_hint: short(parameter::LOGIN_HINT),
        tenant: short(parameter::TENANT),
    })
}

/// RFC 6749 §3.1.1. Only `code`: the implicit grant is gone (RFC 9700 §2.1.2).
fn response_type(parameters: &RequestParameters, rules: &AuthorizationPolicy) -> Result<(), Refusal> {
    match parameters.get(parameter::RESPONSE_TYPE) {
        Some("code") => Ok(()),
        None if rules.response_type_optional => Ok(()),
        None => Err(wrong(
            Reason::ResponseTypeMissing,
            "the parameter 'response_type' is missing; send response_type=code",
        )),
        Some(_) => {
            let description = "the only response_type is 'code'";
            Err(Refusal::new(ErrorCode::UnsupportedResponseType, Reason::ResponseType, description))
        }
    }
}

fn response_mode(parameters: &RequestParameters) -> Result<(), Refusal> {
    match parameters.get(parameter::RESPONSE_MODE) {
        None | Some("query" | "form_post") => Ok(()),
        Some(_) => Err(wrong(Reason::ResponseMode, "response_mode is 'query' or 'form_post'")),
    }
}

fn state(parameters: &RequestParameters) -> Result<(), Refusal> {
    match parameters.get(parameter::STATE) {
        Some(state) if state.len() > STATE_AT_MOST => {
            Err(wrong(Reason::StateTooLong, "state has 4096 bytes at most"))
        }
        _ => Ok(()),
    }
}

/// RFC 9101 §5: one that is ignored would be a request with other parameters than the client signed.
fn no_request_object(parameters: &RequestParameters) -> Result<(), Refusal> {
    let refuse = |code, description| Err(Refusal::new(code, Reason::RequestObject, description));
    if parameters.get(parameter::REQUEST).is_some() {
        return refuse(
            ErrorCode::RequestNotSupported,
            "request objects are not supported; send plain parameters",
        );
    }
    if parameters.get(parameter::REQUEST_URI).is_some() {
        return refuse(
            ErrorCode::RequestUriNotSupported,
            "request_uri is not supported; send plain parameters",
        );
    }
    Ok(())
}

fn may_authorize(client: &Client) -> Result<(), Refusal> {
    if client.may_use(GrantType::AuthorizationCode) {
        Ok(())
    } else {
        let description = "this app may not use the authorization code grant";
        Err(Refusal::new(ErrorCode::UnauthorizedClient, Reason::GrantTypeNotAllowed, description))
    }
}

/// RFC 7636 §4.4.1, RFC 9700 §2.1.1.
fn challenge(
    parameters: &RequestParameters,
    client: &Client,
    policy: &Policy,
) -> Result<Option<Challenge>, Refusal> {
    let method = parameters.get(parameter::CODE_CHALLENGE_METHOD);
    match Challenge::read(parameters.get(parameter::CODE_CHALLENGE), method)? {
        None if policy.pkce_required(client) => {
            let description = "PKCE is required: send code_challenge and code_challenge_method=S256";
            Err(wrong(Reason::PkceMissing, description))
        }
        challenge => Ok(challenge),
    }
}

/// RFC 6749 §3.3. Without `scope` the client gets its own; more than its own is refused, or falls away where the server or
/// the app says so.
fn scopes(
    parameters: &RequestParameters,
    facts: ClientFacts<'_>,
    policy: &Policy,
) -> Result<ScopeSet, Refusal> {
    let rules = &policy.authorization;
    let invalid =
        |reason, description: String| Err(Refusal::new(ErrorCode::InvalidScope, reason, description));
    let asked = match (rules.scope_from, parameters.get(parameter::SCOPE)) {
        (ScopeFrom::App, _) => facts.askable.clone(),
        (ScopeFrom::Request, None) if rules.scope_required && !may_leave_out(facts.client, rules) => {
            return Err(wrong(Reason::ScopeMissing, "the parameter 'scope' is missing"));
        }
        (ScopeFrom::Request, None) => facts.askable.clone(),
        (ScopeFrom::Request, Some(text)) => match ScopeSet::parse_separated(text, &rules.scope_separators) {
            Ok(asked) => asked,
            Err(error) => return invalid(Reason::ScopeMalformed, error.to_string()),
        },
    };
    let asked = policy.narrowed(facts.client, facts.narrowed(asked), facts.askable);
    if let Some(beyond) = asked.iter().find(|scope| !facts.askable.contains(scope)) {
        return invalid(
            Reason::ScopeBeyondClient,
            format!("the scope {} is not one of this app's scopes", Quoted(beyond)),
        );
    }
    if let Some(missing) = rules.required_scopes.iter().find(|scope| !asked.contains(scope)) {
        return invalid(Reason::ScopeRequired, format!("the scope '{missing}' is required"));
    }
    Ok(asked)
}

/// Whether all this client could ask for is what its dialect lets a client leave out.
fn may_leave_out(client: &Client, rules: &AuthorizationPolicy) -> bool {
    let optional = &rules.scope_optional_for;
    !optional.is_empty() && optional.contains_all(&client.scopes)
}
