//! Secrets and keys that are given from outside instead of being made here: how few characters are too few.
//!
//! They are compared by their hash alone, and anybody may try one, so a short one is too easy to guess. What is made here has
//! 128 random bits. Passwords have a rule of their own ([`crate::account`]), and what falls to that is no secret either.

use std::collections::BTreeSet;

use crate::guessable::costs_less;
use crate::name::seen;

/// Characters that a given secret or key has at least, of those that can be seen.
pub const AT_LEAST: usize = 20;
/// How many of them are different at least. Of twenty random digits it is more.
pub const DIFFERENT_AT_LEAST: usize = 6;

/// Bits that a given secret costs at least. More than of a password, for nothing slows down who guesses at a stolen hash of it.
const BITS_AT_LEAST: u32 = 50;
/// What stands in examples where a secret is to be put.
const PLACEHOLDERS: [&str; 20] = [
    "api",
    "app",
    "change",
    "changeme",
    "client",
    "demo",
    "enter",
    "example",
    "here",
    "host",
    "insert",
    "key",
    "placeholder",
    "replace",
    "secret",
    "some",
    "super",
    "test",
    "with",
    "your",
];

/// Why a given secret is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnfitSecret {
    /// There is nothing in it: whoever sends nothing would have it.
    Empty,
    /// It is too easy to guess. An operator may take it all the same.
    Weak,
}

/// Looks at a given secret or key of something that has these names (`own`), which everybody knows: an app's client id and
/// name, the identifier of a resource.
///
/// # Errors
/// Why it is not taken.
pub fn check(text: &str, own: &[&str]) -> Result<(), UnfitSecret> {
    if text.trim().is_empty() {
        return Err(UnfitSecret::Empty);
    }
    let seen: String = seen(text).collect();
    let different = seen.chars().collect::<BTreeSet<_>>().len();
    let fits = seen.chars().count() >= AT_LEAST && different >= DIFFERENT_AT_LEAST;
    let known: Vec<&str> = own.iter().chain(&PLACEHOLDERS).copied().collect();
    if fits && !costs_less(&seen, &known, BITS_AT_LEAST) { Ok(()) } else { Err(UnfitSecret::Weak) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_characters_that_can_be_seen() {
        assert_eq!((check("", &[]), check(" \t ", &[])), (Err(UnfitSecret::Empty), Err(UnfitSecret::Empty)));
        let good = "k7qW9vTzhB2mXc4RdY6s";
        for (text, fits) in [
            ("k", false),
            (&good[..19], false),
            (good, true),
            (&good.repeat(3), true),
            ("ünlïke wörds ïn a röw", false),
            ("fünf ünlïke wörds ïn a röw", true),
            ("58209374615830472946", true),
            ("31415926535897932384", false),
            ("doubler-secret-of-a-test", true),
            ("my-dog-has-seven-paws-and-a-secret", true),
            (&format!("{}\u{200b}", &good[..19]), false),
            (&format!("{} \u{2800}\u{3164}", &good[..19]), false),
        ] {
            assert_eq!(check(text, &[]), if fits { Ok(()) } else { Err(UnfitSecret::Weak) }, "{text:?}");
        }
    }

    #[test]
    fn few_different_characters_and_what_is_guessed_first_are_weak() {
        for weak in [
            &"\u{200b}".repeat(20),
            &"a".repeat(24),
            &"ü".repeat(64),
            &"ab".repeat(32),
            "abbabaababbaabbabaababba",
            "00112233440011223344001122334400",
            &"abcdef".repeat(8),
            "123456789012345678901234567890",
            "abcdefghijklmnopqrstuvwxyz",
            "passwordpassword2024!",
            "your-client-secret-here",
            "YOUR_CLIENT_SECRET_HERE",
            "client_secret_change_me",
            "replace-me-with-a-secret",
            "my-client-secret-1234",
            "supersecretsupersecret1",
            "insert-your-host-key-here",
        ] {
            assert_eq!(check(weak, &[]), Err(UnfitSecret::Weak), "{weak:?}");
        }
    }

    #[test]
    fn what_its_owner_is_called_is_no_secret() {
        let own = ["calendar-sync-for-teams", "Kalender für Gruppen und Vereine"];
        for weak in [
            "calendar-sync-for-teams",
            "CALENDAR_SYNC_FOR_TEAMS",
            "calendarsyncforteams",
            "smaet-rof-cnys-radnelac",
            "calendar-sync-for-teams-calendar-sync-for-teams",
            "calendar-sync-for-teams12345678",
            "2026-calendar-sync-for-teams!!",
            "secret-of-calendar-sync-for-teams",
            "kalender für gruppen und vereine",
            "KalenderFürGruppenUndVereine1",
            "vereine-gruppen-kalender-2026",
        ] {
            assert_eq!(check(weak, &own), Err(UnfitSecret::Weak), "{weak:?}");
        }
        let other = ["k7qW9", "Board"];
        for good in ["k7qW9vTzhB2mXc4RdY6s", "board-7Hq2vXm9Lr4TzKp", "58209374615830472946"] {
            assert_eq!(check(good, &other), Ok(()), "{good:?}");
        }
        let long = "an-app-with-a-name-as-long-as-any-may-be-".repeat(6);
        assert_eq!(check(&long, &[&long]), Err(UnfitSecret::Weak));
    }
}
