//! Parameters of an authorization request: the names that are read, and a reader that reads no others.
//!
//! A request is kept, sealed, while its person signs in, and what is kept are the parameters in [`LISTED`]. One that was read
//! but not listed would be lost as soon as somebody has to sign in first, so it cannot be written: a request is read by
//! [`Parameter`] alone, and the constants below are all there are: the compiler refuses one whose name is not listed.

use crate::error::Refusal;
use crate::parameters::Parameters;

/// Every parameter that is read, and so kept.
pub const LISTED: [&str; 16] = [
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
    "ui_locales",
    "tenant",
    "request",
    "request_uri",
];

/// The name of a parameter that is read. Its field is private, so that nobody makes one of any other name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter(&'static str);

/// `client_id`
pub const CLIENT_ID: Parameter = listed("client_id");
/// `redirect_uri`
pub const REDIRECT_URI: Parameter = listed("redirect_uri");
/// `response_type`
pub const RESPONSE_TYPE: Parameter = listed("response_type");
/// `response_mode`
pub const RESPONSE_MODE: Parameter = listed("response_mode");
/// `scope`
pub const SCOPE: Parameter = listed("scope");
/// `state`
pub const STATE: Parameter = listed("state");
/// `code_challenge`
pub const CODE_CHALLENGE: Parameter = listed("code_challenge");
/// `code_challenge_method`
pub const CODE_CHALLENGE_METHOD: Parameter = listed("code_challenge_method");
/// `resource`
pub const RESOURCE: Parameter = listed("resource");
/// `prompt`
pub const PROMPT: Parameter = listed("prompt");
/// `max_age`
pub const MAX_AGE: Parameter = listed("max_age");
/// `login_hint`
pub const LOGIN_HINT: Parameter = listed("login_hint");
/// `ui_locales`
pub const UI_LOCALES: Parameter = listed("ui_locales");
/// `tenant`
pub const TENANT: Parameter = listed("tenant");
/// `request`
pub const REQUEST: Parameter = listed("request");
/// `request_uri`
pub const REQUEST_URI: Parameter = listed("request_uri");

impl Parameter {
    /// Whether a parameter of this name is read.
    #[must_use]
    pub fn is_read(name: &str) -> bool {
        LISTED.contains(&name)
    }
}

/// The parameter of this name. In a constant, a name that is not listed is an error of the compiler: no entry is left to
/// compare it with.
const fn listed(name: &'static str) -> Parameter {
    let mut at = 0;
    while !same(LISTED[at].as_bytes(), name.as_bytes()) {
        at += 1;
    }
    Parameter(LISTED[at])
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

/// The parameters of an authorization request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestParameters(Parameters);

impl RequestParameters {
    /// Those of a request as it came in, by the names that the core knows.
    #[must_use]
    pub fn of(parameters: Parameters) -> RequestParameters {
        RequestParameters(parameters)
    }

    /// The value of a parameter, if it was sent with one.
    #[must_use]
    pub fn get(&self, parameter: Parameter) -> Option<&str> {
        self.0.get(parameter.0)
    }

    /// Every value of a parameter that may repeat.
    pub fn all(&self, parameter: Parameter) -> impl Iterator<Item = &str> {
        self.0.all(parameter.0)
    }

    /// Whether everything that is read and was sent is a text.
    ///
    /// # Errors
    /// `invalid_request`, naming the one that is no text.
    pub fn are_texts(&self) -> Result<(), Refusal> {
        self.0.are_texts(&LISTED)
    }

    /// Whether this one is a text, if it was sent.
    ///
    /// # Errors
    /// `invalid_request`, naming it.
    pub fn is_text(&self, parameter: Parameter) -> Result<(), Refusal> {
        self.0.are_texts(&[parameter.0])
    }

    /// Name and value of all that can be read.
    pub fn listed(&self) -> impl Iterator<Item = (&'static str, &str)> {
        LISTED.into_iter().flat_map(|name| self.0.all(name).map(move |value| (name, value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_is_kept() {
        let form: String = LISTED.iter().map(|name| format!("{name}=of+{name}&")).collect();
        let sent = Parameters::from_form(format!("{form}claims=x&nonce=y").as_bytes()).unwrap();
        let sent = RequestParameters::of(sent);
        let mut kept = Parameters::default();
        for (name, value) in sent.listed() {
            kept.push(name.to_owned(), value.to_owned()).unwrap();
        }
        assert!(kept.names().eq(LISTED), "and nothing else");
        let kept = RequestParameters::of(kept);
        for name in LISTED {
            let parameter = listed(name);
            assert_eq!(kept.get(parameter), sent.get(parameter), "{name}");
            assert!(Parameter::is_read(name));
        }
        assert!(!Parameter::is_read("claims"));
    }

    #[test]
    #[should_panic(expected = "index out of bounds")]
    fn a_name_that_is_not_listed_is_no_parameter() {
        listed("claims");
    }
}
