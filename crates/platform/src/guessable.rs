//! Passwords that are guessed first: common ones, runs of the keyboard, repetitions, one's own name, and these in a row.
//!
//! A password is laid out as the cheapest row of such pieces and of single characters, and what a guesser would have to try
//! is added up. It is an estimate with one purpose, to refuse what falls in the first hours of guessing at a stolen hash;
//! it says nothing about a password that it does not know.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

/// Words in lower case, one to a line, and what each costs. Without what is found by its form.
const LISTS: [(&str, u32); 3] = [
    // Common passwords and first names: from the frequency lists of zxcvbn.
    (include_str!("guessable/common.txt"), 11),
    // What people take first in the languages that are common here: months and days, seasons, the words for a password,
    // what they love, this product.
    (include_str!("guessable/themes.txt"), 11),
    // Passwords that are less common: from the same lists as the first.
    (include_str!("guessable/further.txt"), 13),
];

/// The words by what each costs. One that stands in two lists costs what the first says.
static WORDS: LazyLock<HashMap<&str, u32>> = LazyLock::new(|| {
    let all = LISTS.iter().rev().flat_map(|(list, bits)| list.lines().map(|word| (word, *bits)));
    all.collect()
});
/// Characters of the longest of them.
const WORD_AT_MOST: usize = 32;

/// Bits that a password costs at least: a hundred million guesses.
const AT_LEAST: u32 = 27;
const OWN_BITS: u32 = 4;
const RUN_BITS: u32 = 7;
const YEAR_BITS: u32 = 7;
/// Of a repetition, beside what is repeated.
const AGAIN_BITS: u32 = 3;
/// Of a sign at an end, where people put one because they must.
const SIGN_AT_AN_END_BITS: u32 = 2;

/// No run, repetition or own word is shorter.
const PIECE_AT_LEAST: usize = 3;
/// No word of the lists is shorter, in whatever letters.
const WORD_AT_LEAST: usize = 2;
/// Characters that are looked at. What is cheap by then stays so.
const LOOKED_AT: usize = 64;

/// What fingers and alphabets do; read both ways.
const RUNS: [&str; 14] = [
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "yxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю",
];

/// Whether a password would be among the first that somebody tries who knows `own`: the name and the address of its person.
#[must_use]
pub fn is_guessable(password: &str, own: &[&str]) -> bool {
    costs_less(password, own, AT_LEAST)
}

/// Whether a guesser who knows `own` finds a text with less than so many bits of work. What only looks otherwise (a digit of
/// full width) is no other character.
pub(crate) fn costs_less(text: &str, own: &[&str], least: u32) -> bool {
    let text = folded(text);
    let plain: Vec<char> = text.iter().map(|&character| without_disguise(character)).collect();
    bits(&text, &plain, &own_pieces(own)) < least
}

/// As it is compared: its first characters, in lower case.
fn folded(text: &str) -> Vec<char> {
    text.nfkc().take(LOOKED_AT).flat_map(char::to_lowercase).collect()
}

/// What somebody tries who knows these texts: each as a whole, its words, and both from behind.
fn own_pieces(own: &[&str]) -> Vec<Vec<char>> {
    let mut pieces = Vec::new();
    for text in own {
        let whole = folded(text);
        let words = whole.split(|character| !character.is_alphanumeric());
        for piece in words.chain([whole.as_slice()]).filter(|piece| piece.len() >= PIECE_AT_LEAST) {
            pieces.push(piece.to_vec());
            pieces.push(piece.iter().rev().copied().collect());
        }
    }
    pieces
}

/// The letter that a digit or sign often stands for.
fn without_disguise(character: char) -> char {
    match character {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' | '+' => 't',
        other => other,
    }
}

/// The cost of the cheapest layout of `text`; `plain` is the same without disguise.
fn bits(text: &[char], plain: &[char], own: &[Vec<char>]) -> u32 {
    let mut pieces = Vec::new();
    for form in [text, plain] {
        for at in 0..form.len() {
            let rest = &form[at..];
            let known =
                |long: &usize| Some((at, *long, *WORDS.get(String::from_iter(&rest[..*long]).as_str())?));
            pieces.extend((WORD_AT_LEAST..=rest.len().min(WORD_AT_MOST)).filter_map(|long| known(&long)));
            // Where no more is looked at, the beginning of a piece is one.
            let begins = |piece: &&Vec<char>| {
                rest.starts_with(piece) || form.len() >= LOOKED_AT && piece.starts_with(rest)
            };
            let own = own.iter().filter(begins).map(|piece| piece.len().min(rest.len()));
            pieces.extend(own.map(|long| (at, long, OWN_BITS)));
        }
    }
    for at in 0..text.len() {
        let rest = &text[at..];
        let run = longest(rest, is_run);
        let same = longest(rest, |piece| piece.iter().all(|character| *character == piece[0]));
        pieces.extend([run, same].into_iter().flatten().map(|long| (at, long, RUN_BITS)));
        if is_year(rest) {
            pieces.push((at, 4, YEAR_BITS));
        }
    }
    let mut cheapest = vec![0; text.len() + 1];
    for end in 1..=text.len() {
        let at_an_end = |side: &[char]| side.iter().all(|character| !character.is_alphanumeric());
        let of_sign = (at_an_end(&text[..end]) || at_an_end(&text[end - 1..])).then_some(SIGN_AT_AN_END_BITS);
        let single = cheapest[end - 1] + of_sign.unwrap_or_else(|| bits_of(text[end - 1]));
        let ending = pieces.iter().filter(|(at, long, _)| at + long == end);
        let whole = ending.map(|(at, _, bits)| cheapest[*at] + bits);
        cheapest[end] = whole.chain([single]).chain(repetition(text, end, &cheapest)).min().unwrap_or(single);
    }
    cheapest[text.len()]
}

/// What the first `end` characters cost as a repetition of their beginning.
fn repetition(text: &[char], end: usize, cheapest: &[u32]) -> Option<u32> {
    let repeats = |unit: usize| {
        end.is_multiple_of(unit) && text[..end].chunks(unit).all(|piece| piece == &text[..unit])
    };
    (1..=end / 2).find(|&unit| repeats(unit)).map(|unit| cheapest[unit] + AGAIN_BITS)
}

/// The longest beginning of `rest` that is such a piece.
fn longest(rest: &[char], is_piece: impl Fn(&[char]) -> bool) -> Option<usize> {
    (PIECE_AT_LEAST..=rest.len()).take_while(|&long| is_piece(&rest[..long])).last()
}

fn is_run(piece: &[char]) -> bool {
    let forward: String = piece.iter().collect();
    let back: String = piece.iter().rev().collect();
    RUNS.iter().any(|run| run.contains(&forward) || run.contains(&back))
}

fn is_year(rest: &[char]) -> bool {
    let digits = rest.get(..4).is_some_and(|year| year.iter().all(char::is_ascii_digit));
    digits && matches!((rest[0], rest[1]), ('1', '9') | ('2', '0'))
}

/// What a single character costs.
fn bits_of(character: char) -> u32 {
    match character {
        '0'..='9' => 3,
        _ => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_guessed_first_is_known() {
        for weak in [
            "1",
            "",
            "1234567890",
            "0987654321",
            "12345678901234567890",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "abcdefghijkl",
            "qwertyuiop",
            "qwertz12345",
            "poiuytrewq",
            "1qaz2wsx3edc",
            "password123",
            "Password2024!",
            "P@ssw0rd123",
            "passwordpassword",
            "letmein12345",
            "iloveyou1990",
            "monkeydragon",
            "1111111111111",
            "１２３４５６７８９０",
            "ｐａｓｓｗｏｒｄ１２３",
            "summer2026!!",
            "!!Summer2026",
            "2026summer??",
            "administrator1",
            "correcthorse",
            "Symbolon2026!",
            "symbolon-2026",
            "пароль123456",
            "Пароль!2026",
            "йцукенгшщз",
            "schatz2026!!",
            "Januar2026!!",
            "Jänner2026!",
            "Dezember24!",
            "December2025",
            "décembre2026",
            "Winter.2026!",
            "Frühling2026",
            "Passwort123!",
            "Willkommen1!",
            "motdepasse12",
            "contraseña1!",
            "hallo12345!!",
            "!!!!!!!!!!!!",
            "Mittwoch2026",
            "P4sswort2026",
        ] {
            assert!(is_guessable(weak, &[]), "{weak}");
        }
        assert!(is_guessable(&"a".repeat(1000), &[]));
    }

    #[test]
    fn whoever_knows_the_person_knows_more() {
        let own = ["Jane Featherstone", "jf@brightwater.example"];
        for weak in ["featherstone1", "janefeatherstone", "Brightwater2024", "jane.featherstone!"] {
            assert!(is_guessable(weak, &own), "{weak}");
            assert!(!is_guessable(&format!("{weak} zebra quarry"), &own), "{weak}");
        }
        assert!(!is_guessable("featherstone1", &[]), "nobody's name");
        let own = ["Ana-Li Ng", "x@y.example"];
        for weak in ["ana-li ng 2026", "gn il-ana!!", "x@y.example", "elpmaxe.y@x"] {
            assert!(is_guessable(weak, &own) && !is_guessable(weak, &[]), "{weak}");
        }
    }

    #[test]
    fn every_word_of_the_lists_can_be_found() {
        let mut lists = LISTS.iter().flat_map(|(list, _)| list.lines());
        let found = |word: &str| {
            let long = word.chars().count();
            (WORD_AT_LEAST..=WORD_AT_MOST).contains(&long) && folded(word).iter().collect::<String>() == word
        };
        assert_eq!(lists.find(|word| !found(word)), None);
    }

    #[test]
    fn what_people_and_machines_choose_well_passes() {
        for good in [
            "correct horse battery staple",
            "ten letters",
            "a long enough password",
            "k7#qW9!vTz",
            "Tr0ub4dor&3",
            "purple-otter-rides-42",
            "пароль из слов",
            "日本語のパスワードです",
            "purple monkey dishwasher",
            "summer rain on the tin roof",
            "sommerregen auf dem blechdach",
            "Januar-Hagel-Teekanne",
            "mein hund heißt bello",
            "kartoffelsalat mit gurke",
            "four dragons walked home",
            "admin of the old harbour",
            "correct answers only please",
            "ichmagkeinespinnen",
            "zug nach hannover 17:42",
            "Lampe!Fenster!Ziege",
            "un chat sur le toit",
            "tres tristes tigres comen",
            "gdzie jest moja czapka",
            "jq8-Vorm-2kx",
            "xK9!mPq2#z",
            "4f9c2a7e1b8d",
            "hunter-gatherer-62",
            "Xylophon2026!!",
            "tabletop-quokka",
            "wetterfrosch7&Sohn",
        ] {
            assert!(!is_guessable(good, &["Jane Doe", "jane@example.com"]), "{good}");
        }
    }
}
