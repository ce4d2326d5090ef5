//! `symbolon app manifest` and `symbolon app apply-manifest`: the whole definition of an app as a file, and back.

use std::path::PathBuf;

use anyhow::{Context, anyhow};
use clap::Args;
use serde_json::json;
use symbolon_platform::app::manifest::{self, Format};
use symbolon_platform::app::{AppStatus, Registration};

use crate::cli::output::Output;
use crate::cli::world::World;
use crate::config::explain_value;
use crate::declared::{self, DeclaredApp, Report};

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon app manifest demo-app > demo-app.toml")]
pub(in crate::cli) struct Show {
    /// The app
    client_id: String,
    /// toml or json
    #[arg(long, value_name = "WORD", default_value = "toml", value_parser = ["toml", "json"])]
    format: String,
}

#[derive(Debug, Args)]
#[command(
    after_help = "What the manifest does not say is as for a new app; secrets, icon, owner and status stay.\n\n\
        Example: symbolon app apply-manifest demo-app.toml --client-id demo-app"
)]
pub(in crate::cli) struct Apply {
    /// The manifest: TOML or JSON
    file: PathBuf,
    /// The app that it defines; one that is not there is made under this identifier (otherwise an identifier is made)
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
}

pub(super) async fn show(world: &World, show: &Show, out: Output) -> anyhow::Result<()> {
    let app = world.app(&show.client_id).await?;
    let format = Format::parse(&show.format).context("--format is toml or json")?;
    let text = manifest::write(&Registration::of(&app), format);
    out.answer(&json!({ "client_id": show.client_id, "manifest": text }), || text.trim_end().to_owned())
}

pub(super) async fn apply(world: &World, apply: &Apply, out: Output) -> anyhow::Result<()> {
    let file = apply.file.display().to_string();
    let text = std::fs::read_to_string(&apply.file).with_context(|| format!("cannot read {file}"))?;
    let client_id = match &apply.client_id {
        Some(client_id) => client_id.clone(),
        None => world.new_name("app_")?,
    };
    let registration = understood(&text, &client_id, &file)?;
    let known = world.store.load_app_by_client_id(&client_id).await?;
    let report = match &known {
        Some(app) => declared::redefine(world.around(), app, &registration).await?,
        None => {
            let status = Some(AppStatus::Development);
            let (secret_hash, icon, owner) = (None, None, None);
            world.register(DeclaredApp { registration, secret_hash, icon, owner, status }).await?
        }
    };
    let secret = report.made.first().map(|made| made.value.expose());
    let answer = json!({ "client_id": client_id, "created": known.is_none(), "client_secret": secret });
    out.answer(&answer, || told(&client_id, &report, secret))
}

/// What a file says, or what is wrong with it and where.
fn understood(text: &str, client_id: &str, file: &str) -> anyhow::Result<Registration> {
    let place = |line: Option<usize>| match line {
        Some(line) => format!("{file} line {line}"),
        None => file.to_owned(),
    };
    let registration = manifest::read(text, client_id)
        .map_err(|unfit| anyhow!(explain_value(&unfit.message, &place(unfit.line))))?;
    let fits = registration.check_shape().and_then(|()| registration.check_shown());
    fits.and_then(|()| registration.check_protocol()).map_err(|unfit| {
        let line = manifest::line_of(text, unfit.key());
        anyhow!("{}: {unfit}", place(line))
    })?;
    Ok(registration)
}

fn told(client_id: &str, report: &Report, secret: Option<&str>) -> String {
    let mut lines = vec![match report.lines.first() {
        Some(line) => line.to_string(),
        None => "nothing to change".to_owned(),
    }];
    lines.push(format!("client_id: {client_id}"));
    lines.extend(secret.map(|secret| format!("client_secret (shown this once): {secret}")));
    lines.join("\n")
}
