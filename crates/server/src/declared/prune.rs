//! Deleting what is not declared, of the kinds that the files declare. What others refer to goes last.

use std::collections::HashSet;

use symbolon_platform::catalogue::Catalogue;
use symbolon_store::change::{
    AppChange, MembershipChange, ResourceChange, RoleChange, ScopeChange, TenantChange, UserChange,
};

use super::DeclaredError;
use super::file::Entries;
use super::plan::Plan;

/// How many rows one look at a list takes.
const PAGE: i64 = 500;

impl Plan<'_> {
    pub(super) async fn prune(&mut self, entries: &Entries, stored: &Catalogue) -> Result<(), DeclaredError> {
        if !entries.resource.is_empty() {
            let declared: HashSet<&str> = entries.resource.iter().map(|r| r.identifier.as_str()).collect();
            for resource in stored.resources.iter().filter(|r| !declared.contains(r.identifier.as_str())) {
                self.removed(ResourceChange::Delete(resource.id).into(), "resource", &resource.identifier);
            }
        }
        if !entries.app.is_empty() {
            self.prune_apps(entries).await?;
        }
        if !entries.membership.is_empty() {
            self.prune_memberships(entries).await?;
        }
        if !entries.user.is_empty() {
            self.prune_users(entries).await?;
        }
        if !entries.tenant.is_empty() {
            self.prune_tenants(entries).await?;
        }
        if !entries.role.is_empty() {
            let declared: HashSet<&str> = entries.role.iter().map(|role| role.key.as_str()).collect();
            for key in stored.roles.keys().filter(|key| !declared.contains(key.as_str())) {
                self.removed(RoleChange::Delete(key.clone()).into(), "role", key);
            }
        }
        if !entries.scope.is_empty() {
            let declared: HashSet<&str> = entries.scope.iter().map(|scope| scope.name.as_str()).collect();
            for name in stored.scopes.keys().filter(|name| !declared.contains(name.as_str())) {
                self.removed(ScopeChange::Delete(name.clone()).into(), "scope", name);
            }
        }
        Ok(())
    }

    async fn prune_apps(&mut self, entries: &Entries) -> Result<(), DeclaredError> {
        let declared: HashSet<&str> =
            entries.app.iter().map(|app| app.registration.client_id.as_str()).collect();
        let mut after = String::new();
        loop {
            let page = self.around.store.list_apps(&after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after.clone_from(&last.client.client_id);
            for app in page.iter().filter(|app| !declared.contains(app.client.client_id.as_str())) {
                self.removed(AppChange::Delete(app.client.id).into(), "app", &app.client.client_id);
            }
        }
    }

    async fn prune_users(&mut self, entries: &Entries) -> Result<(), DeclaredError> {
        let declared: HashSet<&str> = entries.user.iter().map(|user| user.id.as_str()).collect();
        let mut after = String::new();
        loop {
            let page = self.around.store.list_users(&after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after.clone_from(&last.external_id);
            for user in page.iter().filter(|user| !declared.contains(user.external_id.as_str())) {
                self.removed(UserChange::Delete(user.id).into(), "user", &user.external_id);
            }
        }
    }

    async fn prune_tenants(&mut self, entries: &Entries) -> Result<(), DeclaredError> {
        let declared: HashSet<&str> = entries.tenant.iter().map(|tenant| tenant.id.as_str()).collect();
        let mut after = String::new();
        loop {
            let page = self.around.store.list_tenants(&after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after.clone_from(&last.external_id);
            for tenant in page.iter().filter(|tenant| !declared.contains(tenant.external_id.as_str())) {
                self.removed(TenantChange::Delete(tenant.id).into(), "tenant", &tenant.external_id);
            }
        }
    }

    async fn prune_memberships(&mut self, entries: &Entries) -> Result<(), DeclaredError> {
        let declared: HashSet<(&str, &str)> =
            entries.membership.iter().map(|m| (m.tenant.as_str(), m.user.as_str())).collect();
        let mut after = String::new();
        loop {
            let page = self.around.store.list_tenants(&after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after.clone_from(&last.external_id);
            for tenant in &page {
                let members = self.around.store.list_members(tenant.id).await?;
                let place = tenant.external_id.as_str();
                for member in members
                    .iter()
                    .filter(|member| !declared.contains(&(place, member.user.external_id.as_str())))
                {
                    let change = MembershipChange::Remove { tenant: tenant.id, user: member.user.id }.into();
                    self.removed(change, "membership", &format!("{} in {place}", member.user.external_id));
                }
            }
        }
    }
}
