//! `symbolon keys`: master keys, and what they seal.

use std::collections::BTreeMap;

use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::json;
use symbolon_platform::deed::Deed;

use super::Common;
use super::output::{Output, table};
use super::world::World;
use crate::config::SecretsSource;
use crate::keys::{self, Keys};
use crate::sealing;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Every master key, what it seals, and whether it could go
    #[command(after_help = "Example: symbolon keys list")]
    List,
    /// Put a new master key into the secrets file, the newest from the next start on
    Add(Add),
    /// Seal everything with the newest master key, so that older ones can go
    #[command(after_help = "Example: symbolon keys reseal")]
    Reseal,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon keys add 2026-12")]
pub(super) struct Add {
    /// What it is called: 1 to 16 of a-z, 0-9, '-', '_' and '.'
    id: String,
}

pub(super) async fn run(command: Command, common: &Common, out: Output) -> anyhow::Result<()> {
    let world = World::open(common).await?;
    match command {
        Command::List => list(&world, out).await,
        Command::Add(add) => self::add(&world, &add.id, out),
        Command::Reseal => reseal(&world, out).await,
    }
}

fn loaded(world: &World) -> anyhow::Result<Keys> {
    Ok(Keys::load(&world.config.secrets, world.entropy.clone())?)
}

async fn list(world: &World, out: Output) -> anyhow::Result<()> {
    let keys = loaded(world)?;
    let mut rows: BTreeMap<String, i64> = keys.ids().map(|id| (id.to_owned(), 0)).collect();
    for sealed in sealing::overview(&world.store).await? {
        *rows.entry(sealed.key.unwrap_or_else(|| "(unknown)".to_owned())).or_default() += sealed.rows;
    }
    let state = |id: &str, count: i64| match () {
        () if id == keys.newest_id() => "newest: it seals",
        () if keys.ids().all(|own| own != id) => "missing",
        () if count == 0 => "could go: it seals nothing",
        () => "opens what it sealed",
    };
    let value: Vec<_> = rows
        .iter()
        .map(|(id, count)| json!({ "id": id, "values": count, "state": state(id, *count) }))
        .collect();
    out.answer(&value, || {
        let head = ["KEY", "VALUES", ""].map(str::to_owned).to_vec();
        let lines =
            rows.iter().map(|(id, count)| vec![id.clone(), count.to_string(), state(id, *count).to_owned()]);
        table(&std::iter::once(head).chain(lines).collect::<Vec<_>>())
    })
}

fn add(world: &World, id: &str, out: Output) -> anyhow::Result<()> {
    let path = match &world.config.secrets {
        SecretsSource::BesideDatabase(path) | SecretsSource::File(path) => path,
        SecretsSource::Given(_) | SecretsSource::Missing => bail!(
            "the master keys stand in the configuration: add a [[master_key]] with `id` and `file` there, after the others"
        ),
    };
    keys::add(path, id, &world.entropy)?;
    let next = "give the file to every process and restart them, then `symbolon keys reseal`";
    out.answer(&json!({ "id": id, "file": path, "next": next }), || {
        format!("added the master key {id} to {}\nnext: {next}", path.display())
    })
}

async fn reseal(world: &World, out: Output) -> anyhow::Result<()> {
    let keys = loaded(world)?;
    let moved = sealing::reseal(&world.store, &keys).await?;
    let counted: Vec<_> = moved
        .iter()
        .map(|(column, count)| (format!("{}.{}", column.table(), column.column()), *count))
        .collect();
    if counted.iter().any(|(_, count)| *count > 0) {
        let detail: Vec<_> = counted.iter().map(|(column, count)| format!("{column}: {count}")).collect();
        let audit = world.around().deed(Deed::SecretsResealed, world.clock.now())?;
        world.store.change(&[], &[audit.detail(detail.join(", "))]).await?;
    }
    let newest = keys.newest_id();
    let value = json!({
        "key": newest,
        "resealed": counted.iter().cloned().collect::<BTreeMap<_, _>>(),
    });
    out.answer(&value, || {
        let line = |(column, count): &(String, usize)| format!("{column}: {count} sealed anew with {newest}");
        counted.iter().map(line).collect::<Vec<_>>().join("\n")
    })
}
