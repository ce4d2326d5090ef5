//! Usage, written behind: it waits for nobody, and says of a successor only that it arrived.

use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::grant_type::refresh_token::Turn;
use symbolon_oauth::id::AccessTokenId;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::deed::Deed;
use symbolon_store::sweep::Sweep;
use symbolon_store::testing::Database;
use symbolon_store::tokens::{Reissued, Renewed};
use symbolon_store::{Store, StoreError, on_both_engines};

use crate::world::{T0, World, at, audit, fresh};

/// Replaces the refresh token of a family; the grace ends a minute after the beginning.
async fn replace(store: &Store, family: symbolon_oauth::id::FamilyId, name: &str) -> AccessTokenId {
    let family = store.family(family).await.unwrap().unwrap();
    let access: AccessTokenId = fresh();
    let renewed = Renewed {
        family: &family,
        expected: family.refresh_hash.unwrap(),
        turn: Turn::Replace { expires_at: Some(at(90_000_000)), grace_until: at(60_000) },
        successor: (family.id, SecretHash::of(name)),
        sealed: name.as_bytes().to_vec(),
        access: (access, SecretHash::of(&format!("access {name}"))),
        scopes: &family.scopes,
        resource: None,
        access_expires_at: Some(at(3_600_000)),
        access_kept_until: None,
        ends_others: false,
        with_secret: true,
        now: T0,
    };
    store.renew_family(&renewed).await.unwrap();
    access
}

/// Adds an access token beside the live refresh token, and seals another pair if there is one.
async fn reissue(
    store: &Store,
    family: symbolon_oauth::id::FamilyId,
    sealed: Option<&str>,
) -> Result<AccessTokenId, StoreError> {
    let family = store.family(family).await.unwrap().unwrap();
    reissue_of(store, &family, sealed).await
}

async fn reissue_of(
    store: &Store,
    family: &symbolon_oauth::grant_type::refresh_token::FamilyFacts,
    sealed: Option<&str>,
) -> Result<AccessTokenId, StoreError> {
    let access: AccessTokenId = fresh();
    let reissued = Reissued {
        family,
        sealed: sealed.map(|text| text.as_bytes().to_vec()),
        access: (access, SecretHash::of("further")),
        scopes: &family.scopes,
        resource: None,
        access_expires_at: Some(at(99_000_000)),
        access_kept_until: None,
        ends_others: false,
        now: at(5),
    };
    store.reissue_access(&reissued).await.map(|()| access)
}

async fn sweep(store: &Store, now: Timestamp) {
    for kind in Sweep::ALL {
        while store.sweep(kind, now).await.unwrap() > 0 {}
    }
}

on_both_engines! {
    async fn a_successor_stays_sealed_until_it_is_known_to_have_arrived(database) {
        let world = World::new(&database).await;
        let (_, new) = world.connected().await;
        let store = &world.store;
        let shows = async |token| store.access_token(token, at(9_999_999)).await.unwrap().unwrap().shows;
        assert_eq!(shows(new.access_token).await, None, "what the code gave is no answer to a refresh");
        replace(store, new.family, "one").await;
        let second = replace(store, new.family, "two").await;
        let further = reissue(store, new.family, None).await.unwrap();
        assert_eq!((shows(second).await, shows(further).await), (Some(2), Some(2)));
        let earlier = async || store.family(new.family).await.unwrap().unwrap().predecessor;
        // An answer to an earlier refresh says nothing of this one.
        store.successors_arrived(&[(new.family, 1), (fresh(), 2)], at(7)).await.unwrap();
        sweep(store, at(70_000)).await;
        let kept = earlier().await.unwrap();
        assert_eq!((kept.successor_used, kept.sealed_successor), (false, b"two".to_vec()));
        store.successors_arrived(&[(fresh(), 2), (new.family, 2)], at(8)).await.unwrap();
        assert!(earlier().await.unwrap().successor_used);
        sweep(store, at(60_000)).await;
        assert!(earlier().await.is_some(), "the grace is not over");
        sweep(store, at(60_001)).await;
        assert!(earlier().await.is_none(), "nothing stays sealed that nobody will be given");
        // The next one begins anew.
        replace(store, new.family, "three").await;
        assert!(!earlier().await.unwrap().successor_used);
    }

    async fn nothing_stays_sealed_in_what_has_ended(database) {
        let world = World::new(&database).await;
        let (grant, new) = world.connected().await;
        replace(&world.store, new.family, "one").await;
        world.store.revoke_grant(grant.id, "person", audit(Deed::GrantRevoked), T0).await.unwrap();
        assert!(world.store.family(new.family).await.unwrap().unwrap().predecessor.is_none());
    }

    async fn a_further_access_token_leaves_the_lineage_as_it_is(database) {
        let world = World::new(&database).await;
        let (_, new) = world.connected().await;
        let store = &world.store;
        replace(store, new.family, "one").await;
        let before = store.family(new.family).await.unwrap().unwrap();
        let access = reissue_of(store, &before, None).await.unwrap();
        assert_eq!(store.family(new.family).await.unwrap().unwrap(), before);
        let token = store.access_token(access, at(99_000_001)).await.unwrap().unwrap();
        assert_eq!(token.hangs_from, Some((before.grant, before.id)));
        // It is known for as long as it lives, although the refresh token ends before it.
        sweep(store, at(98_000_000 + 86_400_000)).await;
        assert!(store.family(new.family).await.unwrap().is_some());
        // Two that seal anew rest on the same pair: the second finds what the first sealed.
        reissue_of(store, &before, Some("anew")).await.unwrap();
        assert!(matches!(reissue_of(store, &before, Some("late")).await, Err(StoreError::Conflict)));
        reissue_of(store, &before, None).await.unwrap();
        let sealed = store.family(new.family).await.unwrap().unwrap().predecessor.unwrap().sealed_successor;
        assert_eq!(sealed, b"anew");
        // What was replaced since, or has ended, gets none.
        replace(store, new.family, "two").await;
        assert!(matches!(reissue_of(store, &before, None).await, Err(StoreError::Conflict)));
        store.end_family(new.family, "revoked", audit(Deed::TokenFamilyRevoked), T0).await.unwrap();
        let ended = store.family(new.family).await.unwrap().unwrap();
        assert!(matches!(reissue_of(store, &ended, None).await, Err(StoreError::Conflict)));
    }
}

/// Another process, or anybody, holds rows that this one would write. It passes over them: every refresh waits behind it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a PostgreSQL: scripts/with-postgres -- cargo test -- --include-ignored"]
async fn what_is_written_behind_waits_for_no_lock() {
    let database = Database::postgres().await.expect("SYMBOLON_TEST_POSTGRES names a server");
    let world = World::new(&database).await;
    let (grant, new) = world.connected().await;
    replace(&world.store, new.family, "one").await;
    let (client, connection) =
        tokio_postgres::connect(database.direct_url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
        .batch_execute("BEGIN; UPDATE grants SET scopes = scopes; UPDATE families SET scopes = scopes")
        .await
        .unwrap();
    world.store.touch_grants(&[(grant.id, at(1))]).await.unwrap();
    world.store.successors_arrived(&[(new.family, 1)], at(1)).await.unwrap();
    sweep(&world.store, at(999_000_000)).await;
    client.batch_execute("ROLLBACK").await.unwrap();
    let used = async || {
        let facts = world.store.grant_facts(grant.id, at(9_999_999)).await.unwrap().unwrap();
        let family = world.store.family(new.family).await.unwrap().unwrap();
        (facts.grant.last_used_at, family.predecessor.is_some_and(|earlier| earlier.successor_used))
    };
    assert_eq!(used().await, (None, false));
    world.store.touch_grants(&[(grant.id, at(1))]).await.unwrap();
    world.store.successors_arrived(&[(new.family, 1)], at(1)).await.unwrap();
    let facts = world.store.grant_facts(grant.id, at(99_999_999)).await.unwrap().unwrap();
    assert_eq!((facts.grant.last_used_at, used().await.1), (Some(at(1)), true));
}
