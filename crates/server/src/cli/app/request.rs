//! `symbolon app request`: what people asked for who may not make apps themselves.

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::json;
use symbolon_oauth::quoted::Excerpt;
use symbolon_platform::app::registration::scope_set;
use symbolon_platform::app::{AppStatus, Registration, Unfit};
use symbolon_platform::name;
use symbolon_store::change::DeveloperRequestChange;
use symbolon_store::developer_requests::{Answer, DeveloperRequest, DeveloperRequestId};

use crate::cli::output::{Output, iso, table};
use crate::cli::world::{COMMAND, World};
use crate::config::explain_value;
use crate::declared::DeclaredApp;

/// How many are shown at once.
const SHOWN: i64 = 500;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// Those that wait, the longest first
    #[command(after_help = "Example: symbolon app request list --json")]
    List,
    /// Make the app that is asked for, as its person's, in development
    Accept(Accept),
    /// Answer that there will be none
    #[command(
        after_help = "Example: symbolon app request decline 019a64b8a2b07a3c8a5b1f0c7d2e9f11 --reason \"We do not know you\""
    )]
    Decline(Decline),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example: symbolon app request accept 019a64b8a2b07a3c8a5b1f0c7d2e9f11 --scope forms:read"
)]
pub(in crate::cli) struct Accept {
    /// The request
    request: String,
    /// A scope that the app may ask for; repeat for several
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
    /// What you say to it
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Decline {
    /// The request
    request: String,
    /// Why, in words that its person reads
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

pub(super) async fn run(world: &World, command: Command, out: Output) -> anyhow::Result<()> {
    match command {
        Command::List => list(world, out).await,
        Command::Accept(accept) => self::accept(world, &accept, out).await,
        Command::Decline(decline) => self::decline(world, &decline, out).await,
    }
}

async fn list(world: &World, out: Output) -> anyhow::Result<()> {
    let open = world.store.open_developer_requests(SHOWN).await?;
    let value: Vec<_> = open
        .iter()
        .map(|own| {
            json!({
                "id": own.id.to_string(),
                "at": iso(own.at),
                "user": own.user.external_id,
                "name": own.wish.name,
                "redirect_uri": own.wish.redirect_uri,
                "homepage": own.wish.homepage,
                "logo_url": own.wish.logo_url,
                "reason": own.wish.reason,
            })
        })
        .collect();
    out.answer(&value, || {
        if open.is_empty() {
            return "nobody waits for an answer".to_owned();
        }
        let row = |own: &DeveloperRequest| {
            let wish = &own.wish;
            [
                own.id.to_string(),
                iso(own.at),
                own.user.external_id.clone(),
                wish.name.clone(),
                wish.reason.clone(),
            ]
            .to_vec()
        };
        let head = ["ID", "ASKED", "USER", "APP", "WHAT FOR"].map(str::to_owned).to_vec();
        table(&std::iter::once(head).chain(open.iter().map(row)).collect::<Vec<_>>())
    })
}

/// One that waits.
async fn open(world: &World, id: &str) -> anyhow::Result<DeveloperRequest> {
    let none = || format!("there is no request {}: `symbolon app request list` shows them", Excerpt(id));
    let id: DeveloperRequestId = id.parse().map_err(anyhow::Error::msg).with_context(none)?;
    let request = world.store.developer_request(id).await?.with_context(none)?;
    if let Some((answer, _)) = &request.answer {
        bail!("this request was {} already", answer.as_str());
    }
    Ok(request)
}

async fn answer(
    world: &World,
    request: &DeveloperRequest,
    (answer, said): (Answer, Option<&str>),
) -> anyhow::Result<()> {
    let (id, user) = (request.id, request.user.id);
    let said = said.map(str::to_owned);
    let detail = format!("request {id} for an app \"{}\"", request.wish.name);
    let change = DeveloperRequestChange::Answer { id, user, answer, said, at: world.clock.now() };
    world.change(change.into(), detail).await
}

fn check(said: Option<&str>) -> anyhow::Result<()> {
    said.map_or(Ok(()), name::check_sentence).context("--reason")
}

async fn accept(world: &World, accept: &Accept, out: Output) -> anyhow::Result<()> {
    check(accept.reason.as_deref())?;
    let request = open(world, &accept.request).await?;
    let wrong = |unfit: Unfit| anyhow::anyhow!(explain_value(&unfit.to_string(), COMMAND));
    let client_id = world.new_name("app_")?;
    let registration = Registration {
        homepage: Some(request.wish.homepage.clone()),
        redirect_uris: vec![request.wish.redirect_uri.clone()],
        scopes: scope_set(&accept.scopes).map_err(wrong)?,
        ..Registration::new(client_id.clone(), request.wish.name.clone())
    };
    let app = DeclaredApp {
        registration,
        secret_hash: None,
        icon: None,
        owner: Some(request.user.external_id.clone()),
        status: Some(AppStatus::Development),
    };
    let report = world.register(app).await?;
    answer(world, &request, (Answer::Accepted, accept.reason.as_deref())).await?;
    let secret = report.made.first().map(|made| made.value.expose());
    let value = json!({ "client_id": client_id, "client_secret": secret, "owner": request.user.external_id });
    out.answer(&value, || match secret {
        Some(secret) => format!("client_id: {client_id}\nclient_secret (shown this once): {secret}"),
        None => format!("client_id: {client_id}"),
    })
}

async fn decline(world: &World, decline: &Decline, out: Output) -> anyhow::Result<()> {
    check(decline.reason.as_deref())?;
    let request = open(world, &decline.request).await?;
    answer(world, &request, (Answer::Declined, decline.reason.as_deref())).await?;
    let id = request.id.to_string();
    out.answer(&json!({ "id": id, "declined": true }), || format!("{id} is declined"))
}
