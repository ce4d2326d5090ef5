//! Scopes and scope sets (RFC 6749 §3.3).
//!
//! A set is kept as its wire text: unique scope tokens in order, joined by one space. Sets are small, so membership
//! is a walk; nothing is allocated per scope. Comparison is exact and case-sensitive: no prefixes, no wildcards.

use std::fmt;

/// An ordered set of scopes.
#[derive(Clone, Debug, PartialEq, Eq, Default, Hash)]
pub struct ScopeSet(String);

/// Why a text is not a scope set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// A character outside `%x21 / %x23-5B / %x5D-7E` (RFC 6749 §3.3).
    #[error("a scope holds a character that is not allowed (RFC 6749 section 3.3)")]
    Character,
    /// More scopes than any request needs.
    #[error("too many scopes in one request")]
    TooMany,
}

const MOST: usize = 256;

impl ScopeSet {
    /// The empty set.
    #[must_use]
    pub fn new() -> ScopeSet {
        ScopeSet::default()
    }

    /// Reads scopes separated by spaces.
    ///
    /// # Errors
    /// [`ScopeError`] when a character or the number of scopes is out of bounds.
    pub fn parse(text: &str) -> Result<ScopeSet, ScopeError> {
        ScopeSet::parse_separated(text, &[' '])
    }

    /// Reads scopes separated by any of `separators` (dialects may use commas).
    ///
    /// # Errors
    /// [`ScopeError`] when a character or the number of scopes is out of bounds.
    pub fn parse_separated(text: &str, separators: &[char]) -> Result<ScopeSet, ScopeError> {
        let mut set = ScopeSet::new();
        let mut count = 0;
        for scope in text.split(separators).filter(|scope| !scope.is_empty()) {
            count += 1;
            if count > MOST {
                return Err(ScopeError::TooMany);
            }
            if !is_scope_token(scope) {
                return Err(ScopeError::Character);
            }
            set.insert(scope);
        }
        Ok(set)
    }

    /// Takes a text that this type wrote earlier (a stored row).
    #[must_use]
    pub fn from_stored(text: String) -> ScopeSet {
        ScopeSet(text)
    }

    /// The scopes joined by a space, as stored and as sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is no scope.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each scope, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split(' ').filter(|scope| !scope.is_empty())
    }

    /// Whether `scope` is in the set, exactly.
    #[must_use]
    pub fn contains(&self, scope: &str) -> bool {
        self.iter().any(|own| own == scope)
    }

    /// Whether every scope of `other` is here.
    #[must_use]
    pub fn contains_all(&self, other: &ScopeSet) -> bool {
        self.0 == other.0 || other.iter().all(|scope| self.contains(scope))
    }

    /// Adds a scope at the end unless it is there.
    pub fn insert(&mut self, scope: &str) {
        if !self.contains(scope) {
            if !self.0.is_empty() {
                self.0.push(' ');
            }
            self.0.push_str(scope);
        }
    }

    /// The scopes for which `keep` holds, in order.
    #[must_use]
    pub fn filter(&self, mut keep: impl FnMut(&str) -> bool) -> ScopeSet {
        let mut kept = ScopeSet::new();
        self.iter().filter(|scope| keep(scope)).for_each(|scope| kept.insert(scope));
        kept
    }

    /// The scopes that are in both, in this set's order.
    #[must_use]
    pub fn intersection(&self, other: &ScopeSet) -> ScopeSet {
        if self.0 == other.0 { self.clone() } else { self.filter(|scope| other.contains(scope)) }
    }

    /// The scopes of both, this set's first.
    #[must_use]
    pub fn union(&self, other: &ScopeSet) -> ScopeSet {
        let mut all = self.clone();
        other.iter().for_each(|scope| all.insert(scope));
        all
    }

    /// The scopes that are here and not in `other`.
    #[must_use]
    pub fn difference(&self, other: &ScopeSet) -> ScopeSet {
        self.filter(|scope| !other.contains(scope))
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'a> FromIterator<&'a str> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = &'a str>>(scopes: I) -> Self {
        let mut set = ScopeSet::new();
        scopes.into_iter().for_each(|scope| set.insert(scope));
        set
    }
}

/// Whether a text is one scope token (RFC 6749 §3.3).
#[must_use]
pub fn is_scope_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set(text: &str) -> ScopeSet {
        ScopeSet::parse(text).unwrap_or_default()
    }

    #[test]
    fn keeps_order_and_drops_repeats() {
        assert_eq!(set("b a  b").as_str(), "b a");
        assert_eq!(ScopeSet::parse_separated("A,B C", &[' ', ',']).map(|s| s.0), Ok("A B C".to_owned()));
    }

    #[test]
    fn refuses_control_quote_backslash_and_non_ascii() {
        for wrong in ["a\nb", "a\"b", "a\\b", "é"] {
            assert_eq!(ScopeSet::parse(wrong), Err(ScopeError::Character), "{wrong}");
        }
        let many: String = (0..5000).map(|n| format!("s{n} ")).collect();
        assert_eq!(ScopeSet::parse(&many), Err(ScopeError::TooMany));
    }

    #[test]
    fn matches_exactly_only() {
        assert!(!set("read").contains("read:billing"));
        assert!(!set("read:billing").contains("read"));
        assert!(!set("READ").contains("read"));
    }

    proptest! {
        #[test]
        fn an_intersection_never_widens(a in "[a-c ]{0,12}", b in "[a-c ]{0,12}") {
            let (a, b) = (set(&a), set(&b));
            let both = a.intersection(&b);
            prop_assert!(a.contains_all(&both) && b.contains_all(&both));
            prop_assert!(a.union(&b).contains_all(&a));
            prop_assert!(a.difference(&b).intersection(&b).is_empty());
        }
    }
}
