//! Hashes of passwords and client secrets that another server made: which are understood, and what one may cost.
//!
//! The forms are those that people find in the tables of the server before: modular crypt ($2b$…), PHC strings, those of Django,
//! Passlib and Werkzeug, and plain SHA-256. Each is used once: whoever proves to know the text has it kept by our own hash from
//! then on. A hash whose parameters would take seconds or more than 128 MiB is refused when it is declared, not obeyed when
//! somebody signs in.

use std::num::NonZeroU32;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::pbkdf2;
use base64::Engine as _;
use base64::alphabet::{self, Alphabet};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use subtle::ConstantTimeEq;
use symbolon_oauth::credential::SecretHash;

use super::PasswordError;

/// Bytes a hash may use.
const MOST_MEMORY: u64 = 128 << 20;
/// 2^14 rounds of bcrypt are about a second.
const BCRYPT_COST: std::ops::RangeInclusive<u32> = 4..=14;
const MOST_PBKDF2_ROUNDS: u32 = 3_000_000;
/// Blocks of 128 bytes that scrypt mixes.
const MOST_SCRYPT_WORK: u64 = 1 << 21;
/// Passes of argon2 over a KiB.
const MOST_ARGON2_WORK: u64 = 10 * 64 * 1024;
const MOST_LANES: u32 = 16;
/// Bytes of a hash: fewer are found by trying, more are none.
const OUTPUT: std::ops::RangeInclusive<usize> = 16..=64;
/// Bytes of the whole text.
const TEXT_AT_MOST: usize = 1024;

/// Why a hash cannot be taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnfitHash {
    /// None of the forms.
    #[error(
        "it is no hash that is understood here: bcrypt ($2b$…), PBKDF2 (pbkdf2_sha256$…, $pbkdf2-sha256$…), scrypt, argon2 or \
         SHA-256 in hexadecimal, as the server before kept it"
    )]
    Form,
    /// One of them, cut short or damaged.
    #[error("it begins like a hash of {0} and is not a whole one: copy all of it")]
    Damaged(&'static str),
    /// Too dear.
    #[error(
        "checking it would take seconds, or more than 128 MiB: leave it out, and set a new one or let them be asked for one"
    )]
    Cost,
}

/// A hash that another server made.
#[derive(Clone, PartialEq, Eq)]
pub struct Foreign {
    how: How,
    output: Vec<u8>,
}

/// How it is computed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Digest {
    Sha1,
    Sha256,
    Sha512,
}

#[derive(Clone, PartialEq, Eq)]
enum How {
    Sha256,
    /// `hashed` is Django's way around the 72 bytes of bcrypt.
    Bcrypt {
        cost: u32,
        salt: [u8; 16],
        hashed: bool,
    },
    Pbkdf2 {
        digest: Digest,
        rounds: NonZeroU32,
        salt: Vec<u8>,
    },
    Scrypt {
        log_n: u8,
        r: u32,
        p: u32,
        salt: Vec<u8>,
    },
    Argon2 {
        algorithm: Algorithm,
        version: Version,
        params: Params,
        salt: Vec<u8>,
    },
}

impl Foreign {
    /// Understands a hash as the server before kept it.
    ///
    /// # Errors
    /// [`UnfitHash`].
    pub fn read(text: &str) -> Result<Foreign, UnfitHash> {
        if text.len() > TEXT_AT_MOST {
            return Err(UnfitHash::Form);
        }
        let (kind, read): (_, Option<Result<Foreign, UnfitHash>>) =
            match text.split(['$', ':']).collect::<Vec<_>>()[..] {
                ["", "2a" | "2b" | "2y", cost, rest] => ("bcrypt", bcrypt(cost, rest, false)),
                ["bcrypt", "", "2a" | "2b" | "2y", cost, rest] => ("bcrypt", bcrypt(cost, rest, false)),
                ["bcrypt_sha256", "", "2a" | "2b" | "2y", cost, rest] => ("bcrypt", bcrypt(cost, rest, true)),
                ["pbkdf2_sha256", rounds, salt, output] => {
                    ("PBKDF2", pbkdf2(Digest::Sha256, rounds, salt.as_bytes().to_vec(), decoded(output)))
                }
                ["pbkdf2_sha1", rounds, salt, output] => {
                    ("PBKDF2", pbkdf2(Digest::Sha1, rounds, salt.as_bytes().to_vec(), decoded(output)))
                }
                ["pbkdf2", digest, rounds, salt, output] => {
                    ("PBKDF2", werkzeug_pbkdf2(digest, rounds, (salt, output)))
                }
                ["", "pbkdf2", rounds, salt, output] => {
                    ("PBKDF2", passlib_pbkdf2(Digest::Sha1, rounds, (salt, output)))
                }
                ["", "pbkdf2-sha1", rounds, salt, output] => {
                    ("PBKDF2", passlib_pbkdf2(Digest::Sha1, rounds, (salt, output)))
                }
                ["", "pbkdf2-sha256", rounds, salt, output] => {
                    ("PBKDF2", passlib_pbkdf2(Digest::Sha256, rounds, (salt, output)))
                }
                ["", "pbkdf2-sha512", rounds, salt, output] => {
                    ("PBKDF2", passlib_pbkdf2(Digest::Sha512, rounds, (salt, output)))
                }
                ["", "scrypt", costs, salt, output] => ("scrypt", phc_scrypt(costs, salt, output)),
                // Django has the salt between its costs, Werkzeug after them.
                ["scrypt", n, salt, r, p, output] if text.starts_with("scrypt$") => {
                    ("scrypt", scrypt(log2(n), [r, p], salt.as_bytes().to_vec(), decoded(output)))
                }
                ["scrypt", n, r, p, salt, output] => {
                    ("scrypt", scrypt(log2(n), [r, p], salt.as_bytes().to_vec(), from_hex(output)))
                }
                ["", name @ ("argon2i" | "argon2d" | "argon2id"), ref rest @ ..]
                | ["argon2", name @ ("argon2i" | "argon2d" | "argon2id"), ref rest @ ..] => {
                    ("argon2", argon2(name, rest))
                }
                [hex] if hex.len() == 64 => {
                    ("SHA-256", from_hex(hex).map(|output| Ok(Foreign { how: How::Sha256, output })))
                }
                _ => return Err(UnfitHash::Form),
            };
        let foreign = read.unwrap_or(Err(UnfitHash::Damaged(kind)))?;
        if OUTPUT.contains(&foreign.output.len()) { Ok(foreign) } else { Err(UnfitHash::Damaged(kind)) }
    }

    /// What kind it is, for people.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.how {
            How::Sha256 => "SHA-256",
            How::Bcrypt { .. } => "bcrypt",
            How::Pbkdf2 { .. } => "PBKDF2",
            How::Scrypt { .. } => "scrypt",
            How::Argon2 { .. } => "argon2",
        }
    }

    /// The hash itself where it is of the kind by which our own secrets are kept: nothing needs to be computed for it.
    #[must_use]
    pub fn as_ours(&self) -> Option<SecretHash> {
        match self.how {
            How::Sha256 => self.output.as_slice().try_into().ok().map(SecretHash),
            How::Bcrypt { .. } | How::Pbkdf2 { .. } | How::Scrypt { .. } | How::Argon2 { .. } => None,
        }
    }

    /// Whether `text` is what was hashed. `blocks` is memory that argon2 may use.
    pub(super) fn admits(&self, text: &[u8], blocks: &mut Vec<Block>) -> Result<bool, PasswordError> {
        let mut output = vec![0; self.output.len()];
        match &self.how {
            How::Sha256 => output.copy_from_slice(&sha256(text)),
            How::Bcrypt { cost, salt, hashed } => {
                let mut key = if *hashed { hex(&sha256(text)).into_bytes() } else { text.to_vec() };
                key.push(0);
                key.truncate(72);
                output.copy_from_slice(&::bcrypt::bcrypt(*cost, *salt, &key)[..BCRYPT_OUTPUT]);
            }
            How::Pbkdf2 { digest, rounds, salt } => {
                let algorithm = match digest {
                    Digest::Sha1 => pbkdf2::PBKDF2_HMAC_SHA1,
                    Digest::Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
                    Digest::Sha512 => pbkdf2::PBKDF2_HMAC_SHA512,
                };
                pbkdf2::derive(algorithm, *rounds, salt, text, &mut output);
            }
            How::Scrypt { log_n, r, p, salt } => {
                let params = ::scrypt::Params::new(*log_n, *r, *p).map_err(|_| PasswordError::Failed)?;
                ::scrypt::scrypt(text, salt, &params, &mut output).map_err(|_| PasswordError::Failed)?;
            }
            How::Argon2 { algorithm, version, params, salt } => {
                let count = params.block_count();
                if blocks.len() < count {
                    blocks.resize(count, Block::default());
                }
                Argon2::new(*algorithm, *version, params.clone())
                    .hash_password_into_with_memory(text, salt, &mut output, &mut blocks[..count])
                    .map_err(|_| PasswordError::Failed)?;
            }
        }
        Ok(output.ct_eq(&self.output).into())
    }
}

type Read = Option<Result<Foreign, UnfitHash>>;

/// Bytes of bcrypt's output that are written.
const BCRYPT_OUTPUT: usize = 23;

/// Some exports pad their columns: what follows the 31 characters of the output is left alone, as Go's library does.
fn bcrypt(cost: &str, rest: &str, hashed: bool) -> Read {
    let cost = cost.parse().ok()?;
    let engine = lenient(&alphabet::BCRYPT);
    let salt = engine.decode(rest.get(..22)?).ok()?.try_into().ok()?;
    let output = engine.decode(rest.get(22..53)?).ok()?;
    if !BCRYPT_COST.contains(&cost) {
        return Some(Err(UnfitHash::Cost));
    }
    (output.len() == BCRYPT_OUTPUT).then_some(Ok(Foreign { how: How::Bcrypt { cost, salt, hashed }, output }))
}

fn pbkdf2(digest: Digest, rounds: &str, salt: Vec<u8>, output: Option<Vec<u8>>) -> Read {
    let (rounds, output): (NonZeroU32, _) = (rounds.parse().ok()?, output?);
    let width = match digest {
        Digest::Sha1 => 20,
        Digest::Sha256 => 32,
        Digest::Sha512 => 64,
    };
    let times = u32::try_from(output.len().div_ceil(width)).ok()?;
    if rounds.get().saturating_mul(times) > MOST_PBKDF2_ROUNDS {
        return Some(Err(UnfitHash::Cost));
    }
    Some(Ok(Foreign { how: How::Pbkdf2 { digest, rounds, salt }, output }))
}

fn werkzeug_pbkdf2(digest: &str, rounds: &str, (salt, output): (&str, &str)) -> Read {
    let digest = match digest {
        "sha1" => Digest::Sha1,
        "sha256" => Digest::Sha256,
        "sha512" => Digest::Sha512,
        _ => return None,
    };
    pbkdf2(digest, rounds, salt.as_bytes().to_vec(), from_hex(output))
}

/// Passlib writes the rounds as they are, a PHC string as `i=…,l=…`.
fn passlib_pbkdf2(digest: Digest, rounds: &str, (salt, output): (&str, &str)) -> Read {
    let rounds = match rounds.strip_prefix("i=") {
        Some(rest) => rest.split(',').next()?,
        None => rounds,
    };
    pbkdf2(digest, rounds, decoded(salt)?, decoded(output))
}

fn phc_scrypt(costs: &str, salt: &str, output: &str) -> Read {
    let mut costs = costs.split(',');
    let mut cost = |name: &str| costs.next()?.strip_prefix(name)?.strip_prefix('=');
    let (log_n, r, p) = (cost("ln")?.parse().ok()?, cost("r")?, cost("p")?);
    scrypt(Some(log_n), [r, p], decoded(salt)?, decoded(output))
}

fn scrypt(log_n: Option<u8>, [r, p]: [&str; 2], salt: Vec<u8>, output: Option<Vec<u8>>) -> Read {
    let (log_n, r, p): (_, u32, u32) = (log_n?, r.parse().ok()?, p.parse().ok()?);
    if log_n == 0 || r == 0 || p == 0 {
        return None;
    }
    let n = 1_u64.checked_shl(u32::from(log_n)).unwrap_or(u64::MAX);
    let blocks = n.saturating_mul(u64::from(r));
    if blocks.saturating_mul(128) > MOST_MEMORY || blocks.saturating_mul(u64::from(p)) > MOST_SCRYPT_WORK {
        return Some(Err(UnfitHash::Cost));
    }
    Some(Ok(Foreign { how: How::Scrypt { log_n, r, p, salt }, output: output? }))
}

fn log2(n: &str) -> Option<u8> {
    let n: u64 = n.parse().ok()?;
    n.is_power_of_two().then(|| u8::try_from(n.ilog2()).ok())?
}

fn argon2(name: &str, rest: &[&str]) -> Read {
    let algorithm = match name {
        "argon2i" => Algorithm::Argon2i,
        "argon2d" => Algorithm::Argon2d,
        _ => Algorithm::Argon2id,
    };
    // A hash of the first version does not say which.
    let (version, costs, salt, output) = match *rest {
        ["v=19", costs, salt, output] => (Version::V0x13, costs, salt, output),
        ["v=16", costs, salt, output] | [costs, salt, output] => (Version::V0x10, costs, salt, output),
        _ => return None,
    };
    let (mut m, mut t, mut p) = (None, None, None);
    for cost in costs.split(',') {
        let (name, value) = cost.split_once('=')?;
        let value: u32 = value.parse().ok()?;
        match name {
            "m" => m = Some(value),
            "t" => t = Some(value),
            "p" => p = Some(value),
            _ => return None,
        }
    }
    let (m, t, p) = (m?, t?, p?);
    let (memory, work) = (u64::from(m) * 1024, u64::from(m) * u64::from(t));
    if memory > MOST_MEMORY || work > MOST_ARGON2_WORK || p > MOST_LANES {
        return Some(Err(UnfitHash::Cost));
    }
    let output = decoded(output)?;
    let params = Params::new(m, t, p, Some(output.len())).ok()?;
    Some(Ok(Foreign { how: How::Argon2 { algorithm, version, params, salt: decoded(salt)? }, output }))
}

/// Some write the last character otherwise, and some pad.
fn lenient(alphabet: &Alphabet) -> GeneralPurpose {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(alphabet, config)
}

/// Base64; Passlib has a dot in the place of the plus.
fn decoded(text: &str) -> Option<Vec<u8>> {
    lenient(&alphabet::STANDARD).decode(text.replace('.', "+")).ok()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = text.as_bytes().chunks(2).map(|pair| match *pair {
        [high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    });
    pairs.collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sha256(text: &[u8]) -> [u8; 32] {
    let mut output = [0; 32];
    output.copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text).as_ref());
    output
}

#[cfg(test)]
mod tests;
