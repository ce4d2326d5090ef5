//! `/account`: what a person has connected, and how to take it back.

use askama::Template;
use symbolon_platform::user::{Login, User};

use crate::language::Key;
use crate::language::time::When;
use crate::routes::Address;
use crate::routes::link::Link;
use crate::views::consent::Reach;
use crate::views::face::{AppFace, PersonFace};
use crate::views::site::Site;

/// The account page.
#[derive(Debug, Template)]
#[template(path = "account.html")]
pub struct Account<'a> {
    /// The frame.
    pub site: &'a Site,
    /// The forms' token against forgery.
    pub csrf: &'a str,
    /// Whose page it is.
    pub person: PersonFace<'a>,
    /// The connected apps, the most recently used first.
    pub connections: Vec<Connection<'a>>,
    /// The signed-in browsers, this one first.
    pub browsers: Vec<SignedInBrowser<'a>>,
    /// What is to be said of the address they sign in with.
    pub signs_in_with: SignsInWith,
    /// Whether a proven address can be changed, by mail.
    pub mails: bool,
    /// Where "Sign out everywhere else" posts.
    pub end_others: Link,
    /// What was just done.
    pub news: Option<News<'a>>,
}

/// What a person signs in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignsInWith {
    /// Their address.
    Email,
    /// What they typed at sign-up.
    UnprovenAddress,
    /// Nothing that they know: the address was another person's.
    Nothing,
}

impl SignsInWith {
    /// What an account has.
    #[must_use]
    pub fn of(user: &User) -> SignsInWith {
        match &user.login {
            Login::Email(_) => SignsInWith::Email,
            Login::Unproven(_) if user.is_displaced() => SignsInWith::Nothing,
            Login::Unproven(_) => SignsInWith::UnprovenAddress,
        }
    }
}

/// One connected app, in one tenant.
#[derive(Clone, Debug)]
pub struct Connection<'a> {
    /// Name and icon.
    pub app: AppFace<'a>,
    /// The tenant's name; absent for the only space of the person's own.
    pub tenant: Option<&'a str>,
    /// What tells the tenant apart from others of its name.
    pub told_apart: Vec<String>,
    /// For whom it acts.
    pub reach: Reach,
    /// What it may do: titles of the scopes in force.
    pub permissions: Vec<&'a str>,
    /// Since when.
    pub connected: When,
    /// When it last used its access.
    pub last_used: Option<When>,
    /// The day it ends by itself.
    pub until: Option<&'a str>,
    /// Why it cannot do anything at present.
    pub paused: Option<Key>,
    /// When a key of it was used twice, and its session ended for that.
    pub reused: Option<When>,
    /// The page that asks before disconnecting.
    pub disconnect: Link,
}

/// One signed-in browser.
#[derive(Clone, Debug)]
pub struct SignedInBrowser<'a> {
    /// What it calls itself, shortened by the caller: "Firefox on Linux".
    pub agent: &'a str,
    /// From where it was last used, shortened: "203.0.113.x".
    pub place: Option<&'a str>,
    /// When the person signed in there.
    pub signed_in: When,
    /// When it was last used.
    pub last_used: When,
    /// Whether it is the one looking at the page.
    pub this: bool,
    /// Where the form posts that signs it out.
    pub end: Link,
}

/// What was just done, told once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News<'a> {
    /// An app was disconnected.
    Disconnected {
        /// Its name.
        app: &'a str,
    },
    /// Another browser was signed out.
    SignedOutThere,
    /// The other browsers were signed out.
    SignedOutElsewhere,
    /// The password was changed.
    PasswordChanged,
}

impl Account<'_> {
    fn other_browsers(&self) -> bool {
        self.browsers.iter().any(|browser| !browser.this)
    }

    /// The name one says hello to.
    fn first_name(&self) -> &str {
        self.person.name.split_whitespace().next().unwrap_or(self.person.email)
    }
}

/// The page that asks before an app is disconnected.
#[derive(Debug, Template)]
#[template(path = "disconnect.html")]
pub struct Disconnect<'a> {
    /// The frame.
    pub site: &'a Site,
    /// Where the form posts.
    pub action: Link,
    /// The form's token against forgery.
    pub csrf: &'a str,
    /// The app.
    pub app: AppFace<'a>,
    /// The tenant's name; absent for the only space of the person's own.
    pub tenant: Option<&'a str>,
    /// What tells the tenant apart from others of its name.
    pub told_apart: Vec<String>,
    /// For whom it acts: at tenant level it stops for everyone.
    pub reach: Reach,
    /// What it may do now.
    pub permissions: Vec<&'a str>,
    /// The mark of all this, which the form carries.
    pub shown: &'a str,
    /// Whether it is shown again because something of it changed.
    pub changed: bool,
}
