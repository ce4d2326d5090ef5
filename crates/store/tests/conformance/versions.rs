//! Versions of apps: what makes one, that one is live, and how many are kept.

use symbolon_oauth::client::{AuthenticationMethod, Client, ClientType, Generations, GrantType, Level};
use symbolon_platform::app::{App, AppStatus};
use symbolon_platform::listing::Publisher;
use symbolon_store::change::{AppChange, Change, IconChange};
use symbolon_store::icons::Icon;
use symbolon_store::testing::Database;
use symbolon_store::{Commit, Engine, Expect, Store, StoreError, on_both_engines, parameters};

use crate::world::{World, fifty, fresh, looks, scopes, update};

/// The versions of all apps, as number, state and name.
async fn versions(engine: &Engine) -> Vec<(i64, String, String)> {
    const VERSIONS: &str = "SELECT number, state, name FROM app_versions ORDER BY app_id, number";
    let rows = engine.load(VERSIONS, &[]).await.unwrap();
    let read = |row: symbolon_store::Row| row.read(|row| Ok((row.integer()?, row.text()?, row.text()?)));
    rows.into_iter().map(|row| read(row).unwrap()).collect()
}

fn version(number: i64, state: &str, name: &str) -> (i64, String, String) {
    (number, state.to_owned(), name.to_owned())
}

async fn began(database: &Database) -> (World, Engine) {
    (World::new(database).await, database.engine().await)
}

async fn change(store: &Store, change: impl Into<Change>) {
    store.change(&[change.into()], &[]).await.unwrap();
}

/// The app after this change of it.
fn changed(app: &App, how: impl FnOnce(&mut App)) -> App {
    let mut app = app.clone();
    how(&mut app);
    app
}

fn named(app: &App, name: &str) -> App {
    changed(app, |app| name.clone_into(&mut app.name))
}

on_both_engines! {
    async fn what_is_reviewed_makes_a_version_that_takes_the_place_of_the_live_one(database) {
        let (world, engine) = began(&database).await;
        assert_eq!(versions(&engine).await, [version(1, "live", "Demo App")]);
        let renamed = named(&world.app, "Renamed");
        change(&world.store, update(&world.app, &renamed)).await;
        let again = changed(&renamed, |app| app.client.scopes = scopes("forms:read"));
        change(&world.store, update(&renamed, &again)).await;
        let shown = named(&again, "Shown");
        change(&world.store, looks(&again, &shown)).await;
        let expected = [
            version(1, "retired", "Demo App"),
            version(2, "retired", "Renamed"),
            version(3, "retired", "Renamed"),
            version(4, "live", "Shown"),
        ];
        assert_eq!(versions(&engine).await, expected);
        assert_eq!(world.store.load_app(shown.client.id).await.unwrap(), Some(shown));
    }

    async fn every_reviewed_member_is_in_the_version(database) {
        let (world, engine) = began(&database).await;
        let icon = Icon::of(vec![1]);
        let whole = changed(&world.app, |app| {
            app.name = "Other".to_owned();
            app.listing.icon = Some(icon.key());
            app.listing.publisher = Some(Publisher { name: "Publisher".to_owned(), verified: true });
            app.listing.homepage = None;
            app.client = Client {
                client_type: ClientType::Public,
                dialect: "elder".to_owned(),
                authentication_method: Some(AuthenticationMethod::None),
                redirect_uris: vec!["https://b.example/cb".to_owned(), "https://a.example/cb".to_owned()],
                scopes: scopes("profile forms:read"),
                optional_scopes: scopes("profile"),
                grant_types: vec![GrantType::RefreshToken, GrantType::AuthorizationCode],
                pkce_excused: false,
            native: false,
                unknown_scopes: None,
                level: Level::Tenant,
                ..app.client.clone()
            };
        });
        world.store.change(&[IconChange::Put(icon).into(), update(&world.app, &whole)], &[]).await.unwrap();
        // It lost its secret, and with it what its tokens were made with.
        let whole = changed(&whole, |app| app.client.generations = Generations { own: 1, refresh: 1 });
        assert_eq!(world.store.load_app(whole.client.id).await.unwrap(), Some(whole.clone()));
        // And all that people are not shown is in the one that an edit makes.
        let shown = named(&whole, "Shown");
        change(&world.store, looks(&whole, &shown)).await;
        assert_eq!(world.store.load_app(whole.client.id).await.unwrap(), Some(shown));
        assert_eq!(versions(&engine).await.len(), 3);
    }

    async fn what_changes_at_once_makes_no_version(database) {
        let (world, engine) = began(&database).await;
        let linked = changed(&world.app, |app| {
            app.listing.privacy_url = Some("https://app.example.net/privacy".to_owned());
        });
        change(&world.store, looks(&world.app, &linked)).await;
        let owned = changed(&linked, |app| {
            app.owner = Some(world.user.id);
            app.listing.terms_url = Some("https://app.example.net/terms".to_owned());
        });
        change(&world.store, update(&linked, &owned)).await;
        change(&world.store, update(&owned, &owned)).await;
        change(&world.store, AppChange::SetStatus { app: owned.client.id, status: AppStatus::Suspended }).await;
        let suspended = changed(&owned, |app| app.status = AppStatus::Suspended);
        assert_eq!(world.store.load_app(owned.client.id).await.unwrap(), Some(suspended));
        assert_eq!(versions(&engine).await, [version(1, "live", "Demo App")]);
    }

    async fn a_change_at_once_holds_only_beside_the_version_that_it_was_made_for(database) {
        let (world, _) = began(&database).await;
        let linked = changed(&world.app, |app| app.listing.terms_url = Some("https://a.example".to_owned()));
        change(&world.store, update(&world.app, &named(&world.app, "Renamed"))).await;
        for late in [update(&world.app, &linked), looks(&world.app, &linked)] {
            let late = world.store.change(&[late], &[]).await;
            assert!(matches!(late, Err(StoreError::Conflict)), "{late:?}");
        }
    }

    async fn of_many_who_compared_the_same_version_one_releases_another(database) {
        let (world, engine) = began(&database).await;
        for (round, make) in [update, looks].into_iter().enumerate() {
            let was = world.store.load_app(world.app.client.id).await.unwrap().unwrap();
            let outcome = fifty(|number| {
                let (store, was) = (world.store.clone(), was.clone());
                async move { store.change(&[make(&was, &named(&was, &format!("Name {round} {number}")))], &[]).await }
            });
            assert_eq!(outcome.await, (1, 49, 0));
            let states: Vec<_> = versions(&engine).await.into_iter().map(|version| version.1).collect();
            assert_eq!(states.iter().filter(|state| *state == "live").count(), 1);
            assert_eq!((states.len(), states.last().map(String::as_str)), (round + 2, Some("live")));
        }
    }

    async fn the_schema_knows_one_live_version_of_an_app(database) {
        let (world, engine) = began(&database).await;
        let second = "INSERT INTO app_versions (app_id, number, state, name, publisher_verified, client_type, level, \
            dialect, redirect_uris, scopes, optional_scopes, grant_types, pkce_excused) SELECT app_id, 2, $2, name, \
            publisher_verified, client_type, level, dialect, redirect_uris, scopes, optional_scopes, grant_types, \
            pkce_excused FROM app_versions WHERE app_id = $1";
        let add = async |state: &str| {
            let commit = Commit::new().step(second, parameters![world.app.client.id, state], Expect::One);
            engine.commit(commit).await
        };
        assert!(matches!(add("live").await, Err(StoreError::Conflict)));
        // A state that a later version knows is no business of the protocol's.
        add("submitted").await.unwrap();
        assert_eq!(world.store.load_app(world.app.client.id).await.unwrap().as_ref(), Some(&world.app));
        assert_eq!(world.store.list_apps("", 9).await.unwrap(), std::slice::from_ref(&world.app));
        change(&world.store, update(&world.app, &named(&world.app, "Renamed"))).await;
        let expected =
            [version(1, "retired", "Demo App"), version(2, "submitted", "Demo App"), version(3, "live", "Renamed")];
        assert_eq!(versions(&engine).await, expected);
    }

    async fn twenty_retired_versions_are_kept(database) {
        let (world, engine) = began(&database).await;
        let mut other = world.app.clone();
        other.client.id = fresh();
        other.client.client_id = "other".to_owned();
        change(&world.store, AppChange::Create(other)).await;
        let mut app = world.app.clone();
        for number in 2..=25 {
            let next = named(&app, &format!("Version {number}"));
            change(&world.store, update(&app, &next)).await;
            app = next;
        }
        let kept = versions(&engine).await;
        let numbers: Vec<_> =
            kept.iter().filter(|version| version.1 == "retired").map(|version| version.0).collect();
        assert_eq!(numbers, (5..=24).collect::<Vec<_>>());
        assert_eq!(kept.iter().filter(|version| version.1 == "live").count(), 2);
        change(&world.store, AppChange::Delete(app.client.id)).await;
        assert_eq!(versions(&engine).await, [version(1, "live", "Demo App")]);
    }
}
