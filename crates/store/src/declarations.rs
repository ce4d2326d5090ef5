//! What files declared last: for each object the value of every field, and whether pruning may delete it.
//!
//! Beside what is stored it tells what was set by hand since a file was applied from what the file has changed since. Values
//! are digests, so that nothing of a deleted person is kept here in the clear; the password of a declared person is an
//! argon2id hash, and goes with the person.

use std::collections::BTreeMap;

use symbolon_oauth::id::{Id, UserId};
use symbolon_oauth::time::Timestamp;

use crate::audit::{Audit, audit_columns, audit_from_row};
use crate::engine::{Commit, Cursor, Expect, StoreError, each};
use crate::parameters;
use crate::store::Store;

/// The digest of whatever a file says next: rows that are older than this record stay as they are until that changes.
pub const ANY: &str = "*";

/// What was last declared of one object.
#[derive(Clone, PartialEq, Eq)]
pub struct Declaration {
    /// What it is, as the section is called in files.
    pub kind: String,
    /// How files call it.
    pub key: String,
    /// Whether what is stored came from a file, or was named by one.
    pub declared: bool,
    /// When this was last written; 0 when no file has said anything yet.
    pub applied_at: Timestamp,
    /// A digest of what was said of each field.
    pub fields: BTreeMap<String, String>,
    /// The argon2id hash of the password that was declared.
    pub password_hash: Option<String>,
}

/// A change of what is known of files. It is none of the declared world, so the audit does not tell it.
#[derive(Clone, PartialEq, Eq)]
pub enum DeclarationChange {
    /// Remembers this instead of what was remembered before.
    Put(Declaration),
    /// Forgets an object.
    Forget {
        /// What it is.
        kind: String,
        /// How files call it.
        key: String,
    },
}

impl DeclarationChange {
    pub(crate) fn append(&self, commit: Commit) -> Commit {
        const PUT: &str = "INSERT INTO declarations (kind, key, declared, applied_at, fields, password_hash) \
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (kind, key) DO UPDATE SET declared = $3, applied_at = $4, \
            fields = $5, password_hash = $6";
        const FORGET: &str = "DELETE FROM declarations WHERE kind = $1 AND key = $2";
        match self {
            DeclarationChange::Put(new) => {
                let fields: serde_json::Map<_, _> =
                    new.fields.iter().map(|(name, digest)| (name.clone(), digest.as_str().into())).collect();
                let row = parameters![
                    new.kind.as_str(),
                    new.key.as_str(),
                    new.declared,
                    new.applied_at,
                    serde_json::Value::Object(fields).to_string(),
                    new.password_hash.as_deref()
                ];
                commit.step(PUT, row, Expect::One)
            }
            DeclarationChange::Forget { kind, key } => {
                commit.step(FORGET, parameters![kind.as_str(), key.as_str()], Expect::AtMostOne)
            }
        }
    }
}

/// In the place of the hash of a password that a file declared for somebody who was deleted: no password fits it.
pub const FORGOTTEN: &str = "*";

/// Forgets the password that a file declared for somebody who is to be deleted, but not that it declared one: whoever makes
/// the person again by hand gives them another.
pub(crate) fn forget_password(commit: Commit, user: UserId) -> Commit {
    const FORGET: &str = "UPDATE declarations SET password_hash = $2 WHERE kind = 'user' AND password_hash IS NOT NULL \
        AND key = (SELECT external_id FROM users WHERE id = $1)";
    commit.step(FORGET, parameters![user, FORGOTTEN], Expect::AtMostOne)
}

fn declaration_from_row(row: &mut Cursor) -> Result<Declaration, StoreError> {
    Ok(Declaration {
        kind: row.text()?,
        key: row.text()?,
        declared: row.boolean()?,
        applied_at: row.timestamp()?,
        fields: serde_json::from_str(&row.text()?)
            .map_err(|_| StoreError::unavailable("the fields of a declaration are not a JSON object"))?,
        password_hash: row.optional_text()?,
    })
}

impl Store {
    /// Everything that files declared, in order of kind and key.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn list_declarations(&self) -> Result<Vec<Declaration>, StoreError> {
        const LIST: &str = "SELECT kind, key, declared, applied_at, fields, password_hash FROM declarations \
            ORDER BY kind, key";
        each(self.engine().load(LIST, &[]).await?, declaration_from_row)
    }

    /// The deeds since a moment that changed what can be declared, newest first and up to `most`: what people did with
    /// apps, and their browsers, are left out.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn deeds_on_what_is_declared(
        &self,
        since: Timestamp,
        most: i64,
    ) -> Result<Vec<Audit>, StoreError> {
        const DEEDS: &str = concat!(
            "SELECT ",
            audit_columns!(),
            " FROM audit WHERE id >= $1 AND at >= $2 AND action NOT LIKE 'browser_session.%' \
             AND action NOT LIKE 'grant.%' AND action NOT LIKE '%token%' ORDER BY id DESC LIMIT $3"
        );
        // Identifiers begin with their time, so older rows are not looked at.
        let first = Id::<Audit>::time_ordered(since.0, [0; 10]);
        let rows = each(self.engine().load(DEEDS, &parameters![first, since, most]).await?, audit_from_row)?;
        Ok(rows.into_iter().flatten().collect())
    }
}
