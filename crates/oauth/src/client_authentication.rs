//! Client authentication (RFC 6749 §2.3): Basic, body, or nothing for public clients.
//!
//! Exactly one method per request. Every failure is the same `invalid_client`, and the presented secret is hashed
//! whether or not the client exists, so that neither words nor time tell which ids exist.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::client::{AuthenticationMethod, Client};
use crate::credential::SecretHash;
use crate::error::{ErrorCode, Refusal};
use crate::parameters::Parameters;
use crate::reason::Reason;
use crate::time::Timestamp;

/// What a request says of its client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentedClient {
    /// Which client it claims to be.
    pub client_id: String,
    /// By which method.
    pub method: AuthenticationMethod,
    /// The hash of the secret it sent, if any.
    pub secret: Option<SecretHash>,
}

impl PresentedClient {
    /// Reads the `Authorization` header and the body.
    ///
    /// # Errors
    /// `invalid_request` when two methods or two clients are named, `invalid_client` when none is or the header is
    /// malformed.
    pub fn read(authorization: Option<&str>, parameters: &Parameters) -> Result<PresentedClient, Refusal> {
        let body_secret = parameters.get("client_secret");
        if let Some(basic) = authorization.and_then(|header| strip_scheme(header, "basic")) {
            if body_secret.is_some() {
                let description = "the client authenticates by header and by body: use one";
                return Err(Refusal::new(ErrorCode::InvalidRequest, Reason::TwoMethods, description));
            }
            let (client_id, secret) = decode_basic(basic).ok_or_else(|| refused(Reason::MalformedBasic))?;
            if parameters.get("client_id").is_some_and(|named| named != client_id) {
                let description = "the header and the body name different clients";
                return Err(Refusal::new(ErrorCode::InvalidRequest, Reason::TwoClients, description));
            }
            let secret = Some(SecretHash::of(&secret));
            return Ok(PresentedClient {
                client_id,
                method: AuthenticationMethod::ClientSecretBasic,
                secret,
            });
        }
        let client_id = parameters.get("client_id").ok_or_else(|| refused(Reason::NoClient))?.to_owned();
        let (method, secret) = match body_secret {
            Some(secret) => (AuthenticationMethod::ClientSecretPost, Some(SecretHash::of(secret))),
            None => (AuthenticationMethod::None, None),
        };
        Ok(PresentedClient { client_id, method, secret })
    }

    /// Whether the presented proof is this client's.
    ///
    /// # Errors
    /// `invalid_client`, the same for a wrong secret, a method that is not the client's, and a client that is unknown.
    pub fn prove(&self, client: &Client, now: Timestamp) -> Result<(), Refusal> {
        if client.authentication_method.is_some_and(|only| only != self.method) {
            return Err(refused(Reason::MethodNotRegistered));
        }
        match (client.is_public(), self.secret) {
            (true, None) => Ok(()),
            (true, Some(_)) => Err(refused(Reason::PublicClientWithSecret)),
            (false, None) => Err(refused(Reason::NoSecret)),
            (false, Some(presented)) => {
                // Every live secret is compared, so that time does not tell which one matched.
                let matching = client
                    .secrets
                    .iter()
                    .filter(|own| own.expires_at.is_none_or(|end| now < end))
                    .filter(|own| own.hash == presented)
                    .count();
                if matching > 0 { Ok(()) } else { Err(refused(Reason::WrongSecret)) }
            }
        }
    }
}

/// The refusal of a client that does not exist.
pub(crate) fn unknown_client() -> Refusal {
    refused(Reason::UnknownClient)
}

fn refused(reason: Reason) -> Refusal {
    let description = "the client is unknown or its authentication failed: check client_id, client_secret and how they are sent";
    Refusal::new(ErrorCode::InvalidClient, reason, description)
}

/// The credentials after an authentication scheme (RFC 9110 §11.4), whose name has no case.
#[must_use]
pub fn strip_scheme<'a>(header: &'a str, scheme: &str) -> Option<&'a str> {
    let (own, rest) = header.split_once(' ')?;
    own.eq_ignore_ascii_case(scheme).then(|| rest.trim_matches(' '))
}

/// RFC 6749 §2.3.1: both halves are form-encoded before they are joined. Many clients send them raw; the two readings
/// differ only for values that hold `%` or `+`, and a generated secret never does.
#[must_use]
pub fn decode_basic(encoded: &str) -> Option<(String, String)> {
    let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((form_decode(id), form_decode(secret)))
}

fn form_decode(half: &str) -> String {
    if !half.contains(['%', '+']) {
        return half.to_owned();
    }
    let escaped = half.replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(escaped.as_bytes()).next().map_or(String::new(), |(name, _)| name.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basic(text: &str) -> String {
        format!("Basic {}", STANDARD.encode(text))
    }

    fn read(header: Option<&str>, body: &str) -> Result<PresentedClient, Refusal> {
        PresentedClient::read(header, &Parameters::from_form(body.as_bytes()).unwrap_or_default())
    }

    #[test]
    fn basic_is_form_decoded() {
        let presented = read(Some(&basic("a%3Ab:s%25%2Bt+u&v")), "").ok();
        assert_eq!(presented.as_ref().map(|p| p.client_id.as_str()), Some("a:b"));
        assert_eq!(presented.and_then(|p| p.secret), Some(SecretHash::of("s%+t u&v")));
    }

    #[test]
    fn one_method_and_one_client_only() {
        let code = |r: Result<PresentedClient, Refusal>| r.err().map(|e| e.code);
        assert_eq!(code(read(Some(&basic("a:b")), "client_secret=b")), Some(ErrorCode::InvalidRequest));
        assert_eq!(code(read(Some(&basic("a:b")), "client_id=c")), Some(ErrorCode::InvalidRequest));
        assert_eq!(code(read(Some(&basic("a:b")), "client_id=a")), None);
        assert_eq!(code(read(None, "")), Some(ErrorCode::InvalidClient));
        for malformed in ["Basic !!!", "Basic YQ==", "basic /w=="] {
            assert_eq!(code(read(Some(malformed), "")), Some(ErrorCode::InvalidClient), "{malformed}");
        }
    }
}
