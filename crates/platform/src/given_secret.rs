//! Secrets and keys that are given from outside instead of being made here: how few characters are too few.
//!
//! They are compared by their hash alone, and anybody may try one, so a short one is found by trying. What is made here has
//! 128 random bits. Passwords have a rule of their own ([`crate::account`]).

/// Characters that a given secret or key has at least.
pub const AT_LEAST: usize = 20;

/// Why a given secret is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnfitSecret {
    /// There is nothing in it: whoever sends nothing would have it.
    Empty,
    /// It can be found by trying. An operator may take it all the same.
    Weak,
}

/// Looks at a given secret or key.
///
/// # Errors
/// Why it is not taken.
pub fn check(text: &str) -> Result<(), UnfitSecret> {
    if text.trim().is_empty() {
        return Err(UnfitSecret::Empty);
    }
    if text.chars().count() < AT_LEAST { Err(UnfitSecret::Weak) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_characters() {
        assert_eq!((check(""), check(" \t ")), (Err(UnfitSecret::Empty), Err(UnfitSecret::Empty)));
        for (length, fits) in
            [(1, Err(UnfitSecret::Weak)), (19, Err(UnfitSecret::Weak)), (20, Ok(())), (64, Ok(()))]
        {
            assert_eq!((check(&"s".repeat(length)), check(&"ü".repeat(length))), (fits, fits), "{length}");
        }
    }
}
