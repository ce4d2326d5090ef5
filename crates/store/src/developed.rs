//! What developers are told of their apps: figures of several at once, and the apps of theirs that have a text in their name.
//!
//! A page asks for its apps and then for the figures of all of them, so that the number of statements does not grow with the
//! number of apps; and nothing is counted further than people read.

use symbolon_oauth::id::{AppId, OrganisationId, UserId};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::AppStatus;
use symbolon_platform::listing::IconKey;

use crate::engine::{Cursor, StoreError, each};
use crate::organisations::{OwnApp, own_app_columns, own_app_from_row};
use crate::parameters;
use crate::store::Store;

/// Connections of an app are counted as far as this.
pub const COUNTED: i64 = 1000;

/// What is told of an app in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// The app.
    pub app: AppId,
    /// How many connections it has, up to [`COUNTED`] and one more.
    pub connected: i64,
    /// When it last proved itself or used its access, as far as that is written down.
    pub last_used: Option<Timestamp>,
    /// When the next of its secrets ends.
    pub secret_ends: Option<Timestamp>,
}

fn figures_from_row(row: &mut Cursor) -> Result<Figures, StoreError> {
    let (app, connected) = (row.id()?, row.integer()?);
    let (by_grant, by_secret) = (row.optional_timestamp()?, row.optional_timestamp()?);
    Ok(Figures { app, connected, last_used: by_grant.max(by_secret), secret_ends: row.optional_timestamp()? })
}

/// The figures of the apps that a condition on the row `a` chooses.
macro_rules! figures_where {
    ($condition:literal) => {
        concat!(
            "SELECT a.id, (SELECT count(*) FROM (SELECT 1 AS one FROM grants g WHERE g.app_id = a.id \
             AND g.status = 'active' LIMIT $3) counted), \
             (SELECT max(used.at) FROM (SELECT g.last_used_at AS at FROM grants g WHERE g.app_id = a.id \
             AND g.status = 'active' LIMIT $3) used), \
             (SELECT max(s.last_used_at) FROM client_secrets s WHERE s.app_id = a.id), \
             (SELECT min(s.expires_at) FROM client_secrets s WHERE s.app_id = a.id AND s.expires_at > $2) \
             FROM apps a WHERE ",
            $condition
        )
    };
}

/// An app in the list of its organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TheirApp {
    /// The app.
    pub id: AppId,
    /// Its public identifier.
    pub client_id: String,
    /// What it is called.
    pub name: String,
    /// Its picture.
    pub icon: Option<IconKey>,
    /// Where it stands.
    pub status: AppStatus,
}

fn their_app_from_row(row: &mut Cursor) -> Result<TheirApp, StoreError> {
    Ok(TheirApp {
        id: row.id()?,
        client_id: row.text()?,
        name: row.text()?,
        icon: row.optional_hash()?.map(|hash| IconKey(hash.0)),
        status: row.word(AppStatus::parse)?,
    })
}

impl Store {
    /// Up to `most` of the apps of an organisation, newest first, those older than `before`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn apps_within(
        &self,
        organisation: OrganisationId,
        before: Option<AppId>,
        most: i64,
    ) -> Result<Vec<TheirApp>, StoreError> {
        const FIND: &str = "SELECT a.id, a.client_id, v.name, v.icon, a.status FROM apps a \
            JOIN app_versions v ON v.app_id = a.id AND v.state = 'live' \
            WHERE a.organisation_id = $1 AND a.id < $2 ORDER BY a.id DESC LIMIT $3";
        let before = before.unwrap_or(AppId::new([0xff; 16]));
        each(self.engine().load(FIND, &parameters![organisation, before, most]).await?, their_app_from_row)
    }

    /// The figures of these apps of a person's: those from `newest` down to `oldest`, both among them.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn figures_of(
        &self,
        person: UserId,
        (newest, oldest): (AppId, AppId),
        now: Timestamp,
    ) -> Result<Vec<Figures>, StoreError> {
        const FIND: &str = figures_where!(
            "a.id <= $4 AND a.id >= $5 AND a.organisation_id IN \
             (SELECT m.organisation_id FROM organisation_members m WHERE m.user_id = $1) \
             ORDER BY a.id DESC LIMIT 200"
        );
        let values = parameters![person, now, COUNTED + 1, newest, oldest];
        each(self.engine().load(FIND, &values).await?, figures_from_row)
    }

    /// The figures of one app.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn figures(&self, app: AppId, now: Timestamp) -> Result<Option<Figures>, StoreError> {
        const FIND: &str = figures_where!("a.id = $1");
        let found =
            each(self.engine().load(FIND, &parameters![app, now, COUNTED + 1]).await?, figures_from_row)?;
        Ok(found.into_iter().next())
    }

    /// How many of an app's connections hold this scope, of as many as are counted and one more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn connections_with(&self, app: AppId, scope: &str) -> Result<i64, StoreError> {
        const COUNT: &str = "SELECT count(*) FROM (SELECT g.scopes AS scopes FROM grants g WHERE g.app_id = $1 \
             AND g.status = 'active' LIMIT $2) held WHERE lower(' ' || held.scopes || ' ') LIKE $3 ESCAPE '\\'";
        let values = parameters![app, COUNTED + 1, pattern(&format!(" {scope} "))];
        let found = each(self.engine().load(COUNT, &values).await?, |row| row.integer())?;
        Ok(found.into_iter().next().unwrap_or_default())
    }

    /// Up to `most` of the apps that a person develops that have `text` in their name or as their public identifier, newest
    /// first, those older than `before`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn find_apps_of(
        &self,
        person: UserId,
        text: &str,
        before: Option<AppId>,
        most: i64,
    ) -> Result<Vec<OwnApp>, StoreError> {
        const FIND: &str = concat!(
            "SELECT ",
            own_app_columns!(),
            " FROM organisation_members m CROSS JOIN apps a JOIN organisations o ON o.id = a.organisation_id \
             JOIN app_versions v ON v.app_id = a.id AND v.state = 'live' \
             WHERE m.user_id = $1 AND a.organisation_id = m.organisation_id AND a.id < $2 \
             AND (lower(v.name) LIKE $4 ESCAPE '\\' OR a.client_id = $5) ORDER BY a.id DESC LIMIT $3"
        );
        let before = before.unwrap_or(AppId::new([0xff; 16]));
        let values = parameters![person, before, most, pattern(text), text];
        each(self.engine().load(FIND, &values).await?, own_app_from_row)
    }
}

/// A pattern of `LIKE` that finds a text literally, whatever is in it.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.to_lowercase().chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn a_pattern_is_literal() {
        assert_eq!(pattern("50%_A\\"), "%50\\%\\_a\\\\%");
    }
}
