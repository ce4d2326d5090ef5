//! Apps, the catalogue and host keys as requests see them.

use symbolon_oauth::client::ClientSecret;
use symbolon_oauth::credential::{Environment, Kind, Secret, SecretHash};
use symbolon_platform::app::AppStatus;
use symbolon_platform::catalogue::{Resource, Role, Scope, Sensitivity, Texts};
use symbolon_platform::deed::Deed;
use symbolon_store::change::{
    AppChange, ClientSecretChange, HostKeyChange, ResourceChange, RoleChange, ScopeChange, UserChange,
};
use symbolon_store::client_secrets::{Author, Replaced, StoredSecret};
use symbolon_store::redirect_uses::RedirectUse;
use symbolon_store::resources::HostKey;
use symbolon_store::{StoreError, on_both_engines};

use crate::world::{T0, World, at, audit, fifty, fresh, scopes};

fn secret(text: &str, created_at: i64) -> StoredSecret {
    StoredSecret::known_by(SecretHash::of(text), "hint", fresh(), at(created_at))
}

fn live(secrets: &[ClientSecret], now: i64) -> Vec<SecretHash> {
    secrets.iter().filter(|own| own.expires_at.is_none_or(|end| at(now) < end)).map(|own| own.hash).collect()
}

fn api() -> Resource {
    Resource {
        id: fresh(),
        identifier: "https://api.example.com".to_owned(),
        title: "API".to_owned(),
        scopes: scopes("forms:read"),
    }
}

on_both_engines! {
    async fn an_app_is_found_by_name_and_by_row_as_it_was_stored(database) {
        let world = World::new(&database).await;
        let by_name = world.store.client("demo-app", T0).await.unwrap().unwrap();
        let by_row = world.store.app(world.app.client.id, T0).await.unwrap().unwrap();
        assert_eq!((&*by_name, &*by_row), (&world.app, &world.app));
        for wrong in ["", "DEMO-APP", "demo-app ", "demo-app\0", "' OR 1=1 --"] {
            assert!(world.store.client(wrong, T0).await.unwrap().is_none(), "{wrong:?}");
        }
    }

    async fn at_most_two_secrets_live_and_the_old_one_until_its_deadline(database) {
        let world = World::new(&database).await;
        let app = world.app.client.id;
        let rotate = async |text: &str, created_at, old_until| {
            let secret = secret(text, created_at);
            let change = ClientSecretChange::Rotate { app, secret: secret.clone(), old_until: at(old_until) }.into();
            world.store.change(&[change], &[audit(Deed::ClientSecretRotated)]).await.unwrap();
            secret
        };
        let hashes = |texts: &[&str]| texts.iter().map(|text| SecretHash::of(text)).collect::<Vec<_>>();
        let secrets = async || world.store.client("demo-app", T0).await.unwrap().unwrap().client.secrets.clone();
        rotate("one", 0, 0).await;
        assert_eq!(live(&secrets().await, 5), hashes(&["one"]));
        rotate("two", 10, 100).await;
        assert_eq!(live(&secrets().await, 99), hashes(&["one", "two"]));
        assert_eq!(live(&secrets().await, 100), hashes(&["two"]));
        let three = rotate("three", 20, 200).await;
        assert_eq!(live(&secrets().await, 50), hashes(&["two", "three"]), "the oldest is gone");
        let revoke = ClientSecretChange::Revoke { app, secret: three.id }.into();
        world.store.change(std::slice::from_ref(&revoke), &[]).await.unwrap();
        assert_eq!(live(&secrets().await, 50), hashes(&["two"]));
        assert!(matches!(world.store.change(&[revoke], &[]).await, Err(StoreError::Conflict)));
    }

    ///
    async fn of_many_who_rotate_at_once_one_succeeds_and_two_secrets_live(database) {
        let world = World::new(&database).await;
        let app = world.app.client.id;
        let old = secret("old", 0);
        let add = |secret: StoredSecret, replaced| ClientSecretChange::Add { app, secret, replaced }.into();
        world.store.change(&[add(old.clone(), None)], &[]).await.unwrap();
        let (done, lost, failed) = fifty(|number| {
            let replaced = Some(Replaced { secret: old.id, until: at(1000) });
            let (store, change) = (world.store.clone(), add(secret(&format!("new-{number}"), 10), replaced));
            async move { store.change(&[change], &[]).await }
        })
        .await;
        assert_eq!((done, lost, failed), (1, 49, 0));
        let secrets = world.store.list_client_secrets(app).await.unwrap();
        assert_eq!(secrets.iter().map(|own| own.expires_at).collect::<Vec<_>>(), [Some(at(1000)), None]);
        let third = world.store.change(&[add(secret("third", 20), None)], &[]).await;
        assert!(matches!(third, Err(StoreError::Conflict)), "while the old one lives there is no room");
        world.store.change(&[add(secret("third", 1000), None)], &[]).await.unwrap();
        let hashes: Vec<_> = world.store.list_client_secrets(app).await.unwrap().iter().map(|own| own.hash).collect();
        assert!(hashes.len() == 2 && !hashes.contains(&old.hash) && hashes.contains(&SecretHash::of("third")));
    }

    async fn a_secret_is_replaced_only_where_it_is_and_never_lives_longer_for_it(database) {
        let world = World::new(&database).await;
        let app = world.app.client.id;
        let old = StoredSecret { expires_at: Some(at(50)), ..secret("old", 0) };
        let add = |secret: StoredSecret, replaced| ClientSecretChange::Add { app, secret, replaced }.into();
        world.store.change(&[add(old.clone(), None)], &[]).await.unwrap();
        for replaced in [Replaced { secret: fresh(), until: at(20) }, Replaced { secret: old.id, until: at(90) }] {
            let outcome = world.store.change(&[add(secret("new", 10), Some(replaced))], &[]).await;
            assert!(matches!(outcome, Err(StoreError::Conflict)), "{replaced:?}");
        }
        let replaced = Some(Replaced { secret: old.id, until: at(20) });
        world.store.change(&[add(secret("new", 10), replaced)], &[]).await.unwrap();
        assert_eq!(live(&world.store.client("demo-app", T0).await.unwrap().unwrap().client.secrets, 20).len(), 1);
    }

    async fn who_made_a_secret_is_known_until_they_are_deleted(database) {
        let world = World::new(&database).await;
        let app = world.app.client.id;
        let author = Author { id: world.user.id, name: world.user.name.clone() };
        let named = StoredSecret { name: "CI".to_owned(), author: Some(author), ..secret("named", 0) };
        let change = ClientSecretChange::Add { app, secret: named.clone(), replaced: None }.into();
        world.store.change(&[change], &[]).await.unwrap();
        assert_eq!(world.store.list_client_secrets(app).await.unwrap(), std::slice::from_ref(&named));
        world.store.change(&[UserChange::Delete(world.user.id).into()], &[]).await.unwrap();
        let forgotten = StoredSecret { author: None, ..named };
        assert_eq!(world.store.list_client_secrets(app).await.unwrap(), [forgotten]);
    }

    async fn the_last_use_of_a_secret_is_written_once_a_minute(database) {
        let world = World::new(&database).await;
        let app = world.app.client.id;
        let own = secret("own", 0);
        let change = ClientSecretChange::Add { app, secret: own.clone(), replaced: None }.into();
        world.store.change(&[change], &[]).await.unwrap();
        for (used, written) in [(5, 5), (60_004, 5), (60_005, 60_005), (7, 60_005)] {
            world.store.touch_client_secrets(&[(own.id, at(used)), (fresh(), at(used))]).await.unwrap();
            let stored = world.store.list_client_secrets(app).await.unwrap();
            assert_eq!(stored[0].last_used_at, Some(at(written)), "used at {used}");
            let loaded = world.store.load_app(app).await.unwrap().unwrap().client.secrets;
            assert_eq!(loaded[0].last_used_at, Some(at(written)));
        }
    }

    async fn the_use_of_a_redirect_uri_is_written_once_an_hour(database) {
        let world = World::new(&database).await;
        let app = world.app.client.id;
        let used = |uri: &str, milliseconds| RedirectUse { app, redirect_uri: uri.to_owned(), at: at(milliseconds) };
        assert!(world.store.redirect_uses(app).await.unwrap().is_empty());
        for (milliseconds, written) in [(5, 5), (3_600_004, 5), (3_600_005, 3_600_005), (7, 3_600_005)] {
            let gone = RedirectUse { app: fresh(), ..used("https://a.example/cb", milliseconds) };
            world.store.touch_redirects(&[used("https://a.example/cb", milliseconds), gone]).await.unwrap();
            let uses = world.store.redirect_uses(app).await.unwrap();
            assert_eq!(uses.into_iter().collect::<Vec<_>>(), [("https://a.example/cb".to_owned(), at(written))]);
        }
        world.store.touch_redirects(&[used("com.example.app:/cb", 9)]).await.unwrap();
        assert_eq!(world.store.redirect_uses(app).await.unwrap().len(), 2);
        world.store.change(&[AppChange::Delete(app).into()], &[]).await.unwrap();
        assert!(world.store.redirect_uses(app).await.unwrap().is_empty());
    }

    async fn connections_are_counted_by_what_they_hold(database) {
        let world = World::new(&database).await;
        let app = world.app.client.id;
        world.consented().await;
        assert_eq!(world.store.connections_with(app, "forms:read").await.unwrap(), 1);
        assert_eq!(world.store.connections_with(app, "forms:write").await.unwrap(), 1);
        for other in ["forms", "forms:rea", "forms:readx", "orms:read", "%", "forms_read"] {
            assert_eq!(world.store.connections_with(app, other).await.unwrap(), 0, "{other}");
        }
    }

    async fn a_change_that_fails_leaves_nothing_of_itself(database) {
        let world = World::new(&database).await;
        let taken = AppChange::Create(crate::world::app()).into();
        let suspend = AppChange::SetStatus { app: world.app.client.id, status: AppStatus::Suspended }.into();
        let outcome = world.store.change(&[suspend, taken], &[audit(Deed::AppSuspended)]).await;
        assert!(matches!(outcome, Err(StoreError::Conflict)));
        assert_eq!(world.store.client("demo-app", T0).await.unwrap().unwrap().status, AppStatus::Live);
        assert!(world.store.list_audit(10).await.unwrap().is_empty());
    }

    async fn the_catalogue_holds_what_was_declared_last(database) {
        let world = World::new(&database).await;
        assert!(world.store.catalogue(T0).await.unwrap().scopes.is_empty());
        let scope = |title: &str| Scope {
            name: "forms:write".to_owned(),
            title: title.to_owned(),
            description: "x".to_owned(),
            sensitivity: Sensitivity::Sensitive,
            includes: scopes("forms:read"),
            texts: Texts::new(),
        };
        let role = Role {
            key: "clerk".to_owned(),
            title: "Clerk".to_owned(),
            scopes: scopes("forms:read"),
            can_install: false,
            can_approve: true,
            texts: Texts::new(),
        };
        let resource = api();
        let changes = [
            ScopeChange::Put { old: None, new: scope("old").into() }.into(),
            ScopeChange::Put { old: Some(scope("old")), new: scope("new").into() }.into(),
            RoleChange::Put { old: None, new: role.clone() }.into(),
            ResourceChange::Create { resource: resource.clone(), at: T0 }.into(),
        ];
        world.store.change(&changes, &[]).await.unwrap();
        let catalogue = world.store.catalogue(T0).await.unwrap();
        assert_eq!(catalogue.scopes["forms:write"], scope("new"));
        assert_eq!(catalogue.roles["clerk"], role);
        assert_eq!(catalogue.resource("https://API.example.com:443/"), Some(&resource));
    }

    async fn a_host_key_opens_until_it_is_revoked_and_only_as_a_whole(database) {
        let world = World::new(&database).await;
        let resource = api();
        let mut bytes = [7; 32];
        bytes[..16].copy_from_slice(fresh::<()>().bytes());
        let own = Secret::mint("acme", Kind::HostKey, Environment::Live, bytes);
        bytes[31] = 8;
        let guessed = Secret::mint("acme", Kind::HostKey, Environment::Live, bytes);
        let given = Secret::given("given-from-outside");
        let keys = [HostKey::of(&own, resource.id, fresh(), T0), HostKey::of(&given, resource.id, fresh(), T0)];
        let changes = [
            ResourceChange::Create { resource: resource.clone(), at: T0 }.into(),
            HostKeyChange::Add { key: keys[0].clone(), foreign: false }.into(),
            HostKeyChange::Add { key: keys[1].clone(), foreign: true }.into(),
        ];
        world.store.change(&changes, &[]).await.unwrap();
        let opens = async |text: &str| world.store.host_key(text, T0).await.unwrap().map(|key| key.id);
        assert_eq!(opens(own.expose()).await, Some(keys[0].id));
        assert_eq!(opens(given.expose()).await, Some(keys[1].id));
        for wrong in [guessed.expose(), "given-from-outsid", "", "given-from-outside "] {
            assert_eq!(opens(wrong).await, None, "{wrong}");
        }
        for key in &keys {
            world.store.change(&[HostKeyChange::Revoke { key: key.id, at: T0 }.into()], &[]).await.unwrap();
        }
        assert_eq!((opens(own.expose()).await, opens(given.expose()).await), (None, None));
    }

    async fn of_rotated_host_keys_two_live_at_most(database) {
        let world = World::new(&database).await;
        let resource = api();
        let first = Secret::given("given-from-outside");
        let row = HostKey::of(&first, resource.id, fresh(), T0);
        let changes = [
            ResourceChange::Create { resource: resource.clone(), at: T0 }.into(),
            HostKeyChange::Add { key: row, foreign: true }.into(),
        ];
        world.store.change(&changes, &[]).await.unwrap();
        let rotate = async |number: u8, now: i64, old_until: i64| {
            let mut bytes = [number; 32];
            bytes[..16].copy_from_slice(fresh::<()>().bytes());
            let made = Secret::mint("acme", Kind::HostKey, Environment::Live, bytes);
            let key = HostKey::of(&made, resource.id, fresh(), at(now));
            world.store.change(&[HostKeyChange::Rotate { key, old_until: at(old_until) }.into()], &[]).await.unwrap();
            made
        };
        let live = async |now: i64, keys: &[&Secret]| {
            let mut live = Vec::new();
            for key in keys {
                live.push(world.store.host_key(key.expose(), at(now)).await.unwrap().is_some());
            }
            live
        };
        let second = rotate(2, 10, 100).await;
        assert_eq!(live(99, &[&first, &second]).await, [true, true]);
        assert_eq!(live(100, &[&first, &second]).await, [false, true], "from memory, too");
        let third = rotate(3, 20, 200).await;
        assert_eq!(live(20, &[&first, &second, &third]).await, [false, true, true], "the oldest ends at once");
        let fourth = rotate(4, 30, 30).await;
        assert_eq!(live(30, &[&second, &third, &fourth]).await, [false, false, true], "no grace");
        let kept = world.store.list_host_keys(resource.id).await.unwrap();
        assert_eq!(kept.iter().map(|key| key.is_live(at(30))).collect::<Vec<_>>(), [false, false, false, true]);
    }
}
