//! `symbolon demo`: the server started inside the demo's world.

use std::io;

use symbolon_store::Actor;

use crate::clock::{Clock, Entropy};
use crate::config::Config;
use crate::declared::{self, Declared, Surroundings};
use crate::demo::{Options, Site};
use crate::serve::{self, Running};

pub(super) async fn run(options: &Options) -> anyhow::Result<()> {
    crate::demo::run(options, &mut io::stdout(), start, stop).await
}

async fn start(site: Site) -> anyhow::Result<Running> {
    let config = configuration(&site)?;
    crate::log::begin(&config.log);
    let state = serve::state(&config, Clock::System, Entropy::System).await?;
    let declared = Declared::parse([("the demo's world", site.declared.as_str())])?;
    let dialects: Vec<_> = state.dialects.iter().map(|own| own.dialect.clone()).collect();
    let around = Surroundings {
        store: &state.store,
        clock: &state.clock,
        entropy: &state.entropy,
        passwords: &state.passwords,
        token_prefix: &state.prefix,
        dialects: &dialects,
        actor: Actor::Operator,
    };
    declared::apply(around, &declared, declared::Options::default()).await?;
    serve::start(&config, state, site.listener).await
}

async fn stop(running: Running) -> anyhow::Result<()> {
    running.stop().await;
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
