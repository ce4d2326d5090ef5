//! `symbolon user`: people's accounts.

use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::json;
use symbolon_oauth::credential::Secret;
use symbolon_oauth::quoted::Excerpt;
use symbolon_platform::tenant::Standing;
use symbolon_platform::user::{Login, User};
use symbolon_platform::{account, name};
use symbolon_store::change::UserChange;
use toml::Value;

use super::Common;
use super::app::lines;
use super::output::{Output, confirm, read_secret, table};
use super::world::{World, entry, text};
use crate::declared;

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
    /// Take an account up again: connections work, and the person signs in anew
    #[command(after_help = "Example: symbolon user enable u-jane")]
    Enable(Named),
    /// Say which e-mail address is a person's; they sign in with it from now on
    SetEmail(SetEmail),
    /// Give another identifier; apps and your API see it from then on
    Rename(Rename),
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
    /// Take a password that others would try first
    #[arg(long)]
    allow_weak_secrets: bool,
}

fn email(text: &str) -> Result<String, String> {
    account::email(text).ok_or_else(|| "it is not an e-mail address".to_owned())
}

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon user set-email u-jane jane@example.com")]
pub(super) struct SetEmail {
    /// The person: identifier or e-mail address
    user: String,
    /// The address, which you know to be theirs
    #[arg(value_parser = email)]
    email: String,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon user rename u-jane u-4711")]
pub(super) struct Rename {
    /// The person: identifier or e-mail address
    user: String,
    /// Your own identifier for them from now on
    id: String,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon user set-password u-jane < password.txt")]
pub(super) struct SetPassword {
    /// The person: identifier or e-mail address
    user: String,
    /// Make one and show it, instead of reading it from the terminal or standard input
    #[arg(long)]
    generate: bool,
    /// Take a password that others would try first
    #[arg(long)]
    allow_weak_secrets: bool,
}

pub(super) async fn run(command: Command, common: &Common, out: Output) -> anyhow::Result<()> {
    let mut world = World::open(common).await?;
    world.allow_weak_secrets |= match &command {
        Command::Create(create) => create.allow_weak_secrets,
        Command::SetPassword(set) => set.allow_weak_secrets,
        _ => false,
    };
    match command {
        Command::Create(create) => self::create(&world, create, out).await,
        Command::List => all(&world, out).await,
        Command::Show(named) => show(&world, &named.user, out).await,
        Command::Disable(sure) => {
            let user = world.account(&sure.user).await?.user;
            let (id, email) = (&user.external_id, shown_email(&user));
            confirm(&format!("Disable {id} ({email})? Sign-in and all connections stop working."), sure.yes)?;
            set_standing(&world, user, Standing::Disabled, out).await
        }
        Command::Enable(named) => {
            let user = world.account(&named.user).await?.user;
            set_standing(&world, user, Standing::Active, out).await
        }
        Command::SetEmail(set) => set_email(&world, &set, out).await,
        Command::Rename(rename) => self::rename(&world, &rename, out).await,
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
        bail!("there is a user {} already: choose another --id", Excerpt(&id));
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
            [&user.external_id, user.standing.as_str(), &shown_email(user), &user.name]
                .map(str::to_owned)
                .to_vec()
        };
        let head = ["ID", "STATUS", "EMAIL", "NAME"].map(str::to_owned).to_vec();
        table(&std::iter::once(head).chain(users.iter().map(row)).collect::<Vec<_>>())
    })
}

/// What somebody typed at sign-up and nobody has proven to be theirs.
fn unproven_login(user: &User) -> Option<&str> {
    match &user.login {
        Login::Unproven(name) if !user.is_displaced() => Some(name),
        Login::Unproven(_) | Login::Email(_) => None,
    }
}

fn shown_email(user: &User) -> String {
    match (user.email(), unproven_login(user)) {
        (Some(email), _) => email.to_owned(),
        (None, Some(login)) => format!("{login} (unproven)"),
        (None, None) => "(none)".to_owned(),
    }
}

fn as_json(user: &User) -> serde_json::Value {
    json!({
        "id": user.external_id,
        "email": user.email(),
        "unproven_login": unproven_login(user),
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

async fn set_email(world: &World, set: &SetEmail, out: Output) -> anyhow::Result<()> {
    let old = world.account(&set.user).await?.user;
    let id = old.external_id.clone();
    let new = User { login: Login::Email(set.email.clone()), ..old.clone() };
    let mut changes = Vec::new();
    if let Some(holder) = world.store.load_account_by_login(&set.email).await?
        && holder.user.id != old.id
    {
        if holder.user.login.is_proven() {
            bail!("the address {} belongs to user {} already", set.email, Excerpt(&holder.user.external_id));
        }
        let detail = format!("user {}: {} is the address of {id}", holder.user.external_id, set.email);
        changes.push((UserChange::Displace(holder.user).into(), detail));
    }
    if old.login != new.login {
        let detail = format!("user {id}: email {} → {}", old.email().unwrap_or("none"), set.email);
        changes.push((UserChange::Update { old, new }.into(), detail));
    }
    declared::change(world.around(), changes).await?;
    out.answer(&json!({ "id": id, "email": set.email }), || format!("{id} signs in with {}", set.email))
}

async fn rename(world: &World, rename: &Rename, out: Output) -> anyhow::Result<()> {
    name::check_external_id(&rename.id)?;
    // Whoever is called like another's address is named by that here, so that it can be mended.
    let old = match world.store.load_account_by_external_id(&rename.user).await? {
        Some(account) => account.user,
        None => world.account(&rename.user).await?.user,
    };
    if world.store.load_account_by_external_id(&rename.id).await?.is_some() {
        bail!("there is a user {} already: choose another identifier", Excerpt(&rename.id));
    }
    if let Some(email) = account::email(&rename.id)
        && let Some(holder) = world.store.load_account_by_email(&email).await?
        && holder.user.id != old.id
    {
        bail!(
            "{} is the e-mail address of user {}: who is named by it would be either; choose another identifier",
            Excerpt(&rename.id),
            Excerpt(&holder.user.external_id)
        );
    }
    let detail = format!("user {}: id {} → {}", old.external_id, old.external_id, rename.id);
    let answer = json!({ "id": rename.id, "before": old.external_id });
    let told = format!("{} is called {} now", old.external_id, rename.id);
    let new = User { external_id: rename.id.clone(), ..old.clone() };
    world.change(UserChange::Update { old, new }.into(), detail).await?;
    out.answer(&answer, || told)
}

/// As `apply` checks a declared one.
fn check_password(world: &World, password: &str, user: &User) -> anyhow::Result<()> {
    let server = crate::state::called(&world.config.brand.name, world.config.issuer.as_str());
    let known = [account::called(user), server].concat();
    if !world.allow_weak_secrets && account::is_weak_password(password, &known) {
        bail!(
            "a password has at least {} characters and is none that others would try first, who know what its person and \
             this server are called; give another, have one made with \
             --generate, or take it as it is with --allow-weak-secrets",
            account::PASSWORD_AT_LEAST
        );
    }
    Ok(())
}

async fn set_password(world: &World, set: &SetPassword, out: Output) -> anyhow::Result<()> {
    let user = world.account(&set.user).await?.user;
    let password = match set.generate {
        true => Secret::given(world.passwords.generate()?),
        false => read_secret("New password: ")?,
    };
    check_password(world, password.expose(), &user)?;
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
        &format!("Delete {} ({}) and every connection they made?", user.external_id, shown_email(&user)),
        sure.yes,
    )?;
    world.change(UserChange::Delete(user.id).into(), format!("user {}", user.external_id)).await?;
    out.answer(&json!({ "id": user.external_id, "deleted": true }), || {
        format!("{} is deleted", user.external_id)
    })
}
