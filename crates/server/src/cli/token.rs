//! `symbolon token`: what a token is, and ending it. The token comes from standard input or the terminal, never from
//! an argument.

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use symbolon_oauth::credential::{Kind, Presented};
use symbolon_oauth::id::{AccessTokenId, AppId, FamilyId, GrantId};
use symbolon_platform::deed::Deed;

use super::Common;
use super::app::lines;
use super::output::{Output, confirm, iso, read_secret};
use super::world::World;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// What a token is, and whether it is alive
    #[command(after_help = "Example: symbolon token inspect < token.txt")]
    Inspect,
    /// End a token; a refresh token ends with everything that came from it
    Revoke(Revoke),
}

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon token revoke --yes < token.txt")]
pub(super) struct Revoke {
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// A stored token that was presented in full.
enum Found {
    Access(AccessTokenId),
    Family(FamilyId),
}

pub(super) async fn run(command: Command, common: &Common, out: Output) -> anyhow::Result<()> {
    let world = World::open(common).await?;
    let token = read_secret("Token: ")?;
    let presented = Presented::parse(token.expose()).context(
        "this is not a credential of this server, or it was copied incompletely: its form and checksum must fit",
    )?;
    let (found, value) = match presented.kind {
        Kind::AccessToken => access_token(&world, &presented).await?,
        Kind::RefreshToken => refresh_token(&world, &presented).await?,
        other => bail!("a credential of kind '{}' is not an access or refresh token", other.as_str()),
    };
    match command {
        Command::Inspect => out.answer(&value, || lines(&value)),
        Command::Revoke(revoke) => {
            let kind = value["kind"].as_str().unwrap_or("token");
            let client_id = value["client_id"].as_str().unwrap_or("an unknown app");
            confirm(&format!("End this {kind} of {client_id}?"), revoke.yes)?;
            end(&world, &found).await?;
            out.answer(&json!({ "revoked": true }), || "the token is ended".to_owned())
        }
    }
}

const UNKNOWN: &str = "no such token is stored: it was never issued here, or it ended long ago";

async fn access_token(world: &World, presented: &Presented) -> anyhow::Result<(Found, Value)> {
    let (id, now) = (AccessTokenId::new(presented.id), world.clock.now());
    let token = world.store.access_token(id, now).await?;
    let token = token.filter(|token| token.hash == presented.hash).context(UNKNOWN)?;
    let state = match () {
        () if token.revoked => "revoked",
        () if token.family_ended => "ended with its token family",
        () if token.expires_at.is_some_and(|end| end <= now) => "expired",
        () => "alive",
    };
    let mut value = json!({
        "kind": "access token",
        "state": state,
        "client_id": client_id(world, token.app).await?,
        "scope": token.scopes.as_str(),
        "resource": token.resource,
        "created_at": iso(token.created_at),
        "expires_at": token.expires_at.map(iso),
    });
    if let Some((grant, _)) = token.hangs_from {
        connection(world, grant, &mut value).await?;
    }
    Ok((Found::Access(id), value))
}

async fn refresh_token(world: &World, presented: &Presented) -> anyhow::Result<(Found, Value)> {
    let (id, now) = (FamilyId::new(presented.id), world.clock.now());
    let family = world.store.family(id).await?.context(UNKNOWN)?;
    let current = family.refresh_hash == Some(presented.hash);
    let previous = family.predecessor.as_ref().is_some_and(|previous| previous.hash == presented.hash);
    if !current && !previous {
        bail!("{UNKNOWN}, or it was used and replaced since");
    }
    let state = match () {
        () if family.ended => "ended",
        () if family.refresh_expires_at.is_some_and(|end| end <= now) => "expired",
        () if previous => "used; its successor is alive",
        () => "alive",
    };
    let mut value = json!({
        "kind": "refresh token",
        "state": state,
        "client_id": client_id(world, family.app).await?,
        "scope": family.scopes.as_str(),
        "resource": family.resource,
        "created_at": iso(family.created_at),
        "expires_at": family.refresh_expires_at.map(iso),
    });
    connection(world, family.grant, &mut value).await?;
    Ok((Found::Family(id), value))
}

async fn client_id(world: &World, app: AppId) -> anyhow::Result<Option<String>> {
    Ok(world.store.load_app(app).await?.map(|app| app.client.client_id))
}

/// For whom it acts, while the connection is stored.
async fn connection(world: &World, grant: GrantId, value: &mut Value) -> anyhow::Result<()> {
    if let Some(facts) = world.store.grant_facts(grant, world.clock.now()).await? {
        value["user"] = facts.user.external_id.clone().into();
        value["tenant"] = facts.tenant.external_id.clone().into();
        value["role"] = facts.role.clone().into();
        value["connection"] = facts.grant.status.as_str().into();
    }
    Ok(())
}

async fn end(world: &World, found: &Found) -> anyhow::Result<()> {
    let now = world.clock.now();
    match found {
        Found::Access(id) => {
            let audit =
                world.around().deed(Deed::AccessTokenRevoked, now)?.detail(format!("access token {id}"));
            Ok(world.store.revoke_access_token(*id, audit, now).await?)
        }
        Found::Family(id) => {
            let audit =
                world.around().deed(Deed::TokenFamilyRevoked, now)?.detail(format!("token family {id}"));
            Ok(world.store.end_family(*id, "operator", audit, now).await?)
        }
    }
}
