//! Authorization codes: stored whole, redeemed once, burnt once.

use std::sync::Arc;

use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::grant_type::authorization_code::{CodeState, Redemption};
use symbolon_oauth::id::InteractionId;
use symbolon_oauth::time::{Lifetime, Timestamp};
use symbolon_platform::deed::Deed;
use symbolon_store::codes::NewFamily;
use symbolon_store::grants::Consent;
use symbolon_store::{StoreError, on_both_engines};

use crate::world::{T0, World, answered, at, audit, fifty, fresh, new_family, redemption, request, scopes};

on_both_engines! {
    async fn a_code_comes_back_as_it_was_stored(database) {
        let world = World::new(&database).await;
        let (grant, id) = world.consented().await;
        let code = world.store.code(id).await.unwrap().unwrap();
        assert_eq!((code.id, code.app, code.grant), (id, world.app.client.id, grant.id));
        assert_eq!(code.hash, SecretHash::of("the code"));
        assert_eq!(code.redirect_uri, "https://app.example.net/callback");
        assert!(code.redirect_uri_sent);
        assert_eq!(code.challenge.unwrap().as_str(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert_eq!(code.scopes, scopes("forms:read forms:write"));
        assert_eq!(code.resource.as_deref(), Some("https://api.example.com"));
        assert_eq!((code.state, code.created_at, code.expires_at), (CodeState::Issued, T0, at(60_000)));
        assert!(world.store.code(fresh()).await.unwrap().is_none());
    }

    async fn fifty_exchanges_make_one_family(database) {
        let world = Arc::new(World::new(&database).await);
        for _ in 0..5 {
            let (grant, code) = world.consented().await;
            let families: Arc<Vec<NewFamily>> = Arc::new((0..50).map(|_| new_family()).collect());
            let counts = fifty(|n| {
                let (world, grant, families) = (Arc::clone(&world), grant.clone(), Arc::clone(&families));
                async move { world.redeem(code, &grant, families[n]).await }
            }).await;
            assert_eq!(counts, (1, 49, 0));
            let CodeState::Redeemed(winner) = world.store.code(code).await.unwrap().unwrap().state else {
                panic!("the code is not redeemed");
            };
            for new in families.iter() {
                let stored = world.store.family(new.family).await.unwrap();
                let token = world.store.access_token(new.access_token, T0).await.unwrap();
                assert_eq!(stored.is_some(), new.family == winner, "losers leave nothing behind");
                assert_eq!(token.is_some(), new.family == winner, "losers leave nothing behind");
            }
            world.store.revoke_grant(grant.id, "test", audit(Deed::GrantRevoked), T0).await.unwrap();
        }
    }

    async fn a_burnt_code_stays_burnt_and_a_redeemed_one_redeemed(database) {
        let world = World::new(&database).await;
        let (grant, code) = world.consented().await;
        world.store.spend_code(code).await.unwrap();
        world.store.spend_code(code).await.unwrap();
        assert_eq!(world.store.code(code).await.unwrap().unwrap().state, CodeState::Spent);
        assert!(matches!(world.redeem(code, &grant, new_family()).await, Err(StoreError::Conflict)));

        world.store.revoke_grant(grant.id, "test", audit(Deed::GrantRevoked), T0).await.unwrap();
        let (grant, code) = world.consented().await;
        let new = new_family();
        world.redeem(code, &grant, new).await.unwrap();
        world.store.spend_code(code).await.unwrap();
        assert_eq!(world.store.code(code).await.unwrap().unwrap().state, CodeState::Redeemed(new.family));
    }

    async fn a_form_is_answered_once_by_fifty_clicks(database) {
        let world = Arc::new(World::new(&database).await);
        let interaction: InteractionId = fresh();
        let counts = fifty(|n| {
            let world = Arc::clone(&world);
            async move {
                // Half of the clicks allow, half deny.
                if n % 2 == 0 {
                    return world.store.spend_interaction(interaction, at(9), audit(Deed::ConsentDenied)).await;
                }
                let (grant, request) = (world.grant("forms:read"), request());
                let code = world.code(grant.id, &request, "x");
                let mut answered = answered(Consent::Give { grant });
                answered.interaction = interaction;
                world.store.issue_code(code, Some(answered), Some(audit(Deed::GrantCreated))).await
            }
        }).await;
        assert_eq!(counts, (1, 49, 0));
        let deeds = world.store.list_audit(100).await.unwrap();
        assert_eq!(deeds.len(), 1, "only the answer that counted is in the audit");
        let facts = world.store.consent_facts(world.user.id, world.app.client.id).await.unwrap();
        assert_eq!(facts.grants.len(), usize::from(deeds[0].action == Deed::GrantCreated));
    }

    async fn a_code_without_a_form_needs_no_consent(database) {
        let world = World::new(&database).await;
        let (grant, _) = world.consented().await;
        let request = request();
        let code = world.code(grant.id, &request, "silent");
        let id = code.id;
        world.store.issue_code(code, None, None).await.unwrap();
        assert_eq!(world.store.code(id).await.unwrap().unwrap().grant, grant.id);
    }

    async fn lifetimes_are_what_was_decided(database) {
        let world = World::new(&database).await;
        let hour = Lifetime::seconds(3600);
        let cases = [
            (Some(Lifetime::seconds(86_400)), Lifetime::NEVER, Some(86_400_000), None),
            (Some(Lifetime::seconds(86_400)), hour, Some(3_600_000), Some(3_600_000)),
            (Some(Lifetime::NEVER), Lifetime::NEVER, None, None),
            (None, hour, None, Some(3_600_000)),
        ];
        for (refresh, refresh_max, refresh_end, family_end) in cases {
            let (grant, code) = world.consented().await;
            let decided = Redemption { refresh, refresh_max, ..redemption(code, &grant) };
            let new = new_family();
            world.store.redeem_code(&decided, world.app.client.id, new, T0).await.unwrap();
            let family = world.store.family(new.family).await.unwrap().unwrap();
            assert_eq!(family.refresh_expires_at, refresh_end.map(|end| Timestamp(T0.0 + end)));
            assert_eq!(family.ends_at, family_end.map(|end| Timestamp(T0.0 + end)));
            let token = world.store.access_token(new.access_token, T0).await.unwrap().unwrap();
            assert_eq!(token.expires_at, Some(at(3_600_000)));
            world.store.revoke_grant(grant.id, "test", audit(Deed::GrantRevoked), T0).await.unwrap();
        }
    }
}
