//! What an app did and was refused.

use askama::Template;

use crate::language::Key;
use crate::language::said::Said;
use crate::language::time::When;
use crate::routes::field;
use crate::routes::link::Link;
use crate::views::face::Complaint;
use crate::views::portal::plot::Plot;
use crate::views::portal::{Connected, Frame};
use crate::views::site::Site;

/// The page.
#[derive(Debug, Template)]
#[template(path = "portal/activity.html")]
pub struct Activity<'a> {
    /// The frame.
    pub site: &'a Site,
    /// The app around it.
    pub frame: Frame<'a>,
    /// The days.
    pub days: Plot,
    /// The hours of one of them.
    pub hours: Plot,
    /// That day, in words.
    pub day: String,
    /// The day before, and the day after.
    pub beside: [Option<Link>; 2],
    /// Why it was refused, and how often: the reason as the log names it, and what to do.
    pub reasons: Vec<(String, i64, Key)>,
    /// The tenants that have it connected.
    pub tenants: Connected,
    /// When they let it in, and when that ended.
    pub installs: Plot,
    /// The last refusals, or those that were looked for.
    pub refusals: Vec<Row>,
    /// The name of a request that was looked for.
    pub find: Option<&'a str>,
    /// The next page of refusals.
    pub next: Option<Link>,
    /// Whether this is not the first one.
    pub later: bool,
}

/// A refusal.
#[derive(Debug)]
pub struct Row {
    /// When.
    pub when: When,
    /// The endpoint, as the metrics name it.
    pub endpoint: String,
    /// The error code.
    pub code: String,
    /// The reason, as the log names it.
    pub reason: String,
    /// What it means and what to do.
    pub mend: Key,
    /// The name of the request.
    pub request_id: String,
}

impl<'a> Activity<'a> {
    fn complaints(&self) -> &[Complaint<'a>] {
        &self.frame.problems
    }

    /// Whether it was never used.
    fn is_quiet(&self) -> bool {
        self.days.is_empty() && self.refusals.is_empty() && self.find.is_none() && !self.later
    }

    fn tenants(&self) -> Said<'a> {
        let key = if self.tenants.more { Key("activity-tenants-more") } else { Key("activity-tenants") };
        self.site.say(key).count("count", self.tenants.count)
    }

    /// The sum of what is counted in the days.
    fn sums(&self) -> Vec<(Key, i64)> {
        self.days.series.iter().map(|series| series.title).zip(self.days.totals()).collect()
    }
}
