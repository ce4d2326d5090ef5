//! What a wrong TOML file means in words: the file, the line, and the name that was probably meant.

use std::borrow::Cow;

use symbolon_oauth::quoted::Bare;
use symbolon_platform::spelling::nearest;

/// More names than these are no help in one sentence.
const LISTED_AT_MOST: usize = 24;
/// Bytes of each end of a message that are kept.
const END_AT_MOST: usize = 250;

/// Describes why `source`, read from `file`, could not be understood.
pub fn explain(error: &toml::de::Error, source: &str, file: &str) -> String {
    let place = match error.span() {
        Some(span) => format!("{file} line {}", line_of(source, span.start)),
        None => file.to_owned(),
    };
    explain_value(error.message(), &place)
}

/// The same for a value that has no lines (an environment variable), named by `origin`.
pub fn explain_value(message: &str, origin: &str) -> String {
    match sentence(message) {
        // It goes on to say how to mend it: what follows its end would be read as a part of that.
        long if long.contains(": ") => format!("{origin}: {long}"),
        short => format!("{short} in {origin}{}", suggestion(message)),
    }
}

/// The line, counted from one, at byte `offset`.
pub fn line_of(source: &str, offset: usize) -> usize {
    source.as_bytes().iter().take(offset).filter(|&&byte| byte == b'\n').count() + 1
}

/// The line of `source`, counted from one, on which stands what a sentence names: a key in backticks, else a text in quotation
/// marks.
pub fn line_named(source: &str, sentence: &str) -> Option<usize> {
    let between = |mark: char| sentence.split(mark).nth(1).filter(|name| !name.is_empty());
    let mut section = "";
    let sets = |section: &str, line: &str, key: &str| {
        let name = line.split_once('=').map(|(name, _)| name.trim()).filter(|name| !name.starts_with('#'));
        name.is_some_and(
            |name| if section.is_empty() { key == name } else { key == format!("{section}.{name}") },
        )
    };
    let mut lines = source.lines().enumerate();
    let keyed = between('`').and_then(|key| {
        lines.find_map(|(at, line)| {
            let heading = line.trim().strip_prefix('[').and_then(|rest| rest.split(']').next());
            section = heading.unwrap_or(section);
            sets(section, line, key).then_some(at + 1)
        })
    });
    let quoted = || {
        let text = between('"')?;
        // A long one was cut.
        let text = text
            .strip_suffix('…')
            .map_or_else(|| format!("\"{text}\""), |beginning| format!("\"{beginning}"));
        source
            .lines()
            .position(|line| !line.trim_start().starts_with('#') && line.contains(&text))
            .map(|at| at + 1)
    };
    keyed.or_else(quoted)
}

fn sentence(message: &str) -> String {
    let message = message.trim_end();
    match (unknown_field(message), unknown_word(message)) {
        (Some((name, _)), _) => format!("unknown key `{}`", Bare(name)),
        (None, Some((word, _))) => format!("unknown word `{}`", Bare(word)),
        (None, None) => shortened(&message.lines().collect::<Vec<_>>().join("; ")).into_owned(),
    }
}

/// The two ends of a message that repeats a long value, which stands between what is wrong and what was expected.
fn shortened(message: &str) -> Cow<'_, str> {
    let (mut from, mut to) = (END_AT_MOST, message.len().saturating_sub(END_AT_MOST));
    if message.len() <= 2 * END_AT_MOST {
        return Cow::Borrowed(message);
    }
    while !message.is_char_boundary(from) {
        from -= 1;
    }
    while !message.is_char_boundary(to) {
        to += 1;
    }
    Cow::Owned(format!("{}…{}", &message[..from], &message[to..]))
}

fn suggestion(message: &str) -> String {
    let Some((name, known)) = unknown_field(message).or_else(|| unknown_word(message)) else {
        return String::new();
    };
    match nearest(name, known.iter().copied()) {
        Some(meant) => format!("; did you mean `{meant}`?"),
        None if known.is_empty() || known.len() > LISTED_AT_MOST => String::new(),
        None => format!("; known here: {}", known.join(", ")),
    }
}

/// The name and the known names out of serde's "unknown field `x`, expected one of `a`, `b`". Its wording is stable
/// and a test here would notice a change.
pub fn unknown_field(message: &str) -> Option<(&str, Vec<&str>)> {
    quoted(message.strip_prefix("unknown field `")?)
}

/// The same out of "unknown variant `x`, expected `a` or `b`": a value that is one of a few words.
fn unknown_word(message: &str) -> Option<(&str, Vec<&str>)> {
    quoted(message.strip_prefix("unknown variant `")?)
}

fn quoted(rest: &str) -> Option<(&str, Vec<&str>)> {
    let (name, rest) = rest.split_once('`')?;
    Some((name, rest.split('`').skip(1).step_by(2).collect()))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape is read")]
    struct Sample {
        issuer: Option<String>,
        listen: Option<u16>,
        mood: Option<Mood>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Mood {
        Strict,
        Overlap,
    }

    fn refused(source: &str) -> String {
        explain(&toml::from_str::<Sample>(source).unwrap_err(), source, "sample.toml")
    }

    #[test]
    fn names_the_line_and_the_nearest_key() {
        assert_eq!(
            refused("isuer = \"x\""),
            "unknown key `isuer` in sample.toml line 1; did you mean `issuer`?"
        );
        assert_eq!(
            refused("issuer = \"x\"\n\ncolour = 1"),
            "unknown key `colour` in sample.toml line 3; known here: issuer, listen, mood"
        );
        assert!(
            refused("\nlisten = \"x\"").contains("sample.toml line 2"),
            "{}",
            refused("\nlisten = \"x\"")
        );
        assert!(refused("issuer = ").contains("line 1"));
        assert!(
            refused("listen = \"x\"").starts_with("sample.toml line 1: "),
            "what was expected comes last"
        );
        for source in ["listen = \"§\"", "§ = 1", "mood = \"§\""] {
            let said = refused(&source.replace('§', &"x".repeat(5000)));
            assert!(said.len() < 700 && said.contains("sample.toml line 1"), "{said}");
        }
        assert_eq!(
            refused("mood = \"strickt\""),
            "unknown word `strickt` in sample.toml line 1; did you mean `strict`?"
        );
    }
}
