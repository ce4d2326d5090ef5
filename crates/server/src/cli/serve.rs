//! `symbolon serve`: the server, for production.

use clap::Args;

use super::Common;

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon serve --config /etc/symbolon/symbolon.toml")]
pub(super) struct Arguments {}

pub(super) async fn run(common: &Common) -> anyhow::Result<()> {
    crate::serve::run(common.config.clone()).await
}
