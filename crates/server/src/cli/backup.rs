//! `symbolon backup`: a copy of the database while the server runs.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use symbolon_platform::deed::Deed;
use symbolon_store::Store;
use symbolon_store::backup::{self, Made};

use super::Common;
use super::output::{Output, iso};
use crate::clock::{Clock, Entropy};
use crate::config::{Config, SecretsSource};
use crate::deed;
use crate::keys::Keys;

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon backup /var/backups/symbolon/monday.db")]
pub(super) struct Arguments {
    /// Where to write it: a new file, which is a SQLite database of its own
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) async fn run(arguments: &Arguments, common: &Common, out: Output) -> anyhow::Result<()> {
    let config = Config::load(common.config.as_deref())?;
    let (from, to) = (database(&config)?, arguments.file.as_path());
    if !from.exists() {
        bail!("{} is not there: there is nothing to back up", from.display());
    }
    if to.symlink_metadata().is_ok() {
        bail!("{} is there already: choose another name, no backup is written over", to.display());
    }
    let place = config.storage.to_string();
    let store = Store::open(config.storage.url(), config.storage.beside())
        .await
        .with_context(|| format!("cannot open {place}"))?;
    let pending = store.pending().await.with_context(|| format!("cannot back up {place}"))?;
    let (now, entropy) = (Clock::System.now(), Entropy::System);
    let made = Made { at: now, master_key: fingerprint(&config)?.unwrap_or_default() };
    let draft = Draft::beside(to, &entropy)?;
    backup::copy(from, &draft.0).context("no backup was made")?;
    backup::note(&draft.0, &made).context("no backup was made")?;
    backup::check(&draft.0).context("the copy was thrown away")?;
    let bytes = fs::metadata(&draft.0)?.len();
    draft.becomes(to)?;
    // A database of an older version has no room for it, and is not brought up to this one unasked.
    if pending.is_empty() {
        let deed = deed::of_operator(Deed::BackupCreated, now, &entropy)?;
        store.note_backup(&made, deed.detail(to.display().to_string())).await?;
    }
    let keep = keep(&config.secrets);
    let value = serde_json::json!({
        "storage": place, "file": to.display().to_string(), "bytes": bytes, "made_at": iso(now), "keep_too": keep,
    });
    out.answer(&value, || {
        format!(
            "backed up {place} to {}: {bytes} bytes, checked\nthe master key is not inside: keep {keep} as well, and elsewhere",
            to.display()
        )
    })
}

/// The database file.
pub(super) fn database(config: &Config) -> anyhow::Result<&Path> {
    config.storage.sqlite_file().with_context(|| {
        format!(
            "{} is PostgreSQL, whose own tools copy it while the server runs and put it back: pg_dump and pg_restore, or the \
             backups of whoever runs it (docs/backup.md)",
            config.storage
        )
    })
}

/// What tells the master key from another one, where there is one. None is made.
pub(super) fn fingerprint(config: &Config) -> anyhow::Result<Option<String>> {
    match &config.secrets {
        SecretsSource::BesideDatabase(path) if !path.exists() => Ok(None),
        source => Ok(Some(Keys::load(source, Entropy::System)?.fingerprint())),
    }
}

/// Where the master key is.
fn keep(secrets: &SecretsSource) -> String {
    match secrets {
        SecretsSource::BesideDatabase(path) | SecretsSource::File(path) => path.display().to_string(),
        SecretsSource::Given(_) | SecretsSource::Missing => "`master_key` (SYMBOLON_MASTER_KEY)".to_owned(),
    }
}

/// A file that is not yet what it is to be, beside that. It goes away unless it becomes it.
pub(super) struct Draft(pub(super) PathBuf);

impl Draft {
    pub(super) fn beside(path: &Path, entropy: &Entropy) -> anyhow::Result<Draft> {
        let unique: [u8; 4] = entropy.fill()?;
        let mut name = path.as_os_str().to_owned();
        name.push(unique.iter().fold(".part-".to_owned(), |name, byte| format!("{name}{byte:02x}")));
        Ok(Draft(name.into()))
    }

    /// Gives it a name that nothing has.
    pub(super) fn becomes(self, path: &Path) -> anyhow::Result<()> {
        fs::hard_link(&self.0, path).with_context(|| format!("cannot write {}", path.display()))?;
        sync_folder_of(path)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // It is a second name by now, or worthless, or was never written.
        let _ = fs::remove_file(&self.0);
    }
}

/// A name is there for good once its folder is flushed.
pub(super) fn sync_folder_of(path: &Path) -> anyhow::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).context("cannot flush the folder")
}
