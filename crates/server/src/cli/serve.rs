//! `symbolon serve`: the server, for production.

use clap::Args;

use super::Common;
use crate::config::Config;

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon serve --config /etc/symbolon/symbolon.toml")]
pub(super) struct Arguments {}

pub(super) async fn run(common: &Common) -> anyhow::Result<()> {
    crate::serve::run(Config::load(common.config.as_deref())?).await
}
