//! `symbolon apply`: declared state.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use super::Common;
use super::output::{Output, Progress, confirm_each};
use super::world::World;
use crate::declared::{self, Declared, Line, Sign, Surroundings};
use crate::icon;

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon apply scopes.toml apps.toml --dry-run")]
pub(super) struct Arguments {
    /// The files that say what there should be
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Delete what files once declared and these do not, of the kinds that they declare
    #[arg(long)]
    prune: bool,
    /// Take secrets, keys and passwords that are too easy to guess; empty ones never
    #[arg(long)]
    allow_weak_secrets: bool,
    /// Do not ask before deleting
    #[arg(long)]
    yes: bool,
}

pub(super) async fn run(arguments: &Arguments, common: &Common, out: Output) -> anyhow::Result<()> {
    let mut texts = Vec::with_capacity(arguments.files.len());
    for file in &arguments.files {
        let name = file.display().to_string();
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {name}"))?;
        texts.push((name, text));
    }
    let declared =
        Declared::parse(texts.iter().map(|(name, text)| (name.as_str(), text.as_str())), &icon::read)?;
    // What is declared holds what it needs of them.
    drop(texts);
    let world = World::open(common).await?;
    let options = declared::Options {
        dry_run: arguments.dry_run,
        prune: arguments.prune,
        allow_weak_secrets: arguments.allow_weak_secrets || world.config.apply.allow_weak_secrets,
    };
    let progress = Progress::new(&world.clock);
    let tell = |stage, done, of| progress.tell(stage, done, of);
    let around = Surroundings { progress: Some(&tell), ..world.around() };
    if declared.is_streamed(options) {
        let lines = |lines: &[Line]| out.lines(lines);
        let around = Surroundings { lines: out.is_text().then_some(&lines), ..around };
        return out.report(&declared::apply(around, &declared, options).await?, arguments.dry_run);
    }
    let plan = declared::compare(around, &declared, options).await?;
    if let Some(removals) = plan.report().removals().filter(|_| !arguments.dry_run) {
        let lines = plan.report().lines.iter().filter(|line| line.sign == Sign::Removed);
        let lines: Vec<_> = lines.map(ToString::to_string).collect();
        let question = format!("Delete {removals}, with everything that hangs from them?");
        confirm_each(&lines, &question, arguments.yes)?;
    }
    out.report(&plan.finish().await?, arguments.dry_run)
}
