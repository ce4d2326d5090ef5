//! What people read of an app in a directory, and whom they ask for help. None of it is reviewed before it is shown: it says
//! nothing of who the app is or what it may do.

use crate::listing::{UnfitLink, check_link};
use crate::name::{self, UnfitName};

/// Categories that an app has at most.
pub const CATEGORIES_AT_MOST: usize = 5;

/// Characters of a category at most.
const CATEGORY_AT_MOST: usize = 30;

/// What people read of an app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// What it does, in a sentence or two.
    pub description: Option<String>,
    /// Where its people help, a web address.
    pub support_url: Option<String>,
    /// What it is for: words such as `calendar`.
    pub categories: Vec<String>,
}

/// Why it cannot be shown like that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnfitAbout {
    /// The description.
    #[error("the description {0}")]
    Description(UnfitName),
    /// The link to help.
    #[error("the support link {0}")]
    Support(UnfitLink),
    /// A category.
    #[error(
        "`{0}` is no category: it has small letters, digits and hyphens, {CATEGORY_AT_MOST} of them at most"
    )]
    Category(String),
    /// Too many categories.
    #[error("there are more than {CATEGORIES_AT_MOST} categories")]
    Categories,
}

impl About {
    /// Looks at it.
    ///
    /// # Errors
    /// The first thing that does not fit.
    pub fn check(&self) -> Result<(), UnfitAbout> {
        self.description.as_deref().map_or(Ok(()), name::check_sentence).map_err(UnfitAbout::Description)?;
        self.support_url.as_deref().map_or(Ok(()), check_link).map_err(UnfitAbout::Support)?;
        if self.categories.len() > CATEGORIES_AT_MOST {
            return Err(UnfitAbout::Categories);
        }
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let wrong = self.categories.iter().find(|category| {
            category.is_empty() || category.len() > CATEGORY_AT_MOST || !category.chars().all(fits)
        });
        wrong.map_or(Ok(()), |category| Err(UnfitAbout::Category(category.clone())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_read_is_looked_at() {
        let fit = About {
            description: Some("Keeps a diary.".to_owned()),
            support_url: Some("https://app.example/help".to_owned()),
            categories: vec!["diary".to_owned(), "notes-2".to_owned()],
        };
        assert_eq!((fit.check(), About::default().check()), (Ok(()), Ok(())));
        let unfit = |change: fn(&mut About)| {
            let mut about = fit.clone();
            change(&mut about);
            about.check()
        };
        let long = unfit(|about| about.description = Some("x".repeat(501)));
        assert_eq!(long, Err(UnfitAbout::Description(UnfitName::Long(500))));
        let link = unfit(|about| about.support_url = Some("javascript:alert(1)".to_owned()));
        assert_eq!(link, Err(UnfitAbout::Support(UnfitLink::Scheme)));
        let many = unfit(|about| about.categories = vec!["a".to_owned(); 6]);
        assert_eq!(many, Err(UnfitAbout::Categories));
        for wrong in ["", "Diary", "a b", &"x".repeat(31)] {
            let about = About { categories: vec![wrong.to_owned()], ..About::default() };
            assert_eq!(about.check(), Err(UnfitAbout::Category(wrong.to_owned())));
        }
    }
}
