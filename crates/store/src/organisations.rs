//! Developer organisations: who is in them, as what, and which apps are theirs.
//!
//! Whoever changes who is in an organisation has written its row before, in the same commit: that makes such changes wait for
//! each other, so that two owners cannot lower each other at the same moment.

use symbolon_oauth::id::{AppId, OrganisationId, UserId};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::AppStatus;
use symbolon_platform::listing::IconKey;
use symbolon_platform::organisation::{MEMBERS_AT_MOST, Organisation, Role};
use symbolon_platform::user::User;

use crate::engine::{Commit, Cursor, Expect, StoreError, each, first};
use crate::parameters;
use crate::store::Store;
use crate::users::{user_columns, user_from_row};

/// Whether the app of the row `a` may be used by `$user` in `$tenant` while it is in development; what is in use anyway is not
/// looked up.
macro_rules! admitted {
    ($user:literal, $tenant:literal) => {
        concat!(
            "(a.status <> 'development' OR a.organisation_id IS NULL \
             OR EXISTS (SELECT 1 FROM app_testers k WHERE k.app_id = a.id AND k.tester_id IN (",
            $user,
            ", ",
            $tenant,
            ")) OR EXISTS (SELECT 1 FROM organisation_members o WHERE o.organisation_id = a.organisation_id \
             AND o.user_id = ",
            $user,
            ") OR EXISTS (SELECT 1 FROM organisation_members o JOIN memberships p ON p.user_id = o.user_id \
             AND p.tenant_id = ",
            $tenant,
            " AND p.standing = 'active' WHERE o.organisation_id = a.organisation_id))"
        )
    };
}
pub(crate) use admitted;

/// The columns of [`organisation_from_row`], of the table `organisations` named `o`.
macro_rules! organisation_columns {
    () => {
        "o.id, o.name, o.person_id, o.created_at"
    };
}

/// The columns of [`own_app_from_row`]: of an app, its live version, its organisation and the membership there.
macro_rules! own_app_columns {
    () => {
        "a.id, a.client_id, v.name, v.icon, a.status, a.created_at, o.id, o.name, o.person_id, o.created_at, m.role"
    };
}
pub(crate) use own_app_columns;

fn organisation_from_row(row: &mut Cursor) -> Result<Organisation, StoreError> {
    Ok(Organisation {
        id: row.id()?,
        name: row.text()?,
        person: row.optional_id()?,
        created_at: row.timestamp()?,
    })
}

/// An app as somebody stands to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standpoint {
    /// The app.
    pub app: AppId,
    /// Its public identifier.
    pub client_id: String,
    /// Whose it is; `None` where it is the operator's.
    pub organisation: Option<OrganisationId>,
    /// What the person is there, if anything.
    pub role: Option<Role>,
}

/// The columns of [`standpoint_from_row`]; `$2` is the person.
macro_rules! standpoint_where {
    ($condition:literal) => {
        concat!(
            "SELECT a.id, a.client_id, a.organisation_id, m.role FROM apps a LEFT JOIN organisation_members m \
             ON m.organisation_id = a.organisation_id AND m.user_id = $2 WHERE ",
            $condition
        )
    };
}

fn standpoint_from_row(row: &mut Cursor) -> Result<Standpoint, StoreError> {
    Ok(Standpoint {
        app: row.id()?,
        client_id: row.text()?,
        organisation: row.optional_id()?,
        role: row.optional_word(Role::parse)?,
    })
}

/// An organisation as one who is in it sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// The organisation.
    pub organisation: Organisation,
    /// What the person is there.
    pub role: Role,
}

/// An app in a list of somebody's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnApp {
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
    /// When it was made.
    pub created_at: Timestamp,
    /// Whose it is.
    pub organisation: Own,
}

/// Somebody in an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The person.
    pub user: User,
    /// What they are there.
    pub role: Role,
    /// Since when.
    pub since: Timestamp,
}

pub(crate) fn create_organisation(commit: Commit, organisation: &Organisation) -> Commit {
    const INSERT: &str =
        "INSERT INTO organisations (id, name, person_id, created_at) VALUES ($1, $2, $3, $4)";
    let Organisation { id, name, person, created_at } = organisation;
    commit.step(INSERT, parameters![*id, name.as_str(), *person, *created_at], Expect::One)
}

/// Makes a person's own organisation where there is none. A person who is gone gets none, and the step that needs it fails.
pub(crate) fn ensure_own(commit: Commit, person: UserId, now: Timestamp) -> Commit {
    const INSERT: &str = "INSERT INTO organisations (id, name, person_id, created_at) \
        SELECT id, name, id, $2 FROM users WHERE id = $1 ON CONFLICT (id) DO NOTHING";
    const JOIN: &str = "INSERT INTO organisation_members (organisation_id, user_id, role, created_at) \
        SELECT id, id, 'owner', $2 FROM users WHERE id = $1 ON CONFLICT (organisation_id, user_id) DO NOTHING";
    commit.step(INSERT, parameters![person, now], Expect::AtMostOne).step(
        JOIN,
        parameters![person, now],
        Expect::AtMostOne,
    )
}

pub(crate) fn rename_organisation(commit: Commit, id: OrganisationId, old: &str, new: &str) -> Commit {
    const UPDATE: &str = "UPDATE organisations SET name = $2 WHERE id = $1 AND name = $3";
    commit.step(UPDATE, parameters![id, new, old], Expect::One)
}

/// Deletes an organisation that has no apps.
pub(crate) fn delete_organisation(commit: Commit, id: OrganisationId) -> Commit {
    const DELETE: &str = "DELETE FROM organisations WHERE id = $1 \
        AND NOT EXISTS (SELECT 1 FROM apps WHERE organisation_id = $1)";
    commit.step(DELETE, parameters![id], Expect::One)
}

/// Whoever changes the same organisation waits for this.
fn claim(commit: Commit, id: OrganisationId) -> Commit {
    commit.step("UPDATE organisations SET name = name WHERE id = $1", parameters![id], Expect::One)
}

pub(crate) fn add_member(
    commit: Commit,
    organisation: OrganisationId,
    (user, role): (UserId, Role),
    now: Timestamp,
) -> Commit {
    const INSERT: &str = "INSERT INTO organisation_members (organisation_id, user_id, role, created_at) \
        SELECT $1, $2, $3, $4 WHERE $5 > (SELECT count(*) FROM organisation_members WHERE organisation_id = $1)";
    let most = i64::try_from(MEMBERS_AT_MOST).unwrap_or(i64::MAX);
    claim(commit, organisation).step(
        INSERT,
        parameters![organisation, user, role.as_str(), now, most],
        Expect::One,
    )
}

/// The other owners of an organisation `$1` than `$2`.
macro_rules! another_owner {
    () => {
        "EXISTS (SELECT 1 FROM organisation_members o \
         WHERE o.organisation_id = $1 AND o.user_id <> $2 AND o.role = 'owner')"
    };
}

/// Gives a member another role, as long as theirs is `old` and somebody else is an owner if they are one no more.
pub(crate) fn set_member_role(
    commit: Commit,
    organisation: OrganisationId,
    (user, old): (UserId, Role),
    new: Role,
) -> Commit {
    const UPDATE: &str = concat!(
        "UPDATE organisation_members SET role = $3 WHERE organisation_id = $1 AND user_id = $2 AND role = $4 \
         AND ($3 = 'owner' OR $4 <> 'owner' OR ",
        another_owner!(),
        ")"
    );
    let row = parameters![organisation, user, new.as_str(), old.as_str()];
    claim(commit, organisation).step(UPDATE, row, Expect::One)
}

/// Takes a member out, as long as their role is `old` and somebody else is an owner if they are one.
pub(crate) fn remove_member(
    commit: Commit,
    organisation: OrganisationId,
    (user, old): (UserId, Role),
) -> Commit {
    const DELETE: &str = concat!(
        "DELETE FROM organisation_members WHERE organisation_id = $1 AND user_id = $2 AND role = $3 \
         AND ($3 <> 'owner' OR ",
        another_owner!(),
        ")"
    );
    claim(commit, organisation).step(DELETE, parameters![organisation, user, old.as_str()], Expect::One)
}

/// Puts an app into another organisation, as long as it is where it was. Its owner is the person whose own that is, if anybody.
pub(crate) fn transfer_app(
    commit: Commit,
    app: AppId,
    (old, new): (Option<OrganisationId>, Option<OrganisationId>),
) -> Commit {
    const UPDATE: &str = "UPDATE apps SET organisation_id = $3, \
        owner_id = (SELECT person_id FROM organisations WHERE id = $3) \
        WHERE id = $1 AND organisation_id IS NOT DISTINCT FROM $2";
    commit.step(UPDATE, parameters![app, old, new], Expect::One)
}

impl Store {
    /// How a person stands to the app with this public identifier.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn standpoint(
        &self,
        client_id: &str,
        person: UserId,
    ) -> Result<Option<Standpoint>, StoreError> {
        const FIND: &str = standpoint_where!("a.client_id = $1");
        first(self.engine().load(FIND, &parameters![client_id, person]).await?, standpoint_from_row)
    }

    /// How a person stands to an app.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn standpoint_to(&self, app: AppId, person: UserId) -> Result<Option<Standpoint>, StoreError> {
        const FIND: &str = standpoint_where!("a.id = $1");
        first(self.engine().load(FIND, &parameters![app, person]).await?, standpoint_from_row)
    }

    /// An organisation, and what a person is there.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn organisation(
        &self,
        id: OrganisationId,
        person: UserId,
    ) -> Result<Option<(Organisation, Option<Role>)>, StoreError> {
        const FIND: &str = concat!(
            "SELECT ",
            organisation_columns!(),
            ", m.role FROM organisations o LEFT JOIN organisation_members m \
             ON m.organisation_id = o.id AND m.user_id = $2 WHERE o.id = $1"
        );
        first(self.engine().load(FIND, &parameters![id, person]).await?, |row| {
            Ok((organisation_from_row(row)?, row.optional_word(Role::parse)?))
        })
    }

    /// An organisation, whoever looks.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn load_organisation(&self, id: OrganisationId) -> Result<Option<Organisation>, StoreError> {
        const FIND: &str =
            concat!("SELECT ", organisation_columns!(), " FROM organisations o WHERE o.id = $1");
        self.load_one(FIND, id, organisation_from_row).await
    }

    /// In which organisation an app is; the operator's are in none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn organisation_of(&self, app: AppId) -> Result<Option<OrganisationId>, StoreError> {
        const FIND: &str = "SELECT organisation_id FROM apps WHERE id = $1";
        Ok(first(self.engine().load(FIND, &parameters![app]).await?, Cursor::optional_id)?.flatten())
    }

    /// The public identifiers of up to `most` apps in an organisation, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn apps_in(&self, id: OrganisationId, most: i64) -> Result<Vec<String>, StoreError> {
        const LIST: &str = "SELECT client_id FROM apps WHERE organisation_id = $1 ORDER BY id LIMIT $2";
        each(self.engine().load(LIST, &parameters![id, most]).await?, Cursor::text)
    }

    /// Where a person develops, their own first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn organisations_of(&self, person: UserId) -> Result<Vec<Own>, StoreError> {
        const FIND: &str = concat!(
            "SELECT ",
            organisation_columns!(),
            ", m.role FROM organisation_members m JOIN organisations o ON o.id = m.organisation_id \
             WHERE m.user_id = $1 ORDER BY o.id <> $1, o.name, o.id LIMIT 200"
        );
        each(self.engine().load(FIND, &parameters![person]).await?, |row| {
            Ok(Own { organisation: organisation_from_row(row)?, role: row.word(Role::parse)? })
        })
    }

    /// Up to `most` organisations whose identifier follows `after`, in order.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn list_organisations(
        &self,
        after: Option<OrganisationId>,
        most: i64,
    ) -> Result<Vec<Organisation>, StoreError> {
        const LIST: &str = concat!(
            "SELECT ",
            organisation_columns!(),
            " FROM organisations o WHERE o.id > $1 ORDER BY o.id LIMIT $2"
        );
        let after = after.unwrap_or(OrganisationId::new([0; 16]));
        each(self.engine().load(LIST, &parameters![after, most]).await?, organisation_from_row)
    }

    /// Who is in an organisation, owners first, longest there first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn members(&self, id: OrganisationId) -> Result<Vec<Member>, StoreError> {
        const FIND: &str = concat!(
            "SELECT ",
            user_columns!(),
            ", m.role, m.created_at FROM organisation_members m JOIN users u ON u.id = m.user_id \
             WHERE m.organisation_id = $1 ORDER BY m.role <> 'owner', m.role, m.created_at, u.id"
        );
        each(self.engine().load(FIND, &parameters![id]).await?, |row| {
            Ok(Member { user: user_from_row(row)?, role: row.word(Role::parse)?, since: row.timestamp()? })
        })
    }

    /// Up to `most` of the apps that a person develops, alone or with others, newest first, those older than `before`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn apps_of(
        &self,
        person: UserId,
        before: Option<AppId>,
        most: i64,
    ) -> Result<Vec<OwnApp>, StoreError> {
        let before = before.unwrap_or(AppId::new([0xff; 16]));
        let rows = self.engine().load(APPS_OF, &parameters![person, before, most]).await?;
        each(rows, own_app_from_row)
    }

    /// How many apps a person develops, and how many organisations of a team they own.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn developed_by(&self, person: UserId) -> Result<(usize, usize), StoreError> {
        const COUNT: &str = "SELECT (SELECT count(*) FROM organisation_members m JOIN apps a \
            ON a.organisation_id = m.organisation_id WHERE m.user_id = $1), \
            (SELECT count(*) FROM organisation_members m JOIN organisations o ON o.id = m.organisation_id \
            WHERE m.user_id = $1 AND m.role = 'owner' AND o.person_id IS NULL)";
        let counted = first(self.engine().load(COUNT, &parameters![person]).await?, |row| {
            Ok((row.integer()?, row.integer()?))
        })?;
        let (apps, organisations) = counted.unwrap_or_default();
        Ok((usize::try_from(apps).unwrap_or_default(), usize::try_from(organisations).unwrap_or_default()))
    }
}

/// From the person to their organisations, and from those to their apps.
const APPS_OF: &str = concat!(
    "SELECT ",
    own_app_columns!(),
    " FROM organisation_members m CROSS JOIN apps a JOIN organisations o ON o.id = a.organisation_id \
     JOIN app_versions v ON v.app_id = a.id AND v.state = 'live' \
     WHERE m.user_id = $1 AND a.organisation_id = m.organisation_id AND a.id < $2 ORDER BY a.id DESC LIMIT $3"
);

/// Statements that people wait for, each with the kinds of its parameters.
#[cfg(test)]
pub(crate) const HOT: &[(&str, &str)] = &[
    (standpoint_where!("a.client_id = $1"), "tb"),
    (standpoint_where!("a.id = $1"), "bb"),
    (APPS_OF, "bbi"),
];

pub(crate) fn own_app_from_row(row: &mut Cursor) -> Result<OwnApp, StoreError> {
    Ok(OwnApp {
        id: row.id()?,
        client_id: row.text()?,
        name: row.text()?,
        icon: row.optional_hash()?.map(|hash| IconKey(hash.0)),
        status: row.word(AppStatus::parse)?,
        created_at: row.timestamp()?,
        organisation: Own { organisation: organisation_from_row(row)?, role: row.word(Role::parse)? },
    })
}
