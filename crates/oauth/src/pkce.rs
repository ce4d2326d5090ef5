//! Proof Key for Code Exchange (RFC 7636), `S256` only (RFC 9700 §2.1.1).
//!
//! A challenge that was sent is always enforced; a verifier without a challenge is refused, because it means that
//! somebody stripped the challenge on its way (RFC 9700 §4.8.2).

use crate::reason::Reason;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::error::{ErrorCode, Refusal};

/// Whether a challenge has to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PkceRule {
    /// By every client.
    Required,
    /// By public clients; confidential ones may.
    RequiredForPublic,
}

/// An `S256` challenge: 43 characters of base64url.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge(String);

impl Challenge {
    /// Takes a challenge that was stored.
    #[must_use]
    pub fn from_stored(text: String) -> Challenge {
        Challenge(text)
    }

    /// As stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads the challenge of an authorization request (RFC 7636 §4.3), if it has one.
    ///
    /// # Errors
    /// `invalid_request` when it is malformed, `plain`, of an unknown method, or of none (which means `plain`).
    pub fn read(challenge: Option<&str>, method: Option<&str>) -> Result<Option<Challenge>, Refusal> {
        let Some(challenge) = challenge else {
            return match method {
                None => Ok(None),
                Some(_) => Err(refused("code_challenge_method is sent without code_challenge")),
            };
        };
        if method != Some("S256") {
            return Err(refused("code_challenge_method must be S256"));
        }
        let well_formed = challenge.len() == 43 && URL_SAFE_NO_PAD.decode(challenge).is_ok();
        if well_formed {
            Ok(Some(Challenge(challenge.to_owned())))
        } else {
            Err(refused("code_challenge must be the 43 base64url characters of a SHA-256"))
        }
    }

    /// Whether this is the challenge of `verifier` (RFC 7636 §4.6), in constant time.
    #[must_use]
    pub fn admits(&self, verifier: &str) -> bool {
        let well_formed = malformed(verifier).is_none();
        let derived = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        well_formed && bool::from(derived.as_bytes().ct_eq(self.0.as_bytes()))
    }
}

/// What keeps a text from being a verifier (RFC 7636 §4.1), in words for whoever sent it.
#[must_use]
pub fn malformed(verifier: &str) -> Option<String> {
    let may_stand = |own: char| own.is_ascii_alphanumeric() || "-._~".contains(own);
    if let Some((at, wrong)) = verifier.chars().enumerate().find(|(_, own)| !may_stand(*own)) {
        let wrong = named(wrong);
        let at = at + 1;
        return Some(format!(
            "code_verifier has {wrong} as character {at}: it is made of letters, digits, '-', '.', '_' and '~' (RFC 7636 \
             section 4.1)"
        ));
    }
    let length = verifier.len();
    let wrong = !(43..=128).contains(&length);
    wrong.then(|| format!("code_verifier has {length} characters: it has 43 to 128 (RFC 7636 section 4.1)"))
}

/// A character, as it is named in a description (RFC 6749 §5.2 leaves out quotes, backslashes and what is not ASCII).
fn named(character: char) -> String {
    if character.is_ascii_graphic() && !matches!(character, '\'' | '"' | '\\') {
        format!("'{character}'")
    } else {
        format!("U+{:04X}", u32::from(character))
    }
}

fn refused(description: &'static str) -> Refusal {
    Refusal::new(ErrorCode::InvalidRequest, Reason::PkceMalformed, description)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::Parameters;

    /// RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn read(text: &str) -> Result<Option<Challenge>, Refusal> {
        let form = Parameters::from_form(text.as_bytes()).unwrap_or_default();
        Challenge::read(form.get("code_challenge"), form.get("code_challenge_method"))
    }

    #[test]
    fn admits_the_verifier_of_the_standard_and_no_other() {
        let challenge = Challenge(CHALLENGE.to_owned());
        assert!(challenge.admits(VERIFIER));
        assert!(!challenge.admits(CHALLENGE));
        assert!(!challenge.admits(&VERIFIER[..42]));
        assert!(!challenge.admits(&format!("{VERIFIER} ")));
    }

    #[test]
    fn what_is_wrong_with_a_verifier_is_said() {
        assert_eq!(malformed(VERIFIER), None);
        let spaced = format!("{}+{}", &VERIFIER[..11], &VERIFIER[12..]);
        for (wrong, said) in [
            (spaced.as_str(), "has '+' as character 12:"),
            (&format!("{VERIFIER}="), "has '=' as character 44:"),
            ("é", "has U+00E9 as character 1:"),
            ("a b", "has U+0020 as character 2:"),
            ("a\"b", "has U+0022 as character 2:"),
            (&VERIFIER[..42], "has 42 characters:"),
            (&VERIFIER.repeat(3), "has 129 characters:"),
        ] {
            let words = malformed(wrong).unwrap_or_default();
            assert!(words.contains(said) && !words.contains(wrong.get(..40).unwrap_or(wrong)), "{words}");
        }
    }

    #[test]
    fn only_s256_is_read() {
        assert!(
            read(&format!("code_challenge={CHALLENGE}&code_challenge_method=S256"))
                .is_ok_and(|c| c.is_some())
        );
        assert_eq!(read("state=x"), Ok(None));
        for method in ["plain", "s256", "S512", ""] {
            assert!(
                read(&format!("code_challenge={CHALLENGE}&code_challenge_method={method}")).is_err(),
                "{method}"
            );
        }
        assert!(read("code_challenge=short&code_challenge_method=S256").is_err());
        assert!(read("code_challenge_method=S256").is_err());
    }
}
