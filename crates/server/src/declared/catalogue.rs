//! Declared scopes, roles and resources.

use symbolon_oauth::credential::{Kind, Presented, Secret};
use symbolon_oauth::id::ResourceId;
use symbolon_platform::catalogue::{Catalogue, Resource, Role, Scope, Texts};
use symbolon_store::change::{HostKeyChange, ResourceChange, RoleChange, ScopeChange};
use symbolon_store::resources::HostKey;

use super::DeclaredError;
use super::diff::{Field, Line, Sign};
use super::file::{Entries, ResourceEntry, RoleEntry, ScopeEntry};
use super::merge::Merge;
use super::plan::{Outcome, Plan};

impl Plan<'_> {
    pub(super) fn catalogue(&mut self, entries: &Entries, stored: &Catalogue) {
        for entry in &entries.scope {
            self.scope(entry, stored.scopes.get(&entry.name));
        }
        for entry in &entries.role {
            self.role(entry, stored.roles.get(&entry.key));
        }
    }

    fn scope(&mut self, entry: &ScopeEntry, stored: Option<&Scope>) {
        let mut merge = self.merge("scope", &entry.name);
        let new = Scope {
            name: entry.name.clone(),
            title: merge.settle("title", stored.map(|old| old.title.clone()), entry.title.clone()),
            description: merge.settle(
                "description",
                stored.map(|old| old.description.clone()),
                entry.description.clone(),
            ),
            sensitivity: merge.settle("sensitivity", stored.map(|old| old.sensitivity), entry.sensitivity),
            includes: merge.settle(
                "includes",
                stored.map(|old| old.includes.clone()),
                entry.includes.clone(),
            ),
            texts: texts(&mut merge, stored.map(|old| &old.texts), &entry.text),
        };
        if let Outcome::Is(Some(line)) = self.conclude(merge, stored.is_some()) {
            self.note(ScopeChange::Put { old: stored.cloned(), new: Box::new(new) }.into(), line);
        }
    }

    fn role(&mut self, entry: &RoleEntry, stored: Option<&Role>) {
        let mut merge = self.merge("role", &entry.key);
        let new = Role {
            key: entry.key.clone(),
            title: merge.settle("title", stored.map(|old| old.title.clone()), entry.title.clone()),
            scopes: merge.settle("scopes", stored.map(|old| old.scopes.clone()), entry.scopes.clone()),
            can_install: merge.settle("can_install", stored.map(|old| old.can_install), entry.can_install),
            can_approve: merge.settle("can_approve", stored.map(|old| old.can_approve), entry.can_approve),
            texts: texts(&mut merge, stored.map(|old| &old.texts), &entry.text),
        };
        if let Outcome::Is(Some(line)) = self.conclude(merge, stored.is_some()) {
            self.note(RoleChange::Put { old: stored.cloned(), new }.into(), line);
        }
    }

    pub(super) async fn resources(&mut self, entries: &[ResourceEntry]) -> Result<(), DeclaredError> {
        for entry in entries {
            let stored = self.around.store.load_resource(&entry.identifier).await?;
            let mut merge = self.merge("resource", &entry.identifier);
            let new = Resource {
                id: stored.as_ref().map_or_else(|| self.fresh(), |old| Ok(old.id))?,
                identifier: entry.identifier.clone(),
                title: merge.settle(
                    "title",
                    stored.as_ref().map(|old| old.title.clone()),
                    entry.title.clone(),
                ),
                scopes: merge.settle(
                    "scopes",
                    stored.as_ref().map(|old| old.scopes.clone()),
                    entry.scopes.clone(),
                ),
            };
            let live: Vec<HostKey> = match &stored {
                Some(old) => self.around.store.list_host_keys(old.id).await?,
                None => Vec::new(),
            };
            let live: Vec<_> = live.into_iter().filter(|key| key.is_live(self.now)).collect();
            let key = self.host_key(entry, &mut merge, stored.as_ref().map(|_| live.as_slice()))?;
            let Outcome::Is(line) = self.conclude(merge, stored.is_some()) else { continue };
            let (id, is_new) = (new.id, stored.is_none());
            if let Some(line) = line {
                let change = match stored {
                    None => ResourceChange::Create { resource: new, at: self.now },
                    Some(old) => ResourceChange::Update { old, new },
                };
                self.note(change.into(), line);
            }
            if let Some(key) = key {
                self.replace_host_key(&entry.identifier, (id, is_new), &live, &key)?;
            }
        }
        Ok(())
    }

    /// The key that is to replace those before it: the declared one, unless others were put in its place by hand; without
    /// one, a new resource gets one. `live` holds the keys of a resource that is not new.
    fn host_key(
        &mut self,
        entry: &ResourceEntry,
        merge: &mut Merge,
        live: Option<&[HostKey]>,
    ) -> Result<Option<Secret>, DeclaredError> {
        let Some(given) = &entry.key else {
            if live.is_some() || merge.stays_away().is_some() {
                return Ok(None);
            }
            let made = self.mint(Kind::HostKey)?;
            self.show_once("key", format!("resource {}", entry.identifier), made.clone());
            return Ok(Some(made));
        };
        let key = Secret::given(given.as_str());
        let as_before = merge.says("key", key.expose());
        match live {
            Some(live) if live.iter().any(|own| own.hash == key.hash()) => Ok(None),
            Some(_) if as_before => {
                merge.keep_secret("key");
                Ok(None)
            }
            Some(_) | None => Ok(Some(key)),
        }
    }

    fn replace_host_key(
        &mut self,
        identifier: &str,
        (resource, is_new): (ResourceId, bool),
        live: &[HostKey],
        key: &Secret,
    ) -> Result<(), DeclaredError> {
        let foreign = Presented::parse(key.expose()).is_none_or(|own| own.kind != Kind::HostKey);
        let row = HostKey::of(key, resource, self.fresh()?, self.now);
        let detail = format!("host key …{} of resource {identifier}", row.hint);
        for old in live {
            self.silently(HostKeyChange::Revoke { key: old.id, at: self.now }.into(), detail.clone());
        }
        let change = HostKeyChange::Add { key: row, foreign }.into();
        if is_new {
            self.silently(change, detail);
        } else {
            self.note(change, secret_line("resource", identifier, "key"));
        }
        Ok(())
    }
}

/// What is to be read in other languages. Where there is nothing and was nothing, nothing is remembered as said.
fn texts(merge: &mut Merge, stored: Option<&Texts>, file: &Texts) -> Texts {
    if file.is_empty() && stored.is_none_or(Texts::is_empty) {
        return Texts::new();
    }
    merge.settle("text", stored.cloned(), file.clone())
}

/// The line of a secret that is replaced: named, never shown.
pub(super) fn secret_line(kind: &'static str, key: &str, name: &'static str) -> Line {
    let field = Field { name, before: "(old)".to_owned(), after: "(new)".to_owned() };
    Line { sign: Sign::Changed, kind, key: key.to_owned(), fields: vec![field] }
}
