//! Declared scopes, roles and resources.

use symbolon_oauth::credential::{Kind, Presented, Secret};
use symbolon_oauth::id::ResourceId;
use symbolon_platform::catalogue::{Catalogue, Resource, Role, Scope};
use symbolon_store::change::{HostKeyChange, ResourceChange, RoleChange, ScopeChange};
use symbolon_store::resources::HostKey;

use super::DeclaredError;
use super::diff::{Field, Fields, Line, Sign};
use super::file::{Entries, ResourceEntry, RoleEntry, ScopeEntry};
use super::plan::Plan;

impl Plan<'_> {
    pub(super) fn catalogue(&mut self, entries: &Entries, stored: &Catalogue) -> Result<(), DeclaredError> {
        for entry in &entries.scope {
            self.scope(entry, stored.scopes.get(&entry.name));
        }
        for entry in &entries.role {
            self.role(entry, stored.roles.get(&entry.key));
        }
        Ok(())
    }

    fn scope(&mut self, entry: &ScopeEntry, stored: Option<&Scope>) {
        let scope = Scope {
            name: entry.name.clone(),
            title: entry.title.clone(),
            description: entry.description.clone(),
            sensitivity: entry.sensitivity,
            includes: entry.includes.clone(),
        };
        let Some(old) = stored else {
            self.added(ScopeChange::Put { old: None, new: scope }.into(), "scope", &entry.name);
            return;
        };
        let fields = Fields::default()
            .compare("title", &old.title, &scope.title)
            .compare("description", &old.description, &scope.description)
            .compare("sensitivity", old.sensitivity.as_str(), scope.sensitivity.as_str())
            .compare("includes", old.includes.as_str(), scope.includes.as_str());
        if let Some(line) = fields.line("scope", &entry.name) {
            self.note(ScopeChange::Put { old: Some(old.clone()), new: scope }.into(), line);
        }
    }

    fn role(&mut self, entry: &RoleEntry, stored: Option<&Role>) {
        let role = Role {
            key: entry.key.clone(),
            title: entry.title.clone(),
            scopes: entry.scopes.clone(),
            can_install: entry.can_install,
            can_approve: entry.can_approve,
        };
        let Some(old) = stored else {
            self.added(RoleChange::Put { old: None, new: role }.into(), "role", &entry.key);
            return;
        };
        let fields = Fields::default()
            .compare("title", &old.title, &role.title)
            .compare("scopes", old.scopes.as_str(), role.scopes.as_str())
            .compare("can_install", &old.can_install, &role.can_install)
            .compare("can_approve", &old.can_approve, &role.can_approve);
        if let Some(line) = fields.line("role", &entry.key) {
            self.note(RoleChange::Put { old: Some(old.clone()), new: role }.into(), line);
        }
    }

    pub(super) async fn resources(&mut self, entries: &[ResourceEntry]) -> Result<(), DeclaredError> {
        for entry in entries {
            let stored = self.around.store.load_resource(&entry.identifier).await?;
            let resource = Resource {
                id: match &stored {
                    Some(old) => old.id,
                    None => self.fresh()?,
                },
                identifier: entry.identifier.clone(),
                title: entry.title.clone(),
                scopes: entry.scopes.clone(),
            };
            let keys = match &stored {
                Some(old) => self.around.store.list_host_keys(old.id).await?,
                None => Vec::new(),
            };
            let id = resource.id;
            match &stored {
                None => {
                    let at = self.now;
                    self.added(ResourceChange::Create { resource, at }.into(), "resource", &entry.identifier);
                }
                Some(old) => {
                    let fields = Fields::default().compare("title", &old.title, &resource.title).compare(
                        "scopes",
                        old.scopes.as_str(),
                        resource.scopes.as_str(),
                    );
                    if let Some(line) = fields.line("resource", &entry.identifier) {
                        self.note(ResourceChange::Update { old: old.clone(), new: resource }.into(), line);
                    }
                }
            }
            let live: Vec<HostKey> = keys.into_iter().filter(|key| key.is_live(self.now)).collect();
            self.host_key(entry, id, stored.as_ref().map(|_| live.as_slice()))?;
        }
        Ok(())
    }

    /// A declared key replaces those before it; without one, a resource that has none gets one. `stored` holds the
    /// live keys of a resource that is not new.
    fn host_key(
        &mut self,
        entry: &ResourceEntry,
        resource: ResourceId,
        stored: Option<&[HostKey]>,
    ) -> Result<(), DeclaredError> {
        let live = stored.unwrap_or_default();
        let key = match &entry.key {
            Some(given) => Secret::given(given.as_str()),
            None if live.is_empty() => {
                let made = self.mint(Kind::HostKey)?;
                self.show_once("key", format!("resource {}", entry.identifier), made.clone());
                made
            }
            None => return Ok(()),
        };
        if live.iter().any(|own| own.hash == key.hash()) {
            return Ok(());
        }
        let foreign = Presented::parse(key.expose()).is_none_or(|own| own.kind != Kind::HostKey);
        let row = HostKey::of(&key, resource, self.fresh()?, self.now);
        let detail = format!("host key …{} of resource {}", row.hint, entry.identifier);
        for old in live {
            self.silently(HostKeyChange::Revoke { key: old.id, at: self.now }.into(), detail.clone());
        }
        let change = HostKeyChange::Add { key: row, foreign }.into();
        match stored {
            None => self.silently(change, detail),
            Some(_) => self.note(change, secret_line("resource", &entry.identifier, "key")),
        }
        Ok(())
    }
}

/// The line of a secret that is replaced: named, never shown.
pub(super) fn secret_line(kind: &'static str, key: &str, name: &'static str) -> Line {
    let field = Field { name, before: "(old)".to_owned(), after: "(new)".to_owned() };
    Line { sign: Sign::Changed, kind, key: key.to_owned(), fields: vec![field] }
}
