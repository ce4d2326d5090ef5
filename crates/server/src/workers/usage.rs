//! Write-behind of usage: when each grant was last used is kept in memory and stored now and then.

use crate::state::State;

/// Writes down which grants were used.
pub async fn write_usage(state: &State) {
    let used = state.usage.take();
    if let Err(error) = state.store.touch_grants(&used).await {
        tracing::warn!(%error, "the last use of some grants was not written down");
    }
}
