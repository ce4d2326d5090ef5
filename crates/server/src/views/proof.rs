//! What one meets on the way of a link that was mailed: asking for it, opening it, and what is told on the way.

use askama::Template;

use crate::language::Key;
use crate::language::said::Said;
use crate::routes::Address;
use crate::routes::link::Link;
use crate::views::face::Complaint;
use crate::views::sign_up::sentence;
use crate::views::site::Site;

/// The page on which one asks for another password.
#[derive(Debug, Template)]
#[template(path = "reset.html")]
pub struct Reset<'a> {
    /// The frame.
    pub site: &'a Site,
    /// The form's token against forgery.
    pub csrf: &'a str,
    /// What was typed.
    pub email: &'a str,
    /// What is wrong with it.
    pub problem: Option<ResetProblem>,
}

/// Why nothing is mailed. None of these says anything about an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetProblem {
    /// It is no address.
    NotAnEmail,
    /// Too many from this network.
    Throttled {
        /// Until the next try counts.
        seconds: u64,
    },
}

impl Reset<'_> {
    fn complaints(&self) -> Vec<Complaint<'_>> {
        let complaint = self.problem.map(|problem| match problem {
            ResetProblem::NotAnEmail => Complaint::field("email", self.site.say(sentence::NOT_AN_EMAIL)),
            ResetProblem::Throttled { seconds } => {
                Complaint::form(self.site.say("reset-throttled").wait("wait", seconds))
            }
        });
        complaint.into_iter().collect()
    }

    fn beside(&self) -> Option<Said<'_>> {
        (self.problem == Some(ResetProblem::NotAnEmail)).then(|| self.site.say(sentence::NOT_AN_EMAIL))
    }
}

/// What a password is chosen for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChosenFor {
    /// An account that is there.
    Reset,
    /// An account that is made by it.
    SignUp,
}

/// The page on which a password is chosen, by whoever holds a link.
#[derive(Debug, Template)]
#[template(path = "new_password.html")]
pub struct NewPassword<'a> {
    /// The frame.
    pub site: &'a Site,
    /// The form's token against forgery.
    pub csrf: &'a str,
    /// What for.
    pub chosen_for: ChosenFor,
    /// The secret of the link.
    pub secret: &'a str,
    /// The link of an invitation to which one goes on.
    pub invitation: Option<&'a str>,
    /// The address that the link was mailed to.
    pub address: &'a str,
    /// What is wrong with the password.
    pub problem: Option<Key>,
}

impl NewPassword<'_> {
    fn action(&self) -> Link {
        match self.chosen_for {
            ChosenFor::Reset => Address::Reset.link(),
            ChosenFor::SignUp => Address::Verify.link(),
        }
    }

    fn heading(&self) -> Said<'_> {
        match self.chosen_for {
            ChosenFor::Reset => self.site.say("new-password-heading"),
            ChosenFor::SignUp => self.site.say("new-password-sign-up-heading"),
        }
    }

    fn effect(&self) -> Said<'_> {
        match self.chosen_for {
            ChosenFor::Reset => self.site.say("new-password-effect").name("address", self.address),
            ChosenFor::SignUp => self.site.say("new-password-sign-up-effect").name("address", self.address),
        }
    }

    fn submit(&self) -> Said<'_> {
        match self.chosen_for {
            ChosenFor::Reset => self.site.say("new-password-submit"),
            ChosenFor::SignUp => self.site.say("new-password-sign-up-submit"),
        }
    }

    fn complaints(&self) -> Vec<Complaint<'_>> {
        self.problem.map(|key| Complaint::field("password", self.site.say(key))).into_iter().collect()
    }
}

/// What is confirmed by a press.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirming<'a> {
    /// The account of this name is made.
    SignUp {
        /// Its name.
        name: &'a str,
    },
    /// The account that is signed in gets another address.
    Change,
}

/// The page on which an address is confirmed. Looking at it changes nothing.
#[derive(Debug, Template)]
#[template(path = "verify.html")]
pub struct Verify<'a> {
    /// The frame.
    pub site: &'a Site,
    /// The form's token against forgery.
    pub csrf: &'a str,
    /// What for.
    pub confirming: Confirming<'a>,
    /// The secret of the link.
    pub secret: &'a str,
    /// The link of an invitation to which one goes on.
    pub invitation: Option<&'a str>,
    /// The address that the link was mailed to.
    pub address: &'a str,
}

impl Verify<'_> {
    fn effect(&self) -> Said<'_> {
        match self.confirming {
            Confirming::SignUp { name } => {
                self.site.say("verify-sign-up").name("name", name).name("address", self.address)
            }
            Confirming::Change => self.site.say("verify-change").name("address", self.address),
        }
    }
}

/// Something that is told, and where one goes from there.
#[derive(Debug, Template)]
#[template(path = "told.html")]
pub struct Told<'a> {
    /// The frame.
    pub site: &'a Site,
    /// Whether it went well.
    pub good: bool,
    /// In a few words.
    pub heading: Said<'a>,
    /// What it means.
    pub lede: Said<'a>,
    /// More of it.
    pub hint: Option<Said<'a>>,
    /// Where one goes.
    pub onward: Option<Onward<'a>>,
}

/// Where one goes from something that is told.
#[derive(Debug)]
pub enum Onward<'a> {
    /// To a page of ours.
    Link(Said<'a>, Link),
    /// Back to the request of an app, which has no room in an address.
    Request {
        /// What stands on the button.
        label: Said<'a>,
        /// The endpoint.
        action: Link,
        /// The form's token against forgery.
        csrf: String,
        /// The request, sealed.
        interaction: &'a str,
    },
}

impl<'a> Told<'a> {
    /// A mail is on its way; once its link was opened, one goes on to the request that one came with: its endpoint, the form's token,
    /// and the request as it is sealed. It says the same whoever has the address.
    #[must_use]
    pub fn mailed(site: &'a Site, address: &'a str, way: Option<(Link, String, &'a str)>) -> Told<'a> {
        Told {
            site,
            good: true,
            heading: site.say("mailed-heading"),
            lede: site.say("mailed-lede").name("address", address),
            hint: Some(site.say("mailed-hint")),
            onward: way.map(|(action, csrf, interaction)| Onward::Request {
                label: site.say("mailed-onward"),
                action,
                csrf,
                interaction,
            }),
        }
    }

    /// A link that works no more, or never did.
    #[must_use]
    pub fn link_is_over(site: &'a Site) -> Told<'a> {
        Told {
            site,
            good: false,
            heading: site.say("link-over-heading"),
            lede: site.say("link-over-lede"),
            hint: None,
            onward: Some(Onward::Link(site.say("link-over-onward"), Address::Login.link())),
        }
    }

    /// A link that gives an account another address, opened by somebody else.
    #[must_use]
    pub fn sign_in_first(site: &'a Site) -> Told<'a> {
        Told {
            site,
            good: false,
            heading: site.say("sign-in-first-heading"),
            lede: site.say("sign-in-first-lede"),
            hint: None,
            onward: Some(Onward::Link(site.say("sign-in-first-onward"), Address::Login.link())),
        }
    }

    /// The password is set.
    #[must_use]
    pub fn password_is_set(site: &'a Site) -> Told<'a> {
        Told {
            site,
            good: true,
            heading: site.say("password-set-heading"),
            lede: site.say("password-set-lede"),
            hint: None,
            onward: Some(Onward::Link(site.say("password-set-onward"), Address::Login.link())),
        }
    }
}
