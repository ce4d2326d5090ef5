//! `symbolon user`: people's accounts.

use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::json;
use symbolon_oauth::credential::Secret;
use symbolon_platform::account;
use symbolon_platform::tenant::Standing;
use symbolon_platform::user::User;
use symbolon_store::change::UserChange;
use toml::Value;

use super::Common;
use super::app::lines;
use super::output::{Output, confirm, read_secret, table};
use super::world::{World, entry, text};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make an account
    Create(Create),
    /// Everybody
    #[command(after_help = "Example: symbolon user list --json")]
    List,
    /// One person and where they belong
    #[command(after_help = "Example: symbolon user show jane@example.com")]
    Show(Named),
    /// Stop an account: sign-in, sessions and connections
    #[command(after_help = "Example: symbolon user disable u-jane")]
    Disable(Sure),
    /// Take an account up again
    #[command(after_help = "Example: symbolon user enable u-jane")]
    Enable(Named),
    /// Give a new password; every session and connection begun before ends
    SetPassword(SetPassword),
    /// Delete an account and every connection the person made
    #[command(after_help = "Example: symbolon user delete u-jane --yes")]
    Delete(Sure),
}

#[derive(Debug, Args)]
pub(super) struct Named {
    /// The person: identifier or e-mail address
    user: String,
}

#[derive(Debug, Args)]
pub(super) struct Sure {
    /// The person: identifier or e-mail address
    user: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon user create jane@example.com --name \"Jane Doe\"")]
pub(super) struct Create {
    /// The address they sign in with
    #[arg(value_parser = email)]
    email: String,
    /// Your own identifier for them (otherwise one is made)
    #[arg(long)]
    id: Option<String>,
    /// The name shown on pages
    #[arg(long)]
    name: Option<String>,
    /// A short public name
    #[arg(long)]
    username: Option<String>,
    /// A reviewer and operator of this server
    #[arg(long)]
    staff: bool,
    /// Read the password from standard input (otherwise one is made and shown)
    #[arg(long)]
    password_stdin: bool,
}

fn email(text: &str) -> Result<String, String> {
    account::email(text).ok_or_else(|| "it is not an e-mail address".to_owned())
}

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon user set-password u-jane < password.txt")]
pub(super) struct SetPassword {
    /// The person: identifier or e-mail address
    user: String,
    /// Make one and show it, instead of reading it from the terminal or standard input
    #[arg(long)]
    generate: bool,
}

pub(super) async fn run(command: Command, common: &Common, out: Output) -> anyhow::Result<()> {
    let world = World::open(common).await?;
    match command {
        Command::Create(create) => self::create(&world, create, out).await,
        Command::List => all(&world, out).await,
        Command::Show(named) => show(&world, &named.user, out).await,
        Command::Disable(sure) => {
            let user = world.account(&sure.user).await?.user;
            let (id, email) = (&user.external_id, &user.email);
            confirm(&format!("Disable {id} ({email})? Sign-in and all connections stop working."), sure.yes)?;
            set_standing(&world, user, Standing::Disabled, out).await
        }
        Command::Enable(named) => {
            let user = world.account(&named.user).await?.user;
            set_standing(&world, user, Standing::Active, out).await
        }
        Command::SetPassword(set) => set_password(&world, &set, out).await,
        Command::Delete(sure) => delete(&world, &sure, out).await,
    }
}

async fn create(world: &World, create: Create, out: Output) -> anyhow::Result<()> {
    let id = match create.id {
        Some(id) => id,
        None => world.new_name("usr_")?,
    };
    if world.store.load_account_by_external_id(&id).await?.is_some() {
        bail!("there is a user \"{id}\" already: choose another --id");
    }
    let password = match create.password_stdin {
        true => Some(read_secret("Password: ")?.into_exposed()),
        false => None,
    };
    let user = entry([
        ("id", text(&id)),
        ("email", text(&create.email)),
        ("name", create.name.map(Value::String)),
        ("username", create.username.map(Value::String)),
        ("staff", Some(Value::Boolean(create.staff))),
        ("password", password.map(Value::String)),
    ]);
    let report = world.declare("user", user).await?;
    let made = report.made.first().map(|made| made.value.expose());
    out.answer(&json!({ "id": id, "password": made }), || match made {
        Some(password) => format!("id: {id}\npassword (shown this once): {password}"),
        None => format!("id: {id}"),
    })
}

async fn all(world: &World, out: Output) -> anyhow::Result<()> {
    let mut users: Vec<User> = Vec::new();
    loop {
        let after = users.last().map(|user| user.external_id.clone()).unwrap_or_default();
        let page = world.store.list_users(&after, 500).await?;
        if page.is_empty() {
            break;
        }
        users.extend(page);
    }
    out.answer(&users.iter().map(as_json).collect::<Vec<_>>(), || {
        let row = |user: &User| {
            [&user.external_id, user.standing.as_str(), &user.email, &user.name].map(str::to_owned).to_vec()
        };
        let head = ["ID", "STATUS", "EMAIL", "NAME"].map(str::to_owned).to_vec();
        table(&std::iter::once(head).chain(users.iter().map(row)).collect::<Vec<_>>())
    })
}

fn as_json(user: &User) -> serde_json::Value {
    json!({
        "id": user.external_id,
        "email": user.email,
        "username": user.username,
        "name": user.name,
        "status": user.standing.as_str(),
        "staff": user.staff,
    })
}

async fn show(world: &World, who: &str, out: Output) -> anyhow::Result<()> {
    let account = world.account(who).await?;
    let memberships = world.store.load_memberships(account.user.id).await?;
    let mut value = as_json(&account.user);
    let membership = |m: &symbolon_platform::tenant::Membership| json!({ "tenant": m.tenant.external_id, "role": m.role, "status": m.standing.as_str() });
    value["memberships"] = memberships.iter().map(membership).collect();
    value["has_password"] = account.password_hash.is_some().into();
    out.answer(&value, || lines(&value))
}

async fn set_standing(world: &World, old: User, standing: Standing, out: Output) -> anyhow::Result<()> {
    let id = old.external_id.clone();
    if old.standing != standing {
        let detail = format!("user {id}: {} → {}", old.standing.as_str(), standing.as_str());
        let new = User { standing, ..old.clone() };
        world.change(UserChange::Update { old, new }.into(), detail).await?;
    }
    out.answer(&json!({ "id": id, "status": standing.as_str() }), || format!("{id} is {}", standing.as_str()))
}

async fn set_password(world: &World, set: &SetPassword, out: Output) -> anyhow::Result<()> {
    let user = world.account(&set.user).await?.user;
    let password = match set.generate {
        true => Secret::given(world.passwords.generate()?),
        false => read_secret("New password: ")?,
    };
    let hash = world.passwords.hash(password.expose()).await?;
    let change = UserChange::SetPassword { user: user.id, hash, at: world.clock.now() }.into();
    world.change(change, format!("user {}", user.external_id)).await?;
    let shown = set.generate.then(|| password.expose());
    out.answer(&json!({ "id": user.external_id, "password": shown }), || match shown {
        Some(password) => format!("password (shown this once): {password}"),
        None => format!("{} has a new password", user.external_id),
    })
}

async fn delete(world: &World, sure: &Sure, out: Output) -> anyhow::Result<()> {
    let user = world.account(&sure.user).await?.user;
    confirm(
        &format!("Delete {} ({}) and every connection they made?", user.external_id, user.email),
        sure.yes,
    )?;
    world.change(UserChange::Delete(user.id).into(), format!("user {}", user.external_id)).await?;
    out.answer(&json!({ "id": user.external_id, "deleted": true }), || {
        format!("{} is deleted", user.external_id)
    })
}
