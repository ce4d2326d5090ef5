//! Client secrets that end soon, and that their developers were told so: once for each stage.
//!
//! The mark of a stage and the mails of it are one commit, so two processes do not tell of the same twice.

use symbolon_oauth::id::{AppId, ClientSecretId, OrganisationId};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::secret_notice::STAGES;
use symbolon_platform::tenant::Standing;

use crate::engine::{Commit, Expect, StoreError, each};
use crate::jobs::NewJob;
use crate::parameters;
use crate::store::Store;
use crate::users::{Account, account_columns, account_from_row, sessions_from, user_columns};

/// Secrets that one round tells of.
const AT_MOST: i64 = 100;

/// A secret that ends, and of which a stage was not told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Which.
    pub secret: ClientSecretId,
    /// Its last characters.
    pub hint: String,
    /// When it ends.
    pub ends: Timestamp,
    /// How many stages were told.
    pub told: i64,
    /// The app.
    pub app: AppId,
    /// Its public identifier.
    pub client_id: String,
    /// What it is called.
    pub name: String,
    /// Whose it is.
    pub organisation: OrganisationId,
}

impl Store {
    /// Secrets that end soon and of which developers can be told more, those that end first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn secrets_that_end(&self, now: Timestamp) -> Result<Vec<Ending>, StoreError> {
        const FIND: &str = "SELECT s.id, s.hint, s.expires_at, s.told, a.id, a.client_id, v.name, a.organisation_id \
            FROM client_secrets s JOIN apps a ON a.id = s.app_id \
            JOIN app_versions v ON v.app_id = a.id AND v.state = 'live' \
            WHERE s.expires_at > $1 AND s.expires_at <= $2 AND a.organisation_id IS NOT NULL \
            AND (s.told < 1 OR (s.told < 2 AND s.expires_at <= $3) OR (s.told < 3 AND s.expires_at <= $4)) \
            ORDER BY s.expires_at LIMIT $5";
        let [first, second, third] = STAGES.map(|stage| now.0.saturating_add(stage));
        let values = parameters![now, first, second, third, AT_MOST];
        each(self.engine().load(FIND, &values).await?, |row| {
            Ok(Ending {
                secret: row.id()?,
                hint: row.text()?,
                ends: row.timestamp()?,
                told: row.integer()?,
                app: row.id()?,
                client_id: row.text()?,
                name: row.text()?,
                organisation: row.id()?,
            })
        })
    }

    /// The accounts of those who make the secrets of an organisation's apps: its owners and developers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn makers_of_secrets(&self, id: OrganisationId) -> Result<Vec<Account>, StoreError> {
        const FIND: &str = concat!(
            "SELECT ",
            account_columns!(),
            " FROM organisation_members m JOIN users u ON u.id = m.user_id \
             WHERE m.organisation_id = $1 AND m.role IN ('owner', 'developer') AND u.standing = $2 \
             ORDER BY u.id LIMIT 200"
        );
        let values = parameters![id, Standing::Active.as_str()];
        each(self.engine().load(FIND, &values).await?, account_from_row)
    }

    /// Marks a secret as told of up to this stage, with the mails that tell it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another process did, or the secret ended or was replaced.
    pub async fn told_that_it_ends(
        &self,
        ending: &Ending,
        stage: i64,
        mails: &[NewJob],
    ) -> Result<(), StoreError> {
        const TELL: &str =
            "UPDATE client_secrets SET told = $4 WHERE id = $1 AND expires_at = $2 AND told = $3";
        let row = parameters![ending.secret, ending.ends, ending.told, stage];
        let commit = Commit::new().step(TELL, row, Expect::One);
        let commit = mails.iter().fold(commit, |commit, mail| mail.append(commit));
        self.engine().commit(commit).await.map(|_| ())
    }
}
