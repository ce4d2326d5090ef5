//! Times and lifetimes as the core sees them.
//!
//! A [`Timestamp`] is a *value* handed in by the caller; nothing here reads a clock. Stored and compared in
//! integer milliseconds since the Unix epoch, rendered as each answer wants it.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

use crate::quoted::Bare;

/// How far ahead another node's clock may be, in milliseconds: a moment that one of our own nodes wrote may lie so far ahead
/// of this clock. Nothing lives longer for it.
pub const CLOCK_TOLERANCE: i64 = 60_000;

/// Milliseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Whole seconds since the Unix epoch, rounded down.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This time moved by `lifetime`, or `None` when it never ends.
    #[must_use]
    pub fn after(self, lifetime: Lifetime) -> Option<Timestamp> {
        lifetime.0.map(|milliseconds| Timestamp(self.0.saturating_add(milliseconds)))
    }

    /// The first moment after this one.
    #[must_use]
    pub fn next(self) -> Timestamp {
        Timestamp(self.0.saturating_add(1))
    }

    /// Milliseconds from `earlier` to here; negative when `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Timestamp) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// The earlier of two ends, of which either may be missing (never).
#[must_use]
pub fn earliest(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// The later of two ends, of which either may be missing (never).
#[must_use]
pub fn latest(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    Some(a?.max(b?))
}

/// How long something lasts: milliseconds, or without end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime(Option<i64>);

impl Lifetime {
    /// Lasts until it is ended.
    pub const NEVER: Lifetime = Lifetime(None);

    /// A lifetime of whole seconds.
    #[must_use]
    pub const fn seconds(seconds: i64) -> Lifetime {
        Lifetime(Some(seconds * 1000))
    }

    /// Milliseconds, or `None` when it never ends.
    #[must_use]
    pub fn milliseconds(self) -> Option<i64> {
        self.0
    }

    /// Reads the configuration's spelling: `"60s"`, `"10m"`, `"1h"`, `"30d"`, `"never"`.
    ///
    /// # Errors
    /// A sentence that says what is accepted.
    pub fn parse(text: &str) -> Result<Lifetime, String> {
        if text == "never" {
            return Ok(Lifetime::NEVER);
        }
        let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (digits, unit) = text.split_at(split);
        let factor: i64 = match unit {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => 0,
        };
        match digits.parse::<i64>() {
            Ok(count) if factor > 0 && count <= i64::MAX / factor / 1000 => {
                Ok(Lifetime(Some(count * factor)))
            }
            _ => Err(format!(
                "'{}' is not a duration: write for example \"90s\", \"10m\", \"12h\", \"30d\" or \"never\"",
                Bare(text)
            )),
        }
    }
}

impl<'de> Deserialize<'de> for Lifetime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Spelling;
        impl de::Visitor<'_> for Spelling {
            type Value = Lifetime;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a duration such as \"90s\", \"10m\", \"12h\", \"30d\" or \"never\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Lifetime, E> {
                Lifetime::parse(text).map_err(de::Error::custom)
            }
        }
        deserializer.deserialize_str(Spelling)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_unit_and_refuses_the_rest() {
        assert_eq!(Lifetime::parse("90s"), Ok(Lifetime::seconds(90)));
        assert_eq!(Lifetime::parse("10m"), Ok(Lifetime::seconds(600)));
        assert_eq!(Lifetime::parse("30d"), Ok(Lifetime::seconds(2_592_000)));
        assert_eq!(Lifetime::parse("never"), Ok(Lifetime::NEVER));
        for wrong in ["", "10", "s", "-1s", "1w", "99999999999999999999d", "9999999999999d"] {
            assert!(Lifetime::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_lifetime_without_end_has_no_end() {
        assert_eq!(Timestamp(5).after(Lifetime::NEVER), None);
        assert_eq!(Timestamp(5).after(Lifetime::seconds(1)), Some(Timestamp(1005)));
    }
}
