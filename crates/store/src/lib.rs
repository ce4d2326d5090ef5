//! Storage on SQLite or PostgreSQL: verbs of the domain over one text of SQL.
//!
//! A verb either loads the facts of one request in one call or commits one decision in one transaction; a commit holds
//! only if the facts still hold, else [`StoreError::Conflict`]. Not found is `Option`; an engine's own trouble is
//! [`StoreError::Unavailable`], never a verdict.

mod about_apps;
pub mod activity;
pub mod app_transfers;
mod app_versions;
pub mod apps;
pub mod attempts;
pub mod audit;
pub mod backup;
pub mod browser_sessions;
mod cache;
pub mod change;
pub mod client_secrets;
mod clients;
pub mod codes;
pub mod connections;
pub mod declarations;
pub mod developed;
pub mod developer_requests;
pub mod engine;
pub mod grants;
pub mod icons;
pub mod invitations;
pub mod jobs;
mod many;
pub mod organisations;
#[cfg(test)]
mod plans;
mod proofs;
pub mod redirect_uses;
pub mod resources;
mod roles;
pub mod scope_reasons;
mod scopes;
pub mod sealed;
pub mod secret_notices;
mod store;
pub mod sweep;
pub mod tenants;
pub mod testers;
pub mod testing;
pub mod tokens;
mod usage;
pub mod users;
pub mod weak_credentials;

pub use audit::{Actor, Audit};
pub use change::Change;
pub use engine::{
    Asked, Commit, Cursor, Engine, Expect, Options, Pooling, Row, StoreError, Transport, Value,
};
pub use store::Store;
