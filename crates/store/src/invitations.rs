//! Invitations by link: made, looked up by their link, spent once, taken back.

use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::id::{AppId, OrganisationId};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::invitation::{Gives, Invitation, InvitationId, OPEN_AT_MOST};
use symbolon_platform::organisation::{Role, TESTERS_AT_MOST};

use crate::engine::{Commit, Cursor, Expect, StoreError, each, first};
use crate::parameters;
use crate::store::Store;

/// An invitation as whoever looks at it is shown it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The invitation.
    pub invitation: Invitation,
    /// SHA-256 of the secret in its link.
    pub hash: SecretHash,
    /// The name of whoever made it, while that account is there.
    pub by: Option<String>,
    /// The name of the organisation or the app.
    pub into: String,
}

/// The columns of [`shown_from_row`], from the invitation `n`.
macro_rules! shown_where {
    ($condition:literal) => {
        concat!(
            "SELECT n.id, n.organisation_id, n.role, n.app_id, n.address, n.mailed, n.invited_by, n.created_at, \
             n.expires_at, n.hash, u.name, \
             coalesce((SELECT o.name FROM organisations o WHERE o.id = n.organisation_id), \
             (SELECT v.name FROM app_versions v WHERE v.app_id = n.app_id AND v.state = 'live'), '') \
             FROM invitations n LEFT JOIN users u ON u.id = n.invited_by WHERE ",
            $condition
        )
    };
}

fn shown_from_row(row: &mut Cursor) -> Result<Shown, StoreError> {
    let id = row.id()?;
    let organisation = row.optional_id()?.zip(row.optional_word(Role::parse)?);
    let gives = match (organisation, row.optional_id()?) {
        (Some((organisation, role)), _) => Gives::Membership(organisation, role),
        (None, Some(app)) => Gives::Testing(app),
        (None, None) => return Err(StoreError::unavailable("an invitation that gives nothing")),
    };
    let invitation = Invitation {
        id,
        gives,
        address: row.text()?,
        mailed: row.boolean()?,
        by: row.id()?,
        created_at: row.timestamp()?,
        expires_at: row.timestamp()?,
    };
    Ok(Shown { invitation, hash: row.hash()?, by: row.optional_text()?, into: row.text()? })
}

/// Makes one, in the place of an earlier one for the same address, unless too many are open. Whoever is invited to test has
/// a place among the testers; whoever invites to test the same app at this moment waits for that.
pub(crate) fn create_invitation(commit: Commit, new: &Invitation, hash: SecretHash) -> Commit {
    const REPLACE: &str = "DELETE FROM invitations WHERE address = $3 \
        AND (organisation_id, app_id) IS NOT DISTINCT FROM ($1, $2)";
    const CLAIM: &str = "UPDATE apps SET client_id = client_id WHERE id = $1";
    const INSERT: &str = "INSERT INTO invitations (id, hash, organisation_id, role, app_id, address, mailed, invited_by, \
        created_at, expires_at) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 WHERE $11 > \
        (SELECT count(*) FROM invitations WHERE (organisation_id = $3 OR app_id = $5) AND expires_at > $9) \
        + (SELECT count(*) FROM app_testers WHERE app_id = $5)";
    let (organisation, role, app, most) = match new.gives {
        Gives::Membership(organisation, role) => {
            (Some(organisation), Some(role.as_str()), None, OPEN_AT_MOST)
        }
        Gives::Testing(app) => (None, None, Some(app), TESTERS_AT_MOST),
    };
    let row = parameters![
        new.id,
        hash,
        organisation,
        role,
        app,
        new.address.as_str(),
        new.mailed,
        new.by,
        new.created_at,
        new.expires_at,
        i64::try_from(most).unwrap_or(i64::MAX)
    ];
    let commit = app.iter().fold(commit, |commit, app| commit.step(CLAIM, parameters![*app], Expect::One));
    commit.step(REPLACE, parameters![organisation, app, new.address.as_str()], Expect::Any).step(
        INSERT,
        row,
        Expect::One,
    )
}

/// Uses it up: whoever comes second with the same link finds nothing.
pub(crate) fn spend_invitation(commit: Commit, id: InvitationId, now: Timestamp) -> Commit {
    const DELETE: &str = "DELETE FROM invitations WHERE id = $1 AND expires_at > $2";
    commit.step(DELETE, parameters![id, now], Expect::One)
}

/// Takes it back, if it is one into this.
pub(crate) fn revoke_invitation(commit: Commit, id: InvitationId, gives: Gives) -> Commit {
    const DELETE: &str = "DELETE FROM invitations WHERE id = $1 AND (organisation_id = $2 OR app_id = $3)";
    let (organisation, app) = match gives {
        Gives::Membership(organisation, _) => (Some(organisation), None),
        Gives::Testing(app) => (None, Some(app)),
    };
    commit.step(DELETE, parameters![id, organisation, app], Expect::One)
}

impl Store {
    /// An invitation.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn invitation(&self, id: InvitationId) -> Result<Option<Shown>, StoreError> {
        const FIND: &str = shown_where!("n.id = $1");
        first(self.engine().load(FIND, &parameters![id]).await?, shown_from_row)
    }

    /// The open invitations into an organisation, newest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn invitations_into(
        &self,
        organisation: OrganisationId,
        now: Timestamp,
    ) -> Result<Vec<Shown>, StoreError> {
        const FIND: &str =
            shown_where!("n.organisation_id = $1 AND n.expires_at > $2 ORDER BY n.id DESC LIMIT 200");
        each(self.engine().load(FIND, &parameters![organisation, now]).await?, shown_from_row)
    }

    /// The open invitations to test an app, newest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn invitations_to_test(&self, app: AppId, now: Timestamp) -> Result<Vec<Shown>, StoreError> {
        const FIND: &str = shown_where!("n.app_id = $1 AND n.expires_at > $2 ORDER BY n.id DESC LIMIT 200");
        each(self.engine().load(FIND, &parameters![app, now]).await?, shown_from_row)
    }
}
