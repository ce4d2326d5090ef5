//! Secrets of apps.
//!
//! An app has at most two live secrets. Whoever rotates as its operator keeps the newest of the old ones until a deadline and
//! drops the rest; a developer says which one is replaced, and is refused a third. A secret is looked for among those of the
//! app that presents it, so one given from outside needs no way of its own from hash to row.

use symbolon_oauth::client::ClientSecret;
use symbolon_oauth::credential::{Presented, Secret, SecretHash};
use symbolon_oauth::id::{AppId, ClientSecretId, UserId};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::given_secret;

use crate::engine::{Commit, Cursor, Expect, StoreError, each};
use crate::parameters;
use crate::store::Store;

/// How many secrets of an app may live at a time: one, and the one that takes its place.
pub const AT_MOST: i64 = 2;

/// How long a use goes unrecorded after one that was, in milliseconds.
const UNRECORDED: i64 = 60_000;

/// Secrets whose use one commit writes at most, so that others go between.
const CHUNK: usize = 500;

/// The columns of [`client_secret_from_row`], of the table `client_secrets` named `s`.
macro_rules! client_secret_columns {
    () => {
        "s.id, s.hash, s.foreign_hash, s.expires_at, s.last_used_at"
    };
}

pub(crate) use client_secret_columns;

pub(crate) fn client_secret_from_row(row: &mut Cursor) -> Result<ClientSecret, StoreError> {
    Ok(ClientSecret {
        id: row.id()?,
        hash: row.hash()?,
        foreign: row.optional_text()?.map(String::into_boxed_str),
        expires_at: row.optional_timestamp()?,
        last_used_at: row.optional_timestamp()?,
    })
}

/// A secret as people see it: never itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSecret {
    /// The row.
    pub id: ClientSecretId,
    /// SHA-256 of its text.
    pub hash: SecretHash,
    /// The hash by which another server knew it, until it is first used.
    pub foreign: Option<Box<str>>,
    /// Its last characters; of another server's the kind of its hash.
    pub hint: String,
    /// Whether it is too easy to guess: it was given from outside, and an operator took it all the same.
    pub weak: bool,
    /// What its developers call it; empty of one that nobody named.
    pub name: String,
    /// Who made it; none of one that came from the operator.
    pub author: Option<Author>,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when, if it is being replaced or was made for a time.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, as far as that is written down: within a minute.
    pub last_used_at: Option<Timestamp>,
}

/// The person who made a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The account.
    pub id: UserId,
    /// How they are called.
    pub name: String,
}

/// A secret that another one takes the place of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// Which.
    pub secret: ClientSecretId,
    /// Until when it lives on.
    pub until: Timestamp,
}

impl StoredSecret {
    /// The row of a new secret of an app with these names, its client id and what it is called. One that has our format keeps
    /// the identifier inside it; any other gets `fresh`.
    #[must_use]
    pub fn of(secret: &Secret, app: &[&str], fresh: ClientSecretId, now: Timestamp) -> StoredSecret {
        let own = Presented::parse(secret.expose()).map(|own| ClientSecretId::new(own.id));
        StoredSecret::of_row(secret, app, own.unwrap_or(fresh), now)
    }

    /// The same of a row that is there, or is to be.
    #[must_use]
    pub fn of_row(secret: &Secret, app: &[&str], id: ClientSecretId, now: Timestamp) -> StoredSecret {
        let weak = given_secret::check(secret.expose(), app).is_err();
        StoredSecret { weak, ..StoredSecret::known_by(secret.hash(), secret.hint(), id, now) }
    }

    /// The row of a secret of which only a hash is known.
    #[must_use]
    pub fn known_by(
        hash: SecretHash,
        hint: impl Into<String>,
        id: ClientSecretId,
        now: Timestamp,
    ) -> StoredSecret {
        StoredSecret {
            id,
            hash,
            foreign: None,
            hint: hint.into(),
            weak: false,
            name: String::new(),
            author: None,
            created_at: now,
            expires_at: None,
            last_used_at: None,
        }
    }

    /// Whether it works at this moment.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

/// Whoever changes the secrets of one app waits here for whoever else does, and then meets what that one left.
fn one_at_a_time(commit: Commit, app: AppId) -> Commit {
    const WAIT: &str = "UPDATE apps SET status = status WHERE id = $1";
    commit.step(WAIT, parameters![app], Expect::One)
}

fn insert(commit: Commit, app: AppId, secret: &StoredSecret) -> Commit {
    const INSERT: &str = "INSERT INTO client_secrets \
        (id, app_id, hash, hint, weak, created_at, expires_at, foreign_hash, name, author_id) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let row = parameters![
        secret.id,
        app,
        secret.hash,
        secret.hint.as_str(),
        secret.weak,
        secret.created_at,
        secret.expires_at,
        secret.foreign.as_deref(),
        secret.name.as_str(),
        secret.author.as_ref().map(|author| author.id)
    ];
    commit.step(INSERT, row, Expect::One)
}

/// Adds a secret. Of those before it the newest lives on until `old_until`; the others are dropped.
pub(crate) fn rotate_client_secret(
    commit: Commit,
    app: AppId,
    secret: &StoredSecret,
    old_until: Timestamp,
) -> Commit {
    const DROP_OLDER: &str = "DELETE FROM client_secrets WHERE app_id = $1 AND id NOT IN \
        (SELECT id FROM client_secrets WHERE app_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1)";
    const END_NEWEST: &str = "UPDATE client_secrets SET expires_at = $2 \
        WHERE app_id = $1 AND (expires_at IS NULL OR expires_at > $2)";
    let commit = one_at_a_time(commit, app).step(DROP_OLDER, parameters![app], Expect::Any).step(
        END_NEWEST,
        parameters![app, old_until],
        Expect::Any,
    );
    insert(commit, app, secret)
}

/// Adds a secret beside at most one other, which may be the one that it replaces. What has expired by then is dropped.
pub(crate) fn add_client_secret(
    commit: Commit,
    app: AppId,
    secret: &StoredSecret,
    replaced: Option<Replaced>,
) -> Commit {
    const DROP_EXPIRED: &str = "DELETE FROM client_secrets WHERE app_id = $1 AND expires_at <= $2";
    const ROOM: &str = "SELECT id FROM apps WHERE id = $1 \
        AND (SELECT count(*) FROM client_secrets WHERE app_id = $1) < $2";
    const END: &str = "UPDATE client_secrets SET expires_at = $3 WHERE app_id = $1 AND id = $2 \
        AND (expires_at IS NULL OR expires_at > $3)";
    let commit = one_at_a_time(commit, app)
        .step(DROP_EXPIRED, parameters![app, secret.created_at], Expect::Any)
        .step(ROOM, parameters![app, AT_MOST], Expect::One);
    let commit = match replaced {
        Some(old) => commit.step(END, parameters![app, old.secret, old.until], Expect::One),
        None => commit,
    };
    insert(commit, app, secret)
}

/// Puts our own hash in the place of another server's, as long as that is still there.
pub(crate) fn adopt_client_secret(commit: Commit, app: AppId, foreign: &str, own: &StoredSecret) -> Commit {
    const UPDATE: &str = "UPDATE client_secrets SET hash = $4, hint = $5, weak = $6, foreign_hash = NULL \
        WHERE id = $1 AND app_id = $2 AND foreign_hash = $3";
    let row = parameters![own.id, app, foreign, own.hash, own.hint.as_str(), own.weak];
    commit.step(UPDATE, row, Expect::One)
}

pub(crate) fn revoke_client_secret(commit: Commit, app: AppId, secret: ClientSecretId) -> Commit {
    const DELETE: &str = "DELETE FROM client_secrets WHERE id = $1 AND app_id = $2";
    commit.step(DELETE, parameters![secret, app], Expect::One)
}

impl Store {
    /// An app's secrets as people see them, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn list_client_secrets(&self, app: AppId) -> Result<Vec<StoredSecret>, StoreError> {
        const LIST: &str = "SELECT s.id, s.hash, s.foreign_hash, s.hint, s.weak, s.name, u.id, u.name, s.created_at, \
            s.expires_at, s.last_used_at FROM client_secrets s LEFT JOIN users u ON u.id = s.author_id \
            WHERE s.app_id = $1 ORDER BY s.created_at, s.id";
        each(self.engine().load(LIST, &parameters![app]).await?, |row| {
            Ok(StoredSecret {
                id: row.id()?,
                hash: row.hash()?,
                foreign: row.optional_text()?.map(String::into_boxed_str),
                hint: row.text()?,
                weak: row.boolean()?,
                name: row.text()?,
                author: match (row.optional_id()?, row.optional_text()?) {
                    (Some(id), Some(name)) => Some(Author { id, name }),
                    (_, _) => None,
                },
                created_at: row.timestamp()?,
                expires_at: row.optional_timestamp()?,
                last_used_at: row.optional_timestamp()?,
            })
        })
    }

    /// Records when secrets were last used: at most once a minute of each. Kept in memory by the caller and written now and
    /// then.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn touch_client_secrets(&self, used: &[(ClientSecretId, Timestamp)]) -> Result<(), StoreError> {
        const TOUCH: &str = "UPDATE client_secrets SET last_used_at = $2 \
            WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)";
        // In one order, so that two processes that write the same ones do not wait for each other.
        let mut used = used.to_vec();
        used.sort_unstable_by_key(|(secret, _)| *secret);
        for chunk in used.chunks(CHUNK) {
            let commit = chunk.iter().fold(Commit::new(), |commit, (secret, at)| {
                commit.step(TOUCH, parameters![*secret, *at, at.0 - UNRECORDED], Expect::Any)
            });
            self.engine().commit(commit).await?;
        }
        Ok(())
    }
}
