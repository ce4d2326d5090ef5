//! Connections as operators see them: every grant in force, by whom it concerns, and what ends with one.

use symbolon_oauth::id::{AppId, GrantId, Id, TenantId, UserId};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::grant::{Grant, GrantStatus};

use crate::engine::{Cursor, StoreError, each};
use crate::grants::{grant_columns, grant_from_row};
use crate::parameters;
use crate::store::Store;

/// Which connections are asked for; what is not said is not asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Made by this person: theirs, and what they installed for a tenant.
    pub user: Option<UserId>,
    /// Of this app.
    pub app: Option<AppId>,
    /// To this tenant.
    pub tenant: Option<TenantId>,
}

/// A connection with what everybody of it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The grant.
    pub grant: Grant,
    /// The client id of the app.
    pub client_id: String,
    /// The host's identifier of the person.
    pub user: String,
    /// The host's identifier of the tenant.
    pub tenant: String,
}

/// Connections, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Those that were wanted.
    pub connections: Vec<Connection>,
    /// Where to go on, if there may be more.
    pub next: Option<GrantId>,
}

/// Rows that one statement reads: however many do not fit, no statement runs long.
const WINDOW: i64 = 1000;

macro_rules! window_of {
    ($condition:literal) => {
        concat!(
            "SELECT ",
            grant_columns!(),
            ", p.client_id, u.external_id, t.external_id FROM (SELECT * FROM grants WHERE ",
            $condition,
            " ORDER BY id DESC LIMIT $2) g JOIN apps p ON p.id = g.app_id JOIN users u ON u.id = g.user_id \
             JOIN tenants t ON t.id = g.tenant_id ORDER BY g.id DESC"
        )
    };
}

const OF_ALL: &str = window_of!("id < $1");
/// By the index of a person's grants, which are few.
const OF_PERSON: &str = window_of!("id < $1 AND user_id = $3");
const OF_ONE: &str = window_of!("id = $1");

fn connection_from_row(row: &mut Cursor) -> Result<Connection, StoreError> {
    let grant = grant_from_row(row)?;
    Ok(Connection { grant, client_id: row.text()?, user: row.text()?, tenant: row.text()? })
}

fn is_in_force(grant: &Grant, now: Timestamp) -> bool {
    grant.status == GrantStatus::Active && grant.expires_at.is_none_or(|end| end > now)
}

impl Store {
    /// Up to `most` of the connections that are wanted and in force, newest first, from before `before` on.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn find_connections(
        &self,
        wanted: &Wanted,
        before: Option<GrantId>,
        most: usize,
        now: Timestamp,
    ) -> Result<Page, StoreError> {
        let fits = |grant: &Grant| {
            wanted.app.is_none_or(|app| app == grant.app)
                && wanted.tenant.is_none_or(|tenant| tenant == grant.tenant)
        };
        let mut end = before.unwrap_or(Id::new([0xff; 16]));
        let mut connections = Vec::new();
        loop {
            let rows = match wanted.user {
                Some(user) => self.engine().load(OF_PERSON, &parameters![end, WINDOW, user]).await?,
                None => self.engine().load(OF_ALL, &parameters![end, WINDOW]).await?,
            };
            let rows = each(rows, connection_from_row)?;
            let last_window = i64::try_from(rows.len()).is_ok_and(|rows| rows < WINDOW);
            for connection in rows {
                if connections.len() == most {
                    return Ok(Page { connections, next: Some(end) });
                }
                end = connection.grant.id;
                if is_in_force(&connection.grant, now) && fits(&connection.grant) {
                    connections.push(connection);
                }
            }
            if last_window {
                return Ok(Page { connections, next: None });
            }
        }
    }

    /// A connection by its identifier, if it is in force.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn find_connection(
        &self,
        id: GrantId,
        now: Timestamp,
    ) -> Result<Option<Connection>, StoreError> {
        let rows = self.engine().load(OF_ONE, &parameters![id, 1]).await?;
        let found = each(rows, connection_from_row)?.into_iter().next();
        Ok(found.filter(|own| is_in_force(&own.grant, now)))
    }

    /// How many sign-ins of an app (token families) are alive under a grant, and end with it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn count_live_families(&self, grant: GrantId, now: Timestamp) -> Result<i64, StoreError> {
        const COUNT: &str = "SELECT count(*) FROM families WHERE grant_id = $1 AND ended_at IS NULL \
            AND (expires_at IS NULL OR expires_at > $2)";
        let rows = self.engine().load(COUNT, &parameters![grant, now]).await?;
        Ok(each(rows, Cursor::integer)?.into_iter().next().unwrap_or_default())
    }
}
