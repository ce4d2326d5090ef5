//! `symbolon app`: apps and their secrets.

mod edit;
mod manifest;
mod request;

use anyhow::{Context, anyhow, bail};
use clap::{Args, Subcommand};
use serde_json::json;
use symbolon_oauth::client::{ClientType, GrantType, Level};
use symbolon_oauth::credential::{Environment, Kind, Secret};
use symbolon_oauth::id::ClientSecretId;
use symbolon_oauth::policy::UnknownScopes;
use symbolon_oauth::quoted::Excerpt;
use symbolon_oauth::time::Lifetime;
use symbolon_platform::app::registration::{DIALECT, LEVEL, scope_set};
use symbolon_platform::app::{App, AppStatus, Registration, Unfit};
use symbolon_platform::name;
use symbolon_store::change::{AppChange, ClientSecretChange};
use symbolon_store::client_secrets::StoredSecret;

use super::Common;
use super::output::{Output, confirm, iso, table};
use super::world::{COMMAND, World};
use crate::config::explain_value;
use crate::declared::DeclaredApp;
use crate::password::Foreign;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Register an app
    Create(Box<Create>),
    /// All apps
    #[command(after_help = "Example: symbolon app list --json")]
    List,
    /// One app and its secrets (never their values)
    #[command(after_help = "Example: symbolon app show demo-app")]
    Show(Named),
    /// Change what people are shown of an app, what it may do, or how it is answered scopes it may not have
    Edit(Box<edit::Arguments>),
    /// What people asked for who may not make apps themselves
    #[command(subcommand, after_help = "Example: symbolon app request list")]
    Request(request::Command),
    /// The whole definition of an app as a manifest, without its identifier and secrets
    Manifest(manifest::Show),
    /// Make an app what a manifest says, or make a new one
    ApplyManifest(manifest::Apply),
    /// Make a new secret; the old one keeps working for a while
    RotateSecret(Rotate),
    /// End a secret now
    RevokeSecret(Revoke),
    /// Make an app live
    #[command(after_help = "Example: symbolon app approve demo-app")]
    Approve(Named),
    /// Stop an app: no sign-in, no token and no check passes
    #[command(after_help = "Example: symbolon app suspend demo-app")]
    Suspend(Sure),
    /// Make a suspended app live again
    #[command(after_help = "Example: symbolon app resume demo-app")]
    Resume(Named),
    /// Delete an app and every connection people made to it
    #[command(after_help = "Example: symbolon app delete demo-app --yes")]
    Delete(Sure),
}

#[derive(Debug, Args)]
pub(super) struct Named {
    /// The app
    client_id: String,
}

#[derive(Debug, Args)]
pub(super) struct Sure {
    /// The app
    client_id: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example: symbolon app create \"Demo App\" --redirect-uri https://app.example.net/cb --scope forms:read"
)]
pub(super) struct Create {
    /// Its name, as people will see it
    name: String,
    /// Its public identifier (otherwise one is made)
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// Where it may be answered; repeat for several
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,
    /// A scope it may ask for; repeat for several
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
    /// What it may ask the token endpoint for; repeat for several (otherwise authorization_code and refresh_token).
    /// With client_credentials it acts for itself, as nobody
    #[arg(long = "grant-type", value_name = "TYPE", value_parser = grant_type)]
    grant_types: Vec<GrantType>,
    /// What becomes of scopes that it asks for and may not have: narrow (they fall away) or refuse (otherwise what the
    /// configuration says)
    #[arg(long, value_name = "WORD", value_parser = unknown_scopes)]
    unknown_scopes: Option<UnknownScopes>,
    /// It cannot keep a secret (browser, phone, desktop)
    #[arg(long)]
    public: bool,
    /// The hash by which another server knew its secret: bcrypt, PBKDF2, scrypt, argon2 or SHA-256 (otherwise one is made)
    #[arg(long, value_name = "HASH", conflicts_with = "public")]
    secret_hash: Option<String>,
    /// It is a program on the person's own device: schemes of one word and any port of http://localhost are allowed, with PKCE
    #[arg(long)]
    native: bool,
    /// optional: it need not use PKCE where its dialect requires it; for platforms that cannot
    #[arg(long, value_name = "WORD", default_value = "required", value_parser = ["required", "optional"])]
    pkce: String,
    /// user: acts as a person; tenant: acts for the whole tenant
    #[arg(long, value_name = "LEVEL", default_value = LEVEL.as_str())]
    #[arg(value_parser = [Level::User.as_str(), Level::Tenant.as_str()])]
    level: String,
    /// The dialect it speaks
    #[arg(long, value_name = "NAME", default_value = DIALECT)]
    dialect: String,
    #[command(flatten)]
    shown: Shown,
    /// The developer who owns it
    #[arg(long, value_name = "USER")]
    owner: Option<String>,
    /// Live at once, instead of in development
    #[arg(long)]
    live: bool,
}

fn grant_type(text: &str) -> Result<GrantType, String> {
    let known = || GrantType::ALL.map(GrantType::as_str).join(", ");
    GrantType::parse(text).ok_or_else(|| format!("it is one of {}", known()))
}

fn unknown_scopes(text: &str) -> Result<UnknownScopes, String> {
    UnknownScopes::parse(text).ok_or_else(|| "it is narrow or refuse".to_owned())
}

/// What people are shown of an app.
#[derive(Debug, Args)]
struct Shown {
    /// Its icon: a PNG, JPEG or WebP picture; the middle of it is drawn anew as a square
    #[arg(long, value_name = "FILE")]
    icon: Option<String>,
    /// Who publishes it
    #[arg(long, value_name = "NAME")]
    publisher: Option<String>,
    /// You have made sure that the publisher is who they say
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    publisher_verified: Option<bool>,
    /// Its home page
    #[arg(long, value_name = "URL")]
    homepage: Option<String>,
    /// Its privacy policy
    #[arg(long, value_name = "URL")]
    privacy_url: Option<String>,
    /// Its terms of use
    #[arg(long, value_name = "URL")]
    terms_url: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon app rotate-secret demo-app --grace 24h")]
pub(super) struct Rotate {
    /// The app
    client_id: String,
    /// How long the old secret keeps working
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = grace)]
    grace: Lifetime,
}

pub(super) const GRACE_ENDS: &str = "it cannot be \"never\": the old secret must end";

pub(super) fn grace(text: &str) -> Result<Lifetime, String> {
    let grace = Lifetime::parse(text)?;
    if grace == Lifetime::NEVER { Err(GRACE_ENDS.to_owned()) } else { Ok(grace) }
}

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon app revoke-secret demo-app 019abc…")]
pub(super) struct Revoke {
    /// The app
    client_id: String,
    /// The secret: its identifier or last four characters, as `app show` prints them
    secret: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

pub(super) async fn run(command: Command, common: &Common, out: Output) -> anyhow::Result<()> {
    let world = World::open(common).await?;
    match command {
        Command::Create(create) => self::create(&world, &create, out).await,
        Command::List => all(&world, out).await,
        Command::Show(named) => show(&world, &named.client_id, out).await,
        Command::Edit(arguments) => edit::run(&world, &arguments, out).await,
        Command::Request(command) => request::run(&world, command, out).await,
        Command::Manifest(show) => manifest::show(&world, &show, out).await,
        Command::ApplyManifest(apply) => manifest::apply(&world, &apply, out).await,
        Command::RotateSecret(rotate) => rotate_secret(&world, &rotate, out).await,
        Command::RevokeSecret(revoke) => revoke_secret(&world, &revoke, out).await,
        Command::Approve(named) | Command::Resume(named) => {
            let app = world.app(&named.client_id).await?;
            set_status(&world, app, AppStatus::Live, out).await
        }
        Command::Suspend(sure) => {
            let app = world.app(&sure.client_id).await?;
            let question =
                format!("Suspend {} ({})? All its connections stop working.", sure.client_id, app.name);
            confirm(&question, sure.yes)?;
            set_status(&world, app, AppStatus::Suspended, out).await
        }
        Command::Delete(sure) => delete(&world, &sure, out).await,
    }
}

async fn create(world: &World, create: &Create, out: Output) -> anyhow::Result<()> {
    let client_id = match &create.client_id {
        Some(client_id) => client_id.clone(),
        None => world.new_name("app_")?,
    };
    if world.store.load_app_by_client_id(&client_id).await?.is_some() {
        bail!("there is an app {} already: choose another --client-id", Excerpt(&client_id));
    }
    let owner = match &create.owner {
        Some(owner) => Some(world.account(owner).await?.user.external_id),
        None => None,
    };
    let app = DeclaredApp {
        registration: create.registration(&client_id)?,
        secret_hash: create.secret_hash()?,
        icon: create.shown.icon.clone(),
        owner,
        status: Some(if create.live { AppStatus::Live } else { AppStatus::Development }),
    };
    let report = world.register(app).await?;
    let secret = report.made.first().map(|made| made.value.expose());
    out.answer(&json!({ "client_id": client_id, "client_secret": secret }), || match secret {
        Some(secret) => format!("client_id: {client_id}\nclient_secret (shown this once): {secret}"),
        None => format!("client_id: {client_id}"),
    })
}

/// A hash that is understood, or why it is not.
fn understood(hash: &str) -> anyhow::Result<String> {
    match Foreign::read(hash) {
        Ok(_) => Ok(hash.to_owned()),
        Err(why) => Err(anyhow!("--secret-hash: {why}")),
    }
}

impl Create {
    fn secret_hash(&self) -> anyhow::Result<Option<String>> {
        self.secret_hash.as_deref().map(understood).transpose()
    }

    fn registration(&self, client_id: &str) -> anyhow::Result<Registration> {
        let wrong = |unfit: Unfit| anyhow!(explain_value(&unfit.to_string(), COMMAND));
        let shown = &self.shown;
        Ok(Registration {
            publisher: shown.publisher.clone(),
            publisher_verified: shown.publisher_verified.unwrap_or_default(),
            homepage: shown.homepage.clone(),
            privacy_url: shown.privacy_url.clone(),
            terms_url: shown.terms_url.clone(),
            redirect_uris: self.redirect_uris.clone(),
            scopes: scope_set(&self.scopes).map_err(wrong)?,
            client_type: if self.public { ClientType::Public } else { ClientType::Confidential },
            level: Level::parse(&self.level).context("--level is user or tenant")?,
            dialect: self.dialect.clone(),
            native: self.native,
            pkce_excused: self.pkce == "optional",
            grant_types: (!self.grant_types.is_empty()).then(|| self.grant_types.clone()),
            unknown_scopes: self.unknown_scopes,
            ..Registration::new(client_id, &self.name)
        })
    }
}

async fn all(world: &World, out: Output) -> anyhow::Result<()> {
    let mut apps: Vec<App> = Vec::new();
    loop {
        let after = apps.last().map(|app| app.client.client_id.clone()).unwrap_or_default();
        let page = world.store.list_apps(&after, 500).await?;
        if page.is_empty() {
            break;
        }
        apps.extend(page);
    }
    out.answer(&apps.iter().map(as_json).collect::<Vec<_>>(), || {
        let row = |app: &App| {
            [
                &app.client.client_id,
                app.status.as_str(),
                app.client.client_type.as_str(),
                app.client.level.as_str(),
                &app.name,
            ]
            .map(str::to_owned)
            .to_vec()
        };
        let head = ["CLIENT_ID", "STATUS", "TYPE", "LEVEL", "NAME"].map(str::to_owned).to_vec();
        table(&std::iter::once(head).chain(apps.iter().map(row)).collect::<Vec<_>>())
    })
}

fn as_json(app: &App) -> serde_json::Value {
    let (client, listing) = (&app.client, &app.listing);
    let publisher = listing.publisher.as_ref();
    json!({
        "client_id": client.client_id,
        "name": app.name,
        "icon": listing.icon.map(|key| key.to_string()),
        "publisher": publisher.map(|publisher| publisher.name.as_str()),
        "publisher_verified": publisher.map(|publisher| publisher.verified),
        "homepage": listing.homepage,
        "privacy_url": listing.privacy_url,
        "terms_url": listing.terms_url,
        "status": app.status.as_str(),
        "type": client.client_type.as_str(),
        "level": client.level.as_str(),
        "dialect": client.dialect,
        "redirect_uris": client.redirect_uris,
        "scopes": client.scopes.iter().collect::<Vec<_>>(),
        "optional_scopes": client.optional_scopes.iter().collect::<Vec<_>>(),
        "grant_types": client.grant_types.iter().map(|grant_type| grant_type.as_str()).collect::<Vec<_>>(),
        "token_endpoint_auth_method": client.authentication_method.map(|method| method.as_str()),
        "unknown_scopes": client.unknown_scopes.map(UnknownScopes::as_str),
        "pkce": if client.pkce_excused { "optional" } else { "required" },
        "native": client.native,
        "created_at": iso(app.created_at),
    })
}

async fn show(world: &World, client_id: &str, out: Output) -> anyhow::Result<()> {
    let app = world.app(client_id).await?;
    let secrets = world.store.list_client_secrets(app.client.id).await?;
    let mut value = as_json(&app);
    let secret = |secret: &StoredSecret| {
        json!({
            "id": secret.id.to_string(),
            "hint": secret.hint,
            "name": secret.name,
            "weak": secret.weak,
            "created_by": secret.author.as_ref().map(|author| author.name.as_str()),
            "created_at": iso(secret.created_at),
            "last_used_at": secret.last_used_at.map(iso),
            "expires_at": secret.expires_at.map(iso),
        })
    };
    value["secrets"] = secrets.iter().map(secret).collect();
    out.answer(&value, || lines(&value))
}

/// An object as `key: value` lines; lists of objects one object per line.
pub(super) fn lines(value: &serde_json::Value) -> String {
    let plain = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => name::escaped(text).into_owned(),
        serde_json::Value::Null => "(none)".to_owned(),
        other => other.to_string(),
    };
    let shown = |value: &serde_json::Value| match value {
        serde_json::Value::Array(list) if list.is_empty() => "(none)".to_owned(),
        serde_json::Value::Array(list) => list.iter().map(plain).collect::<Vec<_>>().join(" "),
        other => plain(other),
    };
    let object = value.as_object().into_iter().flatten();
    object.map(|(key, value)| format!("{key}: {}", shown(value))).collect::<Vec<_>>().join("\n")
}

async fn rotate_secret(world: &World, rotate: &Rotate, out: Output) -> anyhow::Result<()> {
    let app = world.app(&rotate.client_id).await?;
    if app.client.client_type == ClientType::Public {
        bail!("{} is a public app: it has no secret", Excerpt(&rotate.client_id));
    }
    let now = world.clock.now();
    let old_until = now.after(rotate.grace).context(GRACE_ENDS)?;
    let id: ClientSecretId = world.entropy.new_id(now)?;
    let bytes = world.entropy.new_credential_bytes(id)?;
    let secret = Secret::mint(&world.config.brand.token_prefix, Kind::ClientSecret, Environment::Live, bytes);
    let row = StoredSecret::of(&secret, &[&rotate.client_id, &app.name], id, now);
    let detail = format!("new client secret …{} of app {}", row.hint, rotate.client_id);
    world
        .change(ClientSecretChange::Rotate { app: app.client.id, secret: row, old_until }.into(), detail)
        .await?;
    let answer = json!({
        "client_id": rotate.client_id,
        "client_secret": secret.expose(),
        "old_secret_until": iso(old_until),
    });
    out.answer(&answer, || {
        format!(
            "client_secret (shown this once): {}\nthe old one works until {}",
            secret.expose(),
            iso(old_until)
        )
    })
}

async fn revoke_secret(world: &World, revoke: &Revoke, out: Output) -> anyhow::Result<()> {
    let app = world.app(&revoke.client_id).await?;
    let secrets = world.store.list_client_secrets(app.client.id).await?;
    let named: Vec<_> = secrets
        .iter()
        .filter(|secret| secret.hint == revoke.secret || secret.id.to_string() == revoke.secret)
        .collect();
    let [secret] = named[..] else {
        bail!(
            "{} names {} secrets of {}: `symbolon app show` lists them",
            Excerpt(&revoke.secret),
            named.len(),
            Excerpt(&revoke.client_id)
        );
    };
    confirm(&format!("End the secret …{} of {}?", secret.hint, revoke.client_id), revoke.yes)?;
    let detail = format!("client secret …{} of app {}", secret.hint, revoke.client_id);
    world.change(ClientSecretChange::Revoke { app: app.client.id, secret: secret.id }.into(), detail).await?;
    out.answer(&json!({ "client_id": revoke.client_id, "revoked": secret.id.to_string() }), || {
        format!("the secret …{} of {} is ended", secret.hint, revoke.client_id)
    })
}

async fn set_status(world: &World, app: App, status: AppStatus, out: Output) -> anyhow::Result<()> {
    let client_id = &app.client.client_id;
    if app.status != status {
        let detail = format!("app {client_id}: {} → {}", app.status.as_str(), status.as_str());
        world.change(AppChange::SetStatus { app: app.client.id, status }.into(), detail).await?;
    }
    let answer = json!({ "client_id": client_id, "status": status.as_str() });
    out.answer(&answer, || format!("{client_id} is {}", status.as_str()))
}

async fn delete(world: &World, sure: &Sure, out: Output) -> anyhow::Result<()> {
    let app = world.app(&sure.client_id).await?;
    confirm(&format!("Delete {} ({}) and every connection to it?", sure.client_id, app.name), sure.yes)?;
    world.change(AppChange::Delete(app.client.id).into(), format!("app {}", sure.client_id)).await?;
    out.answer(&json!({ "client_id": sure.client_id, "deleted": true }), || {
        format!("{} is deleted", sure.client_id)
    })
}
