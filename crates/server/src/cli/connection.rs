//! `symbolon connection`: which apps are connected for whom, and the end of it.

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::json;
use symbolon_oauth::id::GrantId;
use symbolon_platform::deed::Deed;
use symbolon_platform::name;
use symbolon_store::connections::{Connection, Wanted};

use super::Common;
use super::audit::whom;
use super::output::{Output, confirm_each, iso, table};
use super::world::World;

/// How many are ended by one command.
const ENDED_AT_MOST: usize = 10_000;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// The connections in force, newest first
    List(List),
    /// End connections: their tokens stop working, and the app has to be allowed anew
    End(End),
}

#[derive(Debug, Args)]
pub(super) struct Filters {
    /// Made by this person: identifier or e-mail address
    #[arg(long, value_name = "USER")]
    person: Option<String>,
    /// Of this app
    #[arg(long, value_name = "CLIENT_ID")]
    app: Option<String>,
    /// To this tenant
    #[arg(long)]
    tenant: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon connection list --person jane@example.com")]
pub(super) struct List {
    #[command(flatten)]
    filters: Filters,
    /// How many are shown at most
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
    /// Go on where a list before this one ended, which says so
    #[arg(long, value_name = "ID", value_parser = id)]
    before: Option<GrantId>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example: symbolon connection end --app board --tenant north --reason \"laptop lost\""
)]
pub(super) struct End {
    /// The connections, by the identifiers that `connection list` shows
    #[arg(value_name = "CONNECTION", value_parser = id, required_unless_present_any = ["person", "app", "tenant"])]
    #[arg(conflicts_with_all = ["person", "app", "tenant"])]
    connections: Vec<GrantId>,
    #[command(flatten)]
    filters: Filters,
    /// Why, for the audit
    #[arg(long, value_parser = reason)]
    reason: Option<String>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

fn id(text: &str) -> Result<GrantId, String> {
    text.parse().map_err(|wrong| format!("{wrong}: `symbolon connection list` shows them"))
}

fn reason(text: &str) -> Result<String, String> {
    if text.chars().count() > 500 || text.chars().any(name::is_hidden) || text.trim().is_empty() {
        return Err("a reason has 1 to 500 visible characters".to_owned());
    }
    Ok(text.to_owned())
}

impl Filters {
    async fn wanted(&self, world: &World) -> anyhow::Result<Wanted> {
        let Filters { person, app, tenant } = self;
        let (user, app, tenant) = whom(world, person.as_deref(), app.as_deref(), tenant.as_deref()).await?;
        Ok(Wanted { user, app, tenant })
    }
}

pub(super) async fn run(command: Command, common: &Common, out: Output) -> anyhow::Result<()> {
    let world = World::open(common).await?;
    match command {
        Command::List(list) => self::list(&world, &list, out).await,
        Command::End(end) => self::end(&world, &end, out).await,
    }
}

async fn list(world: &World, list: &List, out: Output) -> anyhow::Result<()> {
    let wanted = list.filters.wanted(world).await?;
    let limit = usize::from(list.limit);
    let page = world.store.find_connections(&wanted, list.before, limit, world.clock.now()).await?;
    let next = page.next.map(|next| next.to_string());
    let answer =
        json!({ "connections": page.connections.iter().map(as_json).collect::<Vec<_>>(), "next": next });
    out.answer(&answer, || {
        if page.connections.is_empty() {
            return "there is no such connection".to_owned();
        }
        let head = ["ID", "APP", "PERSON", "TENANT", "LEVEL", "SINCE", "LAST USED", "SCOPES"];
        let rows = std::iter::once(head.map(str::to_owned).to_vec()).chain(page.connections.iter().map(row));
        let mut text = table(&rows.collect::<Vec<_>>());
        if let Some(next) = next {
            text.push_str("\nthere are more: add --before ");
            text.push_str(&next);
        }
        text
    })
}

fn as_json(connection: &Connection) -> serde_json::Value {
    let Connection { grant, client_id, user, tenant } = connection;
    json!({
        "id": grant.id.to_string(),
        "app": client_id,
        "person": user,
        "tenant": tenant,
        "level": grant.level.as_str(),
        "scopes": grant.scopes.iter().collect::<Vec<_>>(),
        "created_at": iso(grant.created_at),
        "last_used_at": grant.last_used_at.map(iso),
        "expires_at": grant.expires_at.map(iso),
    })
}

fn row(connection: &Connection) -> Vec<String> {
    let Connection { grant, client_id, user, tenant } = connection;
    let used = grant.last_used_at.map_or_else(|| "never".to_owned(), iso);
    vec![
        grant.id.to_string(),
        client_id.clone(),
        user.clone(),
        tenant.clone(),
        grant.level.as_str().to_owned(),
        iso(grant.created_at),
        used,
        grant.scopes.as_str().to_owned(),
    ]
}

/// The connections that a command names, all of them.
async fn named(world: &World, end: &End) -> anyhow::Result<Vec<Connection>> {
    let now = world.clock.now();
    let mut found = Vec::new();
    for id in &end.connections {
        let connection = world.store.find_connection(*id, now).await?;
        found.push(connection.with_context(|| {
            format!("no connection {id} is in force: `symbolon connection list` shows those that are")
        })?);
    }
    if end.connections.is_empty() {
        let wanted = end.filters.wanted(world).await?;
        let page = world.store.find_connections(&wanted, None, ENDED_AT_MOST, now).await?;
        if page.next.is_some() {
            bail!(
                "more than {ENDED_AT_MOST} connections are meant: narrow it down with --person, --app and --tenant"
            );
        }
        found = page.connections;
    }
    if found.is_empty() {
        bail!("there is no such connection: `symbolon connection list` shows those in force");
    }
    Ok(found)
}

async fn end(world: &World, end: &End, out: Output) -> anyhow::Result<()> {
    let connections = named(world, end).await?;
    let now = world.clock.now();
    let mut families = 0;
    for connection in &connections {
        families += world.store.count_live_families(connection.grant.id, now).await?;
    }
    let listed: Vec<String> = connections.iter().map(|connection| row(connection).join("  ")).collect();
    let what = counted(connections.len(), "connection");
    let logins = counted(usize::try_from(families).unwrap_or_default(), "authorization");
    let question =
        format!("End {what} with {logins} and all their tokens? The apps have to be allowed anew.");
    confirm_each(&listed, &question, end.yes)?;
    for connection in &connections {
        let now = world.clock.now();
        let audit = world.around().deed(Deed::GrantRevoked, now)?.of_grant(&connection.grant);
        let audit = match &end.reason {
            Some(reason) => audit.detail(reason),
            None => audit,
        };
        world.store.revoke_grant(connection.grant.id, "operator", audit, now).await?;
    }
    let ids: Vec<_> = connections.iter().map(|connection| connection.grant.id.to_string()).collect();
    let answer = json!({ "ended": ids, "authorizations": families, "reason": end.reason });
    out.answer(&answer, || format!("{what} ended, with {logins}"))
}

fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
