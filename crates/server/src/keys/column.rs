//! Sealed columns: what is stored and must be readable again, in one format.
//!
//! A version, the name of the master key in sixteen bytes (filled up with zeros), sixteen random bytes of the message (its
//! nonce), then AES-256-GCM under a key that is derived for this message alone. All of what stands before the cipher text, the
//! table, the column and the row are authenticated, so that no value passes for another row's.

use aws_lc_rs::hkdf::{HKDF_SHA256, Prk, Salt};
use symbolon_oauth::id::Id;
use symbolon_store::sealed::{KeyMark, SealedColumn};

use super::master::{ID_AT_MOST, NonEmpty};
use super::{Keys, decrypt, derive, encrypt, split};
use crate::clock::Unavailable;

const VERSION: u8 = 1;

/// What derives the keys of messages, for each master key, the newest last.
#[derive(Clone)]
pub(super) struct ColumnKeys(Vec<(String, Prk)>);

impl ColumnKeys {
    pub(super) fn of(masters: &NonEmpty) -> ColumnKeys {
        let salt = Salt::new(HKDF_SHA256, b"symbolon sealed columns");
        ColumnKeys(masters.iter().map(|own| (own.id().to_owned(), salt.extract(own.bytes()))).collect())
    }
}

/// Why a sealed value cannot be read. None of these says anything about what is in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unopened {
    /// The master key is not here.
    #[error("it is sealed with the master key \"{0}\", which is not here")]
    KeyMissing(String),
    /// The master key of this name is another one, or somebody changed the value.
    #[error(
        "it is not what the master key \"{0}\" sealed there: the key of that name is another one, or the value was changed"
    )]
    Foreign(String),
    /// It is no sealed value of this version.
    #[error("it is not sealed as this version seals")]
    Unknown,
}

/// What stands at the beginning of what the master key of this name seals.
#[must_use]
pub fn mark(id: &str) -> KeyMark {
    let mut mark = [0; KeyMark::LENGTH];
    mark[0] = VERSION;
    for (byte, letter) in mark[1..].iter_mut().zip(id.bytes().take(ID_AT_MOST)) {
        *byte = letter;
    }
    KeyMark(mark)
}

/// The name in a mark.
#[must_use]
pub fn id_in(mark: &KeyMark) -> Option<String> {
    let (version, id) = mark.0.split_first()?;
    let end = id.iter().position(|byte| *byte == 0).unwrap_or(id.len());
    (*version == VERSION).then(|| String::from_utf8_lossy(&id[..end]).into_owned())
}

fn bound_to<K>(mark: &KeyMark, column: SealedColumn, row: Id<K>) -> Vec<u8> {
    let mut data = mark.0.to_vec();
    for part in [column.table().as_bytes(), column.column().as_bytes(), row.bytes()] {
        data.extend(part.len().to_be_bytes());
        data.extend(part);
    }
    data
}

impl Keys {
    /// The names of the master keys, the newest last.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.columns.0.iter().map(|(id, _)| id.as_str())
    }

    /// The name of the key that seals.
    #[must_use]
    pub fn newest_id(&self) -> &str {
        self.columns.0.last().map_or("", |(id, _)| id)
    }

    /// Seals what a column of a row holds.
    ///
    /// # Errors
    /// [`Unavailable`] without randomness.
    pub fn seal_column<K>(
        &self,
        column: SealedColumn,
        row: Id<K>,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, Unavailable> {
        let (id, root) = self.columns.0.last().ok_or(Unavailable)?;
        let mark = mark(id);
        let salt = self.entropy.fill()?;
        let key = derive(root, &[b"column ", &salt]);
        let mut sealed = mark.0.to_vec();
        sealed.extend(encrypt(&key, salt, plaintext, &bound_to(&mark, column, row))?);
        Ok(sealed)
    }

    /// Reads what was sealed for a column of a row.
    ///
    /// # Errors
    /// [`Unopened`].
    pub fn open_column<K>(
        &self,
        column: SealedColumn,
        row: Id<K>,
        sealed: &[u8],
    ) -> Result<Vec<u8>, Unopened> {
        let (mark, rest) = KeyMark::split(sealed).ok_or(Unopened::Unknown)?;
        let id = id_in(&mark).ok_or(Unopened::Unknown)?;
        let Some((_, root)) = self.columns.0.iter().find(|(own, _)| *own == id) else {
            return Err(Unopened::KeyMissing(id));
        };
        let (salt, body) = split(rest).ok_or(Unopened::Unknown)?;
        let key = derive(root, &[b"column ", salt]);
        decrypt(&key, body, &bound_to(&mark, column, row)).ok_or(Unopened::Foreign(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Entropy;

    const COLUMN: SealedColumn = SealedColumn::JobBody;

    fn keys(keys: &[(&str, [u8; 32])]) -> Keys {
        Keys::of(NonEmpty::named(keys), Entropy::seeded(3))
    }

    fn row(number: u8) -> Id<()> {
        Id::new([number; 16])
    }

    #[test]
    fn opens_what_was_sealed_for_this_row_and_nothing_that_was_touched() {
        let keys = keys(&[("a", [1; 32])]);
        let sealed = keys.seal_column(COLUMN, row(1), b"link").unwrap();
        assert_eq!(keys.open_column(COLUMN, row(1), &sealed).as_deref(), Ok(&b"link"[..]));
        assert_eq!(keys.open_column(COLUMN, row(2), &sealed), Err(Unopened::Foreign("a".to_owned())));
        for at in 0..sealed.len() {
            let mut touched = sealed.clone();
            touched[at] ^= 1;
            assert!(keys.open_column(COLUMN, row(1), &touched).is_err(), "byte {at}");
        }
        for length in 0..sealed.len() {
            assert!(keys.open_column(COLUMN, row(1), &sealed[..length]).is_err());
        }
        assert_ne!(sealed, keys.seal_column(COLUMN, row(1), b"link").unwrap());
    }

    #[test]
    fn the_newest_key_seals_and_every_key_opens_its_own() {
        let old = keys(&[("a", [1; 32])]);
        let both = keys(&[("a", [1; 32]), ("b", [2; 32])]);
        let new = keys(&[("b", [2; 32])]);
        let sealed = old.seal_column(COLUMN, row(1), b"x").unwrap();
        assert!(both.open_column(COLUMN, row(1), &sealed).is_ok());
        assert_eq!(new.open_column(COLUMN, row(1), &sealed), Err(Unopened::KeyMissing("a".to_owned())));
        let again = both.seal_column(COLUMN, row(1), b"x").unwrap();
        assert!(new.open_column(COLUMN, row(1), &again).is_ok());
        assert_eq!((both.newest_id(), both.ids().collect::<Vec<_>>()), ("b", vec!["a", "b"]));
        let another = keys(&[("a", [9; 32])]);
        assert_eq!(another.open_column(COLUMN, row(1), &sealed), Err(Unopened::Foreign("a".to_owned())));
    }

    #[test]
    fn a_mark_holds_the_longest_name() {
        for id in ["a", "sixteen-letters.", "k1a2b3c4d"] {
            assert_eq!(id_in(&mark(id)).as_deref(), Some(id));
        }
        assert_eq!(id_in(&KeyMark([0; KeyMark::LENGTH])), None);
    }
}
