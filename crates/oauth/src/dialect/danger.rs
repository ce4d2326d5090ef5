//! Dangers of a dialect: what is wrong, how to mend it, and the line of the file that says it.

use std::fmt;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::quoted::Bare;

/// More than these are not listed: whoever has as many mends those first.
const LISTED_AT_MOST: usize = 40;

/// One thing that keeps a text from being a dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Danger {
    /// The line that says it, counted from one; none where nothing does.
    pub line: Option<usize>,
    /// The key, what is wrong with it, and how to mend it.
    pub what: String,
}

impl fmt::Display for Danger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// The text of a dialect, and where in it each key stands.
pub(super) struct Places<'t> {
    text: &'t str,
    root: Spanned<DeTable<'t>>,
}

impl<'t> Places<'t> {
    /// Reads a text.
    ///
    /// # Errors
    /// What is wrong with its syntax.
    pub(super) fn read(text: &'t str) -> Result<Places<'t>, toml::de::Error> {
        DeTable::parse(text).map(|root| Places { text, root })
    }

    /// The document.
    pub(super) fn root(&self) -> &DeTable<'t> {
        self.root.get_ref()
    }

    /// The line that says `key`, for one endpoint or for all.
    fn line(&self, endpoint: Option<usize>, key: &[&str]) -> Option<usize> {
        let own = endpoint.and_then(|at| endpoints(self.root())?.get(at)?.get_ref().as_table());
        let offset = own.and_then(|own| within(own, key)).or_else(|| within(self.root(), key))?;
        Some(self.text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1)
    }
}

/// The endpoints of a document.
pub(super) fn endpoints<'d, 't>(root: &'d DeTable<'t>) -> Option<&'d [Spanned<DeValue<'t>>]> {
    root.get("endpoint")?.get_ref().as_array().map(|endpoints| &endpoints[..])
}

/// Where `key` begins in `table`, or as much of it as stands there.
fn within(table: &DeTable<'_>, key: &[&str]) -> Option<usize> {
    let (first, rest) = key.split_first()?;
    let (own, value) = table.get_key_value(*first)?;
    let below = below(value, rest);
    // An operator's own lifetimes stand in another file.
    if *first == "lifetimes" { below } else { below.or_else(|| Some(own.span().start)) }
}

fn below(value: &Spanned<DeValue<'_>>, key: &[&str]) -> Option<usize> {
    let (first, rest) = key.split_first()?;
    match value.get_ref() {
        DeValue::Table(table) => within(table, key),
        DeValue::Array(entries) => {
            let entry = entries.get(first.parse::<usize>().ok()?)?;
            below(entry, rest).or_else(|| Some(entry.span().start))
        }
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_) => None,
    }
}

/// What was found so far.
pub(super) struct Found<'t> {
    places: &'t Places<'t>,
    endpoint: Option<usize>,
    dangers: Vec<Danger>,
    work: usize,
}

impl<'t> Found<'t> {
    /// Nothing yet.
    pub(super) fn new(places: &'t Places<'t>) -> Found<'t> {
        Found { places, endpoint: None, dangers: Vec::new(), work: 0 }
    }

    /// From here on keys are those of this endpoint, or of all.
    pub(super) fn at(&mut self, endpoint: Option<usize>) {
        self.endpoint = endpoint;
    }

    /// Notes that something is wrong with `key`. A number in a key is an entry of a list.
    pub(super) fn say(&mut self, key: &[&str], sentence: impl fmt::Display) {
        let names = key.iter().filter(|name| name.parse::<usize>().is_err());
        let names: Vec<String> = names.map(|name| Bare(name).to_string()).collect();
        self.note(key, format!("{}: {sentence}", names.join(".")));
    }

    /// The same for the entry of a list that has a name.
    pub(super) fn say_of(&mut self, key: &[&str], at: usize, name: &str, sentence: impl fmt::Display) {
        let at = at.to_string();
        let entry: Vec<&str> = key.iter().copied().chain([at.as_str()]).collect();
        self.note(&entry, format!("{} {}: {sentence}", key.join("."), Bare(name)));
    }

    fn note(&mut self, key: &[&str], what: String) {
        if self.dangers.len() == LISTED_AT_MOST {
            return;
        }
        let danger = Danger { line: self.places.line(self.endpoint, key), what };
        if !self.dangers.contains(&danger) {
            self.dangers.push(danger);
        }
    }

    /// Counts the bytes that were written or read to judge a dialect.
    pub(super) fn worked(&mut self, bytes: usize) {
        self.work += bytes;
    }

    /// How many those were.
    pub(super) fn work(&self) -> usize {
        self.work
    }

    /// Whether nothing is wrong.
    pub(super) fn is_empty(&self) -> bool {
        self.dangers.is_empty()
    }

    /// All of it.
    pub(super) fn into_dangers(self) -> Vec<Danger> {
        self.dangers
    }
}
