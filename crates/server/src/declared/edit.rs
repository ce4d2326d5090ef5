//! A change of one app, as the command line makes it: what people are shown of it, its grant types, and what becomes of
//! scopes that it may not have. What is not named stays.
//!
//! The same rules and the same lines as for a file, and nothing else about the app's protocol or its life can be reached
//! from here: an app that is suspended meanwhile stays so.

use symbolon_oauth::client::{Client, GrantType};
use symbolon_oauth::policy::UnknownScopes;
use symbolon_platform::app::registration::check_grant_types;
use symbolon_platform::app::{App, Link, Look, Unfit};
use symbolon_store::icons::Icon;

use super::plan::Plan;
use super::{DeclaredError, Report, Surroundings};

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
    /// What it may ask the token endpoint for.
    pub grant_types: Option<Vec<GrantType>>,
    /// What becomes of scopes that it asks for and may not have; [`Some`] `(None)`: what the server says.
    pub unknown_scopes: Option<Option<UnknownScopes>>,
}

/// Changes an app.
///
/// # Errors
/// [`DeclaredError`]; nothing was changed then.
pub async fn edit(around: Surroundings<'_>, app: &App, edit: &Edit) -> Result<Report, DeclaredError> {
    let wrong = |unfit: Unfit| DeclaredError::Wrong(unfit.sentence(&app.client.client_id));
    let look = edit.applied_to(app).map_err(wrong)?;
    let icon = edit.icon.as_ref().and_then(Option::as_ref);
    let mut plan = Plan::by_hand(around).await?;
    if edit.grant_types.is_none() && edit.unknown_scopes.is_none() {
        plan.look(app, look, icon);
    } else {
        let client = edit.client(&app.client).map_err(wrong)?;
        plan.known_app(app, App { client, name: look.name, listing: look.listing, ..app.clone() }, icon);
    }
    plan.finish().await
}

impl Edit {
    /// What the protocol is told.
    fn client(&self, old: &Client) -> Result<Client, Unfit> {
        let mut client = old.clone();
        if let Some(named) = &self.grant_types {
            check_grant_types(client.client_type, named)?;
            client.grant_types.clone_from(named);
        }
        if let Some(unknown_scopes) = self.unknown_scopes {
            client.unknown_scopes = unknown_scopes;
        }
        Ok(client)
    }

    fn applied_to(&self, app: &App) -> Result<Look, Unfit> {
        let mut look = Look::of(app);
        if let Some(name) = &self.name {
            look.rename(name)?;
        }
        if let Some(icon) = &self.icon {
            look.listing.icon = icon.as_ref().map(Icon::key);
        }
        if let Some(publisher) = &self.publisher {
            look.publish_as(kept(publisher))?;
        }
        if let Some(verified) = self.publisher_verified {
            look.verify_publisher(verified)?;
        }
        for (link, url) in [
            (Link::Homepage, &self.homepage),
            (Link::Privacy, &self.privacy_url),
            (Link::Terms, &self.terms_url),
        ] {
            if let Some(url) = url {
                look.lead(link, kept(url))?;
            }
        }
        Ok(look)
    }
}

/// What was given, unless it takes away what was there.
fn kept(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
