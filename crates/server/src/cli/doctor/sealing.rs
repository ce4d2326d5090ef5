//! Master keys and jobs, as they stand in the storage.

use symbolon_store::Store;

use super::findings::Findings;
use crate::clock::Entropy;
use crate::config::{Config, SecretsSource};
use crate::keys::Keys;
use crate::sealing::{self, MEND};

/// Which key seals what, and which could go.
pub(super) async fn keys(config: &Config, store: &Store, found: &mut Findings) {
    if matches!(&config.secrets, SecretsSource::BesideDatabase(path) if !path.exists()) {
        return;
    }
    // Another finding says why they are not there.
    let Ok(keys) = Keys::load(&config.secrets, Entropy::System) else { return };
    let sealed = match sealing::overview(store).await {
        Ok(sealed) => sealed,
        Err(wrong) => {
            return found.broken(format!("sealed values cannot be counted: {wrong}"), "`symbolon migrate`");
        }
    };
    for own in &sealed {
        match own.trouble(store, &keys).await {
            Ok(None) => {}
            Ok(Some(trouble)) => found.broken(trouble, MEND),
            Err(wrong) => {
                found.broken(format!("a sealed value cannot be read: {wrong}"), "`symbolon migrate`")
            }
        }
    }
    let rows = |id: &str| -> i64 {
        sealed.iter().filter(|own| own.key.as_deref() == Some(id)).map(|own| own.rows).sum()
    };
    let newest = keys.newest_id();
    found.fine(format!("the master key {newest} is the newest and seals {} values", rows(newest)));
    for id in keys.ids().filter(|id| *id != newest) {
        match rows(id) {
            0 => found.mind(
                format!("the master key {id} seals nothing any more"),
                "take it out once every process was restarted with the newest",
            ),
            values => found.mind(
                format!("the older master key {id} still seals {values} values"),
                "`symbolon keys reseal` seals them with the newest",
            ),
        }
    }
}

/// Jobs that wait, and those that were given up.
pub(super) async fn jobs(store: &Store, found: &mut Findings) {
    let counts = match store.count_jobs().await {
        Ok(counts) => counts,
        Err(wrong) => return found.broken(format!("jobs cannot be counted: {wrong}"), "`symbolon migrate`"),
    };
    for count in counts {
        if count.dead > 0 {
            found.mind(
                format!(
                    "{} jobs of the kind {} are dead: they failed for a day, or could not be done",
                    count.dead, count.kind
                ),
                "`symbolon jobs list --dead` says why; then `symbolon jobs retry --all-dead`, or drop them",
            );
        }
        if count.waiting > 0 {
            found.fine(format!("{} jobs of the kind {} wait for their time", count.waiting, count.kind));
        }
    }
}
