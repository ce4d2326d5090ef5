//! Token families and access tokens: one lineage whatever races, and an end that holds.

use std::sync::Arc;

use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::grant_type::authorization_code::Redemption;
use symbolon_oauth::grant_type::client_credentials::OwnToken;
use symbolon_oauth::grant_type::refresh_token::{FamilyFacts, Turn};
use symbolon_oauth::id::{AccessTokenId, FamilyId};
use symbolon_oauth::time::{Lifetime, Timestamp};
use symbolon_platform::deed::Deed;
use symbolon_store::codes::NewFamily;
use symbolon_store::sweep::Sweep;
use symbolon_store::tokens::{Issued, Renewed};
use symbolon_store::{Cursor, Store, StoreError, on_both_engines};

use crate::world::{T0, World, at, audit, fifty, fresh, minted, new_family, redemption, scopes};

const REPLACE: Turn = Turn::Replace { expires_at: Some(at_second(90_000)), grace_until: at_second(60) };

const FORK: Turn = Turn::Fork { expires_at: Some(at_second(80_000)), ends_at: Some(at_second(90_000)) };

const fn at_second(seconds: i64) -> Timestamp {
    Timestamp(T0.0 + seconds * 1000)
}

/// Renews a family as it was loaded; the successor's hash is that of `name`.
async fn renew(
    store: &Store,
    family: &FamilyFacts,
    turn: Turn,
    (name, sibling): (&str, FamilyId),
) -> Result<AccessTokenId, StoreError> {
    let access: AccessTokenId = fresh();
    let renewed = Renewed {
        issued: Issued {
            family,
            access: (access, SecretHash::of(&format!("access {name}"))),
            scopes: &family.scopes,
            resource: family.resource.as_deref(),
            expires_at: Some(at_second(3600)),
            kept_until: None,
            ends_others: false,
            now: T0,
        },
        expected: family.refresh_hash.unwrap(),
        turn,
        successor: (sibling, minted(name)),
        sealed: name.as_bytes().to_vec(),
    };
    store.renew_family(&renewed).await.map(|()| access)
}

on_both_engines! {
    async fn fifty_renewals_make_one_successor(database) {
        let world = Arc::new(World::new(&database).await);
        let (_, new) = world.connected().await;
        let before = Arc::new(world.store.family(new.family).await.unwrap().unwrap());
        let counts = fifty(|n| {
            let (world, before) = (Arc::clone(&world), Arc::clone(&before));
            async move {
                let name = format!("successor {n}");
                renew(&world.store, &before, REPLACE, (&name, before.id)).await.map(|_| ())
            }
        }).await;
        assert_eq!(counts, (1, 49, 0));
        let after = world.store.family(new.family).await.unwrap().unwrap();
        let predecessor = after.predecessor.unwrap();
        assert_eq!(Some(predecessor.hash), before.refresh_hash);
        assert_eq!(predecessor.grace_until, at_second(60));
        let winner = String::from_utf8(predecessor.sealed_successor).unwrap();
        assert_eq!(after.refresh_hash, Some(SecretHash::of(&winner)));
        assert_eq!(after.refresh_expires_at, Some(at_second(90_000)));
    }

    async fn a_family_stays_one_row_however_often_it_turns(database) {
        let world = World::new(&database).await;
        let (_, new) = world.connected().await;
        for n in 0..200 {
            let family = world.store.family(new.family).await.unwrap().unwrap();
            renew(&world.store, &family, REPLACE, (&format!("{n}"), family.id)).await.unwrap();
        }
        let engine = database.engine().await;
        let rows = engine.load("SELECT rotations FROM families", &[]).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].clone().read(Cursor::integer).unwrap(), 200);
    }

    async fn a_renewal_of_an_ended_family_is_a_conflict(database) {
        let world = World::new(&database).await;
        let (_, new) = world.connected().await;
        let family = world.store.family(new.family).await.unwrap().unwrap();
        world.store.end_family(family.id, "revoked", audit(Deed::TokenFamilyRevoked), T0).await.unwrap();
        for turn in [REPLACE, Turn::Echo { expires_at: None }, FORK] {
            let outcome = renew(&world.store, &family, turn, ("late", fresh())).await;
            assert!(matches!(outcome, Err(StoreError::Conflict)), "{turn:?}");
        }
        let after = world.store.family(new.family).await.unwrap().unwrap();
        assert!(after.ended && after.predecessor.is_none(), "nothing sealed outlives its family");
    }

    async fn an_end_and_a_renewal_at_once_leave_nothing_alive(database) {
        let world = Arc::new(World::new(&database).await);
        for round in 0..20 {
            let (grant, new) = world.connected().await;
            let family = Arc::new(world.store.family(new.family).await.unwrap().unwrap());
            let renewal = tokio::spawn({
                let (world, family) = (Arc::clone(&world), Arc::clone(&family));
                async move {
                    renew(&world.store, &family, REPLACE, (&format!("race {round}"), family.id)).await
                }
            });
            world.store.end_family(family.id, "revoked", audit(Deed::GrantRevoked), T0).await.unwrap();
            if let Ok(access) = renewal.await.unwrap() {
                let token = world.store.access_token(access, T0).await.unwrap().unwrap();
                assert!(token.family_ended, "a token born beside the end lives");
            }
            assert!(world.store.family(family.id).await.unwrap().unwrap().ended);
            world.store.revoke_grant(grant.id, "test", audit(Deed::GrantRevoked), T0).await.unwrap();
        }
    }

    async fn an_echo_keeps_the_token(database) {
        let world = World::new(&database).await;
        let (_, new) = world.connected().await;
        let family = world.store.family(new.family).await.unwrap().unwrap();
        let echo = Turn::Echo { expires_at: Some(at_second(7)) };
        renew(&world.store, &family, echo, ("unused", family.id)).await.unwrap();
        let kept = world.store.family(family.id).await.unwrap().unwrap();
        assert_eq!((kept.refresh_hash, kept.refresh_expires_at), (family.refresh_hash, Some(at_second(7))));
        assert!(kept.predecessor.is_none());
    }

    async fn a_grace_ends_when_the_successor_is_used_and_stays(database) {
        let world = World::new(&database).await;
        let (_, new) = world.connected().await;
        let stored = async || world.store.family(new.family).await.unwrap().unwrap();
        for (name, turn) in [("echoed", Turn::Echo { expires_at: Some(at_second(7)) }), ("forked", FORK)] {
            renew(&world.store, &stored().await, REPLACE, (name, new.family)).await.unwrap();
            assert!(stored().await.predecessor.is_some());
            renew(&world.store, &stored().await, turn, ("fork", fresh())).await.unwrap();
            assert!(stored().await.predecessor.is_none());
        }
    }

    async fn a_fork_has_its_own_refresh_token_and_the_access_tokens_of_its_family(database) {
        let world = World::new(&database).await;
        let (_, new) = world.connected().await;
        let family = world.store.family(new.family).await.unwrap().unwrap();
        let (first, second) = (fresh(), fresh());
        let access = renew(&world.store, &family, FORK, ("first", first)).await.unwrap();
        let begun = world.store.family(first).await.unwrap().unwrap();
        assert_eq!(begun.refresh_hash, Some(SecretHash::of("first")));
        assert_eq!((begun.refresh_expires_at, begun.ends_at), (Some(at_second(80_000)), Some(at_second(90_000))));
        assert_eq!((begun.grant, &begun.scopes, begun.origin), (family.grant, &family.scopes, Some(family.id)));
        let token = world.store.access_token(access, T0).await.unwrap().unwrap();
        assert_eq!(token.hangs_from, Some((family.grant, family.id)));
        assert_eq!(world.store.family(family.id).await.unwrap().unwrap().refresh_hash, family.refresh_hash);
        // A fork of a fork is of the same family, and so is a fork that turned.
        renew(&world.store, &begun, FORK, ("second", second)).await.unwrap();
        let deeper = world.store.family(second).await.unwrap().unwrap();
        assert_eq!(deeper.origin, Some(family.id));
        let access = renew(&world.store, &deeper, REPLACE, ("turned", second)).await.unwrap();
        let turned = world.store.family(second).await.unwrap().unwrap();
        assert!(turned.predecessor.unwrap().successor_used, "its grace is all it has");
        let token = world.store.access_token(access, T0).await.unwrap().unwrap();
        assert_eq!(token.hangs_from, Some((family.grant, family.id)));
    }

    async fn a_family_and_its_forks_end_together(database) {
        let world = World::new(&database).await;
        for end_the_fork in [false, true] {
            let (grant, new) = world.connected().await;
            let family = world.store.family(new.family).await.unwrap().unwrap();
            let (one, other) = (fresh(), fresh());
            let access = renew(&world.store, &family, FORK, ("one", one)).await.unwrap();
            renew(&world.store, &family, FORK, ("other", other)).await.unwrap();
            let forked = world.store.family(other).await.unwrap().unwrap();
            let ended = if end_the_fork { one } else { family.id };
            world.store.end_family(ended, "revoked", audit(Deed::GrantRevoked), T0).await.unwrap();
            for id in [family.id, one, other] {
                assert!(world.store.family(id).await.unwrap().unwrap().ended);
            }
            assert!(world.store.access_token(access, T0).await.unwrap().unwrap().family_ended);
            for turn in [REPLACE, FORK] {
                let outcome = renew(&world.store, &forked, turn, ("late", fresh())).await;
                assert!(matches!(outcome, Err(StoreError::Conflict)), "{turn:?}");
            }
            world.store.revoke_grant(grant.id, "test", audit(Deed::GrantRevoked), T0).await.unwrap();
        }
    }

    async fn an_end_and_a_fork_at_once_leave_nothing_alive(database) {
        let world = Arc::new(World::new(&database).await);
        for round in 0..20 {
            let (grant, new) = world.connected().await;
            let family = Arc::new(world.store.family(new.family).await.unwrap().unwrap());
            let fork = fresh();
            let renewal = tokio::spawn({
                let (world, family) = (Arc::clone(&world), Arc::clone(&family));
                async move { renew(&world.store, &family, FORK, (&format!("race {round}"), fork)).await }
            });
            world.store.end_family(family.id, "revoked", audit(Deed::GrantRevoked), T0).await.unwrap();
            if let Ok(access) = renewal.await.unwrap() {
                assert!(world.store.access_token(access, T0).await.unwrap().unwrap().family_ended);
                assert!(world.store.family(fork).await.unwrap().unwrap().ended, "a fork escaped");
            }
            world.store.revoke_grant(grant.id, "test", audit(Deed::GrantRevoked), T0).await.unwrap();
        }
    }

    async fn a_family_is_kept_for_as_long_as_its_forks(database) {
        let world = World::new(&database).await;
        let (_, new) = world.connected().await;
        let family = world.store.family(new.family).await.unwrap().unwrap();
        let fork = fresh();
        renew(&world.store, &family, FORK, ("fork", fork)).await.unwrap();
        let forked = world.store.family(fork).await.unwrap().unwrap();
        let much_later = Turn::Replace { expires_at: Some(at_second(9_000_000)), grace_until: at_second(60) };
        renew(&world.store, &forked, much_later, ("turned", fork)).await.unwrap();
        let purge = async |now| {
            for kind in Sweep::ALL {
                world.store.sweep(kind, now).await.unwrap();
            }
        };
        purge(at_second(8_999_999)).await;
        assert!(!world.store.family(fork).await.unwrap().unwrap().ended, "what it came from is still there");
        // Ended, it may be forgotten; what is left of its forks does not come alive by that.
        world.store.end_family(family.id, "revoked", audit(Deed::GrantRevoked), T0).await.unwrap();
        purge(at_second(200_000)).await;
        assert_eq!(world.store.family(family.id).await.unwrap(), None);
        assert!(world.store.family(fork).await.unwrap().unwrap().ended);
    }

    async fn an_end_is_once_and_keeps_its_first_reason(database) {
        let world = World::new(&database).await;
        let (_, new) = world.connected().await;
        world.store.end_family(new.family, "first", audit(Deed::GrantRevoked), T0).await.unwrap();
        world.store.end_family(new.family, "second", audit(Deed::GrantRevoked), at(5)).await.unwrap();
        let sql = "SELECT ended_reason, ended_at FROM families";
        let rows = database.engine().await.load(sql, &[]).await.unwrap();
        assert_eq!(rows[0].clone().read(|row| Ok((row.text()?, row.timestamp()?))).unwrap(), ("first".to_owned(), T0));
        world.store.revoke_access_token(new.access_token, audit(Deed::AccessTokenRevoked), T0).await.unwrap();
        world.store.revoke_access_token(new.access_token, audit(Deed::AccessTokenRevoked), at(5)).await.unwrap();
        world.store.revoke_access_token(fresh(), audit(Deed::AccessTokenRevoked), T0).await.unwrap();
    }

    async fn an_app_token_hangs_from_nothing(database) {
        let world = World::new(&database).await;
        let id = fresh();
        let token = OwnToken {
            scopes: scopes("forms:read"),
            resource: Some("https://api.example.com".to_owned()),
            access: Lifetime::seconds(60),
            generation: 3,
        };
        let hash = SecretHash::of("own");
        world.store.issue_own_token((id, hash), world.app.client.id, &token, T0).await.unwrap();
        let stored = world.store.access_token(id, T0).await.unwrap().unwrap();
        assert_eq!((stored.hash, stored.app, stored.hangs_from), (hash, world.app.client.id, None));
        assert_eq!((&stored.scopes, &stored.resource), (&token.scopes, &token.resource));
        assert_eq!((stored.expires_at, stored.revoked, stored.family_ended), (Some(at_second(60)), false, false));
        assert_eq!(stored.generation, token.generation);
        assert!(world.store.access_token(fresh(), T0).await.unwrap().is_none());
    }
}

on_both_engines! {
    async fn a_renewal_that_ends_others_leaves_one_access_token(database) {
        let world = World::new(&database).await;
        let (grant, code) = world.consented().await;
        let new = new_family();
        let alone = Redemption { only_access: true, ..redemption(code, &grant) };
        world.store.redeem_code(&alone, grant.app, new, T0).await.unwrap();
        let live = async |id| !world.store.access_token(id, T0).await.unwrap().unwrap().revoked;
        assert!(live(new.access_token).await);
        let mut earlier = new.access_token;
        for name in ["one", "two"] {
            let family = world.store.family(new.family).await.unwrap().unwrap();
            let access: AccessTokenId = fresh();
            let renewed = Renewed {
                issued: Issued {
                    family: &family,
                    access: (access, SecretHash::of(&format!("access {name}"))),
                    scopes: &family.scopes,
                    resource: None,
                    expires_at: Some(at_second(3600)),
                    kept_until: None,
                    ends_others: true,
                    now: T0,
                },
                expected: family.refresh_hash.unwrap(),
                turn: REPLACE,
                successor: (new.family, minted(name)),
                sealed: Vec::new(),
            };
            world.store.renew_family(&renewed).await.unwrap();
            assert!(live(access).await && !live(earlier).await, "{name}");
            earlier = access;
        }
        let family = world.store.family(new.family).await.unwrap().unwrap();
        assert_eq!(family.only_access, Some(earlier));
        let keeping = Renewed {
            issued: Issued {
                family: &family,
                access: (fresh(), SecretHash::of("access three")),
                scopes: &family.scopes,
                resource: None,
                expires_at: Some(at_second(3600)),
                kept_until: None,
                ends_others: false,
                now: T0,
            },
            expected: family.refresh_hash.unwrap(),
            turn: REPLACE,
            successor: (new.family, minted("three")),
            sealed: Vec::new(),
        };
        world.store.renew_family(&keeping).await.unwrap();
        let later = world.store.access_token(new.access_token, at_second(2)).await.unwrap().unwrap();
        assert!(later.revoked, "what was superseded never comes back");
    }
}

on_both_engines! {
    async fn an_access_token_is_kept_as_long_as_it_must_be_known(database) {
        let world = World::new(&database).await;
        let (grant, code) = world.consented().await;
        let kept = NewFamily { access_kept_until: Some(at_second(7200)), ..new_family() };
        world.store.redeem_code(&redemption(code, &grant), grant.app, kept, T0).await.unwrap();
        let own: AccessTokenId = fresh();
        let (scopes, access) = (scopes("forms:read"), Lifetime::seconds(3600));
        let token = OwnToken { scopes, resource: None, access, generation: 0 };
        world.store.issue_own_token((own, SecretHash::of("own")), grant.app, &token, T0).await.unwrap();
        let known = async |id| world.store.access_token(id, at_second(9999)).await.unwrap().is_some();
        while world.store.sweep(Sweep::AccessTokens, at_second(3700)).await.unwrap() > 0 {}
        assert!(known(kept.access_token).await && !known(own).await);
        let family = world.store.family(kept.family).await.unwrap().unwrap();
        let newer: AccessTokenId = fresh();
        let renewed = Renewed {
            issued: Issued {
                family: &family,
                access: (newer, SecretHash::of("newer")),
                scopes: &family.scopes,
                resource: None,
                expires_at: Some(at_second(7400)),
                kept_until: Some(at_second(9000)),
                ends_others: false,
                now: at_second(3800),
            },
            expected: family.refresh_hash.unwrap(),
            turn: Turn::Echo { expires_at: None },
            successor: (kept.family, minted("echoed")),
            sealed: Vec::new(),
        };
        world.store.renew_family(&renewed).await.unwrap();
        let sweep = async |second| {
            for kind in Sweep::ALL {
                while world.store.sweep(kind, at_second(second)).await.unwrap() > 0 {}
            }
        };
        let known = async |id, second| world.store.access_token(id, at_second(second)).await.unwrap().is_some();
        sweep(7199).await;
        assert!(known(kept.access_token, 10_000).await && known(newer, 10_000).await);
        sweep(9001).await;
        assert!(!known(kept.access_token, 11_500).await && known(newer, 11_500).await);
        sweep(1_000_000_000).await;
        assert!(known(newer, 1_000_000_000).await, "the newest is kept as long as the family lives");
        let end = audit(Deed::TokenFamilyRevoked);
        world.store.end_family(kept.family, "revoked", end, at_second(1_000_000_000)).await.unwrap();
        sweep(1_003_000_000).await;
        assert!(!known(newer, 1_003_000_000).await, "and not much longer");
    }

    async fn what_took_a_place_leaves_nothing_of_what_was_there(database) {
        let world = World::new(&database).await;
        let (grant, code) = world.consented().await;
        let connect = async |code, second| {
            let kept = NewFamily { access_kept_until: Some(at_second(second + 10)), ..new_family() };
            let alone = Redemption { ends_others: true, ..redemption(code, &grant) };
            world.store.redeem_code(&alone, grant.app, kept, at_second(second)).await.unwrap();
            kept.access_token
        };
        let sweep = async |second| while world.store.sweep(Sweep::AccessTokens, at_second(second)).await.unwrap() > 0 {};
        let known = async |id, second| world.store.access_token(id, at_second(second)).await.unwrap().is_some();
        let first = connect(code, 0).await;
        sweep(20).await;
        assert!(known(first, 22).await, "the newest of a family that lives");
        let request = crate::world::request();
        let code = world.code(grant.id, &request, "another code");
        let id = code.id;
        world.store.issue_code(code, None, None).await.unwrap();
        let second = connect(id, 30).await;
        sweep(3_000_000).await;
        assert!(!known(first, 3_000_002).await && known(second, 3_000_002).await);
    }
}

on_both_engines! {
    async fn a_redemption_that_ends_others_leaves_one_family(database) {
        let world = World::new(&database).await;
        let (grant, code) = world.consented().await;
        let only = async || world.store.grant_facts(grant.id, T0).await.unwrap().unwrap().only_family;
        assert_eq!(only().await, None);
        let new = new_family();
        let alone = Redemption { ends_others: true, ..redemption(code, &grant) };
        world.store.redeem_code(&alone, grant.app, new, T0).await.unwrap();
        assert_eq!(only().await, Some((new.family, T0)), "seen at once, whatever was kept in memory");
        let request = crate::world::request();
        let code = world.code(grant.id, &request, "another code");
        let (id, later) = (code.id, new_family());
        world.store.issue_code(code, None, None).await.unwrap();
        let alone = Redemption { ends_others: true, ..redemption(id, &grant) };
        world.store.redeem_code(&alone, grant.app, later, T0).await.unwrap();
        assert_eq!(only().await.map(|(family, _)| family), Some(later.family));
        assert_eq!(world.store.family(new.family).await.unwrap(), None, "it gave up its place");
        let old = world.store.access_token(new.access_token, T0).await.unwrap().unwrap();
        assert!(old.family_ended);
        let live = world.store.access_token(later.access_token, T0).await.unwrap().unwrap();
        assert!(!live.family_ended && !live.revoked);
    }
}

on_both_engines! {
    async fn what_never_ends_by_itself_goes_with_its_grant(database) {
        let world = World::new(&database).await;
        let (grant, code) = world.consented().await;
        let (new, never) = (new_family(), Lifetime::NEVER);
        let endless = Redemption { access: never, refresh: Some(never), ..redemption(code, &grant) };
        world.store.redeem_code(&endless, grant.app, new, T0).await.unwrap();
        let purged = async |at: i64| {
            while world.store.sweep(Sweep::Families, at_second(at)).await.unwrap() > 0 {}
            let family = world.store.family(new.family).await.unwrap();
            let token = world.store.access_token(new.access_token, at_second(at)).await.unwrap();
            assert_eq!(family.is_some(), token.is_some());
            family.is_none()
        };
        assert!(!purged(1_000_000_000).await, "nothing ended it");
        world.store.revoke_grant(grant.id, "user", audit(Deed::GrantRevoked), T0).await.unwrap();
        assert!(!purged(3600).await, "a late replay is still recognized");
        assert!(purged(90_000).await);
    }
}
