//! What an application of declared state changed, in words.

use std::fmt;

use serde::{Serialize, Serializer};
use symbolon_oauth::client::{AuthenticationMethod, ClientType, GrantType, Level};
use symbolon_oauth::credential::Secret;
use symbolon_oauth::id::UserId;
use symbolon_oauth::policy::UnknownScopes;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::AppStatus;
use symbolon_platform::catalogue::{Sensitivity, Text, Texts};
use symbolon_platform::listing::IconKey;
use symbolon_platform::tenant::{Standing, TenantKind};

use crate::clock::iso;

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

/// Something that was set by hand after it was last applied, and stays so until its line in the file changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// The kind, as the section is called in the file.
    pub kind: &'static str,
    /// Its identifier.
    pub key: String,
    /// Which field; [`None`] when the whole of it was deleted or renamed. A secret appears by name only.
    pub field: Option<Field>,
    /// What it is called instead, where it was renamed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renamed_to: Option<String>,
    /// When it was set, where the audit tells it.
    #[serde(rename = "set_at", serialize_with = "as_iso")]
    pub at: Option<Timestamp>,
    /// When a file last said something else of it.
    #[serde(skip)]
    pub applied_at: Timestamp,
}

fn as_iso<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    at.map(iso).serialize(serializer)
}

impl Kept {
    fn when(&self) -> String {
        match (self.at, self.applied_at) {
            (Some(at), _) => format!(" on {}", iso(at)),
            (None, Timestamp(0)) => String::new(),
            (None, applied_at) => format!(" after {}", iso(applied_at)),
        }
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, key, when) = (self.kind, &self.key, self.when());
        match &self.field {
            None => {
                let gone = match &self.renamed_to {
                    Some(new) => format!("renamed to {new}"),
                    None => "deleted".to_owned(),
                };
                write!(f, "= {kind} {key}: kept away: {gone} by hand{when}; the file declares it")
            }
            Some(Field { name, before, after }) => {
                write!(f, "= {kind} {key}: {name} {before} kept: set by hand{when}; the file says {after}")
            }
        }
    }
}

/// How many of a kind pruning left alone because no file ever declared them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Undeclared {
    /// The kind, as the section is called in the file.
    pub kind: &'static str,
    /// How many.
    pub count: usize,
}

impl fmt::Display for Undeclared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", counted(self.count, self.kind))
    }
}

/// `1 user`, `2 users`.
fn counted(count: usize, kind: &str) -> String {
    format!("{count} {kind}{}", if count == 1 { "" } else { "s" })
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
    /// The diff, without what was told already.
    pub lines: Vec<Line>,
    /// How many lines of it were told as they came true.
    pub told: usize,
    /// Secrets to show once. Empty on a dry run.
    pub made: Vec<Made>,
    /// What is not as the files say, because it was set by hand.
    pub kept: Vec<Kept>,
    /// What pruning left alone.
    pub undeclared: Vec<Undeclared>,
}

impl Report {
    /// How many things go, kind by kind: `2 users, 1 tenant`. [`None`] when nothing does.
    #[must_use]
    pub fn removals(&self) -> Option<String> {
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for line in self.lines.iter().filter(|line| line.sign == Sign::Removed) {
            match counts.iter_mut().find(|(kind, _)| *kind == line.kind) {
                Some((_, count)) => *count += 1,
                None => counts.push((line.kind, 1)),
            }
        }
        let words: Vec<_> = counts.into_iter().map(|(kind, count)| counted(count, kind)).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }

    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.told == 0
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
impl<T: Shown> Shown for Option<T> {
    fn shown(&self) -> String {
        self.as_ref().map_or_else(|| "(none)".to_owned(), Shown::shown)
    }
}
impl<T: Shown> Shown for Vec<T> {
    fn shown(&self) -> String {
        format!("[{}]", self.iter().map(Shown::shown).collect::<Vec<_>>().join(", "))
    }
}
impl Shown for Texts {
    fn shown(&self) -> String {
        let text = |(language, text): (&String, &Text)| {
            format!("{language}: {} {}", text.title.shown(), text.description.shown())
        };
        format!("{{{}}}", self.iter().map(text).collect::<Vec<_>>().join(", "))
    }
}
impl Shown for UserId {
    fn shown(&self) -> String {
        self.to_string().shown()
    }
}
/// Enough of an icon's name to tell it from others.
impl Shown for IconKey {
    fn shown(&self) -> String {
        self.to_string().chars().take(12).collect::<String>().shown()
    }
}

/// Those that have a spelling.
macro_rules! spelled {
    ($($word:ty),+) => {
        $(impl Shown for $word {
            fn shown(&self) -> String {
                self.as_str().shown()
            }
        })+
    };
}

spelled!(
    AppStatus,
    AuthenticationMethod,
    ClientType,
    GrantType,
    Level,
    ScopeSet,
    Sensitivity,
    Standing,
    TenantKind,
    UnknownScopes
);
