//! `/oauth/authorize`: the person decides what an app may do.
//!
//! The page shows exactly what will be granted. Pressing Enter inside the form decides nothing: its first submit button
//! is hidden and either looks for tenants or is of method `dialog`, which outside a dialog submits nothing; a decision takes
//! a press on Allow, Cancel or "Use another account". See `docs/decisions/0003-pages.md`.

use askama::Template;
use symbolon_oauth::client::Level;
use symbolon_platform::app::{App, AppStatus};
use symbolon_platform::catalogue::Sensitivity;

use crate::language::Key;
use crate::routes::Address;
use crate::routes::link::Link;
use crate::views::destination::Destination;
use crate::views::face::{AppFace, Complaint, PersonFace, WebLink};
use crate::views::site::Site;

/// The consent page.
#[derive(Debug, Template)]
#[template(path = "consent.html")]
pub struct Consent<'a> {
    /// The frame.
    pub site: &'a Site,
    /// Where the form posts: the path this page was served at.
    pub action: Link,
    /// The form's token against forgery.
    pub csrf: &'a str,
    /// The interaction being decided.
    pub interaction: &'a str,
    /// Who asks.
    pub app: AskingApp<'a>,
    /// Who is signed in.
    pub person: PersonFace<'a>,
    /// Where it may work: every tenant of the person, those that cannot be chosen too. The page lists what [`find`](Self::find)
    /// finds of many.
    pub tenants: Vec<TenantChoice<'a>>,
    /// What the person looks for among many tenants.
    pub find: &'a str,
    /// What is to be decided now: everything, or what is new.
    pub permissions: Vec<Permission<'a>>,
    /// What was granted before and stays; not empty means the app is connected already.
    pub already: Vec<Permission<'a>>,
    /// The day the permission ends by itself ("4 March 2027"); without it, it lasts until disconnected.
    pub until: Option<&'a str>,
    /// Where the browser goes afterwards.
    pub destination: Destination,
    /// The API that its tokens are for, where the request named one.
    pub resource: Option<ShownResource<'a>>,
    /// Whether the answer goes where none of this app's went before, though it was let in.
    pub new_destination: bool,
    /// Whether somebody else let it in for everybody here, and the person is shown it for the first time.
    pub found: bool,
    /// Why the last answer could not be taken.
    pub problem: Option<ConsentProblem>,
    /// What is not as it was shown, on this page before or when the person let the app in.
    pub changes: Vec<Changed<'a>>,
}

/// The API that tokens are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownResource<'a> {
    /// Its title.
    pub title: &'a str,
    /// Its identifier, an address.
    pub identifier: &'a str,
}

/// Something that is not as it was shown when the page was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed<'a> {
    /// Who is signed in.
    Person,
    /// The app's name.
    Name {
        /// The one that was shown.
        was: &'a str,
    },
    /// Its picture, publisher, links or review.
    Look,
    /// Its version.
    Version,
    /// The API that its tokens are for.
    Resource,
    /// Where the browser goes afterwards.
    Destination {
        /// Where it went.
        was: Destination,
    },
    /// The tenant that was chosen.
    Tenant,
    /// For whom the app acts there.
    Reach,
    /// A permission is new.
    New {
        /// Its title.
        title: &'a str,
    },
    /// A permission is described in other words.
    Words {
        /// Its title.
        title: &'a str,
    },
    /// One that was left out cannot be.
    Required {
        /// Its title.
        title: &'a str,
    },
    /// One includes more.
    Includes {
        /// Its title.
        title: &'a str,
    },
}

/// The app that asks.
#[derive(Clone, Debug)]
pub struct AskingApp<'a> {
    /// Name and icon.
    pub face: AppFace<'a>,
    /// Who publishes it.
    pub publisher: Option<&'a str>,
    /// Whether the brand has verified the publisher.
    pub verified: bool,
    /// Whether it is still being built.
    pub in_development: bool,
    /// Its home page.
    pub homepage: Option<WebLink<'a>>,
    /// Its privacy policy.
    pub privacy: Option<WebLink<'a>>,
    /// Its terms of use.
    pub terms: Option<WebLink<'a>>,
}

impl<'a> AskingApp<'a> {
    /// An app as it is stored.
    #[must_use]
    pub fn of(app: &'a App) -> AskingApp<'a> {
        let publisher = app.listing.publisher.as_ref();
        let link = |address: &'a Option<String>| address.as_deref().and_then(WebLink::new);
        AskingApp {
            face: AppFace::of(app),
            publisher: publisher.map(|publisher| publisher.name.as_str()),
            verified: publisher.is_some_and(|publisher| publisher.verified),
            in_development: app.status == AppStatus::Development,
            homepage: link(&app.listing.homepage),
            privacy: link(&app.listing.privacy_url),
            terms: link(&app.listing.terms_url),
        }
    }
}

/// For whom an app acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// As the person, within their role.
    Person,
    /// For the whole tenant, whoever installed it.
    Tenant,
}

impl Reach {
    /// For whom apps of this level act.
    #[must_use]
    pub fn of(level: Level) -> Reach {
        match level {
            Level::User => Reach::Person,
            Level::Tenant => Reach::Tenant,
        }
    }
}

/// One tenant to choose. Pages never say "tenant".
#[derive(Clone, Debug)]
pub struct TenantChoice<'a> {
    /// The host's identifier, sent as `tenant`.
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// What tells it apart from others of that name.
    pub told_apart: Vec<String>,
    /// Whether it is the person's own space.
    pub personal: bool,
    /// For whom the app will act there.
    pub reach: Reach,
    /// The title of the person's role there.
    pub role: Option<&'a str>,
    /// Whether it is chosen when the page opens. The only one that can be chosen always is.
    pub selected: bool,
    /// Why it cannot be chosen.
    pub unavailable: Option<Key>,
    /// Titles of the permissions that the person's role there cannot give, where this differs between tenants.
    pub withheld: Vec<&'a str>,
}

impl TenantChoice<'_> {
    /// Whether it is one of those looked for: in its name, its identifier or what tells it apart. `sought` is lower case.
    fn matches(&self, sought: &str) -> bool {
        let mut texts = [self.name, self.id].into_iter().chain(self.told_apart.iter().map(String::as_str));
        texts.any(|text| text.to_lowercase().contains(sought))
    }
}

/// One scope in words.
#[derive(Clone, Debug)]
pub struct Permission<'a> {
    /// The scope, sent as `scope` when it is optional.
    pub name: &'a str,
    /// A short sentence: "Read your forms".
    pub title: &'a str,
    /// What exactly it allows.
    pub description: &'a str,
    /// How much harm it can do.
    pub sensitivity: Sensitivity,
    /// Whether the person may leave it out.
    pub optional: bool,
    /// Whether an optional one is ticked.
    pub ticked: bool,
    /// Titles of the permissions that it includes.
    pub includes: Vec<&'a str>,
    /// What is to be noticed about it, in one word or two: "New".
    pub mark: Option<Key>,
    /// Why it will not be given though the app asks.
    pub withheld: Option<Key>,
}

/// Why a decision could not be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentProblem {
    /// No tenant was chosen.
    NoTenant,
    /// The chosen tenant cannot be used, or is none of the person's.
    TenantUnavailable,
    /// What was to be given is not what was shown.
    Changed,
}

/// More tenants than this are folded: the page lists some and finds the others.
pub const LISTED_WHOLE: usize = 5;

/// How many of the folded ones are listed while none is looked for: the permissions stay in sight on a phone.
const LISTED_FOLDED: usize = 2;

/// No more names of tenants are listed where nobody can allow.
const CLOSED_NAMED: usize = 5;

/// Tenants that are closed for one reason.
#[derive(Debug)]
struct Closed<'p> {
    reason: Key,
    names: Vec<&'p str>,
}

impl<'p> Closed<'p> {
    /// The names that are listed.
    fn named(&self) -> &[&'p str] {
        &self.names[..self.names.len().min(CLOSED_NAMED)]
    }

    /// How many more there are.
    fn more(&self) -> usize {
        self.names.len().saturating_sub(CLOSED_NAMED)
    }
}

/// Permissions of one sensitivity, under one heading.
#[derive(Debug)]
struct Group<'p> {
    heading: Key,
    marked: bool,
    permissions: Vec<&'p Permission<'p>>,
}

impl<'a> Consent<'a> {
    fn complaints(&self) -> Vec<Complaint<'_>> {
        let text = match self.problem {
            // What changed has a notice of its own, and so has that nothing can be chosen.
            _ if !self.can_allow() => return Vec::new(),
            None | Some(ConsentProblem::Changed) => return Vec::new(),
            Some(ConsentProblem::NoTenant) => {
                self.site.say("consent-choose-where").name("app", self.app.face.name)
            }
            Some(ConsentProblem::TenantUnavailable) => self.site.say("consent-choice-unusable"),
        };
        vec![Complaint::field("tenant", text)]
    }

    /// The permissions to decide, the most delicate first.
    fn groups(&self) -> Vec<Group<'_>> {
        let of = |sensitivity: Sensitivity, heading: Key| Group {
            heading,
            marked: sensitivity != Sensitivity::Normal,
            permissions: self.permissions.iter().filter(|p| p.sensitivity == sensitivity).collect(),
        };
        let groups = [
            of(Sensitivity::Restricted, Key("consent-group-restricted")),
            of(Sensitivity::Sensitive, Key("consent-group-sensitive")),
            of(Sensitivity::Normal, Key("consent-group-everyday")),
        ];
        groups.into_iter().filter(|group| !group.permissions.is_empty()).collect()
    }

    /// Whether the app was connected before.
    fn again(&self) -> bool {
        !self.already.is_empty()
    }

    /// Whether something of the app itself changed while the page was open.
    fn app_changed(&self) -> bool {
        let own = |changed: &Changed<'_>| {
            matches!(changed, Changed::Name { .. } | Changed::Look | Changed::Version)
        };
        self.changes.iter().any(own)
    }

    /// Whether the choice of a tenant has to be looked at again.
    fn tenant_is_wrong(&self) -> bool {
        match self.problem {
            None => false,
            Some(ConsentProblem::NoTenant | ConsentProblem::TenantUnavailable) => true,
            Some(ConsentProblem::Changed) => {
                self.changes.contains(&Changed::Tenant) || self.changes.contains(&Changed::Reach)
            }
        }
    }

    fn resource_changed(&self) -> bool {
        self.changes.contains(&Changed::Resource)
    }

    fn destination_changed(&self) -> bool {
        self.changes.iter().any(|changed| matches!(changed, Changed::Destination { .. }))
    }

    /// Whether what is allowed already is to be looked at.
    fn opens_already(&self) -> bool {
        self.permissions.is_empty() || self.already.iter().any(|permission| permission.mark.is_some())
    }

    /// The person's own space, when there is nothing else to choose from.
    fn only_personal(&self) -> Option<&TenantChoice<'a>> {
        match self.tenants.as_slice() {
            [only] if only.personal && only.unavailable.is_none() => Some(only),
            _ => None,
        }
    }

    /// Whether there is anywhere the app could be allowed to work.
    fn can_allow(&self) -> bool {
        self.usable() > 0
    }

    /// Whether there are so many tenants to choose from that only some are listed.
    fn folds(&self) -> bool {
        self.can_allow() && self.tenants.len() > LISTED_WHOLE
    }

    /// The tenants that the page lists: all of a few; of many the chosen one, then what is looked for, in their order.
    fn listed(&self) -> Vec<&TenantChoice<'a>> {
        if !self.folds() {
            return self.tenants.iter().collect();
        }
        let chosen = self.tenants.iter().filter(|tenant| self.is_chosen(tenant));
        let others = self.found_tenants().filter(|tenant| !self.is_chosen(tenant));
        let most = if self.find.trim().is_empty() { LISTED_FOLDED } else { LISTED_WHOLE };
        chosen.chain(others).take(most).collect()
    }

    fn found_tenants(&self) -> impl Iterator<Item = &TenantChoice<'a>> {
        let sought = self.find.trim().to_lowercase();
        self.tenants.iter().filter(move |tenant| tenant.matches(&sought))
    }

    /// Why nothing can be chosen, each reason with the tenants it holds for.
    fn closed(&self) -> Vec<Closed<'_>> {
        let mut closed: Vec<Closed<'_>> = Vec::new();
        for tenant in &self.tenants {
            let Some(reason) = tenant.unavailable else { continue };
            match closed.iter_mut().find(|own| own.reason == reason) {
                Some(own) => own.names.push(tenant.name),
                None => closed.push(Closed { reason, names: vec![tenant.name] }),
            }
        }
        closed
    }

    fn is_chosen(&self, tenant: &TenantChoice<'_>) -> bool {
        tenant.unavailable.is_none() && (tenant.selected || self.usable() == 1)
    }

    fn usable(&self) -> usize {
        self.tenants.iter().filter(|tenant| tenant.unavailable.is_none()).count()
    }
}
