//! `symbolon dialect`: what the endpoints can speak.

use std::path::PathBuf;

use anyhow::{Context, anyhow};
use clap::Subcommand;
use serde_json::json;
use symbolon_oauth::dialect::{Dialect, PRESETS};

use super::output::{Output, table};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// The built-in dialects
    #[command(after_help = "Example: symbolon dialect list")]
    List,
    /// The file of a built-in dialect, to read or to begin one's own with
    #[command(after_help = "Example: symbolon dialect show rfc > dialects/mine.toml")]
    Show {
        /// Its name
        name: String,
    },
    /// Whether a dialect of one's own is understood and safe
    #[command(after_help = "Example: symbolon dialect check dialects/mine.toml")]
    Check {
        /// The file
        file: PathBuf,
    },
}

pub(super) fn run(command: &Command, out: Output) -> anyhow::Result<()> {
    match command {
        Command::List => list(out),
        Command::Show { name } => {
            Dialect::preset(name).map_err(|wrong| anyhow!(wrong))?;
            let text = PRESETS.iter().find(|(own, _)| own == name).map(|(_, text)| *text).unwrap_or_default();
            out.answer(&json!({ "name": name, "toml": text }), || text.to_owned())
        }
        Command::Check { file } => {
            let place = file.display();
            let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {place}"))?;
            let dialect = Dialect::parse(&text).map_err(|wrong| anyhow!("{place}: {wrong}"))?;
            let answer =
                json!({ "name": dialect.name, "title": dialect.title, "endpoints": dialect.endpoints.len() });
            out.answer(&answer, || format!("{place} is right: {} ({})", dialect.name, dialect.title))
        }
    }
}

fn list(out: Output) -> anyhow::Result<()> {
    let mut dialects = Vec::with_capacity(PRESETS.len());
    for (name, _) in PRESETS {
        dialects.push(Dialect::preset(name).map_err(|wrong| anyhow!(wrong))?);
    }
    let value: Vec<_> = dialects.iter().map(|d| json!({ "name": d.name, "title": d.title })).collect();
    out.answer(&value, || {
        table(&dialects.iter().map(|d| vec![d.name.clone(), d.title.clone()]).collect::<Vec<_>>())
    })
}
