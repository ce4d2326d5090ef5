//! What a person may be in a tenant.

use symbolon_platform::catalogue::Role;

use crate::engine::{Commit, Expect, Row, StoreError};
use crate::parameters;

pub(crate) const ROLES: &str = "SELECT key, title, scopes, can_install, can_approve FROM roles ORDER BY key";

pub(crate) fn role_from_row(row: &Row) -> Result<Role, StoreError> {
    Ok(Role {
        key: row.text(0)?,
        title: row.text(1)?,
        scopes: row.scopes(2)?,
        can_install: row.boolean(3)?,
        can_approve: row.boolean(4)?,
    })
}

pub(crate) fn put_role(commit: Commit, role: &Role) -> Commit {
    const PUT: &str = "INSERT INTO roles (key, title, scopes, can_install, can_approve) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (key) DO UPDATE SET title = excluded.title, \
        scopes = excluded.scopes, can_install = excluded.can_install, can_approve = excluded.can_approve";
    let row =
        parameters![role.key.as_str(), role.title.as_str(), &role.scopes, role.can_install, role.can_approve];
    commit.step(PUT, row, Expect::One)
}

pub(crate) fn delete_role(commit: Commit, key: &str) -> Commit {
    commit.step("DELETE FROM roles WHERE key = $1", parameters![key], Expect::One)
}
