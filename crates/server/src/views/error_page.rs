//! Pages that say what went wrong: what, why, and what to do now.
//!
//! One template and a closed list of troubles. Each names the status of its answer and a code that can be searched
//! for; none repeats what the request said, except where a developer needs it to compare (a redirect URI).

use std::borrow::Cow;

use askama::Template;
use symbolon_platform::listing::IconKey;

use crate::routes::Address;
use crate::views::face::AppFace;
use crate::views::site::Site;
use crate::views::words;

/// A page about a trouble.
#[derive(Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage<'a> {
    /// The frame.
    pub site: &'a Site,
    /// What happened.
    pub trouble: &'a Trouble,
    /// Names this request in the log.
    pub request_id: &'a str,
}

/// What can go wrong in front of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No app has the client id of the link.
    UnknownApp,
    /// The app may not be answered at the address of the link.
    RedirectUriNotRegistered {
        /// The address that was sent, for the developer to compare.
        received: Option<String>,
    },
    /// The app asked in a way that cannot be understood, and there is nowhere safe to tell it.
    BadRequest {
        /// What is wrong, for its developer.
        hint: Cow<'static, str>,
    },
    /// The app exists and cannot be used at present.
    AppUnavailable {
        /// Its name.
        app: String,
        /// Its icon.
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

/// The words of one trouble.
struct Words {
    status: u16,
    code: &'static str,
    heading: Cow<'static, str>,
    what: &'static str,
    next: Cow<'static, str>,
}

const fn say(
    status: u16,
    code: &'static str,
    heading: &'static str,
    what: &'static str,
    next: &'static str,
) -> Words {
    Words { status, code, heading: Cow::Borrowed(heading), what, next: Cow::Borrowed(next) }
}

const FROM_THE_APP: &str =
    "Go back to the app and try again from there. If it happens again, tell the people who make the app.";

const UNKNOWN_APP: Words = say(
    400,
    "unknown_app",
    "We do not know this app",
    "The link that brought you here names an app that is not registered with us. Nothing was shared.",
    FROM_THE_APP,
);
const REDIRECT_URI_NOT_REGISTERED: Words = say(
    400,
    "redirect_uri_not_registered",
    "This app asked to be answered at an unknown address",
    "To keep your account safe we answer an app only at addresses it has registered with us, and the one in this \
     link is not among them. Nothing was shared.",
    FROM_THE_APP,
);
const BAD_REQUEST: Words = say(
    400,
    "invalid_request",
    "We could not understand what the app asked",
    "The link that brought you here is incomplete or damaged. Nothing was shared.",
    FROM_THE_APP,
);
const APP_UNAVAILABLE: Words = say(
    400,
    "app_unavailable",
    "",
    "We have stopped this app for now, so nobody can connect it and it cannot reach any data.",
    "There is nothing you need to do. If you depend on this app, ask its makers or our support.",
);
const EXPIRED: Words = say(
    400,
    "expired",
    "Please start again",
    "This page was open for too long, or it was started in another browser. We ended it to keep your account \
     safe. Nothing was shared.",
    "Go back to the app and connect again. It only takes a moment.",
);
const ALREADY_ANSWERED: Words = say(
    400,
    "already_answered",
    "You have answered this already",
    "Each request can be answered once, and this one was. Nothing was done a second time.",
    "Go back to the app. If it does not show what you expect, connect it again from there.",
);
const FORGED: Words = say(
    403,
    "form_not_recognised",
    "We could not tell that this came from you",
    "The form you sent did not carry the mark we put in it. This happens when cookies are blocked, when you signed \
     in or out in another tab, or when another site sent the form. Nothing was changed.",
    "Go back, reload the page and try once more.",
);
const NOT_FOUND: Words = say(
    404,
    "not_found",
    "There is no page at this address",
    "The link may be old, or the address may have been mistyped.",
    "Check the address, or go to the front page.",
);
const METHOD_NOT_ALLOWED: Words = say(
    405,
    "method_not_allowed",
    "This page cannot be used that way",
    "The address is right, but it expects to be opened from its own form.",
    "Open the page anew and use its buttons.",
);
const TOO_SLOW: Words = say(
    408,
    "too_slow",
    "That took too long to arrive",
    "We waited for the rest of what you sent, and it did not come.",
    "Check your connection and try again.",
);
const TOO_LARGE: Words = say(
    413,
    "too_large",
    "That was too much at once",
    "What was sent is larger than any form on this server.",
    "Shorten what you entered and try again.",
);
const THROTTLED: Words = say(
    429,
    "too_many_requests",
    "A little slower, please",
    "There were too many requests from you or your network in a short time. The pause keeps others from guessing, \
     and apps from asking in a circle.",
    "",
);
const UNAVAILABLE: Words = say(
    503,
    "unavailable",
    "We cannot answer right now",
    "A part of this service is not reachable at the moment. What you did last may not have been saved.",
    "Try again in a minute. If it happens again, tell our support the request number below.",
);
const UNKNOWN_HOST: Words = say(
    421,
    "unknown_host",
    "This is not the right address",
    "This server was reached under a name that is not its own.",
    "Check the address in your browser’s bar. If you run this server, compare it with the issuer in its \
     configuration, and with the hosts of its dialects.",
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

    fn words(&self) -> Words {
        match self {
            Trouble::UnknownApp => UNKNOWN_APP,
            Trouble::RedirectUriNotRegistered { .. } => REDIRECT_URI_NOT_REGISTERED,
            Trouble::BadRequest { .. } => BAD_REQUEST,
            Trouble::AppUnavailable { app, .. } => {
                Words { heading: format!("{app} cannot be used at the moment").into(), ..APP_UNAVAILABLE }
            }
            Trouble::Expired => EXPIRED,
            Trouble::AlreadyAnswered => ALREADY_ANSWERED,
            Trouble::Forged => FORGED,
            Trouble::NotFound => NOT_FOUND,
            Trouble::MethodNotAllowed => METHOD_NOT_ALLOWED,
            Trouble::TooLarge => TOO_LARGE,
            Trouble::TooSlow => TOO_SLOW,
            Trouble::Throttled { seconds } => {
                let next =
                    format!("Wait {}, then try again. Your account is not locked.", words::wait(*seconds));
                Words { next: next.into(), ..THROTTLED }
            }
            Trouble::Unavailable => UNAVAILABLE,
            Trouble::UnknownHost => UNKNOWN_HOST,
        }
    }

    /// The app that the page is about, when it is about one.
    fn app(&self) -> Option<AppFace<'_>> {
        match self {
            Trouble::AppUnavailable { app, icon } => Some(AppFace::new(app, *icon)),
            Trouble::UnknownApp
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
    fn for_developers(&self) -> Option<&'static str> {
        match self {
            Trouble::UnknownApp => Some("Compare client_id in the link with the one in the app's settings."),
            Trouble::RedirectUriNotRegistered { .. } => Some(
                "Register the address below in the app's settings exactly as it is sent: scheme, host, port, path, \
                 upper and lower case, and the slash at the end all count.",
            ),
            Trouble::BadRequest { .. } => Some("What is wrong with the request:"),
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
