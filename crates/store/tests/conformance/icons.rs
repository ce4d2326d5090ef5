//! Icons and listings: what apps show, kept once and no longer than an app shows it.

use symbolon_platform::app::App;
use symbolon_platform::listing::{IconKey, Listing, Publisher};
use symbolon_store::change::{AppChange, IconChange};
use symbolon_store::icons::Icon;
use symbolon_store::{Change, Store, StoreError, on_both_engines};

use crate::world::{self, looks, update};

/// An app of this name that shows this icon.
fn showing(client_id: &str, icon: Option<&Icon>) -> App {
    let mut app = world::app();
    client_id.clone_into(&mut app.client.client_id);
    app.listing.icon = icon.map(Icon::key);
    app
}

async fn change(store: &Store, changes: &[Change]) {
    store.change(changes, &[]).await.unwrap();
}

async fn has(store: &Store, icon: &Icon) -> bool {
    let loaded = store.load_icon(icon.key()).await.unwrap();
    assert!(loaded.is_none() || loaded.as_deref() == Some(icon.png()));
    loaded.is_some()
}

on_both_engines! {
    async fn what_people_are_shown_makes_the_round_trip(database) {
        let store = database.store().await;
        let icon = Icon::of(vec![0, 1, 255]);
        let mut app = showing("demo", Some(&icon));
        app.listing = Listing {
            publisher: Some(Publisher { name: "Ärzte & Söhne".to_owned(), verified: true }),
            privacy_url: Some("https://a.example/privacy".to_owned()),
            terms_url: Some("https://a.example/terms".to_owned()),
            ..app.listing
        };
        change(&store, &[IconChange::Put(icon.clone()).into(), AppChange::Create(app.clone()).into()]).await;
        assert_eq!(store.load_app(app.client.id).await.unwrap(), Some(app.clone()));
        assert_eq!(store.load_app_by_client_id("demo").await.unwrap(), Some(app.clone()));
        assert_eq!(store.list_apps("", 9).await.unwrap(), std::slice::from_ref(&app));

        let before = app.clone();
        app.listing.publisher = Some(Publisher { name: "Other".to_owned(), verified: false });
        change(&store, &[looks(&before, &app)]).await;
        assert_eq!(store.load_app(app.client.id).await.unwrap(), Some(app.clone()));
        let before = app.clone();
        app.listing = Listing::default();
        change(&store, &[update(&before, &app)]).await;
        assert_eq!(store.load_app(app.client.id).await.unwrap(), Some(app));
    }

    async fn an_icon_is_kept_once_and_goes_with_the_last_app(database) {
        let store = database.store().await;
        let (icon, other) = (Icon::of(b"one".to_vec()), Icon::of(b"two".to_vec()));
        assert!(!has(&store, &icon).await);
        let (first, mut second) = (showing("first", Some(&icon)), showing("second", Some(&icon)));
        change(&store, &[IconChange::Put(icon.clone()).into(), AppChange::Create(first.clone()).into()]).await;
        change(&store, &[IconChange::Put(icon.clone()).into(), AppChange::Create(second.clone()).into()]).await;
        change(&store, &[AppChange::Delete(first.client.id).into()]).await;
        assert!(has(&store, &icon).await, "the second app shows it");

        let before = second.clone();
        second.listing.icon = Some(other.key());
        change(&store, &[IconChange::Put(other.clone()).into(), update(&before, &second)]).await;
        assert!(!has(&store, &icon).await && has(&store, &other).await);
        let before = second.clone();
        second.listing.icon = Some(icon.key());
        change(&store, &[IconChange::Put(icon.clone()).into(), looks(&before, &second)]).await;
        assert!(has(&store, &icon).await && !has(&store, &other).await);
        change(&store, &[AppChange::Delete(second.client.id).into()]).await;
        assert!(!has(&store, &icon).await);
        change(&store, &[IconChange::Put(icon.clone()).into()]).await;
        assert!(!has(&store, &icon).await, "nobody shows it");
    }

    async fn no_app_refers_to_an_icon_that_is_not_there(database) {
        let store = database.store().await;
        let icon = Icon::of(b"one".to_vec());
        let app = showing("demo", Some(&icon));
        let created = store.change(&[AppChange::Create(app.clone()).into()], &[]).await;
        assert!(matches!(created, Err(StoreError::Conflict)), "{created:?}");
        assert!(store.load_app(app.client.id).await.unwrap().is_none());
        change(&store, &[IconChange::Put(icon).into(), AppChange::Create(app).into()]).await;
        assert_eq!(store.load_icon(IconKey([7; 32])).await.unwrap(), None);
    }

    async fn one_that_comes_while_the_last_one_goes_has_its_icon(database) {
        let store = database.store().await;
        let icon = Icon::of(vec![9; 3000]);
        let mut shown = showing("app-0", Some(&icon));
        change(&store, &[IconChange::Put(icon.clone()).into(), AppChange::Create(shown.clone()).into()]).await;
        for round in 1..20 {
            let next = showing(&format!("app-{round}"), Some(&icon));
            let comes = [IconChange::Put(icon.clone()).into(), AppChange::Create(next.clone()).into()];
            let goes = [AppChange::Delete(shown.client.id).into()];
            let (came, went) = tokio::join!(store.change(&comes, &[]), store.change(&goes, &[]));
            for ended in [&came, &went] {
                assert!(matches!(ended, Ok(()) | Err(StoreError::Conflict)), "{ended:?}");
            }
            if came.is_err() {
                change(&store, &comes).await;
            }
            if went.is_err() {
                change(&store, &goes).await;
            }
            assert!(has(&store, &icon).await);
            shown = next;
        }
    }
}
