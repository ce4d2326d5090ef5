//! Token families and access tokens: begun, renewed, ended, looked up.
//!
//! A family is one row however often it is renewed: the refresh token carries the family's id, and rotation replaces
//! the hash in that row. Ending a family or a grant is a state of its row, read at every check; token rows are never
//! swept for it, so none that is inserted at the same moment can escape.
//!
//! Where a used refresh token keeps working, each use begins a fork: a row for its refresh token alone. The fork's access
//! tokens hang from the family it came from, and whoever ends either ends both.

pub(crate) mod issued;
pub(crate) mod reissue;
pub(crate) mod renewal;

use std::sync::Arc;

use symbolon_oauth::credential::{Mark, SecretHash};
use symbolon_oauth::grant_type::client_credentials::OwnToken;
use symbolon_oauth::grant_type::refresh_token::{FamilyFacts, Predecessor};
use symbolon_oauth::id::{AccessTokenId, AppId, FamilyId, GrantId};
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;

use crate::audit::Audit;
use crate::cache::Doubt;
use crate::engine::{Commit, Cursor, Expect, StoreError, Value};
use crate::parameters;
use crate::store::Store;

pub use issued::Issued;
pub use reissue::Reissued;
pub use renewal::Renewed;

/// An access token as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessToken {
    /// Its row.
    pub id: AccessTokenId,
    /// SHA-256 of its text.
    pub hash: SecretHash,
    /// Whose.
    pub app: AppId,
    /// The grant and family it hangs from; `None` when the app acts as itself.
    pub hangs_from: Option<(GrantId, FamilyId)>,
    /// What it allows at most.
    pub scopes: ScopeSet,
    /// What it is meant for.
    pub resource: Option<String>,
    /// When it was issued.
    pub created_at: Timestamp,
    /// When it ends, if ever.
    pub expires_at: Option<Timestamp>,
    /// Whether it was revoked, or a later one took its place.
    pub revoked: bool,
    /// When its family began.
    pub family_created_at: Option<Timestamp>,
    /// Whether its family was ended.
    pub family_ended: bool,
    /// The generation of its app's own tokens that it is of, when the app acts as itself.
    pub generation: i64,
    /// The replacement of its family's refresh token that its use shows to have arrived, while nothing else has shown it.
    pub shows: Option<i64>,
}

pub(crate) const INSERT_FAMILY: &str = "INSERT INTO families (id, app_id, grant_id, scopes, resource, refresh_hash, \
     refresh_expires_at, rotations, created_at, ends_at, expires_at, only_access_id, generation, mark) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $12, $13)";

/// Takes the row of the family that is there alone, if there is one, and with it the ground from under its tokens.
pub(crate) const TAKE_PLACE: &str = "INSERT INTO families (id, app_id, grant_id, scopes, resource, refresh_hash, \
     refresh_expires_at, rotations, created_at, ends_at, expires_at, only_access_id, generation, mark, alone) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $12, $13, TRUE) ON CONFLICT (grant_id) WHERE alone DO UPDATE SET \
     id = excluded.id, scopes = excluded.scopes, resource = excluded.resource, refresh_hash = excluded.refresh_hash, \
     refresh_expires_at = excluded.refresh_expires_at, previous_hash = NULL, grace_until = NULL, \
     sealed_successor = NULL, successor_used_at = NULL, generation = excluded.generation, mark = excluded.mark, rotations = 0, \
     created_at = excluded.created_at, renewed_at = NULL, ends_at = excluded.ends_at, ended_at = NULL, ended_reason = NULL, expires_at = excluded.expires_at, \
     only_access_id = excluded.only_access_id";

pub(crate) const INSERT_ACCESS: &str = "INSERT INTO access_tokens (id, hash, app_id, grant_id, family_id, scopes, \
     resource, created_at, expires_at, kept_until, rotation) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

const INSERT_OWN: &str = "INSERT INTO access_tokens (id, hash, app_id, scopes, resource, created_at, expires_at, generation) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

const LOAD_ACCESS: &str = "SELECT a.id, a.hash, a.app_id, a.grant_id, a.family_id, a.scopes, a.resource, a.created_at, \
     a.expires_at, a.revoked_at, f.only_access_id, f.created_at, f.ended_at, \
     coalesce(a.generation, 0), CASE WHEN a.rotation = f.rotations AND f.sealed_successor IS NOT NULL AND f.successor_used_at IS NULL \
     THEN a.rotation END FROM access_tokens a \
     LEFT JOIN families f ON f.id = a.family_id WHERE a.id = $1";

/// Of what a fork came from by subqueries: a join is planned without an index condition as long as statistics say that no
/// family is a fork.
const LOAD_FAMILY: &str = "SELECT f.id, f.app_id, f.grant_id, f.scopes, f.resource, f.refresh_hash, f.refresh_expires_at, \
     f.previous_hash, f.grace_until, f.sealed_successor, f.successor_used_at, f.rotations, f.generation, f.mark, f.created_at, f.ends_at, f.ended_at, \
     coalesce((SELECT o.only_access_id FROM families o WHERE o.id = f.origin_id), f.only_access_id), f.origin_id, \
     (SELECT o.id FROM families o WHERE o.id = f.origin_id AND o.ended_at IS NULL) \
     FROM families f WHERE f.id = $1";

const END_FAMILY: &str = "UPDATE families SET ended_at = $2, ended_reason = $3, sealed_successor = NULL, expires_at = $2 \
     WHERE id = coalesce((SELECT origin_id FROM families WHERE id = $1), $1) AND ended_at IS NULL";

const REVOKE_ACCESS: &str = "UPDATE access_tokens SET revoked_at = $2, expires_at = coalesce(expires_at, $2) WHERE id = $1 AND revoked_at IS NULL";

/// Statements that requests wait for, each with the kinds of its parameters.
#[cfg(test)]
pub(crate) const HOT: &[(&str, &str)] =
    &[(LOAD_ACCESS, "b"), (LOAD_FAMILY, "b"), (END_FAMILY, "bit"), (REVOKE_ACCESS, "bi")];

impl Store {
    /// The token family of this row.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn family(&self, id: FamilyId) -> Result<Option<FamilyFacts>, StoreError> {
        self.load_one(LOAD_FAMILY, id, family_from_row).await
    }

    /// Stores a token with which an app acts as itself.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn issue_own_token(
        &self,
        (id, hash): (AccessTokenId, SecretHash),
        app: AppId,
        token: &OwnToken,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let row = parameters![
            id,
            hash,
            app,
            &token.scopes,
            token.resource.as_deref(),
            now,
            now.after(token.access),
            token.generation
        ];
        let commit = Commit::new().step(INSERT_OWN, row, Expect::One);
        self.engine().commit(commit).await.map(|_| ())
    }

    /// The access token of this row, at most a second old.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn access_token(
        &self,
        id: AccessTokenId,
        now: Timestamp,
    ) -> Result<Option<Arc<AccessToken>>, StoreError> {
        let load = self.load_one(LOAD_ACCESS, id, access_from_row);
        self.recall(&self.caches().access_tokens, id, now, load).await
    }

    /// Revokes one access token. It is idempotent.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn revoke_access_token(
        &self,
        id: AccessTokenId,
        audit: Audit,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let commit = Commit::new().step(REVOKE_ACCESS, [id.into(), now.into()], Expect::AtMostOne);
        self.commit_and_turn(audit.append(commit), Doubt::One(*id.bytes())).await.map(|_| ())
    }

    /// Ends a token family with everything in it: all its forks, and for a fork what it came from. It is
    /// idempotent.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn end_family(
        &self,
        id: FamilyId,
        reason: &'static str,
        audit: Audit,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let commit =
            Commit::new().step(END_FAMILY, [id.into(), now.into(), reason.into()], Expect::AtMostOne);
        self.commit_and_turn(audit.append(commit), Doubt::All).await.map(|_| ())
    }
}

/// An access token of a family, to be stored.
pub(crate) struct NewAccess<'a> {
    pub id: AccessTokenId,
    pub hash: SecretHash,
    pub app: AppId,
    pub hangs_from: (GrantId, FamilyId),
    pub scopes: &'a ScopeSet,
    pub resource: Option<&'a str>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub kept_until: Option<Timestamp>,
    pub rotation: Option<i64>,
}

impl NewAccess<'_> {
    pub fn values(&self) -> Vec<Value> {
        vec![
            self.id.into(),
            self.hash.into(),
            self.app.into(),
            self.hangs_from.0.into(),
            self.hangs_from.1.into(),
            self.scopes.into(),
            self.resource.into(),
            self.created_at.into(),
            self.expires_at.into(),
            self.kept_until.into(),
            self.rotation.into(),
        ]
    }
}

fn family_from_row(row: &mut Cursor) -> Result<FamilyFacts, StoreError> {
    let mut family = FamilyFacts {
        id: row.id()?,
        app: row.id()?,
        grant: row.id()?,
        scopes: row.scopes()?,
        resource: row.optional_text()?,
        refresh_hash: row.optional_hash()?,
        refresh_expires_at: row.optional_timestamp()?,
        predecessor: predecessor_from_row(row)?,
        rotations: row.integer()?,
        generation: row.integer()?,
        mark: mark_from_row(row)?,
        created_at: row.timestamp()?,
        ends_at: row.optional_timestamp()?,
        ended: row.optional_timestamp()?.is_some(),
        only_access: row.optional_id()?,
        origin: row.optional_id()?,
    };
    // An origin that is gone was ended long ago: it is kept for as long as any of its forks.
    let live_origin = row.optional_id::<()>()?;
    family.ended |= family.origin.is_some() && live_origin.is_none();
    Ok(family)
}

fn mark_from_row(row: &mut Cursor) -> Result<Option<Mark>, StoreError> {
    let mark = row.optional_integer()?.map(u32::try_from).transpose();
    let mark = mark.map_err(|_| StoreError::unavailable("a family's mark is not four bytes"))?;
    Ok(mark.map(Mark))
}

fn predecessor_from_row(row: &mut Cursor) -> Result<Option<Predecessor>, StoreError> {
    let (hash, grace_until, sealed) = (row.optional_hash()?, row.optional_timestamp()?, row.optional_blob()?);
    let successor_used = row.optional_timestamp()?.is_some();
    Ok(match (hash, grace_until, sealed) {
        (Some(hash), Some(grace_until), Some(sealed_successor)) => {
            Some(Predecessor { hash, grace_until, successor_used, sealed_successor })
        }
        _ => None,
    })
}

fn access_from_row(row: &mut Cursor) -> Result<AccessToken, StoreError> {
    let id = row.id()?;
    let (hash, app) = (row.hash()?, row.id()?);
    let hangs_from = row.optional_id()?.zip(row.optional_id()?);
    let (scopes, resource) = (row.scopes()?, row.optional_text()?);
    let (created_at, expires_at) = (row.timestamp()?, row.optional_timestamp()?);
    let (revoked_at, only) = (row.optional_timestamp()?, row.optional_id()?);
    let (family_created_at, family_ended_at) = (row.optional_timestamp()?, row.optional_timestamp()?);
    let (generation, shows) = (row.integer()?, row.optional_integer()?);
    Ok(AccessToken {
        id,
        hash,
        app,
        hangs_from,
        scopes,
        resource,
        created_at,
        expires_at,
        revoked: revoked_at.is_some() || only.is_some_and(|only| only != id),
        family_created_at,
        // A family that is gone was ended long ago.
        family_ended: family_ended_at.is_some() || (hangs_from.is_some() && family_created_at.is_none()),
        generation,
        shows,
    })
}
