//! What every check of a given value shares: a value, or the sentence that says what is wrong with it.

use std::path::Path;

use symbolon_oauth::quoted::Excerpt;

use super::ConfigError;
use super::raw::SecretText;

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
