//! English in Hebrew letters, written from right to left: no language, but laid out like one that is. The gallery and the
//! tests of the pages show it, so that a page that is laid out for one direction alone is seen; no request gets it.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::language::{Direction, ENGLISH, Language, Texts};

static MIRRORED: LazyLock<Texts> = LazyLock::new(|| {
    let mut texts = Texts::read("qps-plocm", Direction::RightToLeft, &ENGLISH);
    texts.bundle.set_transform(Some(mirrored));
    texts
});

/// The pseudo-language.
#[must_use]
pub fn language() -> Language {
    Language(&MIRRORED)
}

/// A text of a message in other letters. Its elements stay as they are.
fn mirrored(text: &str) -> Cow<'_, str> {
    const LETTERS: [char; 26] = [
        'א', 'ב', 'כ', 'ד', 'ע', 'פ', 'ג', 'ה', 'י', 'ז', 'ק', 'ל', 'מ', 'נ', 'ו', 'ף', 'ק', 'ר', 'ס', 'ת',
        'ט', 'ו', 'ש', 'ח', 'י', 'צ',
    ];
    let mut is_element = false;
    let letter = |letter: char| {
        is_element = letter == '<' || is_element && letter != '>';
        match letter.to_ascii_lowercase() {
            low @ 'a'..='z' if !is_element => LETTERS[usize::from(low as u8 - b'a')],
            _ => letter,
        }
    };
    text.chars().map(letter).collect::<String>().into()
}
