//! Accounts: people, and the hashes of their passwords.

use symbolon_oauth::id::UserId;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::tenant::{Standing, Tenant};
use symbolon_platform::user::{Login, User};

use crate::audit::Audit;
use crate::browser_sessions::end_browser_sessions_of;
use crate::cache::Doubt;
use crate::codes::spend_codes_of_user;
use crate::declarations::{self, Renamed, forget_password};
use crate::engine::{Commit, Cursor, Expect, StoreError, Value, each, first};
use crate::many::keys;
use crate::parameters;
use crate::proofs::end_proofs_of;
use crate::store::Store;
use crate::tenants::{NewMembership, create_tenant, put_membership};

/// The columns of [`user_from_row`], of the table `users` named `u`.
macro_rules! user_columns {
    () => {
        "u.id, u.external_id, u.login, u.login_proven, u.username, u.name, u.standing, u.staff"
    };
}
pub(crate) use user_columns;

pub(crate) fn user_from_row(row: &mut Cursor) -> Result<User, StoreError> {
    Ok(User {
        id: row.id()?,
        external_id: row.text()?,
        login: login_from_row(row)?,
        username: row.optional_text()?,
        name: row.text()?,
        standing: row.word(Standing::parse)?,
        staff: row.boolean()?,
    })
}

fn login_from_row(row: &mut Cursor) -> Result<Login, StoreError> {
    let text = row.text()?;
    Ok(if row.boolean()? { Login::Email(text) } else { Login::Unproven(text) })
}

/// A person with what signing in needs.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The person.
    pub user: User,
    /// The argon2id hash of their password, if they have one.
    pub password_hash: Option<String>,
    /// A browser session that began before this moment is over.
    pub valid_from: Timestamp,
    /// The tag of the language of their last sign-in.
    pub language: Option<String>,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("user", &self.user).finish_non_exhaustive()
    }
}

/// From when on a browser session of the user `u` counts.
macro_rules! sessions_from {
    () => {
        "CASE WHEN u.sessions_from > u.valid_from THEN u.sessions_from ELSE u.valid_from END"
    };
}
pub(crate) use sessions_from;

/// The columns of [`account_from_row`].
macro_rules! account_columns {
    () => {
        concat!(user_columns!(), ", u.password_hash, ", sessions_from!(), ", u.language")
    };
}
pub(crate) use account_columns;

pub(crate) fn account_from_row(row: &mut Cursor) -> Result<Account, StoreError> {
    Ok(Account {
        user: user_from_row(row)?,
        password_hash: row.optional_text()?,
        valid_from: row.timestamp()?,
        language: row.optional_text()?,
    })
}

fn columns(user: &User) -> [Value; 8] {
    parameters![
        user.id,
        user.external_id.as_str(),
        user.login.as_str(),
        user.login.is_proven(),
        user.username.clone(),
        user.name.as_str(),
        user.standing.as_str(),
        user.staff
    ]
}

pub(crate) fn create_user(
    commit: Commit,
    user: &User,
    password_hash: Option<&str>,
    now: Timestamp,
) -> Commit {
    const INSERT: &str = "INSERT INTO users \
        (id, external_id, login, login_proven, username, name, standing, staff, password_hash, valid_from, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)";
    let row: Vec<_> = columns(user).into_iter().chain(parameters![password_hash, now]).collect();
    commit.step(INSERT, row, Expect::One)
}

/// Makes `old` into `new`, as long as it still is `old`. Whoever is disabled by it is signed out everywhere, and what they had
/// under way is over.
pub(crate) fn update_user(commit: Commit, old: &User, new: &User) -> Commit {
    const UPDATE: &str = "UPDATE users SET external_id = $2, login = $3, login_proven = $4, \
        username = $5, name = $6, standing = $7, staff = $8 \
        WHERE id = $1 AND (external_id, login, login_proven, username, name, standing, staff) \
        IS NOT DISTINCT FROM ($9, $10, $11, $12, $13, $14, $15)";
    let commit = commit.rewrite(UPDATE, columns(old), columns(new));
    let commit = if old.external_id == new.external_id {
        commit
    } else {
        declarations::rename(commit, Renamed::User, &old.external_id, &new.external_id)
    };
    match (old.standing, new.standing) {
        (Standing::Active, Standing::Disabled) => {
            spend_codes_of_user(end_browser_sessions_of(commit, new.id), new.id)
        }
        (Standing::Active | Standing::Disabled, Standing::Active)
        | (Standing::Disabled, Standing::Disabled) => commit,
    }
}

/// Whoever learnt the old password loses what they opened with it: everything begun before now is over, also what a node began
/// whose clock is ahead of ours.
pub(crate) fn set_password(commit: Commit, user: UserId, hash: &str, now: Timestamp) -> Commit {
    const UPDATE: &str = "UPDATE users SET password_hash = $2, valid_from = (SELECT max(moment) FROM (\
        SELECT CAST($3 AS BIGINT) AS moment \
        UNION ALL SELECT valid_from + 1 FROM users WHERE id = $1 \
        UNION ALL SELECT created_at + 1 FROM browser_sessions WHERE user_id = $1 \
        UNION ALL SELECT c.created_at + 1 FROM authorization_codes c JOIN grants g ON g.id = c.grant_id WHERE g.user_id = $1 \
        UNION ALL SELECT f.created_at + 1 FROM families f JOIN grants g ON g.id = f.grant_id WHERE g.user_id = $1) began) \
        WHERE id = $1";
    end_proofs_of(commit.step(UPDATE, parameters![user, hash, now], Expect::One), user)
}

/// Puts the password that a person chose in the place of the one they proved, as long as that is still there. Their browser
/// sessions are over, also what a node began whose clock is ahead of ours; what apps hold stays.
pub(crate) fn change_password(
    commit: Commit,
    user: UserId,
    (proven, hash): (&str, &str),
    now: Timestamp,
) -> Commit {
    const UPDATE: &str = "UPDATE users SET password_hash = $3, sessions_from = (SELECT max(moment) FROM (\
        SELECT CAST($4 AS BIGINT) AS moment \
        UNION ALL SELECT valid_from + 1 FROM users WHERE id = $1 \
        UNION ALL SELECT sessions_from + 1 FROM users WHERE id = $1 \
        UNION ALL SELECT created_at + 1 FROM browser_sessions WHERE user_id = $1) began) \
        WHERE id = $1 AND password_hash = $2";
    let commit = commit.step(UPDATE, parameters![user, proven, hash, now], Expect::One);
    end_browser_sessions_of(end_proofs_of(commit, user), user)
}

/// Puts our own hash of a password in the place of another server's, as long as that is still there.
pub(crate) fn adopt_password(commit: Commit, user: UserId, foreign: &str, own: &str) -> Commit {
    const UPDATE: &str = "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2";
    commit.step(UPDATE, parameters![user, foreign, own], Expect::One)
}

pub(crate) fn delete_user(commit: Commit, id: UserId) -> Commit {
    let commit = forget_password(commit, id);
    commit.step("DELETE FROM users WHERE id = $1", parameters![id], Expect::One)
}

impl Store {
    /// A person by their row, with what signing in needs.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn load_account(&self, id: UserId) -> Result<Option<Account>, StoreError> {
        const FIND: &str = concat!("SELECT ", account_columns!(), " FROM users u WHERE u.id = $1");
        self.account(FIND, parameters![id]).await
    }

    /// A person by the host's identifier.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn load_account_by_external_id(&self, id: &str) -> Result<Option<Account>, StoreError> {
        const FIND: &str = concat!("SELECT ", account_columns!(), " FROM users u WHERE u.external_id = $1");
        self.account(FIND, parameters![id]).await
    }

    /// Whoever signs in with this text, in lower case: for signing in, and to see that it is taken. That somebody signs in
    /// with an address does not say whose it is: [`Store::load_account_by_email`] does.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn load_account_by_login(&self, login: &str) -> Result<Option<Account>, StoreError> {
        const FIND: &str = concat!("SELECT ", account_columns!(), " FROM users u WHERE u.login = $1");
        self.account(FIND, parameters![login]).await
    }

    /// The person whose proven e-mail address this is, in lower case.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn load_account_by_email(&self, email: &str) -> Result<Option<Account>, StoreError> {
        let found = self.load_account_by_login(email).await?;
        Ok(found.filter(|account| account.user.login.is_proven()))
    }

    /// The people with these identifiers of the host, in no order; whoever is not there is left out.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn load_accounts_by_external_ids(&self, ids: &[&str]) -> Result<Vec<Account>, StoreError> {
        const FIND: &str =
            concat!("SELECT ", account_columns!(), " FROM users u WHERE u.external_id IN (", keys!(), ")");
        self.load_many(FIND, ids, account_from_row).await
    }

    /// Whoever signs in with these texts, in lower case, in no order.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn load_accounts_by_logins(&self, logins: &[&str]) -> Result<Vec<Account>, StoreError> {
        const FIND: &str =
            concat!("SELECT ", account_columns!(), " FROM users u WHERE u.login IN (", keys!(), ")");
        self.load_many(FIND, logins, account_from_row).await
    }

    async fn account(
        &self,
        sql: &'static str,
        parameters: [Value; 1],
    ) -> Result<Option<Account>, StoreError> {
        first(self.engine().load(sql, &parameters).await?, account_from_row)
    }

    /// Up to `most` people whose identifier follows `after`, in order of identifier.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn list_users(&self, after: &str, most: i64) -> Result<Vec<User>, StoreError> {
        const LIST: &str = concat!(
            "SELECT ",
            user_columns!(),
            " FROM users u WHERE u.external_id > $1 ORDER BY u.external_id LIMIT $2"
        );
        each(self.engine().load(LIST, &parameters![after, most]).await?, user_from_row)
    }

    /// Up to `most` identifiers that were given before what begins like them was reserved
    /// ([`symbolon_platform::name::RESERVED`]), each with what it identifies: a `user` or a `tenant`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn list_reserved_ids(&self, most: i64) -> Result<Vec<(String, String)>, StoreError> {
        const LIST: &str = "SELECT noun, external_id FROM \
            (SELECT 'user' AS noun, external_id FROM users UNION ALL SELECT 'tenant' AS noun, external_id FROM tenants) AS named \
            WHERE lower(substr(external_id, 1, 4)) = 'app:' OR lower(substr(external_id, 1, 5)) = 'inst_' \
            ORDER BY noun, external_id LIMIT $1";
        each(self.engine().load(LIST, &parameters![most]).await?, |row| Ok((row.text()?, row.text()?)))
    }
}

impl Store {
    /// Makes an account with a space of its own, in which the person may give whatever an app asks.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody signs in with the address already.
    pub async fn sign_up(
        &self,
        user: &User,
        password_hash: &str,
        tenant: &Tenant,
        audit: Audit,
    ) -> Result<(), StoreError> {
        let at = audit.at;
        let commit = create_user(Commit::new(), user, Some(password_hash), at);
        let commit = create_tenant(commit, tenant, at);
        let membership = NewMembership::of_oneself(tenant.id, user.id, at);
        let commit = put_membership(commit, None, &membership);
        self.commit_and_turn(audit.append(commit), Doubt::All).await.map(|_| ())
    }
}
