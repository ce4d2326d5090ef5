//! `symbolon serve`: the server, for production.

use clap::Args;

use super::Common;
use crate::config::Config;

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon serve --config /etc/symbolon/symbolon.toml")]
pub(super) struct Arguments {}

pub(super) async fn run(common: &Common) -> anyhow::Result<()> {
    let config = Config::load(common.config.as_deref())?;
    start(config).await
}

/// Serves until it is told to stop.
async fn start(config: Config) -> anyhow::Result<()> {
    anyhow::bail!("this build has no server yet; the configuration for {} is right", config.issuer.as_str())
}
