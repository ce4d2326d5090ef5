//! Write-behind of usage: when each grant, client secret and redirect URI was last used, and which refresh tokens arrived, is kept in memory and stored now
//! and then.

use crate::state::State;

/// Writes down which grants and client secrets were used, and which token families are known to have their successor.
pub async fn write_usage(state: &State) {
    let arrived = state.usage.take_successors();
    if let Err(error) = state.store.successors_arrived(&arrived, state.now()).await {
        tracing::warn!(%error, "the first use of some tokens was not written down");
    }
    let used = state.usage.take_grants();
    if let Err(error) = state.store.touch_grants(&used).await {
        tracing::warn!(%error, "the last use of some grants was not written down");
    }
    let answered = state.usage.take_redirects(state.now());
    if let Err(error) = state.store.touch_redirects(&answered).await {
        tracing::warn!(%error, "the last use of some redirect URIs was not written down");
    }
    let proved = state.usage.take_secrets();
    if let Err(error) = state.store.touch_client_secrets(&proved).await {
        tracing::warn!(%error, "the last use of some client secrets was not written down");
    }
}
