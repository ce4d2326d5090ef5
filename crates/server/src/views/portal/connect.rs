//! An app, connected by one of its developers as themselves: what was asked and answered, step by step.

use askama::Template;

use crate::language::Key;
use crate::language::time::When;
use crate::views::face::Complaint;
use crate::views::portal::Frame;
use crate::views::site::Site;

/// The page.
#[derive(Debug, Template)]
#[template(path = "portal/connect.html")]
pub struct Connect<'a> {
    /// The frame.
    pub site: &'a Site,
    /// The app around it.
    pub frame: Frame<'a>,
    /// How a trial begins, before there is one.
    pub start: Option<Start>,
    /// What was done, in order.
    pub steps: Vec<Told>,
    /// The trial, as its forms carry it on.
    pub sealed: String,
    /// What can be done next: the value of a button, and what stands on it.
    pub acts: Vec<(&'static str, Key)>,
    /// Whether it was ended.
    pub over: bool,
    /// When what it was given ends, where it was given something.
    pub ends: Option<When>,
    /// A link that was pasted.
    pub typed: &'a str,
    /// What is wrong with it.
    pub checked: Option<Checked>,
}

/// How a trial begins.
#[derive(Debug)]
pub struct Start {
    /// Where it leads.
    pub link: String,
    /// The same, with consent asked anew.
    pub again: String,
    /// What is asked there.
    pub request: String,
    /// How long it lasts.
    pub minutes: usize,
}

/// A step.
#[derive(Debug)]
pub struct Told {
    /// What was done.
    pub title: Key,
    /// Whether it went well.
    pub well: bool,
    /// What that means, and what to do.
    pub means: Key,
    /// What was asked.
    pub request: String,
    /// What was answered.
    pub answer: String,
    /// The same in a shell.
    pub curl: String,
}

/// What is to be said of a pasted link.
#[derive(Debug)]
pub struct Checked {
    /// Whether nothing is wrong.
    pub well: bool,
    /// What it is.
    pub means: Key,
    /// What the app would be told, in English.
    pub description: Option<String>,
    /// Where it differs from what is known.
    pub difference: Option<Difference>,
}

/// Two texts, each as what is the same and what is not.
#[derive(Debug)]
pub struct Difference {
    /// Which character is the first that differs, from one.
    pub place: usize,
    /// What was sent.
    pub sent: (String, String),
    /// What is known.
    pub known: (String, String),
}

impl<'a> Connect<'a> {
    fn complaints(&self) -> &[Complaint<'a>] {
        &self.frame.problems
    }
}
