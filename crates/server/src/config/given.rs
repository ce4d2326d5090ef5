//! What every check of a given value shares: a value, or the sentence that says what is wrong with it.

use std::path::{Path, PathBuf};

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use symbolon_oauth::quoted::Excerpt;

use super::ConfigError;

/// A value that may be a secret: written out, or the name of a file that holds it. Never printed.
#[derive(PartialEq, Eq)]
pub(crate) enum SecretText {
    Inline(String),
    File(PathBuf),
}

impl std::fmt::Debug for SecretText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SecretText::Inline(_) => f.write_str("(hidden)"),
            SecretText::File(path) => write!(f, "(in {})", path.display()),
        }
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOrFile)
    }
}

struct TextOrFile;

impl<'de> Visitor<'de> for TextOrFile {
    type Value = SecretText;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text, or { file = \"…\" }")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<SecretText, E> {
        Ok(SecretText::Inline(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SecretText, A::Error> {
        let mut file = None;
        while let Some(key) = map.next_key::<String>()? {
            if key != "file" {
                return Err(de::Error::unknown_field(&key, &["file"]));
            }
            file = Some(map.next_value()?);
        }
        file.map(SecretText::File).ok_or_else(|| de::Error::missing_field("file"))
    }
}

pub(super) type Checked<T> = Result<T, ConfigError>;

pub(super) fn wrong<T>(sentence: impl Into<String>) -> Checked<T> {
    Err(ConfigError::new(sentence))
}

/// The meaning of a word, the first being the default.
pub(super) fn one_of<T: Copy>(key: &str, given: Option<String>, words: &[(&str, T)]) -> Checked<T> {
    let known = || words.iter().map(|(word, _)| format!("\"{word}\"")).collect::<Vec<_>>().join(" or ");
    let found = match &given {
        Some(given) => words.iter().find(|(word, _)| word == given),
        None => words.first(),
    };
    match (found, given) {
        (Some((_, meaning)), _) => Ok(*meaning),
        (None, given) => {
            wrong(format!("`{key}` is {}: it can be {}", Excerpt(&given.unwrap_or_default()), known()))
        }
    }
}

/// A value that may be a secret, wherever it stands; `folder` is where relative paths begin.
pub(super) fn secret_text(key: &str, text: SecretText, folder: &Path) -> Checked<String> {
    match text {
        SecretText::Inline(text) => Ok(text),
        SecretText::File(path) => {
            let path = folder.join(path);
            match std::fs::read_to_string(&path) {
                Ok(text) => Ok(text.trim_end_matches(['\r', '\n']).to_owned()),
                Err(e) => wrong(format!("cannot read {}, which `{key}` names: {e}", path.display())),
            }
        }
    }
}
