//! Deleting what is over: in chunks, and never anything that still counts.

use std::sync::Arc;

use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::grant_type::client_credentials::OwnToken;
use symbolon_oauth::time::{Lifetime, Timestamp};
use symbolon_platform::deed::Deed;
use symbolon_store::attempts::{Limit, Subject};
use symbolon_store::sweep::{CHUNK, Sweep};
use symbolon_store::{Store, on_both_engines};
use tokio::task::JoinSet;

use crate::world::{T0, World, at, audit, fresh, scopes};

const DAY: i64 = 86_400_000;

/// Purges every kind until nothing is left to purge; answers how many rows went.
async fn sweep(store: &Store, now: Timestamp) -> usize {
    let mut all = 0;
    for kind in Sweep::ALL {
        loop {
            let purged = store.sweep(kind, now).await.unwrap();
            assert!(purged <= CHUNK);
            all += purged;
            if purged == 0 {
                break;
            }
        }
    }
    all
}

on_both_engines! {
    async fn thousands_go_in_chunks_and_the_living_stay(database) {
        let world = Arc::new(World::new(&database).await);
        let mut running = JoinSet::new();
        for n in 0..2300_i64 {
            let world = Arc::clone(&world);
            running.spawn(async move {
                let access = if n % 23 == 0 { Lifetime::NEVER } else { Lifetime::seconds(n % 100) };
                let token = OwnToken { scopes: scopes("forms:read"), resource: None, access, generation: 0 };
                let credential = (fresh(), SecretHash::of("x"));
                world.store.issue_own_token(credential, world.app.client.id, &token, T0).await
            });
        }
        assert!(running.join_all().await.iter().all(Result::is_ok));
        let mut first = 0;
        for kind in Sweep::ALL {
            first += world.store.sweep(kind, at(1_000_000)).await.unwrap();
        }
        assert_eq!(first, CHUNK);
        assert_eq!(sweep(&world.store, at(1_000_000)).await, 2200 - CHUNK);
        let engine = database.engine().await;
        assert_eq!(engine.load("SELECT id FROM access_tokens", &[]).await.unwrap().len(), 100);
        assert_eq!(sweep(&world.store, at(DAY * 10_000)).await, 0, "what never ends is never purged");
    }

    async fn each_kind_goes_at_its_end_and_not_before(database) {
        let world = World::new(&database).await;
        let (_, new) = world.connected().await;
        let session = world.signed_in().await;
        world.store.see_browser_session(session, (T0, at(3_500_000)), "").await.unwrap();
        world.store.spend_interaction(fresh(), at(900_000), audit(Deed::GrantRevoked)).await.unwrap();
        let jane = Subject { name: "jane".to_owned(), limit: Limit { tries: 5, window: 300_000 } };
        assert!(world.store.reserve_attempt(&[jane], T0).await.unwrap());
        let rows = async |table: &str| {
            let sql = match table {
                "access_tokens" => "SELECT 1 FROM access_tokens",
                "authorization_codes" => "SELECT 1 FROM authorization_codes",
                "families" => "SELECT 1 FROM families",
                "browser_sessions" => "SELECT 1 FROM browser_sessions",
                "spent_interactions" => "SELECT 1 FROM spent_interactions",
                _ => "SELECT 1 FROM attempts",
            };
            database.engine().await.load(sql, &[]).await.unwrap().len()
        };
        // A code and a family stay a day longer, so that a late replay is still recognized. The consent form and the
        // refusal are two answered forms.
        let ends = [
            ("attempts", 60_000, 1),
            ("spent_interactions", 900_000, 2),
            ("browser_sessions", 3_500_000, 1),
            ("access_tokens", 3_600_000, 1),
            ("authorization_codes", 60_000 + DAY, 1),
            ("families", DAY + DAY, 1),
        ];
        for (table, end, number) in ends {
            sweep(&world.store, at(end)).await;
            assert_eq!(rows(table).await, number, "{table} went too early");
            sweep(&world.store, at(end + 1)).await;
            assert_eq!(rows(table).await, 0, "{table} is still there");
        }
        assert!(world.store.family(new.family).await.unwrap().is_none());
    }
}
