//! Declared tenants, people and memberships.

use symbolon_oauth::credential::Secret;
use symbolon_oauth::id::UserId;
use symbolon_platform::tenant::{Standing, Tenant};
use symbolon_platform::user::{Login, User};
use symbolon_store::change::{MembershipChange, TenantChange, UserChange};
use symbolon_store::tenants::NewMembership;
use symbolon_store::users::Account;

use super::DeclaredError;
use super::catalogue::secret_line;
use super::diff::{Fields, Line, Sign};
use super::file::{MembershipEntry, TenantEntry, UserEntry};
use super::plan::Plan;

impl Plan<'_> {
    pub(super) async fn tenants(&mut self, entries: &[TenantEntry]) -> Result<(), DeclaredError> {
        for entry in entries {
            let stored = self.around.store.load_tenant_by_external_id(&entry.id).await?;
            let tenant = Tenant {
                id: match &stored {
                    Some(old) => old.id,
                    None => self.fresh()?,
                },
                external_id: entry.id.clone(),
                name: entry.name.clone(),
                kind: entry.kind,
                base_url: entry.base_url.clone(),
                region: entry.region.clone(),
                standing: standing(entry.status, stored.as_ref().map(|old| old.standing)),
            };
            self.tenants.insert(entry.id.clone(), tenant.id);
            let Some(old) = stored else {
                let at = self.now;
                self.added(TenantChange::Create { tenant, at }.into(), "tenant", &entry.id);
                continue;
            };
            let fields = Fields::default()
                .compare("name", &old.name, &tenant.name)
                .compare("kind", old.kind.as_str(), tenant.kind.as_str())
                .compare("base_url", &old.base_url, &tenant.base_url)
                .compare("region", &old.region, &tenant.region)
                .compare("status", old.standing.as_str(), tenant.standing.as_str());
            if let Some(line) = fields.line("tenant", &entry.id) {
                self.note(TenantChange::Update { old, new: tenant }.into(), line);
            }
        }
        Ok(())
    }

    pub(super) async fn users(&mut self, entries: &[UserEntry]) -> Result<(), DeclaredError> {
        for entry in entries {
            let stored = self.around.store.load_account_by_external_id(&entry.id).await?;
            self.free_address(entry).await?;
            let id = match &stored {
                Some(account) => account.user.id,
                None => self.fresh()?,
            };
            self.users.insert(entry.id.clone(), id);
            match stored {
                None => self.new_user(entry, id).await?,
                Some(account) => self.known_user(entry, account).await?,
            }
        }
        Ok(())
    }

    /// Whoever signed up with the address of somebody who is declared had no claim to it, and signs in with it no more.
    async fn free_address(&mut self, entry: &UserEntry) -> Result<(), DeclaredError> {
        let Some(holder) = self.around.store.load_account_by_login(&entry.email).await? else {
            return Ok(());
        };
        let holder = holder.user;
        if holder.external_id == entry.id {
            return Ok(());
        }
        if holder.login.is_proven() {
            return Err(DeclaredError::Wrong(format!(
                "user \"{}\": the address {} belongs to user \"{}\" already: change one of them",
                entry.id, entry.email, holder.external_id
            )));
        }
        let fields = Fields::default().compare("login", &Some(holder.login.as_str()), &None);
        if let Some(line) = fields.line("user", &holder.external_id) {
            self.note(UserChange::Displace(holder).into(), line);
        }
        Ok(())
    }

    async fn new_user(&mut self, entry: &UserEntry, id: UserId) -> Result<(), DeclaredError> {
        let password = match &entry.password {
            Some(given) => Secret::given(given.as_str()),
            None => {
                let made = Secret::given(self.around.passwords.generate()?);
                self.show_once("password", format!("user {} ({})", entry.id, entry.email), made.clone());
                made
            }
        };
        let hash = self.hash(password.expose()).await?;
        let at = self.now;
        let user = user(entry, id, standing(entry.status, None));
        self.added(UserChange::Create { user, password_hash: Some(hash), at }.into(), "user", &entry.id);
        Ok(())
    }

    async fn known_user(&mut self, entry: &UserEntry, stored: Account) -> Result<(), DeclaredError> {
        let old = &stored.user;
        let new = user(entry, old.id, standing(entry.status, Some(old.standing)));
        let fields = Fields::default()
            .compare("email", &old.email(), &new.email())
            .compare("username", &old.username, &new.username)
            .compare("name", &old.name, &new.name)
            .compare("staff", &old.staff, &new.staff)
            .compare("status", old.standing.as_str(), new.standing.as_str());
        if let Some(line) = fields.line("user", &entry.id) {
            self.note(UserChange::Update { old: old.clone(), new }.into(), line);
        }
        let Some(password) = &entry.password else { return Ok(()) };
        let same = match stored.password_hash.as_deref() {
            Some(hash) => self.around.passwords.verify(password, Some(hash)).await?,
            None => false,
        };
        if !same {
            let hash = self.hash(password).await?;
            let change = UserChange::SetPassword { user: stored.user.id, hash, at: self.now }.into();
            self.note(change, secret_line("user", &entry.id, "password"));
        }
        Ok(())
    }

    /// A dry run writes nothing, so it need not do the dear part either.
    async fn hash(&self, password: &str) -> Result<String, DeclaredError> {
        if self.dry_run { Ok(String::new()) } else { Ok(self.around.passwords.hash(password).await?) }
    }

    pub(super) async fn memberships(&mut self, entries: &[MembershipEntry]) -> Result<(), DeclaredError> {
        for entry in entries {
            let place = format!("membership of \"{}\" in \"{}\"", entry.user, entry.tenant);
            let user =
                self.user_id(&entry.user).await?.ok_or_else(|| missing(&place, "user", &entry.user))?;
            let tenant = self.tenant_id(&entry.tenant).await?;
            let tenant = tenant.ok_or_else(|| missing(&place, "tenant", &entry.tenant))?;
            let stored = self.around.store.load_memberships(user).await?;
            let old = stored.iter().find(|membership| membership.tenant.id == tenant);
            let key = format!("{} in {}", entry.user, entry.tenant);
            let status = standing(entry.status, old.map(|old| old.standing));
            let line = match old {
                None => Some(Line { sign: Sign::Added, kind: "membership", key, fields: Vec::new() }),
                Some(old) => Fields::default()
                    .compare("role", &old.role, &entry.role)
                    .compare("status", old.standing.as_str(), status.as_str())
                    .line("membership", &key),
            };
            if let Some(line) = line {
                let role = entry.role.clone();
                let new = NewMembership { tenant, user, role, standing: status, created_at: self.now };
                self.note(MembershipChange::Put { old: old.cloned(), new }.into(), line);
            }
        }
        Ok(())
    }

    pub(super) async fn user_id(&self, external_id: &str) -> Result<Option<UserId>, DeclaredError> {
        if let Some(id) = self.users.get(external_id) {
            return Ok(Some(*id));
        }
        let stored = self.around.store.load_account_by_external_id(external_id).await?;
        Ok(stored.map(|account| account.user.id))
    }

    async fn tenant_id(&self, id: &str) -> Result<Option<symbolon_oauth::id::TenantId>, DeclaredError> {
        if let Some(id) = self.tenants.get(id) {
            return Ok(Some(*id));
        }
        Ok(self.around.store.load_tenant_by_external_id(id).await?.map(|tenant| tenant.id))
    }
}

/// The refusal of a reference that leads nowhere.
pub(super) fn missing(place: &str, kind: &str, key: &str) -> DeclaredError {
    DeclaredError::Wrong(format!(
        "{place} names the {kind} \"{key}\", which is neither declared nor stored: declare it"
    ))
}

/// A file that says nothing of it leaves it as it is: nobody who was disabled meanwhile comes back with it.
fn standing(declared: Option<Standing>, stored: Option<Standing>) -> Standing {
    declared.or(stored).unwrap_or(Standing::Active)
}

fn user(entry: &UserEntry, id: UserId, standing: Standing) -> User {
    let name = entry.name.as_ref().or(entry.username.as_ref()).unwrap_or(&entry.email);
    User {
        id,
        external_id: entry.id.clone(),
        login: Login::Email(entry.email.clone()),
        username: entry.username.clone(),
        name: name.clone(),
        standing,
        staff: entry.staff,
    }
}
