//! A three-way merge, field by field: what a file says, what is stored, and what files said before.
//!
//! What was set by hand wins until the file's own line changes; by hand is everything but files. What files said before is
//! kept as digests ([`Declaration`]), so the value that was applied last is never shown, only compared.

use std::collections::BTreeMap;

use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::time::Timestamp;
use symbolon_store::declarations::{ANY, Declaration, FORGOTTEN};

use super::diff::{Field, Kept, Line, Shown, Sign};

/// One object of the files, while it is compared.
pub(super) struct Merge {
    pub(super) kind: &'static str,
    pub(super) key: String,
    by_hand: bool,
    before: Option<Declaration>,
    said: BTreeMap<String, String>,
    fields: Vec<Field>,
    pub(super) kept: Vec<Kept>,
    /// The argon2id hash of the password that the file says.
    pub(super) password_hash: Option<String>,
}

/// What a file names, and whether that is made just now.
#[derive(Clone, Copy)]
pub(super) struct Named<'a> {
    pub(super) said: &'a str,
    pub(super) is_made: bool,
}

impl Merge {
    /// `before` is what files said of it; what is said `by_hand` wins over everything, and nobody remembers it as said.
    pub(super) fn new(kind: &'static str, key: &str, before: Option<Declaration>, by_hand: bool) -> Merge {
        Merge {
            kind,
            key: key.to_owned(),
            by_hand,
            before,
            said: BTreeMap::new(),
            fields: Vec::new(),
            kept: Vec::new(),
            password_hash: None,
        }
    }

    /// What a field is to be. An object that is not stored is to be what the file says.
    pub(super) fn settle<T: PartialEq + Shown>(
        &mut self,
        name: &'static str,
        stored: Option<T>,
        file: T,
    ) -> T {
        let said = file.shown();
        self.settle_named(name, stored, file, Named { said: &said, is_made: false })
    }

    /// The same where the file names something that is looked up: what is compared with what files said before is the name,
    /// for what it leads to may change, or be gone, while the file stays as it is. What comes back is taken as said anew.
    pub(super) fn settle_named<T: PartialEq + Shown>(
        &mut self,
        name: &'static str,
        stored: Option<T>,
        file: T,
        named: Named<'_>,
    ) -> T {
        let as_before = self.says(name, named.said) && !named.is_made;
        match stored {
            Some(stored) if stored != file => {
                let field = Field { name, before: stored.shown(), after: file.shown() };
                if as_before {
                    self.keep(field);
                    return stored;
                }
                self.fields.push(field);
                file
            }
            Some(_) | None => file,
        }
    }

    /// The same of a field that a file may leave open: then it is what it is, and else `new`.
    pub(super) fn settle_if_said<T: PartialEq + Shown>(
        &mut self,
        name: &'static str,
        stored: Option<T>,
        file: Option<T>,
        new: T,
    ) -> T {
        match file {
            Some(file) => self.settle(name, stored, file),
            None => stored.unwrap_or(new),
        }
    }

    /// Notes what becomes of a field that follows from others: no file says it.
    pub(super) fn follow<T: PartialEq + Shown>(&mut self, name: &'static str, stored: Option<&T>, new: &T) {
        if let Some(stored) = stored.filter(|stored| *stored != new) {
            self.fields.push(Field { name, before: stored.shown(), after: new.shown() });
        }
    }

    /// Whether the file says of a field what files said before.
    pub(super) fn says(&mut self, name: &str, value: &str) -> bool {
        let digest = digest(value);
        let before = self.before.as_ref().and_then(|before| before.fields.get(name));
        let same = before.is_some_and(|before| *before == digest || before == ANY);
        self.said.insert(name.to_owned(), digest);
        same && !self.by_hand
    }

    /// The argon2id hash of the password that files said before.
    pub(super) fn password_before(&self) -> Option<&str> {
        self.before.as_ref()?.password_hash.as_deref().filter(|hash| !self.by_hand && *hash != FORGOTTEN)
    }

    /// Whether the password that is stored may be newer than what any file said of it.
    pub(super) fn keeps_password(&self) -> bool {
        self.before.as_ref().filter(|_| !self.by_hand).is_some_and(|before| {
            before.password_hash.as_deref() == Some(FORGOTTEN)
                || before.fields.get("password").is_some_and(|any| any == ANY)
        })
    }

    /// Notes a field that stays as it was set by hand.
    pub(super) fn keep(&mut self, field: Field) {
        self.kept.push(self.held_back(Some(field)));
    }

    /// Notes a secret that stays as it was set by hand: named, never shown.
    pub(super) fn keep_secret(&mut self, name: &'static str) {
        self.keep(Field { name, before: "(another)".to_owned(), after: "(its own)".to_owned() });
    }

    fn held_back(&self, field: Option<Field>) -> Kept {
        let applied_at = self.before.as_ref().map_or(Timestamp(0), |before| before.applied_at);
        let renamed_to = self.before.as_ref().filter(|_| field.is_none());
        let renamed_to = renamed_to.and_then(|before| before.renamed_to.clone());
        Kept { kind: self.kind, key: self.key.clone(), field, renamed_to, at: None, applied_at }
    }

    /// Whether an object that is not stored was deleted or renamed by hand, and its entry is what it was: it stays away.
    pub(super) fn stays_away(&self) -> Option<Kept> {
        let before = self.before.as_ref().filter(|_| !self.by_hand)?;
        let is_older = before.fields.values().all(|digest| digest == ANY);
        let same = is_older || before.fields == self.said;
        same.then(|| self.held_back(None))
    }

    /// The line of an object that is stored, if anything of it changes.
    pub(super) fn line(&self) -> Option<Line> {
        let (kind, key) = (self.kind, self.key.clone());
        let line = Line { sign: Sign::Changed, kind, key, fields: self.fields.clone() };
        (!line.fields.is_empty()).then_some(line)
    }

    /// What is to be remembered of this, if that is news. What is made by hand was declared by no file, even if one of
    /// the same name was before.
    pub(super) fn remembered(self, is_stored: bool, now: Timestamp) -> Option<Declaration> {
        if self.by_hand {
            let is_news =
                |before: &Declaration| !is_stored && (before.declared || before.renamed_to.is_some());
            let before = self.before.filter(is_news)?;
            return Some(Declaration { declared: false, renamed_to: None, ..before });
        }
        let is_away = !is_stored && self.stays_away().is_some();
        let away = self.before.as_ref().filter(|_| is_away);
        // That a password was declared is not forgotten while nobody has it.
        let password_hash = away.map_or(self.password_hash, |before| before.password_hash.clone());
        let renamed_to = away.and_then(|before| before.renamed_to.clone());
        // The moment stays while something is held back: whoever asks since when goes on looking from there.
        let holds_back = is_away || !self.kept.is_empty();
        let (known, applied_at) =
            self.before.as_ref().map_or((false, now), |before| (before.declared, before.applied_at));
        let new = Declaration {
            kind: self.kind.to_owned(),
            key: self.key,
            declared: if is_away { known } else { true },
            applied_at,
            fields: self.said,
            password_hash,
            renamed_to,
        };
        let is_known = self.before.is_some_and(|before| before == new);
        (!is_known).then_some(Declaration { applied_at: if holds_back { applied_at } else { now }, ..new })
    }
}

/// Half of SHA-256: enough to tell values apart, and none of them can be read from it.
fn digest(value: &str) -> String {
    SecretHash::of(value).0[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}
