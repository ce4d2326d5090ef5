//! What an application of declared state changed, in words.

use std::fmt;

use serde::Serialize;
use symbolon_oauth::credential::Secret;

/// Whether something appears, changes or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sign {
    /// `+`
    Added,
    /// `~`
    Changed,
    /// `-`
    Removed,
}

/// One changed field. Secrets appear by name only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// The key in the file.
    pub name: &'static str,
    /// What was stored.
    pub before: String,
    /// What is declared.
    pub after: String,
}

/// One line of the diff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Appears, changes or goes.
    pub sign: Sign,
    /// The kind, as the section is called in the file.
    pub kind: &'static str,
    /// Its identifier.
    pub key: String,
    /// What changes.
    pub fields: Vec<Field>,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.sign {
            Sign::Added => '+',
            Sign::Changed => '~',
            Sign::Removed => '-',
        };
        write!(f, "{sign} {} {}", self.kind, self.key)?;
        for (i, field) in self.fields.iter().enumerate() {
            let separator = if i == 0 { ':' } else { ',' };
            write!(f, "{separator} {} {} → {}", field.name, field.before, field.after)?;
        }
        Ok(())
    }
}

/// A secret that was made now and is shown once.
#[derive(Clone, Debug)]
pub struct Made {
    /// What it is: `client_secret`, `password`, `key`.
    pub name: &'static str,
    /// Whose: `app demo-app`.
    pub of: String,
    /// Itself.
    pub value: Secret,
}

/// What happened, or would happen.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The diff.
    pub lines: Vec<Line>,
    /// Secrets to show once. Empty on a dry run.
    pub made: Vec<Made>,
}

impl Report {
    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

/// The differences between what is stored and what is declared.
#[derive(Default)]
pub(super) struct Fields(Vec<Field>);

impl Fields {
    /// Notes `name` when the two differ.
    pub(super) fn compare<T: PartialEq + Shown + ?Sized>(
        mut self,
        name: &'static str,
        old: &T,
        new: &T,
    ) -> Self {
        if old != new {
            self.0.push(Field { name, before: old.shown(), after: new.shown() });
        }
        self
    }

    /// The line, if there is any difference.
    pub(super) fn line(self, kind: &'static str, key: &str) -> Option<Line> {
        let line = Line { sign: Sign::Changed, kind, key: key.to_owned(), fields: self.0 };
        (!line.fields.is_empty()).then_some(line)
    }
}

/// How a value looks in a diff.
pub(super) trait Shown {
    fn shown(&self) -> String;
}

impl Shown for str {
    fn shown(&self) -> String {
        format!("\"{}\"", self.escape_debug())
    }
}
impl Shown for String {
    fn shown(&self) -> String {
        self.as_str().shown()
    }
}
impl Shown for bool {
    fn shown(&self) -> String {
        self.to_string()
    }
}
impl<T: AsRef<str>> Shown for Option<T> {
    fn shown(&self) -> String {
        self.as_ref().map_or_else(|| "(none)".to_owned(), |text| text.as_ref().shown())
    }
}
impl Shown for Vec<String> {
    fn shown(&self) -> String {
        format!("[{}]", self.iter().map(Shown::shown).collect::<Vec<_>>().join(", "))
    }
}
