//! The server's own secrets: master keys, and what is derived from them.
//!
//! Cookies, form tokens and sealed authorization requests are guarded by keys that HKDF-SHA256 (RFC 5869) derives from
//! the newest master key, each for one [`Purpose`], so that a value made for one can never pass for another. Sealing is
//! AES-256-GCM under a key of its own for each message, derived from sixteen random bytes that travel with it: random
//! nonces of the cipher itself would be too short for the number of forms a busy server seals.
//!
//! What is stored and must be readable again is sealed in one format ([`mod@column`]). Where master keys come from is said in
//! `master`. Losing them ends forms under way and makes every browser a stranger's; sealed columns are lost, and no stored
//! token was ever sealed under one.

pub mod column;
mod master;

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Prk, Salt};
use aws_lc_rs::hmac;
use symbolon_oauth::credential::Secret;
use zeroize::Zeroizing;

use self::column::ColumnKeys;
use self::master::NonEmpty;
use crate::clock::{Entropy, Unavailable};
use crate::config::SecretsSource;

pub use self::master::{add, create, write_private};

/// What a derived key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// An authorization request that travels with a browser until it is answered.
    Interaction,
    /// The hidden field of a form.
    Csrf,
    /// The mark of what a page showed.
    Shown,
    /// The cookie that tells a known browser from a stranger's.
    DeviceCookie,
    /// The hash of an address or account under which attempts are counted.
    Throttle,
    /// An app that one of its developers tries.
    Trial,
}

impl Purpose {
    const ALL: [Purpose; 6] = [
        Purpose::Interaction,
        Purpose::Csrf,
        Purpose::Shown,
        Purpose::DeviceCookie,
        Purpose::Throttle,
        Purpose::Trial,
    ];

    /// Part of the derivation: changing one makes a new key.
    fn label(self) -> &'static [u8] {
        match self {
            Purpose::Interaction => b"interaction",
            Purpose::Csrf => b"csrf",
            Purpose::Shown => b"shown",
            Purpose::DeviceCookie => b"device cookie",
            Purpose::Throttle => b"throttle",
            Purpose::Trial => b"trial",
        }
    }
}

/// Why the server has no keys: one sentence with the mend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct KeysError(String);

/// Keys for every purpose.
#[derive(Clone)]
pub struct Keys {
    root: Prk,
    macs: [hmac::Key; Purpose::ALL.len()],
    columns: ColumnKeys,
    entropy: Entropy,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(hidden)")
    }
}

impl Keys {
    /// Reads the master keys from where the configuration says, and makes one beside a SQLite database that has none.
    ///
    /// # Errors
    /// [`KeysError`] when there is none and none may be made, or one cannot be read or is none.
    pub fn load(source: &SecretsSource, entropy: Entropy) -> Result<Keys, KeysError> {
        Ok(Keys::of(master::load(source, &entropy)?, entropy))
    }

    /// Derives from these, the last of which is the newest.
    fn of(masters: NonEmpty, entropy: Entropy) -> Keys {
        let root = Salt::new(HKDF_SHA256, b"symbolon master key").extract(masters.newest().bytes());
        let macs = Purpose::ALL.map(|purpose| {
            hmac::Key::new(hmac::HMAC_SHA256, derive(&root, &[b"mac ", purpose.label()]).as_slice())
        });
        Keys { root, macs, columns: ColumnKeys::of(&masters), entropy }
    }

    /// What tells this master key from another one, and nothing more of it.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        derive(&self.root, &[b"fingerprint"])[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Encrypts and authenticates `plaintext`, and authenticates `associated_data`, which does not travel along.
    ///
    /// # Errors
    /// [`Unavailable`] without randomness.
    pub fn seal(
        &self,
        purpose: Purpose,
        plaintext: &[u8],
        associated_data: &[u8],
    ) -> Result<Vec<u8>, Unavailable> {
        let salt: [u8; SALT] = self.entropy.fill()?;
        let key = derive(&self.root, &[b"seal ", purpose.label(), &salt]);
        encrypt(&key, salt, plaintext, associated_data)
    }

    /// What was sealed, or `None` unless every bit is as it was, for this purpose and this associated data.
    #[must_use]
    pub fn open(&self, purpose: Purpose, sealed: &[u8], associated_data: &[u8]) -> Option<Vec<u8>> {
        let (salt, body) = split(sealed)?;
        let key = derive(&self.root, &[b"seal ", purpose.label(), salt]);
        decrypt(&key, body, associated_data)
    }

    /// A code that only this server can compute over `data`.
    #[must_use]
    pub fn mac(&self, purpose: Purpose, data: &[u8]) -> [u8; 32] {
        let mut code = [0; 32];
        code.copy_from_slice(hmac::sign(&self.macs[purpose as usize], data).as_ref());
        code
    }
}

/// Encrypts under a key that only the holder of `token` has: the server keeps the token's hash, so a stolen database
/// opens nothing.
///
/// # Errors
/// [`Unavailable`] without randomness.
pub fn seal_under(
    token: &Secret,
    plaintext: &[u8],
    associated_data: &[u8],
    entropy: &Entropy,
) -> Result<Vec<u8>, Unavailable> {
    let salt: [u8; SALT] = entropy.fill()?;
    encrypt(&token_key(token, &salt), salt, plaintext, associated_data)
}

/// Opens what [`seal_under`] sealed under the same token.
#[must_use]
pub fn open_under(token: &Secret, sealed: &[u8], associated_data: &[u8]) -> Option<Vec<u8>> {
    let (salt, body) = split(sealed)?;
    decrypt(&token_key(token, salt), body, associated_data)
}

fn token_key(token: &Secret, salt: &[u8]) -> Zeroizing<[u8; 32]> {
    derive(&Salt::new(HKDF_SHA256, salt).extract(token.expose().as_bytes()), &[b"sealed under a token"])
}

/// How many random bytes make a message's key its own.
const SALT: usize = 16;

fn derive(root: &Prk, info: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    let filled = root.expand(info, HKDF_SHA256).and_then(|okm| okm.fill(key.as_mut_slice()));
    debug_assert!(filled.is_ok(), "32 bytes are always within the limit of RFC 5869");
    key
}

fn cipher(key: &[u8; 32]) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, key).ok().map(LessSafeKey::new)
}

/// The nonce is constant because the key is used for one message only.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

fn encrypt(key: &[u8; 32], salt: [u8; SALT], plaintext: &[u8], data: &[u8]) -> Result<Vec<u8>, Unavailable> {
    let mut body = plaintext.to_vec();
    let cipher = cipher(key).ok_or(Unavailable)?;
    cipher.seal_in_place_append_tag(nonce(), Aad::from(data), &mut body).map_err(|_| Unavailable)?;
    let mut sealed = Vec::with_capacity(SALT + body.len());
    sealed.extend_from_slice(&salt);
    sealed.append(&mut body);
    Ok(sealed)
}

fn decrypt(key: &[u8; 32], body: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let mut body = body.to_vec();
    let length = cipher(key)?.open_in_place(nonce(), Aad::from(data), &mut body).ok()?.len();
    body.truncate(length);
    Some(body)
}

fn split(sealed: &[u8]) -> Option<(&[u8], &[u8])> {
    sealed.split_at_checked(SALT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(byte: u8) -> Keys {
        Keys::of(NonEmpty::only([byte; 32]), Entropy::seeded(byte.into()))
    }

    #[test]
    fn opens_what_it_sealed_and_nothing_that_was_touched() {
        let keys = keys(1);
        let sealed = keys.seal(Purpose::Interaction, b"request", b"cookie").unwrap();
        assert_eq!(sealed.len(), SALT + 7 + 16);
        assert_eq!(keys.open(Purpose::Interaction, &sealed, b"cookie").as_deref(), Some(&b"request"[..]));
        for at in 0..sealed.len() {
            let mut touched = sealed.clone();
            touched[at] ^= 1;
            assert_eq!(keys.open(Purpose::Interaction, &touched, b"cookie"), None, "byte {at}");
        }
        for length in 0..sealed.len() {
            assert_eq!(keys.open(Purpose::Interaction, &sealed[..length], b"cookie"), None);
        }
    }

    #[test]
    fn a_key_serves_one_purpose_one_context_and_one_server() {
        let sealed = keys(1).seal(Purpose::Interaction, b"request", b"cookie").unwrap();
        assert_eq!(keys(1).open(Purpose::Csrf, &sealed, b"cookie"), None);
        assert_eq!(keys(1).open(Purpose::Interaction, &sealed, b"other"), None);
        assert_eq!(keys(2).open(Purpose::Interaction, &sealed, b"cookie"), None);
        let keys = keys(1);
        assert_ne!(
            keys.seal(Purpose::Csrf, b"same", b"").unwrap(),
            keys.seal(Purpose::Csrf, b"same", b"").unwrap()
        );
        let code = keys.mac(Purpose::Csrf, b"session");
        assert_eq!(keys.mac(Purpose::Csrf, b"session"), code);
        assert_ne!(keys.mac(Purpose::Csrf, b"sessiom"), code);
        assert_ne!(keys.mac(Purpose::DeviceCookie, b"session"), code);
        assert_eq!(Purpose::ALL.map(|purpose| purpose as usize), [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn a_token_opens_what_was_sealed_under_it() {
        let (token, other) = (Secret::given("acme_rt_live_a"), Secret::given("acme_rt_live_b"));
        let sealed = seal_under(&token, b"successor", b"family", &Entropy::seeded(1)).unwrap();
        assert_eq!(open_under(&token, &sealed, b"family").as_deref(), Some(&b"successor"[..]));
        assert_eq!(open_under(&other, &sealed, b"family"), None);
        assert_eq!(open_under(&token, &sealed, b"other"), None);
        assert_eq!(open_under(&token, &[], b"family"), None);
    }
}
