//! `symbolon migrate`: the schema of the storage.

use anyhow::Context;
use clap::Args;
use symbolon_store::Store;

use super::Common;
use super::output::Output;
use crate::config::Config;

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon migrate --config /etc/symbolon/symbolon.toml")]
pub(super) struct Arguments {}

pub(super) async fn run(common: &Common, out: Output) -> anyhow::Result<()> {
    let config = Config::load(common.config.as_deref())?;
    let place = config.storage.to_string();
    let store = Store::open(config.storage.url(), config.storage.beside())
        .await
        .with_context(|| format!("cannot open {place}"))?;
    let applied = store.migrate().await.with_context(|| format!("cannot migrate {place}"))?;
    out.answer(&serde_json::json!({ "storage": place, "applied": applied }), || {
        if applied.is_empty() {
            format!("{place} is up to date")
        } else {
            format!("{place}: applied {}", applied.join(", "))
        }
    })
}
