//! Deleting what files once declared and no longer do, of the kinds that they declare. What others refer to goes last; what
//! no file ever declared (people who signed up, what was made on the command line) stays, and is counted.

use std::collections::{HashMap, HashSet};

use symbolon_oauth::id::{TenantId, UserId};
use symbolon_platform::catalogue::Catalogue;
use symbolon_platform::tenant::Tenant;
use symbolon_store::Change;
use symbolon_store::change::{
    AppChange, MembershipChange, ResourceChange, RoleChange, ScopeChange, TenantChange, UserChange,
};

use super::DeclaredError;
use super::diff::Field;
use super::file::Entries;
use super::plan::Plan;

/// How many rows one look at a list takes.
const PAGE: i64 = 500;

/// Everything stored of one kind, with the change that deletes it.
type Stored = Vec<(String, Change)>;

/// How many members hold each role.
type Holders = HashMap<String, usize>;

impl Plan<'_> {
    pub(super) async fn prune(&mut self, entries: &Entries, stored: &Catalogue) -> Result<(), DeclaredError> {
        if !entries.resource.is_empty() {
            let all = stored.resources.iter();
            let all =
                all.map(|one| (one.identifier.clone(), ResourceChange::Delete(one.id).into())).collect();
            self.prune_kind("resource", entries.resource.iter().map(|one| one.identifier.clone()), all);
        }
        if !entries.app.is_empty() {
            let all = self.stored_apps().await?;
            self.prune_kind("app", entries.app.iter().map(|app| app.registration.client_id.clone()), all);
        }
        if !entries.membership.is_empty() {
            let all = self.stored_memberships().await?;
            let declared = entries.membership.iter().map(|one| format!("{} in {}", one.user, one.tenant));
            self.prune_kind("membership", declared, all);
        }
        if !entries.user.is_empty() {
            let all = self.stored_users().await?;
            self.prune_kind("user", entries.user.iter().map(|user| user.id.clone()), all);
        }
        if !entries.tenant.is_empty() {
            let all = self.stored_tenants().await?;
            self.prune_kind("tenant", entries.tenant.iter().map(|tenant| tenant.id.clone()), all);
        }
        if !entries.role.is_empty() {
            let all = stored.roles.keys().map(|key| (key.clone(), RoleChange::Delete(key.clone()).into()));
            let holders = self.holders().await?;
            let declared = entries.role.iter().map(|role| role.key.clone());
            self.prune_kind_of_held("role", declared, (all.collect(), &holders));
        }
        if !entries.scope.is_empty() {
            let all =
                stored.scopes.keys().map(|name| (name.clone(), ScopeChange::Delete(name.clone()).into()));
            self.prune_kind("scope", entries.scope.iter().map(|scope| scope.name.clone()), all.collect());
        }
        Ok(())
    }

    fn prune_kind(&mut self, kind: &'static str, declared: impl Iterator<Item = String>, stored: Stored) {
        self.prune_kind_of_held(kind, declared, (stored, &Holders::new()));
    }

    /// The same of what somebody may hold, which the line says.
    fn prune_kind_of_held(
        &mut self,
        kind: &'static str,
        declared: impl Iterator<Item = String>,
        (stored, holders): (Stored, &Holders),
    ) {
        let declared: HashSet<String> = declared.collect();
        let there: HashSet<&str> = stored.iter().map(|(key, _)| key.as_str()).collect();
        // What was deleted by hand, and is no longer in any file, may be declared anew.
        let gone = self.all_before(kind).map(|before| before.key.clone());
        let gone: Vec<_> =
            gone.filter(|key| !declared.contains(key) && !there.contains(key.as_str())).collect();
        for key in gone {
            self.forget(kind, &key);
        }
        let mut undeclared = 0;
        for (key, deletion) in stored.into_iter().filter(|(key, _)| !declared.contains(key)) {
            if self.before(kind, &key).is_some_and(|before| before.declared) {
                let held = holders.get(&key).map(|count| Field {
                    name: "members",
                    before: count.to_string(),
                    after: "nothing they may do".to_owned(),
                });
                self.removed(deletion, (kind, &key), held.into_iter().collect());
                self.forget_memberships(kind, &key);
            } else {
                undeclared += 1;
            }
        }
        self.leave(kind, undeclared);
    }

    /// The memberships that go with a person or a tenant are no longer declared, either.
    fn forget_memberships(&mut self, kind: &str, key: &str) {
        let of = |membership: &str| match membership.split_once(" in ") {
            Some((user, tenant)) => (kind == "user" && user == key) || (kind == "tenant" && tenant == key),
            None => false,
        };
        let keys = self.all_before("membership").map(|before| before.key.clone());
        let keys: Vec<_> = keys.filter(|membership| of(membership)).collect();
        for membership in keys {
            self.forget("membership", &membership);
        }
    }

    /// Who holds a role when everything has happened that is to happen so far.
    async fn holders(&self) -> Result<Holders, DeclaredError> {
        let mut roles: HashMap<(TenantId, UserId), String> = HashMap::new();
        for tenant in self.all_tenants().await? {
            let members = self.around.store.list_members(tenant.id).await?;
            roles.extend(members.into_iter().map(|member| ((tenant.id, member.user.id), member.role)));
        }
        for change in self.coming() {
            match change {
                Change::Membership(MembershipChange::Put { old: _, new }) => {
                    roles.insert((new.tenant, new.user), new.role.clone());
                }
                Change::Membership(MembershipChange::Remove { tenant, user }) => {
                    roles.remove(&(*tenant, *user));
                }
                Change::User(UserChange::Delete(gone)) => roles.retain(|(_, user), _| user != gone),
                Change::Tenant(TenantChange::Delete(gone)) => roles.retain(|(tenant, _), _| tenant != gone),
                _ => (),
            }
        }
        let mut holders = Holders::new();
        for role in roles.into_values() {
            *holders.entry(role).or_default() += 1;
        }
        Ok(holders)
    }

    async fn stored_apps(&self) -> Result<Stored, DeclaredError> {
        let (mut all, mut after) = (Stored::new(), String::new());
        loop {
            let page = self.around.store.list_apps(&after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(all) };
            after.clone_from(&last.client.client_id);
            all.extend(page.into_iter().map(|app| {
                let id = app.client.id;
                (app.client.client_id, AppChange::Delete(id).into())
            }));
        }
    }

    async fn stored_users(&self) -> Result<Stored, DeclaredError> {
        let (mut all, mut after) = (Stored::new(), String::new());
        loop {
            let page = self.around.store.list_users(&after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(all) };
            after.clone_from(&last.external_id);
            all.extend(page.into_iter().map(|user| (user.external_id, UserChange::Delete(user.id).into())));
        }
    }

    async fn stored_tenants(&self) -> Result<Stored, DeclaredError> {
        let all = self.all_tenants().await?.into_iter();
        Ok(all.map(|one| (one.external_id, TenantChange::Delete(one.id).into())).collect())
    }

    async fn stored_memberships(&self) -> Result<Stored, DeclaredError> {
        let mut all = Stored::new();
        for tenant in self.all_tenants().await? {
            let members = self.around.store.list_members(tenant.id).await?;
            all.extend(members.into_iter().map(|member| {
                let user = member.user.id;
                let key = format!("{} in {}", member.user.external_id, tenant.external_id);
                (key, MembershipChange::Remove { tenant: tenant.id, user }.into())
            }));
        }
        Ok(all)
    }

    async fn all_tenants(&self) -> Result<Vec<Tenant>, DeclaredError> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.around.store.list_tenants(&after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(all) };
            after.clone_from(&last.external_id);
            all.extend(page);
        }
    }
}
