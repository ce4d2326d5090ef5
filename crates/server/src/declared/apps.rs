//! Declared apps and their secrets.

use std::collections::HashMap;

use symbolon_oauth::client::{AuthenticationMethod, ClientType, GrantType};
use symbolon_oauth::credential::Kind;
use symbolon_oauth::id::{AppId, UserId};
use symbolon_platform::app::registration::{Acceptance, Offer, Registration};
use symbolon_platform::app::{App, AppStatus, Look};
use symbolon_platform::listing::{IconKey, Listing};
use symbolon_store::apps::StoredSecret;
use symbolon_store::change::{AppChange, ClientSecretChange, IconChange};
use symbolon_store::icons::Icon;

use super::DeclaredError;
use super::catalogue::secret_line;
use super::diff::{Fields, Line};
use super::file::DeclaredApp;
use super::people::missing;
use super::plan::Plan;

impl Plan<'_> {
    pub(super) async fn apps(
        &mut self,
        entries: &[DeclaredApp],
        icons: &HashMap<String, Icon>,
        offer: &Offer<'_>,
    ) -> Result<(), DeclaredError> {
        for entry in entries {
            let registration = &entry.registration;
            let client_id = registration.client_id.as_str();
            let icon = icons.get(client_id);
            let stored = self.around.store.load_app_by_client_id(client_id).await?;
            let accepted = self.accept(entry, stored.as_ref(), icon.map(Icon::key)).await?;
            let app = registration
                .decide(offer, accepted)
                .map_err(|unfit| DeclaredError::Wrong(unfit.sentence(client_id)))?;
            match &stored {
                None => {
                    self.icon(icon, client_id);
                    self.added(AppChange::Create(app).into(), "app", client_id);
                }
                Some(old) => self.known_app(old, app, icon),
            }
            self.client_secret(registration, accepted.id, stored.as_ref())?;
        }
        Ok(())
    }

    /// A new app without a status is live: whoever declares it by name approves it. One that is there keeps the status
    /// it has, so that applying a file again does not resume what was suspended since; and what is suspended while files
    /// are compared is a conflict.
    async fn accept<'s>(
        &mut self,
        entry: &DeclaredApp,
        stored: Option<&'s App>,
        icon: Option<IconKey>,
    ) -> Result<Acceptance<'s>, DeclaredError> {
        let owner = match &entry.owner {
            Some(owner) => {
                let place = format!("app \"{}\"", entry.registration.client_id);
                Some(self.user_id(owner).await?.ok_or_else(|| missing(&place, "owner", owner))?)
            }
            None => None,
        };
        Ok(Acceptance {
            id: stored.map_or_else(|| self.fresh(), |old| Ok(old.client.id))?,
            held: stored.map_or(&[], |old| &old.client.grant_types),
            owner,
            status: entry.status.or(stored.map(|old| old.status)).unwrap_or(AppStatus::Live),
            created_at: stored.map_or(self.now, |old| old.created_at),
            icon,
        })
    }

    /// Notes what differs between an app and what it is to be.
    pub(super) fn known_app(&mut self, old: &App, new: App, icon: Option<&Icon>) {
        let Some(line) = self.difference(old, &new, icon) else { return };
        self.note(AppChange::Update { old: Box::new(old.clone()), new: Box::new(new) }.into(), line);
    }

    /// The same for what people are shown of it: nothing else of it is looked at, or written.
    pub(super) fn look(&mut self, app: &App, new: Look, icon: Option<&Icon>) {
        let shown = App { name: new.name.clone(), listing: new.listing.clone(), ..app.clone() };
        let Some(line) = self.difference(app, &shown, icon) else { return };
        self.note(AppChange::SetLook { app: app.client.id, old: Look::of(app), new }.into(), line);
    }

    fn difference(&mut self, old: &App, new: &App, icon: Option<&Icon>) -> Option<Line> {
        let client_id = &old.client.client_id;
        let line = differences(old, new).line("app", client_id)?;
        if old.listing.icon != new.listing.icon {
            self.icon(icon, client_id);
        }
        Some(line)
    }

    /// Keeps an icon, before the app that refers to it.
    fn icon(&mut self, icon: Option<&Icon>, client_id: &str) {
        let Some(icon) = icon else { return };
        let detail = format!("icon {} of app {client_id}, {} bytes", short(icon.key()), icon.png().len());
        self.silently(IconChange::Put(icon.clone()).into(), detail);
    }

    /// A declared secret replaces those before it; without one, a confidential app that has none gets one.
    fn client_secret(
        &mut self,
        wanted: &Registration,
        app: AppId,
        stored: Option<&App>,
    ) -> Result<(), DeclaredError> {
        let now = self.now;
        let all = stored.map(|app| app.client.secrets.as_slice()).unwrap_or_default();
        let live: Vec<_> =
            all.iter().filter(|secret| secret.expires_at.is_none_or(|end| end > now)).collect();
        if wanted.client_type == ClientType::Public {
            for secret in all {
                let detail = format!("client secret of app {}, which is public now", wanted.client_id);
                self.silently(ClientSecretChange::Revoke { app, secret: secret.id }.into(), detail);
            }
            return Ok(());
        }
        let secret = match &wanted.client_secret {
            Some(given) => given.clone(),
            None if live.is_empty() => {
                let made = self.mint(Kind::ClientSecret)?;
                self.show_once("client_secret", format!("app {}", wanted.client_id), made.clone());
                made
            }
            None => return Ok(()),
        };
        if live.iter().any(|own| own.hash == secret.hash()) {
            return Ok(());
        }
        let row = StoredSecret::of(&secret, self.fresh()?, now);
        let detail = format!("client secret …{} of app {}", row.hint, wanted.client_id);
        let change = ClientSecretChange::Rotate { app, secret: row, old_until: now }.into();
        match stored {
            None => self.silently(change, detail),
            Some(_) => self.note(change, secret_line("app", &wanted.client_id, "client_secret")),
        }
        Ok(())
    }
}

/// Enough of an icon's name to tell it from others.
fn short(key: IconKey) -> String {
    key.to_string().chars().take(12).collect()
}

fn differences(old: &App, new: &App) -> Fields {
    let (before, after) = (&old.client, &new.client);
    let method = |method: Option<AuthenticationMethod>| method.map(|method| method.as_str().to_owned());
    let grant_types = |types: &[GrantType]| -> Vec<String> {
        types.iter().map(|grant_type| grant_type.as_str().to_owned()).collect()
    };
    let pkce = |excused: bool| if excused { "optional" } else { "required" };
    let (shown, wanted) = (&old.listing, &new.listing);
    let publisher = |listing: &Listing| listing.publisher.as_ref().map(|publisher| publisher.name.clone());
    let verified = |listing: &Listing| listing.publisher.as_ref().is_some_and(|publisher| publisher.verified);
    let owner = |owner: Option<UserId>| owner.map(|owner| owner.to_string());
    Fields::default()
        .compare("name", &old.name, &new.name)
        .compare("icon", &shown.icon.map(short), &wanted.icon.map(short))
        .compare("publisher", &publisher(shown), &publisher(wanted))
        .compare("publisher_verified", &verified(shown), &verified(wanted))
        .compare("homepage", &shown.homepage, &wanted.homepage)
        .compare("privacy_url", &shown.privacy_url, &wanted.privacy_url)
        .compare("terms_url", &shown.terms_url, &wanted.terms_url)
        .compare("redirect_uris", &before.redirect_uris, &after.redirect_uris)
        .compare("scopes", before.scopes.as_str(), after.scopes.as_str())
        .compare("optional_scopes", before.optional_scopes.as_str(), after.optional_scopes.as_str())
        .compare("type", before.client_type.as_str(), after.client_type.as_str())
        .compare("level", before.level.as_str(), after.level.as_str())
        .compare("dialect", &before.dialect, &after.dialect)
        .compare("status", old.status.as_str(), new.status.as_str())
        .compare("owner", &owner(old.owner), &owner(new.owner))
        .compare("grant_types", &grant_types(&before.grant_types), &grant_types(&after.grant_types))
        .compare(
            "token_endpoint_auth_method",
            &method(before.authentication_method),
            &method(after.authentication_method),
        )
        .compare("pkce", pkce(before.pkce_excused), pkce(after.pkce_excused))
}
