//! Redirect of an authorization response (RFC 6749 §3.1.2, §4.1.2.1): the proof of where it goes, and the type that
//! carries it.
//!
//! [`Addressed`] exists only once client and redirect URI are proven, and it alone can carry an answer to a client;
//! every refusal before it is a [`PageRefusal`]. An open redirect is therefore a type error.

use super::{RequestParameters, STATE_AT_MOST, parameter, wrong};
use crate::client::Client;
use crate::error::{ErrorCode, PageRefusal, Refusal};
use crate::policy::Policy;
use crate::reason::Reason;
use crate::redirect_uri;

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

/// Proves where answers go.
///
/// # Errors
/// A page: the client is unknown here, or the redirect URI is not registered, not even for an error answer.
pub fn address(
    parameters: &RequestParameters,
    client: &Client,
    policy: &Policy,
    issuer: &str,
) -> Result<Addressed, PageRefusal> {
    let rules = &policy.authorization;
    // A client speaks one dialect; elsewhere it is as unknown as one that never existed.
    if !policy.clients.spoken_by(client) {
        return Err(unknown_client());
    }
    parameters.is_text(parameter::REDIRECT_URI).map_err(PageRefusal)?;
    let asked = parameters.get(parameter::REDIRECT_URI);
    let redirect_uri = match (asked, client.redirect_uris.as_slice()) {
        (Some(asked), registered) if redirect_uri::matches(registered, asked, client.kind()) => asked,
        (None, [only]) if rules.redirect_uri_optional => only,
        (Some(_), _) => {
            return Err(page(
                Reason::RedirectUriMismatch,
                "this redirect URI is not registered for this app",
            ));
        }
        (None, _) => return Err(page(Reason::RedirectUriMissing, "the parameter 'redirect_uri' is missing")),
    };
    let form_post = parameters.get(parameter::RESPONSE_MODE) == Some("form_post");
    Ok(Addressed {
        redirect_uri: redirect_uri.to_owned(),
        redirect_uri_sent: asked.is_some() && !rules.redirect_uri_once,
        state: parameters
            .get(parameter::STATE)
            .filter(|state| state.len() <= STATE_AT_MOST)
            .map(str::to_owned),
        response_mode: if form_post { ResponseMode::FormPost } else { ResponseMode::Query },
        iss: rules.iss.then(|| issuer.to_owned()),
    })
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
