//! Usage, written behind: it waits for nobody, and says of a successor only that it arrived.

use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::grant_type::refresh_token::{FamilyFacts, Turn};
use symbolon_oauth::id::AccessTokenId;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::deed::Deed;
use symbolon_store::sweep::Sweep;
use symbolon_store::testing::Database;
use symbolon_store::tokens::{Issued, Reissued, Renewed};
use symbolon_store::{Options, Store, StoreError, on_both_engines};

use crate::world::{T0, World, at, audit, fresh, minted};

/// An access token of a family.
fn issued(family: &FamilyFacts, access: (AccessTokenId, SecretHash), expires_at: Timestamp) -> Issued<'_> {
    let (scopes, expires_at) = (&family.scopes, Some(expires_at));
    Issued {
        family,
        access,
        scopes,
        resource: None,
        expires_at,
        kept_until: None,
        ends_others: false,
        now: T0,
    }
}

/// Replaces the refresh token of a family; the grace ends a minute after the beginning.
async fn replace(store: &Store, family: symbolon_oauth::id::FamilyId, name: &str) -> AccessTokenId {
    let family = store.family(family).await.unwrap().unwrap();
    let access: AccessTokenId = fresh();
    let renewed = Renewed {
        issued: issued(&family, (access, SecretHash::of(&format!("access {name}"))), at(3_600_000)),
        expected: family.refresh_hash.unwrap(),
        turn: Turn::Replace { expires_at: Some(at(90_000_000)), grace_until: at(60_000) },
        successor: (family.id, minted(name)),
        sealed: name.as_bytes().to_vec(),
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
    family: &FamilyFacts,
    sealed: Option<&str>,
) -> Result<AccessTokenId, StoreError> {
    let access: AccessTokenId = fresh();
    let reissued = Reissued {
        issued: issued(family, (access, SecretHash::of("further")), at(99_000_000)),
        sealed: sealed.map(|text| text.as_bytes().to_vec()),
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
    let client = connection(&database).await;
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

const NODES: &str = "symbolon-two-nodes";

/// How many of the nodes wait for a row that somebody else holds.
async fn waiting(observer: &tokio_postgres::Client) -> i64 {
    const WAITING: &str = "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 \
        AND wait_event_type = 'Lock' AND wait_event IN ('transactionid', 'tuple')";
    observer.query_one(WAITING, &[&NODES]).await.unwrap().get(0)
}

async fn connection(database: &Database) -> tokio_postgres::Client {
    let (client, connection) =
        tokio_postgres::connect(database.direct_url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Two nodes that write of the same rows at once, each in the other's opposite order, with the database's default settings. A
/// deadlock is a wait that lasts for a second at least, so somebody who looks all the time sees it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs a PostgreSQL: scripts/with-postgres -- cargo test -- --include-ignored"]
async fn two_nodes_that_write_behind_never_wait_for_each_other() {
    let database = Database::postgres().await.expect("SYMBOLON_TEST_POSTGRES names a server");
    let world = World::new(&database).await;
    let mut grants = Vec::new();
    for _ in 0..40 {
        let (grant, _) = world.connected().await;
        world.store.revoke_grant(grant.id, "test", audit(Deed::GrantRevoked), T0).await.unwrap();
        grants.push(grant.id);
    }
    let (_, new) = world.connected().await;
    replace(&world.store, new.family, "one").await;
    let node = async || {
        let url = format!("{}&application_name={NODES}", database.direct_url());
        Store::open(&url, Options::default()).await.unwrap()
    };
    let nodes = [node().await, node().await];
    let writes = async |node: &Store, backwards: bool| {
        for round in 1..=150 {
            let mut used: Vec<_> = grants.iter().map(|grant| (*grant, at(round))).collect();
            if backwards {
                used.reverse();
            }
            node.touch_grants(&used).await.unwrap();
            node.successors_arrived(&[(new.family, 1)], at(round)).await.unwrap();
        }
    };
    let observer = connection(&database).await;
    let both = async { tokio::join!(writes(&nodes[0], false), writes(&nodes[1], true)) };
    let (mut both, mut waits, mut looks) = (std::pin::pin!(both), 0, 0);
    loop {
        tokio::select! {
            biased;
            _ = &mut both => break,
            seen = waiting(&observer) => (waits, looks) = (waits + seen, looks + 1),
        }
    }
    assert!(looks > 10, "it was looked at {looks} times");
    assert_eq!(waits, 0, "nobody waits for a row");
    // Whoever does wait is seen, and goes on once the row is free.
    let holder = connection(&database).await;
    holder.batch_execute("BEGIN; UPDATE families SET scopes = scopes").await.unwrap();
    let release = async {
        while waiting(&observer).await == 0 {}
        holder.batch_execute("ROLLBACK").await.unwrap();
    };
    let end = nodes[0].end_family(new.family, "test", audit(Deed::TokenFamilyRevoked), T0);
    tokio::join!(end, release).0.unwrap();
    for grant in &grants {
        let facts = world.store.grant_facts(*grant, at(99_999_999)).await.unwrap().unwrap();
        assert_eq!(facts.grant.last_used_at, Some(at(150)), "and nothing is lost");
    }
}
