//! Counting tries: parallel tries cannot beat a limit, what succeeded is given back, and a budget comes back try by try.

use std::sync::Arc;

use symbolon_store::attempts::{Limit, Subject};
use symbolon_store::{StoreError, on_both_engines};

use crate::world::{T0, at, fifty};

const MINUTE: i64 = 60_000;

fn subject(name: &str, tries: i64) -> Subject {
    Subject { name: name.to_owned(), limit: Limit { tries, window: MINUTE } }
}

on_both_engines! {
    async fn of_fifty_tries_at_once_exactly_the_limit_passes(database) {
        // Two processes share one count.
        let stores = Arc::new([database.store().await, database.store().await]);
        let (passed, stopped, _) = fifty(|n| {
            let stores = Arc::clone(&stores);
            async move {
                // Named in different orders, which must not matter.
                let mut both = [subject("account:jane", 10), subject(&format!("address:{}", n % 3), 100)];
                if n % 2 == 0 {
                    both.reverse();
                }
                match stores[n % 2].reserve_attempt(&both, T0).await? {
                    true => Ok(()),
                    false => Err(StoreError::Conflict),
                }
            }
        }).await;
        assert_eq!((passed, stopped), (10, 40));
        // Who was stopped left nothing behind at the address either.
        let left: Vec<_> = (0..3).map(|n| subject(&format!("address:{n}"), 100)).collect();
        let mut room = 0;
        for address in &left {
            while stores[0].reserve_attempt(std::slice::from_ref(address), T0).await.unwrap() {
                room += 1;
            }
        }
        assert_eq!(room, 300 - 10);
    }

    async fn a_budget_comes_back_try_by_try(database) {
        let store = database.store().await;
        let five = [subject("a", 5)];
        let reserve = async |second: i64| store.reserve_attempt(&five, at(second * 1000)).await.unwrap();
        for _ in 0..5 {
            assert_eq!(store.attempts_wait(&five, T0).await.unwrap(), None);
            assert!(reserve(0).await);
        }
        assert!(!reserve(0).await);
        assert_eq!(store.attempts_wait(&five, T0).await.unwrap(), Some((0, 12_000)));
        assert!(!reserve(11).await);
        assert!(reserve(12).await);
        assert!(!reserve(23).await);
        // Long afterwards all are back, and no more than all.
        for _ in 0..5 {
            assert!(reserve(1000).await);
        }
        assert!(!reserve(1000).await);
    }

    async fn what_is_given_back_was_never_used(database) {
        let store = database.store().await;
        let both = [subject("b", 2), subject("c", 100)];
        for second in 0..50 {
            assert!(store.reserve_attempt(&both, at(second)).await.unwrap(), "{second}");
            store.give_back_attempt(&both).await.unwrap();
        }
        assert!(store.reserve_attempt(&both, at(50)).await.unwrap());
        // Giving one back does not give back another.
        assert!(store.reserve_attempt(&both, at(50)).await.unwrap());
        store.give_back_attempt(&both).await.unwrap();
        assert!(store.reserve_attempt(&both, at(50)).await.unwrap());
        assert!(!store.reserve_attempt(&both, at(50)).await.unwrap());
        // Nor does one that was swept meanwhile matter.
        store.give_back_attempt(&[subject("gone", 1)]).await.unwrap();
    }

    async fn the_longest_wait_is_told(database) {
        let store = database.store().await;
        let (fast, slow) = (subject("fast", 60), subject("slow", 1));
        let all = [subject("unused", 1), fast.clone(), slow.clone()];
        for _ in 0..60 {
            assert!(store.reserve_attempt(std::slice::from_ref(&fast), T0).await.unwrap());
        }
        assert_eq!(store.attempts_wait(&all, T0).await.unwrap(), Some((1, 1000)));
        assert!(store.reserve_attempt(&[slow], T0).await.unwrap());
        assert_eq!(store.attempts_wait(&all, T0).await.unwrap(), Some((2, MINUTE)));
        assert!(!store.reserve_attempt(&all, T0).await.unwrap());
        assert!(store.reserve_attempt(&all[..1], T0).await.unwrap(), "a try that was refused used nothing");
    }

    async fn a_clock_that_is_set_back_locks_nobody_for_long(database) {
        let store = database.store().await;
        let five = [subject("d", 5)];
        for _ in 0..5 {
            assert!(store.reserve_attempt(&five, at(100 * MINUTE)).await.unwrap());
        }
        assert_eq!(store.attempts_wait(&five, T0).await.unwrap(), None);
        assert!(store.reserve_attempt(&five, T0).await.unwrap());
        // From here on its budget is used up, as it was.
        assert_eq!(store.attempts_wait(&five, T0).await.unwrap(), Some((0, 12_000)));
        assert!(!store.reserve_attempt(&five, T0).await.unwrap());
        assert!(store.reserve_attempt(&five, at(12_000)).await.unwrap());
    }
}
