//! `symbolon jobs`: what the server still has to do, and what it gave up.

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use symbolon_oauth::id::Id;
use symbolon_oauth::quoted::Excerpt;
use symbolon_platform::deed::Deed;
use symbolon_store::jobs::{ListedJob, NewJob};

use super::Common;
use super::output::{Output, confirm, iso, table};
use super::world::World;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// What waits, and what is dead, the oldest first
    List(List),
    /// Try a job again now: one, or every dead one
    Retry(Which),
    /// Take a job away, so that it is never done: one, or every dead one
    Drop(Drop),
}

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon jobs list --dead")]
pub(super) struct List {
    /// Dead ones alone
    #[arg(long)]
    dead: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon jobs retry --all-dead")]
pub(super) struct Which {
    /// The job, as `symbolon jobs list` names it
    #[arg(required_unless_present = "all_dead", conflicts_with = "all_dead")]
    job: Option<String>,
    /// Every dead one
    #[arg(long)]
    all_dead: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon jobs drop --all-dead --yes")]
pub(super) struct Drop {
    #[command(flatten)]
    which: Which,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// How many are shown, or taken at once.
const AT_MOST: i64 = 1000;

pub(super) async fn run(command: Command, common: &Common, out: Output) -> anyhow::Result<()> {
    let world = World::open(common).await?;
    match command {
        Command::List(list) => {
            let jobs = world.store.list_jobs(list.dead, AT_MOST).await?;
            let value: Vec<Value> = jobs.iter().map(shown).collect();
            out.answer(&value, || lines(&jobs))
        }
        Command::Retry(which) => {
            let jobs = chosen(&world, &which).await?;
            let mut done = Vec::new();
            for job in &jobs {
                let audit = world.around().deed(Deed::JobRetried, world.clock.now())?;
                if world.store.retry_job(job.id, &audit.detail(named(job))).await? {
                    done.push(job.id.to_string());
                }
            }
            out.answer(&json!({ "retried": done }), || {
                format!("{} tried again from now on", counted(done.len()))
            })
        }
        Command::Drop(drop) => {
            let jobs = chosen(&world, &drop.which).await?;
            confirm(&format!("Drop {}? What was to be done is never done.", counted(jobs.len())), drop.yes)?;
            let mut done = Vec::new();
            for job in &jobs {
                let audit = world.around().deed(Deed::JobDropped, world.clock.now())?;
                if world.store.drop_job(job.id, &audit.detail(named(job))).await? {
                    done.push(job.id.to_string());
                }
            }
            out.answer(&json!({ "dropped": done }), || format!("{} dropped", counted(done.len())))
        }
    }
}

fn counted(jobs: usize) -> String {
    if jobs == 1 { "1 job".to_owned() } else { format!("{jobs} jobs") }
}

fn named(job: &ListedJob) -> String {
    format!("{} {}", job.kind, job.id)
}

async fn chosen(world: &World, which: &Which) -> anyhow::Result<Vec<ListedJob>> {
    let jobs = world.store.list_jobs(which.all_dead, AT_MOST).await?;
    let Some(text) = &which.job else { return Ok(jobs) };
    let id: Id<NewJob> = text
        .parse()
        .ok()
        .with_context(|| format!("{} is no name of a job: `symbolon jobs list` shows them", Excerpt(text)))?;
    let found: Vec<_> = jobs.into_iter().filter(|job| job.id == id).collect();
    if found.is_empty() {
        bail!("there is no job {}: `symbolon jobs list` shows them", Excerpt(text));
    }
    Ok(found)
}

fn shown(job: &ListedJob) -> Value {
    json!({
        "id": job.id.to_string(),
        "kind": job.kind,
        "state": if job.due_at.is_some() { "waiting" } else { "dead" },
        "since": iso(job.created_at),
        "next": job.due_at.map(iso),
        "attempts": job.attempts,
        "fault": job.fault,
    })
}

fn lines(jobs: &[ListedJob]) -> String {
    if jobs.is_empty() {
        return "nothing waits, and nothing is dead".to_owned();
    }
    let head = ["JOB", "KIND", "SINCE", "NEXT", "TRIED", "LAST FAULT"].map(str::to_owned).to_vec();
    let line = |job: &ListedJob| {
        vec![
            job.id.to_string(),
            job.kind.clone(),
            iso(job.created_at),
            job.due_at.map_or_else(|| "dead".to_owned(), iso),
            job.attempts.to_string(),
            job.fault.clone().unwrap_or_default(),
        ]
    };
    table(&std::iter::once(head).chain(jobs.iter().map(line)).collect::<Vec<_>>())
}
