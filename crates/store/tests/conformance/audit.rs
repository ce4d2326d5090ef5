//! The audit: a row stands if and only if its deed happened.

use symbolon_platform::catalogue::OWNER_OF_ONESELF;
use symbolon_store::{Actor, Audit, Change, StoreError, on_both_engines};

use crate::world::{T0, World, at, audit, fresh, tenant, user};

on_both_engines! {
    async fn a_deed_comes_back_whole_and_the_newest_first(database) {
        let world = World::new(&database).await;
        let deed = Audit {
            id: fresh(),
            at: at(3),
            action: "app.suspended".to_owned(),
            actor: Actor::User(world.user.id),
            app: Some(world.app.client.id),
            user: Some(world.user.id),
            tenant: Some(world.tenant.id),
            grant: Some(fresh()),
            request_id: Some("r-1".to_owned()),
            detail: Some("because".to_owned()),
        };
        let mut by_app = audit("x");
        by_app.actor = Actor::App(world.app.client.id);
        let mut by_operator = audit("y");
        by_operator.actor = Actor::Operator;
        let deeds = [deed, by_app, by_operator, audit("z")];
        world.store.change(&[], &deeds).await.unwrap();
        let newest_first: Vec<Audit> = deeds.iter().rev().cloned().collect();
        assert_eq!(world.store.list_audit(10).await.unwrap(), newest_first);
        assert_eq!(world.store.list_audit(2).await.unwrap(), newest_first[..2]);
    }

    async fn a_deed_that_did_not_happen_is_not_in_it(database) {
        let world = World::new(&database).await;
        let twin = Change::CreateApp(crate::world::app());
        let outcome = world.store.change(&[twin], &[audit("app.created")]).await;
        assert!(matches!(outcome, Err(StoreError::Conflict)));
        assert!(world.store.list_audit(10).await.unwrap().is_empty());
    }

    async fn signing_up_is_one_deed(database) {
        let world = World::new(&database).await;
        let (newcomer, place) = (user("u-new", "new@example.com"), tenant("new"));
        world.store.sign_up(&newcomer, "hash", &place, audit("user.signed_up")).await.unwrap();
        let account = world.store.load_account_by_email("new@example.com").await.unwrap().unwrap();
        assert_eq!((account.user.id, account.password_hash.as_deref()), (newcomer.id, Some("hash")));
        let places = world.store.load_memberships(newcomer.id).await.unwrap();
        assert_eq!(places.iter().map(|m| m.role.as_str()).collect::<Vec<_>>(), [OWNER_OF_ONESELF]);
        let catalogue = world.store.catalogue(T0).await.unwrap();
        assert!(catalogue.role(OWNER_OF_ONESELF).unwrap().allows("anything"));
        assert!(!catalogue.roles.contains_key(OWNER_OF_ONESELF), "it is ours, not declared");

        let twin = user("u-twin", "new@example.com");
        let outcome = world.store.sign_up(&twin, "other", &tenant("twin"), audit("user.signed_up")).await;
        assert!(matches!(outcome, Err(StoreError::Conflict)));
        assert!(world.store.load_tenant_by_external_id("twin").await.unwrap().is_none());
        let account = world.store.load_account_by_email("new@example.com").await.unwrap().unwrap();
        assert_eq!(account.password_hash.as_deref(), Some("hash"));
        assert_eq!(world.store.list_audit(10).await.unwrap().len(), 1);
    }
}
