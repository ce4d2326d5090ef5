//! What may stand as a name on a page: of an app, of a publisher, of a person who signs up.
//!
//! A name is shown beside names of others, so it must not turn their letters around, hide letters of its own, or push
//! them off the page. Which letters it uses is not judged.

/// Characters a name has at most.
pub const AT_MOST: usize = 100;

/// Why a text cannot stand as a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnfitName {
    /// Nothing to read.
    #[error("is empty")]
    Empty,
    /// A character that cannot be seen, or that changes the direction of what stands beside it.
    #[error("holds the character U+{:04X}, which is invisible or turns text around", u32::from(*.0))]
    Hidden(char),
    /// Too long.
    #[error("is longer than {AT_MOST} characters")]
    Long,
}

/// Looks at a name.
///
/// # Errors
/// Why it does not fit.
pub fn check(name: &str) -> Result<(), UnfitName> {
    if name.trim().is_empty() {
        return Err(UnfitName::Empty);
    }
    if let Some(hidden) = name.chars().find(|c| is_hidden(*c)) {
        return Err(UnfitName::Hidden(hidden));
    }
    if name.chars().count() > AT_MOST { Err(UnfitName::Long) } else { Ok(()) }
}

/// Whether a character is a control, has no width, ends a line, or steers the direction of text (Unicode UAX #9).
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_names_of_every_script() {
        for name in [
            "Demo App",
            "Ärzte für Kinder",
            "日本語",
            "متجر",
            "🦊",
            "<script>",
            &"n".repeat(100),
            &"ü".repeat(100),
        ] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn l16_refuses_what_hides_or_turns_text() {
        for hidden in
            ['\0', '\n', '\u{7f}', '\u{85}', '\u{ad}', '\u{61c}', '\u{200b}', '\u{200f}', '\u{2028}']
                .into_iter()
                .chain(['\u{202e}', '\u{2060}', '\u{2066}', '\u{2069}', '\u{feff}', '\u{e0041}'])
        {
            assert_eq!(check(&format!("Pay{hidden}Pal")), Err(UnfitName::Hidden(hidden)), "{hidden:?}");
        }
        assert_eq!(
            UnfitName::Hidden('\u{202e}').to_string(),
            "holds the character U+202E, which is invisible or turns text around"
        );
    }

    #[test]
    fn l16_refuses_nothing_and_too_much() {
        for (name, why) in
            [("", UnfitName::Empty), ("  ", UnfitName::Empty), (&"n".repeat(101), UnfitName::Long)]
        {
            assert_eq!(check(name), Err(why), "{name}");
        }
    }
}
