//! Refresh token rotation: what becomes of a family's refresh token, and the access token that goes out with it.

use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::grant_type::refresh_token::{Minted, Turn};
use symbolon_oauth::id::FamilyId;
use symbolon_oauth::time::{Timestamp, latest};

use super::Issued;
use crate::cache::Doubt;
use crate::engine::{Commit, Expect, StoreError, Value};
use crate::parameters;
use crate::store::Store;

/// A renewal of a family.
#[derive(Clone, Debug)]
pub struct Renewed<'a> {
    /// The access token.
    pub issued: Issued<'a>,
    /// The refresh hash it must still have.
    pub expected: SecretHash,
    /// What becomes of the refresh token.
    pub turn: Turn,
    /// The new refresh token and, for a fork, its row; unused for an echo.
    pub successor: (FamilyId, Minted),
    /// The successor pair, sealed under the presented token.
    pub sealed: Vec<u8>,
}

const INSERT_FORK: &str = "INSERT INTO families (id, app_id, grant_id, scopes, resource, refresh_hash, \
     refresh_expires_at, rotations, created_at, ends_at, expires_at, origin_id, generation, mark) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $12, $13)";

const REPLACE: &str = "UPDATE families SET refresh_hash = $3, refresh_expires_at = $4, previous_hash = $2, \
     grace_until = $5, sealed_successor = $6, successor_used_at = $12, rotations = $10, expires_at = $7, \
     only_access_id = coalesce($8, only_access_id), renewed_at = $9, mark = $11 WHERE id = $1 AND refresh_hash = $2 AND ended_at IS NULL";

/// The token before has no grace any more: its successor was used.
const EXTEND: &str = "UPDATE families SET refresh_expires_at = $3, rotations = rotations + 1, expires_at = $4, \
     only_access_id = coalesce($5, only_access_id), sealed_successor = NULL, renewed_at = $6 \
     WHERE id = $1 AND refresh_hash = $2 AND ended_at IS NULL";

/// Statements that requests wait for, each with the kinds of its parameters.
#[cfg(test)]
pub(crate) const HOT: &[(&str, &str)] = &[(REPLACE, "bbbiibibiiii"), (EXTEND, "bbiibi")];

impl Store {
    /// Renews a family.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its refresh token was used meanwhile or it was ended.
    pub async fn renew_family(&self, renewed: &Renewed<'_>) -> Result<(), StoreError> {
        let (commit, refresh) = renewed.turned();
        let commit = renewed.issued.append(commit, renewed.until(refresh), renewed.rotation());
        self.commit_issued(commit, renewed.issued, renewed.doubt()).await
    }
}

impl Renewed<'_> {
    /// What becomes of the refresh token, which holds only if it is still the live one; and when the one that goes out
    /// ends.
    fn turned(&self) -> (Commit, Option<Timestamp>) {
        let family = self.issued.family;
        match self.turn {
            Turn::Replace { expires_at, grace_until } => {
                let values = parameters![
                    family.id,
                    self.expected,
                    self.successor.1.hash,
                    expires_at,
                    grace_until,
                    self.sealed.clone(),
                    self.until(expires_at),
                    self.issued.only_access(),
                    self.issued.now,
                    family.rotations + 1,
                    i64::from(self.successor.1.mark.0),
                    // Of a fork it would never be known, so it has its grace and no more.
                    family.origin.map(|_| self.issued.now)
                ];
                (Commit::new().step(REPLACE, values, Expect::One), expires_at)
            }
            Turn::Echo { expires_at } => (self.extended(expires_at, self.until(expires_at)), expires_at),
            Turn::Fork { expires_at, ends_at } => {
                let kept = latest(family.refresh_expires_at, expires_at);
                let extended = self.extended(family.refresh_expires_at, self.until(kept));
                (extended.step(INSERT_FORK, self.fork(expires_at, ends_at), Expect::One), expires_at)
            }
        }
    }

    /// Until when a row with such a refresh token must be known.
    fn until(&self, refresh: Option<Timestamp>) -> Option<Timestamp> {
        latest(refresh, self.issued.expires_at)
    }

    /// The step that keeps the refresh token.
    fn extended(&self, refresh: Option<Timestamp>, until: Option<Timestamp>) -> Commit {
        let Issued { family, now, .. } = self.issued;
        let only_access = self.issued.only_access();
        let values = parameters![family.id, self.expected, refresh, until, only_access, now];
        Commit::new().step(EXTEND, values, Expect::One)
    }

    /// The row of a fork.
    fn fork(&self, expires_at: Option<Timestamp>, ends_at: Option<Timestamp>) -> [Value; 13] {
        let (Issued { family, now, .. }, (id, refresh)) = (self.issued, self.successor);
        parameters![
            id,
            family.app,
            family.grant,
            &family.scopes,
            family.resource.clone(),
            refresh.hash,
            expires_at,
            now.max(family.created_at),
            ends_at,
            self.until(expires_at),
            family.trunk(),
            family.generation,
            i64::from(refresh.mark.0)
        ]
    }

    /// Which replacement of its family's refresh token the access token goes out with.
    fn rotation(&self) -> Option<i64> {
        match self.turn {
            Turn::Replace { .. } => Some(self.issued.family.rotations + 1),
            Turn::Echo { .. } | Turn::Fork { .. } => None,
        }
    }

    /// Which access tokens are over. Those before the one before are over already, and nobody believes in them. Where the
    /// refresh token stays, another use of it may have put one in between.
    fn doubt(&self) -> Doubt {
        let family = self.issued.family;
        match (self.turn, family.only_access) {
            (Turn::Replace { .. }, Some(before)) if family.origin.is_none() => Doubt::One(*before.bytes()),
            _ => Doubt::All,
        }
    }
}
