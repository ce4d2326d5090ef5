//! Changes of the scopes in the catalogue.

use symbolon_platform::catalogue::Scope;
use symbolon_platform::deed::Deed;

use super::Effect;
use crate::scopes;

/// A change of a scope.
#[derive(Clone, PartialEq, Eq)]
pub enum ScopeChange {
    /// Makes one, or makes `old` into `new`.
    Put {
        /// What it is, if it is there.
        old: Option<Scope>,
        /// What it is to be.
        new: Box<Scope>,
    },
    /// Deletes the one of this name.
    Delete(String),
}

impl ScopeChange {
    pub(super) fn effect(&self) -> Effect<'_> {
        match self {
            ScopeChange::Put { old, new } => {
                let deed = if old.is_none() { Deed::ScopeCreated } else { Deed::ScopeUpdated };
                Effect::new(deed, move |commit| scopes::put_scope(commit, old.as_ref(), new))
            }
            ScopeChange::Delete(name) => {
                Effect::new(Deed::ScopeDeleted, move |commit| scopes::delete_scope(commit, name))
            }
        }
    }
}
