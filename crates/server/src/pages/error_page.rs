//! Pages that say what went wrong: what, why, and what to do now.
//!
//! One template and a closed list of troubles. Each names the status of its answer and a code that can be searched
//! for; none repeats what the request said, except where a developer needs it to compare (a redirect URI).

use std::borrow::Cow;

use askama::Template;

use crate::pages::site::Site;
use crate::pages::words;

/// A page about a trouble.
#[derive(Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage<'a> {
    /// The frame.
    pub site: &'a Site,
    /// What happened.
    pub trouble: Trouble<'a>,
    /// Names this request in the log.
    pub request_id: &'a str,
}

/// What can go wrong in front of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble<'a> {
    /// No app has the client id of the link.
    UnknownApp,
    /// The app may not be answered at the address of the link.
    RedirectUriNotRegistered {
        /// The address that was sent, for the developer to compare.
        received: Option<&'a str>,
    },
    /// The app asked in a way that cannot be understood, and there is nowhere safe to tell it.
    BadRequest {
        /// What is wrong, for its developer.
        hint: &'a str,
    },
    /// The app exists and cannot be used at present.
    AppUnavailable {
        /// Its name.
        app: &'a str,
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

fn words(
    status: u16,
    code: &'static str,
    heading: &'static str,
    what: &'static str,
    next: &'static str,
) -> Words {
    Words { status, code, heading: heading.into(), what, next: next.into() }
}

impl Trouble<'_> {
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
            Trouble::UnknownApp => words(
                400,
                "unknown_app",
                "We do not know this app",
                "The link that brought you here names an app that is not registered with us. Nothing was shared.",
                "Go back to the app and try again from there. If it stays, tell the people who make the app.",
            ),
            Trouble::RedirectUriNotRegistered { .. } => words(
                400,
                "redirect_uri_not_registered",
                "This app asked to be answered at an unknown address",
                "To keep your account safe we answer an app only at addresses it has registered with us, \
                 and the one in this link is not among them. Nothing was shared.",
                "Go back to the app and try again. If it stays, tell the people who make the app.",
            ),
            Trouble::BadRequest { .. } => words(
                400,
                "invalid_request",
                "We could not understand what the app asked",
                "The link that brought you here is incomplete or damaged. Nothing was shared.",
                "Go back to the app and try again from there. If it stays, tell the people who make the app.",
            ),
            Trouble::AppUnavailable { app } => Words {
                heading: format!("{app} cannot be used at the moment").into(),
                ..words(
                    403,
                    "app_unavailable",
                    "",
                    "We have stopped this app for now, so nobody can connect it and it cannot reach any data.",
                    "There is nothing you need to do. If you depend on this app, ask its makers or our support.",
                )
            },
            Trouble::Forged => words(
                403,
                "form_not_recognised",
                "We could not tell that this came from you",
                "The form you sent did not carry the mark we put in it. This happens when cookies are blocked, \
                 when you signed in or out in another tab, or when another site sent the form. Nothing was changed.",
                "Go back, reload the page and try once more.",
            ),
            _ => self.words_about_the_visit(),
        }
    }

    /// The troubles that are not about an app or a form.
    fn words_about_the_visit(&self) -> Words {
        match self {
            Trouble::Expired => words(
                400,
                "expired",
                "Please start again",
                "This page was open for too long, or it was started in another browser. \
                 We ended it to keep your account safe. Nothing was shared.",
                "Go back to the app and connect again. It takes a moment only.",
            ),
            Trouble::AlreadyAnswered => words(
                400,
                "already_answered",
                "You have answered this already",
                "Each request can be answered once, and this one was. Nothing was done a second time.",
                "Go back to the app. If it does not show what you expect, connect it again from there.",
            ),
            Trouble::MethodNotAllowed => words(
                405,
                "method_not_allowed",
                "This page cannot be used that way",
                "The address is right, but it expects to be opened from its own form.",
                "Open the page anew and use its buttons.",
            ),
            Trouble::TooLarge => words(
                413,
                "too_large",
                "That was too much at once",
                "What was sent is larger than any form on this server.",
                "Shorten what you entered and try again.",
            ),
            Trouble::Throttled { seconds } => Words {
                next: format!("Wait {}, then try again. Your account is not locked.", words::wait(*seconds))
                    .into(),
                ..words(
                    429,
                    "too_many_requests",
                    "A little slower, please",
                    "There were too many requests from your network in a short time. \
                     The pause keeps others from guessing passwords.",
                    "",
                )
            },
            Trouble::Unavailable => words(
                503,
                "unavailable",
                "We cannot answer right now",
                "A part of this service is not reachable at the moment. What you did last was not saved.",
                "Try again in a minute. If it stays, tell our support the request number below.",
            ),
            Trouble::UnknownHost => words(
                421,
                "unknown_host",
                "This is not the right address",
                "This server was reached under a name that is not its own.",
                "Check the address in your browser's bar. If you run this server, compare it with the issuer \
                 in its configuration.",
            ),
            _ => words(
                404,
                "not_found",
                "There is no page at this address",
                "The link may be old, or the address may have been mistyped.",
                "Check the address, or go to the front page.",
            ),
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
            _ => None,
        }
    }

    /// A value of the request that the developer needs to see.
    fn evidence(&self) -> Option<&str> {
        match self {
            Trouble::RedirectUriNotRegistered { received } => *received,
            Trouble::BadRequest { hint } => Some(hint),
            _ => None,
        }
    }
}
