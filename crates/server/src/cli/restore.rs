//! `symbolon restore`: a backup in the place of the database. What was ended after it was made stays ended (REL-24): the
//! database that is there says what that is, and where it is gone, whoever restores decides.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::deed::Deed;
use symbolon_store::backup::{self, Made, Place};
use symbolon_store::{Audit, Options, Store};

use super::Common;
use super::backup::{Draft, database, fingerprint, sync_folder_of};
use super::output::{Output, confirm, iso};
use super::world::World;
use crate::clock::{Clock, Entropy};
use crate::config::Config;
use crate::deed;

#[derive(Debug, Args)]
#[command(after_help = "Example: symbolon restore /var/backups/symbolon/monday.db --replace")]
pub(super) struct Arguments {
    /// What `symbolon backup` wrote; left out after another tool put the database back
    #[arg(value_name = "FILE", required_unless_present = "end_everything")]
    file: Option<PathBuf>,
    /// Put it in the place of the database that is there, which is kept under another name
    #[arg(long, requires = "file")]
    replace: bool,
    /// End every token and sign-in that the backup holds, and have people asked again
    #[arg(long)]
    end_everything: bool,
    /// Bring back every token and sign-in as it was, also what was revoked since
    #[arg(long, requires = "file", conflicts_with = "end_everything")]
    keep_everything: bool,
    /// Restore it although the master key here is not that of the backup
    #[arg(long, requires = "file")]
    another_key: bool,
    /// Do not ask before ending everything without a FILE
    #[arg(long)]
    yes: bool,
}

/// What becomes of what was issued before.
enum Issued {
    /// It is as it was.
    Kept,
    /// What was ended since stays ended, and how much of what that is.
    Judged(Vec<(&'static str, usize)>),
    /// All of it is over; and what else was taken away since, as far as that is known.
    Ended(Vec<(&'static str, usize)>),
}

pub(super) async fn run(arguments: &Arguments, common: &Common, out: Output) -> anyhow::Result<()> {
    let Some(file) = &arguments.file else { return end_everything(arguments, common, out).await };
    let config = Config::load(common.config.as_deref())?;
    let place = database(&config)?;
    let place = fs::canonicalize(place).unwrap_or_else(|_| place.to_path_buf());
    let made = fit(file, &config, arguments.another_key)?;
    let _alone = Place::take(&place).context("nothing was restored")?;
    let is_there = fs::metadata(&place).is_ok_and(|own| own.len() > 0);
    if is_there && !arguments.replace {
        bail!(
            "{} is there already: --replace puts the backup in its place and keeps it under another name",
            place.display()
        );
    }
    let (now, entropy) = (Clock::System.now(), Entropy::System);
    let restored = Draft::beside(&place, &entropy)?;
    backup::copy(file, &restored.0).context("nothing was restored")?;
    migrate(&restored.0).await?;
    let present = match is_there {
        true => copied(&place, made.as_ref(), &entropy).await,
        false => Err("the database that was backed up is not there".to_owned()),
    };
    let issued = judge(arguments, &restored, present.as_ref(), now)?;
    let from = made.as_ref().map_or_else(String::new, |made| format!(", made at {}", iso(made.at)));
    let detail = format!("{}{from}; {}", file.display(), issued.sentence());
    let deed = deed::of_operator(Deed::DatabaseRestored, now, &entropy)?.detail(detail);
    write_down(&restored.0, &issued, deed).await?;
    backup::fold(&restored.0).context("nothing was restored")?;
    let before = match is_there {
        true => Some(set_aside(&place, &restored, (present.is_ok(), now))?),
        false => None,
    };
    fs::rename(&restored.0, &place).with_context(|| format!("cannot write {}", place.display()))?;
    sync_folder_of(&place)?;
    tell(out, (&place, file), &issued, (made.as_ref(), before.as_deref()))
}

/// Whether a file is a backup that this version, with this master key, can take up.
fn fit(file: &Path, config: &Config, another_key: bool) -> anyhow::Result<Option<Made>> {
    File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    backup::check(file).context("nothing was restored")?;
    let made = backup::made(file)?;
    let sealed_by = made.as_ref().map(|made| made.master_key.as_str()).unwrap_or_default();
    if another_key || sealed_by.is_empty() || fingerprint(config)?.as_deref() == Some(sealed_by) {
        return Ok(made);
    }
    bail!(
        "the master key here is not the one that {} was made under: put back the secrets file of then first, or lose what is \
         sealed in it with --another-key",
        file.display()
    )
}

async fn opened(path: &Path) -> anyhow::Result<Store> {
    Ok(Store::open(&format!("sqlite:{}", path.display()), Options::default()).await?)
}

/// Brings a file that nobody else uses up to this version.
async fn migrate(path: &Path) -> anyhow::Result<()> {
    opened(path).await?.migrate().await.map(|_| ()).context("nothing was restored")
}

/// The database that is there, with the schema of this version, if it can be read and comes from the one that was backed up;
/// else why it tells nothing.
async fn copied(place: &Path, made: Option<&Made>, entropy: &Entropy) -> Result<Draft, String> {
    let copied = async {
        let draft = Draft::beside(place, entropy)?;
        backup::copy(place, &draft.0)?;
        opened(&draft.0).await?.migrate().await?;
        backup::fold(&draft.0)?;
        let is_of_it = made.map_or(Ok(false), |made| backup::knows(&draft.0, made))?;
        anyhow::Ok(is_of_it.then_some(draft))
    };
    match copied.await {
        Ok(Some(draft)) => Ok(draft),
        Ok(None) => {
            Err("nothing tells that the database that is there is the one that was backed up".to_owned())
        }
        Err(wrong) => Err(format!("the database that is there cannot be read ({wrong:#})")),
    }
}

fn judge(
    arguments: &Arguments,
    restored: &Draft,
    present: Result<&Draft, &String>,
    now: Timestamp,
) -> anyhow::Result<Issued> {
    if arguments.keep_everything {
        return Ok(Issued::Kept);
    }
    let carried =
        |present: &Draft| backup::carry_over(&restored.0, &present.0, now).context("nothing was restored");
    match (present, arguments.end_everything) {
        (Ok(present), false) => Ok(Issued::Judged(carried(present)?)),
        (Ok(present), true) => Ok(Issued::Ended(carried(present)?)),
        (Err(_), true) => Ok(Issued::Ended(Vec::new())),
        (Err(why), false) => bail!(
            "nothing was restored: nobody can tell what was revoked after the backup was made, for {why}: end every token and \
             sign-in in it with --end-everything, or, if nothing was revoked since, bring them back with --keep-everything"
        ),
    }
}

impl Issued {
    fn sentence(&self) -> &'static str {
        match self {
            Issued::Kept => "every token and sign-in is as it was then",
            Issued::Judged(_) => "what was ended since stays ended",
            Issued::Ended(_) => "every token and sign-in of before is over, and people are asked again",
        }
    }

    fn stays_ended(&self) -> &[(&'static str, usize)] {
        match self {
            Issued::Kept => &[],
            Issued::Judged(all) | Issued::Ended(all) => all,
        }
    }
}

async fn write_down(path: &Path, issued: &Issued, deed: Audit) -> anyhow::Result<()> {
    let everything = matches!(issued, Issued::Ended(_));
    opened(path).await?.restored(everything, deed).await.context("nothing was restored")
}

/// Gives the database that is there another name, with what lies beside it, and its owner to the one that takes its place.
fn set_aside(
    place: &Path,
    restored: &Draft,
    (is_readable, now): (bool, Timestamp),
) -> anyhow::Result<PathBuf> {
    let owner = fs::metadata(place)?;
    chown(&restored.0, Some(owner.uid()), Some(owner.gid()))
        .with_context(|| format!("nothing was restored: run this as the owner of {}", place.display()))?;
    // One that is damaged cannot be folded, either, and moves with its log.
    backup::fold(place)
        .or_else(|wrong| if is_readable { Err(wrong) } else { Ok(()) })
        .context("nothing was restored")?;
    let named = |suffix: &str| {
        let mut name = place.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let before = format!(".before-{}", iso(now).replace([':', '-'], ""));
    for log in ["-wal", "-shm"] {
        match fs::rename(named(log), named(&format!("{before}{log}"))) {
            Err(wrong) if wrong.kind() != io::ErrorKind::NotFound => {
                return Err(wrong).context("nothing was restored");
            }
            Ok(()) | Err(_) => {}
        }
    }
    let kept = named(&before);
    // A second name, so that there is a database in its place at every moment, where the file system knows such.
    fs::hard_link(place, &kept).or_else(|_| fs::rename(place, &kept)).context("nothing was restored")?;
    Ok(kept)
}

fn tell(
    out: Output,
    (place, file): (&Path, &Path),
    issued: &Issued,
    (made, before): (Option<&Made>, Option<&Path>),
) -> anyhow::Result<()> {
    let made_at = made.map(|made| iso(made.at));
    let ended: Vec<_> = issued
        .stays_ended()
        .iter()
        .map(|(what, count)| serde_json::json!({ "what": what, "count": count }))
        .collect();
    let value = serde_json::json!({
        "file": file.display().to_string(), "database": place.display().to_string(), "made_at": made_at,
        "before": before.map(|before| before.display().to_string()), "issued": issued.sentence(), "since": ended,
    });
    out.answer(&value, || {
        let of = made_at.map(|at| format!(" of {at}")).unwrap_or_default();
        let mut text =
            vec![format!("restored the backup{of} to {}", place.display()), issued.sentence().to_owned()];
        text.extend(issued.stays_ended().iter().map(|(what, count)| format!("  {what}: {count}")));
        text.extend(before.map(|before| {
            format!("the database before it is {}: delete it when it is needed no more", before.display())
        }));
        text.push("what was declared since is not in it: apply your files again".to_owned());
        text.join("\n")
    })
}

/// After another tool put the database back: nobody can tell what was revoked since.
async fn end_everything(arguments: &Arguments, common: &Common, out: Output) -> anyhow::Result<()> {
    let world = World::open(common).await?;
    let place = world.config.storage.to_string();
    confirm(&format!("End every token and sign-in of {place}?"), arguments.yes)?;
    let issued = Issued::Ended(Vec::new());
    let deed = world.around().deed(Deed::DatabaseRestored, world.clock.now())?;
    world.store.restored(true, deed.detail(format!("by another tool; {}", issued.sentence()))).await?;
    out.answer(&serde_json::json!({ "database": place, "issued": issued.sentence() }), || {
        format!("{place}: {}", issued.sentence())
    })
}
