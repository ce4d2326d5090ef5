//! `symbolon doctor`: what is wrong with this deployment, or will be, each finding with its mend.

mod findings;
mod reach;
mod rights;
mod sealing;
mod users;

use std::path::Path;
use std::process::ExitCode;

use anyhow::bail;
use clap::Args;
use symbolon_oauth::client::{Client, GrantType};
use symbolon_oauth::dialect::advice;
use symbolon_platform::app::App;
use symbolon_store::{Store, Transport};

use super::Common;
use symbolon_wire::tls;

use self::findings::{Findings, Weight};
use self::rights::{folder_of, privacy, quoted, readable, writable_folder};
use super::output::Output;
use crate::clock::{Clock, Entropy};
use crate::config::{self, Config, Registration, SecretsSource};
use crate::declared::WEAK_MEND;
use crate::keys::Keys;
use crate::mount;

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon doctor --config /etc/symbolon/symbolon.toml")]
pub(super) struct Arguments {
    /// Check as the user that will run the server: a name, or numbers such as 65534:65534 (needs root)
    #[arg(long = "as", value_name = "USER")]
    user: Option<String>,
}

/// How many apps are looked at.
const APPS_AT_MOST: i64 = 500;
/// How many reserved identifiers are named.
const RESERVED_AT_MOST: i64 = 50;

pub(super) async fn run(arguments: &Arguments, common: &Common, out: Output) -> anyhow::Result<ExitCode> {
    if let Some(user) = &arguments.user {
        users::become_user(user)?;
    }
    let mut found = Findings::default();
    match Config::load(common.config.as_deref()) {
        Ok(config) => everything(&config, common.config.as_deref(), &mut found).await,
        Err(wrong) => {
            found.about("Configuration").broken(wrong.to_string(), "correct it and run this again");
        }
    }
    out.answer(&found.all, || found.text())?;
    match found.count(Weight::Broken) {
        0 => Ok(ExitCode::SUCCESS),
        1 => bail!("one thing is broken: mend it as its finding says, and run this again"),
        many => bail!("{many} things are broken: mend them as their findings say, and run this again"),
    }
}

async fn everything(config: &Config, file: Option<&Path>, found: &mut Findings) {
    found.about("Configuration").fine("the configuration is understood");
    issuer(config, found);
    proxies(config, found);
    for idle in config.registration.without_effect() {
        found.mind(idle, Registration::MEND);
    }
    if let Some((caution, mend)) = config.login.caution(config.mail.is_some()) {
        found.mind(caution, mend);
    }
    dialects(config, found);
    found.about("This machine");
    clock(found);
    configuration(file, found);
    files(config, found);
    secrets(config, found);
    places(config, found);
    found.about("Network");
    let running = reach::listening(config, found);
    reach::issuer_answers(config, running, found).await;
    reach::way_out(config, found).await;
    reach::mail_server(config, found).await;
    found.about("Storage");
    storage(config, found).await;
}

/// Where the server writes.
fn places(config: &Config, found: &mut Findings) {
    if users::my_id() == 0 {
        found.mind(
            "this was checked as root, who may do everything",
            "`symbolon doctor --as USER` checks as the user that will run the server",
        );
    }
    if let Some(file) = config.storage.sqlite_file() {
        writable_folder(folder_of(file), "the database", found);
    } else if let Some(file) = config.pid_file() {
        writable_folder(folder_of(&file), "the pid file", found);
    }
}

fn issuer(config: &Config, found: &mut Findings) {
    let issuer = config.issuer.as_str();
    if config.issuer.is_loopback_http() {
        found.mind(
            format!(
                "the issuer is {issuer}: only browsers on this machine reach it, and cookies are not Secure"
            ),
            "for production set `issuer` to the public https URL",
        );
    } else {
        found.fine(format!("the issuer is {issuer}"));
    }
    if config.issuer.is_loopback_http() && !config.listen.ip().is_loopback() {
        found.mind(
            format!("it listens on {}, which other machines reach without TLS", config.listen),
            "listen on 127.0.0.1, or set a public https `issuer`",
        );
    }
}

fn proxies(config: &Config, found: &mut Findings) {
    let behind_proxy = !config.issuer.is_loopback_http() && config.tls.is_none();
    if behind_proxy && config.proxies.trusted.is_empty() {
        found.mind(
            "the issuer is https, TLS is not spoken here, and no proxy is trusted: every visitor seems to have the \
             proxy's address, so one who guesses passwords or secrets keeps all others waiting",
            "name the proxy's address in `trusted_proxies`, or give [tls] cert and key",
        );
    }
    if config.proxies.trusted.iter().any(|network| network.prefix_len() == 0) {
        found.broken(
            "`trusted_proxies` trusts every address: anyone can pretend to come from anywhere",
            "name only the addresses of your proxies",
        );
    }
}

/// A configuration that holds a secret itself, instead of naming the file that does, is nobody else's to read.
fn configuration(named: Option<&Path>, found: &mut Findings) {
    let Some(file) = Config::file(named) else { return };
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    let table = text.parse::<toml::Table>().unwrap_or_default();
    let address = table.get("storage").and_then(|storage| storage.get("url")?.as_str()).unwrap_or_default();
    let written = |section: &str, key: &str| {
        table.get(section).and_then(|own| own.get(key)).is_some_and(toml::Value::is_str)
    };
    let keys = table.get("master_key");
    let listed = |keys: &toml::Value| {
        keys.as_array().is_some_and(|all| all.iter().any(|key| key.get("key").is_some()))
    };
    let holds_a_key = keys.is_some_and(|keys| keys.is_str() || listed(keys));
    if config::has_password(address) || holds_a_key || written("mail", "password") {
        privacy(&file, "the configuration, which holds a secret,", found);
    }
}

fn files(config: &Config, found: &mut Findings) {
    if let Some(logo) = &config.brand.logo {
        readable(logo, found);
    }
    let Some(tls) = &config.tls else { return };
    let both = readable(&tls.cert, found) & readable(&tls.key, found);
    if both {
        // As the server does at its start.
        match tls::load(&tls.cert, &tls.key) {
            Ok(_) => found.fine("the certificate and its key can speak TLS"),
            Err(wrong) => found.broken(
                format!("{:#}", anyhow::Error::from(wrong)),
                "give `tls.cert` the certificate with its chain, and `tls.key` the private key that belongs to it, as PEM",
            ),
        }
    }
    privacy(&tls.key, "the TLS key", found);
}

fn dialects(config: &Config, found: &mut Findings) {
    let mut all_right = true;
    for source in &config.dialects {
        match source.dialect() {
            Ok(dialect) => {
                found.fine(format!("the dialect {} is understood", dialect.name));
                for advice in advice::of(&dialect) {
                    found.mind(format!("the dialect {}: {}", dialect.name, advice.what), advice.mend);
                }
            }
            Err(wrong) => {
                all_right = false;
                for sentence in wrong.sentences() {
                    found.broken(sentence, "`symbolon dialect check FILE` shows more");
                }
            }
        }
    }
    if all_right && let Err(wrong) = mount::mounted(config) {
        found.broken(wrong.to_string(), "correct the [[dialect]] sections");
    }
}

/// The time this program was released is the least the clock can say.
fn clock(found: &mut Findings) {
    const NOVEMBER_2026: i64 = 1_793_500_000;
    let now = Clock::System.now();
    if now.seconds() < NOVEMBER_2026 {
        found.broken(
            "the clock of this machine is in the past: tokens would be expired for everyone else",
            "set the clock, and keep it with NTP",
        );
    } else {
        found.fine("the clock is in the present");
    }
    if Entropy::System.fill::<16>().is_err() {
        found.broken("the operating system gives no randomness", "nothing can be minted until it does");
    }
}

fn secrets(config: &Config, found: &mut Findings) {
    match &config.secrets {
        SecretsSource::BesideDatabase(path) if !path.exists() => {
            found.fine(format!("{} will be made at the first start", path.display()));
            return;
        }
        SecretsSource::BesideDatabase(path) | SecretsSource::File(path) => {
            privacy(path, "the secrets file", found)
        }
        SecretsSource::Given(_) | SecretsSource::Missing => {}
    }
    match (Keys::load(&config.secrets, Entropy::System), &config.secrets) {
        (Ok(_), _) => found.fine("the server's secrets are there"),
        (Err(wrong), SecretsSource::BesideDatabase(path) | SecretsSource::File(path)) if path.exists() => {
            let mend = format!("chown {} {1} && chmod 600 {1}", users::me(), quoted(path));
            found.broken(wrong.to_string(), &mend);
        }
        (Err(wrong), _) => found.broken(wrong.to_string(), "`symbolon init` writes a secrets file"),
    }
}

async fn storage(config: &Config, found: &mut Findings) {
    let place = config.storage.to_string();
    if config.storage.sqlite_file().is_some_and(|file| !file.exists()) {
        found.mind(format!("{place} is not there yet"), "`symbolon serve` or `symbolon migrate` makes it");
        return;
    }
    let store = match Store::open(config.storage.url(), config.storage.beside()).await {
        Ok(store) => store,
        Err(wrong) => {
            return found.broken(format!("{place}: {wrong}"), "correct `storage.url`, or start the database");
        }
    };
    transport(&place, &store, found).await;
    match store.pending().await {
        Ok(names) if names.is_empty() => {}
        Ok(names) => found.mind(
            format!("{place} still needs {}", names.join(", ")),
            "`symbolon migrate` applies it; so does the next start of the server",
        ),
        Err(wrong) => {
            let mend = "start the version that made it, or `symbolon migrate` an empty database";
            return found.broken(format!("{place}: {wrong}"), mend);
        }
    }
    let catalogue = match store.load_catalogue().await {
        Ok(catalogue) => catalogue,
        Err(wrong) => {
            return found.broken(
                format!("{place} cannot be read: {wrong}"),
                "`symbolon migrate` brings its schema up to date",
            );
        }
    };
    found.fine(format!("{place} is reachable and its schema is readable"));
    writes(config, &store, found).await;
    backups(config, &store, found).await;
    if catalogue.scopes.is_empty() || catalogue.roles.is_empty() {
        found.mind(
            "no scopes or no roles are declared: no app can ask for anything",
            "write them in a file and `symbolon apply` it",
        );
    }
    sealing::keys(config, &store, found).await;
    sealing::jobs(&store, found).await;
    weak_credentials(&store, found).await;
    match store.list_apps("", APPS_AT_MOST).await {
        Ok(registered) => apps(config, &registered, found),
        Err(wrong) => found.broken(format!("apps cannot be read: {wrong}"), "`symbolon migrate`"),
    }
    for (noun, id) in store.list_reserved_ids(RESERVED_AT_MOST).await.unwrap_or_default() {
        found.broken(
            format!("the {noun} {id:?} is called as an app or an installation is: your API cannot tell them apart by `sub`"),
            if noun == "user" { "`symbolon user rename` it" } else { "`symbolon tenant rename` it" },
        );
    }
}

/// Whether the database takes writes, which is tried.
async fn writes(config: &Config, store: &Store, found: &mut Findings) {
    match (store.is_writable().await, config.storage.sqlite_file()) {
        (Ok(()), _) => found.fine("the database takes writes"),
        (Err(wrong), Some(file)) => found.broken(
            format!("the database takes no writes: {wrong}"),
            &format!("chown {} {} and what lies beside it of that name", users::me(), quoted(file)),
        ),
        (Err(wrong), None) => found.broken(
            format!("the database takes no writes: {wrong}"),
            "name a server that is no read replica, and a role that owns the schema",
        ),
    }
}

/// A backup older than this is worth a word, in milliseconds.
const BACKUP_IS_OLD: i64 = 7 * DAY;
const DAY: i64 = 86_400_000;

/// How old the last backup is, of a database that is backed up by nobody else. On this machine alone it is nobody's business.
async fn backups(config: &Config, store: &Store, found: &mut Findings) {
    const MEND: &str = "`symbolon backup FILE` each night, and a copy on another machine (docs/backup.md)";
    if config.storage.sqlite_file().is_none() || config.issuer.is_loopback_http() {
        return;
    }
    // A database that has no room for it needs a migration, which another finding says.
    let Ok(last) = store.last_backup().await else { return };
    let Some(at) = last else {
        return found.mind("`symbolon backup` never made a backup of the database", MEND);
    };
    let age = Clock::System.now().0 - at.0;
    let words = match age / DAY {
        ..=0 => "less than a day".to_owned(),
        1 => "a day".to_owned(),
        days => format!("{days} days"),
    };
    let finding = format!("the last backup was made {words} ago");
    if age > BACKUP_IS_OLD { found.mind(finding, MEND) } else { found.fine(finding) }
}

/// What passes between here and PostgreSQL, and who could read it.
async fn transport(place: &str, store: &Store, found: &mut Findings) {
    match store.transport().await {
        Ok(Some(Transport::Clear)) => found.mind(
            format!("{place} is on another machine and is spoken to in the clear: whoever is in between reads and changes all of it"),
            "have the database offer TLS and add sslmode=verify-full to `storage.url`, with sslrootcert=FILE for an authority of its \
             own (docs/run.md)",
        ),
        Ok(Some(Transport::Unchecked)) => found.mind(
            format!("{place} is spoken to through TLS with whoever answers: its certificate is not checked"),
            "add sslmode=verify-full to `storage.url`, and sslrootcert=FILE with the authority of its provider (docs/run.md)",
        ),
        Ok(Some(Transport::Checked)) => found.fine(format!("{place} is spoken to through TLS, and its certificate is checked")),
        // The next finding says that it does not answer.
        Ok(Some(Transport::Local) | None) | Err(_) => {}
    }
}

fn apps(config: &Config, registered: &[App], found: &mut Findings) {
    if registered.is_empty() {
        return found.mind("no app is registered", "`symbolon app create`, or `symbolon apply`");
    }
    found.fine("apps are registered");
    let spoken = mount::dialects(config).unwrap_or_default();
    let speaks = |client: &Client| spoken.iter().any(|dialect| dialect.is_spoken_by(client));
    for app in registered.iter().filter(|app| !spoken.is_empty() && !speaks(&app.client)) {
        let (app, dialect) = (&app.client.client_id, &app.client.dialect);
        found.mind(
            format!(
                "the app {app} speaks the dialect {dialect}, which is not mounted: it can connect nowhere"
            ),
            "add a [[dialect]] of that name, or declare the app with one that is there",
        );
    }
    // Who only acts as itself was told so by name. Beside the others it may be what every app once had.
    let both = |client: &Client| {
        client.may_use(GrantType::ClientCredentials) && client.may_use(GrantType::AuthorizationCode)
    };
    for app in registered.iter().filter(|app| both(&app.client)) {
        found.mind(
            format!(
                "the app {} connects people and may also act as itself (client_credentials), as nobody, for no tenant",
                app.client.client_id
            ),
            "if it was never meant to: `symbolon app edit APP --grant-type authorization_code --grant-type refresh_token`",
        );
    }
}

async fn weak_credentials(store: &Store, found: &mut Findings) {
    match store.list_weak_credentials(Clock::System.now(), APPS_AT_MOST).await {
        Ok(weak) => {
            for own in weak {
                found.mind(own.to_string(), WEAK_MEND);
            }
        }
        Err(wrong) => found.broken(format!("secrets cannot be read: {wrong}"), "`symbolon migrate`"),
    }
}
