//! What files declared last: for each object the value of every field, and whether pruning may delete it.
//!
//! Beside what is stored it tells what was set by hand since a file was applied from what the file has changed since. Values
//! are digests, so that nothing of a deleted person is kept here in the clear; the password of a declared person is an
//! argon2id hash, and goes with the person.

use std::collections::BTreeMap;

use symbolon_oauth::id::{Id, TenantId, UserId};
use symbolon_oauth::time::Timestamp;

use crate::audit::{Audit, audit_columns, audit_from_row};
use crate::engine::{Commit, Cursor, Expect, StoreError, each};
use crate::many::keys;
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
    /// Whether what is stored came from a file, or was named by one. Of a membership that is not stored: whether it went with
    /// its person or its tenant; else it was removed by itself.
    pub declared: bool,
    /// When this was last written; 0 when no file has said anything yet.
    pub applied_at: Timestamp,
    /// A digest of what was said of each field.
    pub fields: BTreeMap<String, String>,
    /// The argon2id hash of the password that was declared.
    pub password_hash: Option<String>,
    /// What somebody called it by hand instead, a person or a tenant.
    pub renamed_to: Option<String>,
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
        const PUT: &str = "INSERT INTO declarations (kind, key, declared, applied_at, fields, password_hash, \
            renamed_to) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (kind, key) DO UPDATE SET declared = $3, \
            applied_at = $4, fields = $5, password_hash = $6, renamed_to = $7";
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
                    new.password_hash.as_deref(),
                    new.renamed_to.as_deref()
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

/// Notes that a membership is removed by itself: it does not come back with its person or its tenant.
pub(crate) fn remove_membership(commit: Commit, tenant: TenantId, user: UserId) -> Commit {
    const REMOVE: &str = "UPDATE declarations SET declared = FALSE WHERE kind = 'membership' AND key = \
        (SELECT u.external_id || ' in ' || t.external_id FROM users u, tenants t WHERE u.id = $1 AND t.id = $2)";
    commit.step(REMOVE, parameters![user, tenant], Expect::AtMostOne)
}

/// What is identified otherwise from now on.
#[derive(Clone, Copy)]
pub(crate) enum Renamed {
    User,
    Tenant,
}

/// Notes that a person or a tenant is called `new` by hand instead of `old`. What files said of them goes with them, so that
/// what was set by hand still stands when a file comes to call them so, and what they are called by now came from no file,
/// whatever was called so before. What files still call `old` stays away.
pub(crate) fn rename(commit: Commit, renamed: Renamed, old: &str, new: &str) -> Commit {
    const FREE: &str =
        "UPDATE declarations SET declared = FALSE, renamed_to = NULL WHERE kind = $1 AND key = $2";
    const COPY: &str = "INSERT INTO declarations (kind, key, declared, applied_at, fields, password_hash) \
        SELECT kind, CAST($3 AS TEXT), FALSE, applied_at, fields, password_hash FROM declarations WHERE kind = $1 AND key = $2 \
        ON CONFLICT (kind, key) DO NOTHING";
    const LEAVE: &str = "UPDATE declarations SET renamed_to = CAST($3 AS TEXT), \
        password_hash = CASE WHEN password_hash IS NOT NULL THEN CAST($4 AS TEXT) END WHERE kind = $1 AND key = $2";
    let (kind, free_memberships, copy_memberships) = match renamed {
        Renamed::User => ("user", FREE_AS_USER, COPY_AS_USER),
        Renamed::Tenant => ("tenant", FREE_AS_TENANT, COPY_AS_TENANT),
    };
    commit
        .step(FREE, parameters![kind, new], Expect::AtMostOne)
        .step(COPY, parameters![kind, old, new], Expect::AtMostOne)
        .step(LEAVE, parameters![kind, old, new, FORGOTTEN], Expect::AtMostOne)
        .step(free_memberships, parameters![new], Expect::Any)
        .step(copy_memberships, parameters![old, new], Expect::Any)
}

/// The memberships of a person or a tenant, by the one end of their key or the other.
macro_rules! memberships_of {
    (user) => {
        "kind = 'membership' AND substr(key, 1, length(CAST($1 AS TEXT)) + 4) = CAST($1 AS TEXT) || ' in '"
    };
    (tenant) => {
        "kind = 'membership' AND substr(key, length(key) - length(CAST($1 AS TEXT)) - 3) = ' in ' || CAST($1 AS TEXT)"
    };
}

macro_rules! free_memberships {
    ($of:ident) => {
        concat!("UPDATE declarations SET declared = FALSE WHERE ", memberships_of!($of))
    };
}

macro_rules! copy_memberships {
    ($of:ident, $key:literal) => {
        concat!(
            "INSERT INTO declarations (kind, key, declared, applied_at, fields) SELECT kind, ",
            $key,
            ", FALSE, applied_at, fields FROM declarations WHERE ",
            memberships_of!($of),
            " ON CONFLICT (kind, key) DO NOTHING"
        )
    };
}

const FREE_AS_USER: &str = free_memberships!(user);
const FREE_AS_TENANT: &str = free_memberships!(tenant);
const COPY_AS_USER: &str =
    copy_memberships!(user, "CAST($2 AS TEXT) || substr(key, length(CAST($1 AS TEXT)) + 1)");
const COPY_AS_TENANT: &str =
    copy_memberships!(tenant, "substr(key, 1, length(key) - length(CAST($1 AS TEXT))) || CAST($2 AS TEXT)");

/// The columns of [`declaration_from_row`].
macro_rules! declaration_columns {
    () => {
        "kind, key, declared, applied_at, fields, password_hash, renamed_to"
    };
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
        renamed_to: row.optional_text()?,
    })
}

impl Store {
    /// Everything that files declared, in order of kind and key.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn list_declarations(&self) -> Result<Vec<Declaration>, StoreError> {
        const LIST: &str =
            concat!("SELECT ", declaration_columns!(), " FROM declarations ORDER BY kind, key");
        each(self.engine().load(LIST, &[]).await?, declaration_from_row)
    }

    /// The same without people and memberships, who may be many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn list_declarations_but_of_people(&self) -> Result<Vec<Declaration>, StoreError> {
        const LIST: &str = concat!(
            "SELECT ",
            declaration_columns!(),
            " FROM declarations WHERE kind IN ('scope', 'role', 'tenant', 'app', 'resource') ORDER BY kind, key"
        );
        each(self.engine().load(LIST, &[]).await?, declaration_from_row)
    }

    /// What files declared of these people, in no order.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn load_declarations_of_users(&self, ids: &[&str]) -> Result<Vec<Declaration>, StoreError> {
        const FIND: &str = concat!(
            "SELECT ",
            declaration_columns!(),
            " FROM declarations WHERE kind = 'user' AND key IN (",
            keys!(),
            ")"
        );
        self.load_many(FIND, ids, declaration_from_row).await
    }

    /// What files declared of these memberships (`USER in TENANT`), in no order.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn load_declarations_of_memberships(
        &self,
        names: &[&str],
    ) -> Result<Vec<Declaration>, StoreError> {
        const FIND: &str = concat!(
            "SELECT ",
            declaration_columns!(),
            " FROM declarations WHERE kind = 'membership' AND key IN (",
            keys!(),
            ")"
        );
        self.load_many(FIND, names, declaration_from_row).await
    }

    /// The deeds from one moment to another that changed what can be declared, newest first and up to `most`: what people
    /// did with apps, and their browsers, are left out.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn deeds_on_what_is_declared(
        &self,
        (since, until): (Timestamp, Timestamp),
        most: i64,
    ) -> Result<Vec<Audit>, StoreError> {
        const DEEDS: &str = concat!(
            "SELECT ",
            audit_columns!(),
            " FROM audit WHERE id >= $1 AND at >= $2 AND action NOT LIKE 'browser_session.%' \
             AND action NOT LIKE 'grant.%' AND action NOT LIKE '%token%' AND id <= $4 ORDER BY id DESC LIMIT $3"
        );
        // Identifiers begin with their time, so older rows are not looked at, nor are newer ones.
        let first = Id::<Audit>::time_ordered(since.0, [0; 10]);
        let last = Id::<Audit>::time_ordered(until.0, [u8::MAX; 10]);
        let between = parameters![first, since, most, last];
        let rows = each(self.engine().load(DEEDS, &between).await?, audit_from_row)?;
        Ok(rows.into_iter().flatten().collect())
    }
}
