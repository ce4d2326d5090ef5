//! Changes of apps and of their secrets.

use symbolon_oauth::id::{AppId, ClientSecretId, OrganisationId};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::{About, App, AppStatus, Look};
use symbolon_platform::deed::Deed;

use super::Effect;
use crate::client_secrets::{self, Replaced, StoredSecret};
use crate::scope_reasons::{self, ScopeReasons};
use crate::{about_apps, apps, organisations};

/// A change of an app.
#[derive(Clone, PartialEq, Eq)]
pub enum AppChange {
    /// Makes one.
    Create(App),
    /// Makes `old` into `new`.
    Update {
        /// What it is.
        old: Box<App>,
        /// What it is to be.
        new: Box<App>,
    },
    /// Changes how one looks, and leaves everything else as it is by now.
    SetLook {
        /// Which.
        app: AppId,
        /// How it looks.
        old: Look,
        /// How it is to look.
        new: Look,
    },
    /// Changes what people read of one.
    SetAbout {
        /// Which.
        app: AppId,
        /// What they read.
        old: About,
        /// What they are to read.
        new: About,
    },
    /// Says why one asks for scopes.
    SetScopeReasons {
        /// Which.
        app: AppId,
        /// What is said.
        old: ScopeReasons,
        /// What is to be said.
        new: ScopeReasons,
    },
    /// Puts one into another organisation.
    Transfer {
        /// Which.
        app: AppId,
        /// Where it is; `None` is the operator.
        old: Option<OrganisationId>,
        /// Where it is to be.
        new: Option<OrganisationId>,
    },
    /// Stops one, or makes it live again.
    SetStatus {
        /// Which.
        app: AppId,
        /// What it is to be.
        status: AppStatus,
    },
    /// Deletes one, with its grants.
    Delete(AppId),
}

/// A change of an app's secrets.
#[derive(Clone, PartialEq, Eq)]
pub enum ClientSecretChange {
    /// Adds one; the newest of those before it lives on for a while, the others are dropped.
    Rotate {
        /// Whose.
        app: AppId,
        /// The new one.
        secret: StoredSecret,
        /// Until when the one before it lives.
        old_until: Timestamp,
    },
    /// Adds one beside at most one other.
    Add {
        /// Whose.
        app: AppId,
        /// The new one.
        secret: StoredSecret,
        /// The one whose place it takes.
        replaced: Option<Replaced>,
    },
    /// Keeps one by our own hash that was known by another server's.
    Adopt {
        /// Whose.
        app: AppId,
        /// The other server's hash.
        foreign: Box<str>,
        /// What takes its place, in the same row.
        own: StoredSecret,
    },
    /// Drops one.
    Revoke {
        /// Whose.
        app: AppId,
        /// Which.
        secret: ClientSecretId,
    },
}

impl AppChange {
    pub(super) fn effect(&self) -> Effect<'_> {
        match self {
            AppChange::Create(app) => {
                Effect::new(Deed::AppCreated, move |commit| apps::create_app(commit, app)).app(app.client.id)
            }
            AppChange::Update { old, new } => {
                Effect::new(Deed::AppUpdated, move |commit| apps::update_app(commit, old, new))
                    .app(new.client.id)
                    .frees_icons()
            }
            AppChange::SetLook { app, old, new } => {
                Effect::new(Deed::AppUpdated, move |commit| apps::set_app_look(commit, *app, old, new))
                    .app(*app)
                    .frees_icons()
            }
            AppChange::SetAbout { app, old, new } => {
                Effect::new(Deed::AppUpdated, move |commit| about_apps::set_about(commit, *app, old, new))
                    .app(*app)
            }
            AppChange::SetScopeReasons { app, old, new } => Effect::new(Deed::AppUpdated, move |commit| {
                scope_reasons::set_scope_reasons(commit, *app, old, new)
            })
            .app(*app),
            AppChange::Transfer { app, old, new } => Effect::new(Deed::AppTransferred, move |commit| {
                organisations::transfer_app(commit, *app, (*old, *new))
            })
            .app(*app),
            AppChange::SetStatus { app, status } => {
                let deed = match status {
                    AppStatus::Suspended => Deed::AppSuspended,
                    AppStatus::Live => Deed::AppResumed,
                    AppStatus::Development => Deed::AppUnpublished,
                };
                Effect::new(deed, move |commit| apps::set_app_status(commit, *app, *status)).app(*app)
            }
            AppChange::Delete(id) => {
                Effect::new(Deed::AppDeleted, move |commit| apps::delete_app(commit, *id))
                    .app(*id)
                    .frees_icons()
            }
        }
    }
}

impl ClientSecretChange {
    pub(super) fn effect(&self) -> Effect<'_> {
        match self {
            ClientSecretChange::Rotate { app, secret, old_until } => {
                Effect::new(Deed::ClientSecretRotated, move |commit| {
                    client_secrets::rotate_client_secret(commit, *app, secret, *old_until)
                })
                .app(*app)
            }
            ClientSecretChange::Add { app, secret, replaced } => {
                Effect::new(Deed::ClientSecretRotated, move |commit| {
                    client_secrets::add_client_secret(commit, *app, secret, *replaced)
                })
                .app(*app)
            }
            ClientSecretChange::Adopt { app, foreign, own } => {
                Effect::new(Deed::ClientSecretAdopted, move |commit| {
                    client_secrets::adopt_client_secret(commit, *app, foreign, own)
                })
                .app(*app)
            }
            ClientSecretChange::Revoke { app, secret } => {
                Effect::new(Deed::ClientSecretRevoked, move |commit| {
                    client_secrets::revoke_client_secret(commit, *app, *secret)
                })
                .app(*app)
            }
        }
    }
}
