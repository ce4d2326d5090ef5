//! Counting tries: parallel tries cannot beat the limit, and the window ends by itself.

use std::sync::Arc;

use symbolon_store::attempts::Limit;
use symbolon_store::{StoreError, on_both_engines};

use crate::world::{T0, at, fifty};

const LIMIT: Limit = Limit { tries: 10, window: 60_000 };

on_both_engines! {
    async fn of_fifty_tries_at_once_exactly_the_limit_passes(database) {
        // Two processes share one count.
        let stores = Arc::new([database.store().await, database.store().await]);
        let (passed, stopped, _) = fifty(|n| {
            let stores = Arc::clone(&stores);
            async move {
                match stores[n % 2].count_attempt("account:jane", LIMIT, T0).await? {
                    Ok(()) => Ok(()),
                    Err(until) => {
                        assert_eq!(until, at(60_000));
                        Err(StoreError::Conflict)
                    }
                }
            }
        }).await;
        assert_eq!((passed, stopped), (10, 40));
    }

    async fn a_window_ends_and_a_success_forgets(database) {
        let store = database.store().await;
        let mut outcomes = Vec::new();
        for second in [0, 1, 2] {
            let limit = Limit { tries: 2, window: 60_000 };
            outcomes.push(store.count_attempt("a", limit, at(second * 1000)).await.unwrap());
        }
        assert_eq!(outcomes, [Ok(()), Ok(()), Err(at(60_000))]);
        let one = Limit { tries: 1, window: 60_000 };
        assert_eq!(store.count_attempt("b", one, T0).await.unwrap(), Ok(()), "subjects count apart");
        assert_eq!(store.count_attempt("a", one, at(59_999)).await.unwrap(), Err(at(60_000)));
        assert_eq!(store.count_attempt("a", one, at(60_000)).await.unwrap(), Ok(()), "a new window");
        assert_eq!(store.count_attempt("a", one, at(60_001)).await.unwrap(), Err(at(120_000)));
        store.forget_attempts("a").await.unwrap();
        store.forget_attempts("a").await.unwrap();
        assert_eq!(store.count_attempt("a", one, at(60_002)).await.unwrap(), Ok(()));
    }
}
