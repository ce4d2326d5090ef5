//! Changes of the declared world, as data: what `apply`, the command line and sign-up hand over.
//!
//! Any number of changes happen together or not at all, each with its audit row. A change that meets other facts
//! than it was made for (a name taken meanwhile, a row gone) is [`StoreError::Conflict`].

use symbolon_oauth::id::{AppId, ClientSecretId, HostKeyId, ResourceId, TenantId, UserId};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::{App, AppStatus};
use symbolon_platform::catalogue::{Resource, Role, Scope};
use symbolon_platform::deed::Deed;
use symbolon_platform::tenant::{Membership, Tenant};
use symbolon_platform::user::User;

use crate::apps::{self, Look, StoredSecret};
use crate::audit::Audit;
use crate::cache::Doubt;
use crate::engine::{Commit, StoreError};
use crate::icons::{self, Icon};
use crate::resources::{self, HostKey};
use crate::store::Store;
use crate::tenants::{self, NewMembership};
use crate::{roles, scopes, users};

/// One change.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it, and the nouns are documented where they live")]
pub enum Change {
    PutScope { old: Option<Scope>, new: Scope },
    DeleteScope(String),
    PutRole { old: Option<Role>, new: Role },
    DeleteRole(String),
    CreateTenant { tenant: Tenant, at: Timestamp },
    UpdateTenant { old: Tenant, new: Tenant },
    DeleteTenant(TenantId),
    CreateUser { user: User, password_hash: Option<String>, at: Timestamp },
    UpdateUser { old: User, new: User },
    SetPassword { user: UserId, hash: String, at: Timestamp },
    DeleteUser(UserId),
    PutMembership { old: Option<Membership>, new: NewMembership },
    RemoveMembership { tenant: TenantId, user: UserId },
    PutIcon(Icon),
    CreateApp(App),
    UpdateApp { old: Box<App>, new: Box<App> },
    SetAppLook { app: AppId, old: Look, new: Look },
    SetAppStatus { app: AppId, status: AppStatus },
    DeleteApp(AppId),
    RotateSecret { app: AppId, secret: StoredSecret, old_until: Timestamp },
    RevokeSecret { app: AppId, secret: ClientSecretId },
    CreateResource { resource: Resource, at: Timestamp },
    UpdateResource { old: Resource, new: Resource },
    DeleteResource(ResourceId),
    AddHostKey { key: HostKey, foreign: bool },
    RevokeHostKey { key: HostKeyId, at: Timestamp },
}

impl Change {
    fn append(&self, commit: Commit) -> Commit {
        match self {
            Change::PutScope { old, new } => scopes::put_scope(commit, old.as_ref(), new),
            Change::DeleteScope(name) => scopes::delete_scope(commit, name),
            Change::PutRole { old, new } => roles::put_role(commit, old.as_ref(), new),
            Change::DeleteRole(key) => roles::delete_role(commit, key),
            Change::CreateTenant { tenant, at } => tenants::create_tenant(commit, tenant, *at),
            Change::UpdateTenant { old, new } => tenants::update_tenant(commit, old, new),
            Change::DeleteTenant(id) => tenants::delete_tenant(commit, *id),
            Change::CreateUser { user, password_hash, at } => {
                users::create_user(commit, user, password_hash.as_deref(), *at)
            }
            Change::UpdateUser { old, new } => users::update_user(commit, old, new),
            Change::SetPassword { user, hash, at } => users::set_password(commit, *user, hash, *at),
            Change::DeleteUser(id) => users::delete_user(commit, *id),
            Change::PutMembership { old, new } => tenants::put_membership(commit, old.as_ref(), new),
            Change::RemoveMembership { tenant, user } => tenants::remove_membership(commit, *tenant, *user),
            Change::PutIcon(icon) => icons::put_icon(commit, icon),
            Change::CreateApp(app) => apps::create_app(commit, app),
            Change::UpdateApp { old, new } => apps::update_app(commit, old, new),
            Change::SetAppLook { app, old, new } => apps::set_app_look(commit, *app, old, new),
            Change::SetAppStatus { app, status } => apps::set_app_status(commit, *app, *status),
            Change::DeleteApp(id) => apps::delete_app(commit, *id),
            Change::RotateSecret { app, secret, old_until } => {
                apps::rotate_client_secret(commit, *app, secret, *old_until)
            }
            Change::RevokeSecret { app, secret } => apps::revoke_client_secret(commit, *app, *secret),
            Change::CreateResource { resource, at } => resources::create_resource(commit, resource, *at),
            Change::UpdateResource { old, new } => resources::update_resource(commit, old, new),
            Change::DeleteResource(id) => resources::delete_resource(commit, *id),
            Change::AddHostKey { key, foreign } => resources::add_host_key(commit, key, *foreign),
            Change::RevokeHostKey { key, at } => resources::revoke_host_key(commit, *key, *at),
        }
    }

    /// What the audit calls it.
    #[must_use]
    pub fn action(&self) -> Deed {
        match self {
            Change::PutScope { old: None, .. } => Deed::ScopeCreated,
            Change::PutScope { old: Some(_), .. } => Deed::ScopeUpdated,
            Change::DeleteScope(_) => Deed::ScopeDeleted,
            Change::PutRole { old: None, .. } => Deed::RoleCreated,
            Change::PutRole { old: Some(_), .. } => Deed::RoleUpdated,
            Change::DeleteRole(_) => Deed::RoleDeleted,
            Change::CreateTenant { .. } => Deed::TenantCreated,
            Change::UpdateTenant { .. } => Deed::TenantUpdated,
            Change::DeleteTenant(_) => Deed::TenantDeleted,
            Change::CreateUser { .. } => Deed::UserCreated,
            Change::UpdateUser { .. } => Deed::UserUpdated,
            Change::SetPassword { .. } => Deed::PasswordChanged,
            Change::DeleteUser(_) => Deed::UserDeleted,
            Change::PutMembership { old: None, .. } => Deed::MembershipCreated,
            Change::PutMembership { old: Some(_), .. } => Deed::MembershipUpdated,
            Change::RemoveMembership { .. } => Deed::MembershipDeleted,
            Change::PutIcon(_) => Deed::IconStored,
            Change::CreateApp(_) => Deed::AppCreated,
            Change::UpdateApp { .. } | Change::SetAppLook { .. } => Deed::AppUpdated,
            Change::SetAppStatus { status: AppStatus::Suspended, .. } => Deed::AppSuspended,
            Change::SetAppStatus { status: AppStatus::Live, .. } => Deed::AppResumed,
            Change::SetAppStatus { status: AppStatus::Development, .. } => Deed::AppUnpublished,
            Change::DeleteApp(_) => Deed::AppDeleted,
            Change::RotateSecret { .. } => Deed::ClientSecretRotated,
            Change::RevokeSecret { .. } => Deed::ClientSecretRevoked,
            Change::CreateResource { .. } => Deed::ResourceCreated,
            Change::UpdateResource { .. } => Deed::ResourceUpdated,
            Change::DeleteResource(_) => Deed::ResourceDeleted,
            Change::AddHostKey { .. } => Deed::HostKeyCreated,
            Change::RevokeHostKey { .. } => Deed::HostKeyRevoked,
        }
    }

    /// Whether an icon may be without an app afterwards.
    fn may_forsake_an_icon(&self) -> bool {
        matches!(
            self,
            Change::PutIcon(_) | Change::UpdateApp { .. } | Change::SetAppLook { .. } | Change::DeleteApp(_)
        )
    }

    /// The app, the person and the tenant it concerns.
    #[must_use]
    pub fn concerns(&self) -> (Option<AppId>, Option<UserId>, Option<TenantId>) {
        match self {
            Change::PutScope { .. }
            | Change::DeleteScope(_)
            | Change::PutRole { .. }
            | Change::DeleteRole(_)
            | Change::PutIcon(_)
            | Change::CreateResource { .. }
            | Change::UpdateResource { .. }
            | Change::DeleteResource(_)
            | Change::AddHostKey { .. }
            | Change::RevokeHostKey { .. } => (None, None, None),
            Change::CreateTenant { tenant, .. } | Change::UpdateTenant { new: tenant, .. } => {
                (None, None, Some(tenant.id))
            }
            Change::DeleteTenant(id) => (None, None, Some(*id)),
            Change::CreateUser { user, .. } | Change::UpdateUser { new: user, .. } => {
                (None, Some(user.id), None)
            }
            Change::SetPassword { user, .. } | Change::DeleteUser(user) => (None, Some(*user), None),
            Change::PutMembership { new, .. } => (None, Some(new.user), Some(new.tenant)),
            Change::RemoveMembership { tenant, user } => (None, Some(*user), Some(*tenant)),
            Change::CreateApp(app) => (Some(app.client.id), None, None),
            Change::UpdateApp { new, .. } => (Some(new.client.id), None, None),
            Change::SetAppLook { app, .. }
            | Change::SetAppStatus { app, .. }
            | Change::DeleteApp(app)
            | Change::RotateSecret { app, .. }
            | Change::RevokeSecret { app, .. } => (Some(*app), None, None),
        }
    }
}

impl Store {
    /// Makes all changes and writes all audit rows, or none. An icon is put before the app that refers to it; one that no
    /// app refers to in the end is gone.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the facts have changed; [`StoreError::Unavailable`].
    pub async fn change(&self, changes: &[Change], audit: &[Audit]) -> Result<(), StoreError> {
        let commit = changes.iter().fold(Commit::new(), |commit, change| change.append(commit));
        let forsakes = changes.iter().any(Change::may_forsake_an_icon);
        let commit = if forsakes { icons::drop_forsaken(commit) } else { commit };
        let commit = audit.iter().fold(commit, |commit, row| row.append(commit));
        if commit.is_empty() {
            return Ok(());
        }
        self.commit_and_turn(commit, Doubt::All).await.map(|_| ())
    }
}
