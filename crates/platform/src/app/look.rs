//! How an app looks: what people are shown of it, and the one rule for changing any of that.

use super::App;
use super::unfit::{Key, Unfit};
use crate::listing::{Listing, Publisher, check_link};
use crate::name;

/// How an app looks: what people are shown of it, and nothing that its requests depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Its name.
    pub name: String,
    /// All the rest.
    pub listing: Listing,
}

/// A link of an app that people can follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// The home page.
    Homepage,
    /// The privacy policy.
    Privacy,
    /// The terms of use.
    Terms,
}

impl Link {
    /// Its key in a registration.
    #[must_use]
    pub fn key(self) -> Key {
        match self {
            Link::Homepage => Key::Homepage,
            Link::Privacy => Key::PrivacyUrl,
            Link::Terms => Key::TermsUrl,
        }
    }
}

impl Look {
    /// How this app looks.
    #[must_use]
    pub fn of(app: &App) -> Look {
        Look { name: app.name.clone(), listing: app.listing.clone() }
    }

    /// Calls it otherwise.
    ///
    /// # Errors
    /// When no app can be called so.
    pub fn rename(&mut self, name: &str) -> Result<(), Unfit> {
        fit_name(Key::Name, name)?;
        name.clone_into(&mut self.name);
        Ok(())
    }

    /// Says who publishes it. Another publisher begins unverified.
    ///
    /// # Errors
    /// When nobody can be called so.
    pub fn publish_as(&mut self, publisher: Option<&str>) -> Result<(), Unfit> {
        if let Some(name) = publisher {
            fit_name(Key::Publisher, name)?;
        }
        if publisher != self.listing.publisher.as_ref().map(|publisher| publisher.name.as_str()) {
            self.listing.publisher =
                publisher.map(|name| Publisher { name: name.to_owned(), verified: false });
        }
        Ok(())
    }

    /// Says whether the publisher was made sure of.
    ///
    /// # Errors
    /// When there is none.
    pub fn verify_publisher(&mut self, verified: bool) -> Result<(), Unfit> {
        match &mut self.listing.publisher {
            Some(publisher) => publisher.verified = verified,
            None if verified => return Err(Unfit::NobodyNamed),
            None => {}
        }
        Ok(())
    }

    /// Sets a link, or takes it away.
    ///
    /// # Errors
    /// When people could not follow it safely.
    pub fn lead(&mut self, link: Link, url: Option<&str>) -> Result<(), Unfit> {
        if let Some(url) = url {
            fit_link(link.key(), url)?;
        }
        let kept = match link {
            Link::Homepage => &mut self.listing.homepage,
            Link::Privacy => &mut self.listing.privacy_url,
            Link::Terms => &mut self.listing.terms_url,
        };
        *kept = url.map(str::to_owned);
        Ok(())
    }
}

pub(super) fn fit_name(key: Key, text: &str) -> Result<(), Unfit> {
    name::check(text).map_err(|why| Unfit::Name { key, text: text.to_owned(), why })
}

pub(super) fn fit_link(key: Key, text: &str) -> Result<(), Unfit> {
    check_link(text).map_err(|why| Unfit::Link { key, text: text.to_owned(), why })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::UnfitName;
    use crate::tests::app;
    use symbolon_oauth::client::Level;

    fn look() -> Look {
        Look::of(&app("a", "", Level::User))
    }

    #[test]
    fn another_publisher_begins_unverified() {
        let mut look = look();
        assert_eq!(look.verify_publisher(true), Err(Unfit::NobodyNamed));
        assert_eq!(look.verify_publisher(false), Ok(()));
        look.publish_as(Some("Demo Ltd")).unwrap();
        look.verify_publisher(true).unwrap();
        look.publish_as(Some("Demo Ltd")).unwrap();
        assert_eq!(look.listing.publisher, Some(Publisher { name: "Demo Ltd".to_owned(), verified: true }));
        look.publish_as(Some("Other Ltd")).unwrap();
        assert_eq!(look.listing.publisher, Some(Publisher { name: "Other Ltd".to_owned(), verified: false }));
        look.publish_as(None).unwrap();
        assert_eq!(look.listing.publisher, None);
    }

    #[test]
    fn what_does_not_fit_changes_nothing() {
        let (before, mut look) = (look(), look());
        let hidden = look.rename("Go\u{200b}ogle").unwrap_err();
        assert_eq!((hidden.key(), look.publish_as(Some("")).unwrap_err().key()), (Key::Name, Key::Publisher));
        assert!(matches!(hidden, Unfit::Name { why: UnfitName::Hidden('\u{200b}'), .. }));
        for link in [Link::Homepage, Link::Privacy, Link::Terms] {
            let wrong = look.lead(link, Some("javascript:alert(1)")).unwrap_err();
            assert_eq!(wrong.key(), link.key());
            assert_eq!(
                wrong.to_string(),
                format!(
                    "{} \"javascript:alert(1)\" must begin with https:// (http:// is for this machine only)",
                    link.key()
                )
            );
        }
        assert_eq!(look, before);
        look.lead(Link::Terms, Some("https://a.example/terms")).unwrap();
        assert_eq!(look.listing.terms_url.as_deref(), Some("https://a.example/terms"));
        look.lead(Link::Terms, None).unwrap();
        assert_eq!(look, before);
    }
}
