//! `master_key`: one key, or `[[master_key]]` with several, of which the last is the newest. The secrets file is written in the
//! same way.

use std::path::{Path, PathBuf};

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use symbolon_oauth::credential::Secret;

use super::given::{Checked, SecretText, secret_text, wrong};

/// A key as it was given: 64 hexadecimal characters, which nobody has read yet.
#[derive(Clone)]
pub struct GivenKey {
    /// What the operator calls it; one without a name is named after itself.
    pub id: Option<String>,
    /// Its text.
    pub text: Secret,
}

impl PartialEq for GivenKey {
    fn eq(&self, other: &GivenKey) -> bool {
        self.id == other.id && self.text.hash() == other.text.hash()
    }
}

/// Master keys as they are written down.
#[derive(Debug)]
pub(crate) enum WrittenKeys {
    One(SecretText),
    Several(Vec<WrittenKey>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenKey {
    id: Option<String>,
    key: Option<String>,
    file: Option<PathBuf>,
}

impl std::fmt::Debug for WrittenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} (hidden)", self.id)
    }
}

impl WrittenKeys {
    /// The keys, in their order; relative files are looked for in `folder`.
    ///
    /// # Errors
    /// What is wrong with the first that cannot be had.
    pub(crate) fn read(self, folder: &Path) -> Checked<Vec<GivenKey>> {
        let several = match self {
            WrittenKeys::One(text) => {
                let text = Secret::given(secret_text("master_key", text, folder)?);
                return Ok(vec![GivenKey { id: None, text }]);
            }
            WrittenKeys::Several(several) => several,
        };
        if several.is_empty() {
            return wrong(
                "`master_key` is an empty list: write one [[master_key]] at least, or leave it out",
            );
        }
        several.into_iter().map(|written| written.read(folder)).collect()
    }
}

impl WrittenKey {
    fn read(self, folder: &Path) -> Checked<GivenKey> {
        let text = match (self.key, self.file) {
            (Some(key), None) => SecretText::Inline(key),
            (None, Some(file)) => SecretText::File(file),
            (Some(_), Some(_)) | (None, None) => {
                return wrong("each [[master_key]] needs either `file`, which holds the key, or `key`");
            }
        };
        Ok(GivenKey { id: self.id, text: Secret::given(secret_text("master_key", text, folder)?) })
    }
}

impl<'de> Deserialize<'de> for WrittenKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrSeveral)
    }
}

struct OneOrSeveral;

impl<'de> Visitor<'de> for OneOrSeveral {
    type Value = WrittenKeys;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text, { file = \"…\" }, or a list of [[master_key]] with `id` and `file`")
    }

    /// A list or a table in a variable of the environment is not a key, and is read as what it is then.
    fn visit_str<E: de::Error>(self, text: &str) -> Result<WrittenKeys, E> {
        if text.trim_start().starts_with(['[', '{']) {
            return Err(de::Error::invalid_type(de::Unexpected::Str("a list or a table"), &self));
        }
        Ok(WrittenKeys::One(SecretText::Inline(text.to_owned())))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<WrittenKeys, A::Error> {
        SecretText::deserialize(MapAccessDeserializer::new(map)).map(WrittenKeys::One)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<WrittenKeys, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(list)).map(WrittenKeys::Several)
    }
}
