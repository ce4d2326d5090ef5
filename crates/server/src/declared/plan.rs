//! The difference between files and storage, gathered kind by kind, then made true at once; of people in thousands, some at a
//! time.

use std::collections::{HashMap, HashSet};

use symbolon_oauth::credential::{Environment, Kind, Secret};
use symbolon_oauth::id::{Id, TenantId, UserId};
use symbolon_oauth::time::Timestamp;
use symbolon_store::declarations::{Declaration, DeclarationChange};
use symbolon_store::{Audit, Change};

use super::diff::{Field, Kept, Line, Made, Report, Sign, Undeclared};
use super::merge::Merge;
use super::{DeclaredError, Options, Stage, Surroundings};

/// Deeds that are looked through for the moment at which something was set by hand.
const DEEDS_AT_MOST: i64 = 10_000;

/// What will change.
pub struct Plan<'a> {
    pub(super) around: Surroundings<'a>,
    pub(super) now: Timestamp,
    pub(super) dry_run: bool,
    pace: Pace,
    /// Whether this is a command, and no file says it.
    by_hand: bool,
    changes: Vec<(Change, String)>,
    /// How many changes are written already.
    written: usize,
    /// What files said before, by kind and key; of people and memberships only of those who are compared just now, unless
    /// all are known.
    before: HashMap<(String, String), Declaration>,
    /// Whether what files said before is known of everybody.
    knows_all: bool,
    declarations: Vec<DeclarationChange>,
    /// What files declare and somebody deleted, by kind and key: it stays away.
    away: HashSet<(&'static str, String)>,
    /// What is made, by kind and key; people are in `users`, and nothing hangs from a membership.
    made: HashSet<(&'static str, String)>,
    report: Report,
    /// The people who are made, by the host's identifier.
    pub(super) users: HashMap<String, UserId>,
    /// The tenants met so far, new ones too, by the host's identifier.
    pub(super) tenants: HashMap<String, TenantId>,
}

/// When what is noted comes true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// At the end, and everything at once.
    AtOnce,
    /// Never, and nothing of it is kept: all that is asked is whether everything can be compared.
    Rehearsed,
    /// Of people as soon as some of them are compared.
    Streamed,
}

/// What comes of one object.
pub(super) enum Outcome {
    /// It is to be as the merge says.
    Is(Option<Line>),
    /// It was deleted by hand, and stays away.
    Away,
}

impl<'a> Plan<'a> {
    /// A plan of what files say.
    pub(super) async fn of_files(
        around: Surroundings<'a>,
        options: Options,
        pace: Pace,
    ) -> Result<Plan<'a>, DeclaredError> {
        Plan::new(around, options, (pace, false)).await
    }

    /// A plan of what a command says.
    pub(super) async fn by_hand(around: Surroundings<'a>) -> Result<Plan<'a>, DeclaredError> {
        Plan::new(around, Options::default(), (Pace::AtOnce, true)).await
    }

    async fn new(
        around: Surroundings<'a>,
        options: Options,
        (pace, by_hand): (Pace, bool),
    ) -> Result<Plan<'a>, DeclaredError> {
        let before = match options.prune {
            true => around.store.list_declarations().await?,
            false => around.store.list_declarations_but_of_people().await?,
        };
        Ok(Plan {
            now: around.clock.now(),
            around,
            dry_run: options.dry_run,
            pace,
            by_hand,
            changes: Vec::new(),
            written: 0,
            before: before.into_iter().map(|one| ((one.kind.clone(), one.key.clone()), one)).collect(),
            knows_all: options.prune,
            declarations: Vec::new(),
            away: HashSet::new(),
            made: HashSet::new(),
            report: Report::default(),
            users: HashMap::new(),
            tenants: HashMap::new(),
        })
    }

    /// Whether this is a command, and no file says it.
    pub(super) fn is_by_hand(&self) -> bool {
        self.by_hand
    }

    pub(super) fn fresh<K>(&self) -> Result<Id<K>, DeclaredError> {
        Ok(self.around.entropy.new_id(self.now)?)
    }

    /// Whether all that is asked is whether everything can be compared.
    pub(super) fn is_rehearsal(&self) -> bool {
        self.pace == Pace::Rehearsed
    }

    /// What is being done with people.
    pub(super) fn stage(&self) -> Stage {
        match self.pace {
            Pace::Streamed if !self.dry_run => Stage::Written,
            Pace::AtOnce | Pace::Rehearsed | Pace::Streamed => Stage::Compared,
        }
    }

    /// How many changes are written already.
    pub(super) fn written(&self) -> usize {
        self.written
    }

    /// Looks up what files said before of these people, and forgets it of those before them.
    pub(super) async fn recall_users(&mut self, ids: &[&str]) -> Result<(), DeclaredError> {
        if !self.knows_all {
            let found = self.around.store.load_declarations_of_users(ids).await?;
            self.recall("user", found);
        }
        Ok(())
    }

    /// The same of memberships.
    pub(super) async fn recall_memberships(&mut self, names: &[&str]) -> Result<(), DeclaredError> {
        if !self.knows_all {
            let found = self.around.store.load_declarations_of_memberships(names).await?;
            self.recall("membership", found);
        }
        Ok(())
    }

    fn recall(&mut self, kind: &str, found: Vec<Declaration>) {
        self.before.retain(|(of, _), _| of != kind);
        self.before.extend(found.into_iter().map(|one| ((one.kind.clone(), one.key.clone()), one)));
    }

    /// Makes true what is noted so far, where that is not left for the end, and tells its lines where somebody listens.
    pub(super) async fn flush(&mut self) -> Result<(), DeclaredError> {
        if self.pace == Pace::AtOnce {
            return Ok(());
        }
        let (changes, declarations) =
            (std::mem::take(&mut self.changes), std::mem::take(&mut self.declarations));
        if self.is_rehearsal() {
            self.report = Report::default();
            return Ok(());
        }
        if !self.dry_run {
            let number = changes.len();
            let around = Surroundings { progress: None, ..self.around };
            super::carry_out(around, changes, declarations).await?;
            self.written += number;
        }
        if let Some(lines) = self.around.lines {
            let told = std::mem::take(&mut self.report.lines);
            lines(&told);
            self.report.told += told.len();
        }
        Ok(())
    }

    /// What files said before of an object.
    pub(super) fn before(&self, kind: &str, key: &str) -> Option<&Declaration> {
        self.before.get(&(kind.to_owned(), key.to_owned()))
    }

    /// Everything that files said before of a kind.
    pub(super) fn all_before<'s>(&'s self, kind: &'s str) -> impl Iterator<Item = &'s Declaration> {
        self.before.values().filter(move |one| one.kind == kind)
    }

    /// Whether an object was not there before.
    pub(super) fn is_made(&self, kind: &'static str, key: &str) -> bool {
        if kind == "user" {
            return self.users.contains_key(key);
        }
        self.made.contains(&(kind, key.to_owned()))
    }

    /// Begins to compare a membership. What went with a person or a tenant comes back with them; what was removed before does
    /// not.
    pub(super) fn merge_membership(&self, user: &str, tenant: &str) -> Merge {
        let key = format!("{user} in {tenant}");
        let comes_back = self.is_made("user", user) || self.is_made("tenant", tenant);
        let before = self.before("membership", &key).filter(|before| !(comes_back && before.declared));
        Merge::new("membership", &key, before.cloned(), self.by_hand)
    }

    /// Begins to compare an object.
    pub(super) fn merge(&self, kind: &'static str, key: &str) -> Merge {
        Merge::new(kind, key, self.before(kind, key).cloned(), self.by_hand)
    }

    /// Ends comparing an object: what stays as it is by hand is told, what the file says is remembered.
    pub(super) fn conclude(&mut self, merge: Merge, is_stored: bool) -> Outcome {
        let outcome = match merge.stays_away().filter(|_| !is_stored) {
            Some(away) => {
                self.stay_away(away);
                Outcome::Away
            }
            None if is_stored => Outcome::Is(merge.line()),
            None => {
                if !matches!(merge.kind, "user" | "membership") {
                    self.made.insert((merge.kind, merge.key.clone()));
                }
                Outcome::Is(Some(added(merge.kind, &merge.key)))
            }
        };
        self.report.kept.extend(merge.kept.iter().cloned());
        self.declarations.extend(merge.remembered(is_stored, self.now).map(DeclarationChange::Put));
        outcome
    }

    /// Notes that something that files declare stays away.
    pub(super) fn stay_away(&mut self, away: Kept) {
        self.away.insert((away.kind, away.key.clone()));
        self.report.kept.push(away);
    }

    /// Whether something that files declare stays away.
    pub(super) fn is_away(&self, kind: &'static str, key: &str) -> bool {
        self.away.contains(&(kind, key.to_owned()))
    }

    /// Notes a change and its line.
    pub(super) fn note(&mut self, change: Change, line: Line) {
        self.changes.push((change, line.to_string()));
        self.report.lines.push(line);
    }

    /// Notes a deletion, which files no longer speak of, with what it leaves behind.
    pub(super) fn removed(&mut self, change: Change, (kind, key): (&'static str, &str), fields: Vec<Field>) {
        self.note(change, Line { sign: Sign::Removed, kind, key: key.to_owned(), fields });
        self.forget(kind, key);
    }

    /// Everything that is to change so far.
    pub(super) fn coming(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().map(|(change, _)| change)
    }

    /// Forgets what files said.
    pub(super) fn forget(&mut self, kind: &str, key: &str) {
        self.declarations.push(DeclarationChange::Forget { kind: kind.to_owned(), key: key.to_owned() });
    }

    /// Notes how many of a kind no file ever declared.
    pub(super) fn leave(&mut self, kind: &'static str, count: usize) {
        if count > 0 {
            self.report.undeclared.push(Undeclared { kind, count });
        }
    }

    /// Notes a change that belongs to the line before it and needs none of its own.
    pub(super) fn silently(&mut self, change: Change, detail: String) {
        self.changes.push((change, detail));
    }

    /// A new credential of our format.
    pub(super) fn mint(&self, kind: Kind) -> Result<Secret, DeclaredError> {
        let bytes = self.around.entropy.new_credential_bytes::<()>(self.fresh()?)?;
        Ok(Secret::mint(self.around.token_prefix, kind, Environment::Live, bytes))
    }

    /// Keeps a new secret to be shown once.
    pub(super) fn show_once(&mut self, name: &'static str, of: String, value: Secret) {
        if !self.dry_run {
            self.report.made.push(Made { name, of, value });
        }
    }

    /// Says when what is held back was set by hand, where the audit tells it. What this itself wrote meanwhile is left out.
    pub(super) async fn date_what_is_kept(&mut self) -> Result<(), DeclaredError> {
        let Some(since) = self.report.kept.iter().map(|kept| kept.applied_at).min() else { return Ok(()) };
        let between = (since, self.now);
        let deeds = self.around.store.deeds_on_what_is_declared(between, DEEDS_AT_MOST).await?;
        for kept in &mut self.report.kept {
            let deed = deeds.iter().find(|deed| deed.at > kept.applied_at && set_by_hand(deed, kept));
            kept.at = deed.map(|deed| deed.at);
        }
        Ok(())
    }

    /// What will change, before it does.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Makes it true, unless this is a dry run.
    ///
    /// # Errors
    /// [`DeclaredError`]; nothing was changed then, or whole batches of people.
    pub async fn finish(self) -> Result<Report, DeclaredError> {
        if self.dry_run || (self.changes.is_empty() && self.declarations.is_empty()) {
            return Ok(self.report);
        }
        let done = super::carry_out(self.around, self.changes, self.declarations).await;
        done.map_err(|error| error.after(self.written))?;
        Ok(self.report)
    }
}

/// The line of something new.
fn added(kind: &'static str, key: &str) -> Line {
    Line { sign: Sign::Added, kind, key: key.to_owned(), fields: Vec::new() }
}

/// Whether a deed is the one by hand that something is kept for: of its kind, about it, and not told by a line of a diff.
fn set_by_hand(deed: &Audit, kept: &Kept) -> bool {
    let noun = match kept.field.as_ref().map(|field| field.name) {
        Some("password") => "password",
        Some("client_secret") => "client_secret",
        Some("key") => "host_key",
        Some(_) | None => kept.kind,
    };
    let is_of_kind = deed.action.as_str().split_once('.').is_some_and(|(of, _)| of == noun);
    let detail = deed.detail.as_deref().unwrap_or_default();
    let is_line = ["+ ", "~ ", "- "].iter().any(|sign| detail.starts_with(sign));
    is_of_kind && !is_line && names(detail, &kept.key)
}

/// Whether a text names something as a word of its own.
fn names(text: &str, key: &str) -> bool {
    text.match_indices(key).any(|(at, _)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + key.len()..].chars().next());
        before.is_none_or(|c| c == ' ') && after.is_none_or(|c| matches!(c, ' ' | ':'))
    })
}
