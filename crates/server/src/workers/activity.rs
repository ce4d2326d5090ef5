//! Write-behind of activity: what apps did and were refused is kept in memory and stored now and then.

use symbolon_store::activity::NewRefusal;

use crate::state::State;

/// Writes down the refusals that were noted.
pub async fn write_refusals(state: &State) {
    let mut new = Vec::new();
    for (client_id, refused) in state.activity.take_refusals() {
        // Without randomness they are lost, like those beyond the bounds.
        let Ok(id) = state.entropy.new_id(refused.at) else { continue };
        new.push(NewRefusal {
            id,
            client_id,
            at: refused.at,
            endpoint: refused.endpoint,
            code: refused.code,
            reason: refused.reason,
            request_id: refused.request_id,
        });
    }
    if let Err(error) = state.store.note_refusals(&new).await {
        tracing::warn!(%error, "some refusals of apps were not written down");
    }
}

/// Writes down what was counted of apps.
pub async fn write_counts(state: &State) {
    let counts = state.activity.unwritten();
    match state.store.count_activity(state.request_ids.process(), &counts).await {
        Ok(()) => state.activity.written(&counts, state.now()),
        Err(error) => tracing::warn!(%error, "what apps did is counted later"),
    }
}
