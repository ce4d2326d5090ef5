//! Credentials: the format of each that this server hands out, and nothing about what it allows.
//!
//! `<prefix>_<kind>_<env>_<43 base62><6 base62 CRC32>`: the 43 characters are 32 bytes, big-endian, of which the
//! first sixteen are the time-ordered identifier of the row and the last sixteen are random. The CRC32 (IEEE) covers
//! everything before it, so a mistyped or invented credential is refused before any look-up. Only the SHA-256 of
//! the whole text is ever stored; [`Secret`] prints as its prefix only. The last four bytes of a refresh token are its
//! family's [`Mark`], which all its refresh tokens share, so that one that was issued is told from one that was made up.

use std::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What a credential is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `at`
    AccessToken,
    /// `rt`
    RefreshToken,
    /// `cs`
    ClientSecret,
    /// `pat`
    PersonalKey,
    /// `key`
    TenantKey,
    /// `hk`
    HostKey,
    /// `ac`
    AuthorizationCode,
}

impl Kind {
    const ALL: [Kind; 7] = [
        Kind::AccessToken,
        Kind::RefreshToken,
        Kind::ClientSecret,
        Kind::PersonalKey,
        Kind::TenantKey,
        Kind::HostKey,
        Kind::AuthorizationCode,
    ];

    /// The short name inside the credential.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::AccessToken => "at",
            Kind::RefreshToken => "rt",
            Kind::ClientSecret => "cs",
            Kind::PersonalKey => "pat",
            Kind::TenantKey => "key",
            Kind::HostKey => "hk",
            Kind::AuthorizationCode => "ac",
        }
    }
}

/// Whether a credential opens real data or test data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Environment {
    /// `live`
    Live,
    /// `test`
    Test,
}

impl Environment {
    /// The short name inside the credential.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Environment::Live => "live",
            Environment::Test => "test",
        }
    }
}

/// The last four bytes of a refresh token: drawn with the first of a family, and the same in every one after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark(pub u32);

impl Mark {
    /// The mark in the bytes of a credential.
    #[must_use]
    pub fn of(bytes: &[u8; 32]) -> Mark {
        Mark(u32::from_be_bytes([bytes[28], bytes[29], bytes[30], bytes[31]]))
    }

    /// Makes it the mark of these bytes.
    pub fn write(self, bytes: &mut [u8; 32]) {
        bytes[28..].copy_from_slice(&self.0.to_be_bytes());
    }
}

/// SHA-256 of a whole credential: the only form that is stored.
#[derive(Clone, Copy, Debug, Eq)]
pub struct SecretHash(pub [u8; 32]);

impl SecretHash {
    /// Hashes a credential as it was presented.
    #[must_use]
    pub fn of(credential: &str) -> SecretHash {
        SecretHash(Sha256::digest(credential.as_bytes()).into())
    }
}

/// In constant time.
impl PartialEq for SecretHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// A credential in the clear, between minting and writing. `Debug` shows its prefix only.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Writes `bytes` (identifier, then secret) in the format of this module.
    #[must_use]
    pub fn mint(prefix: &str, kind: Kind, environment: Environment, bytes: [u8; 32]) -> Secret {
        let mut text = String::with_capacity(prefix.len() + 60);
        for part in [prefix, kind.as_str(), environment.as_str()] {
            text.push_str(part);
            text.push('_');
        }
        push_base62(&mut text, bytes);
        let checksum = crc32(text.as_bytes());
        push_checksum(&mut text, checksum);
        Secret(text)
    }

    /// A value given from outside (a declared state), taken as it is.
    #[must_use]
    pub fn given(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The text itself, for the one answer that shows it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The text itself, moved out, for the one answer that shows it.
    #[must_use]
    pub fn into_exposed(self) -> String {
        self.0
    }

    /// The stored form.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(&self.0)
    }

    /// The last characters, four of a long one, shown beside a stored secret so that people can tell two apart. Never more
    /// than a quarter.
    #[must_use]
    pub fn hint(&self) -> &str {
        let mut start = self.0.len() - (self.0.len() / 4).min(4);
        while !self.0.is_char_boundary(start) {
            start += 1;
        }
        &self.0[start..]
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.rmatch_indices('_').next().map_or("", |(at, _)| &self.0[..=at]);
        write!(f, "Secret({shown}…)")
    }
}

/// A well-formed credential as presented: which row it names, and the hash to compare there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presented {
    /// What it claims to be.
    pub kind: Kind,
    /// Live or test.
    pub environment: Environment,
    /// The identifier of its row.
    pub id: [u8; 16],
    /// Its last bytes, which say of a refresh token to which family it belongs.
    pub mark: Mark,
    /// SHA-256 of the whole text.
    pub hash: SecretHash,
}

impl Presented {
    /// Reads a credential; `None` unless its form and checksum are right. Any prefix is accepted: it is part of
    /// what is hashed, so a changed one cannot match a row.
    #[must_use]
    pub fn parse(text: &str) -> Option<Presented> {
        if !text.is_ascii() || text.len() < 49 + 8 || text.len() > 128 {
            return None;
        }
        let (head, body) = text.split_at(text.len() - 49);
        let mut parts = head.strip_suffix('_')?.rsplitn(3, '_');
        let environment = match parts.next()? {
            "live" => Environment::Live,
            "test" => Environment::Test,
            _ => return None,
        };
        let kind_name = parts.next()?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.as_str() == kind_name)?;
        parts.next().filter(|prefix| !prefix.is_empty())?;
        let mut checksum = String::with_capacity(6);
        push_checksum(&mut checksum, crc32(&text.as_bytes()[..text.len() - 6]));
        if checksum.as_bytes() != &body.as_bytes()[43..] {
            return None;
        }
        let bytes = parse_base62(&body.as_bytes()[..43])?;
        let mut id = [0; 16];
        id.copy_from_slice(&bytes[..16]);
        Some(Presented { kind, environment, id, mark: Mark::of(&bytes), hash: SecretHash::of(text) })
    }
}

/// Whether a text has the form, the checksum too, of what this server makes of this kind. What is stored and has it holds
/// 128 random bits, so nobody finds it by trying; whether this one is stored, the form does not say.
#[must_use]
pub fn is_minted(text: &str, kind: Kind) -> bool {
    Presented::parse(text).is_some_and(|presented| presented.kind == kind)
}

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Digits that are read or written at a time: 62^5 and a limb have room in 64 bits.
const AT_A_TIME: usize = 5;

fn push_base62(text: &mut String, bytes: [u8; 32]) {
    let mut limbs = [0_u32; 8];
    for (limb, four) in limbs.iter_mut().zip(bytes.chunks_exact(4)) {
        *limb = u32::from_be_bytes([four[0], four[1], four[2], four[3]]);
    }
    let mut digits = [b'0'; 45];
    for group in digits.chunks_exact_mut(AT_A_TIME).rev() {
        let mut remainder = divide(&mut limbs);
        for digit in group.iter_mut().rev() {
            *digit = ALPHABET[(remainder % 62) as usize];
            remainder /= 62;
        }
    }
    text.push_str(str::from_utf8(&digits[2..]).unwrap_or_default());
}

/// Divides the big-endian number in `limbs` by 62^5, leaving the quotient there and answering the remainder.
fn divide(limbs: &mut [u32; 8]) -> u32 {
    const DIVISOR: u64 = 62_u64.pow(AT_A_TIME as u32);
    let mut remainder: u64 = 0;
    for limb in limbs {
        let value = (remainder << 32) | u64::from(*limb);
        *limb = (value / DIVISOR) as u32;
        remainder = value % DIVISOR;
    }
    remainder as u32
}

fn parse_base62(digits: &[u8]) -> Option<[u8; 32]> {
    let mut limbs = [0_u32; 8];
    let (first, rest) = digits.split_at(digits.len() % AT_A_TIME);
    for group in std::iter::once(first).chain(rest.chunks_exact(AT_A_TIME)) {
        let (mut factor, mut carry) = (1, 0);
        for &digit in group {
            let value = match digit {
                b'0'..=b'9' => digit - b'0',
                b'A'..=b'Z' => digit - b'A' + 10,
                b'a'..=b'z' => digit - b'a' + 36,
                _ => return None,
            };
            factor *= 62;
            carry = carry * 62 + u64::from(value);
        }
        for limb in limbs.iter_mut().rev() {
            let product = u64::from(*limb) * factor + carry;
            *limb = product as u32;
            carry = product >> 32;
        }
        if carry != 0 {
            return None;
        }
    }
    let mut bytes = [0; 32];
    for (four, limb) in bytes.chunks_exact_mut(4).zip(limbs) {
        four.copy_from_slice(&limb.to_be_bytes());
    }
    Some(bytes)
}

fn push_checksum(text: &mut String, mut checksum: u32) {
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(checksum % 62) as usize];
        checksum /= 62;
    }
    text.push_str(str::from_utf8(&digits).unwrap_or_default());
}

const CRC_TABLE: [u32; 256] = {
    let mut table = [0_u32; 256];
    let mut i = 0;
    while i < 256 {
        let mut value = i as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { 0xedb8_8320 ^ (value >> 1) } else { value >> 1 };
            bit += 1;
        }
        table[i] = value;
        i += 1;
    }
    table
};

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| CRC_TABLE[((crc ^ u32::from(byte)) & 0xff) as usize] ^ (crc >> 8))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counting() -> [u8; 32] {
        std::array::from_fn(|i| i as u8)
    }

    #[test]
    fn writes_the_published_vectors() {
        let at = Secret::mint("acme", Kind::AccessToken, Environment::Live, counting());
        assert_eq!(at.expose(), "acme_at_live_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf0dCmIx");
        let pat = Secret::mint("acme", Kind::PersonalKey, Environment::Live, counting());
        assert_eq!(pat.expose(), "acme_pat_live_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf3LUOPB");
        let rt = Secret::mint("acme", Kind::RefreshToken, Environment::Test, [0xff; 32]);
        assert_eq!(rt.expose(), "acme_rt_test_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp10pvsO8");
    }

    #[test]
    fn refuses_a_flipped_character_anywhere() {
        let text = Secret::mint("acme", Kind::AccessToken, Environment::Live, counting()).into_exposed();
        assert!(Presented::parse(&text).is_some());
        for at in 0..text.len() {
            let mut wrong = text.clone().into_bytes();
            wrong[at] = if wrong[at] == b'x' { b'y' } else { b'x' };
            let wrong = String::from_utf8(wrong).unwrap_or_default();
            assert_eq!(Presented::parse(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn refuses_a_number_beyond_32_bytes() {
        let mut text = String::from("acme_at_live_");
        text.push_str(&"z".repeat(43));
        let checksum = crc32(text.as_bytes());
        push_checksum(&mut text, checksum);
        assert_eq!(Presented::parse(&text), None);
    }

    #[test]
    fn prints_no_secret() {
        let secret = Secret::mint("acme", Kind::ClientSecret, Environment::Live, counting());
        assert_eq!(format!("{secret:?}"), "Secret(acme_cs_live_…)");
        assert_eq!(format!("{:?}", Secret::given("hunter2")), "Secret(…)");
    }

    proptest! {
        #[test]
        fn reads_back_every_value(bytes: [u8; 32]) {
            let secret = Secret::mint("my_brand", Kind::HostKey, Environment::Live, bytes);
            let presented = Presented::parse(secret.expose());
            prop_assert_eq!(presented.map(|p| p.id.to_vec()), Some(bytes[..16].to_vec()));
            prop_assert_eq!(presented.map(|p| p.hash), Some(secret.hash()));
        }

        #[test]
        fn never_panics(text: String) {
            let _ = Presented::parse(&text);
        }
    }
}
