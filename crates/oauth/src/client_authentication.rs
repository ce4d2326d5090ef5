//! Client authentication (RFC 6749 §2.3): Basic, body, or nothing for public clients.
//!
//! Exactly one method per request. Every failure is the same `invalid_client`, and the presented secret is hashed
//! whether or not the client exists, so that neither words nor time tell which ids exist.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::client::{AuthenticationMethod, Client, ClientSecret};
use crate::credential::{Kind, Secret, SecretHash, is_minted};
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
    /// The client and the hash of its secret when the header is read without decoding, where that makes a difference.
    pub raw: Option<(String, SecretHash)>,
}

impl PresentedClient {
    /// Reads the `Authorization` header and the body. `same_proof_twice` says whether both may carry one secret, which is
    /// the header's then.
    ///
    /// # Errors
    /// `invalid_request` when two methods or two clients are named, `invalid_client` when none is or the header is
    /// malformed.
    pub fn read(
        authorization: Option<&str>,
        parameters: &Parameters,
        same_proof_twice: bool,
    ) -> Result<PresentedClient, Refusal> {
        let body_secret = parameters.get("client_secret");
        let named = parameters.get("client_id");
        let mut by_header = None;
        let basic = authorization.and_then(|header| strip_scheme(header, "basic"));
        let basic = basic.map(|basic| Basic::decode(basic).ok_or_else(|| refused(Reason::MalformedBasic)));
        // A pair of nothing and nothing names no client and proves none: what a library sends that was given neither.
        if let Some(basic) = basic.transpose()?.filter(|basic| !basic.is_empty()) {
            let Basic { client_id, secret, raw } = basic;
            let is_raw = |named: &str| raw.as_ref().is_some_and(|(raw, _)| raw == named);
            if named.is_some_and(|named| named != client_id && !is_raw(named)) {
                let description = "the header and the body name different clients";
                return Err(Refusal::new(ErrorCode::InvalidRequest, Reason::TwoClients, description));
            }
            if !secret.is_empty() {
                let raw_secret = raw.as_ref().map(|(_, raw)| raw.as_str());
                let is_same = |own: &str| own == secret || raw_secret == Some(own);
                if body_secret.is_some_and(|own| !(same_proof_twice && is_same(own))) {
                    let description = "the client authenticates by header and by body: use one";
                    return Err(Refusal::new(ErrorCode::InvalidRequest, Reason::TwoMethods, description));
                }
                return Ok(PresentedClient {
                    client_id,
                    method: AuthenticationMethod::ClientSecretBasic,
                    secret: Some(SecretHash::of(&secret)),
                    raw: raw.map(|(client_id, secret)| (client_id, SecretHash::of(&secret))),
                });
            }
            by_header = Some(client_id);
        }
        // RFC 6749 §2.3.1: an empty secret is the same as none, so such a header only names a client.
        let client_id = by_header.or_else(|| named.map(str::to_owned));
        let client_id = client_id.ok_or_else(|| refused(Reason::NoClient))?;
        let (method, secret) = match body_secret {
            Some(secret) => (AuthenticationMethod::ClientSecretPost, Some(SecretHash::of(secret))),
            None => (AuthenticationMethod::None, None),
        };
        Ok(PresentedClient { client_id, method, secret, raw: None })
    }

    /// Under which other name the client may be known: as the header has it without decoding.
    #[must_use]
    pub fn raw_client_id(&self) -> Option<&str> {
        self.raw.as_ref().map(|(client_id, _)| client_id.as_str())
    }

    /// Whether the presented proof is this client's, and which of its secrets it is; none of a public one.
    ///
    /// # Errors
    /// `invalid_client`, the same for a wrong secret, a method that is not the client's, and a client that is unknown.
    pub fn prove<'c>(&self, client: &'c Client, now: Timestamp) -> Result<Option<&'c ClientSecret>, Refusal> {
        if client.authentication_method.is_some_and(|only| only != self.method) {
            return Err(refused(Reason::MethodNotRegistered));
        }
        match (client.is_public(), self.secret) {
            (true, None) => Ok(None),
            (true, Some(_)) => Err(refused(Reason::PublicClientWithSecret)),
            (false, None) => Err(refused(Reason::NoSecret)),
            (false, Some(decoded)) => {
                let raw = self.raw.as_ref().filter(|(raw, _)| *raw == client.client_id).map(|(_, raw)| *raw);
                let decoded = Some(decoded).filter(|_| self.client_id == client.client_id);
                // Every live secret is compared, so that time does not tell which one matched.
                let matching = client
                    .secrets
                    .iter()
                    .filter(|own| own.is_live(now))
                    .filter(|own| (Some(own.hash) == decoded) | (Some(own.hash) == raw))
                    .fold(None, |_, own| Some(own));
                matching.map(Some).ok_or_else(|| refused(Reason::WrongSecret))
            }
        }
    }
}

/// Whether the secret that a request sends has the form of one that this server makes.
#[must_use]
pub fn sends_a_minted_secret(authorization: Option<&str>, parameters: &Parameters) -> bool {
    let basic = authorization.and_then(|header| strip_scheme(header, "basic")).and_then(Basic::decode);
    let by_header = basic.map(|basic| basic.secret).filter(|secret| !secret.is_empty());
    let secret = by_header.as_deref().or_else(|| parameters.get("client_secret"));
    secret.is_some_and(|secret| is_minted(secret, Kind::ClientSecret))
}

/// Every client that a request may name, with the secret that it sends for it: as it reads, and as it reads without decoding.
/// Only for secrets that are known by another server's hash; ours are compared as [`PresentedClient`].
#[must_use]
pub fn sent_secrets(authorization: Option<&str>, parameters: &Parameters) -> Vec<(String, Secret)> {
    let basic = authorization.and_then(|header| strip_scheme(header, "basic")).and_then(Basic::decode);
    if let Some(Basic { client_id, secret, raw }) = basic.filter(|basic| !basic.secret.is_empty()) {
        let pairs = std::iter::once((client_id, secret)).chain(raw);
        return pairs.map(|(client_id, secret)| (client_id, Secret::given(secret))).collect();
    }
    match (parameters.get("client_id"), parameters.get("client_secret")) {
        (Some(client_id), Some(secret)) => vec![(client_id.to_owned(), Secret::given(secret))],
        _ => Vec::new(),
    }
}

/// No client has a longer identifier.
const CLIENT_ID_AT_MOST: usize = 256;

/// The one name that all spellings of a client's identifier share, for whoever counts by it: what is left once nothing in it
/// can be decoded any more. A header can name the client `a+b` as `a+b` and as `a%2Bb`; what it reads as is `a b` and `a+b`.
#[must_use]
pub fn counted_as(client_id: &str) -> Cow<'_, str> {
    let mut name = Cow::Borrowed(client_id);
    // Each round shortens it or takes its plus signs, so a long one would take many.
    while name.len() <= CLIENT_ID_AT_MOST && name.contains(['%', '+']) {
        let decoded = form_decode(&name);
        if decoded == *name {
            break;
        }
        name = Cow::Owned(decoded);
    }
    name
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

/// The two halves of a Basic header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basic {
    /// The name.
    pub client_id: String,
    /// The secret.
    pub secret: String,
    /// Both without decoding, where that makes a difference.
    pub raw: Option<(String, String)>,
}

impl Basic {
    /// RFC 6749 §2.3.1: both halves are form-encoded before they are joined. Many clients send them raw; the two readings
    /// differ only for values that hold `%` or `+`. A generated secret never does, one that was taken over may.
    #[must_use]
    pub fn decode(encoded: &str) -> Option<Basic> {
        let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
        let (id, secret) = text.split_once(':')?;
        let raw = text.contains(['%', '+']).then(|| (id.to_owned(), secret.to_owned()));
        Some(Basic { client_id: form_decode(id), secret: form_decode(secret), raw })
    }

    fn is_empty(&self) -> bool {
        self.client_id.is_empty() && self.secret.is_empty()
    }
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
    use crate::client::{ClientSecret, ClientType};
    use crate::credential::{Environment, Secret};
    use crate::id::Id;
    use crate::specimen::{NOW, client};

    fn basic(text: &str) -> String {
        format!("Basic {}", STANDARD.encode(text))
    }

    fn read(header: Option<&str>, body: &str) -> Result<PresentedClient, Refusal> {
        PresentedClient::read(header, &Parameters::from_form(body.as_bytes()).unwrap_or_default(), false)
    }

    #[test]
    fn the_same_credentials_twice_are_taken_where_a_dialect_says_so() {
        let read = |header: &str, body: &str, twice| {
            let body = Parameters::from_form(body.as_bytes()).unwrap_or_default();
            PresentedClient::read(Some(&basic(header)), &body, twice).map_err(|refusal| refusal.reason)
        };
        for (header, body) in [
            ("a:b", "client_id=a&client_secret=b"),
            ("a:b", "client_secret=b"),
            ("a:b%2Bc", "client_id=a&client_secret=b%2Bc"),
            ("a:b+c", "client_id=a&client_secret=b%2Bc"),
        ] {
            let taken = read(header, body, true).map(|own| own.method);
            assert_eq!(taken, Ok(AuthenticationMethod::ClientSecretBasic), "{header} {body}");
            assert_eq!(read(header, body, false).err(), Some(Reason::TwoMethods), "{header} {body}");
        }
        for (body, reason) in [
            ("client_id=a&client_secret=c", Reason::TwoMethods),
            ("client_id=a&client_secret=B", Reason::TwoMethods),
            ("client_id=c&client_secret=b", Reason::TwoClients),
        ] {
            assert_eq!(read("a:b", body, true).err(), Some(reason), "{body}");
        }
    }

    #[test]
    fn basic_is_form_decoded() {
        let presented = read(Some(&basic("a%3Ab:s%25%2Bt+u&v")), "").ok();
        assert_eq!(presented.as_ref().map(|p| p.client_id.as_str()), Some("a:b"));
        assert_eq!(presented.and_then(|p| p.secret), Some(SecretHash::of("s%+t u&v")));
    }

    /// RFC 6749 §2.3.1.
    #[test]
    fn an_empty_secret_is_the_same_as_none() {
        let method = |body| read(Some(&basic("a:")), body).ok().map(|p| (p.client_id, p.method, p.secret));
        let named = |method, secret: Option<&str>| Some(("a".to_owned(), method, secret.map(SecretHash::of)));
        assert_eq!(method(""), named(AuthenticationMethod::None, None));
        assert_eq!(method("client_id=a"), named(AuthenticationMethod::None, None));
        assert_eq!(method("client_secret=b"), named(AuthenticationMethod::ClientSecretPost, Some("b")));
    }

    /// `Basic Og==`.
    #[test]
    fn a_pair_of_nothing_is_no_method() {
        let method = |body| read(Some(&basic(":")), body).map(|p| (p.client_id, p.method, p.secret));
        let named = |method, secret: Option<&str>| Ok(("a".to_owned(), method, secret.map(SecretHash::of)));
        let post = AuthenticationMethod::ClientSecretPost;
        assert_eq!(method("client_id=a&client_secret=b"), named(post, Some("b")));
        assert_eq!(method("client_id=a"), named(AuthenticationMethod::None, None));
        assert_eq!(method("").map_err(|refusal| refusal.reason), Err(Reason::NoClient));
        // With a secret and no name it is a try, and names another client than the body does.
        let nameless = read(Some(&basic(":b")), "client_id=a").map_err(|refusal| refusal.reason);
        assert_eq!(nameless.err(), Some(Reason::TwoClients));
    }

    #[test]
    fn a_client_is_counted_by_one_name_however_it_is_spelled() {
        for spellings in
            [&["a+b", "a%2Bb", "a%2bb", "a%252Bb", "a b", "a%20b"][..], &["50%", "50%25"], &["a", "%61"]]
        {
            let names: Vec<_> = spellings.iter().map(|spelling| counted_as(spelling)).collect();
            assert!(names.iter().all(|name| *name == names[0]), "{names:?}");
            // What a header sends is looked up decoded and as it stands.
            for spelling in spellings {
                assert_eq!(counted_as(&form_decode(spelling)), names[0], "{spelling}");
            }
        }
        assert_ne!(counted_as("a+b"), counted_as("ab"));
        let long = format!("%{}", "25".repeat(30_000));
        assert_eq!(counted_as(&long), long, "nobody is called like this");
    }

    #[test]
    fn a_minted_secret_is_seen_wherever_it_is_sent() {
        let made = Secret::mint("acme", Kind::ClientSecret, Environment::Live, [7; 32]).into_exposed();
        let key = Secret::mint("acme", Kind::HostKey, Environment::Live, [7; 32]).into_exposed();
        let sends = |header: Option<&str>, secret: &str| {
            let body = Parameters::from_form(format!("client_id=a&client_secret={secret}").as_bytes());
            sends_a_minted_secret(header.map(basic).as_deref(), &body.unwrap_or_default())
        };
        assert!(sends(None, &made) && sends(Some(&format!("a:{made}")), "") && sends(Some("a:"), &made));
        assert!(!sends(None, &key) && !sends(None, "given") && !sends(None, &made.replace("acme", "acne")));
        assert!(!sends(Some("a:given"), &made) && !sends(Some(&format!("a:{key}")), "") && !sends(None, ""));
    }

    #[test]
    fn a_pair_is_tried_decoded_and_then_raw_but_never_mixed() {
        let known = |id: &str, secret: &str| {
            let secrets = vec![ClientSecret {
                id: Id::new([1; 16]),
                hash: SecretHash::of(secret),
                foreign: None,
                expires_at: None,
                last_used_at: None,
            }];
            Client { client_id: id.to_owned(), secrets, ..client(ClientType::Confidential) }
        };
        let proves = |sent: &str, client: &Client| {
            read(Some(&basic(sent)), "").is_ok_and(|presented| presented.prove(client, NOW).is_ok())
        };
        assert!(proves("a:s%2Bt", &known("a", "s+t")) && proves("a:s+t", &known("a", "s t")));
        assert!(proves("a:s+t", &known("a", "s+t")) && proves("a:s%2Bt", &known("a", "s%2Bt")));
        assert!(proves("a:50%", &known("a", "50%")));
        assert!(proves("a+b:s", &known("a+b", "s")) && proves("a+b:s", &known("a b", "s")));
        assert!(!proves("a:s+t", &known("a", "s%2Bt")) && !proves("a:s", &known("b", "s")));
        assert!(!proves("a+b:s+t", &known("a+b", "s t")) && !proves("a+b:s+t", &known("a b", "s+t")));
    }

    #[test]
    fn one_method_and_one_client_only() {
        let code = |r: Result<PresentedClient, Refusal>| r.err().map(|e| e.code);
        assert_eq!(code(read(Some(&basic("a:b")), "client_secret=b")), Some(ErrorCode::InvalidRequest));
        assert_eq!(code(read(Some(&basic("a:b")), "client_id=c")), Some(ErrorCode::InvalidRequest));
        assert_eq!(code(read(Some(&basic("a:b")), "client_id=a")), None);
        assert_eq!(code(read(Some(&basic("a+b:c")), "client_id=a+b")), None, "decoded");
        assert_eq!(code(read(Some(&basic("a+b:c")), "client_id=a%2Bb")), None, "raw");
        assert_eq!(code(read(Some(&basic("a:")), "client_id=c")), Some(ErrorCode::InvalidRequest));
        assert_eq!(code(read(None, "")), Some(ErrorCode::InvalidClient));
        assert_eq!(code(read(Some(&basic("a:")), "client_secret=b")), None, "an empty secret is no method");
        for malformed in ["Basic !!!", "Basic YQ==", "basic /w=="] {
            assert_eq!(code(read(Some(malformed), "")), Some(ErrorCode::InvalidClient), "{malformed}");
        }
    }
}
