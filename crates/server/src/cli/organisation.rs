//! `symbolon organisation`: developer organisations, who is in them, and which apps are theirs.

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use symbolon_oauth::id::OrganisationId;
use symbolon_oauth::quoted::Excerpt;
use symbolon_platform::name;
use symbolon_platform::organisation::{Organisation, Role, may_become};
use symbolon_platform::user::User;
use symbolon_store::change::{AppChange, MemberChange, OrganisationChange};
use symbolon_store::organisations::Member;

use super::Common;
use super::app::lines;
use super::output::{Output, confirm, iso, table};
use super::world::World;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make an organisation
    Create(Create),
    /// All organisations
    #[command(after_help = "Example: symbolon organisation list --json")]
    List,
    /// One organisation, its members and its apps
    #[command(after_help = "Example: symbolon organisation show 019a64b8a2b07a3c8a5b1f0c7d2e9f11")]
    Show(Named),
    /// Take somebody in, or make them something else
    #[command(
        after_help = "Example: symbolon organisation add-member 019a64b8a2b07a3c8a5b1f0c7d2e9f11 u-jane --role developer"
    )]
    AddMember(AddMember),
    /// Take somebody out
    #[command(
        after_help = "Example: symbolon organisation remove-member 019a64b8a2b07a3c8a5b1f0c7d2e9f11 u-jane"
    )]
    RemoveMember(Membership),
    /// Put an app into an organisation, or take it back as the operator's
    #[command(
        after_help = "Example: symbolon organisation move-app demo-app --to 019a64b8a2b07a3c8a5b1f0c7d2e9f11"
    )]
    MoveApp(MoveApp),
    /// Delete an organisation that has no apps
    #[command(after_help = "Example: symbolon organisation delete 019a64b8a2b07a3c8a5b1f0c7d2e9f11 --yes")]
    Delete(Sure),
}

#[derive(Debug, Args)]
pub(super) struct Named {
    /// The organisation's identifier
    organisation: String,
}

#[derive(Debug, Args)]
pub(super) struct Sure {
    /// The organisation's identifier
    organisation: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon organisation create \"Studio Team\" --owner u-jane")]
pub(super) struct Create {
    /// What its people call it
    name: String,
    /// Its first owner: identifier or e-mail address
    #[arg(long, value_name = "USER")]
    owner: String,
}

#[derive(Debug, Args)]
pub(super) struct AddMember {
    /// The organisation's identifier
    organisation: String,
    /// The person: identifier or e-mail address
    user: String,
    /// owner, developer or viewer
    #[arg(long, value_parser = role)]
    role: Role,
}

#[derive(Debug, Args)]
pub(super) struct Membership {
    /// The organisation's identifier
    organisation: String,
    /// The person: identifier or e-mail address
    user: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Args)]
pub(super) struct MoveApp {
    /// The app
    client_id: String,
    /// The organisation's identifier
    #[arg(long, value_name = "ORGANISATION", required_unless_present = "to_operator")]
    to: Option<String>,
    /// It is to be the operator's, and open to everybody while it is in development
    #[arg(long, conflicts_with = "to")]
    to_operator: bool,
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| "is owner, developer or viewer".to_owned())
}

pub(super) async fn run(command: Command, common: &Common, out: Output) -> anyhow::Result<()> {
    let world = World::open(common).await?;
    match command {
        Command::Create(create) => self::create(&world, &create, out).await,
        Command::List => all(&world, out).await,
        Command::Show(named) => show(&world, &named.organisation, out).await,
        Command::AddMember(add) => add_member(&world, &add, out).await,
        Command::RemoveMember(gone) => remove_member(&world, &gone, out).await,
        Command::MoveApp(moves) => move_app(&world, &moves, out).await,
        Command::Delete(sure) => delete(&world, &sure, out).await,
    }
}

async fn find(world: &World, id: &str) -> anyhow::Result<Organisation> {
    let none =
        || format!("there is no organisation {}: `symbolon organisation list` shows them", Excerpt(id));
    let id: OrganisationId = id.parse().map_err(anyhow::Error::msg).with_context(none)?;
    world.store.load_organisation(id).await?.with_context(none)
}

async fn create(world: &World, create: &Create, out: Output) -> anyhow::Result<()> {
    name::check(&create.name).with_context(|| format!("the name {}", Excerpt(&create.name)))?;
    let owner = world.account(&create.owner).await?.user;
    let now = world.clock.now();
    let organisation = Organisation {
        id: world.entropy.new_id(now)?,
        name: create.name.clone(),
        person: None,
        created_at: now,
    };
    let id = organisation.id.to_string();
    let detail = format!("organisation {id} \"{}\", owner {}", create.name, owner.external_id);
    world.change(OrganisationChange::Create { organisation, owner: owner.id }.into(), detail).await?;
    out.answer(&json!({ "id": id, "owner": owner.external_id }), || format!("id: {id}"))
}

async fn all(world: &World, out: Output) -> anyhow::Result<()> {
    let mut all: Vec<Organisation> = Vec::new();
    loop {
        let page = world.store.list_organisations(all.last().map(|last| last.id), 500).await?;
        if page.is_empty() {
            break;
        }
        all.extend(page);
    }
    out.answer(&all.iter().map(as_json).collect::<Vec<_>>(), || {
        let row = |own: &Organisation| vec![own.id.to_string(), kind(own).to_owned(), own.name.clone()];
        let head = ["ID", "KIND", "NAME"].map(str::to_owned).to_vec();
        table(&std::iter::once(head).chain(all.iter().map(row)).collect::<Vec<_>>())
    })
}

fn kind(organisation: &Organisation) -> &'static str {
    if organisation.person.is_some() { "own" } else { "team" }
}

fn as_json(organisation: &Organisation) -> Value {
    json!({
        "id": organisation.id.to_string(),
        "name": organisation.name,
        "kind": kind(organisation),
        "created_at": iso(organisation.created_at),
    })
}

async fn show(world: &World, id: &str, out: Output) -> anyhow::Result<()> {
    let organisation = find(world, id).await?;
    let members = world.store.members(organisation.id).await?;
    let apps = world.store.apps_in(organisation.id, 1000).await?;
    let mut value = as_json(&organisation);
    let member = |member: &Member| json!({ "user": member.user.external_id, "role": member.role.as_str() });
    value["members"] = members.iter().map(member).collect();
    value["apps"] = apps.into_iter().map(Value::from).collect();
    out.answer(&value, || lines(&value))
}

/// A person, what they are there, and how many owners there are.
async fn member(
    world: &World,
    organisation: &Organisation,
    user: &User,
) -> anyhow::Result<(Option<Role>, usize)> {
    let members = world.store.members(organisation.id).await?;
    let own = members.iter().find(|member| member.user.id == user.id).map(|member| member.role);
    Ok((own, members.iter().filter(|member| member.role == Role::Owner).count()))
}

async fn add_member(world: &World, add: &AddMember, out: Output) -> anyhow::Result<()> {
    let organisation = find(world, &add.organisation).await?;
    let user = world.account(&add.user).await?.user;
    let (id, role, at) = (organisation.id, add.role, world.clock.now());
    let who = format!("{} in organisation {id}", user.external_id);
    let (old, owners) = member(world, &organisation, &user).await?;
    match old {
        None => {
            let change = MemberChange::Add { organisation: id, user: user.id, role, at };
            world.change(change.into(), format!("{who} as {}", role.as_str())).await?;
        }
        Some(old) if old != role => {
            may_become(&organisation, (user.id, old), Some(role), owners)?;
            let change = MemberChange::SetRole { organisation: id, user: user.id, old, new: role };
            world.change(change.into(), format!("{who}: role {} → {}", old.as_str(), role.as_str())).await?;
        }
        Some(_) => {}
    }
    let answer = json!({ "organisation": id.to_string(), "user": user.external_id, "role": role.as_str() });
    out.answer(&answer, || format!("{} is {} in {}", user.external_id, role.as_str(), organisation.name))
}

async fn remove_member(world: &World, gone: &Membership, out: Output) -> anyhow::Result<()> {
    let organisation = find(world, &gone.organisation).await?;
    let user = world.account(&gone.user).await?.user;
    let (id, name) = (organisation.id, &organisation.name);
    let (Some(old), owners) = member(world, &organisation, &user).await? else {
        bail!("{} is not in {}", Excerpt(&user.external_id), Excerpt(name));
    };
    may_become(&organisation, (user.id, old), None, owners)?;
    confirm(&format!("Take {} out of {name}?", user.external_id), gone.yes)?;
    let change = MemberChange::Remove { organisation: id, user: user.id, old };
    world.change(change.into(), format!("{} in organisation {id}", user.external_id)).await?;
    let answer = json!({ "organisation": id.to_string(), "user": user.external_id, "removed": true });
    out.answer(&answer, || format!("{} is no longer in {name}", user.external_id))
}

async fn move_app(world: &World, moves: &MoveApp, out: Output) -> anyhow::Result<()> {
    let app = world.app(&moves.client_id).await?.client.id;
    let new = match &moves.to {
        Some(to) => Some(find(world, to).await?.id),
        None => None,
    };
    let old = world.store.organisation_of(app).await?;
    let said = |own: Option<OrganisationId>| {
        own.map_or_else(|| "the operator".to_owned(), |own| format!("organisation {own}"))
    };
    if old != new {
        let detail = format!("app {}: {} → {}", moves.client_id, said(old), said(new));
        world.change(AppChange::Transfer { app, old, new }.into(), detail).await?;
    }
    let answer = json!({ "client_id": moves.client_id, "organisation": new.map(|own| own.to_string()) });
    out.answer(&answer, || format!("{} belongs to {}", moves.client_id, said(new)))
}

async fn delete(world: &World, sure: &Sure, out: Output) -> anyhow::Result<()> {
    let organisation = find(world, &sure.organisation).await?;
    let (id, name) = (organisation.id, &organisation.name);
    if !world.store.apps_in(id, 1).await?.is_empty() {
        bail!(
            "{} has apps: move them with `symbolon organisation move-app`, or delete them, first",
            Excerpt(name)
        );
    }
    confirm(&format!("Delete the organisation {name}?"), sure.yes)?;
    world.change(OrganisationChange::Delete(id).into(), format!("organisation {id} \"{name}\"")).await?;
    out.answer(&json!({ "id": id.to_string(), "deleted": true }), || format!("{name} is deleted"))
}
