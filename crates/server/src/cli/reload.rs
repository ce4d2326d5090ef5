//! `symbolon reload`: the running server reads its configuration again.

use anyhow::Context;
use clap::Args;

use super::Common;
use super::output::Output;
use crate::config::Config;
use crate::{mount, pid_file};

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon reload --config /etc/symbolon/symbolon.toml")]
pub(super) struct Arguments {}

/// Looks for mistakes here first, where whoever made them reads of them.
pub(super) fn run(common: &Common, out: Output) -> anyhow::Result<()> {
    let config = Config::load(common.config.as_deref())?;
    mount::mounted(&config)?;
    if let Some(tls) = &config.tls {
        symbolon_wire::tls::load(&tls.cert, &tls.key)?;
    }
    let file = config.pid_file().context(
        "nothing says where the running server is: write `pid_file` into its configuration and start it again, or send it SIGHUP",
    )?;
    let process = pid_file::ask_to_reload(&file)?;
    out.answer(&serde_json::json!({ "process": process }), || {
        format!("asked process {process} to read its configuration again: its log says what it took up")
    })
}
