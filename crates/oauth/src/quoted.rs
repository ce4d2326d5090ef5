//! Quoting: how much of what somebody sent is repeated to whoever reads an error, and in which spelling.
//!
//! An error names the value that is wrong so that a developer finds it. Who made the request is not always who reads the
//! answer: a link can carry a text to a person under this server's name. What is quoted is therefore short, stands between
//! quotes, holds nothing that could end them or form a sentence, and says when it was cut.

use std::fmt::{self, Write};

/// At most so many characters are repeated.
const AT_MOST: usize = 60;

/// A value of a request, for a description. Written between quotes.
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'a>(pub &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('\'')?;
        for c in self.0.chars().take(AT_MOST) {
            f.write_char(if c.is_ascii_graphic() && !matches!(c, '\'' | '"' | '\\') { c } else { '?' })?;
        }
        match self.0.chars().count() {
            0..=AT_MOST => f.write_char('\''),
            all => write!(f, "...' (cut: it has {all} characters)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_named_as_it_is() {
        assert_eq!(Quoted("forms:read").to_string(), "'forms:read'");
        assert_eq!(Quoted(&"a".repeat(AT_MOST)).to_string(), format!("'{}'", "a".repeat(AT_MOST)));
        assert_eq!(Quoted("").to_string(), "''");
    }

    #[test]
    fn nothing_reads_as_a_sentence_or_leaves_its_quotes() {
        let said = "Your account is locked' call \"555\"\n\u{202e}\u{e9}\\";
        assert_eq!(Quoted(said).to_string(), "'Your?account?is?locked??call??555?????'");
    }

    #[test]
    fn what_is_long_is_cut_and_says_so() {
        let quoted = Quoted(&"x".repeat(2000)).to_string();
        assert_eq!(quoted, format!("'{}...' (cut: it has 2000 characters)", "x".repeat(AT_MOST)));
    }
}
