//! A change of what people are shown of one app, as the command line makes it: what is not named stays.
//!
//! The same rules and the same lines as for a file, and nothing about the app's protocol or its life can be reached from
//! here: an app that is suspended meanwhile stays so.

use symbolon_platform::app::App;
use symbolon_platform::listing::{Publisher, check_link};
use symbolon_platform::name;
use symbolon_store::apps::Look;
use symbolon_store::icons::Icon;

use super::check::{NOBODY_NAMED, fit};
use super::plan::Plan;
use super::{DeclaredError, Options, Report, Surroundings};

/// What to change. An empty text (or [`Some`] `(None)` as icon) takes away what was there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    /// The name, which cannot be taken away.
    pub name: Option<String>,
    /// The icon.
    pub icon: Option<Option<Icon>>,
    /// Who publishes it. Another publisher begins unverified.
    pub publisher: Option<String>,
    /// Whether the publisher is verified.
    pub publisher_verified: Option<bool>,
    /// The home page.
    pub homepage: Option<String>,
    /// The privacy policy.
    pub privacy_url: Option<String>,
    /// The terms of use.
    pub terms_url: Option<String>,
}

/// Changes what people are shown of an app.
///
/// # Errors
/// [`DeclaredError`]; nothing was changed then.
pub async fn edit(around: Surroundings<'_>, app: &App, edit: &Edit) -> Result<Report, DeclaredError> {
    let changed = edit
        .applied_to(app)
        .map_err(|why| DeclaredError::Wrong(format!("app \"{}\": {why}", app.client.client_id)))?;
    let mut plan = Plan::new(around, Options::default());
    plan.look(app, changed, edit.icon.as_ref().and_then(Option::as_ref));
    plan.finish().await
}

impl Edit {
    fn applied_to(&self, app: &App) -> Result<Look, String> {
        let mut look = Look::of(app);
        if let Some(name) = &self.name {
            fit("name", name, name::check)?;
            look.name.clone_from(name);
        }
        if let Some(icon) = &self.icon {
            look.listing.icon = icon.as_ref().map(Icon::key);
        }
        let listing = &mut look.listing;
        if let Some(publisher) = given(self.publisher.as_ref()) {
            if let Some(name) = &publisher {
                fit("publisher", name, name::check)?;
            }
            let same = publisher == listing.publisher.as_ref().map(|publisher| publisher.name.clone());
            if !same {
                listing.publisher = publisher.map(|name| Publisher { name, verified: false });
            }
        }
        if let Some(verified) = self.publisher_verified {
            match &mut listing.publisher {
                Some(publisher) => publisher.verified = verified,
                None if verified => return Err(NOBODY_NAMED.to_owned()),
                None => {}
            }
        }
        for (key, link, kept) in [
            ("homepage", &self.homepage, &mut listing.homepage),
            ("privacy_url", &self.privacy_url, &mut listing.privacy_url),
            ("terms_url", &self.terms_url, &mut listing.terms_url),
        ] {
            let Some(link) = given(link.as_ref()) else { continue };
            if let Some(link) = &link {
                fit(key, link, check_link)?;
            }
            *kept = link;
        }
        Ok(look)
    }
}

/// What was given: nothing, that it is to go, or a value.
fn given(text: Option<&String>) -> Option<Option<String>> {
    text.map(|text| (!text.is_empty()).then(|| text.clone()))
}
