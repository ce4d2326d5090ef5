//! Grants: one in force per app, tenant and owner, changed only as it was seen.

use std::sync::Arc;

use symbolon_oauth::client::Level;
use symbolon_platform::deed::Deed;
use symbolon_platform::grant::GrantStatus;
use symbolon_platform::tenant::Standing;
use symbolon_store::change::{MembershipChange, UserChange};
use symbolon_store::grants::Consent;
use symbolon_store::tenants::NewMembership;
use symbolon_store::{StoreError, on_both_engines};

use crate::world::{T0, World, answered, at, audit, fifty, fresh, request, scopes, user};

/// Answers a form with a code.
async fn consent(world: &World, consent: Consent) -> Result<(), StoreError> {
    let request = request();
    let grant = match &consent {
        Consent::Give { grant } | Consent::Change { grant, .. } => grant.id,
    };
    let code = world.code(grant, &request, "code");
    world.store.issue_code(code, Some(answered(consent)), None).await
}

on_both_engines! {
    async fn fifty_first_consents_make_one_grant(database) {
        let world = Arc::new(World::new(&database).await);
        for level in [Level::User, Level::Tenant] {
            let counts = fifty(|_| {
                let world = Arc::clone(&world);
                async move {
                    let mut grant = world.grant("forms:read");
                    grant.level = level;
                    consent(&world, Consent::Give { grant }).await
                }
            }).await;
            assert_eq!(counts, (1, 49, 0), "{level:?}");
        }
        let facts = world.store.consent_facts(world.user.id, world.app.client.id).await.unwrap();
        assert_eq!(facts.grants.len(), 2, "one as the person, one for the tenant");
    }

    async fn what_was_answered_is_kept_for_the_next_time(database) {
        let world = World::new(&database).await;
        let (grant, _) = world.consented().await;
        let (user, app) = (world.user.id, world.app.client.id);
        let facts = world.store.consent_facts(user, app).await.unwrap();
        assert_eq!(facts.seen, [answered(Consent::Give { grant: grant.clone() }).seen]);

        // Answered again, there is still one answer: the later one.
        let request = request();
        let mut again = answered(Consent::Change { grant: grant.clone(), scopes: scopes("forms:read"), now: T0 });
        again.seen.destinations.push("com.example.app:".to_owned());
        again.seen.refused = scopes("forms:write");
        let later = again.seen.clone();
        world.store.issue_code(world.code(grant.id, &request, "again"), Some(again), None).await.unwrap();
        assert_eq!(world.store.consent_facts(user, app).await.unwrap().seen, std::slice::from_ref(&later));

        // A form that loses leaves nothing.
        let mut lost = answered(Consent::Change { grant: grant.clone(), scopes: scopes("forms:read"), now: T0 });
        lost.seen.refused = scopes("forms:read");
        let code = world.code(grant.id, &request, "lost");
        assert!(matches!(world.store.issue_code(code, Some(lost), None).await, Err(StoreError::Conflict)));
        assert_eq!(world.store.consent_facts(user, app).await.unwrap().seen, std::slice::from_ref(&later));

        // What was left out is remembered when the grant has ended; the grant is not.
        world.store.revoke_grant(grant.id, "test", audit(Deed::GrantRevoked), T0).await.unwrap();
        let facts = world.store.consent_facts(user, app).await.unwrap();
        assert_eq!((facts.grants.len(), facts.seen), (0, vec![later]));
    }

    async fn fifty_changes_of_one_grant_are_one_change(database) {
        let world = Arc::new(World::new(&database).await);
        let (grant, _) = world.consented().await;
        // At the very millisecond of its last change, and with a clock that stepped back.
        for now in [grant.updated_at, at(-5000), at(10)] {
            let seen = world.store.grant_facts(grant.id, at(2000)).await.unwrap().unwrap().grant.clone();
            let counts = fifty(|_| {
                let (world, grant) = (Arc::clone(&world), seen.clone());
                async move { consent(&world, Consent::Change { grant, scopes: scopes("forms:read"), now }).await }
            }).await;
            assert_eq!(counts, (1, 49, 0), "{now:?}");
        }
    }

    async fn an_ended_grant_is_neither_changed_nor_in_the_way(database) {
        let world = World::new(&database).await;
        let (grant, _) = world.consented().await;
        world.store.revoke_grant(grant.id, "first", audit(Deed::GrantRevoked), T0).await.unwrap();
        world.store.revoke_grant(grant.id, "second", audit(Deed::GrantRevoked), at(5)).await.unwrap();
        let facts = world.store.grant_facts(grant.id, T0).await.unwrap().unwrap();
        assert_eq!((facts.grant.status, facts.grant.updated_at), (GrantStatus::Revoked, T0));
        let change = Consent::Change { grant, scopes: scopes("forms:read forms:write"), now: at(9) };
        assert!(matches!(consent(&world, change).await, Err(StoreError::Conflict)));
        let again = world.grant("forms:read");
        consent(&world, Consent::Give { grant: again.clone() }).await.unwrap();
        let connections = world.store.connections(world.user.id).await.unwrap();
        assert_eq!(connections.iter().map(|facts| facts.grant.id).collect::<Vec<_>>(), [again.id]);
    }

    async fn facts_name_everyone_and_follow_their_changes(database) {
        let world = World::new(&database).await;
        let (grant, _) = world.consented().await;
        let facts = world.store.grant_facts(grant.id, T0).await.unwrap().unwrap();
        assert_eq!((&facts.tenant, &facts.user), (&world.tenant, &world.user));
        assert_eq!(facts.role.as_deref(), Some("practitioner"));
        assert_eq!(facts.valid_from, T0);
        let becomes = async |standing| {
            let (tenant, user) = (world.tenant.id, world.user.id);
            let old = world.store.load_memberships(user).await.unwrap().pop();
            let new = NewMembership { tenant, user, role: "clerk".to_owned(), standing, created_at: T0 };
            world.store.change(&[MembershipChange::Put { old, new }.into()], &[]).await.unwrap();
        };
        let role = async || world.store.grant_facts(grant.id, T0).await.unwrap().unwrap().role.clone();
        becomes(Standing::Active).await;
        assert_eq!(role().await.as_deref(), Some("clerk"));
        becomes(Standing::Disabled).await;
        assert_eq!(role().await, None);
        let change = UserChange::SetPassword { user: world.user.id, hash: "h".to_owned(), at: at(7) }.into();
        world.store.change(&[change], &[]).await.unwrap();
        assert_eq!(world.store.grant_facts(grant.id, T0).await.unwrap().unwrap().valid_from, at(7));
        world.store.change(&[UserChange::Delete(world.user.id).into()], &[]).await.unwrap();
        assert!(world.store.grant_facts(grant.id, T0).await.unwrap().is_none());
    }

    async fn a_colleague_sees_the_installation_and_not_the_grant(database) {
        let world = World::new(&database).await;
        let colleague = user("u-joe", "joe@example.com");
        let stranger = user("u-eve", "eve@example.com");
        let membership = NewMembership {
            tenant: world.tenant.id,
            user: colleague.id,
            role: "clerk".to_owned(),
            standing: Standing::Active,
            created_at: T0,
        };
        let create = |user: &symbolon_platform::user::User| {
            UserChange::Create { user: user.clone(), password_hash: None, at: T0 }.into()
        };
        let changes = [create(&colleague), create(&stranger), MembershipChange::Put { old: None, new: membership }.into()];
        world.store.change(&changes, &[]).await.unwrap();
        let own = world.grant("forms:read");
        let mut installation = world.grant("forms:read");
        installation.level = Level::Tenant;
        for grant in [&own, &installation] {
            consent(&world, Consent::Give { grant: grant.clone() }).await.unwrap();
        }
        let seen = async |user| {
            let facts = world.store.consent_facts(user, world.app.client.id).await.unwrap();
            (facts.memberships.len(), facts.grants.iter().map(|grant| grant.id).collect::<Vec<_>>())
        };
        assert_eq!(seen(world.user.id).await.1.len(), 2);
        assert_eq!(seen(colleague.id).await, (1, vec![installation.id]));
        assert_eq!(seen(stranger.id).await, (0, vec![]));
    }

    async fn a_reuse_is_found_from_the_grant_it_happened_to(database) {
        let world = World::new(&database).await;
        let (grant, _) = world.consented().await;
        let reuse = |at, id| {
            let mut deed = audit(Deed::RefreshTokenReused);
            deed.at = at;
            (deed.app, deed.user, deed.tenant) = (Some(grant.app), Some(grant.user), Some(grant.tenant));
            deed.grant = Some(id);
            deed
        };
        let mut other = reuse(at(8), grant.id);
        other.action = Deed::GrantRevoked;
        let deeds = [reuse(at(5), grant.id), reuse(at(7), grant.id), reuse(at(9), fresh()), other];
        world.store.change(&[], &deeds).await.unwrap();
        assert_eq!(world.store.reuses(world.user.id, T0).await.unwrap(), [(grant.id, at(7))]);
        assert_eq!(world.store.reuses(world.user.id, at(-9)).await.unwrap(), [(grant.id, at(7))]);
        assert_eq!(world.store.reuses(world.user.id, at(7)).await.unwrap(), []);
        assert_eq!(world.store.reuses(fresh(), T0).await.unwrap(), []);
        world.store.revoke_grant(grant.id, "person", audit(Deed::GrantRevoked), at(10)).await.unwrap();
        assert_eq!(world.store.reuses(world.user.id, T0).await.unwrap(), []);
    }

    async fn use_is_recorded_for_many_at_once(database) {
        let world = World::new(&database).await;
        let (grant, _) = world.consented().await;
        let mut used: Vec<_> = (0..450).map(|_| (crate::world::fresh(), at(1))).collect();
        used.push((grant.id, at(3)));
        world.store.touch_grants(&used).await.unwrap();
        let facts = world.store.grant_facts(grant.id, at(2000)).await.unwrap().unwrap();
        assert_eq!(facts.grant.last_used_at, Some(at(3)));
        // Another process may have seen a later use.
        world.store.touch_grants(&[(grant.id, at(2))]).await.unwrap();
        let facts = world.store.grant_facts(grant.id, at(4000)).await.unwrap().unwrap();
        assert_eq!(facts.grant.last_used_at, Some(at(3)));
    }
}
