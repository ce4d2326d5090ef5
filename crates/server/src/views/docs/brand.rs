//! `/developers/brand`: the buttons that apps show, and how they may be used.

use askama::Template;

use crate::language::Key;
use crate::routes::Address;
use crate::routes::link::Link;
use crate::views::site::{Site, Theme};

/// The page.
#[derive(Debug, Template)]
#[template(path = "docs/brand.html")]
pub struct BrandPage<'a> {
    /// The frame.
    pub site: &'a Site,
    /// The buttons in the language of the page, for each of the two surroundings.
    pub looks: Vec<(Theme, Vec<Shown>)>,
    /// The other languages in which they are, each with this page in it.
    pub languages: Vec<(&'static str, Link)>,
    /// Apps of whoever looks, each with this page for it.
    pub apps: Vec<(String, Link)>,
    /// The one whose values stand in the code.
    pub chosen: Option<&'a str>,
    /// Code that shows a button.
    pub code: String,
}

/// A button as it is shown.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is said by its name")]
pub struct Shown {
    pub path: String,
    pub text: String,
    pub width: u32,
    pub height: u32,
}

/// How the buttons may be used.
const RULES: [Key; 5] = [
    Key("brand-rule-as-they-are"),
    Key("brand-rule-room"),
    Key("brand-rule-surroundings"),
    Key("brand-rule-straight"),
    Key("brand-rule-no-endorsement"),
];

impl BrandPage<'_> {
    fn rules(&self) -> [Key; 5] {
        RULES
    }
}
