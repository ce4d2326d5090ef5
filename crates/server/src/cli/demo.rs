//! `symbolon demo`: the server started inside the demo's world.

use std::io;

use crate::config::Config;
use crate::demo::{Options, Site};

pub(super) async fn run(options: &Options) -> anyhow::Result<()> {
    crate::demo::run(options, &mut io::stdout(), start, stop).await
}

/// A server that runs beside the demo's samples.
struct Running;

async fn start(site: Site) -> anyhow::Result<Running> {
    let config = configuration(&site)?;
    anyhow::bail!("this build has no server yet; the configuration for {} is right", config.issuer.as_str())
}

async fn stop(_running: Running) -> anyhow::Result<()> {
    Ok(())
}

/// What an operator would have written for this world.
fn configuration(site: &Site) -> anyhow::Result<Config> {
    let settings = [
        ("SYMBOLON_ISSUER", site.issuer.clone()),
        ("SYMBOLON_LISTEN", site.listener.local_addr()?.to_string()),
        ("SYMBOLON_STORAGE__URL", format!("sqlite:{}", site.folder.join("symbolon.db").display())),
        ("SYMBOLON_LOG__LEVEL", "warn".to_owned()),
    ];
    let settings: Vec<_> = settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Ok(Config::from_parts(None, &settings)?)
}
