//! What operators do, through the store, as the command line does it.

use symbolon_oauth::credential::{Environment, Kind, Secret};
use symbolon_oauth::id::{AppId, ClientSecretId, HostKeyId, ResourceId, TenantId, UserId};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::{App, AppStatus};
use symbolon_platform::tenant::{Standing, Tenant};
use symbolon_platform::user::{Login, User};
use symbolon_server::clock::Entropy;
use symbolon_server::password::Passwords;
use symbolon_store::change::{
    AppChange, ClientSecretChange, HostKeyChange, MembershipChange, TenantChange, UserChange,
};
use symbolon_store::client_secrets::StoredSecret;
use symbolon_store::resources::HostKey;
use symbolon_store::tenants::NewMembership;
use tokio::sync::OnceCell;

use super::{PASSWORD, TestApp};

/// The people of the usual world.
pub(super) const PEOPLE: [(&str, &str); 6] = [
    ("jane", "Jane Doe"),
    ("omar", "Omar Haddad"),
    ("lena", "Lena Fischer"),
    ("sam", "Sam Okafor"),
    ("nina", "Nina Brandt"),
    ("robin", "Robin Vale"),
];

/// One argon2id hash for the whole run: hashing is dear on purpose.
static HASH: OnceCell<String> = OnceCell::const_new();

async fn password_hash() -> String {
    let hash = HASH.get_or_init(async || {
        Passwords::new(Entropy::seeded(1)).hash(PASSWORD).await.expect("a password can be hashed")
    });
    hash.await.clone()
}

impl TestApp {
    pub(super) async fn create_people(&self, people: &[(&str, &str)]) {
        for &(short, name) in people {
            let user = User {
                id: self.state().entropy.new_id(self.now()).expect("randomness"),
                external_id: format!("u-{short}"),
                login: Login::Email(format!("{short}@example.com")),
                username: Some(short.to_owned()),
                name: name.to_owned(),
                standing: Standing::Active,
                staff: short == "robin",
            };
            let password_hash = Some(password_hash().await);
            self.change(UserChange::Create { user, password_hash, at: self.now() }.into()).await;
        }
    }

    /// Does to rows what no operator would.
    pub async fn runs(&self, script: &str) {
        self.inner.database.run(script).await;
    }

    /// The row of an app.
    pub async fn app_id(&self, client_id: &str) -> AppId {
        let app = self.state().store.load_app_by_client_id(client_id).await.expect("the store answers");
        app.expect("the app is there").client.id
    }

    async fn tenant_id(&self, tenant: &str) -> TenantId {
        let tenant = self.state().store.load_tenant_by_external_id(tenant).await.expect("the store answers");
        tenant.expect("the tenant is there").id
    }

    /// Somebody's account.
    pub async fn user(&self, name: &str) -> User {
        let account = self.state().store.load_account_by_external_id(&format!("u-{name}")).await;
        account.expect("the store answers").expect("the person is there").user
    }

    /// Says that another address is a person's.
    pub async fn sets_login(&self, name: &str, address: &str) {
        let old = self.user(name).await;
        let new = User { login: Login::Email(address.to_owned()), ..old.clone() };
        self.change(UserChange::Update { old, new }.into()).await;
    }

    /// The account that signs in with this.
    pub async fn signs_in_with(&self, login: &str) -> Option<User> {
        let account = self.state().store.load_account_by_login(login).await.expect("the store answers");
        account.map(|account| account.user)
    }

    /// The row of somebody's account.
    pub async fn user_id(&self, name: &str) -> UserId {
        self.user(name).await.id
    }

    /// Suspends an app.
    pub async fn suspend(&self, client_id: &str) {
        self.set_app_status(client_id, AppStatus::Suspended).await;
    }

    /// Takes a suspension back.
    pub async fn resume(&self, client_id: &str) {
        self.set_app_status(client_id, AppStatus::Live).await;
    }

    /// Gives an app another status.
    pub async fn set_app_status(&self, client_id: &str, status: AppStatus) {
        self.change(AppChange::SetStatus { app: self.app_id(client_id).await, status }.into()).await;
    }

    /// Makes something else of an app.
    pub async fn edit_app(&self, client_id: &str, change: impl FnOnce(&mut App)) {
        let old = self.state().store.load_app_by_client_id(client_id).await.expect("the store answers");
        let old = old.expect("the app is there");
        let mut new = old.clone();
        change(&mut new);
        self.change(AppChange::Update { old: Box::new(old), new: Box::new(new) }.into()).await;
    }

    /// Removes an app.
    pub async fn delete_app(&self, client_id: &str) {
        self.change(AppChange::Delete(self.app_id(client_id).await).into()).await;
    }

    /// Makes an app a new secret; the one before works `for_another` milliseconds longer.
    pub async fn rotate_secret(&self, client_id: &str, for_another: i64) -> String {
        let (now, entropy) = (self.now(), &self.state().entropy);
        let id: ClientSecretId = entropy.new_id(now).expect("randomness");
        let bytes = entropy.new_credential_bytes(id).expect("randomness");
        let made = Secret::mint("sym", Kind::ClientSecret, Environment::Live, bytes);
        let secret = StoredSecret::of(&made, &[], id, now);
        let old_until = Timestamp(now.0 + for_another);
        let change =
            ClientSecretChange::Rotate { app: self.app_id(client_id).await, secret, old_until }.into();
        self.change(change).await;
        made.expose().to_owned()
    }

    /// Ends the oldest secret of an app.
    pub async fn revoke_oldest_secret(&self, client_id: &str) {
        let app = self.app_id(client_id).await;
        let secrets = self.state().store.list_client_secrets(app).await.expect("the store answers");
        let oldest = secrets.iter().min_by_key(|secret| secret.created_at).expect("a secret");
        self.change(ClientSecretChange::Revoke { app, secret: oldest.id }.into()).await;
    }

    async fn resource_id(&self, identifier: &str) -> ResourceId {
        let resource = self.state().store.load_resource(identifier).await.expect("the store answers");
        resource.expect("the resource is there").id
    }

    /// Makes a resource a new host key; the one before works `for_another` milliseconds longer.
    pub async fn rotate_host_key(&self, identifier: &str, for_another: i64) -> String {
        let (now, entropy) = (self.now(), &self.state().entropy);
        let id: HostKeyId = entropy.new_id(now).expect("randomness");
        let bytes = entropy.new_credential_bytes(id).expect("randomness");
        let made = Secret::mint("sym", Kind::HostKey, Environment::Live, bytes);
        let key = HostKey::of(&made, self.resource_id(identifier).await, id, now);
        let old_until = Timestamp(now.0 + for_another);
        self.change(HostKeyChange::Rotate { key, old_until }.into()).await;
        made.expose().to_owned()
    }

    /// Ends the newest host key of a resource.
    pub async fn revoke_newest_host_key(&self, identifier: &str) {
        let resource = self.resource_id(identifier).await;
        let keys = self.state().store.list_host_keys(resource).await.expect("the store answers");
        let key = keys.last().expect("a key").id;
        self.change(HostKeyChange::Revoke { key, at: self.now() }.into()).await;
    }

    /// Disables an account.
    pub async fn disable_user(&self, name: &str) {
        self.set_user_standing(name, Standing::Disabled).await;
    }

    /// Enables it again.
    pub async fn enable_user(&self, name: &str) {
        self.set_user_standing(name, Standing::Active).await;
    }

    async fn set_user_standing(&self, name: &str, standing: Standing) {
        let old = self.user(name).await;
        let new = User { standing, ..old.clone() };
        self.change(UserChange::Update { old, new }.into()).await;
    }

    /// Gives a person another password (their own is [`PASSWORD`]).
    pub async fn set_password(&self, name: &str, password: &str) {
        let hash = self.state().passwords.hash(password).await.expect("it can be hashed");
        let change = UserChange::SetPassword { user: self.user_id(name).await, hash, at: self.now() }.into();
        self.change(change).await;
    }

    /// Removes an account.
    pub async fn delete_user(&self, name: &str) {
        self.change(UserChange::Delete(self.user_id(name).await).into()).await;
    }

    /// Disables or enables a tenant.
    pub async fn set_tenant_standing(&self, tenant: &str, standing: Standing) {
        let stored = self.state().store.load_tenant_by_external_id(tenant).await.expect("the store answers");
        let old = stored.expect("the tenant is there");
        let new = Tenant { standing, ..old.clone() };
        self.change(TenantChange::Update { old, new }.into()).await;
    }

    /// Gives a person a role in a tenant, whether they had one there or not.
    pub async fn set_role(&self, tenant: &str, name: &str, role: &str) {
        let (tenant, user) = (self.tenant_id(tenant).await, self.user_id(name).await);
        let there = self.state().store.load_memberships(user).await.expect("the store answers");
        let new = NewMembership {
            tenant,
            user,
            role: role.to_owned(),
            standing: Standing::Active,
            created_at: self.now(),
        };
        let old = there.into_iter().find(|membership| membership.tenant.id == tenant);
        self.change(MembershipChange::Put { old, new }.into()).await;
    }

    /// Ends a membership.
    pub async fn remove_member(&self, tenant: &str, name: &str) {
        let (tenant, user) = (self.tenant_id(tenant).await, self.user_id(name).await);
        self.change(MembershipChange::Remove { tenant, user }.into()).await;
    }
}
