//! Declared state: the scopes, roles, tenants, people, apps and resources that files say there should be.
//!
//! [`Declared::parse`] understands the files, [`apply`] compares them with what is stored and makes the difference
//! true in one transaction, with an audit row for each change. Applying is idempotent, the same files again change
//! nothing: a declared password is checked against the stored hash, a declared secret by its hash. What was set by hand since
//! wins until the file's own line changes. What files do not mention is left alone; pruning deletes what they mentioned once.
//! Nothing is half applied, but for people in thousands: everything is compared once without keeping what would change, and
//! then they are compared again and written some at a time, so that a server that runs beside it goes on writing and what is
//! held does not grow with what changes. When that is cut short the same files go on from there.

mod apps;
mod catalogue;
mod check;
mod diff;
mod edit;
mod export;
mod file;
mod merge;
mod people;
mod plan;
mod prune;
#[cfg(test)]
mod tests;
mod weak;

use std::collections::HashMap;
use std::io;
use std::path::Path;

use serde::Deserialize;
use symbolon_oauth::dialect::Dialect;
use symbolon_oauth::quoted::Excerpt;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::catalogue::Catalogue;
use symbolon_store::declarations::DeclarationChange;
use symbolon_store::icons::Icon;
use symbolon_store::{Actor, Change, Store, StoreError};

use crate::clock::{self, Clock, Entropy};
use crate::config::{explain, explain_value};
use crate::icon;
use crate::password::{PasswordError, Passwords};
use crate::state::State;

pub use diff::{Field, Kept, Line, Made, Report, Sign, Undeclared};
pub use edit::{Edit, edit, redefine};
pub use export::{Entry, ExportError, LeftOut, Sink, export};
pub use file::DeclaredApp;
use plan::Pace;
pub use plan::Plan;
pub use weak::MEND as WEAK_MEND;

/// What files declare, understood and free of contradictions among themselves.
#[derive(Debug, Default)]
pub struct Declared {
    entries: file::Entries,
    /// What the apps' `icon` became, by client id.
    icons: HashMap<String, Icon>,
    /// Secrets, keys and passwords that are too easy to guess, in words.
    weak: Vec<String>,
    /// Whether a command says it, and no file.
    by_hand: bool,
}

/// How the files that declared state names are read: from the disk with [`crate::icon::read`], or from memory.
pub type ReadFile<'a> = &'a dyn Fn(&Path) -> io::Result<Vec<u8>>;

/// How to apply.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Say what would change and change nothing.
    pub dry_run: bool,
    /// Delete what was once declared and no longer is, of the kinds that the files declare.
    pub prune: bool,
    /// Take secrets, keys and passwords that are too easy to guess.
    pub allow_weak_secrets: bool,
}

/// What applying needs from around it.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// Where to apply.
    pub store: &'a Store,
    /// What time it is.
    pub clock: &'a Clock,
    /// For identifiers and secrets.
    pub entropy: &'a Entropy,
    /// For declared passwords.
    pub passwords: &'a Passwords,
    /// The first part of every credential.
    pub token_prefix: &'a str,
    /// The dialects an app may speak.
    pub dialects: &'a [Dialect],
    /// For the audit.
    pub actor: Actor,
    /// Who is told how far it is, where that takes long.
    pub progress: Option<&'a (dyn Fn(Stage, usize, usize) + Sync)>,
    /// Who is told the lines of the diff as they come true, where people are applied in thousands. With nobody there, and
    /// of everything else, they are in the report.
    pub lines: Option<&'a Listener<'a>>,
}

/// Is told lines of a diff.
pub type Listener<'a> = dyn Fn(&[Line]) + Sync + 'a;

/// What is being done, of how many things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// They are compared with what is stored.
    Compared,
    /// They are written.
    Written,
}

impl<'a> Surroundings<'a> {
    /// Says how far it is.
    pub(crate) fn tell(&self, stage: Stage, done: usize, of: usize) {
        if let Some(progress) = self.progress {
            progress(stage, done, of);
        }
    }

    /// Those of a server, for its operator. `dialects` are the ones it speaks.
    #[must_use]
    pub fn of(state: &'a State, dialects: &'a [Dialect]) -> Surroundings<'a> {
        Surroundings {
            store: &state.store,
            clock: &state.clock,
            entropy: &state.entropy,
            passwords: &state.passwords,
            token_prefix: &state.prefix,
            dialects,
            actor: Actor::Operator,
            progress: None,
            lines: None,
        }
    }
}

/// Why files could not be applied.
#[derive(Debug, thiserror::Error)]
pub enum DeclaredError {
    /// Something in the files is wrong: one sentence with the place.
    #[error("{0}")]
    Wrong(String),
    /// Somebody else changed the same things meanwhile.
    #[error("what is stored changed meanwhile; nothing was applied, so run it again")]
    Conflict,
    /// Of people in thousands not all were reached.
    #[error("{}; {applied} changes were applied before that and stay: run it again, and it goes on from there", why.cause())]
    CutShort {
        /// How many changes are there.
        applied: usize,
        /// Why not all.
        why: Box<DeclaredError>,
    },
    /// The storage could not do it.
    #[error("{0}")]
    Store(StoreError),
    /// A password could not be hashed or checked.
    #[error("{0}")]
    Password(#[from] PasswordError),
    /// No randomness for identifiers and secrets.
    #[error(transparent)]
    Entropy(#[from] clock::Unavailable),
}

impl DeclaredError {
    /// The same, after so many changes were applied.
    fn after(self, applied: usize) -> DeclaredError {
        match self {
            why if applied == 0 => why,
            DeclaredError::CutShort { applied: more, why } => {
                DeclaredError::CutShort { applied: applied + more, why }
            }
            why => DeclaredError::CutShort { applied, why: Box::new(why) },
        }
    }

    /// What went wrong, without what that means for what was applied.
    fn cause(&self) -> String {
        match self {
            DeclaredError::Conflict => "what is stored changed meanwhile".to_owned(),
            DeclaredError::CutShort { why, .. } => why.cause(),
            DeclaredError::Wrong(_)
            | DeclaredError::Store(_)
            | DeclaredError::Password(_)
            | DeclaredError::Entropy(_) => self.to_string(),
        }
    }
}

impl From<StoreError> for DeclaredError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => DeclaredError::Conflict,
            StoreError::Unavailable(_) => DeclaredError::Store(error),
        }
    }
}

impl Declared {
    /// Understands files given as name and text. The files they name are read with `read`; a relative path begins in the
    /// folder of the file that names it.
    ///
    /// # Errors
    /// [`DeclaredError::Wrong`] with the file, the line where there is one, and how to mend it.
    pub fn parse<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
        read: ReadFile<'_>,
    ) -> Result<Declared, DeclaredError> {
        let mut all = Declared::default();
        for (name, text) in files {
            let entries = toml::from_str(text).map_err(|e| DeclaredError::Wrong(explain(&e, text, name)))?;
            all.add((name, text), entries, read)?;
        }
        check::contradictions(&all.entries).map_err(DeclaredError::Wrong)?;
        Ok(all)
    }

    /// Whether there are more people than one transaction should hold, and nothing is asked that only shows when all are
    /// compared.
    #[must_use]
    pub fn is_streamed(&self, options: Options) -> bool {
        let many = self.entries.user.len() + self.entries.membership.len() > BATCH;
        many && !self.by_hand && !options.prune
    }

    /// The same from values that were not written in a file; `origin` says where they come from.
    ///
    /// # Errors
    /// [`DeclaredError::Wrong`] with how to mend it.
    pub fn from_table(origin: &str, table: toml::Table) -> Result<Declared, DeclaredError> {
        let wrong = |e: toml::de::Error| DeclaredError::Wrong(explain(&e, "", origin));
        let entries = file::Entries::deserialize(table).map_err(wrong)?;
        let mut all = Declared { by_hand: true, ..Declared::default() };
        all.add((origin, ""), entries, &icon::read)?;
        check::contradictions(&all.entries).map_err(DeclaredError::Wrong)?;
        Ok(all)
    }

    /// The same of one app that was not written in a file.
    ///
    /// # Errors
    /// [`DeclaredError::Wrong`] with how to mend it.
    pub fn of_app(origin: &str, app: DeclaredApp) -> Result<Declared, DeclaredError> {
        let shape = app.registration.check_shape();
        shape.map_err(|unfit| DeclaredError::Wrong(explain_value(&unfit.to_string(), origin)))?;
        let mut all = Declared { by_hand: true, ..Declared::default() };
        all.add((origin, ""), file::Entries { app: vec![app], ..file::Entries::default() }, &icon::read)?;
        check::contradictions(&all.entries).map_err(DeclaredError::Wrong)?;
        Ok(all)
    }

    /// Takes in what one file declares, with the pictures that it names.
    fn add(
        &mut self,
        (file, text): (&str, &str),
        entries: file::Entries,
        read: ReadFile<'_>,
    ) -> Result<(), DeclaredError> {
        self.weak.extend(weak::of(&entries, file, text));
        for app in &entries.app {
            let client_id = &app.registration.client_id;
            app.registration
                .check_shown()
                .map_err(|unfit| DeclaredError::Wrong(format!("{file}: {}", unfit.sentence(client_id))))?;
            let Some(named) = &app.icon else { continue };
            let path = Path::new(file).parent().unwrap_or(Path::new("")).join(named);
            let wrong = |why: &dyn std::fmt::Display| {
                let (app, path) = (Excerpt(client_id), path.display().to_string());
                DeclaredError::Wrong(format!("{file}: app {app}: `icon` {} {why}", Excerpt(&path)))
            };
            let bytes = read(&path).map_err(|error| wrong(&format_args!("cannot be read: {error}")))?;
            let drawn = icon::draw(&bytes).map_err(|error| wrong(&error))?;
            self.icons.insert(client_id.clone(), drawn);
        }
        self.entries.extend(entries);
        Ok(())
    }
}

/// Makes changes by hand, in one transaction, each with an audit row that says `detail`.
///
/// # Errors
/// [`DeclaredError`]; nothing was changed then.
pub async fn change(around: Surroundings<'_>, changes: Vec<(Change, String)>) -> Result<(), DeclaredError> {
    carry_out(around, changes, Vec::new()).await
}

/// What one transaction holds of people at most: it keeps others waiting, and a database cuts a long one off. Files that
/// declare more are applied some people at a time.
const BATCH: usize = 1000;

/// In one transaction, or, when there are more people than that, in batches: first what changes, then what files said. Whoever
/// is there and not yet remembered as declared is found as declared by the next application.
async fn carry_out(
    around: Surroundings<'_>,
    mut changes: Vec<(Change, String)>,
    declarations: Vec<DeclarationChange>,
) -> Result<(), DeclaredError> {
    let now = around.clock.now();
    if changes.len() <= BATCH && declarations.len() <= BATCH {
        return write(around, now, changes, &declarations).await;
    }
    let (number, all) = (changes.len(), changes.len() + declarations.len());
    while !changes.is_empty() {
        let rest = changes.split_off(batch(&changes));
        let before = number - changes.len() - rest.len();
        write(around, now, changes, &[]).await.map_err(|error| error.after(before))?;
        changes = rest;
        around.tell(Stage::Written, all - declarations.len() - changes.len(), all);
    }
    for (done, some) in declarations.chunks(BATCH).enumerate() {
        write(around, now, Vec::new(), some).await.map_err(|error| error.after(number))?;
        around.tell(Stage::Written, all - declarations.len() + (done + 1) * BATCH, all);
    }
    Ok(())
}

/// How many of the first changes are written together: apart from people, and where they belong, everything hangs together.
fn batch(changes: &[(Change, String)]) -> usize {
    let is_of_people = |at: usize| match changes.get(at) {
        Some((Change::User(_) | Change::Membership(_), _)) => true,
        Some(_) | None => false,
    };
    let may_end = |end: &usize| is_of_people(end - 1) && is_of_people(*end);
    (BATCH..changes.len()).find(may_end).unwrap_or(changes.len())
}

async fn write(
    around: Surroundings<'_>,
    now: Timestamp,
    changes: Vec<(Change, String)>,
    declarations: &[DeclarationChange],
) -> Result<(), DeclaredError> {
    let mut audits = Vec::with_capacity(changes.len());
    for (change, detail) in &changes {
        audits.push(change.concerning(around.deed(change.action(), now)?).detail(detail));
    }
    let changes: Vec<Change> = changes.into_iter().map(|(change, _)| change).collect();
    Ok(around.store.change_as_declared(&changes, declarations, &audits).await?)
}

/// Makes what is declared true, or says what that would take.
///
/// # Errors
/// [`DeclaredError`]; nothing was applied then, or, where it is [`DeclaredError::CutShort`], some of the people.
pub async fn apply(
    around: Surroundings<'_>,
    declared: &Declared,
    options: Options,
) -> Result<Report, DeclaredError> {
    if !declared.is_streamed(options) {
        return compare(around, declared, options).await?.finish().await;
    }
    // Whatever is wrong with the files is found before anything is written.
    if !options.dry_run {
        gather(around, declared, (options, Pace::Rehearsed)).await?;
    }
    gather(around, declared, (options, Pace::Streamed)).await?.finish().await
}

/// What is declared beside what is stored, and beside what was declared before. What changes after it was looked at is a
/// conflict.
///
/// # Errors
/// [`DeclaredError`].
pub async fn compare<'a>(
    around: Surroundings<'a>,
    declared: &Declared,
    options: Options,
) -> Result<Plan<'a>, DeclaredError> {
    gather(around, declared, (options, Pace::AtOnce)).await
}

async fn gather<'a>(
    around: Surroundings<'a>,
    declared: &Declared,
    (options, pace): (Options, Pace),
) -> Result<Plan<'a>, DeclaredError> {
    if !options.allow_weak_secrets {
        weak::refuse(&declared.weak)?;
    }
    let catalogue = around.store.load_catalogue().await?;
    let mut plan = match declared.by_hand {
        true => Plan::by_hand(around).await?,
        false => Plan::of_files(around, options, pace).await?,
    };
    let gathered = fill(&mut plan, declared, (options, &catalogue)).await;
    gathered.map_err(|error| error.after(plan.written()))?;
    Ok(plan)
}

async fn fill(
    plan: &mut Plan<'_>,
    declared: &Declared,
    (options, catalogue): (Options, &Catalogue),
) -> Result<(), DeclaredError> {
    let entries = &declared.entries;
    let offer = check::offer(entries, catalogue, plan.around.dialects);
    check::references(entries, catalogue, &offer).map_err(DeclaredError::Wrong)?;
    plan.catalogue(entries, catalogue);
    plan.tenants(&entries.tenant).await?;
    plan.people(&entries.user, &entries.membership).await?;
    plan.apps(&entries.app, &declared.icons, &offer).await?;
    plan.resources(&entries.resource).await?;
    if options.prune {
        plan.prune(entries, catalogue).await?;
    }
    if plan.is_rehearsal() {
        return Ok(());
    }
    plan.date_what_is_kept().await
}
