//! `/developers/request`: what somebody asks for who may not make apps, and what the team said.

use askama::Template;
use symbolon_platform::developers::{UnfitWish, Wish};

use crate::language::Key;
use crate::language::said::Said;
use crate::language::time::When;
use crate::routes::Address;
use crate::views::face::Complaint;
use crate::views::site::Site;

/// The page.
#[derive(Debug, Template)]
#[template(path = "organisations/request.html")]
pub struct DeveloperRequestPage<'a> {
    /// The frame.
    pub site: &'a Site,
    /// The form's token against forgery.
    pub csrf: &'a str,
    /// Whether they may make apps themselves.
    pub may: bool,
    /// What was typed.
    pub wish: &'a Wish,
    /// Why it was not taken.
    pub kept: Option<Kept>,
    /// What they asked for before.
    pub asked: Vec<Asked<'a>>,
    /// Whether one was just sent.
    pub sent: bool,
}

/// A request that was sent.
#[derive(Debug)]
pub struct Asked<'a> {
    /// What the app is to be called.
    pub name: &'a str,
    /// What became of it.
    pub state: Key,
    /// What the team said.
    pub said: Option<&'a str>,
    /// When it was sent.
    pub at: When,
}

/// Why a request was not taken.
#[derive(Clone, Debug)]
pub enum Kept {
    /// Something is wrong with it.
    Unfit(Vec<UnfitWish>),
    /// As many wait as may.
    Many,
    /// Too many come from this network.
    Throttled {
        /// Until the next one counts.
        seconds: u64,
    },
}

impl<'a> DeveloperRequestPage<'a> {
    fn complaints(&self) -> Vec<Complaint<'a>> {
        let site = self.site;
        match &self.kept {
            None => Vec::new(),
            Some(Kept::Many) => vec![Complaint::form(site.say("request-many"))],
            Some(Kept::Throttled { seconds }) => {
                vec![Complaint::form(site.say("request-throttled").wait("wait", *seconds))]
            }
            Some(Kept::Unfit(wrong)) => wrong.iter().map(|own| complaint(site, own)).collect(),
        }
    }

    /// What stands beside a field.
    fn beside(&self, id: &str) -> Option<Said<'a>> {
        self.complaints().into_iter().find(|own| own.field == Some(id)).map(|own| own.text)
    }
}

fn complaint<'a>(site: &'a Site, wrong: &UnfitWish) -> Complaint<'a> {
    match wrong {
        UnfitWish::Name(_) => Complaint::field("name", site.say("request-unfit-name")),
        UnfitWish::RedirectUri(why) => Complaint::field(
            "redirect_uri",
            site.say("request-unfit-redirect-uri").owned("why", why.to_string()),
        ),
        UnfitWish::Logo(_) => Complaint::field("logo_url", site.say("request-unfit-link")),
        UnfitWish::Homepage(_) => Complaint::field("homepage", site.say("request-unfit-link")),
        UnfitWish::Reason(_) => Complaint::field("reason", site.say("request-unfit-reason")),
    }
}
