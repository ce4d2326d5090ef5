//! Durable jobs: claimed by one, taken over when that one is gone, and visible when they are dead.

use symbolon_oauth::id::Id;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::deed::Deed;
use symbolon_store::jobs::{Claim, NewJob, Next};
use symbolon_store::sealed::{KeyMark, SealedColumn};
use symbolon_store::sweep::Sweep;
use symbolon_store::{Store, on_both_engines};

use crate::world::{T0, at, audit, fifty, fresh};

const MINE: Claim = Claim([1; 16]);
const THEIRS: Claim = Claim([2; 16]);
const LEASE: i64 = 60_000;

fn job(kind: &'static str) -> NewJob {
    NewJob {
        id: fresh(),
        kind,
        body: b"a body that is longer than its mark".to_vec(),
        at: T0,
        useless_at: None,
    }
}

async fn claim(store: &Store, claim: Claim, now: Timestamp) -> Vec<(Id<NewJob>, i64)> {
    let until = Timestamp(now.0 + LEASE);
    let claimed = store.claim_jobs("mail", claim, (now, until), 100).await.unwrap();
    claimed.into_iter().map(|job| (job.id, job.attempts)).collect()
}

on_both_engines! {
    async fn a_job_is_claimed_by_one_and_done_once(database) {
        let store = database.store().await;
        let (mail, other) = (job("mail"), job("other"));
        store.add_job(&mail).await.unwrap();
        store.add_job(&other).await.unwrap();
        assert_eq!(store.next_job("mail").await.unwrap(), Some(T0));
        assert_eq!(claim(&store, MINE, at(-1)).await, [], "it is not due");
        assert_eq!(claim(&store, MINE, T0).await, [(mail.id, 1)]);
        assert_eq!(claim(&store, THEIRS, at(1)).await, [], "somebody has it");
        assert!(!store.finish_job(mail.id, THEIRS).await.unwrap(), "and only they end it");
        assert!(store.finish_job(mail.id, MINE).await.unwrap());
        assert!(!store.finish_job(mail.id, MINE).await.unwrap());
        assert_eq!(store.next_job("mail").await.unwrap(), None);
        assert_eq!(store.list_jobs(false, 10).await.unwrap().len(), 1, "the other kind is untouched");
    }

    /// Two processes, one of which is gone: its job is free once its time is over, and whatever it says afterwards is not heard.
    async fn the_jobs_of_a_process_that_is_gone_are_taken_over(database) {
        let (gone, other) = (database.store().await, database.store().await);
        let mail = job("mail");
        gone.add_job(&mail).await.unwrap();
        assert_eq!(claim(&gone, MINE, T0).await, [(mail.id, 1)]);
        assert_eq!(claim(&other, THEIRS, at(LEASE - 1)).await, []);
        assert_eq!(claim(&other, THEIRS, at(LEASE)).await, [(mail.id, 2)]);
        assert!(!gone.finish_job(mail.id, MINE).await.unwrap());
        assert!(!gone.fail_job((mail.id, MINE), Next::Dead, "late", at(LEASE)).await.unwrap());
        assert!(other.finish_job(mail.id, THEIRS).await.unwrap());
    }

    async fn no_two_processes_claim_the_same_job(database) {
        let stores = std::sync::Arc::new([database.store().await, database.store().await]);
        for _ in 0..100 {
            stores[0].add_job(&job("mail")).await.unwrap();
        }
        let all = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let seen = all.clone();
        let (worked, ..) = fifty(move |n| {
            let (stores, seen) = (stores.clone(), seen.clone());
            async move {
                let claim = Claim([u8::try_from(n).unwrap(); 16]);
                let claimed = stores[n % 2].claim_jobs("mail", claim, (T0, at(LEASE)), 2).await?;
                seen.lock().unwrap().extend(claimed.into_iter().map(|job| job.id));
                Ok(())
            }
        })
        .await;
        assert_eq!(worked, 50);
        let mut ids = all.lock().unwrap().clone();
        let claimed = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), claimed, "each once");
        assert!(claimed > 0);
    }

    async fn what_failed_waits_and_what_is_dead_is_seen_and_kept_a_month(database) {
        let store = database.store().await;
        let mail = job("mail");
        store.add_job(&mail).await.unwrap();
        claim(&store, MINE, T0).await;
        assert!(store.fail_job((mail.id, MINE), Next::At(at(500)), "no answer", at(1)).await.unwrap());
        assert_eq!(claim(&store, MINE, at(499)).await, []);
        assert_eq!(claim(&store, MINE, at(500)).await, [(mail.id, 2)]);
        assert!(store.fail_job((mail.id, MINE), Next::Dead, "refused", at(501)).await.unwrap());
        assert_eq!(claim(&store, MINE, at(1_000_000_000)).await, []);
        let listed = store.list_jobs(true, 10).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!((listed[0].due_at, listed[0].fault.as_deref(), listed[0].attempts), (None, Some("refused"), 2));
        let counts = store.count_jobs().await.unwrap();
        assert_eq!((counts[0].waiting, counts[0].dead, counts[0].oldest), (0, 1, None));
        let month = 30 * 86_400_000;
        assert_eq!(store.sweep(Sweep::DeadJobs, at(501 + month)).await.unwrap(), 0);
        assert!(store.retry_job(mail.id, &audit(Deed::JobRetried)).await.unwrap());
        assert_eq!(store.sweep(Sweep::DeadJobs, at(10 * month)).await.unwrap(), 0, "it lives again");
        assert_eq!(claim(&store, MINE, T0).await, [(mail.id, 1)]);
        assert!(store.fail_job((mail.id, MINE), Next::Dead, "refused", T0).await.unwrap());
        assert_eq!(store.sweep(Sweep::DeadJobs, at(month + 1)).await.unwrap(), 1);
        assert!(!store.retry_job(mail.id, &audit(Deed::JobRetried)).await.unwrap());
    }

    async fn an_operator_drops_a_job(database) {
        let store = database.store().await;
        let mail = job("mail");
        store.add_job(&mail).await.unwrap();
        assert!(store.drop_job(mail.id, &audit(Deed::JobDropped)).await.unwrap());
        assert!(!store.drop_job(mail.id, &audit(Deed::JobDropped)).await.unwrap());
        assert_eq!(store.list_jobs(false, 10).await.unwrap(), []);
        assert_eq!(store.list_audit(10).await.unwrap().len(), 1, "nothing is told of what was not done");
    }

    async fn rows_are_counted_and_found_by_the_key_that_sealed_them(database) {
        let store = database.store().await;
        let (old, new) = (KeyMark([1; 17]), KeyMark([2; 17]));
        let sealed = |mark: &KeyMark, rest: &[u8]| [&mark.0[..], rest].concat();
        let jobs: Vec<_> = (0..5_u8).map(|n| NewJob { body: sealed(if n < 3 { &old } else { &new }, &[n]), ..job("mail") }).collect();
        for job in &jobs {
            store.add_job(job).await.unwrap();
        }
        let column = SealedColumn::JobBody;
        assert_eq!(store.sealed_with(column).await.unwrap(), [(old, 3), (new, 2)]);
        let one = store.one_sealed_with(column, old).await.unwrap().unwrap();
        assert!(jobs[..3].iter().any(|job| job.body == one.sealed));
        assert_eq!(store.one_sealed_with(column, KeyMark([3; 17])).await.unwrap(), None);
        let rows = store.not_sealed_with(column, new, 2).await.unwrap();
        assert_eq!(rows.len(), 2);
        let mut rows: Vec<_> = rows.into_iter().map(|row| (row, sealed(&new, b"again"))).collect();
        rows[1].0.sealed = b"what it was a moment ago".to_vec();
        store.reseal(column, rows).await.unwrap();
        assert_eq!(store.sealed_with(column).await.unwrap(), [(old, 2), (new, 3)], "what changed meanwhile stays");
    }
}
