//! Apps.
//!
//! What is read of an app is its row and its live version, together. An app is changed only while it still is what the
//! change was made for: whoever compared it at leisure undoes nothing that happened meanwhile.

use symbolon_oauth::client::{
    AuthenticationMethod, Client, ClientSecret, ClientType, Generations, GrantType, Level,
};
use symbolon_oauth::id::{AppId, UserId};
use symbolon_oauth::policy::UnknownScopes;
use symbolon_platform::app::version::{Reviewed, Shown};
use symbolon_platform::app::{App, AppStatus, Look};
use symbolon_platform::listing::{IconKey, Listing, Publisher};

use crate::activity;
use crate::app_versions;
use crate::client_secrets::{client_secret_columns, client_secret_from_row};
use crate::codes::spend_codes_of_app;
use crate::engine::{Commit, Cursor, Expect, StoreError, Value, each, first};
use crate::organisations;
use crate::parameters;
use crate::store::Store;

/// The columns of [`app_from_row`], of [`live_apps`]: the client's, the app's own, the listing's.
macro_rules! app_columns {
    () => {
        "a.id, a.client_id, v.client_type, v.dialect, v.authentication_method, v.redirect_uris, v.scopes, \
         v.optional_scopes, v.grant_types, v.pkce_excused, v.native, a.unknown_scopes, v.level, \
         a.own_generation, a.refresh_generation, \
         v.name, a.status, a.owner_id, a.created_at, \
         v.icon, v.publisher, v.publisher_verified, v.homepage, a.privacy_url, a.terms_url"
    };
}

/// Each app beside its live version.
macro_rules! live_apps {
    () => {
        " FROM apps a JOIN app_versions v ON v.app_id = a.id AND v.state = 'live' "
    };
}

/// Reads an app. Its secrets come from rows of their own.
fn app_from_row(row: &mut Cursor, secrets: Vec<ClientSecret>) -> Result<App, StoreError> {
    Ok(App {
        client: client_from_row(row, secrets)?,
        name: row.text()?,
        status: row.word(AppStatus::parse)?,
        owner: row.optional_id()?,
        created_at: row.timestamp()?,
        listing: listing_from_row(row)?,
    })
}

/// Reads what the protocol needs to know of it.
fn client_from_row(row: &mut Cursor, secrets: Vec<ClientSecret>) -> Result<Client, StoreError> {
    Ok(Client {
        id: row.id()?,
        client_id: row.text()?,
        client_type: row.word(ClientType::parse)?,
        dialect: row.text()?,
        secrets,
        authentication_method: row.optional_word(AuthenticationMethod::parse)?,
        redirect_uris: serde_json::from_str(&row.text()?)
            .map_err(|_| StoreError::unavailable("an app's redirect URIs are not a JSON list"))?,
        scopes: row.scopes()?,
        optional_scopes: row.scopes()?,
        grant_types: row.words(GrantType::parse)?,
        pkce_excused: row.boolean()?,
        native: row.boolean()?,
        unknown_scopes: row.optional_word(UnknownScopes::parse)?,
        level: row.word(Level::parse)?,
        generations: Generations { own: row.integer()?, refresh: row.integer()? },
    })
}

/// Reads what people are shown of it.
fn listing_from_row(row: &mut Cursor) -> Result<Listing, StoreError> {
    let icon = row.optional_hash()?.map(|hash| IconKey(hash.0));
    let (publisher, verified) = (row.optional_text()?, row.boolean()?);
    Ok(Listing {
        icon,
        publisher: publisher.map(|name| Publisher { name, verified }),
        homepage: row.optional_text()?,
        privacy_url: row.optional_text()?,
        terms_url: row.optional_text()?,
    })
}

/// What stands in the row of the app itself.
fn columns(app: &App) -> [Value; 8] {
    parameters![
        app.client.id,
        app.client.client_id.as_str(),
        app.status.as_str(),
        app.owner,
        app.created_at,
        app.listing.privacy_url.as_deref(),
        app.listing.terms_url.as_deref(),
        app.client.unknown_scopes.map(UnknownScopes::as_str)
    ]
}

/// An app with an owner begins in the organisation that is theirs alone.
pub(crate) fn create_app(commit: Commit, app: &App) -> Commit {
    const INSERT: &str = "INSERT INTO apps (id, client_id, status, owner_id, created_at, privacy_url, terms_url, unknown_scopes, \
        organisation_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $4)";
    let commit = in_own_organisation(commit, app, None);
    let commit = commit.step(INSERT, columns(app), Expect::One);
    app_versions::create(commit, app.client.id, &Reviewed::of(app))
}

/// Whoever is the owner of an app has an organisation of their own.
fn in_own_organisation(commit: Commit, app: &App, before: Option<UserId>) -> Commit {
    match app.owner {
        Some(owner) if before != Some(owner) => organisations::ensure_own(commit, owner, app.created_at),
        Some(_) | None => commit,
    }
}

/// Makes `old` into `new`, as long as it still is `old`. An app that gets another owner moves with them. The row is written even when nothing of it changes: whoever
/// changes the same app waits for that.
pub(crate) fn update_app(commit: Commit, old: &App, new: &App) -> Commit {
    const UPDATE: &str = "UPDATE apps SET client_id = $2, status = $3, owner_id = $4, created_at = $5, \
        privacy_url = $6, terms_url = $7, unknown_scopes = $8, \
        organisation_id = CASE WHEN owner_id IS NOT DISTINCT FROM $4 THEN organisation_id ELSE $4 END WHERE id = $1 AND \
        (client_id, status, owner_id, created_at, privacy_url, terms_url, unknown_scopes) \
        IS NOT DISTINCT FROM ($9, $10, $11, $12, $13, $14, $15)";
    let commit = in_own_organisation(commit, new, old.owner);
    let commit = commit.rewrite(UPDATE, columns(old), columns(new));
    let commit = stopped(commit, new.client.id, new.status);
    let commit = taken_away(commit, &old.client, &new.client);
    app_versions::replace(commit, new.client.id, &Reviewed::of(old), &Reviewed::of(new))
}

/// Changes how an app looks, as long as it still looks like `old`. Everything else of it stays as it is by now.
pub(crate) fn set_app_look(commit: Commit, id: AppId, old: &Look, new: &Look) -> Commit {
    const UPDATE: &str = "UPDATE apps SET privacy_url = $2, terms_url = $3 WHERE id = $1 AND \
        (privacy_url, terms_url) IS NOT DISTINCT FROM ($4, $5)";
    let (was, is) = (&old.listing, &new.listing);
    let row = parameters![
        id,
        is.privacy_url.as_deref(),
        is.terms_url.as_deref(),
        was.privacy_url.as_deref(),
        was.terms_url.as_deref()
    ];
    let commit = commit.step(UPDATE, row, Expect::One);
    app_versions::restyle(commit, id, &Shown::of(old), &Shown::of(new))
}

pub(crate) fn set_app_status(commit: Commit, id: AppId, status: AppStatus) -> Commit {
    const UPDATE: &str = "UPDATE apps SET status = $2 WHERE id = $1";
    stopped(commit.step(UPDATE, parameters![id, status.as_str()], Expect::One), id, status)
}

/// What was under way for an app that is stopped is over, and does not come back with it.
fn stopped(commit: Commit, id: AppId, status: AppStatus) -> Commit {
    match status {
        AppStatus::Suspended => spend_codes_of_app(commit, id),
        AppStatus::Live | AppStatus::Development => commit,
    }
}

/// What was made with what a client loses is over, and does not come back with that. Tokens are not looked for: one that is
/// inserted at this moment is of the generation before, too.
fn taken_away(mut commit: Commit, old: &Client, new: &Client) -> Commit {
    const OWN: &str = "UPDATE apps SET own_generation = own_generation + 1 WHERE id = $1";
    const REFRESH: &str = "UPDATE apps SET refresh_generation = refresh_generation + 1 WHERE id = $1";
    for grant_type in GrantType::ALL.into_iter().filter(|grant_type| old.took_away(new, *grant_type)) {
        commit = match grant_type {
            GrantType::AuthorizationCode => spend_codes_of_app(commit, new.id),
            GrantType::RefreshToken => commit.step(REFRESH, parameters![new.id], Expect::One),
            GrantType::ClientCredentials => commit.step(OWN, parameters![new.id], Expect::One),
        };
    }
    commit
}

pub(crate) fn delete_app(commit: Commit, id: AppId) -> Commit {
    activity::forget(commit.step("DELETE FROM apps WHERE id = $1", parameters![id], Expect::One), id)
}

impl Store {
    /// An app with its secrets, by its row.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn load_app(&self, id: AppId) -> Result<Option<App>, StoreError> {
        const APP: &str = concat!("SELECT ", app_columns!(), live_apps!(), "WHERE a.id = $1");
        const SECRETS: &str = concat!(
            "SELECT ",
            client_secret_columns!(),
            " FROM client_secrets s WHERE s.app_id = $1 ORDER BY s.created_at, s.id"
        );
        self.with_secrets(APP, SECRETS, parameters![id]).await
    }

    /// An app with its secrets, by its public identifier.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn load_app_by_client_id(&self, client_id: &str) -> Result<Option<App>, StoreError> {
        const APP: &str = concat!("SELECT ", app_columns!(), live_apps!(), "WHERE a.client_id = $1");
        const SECRETS: &str = concat!(
            "SELECT ",
            client_secret_columns!(),
            " FROM client_secrets s JOIN apps a ON a.id = s.app_id \
             WHERE a.client_id = $1 ORDER BY s.created_at, s.id"
        );
        self.with_secrets(APP, SECRETS, parameters![client_id]).await
    }

    async fn with_secrets(
        &self,
        app: &'static str,
        secrets: &'static str,
        key: [Value; 1],
    ) -> Result<Option<App>, StoreError> {
        let [apps, secrets] = self.engine().load_all([(app, &key), (secrets, &key)]).await?;
        let secrets = each(secrets, client_secret_from_row)?;
        first(apps, |row| app_from_row(row, secrets))
    }

    /// Up to `most` apps whose public identifier follows `after`, in order, without their secrets.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn list_apps(&self, after: &str, most: i64) -> Result<Vec<App>, StoreError> {
        const LIST: &str = concat!(
            "SELECT ",
            app_columns!(),
            live_apps!(),
            "WHERE a.client_id > $1 ORDER BY a.client_id LIMIT $2"
        );
        let rows = self.engine().load(LIST, &parameters![after, most]).await?;
        each(rows, |row| app_from_row(row, Vec::new()))
    }
}
