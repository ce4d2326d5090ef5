//! `symbolon resource`: your APIs and the host keys with which they ask about tokens.

use std::sync::Arc;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::json;
use symbolon_oauth::credential::{Environment, Kind, Secret};
use symbolon_oauth::id::HostKeyId;
use symbolon_oauth::quoted::Excerpt;
use symbolon_oauth::time::{Lifetime, Timestamp};
use symbolon_platform::catalogue::Resource;
use symbolon_store::change::HostKeyChange;
use symbolon_store::resources::HostKey;

use super::Common;
use super::app::{GRACE_ENDS, grace, lines};
use super::output::{Output, confirm, iso, table};
use super::world::World;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// All resources
    #[command(after_help = "Example: symbolon resource list --json")]
    List,
    /// One resource and its live host keys (never their values)
    #[command(after_help = "Example: symbolon resource show https://api.example.com")]
    Show(Named),
    /// Make a new host key; the old one keeps working for a while
    RotateKey(Rotate),
    /// End a host key now
    RevokeKey(Revoke),
}

#[derive(Debug, Args)]
pub(super) struct Named {
    /// The resource
    identifier: String,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon resource rotate-key https://api.example.com --grace 24h")]
pub(super) struct Rotate {
    /// The resource
    identifier: String,
    /// How long the old key keeps working
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = grace)]
    grace: Lifetime,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon resource revoke-key https://api.example.com 019abc…")]
pub(super) struct Revoke {
    /// The resource
    identifier: String,
    /// The key: its identifier or last four characters, as `resource show` prints them
    key: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

pub(super) async fn run(command: Command, common: &Common, out: Output) -> anyhow::Result<()> {
    let world = World::open(common).await?;
    match command {
        Command::List => all(&world, out).await,
        Command::Show(named) => show(&world, &named.identifier, out).await,
        Command::RotateKey(rotate) => rotate_key(&world, &rotate, out).await,
        Command::RevokeKey(revoke) => revoke_key(&world, &revoke, out).await,
    }
}

async fn find(world: &World, identifier: &str) -> anyhow::Result<Resource> {
    let found = world.store.load_catalogue().await?.resource(identifier).cloned();
    found.with_context(|| {
        format!(
            "there is no resource {}: `symbolon resource list` shows them, and [[resource]] declares one",
            Excerpt(identifier)
        )
    })
}

/// The keys that open something, oldest first.
async fn live_keys(world: &World, resource: &Resource, now: Timestamp) -> anyhow::Result<Vec<HostKey>> {
    let mut keys = world.store.list_host_keys(resource.id).await?;
    keys.retain(|key| key.is_live(now));
    Ok(keys)
}

fn as_json(resource: &Resource) -> serde_json::Value {
    json!({
        "identifier": resource.identifier,
        "title": resource.title,
        "scopes": resource.scopes.iter().collect::<Vec<_>>(),
    })
}

async fn all(world: &World, out: Output) -> anyhow::Result<()> {
    let resources = world.store.load_catalogue().await?.resources;
    out.answer(&resources.iter().map(|resource| as_json(resource)).collect::<Vec<_>>(), || {
        let row = |resource: &Arc<Resource>| vec![resource.identifier.clone(), resource.title.clone()];
        let head = ["IDENTIFIER", "TITLE"].map(str::to_owned).to_vec();
        table(&std::iter::once(head).chain(resources.iter().map(row)).collect::<Vec<_>>())
    })
}

async fn show(world: &World, identifier: &str, out: Output) -> anyhow::Result<()> {
    let resource = find(world, identifier).await?;
    let keys = live_keys(world, &resource, world.clock.now()).await?;
    let mut value = as_json(&resource);
    let key = |key: &HostKey| {
        json!({
            "id": key.id.to_string(),
            "hint": key.hint,
            "created_at": iso(key.created_at),
            "expires_at": key.expires_at.map(iso),
        })
    };
    value["keys"] = keys.iter().map(key).collect();
    out.answer(&value, || lines(&value))
}

async fn rotate_key(world: &World, rotate: &Rotate, out: Output) -> anyhow::Result<()> {
    let resource = find(world, &rotate.identifier).await?;
    let now = world.clock.now();
    let old_until = now.after(rotate.grace).context(GRACE_ENDS)?;
    let id: HostKeyId = world.entropy.new_id(now)?;
    let bytes = world.entropy.new_credential_bytes(id)?;
    let made = Secret::mint(&world.config.brand.token_prefix, Kind::HostKey, Environment::Live, bytes);
    let key = HostKey::of(&made, resource.id, id, now);
    let detail = format!("new host key …{} of resource {}", key.hint, resource.identifier);
    world.change(HostKeyChange::Rotate { key, old_until }.into(), detail).await?;
    let answer = json!({
        "identifier": resource.identifier,
        "key": made.expose(),
        "old_key_until": iso(old_until),
    });
    out.answer(&answer, || {
        format!("key (shown this once): {}\nthe old one works until {}", made.expose(), iso(old_until))
    })
}

async fn revoke_key(world: &World, revoke: &Revoke, out: Output) -> anyhow::Result<()> {
    let resource = find(world, &revoke.identifier).await?;
    let now = world.clock.now();
    let live = live_keys(world, &resource, now).await?;
    let is_named = |key: &&HostKey| key.hint == revoke.key || key.id.to_string() == revoke.key;
    let named: Vec<_> = live.iter().filter(is_named).collect();
    let [key] = named[..] else {
        bail!(
            "{} names {} live keys of {}: `symbolon resource show` lists them",
            Excerpt(&revoke.key),
            named.len(),
            Excerpt(&resource.identifier)
        );
    };
    let warning =
        if live.len() == 1 { " It is the only one: the API can check nothing without another." } else { "" };
    confirm(&format!("End the host key …{} of {}?{warning}", key.hint, resource.identifier), revoke.yes)?;
    let detail = format!("host key …{} of resource {}", key.hint, resource.identifier);
    world.change(HostKeyChange::Revoke { key: key.id, at: now }.into(), detail).await?;
    out.answer(&json!({ "identifier": resource.identifier, "revoked": key.id.to_string() }), || {
        format!("the host key …{} of {} is ended", key.hint, resource.identifier)
    })
}
