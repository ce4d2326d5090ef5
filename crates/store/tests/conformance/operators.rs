//! What operators look for: deeds and connections, page by page, by whom they concern.

use symbolon_oauth::id::Id;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::deed::Deed;
use symbolon_store::{Actor, Audit, audit, connections, on_both_engines};

use crate::world::{World, at, fresh};

/// A deed at this millisecond, whose identifier begins with it as those of the server do.
fn deed(milliseconds: i64, number: u8, action: Deed) -> Audit {
    let at = Timestamp(milliseconds);
    Audit::new(Id::time_ordered(at.0, [number; 10]), at, action, Actor::Operator)
}

on_both_engines! {
    async fn deeds_are_found_by_what_is_asked(database) {
        let world = World::new(&database).await;
        let (user, app, tenant) = (world.user.id, world.app.client.id, world.tenant.id);
        let deeds = [
            deed(1_000, 1, Deed::AppSuspended).app(app),
            deed(2_000, 2, Deed::AppResumed).app(app),
            deed(3_000, 3, Deed::UserUpdated).user(user).request("r-1"),
            deed(4_000, 4, Deed::MembershipCreated).user(user).tenant(tenant),
        ];
        world.store.change(&[], &deeds).await.unwrap();
        let none = audit::Wanted::default();
        let asks = [
            (none, vec![4_000, 3_000, 2_000, 1_000]),
            (audit::Wanted { since: Some(Timestamp(2_000)), ..none }, vec![4_000, 3_000, 2_000]),
            (audit::Wanted { until: Some(Timestamp(2_000)), ..none }, vec![1_000]),
            (audit::Wanted { deed: Some(Deed::AppResumed), ..none }, vec![2_000]),
            (audit::Wanted { app: Some(app), ..none }, vec![2_000, 1_000]),
            (audit::Wanted { user: Some(user), ..none }, vec![4_000, 3_000]),
            (audit::Wanted { tenant: Some(tenant), user: Some(user), ..none }, vec![4_000]),
            (audit::Wanted { tenant: Some(tenant), app: Some(app), ..none }, vec![]),
        ];
        for (wanted, right) in asks {
            let page = world.store.find_audit(&wanted, None, 10).await.unwrap();
            let found: Vec<_> = page.deeds.iter().map(|named| named.audit.at.0).collect();
            assert_eq!((found, page.next), (right, None), "{wanted:?}");
        }
        let page = world.store.find_audit(&audit::Wanted { user: Some(user), ..none }, None, 1).await.unwrap();
        let named = &page.deeds[0];
        assert_eq!(named.user.as_deref(), Some(world.user.external_id.as_str()));
        assert_eq!(named.tenant.as_deref(), Some(world.tenant.external_id.as_str()));
        assert_eq!(named.client_id, None);
    }

    async fn deeds_are_read_page_by_page_and_none_twice(database) {
        let world = World::new(&database).await;
        let deeds: Vec<_> = (0..2_300_i64)
            .map(|number| deed(10_000 + number, 7, if number % 100 == 0 { Deed::AppSuspended } else { Deed::AppResumed }))
            .collect();
        world.store.change(&[], &deeds).await.unwrap();
        let rare = audit::Wanted { deed: Some(Deed::AppSuspended), ..audit::Wanted::default() };
        let (mut found, mut before) = (Vec::new(), None);
        loop {
            let page = world.store.find_audit(&rare, before, 5).await.unwrap();
            assert!(page.deeds.len() <= 5);
            found.extend(page.deeds.into_iter().map(|named| named.audit.at.0));
            match page.next {
                Some(next) => before = Some(next),
                None => break,
            }
        }
        assert_eq!(found, (0..23_i64).rev().map(|number| 10_000 + number * 100).collect::<Vec<_>>());
    }

    async fn connections_are_found_by_whom_they_concern(database) {
        let world = World::new(&database).await;
        let (grant, _) = world.connected().await;
        let none = connections::Wanted::default();
        let (user, app, tenant) = (Some(grant.user), Some(grant.app), Some(grant.tenant));
        for wanted in [
            none,
            connections::Wanted { user, ..none },
            connections::Wanted { app, ..none },
            connections::Wanted { tenant, ..none },
            connections::Wanted { user, app, tenant },
        ] {
            let page = world.store.find_connections(&wanted, None, 10, at(1)).await.unwrap();
            assert_eq!(page.connections.iter().map(|own| own.grant.id).collect::<Vec<_>>(), [grant.id], "{wanted:?}");
            assert_eq!(page.connections[0].user, world.user.external_id);
        }
        for wanted in [
            connections::Wanted { user: Some(fresh()), ..none },
            connections::Wanted { app: Some(fresh()), ..none },
            connections::Wanted { tenant: Some(fresh()), user, ..none },
        ] {
            assert!(world.store.find_connections(&wanted, None, 10, at(1)).await.unwrap().connections.is_empty());
        }
        assert!(world.store.find_connection(grant.id, at(1)).await.unwrap().is_some());
        assert_eq!(world.store.count_live_families(grant.id, at(1)).await.unwrap(), 1);
        assert_eq!(world.store.count_live_families(fresh(), at(1)).await.unwrap(), 0);
        let audit = Audit::new(fresh(), at(2), Deed::GrantRevoked, Actor::Operator).of_grant(&grant);
        world.store.revoke_grant(grant.id, "operator", audit, at(2)).await.unwrap();
        assert!(world.store.find_connections(&none, None, 10, at(3)).await.unwrap().connections.is_empty());
        assert!(world.store.find_connection(grant.id, at(3)).await.unwrap().is_none());
        assert_eq!(world.store.count_live_families(grant.id, at(3)).await.unwrap(), 0);
    }

    async fn whether_it_takes_writes_is_tried(database) {
        let world = World::new(&database).await;
        world.store.is_writable().await.unwrap();
    }
}
