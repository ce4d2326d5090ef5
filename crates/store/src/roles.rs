//! Roles: what a person may be in a tenant.

use symbolon_platform::catalogue::Role;

use crate::engine::{Commit, Cursor, Expect, StoreError, Value};
use crate::parameters;

pub(crate) const ROLES: &str = "SELECT key, title, scopes, can_install, can_approve FROM roles ORDER BY key";

pub(crate) fn role_from_row(row: &mut Cursor) -> Result<Role, StoreError> {
    Ok(Role {
        key: row.text()?,
        title: row.text()?,
        scopes: row.scopes()?,
        can_install: row.boolean()?,
        can_approve: row.boolean()?,
    })
}

fn columns(role: &Role) -> [Value; 5] {
    parameters![role.key.as_str(), role.title.as_str(), &role.scopes, role.can_install, role.can_approve]
}

/// Makes a role, or makes `old` into `new`, as long as it still is `old`.
pub(crate) fn put_role(commit: Commit, old: Option<&Role>, new: &Role) -> Commit {
    const INSERT: &str =
        "INSERT INTO roles (key, title, scopes, can_install, can_approve) VALUES ($1, $2, $3, $4, $5)";
    const UPDATE: &str = "UPDATE roles SET title = $2, scopes = $3, can_install = $4, can_approve = $5 \
        WHERE key = $1 AND (title, scopes, can_install, can_approve) IS NOT DISTINCT FROM ($6, $7, $8, $9)";
    match old {
        None => commit.step(INSERT, columns(new), Expect::One),
        Some(old) => commit.rewrite(UPDATE, columns(old), columns(new)),
    }
}

pub(crate) fn delete_role(commit: Commit, key: &str) -> Commit {
    commit.step("DELETE FROM roles WHERE key = $1", parameters![key], Expect::One)
}
