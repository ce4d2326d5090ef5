//! Mails: each letter as a text and as HTML that says the same.
//!
//! A name that somebody chose is text, and is written so that no mail program makes a link of it
//! ([`symbolon_platform::name::without_links`]). The only links are ours.

use askama::Template;
use serde::{Deserialize, Serialize};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::name::without_links;
use symbolon_wire::mail::Mail;

use crate::language::Language;
use crate::language::said::Said;
use crate::language::time::date;
use crate::views::site::Site;

/// A letter to one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Their address.
    pub to: String,
    /// The tag of the language they read.
    pub language: String,
    /// What it says.
    pub about: About,
}

/// What a letter says. A `name` is what its receiver is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Somebody wants an account with this address.
    ConfirmSignUp {
        /// Where it is confirmed.
        link: String,
    },
    /// Somebody wanted an account with this address, which has one.
    KnownAddress {
        /// Where one signs in.
        sign_in: String,
        /// Where one gets another password.
        reset: String,
    },
    /// Somebody wants another password for the account of this address.
    ResetPassword {
        /// Who.
        name: String,
        /// Where it is set.
        link: String,
    },
    /// An account is to sign in with this address.
    ConfirmAddress {
        /// Where it is confirmed.
        link: String,
    },
    /// An account signs in with another address from now on.
    AddressChanged {
        /// Who.
        name: String,
        /// The other address.
        address: String,
    },
    /// The password of an account was set.
    PasswordSet {
        /// Who.
        name: String,
        /// Where one gets another one.
        reset: String,
    },
    /// The person of an account chose another password for it.
    PasswordChanged {
        /// Who.
        name: String,
        /// Where one gets another one.
        reset: String,
    },
    /// A secret of an app ends soon.
    SecretEnds {
        /// Who develops it.
        name: String,
        /// What the app is called.
        app: String,
        /// The row of the app, and of the secret: what was replaced or ended meanwhile is told no more.
        of: (String, String),
        /// The last characters of the secret.
        hint: String,
        /// When it ends.
        ends: i64,
        /// Where another one is made.
        link: String,
    },
    /// Somebody is invited to a developer organisation.
    InvitedToOrganisation {
        /// What it is called.
        into: String,
        /// Where it is accepted.
        link: String,
    },
    /// Somebody is invited to test an app.
    InvitedToTest {
        /// What it is called.
        into: String,
        /// Where it is accepted.
        link: String,
    },
    /// Mail leaves.
    Test,
}

impl About {
    /// What its receiver is called, where the letter knows.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            About::ResetPassword { name, .. }
            | About::AddressChanged { name, .. }
            | About::PasswordSet { name, .. }
            | About::PasswordChanged { name, .. }
            | About::SecretEnds { name, .. } => Some(name),
            About::ConfirmSignUp { .. }
            | About::KnownAddress { .. }
            | About::ConfirmAddress { .. }
            | About::InvitedToOrganisation { .. }
            | About::InvitedToTest { .. }
            | About::Test => None,
        }
    }
}

impl Letter {
    /// A letter.
    #[must_use]
    pub fn new(to: &str, language: Language, about: About) -> Letter {
        Letter { to: to.to_owned(), language: language.tag().to_owned(), about }
    }
}

/// A letter as HTML.
#[derive(Debug, Template)]
#[template(path = "letter.html")]
struct LetterPage<'a> {
    site: &'a Site,
    content: Content<'a>,
}

/// What a letter says, in order.
#[derive(Debug)]
struct Content<'a> {
    subject: Said<'a>,
    /// Before the button.
    before: Vec<Said<'a>>,
    /// What is to be pressed, and where it leads.
    button: Option<(Said<'a>, &'a str)>,
    /// After the button; a link, if there is one, stands on a line of its own.
    after: Vec<(Said<'a>, Option<&'a str>)>,
}

/// The mail of a letter.
///
/// # Errors
/// When it cannot be written.
pub fn mail(letter: &Letter, site: &Site, (id, at): (&str, u64)) -> Result<Mail, askama::Error> {
    let name = without_links(letter.about.name().unwrap_or_default());
    let other = match &letter.about {
        About::AddressChanged { address, .. } => without_links(address),
        About::SecretEnds { app, .. } => without_links(app),
        About::InvitedToOrganisation { into, .. } | About::InvitedToTest { into, .. } => without_links(into),
        _ => String::new(),
    };
    let date = match &letter.about {
        About::SecretEnds { ends, .. } => date(site.language, Timestamp(*ends)),
        _ => String::new(),
    };
    let content = content(&letter.about, site, (&name, &other), &date);
    let (subject, text) = (content.subject.plain(), plain(&content, site));
    let html = LetterPage { site, content }.render()?;
    Ok(Mail { id: id.to_owned(), at, to: letter.to.clone(), subject, text, html })
}

#[expect(clippy::too_many_lines, reason = "one arm for each letter")]
fn content<'a>(
    about: &'a About,
    site: &'a Site,
    (name, other): (&'a str, &'a str),
    date: &'a str,
) -> Content<'a> {
    let hello = || site.say("mail-hello").name("name", name);
    match about {
        About::ConfirmSignUp { link } => Content {
            subject: site.say("mail-sign-up-subject"),
            before: vec![site.say("mail-sign-up-why")],
            button: Some((site.say("mail-sign-up-button"), link)),
            after: vec![(site.say("mail-sign-up-not-you"), None)],
        },
        About::KnownAddress { sign_in, reset } => Content {
            subject: site.say("mail-known-subject"),
            before: vec![site.say("mail-known-why")],
            button: Some((site.say("mail-known-button"), sign_in)),
            after: vec![(site.say("mail-known-reset"), Some(reset)), (site.say("mail-known-not-you"), None)],
        },
        About::ResetPassword { link, .. } => Content {
            subject: site.say("mail-reset-subject"),
            before: vec![hello(), site.say("mail-reset-why")],
            button: Some((site.say("mail-reset-button"), link)),
            after: vec![(site.say("mail-reset-not-you"), None)],
        },
        About::ConfirmAddress { link } => Content {
            subject: site.say("mail-address-subject"),
            before: vec![site.say("mail-address-why")],
            button: Some((site.say("mail-address-button"), link)),
            after: vec![(site.say("mail-address-not-you"), None)],
        },
        About::AddressChanged { .. } => Content {
            subject: site.say("mail-changed-subject"),
            before: vec![hello(), site.say("mail-changed-what").name("address", other)],
            button: None,
            after: vec![(site.say("mail-changed-not-you"), site.support_url.as_deref())],
        },
        About::PasswordSet { reset, .. } => Content {
            subject: site.say("mail-password-subject"),
            before: vec![hello(), site.say("mail-password-what")],
            button: None,
            after: vec![(site.say("mail-password-not-you"), Some(reset))],
        },
        About::PasswordChanged { reset, .. } => Content {
            subject: site.say("mail-password-subject"),
            before: vec![hello(), site.say("mail-password-changed-what")],
            button: None,
            after: vec![(site.say("mail-password-not-you"), Some(reset))],
        },
        About::SecretEnds { hint, link, .. } => Content {
            subject: site.say("mail-secret-subject").name("app", other).text("date", date),
            before: vec![
                hello(),
                site.say("mail-secret-what").name("app", other).text("hint", hint).text("date", date),
            ],
            button: Some((site.say("mail-secret-button"), link)),
            after: vec![(site.say("mail-secret-why"), None)],
        },
        About::InvitedToOrganisation { link, .. } => Content {
            subject: site.say("mail-organisation-subject").name("organisation", other),
            before: vec![site.say("mail-organisation-why").name("organisation", other)],
            button: Some((site.say("mail-invited-button"), link)),
            after: vec![(site.say("mail-invited-not-you"), None)],
        },
        About::InvitedToTest { link, .. } => Content {
            subject: site.say("mail-test-app-subject").name("app", other),
            before: vec![site.say("mail-test-app-why").name("app", other)],
            button: Some((site.say("mail-invited-button"), link)),
            after: vec![(site.say("mail-invited-not-you"), None)],
        },
        About::Test => Content {
            subject: site.say("mail-test-subject"),
            before: vec![site.say("mail-test-what")],
            button: None,
            after: Vec::new(),
        },
    }
}

/// The text: paragraphs with a line between them.
fn plain(content: &Content<'_>, site: &Site) -> String {
    let mut parts: Vec<String> = content.before.iter().map(Said::plain).collect();
    if let Some((label, link)) = &content.button {
        parts.push(format!("{}:\n{link}", label.plain()));
    }
    parts.extend(content.after.iter().map(|(said, link)| match link {
        Some(link) => format!("{}\n{link}", said.plain()),
        None => said.plain(),
    }));
    parts.push(format!("-- \n{}", site.name));
    parts.join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use crate::views::brand::Brand;

    const NAME: &str = "<a href=\"https://evil.example\">Win</a>";
    const LINK: &str = "https://id.example.com/verify?token=a&b";

    fn every(name: &str) -> Vec<About> {
        let (name, link) = (name.to_owned(), LINK.to_owned());
        vec![
            About::ConfirmSignUp { link: link.clone() },
            About::KnownAddress { sign_in: link.clone(), reset: link.clone() },
            About::ResetPassword { name: name.clone(), link: link.clone() },
            About::ConfirmAddress { link: link.clone() },
            About::AddressChanged { name: name.clone(), address: "new@evil.example".to_owned() },
            About::PasswordSet { name: name.clone(), reset: link.clone() },
            About::PasswordChanged { name: name.clone(), reset: link.clone() },
            About::SecretEnds {
                name: name.clone(),
                app: name.clone(),
                of: (String::new(), String::new()),
                hint: "a1b2".to_owned(),
                ends: 1_772_633_109_000,
                link: link.clone(),
            },
            About::InvitedToOrganisation { into: name.clone(), link: link.clone() },
            About::InvitedToTest { into: name, link },
            About::Test,
        ]
    }

    fn written(about: About, language: Language) -> Mail {
        let site = Site::new(&Brand { name: "Acme".to_owned(), ..Brand::default() }, language);
        mail(&Letter::new("jane@example.com", language, about), &site, ("id", 0)).unwrap()
    }

    /// P-01: in every letter, in every language, in both parts.
    #[test]
    fn a_name_is_text_and_the_only_links_are_ours() {
        for language in Language::all() {
            for about in every(NAME) {
                let mail = written(about.clone(), language);
                assert!(
                    !mail.subject.is_empty() && !mail.subject.contains("mail-"),
                    "{about:?}: {}",
                    mail.subject
                );
                assert!(!mail.text.contains("mail-") && !mail.text.contains("{ $"), "{}", mail.text);
                for part in [&mail.text, &mail.html] {
                    assert!(
                        !part.contains("evil.example") && !part.contains("https://evil"),
                        "{about:?}: {part}"
                    );
                    let named = about.name().is_some()
                        || matches!(about, About::InvitedToOrganisation { .. } | About::InvitedToTest { .. });
                    assert_eq!(part.contains("evil. example"), named, "{about:?}: {part}");
                }
                assert!(
                    !mail.html.contains("<a href=\"https://evil") && !mail.html.contains("<a href=\"https: ")
                );
                let links: Vec<_> =
                    mail.html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
                assert!(links.iter().all(|link| *link == LINK.replace('&', "&#38;")), "{links:?}");
                assert_eq!(links.is_empty(), !mail.text.contains(LINK), "both parts say the same: {about:?}");
            }
        }
    }

    #[test]
    fn an_ordinary_name_reads_as_it_is() {
        let mail = written(every("Dr. Jane Doe").remove(2), Language::fallback());
        assert!(
            mail.text.contains("Dr. Jane Doe") && mail.html.contains("<bdi>Dr. Jane Doe</bdi>"),
            "{mail:?}"
        );
        let german = written(About::Test, Language::named("de").unwrap());
        assert!(
            german.html.contains("lang=\"de\"") && german.text.contains("Das ist ein Test"),
            "{german:?}"
        );
    }
}
