//! `symbolon app edit`: what people are shown of an app, and what it may ask for. What is not named stays as it is.

use std::path::Path;

use anyhow::Context;
use clap::{ArgGroup, Args};
use symbolon_oauth::client::GrantType;
use symbolon_oauth::policy::UnknownScopes;

use super::{Shown, as_json, grant_type, understood};
use crate::cli::output::Output;
use crate::cli::world::World;
use crate::declared::{self, Edit};
use crate::icon;

/// What can be named. At least one of these must be, or there is nothing to do.
const CHANGES: [&str; 12] = [
    "name",
    "icon",
    "publisher",
    "publisher_verified",
    "homepage",
    "privacy_url",
    "terms_url",
    "grant_types",
    "pkce",
    "native",
    "secret_hash",
    "unknown_scopes",
];

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("change").required(true).multiple(true).args(CHANGES))]
#[command(after_help = "An empty value takes away what was there: --publisher \"\"\n\n\
        Example: symbolon app edit demo-app --icon demo.png --publisher \"Demo Ltd\" --publisher-verified")]
pub(in crate::cli) struct Arguments {
    /// The app
    client_id: String,
    /// Its name, as people will see it
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    shown: Shown,
    /// What it may ask the token endpoint for, instead of what it may now; repeat for several. With client_credentials it
    /// acts for itself, as nobody
    #[arg(long = "grant-type", value_name = "TYPE", value_parser = grant_type)]
    grant_types: Vec<GrantType>,
    /// optional: it need not use PKCE where its dialect requires it; for platforms that cannot
    #[arg(long, value_name = "WORD", value_parser = ["required", "optional"])]
    pkce: Option<String>,
    /// It is a program on the person's own device: schemes of one word and any port of http://localhost are allowed, with PKCE
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    native: Option<bool>,
    /// The hash by which another server knew its secret; the secrets before it end
    #[arg(long, value_name = "HASH")]
    secret_hash: Option<String>,
    /// What becomes of scopes that it asks for and may not have: narrow (they fall away) or refuse; "": what the
    /// configuration says
    #[arg(long, value_name = "WORD", value_parser = unknown_scopes)]
    unknown_scopes: Option<Said>,
}

/// What is said of an app, or that nothing is.
#[derive(Clone, Copy, Debug)]
struct Said(Option<UnknownScopes>);

fn unknown_scopes(text: &str) -> Result<Said, String> {
    if text.is_empty() { Ok(Said(None)) } else { super::unknown_scopes(text).map(|word| Said(Some(word))) }
}

pub(super) async fn run(world: &World, arguments: &Arguments, out: Output) -> anyhow::Result<()> {
    let app = world.app(&arguments.client_id).await?;
    let shown = &arguments.shown;
    let icon = match shown.icon.as_deref() {
        None => None,
        Some("") => Some(None),
        Some(file) => {
            let bytes = icon::read(Path::new(file)).with_context(|| format!("cannot read {file}"))?;
            Some(Some(icon::draw(&bytes).map_err(|why| anyhow::anyhow!("--icon {file} {why}"))?))
        }
    };
    let edit = Edit {
        name: arguments.name.clone(),
        icon,
        publisher: shown.publisher.clone(),
        publisher_verified: shown.publisher_verified,
        homepage: shown.homepage.clone(),
        privacy_url: shown.privacy_url.clone(),
        terms_url: shown.terms_url.clone(),
        grant_types: (!arguments.grant_types.is_empty()).then(|| arguments.grant_types.clone()),
        pkce_excused: arguments.pkce.as_ref().map(|word| word == "optional"),
        native: arguments.native,
        secret_hash: arguments.secret_hash.as_deref().map(understood).transpose()?,
        unknown_scopes: arguments.unknown_scopes.map(|said| said.0),
    };
    let report = declared::edit(world.around(), &app, &edit).await?;
    let changed = world.app(&arguments.client_id).await?;
    out.answer(&as_json(&changed), || match report.lines.first() {
        Some(line) => line.to_string(),
        None => "nothing to change".to_owned(),
    })
}
