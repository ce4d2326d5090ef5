//! A change of one app, as the command line makes it: what people are shown of it, what it may do, and what becomes of scopes
//! that it may not have. What is not named stays.
//!
//! The same rules and the same lines as for a file, and nothing else about the app's protocol or its life can be reached
//! from here: an app that is suspended meanwhile stays so.

use symbolon_oauth::client::{Client, GrantType};
use symbolon_oauth::policy::UnknownScopes;
use symbolon_platform::app::registration::Acceptance;
use symbolon_platform::app::{App, Link, Look, Registration, Unfit};
use symbolon_store::icons::Icon;

use super::file::Entries;
use super::plan::Plan;
use super::{DeclaredError, Report, Surroundings, check};

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
    /// Whether it is excused from PKCE where its dialect requires it.
    pub pkce_excused: Option<bool>,
    /// Whether it is a program on the person's own device.
    pub native: Option<bool>,
    /// The hash by which another server knew its secret. What it had before ends.
    pub secret_hash: Option<String>,
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
    match edit.client(app) {
        None => plan.look(app, look, icon),
        Some(client) => {
            let new = App { client, name: look.name, listing: look.listing, ..app.clone() };
            Registration::of(&new).check_protocol().map_err(wrong)?;
            plan.known_app(app, new, icon);
        }
    }
    if let Some(hash) = &edit.secret_hash {
        if app.client.is_public() {
            return Err(wrong(Unfit::PublicWithSecret));
        }
        let row = plan.foreign(hash)?;
        plan.replace_client_secret(Some(row), Some(app), app);
    }
    plan.finish().await
}

/// Makes an app what a registration asks for. What nobody registers stays: whose it is, where it stands, its icon, its
/// secrets, and that its publisher was made sure of. One that becomes confidential gets a secret.
///
/// # Errors
/// [`DeclaredError`]; nothing was changed then.
pub async fn redefine(
    around: Surroundings<'_>,
    app: &App,
    wanted: &Registration,
) -> Result<Report, DeclaredError> {
    let wrong = |unfit: Unfit| DeclaredError::Wrong(unfit.sentence(&app.client.client_id));
    let catalogue = around.store.load_catalogue().await?;
    let nothing = Entries::default();
    let offer = check::offer(&nothing, &catalogue, around.dialects);
    let publisher = app.listing.publisher.as_ref();
    let is_known =
        publisher.is_some_and(|known| known.verified && Some(&known.name) == wanted.publisher.as_ref());
    let wanted = Registration { publisher_verified: is_known, ..wanted.clone() };
    let new = wanted.decide(&offer, Acceptance::again(app)).map_err(wrong)?;
    let mut plan = Plan::by_hand(around).await?;
    let becomes_confidential = app.client.is_public() && !new.client.is_public();
    plan.known_app(app, new.clone(), None);
    let secret = match becomes_confidential {
        true => Some(plan.new_secret(&app.client.client_id)?),
        false => None,
    };
    plan.replace_client_secret(secret, Some(app), &new);
    plan.finish().await
}

impl Edit {
    /// What the protocol is to know, if anything of that is named.
    fn client(&self, app: &App) -> Option<Client> {
        let Edit { grant_types, unknown_scopes, pkce_excused, native, .. } = self;
        let is_named =
            grant_types.is_some() || unknown_scopes.is_some() || pkce_excused.is_some() || native.is_some();
        let old = app.client.clone();
        is_named.then(|| Client {
            grant_types: grant_types.clone().unwrap_or(old.grant_types),
            unknown_scopes: unknown_scopes.unwrap_or(old.unknown_scopes),
            pkce_excused: pkce_excused.unwrap_or(old.pkce_excused),
            native: native.unwrap_or(old.native),
            ..old
        })
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
