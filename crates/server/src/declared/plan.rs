//! The difference between files and storage, gathered kind by kind, then made true at once.

use std::collections::HashMap;

use symbolon_oauth::credential::{Environment, Kind, Secret};
use symbolon_oauth::id::{Id, TenantId, UserId};
use symbolon_oauth::time::Timestamp;
use symbolon_store::Change;

use super::diff::{Line, Made, Report, Sign};
use super::{DeclaredError, Options, Surroundings};

/// What will change.
pub(super) struct Plan<'a> {
    pub(super) around: Surroundings<'a>,
    pub(super) now: Timestamp,
    pub(super) dry_run: bool,
    changes: Vec<(Change, String)>,
    report: Report,
    /// The people and tenants met so far, new ones too, by the host's identifier.
    pub(super) users: HashMap<String, UserId>,
    pub(super) tenants: HashMap<String, TenantId>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(around: Surroundings<'a>, options: Options) -> Plan<'a> {
        Plan {
            now: around.clock.now(),
            around,
            dry_run: options.dry_run,
            changes: Vec::new(),
            report: Report::default(),
            users: HashMap::new(),
            tenants: HashMap::new(),
        }
    }

    pub(super) fn fresh<K>(&self) -> Result<Id<K>, DeclaredError> {
        Ok(self.around.entropy.new_id(self.now)?)
    }

    /// Notes a change and its line.
    pub(super) fn note(&mut self, change: Change, line: Line) {
        self.changes.push((change, line.to_string()));
        self.report.lines.push(line);
    }

    pub(super) fn added(&mut self, change: Change, kind: &'static str, key: &str) {
        self.note(change, Line { sign: Sign::Added, kind, key: key.to_owned(), fields: Vec::new() });
    }

    pub(super) fn removed(&mut self, change: Change, kind: &'static str, key: &str) {
        self.note(change, Line { sign: Sign::Removed, kind, key: key.to_owned(), fields: Vec::new() });
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

    /// Makes it true, unless this is a dry run.
    pub(super) async fn finish(self) -> Result<Report, DeclaredError> {
        if self.dry_run || self.changes.is_empty() {
            return Ok(self.report);
        }
        super::change(self.around, self.changes).await?;
        Ok(self.report)
    }
}
