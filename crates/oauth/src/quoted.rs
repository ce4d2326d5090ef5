//! Quoting: how much of what somebody sent is repeated to whoever reads an error, and in which spelling.
//!
//! An error names the value that is wrong so that a developer finds it. Who made the request is not always who reads the
//! answer: a link can carry a text to a person under this server's name. What is quoted is therefore short, stands between
//! quotes, holds nothing that could end them or form a sentence, and says when it was cut. What an operator reads, at a
//! terminal or in the log, is cut at the same place and keeps its letters.

use std::fmt::{self, Write};

/// At most so many characters are repeated.
const AT_MOST: usize = 60;

/// A value of a request, for a description. Written between quotes.
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'a>(pub &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('\'')?;
        for c in beginning(self.0).chars() {
            f.write_char(if c.is_ascii_graphic() && !matches!(c, '\'' | '"' | '\\') { c } else { '?' })?;
        }
        match self.0.chars().count() {
            0..=AT_MOST => f.write_char('\''),
            all => write!(f, "...' (cut: it has {all} characters)"),
        }
    }
}

/// The same for a refusal of a command, a file or the log, whose readers are operators: every letter that can be seen stands as
/// it is, everything else is spelled out (`\u{1b}`). Written between quotes.
#[derive(Clone, Copy, Debug)]
pub struct Excerpt<'a>(pub &'a str);

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", Bare(self.0))
    }
}

/// The same without the quotes, for a sentence that has its own, or that names a key.
#[derive(Clone, Copy, Debug)]
pub struct Bare<'a>(pub &'a str);

impl fmt::Display for Bare<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let beginning = beginning(self.0);
        fmt::Display::fmt(&beginning.escape_debug(), f)?;
        f.write_str(if beginning.len() < self.0.len() { "…" } else { "" })
    }
}

/// What is repeated of a text.
fn beginning(text: &str) -> &str {
    text.char_indices().nth(AT_MOST).map_or(text, |(end, _)| &text[..end])
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
    fn an_operator_reads_letters_and_nothing_that_moves_a_cursor() {
        assert_eq!(Excerpt("Ärzte für 日本語").to_string(), "\"Ärzte für 日本語\"");
        assert_eq!(Excerpt("a\u{1b}[2J\"b\u{202e}\n").to_string(), "\"a\\u{1b}[2J\\\"b\\u{202e}\\n\"");
        assert_eq!(Excerpt(&"ü".repeat(AT_MOST)).to_string(), format!("\"{}\"", "ü".repeat(AT_MOST)));
        assert_eq!(Excerpt(&"ü".repeat(5000)).to_string(), format!("\"{}…\"", "ü".repeat(AT_MOST)));
        assert_eq!(Bare(&"\u{1b}".repeat(5000)).to_string(), format!("{}…", "\\u{1b}".repeat(AT_MOST)));
    }

    #[test]
    fn what_is_long_is_cut_and_says_so() {
        let quoted = Quoted(&"x".repeat(2000)).to_string();
        assert_eq!(quoted, format!("'{}...' (cut: it has 2000 characters)", "x".repeat(AT_MOST)));
    }
}
