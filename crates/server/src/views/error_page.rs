//! Pages that say what went wrong: what, why, and what to do now.
//!
//! One template and a closed list of troubles. Each names the status of its answer and a code that can be searched
//! for; none repeats what the request said, except where a developer needs it to compare (a redirect URI).

use std::borrow::Cow;

use askama::Template;
use symbolon_platform::listing::IconKey;

use crate::language::Key;
use crate::language::said::Said;
use crate::routes::Address;
use crate::routes::link::Link;
use crate::views::destination::Destination;
use crate::views::face::{AppFace, Tile};
use crate::views::site::Site;

/// A page about a trouble.
#[derive(Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage<'a> {
    /// The frame.
    pub site: &'a Site,
    /// What happened.
    pub trouble: &'a Trouble,
    /// On the way of which app's request, and where to go from there.
    pub flow: Option<&'a Flow>,
    /// Names this request in the log.
    pub request_id: &'a str,
}

/// An app's request on whose way something went wrong, and the ways on from there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// The app's name.
    pub app: String,
    /// Its icon.
    pub icon: Option<IconKey>,
    /// The way back to it.
    pub back: Option<Back>,
    /// The way to the same request, begun anew.
    pub again: Option<Again>,
}

impl Flow {
    /// Whether there is anywhere to go.
    fn leads_on(&self) -> bool {
        self.back.is_some() || self.again.is_some()
    }
}

/// Where an app begins: an address that it registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Back {
    /// The address.
    pub to: String,
    /// Where that is, as people tell it apart.
    pub destination: Destination,
}

/// A form that begins a request anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Again {
    /// Where it posts: the authorization endpoint that the request came to.
    pub action: Link,
    /// Its token against forgery.
    pub csrf: String,
    /// The request, sealed again.
    pub interaction: String,
}

/// Where a page leads on the way of an app's request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaysOn {
    /// Nowhere: it has nothing to do with an app, or with none that is open.
    None,
    /// To the app's home page: where the answer would go is what is wrong.
    Home,
    /// To the app: the same request would meet the same page.
    Back,
    /// To the app, and to the same request begun anew.
    BackAndAgain,
}

/// What can go wrong in front of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No app has the client id of the link.
    UnknownApp,
    /// The app may not be answered at the address of the link.
    RedirectUriNotRegistered {
        /// The address that was sent, for the developer to compare: an [`excerpt`].
        received: Option<String>,
    },
    /// The app asked in a way that cannot be understood, and there is nowhere safe to tell it.
    BadRequest {
        /// What is wrong, for its developer.
        hint: Cow<'static, str>,
    },
    /// The app exists and cannot be used at present.
    AppUnavailable {
        /// Its name, for whoever is signed in.
        app: Option<String>,
        /// Its icon, for the same.
        icon: Option<IconKey>,
    },
    /// The interaction is too old, or belongs to another browser.
    Expired,
    /// The person has decided already.
    AlreadyAnswered,
    /// The form's token is missing or foreign.
    Forged,
    /// Nothing lives at this address.
    NotFound,
    /// The address does not take this method.
    MethodNotAllowed,
    /// The request is larger than any form here.
    TooLarge,
    /// The request did not arrive in time.
    TooSlow,
    /// Too many requests.
    Throttled {
        /// Until the next one counts.
        seconds: u64,
    },
    /// The storage or another part is not reachable.
    Unavailable,
    /// The server was asked under a name that is not its own.
    UnknownHost,
}

impl ErrorPage<'_> {
    /// The picture of the app that the page is about, or on whose way it stands.
    fn tile(&self) -> Option<Tile> {
        let own = self.trouble.app().map(|app| app.tile);
        own.or_else(|| self.flow.map(|flow| Tile::new(&flow.app, flow.icon)))
    }
}

/// No more of an address that somebody sent is repeated.
const REPEATED_AT_MOST: usize = 200;

/// An address that a link carried, for its developer to compare with the registered ones. Whoever made the link is not who
/// reads the page: everything that stands in no URI is percent-encoded, so that it makes no sentence in our name, and a long
/// one is cut and says so.
#[must_use]
pub fn excerpt(uri: &str) -> String {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
    let mut text = String::new();
    for byte in uri.bytes() {
        if text.len() >= REPEATED_AT_MOST {
            return format!("{text}... (cut: {} bytes were sent)", uri.len());
        }
        match allowed(byte) {
            true => text.push(char::from(byte)),
            false => text.extend(['%', hex(byte >> 4), hex(byte & 15)]),
        }
    }
    text
}

fn hex(digit: u8) -> char {
    char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase()
}

/// The words of one trouble.
struct Words {
    status: u16,
    code: &'static str,
    heading: Key,
    what: Key,
    next: Key,
}

const fn words(status: u16, code: &'static str, heading: Key, what: Key, next: Key) -> Words {
    Words { status, code, heading, what, next }
}

const FROM_THE_APP: Key = Key("error-from-the-app");

const UNKNOWN_APP: Words =
    words(400, "unknown_app", Key("error-unknown-app"), Key("error-unknown-app-what"), FROM_THE_APP);
const REDIRECT_URI_NOT_REGISTERED: Words = words(
    400,
    "redirect_uri_not_registered",
    Key("error-redirect-uri"),
    Key("error-redirect-uri-what"),
    FROM_THE_APP,
);
const BAD_REQUEST: Words =
    words(400, "invalid_request", Key("error-bad-request"), Key("error-bad-request-what"), FROM_THE_APP);
const APP_UNAVAILABLE: Words = words(
    400,
    "app_unavailable",
    Key("error-app-unavailable"),
    Key("error-app-unavailable-what"),
    Key("error-app-unavailable-next"),
);
const EXPIRED: Words =
    words(400, "expired", Key("error-expired"), Key("error-expired-what"), Key("error-expired-next"));
const ALREADY_ANSWERED: Words = words(
    400,
    "already_answered",
    Key("error-already-answered"),
    Key("error-already-answered-what"),
    Key("error-already-answered-next"),
);
const FORGED: Words = words(
    403,
    "form_not_recognised",
    Key("error-forged"),
    Key("error-forged-what"),
    Key("error-forged-next"),
);
const NOT_FOUND: Words =
    words(404, "not_found", Key("error-not-found"), Key("error-not-found-what"), Key("error-not-found-next"));
const METHOD_NOT_ALLOWED: Words =
    words(405, "method_not_allowed", Key("error-method"), Key("error-method-what"), Key("error-method-next"));
const TOO_SLOW: Words =
    words(408, "too_slow", Key("error-too-slow"), Key("error-too-slow-what"), Key("error-too-slow-next"));
const TOO_LARGE: Words =
    words(413, "too_large", Key("error-too-large"), Key("error-too-large-what"), Key("error-too-large-next"));
const THROTTLED: Words = words(
    429,
    "too_many_requests",
    Key("error-throttled"),
    Key("error-throttled-what"),
    Key("error-throttled-next"),
);
const UNAVAILABLE: Words = words(
    503,
    "unavailable",
    Key("error-unavailable"),
    Key("error-unavailable-what"),
    Key("error-unavailable-next"),
);
const UNKNOWN_HOST: Words = words(
    421,
    "unknown_host",
    Key("error-unknown-host"),
    Key("error-unknown-host-what"),
    Key("error-unknown-host-next"),
);

impl Trouble {
    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.words().status
    }

    /// The code for logs and searches.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.words().code
    }

    /// Where its page leads on the way of an app's request.
    #[must_use]
    pub fn ways_on(&self) -> WaysOn {
        match self {
            Trouble::RedirectUriNotRegistered { .. } => WaysOn::Home,
            Trouble::BadRequest { .. } => WaysOn::Back,
            Trouble::Expired
            | Trouble::AlreadyAnswered
            | Trouble::Forged
            | Trouble::Throttled { .. }
            | Trouble::Unavailable => WaysOn::BackAndAgain,
            Trouble::UnknownApp
            | Trouble::AppUnavailable { .. }
            | Trouble::NotFound
            | Trouble::MethodNotAllowed
            | Trouble::TooLarge
            | Trouble::TooSlow
            | Trouble::UnknownHost => WaysOn::None,
        }
    }

    fn words(&self) -> Words {
        match self {
            Trouble::UnknownApp => UNKNOWN_APP,
            Trouble::RedirectUriNotRegistered { .. } => REDIRECT_URI_NOT_REGISTERED,
            Trouble::BadRequest { .. } => BAD_REQUEST,
            Trouble::AppUnavailable { app: Some(_), .. } => APP_UNAVAILABLE,
            Trouble::AppUnavailable { app: None, .. } => {
                Words { heading: Key("error-app-suspended"), ..APP_UNAVAILABLE }
            }
            Trouble::Expired => EXPIRED,
            Trouble::AlreadyAnswered => ALREADY_ANSWERED,
            Trouble::Forged => FORGED,
            Trouble::NotFound => NOT_FOUND,
            Trouble::MethodNotAllowed => METHOD_NOT_ALLOWED,
            Trouble::TooLarge => TOO_LARGE,
            Trouble::TooSlow => TOO_SLOW,
            Trouble::Throttled { .. } => THROTTLED,
            Trouble::Unavailable => UNAVAILABLE,
            Trouble::UnknownHost => UNKNOWN_HOST,
        }
    }

    /// What happened, in a few words.
    fn heading<'a>(&'a self, site: &'a Site) -> Said<'a> {
        let said = site.say(self.words().heading);
        match self.app() {
            Some(app) => said.name("app", app.name),
            None => said,
        }
    }

    /// What there is to do now.
    fn next<'a>(&self, site: &'a Site) -> Said<'a> {
        let said = site.say(self.words().next);
        match self {
            Trouble::Throttled { seconds } => said.wait("wait", *seconds),
            Trouble::AppUnavailable { .. } => match &site.support_url {
                Some(url) => site.say("error-app-unavailable-next").link("link", url),
                None => site.say("error-app-unavailable-ask"),
            },
            _ => said,
        }
    }

    /// The app that the page is about, when it is about one.
    fn app(&self) -> Option<AppFace<'_>> {
        match self {
            Trouble::AppUnavailable { app: Some(app), icon } => Some(AppFace::new(app, *icon)),
            Trouble::AppUnavailable { app: None, .. }
            | Trouble::UnknownApp
            | Trouble::RedirectUriNotRegistered { .. }
            | Trouble::BadRequest { .. }
            | Trouble::Expired
            | Trouble::AlreadyAnswered
            | Trouble::Forged
            | Trouble::NotFound
            | Trouble::MethodNotAllowed
            | Trouble::TooLarge
            | Trouble::TooSlow
            | Trouble::Throttled { .. }
            | Trouble::Unavailable
            | Trouble::UnknownHost => None,
        }
    }

    /// What helps the developer of the app, apart from the person.
    fn for_developers(&self) -> Option<Key> {
        match self {
            Trouble::UnknownApp => Some(Key("error-unknown-app-developers")),
            Trouble::RedirectUriNotRegistered { .. } => Some(Key("error-redirect-uri-developers")),
            Trouble::BadRequest { .. } => Some(Key("error-bad-request-developers")),
            Trouble::AppUnavailable { .. }
            | Trouble::Expired
            | Trouble::AlreadyAnswered
            | Trouble::Forged
            | Trouble::NotFound
            | Trouble::MethodNotAllowed
            | Trouble::TooLarge
            | Trouble::TooSlow
            | Trouble::Throttled { .. }
            | Trouble::Unavailable
            | Trouble::UnknownHost => None,
        }
    }

    /// Whether the value is a text of whoever made the link.
    fn repeats_the_link(&self) -> bool {
        matches!(self, Trouble::RedirectUriNotRegistered { .. })
    }

    /// A value of the request that the developer needs to see.
    fn evidence(&self) -> Option<&str> {
        match self {
            Trouble::RedirectUriNotRegistered { received } => received.as_deref(),
            Trouble::BadRequest { hint } => Some(hint),
            Trouble::UnknownApp
            | Trouble::AppUnavailable { .. }
            | Trouble::Expired
            | Trouble::AlreadyAnswered
            | Trouble::Forged
            | Trouble::NotFound
            | Trouble::MethodNotAllowed
            | Trouble::TooLarge
            | Trouble::TooSlow
            | Trouble::Throttled { .. }
            | Trouble::Unavailable
            | Trouble::UnknownHost => None,
        }
    }
}
