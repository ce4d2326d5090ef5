//! Passwords that are guessed first: common ones, runs of the keyboard, repetitions, one's own name, and these in a row.
//!
//! A password is laid out as the cheapest row of such pieces and of single characters, and what a guesser would have to try
//! is added up. It is an estimate with one purpose, to refuse what falls in the first hours of guessing at a stolen hash;
//! it says nothing about a password that it does not know.

use unicode_normalization::UnicodeNormalization;

/// Common passwords and first names in lower case, one to a line: from the frequency lists of zxcvbn, without what is found
/// by its form.
const COMMON: &str = include_str!("guessable/common.txt");

/// Bits that a password costs at least: a hundred million guesses.
const AT_LEAST: u32 = 27;
const COMMON_BITS: u32 = 11;
const OWN_BITS: u32 = 4;
const RUN_BITS: u32 = 7;
const YEAR_BITS: u32 = 7;
/// Of a repetition, beside what is repeated.
const AGAIN_BITS: u32 = 3;

/// No run, repetition or own word is shorter.
const PIECE_AT_LEAST: usize = 3;
/// Characters that are looked at. What is cheap by then stays so.
const LOOKED_AT: usize = 64;

/// What fingers and alphabets do; read both ways.
const RUNS: [&str; 10] = [
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
];

/// Whether a password would be among the first that somebody tries who knows `own`: the name and the address of its person.
#[must_use]
pub fn is_guessable(password: &str, own: &[&str]) -> bool {
    costs_less(password, own, AT_LEAST)
}

/// Whether a guesser who knows `own` finds a text with less than so many bits of work. What only looks otherwise (a digit of
/// full width) is no other character.
pub(crate) fn costs_less(text: &str, own: &[&str], least: u32) -> bool {
    let text: Vec<char> = text.nfkc().take(LOOKED_AT).flat_map(char::to_lowercase).collect();
    let plain: Vec<char> = text.iter().map(|&character| without_disguise(character)).collect();
    let own: Vec<String> = own.iter().flat_map(|text| words(text)).collect();
    bits(&text, &plain, &own) < least
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

/// The words of a name or an address.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|character: char| !character.is_alphanumeric())
        .filter(|word| word.chars().count() >= PIECE_AT_LEAST)
        .map(str::to_lowercase)
}

/// The cost of the cheapest layout of `text`; `plain` is the same without disguise.
fn bits(text: &[char], plain: &[char], own: &[String]) -> u32 {
    let mut pieces = Vec::new();
    for form in [text, plain] {
        let written: String = form.iter().collect();
        let common = COMMON.lines().map(|word| (word, COMMON_BITS));
        for (word, bits) in common.chain(own.iter().map(|word| (word.as_str(), OWN_BITS))) {
            let places = written.match_indices(word);
            let long = word.chars().count();
            pieces.extend(places.map(|(at, _)| (written[..at].chars().count(), long, bits)));
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
        let single = cheapest[end - 1] + bits_of(text[end - 1]);
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
        ] {
            assert!(!is_guessable(good, &["Jane Doe", "jane@example.com"]), "{good}");
        }
    }
}
