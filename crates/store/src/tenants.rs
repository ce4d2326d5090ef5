//! Tenants and their members.

use symbolon_oauth::id::{TenantId, UserId};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::catalogue::OWNER_OF_ONESELF;
use symbolon_platform::tenant::{Membership, Standing, Tenant, TenantKind};
use symbolon_platform::user::User;

use crate::codes::{spend_codes_of_member, spend_codes_of_tenant};
use crate::declarations::{self, Renamed};
use crate::engine::{Commit, Cursor, Expect, StoreError, Value, each, first};
use crate::many::keys;
use crate::parameters;
use crate::store::Store;
use crate::users::{user_columns, user_from_row};

/// The columns of [`tenant_from_row`], of the table `tenants` named `t`.
macro_rules! tenant_columns {
    () => {
        "t.id, t.external_id, t.name, t.kind, t.base_url, t.region, t.standing"
    };
}
pub(crate) use tenant_columns;

pub(crate) fn tenant_from_row(row: &mut Cursor) -> Result<Tenant, StoreError> {
    Ok(Tenant {
        id: row.id()?,
        external_id: row.text()?,
        name: row.text()?,
        kind: row.word(TenantKind::parse)?,
        base_url: row.optional_text()?,
        region: row.optional_text()?,
        standing: row.word(Standing::parse)?,
    })
}

/// Where a person belongs.
const MEMBERSHIPS: &str = concat!(
    "SELECT ",
    tenant_columns!(),
    ", m.role, m.standing FROM memberships m JOIN tenants t ON t.id = m.tenant_id \
     WHERE m.user_id = $1 ORDER BY t.name, t.id"
);

/// Reads a membership: the tenant's columns, then role and standing.
pub(crate) fn membership_from_row(row: &mut Cursor) -> Result<Membership, StoreError> {
    Ok(Membership { tenant: tenant_from_row(row)?, role: row.text()?, standing: row.word(Standing::parse)? })
}

/// A person in a tenant, seen from the tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The person.
    pub user: User,
    /// The key of their role.
    pub role: String,
    /// Whether the membership is in force.
    pub standing: Standing,
}

fn columns(tenant: &Tenant) -> [Value; 7] {
    parameters![
        tenant.id,
        tenant.external_id.as_str(),
        tenant.name.as_str(),
        tenant.kind.as_str(),
        tenant.base_url.clone(),
        tenant.region.clone(),
        tenant.standing.as_str()
    ]
}

pub(crate) fn create_tenant(commit: Commit, tenant: &Tenant, now: Timestamp) -> Commit {
    const INSERT: &str = "INSERT INTO tenants \
        (id, external_id, name, kind, base_url, region, standing, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let row: Vec<_> = columns(tenant).into_iter().chain([now.into()]).collect();
    commit.step(INSERT, row, Expect::One)
}

/// Makes `old` into `new`, as long as it still is `old`. What was under way for a tenant that is disabled by it is over.
pub(crate) fn update_tenant(commit: Commit, old: &Tenant, new: &Tenant) -> Commit {
    const UPDATE: &str = "UPDATE tenants SET external_id = $2, name = $3, kind = $4, base_url = $5, \
        region = $6, standing = $7 WHERE id = $1 AND (external_id, name, kind, base_url, region, standing) \
        IS NOT DISTINCT FROM ($8, $9, $10, $11, $12, $13)";
    let commit = commit.rewrite(UPDATE, columns(old), columns(new));
    let commit = if old.external_id == new.external_id {
        commit
    } else {
        declarations::rename(commit, Renamed::Tenant, &old.external_id, &new.external_id)
    };
    match new.standing {
        Standing::Disabled => spend_codes_of_tenant(commit, new.id),
        Standing::Active => commit,
    }
}

pub(crate) fn delete_tenant(commit: Commit, id: TenantId) -> Commit {
    commit.step("DELETE FROM tenants WHERE id = $1", parameters![id], Expect::One)
}

/// What a person is to be in a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMembership {
    /// Where.
    pub tenant: TenantId,
    /// Who.
    pub user: UserId,
    /// The key of the role.
    pub role: String,
    /// Whether it is in force.
    pub standing: Standing,
    /// Since when, if it is new.
    pub created_at: Timestamp,
}

impl NewMembership {
    /// A person in the space of their own.
    #[must_use]
    pub fn of_oneself(tenant: TenantId, user: UserId, created_at: Timestamp) -> NewMembership {
        let role = OWNER_OF_ONESELF.to_owned();
        NewMembership { tenant, user, role, standing: Standing::Active, created_at }
    }
}

/// Makes a membership, or makes `old` into `new`, as long as it still is `old`. What was under way for one that is disabled by
/// it is over.
pub(crate) fn put_membership(commit: Commit, old: Option<&Membership>, new: &NewMembership) -> Commit {
    const INSERT: &str = "INSERT INTO memberships (tenant_id, user_id, role, standing, created_at) \
        VALUES ($1, $2, $3, $4, $5)";
    const UPDATE: &str = "UPDATE memberships SET role = $3, standing = $4 \
        WHERE tenant_id = $1 AND user_id = $2 AND role = $5 AND standing = $6";
    let (tenant, user) = (new.tenant, new.user);
    let (role, standing) = (new.role.as_str(), new.standing.as_str());
    match old {
        None => commit.step(INSERT, parameters![tenant, user, role, standing, new.created_at], Expect::One),
        Some(old) => {
            let compared = parameters![old.role.as_str(), old.standing.as_str()];
            let row: Vec<_> = parameters![tenant, user, role, standing].into_iter().chain(compared).collect();
            let commit = commit.step(UPDATE, row, Expect::One);
            match new.standing {
                Standing::Disabled => spend_codes_of_member(commit, tenant, user),
                Standing::Active => commit,
            }
        }
    }
}

pub(crate) fn remove_membership(commit: Commit, tenant: TenantId, user: UserId) -> Commit {
    const DELETE: &str = "DELETE FROM memberships WHERE tenant_id = $1 AND user_id = $2";
    let commit = declarations::remove_membership(commit, tenant, user);
    spend_codes_of_member(commit.step(DELETE, parameters![tenant, user], Expect::One), tenant, user)
}

impl Store {
    /// A tenant by the host's identifier.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn load_tenant_by_external_id(&self, id: &str) -> Result<Option<Tenant>, StoreError> {
        const FIND: &str = concat!("SELECT ", tenant_columns!(), " FROM tenants t WHERE t.external_id = $1");
        let rows = self.engine().load(FIND, &parameters![id]).await?;
        first(rows, tenant_from_row)
    }

    /// Up to `most` tenants whose identifier follows `after`, in order of identifier.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn list_tenants(&self, after: &str, most: i64) -> Result<Vec<Tenant>, StoreError> {
        const LIST: &str = concat!(
            "SELECT ",
            tenant_columns!(),
            " FROM tenants t WHERE t.external_id > $1 ORDER BY t.external_id LIMIT $2"
        );
        each(self.engine().load(LIST, &parameters![after, most]).await?, tenant_from_row)
    }

    /// Where a person belongs, disabled memberships and tenants included, in order of the tenant's name.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn load_memberships(&self, user: UserId) -> Result<Vec<Membership>, StoreError> {
        each(self.engine().load(MEMBERSHIPS, &parameters![user]).await?, membership_from_row)
    }

    /// Where each of these people belongs, in no order.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn load_memberships_of(
        &self,
        users: &[UserId],
    ) -> Result<Vec<(UserId, Membership)>, StoreError> {
        const FIND: &str = concat!(
            "SELECT m.user_id, ",
            tenant_columns!(),
            ", m.role, m.standing FROM memberships m JOIN tenants t ON t.id = m.tenant_id WHERE m.user_id IN (",
            keys!(),
            ")"
        );
        self.load_many(FIND, users, |row| Ok((row.id()?, membership_from_row(row)?))).await
    }

    /// Who belongs to a tenant, in order of the host's identifier.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn list_members(&self, tenant: TenantId) -> Result<Vec<Member>, StoreError> {
        const FIND: &str = concat!(
            "SELECT ",
            user_columns!(),
            ", m.role, m.standing FROM memberships m JOIN users u ON u.id = m.user_id \
             WHERE m.tenant_id = $1 ORDER BY u.external_id"
        );
        each(self.engine().load(FIND, &parameters![tenant]).await?, |row| {
            Ok(Member { user: user_from_row(row)?, role: row.text()?, standing: row.word(Standing::parse)? })
        })
    }
}
