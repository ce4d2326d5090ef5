//! Refresh token rotation: what becomes of a family's refresh token, and the access token that goes out with it.

use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::grant_type::refresh_token::{FamilyFacts, Turn};
use symbolon_oauth::id::{AccessTokenId, FamilyId};
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::{Timestamp, latest};

use super::{INSERT_ACCESS, NewAccess};
use crate::cache::Doubt;
use crate::engine::{Commit, Expect, StoreError, Value};
use crate::store::Store;

/// A renewal of a family, decided and minted.
#[derive(Clone, Debug)]
pub struct Renewed<'a> {
    /// The family as it was loaded.
    pub family: &'a FamilyFacts,
    /// The refresh hash it must still have.
    pub expected: SecretHash,
    /// What becomes of the refresh token.
    pub turn: Turn,
    /// The new refresh token's hash and, for a fork, its row; unused for an echo.
    pub successor: (FamilyId, SecretHash),
    /// The successor pair, sealed under the presented token.
    pub sealed: Vec<u8>,
    /// The new access token.
    pub access: (AccessTokenId, SecretHash),
    /// What it allows.
    pub scopes: &'a ScopeSet,
    /// What it is meant for.
    pub resource: Option<&'a str>,
    /// When it ends, if ever.
    pub access_expires_at: Option<Timestamp>,
    /// Until when it must be known although it expired, if longer; the newest as long as its family.
    pub access_kept_until: Option<Timestamp>,
    /// Whether it ends the access tokens before it.
    pub ends_others: bool,
    /// Whether the client proved itself by a secret.
    pub with_secret: bool,
    /// Now.
    pub now: Timestamp,
}

const INSERT_FORK: &str = "INSERT INTO families (id, app_id, grant_id, scopes, resource, refresh_hash, \
     refresh_expires_at, rotations, created_at, ends_at, expires_at, origin_id, with_secret) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $12)";

const REPLACE: &str = "UPDATE families SET refresh_hash = $3, refresh_expires_at = $4, previous_hash = $2, \
     grace_until = $5, sealed_successor = $6, successor_used_at = $12, rotations = $10, expires_at = $7, \
     only_access_id = coalesce($8, only_access_id), renewed_at = $9, with_secret = $11 WHERE id = $1 AND refresh_hash = $2 AND ended_at IS NULL";

/// The token before has no grace any more: its successor was used.
const EXTEND: &str = "UPDATE families SET refresh_expires_at = $3, rotations = rotations + 1, expires_at = $4, \
     only_access_id = coalesce($5, only_access_id), sealed_successor = NULL, renewed_at = $6 \
     WHERE id = $1 AND refresh_hash = $2 AND ended_at IS NULL";

/// What a fork came from lives as long as the fork does, and vouches for it: also for the one access token that is left.
pub(super) const KEEP_ORIGIN: &str = "UPDATE families SET \
     expires_at = CASE WHEN expires_at IS NULL OR expires_at >= $2 THEN expires_at ELSE $2 END, \
     only_access_id = coalesce($3, only_access_id), renewed_at = $4 WHERE id = $1 AND ended_at IS NULL";

/// Statements that requests wait for, each with the kinds of its parameters.
#[cfg(test)]
pub(crate) const HOT: &[(&str, &str)] =
    &[(REPLACE, "bbbiibibiiBi"), (EXTEND, "bbiibi"), (KEEP_ORIGIN, "bibi")];

impl Store {
    /// Renews a family.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its refresh token was used meanwhile or it was ended.
    pub async fn renew_family(&self, renewed: &Renewed<'_>) -> Result<(), StoreError> {
        let origin = renewed.family.trunk();
        let (mut commit, refresh) = renewed.turned();
        if renewed.family.origin.is_some() {
            let only_access = renewed.ends_others.then_some(renewed.access.0);
            let kept = [origin.into(), renewed.until(refresh).into(), only_access.into(), renewed.now.into()];
            commit = commit.step(KEEP_ORIGIN, kept, Expect::One);
        }
        commit = commit.step(INSERT_ACCESS, renewed.new_access().values(), Expect::One);
        if renewed.ends_others {
            return self.commit_and_turn(commit, renewed.doubt()).await.map(|_| ());
        }
        self.engine().commit(commit).await.map(|_| ())
    }
}

impl Renewed<'_> {
    /// What becomes of the refresh token, which holds only if it is still the live one; and when the one that goes out
    /// ends.
    fn turned(&self) -> (Commit, Option<Timestamp>) {
        let family = self.family;
        match self.turn {
            Turn::Replace { expires_at, grace_until } => {
                let values = [
                    family.id.into(),
                    self.expected.into(),
                    self.successor.1.into(),
                    expires_at.into(),
                    grace_until.into(),
                    self.sealed.clone().into(),
                    self.until(expires_at).into(),
                    self.only_access().into(),
                    self.now.into(),
                    (family.rotations + 1).into(),
                    self.with_secret.into(),
                    // Of a fork it would never be known, so it has its grace and no more.
                    family.origin.map(|_| self.now).into(),
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
        latest(refresh, self.access_expires_at)
    }

    /// The step that keeps the refresh token.
    fn extended(&self, refresh: Option<Timestamp>, until: Option<Timestamp>) -> Commit {
        let values = [
            self.family.id.into(),
            self.expected.into(),
            refresh.into(),
            until.into(),
            self.only_access().into(),
            self.now.into(),
        ];
        Commit::new().step(EXTEND, values, Expect::One)
    }

    /// The row of a fork.
    fn fork(&self, expires_at: Option<Timestamp>, ends_at: Option<Timestamp>) -> Vec<Value> {
        let Renewed { family, successor, now, .. } = *self;
        vec![
            successor.0.into(),
            family.app.into(),
            family.grant.into(),
            (&family.scopes).into(),
            family.resource.clone().into(),
            successor.1.into(),
            expires_at.into(),
            now.max(family.created_at).into(),
            ends_at.into(),
            self.until(expires_at).into(),
            family.trunk().into(),
            self.with_secret.into(),
        ]
    }

    /// The one access token that is left in the row of its own family, which a fork's is not.
    fn only_access(&self) -> Option<AccessTokenId> {
        (self.ends_others && self.family.origin.is_none()).then_some(self.access.0)
    }

    fn new_access(&self) -> NewAccess<'_> {
        NewAccess {
            id: self.access.0,
            hash: self.access.1,
            app: self.family.app,
            hangs_from: Some((self.family.grant, self.family.trunk())),
            scopes: self.scopes,
            resource: self.resource,
            created_at: self.now,
            expires_at: self.access_expires_at,
            kept_until: self.access_kept_until,
            rotation: self.rotation(),
        }
    }

    /// Which replacement of its family's refresh token the access token goes out with. A fork's is not known by its access
    /// tokens, which hang from the family that it came from.
    fn rotation(&self) -> Option<i64> {
        match self.turn {
            Turn::Replace { .. } if self.family.origin.is_none() => Some(self.family.rotations + 1),
            Turn::Replace { .. } | Turn::Echo { .. } | Turn::Fork { .. } => None,
        }
    }

    /// Which access tokens are over. Those before the one before are over already, and nobody believes in them. Where the
    /// refresh token stays, another use of it may have put one in between.
    fn doubt(&self) -> Doubt {
        match (self.turn, self.family.only_access) {
            (Turn::Replace { .. }, Some(before)) if self.family.origin.is_none() => {
                Doubt::One(*before.bytes())
            }
            _ => Doubt::All,
        }
    }
}
