//! Declared apps and their secrets.

use std::collections::HashMap;

use symbolon_oauth::client::{Client, ClientSecret, ClientType, GrantType};
use symbolon_oauth::credential::{Kind, SecretHash};
use symbolon_oauth::quoted::Excerpt;
use symbolon_platform::app::registration::{Acceptance, Offer, Registration};
use symbolon_platform::app::{App, AppStatus, Look, Unfit};
use symbolon_platform::listing::{IconKey, Listing, Publisher};

use symbolon_store::change::{AppChange, ClientSecretChange, IconChange};
use symbolon_store::client_secrets::StoredSecret;
use symbolon_store::icons::Icon;

use super::DeclaredError;
use super::catalogue::secret_line;
use super::diff::{Line, Shown};
use super::file::DeclaredApp;
use super::merge::{Merge, Named};
use super::people::missing;
use super::plan::{Outcome, Plan};
use crate::password::{Foreign, UnfitHash};

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
            let wrong = |unfit: Unfit| DeclaredError::Wrong(unfit.sentence(client_id));
            let icon = icons.get(client_id);
            let stored = self.around.store.load_app_by_client_id(client_id).await?;
            let accepted = self.accept(entry, stored.as_ref(), icon.map(Icon::key)).await?;
            let declared = registration.decide(offer, accepted).map_err(wrong)?;
            let mut merge = self.merge("app", client_id);
            let said = entry.owner.as_deref().unwrap_or_default();
            let owner = Named { said, is_made: self.is_made("user", said) };
            let status = stored.as_ref().map(|old| old.status);
            let status = merge.settle_if_said("status", status, entry.status, AppStatus::Live);
            let may = grant_types(&mut merge, stored.as_ref(), (registration, &declared));
            let mut app = App { status, ..merged(&mut merge, stored.as_ref(), declared, owner) };
            app.client.grant_types = may;
            Registration::of(&app).check_protocol().map_err(wrong)?;
            let secret = self.client_secret(entry, &mut merge, (stored.as_ref(), &app))?;
            let Outcome::Is(line) = self.conclude(merge, stored.is_some()) else { continue };
            if let Some(line) = line {
                let old = stored.as_ref().and_then(|old| old.listing.icon);
                self.icon(
                    icon.filter(|icon| old != Some(icon.key()) && app.listing.icon == Some(icon.key())),
                    client_id,
                );
                self.note(written(stored.clone(), app.clone()).into(), line);
            }
            self.replace_client_secret(secret, stored.as_ref(), &app);
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
            // Whoever was deleted by hand owns nothing.
            Some(owner) if self.is_away("user", owner) => None,
            Some(owner) => {
                let place = format!("app {}", Excerpt(&entry.registration.client_id));
                Some(self.user_id(owner).await?.ok_or_else(|| missing(&place, "owner", owner))?)
            }
            None => None,
        };
        Ok(Acceptance {
            id: stored.map_or_else(|| self.fresh(), |old| Ok(old.client.id))?,
            held: stored.map_or(&[], |old| &old.client.grant_types),
            generations: stored.map(|old| old.client.generations).unwrap_or_default(),
            owner,
            status: entry.status.or(stored.map(|old| old.status)).unwrap_or(AppStatus::Live),
            created_at: stored.map_or(self.now, |old| old.created_at),
            icon,
        })
    }

    /// Notes what differs between an app and what it is to be by hand.
    pub(super) fn known_app(&mut self, old: &App, new: App, icon: Option<&Icon>) {
        let Some(line) = self.edited(old, &new, icon) else { return };
        self.note(AppChange::Update { old: Box::new(old.clone()), new: Box::new(new) }.into(), line);
    }

    /// The same for what people are shown of it: nothing else of it is looked at, or written.
    pub(super) fn look(&mut self, app: &App, new: Look, icon: Option<&Icon>) {
        let shown = App { name: new.name.clone(), listing: new.listing.clone(), ..app.clone() };
        let Some(line) = self.edited(app, &shown, icon) else { return };
        self.note(AppChange::SetLook { app: app.client.id, old: Look::of(app), new }.into(), line);
    }

    fn edited(&mut self, old: &App, new: &App, icon: Option<&Icon>) -> Option<Line> {
        let mut merge = self.merge("app", &old.client.client_id);
        merged(&mut merge, Some(old), new.clone(), Named { said: "", is_made: false });
        merge.follow("grant_types", Some(&old.client.grant_types), &new.client.grant_types);
        let Outcome::Is(line) = self.conclude(merge, true) else { return None };
        if line.is_some() && old.listing.icon != new.listing.icon {
            self.icon(icon, &old.client.client_id);
        }
        line
    }

    /// Keeps an icon, before the app that refers to it.
    fn icon(&mut self, icon: Option<&Icon>, client_id: &str) {
        let Some(icon) = icon else { return };
        let key: String = icon.key().to_string().chars().take(12).collect();
        let detail = format!("icon {key} of app {client_id}, {} bytes", icon.png().len());
        self.silently(IconChange::Put(icon.clone()).into(), detail);
    }

    /// The secret that is to replace those before it: the declared one, unless others were put in its place by hand;
    /// without one, an app that becomes confidential gets one.
    fn client_secret(
        &mut self,
        entry: &DeclaredApp,
        merge: &mut Merge,
        (stored, app): (Option<&App>, &App),
    ) -> Result<Option<StoredSecret>, DeclaredError> {
        if let Some(hash) = &entry.secret_hash {
            return self.foreign_secret(hash, merge, stored);
        }
        let wanted = &entry.registration;
        let as_before =
            wanted.client_secret.as_ref().map(|given| merge.says("client_secret", given.expose()));
        if app.client.client_type == ClientType::Public {
            return Ok(None);
        }
        let was_confidential = stored.is_some_and(|old| old.client.client_type == ClientType::Confidential);
        let Some(given) = &wanted.client_secret else {
            if was_confidential || (stored.is_none() && merge.stays_away().is_some()) {
                return Ok(None);
            }
            return self.new_secret(&wanted.client_id).map(Some);
        };
        if self.live_secrets(stored).any(|own| own.hash == given.hash()) {
            return Ok(None);
        }
        if was_confidential && as_before == Some(true) {
            merge.keep_secret("client_secret");
            return Ok(None);
        }
        let app = [wanted.client_id.as_str(), &app.name];
        Ok(Some(StoredSecret::of(given, &app, self.fresh()?, self.now)))
    }

    /// A secret of ours, which is shown once.
    pub(super) fn new_secret(&mut self, client_id: &str) -> Result<StoredSecret, DeclaredError> {
        let made = self.mint(Kind::ClientSecret)?;
        self.show_once("client_secret", format!("app {client_id}"), made.clone());
        Ok(StoredSecret::of(&made, &[client_id], self.fresh()?, self.now))
    }

    /// The same where a file says the hash by which another server knew the secret. Once that was used it is kept by another
    /// hash, so a file that says what it said before changes nothing.
    fn foreign_secret(
        &self,
        hash: &str,
        merge: &mut Merge,
        stored: Option<&App>,
    ) -> Result<Option<StoredSecret>, DeclaredError> {
        let as_before = merge.says("secret_hash", hash);
        let row = self.foreign(hash)?;
        let is_same = |own: &ClientSecret| match &row.foreign {
            Some(_) => own.foreign == row.foreign,
            None => own.hash == row.hash,
        };
        let is_there = self.live_secrets(stored).any(is_same);
        let was_confidential = stored.is_some_and(|old| old.client.client_type == ClientType::Confidential);
        let stays = is_there || (was_confidential && as_before);
        Ok((!stays).then_some(row))
    }

    /// The row of a secret that is known by another server's hash. Nobody knows what our own hash in it is of.
    pub(super) fn foreign(&self, hash: &str) -> Result<StoredSecret, DeclaredError> {
        let wrong = |why: UnfitHash| DeclaredError::Wrong(format!("`secret_hash`: {why}"));
        let foreign = Foreign::read(hash).map_err(wrong)?;
        let (ours, unknown) = (foreign.as_ours(), self.around.entropy.fill()?);
        let own = ours.unwrap_or(SecretHash(unknown));
        let row = StoredSecret::known_by(own, foreign.kind(), self.fresh()?, self.now);
        Ok(StoredSecret { foreign: ours.is_none().then(|| hash.into()), ..row })
    }

    fn live_secrets<'s>(&self, stored: Option<&'s App>) -> impl Iterator<Item = &'s ClientSecret> + use<'s> {
        let now = self.now;
        stored.into_iter().flat_map(|app| &app.client.secrets).filter(move |secret| secret.is_live(now))
    }

    pub(super) fn replace_client_secret(
        &mut self,
        secret: Option<StoredSecret>,
        stored: Option<&App>,
        app: &App,
    ) {
        let (now, client_id) = (self.now, &app.client.client_id);
        if app.client.client_type == ClientType::Public {
            for secret in stored.into_iter().flat_map(|app| &app.client.secrets) {
                let detail = format!("client secret of app {client_id}, which is public now");
                let change = ClientSecretChange::Revoke { app: app.client.id, secret: secret.id };
                self.silently(change.into(), detail);
            }
            return;
        }
        let Some(row) = secret else { return };
        let detail = format!("client secret …{} of app {client_id}", row.hint);
        let change = ClientSecretChange::Rotate { app: app.client.id, secret: row, old_until: now }.into();
        match stored {
            None => self.silently(change, detail),
            Some(_) => self.note(change, secret_line("app", client_id, "client_secret")),
        }
    }
}

fn written(old: Option<App>, new: App) -> AppChange {
    match old {
        None => AppChange::Create(new),
        Some(old) => AppChange::Update { old: Box::new(old), new: Box::new(new) },
    }
}

/// What an app may ask the token endpoint for. A file that says nothing of it leaves that as it is, but for what an app that
/// turns public cannot have.
fn grant_types(
    merge: &mut Merge,
    old: Option<&App>,
    (wanted, file): (&Registration, &App),
) -> Vec<GrantType> {
    let old = old.map(|old| &old.client.grant_types);
    match &wanted.grant_types {
        Some(named) => merge.settle("grant_types", old.cloned(), named.clone()),
        None => {
            merge.follow("grant_types", old, &file.client.grant_types);
            file.client.grant_types.clone()
        }
    }
}

/// An app, field by field, apart from its status and its grant types.
/// `owner` is whose app it is, as the file says it.
fn merged(merge: &mut Merge, old: Option<&App>, file: App, owner: Named<'_>) -> App {
    let name = merge.settle("name", old.map(|old| old.name.clone()), file.name);
    let listing = merged_listing(merge, old.map(|old| &old.listing), file.listing);
    let client = merged_client(merge, old.map(|old| &old.client), file.client);
    let owner = merge.settle_named("owner", old.map(|old| old.owner), file.owner, owner);
    App { client, name, listing, owner, status: file.status, created_at: file.created_at }
}

fn merged_listing(merge: &mut Merge, old: Option<&Listing>, file: Listing) -> Listing {
    let named = |listing: &Listing| listing.publisher.as_ref().map(|publisher| publisher.name.clone());
    let verified = |listing: &Listing| listing.publisher.as_ref().is_some_and(|publisher| publisher.verified);
    let icon = merge.settle("icon", old.map(|old| old.icon), file.icon);
    let publisher = merge.settle("publisher", old.map(named), named(&file));
    let was_verified = old.map(verified);
    let verified = if publisher == named(&file) {
        merge.settle("publisher_verified", was_verified, verified(&file))
    } else {
        // What a file says of its own publisher says nothing of another.
        merge.says("publisher_verified", &verified(&file).shown());
        was_verified.unwrap_or_default()
    };
    Listing {
        icon,
        publisher: publisher.map(|name| Publisher { name, verified }),
        homepage: merge.settle("homepage", old.map(|old| old.homepage.clone()), file.homepage),
        privacy_url: merge.settle("privacy_url", old.map(|old| old.privacy_url.clone()), file.privacy_url),
        terms_url: merge.settle("terms_url", old.map(|old| old.terms_url.clone()), file.terms_url),
    }
}

fn merged_client(merge: &mut Merge, old: Option<&Client>, file: Client) -> Client {
    let redirect_uris = old.map(|old| old.redirect_uris.clone());
    let redirect_uris = merge.settle("redirect_uris", redirect_uris, file.redirect_uris);
    let scopes = merge.settle("scopes", old.map(|old| old.scopes.clone()), file.scopes);
    let optional = old.map(|old| old.optional_scopes.clone());
    let optional = merge.settle("optional_scopes", optional, file.optional_scopes);
    Client {
        redirect_uris,
        // What was taken away by hand cannot be left unticked.
        optional_scopes: optional.intersection(&scopes),
        scopes,
        client_type: merge.settle("type", old.map(|old| old.client_type), file.client_type),
        level: merge.settle("level", old.map(|old| old.level), file.level),
        dialect: merge.settle("dialect", old.map(|old| old.dialect.clone()), file.dialect),
        authentication_method: merge.settle(
            "token_endpoint_auth_method",
            old.map(|old| old.authentication_method),
            file.authentication_method,
        ),
        unknown_scopes: merge.settle(
            "unknown_scopes",
            old.map(|old| old.unknown_scopes),
            file.unknown_scopes,
        ),
        pkce_excused: merge.settle("pkce", old.map(|old| Pkce(old.pkce_excused)), Pkce(file.pkce_excused)).0,
        native: merge.settle("native", old.map(|old| old.native), file.native),
        ..file
    }
}

/// Whether an app is excused from PKCE, in the words of files.
#[derive(PartialEq)]
struct Pkce(bool);

impl Shown for Pkce {
    fn shown(&self) -> String {
        if self.0 { "optional" } else { "required" }.to_owned()
    }
}
