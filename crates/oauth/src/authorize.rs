//! The authorization request (RFC 6749 §3.1, §4.1.1 – §4.1.2.1): the ordered checks.
//!
//! A type per stage. [`Addressed`] exists only once client and redirect URI are proven, and it alone can carry an
//! answer to a client; every refusal before it is a [`PageRefusal`]. An open redirect is therefore a type error. What
//! comes out of [`check`] can be kept, shown at login and consent, and turned into a code; who the person is and what
//! they may give is not decided here.

use crate::client::{Client, GrantType};
use crate::dialect::rules::{AuthorizeRules, ScopeFrom};
use crate::dialect::{Dialect, Endpoint, Policy};
use crate::error::{ErrorCode, PageRefusal, Refusal};
use crate::parameters::Parameters;
use crate::pkce::Challenge;
use crate::reason::Reason;
use crate::redirect_uri;
use crate::scope::ScopeSet;
use crate::time::Timestamp;

/// Every parameter that [`address`] and [`check`] read. Whoever keeps a request while its person signs in keeps these.
pub const PARAMETERS: [&str; 15] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "resource",
    "prompt",
    "max_age",
    "login_hint",
    "tenant",
    "request",
    "request_uri",
];

/// A longer `state` is refused: it would have to come back in an address.
pub const STATE_AT_MOST: usize = 4096;
/// A longer `login_hint` or `tenant` is no hint.
pub const HINT_AT_MOST: usize = 320;

/// How the answer travels (OAuth 2.0 Multiple Response Types §2.1, Form Post Response Mode).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseMode {
    /// Appended to the redirect URI.
    Query,
    /// Posted by the browser to the redirect URI.
    FormPost,
}

/// A request whose client and redirect URI are proven: only from here on can a client be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addressed {
    redirect_uri: String,
    redirect_uri_sent: bool,
    state: Option<String>,
    response_mode: ResponseMode,
    iss: Option<String>,
}

impl Addressed {
    /// The redirect URI to answer to, byte for byte as asked (or the only one registered).
    #[must_use]
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// Whether the exchange must name it again: the request named it, and the dialect does not say once is enough (RFC
    /// 6749 §4.1.3).
    #[must_use]
    pub fn redirect_uri_sent(&self) -> bool {
        self.redirect_uri_sent
    }

    /// How the answer travels.
    #[must_use]
    pub fn response_mode(&self) -> ResponseMode {
        self.response_mode
    }

    /// What every answer carries besides its result: `state` if it was sent, `iss` (RFC 9207).
    pub(crate) fn echo(&self) -> impl Iterator<Item = (&str, &str)> {
        let state = self.state.as_deref().map(|state| ("state", state));
        let iss = self.iss.as_deref().map(|iss| ("iss", iss));
        state.into_iter().chain(iss)
    }
}

/// When a page must be shown (OpenID Connect Core §3.1.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    /// No page at all.
    pub none: bool,
    /// Sign in again.
    pub login: bool,
    /// Consent again.
    pub consent: bool,
    /// Choose who you are again; answered like `login`.
    pub select_account: bool,
}

/// A request that passed every check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// Where the answer goes.
    pub addressed: Addressed,
    /// What is asked for.
    pub scopes: ScopeSet,
    /// The PKCE challenge.
    pub challenge: Option<Challenge>,
    /// The resource the token is meant for (RFC 8707).
    pub resource: Option<String>,
    /// When a page must be shown.
    pub prompt: Prompt,
    /// The greatest age of the sign-in, in seconds.
    pub max_age: Option<i64>,
    /// Who is expected, for the login page.
    pub login_hint: Option<String>,
    /// The tenant to preselect, by the host's identifier. Never trusted.
    pub tenant: Option<String>,
}

impl AuthorizationRequest {
    /// Whether a sign-in is as fresh as this request wants it, which `began` at that moment (OpenID Connect Core
    /// §3.1.2.1). `not_before` is when the person last asked to be somebody else.
    #[must_use]
    pub fn accepts_sign_in(
        &self,
        auth_time: Timestamp,
        began: Timestamp,
        not_before: Option<Timestamp>,
    ) -> bool {
        let again = self.prompt.login || self.prompt.select_account;
        let by_prompt = again.then_some(began);
        let by_age = self.max_age.map(|age| Timestamp(began.0.saturating_sub(age.saturating_mul(1000))));
        [by_prompt, by_age, not_before].into_iter().flatten().all(|after| auth_time >= after)
    }
}

/// Proves where answers go.
///
/// # Errors
/// A page: the client is unknown here, or the redirect URI is not registered, not even for an error answer.
pub fn address(
    parameters: &Parameters,
    client: Option<&Client>,
    (dialect, endpoint): (&Dialect, &Endpoint),
    issuer: &str,
) -> Result<Addressed, PageRefusal> {
    let rules = &endpoint.rules.authorize;
    // A client speaks one dialect; elsewhere it is as unknown as one that never existed.
    let client = client.filter(|client| dialect.is_spoken_by(client)).ok_or_else(unknown_client)?;
    parameters.are_texts(&["redirect_uri"]).map_err(PageRefusal)?;
    let asked = parameters.get("redirect_uri");
    let redirect_uri = match (asked, client.redirect_uris.as_slice()) {
        (Some(asked), registered) if redirect_uri::matches(registered, asked) => asked,
        (None, [only]) if rules.redirect_uri_optional => only,
        (Some(_), _) => {
            return Err(page(
                Reason::RedirectUriMismatch,
                "this redirect URI is not registered for this app",
            ));
        }
        (None, _) => return Err(page(Reason::RedirectUriMissing, "the parameter 'redirect_uri' is missing")),
    };
    let form_post = parameters.get("response_mode") == Some("form_post");
    Ok(Addressed {
        redirect_uri: redirect_uri.to_owned(),
        redirect_uri_sent: asked.is_some() && !rules.redirect_uri_once,
        state: parameters.get("state").filter(|state| state.len() <= STATE_AT_MOST).map(str::to_owned),
        response_mode: if form_post { ResponseMode::FormPost } else { ResponseMode::Query },
        iss: rules.iss.then(|| issuer.to_owned()),
    })
}

/// What the checks after [`address`] need to know.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// The client.
    pub client: &'a Client,
    /// What its endpoint goes by.
    pub rules: &'a AuthorizeRules,
    /// Its knobs.
    pub policy: &'a Policy,
    /// What the client may ask for now (the host may withhold scopes from apps that are not reviewed).
    pub askable: &'a ScopeSet,
    /// The canonical identifier of the resource that was asked for, when it is known.
    pub known_resource: Option<&'a str>,
}

/// Every check after [`address`], in the order in which a developer meets the answers.
///
/// # Errors
/// A refusal, to be sent to `addressed`.
pub fn check(
    addressed: &Addressed,
    parameters: &Parameters,
    terms: Terms<'_>,
) -> Result<AuthorizationRequest, Refusal> {
    parameters.are_texts(&PARAMETERS)?;
    response_type(parameters, terms.rules)?;
    response_mode(parameters)?;
    state(parameters)?;
    no_request_object(parameters)?;
    may_authorize(terms.client)?;
    let challenge = challenge(parameters, terms)?;
    let scopes = scopes(parameters, terms)?;
    let resource = one_resource(parameters, terms.known_resource)?;
    let prompt = prompt(parameters)?;
    let max_age = max_age(parameters)?;
    let short = |name| parameters.get(name).filter(|value| value.len() <= HINT_AT_MOST).map(str::to_owned);
    Ok(AuthorizationRequest {
        addressed: addressed.clone(),
        scopes,
        challenge,
        resource,
        prompt,
        max_age,
        login_hint: short("login_hint"),
        tenant: short("tenant"),
    })
}

/// RFC 6749 §3.1.1. Only `code`: the implicit grant is gone (RFC 9700 §2.1.2).
fn response_type(parameters: &Parameters, rules: &AuthorizeRules) -> Result<(), Refusal> {
    match parameters.get("response_type") {
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

fn response_mode(parameters: &Parameters) -> Result<(), Refusal> {
    match parameters.get("response_mode") {
        None | Some("query" | "form_post") => Ok(()),
        Some(_) => Err(wrong(Reason::ResponseMode, "response_mode is 'query' or 'form_post'")),
    }
}

fn state(parameters: &Parameters) -> Result<(), Refusal> {
    match parameters.get("state") {
        Some(state) if state.len() > STATE_AT_MOST => {
            Err(wrong(Reason::StateTooLong, "state has 4096 bytes at most"))
        }
        _ => Ok(()),
    }
}

/// RFC 9101 §5: one that is ignored would be a request with other parameters than the client signed.
fn no_request_object(parameters: &Parameters) -> Result<(), Refusal> {
    let refuse = |code, description| Err(Refusal::new(code, Reason::RequestObject, description));
    if parameters.get("request").is_some() {
        return refuse(
            ErrorCode::RequestNotSupported,
            "request objects are not supported; send plain parameters",
        );
    }
    if parameters.get("request_uri").is_some() {
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
fn challenge(parameters: &Parameters, terms: Terms<'_>) -> Result<Option<Challenge>, Refusal> {
    match Challenge::read(parameters)? {
        None if terms.policy.pkce_required(terms.client) => {
            let description = "PKCE is required: send code_challenge and code_challenge_method=S256";
            Err(wrong(Reason::PkceMissing, description))
        }
        challenge => Ok(challenge),
    }
}

/// RFC 6749 §3.3. Without `scope` the client gets its own; more than its own is refused, never cut silently.
fn scopes(parameters: &Parameters, terms: Terms<'_>) -> Result<ScopeSet, Refusal> {
    let rules = terms.rules;
    let invalid =
        |reason, description: String| Err(Refusal::new(ErrorCode::InvalidScope, reason, description));
    let asked = match (rules.scope_from, parameters.get("scope")) {
        (ScopeFrom::App, _) => terms.askable.clone(),
        (ScopeFrom::Request, None) if rules.scope_required && !may_leave_out(terms) => {
            return Err(wrong(Reason::ScopeMissing, "the parameter 'scope' is missing"));
        }
        (ScopeFrom::Request, None) => terms.askable.clone(),
        (ScopeFrom::Request, Some(text)) => {
            let separators: Vec<char> = rules.scope_separators.chars().collect();
            match ScopeSet::parse_separated(text, &separators) {
                Ok(asked) => asked,
                Err(error) => return invalid(Reason::ScopeMalformed, error.to_string()),
            }
        }
    };
    if let Some(beyond) = asked.iter().find(|scope| !terms.askable.contains(scope)) {
        return invalid(
            Reason::ScopeBeyondClient,
            format!("the scope '{beyond}' is not one of this app's scopes"),
        );
    }
    if let Some(missing) = rules.required_scopes.iter().find(|scope| !asked.contains(scope)) {
        return invalid(Reason::ScopeRequired, format!("the scope '{missing}' is required"));
    }
    Ok(asked)
}

/// Whether all this client could ask for is what its dialect lets a client leave out.
fn may_leave_out(terms: Terms<'_>) -> bool {
    let optional = &terms.rules.scope_optional_for;
    !optional.is_empty() && optional.contains_all(&terms.client.scopes)
}

/// The one resource of a request, in its canonical spelling (RFC 8707 §2): a token is for one audience.
///
/// # Errors
/// `invalid_target` when it is not known, or several are named.
pub fn one_resource(parameters: &Parameters, known: Option<&str>) -> Result<Option<String>, Refusal> {
    let invalid = |reason, description| Err(Refusal::new(ErrorCode::InvalidTarget, reason, description));
    match (parameters.all("resource").count(), known) {
        (0, _) => Ok(None),
        (1, Some(known)) => Ok(Some(known.to_owned())),
        (1, None) => invalid(Reason::ResourceUnknown, "the resource is not known here"),
        _ => invalid(Reason::TwoResources, "a token is meant for one resource: name one"),
    }
}

/// OpenID Connect Core §3.1.2.1. Unknown values are ignored, as unknown parameters are.
fn prompt(parameters: &Parameters) -> Result<Prompt, Refusal> {
    let mut prompt = Prompt::default();
    let mut others = false;
    for value in parameters.get("prompt").unwrap_or_default().split(' ').filter(|value| !value.is_empty()) {
        match value {
            "none" => prompt.none = true,
            "login" => prompt.login = true,
            "consent" => prompt.consent = true,
            "select_account" => prompt.select_account = true,
            _ => {}
        }
        others |= value != "none";
    }
    if prompt.none && others {
        return Err(wrong(Reason::PromptNoneWithOthers, "prompt=none cannot be combined with another value"));
    }
    Ok(prompt)
}

fn max_age(parameters: &Parameters) -> Result<Option<i64>, Refusal> {
    let Some(text) = parameters.get("max_age") else { return Ok(None) };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<i64>() {
        Ok(seconds) if digits => Ok(Some(seconds)),
        _ => Err(wrong(Reason::MaxAge, "max_age is a whole number of seconds")),
    }
}

fn wrong(reason: Reason, description: &'static str) -> Refusal {
    Refusal::new(ErrorCode::InvalidRequest, reason, description)
}

fn page(reason: Reason, description: &'static str) -> PageRefusal {
    PageRefusal(wrong(reason, description))
}

/// The same for a client that never existed and for one that may not be used, so that ids cannot be guessed.
#[must_use]
pub fn unknown_client() -> PageRefusal {
    PageRefusal(Refusal::new(
        ErrorCode::InvalidClient,
        Reason::UnknownClient,
        "there is no app with this client_id here",
    ))
}

#[cfg(test)]
mod tests;
