//! `symbolon tenant`: tenants and who belongs to them.

use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::json;
use symbolon_oauth::quoted::Excerpt;
use symbolon_platform::name;
use symbolon_platform::tenant::{Standing, Tenant};
use symbolon_store::change::{MembershipChange, TenantChange};
use symbolon_store::tenants::Member;
use toml::Value;

use super::Common;
use super::app::lines;
use super::output::{Output, confirm, table};
use super::world::{World, entry, text};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a tenant
    Create(Create),
    /// All tenants
    #[command(after_help = "Example: symbolon tenant list --json")]
    List,
    /// One tenant and its members
    #[command(after_help = "Example: symbolon tenant show north")]
    Show(Named),
    /// Stop a tenant: every connection to it stops working
    #[command(after_help = "Example: symbolon tenant disable north")]
    Disable(Sure),
    /// Take a tenant up again
    #[command(after_help = "Example: symbolon tenant enable north")]
    Enable(Named),
    /// Give another identifier; apps and your API see it from then on
    Rename(Rename),
    /// Make a person a member, or change their role
    #[command(after_help = "Example: symbolon tenant add-member north u-jane --role practitioner")]
    AddMember(AddMember),
    /// End a membership
    #[command(after_help = "Example: symbolon tenant remove-member north u-jane")]
    RemoveMember(Membership),
}

#[derive(Debug, Args)]
pub(super) struct Named {
    /// The tenant
    tenant: String,
}

#[derive(Debug, Args)]
pub(super) struct Sure {
    /// The tenant
    tenant: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example: symbolon tenant create north --name \"Clinic North\" --base-url https://api.example.com"
)]
pub(super) struct Create {
    /// Your own identifier for it
    id: String,
    /// The name shown at consent
    #[arg(long)]
    name: String,
    /// One person's own space, not an organization
    #[arg(long)]
    personal: bool,
    /// Where its API is
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Your name for where its data live
    #[arg(long)]
    region: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon tenant rename north clinic-4711")]
pub(super) struct Rename {
    /// The tenant
    tenant: String,
    /// Your own identifier for it from now on
    id: String,
}

#[derive(Debug, Args)]
pub(super) struct AddMember {
    /// The tenant
    tenant: String,
    /// The person: identifier or e-mail address
    user: String,
    /// What they are there
    #[arg(long)]
    role: String,
}

#[derive(Debug, Args)]
pub(super) struct Membership {
    /// The tenant
    tenant: String,
    /// The person: identifier or e-mail address
    user: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

pub(super) async fn run(command: Command, common: &Common, out: Output) -> anyhow::Result<()> {
    let world = World::open(common).await?;
    match command {
        Command::Create(create) => self::create(&world, create, out).await,
        Command::List => all(&world, out).await,
        Command::Show(named) => show(&world, &named.tenant, out).await,
        Command::Disable(sure) => {
            let tenant = world.tenant(&sure.tenant).await?;
            let (id, name) = (&tenant.external_id, &tenant.name);
            confirm(&format!("Disable {id} ({name})? Every connection to it stops working."), sure.yes)?;
            set_standing(&world, tenant, Standing::Disabled, out).await
        }
        Command::Enable(named) => {
            let tenant = world.tenant(&named.tenant).await?;
            set_standing(&world, tenant, Standing::Active, out).await
        }
        Command::Rename(rename) => self::rename(&world, &rename, out).await,
        Command::AddMember(add) => add_member(&world, &add, out).await,
        Command::RemoveMember(membership) => remove_member(&world, &membership, out).await,
    }
}

async fn create(world: &World, create: Create, out: Output) -> anyhow::Result<()> {
    if world.store.load_tenant_by_external_id(&create.id).await?.is_some() {
        bail!("there is a tenant {} already: choose another identifier", Excerpt(&create.id));
    }
    let tenant = entry([
        ("id", text(&create.id)),
        ("name", text(&create.name)),
        ("kind", text(if create.personal { "personal" } else { "organization" })),
        ("base_url", create.base_url.map(Value::String)),
        ("region", create.region.map(Value::String)),
    ]);
    world.declare("tenant", tenant).await?;
    out.answer(&json!({ "id": create.id }), || format!("id: {}", create.id))
}

async fn all(world: &World, out: Output) -> anyhow::Result<()> {
    let mut tenants: Vec<Tenant> = Vec::new();
    loop {
        let after = tenants.last().map(|tenant| tenant.external_id.clone()).unwrap_or_default();
        let page = world.store.list_tenants(&after, 500).await?;
        if page.is_empty() {
            break;
        }
        tenants.extend(page);
    }
    out.answer(&tenants.iter().map(as_json).collect::<Vec<_>>(), || {
        let row = |tenant: &Tenant| {
            [&tenant.external_id, tenant.standing.as_str(), tenant.kind.as_str(), &tenant.name]
                .map(str::to_owned)
                .to_vec()
        };
        let head = ["ID", "STATUS", "KIND", "NAME"].map(str::to_owned).to_vec();
        table(&std::iter::once(head).chain(tenants.iter().map(row)).collect::<Vec<_>>())
    })
}

fn as_json(tenant: &Tenant) -> serde_json::Value {
    json!({
        "id": tenant.external_id,
        "name": tenant.name,
        "kind": tenant.kind.as_str(),
        "base_url": tenant.base_url,
        "region": tenant.region,
        "status": tenant.standing.as_str(),
    })
}

async fn show(world: &World, id: &str, out: Output) -> anyhow::Result<()> {
    let tenant = world.tenant(id).await?;
    let members = world.store.list_members(tenant.id).await?;
    let mut value = as_json(&tenant);
    let member = |member: &Member| json!({ "user": member.user.external_id, "role": member.role, "status": member.standing.as_str() });
    value["members"] = members.iter().map(member).collect();
    out.answer(&value, || lines(&value))
}

async fn set_standing(world: &World, old: Tenant, standing: Standing, out: Output) -> anyhow::Result<()> {
    let id = old.external_id.clone();
    if old.standing != standing {
        let detail = format!("tenant {id}: {} → {}", old.standing.as_str(), standing.as_str());
        let new = Tenant { standing, ..old.clone() };
        world.change(TenantChange::Update { old, new }.into(), detail).await?;
    }
    out.answer(&json!({ "id": id, "status": standing.as_str() }), || format!("{id} is {}", standing.as_str()))
}

async fn rename(world: &World, rename: &Rename, out: Output) -> anyhow::Result<()> {
    name::check_external_id(&rename.id)?;
    let old = world.tenant(&rename.tenant).await?;
    if world.store.load_tenant_by_external_id(&rename.id).await?.is_some() {
        bail!("there is a tenant {} already: choose another identifier", Excerpt(&rename.id));
    }
    let detail = format!("tenant {}: id {} → {}", rename.tenant, rename.tenant, rename.id);
    let new = Tenant { external_id: rename.id.clone(), ..old.clone() };
    world.change(TenantChange::Update { old, new }.into(), detail).await?;
    let answer = json!({ "id": rename.id, "before": rename.tenant });
    out.answer(&answer, || format!("{} is called {} now", rename.tenant, rename.id))
}

async fn add_member(world: &World, add: &AddMember, out: Output) -> anyhow::Result<()> {
    let user = world.account(&add.user).await?.user.external_id;
    let membership = entry([("tenant", text(&add.tenant)), ("user", text(&user)), ("role", text(&add.role))]);
    world.declare("membership", membership).await?;
    let answer = json!({ "tenant": add.tenant, "user": user, "role": add.role });
    out.answer(&answer, || format!("{user} is {} in {}", add.role, add.tenant))
}

async fn remove_member(world: &World, gone: &Membership, out: Output) -> anyhow::Result<()> {
    let (tenant, user) = (world.tenant(&gone.tenant).await?, world.account(&gone.user).await?.user);
    let memberships = world.store.load_memberships(user.id).await?;
    if !memberships.iter().any(|membership| membership.tenant.id == tenant.id) {
        bail!("{} is not a member of {}", Excerpt(&user.external_id), Excerpt(&gone.tenant));
    }
    confirm(&format!("Remove {} from {}?", user.external_id, gone.tenant), gone.yes)?;
    let detail = format!("{} in {}", user.external_id, gone.tenant);
    world.change(MembershipChange::Remove { tenant: tenant.id, user: user.id }.into(), detail).await?;
    let answer = json!({ "tenant": gone.tenant, "user": user.external_id, "removed": true });
    out.answer(&answer, || format!("{} is no longer a member of {}", user.external_id, gone.tenant))
}
