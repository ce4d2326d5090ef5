//! What is stored, back in the words of files: every entry that `apply` would read, as it stands by now, without a secret.
//!
//! Applied where it came from it changes nothing. Elsewhere apps and resources get secrets and keys of their own, which are shown
//! once, and people no password. What no file can say is left out and counted.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::io;

use symbolon_oauth::client::{ClientType, GrantType};
use symbolon_oauth::id::{TenantId, UserId};
use symbolon_oauth::scope::ScopeSet;
use symbolon_platform::app::registration::{DIALECT, LEVEL};
use symbolon_platform::app::{App, AppStatus, Registration};
use symbolon_platform::catalogue::{Catalogue, Sensitivity, Texts};
use symbolon_platform::tenant::{Membership, Standing, Tenant, TenantKind};
use symbolon_platform::user::User;
use symbolon_store::{Store, StoreError};
use toml::{Table, Value};

/// How many rows one look at a list takes.
const PAGE: i64 = 500;

/// One entry. Prints as it stands in a file.
pub struct Entry {
    /// The section, such as `app`.
    pub section: &'static str,
    values: Vec<(&'static str, Value)>,
}

/// Where entries go, and the pictures that they name.
pub trait Sink {
    /// Takes an entry.
    ///
    /// # Errors
    /// When it cannot be written.
    fn entry(&mut self, entry: &Entry) -> io::Result<()>;

    /// Takes a picture, and says how the file with the entries calls it; nothing where there is no place for it.
    ///
    /// # Errors
    /// When it cannot be written.
    fn picture(&mut self, name: &str, png: &[u8]) -> io::Result<Option<String>>;
}

/// What was left out because no file can say it: how many of what.
pub type LeftOut = BTreeMap<&'static str, usize>;

/// Why it could not be done.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The storage could not do it.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// It could not be written.
    #[error("{0}")]
    Write(#[from] io::Error),
}

/// Hands over everything that can be declared, kind by kind, each in order of its identifiers.
///
/// # Errors
/// [`ExportError`].
pub async fn export(store: &Store, sink: &mut dyn Sink) -> Result<LeftOut, ExportError> {
    let catalogue = store.load_catalogue().await?;
    catalogue_entries(&catalogue, sink)?;
    let mut people = People { store, spaces: HashSet::new(), left_out: LeftOut::new() };
    people.find_spaces().await?;
    people.tenants(sink).await?;
    people.users(sink).await?;
    people.memberships(&catalogue, sink).await?;
    apps(store, sink).await?;
    let mut resources: Vec<_> = catalogue.resources.iter().collect();
    resources.sort_by(|one, other| one.identifier.cmp(&other.identifier));
    for resource in resources {
        let entry = Entry::new("resource").text("identifier", &resource.identifier);
        sink.entry(&entry.text("title", &resource.title).scopes("scopes", &resource.scopes))?;
    }
    Ok(people.left_out)
}

fn catalogue_entries(catalogue: &Catalogue, sink: &mut dyn Sink) -> io::Result<()> {
    for scope in catalogue.scopes.values() {
        let is_normal = scope.sensitivity == Sensitivity::Normal;
        let entry = Entry::new("scope")
            .text("name", &scope.name)
            .text("title", &scope.title)
            .some("description", Some(scope.description.as_str()).filter(|said| !said.is_empty()))
            .some("sensitivity", (!is_normal).then(|| scope.sensitivity.as_str()))
            .scopes("includes", &scope.includes);
        sink.entry(&entry.texts(&scope.texts))?;
    }
    for role in catalogue.roles.values() {
        let entry = Entry::new("role")
            .text("key", &role.key)
            .text("title", &role.title)
            .scopes("scopes", &role.scopes)
            .flag("can_install", role.can_install)
            .flag("can_approve", role.can_approve);
        sink.entry(&entry.texts(&role.texts))?;
    }
    Ok(())
}

/// Tenants, people and where they belong.
struct People<'a> {
    store: &'a Store,
    /// The spaces of their own of those who are left out.
    spaces: HashSet<TenantId>,
    left_out: LeftOut,
}

impl People<'_> {
    /// Whoever signed up with an address that nobody has proven is declared by nobody, and neither is a space of their own.
    async fn find_spaces(&mut self) -> Result<(), StoreError> {
        let mut after = String::new();
        while let Some(page) = self.page(&mut after).await? {
            let others: Vec<_> =
                page.iter().filter(|user| user.email().is_none()).map(|user| user.id).collect();
            self.leave_out("people who signed up with an address that nobody has proven", others.len());
            let spaces =
                self.store.load_memberships_of(&others).await?.into_iter().map(|(_, own)| own.tenant);
            self.spaces
                .extend(spaces.filter(|tenant| tenant.kind == TenantKind::Personal).map(|tenant| tenant.id));
        }
        self.leave_out("spaces of their own", self.spaces.len());
        Ok(())
    }

    fn leave_out(&mut self, what: &'static str, count: usize) {
        if count > 0 {
            *self.left_out.entry(what).or_default() += count;
        }
    }

    /// The next people.
    async fn page(&self, after: &mut String) -> Result<Option<Vec<User>>, StoreError> {
        let page = self.store.list_users(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(None) };
        after.clone_from(&last.external_id);
        Ok(Some(page))
    }

    async fn tenants(&self, sink: &mut dyn Sink) -> Result<(), ExportError> {
        let mut after = String::new();
        loop {
            let page = self.store.list_tenants(&after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after.clone_from(&last.external_id);
            for tenant in page.iter().filter(|tenant| !self.spaces.contains(&tenant.id)) {
                sink.entry(&tenant_entry(tenant))?;
            }
        }
    }

    async fn users(&self, sink: &mut dyn Sink) -> Result<(), ExportError> {
        let mut after = String::new();
        while let Some(page) = self.page(&mut after).await? {
            for entry in page.iter().filter_map(user_entry) {
                sink.entry(&entry)?;
            }
        }
        Ok(())
    }

    async fn memberships(&mut self, catalogue: &Catalogue, sink: &mut dyn Sink) -> Result<(), ExportError> {
        let mut after = String::new();
        while let Some(page) = self.page(&mut after).await? {
            let people: BTreeMap<UserId, &User> =
                page.iter().filter(|user| user.email().is_some()).map(|user| (user.id, user)).collect();
            let ids: Vec<_> = people.keys().copied().collect();
            let mut all: Vec<_> = self
                .store
                .load_memberships_of(&ids)
                .await?
                .into_iter()
                .filter_map(|(user, own)| Some((people.get(&user)?.external_id.as_str(), own)))
                .collect();
            all.sort_by(|(user, own), (other, others)| {
                (user, &own.tenant.external_id).cmp(&(other, &others.tenant.external_id))
            });
            for (user, own) in all.iter().filter(|(_, own)| !self.spaces.contains(&own.tenant.id)) {
                if catalogue.roles.contains_key(&own.role) {
                    sink.entry(&membership_entry(user, own))?;
                } else {
                    *self.left_out.entry("memberships whose role is not declared").or_default() += 1;
                }
            }
        }
        Ok(())
    }
}

fn tenant_entry(tenant: &Tenant) -> Entry {
    Entry::new("tenant")
        .text("id", &tenant.external_id)
        .text("name", &tenant.name)
        .some("kind", (tenant.kind != TenantKind::Organization).then(|| tenant.kind.as_str()))
        .some("base_url", tenant.base_url.as_deref())
        .some("region", tenant.region.as_deref())
        .standing(tenant.standing)
}

fn user_entry(user: &User) -> Option<Entry> {
    let email = user.email()?;
    // What an entry without a name makes of it, which may be longer than a name can be.
    let unsaid = user.username.as_deref().unwrap_or(email);
    let entry = Entry::new("user")
        .text("id", &user.external_id)
        .text("email", email)
        .some("username", user.username.as_deref())
        .some("name", Some(user.name.as_str()).filter(|name| *name != unsaid))
        .flag("staff", user.staff);
    Some(entry.standing(user.standing))
}

fn membership_entry(user: &str, own: &Membership) -> Entry {
    Entry::new("membership")
        .text("tenant", &own.tenant.external_id)
        .text("user", user)
        .text("role", &own.role)
        .standing(own.standing)
}

async fn apps(store: &Store, sink: &mut dyn Sink) -> Result<(), ExportError> {
    let mut after = String::new();
    loop {
        let page = store.list_apps(&after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(&last.client.client_id);
        for app in &page {
            let owner = match app.owner {
                Some(id) => store.load_account(id).await?.map(|account| account.user.external_id),
                None => None,
            };
            let icon = match app.listing.icon {
                Some(key) => match store.load_icon(key).await? {
                    Some(png) => {
                        let name: String = key.to_string().chars().take(16).collect();
                        sink.picture(&format!("{name}.png"), &png)?
                    }
                    None => None,
                },
                None => None,
            };
            sink.entry(&app_entry(app, owner.as_deref(), icon.as_deref()))?;
        }
    }
}

fn app_entry(app: &App, owner: Option<&str>, icon: Option<&str>) -> Entry {
    let own = Registration::of(app);
    let is_public = own.client_type == ClientType::Public;
    let grant_types = own.grant_types.filter(|types| *types != GrantType::DEFAULT);
    Entry::new("app")
        .text("client_id", &own.client_id)
        .text("name", &own.name)
        .some("icon", icon)
        .some("publisher", own.publisher.as_deref())
        .flag("publisher_verified", own.publisher_verified)
        .some("homepage", own.homepage.as_deref())
        .some("privacy_url", own.privacy_url.as_deref())
        .some("terms_url", own.terms_url.as_deref())
        .list("redirect_uris", own.redirect_uris.iter().map(String::as_str))
        .scopes("scopes", &own.scopes)
        .scopes("optional_scopes", &own.optional_scopes)
        .some("type", is_public.then(|| own.client_type.as_str()))
        .some("level", (own.level != LEVEL).then(|| own.level.as_str()))
        .some("dialect", Some(own.dialect.as_str()).filter(|name| *name != DIALECT))
        .some("status", (app.status != AppStatus::Live).then(|| app.status.as_str()))
        .some("owner", owner)
        .list("grant_types", grant_types.iter().flatten().map(|own| own.as_str()))
        .some("token_endpoint_auth_method", own.authentication_method.map(|own| own.as_str()))
        .some("pkce", own.pkce_excused.then_some("optional"))
        .flag("native", own.native)
        .some("unknown_scopes", own.unknown_scopes.map(|own| own.as_str()))
}

impl Entry {
    fn new(section: &'static str) -> Entry {
        Entry { section, values: Vec::new() }
    }

    fn with(mut self, key: &'static str, value: Value) -> Entry {
        self.values.push((key, value));
        self
    }

    fn text(self, key: &'static str, text: &str) -> Entry {
        self.with(key, Value::String(text.to_owned()))
    }

    fn some(self, key: &'static str, text: Option<&str>) -> Entry {
        match text {
            Some(text) => self.text(key, text),
            None => self,
        }
    }

    fn flag(self, key: &'static str, is_set: bool) -> Entry {
        if is_set { self.with(key, Value::Boolean(true)) } else { self }
    }

    fn list<'a>(self, key: &'static str, items: impl Iterator<Item = &'a str>) -> Entry {
        let items: Vec<Value> = items.map(|item| Value::String(item.to_owned())).collect();
        if items.is_empty() { self } else { self.with(key, Value::Array(items)) }
    }

    fn scopes(self, key: &'static str, scopes: &ScopeSet) -> Entry {
        self.list(key, scopes.iter())
    }

    fn standing(self, standing: Standing) -> Entry {
        self.some("status", (standing != Standing::Active).then(|| standing.as_str()))
    }

    fn texts(self, texts: &Texts) -> Entry {
        let said = |said: &Option<String>| said.clone().map(Value::String);
        let of_language = texts.iter().map(|(language, own)| {
            let both = [("title", said(&own.title)), ("description", said(&own.description))];
            let own: Table =
                both.into_iter().filter_map(|(key, text)| Some((key.to_owned(), text?))).collect();
            (language.clone(), Value::Table(own))
        });
        let all: Table = of_language.collect();
        if all.is_empty() { self } else { self.with("text", Value::Table(all)) }
    }

    /// Its keys with their values.
    pub fn values(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.values.iter().map(|(key, value)| (*key, value))
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n[[{}]]", self.section)?;
        self.values.iter().try_for_each(|(key, value)| writeln!(f, "{key} = {value}"))
    }
}
