//! Transfers of apps: offered by the owners of one organisation, accepted by those of another.

use symbolon_oauth::id::{AppId, OrganisationId, UserId};
use symbolon_oauth::time::Timestamp;

use crate::engine::{Commit, Cursor, Expect, StoreError, each, first};
use crate::parameters;
use crate::store::Store;

/// An app that was offered and not taken yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// The app.
    pub app: AppId,
    /// Its public identifier.
    pub client_id: String,
    /// What it is called.
    pub name: String,
    /// Whose it is.
    pub from: Option<OrganisationId>,
    /// Whose it would be.
    pub to: OrganisationId,
    /// The name of whoever offered it, while that account is there.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Until when it can be taken.
    pub until: Timestamp,
}

/// The columns of [`offered_from_row`], from the transfer `t`.
macro_rules! offered_where {
    ($condition:literal) => {
        concat!(
            "SELECT a.id, a.client_id, v.name, a.organisation_id, t.organisation_id, u.name, t.created_at, t.expires_at \
             FROM app_transfers t JOIN apps a ON a.id = t.app_id \
             JOIN app_versions v ON v.app_id = a.id AND v.state = 'live' LEFT JOIN users u ON u.id = t.offered_by WHERE ",
            $condition
        )
    };
}

fn offered_from_row(row: &mut Cursor) -> Result<Offered, StoreError> {
    Ok(Offered {
        app: row.id()?,
        client_id: row.text()?,
        name: row.text()?,
        from: row.optional_id()?,
        to: row.id()?,
        by: row.optional_text()?,
        at: row.timestamp()?,
        until: row.timestamp()?,
    })
}

/// Offers an app, in the place of an earlier offer.
pub(crate) fn offer(
    commit: Commit,
    app: AppId,
    (to, by): (OrganisationId, UserId),
    (now, until): (Timestamp, Timestamp),
) -> Commit {
    const PUT: &str = "INSERT INTO app_transfers (app_id, organisation_id, offered_by, created_at, expires_at) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (app_id) DO UPDATE SET organisation_id = excluded.organisation_id, \
        offered_by = excluded.offered_by, created_at = excluded.created_at, expires_at = excluded.expires_at";
    commit.step(PUT, parameters![app, to, by, now, until], Expect::One)
}

/// Ends the offer of an app to this organisation, taken or not.
pub(crate) fn end_offer(commit: Commit, app: AppId, to: OrganisationId) -> Commit {
    const DELETE: &str = "DELETE FROM app_transfers WHERE app_id = $1 AND organisation_id = $2";
    commit.step(DELETE, parameters![app, to], Expect::One)
}

impl Store {
    /// The offer of an app that is open.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn offer_of(&self, app: AppId, now: Timestamp) -> Result<Option<Offered>, StoreError> {
        const FIND: &str = offered_where!("t.app_id = $1 AND t.expires_at > $2");
        first(self.engine().load(FIND, &parameters![app, now]).await?, offered_from_row)
    }

    /// The apps that were offered to an organisation, newest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn offers_to(
        &self,
        organisation: OrganisationId,
        now: Timestamp,
    ) -> Result<Vec<Offered>, StoreError> {
        const FIND: &str = offered_where!(
            "t.organisation_id = $1 AND t.expires_at > $2 ORDER BY t.created_at DESC, a.id LIMIT 100"
        );
        each(self.engine().load(FIND, &parameters![organisation, now]).await?, offered_from_row)
    }
}
