//! Changes of tenants and of who belongs to them.

use symbolon_oauth::id::{TenantId, UserId};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::deed::Deed;
use symbolon_platform::tenant::{Membership, Tenant};

use super::Effect;
use crate::tenants::{self, NewMembership};

/// A change of a tenant.
#[derive(Clone, PartialEq, Eq)]
pub enum TenantChange {
    /// Makes one.
    Create {
        /// The new tenant.
        tenant: Tenant,
        /// Now.
        at: Timestamp,
    },
    /// Makes `old` into `new`.
    Update {
        /// What it is.
        old: Tenant,
        /// What it is to be.
        new: Tenant,
    },
    /// Deletes one, with its grants.
    Delete(TenantId),
}

/// A change of who belongs to a tenant.
#[derive(Clone, PartialEq, Eq)]
pub enum MembershipChange {
    /// Makes one, or makes `old` into `new`.
    Put {
        /// What it is, if it is there.
        old: Option<Membership>,
        /// What it is to be.
        new: NewMembership,
    },
    /// Ends one.
    Remove {
        /// Where.
        tenant: TenantId,
        /// Whose.
        user: UserId,
    },
}

impl TenantChange {
    pub(super) fn effect(&self) -> Effect<'_> {
        match self {
            TenantChange::Create { tenant, at } => {
                Effect::new(Deed::TenantCreated, move |commit| tenants::create_tenant(commit, tenant, *at))
                    .tenant(tenant.id)
            }
            TenantChange::Update { old, new } => {
                Effect::new(Deed::TenantUpdated, move |commit| tenants::update_tenant(commit, old, new))
                    .tenant(new.id)
            }
            TenantChange::Delete(id) => {
                Effect::new(Deed::TenantDeleted, move |commit| tenants::delete_tenant(commit, *id))
                    .tenant(*id)
            }
        }
    }
}

impl MembershipChange {
    pub(super) fn effect(&self) -> Effect<'_> {
        match self {
            MembershipChange::Put { old, new } => {
                let deed = if old.is_none() { Deed::MembershipCreated } else { Deed::MembershipUpdated };
                Effect::new(deed, move |commit| tenants::put_membership(commit, old.as_ref(), new))
                    .user(new.user)
                    .tenant(new.tenant)
            }
            MembershipChange::Remove { tenant, user } => {
                Effect::new(Deed::MembershipDeleted, move |commit| {
                    tenants::remove_membership(commit, *tenant, *user)
                })
                .user(*user)
                .tenant(*tenant)
            }
        }
    }
}
