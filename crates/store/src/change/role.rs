//! Changes of the roles in the catalogue.

use symbolon_platform::catalogue::Role;
use symbolon_platform::deed::Deed;

use super::Effect;
use crate::roles;

/// A change of a role.
#[derive(Clone, PartialEq, Eq)]
pub enum RoleChange {
    /// Makes one, or makes `old` into `new`.
    Put {
        /// What it is, if it is there.
        old: Option<Role>,
        /// What it is to be.
        new: Role,
    },
    /// Deletes the one of this key.
    Delete(String),
}

impl RoleChange {
    pub(super) fn effect(&self) -> Effect<'_> {
        match self {
            RoleChange::Put { old, new } => {
                let deed = if old.is_none() { Deed::RoleCreated } else { Deed::RoleUpdated };
                Effect::new(deed, move |commit| roles::put_role(commit, old.as_ref(), new))
            }
            RoleChange::Delete(key) => {
                Effect::new(Deed::RoleDeleted, move |commit| roles::delete_role(commit, key))
            }
        }
    }
}
