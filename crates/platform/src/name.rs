//! What may stand as a name (of an app, a tenant, a person, a scope, a role), what as a sentence about it, and what as an
//! identifier: one rule for every door that takes one, be it a file, a command, a form or a setting.
//!
//! A name is shown beside names of others, on pages and in terminals, so it must not turn their letters around, hide letters
//! of its own, move the cursor, or push them off the page. Which letters it uses is not judged. What is stored may be older
//! than the rule: whoever writes to a terminal takes [`escaped`].

use std::borrow::Cow;

use symbolon_oauth::quoted::Excerpt;
use unicode_normalization::char::is_combining_mark;

/// Characters a name has at most.
pub const AT_MOST: usize = 100;
/// Characters a sentence has at most.
pub const SENTENCE_AT_MOST: usize = 500;

/// Combining marks that one letter carries at most: more than any script writes, and too few to reach over other lines.
const MARKS_AT_MOST: usize = 6;

/// Why a text cannot stand as a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnfitName {
    /// Nothing to see.
    #[error("is empty")]
    Empty,
    /// A character that cannot be seen, or that changes the direction of what stands beside it.
    #[error("holds the character U+{:04X}, which is invisible or turns text around", u32::from(*.0))]
    Hidden(char),
    /// Too long.
    #[error("is longer than {0} characters")]
    Long(usize),
    /// More combining marks in a row than a letter carries.
    #[error(
        "holds more than {MARKS_AT_MOST} combining marks in a row, which reach over what stands beside it"
    )]
    Stacked,
}

/// How the `sub` of an app that acts as itself begins.
pub const APP: &str = "app:";
/// How the `sub` of an installation begins.
pub const INSTALLATION: &str = "inst_";
/// How no person's and no tenant's identifier begins, in whatever case, so that nobody's `sub` is that of an app or an
/// installation, nor is taken for it where case does not count.
pub const RESERVED: [&str; 2] = [APP, INSTALLATION];

/// Why a text cannot identify anything, or not this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnfitIdentifier {
    /// Not of the form of an identifier.
    #[error("{} cannot be an identifier: use 1 to 200 ASCII characters without blanks", Excerpt(.0))]
    Form(String),
    /// It begins as the `sub` of something else.
    #[error(
        "{} cannot be the identifier of a person or a tenant: what begins with \"{APP}\" or \"{INSTALLATION}\" is \
         the `sub` of an app or an installation, in capitals too; choose another",
        Excerpt(.0)
    )]
    Reserved(String),
}

/// Looks at what something is called by machines: a client id, the key of a role.
///
/// # Errors
/// When it is no identifier.
pub fn check_identifier(id: &str) -> Result<(), UnfitIdentifier> {
    let fits = (1..=200).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(()) } else { Err(UnfitIdentifier::Form(id.to_owned())) }
}

/// Looks at the host's identifier of a person or a tenant.
///
/// # Errors
/// When it is none, or could be taken for the `sub` of an app or an installation.
pub fn check_external_id(id: &str) -> Result<(), UnfitIdentifier> {
    check_identifier(id)?;
    let begins =
        |beginning: &&str| id.get(..beginning.len()).is_some_and(|own| own.eq_ignore_ascii_case(beginning));
    let reserved = RESERVED.iter().any(begins);
    if reserved { Err(UnfitIdentifier::Reserved(id.to_owned())) } else { Ok(()) }
}

/// Looks at a name.
///
/// # Errors
/// Why it does not fit.
pub fn check(name: &str) -> Result<(), UnfitName> {
    if let Some(hidden) = name.chars().find(|c| is_hidden(*c)) {
        return Err(UnfitName::Hidden(hidden));
    }
    if seen(name).next().is_none() {
        return Err(UnfitName::Empty);
    }
    short(name, AT_MOST)?;
    unstacked(name)
}

/// Looks at a sentence that explains what has a name. It may be empty.
///
/// # Errors
/// Why it does not fit.
pub fn check_sentence(text: &str) -> Result<(), UnfitName> {
    match text.chars().find(|c| is_hidden(*c)) {
        Some(hidden) => Err(UnfitName::Hidden(hidden)),
        None => short(text, SENTENCE_AT_MOST).and_then(|()| unstacked(text)),
    }
}

fn unstacked(text: &str) -> Result<(), UnfitName> {
    if is_stacked(text) { Err(UnfitName::Stacked) } else { Ok(()) }
}

/// Whether more combining marks stand in a row than a letter carries.
#[must_use]
pub fn is_stacked(text: &str) -> bool {
    let mut run = 0;
    text.chars().any(|c| {
        run = if is_combining_mark(c) { run + 1 } else { 0 };
        run > MARKS_AT_MOST
    })
}

fn short(text: &str, at_most: usize) -> Result<(), UnfitName> {
    if text.chars().count() > at_most { Err(UnfitName::Long(at_most)) } else { Ok(()) }
}

/// A text as a terminal can be given it: what is hidden is spelled out (`\u{1b}`).
#[must_use]
pub fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_hidden(c) { plain.extend(c.escape_unicode()) } else { plain.push(c) }
    }
    Cow::Owned(plain)
}

/// Whether a character is a control, has no width, looks like a blank though it is a letter or a sign, ends a line, or steers
/// the direction of text (Unicode UAX #9). What picks the coloured form of an emoji (U+FE0F) is none of these.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
                | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0e}' | '\u{feff}'
                | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{16fe4}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d159}'
                | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// The characters of a text that leave something to see by themselves.
pub(crate) fn seen(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|&c| !is_hidden(c) && !c.is_whitespace() && c != '\u{fe0f}')
}

/// A text that somebody chose, as it stands in a mail: no program that shows mail takes any of it for an address of the web or
/// of a mailbox and makes a link of it. What such an address cannot do without gets a space, so it can still be read.
#[must_use]
pub fn without_links(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        let ends = matches!(
            letter,
            '.' | ':' | '@' | '\u{3002}' | '\u{ff0e}' | '\u{ff20}' | '\u{ff1a}' | '\u{2024}'
        );
        safe.push(letter);
        if ends && rest.peek().is_some_and(|next| !next.is_whitespace()) {
            safe.push(' ');
        }
    }
    safe
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
            "I \u{2764}\u{fe0f} forms",
            "한국어",
            "ខ្មែរ",
            "<script>",
            "ကြွှေ့",
            "הַשָּׁלוֹם",
            "e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}",
            &"n".repeat(100),
            &"ü".repeat(100),
        ] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn nobody_is_called_as_an_app_or_an_installation_is() {
        for id in
            ["app:board", "app:", "inst_01a22a9c9fc07425a053b418935e42a5", "inst_", "App:board", "INST_x"]
        {
            assert_eq!(check_external_id(id), Err(UnfitIdentifier::Reserved(id.to_owned())), "{id}");
            assert_eq!(check_identifier(id), Ok(()), "{id} names an app or a role");
        }
        for id in ["u-jane", "app", "apple:1", "x-App:board", "inst-7", "institute_1", "x-app:board"] {
            assert_eq!(check_external_id(id), Ok(()), "{id}");
        }
        assert_eq!(check_external_id("a b"), Err(UnfitIdentifier::Form("a b".to_owned())));
    }

    #[test]
    fn l16_refuses_what_hides_or_turns_text() {
        for hidden in
            ['\0', '\n', '\u{7f}', '\u{85}', '\u{ad}', '\u{61c}', '\u{200b}', '\u{200f}', '\u{2028}']
                .into_iter()
                .chain(['\u{202e}', '\u{2060}', '\u{2066}', '\u{2069}', '\u{feff}', '\u{e0041}'])
                .chain(['\u{34f}', '\u{115f}', '\u{1160}', '\u{17b4}', '\u{17b5}', '\u{180e}', '\u{3164}'])
                .chain(['\u{fe00}', '\u{fe0e}', '\u{ffa0}', '\u{e0100}', '\u{e01ef}'])
                .chain([
                    '\u{2800}',
                    '\u{1d159}',
                    '\u{1d173}',
                    '\u{16fe4}',
                    '\u{180b}',
                    '\u{1bca0}',
                    '\u{fff0}',
                ])
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
        for (name, why) in [
            ("", UnfitName::Empty),
            ("  ", UnfitName::Empty),
            ("\u{3000}\u{a0}\u{2003}", UnfitName::Empty),
            ("\u{fe0f}", UnfitName::Empty),
            ("a\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}", UnfitName::Stacked),
            ("Pay\u{e48}\u{e48}\u{e48}\u{e48}\u{e48}\u{e48}\u{e48}Pal", UnfitName::Stacked),
            (&"n".repeat(101), UnfitName::Long(100)),
            (&"n".repeat(5000), UnfitName::Long(100)),
        ] {
            assert_eq!(check(name), Err(why), "{name}");
        }
    }

    #[test]
    fn l16_a_sentence_may_be_empty_and_hides_nothing_either() {
        assert_eq!(check_sentence(""), Ok(()));
        assert_eq!(check_sentence(&"ü".repeat(500)), Ok(()));
        assert_eq!(check_sentence(&"ü".repeat(501)), Err(UnfitName::Long(500)));
        assert_eq!(check_sentence(&format!("a{}", "\u{301}".repeat(7))), Err(UnfitName::Stacked));
        for hidden in ['\u{1b}', '\n', '\u{9b}', '\u{202e}'] {
            assert_eq!(check_sentence(&format!("a{hidden}b")), Err(UnfitName::Hidden(hidden)));
        }
    }

    #[test]
    fn a_terminal_gets_nothing_that_moves_its_cursor() {
        assert_eq!(escaped("Ärzte für 日本語"), "Ärzte für 日本語");
        assert_eq!(escaped("a\u{1b}[2J\u{9b}b\u{202e}\n"), "a\\u{1b}[2J\\u{9b}b\\u{202e}\\u{a}");
    }

    /// P-01.
    #[test]
    fn no_name_becomes_a_link() {
        for (name, written) in [
            ("Win at https://evil.example/x", "Win at https: //evil. example/x"),
            ("evil.example", "evil. example"),
            ("jane@evil.example", "jane@ evil. example"),
            ("mailto:x@y.z", "mailto: x@ y. z"),
            ("Dr. Jane M. Doe", "Dr. Jane M. Doe"),
            ("Acme Inc.", "Acme Inc."),
        ] {
            assert_eq!(without_links(name), written);
        }
    }
}
