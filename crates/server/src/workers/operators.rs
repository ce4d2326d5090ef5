//! What operators do on the command line, told in the log of the server: a command is a process of its own, whose standard
//! error nobody keeps.

use std::collections::BTreeSet;

use symbolon_oauth::id::Id;
use symbolon_oauth::time::{CLOCK_TOLERANCE, Timestamp};
use symbolon_store::Audit;
use symbolon_store::audit::Named;

use crate::state::State;

/// Deeds that one round tells of. What an `apply` does beyond that is in the audit.
const AT_MOST: i64 = 1000;

/// What was told already.
pub struct Deeds {
    began: Timestamp,
    told: BTreeSet<Id<Audit>>,
}

impl Deeds {
    /// Nothing yet, and nothing that was done before now.
    #[must_use]
    pub fn from_now_on(state: &State) -> Deeds {
        Deeds { began: state.now(), told: BTreeSet::new() }
    }

    /// Tells of what was done since the last round. A deed is stored a little after its moment, and maybe by a machine whose
    /// clock is behind, so the last minute is looked at each time.
    pub async fn tell(&mut self, state: &State) {
        let since = Timestamp(state.now().0 - CLOCK_TOLERANCE).max(self.began);
        match state.store.deeds_of_operators(since, AT_MOST).await {
            Ok(deeds) => {
                for named in &deeds {
                    if self.told.insert(named.audit.id) {
                        tell(named);
                    }
                }
                self.told.retain(|id| deeds.iter().any(|named| named.audit.id == *id));
            }
            Err(error) => {
                tracing::warn!(%error, "what operators did is not told now: `symbolon audit` shows it")
            }
        }
    }
}

/// The detail is for whoever reads the audit: it may hold the address of a person.
fn tell(Named { audit, client_id, user, tenant }: &Named) {
    let (deed, audit) = (audit.action.as_str(), audit.id);
    tracing::info!(deed, client_id, user, tenant, %audit, "done by an operator");
}
