//! `symbolon audit`: who did what, newest first.

use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;
use symbolon_oauth::id::{AppId, Id, TenantId, UserId};
use symbolon_oauth::time::{Lifetime, Timestamp};
use symbolon_platform::deed::Deed;
use symbolon_platform::spelling::nearest;
use symbolon_store::audit::{Named, Wanted};
use symbolon_store::{Actor, Audit};

use super::Common;
use super::output::{Output, iso, table};
use super::world::World;

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon audit --since 24h --deed app.suspended")]
pub(super) struct Arguments {
    /// Done since then: 24h, 7d, 2026-11-30 or 2026-11-30T08:00:00Z
    #[arg(long, value_name = "WHEN", value_parser = when)]
    since: Option<When>,
    /// Done before then
    #[arg(long, value_name = "WHEN", value_parser = when)]
    until: Option<When>,
    /// Of this name, such as grant.revoked (docs/deeds.md has all)
    #[arg(long, value_name = "NAME", value_parser = deed)]
    deed: Option<Deed>,
    /// Concerning this person or done by them: identifier or e-mail address
    #[arg(long, value_name = "USER")]
    person: Option<String>,
    /// Concerning this app or done by it
    #[arg(long, value_name = "CLIENT_ID")]
    app: Option<String>,
    /// Concerning this tenant
    #[arg(long)]
    tenant: Option<String>,
    /// How many are shown at most
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
    /// Go on where a list before this one ended, which says so
    #[arg(long, value_name = "ID", value_parser = cursor)]
    before: Option<Id<Audit>>,
}

/// A moment, or so long ago.
#[derive(Clone, Copy, Debug)]
enum When {
    At(Timestamp),
    Ago(Lifetime),
}

impl When {
    fn moment(self, now: Timestamp) -> Timestamp {
        match self {
            When::At(at) => at,
            When::Ago(ago) => Timestamp(now.0.saturating_sub(ago.milliseconds().unwrap_or(i64::MAX)).max(0)),
        }
    }
}

fn when(text: &str) -> Result<When, String> {
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Ok(When::At(Timestamp(at.as_millisecond())));
    }
    let midnight = format!("{text}T00:00:00Z").parse::<jiff::Timestamp>();
    if let Ok(at) = midnight {
        return Ok(When::At(Timestamp(at.as_millisecond())));
    }
    let ago = Lifetime::parse(text).ok().filter(|ago| *ago != Lifetime::NEVER);
    ago.map(When::Ago).ok_or_else(|| {
        "write how long ago (24h, 7d), a day (2026-11-30) or a moment (2026-11-30T08:00:00Z)".to_owned()
    })
}

fn deed(text: &str) -> Result<Deed, String> {
    Deed::parse(text).ok_or_else(|| match nearest(text, Deed::ALL.iter().map(|deed| deed.as_str())) {
        Some(name) => format!("there is no such deed; did you mean {name}?"),
        None => "there is no such deed: docs/deeds.md lists them".to_owned(),
    })
}

fn cursor(text: &str) -> Result<Id<Audit>, String> {
    text.parse().map_err(str::to_owned)
}

/// Whom a list is about. Who was deleted is named by the identifier that the list shows for them.
pub(super) async fn whom(
    world: &World,
    person: Option<&str>,
    app: Option<&str>,
    tenant: Option<&str>,
) -> anyhow::Result<(Option<UserId>, Option<AppId>, Option<TenantId>)> {
    let person = match (person, person.and_then(|id| id.parse().ok())) {
        (Some(who), None) => Some(world.account(who).await?.user.id),
        (_, gone) => gone,
    };
    let app = match (app, app.and_then(|id| id.parse().ok())) {
        (Some(client_id), None) => Some(world.app(client_id).await?.client.id),
        (_, gone) => gone,
    };
    let tenant = match (tenant, tenant.and_then(|id| id.parse().ok())) {
        (Some(id), None) => Some(world.tenant(id).await?.id),
        (_, gone) => gone,
    };
    Ok((person, app, tenant))
}

pub(super) async fn run(arguments: Arguments, common: &Common, out: Output) -> anyhow::Result<()> {
    let world = World::open(common).await?;
    let now = world.clock.now();
    let Arguments { since, until, deed, person, app, tenant, limit, before } = arguments;
    let (user, app, tenant) = whom(&world, person.as_deref(), app.as_deref(), tenant.as_deref()).await?;
    let (since, until) = (since.map(|when| when.moment(now)), until.map(|when| when.moment(now)));
    if since.zip(until).is_some_and(|(since, until)| since >= until) {
        bail!("--since is not before --until: nothing lies between them");
    }
    let wanted = Wanted { since, until, deed, user, app, tenant };
    let page = world.store.find_audit(&wanted, before, usize::from(limit)).await;
    let page = page.context("cannot read the audit")?;
    let next = page.next.map(|next| next.to_string());
    let answer = json!({ "deeds": page.deeds.iter().map(as_json).collect::<Vec<_>>(), "next": next });
    out.answer(&answer, || {
        if page.deeds.is_empty() {
            return "nothing of that was done".to_owned();
        }
        let head = ["AT", "DEED", "BY", "APP", "PERSON", "TENANT", "REQUEST", "DETAIL"].map(str::to_owned);
        let rows = std::iter::once(head.to_vec()).chain(page.deeds.iter().map(row));
        let mut text = table(&rows.collect::<Vec<_>>());
        if let Some(next) = next {
            text.push_str("\nthere are more: add --before ");
            text.push_str(&next);
        }
        text
    })
}

/// What somebody or something is called, or its own identifier when it is gone.
fn called<K>(name: Option<&String>, id: Option<Id<K>>) -> Option<String> {
    name.cloned().or_else(|| id.map(|id| id.to_string()))
}

/// Who did it, in a word and, beside the person or app that it concerns, who that was.
fn actor(named: &Named) -> (&'static str, Option<String>) {
    match named.audit.actor {
        Actor::Operator => ("operator", None),
        Actor::Server => ("server", None),
        Actor::User(id) if Some(id) == named.audit.user => ("user", called(named.user.as_ref(), Some(id))),
        Actor::User(id) => ("user", Some(id.to_string())),
        Actor::App(id) if Some(id) == named.audit.app => ("app", called(named.client_id.as_ref(), Some(id))),
        Actor::App(id) => ("app", Some(id.to_string())),
    }
}

fn as_json(named: &Named) -> serde_json::Value {
    let Named { audit, client_id, user, tenant } = named;
    let (by, who) = actor(named);
    json!({
        "id": audit.id.to_string(),
        "at": iso(audit.at),
        "deed": audit.action.as_str(),
        "by": by,
        "by_id": who,
        "app": called(client_id.as_ref(), audit.app),
        "person": called(user.as_ref(), audit.user),
        "tenant": called(tenant.as_ref(), audit.tenant),
        "connection": audit.grant.map(|grant| grant.to_string()),
        "request_id": audit.request_id,
        "detail": audit.detail,
    })
}

fn row(named: &Named) -> Vec<String> {
    let Named { audit, client_id, user, tenant } = named;
    let (by, who) = actor(named);
    let by = who.map_or_else(|| by.to_owned(), |who| format!("{by} {who}"));
    let cell = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    vec![
        iso(audit.at),
        audit.action.as_str().to_owned(),
        by,
        cell(called(client_id.as_ref(), audit.app)),
        cell(called(user.as_ref(), audit.user)),
        cell(called(tenant.as_ref(), audit.tenant)),
        cell(audit.request_id.clone()),
        cell(audit.detail.clone()),
    ]
}
