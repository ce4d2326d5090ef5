//! `/developers/new`: a new app.

use askama::Template;
use symbolon_platform::app::preset::Preset;

use crate::language::Key;
use crate::language::said::Said;
use crate::routes::Address;
use crate::views::face::Complaint;
use crate::views::site::Site;

/// The page on which an app is made.
#[derive(Debug, Template)]
#[template(path = "portal/create.html")]
pub struct Create<'a> {
    /// The frame.
    pub site: &'a Site,
    /// The form's token against forgery.
    pub csrf: &'a str,
    /// The row that the app is to be.
    pub id: &'a str,
    /// The mark that the row is one of ours.
    pub shown: &'a str,
    /// What was typed.
    pub name: &'a str,
    /// The kind that is chosen.
    pub preset: &'a str,
    /// The kinds.
    pub presets: &'static [Preset],
    /// Where it can be made: identifier and name.
    pub organisations: Vec<(String, &'a str)>,
    /// Where it is to be made.
    pub organisation: &'a str,
    /// The manifest that was pasted.
    pub manifest: &'a str,
    /// What is wrong.
    pub problems: Vec<Complaint<'a>>,
}

impl<'a> Create<'a> {
    fn complaints(&self) -> &[Complaint<'a>] {
        &self.problems
    }

    fn beside(&self, id: &str) -> Option<&Said<'a>> {
        self.problems.iter().find(|problem| problem.field == Some(id)).map(|problem| &problem.text)
    }

    fn is_there(&self, organisation: &str) -> bool {
        self.organisation == organisation
    }

    fn is_of_kind(&self, preset: &Preset) -> bool {
        self.preset == preset.key
    }

    /// What a kind is called, where it is no platform's.
    fn kind(preset: &Preset) -> Key {
        match preset.key.as_str() {
            "single-page" => Key("portal-preset-single-page"),
            "native" => Key("portal-preset-native"),
            "command-line" => Key("portal-preset-command-line"),
            "agent" => Key("portal-preset-agent"),
            _ => Key("portal-preset-web"),
        }
    }
}
