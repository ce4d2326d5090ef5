//! Declared tenants, people and memberships.

use std::collections::HashMap;

use symbolon_oauth::credential::Secret;
use symbolon_oauth::id::{TenantId, UserId};
use symbolon_oauth::quoted::Excerpt;
use symbolon_platform::tenant::{Membership, Standing, Tenant};
use symbolon_platform::user::{Login, User};
use symbolon_store::change::{MembershipChange, TenantChange, UserChange};
use symbolon_store::tenants::NewMembership;
use symbolon_store::users::Account;

use super::DeclaredError;
use super::catalogue::secret_line;
use super::diff::{Field, Line, Shown, Sign};
use super::file::{MembershipEntry, TenantEntry, UserEntry};
use super::merge::Merge;
use super::plan::{Outcome, Plan};

/// How many entries are looked up together and, where they are many, written together: each is its change, its audit row and
/// what files said of it.
const AT_ONCE: usize = 500;

impl Plan<'_> {
    pub(super) async fn tenants(&mut self, entries: &[TenantEntry]) -> Result<(), DeclaredError> {
        for entry in entries {
            let stored = self.around.store.load_tenant_by_external_id(&entry.id).await?;
            let mut merge = self.merge("tenant", &entry.id);
            let id = stored.as_ref().map_or_else(|| self.fresh(), |old| Ok(old.id))?;
            let new = tenant(&mut merge, stored.as_ref(), entry, id);
            let Outcome::Is(line) = self.conclude(merge, stored.is_some()) else { continue };
            self.tenants.insert(entry.id.clone(), id);
            if let Some(line) = line {
                let change = match stored {
                    None => TenantChange::Create { tenant: new, at: self.now },
                    Some(old) => TenantChange::Update { old, new },
                };
                self.note(change.into(), line);
            }
        }
        Ok(())
    }

    /// People, and where they belong. Many are made true some at a time.
    pub(super) async fn people(
        &mut self,
        users: &[UserEntry],
        memberships: &[MembershipEntry],
    ) -> Result<(), DeclaredError> {
        let (mut done, all) = (0, users.len() + memberships.len());
        for some in users.chunks(AT_ONCE) {
            self.around.tell(self.stage(), done, all);
            self.some_users(some).await?;
            self.flush().await?;
            done += some.len();
        }
        for some in memberships.chunks(AT_ONCE) {
            self.around.tell(self.stage(), done, all);
            self.some_memberships(some).await?;
            self.flush().await?;
            done += some.len();
        }
        Ok(())
    }

    async fn some_users(&mut self, entries: &[UserEntry]) -> Result<(), DeclaredError> {
        let ids: Vec<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
        self.recall_users(&ids).await?;
        let stored = self.around.store.load_accounts_by_external_ids(&ids).await?;
        let mut stored: HashMap<_, _> =
            stored.into_iter().map(|account| (account.user.external_id.clone(), account)).collect();
        let emails: Vec<&str> = entries.iter().map(|entry| entry.email.as_str()).collect();
        let holders = self.around.store.load_accounts_by_logins(&emails).await?;
        let mut holders: HashMap<_, _> = holders
            .into_iter()
            .map(|account| (account.user.login.as_str().to_owned(), account.user))
            .collect();
        for entry in entries {
            let stored = stored.remove(&entry.id);
            let mut merge = self.merge("user", &entry.id);
            let id = stored.as_ref().map_or_else(|| self.fresh(), |account| Ok(account.user.id))?;
            let new = user(&mut merge, stored.as_ref().map(|account| &account.user), entry, id);
            if stored.is_none() && merge.stays_away().is_some() {
                self.conclude(merge, false);
                continue;
            }
            // An address that was set by hand, and not said, is somebody's own already.
            if let (Login::Email(_), Some(holder)) = (&new.login, holders.remove(new.login.as_str())) {
                self.free_address(&entry.id, holder)?;
            }
            match stored {
                None => {
                    self.users.insert(entry.id.clone(), id);
                    self.new_user(entry, merge, new).await?;
                }
                Some(account) => self.known_user(entry, merge, (account, new)).await?,
            }
        }
        Ok(())
    }

    /// Whoever signed up with the address of somebody who is declared had no claim to it, and signs in with it no more.
    fn free_address(&mut self, id: &str, holder: User) -> Result<(), DeclaredError> {
        if holder.external_id == id {
            return Ok(());
        }
        if holder.login.is_proven() {
            return Err(DeclaredError::Wrong(format!(
                "user {}: the address {} belongs to user {} already: change one of them",
                Excerpt(id),
                holder.login.as_str(),
                Excerpt(&holder.external_id)
            )));
        }
        let field =
            Field { name: "login", before: holder.login.as_str().shown(), after: "(none)".to_owned() };
        let (key, fields) = (holder.external_id.clone(), vec![field]);
        self.note(
            UserChange::Displace(holder).into(),
            Line { sign: Sign::Changed, kind: "user", key, fields },
        );
        Ok(())
    }

    async fn new_user(
        &mut self,
        entry: &UserEntry,
        mut merge: Merge,
        user: User,
    ) -> Result<(), DeclaredError> {
        let password_hash = match (&entry.password, &entry.password_hash) {
            (Some(given), _) => Some(self.hash(given).await?),
            (None, Some(foreign)) => {
                merge.says("password_hash", foreign);
                Some(foreign.clone())
            }
            // Nobody asked for one: who comes from elsewhere in thousands signs in by no password until one is set.
            (None, None) if !self.is_by_hand() => None,
            (None, None) => {
                let made = Secret::given(self.around.passwords.generate()?);
                let hash = self.hash(made.expose()).await?;
                self.show_once("password", format!("user {} ({})", entry.id, entry.email), made);
                Some(hash)
            }
        };
        merge.password_hash = entry.password.as_ref().and(password_hash.clone());
        let at = self.now;
        if let Outcome::Is(Some(line)) = self.conclude(merge, false) {
            self.note(UserChange::Create { user, password_hash, at }.into(), line);
        }
        Ok(())
    }

    async fn known_user(
        &mut self,
        entry: &UserEntry,
        mut merge: Merge,
        (stored, new): (Account, User),
    ) -> Result<(), DeclaredError> {
        let set = self.password(entry, &mut merge, &stored).await?;
        let Account { user: old, .. } = stored;
        let id = old.id;
        if let Outcome::Is(Some(line)) = self.conclude(merge, true) {
            self.note(UserChange::Update { old, new }.into(), line);
        }
        if let Some(hash) = set {
            let change = UserChange::SetPassword { user: id, hash, at: self.now }.into();
            self.note(change, secret_line("user", &entry.id, "password"));
        }
        Ok(())
    }

    /// The hash of the password that somebody is to get: the declared one, unless another was set by hand.
    async fn password(
        &self,
        entry: &UserEntry,
        merge: &mut Merge,
        stored: &Account,
    ) -> Result<Option<String>, DeclaredError> {
        if let Some(foreign) = &entry.password_hash {
            // Once it was used it is kept by our own hash, so a file that says what it said before changes nothing.
            let as_before = merge.says("password_hash", foreign);
            let is_there = stored.password_hash.as_ref() == Some(foreign);
            return Ok((!as_before && !is_there).then(|| foreign.clone()));
        }
        // What takes long is left for when it counts.
        let Some(password) = entry.password.as_ref().filter(|_| !self.is_rehearsal()) else {
            return Ok(None);
        };
        let passwords = self.around.passwords;
        let current = stored.password_hash.as_deref();
        if current.is_some() && passwords.verify(password, current).await? {
            merge.password_hash = stored.password_hash.clone();
            return Ok(None);
        }
        let before = merge.password_before().map(str::to_owned);
        let as_before = match before.as_deref() {
            Some(before) => current != Some(before) && passwords.verify(password, Some(before)).await?,
            None => merge.keeps_password(),
        };
        let hash = match before.filter(|_| as_before) {
            Some(before) => before,
            None => self.hash(password).await?,
        };
        merge.password_hash = Some(hash.clone());
        if as_before {
            merge.keep_secret("password");
            return Ok(None);
        }
        Ok(Some(hash))
    }

    /// Where nothing is written the dear part need not be done, either.
    async fn hash(&self, password: &str) -> Result<String, DeclaredError> {
        if self.dry_run || self.is_rehearsal() {
            return Ok(String::new());
        }
        Ok(self.around.passwords.hash(password).await?)
    }

    async fn some_memberships(&mut self, entries: &[MembershipEntry]) -> Result<(), DeclaredError> {
        let names: Vec<_> = entries.iter().map(|own| format!("{} in {}", own.user, own.tenant)).collect();
        self.recall_memberships(&names.iter().map(String::as_str).collect::<Vec<_>>()).await?;
        let people = self.members(entries).await?;
        let ids: Vec<UserId> = people.values().copied().collect();
        let mut stored: HashMap<UserId, Vec<Membership>> = HashMap::new();
        for (user, membership) in self.around.store.load_memberships_of(&ids).await? {
            stored.entry(user).or_default().push(membership);
        }
        for entry in entries {
            // With the person or the tenant goes what they are there.
            if self.is_away("user", &entry.user) || self.is_away("tenant", &entry.tenant) {
                continue;
            }
            let place = format!("membership of {} in {}", Excerpt(&entry.user), Excerpt(&entry.tenant));
            let user = *people.get(&entry.user).ok_or_else(|| missing(&place, "user", &entry.user))?;
            let tenant = self.tenant_id(&entry.tenant).await?;
            let tenant = tenant.ok_or_else(|| missing(&place, "tenant", &entry.tenant))?;
            let stored = stored.get(&user).map(Vec::as_slice).unwrap_or_default();
            let old = stored.iter().find(|membership| membership.tenant.id == tenant);
            let mut merge = self.merge_membership(&entry.user, &entry.tenant);
            let role = merge.settle("role", old.map(|old| old.role.clone()), entry.role.clone());
            let standing =
                merge.settle_if_said("status", old.map(|old| old.standing), entry.status, Standing::Active);
            if let Outcome::Is(Some(line)) = self.conclude(merge, old.is_some()) {
                let new = NewMembership { tenant, user, role, standing, created_at: self.now };
                self.note(MembershipChange::Put { old: old.cloned(), new }.into(), line);
            }
        }
        Ok(())
    }

    /// The people that memberships name, as far as they are there or made now.
    async fn members(&self, entries: &[MembershipEntry]) -> Result<HashMap<String, UserId>, DeclaredError> {
        let (made, others): (Vec<_>, Vec<_>) =
            entries.iter().map(|entry| entry.user.as_str()).partition(|id| self.users.contains_key(*id));
        let stored = self.around.store.load_accounts_by_external_ids(&others).await?;
        let stored = stored.into_iter().map(|account| (account.user.external_id, account.user.id));
        let made = made.into_iter().filter_map(|id| Some((id.to_owned(), *self.users.get(id)?)));
        Ok(made.chain(stored).collect())
    }

    pub(super) async fn user_id(&self, external_id: &str) -> Result<Option<UserId>, DeclaredError> {
        if let Some(id) = self.users.get(external_id) {
            return Ok(Some(*id));
        }
        let stored = self.around.store.load_account_by_external_id(external_id).await?;
        Ok(stored.map(|account| account.user.id))
    }

    async fn tenant_id(&mut self, id: &str) -> Result<Option<TenantId>, DeclaredError> {
        if let Some(id) = self.tenants.get(id) {
            return Ok(Some(*id));
        }
        let stored = self.around.store.load_tenant_by_external_id(id).await?.map(|tenant| tenant.id);
        self.tenants.extend(stored.map(|stored| (id.to_owned(), stored)));
        Ok(stored)
    }
}

/// The refusal of a reference that leads nowhere.
pub(super) fn missing(place: &str, kind: &str, key: &str) -> DeclaredError {
    DeclaredError::Wrong(format!(
        "{place} names the {kind} {}, which is neither declared nor stored: declare it",
        Excerpt(key)
    ))
}

/// A tenant, field by field. A file that says nothing of its status leaves it as it is: nobody who was disabled meanwhile
/// comes back with it.
fn tenant(merge: &mut Merge, old: Option<&Tenant>, file: &TenantEntry, id: TenantId) -> Tenant {
    Tenant {
        id,
        external_id: file.id.clone(),
        name: merge.settle("name", old.map(|old| old.name.clone()), file.name.clone()),
        kind: merge.settle("kind", old.map(|old| old.kind), file.kind),
        base_url: merge.settle("base_url", old.map(|old| old.base_url.clone()), file.base_url.clone()),
        region: merge.settle("region", old.map(|old| old.region.clone()), file.region.clone()),
        standing: merge.settle_if_said("status", old.map(|old| old.standing), file.status, Standing::Active),
    }
}

/// The same for a person.
fn user(merge: &mut Merge, old: Option<&User>, file: &UserEntry, id: UserId) -> User {
    let name = file.name.as_ref().or(file.username.as_ref()).unwrap_or(&file.email);
    let email = old.map(|old| old.email().map(str::to_owned));
    let login = match (merge.settle("email", email, Some(file.email.clone())), old) {
        (None, Some(old)) => old.login.clone(),
        (email, _) => Login::Email(email.unwrap_or_else(|| file.email.clone())),
    };
    User {
        id,
        external_id: file.id.clone(),
        login,
        username: merge.settle("username", old.map(|old| old.username.clone()), file.username.clone()),
        name: merge.settle("name", old.map(|old| old.name.clone()), name.clone()),
        staff: merge.settle("staff", old.map(|old| old.staff), file.staff),
        standing: merge.settle_if_said("status", old.map(|old| old.standing), file.status, Standing::Active),
    }
}
