//! Tenants, people, roles, scopes, apps, resources, and the audit of each change.

use std::sync::Arc;

use symbolon_oauth::client::{AuthenticationMethod, Client, ClientType, Generations, GrantType, Level};
use symbolon_oauth::credential::{Environment, Kind, Secret};
use symbolon_oauth::id::{Id, UserId};
use symbolon_oauth::policy::UnknownScopes;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::{App, AppStatus};
use symbolon_platform::catalogue::{Resource, Role, Scope, Sensitivity, Text, Texts};
use symbolon_platform::deed::Deed;
use symbolon_platform::listing::{Listing, Publisher};
use symbolon_platform::tenant::{Standing, Tenant, TenantKind};
use symbolon_platform::user::{Login, User};
use symbolon_store::change::{
    AppChange, ClientSecretChange, HostKeyChange, IconChange, MembershipChange, ResourceChange, RoleChange,
    ScopeChange, TenantChange, UserChange,
};
use symbolon_store::client_secrets::StoredSecret;
use symbolon_store::icons::Icon;
use symbolon_store::resources::HostKey;
use symbolon_store::tenants::NewMembership;
use symbolon_store::{Actor, Audit, Change, Store, StoreError, on_both_engines};

use crate::world::{looks, update};

const NOW: Timestamp = Timestamp(1_700_000_000_000);

/// What something is called in German.
fn german(title: &str) -> Texts {
    [("de".to_owned(), Text { title: Some(title.to_owned()), description: None })].into()
}

fn id<K>(number: u8) -> Id<K> {
    Id::time_ordered(NOW.0, [number; 10])
}

fn scopes(text: &str) -> ScopeSet {
    ScopeSet::parse(text).unwrap()
}

fn tenant(number: u8, external_id: &str) -> Tenant {
    Tenant {
        id: id(number),
        external_id: external_id.to_owned(),
        name: format!("Clinic {external_id}"),
        kind: TenantKind::Organization,
        base_url: Some("https://api.example.com".to_owned()),
        region: None,
        standing: Standing::Active,
    }
}

fn user(number: u8, external_id: &str) -> User {
    User {
        id: id(number),
        external_id: external_id.to_owned(),
        login: Login::Email(format!("{external_id}@example.com")),
        username: None,
        name: "Jane".to_owned(),
        standing: Standing::Active,
        staff: number == 9,
    }
}

fn app(number: u8, client_id: &str, owner: Option<UserId>) -> App {
    let client = Client {
        id: id(number),
        client_id: client_id.to_owned(),
        client_type: ClientType::Confidential,
        dialect: "rfc".to_owned(),
        secrets: Vec::new(),
        authentication_method: Some(AuthenticationMethod::ClientSecretPost),
        redirect_uris: vec!["https://a.example/cb?x=\"1\"".to_owned(), "http://127.0.0.1/cb".to_owned()],
        scopes: scopes("read write"),
        optional_scopes: scopes("write"),
        grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
        pkce_excused: true,
        native: true,
        unknown_scopes: Some(UnknownScopes::Narrow),
        level: Level::Tenant,
        generations: Generations::default(),
    };
    let listing = Listing { homepage: Some("https://a.example".to_owned()), ..Listing::default() };
    App { client, name: "Demo".to_owned(), listing, status: AppStatus::Live, owner, created_at: NOW }
}

fn membership(tenant: u8, user: u8, role: &str) -> Change {
    let (tenant, user, role) = (id(tenant), id(user), role.to_owned());
    let new = NewMembership { tenant, user, role, standing: Standing::Active, created_at: NOW };
    MembershipChange::Put { old: None, new }.into()
}

fn create_user(user: User) -> Change {
    UserChange::Create { user, password_hash: Some("hash".to_owned()), at: NOW }.into()
}

async fn change(store: &Store, changes: &[Change]) -> Result<(), StoreError> {
    store.change(changes, &[]).await
}

/// This app with one of these changes each.
fn changed_each(app: &App, changes: &[fn(&mut App)]) -> Vec<App> {
    let changed = |change: &fn(&mut App)| {
        let mut other = app.clone();
        change(&mut other);
        other
    };
    changes.iter().map(changed).collect()
}

/// What somebody else can do to an app while it is looked at, one of each kind of value.
fn meanwhile(app: &App) -> Vec<App> {
    changed_each(
        app,
        &[
            |app| app.status = AppStatus::Suspended,
            |app| app.owner = None,
            |app| app.client.redirect_uris.clear(),
            |app| app.client.scopes = scopes("forms:read"),
            |app| app.client.optional_scopes = scopes(""),
            |app| app.client.grant_types.clear(),
            |app| app.client.authentication_method = None,
            |app| app.client.pkce_excused = !app.client.pkce_excused,
            |app| app.client.unknown_scopes = Some(UnknownScopes::Refuse),
            |app| app.client.client_type = ClientType::Public,
            |app| app.client.level = Level::User,
            |app| app.client.dialect.push('x'),
            |app| app.client.client_id.push('x'),
        ],
    )
}

/// The first app as it is stored, but for how often it lost something: that stays when it is changed back.
async fn stored(store: &Store) -> Option<App> {
    let mut app = store.load_app(id(1)).await.unwrap()?;
    app.client.generations = Generations::default();
    Some(app)
}

/// The same for how it looks.
fn meanwhile_to_see(app: &App) -> Vec<App> {
    changed_each(
        app,
        &[
            |app| app.name.push('x'),
            |app| app.listing.homepage = Some("https://x.example".to_owned()),
            |app| app.listing.icon = Some(Icon::of(vec![1]).key()),
            |app| app.listing.publisher = Some(Publisher { name: "X".to_owned(), verified: false }),
            |app| app.listing.privacy_url = Some("https://x.example/p".to_owned()),
            |app| app.listing.terms_url = Some("https://x.example/t".to_owned()),
        ],
    )
}

on_both_engines! {
    async fn the_catalogue_is_put_changed_and_deleted(database) {
        let store = database.store().await;
        let mut scope = Scope {
            name: "write".to_owned(),
            title: "Write".to_owned(),
            description: String::new(),
            sensitivity: Sensitivity::Restricted,
            includes: scopes("read"),
            texts: german("Schreiben"),
        };
        let role = Role {
            key: "admin".to_owned(),
            title: "Admin".to_owned(),
            scopes: scopes("*"),
            can_install: true,
            can_approve: false,
            texts: german("Verwaltung"),
        };
        let resource =
            Resource { id: id(1), identifier: "https://api".to_owned(), title: "API".to_owned(), scopes: scopes("write") };
        let created = ResourceChange::Create { resource: resource.clone(), at: NOW }.into();
        let put = ScopeChange::Put { old: None, new: scope.clone().into() }.into();
        change(&store, &[put, RoleChange::Put { old: None, new: role.clone() }.into(), created]).await.unwrap();
        let catalogue = store.load_catalogue().await.unwrap();
        assert_eq!(catalogue.scopes["write"], scope);
        assert_eq!(catalogue.roles["admin"], role);
        assert_eq!(catalogue.resources, [Arc::new(resource.clone())]);

        let old = Some(scope.clone());
        scope.title = "Change".to_owned();
        change(&store, &[ScopeChange::Put { old, new: scope.into() }.into(), RoleChange::Delete("admin".to_owned()).into()]).await.unwrap();
        let catalogue = store.load_catalogue().await.unwrap();
        assert_eq!((catalogue.scopes["write"].title.as_str(), catalogue.roles.len()), ("Change", 0));
        let gone = change(&store, &[RoleChange::Delete("admin".to_owned()).into()]).await;
        assert!(matches!(gone, Err(StoreError::Conflict)));
    }

    async fn changes_happen_together_with_their_audit_or_not_at_all(database) {
        let store = database.store().await;
        let audit = Audit::new(id(1), NOW, Deed::UserCreated, Actor::User(id(7)));
        let mut audit = audit.user(id(1)).request("r-1");
        store.change(&[create_user(user(1, "jane"))], std::slice::from_ref(&audit)).await.unwrap();
        assert_eq!(store.list_audit(9).await.unwrap(), std::slice::from_ref(&audit));

        audit.id = id(2);
        let taken = [create_user(user(2, "sam")), create_user(User { id: id(3), ..user(1, "jane") })];
        assert!(matches!(store.change(&taken, &[audit]).await, Err(StoreError::Conflict)));
        assert!(store.load_account(id(2)).await.unwrap().is_none());
        assert_eq!(store.list_audit(9).await.unwrap().len(), 1);
    }

    async fn people_are_found_by_row_name_and_address(database) {
        let store = database.store().await;
        let mut jane = user(9, "jane");
        change(&store, &[create_user(jane.clone()), create_user(user(2, "sam"))]).await.unwrap();
        let account = store.load_account(jane.id).await.unwrap().unwrap();
        assert_eq!((&account.user, account.password_hash.as_deref()), (&jane, Some("hash")));
        assert_eq!(store.load_account_by_external_id("jane").await.unwrap().unwrap(), account);
        assert_eq!(store.load_account_by_email("jane@example.com").await.unwrap().unwrap(), account);
        assert!(store.load_account_by_email("none@example.com").await.unwrap().is_none());

        let old = jane.clone();
        jane.standing = Standing::Disabled;
        let later = Timestamp(NOW.0 + 5);
        let password = UserChange::SetPassword { user: jane.id, hash: "new".to_owned(), at: later }.into();
        change(&store, &[UserChange::Update { old, new: jane.clone() }.into(), password]).await.unwrap();
        let account = store.load_account(jane.id).await.unwrap().unwrap();
        assert_eq!((account.user, account.valid_from), (jane, later));
        let names = |users: Vec<User>| users.into_iter().map(|user| user.external_id).collect::<Vec<_>>();
        assert_eq!(names(store.list_users("", 9).await.unwrap()), ["jane", "sam"]);
        assert_eq!(names(store.list_users("jane", 9).await.unwrap()), ["sam"]);
        assert_eq!(names(store.list_users("", 1).await.unwrap()), ["jane"]);
    }

    async fn an_unproven_login_is_no_address_and_gives_way(database) {
        let store = database.store().await;
        let typed = |name: &str| Login::Unproven(name.to_owned());
        let stranger = User { login: typed("sam@example.com"), ..user(1, "u_1") };
        let proven = user(2, "jane");
        change(&store, &[create_user(stranger.clone()), create_user(proven.clone())]).await.unwrap();
        assert!(store.load_account_by_email("sam@example.com").await.unwrap().is_none());
        let found = store.load_account_by_login("sam@example.com").await.unwrap().unwrap();
        assert_eq!((&found.user, found.user.email()), (&stranger, None));
        let found = store.load_account_by_login("jane@example.com").await.unwrap().unwrap();
        assert_eq!((&found.user, found.user.email()), (&proven, Some("jane@example.com")));

        let sam = user(3, "sam");
        let taken = change(&store, &[create_user(sam.clone())]).await;
        assert!(matches!(taken, Err(StoreError::Conflict)));
        let displace: Change = UserChange::Displace(stranger.clone()).into();
        change(&store, &[displace.clone(), create_user(sam.clone())]).await.unwrap();
        assert_eq!(store.load_account_by_email("sam@example.com").await.unwrap().unwrap().user, sam);
        let displaced = store.load_account(stranger.id).await.unwrap().unwrap().user;
        assert!(displaced.is_displaced() && displaced.email().is_none());
        assert!(matches!(change(&store, &[displace]).await, Err(StoreError::Conflict)), "it changed meanwhile");

        let chooses = |name: &str| UserChange::SetLogin { old: displaced.clone(), login: typed(name) }.into();
        let taken = change(&store, &[chooses("sam@example.com")]).await;
        assert!(matches!(taken, Err(StoreError::Conflict)));
        change(&store, &[chooses("other@example.com")]).await.unwrap();
        let found = store.load_account_by_login("other@example.com").await.unwrap().unwrap().user;
        assert!(found.id == stranger.id && !found.is_displaced() && found.email().is_none());
    }

    async fn who_is_called_as_an_app_or_an_installation_is_listed(database) {
        let store = database.store().await;
        let create = |number, id: &str| UserChange::Create { user: user(number, id), password_hash: None, at: NOW }.into();
        let place = |number, id: &str| TenantChange::Create { tenant: tenant(number, id), at: NOW }.into();
        let [app, installation] = symbolon_platform::name::RESERVED.map(|beginning| format!("{beginning}x"));
        let changes = [
            create(1, &app), create(2, "u-jane"), create(3, "apple"), create(4, "App:x"), create(5, "instx"), create(8, "App;x"),
            place(6, &installation), place(7, "t-app:"),
        ];
        change(&store, &changes).await.unwrap();
        let listed = store.list_reserved_ids(9).await.unwrap();
        let named = |noun: &str, id: &str| (noun.to_owned(), id.to_owned());
        let mut all = [named("tenant", &installation), named("user", &app), named("user", "App:x")];
        all.sort();
        let mut listed = listed;
        listed.sort();
        assert_eq!(listed, all);
        assert_eq!(store.list_reserved_ids(1).await.unwrap().len(), 1);
    }

    async fn a_name_can_be_taken_again_but_inherits_nothing(database) {
        let store = database.store().await;
        change(&store, &[create_user(user(1, "jane")), TenantChange::Create { tenant: tenant(1, "north"), at: NOW }.into(), membership(1, 1, "admin")])
            .await
            .unwrap();
        change(&store, &[UserChange::Delete(id(1)).into(), create_user(User { id: id(5), ..user(1, "jane") })]).await.unwrap();
        assert!(store.load_memberships(id(5)).await.unwrap().is_empty());
        assert!(store.list_members(id(1)).await.unwrap().is_empty());
        assert!(store.load_account(id(1)).await.unwrap().is_none());
    }

    async fn memberships_join_people_and_tenants(database) {
        let store = database.store().await;
        let (north, south) = (tenant(1, "north"), tenant(2, "south"));
        let created = |tenant: &Tenant| TenantChange::Create { tenant: tenant.clone(), at: NOW }.into();
        let all = [created(&north), created(&south), create_user(user(1, "jane")), membership(1, 1, "admin"), membership(2, 1, "viewer")];
        change(&store, &all).await.unwrap();
        assert!(matches!(change(&store, &[membership(2, 1, "owner")]).await, Err(StoreError::Conflict)));
        let own = store.load_memberships(id(1)).await.unwrap();
        assert_eq!((&own[0].tenant, own[0].role.as_str()), (&north, "admin"));
        assert_eq!((&own[1].tenant, own[1].role.as_str()), (&south, "viewer"));
        let members = store.list_members(id(2)).await.unwrap();
        assert_eq!((members.len(), members[0].user.external_id.as_str()), (1, "jane"));

        change(&store, &[MembershipChange::Remove { tenant: id(2), user: id(1) }.into()]).await.unwrap();
        let again = change(&store, &[MembershipChange::Remove { tenant: id(2), user: id(1) }.into()]).await;
        assert!(matches!(again, Err(StoreError::Conflict)));
        assert!(matches!(change(&store, &[membership(3, 1, "x")]).await, Err(StoreError::Conflict)));
        let disabled = Tenant { standing: Standing::Disabled, ..north.clone() };
        change(&store, &[TenantChange::Update { old: north, new: disabled.clone() }.into()]).await.unwrap();
        assert_eq!(store.load_tenant_by_external_id("north").await.unwrap(), Some(disabled));
        change(&store, &[TenantChange::Delete(id(1)).into()]).await.unwrap();
        assert_eq!(store.list_tenants("", 9).await.unwrap(), [south]);
    }

    async fn apps_make_the_round_trip(database) {
        let store = database.store().await;
        let mut demo = app(1, "demo", Some(id(1)));
        change(&store, &[create_user(user(1, "jane")), AppChange::Create(demo.clone()).into(), AppChange::Create(app(2, "other", None)).into()])
            .await
            .unwrap();
        assert_eq!(store.load_app(id(1)).await.unwrap(), Some(demo.clone()));
        assert_eq!(store.load_app_by_client_id("demo").await.unwrap(), Some(demo.clone()));
        assert_eq!(store.load_app_by_client_id("Demo").await.unwrap(), None);
        let before = demo.clone();
        demo.client.authentication_method = None;
        demo.client.redirect_uris.clear();
        change(&store, &[update(&before, &demo)]).await.unwrap();
        change(&store, &[AppChange::SetStatus { app: id(1), status: AppStatus::Suspended }.into()]).await.unwrap();
        demo.status = AppStatus::Suspended;
        assert_eq!(store.load_app(id(1)).await.unwrap(), Some(demo.clone()));
        change(&store, &[UserChange::Delete(id(1)).into()]).await.unwrap();
        demo.owner = None;
        assert_eq!(store.list_apps("", 9).await.unwrap(), [demo, app(2, "other", None)]);
        change(&store, &[AppChange::Delete(id(1)).into()]).await.unwrap();
        assert_eq!(store.list_apps("", 9).await.unwrap().len(), 1);
        assert!(matches!(change(&store, &[AppChange::Create(app(3, "other", None)).into()]).await, Err(StoreError::Conflict)));
    }

    async fn an_app_that_was_changed_meanwhile_is_not_written_over(database) {
        let store = database.store().await;
        let demo = app(1, "demo", Some(id(1)));
        let icon: Change = IconChange::Put(Icon::of(vec![1])).into();
        change(&store, &[create_user(user(1, "jane")), AppChange::Create(demo.clone()).into()]).await.unwrap();
        let mut wanted = demo.clone();
        wanted.client.scopes = scopes("forms:read forms:write profile");
        for other in meanwhile(&demo).into_iter().chain(meanwhile_to_see(&demo)) {
            change(&store, &[icon.clone(), update(&demo, &other)]).await.unwrap();
            let late = change(&store, &[update(&demo, &wanted)]).await;
            assert!(matches!(late, Err(StoreError::Conflict)), "{other:?}");
            assert_eq!(stored(&store).await.as_ref(), Some(&other));
            change(&store, &[update(&other, &wanted), update(&wanted, &demo)]).await.unwrap();
        }
        assert_eq!(stored(&store).await, Some(demo));
    }

    async fn how_an_app_looks_is_changed_alone(database) {
        let store = database.store().await;
        let demo = app(1, "demo", Some(id(1)));
        let icon: Change = IconChange::Put(Icon::of(vec![1])).into();
        change(&store, &[create_user(user(1, "jane")), AppChange::Create(demo.clone()).into()]).await.unwrap();
        let renamed = App { name: "Renamed".to_owned(), ..demo.clone() };
        for other in meanwhile(&demo) {
            change(&store, &[update(&demo, &other), looks(&demo, &renamed)]).await.unwrap();
            let expected = App { name: renamed.name.clone(), ..other };
            assert_eq!(stored(&store).await.as_ref(), Some(&expected));
            change(&store, &[update(&expected, &demo)]).await.unwrap();
        }
        for other in meanwhile_to_see(&demo) {
            change(&store, &[icon.clone(), looks(&demo, &other)]).await.unwrap();
            let late = change(&store, &[looks(&demo, &renamed)]).await;
            assert!(matches!(late, Err(StoreError::Conflict)), "{other:?}");
            assert_eq!(stored(&store).await.as_ref(), Some(&other));
            change(&store, &[looks(&other, &demo)]).await.unwrap();
        }
    }

    async fn an_app_never_has_more_than_two_secrets(database) {
        let store = database.store().await;
        change(&store, &[AppChange::Create(app(1, "demo", None)).into()]).await.unwrap();
        for number in 1..=4_u8 {
            let at = Timestamp(NOW.0 + i64::from(number));
            let secret = StoredSecret::of(&Secret::given(format!("secret-{number}")), &[], id(number), at);
            let old_until = Timestamp(at.0 + 1000);
            change(&store, &[ClientSecretChange::Rotate { app: id(1), secret, old_until }.into()]).await.unwrap();
        }
        let secrets = store.list_client_secrets(id(1)).await.unwrap();
        let hints: Vec<_> = secrets.iter().map(|secret| secret.hint.as_str()).collect();
        assert_eq!(hints, ["-3", "-4"]);
        assert_eq!(secrets[0].expires_at, Some(Timestamp(NOW.0 + 1004)));
        assert_eq!(secrets[1].expires_at, None);
        let loaded = store.load_app(id(1)).await.unwrap().unwrap().client.secrets;
        assert_eq!((loaded.len(), loaded[1].hash), (2, Secret::given("secret-4").hash()));
        let foreign = ClientSecretChange::Revoke { app: id(2), secret: secrets[0].id }.into();
        assert!(matches!(change(&store, &[foreign]).await, Err(StoreError::Conflict)));
        change(&store, &[ClientSecretChange::Revoke { app: id(1), secret: secrets[0].id }.into()]).await.unwrap();
        assert_eq!(store.list_client_secrets(id(1)).await.unwrap().len(), 1);
    }

    async fn host_keys_are_found_whatever_their_form(database) {
        let store = database.store().await;
        let resource =
            Resource { id: id(1), identifier: "https://api".to_owned(), title: "API".to_owned(), scopes: scopes("") };
        let own = Secret::mint("acme", Kind::HostKey, Environment::Live, [3; 32]);
        let given = Secret::given("host-secret");
        let row = |key: &Secret, number| HostKey::of(key, id(1), id(number), NOW);
        let (first, second) = (row(&own, 5), row(&given, 6));
        assert_eq!((first.id.bytes(), second.id), (&[3; 16], id(6)));
        let changes = [
            ResourceChange::Create { resource: resource.clone(), at: NOW }.into(),
            HostKeyChange::Add { key: first.clone(), foreign: false }.into(),
            HostKeyChange::Add { key: second.clone(), foreign: true }.into(),
        ];
        change(&store, &changes).await.unwrap();
        assert_eq!(store.load_host_key(own.expose()).await.unwrap(), Some(first.clone()));
        assert_eq!(store.load_host_key("host-secret").await.unwrap(), Some(second.clone()));
        let forged = Secret::mint("acme", Kind::HostKey, Environment::Test, [3; 32]);
        assert_eq!(store.load_host_key(forged.expose()).await.unwrap(), None);
        assert_eq!(store.load_host_key("").await.unwrap(), None);

        change(&store, &[HostKeyChange::Revoke { key: second.id, at: NOW }.into()]).await.unwrap();
        assert_eq!(store.load_host_key("host-secret").await.unwrap(), None);
        assert_eq!(store.list_host_keys(id(1)).await.unwrap().len(), 2);
        assert_eq!(store.load_resource("https://api").await.unwrap(), Some(resource));
        change(&store, &[ResourceChange::Delete(id(1)).into()]).await.unwrap();
        assert_eq!(store.load_host_key(own.expose()).await.unwrap(), None);
        change(&store, &changes).await.unwrap();
    }
}
