//! `symbolon demo`: the server started inside the demo's world.

mod developers;

use std::io;

use anyhow::Context;
use symbolon_demo::{Options, ServerSetup, WalkFormat};
use symbolon_wire::mail::Carrier;

use crate::clock::{Clock, Entropy};
use crate::config::Config;
use crate::declared::{self, Declared, Surroundings};
use crate::serve::{self, Running};

pub(super) async fn run(options: &Options, json: bool) -> anyhow::Result<()> {
    let format = if json { WalkFormat::AsJson } else { WalkFormat::InWords };
    symbolon_demo::run(options, (&mut io::stdout(), format), start, stop).await
}

async fn start(setup: ServerSetup) -> anyhow::Result<Running> {
    let config = configuration(&setup)?;
    crate::log::begin(&config.log);
    let mut state = serve::state(&config, Clock::System, Entropy::System).await?;
    state.mail = Some(Carrier::kept(setup.outbox.clone(), "Symbolon demo <no-reply@demo.example>")?);
    let text = setup.declared.clone();
    // Drawing icons blocks.
    let declared = tokio::task::spawn_blocking(move || {
        Declared::parse([("the demo's world", text.as_str())], &symbolon_demo::picture)
    });
    let declared = declared.await??;
    let dialects: Vec<_> = state.dialects.iter().map(|own| own.dialect.clone()).collect();
    // They are public anyway.
    let options = declared::Options { allow_weak_secrets: true, ..declared::Options::default() };
    let around = Surroundings::of(&state, &dialects);
    declared::apply(around, &declared, options).await?;
    developers::settle(around, &setup.developers).await?;
    serve::start(&config, state, setup.listener).await
}

async fn stop(running: Running) -> anyhow::Result<()> {
    running.stop().await;
    Ok(())
}

/// What an operator would have written for this world.
fn configuration(setup: &ServerSetup) -> anyhow::Result<Config> {
    let settings = [
        ("SYMBOLON_ISSUER", setup.issuer.clone()),
        ("SYMBOLON_LISTEN", setup.listener.local_addr()?.to_string()),
        ("SYMBOLON_STORAGE__URL", "sqlite:symbolon.db".to_owned()),
        ("SYMBOLON_LOG__LEVEL", "warn".to_owned()),
    ];
    let settings: Vec<_> = settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    // Lists of tables have no place in single settings. Paths begin where this file is.
    let file = setup.folder.join("demo.toml");
    std::fs::write(&file, &setup.dialects).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(Config::from_parts(Some(&file), &settings)?)
}

#[cfg(test)]
mod tests;
