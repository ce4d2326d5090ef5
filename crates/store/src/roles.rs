//! Roles: what a person may be in a tenant.

use symbolon_platform::catalogue::{Role, Texts};

use crate::engine::{Commit, Cursor, Expect, StoreError, Value};
use crate::parameters;

pub(crate) const ROLES: &str =
    "SELECT key, title, scopes, can_install, can_approve, texts FROM roles ORDER BY key";

pub(crate) fn role_from_row(row: &mut Cursor) -> Result<Role, StoreError> {
    Ok(Role {
        key: row.text()?,
        title: row.text()?,
        scopes: row.scopes()?,
        can_install: row.boolean()?,
        can_approve: row.boolean()?,
        texts: texts_from_row(row)?,
    })
}

/// Texts as they are stored.
pub(crate) fn written(texts: &Texts) -> String {
    serde_json::to_string(texts).unwrap_or_else(|_| "{}".to_owned())
}

pub(crate) fn texts_from_row(row: &mut Cursor) -> Result<Texts, StoreError> {
    serde_json::from_str(&row.text()?)
        .map_err(|error| StoreError::unavailable(format_args!("stored texts: {error}")))
}

fn columns(role: &Role) -> [Value; 6] {
    parameters![
        role.key.as_str(),
        role.title.as_str(),
        &role.scopes,
        role.can_install,
        role.can_approve,
        written(&role.texts)
    ]
}

/// Makes a role, or makes `old` into `new`, as long as it still is `old`.
pub(crate) fn put_role(commit: Commit, old: Option<&Role>, new: &Role) -> Commit {
    const INSERT: &str = "INSERT INTO roles (key, title, scopes, can_install, can_approve, texts) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    const UPDATE: &str = "UPDATE roles SET title = $2, scopes = $3, can_install = $4, can_approve = $5, texts = $6 \
        WHERE key = $1 AND (title, scopes, can_install, can_approve, texts) \
        IS NOT DISTINCT FROM ($7, $8, $9, $10, $11)";
    match old {
        None => commit.step(INSERT, columns(new), Expect::One),
        Some(old) => commit.rewrite(UPDATE, columns(old), columns(new)),
    }
}

pub(crate) fn delete_role(commit: Commit, key: &str) -> Commit {
    commit.step("DELETE FROM roles WHERE key = $1", parameters![key], Expect::One)
}
