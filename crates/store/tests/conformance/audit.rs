//! The audit: a row stands if and only if its deed happened.

use symbolon_platform::catalogue::OWNER_OF_ONESELF;
use symbolon_platform::deed::Deed;
use symbolon_store::change::AppChange;
use symbolon_store::{Actor, Audit, Commit, Expect, StoreError, on_both_engines};

use crate::world::{T0, World, at, audit, fresh, tenant, user};

on_both_engines! {
    async fn a_deed_comes_back_whole_and_the_newest_first(database) {
        let world = World::new(&database).await;
        let (grant, actor) = (world.grant("forms:read"), Actor::User(world.user.id));
        let deed = Audit::new(fresh(), at(3), Deed::AppSuspended, actor).of_grant(&grant);
        let deed = deed.request("r-1").detail("because");
        let mut by_app = audit(Deed::GrantRevoked);
        by_app.actor = Actor::App(world.app.client.id);
        let mut by_operator = audit(Deed::AppUpdated);
        by_operator.actor = Actor::Operator;
        let deeds = [deed, by_app, by_operator, audit(Deed::TokenFamilyRevoked)];
        world.store.change(&[], &deeds).await.unwrap();
        let newest_first: Vec<Audit> = deeds.iter().rev().cloned().collect();
        assert_eq!(world.store.list_audit(10).await.unwrap(), newest_first);
        assert_eq!(world.store.list_audit(2).await.unwrap(), newest_first[..2]);
    }

    async fn a_deed_that_another_version_wrote_is_left_out(database) {
        let world = World::new(&database).await;
        world.store.change(&[], &[audit(Deed::AppSuspended), audit(Deed::AppResumed)]).await.unwrap();
        let rename = "UPDATE audit SET action = 'app.sold' WHERE action = 'app.suspended'";
        let engine = database.engine().await;
        engine.commit(Commit::new().step(rename, [], Expect::One)).await.unwrap();
        let deeds = world.store.list_audit(10).await.unwrap();
        assert_eq!(deeds.iter().map(|deed| deed.action).collect::<Vec<_>>(), [Deed::AppResumed]);
    }

    async fn a_deed_that_did_not_happen_is_not_in_it(database) {
        let world = World::new(&database).await;
        let twin = AppChange::Create(crate::world::app()).into();
        let outcome = world.store.change(&[twin], &[audit(Deed::AppCreated)]).await;
        assert!(matches!(outcome, Err(StoreError::Conflict)));
        assert!(world.store.list_audit(10).await.unwrap().is_empty());
    }

    async fn signing_up_is_one_deed(database) {
        let world = World::new(&database).await;
        let (newcomer, place) = (user("u-new", "new@example.com"), tenant("new"));
        world.store.sign_up(&newcomer, "hash", &place, audit(Deed::UserSignedUp)).await.unwrap();
        let account = world.store.load_account_by_email("new@example.com").await.unwrap().unwrap();
        assert_eq!((account.user.id, account.password_hash.as_deref()), (newcomer.id, Some("hash")));
        let places = world.store.load_memberships(newcomer.id).await.unwrap();
        assert_eq!(places.iter().map(|m| m.role.as_str()).collect::<Vec<_>>(), [OWNER_OF_ONESELF]);
        let catalogue = world.store.catalogue(T0).await.unwrap();
        assert!(catalogue.role(OWNER_OF_ONESELF).unwrap().allows("anything"));
        assert!(!catalogue.roles.contains_key(OWNER_OF_ONESELF), "it is ours, not declared");

        let twin = user("u-twin", "new@example.com");
        let outcome = world.store.sign_up(&twin, "other", &tenant("twin"), audit(Deed::UserSignedUp)).await;
        assert!(matches!(outcome, Err(StoreError::Conflict)));
        assert!(world.store.load_tenant_by_external_id("twin").await.unwrap().is_none());
        let account = world.store.load_account_by_email("new@example.com").await.unwrap().unwrap();
        assert_eq!(account.password_hash.as_deref(), Some("hash"));
        assert_eq!(world.store.list_audit(10).await.unwrap().len(), 1);
    }
}
