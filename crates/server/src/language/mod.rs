//! Languages of the pages: their messages, which are Fluent files read once, and the way from a key to a sentence.
//!
//! A message of ours is trusted and may hold elements; whatever is put into it is escaped, and a name is isolated (`<bdi>`),
//! so that neither its letters nor their direction reach beyond it. Invariants, kept by `tests.rs`: every language has the
//! same keys, variables and elements; every key is written out where it is said; none is said nowhere; and no template holds
//! a text of its own.

pub mod choice;
pub mod mirrored;
pub mod said;
pub mod time;

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use askama::filters::{Escaper, Html};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

use crate::language::said::Said;

/// A language of the pages.
#[derive(Clone, Copy)]
pub struct Language(&'static Texts);

/// The name of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(pub &'static str);

impl From<&'static str> for Key {
    fn from(key: &'static str) -> Key {
        Key(key)
    }
}

/// As templates hand one over.
impl From<&Key> for Key {
    fn from(key: &Key) -> Key {
        *key
    }
}

/// Which way a language is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From left to right.
    LeftToRight,
    /// From right to left.
    RightToLeft,
}

impl Direction {
    /// The value of the attribute `dir`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::LeftToRight => "ltr",
            Direction::RightToLeft => "rtl",
        }
    }
}

/// One language, as it was read.
struct Texts {
    tag: &'static str,
    direction: Direction,
    bundle: FluentBundle<FluentResource>,
}

/// The files of a language.
macro_rules! files {
    ($tag:literal) => {
        [
            include_str!(concat!("../../messages/", $tag, "/frame.ftl")),
            include_str!(concat!("../../messages/", $tag, "/home.ftl")),
            include_str!(concat!("../../messages/", $tag, "/sign_in.ftl")),
            include_str!(concat!("../../messages/", $tag, "/consent.ftl")),
            include_str!(concat!("../../messages/", $tag, "/account.ftl")),
            include_str!(concat!("../../messages/", $tag, "/organisations.ftl")),
            include_str!(concat!("../../messages/", $tag, "/password.ftl")),
            include_str!(concat!("../../messages/", $tag, "/mail.ftl")),
            include_str!(concat!("../../messages/", $tag, "/proof.ftl")),
            include_str!(concat!("../../messages/", $tag, "/portal.ftl")),
            include_str!(concat!("../../messages/", $tag, "/activity.ftl")),
            include_str!(concat!("../../messages/", $tag, "/mends.ftl")),
            include_str!(concat!("../../messages/", $tag, "/connect.ftl")),
            include_str!(concat!("../../messages/", $tag, "/docs.ftl")),
            include_str!(concat!("../../messages/", $tag, "/errors.ftl")),
        ]
    };
}

const ENGLISH: [&str; 15] = files!("en");

/// The languages, the one that everybody gets who reads none of them first. A further one is a folder and a line.
static ALL: LazyLock<[Texts; 2]> = LazyLock::new(|| {
    [
        Texts::read("en", Direction::LeftToRight, &ENGLISH),
        Texts::read("de", Direction::LeftToRight, &files!("de")),
    ]
});

impl Texts {
    /// What stands in these files. A line that is none is left out, and a test finds it.
    fn read(tag: &'static str, direction: Direction, files: &[&str]) -> Texts {
        let mut bundle = FluentBundle::new_concurrent(tag.parse().into_iter().collect());
        // Names are isolated by elements.
        bundle.set_use_isolating(false);
        for file in files {
            let resource = match FluentResource::try_new((*file).to_owned()) {
                Ok(resource) | Err((resource, _)) => resource,
            };
            bundle.add_resource_overriding(resource);
        }
        Texts { tag, direction, bundle }
    }
}

impl Language {
    /// Every language, the fallback first.
    pub fn all() -> impl Iterator<Item = Language> {
        ALL.iter().map(Language)
    }

    /// The language of everybody who reads no other one of ours.
    #[must_use]
    pub fn fallback() -> Language {
        Language(&ALL[0])
    }

    /// The one with this tag, in whatever case.
    #[must_use]
    pub fn named(tag: &str) -> Option<Language> {
        Language::all().find(|own| own.tag().eq_ignore_ascii_case(tag))
    }

    /// Its tag (BCP 47).
    #[must_use]
    pub fn tag(self) -> &'static str {
        self.0.tag
    }

    /// Which way it is written.
    #[must_use]
    pub fn direction(self) -> Direction {
        self.0.direction
    }

    /// A message, into which values may be put.
    #[must_use]
    pub fn say<'a>(self, key: impl Into<Key>) -> Said<'a> {
        Said::new(self, key.into())
    }

    /// The text of a message; its key where there is none.
    fn text<'a>(self, key: Key, values: &'a FluentArgs<'_>) -> Cow<'a, str> {
        let pattern = self.0.bundle.get_message(key.0).and_then(|message| message.value());
        let Some(pattern) = pattern else { return Cow::Borrowed(key.0) };
        self.0.bundle.format_pattern(pattern, Some(values), &mut Vec::new())
    }
}

impl PartialEq for Language {
    fn eq(&self, other: &Language) -> bool {
        self.tag() == other.tag()
    }
}

impl Eq for Language {}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// HTML that shows this text.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    let _ = Html.write_escaped_str(&mut html, text);
    html
}

#[cfg(test)]
mod tests;
