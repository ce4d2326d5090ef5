//! Changes of resources and of their host keys.

use symbolon_oauth::id::{HostKeyId, ResourceId};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::catalogue::Resource;
use symbolon_platform::deed::Deed;

use super::Effect;
use crate::resources::{self, HostKey};

/// A change of a resource.
#[derive(Clone, PartialEq, Eq)]
pub enum ResourceChange {
    /// Makes one.
    Create {
        /// The new resource.
        resource: Resource,
        /// Now.
        at: Timestamp,
    },
    /// Makes `old` into `new`.
    Update {
        /// What it is.
        old: Resource,
        /// What it is to be.
        new: Resource,
    },
    /// Deletes one, with its keys.
    Delete(ResourceId),
}

/// A change of the keys of a resource.
#[derive(Clone, PartialEq, Eq)]
pub enum HostKeyChange {
    /// Adds one.
    Add {
        /// The new key.
        key: HostKey,
        /// Whether it lacks our format, so that the way from its hash must be kept.
        foreign: bool,
    },
    /// Adds one of our format; the newest of those before it lives on for a while, the others end.
    Rotate {
        /// The new key.
        key: HostKey,
        /// Until when the one before it lives.
        old_until: Timestamp,
    },
    /// Ends one.
    Revoke {
        /// Which.
        key: HostKeyId,
        /// Now.
        at: Timestamp,
    },
}

impl ResourceChange {
    pub(super) fn effect(&self) -> Effect<'_> {
        match self {
            ResourceChange::Create { resource, at } => Effect::new(Deed::ResourceCreated, move |commit| {
                resources::create_resource(commit, resource, *at)
            }),
            ResourceChange::Update { old, new } => {
                Effect::new(Deed::ResourceUpdated, move |commit| resources::update_resource(commit, old, new))
            }
            ResourceChange::Delete(id) => {
                Effect::new(Deed::ResourceDeleted, move |commit| resources::delete_resource(commit, *id))
            }
        }
    }
}

impl HostKeyChange {
    pub(super) fn effect(&self) -> Effect<'_> {
        match self {
            HostKeyChange::Add { key, foreign } => Effect::new(Deed::HostKeyCreated, move |commit| {
                resources::add_host_key(commit, key, *foreign)
            }),
            HostKeyChange::Rotate { key, old_until } => Effect::new(Deed::HostKeyRotated, move |commit| {
                resources::rotate_host_key(commit, key, *old_until)
            }),
            HostKeyChange::Revoke { key, at } => {
                Effect::new(Deed::HostKeyRevoked, move |commit| resources::revoke_host_key(commit, *key, *at))
            }
        }
    }
}
