//! Browser sessions: begun, seen, ended.

use symbolon_oauth::credential::SecretHash;
use symbolon_platform::deed::Deed;
use symbolon_store::browser_sessions::NewBrowserSession;
use symbolon_store::change::UserChange;
use symbolon_store::on_both_engines;

use crate::world::{T0, World, at, audit, fresh, user};

on_both_engines! {
    async fn a_session_comes_back_with_its_person(database) {
        let world = World::new(&database).await;
        let id = world.signed_in().await;
        let session = world.store.browser_session(id, T0).await.unwrap().unwrap();
        assert_eq!((session.hash, &session.user), (SecretHash::of("cookie"), &world.user));
        assert_eq!((session.auth_time, session.last_seen_at, session.expires_at), (T0, T0, at(3_600_000)));
        assert_eq!((session.valid_from, session.place.as_str()), (T0, "203.0.113.x"));
        world.store.see_browser_session(id, (at(5), at(7_200_000)), "198.51.100.x").await.unwrap();
        let session = world.store.browser_session(id, T0).await.unwrap().unwrap();
        assert_eq!((session.last_seen_at, session.expires_at), (at(5), at(7_200_000)));
        assert_eq!(session.place, "198.51.100.x");
        assert!(world.store.browser_session(fresh(), T0).await.unwrap().is_none());
    }

    async fn a_new_session_ends_the_one_it_replaces(database) {
        let world = World::new(&database).await;
        let earlier = world.signed_in().await;
        assert!(world.store.browser_session(earlier, T0).await.unwrap().is_some());
        let new = NewBrowserSession {
            id: fresh(),
            hash: SecretHash::of("new"),
            user: world.user.id,
            agent: "x",
            place: "203.0.113.x",
            auth_time: T0,
            created_at: T0,
            now: T0,
            expires_at: at(9),
            language: "en",
        };
        world.store.begin_browser_session(new.clone(), Some(earlier), audit(Deed::BrowserSessionCreated)).await.unwrap();
        assert!(world.store.browser_session(earlier, T0).await.unwrap().is_none());
        assert!(world.store.browser_session(new.id, T0).await.unwrap().is_some());
    }

    async fn a_changed_password_ends_them_and_holds_while_the_proven_one_is_there(database) {
        let world = World::new(&database).await;
        let user = world.user.id;
        world.store.change(&[UserChange::SetPassword { user, hash: "one".to_owned(), at: T0 }.into()], &[]).await.unwrap();
        let session = world.signed_in().await;
        let change = |proven: &str, hash: &str| -> symbolon_store::Change {
            UserChange::ChangePassword { user, proven: proven.to_owned(), hash: hash.to_owned(), at: T0 }.into()
        };
        let refused = world.store.change(&[change("another", "two")], &[]).await;
        assert!(matches!(refused, Err(symbolon_store::StoreError::Conflict)), "{refused:?}");
        assert!(world.store.browser_session(session, T0).await.unwrap().is_some());
        world.store.change(&[change("one", "two")], &[]).await.unwrap();
        assert!(world.store.browser_session(session, T0).await.unwrap().is_none());
        let account = world.store.load_account(user).await.unwrap().unwrap();
        assert_eq!(account.password_hash.as_deref(), Some("two"));
        assert!(account.valid_from > T0, "a session that begins at the moment of the last one is over");
    }

    async fn ending_the_others_spares_this_one_and_strangers(database) {
        let world = World::new(&database).await;
        let stranger = user("u-eve", "eve@example.com");
        let create = UserChange::Create { user: stranger.clone(), password_hash: None, at: T0 }.into();
        world.store.change(&[create], &[]).await.unwrap();
        let (kept, other) = (world.signed_in().await, world.signed_in().await);
        let foreign = fresh();
        let new = NewBrowserSession {
            id: foreign,
            hash: SecretHash::of("eve"),
            user: stranger.id,
            agent: "x",
            place: "203.0.113.x",
            auth_time: T0,
            created_at: T0,
            now: T0,
            expires_at: at(9),
            language: "en",
        };
        world.store.begin_browser_session(new, None, audit(Deed::BrowserSessionCreated)).await.unwrap();
        world.store.end_other_browser_sessions(world.user.id, kept, audit(Deed::BrowserSessionOthersEnded)).await.unwrap();
        for (id, lives) in [(kept, true), (other, false), (foreign, true)] {
            assert_eq!(world.store.browser_session(id, T0).await.unwrap().is_some(), lives);
        }
        world.store.end_browser_session(kept, audit(Deed::BrowserSessionEnded)).await.unwrap();
        world.store.end_browser_session(kept, audit(Deed::BrowserSessionEnded)).await.unwrap();
        assert!(world.store.browser_session(kept, T0).await.unwrap().is_none());
    }

    async fn lists_show_what_is_alive(database) {
        let world = World::new(&database).await;
        let id = world.signed_in().await;
        let list = async |now| world.store.browser_sessions_of(world.user.id, now).await.unwrap();
        assert_eq!(list(at(3_599_999)).await.iter().map(|s| s.id).collect::<Vec<_>>(), [id]);
        assert!(list(at(3_600_000)).await.is_empty());
    }
}
