//! Resources (the host's APIs) and the keys with which they ask about tokens.
//!
//! A host key of our own format names its row; one that was given from outside is found through
//! `foreign_credentials`, from its hash. A resource has at most two live keys: rotation keeps the newest of the old ones
//! until a deadline, and ends the rest.

use symbolon_oauth::credential::{Kind, Presented, Secret, SecretHash};
use symbolon_oauth::id::{HostKeyId, ResourceId};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::catalogue::Resource;
use symbolon_platform::given_secret;

use crate::engine::{Commit, Cursor, Expect, StoreError, Value, each, first};
use crate::parameters;
use crate::store::Store;

/// The columns of [`resource_from_row`].
macro_rules! resource_columns {
    () => {
        "id, identifier, title, scopes"
    };
}

pub(crate) const RESOURCES: &str =
    concat!("SELECT ", resource_columns!(), " FROM resources ORDER BY created_at, id");

pub(crate) fn resource_from_row(row: &mut Cursor) -> Result<Resource, StoreError> {
    Ok(Resource { id: row.id()?, identifier: row.text()?, title: row.text()?, scopes: row.scopes()? })
}

/// A host key as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostKey {
    /// The row.
    pub id: HostKeyId,
    /// Whose key it is.
    pub resource: ResourceId,
    /// SHA-256 of its text.
    pub hash: SecretHash,
    /// Its last characters.
    pub hint: String,
    /// Whether it is too easy to guess: it was given from outside, and an operator took it all the same.
    pub weak: bool,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
    /// Until when it lives, if another one is taking its place.
    pub expires_at: Option<Timestamp>,
}

impl HostKey {
    /// The row of a key. One that has our format keeps the identifier inside it; any other gets `fresh`.
    #[must_use]
    pub fn of(key: &Secret, resource: ResourceId, fresh: HostKeyId, now: Timestamp) -> HostKey {
        let id = own_format(key).unwrap_or(fresh);
        HostKey {
            id,
            resource,
            hash: key.hash(),
            hint: key.hint().to_owned(),
            weak: given_secret::check(key.expose(), &[]).is_err(),
            created_at: now,
            revoked_at: None,
            expires_at: None,
        }
    }

    /// Whether it opens anything.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

fn own_format(key: &Secret) -> Option<HostKeyId> {
    Presented::parse(key.expose()).filter(|key| key.kind == Kind::HostKey).map(|key| HostKeyId::new(key.id))
}

/// The columns of [`host_key_from_row`], of the table `host_keys` named `k`.
macro_rules! host_key_columns {
    () => {
        "k.id, k.resource_id, k.hash, k.hint, k.weak, k.created_at, k.revoked_at, k.expires_at"
    };
}

fn host_key_from_row(row: &mut Cursor) -> Result<HostKey, StoreError> {
    Ok(HostKey {
        id: row.id()?,
        resource: row.id()?,
        hash: row.hash()?,
        hint: row.text()?,
        weak: row.boolean()?,
        created_at: row.timestamp()?,
        revoked_at: row.optional_timestamp()?,
        expires_at: row.optional_timestamp()?,
    })
}

fn columns(resource: &Resource) -> [Value; 4] {
    parameters![resource.id, resource.identifier.as_str(), resource.title.as_str(), &resource.scopes]
}

pub(crate) fn create_resource(commit: Commit, resource: &Resource, now: Timestamp) -> Commit {
    const INSERT: &str =
        "INSERT INTO resources (id, identifier, title, scopes, created_at) VALUES ($1, $2, $3, $4, $5)";
    let row: Vec<_> = columns(resource).into_iter().chain([now.into()]).collect();
    commit.step(INSERT, row, Expect::One)
}

/// Makes `old` into `new`, as long as it still is `old`.
pub(crate) fn update_resource(commit: Commit, old: &Resource, new: &Resource) -> Commit {
    const UPDATE: &str = "UPDATE resources SET identifier = $2, title = $3, scopes = $4 \
        WHERE id = $1 AND (identifier, title, scopes) IS NOT DISTINCT FROM ($5, $6, $7)";
    commit.rewrite(UPDATE, columns(old), columns(new))
}

pub(crate) fn delete_resource(commit: Commit, id: ResourceId) -> Commit {
    const FOREIGN: &str = "DELETE FROM foreign_credentials WHERE id IN \
        (SELECT id FROM host_keys WHERE resource_id = $1)";
    commit.step(FOREIGN, parameters![id], Expect::Any).step(
        "DELETE FROM resources WHERE id = $1",
        parameters![id],
        Expect::One,
    )
}

/// `foreign` says that the key lacks our format, so that the way from its hash must be kept.
pub(crate) fn add_host_key(commit: Commit, key: &HostKey, foreign: bool) -> Commit {
    const INSERT: &str = "INSERT INTO host_keys (id, resource_id, hash, hint, weak, created_at, revoked_at) \
        VALUES ($1, $2, $3, $4, $5, $6, NULL)";
    const FOREIGN: &str = "INSERT INTO foreign_credentials (hash, kind, id) VALUES ($1, $2, $3)";
    let row = parameters![key.id, key.resource, key.hash, key.hint.as_str(), key.weak, key.created_at];
    let commit = commit.step(INSERT, row, Expect::One);
    if foreign {
        commit.step(FOREIGN, parameters![key.hash, Kind::HostKey.as_str(), key.id], Expect::One)
    } else {
        commit
    }
}

/// Adds a key of our format. Of those before it the newest lives on until `old_until`; the others end.
pub(crate) fn rotate_host_key(commit: Commit, key: &HostKey, old_until: Timestamp) -> Commit {
    const END_OLDER: &str = "UPDATE host_keys SET revoked_at = $2 WHERE resource_id = $1 AND revoked_at IS NULL \
        AND id NOT IN (SELECT id FROM host_keys WHERE resource_id = $1 AND revoked_at IS NULL \
        ORDER BY created_at DESC, id DESC LIMIT 1)";
    const END_NEWEST: &str = "UPDATE host_keys SET expires_at = $2 WHERE resource_id = $1 AND revoked_at IS NULL \
        AND (expires_at IS NULL OR expires_at > $2)";
    let commit = commit.step(END_OLDER, parameters![key.resource, key.created_at], Expect::Any).step(
        END_NEWEST,
        parameters![key.resource, old_until],
        Expect::Any,
    );
    add_host_key(commit, key, false)
}

pub(crate) fn revoke_host_key(commit: Commit, id: HostKeyId, now: Timestamp) -> Commit {
    const REVOKE: &str = "UPDATE host_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    commit.step(REVOKE, parameters![id, now], Expect::One)
}

impl Store {
    /// The resource with exactly this identifier.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn load_resource(&self, identifier: &str) -> Result<Option<Resource>, StoreError> {
        const FIND: &str = concat!("SELECT ", resource_columns!(), " FROM resources WHERE identifier = $1");
        let rows = self.engine().load(FIND, &parameters![identifier]).await?;
        first(rows, resource_from_row)
    }

    /// Every key of a resource, oldest first, those that have ended too.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn list_host_keys(&self, resource: ResourceId) -> Result<Vec<HostKey>, StoreError> {
        const FIND: &str = concat!(
            "SELECT ",
            host_key_columns!(),
            " FROM host_keys k WHERE k.resource_id = $1 ORDER BY k.created_at, k.id"
        );
        each(self.engine().load(FIND, &parameters![resource]).await?, host_key_from_row)
    }

    /// The row a presented host key names, if it is the key of that row and was not revoked.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn load_host_key(&self, presented: &str) -> Result<Option<HostKey>, StoreError> {
        const BY_ID: &str = concat!("SELECT ", host_key_columns!(), " FROM host_keys k WHERE k.id = $1");
        const FOREIGN: &str = concat!(
            "SELECT ",
            host_key_columns!(),
            " FROM foreign_credentials f JOIN host_keys k ON k.id = f.id WHERE f.hash = $1 AND f.kind = 'hk'"
        );
        let key = Secret::given(presented);
        let rows = match own_format(&key) {
            Some(id) => self.engine().load(BY_ID, &parameters![id]).await?,
            None => self.engine().load(FOREIGN, &parameters![key.hash()]).await?,
        };
        let found = first(rows, host_key_from_row)?;
        Ok(found.filter(|own| own.hash == key.hash() && own.revoked_at.is_none()))
    }
}
