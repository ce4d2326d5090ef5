//! What every command that touches the storage opens first.

use anyhow::{Context, bail};
use symbolon_oauth::dialect::{Dialect, PRESETS};
use symbolon_oauth::quoted::Excerpt;
use symbolon_platform::account;
use symbolon_platform::app::App;
use symbolon_platform::tenant::Tenant;
use symbolon_store::users::Account;
use symbolon_store::{Actor, Change, Store};
use toml::{Table, Value};

use super::Common;
use crate::clock::{Clock, Entropy};
use crate::config::Config;
use crate::declared::{self, Declared, DeclaredApp, Report, Surroundings};
use crate::mount;
use crate::password::Passwords;

/// Where a command's values come from, in sentences about them.
pub(super) const COMMAND: &str = "the command";

/// The configured storage, with a schema of this version.
pub(super) struct World {
    pub(super) config: Config,
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) entropy: Entropy,
    pub(super) passwords: Passwords,
    dialects: Vec<Dialect>,
    /// Whether secrets and passwords are taken that are too easy to guess.
    pub(super) allow_weak_secrets: bool,
}

impl World {
    pub(super) async fn open(common: &Common) -> anyhow::Result<World> {
        let config = Config::load(common.config.as_deref())?;
        let store = Store::open(config.storage.url(), config.storage.beside())
            .await
            .with_context(|| format!("cannot open {}", config.storage))?;
        store.migrate().await.with_context(|| format!("cannot migrate {}", config.storage))?;
        let passwords = Passwords::new(Entropy::System);
        let dialects = dialects(&config)?;
        let allow_weak_secrets = config.apply.allow_weak_secrets;
        Ok(World {
            allow_weak_secrets,
            config,
            store,
            clock: Clock::System,
            entropy: Entropy::System,
            passwords,
            dialects,
        })
    }

    pub(super) fn around(&self) -> Surroundings<'_> {
        Surroundings {
            store: &self.store,
            clock: &self.clock,
            entropy: &self.entropy,
            passwords: &self.passwords,
            token_prefix: &self.config.brand.token_prefix,
            dialects: &self.dialects,
            actor: Actor::Operator,
            progress: None,
            lines: None,
        }
    }

    /// Declares one entry, as a file would.
    pub(super) async fn declare(&self, kind: &str, entry: Table) -> anyhow::Result<Report> {
        let entries = Value::Array(vec![Value::Table(entry)]);
        let table = Table::from_iter([(kind.to_owned(), entries)]);
        let declared = Declared::from_table(COMMAND, table)?;
        Ok(declared::apply(self.around(), &declared, self.options()).await?)
    }

    /// Registers an app, as a file would declare it.
    pub(super) async fn register(&self, app: DeclaredApp) -> anyhow::Result<Report> {
        let declared = Declared::of_app(COMMAND, app)?;
        Ok(declared::apply(self.around(), &declared, self.options()).await?)
    }

    fn options(&self) -> declared::Options {
        declared::Options { allow_weak_secrets: self.allow_weak_secrets, ..declared::Options::default() }
    }

    pub(super) async fn change(&self, change: Change, detail: String) -> anyhow::Result<()> {
        Ok(declared::change(self.around(), vec![(change, detail)]).await?)
    }

    pub(super) async fn app(&self, client_id: &str) -> anyhow::Result<App> {
        let app = self.store.load_app_by_client_id(client_id).await?;
        app.with_context(|| format!("there is no app {}: `symbolon app list` shows them", Excerpt(client_id)))
    }

    pub(super) async fn tenant(&self, id: &str) -> anyhow::Result<Tenant> {
        let tenant = self.store.load_tenant_by_external_id(id).await?;
        tenant
            .with_context(|| format!("there is no tenant {}: `symbolon tenant list` shows them", Excerpt(id)))
    }

    /// A person by the host's identifier or by proven e-mail address; nobody where it is one person's and another's.
    pub(super) async fn account(&self, who: &str) -> anyhow::Result<Account> {
        let by_id = self.store.load_account_by_external_id(who).await?;
        let Some(email) = account::email(who) else { return by_id.with_context(|| no_user(who)) };
        match (by_id, self.store.load_account_by_email(&email).await?) {
            (Some(called), Some(other)) if called.user.id != other.user.id => bail!(
                "{} is the identifier of one person and the e-mail address of user {}: name the second by that identifier, \
                 and give the first another one with `symbolon user rename {who} ID`",
                Excerpt(who),
                Excerpt(&other.user.external_id)
            ),
            (Some(account), _) | (None, Some(account)) => Ok(account),
            (None, None) if self.store.load_account_by_login(&email).await?.is_some() => bail!(
                "nobody is known to have the address {}: somebody signed up with it, and it may be anybody. If you \
                 know who it is, name the account by its identifier: `symbolon user list` shows them",
                Excerpt(who)
            ),
            (None, None) => bail!(no_user(who)),
        }
    }

    /// A fresh identifier for something whose host has given it none.
    pub(super) fn new_name(&self, prefix: &str) -> anyhow::Result<String> {
        let bytes: [u8; 10] = self.entropy.fill()?;
        Ok(bytes.iter().fold(prefix.to_owned(), |name, byte| format!("{name}{byte:02x}")))
    }
}

fn no_user(who: &str) -> String {
    format!("there is no user {}: `symbolon user list` shows them", Excerpt(who))
}

/// Every dialect an app may speak: those that are mounted, and the presets that may be mounted later.
fn dialects(config: &Config) -> anyhow::Result<Vec<Dialect>> {
    let mut dialects = mount::dialects(config)?;
    for (name, _) in PRESETS {
        if dialects.iter().all(|own| own.name != name) {
            dialects.push(Dialect::preset(name)?);
        }
    }
    Ok(dialects)
}

/// An entry with the values that were given.
pub(super) fn entry<const N: usize>(values: [(&str, Option<Value>); N]) -> Table {
    values.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}

/// A text.
pub(super) fn text(value: &str) -> Option<Value> {
    Some(Value::String(value.to_owned()))
}
