//! `symbolon mail`: whether mail leaves.

use anyhow::{Context, anyhow};
use clap::{Args, Subcommand};
use serde_json::json;
use symbolon_platform::account;

use super::Common;
use super::output::Output;
use super::world::World;
use crate::language::Language;
use crate::letters::{About, Letter};
use crate::serve;
use crate::views::brand::Brand;
use crate::views::letter;
use crate::views::site::Site;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Send a mail to an address now, and say what the mail server answers
    Test(Test),
}

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon mail test you@example.com")]
pub(super) struct Test {
    /// Where to
    #[arg(value_parser = address)]
    address: String,
}

fn address(text: &str) -> Result<String, String> {
    account::email(text).ok_or_else(|| "it is not an e-mail address".to_owned())
}

pub(super) async fn run(command: Command, common: &Common, out: Output) -> anyhow::Result<()> {
    let Command::Test(test) = command;
    let world = World::open(common).await?;
    let config = &world.config;
    let mail = config
        .mail
        .as_ref()
        .context("there is no [mail] in the configuration: docs/mail.md says what it holds")?;
    let carrier = serve::carrier(config, mail)?;
    let site = Site::new(&Brand::from(&config.brand), Language::fallback());
    let letter = Letter::new(&test.address, Language::fallback(), About::Test);
    let at = u64::try_from(world.clock.now().0).unwrap_or_default();
    let written = letter::mail(&letter, &site, (&world.new_name("test-")?, at))?;
    carrier.send(written).await.map_err(|wrong| anyhow!("{}", wrong.words()))?;
    let host = &mail.host;
    out.answer(&json!({ "sent": test.address, "by": host }), || {
        format!("{host} took a mail for {}: look whether it arrived, and not among the spam", test.address)
    })
}
