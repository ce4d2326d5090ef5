//! What apps did and were refused: counted once however often it is written, added up over processes, and kept for a while.

use symbolon_oauth::id::{AppId, Id};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::deed::Deed;
use symbolon_store::activity::{
    Counted, DAY, HOUR, KEPT, NewRefusal, REFUSALS_AT_MOST, RefusalId, Tally, What,
};
use symbolon_store::change::AppChange;
use symbolon_store::sweep::Sweep;
use symbolon_store::{Store, on_both_engines};

use crate::world::{T0, World, at, audit};

/// T0 is at the beginning of an hour, and not of a day.
const DAY_OF_T0: Timestamp = Timestamp(T0.0 / DAY * DAY);

fn counted(client_id: &str, hour: Timestamp, what: What, counted: i64) -> Counted {
    let reason = if what == What::Refusal { "pkce_missing" } else { "" };
    Counted { client_id: client_id.into(), hour, what, reason, counted }
}

fn refusal(client_id: &str, number: u8, milliseconds: i64) -> NewRefusal {
    let moment = at(milliseconds);
    let mut random = [0; 10];
    random[9] = number;
    NewRefusal {
        id: Id::time_ordered(moment.0, random),
        client_id: client_id.into(),
        at: moment,
        endpoint: "token",
        code: "invalid_grant",
        reason: "code_expired",
        request_id: format!("0badcafe-{milliseconds:x}{number:02x}"),
    }
}

async fn all(store: &Store, app: AppId, before: Option<RefusalId>) -> Vec<RefusalId> {
    let kept = store.refusals(app, before, 2000).await.unwrap();
    kept.into_iter().map(|kept| kept.id).collect()
}

async fn hourly(store: &Store, app: AppId) -> Vec<(i64, What, i64)> {
    let found = store.activity(app, (at(-KEPT), at(KEPT)), HOUR).await.unwrap();
    found.into_iter().map(|Tally { from, what, counted }| (from.since(T0) / HOUR, what, counted)).collect()
}

on_both_engines! {
    async fn counts_of_processes_add_up_and_writing_twice_changes_nothing(database) {
        let World { store, app, .. } = &World::new(&database).await;
        let (id, client_id) = (app.client.id, app.client.client_id.as_str());
        let next = at(HOUR);
        let first = [
            counted(client_id, T0, What::Exchange, 3),
            counted(client_id, T0, What::Refusal, 2),
            counted(client_id, next, What::Exchange, 1),
            counted("nobody", T0, What::Refusal, 9),
        ];
        store.count_activity(1, &first).await.unwrap();
        store.count_activity(1, &first).await.unwrap();
        store.count_activity(2, &[counted(client_id, T0, What::Exchange, 4)]).await.unwrap();
        let by_hour = [(0, What::Exchange, 7), (0, What::Refusal, 2), (1, What::Exchange, 1)];
        assert_eq!(hourly(store, id).await, by_hour);
        // An answer that was lost on the way may have been written after a later one.
        store.count_activity(1, &[counted(client_id, T0, What::Exchange, 5)]).await.unwrap();
        store.count_activity(1, &[counted(client_id, T0, What::Exchange, 4)]).await.unwrap();
        assert_eq!(hourly(store, id).await[0], (0, What::Exchange, 9), "5 of one, 4 of the other");
        let days = store.activity(id, (DAY_OF_T0, at(DAY)), DAY).await.unwrap();
        let exchanges = Tally { from: DAY_OF_T0, what: What::Exchange, counted: 10 };
        assert_eq!(days.first(), Some(&exchanges), "{days:?}");
        let reasons = store.refusal_reasons(id, DAY_OF_T0).await.unwrap();
        assert_eq!(reasons, [("pkce_missing".to_owned(), 2)]);
        assert_eq!(store.activity(id, (next, at(2 * HOUR)), HOUR).await.unwrap().len(), 1, "only that hour");
    }

    async fn the_last_refusals_of_each_app_are_kept_and_found(database) {
        let World { store, app, .. } = &World::new(&database).await;
        let (id, client_id) = (app.client.id, app.client.client_id.as_str());
        let most = usize::try_from(REFUSALS_AT_MOST).unwrap();
        let news: Vec<NewRefusal> = (0..REFUSALS_AT_MOST + 20).map(|n| refusal(client_id, 0, n)).collect();
        for part in news.chunks(510) {
            store.note_refusals(part).await.unwrap();
        }
        store.note_refusals(&[refusal("nobody", 1, 0)]).await.unwrap();
        let kept = all(store, id, None).await;
        assert_eq!((kept.len(), kept[0]), (most, news.last().unwrap().id));
        assert_eq!(*kept.last().unwrap(), news[20].id, "the oldest went");
        assert_eq!(all(store, id, Some(kept[most - 3])).await, kept[most - 2..], "in pages");
        let found = store.refusals_of_request(id, &news[500].request_id).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].id, found[0].reason.as_str(), found[0].at), (news[500].id, "code_expired", at(500)));
        assert_eq!(store.refusals_of_request(id, &news[0].request_id).await.unwrap(), []);
        assert_eq!(store.refusals_of_request(Id::new([9; 16]), &news[500].request_id).await.unwrap(), []);
    }

    async fn it_goes_after_thirty_days_and_with_its_app(database) {
        let World { store, app, .. } = &World::new(&database).await;
        let (id, client_id) = (app.client.id, app.client.client_id.as_str());
        let write = async || {
            store.count_activity(1, &[counted(client_id, T0, What::Refresh, 1)]).await.unwrap();
            store.note_refusals(&[refusal(client_id, 7, HOUR)]).await.unwrap();
        };
        write().await;
        let sweep = async |milliseconds| {
            store.sweep(Sweep::AppActivity, at(milliseconds)).await.unwrap()
                + store.sweep(Sweep::AppRefusals, at(milliseconds)).await.unwrap()
        };
        assert_eq!(sweep(KEPT + HOUR).await, 0);
        assert_eq!(sweep(KEPT + HOUR + 1).await, 2);
        assert_eq!((hourly(store, id).await.len(), all(store, id, None).await.len()), (0, 0));
        write().await;
        let delete = AppChange::Delete(id).into();
        store.change(&[delete], &[audit(Deed::AppDeleted)]).await.unwrap();
        assert_eq!((hourly(store, id).await.len(), all(store, id, None).await.len()), (0, 0));
    }

    async fn tenants_that_let_an_app_in_are_counted_by_days(database) {
        let world = World::new(&database).await;
        let (store, id) = (&world.store, world.app.client.id);
        let (grant, _) = world.connected().await;
        let installs = store.installs(id, DAY_OF_T0).await.unwrap();
        assert_eq!(installs.connected, 1);
        assert_eq!((installs.given, installs.ended), (vec![(DAY_OF_T0, 1)], vec![]));
        store.revoke_grant(grant.id, "by_user", audit(Deed::GrantRevoked), at(DAY)).await.unwrap();
        let installs = store.installs(id, DAY_OF_T0).await.unwrap();
        assert_eq!(installs.connected, 0);
        let next = Timestamp(DAY_OF_T0.0 + DAY);
        assert_eq!((installs.given, installs.ended), (vec![(DAY_OF_T0, 1)], vec![(next, 1)]));
        assert_eq!(store.installs(id, next).await.unwrap().given, [], "that was before");
    }
}
