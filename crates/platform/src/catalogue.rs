//! The catalogue of scopes, roles and resources that the host declared: what can be asked for, and who may give it.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};
use symbolon_oauth::id::ResourceId;
use symbolon_oauth::scope::ScopeSet;

/// How much harm a scope can do; shown at consent in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sensitivity {
    /// Everyday.
    Normal,
    /// Worth a second look.
    Sensitive,
    /// Given to reviewed apps only.
    Restricted,
}

impl Sensitivity {
    /// The spelling of declared state and storage.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Sensitivity::Normal => "normal",
            Sensitivity::Sensitive => "sensitive",
            Sensitivity::Restricted => "restricted",
        }
    }

    /// Reads that spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Sensitivity> {
        [Sensitivity::Normal, Sensitivity::Sensitive, Sensitivity::Restricted]
            .into_iter()
            .find(|s| s.as_str() == text)
    }
}

/// What people read of a scope or a role in one language, as far as it has words for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What exactly it allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Texts by the tags of their languages. What has none is said as it stands outside of them.
pub type Texts = BTreeMap<String, Text>;

/// One scope of the host's API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The wire name.
    pub name: String,
    /// A short sentence for people: "Read your forms".
    pub title: String,
    /// What exactly it allows.
    pub description: String,
    /// How much harm it can do.
    pub sensitivity: Sensitivity,
    /// The scopes whose holder it satisfies too (`forms:write` includes `forms:read`).
    pub includes: ScopeSet,
    /// Title and description in other languages.
    pub texts: Texts,
}

impl Scope {
    /// Its title for people who read this language.
    #[must_use]
    pub fn title_in(&self, language: &str) -> &str {
        let own = self.texts.get(language).and_then(|text| text.title.as_deref());
        own.unwrap_or(&self.title)
    }

    /// What exactly it allows, for people who read this language.
    #[must_use]
    pub fn description_in(&self, language: &str) -> &str {
        let own = self.texts.get(language).and_then(|text| text.description.as_deref());
        own.unwrap_or(&self.description)
    }
}

/// What a person may be in a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// The host's name for it.
    pub key: String,
    /// Shown at consent.
    pub title: String,
    /// The most an app may do on behalf of a person in this role; `*` is everything.
    pub scopes: ScopeSet,
    /// May install an app for the whole tenant.
    pub can_install: bool,
    /// May approve apps for others.
    pub can_approve: bool,
    /// The title in other languages.
    pub texts: Texts,
}

impl Role {
    /// Its title for people who read this language.
    #[must_use]
    pub fn title_in(&self, language: &str) -> &str {
        let own = self.texts.get(language).and_then(|text| text.title.as_deref());
        own.unwrap_or(&self.title)
    }

    /// Whether a person in this role may hand out `scope`.
    #[must_use]
    pub fn allows(&self, scope: &str) -> bool {
        self.scopes.iter().any(|own| own == "*" || own == scope)
    }
}

/// An API that tokens can be meant for (RFC 8707).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// The row.
    pub id: ResourceId,
    /// Its canonical URI.
    pub identifier: String,
    /// Shown to people.
    pub title: String,
    /// The scopes it understands.
    pub scopes: ScopeSet,
}

impl Resource {
    /// Whether this identifies it, in whatever spelling.
    #[must_use]
    pub fn is_called(&self, identifier: &str) -> bool {
        canonical_resource(identifier) == canonical_resource(&self.identifier)
    }
}

/// Everything declared, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// Scopes by wire name.
    pub scopes: BTreeMap<String, Scope>,
    /// Roles by key.
    pub roles: BTreeMap<String, Role>,
    /// Resources in order of declaration. Whoever asks as one keeps hold of it.
    pub resources: Vec<Arc<Resource>>,
}

/// The role of a person in a space of their own. It is ours, not the host's: no declaration adds or takes it away.
pub const OWNER_OF_ONESELF: &str = "self";

static OWNER: LazyLock<Role> = LazyLock::new(|| Role {
    key: OWNER_OF_ONESELF.to_owned(),
    title: "Owner".to_owned(),
    scopes: ["*"].into_iter().collect(),
    can_install: true,
    can_approve: true,
    texts: Texts::from([("de".to_owned(), Text { title: Some("Inhaber".to_owned()), description: None })]),
});

impl Catalogue {
    /// The role with this key.
    #[must_use]
    pub fn role(&self, key: &str) -> Option<&Role> {
        if key == OWNER_OF_ONESELF { Some(&OWNER) } else { self.roles.get(key) }
    }

    /// `granted` and everything it includes, however deep.
    #[must_use]
    pub fn closure(&self, granted: &ScopeSet) -> ScopeSet {
        let mut all = granted.clone();
        loop {
            let mut wider = all.clone();
            for scope in all.iter().filter_map(|name| self.scopes.get(name)) {
                scope.includes.iter().for_each(|included| wider.insert(included));
            }
            if wider == all {
                return all;
            }
            all = wider;
        }
    }

    /// What a scope includes besides itself, however deep.
    #[must_use]
    pub fn included(&self, scope: &str) -> ScopeSet {
        let own: ScopeSet = [scope].into_iter().collect();
        self.closure(&own).difference(&own)
    }

    /// Whether `granted` has a scope, itself or in what it includes, however deep.
    #[must_use]
    pub fn covers(&self, granted: &ScopeSet, scope: &str) -> bool {
        let includes_some =
            |name: &str| self.scopes.get(name).is_some_and(|scope| !scope.includes.is_empty());
        granted.contains(scope)
            || self.scopes.contains_key(scope)
                && granted.iter().any(includes_some)
                && self.closure(granted).contains(scope)
    }

    /// The resource with this identifier, compared after [`canonical_resource`].
    #[must_use]
    pub fn resource(&self, identifier: &str) -> Option<&Resource> {
        let asked = canonical_resource(identifier);
        self.all_resources().find(|resource| canonical_resource(&resource.identifier) == asked)
    }

    /// The one resource whose identifier has this path; without a path, the one at the root of its host. Where several have
    /// it each is found by its host before the path.
    #[must_use]
    pub fn resource_at(&self, path: &str) -> Option<&Resource> {
        let mut there = self.all_resources().filter(|resource| path_of(&resource.identifier) == path);
        match there.next() {
            Some(only) => Some(only).filter(|_| there.next().is_none()),
            None => self.all_resources().find(|resource| host_and_path(&resource.identifier) == path),
        }
    }

    fn all_resources(&self) -> impl Iterator<Item = &Resource> {
        self.resources.iter().map(AsRef::as_ref)
    }

    /// The path under which [`Catalogue::resource_at`] finds this one.
    #[must_use]
    pub fn metadata_path(&self, resource: &Resource) -> String {
        let path = path_of(&resource.identifier);
        match self.resource_at(&path) {
            Some(only) if only.id == resource.id => path,
            Some(_) | None => host_and_path(&resource.identifier),
        }
    }
}

/// One spelling for the resource URIs that name the same thing: scheme and host in lower case, no default port, no
/// single trailing slash.
#[must_use]
pub fn canonical_resource(identifier: &str) -> String {
    let Some((scheme, rest)) = identifier.split_once("://") else { return identifier.to_owned() };
    let scheme = scheme.to_ascii_lowercase();
    let (host, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let host = host.to_ascii_lowercase();
    let default_port = if scheme == "https" { ":443" } else { ":80" };
    let host = host.strip_suffix(default_port).unwrap_or(&host);
    format!("{scheme}://{host}{}", path.strip_suffix('/').unwrap_or(path))
}

/// What follows the host of a resource's identifier, with the slash before it.
fn path_of(identifier: &str) -> String {
    let canonical = canonical_resource(identifier);
    let after_host = canonical.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
    after_host.map_or_else(String::new, |(_, path)| format!("/{path}"))
}

/// The host of a resource's identifier and what follows it, with a slash before it.
fn host_and_path(identifier: &str) -> String {
    let canonical = canonical_resource(identifier);
    canonical.split_once("://").map_or_else(String::new, |(_, rest)| format!("/{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(name: &str, includes: &str) -> (String, Scope) {
        let scope = Scope {
            name: name.to_owned(),
            title: name.to_owned(),
            description: String::new(),
            sensitivity: Sensitivity::Normal,
            includes: ScopeSet::parse(includes).unwrap_or_default(),
            texts: Texts::new(),
        };
        (name.to_owned(), scope)
    }

    #[test]
    fn a_scope_is_said_in_the_language_it_has_words_for() {
        let german = Text { title: Some("Lesen".to_owned()), description: None };
        let texts: Texts = [("de".to_owned(), german)].into();
        let scope = Scope { texts: texts.clone(), description: "Read it".to_owned(), ..scope("read", "").1 };
        assert_eq!((scope.title_in("de"), scope.description_in("de")), ("Lesen", "Read it"));
        assert_eq!((scope.title_in("en"), scope.title_in("")), ("read", "read"));
        let role = Role { texts, ..OWNER.clone() };
        assert_eq!((role.title_in("de"), role.title_in("fr")), ("Lesen", "Owner"));
        assert_eq!((OWNER.title_in("de"), OWNER.title_in("en")), ("Inhaber", "Owner"));
    }

    #[test]
    fn closes_over_includes_even_in_a_circle() {
        let scopes = [scope("admin", "write"), scope("write", "read"), scope("read", "admin")].into();
        let catalogue = Catalogue { scopes, ..Catalogue::default() };
        let granted = ScopeSet::parse("write").unwrap_or_default();
        assert_eq!(catalogue.closure(&granted).as_str(), "write read admin");
        assert!(catalogue.covers(&granted, "admin") && !catalogue.covers(&granted, "profile"));
        assert!(!catalogue.covers(&ScopeSet::new(), "admin"));
    }

    #[test]
    fn a_path_leads_to_a_resource_where_it_leads_to_one_alone() {
        let at = |identifiers: &[&str], path: &str| {
            let resource = |identifier: &&str| Resource {
                id: ResourceId::new([7; 16]),
                identifier: (*identifier).to_owned(),
                title: String::new(),
                scopes: ScopeSet::new(),
            };
            let resources = identifiers.iter().map(|identifier| Arc::new(resource(identifier))).collect();
            let catalogue = Catalogue { resources, ..Catalogue::default() };
            catalogue.resource_at(path).map(|resource| resource.identifier.clone())
        };
        let two = ["https://api.example.com/", "https://api.example.com/v1"];
        assert_eq!(at(&two, "").as_deref(), Some(two[0]), "a slash alone is no path");
        assert_eq!(at(&two, "/v1").as_deref(), Some(two[1]));
        assert_eq!(at(&two, "/v2"), None);
        assert_eq!(at(&two, "/"), None);
        assert_eq!(at(&["https://a.example", "https://b.example"], ""), None, "two could be meant");
        assert_eq!(at(&["https://a.example/v1", "https://b.example/v1"], "/v1"), None);
        assert_eq!(at(&[], ""), None);
        let same = ["https://a.example/v1", "https://b.example:8443/v1"];
        assert_eq!(at(&same, "/a.example/v1").as_deref(), Some(same[0]));
        assert_eq!(at(&same, "/b.example:8443/v1").as_deref(), Some(same[1]));
    }

    #[test]
    fn resources_compare_by_what_they_name() {
        for same in ["https://API.example.com", "HTTPS://api.example.com/", "https://api.example.com:443"] {
            assert_eq!(canonical_resource(same), "https://api.example.com");
        }
        assert_ne!(canonical_resource("https://api.example.com/v1"), "https://api.example.com");
        assert_ne!(
            canonical_resource("https://api.example.com/V1"),
            canonical_resource("https://api.example.com/v1")
        );
    }
}
