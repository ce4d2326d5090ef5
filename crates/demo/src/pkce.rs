//! What a client draws at random for one authorization request: the PKCE pair (RFC 7636) and the `state`.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A verifier and its challenge. The challenge travels through the browser; the verifier stays with the client until
/// it exchanges the code.
#[derive(Clone)]
pub struct Pkce {
    /// 43 characters from 32 random bytes (RFC 7636 §4.1).
    pub verifier: String,
    /// Base64url of the SHA-256 of the verifier (RFC 7636 §4.2, `S256`).
    pub challenge: String,
}

impl Pkce {
    /// Draws a new pair.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn draw() -> Result<Pkce, getrandom::Error> {
        Ok(Pkce::of(random_text()?))
    }

    fn of(verifier: String) -> Pkce {
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
        Pkce { verifier, challenge }
    }
}

/// 32 random bytes as 43 characters that need no escaping: for verifiers, `state` and cookies.
///
/// # Errors
/// When the system has no randomness to give.
#[expect(clippy::disallowed_methods, reason = "the sample app and the walk are programs of their own")]
pub fn random_text() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn computes_the_challenge_of_rfc_7636_appendix_b() {
        let pair = Pkce::of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned());
        assert_eq!(pair.challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn draws_43_unreserved_characters_never_twice() {
        let (one, other) = (Pkce::draw().expect("randomness"), Pkce::draw().expect("randomness"));
        assert_eq!(one.verifier.len(), 43);
        assert!(one.verifier.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        assert_ne!(one.verifier, other.verifier);
    }
}
