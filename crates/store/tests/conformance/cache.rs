//! What is kept in memory is never a stale yes on the process that changed it, and a second old at most elsewhere.

use std::sync::Arc;
use std::time::Duration;

use symbolon_oauth::id::AccessTokenId;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::AppStatus;
use symbolon_platform::deed::Deed;
use symbolon_platform::grant::GrantStatus;
use symbolon_platform::tenant::Standing;
use symbolon_platform::user::User;
use symbolon_store::change::{AppChange, MembershipChange, UserChange};
use symbolon_store::{Store, on_both_engines};

use crate::world::{T0, World, answered, at, audit, fresh, hang_up, scopes, user};

/// Whether the token may act, as the endpoints would ask.
async fn acts(store: &Store, token: AccessTokenId, now: Timestamp) -> bool {
    let token = store.access_token(token, now).await.unwrap().unwrap();
    let (grant, _) = token.hangs_from.unwrap();
    let facts = store.grant_facts(grant, now).await.unwrap().unwrap();
    let app = store.app(token.app, now).await.unwrap().unwrap();
    !token.revoked
        && !token.family_ended
        && facts.grant.status == GrantStatus::Active
        && facts.user.standing == Standing::Active
        && facts.role.is_some()
        && app.status == AppStatus::Live
}

/// Waits, without sleeping, until something is over. The limit is for what is never over, whatever else the machine does.
async fn until(over: impl AsyncFn() -> bool) {
    let waiting = async {
        while !over().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting).await.expect("no stale yes");
}

/// Waits until the token no longer acts at `T0`.
async fn stops(store: &Store, token: AccessTokenId) {
    until(async || !acts(store, token, T0).await).await;
}

#[derive(Clone, Copy, Debug)]
enum End {
    Token,
    Family,
    Grant,
    App,
    Person,
    Membership,
}

const ENDS: [End; 6] = [End::Token, End::Family, End::Grant, End::App, End::Person, End::Membership];

async fn end(
    world: &World,
    how: End,
    connected: &(symbolon_platform::grant::Grant, symbolon_store::codes::NewFamily),
) {
    let (store, (grant, family)) = (&world.store, connected);
    let change = match how {
        End::Token => {
            return store
                .revoke_access_token(family.access_token, audit(Deed::AccessTokenRevoked), T0)
                .await
                .unwrap();
        }
        End::Family => {
            return store
                .end_family(family.family, "revoked", audit(Deed::TokenFamilyRevoked), T0)
                .await
                .unwrap();
        }
        End::Grant => {
            return store
                .revoke_grant(grant.id, "disconnected", audit(Deed::GrantRevoked), T0)
                .await
                .unwrap();
        }
        End::App => AppChange::SetStatus { app: world.app.client.id, status: AppStatus::Suspended }.into(),
        End::Person => {
            let old = world.user.clone();
            UserChange::Update { new: User { standing: Standing::Disabled, ..old.clone() }, old }.into()
        }
        End::Membership => MembershipChange::Remove { tenant: world.tenant.id, user: world.user.id }.into(),
    };
    store.change(&[change], &[audit(Deed::UserUpdated)]).await.unwrap();
}

on_both_engines! {
    async fn an_end_is_seen_at_once_by_every_clone(database) {
        for how in ENDS {
            let database = if database.is_postgres() {
                symbolon_store::testing::Database::postgres().await.unwrap()
            } else {
                symbolon_store::testing::Database::sqlite().await
            };
            let world = World::new(&database).await;
            let connected = world.connected().await;
            let (clone, token) = (world.store.clone(), connected.1.access_token);
            assert!(acts(&clone, token, T0).await, "{how:?}");
            end(&world, how, &connected).await;
            assert!(!acts(&clone, token, T0).await, "{how:?}");
        }
    }

    async fn an_end_is_seen_by_another_process_within_a_second(database) {
        let world = World::new(&database).await;
        let other = database.store().await;
        let connected = world.connected().await;
        let token = connected.1.access_token;
        assert!(acts(&other, token, T0).await);
        end(&world, End::Grant, &connected).await;
        assert!(!acts(&other, token, at(1000)).await);
        // A clock that steps back makes nothing young again.
        assert!(!acts(&other, token, at(-1)).await);
    }

    async fn an_end_is_in_force_although_the_caller_hung_up(database) {
        let world = World::new(&database).await;
        let store = &world.store;
        let (grant, family) = world.connected().await;
        assert!(acts(store, family.access_token, T0).await);
        hang_up(store.revoke_access_token(family.access_token, audit(Deed::AccessTokenRevoked), T0)).await;
        stops(store, family.access_token).await;

        store.revoke_grant(grant.id, "disconnected", audit(Deed::GrantRevoked), T0).await.unwrap();
        let (grant, family) = world.connected().await;
        assert!(acts(store, family.access_token, T0).await);
        hang_up(store.end_family(family.family, "revoked", audit(Deed::GrantRevoked), T0)).await;
        stops(store, family.access_token).await;

        store.revoke_grant(grant.id, "disconnected", audit(Deed::GrantRevoked), T0).await.unwrap();
        let (grant, family) = world.connected().await;
        assert!(acts(store, family.access_token, T0).await);
        hang_up(store.revoke_grant(grant.id, "disconnected", audit(Deed::GrantRevoked), T0)).await;
        stops(store, family.access_token).await;

        let (_, family) = world.connected().await;
        assert!(acts(store, family.access_token, T0).await);
        let suspend = [AppChange::SetStatus { app: world.app.client.id, status: AppStatus::Suspended }.into()];
        hang_up(store.change(&suspend, &[])).await;
        stops(store, family.access_token).await;
    }

    async fn a_narrowed_consent_is_in_force_although_the_caller_hung_up(database) {
        let world = World::new(&database).await;
        let (grant, _) = world.connected().await;
        let facts = world.store.grant_facts(grant.id, T0).await.unwrap().unwrap();
        assert!(facts.grant.scopes.contains("forms:write"));
        let consent = symbolon_store::grants::Consent::Change { grant, scopes: scopes("forms:read"), now: at(1) };
        let request = crate::world::request();
        let code = world.code(facts.grant.id, &request, "second");
        hang_up(world.store.issue_code(code, Some(answered(consent)), None)).await;
        let scopes = async || world.store.grant_facts(facts.grant.id, T0).await.unwrap().unwrap().grant.scopes.clone();
        until(async || !scopes().await.contains("forms:write")).await;
    }

    async fn a_signed_out_browser_is_signed_out_although_it_hung_up(database) {
        let world = World::new(&database).await;
        let (first, second) = (world.signed_in().await, world.signed_in().await);
        for id in [first, second] {
            assert!(world.store.browser_session(id, T0).await.unwrap().is_some());
        }
        hang_up(world.store.end_browser_session(first, audit(Deed::BrowserSessionEnded))).await;
        hang_up(world.store.end_other_browser_sessions(world.user.id, fresh(), audit(Deed::BrowserSessionOthersEnded))).await;
        let over = async |session| world.store.browser_session(session, T0).await.unwrap().is_none();
        until(async || over(first).await && over(second).await).await;
    }

    async fn a_load_that_races_an_end_is_not_kept(database) {
        let world = Arc::new(World::new(&database).await);
        for _ in 0..20 {
            let (grant, family) = world.connected().await;
            let readers: Vec<_> = (0..8).map(|_| {
                let world = Arc::clone(&world);
                tokio::spawn(async move {
                    for _ in 0..20 {
                        acts(&world.store, family.access_token, T0).await;
                        tokio::task::yield_now().await;
                    }
                })
            }).collect();
            world.store.revoke_grant(grant.id, "disconnected", audit(Deed::GrantRevoked), T0).await.unwrap();
            assert!(!acts(&world.store, family.access_token, T0).await);
            for reader in readers {
                reader.await.unwrap();
            }
            assert!(!acts(&world.store, family.access_token, T0).await, "a load that raced was kept");
        }
    }

    async fn what_was_not_there_is_not_remembered_as_missing(database) {
        let world = World::new(&database).await;
        let mut later = crate::world::app();
        later.client.client_id = "later".to_owned();
        assert!(world.store.client("later", T0).await.unwrap().is_none());
        world.store.change(&[AppChange::Create(later).into()], &[]).await.unwrap();
        assert!(world.store.client("later", T0).await.unwrap().is_some());
        assert!(world.store.client(&"x".repeat(100_000), T0).await.unwrap().is_none());
        let nobody = user("u-none", "none@example.com");
        assert!(world.store.load_account(nobody.id).await.unwrap().is_none());
    }
}
