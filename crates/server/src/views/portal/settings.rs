//! The settings of an app, a page each.

use askama::Template;
use symbolon_platform::catalogue::Sensitivity;

use crate::language::Key;
use crate::language::said::Said;
use crate::language::time::When;
use crate::routes::field;
use crate::routes::link::Link;
use crate::views::face::Complaint;
use crate::views::portal::{Connected, Frame, Room};
use crate::views::site::Site;

/// What people are shown of it.
#[derive(Debug, Template)]
#[template(path = "portal/identity.html")]
#[expect(missing_docs, reason = "each is a field of the form, called as in declared state")]
pub struct Identity<'a> {
    pub site: &'a Site,
    pub frame: Frame<'a>,
    /// Why what is reviewed cannot be changed, though the rest can.
    pub reviewed: bool,
    pub name: &'a str,
    pub publisher: &'a str,
    pub homepage: &'a str,
    pub description: &'a str,
    pub categories: &'a str,
    pub support_url: &'a str,
    pub privacy_url: &'a str,
    pub terms_url: &'a str,
}

/// Its picture.
#[derive(Debug, Template)]
#[template(path = "portal/icon.html")]
#[expect(missing_docs, reason = "each is a field of the form, or said by its name")]
pub struct IconPage<'a> {
    pub site: &'a Site,
    pub frame: Frame<'a>,
    /// Where the icon of now is.
    pub icon: Option<String>,
    /// What is to become of it, in base64, to be looked at first.
    pub drawn: Option<String>,
    pub crop_x: &'a str,
    pub crop_y: &'a str,
    pub crop_size: &'a str,
}

/// Where it may be answered.
#[derive(Debug, Template)]
#[template(path = "portal/redirects.html")]
#[expect(missing_docs, reason = "each is documented in the frame or said by its name")]
pub struct Redirects<'a> {
    pub site: &'a Site,
    pub frame: Frame<'a>,
    pub rows: Vec<RedirectRow<'a>>,
    /// The one that is to be taken away, once that is confirmed.
    pub removing: Option<RedirectRow<'a>>,
}

/// A row of the form.
#[derive(Debug)]
pub struct RedirectRow<'a> {
    /// Which it is, from one.
    pub number: usize,
    /// What stands there.
    pub uri: &'a str,
    /// What is wrong with it.
    pub problem: Option<Key>,
    /// Whether an app on the person's own device is answered there: any port will do.
    pub loopback: bool,
    /// When it was last used; none of an empty row.
    pub used: Option<LastUse>,
}

/// When a redirect URI was last used.
#[derive(Debug)]
pub enum LastUse {
    /// In the last thirty days.
    Lately,
    /// Before that.
    Before(When),
    /// Never, as far as it is known.
    Never,
}

impl RedirectRow<'_> {
    fn label<'s>(&self, site: &'s Site) -> Said<'s> {
        site.say("portal-redirect").count("number", self.number)
    }

    fn used_when<'s>(&self, site: &'s Site) -> Option<Said<'s>> {
        Some(match self.used.as_ref()? {
            LastUse::Lately => site.say("portal-redirect-used-lately"),
            LastUse::Before(when) => site.say("portal-redirect-used").owned("when", &when.words),
            LastUse::Never => site.say("portal-redirect-never-used"),
        })
    }
}

/// What it may ask for.
#[derive(Debug, Template)]
#[template(path = "portal/scopes.html")]
#[expect(missing_docs, reason = "each is documented in the frame or said by its name")]
pub struct Scopes<'a> {
    pub site: &'a Site,
    pub frame: Frame<'a>,
    pub scopes: Vec<ScopeRow<'a>>,
    /// The language in which the consent page is shown.
    pub language: &'static str,
    /// The tags of those in which it can be.
    pub languages: Vec<&'static str>,
    /// Where it is shown as people will read it, in each of its looks.
    pub previews: [(Key, Link); 2],
    /// The one that is to be taken away, once that is confirmed.
    pub removing: Option<RemovedScope<'a>>,
}

/// A scope that is to be taken away.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is said by its name")]
pub struct RemovedScope<'a> {
    pub name: &'a str,
    pub title: &'a str,
    /// How many connections hold it.
    pub held: Connected,
}

impl RemovedScope<'_> {
    fn ends<'s>(&self, site: &'s Site) -> Said<'s> {
        let key = if self.held.more { Key("portal-scope-held-more") } else { Key("portal-scope-held") };
        site.say(key).count("count", self.held.count)
    }
}

/// A scope.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is said by its name")]
pub struct ScopeRow<'a> {
    pub name: &'a str,
    pub title: &'a str,
    pub description: &'a str,
    pub sensitivity: Sensitivity,
    pub chosen: bool,
    pub optional: bool,
    pub reason: &'a str,
}

/// How it speaks.
#[derive(Debug, Template)]
#[template(path = "portal/dialect.html")]
#[expect(missing_docs, reason = "each is a field of the form, called as in declared state")]
pub struct Speaks<'a> {
    pub site: &'a Site,
    pub frame: Frame<'a>,
    pub dialects: Vec<Spoken<'a>>,
    pub public: bool,
    pub native: bool,
    pub tenant: bool,
    pub pkce_excused: bool,
    /// The addresses of the dialect that it speaks now.
    pub addresses: Vec<(Key, String)>,
}

/// A dialect that is spoken here.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is said by its name")]
pub struct Spoken<'a> {
    pub name: &'a str,
    pub title: &'a str,
    pub chosen: bool,
}

/// Who may use it before it is reviewed.
#[derive(Debug, Template)]
#[template(path = "portal/testers.html")]
#[expect(missing_docs, reason = "each is said by its name")]
pub struct Testers<'a> {
    pub site: &'a Site,
    pub frame: Frame<'a>,
    pub testers: Vec<TesterRow<'a>>,
    pub invitations: Vec<InvitedRow<'a>>,
    pub most: usize,
    pub email: &'a str,
    /// Whom the link is for that was just made, and the link.
    pub link: Option<(&'a str, &'a str)>,
}

/// A tester.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is said by its name")]
pub struct TesterRow<'a> {
    pub id: String,
    pub name: &'a str,
    pub tenant: bool,
    pub invited_by: Option<&'a str>,
    pub since: When,
}

/// Somebody who is invited to test.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is said by its name")]
pub struct InvitedRow<'a> {
    pub id: String,
    pub address: &'a str,
    pub invited_by: Option<&'a str>,
    pub until: String,
}

/// The whole definition as a text.
#[derive(Debug, Template)]
#[template(path = "portal/manifest.html")]
#[expect(missing_docs, reason = "each is said by its name")]
pub struct Definition<'a> {
    pub site: &'a Site,
    pub frame: Frame<'a>,
    pub text: &'a str,
    pub json: bool,
}

/// What cannot be taken back.
#[derive(Debug, Template)]
#[template(path = "portal/danger.html")]
#[expect(missing_docs, reason = "each is said by its name")]
pub struct Danger<'a> {
    pub site: &'a Site,
    pub frame: Frame<'a>,
    pub connected: Connected,
    pub secrets: usize,
    pub typed: &'a str,
}

macro_rules! complaining {
    ($($view:ident),+) => {
        $(impl<'a> $view<'a> {
            fn complaints(&self) -> &[Complaint<'a>] {
                &self.frame.problems
            }
        })+
    };
}

complaining!(Identity, IconPage, Redirects, Scopes, Speaks, Testers, Definition, Danger);

impl Scopes<'_> {
    fn any_chosen(&self) -> bool {
        self.scopes.iter().any(|scope| scope.chosen)
    }
}

impl<'a> Testers<'a> {
    fn counted(&self) -> Said<'a> {
        self.site.say("portal-testers-count").count("count", self.places()).count("most", self.most)
    }

    /// Whoever is invited has a place.
    fn places(&self) -> usize {
        self.testers.len() + self.invitations.len()
    }

    fn room_left(&self) -> bool {
        self.places() < self.most
    }
}

impl Definition<'_> {
    /// The ways in which it can be written: the name of each, where it is shown, and whether that is here.
    fn formats(&self) -> [(&'static str, Link, bool); 2] {
        let link = |format| self.frame.link(Room::Manifest).with(field::FORMAT, format);
        [("TOML", link("toml"), !self.json), ("JSON", link("json"), self.json)]
    }
}

impl<'a> Danger<'a> {
    fn secrets_ended(&self) -> Said<'a> {
        self.site.say("portal-delete-secrets").count("count", self.secrets)
    }
}
