//! Scopes of the host's API, and the catalogue of all that is declared.

use std::sync::Arc;

use symbolon_platform::catalogue::{Catalogue, Scope, Sensitivity};

use crate::engine::{Commit, Cursor, Expect, StoreError, Value, each};
use crate::parameters;
use crate::resources::{RESOURCES, resource_from_row};
use crate::roles::{ROLES, role_from_row, texts_from_row, written};
use crate::store::Store;

const SCOPES: &str =
    "SELECT name, title, description, sensitivity, includes, texts FROM scopes ORDER BY name";

fn scope_from_row(row: &mut Cursor) -> Result<Scope, StoreError> {
    Ok(Scope {
        name: row.text()?,
        title: row.text()?,
        description: row.text()?,
        sensitivity: row.word(Sensitivity::parse)?,
        includes: row.scopes()?,
        texts: texts_from_row(row)?,
    })
}

fn columns(scope: &Scope) -> [Value; 6] {
    parameters![
        scope.name.as_str(),
        scope.title.as_str(),
        scope.description.as_str(),
        scope.sensitivity.as_str(),
        &scope.includes,
        written(&scope.texts)
    ]
}

/// Makes a scope, or makes `old` into `new`, as long as it still is `old`.
pub(crate) fn put_scope(commit: Commit, old: Option<&Scope>, new: &Scope) -> Commit {
    const INSERT: &str = "INSERT INTO scopes (name, title, description, sensitivity, includes, texts) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    const UPDATE: &str = "UPDATE scopes SET title = $2, description = $3, sensitivity = $4, includes = $5, texts = $6 \
        WHERE name = $1 AND (title, description, sensitivity, includes, texts) \
        IS NOT DISTINCT FROM ($7, $8, $9, $10, $11)";
    match old {
        None => commit.step(INSERT, columns(new), Expect::One),
        Some(old) => commit.rewrite(UPDATE, columns(old), columns(new)),
    }
}

pub(crate) fn delete_scope(commit: Commit, name: &str) -> Commit {
    commit.step("DELETE FROM scopes WHERE name = $1", parameters![name], Expect::One)
}

impl Store {
    /// Every scope, role and resource: small, and needed whole by every decision.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn load_catalogue(&self) -> Result<Catalogue, StoreError> {
        let [scopes, roles, resources] =
            self.engine().load_all([(SCOPES, &[]), (ROLES, &[]), (RESOURCES, &[])]).await?;
        let mut catalogue = Catalogue::default();
        for scope in each(scopes, scope_from_row)? {
            catalogue.scopes.insert(scope.name.clone(), scope);
        }
        for role in each(roles, role_from_row)? {
            catalogue.roles.insert(role.key.clone(), role);
        }
        catalogue.resources = each(resources, |row| resource_from_row(row).map(Arc::new))?;
        Ok(catalogue)
    }
}
