//! Another access token for whoever asks with the direct predecessor of the live refresh token. The lineage stays one: the
//! refresh token that goes out with it is the live one.

use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::grant_type::refresh_token::FamilyFacts;
use symbolon_oauth::id::AccessTokenId;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;

use super::renewal::KEEP_ORIGIN;
use super::{INSERT_ACCESS, NewAccess};
use crate::cache::Doubt;
use crate::engine::{Commit, Expect, StoreError, Value};
use crate::store::Store;

/// A further access token of a family, decided and minted.
#[derive(Clone, Debug)]
pub struct Reissued<'a> {
    /// The family as it was loaded.
    pub family: &'a FamilyFacts,
    /// The pair that the predecessor is answered with from now on, sealed under it; `None` when that stays.
    pub sealed: Option<Vec<u8>>,
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
    /// Now.
    pub now: Timestamp,
}

/// Of two that seal anew at once the second finds what the first sealed.
const REISSUE: &str = "UPDATE families SET \
     sealed_successor = coalesce($4, sealed_successor), \
     expires_at = CASE WHEN expires_at IS NULL OR expires_at >= $6 THEN expires_at ELSE $6 END, \
     only_access_id = coalesce($7, only_access_id), renewed_at = $8 \
     WHERE id = $1 AND refresh_hash = $2 AND previous_hash = $3 AND ended_at IS NULL \
     AND sealed_successor = coalesce($5, sealed_successor)";

/// Statements that requests wait for, each with the kinds of its parameters.
#[cfg(test)]
pub(crate) const HOT: &[(&str, &str)] = &[(REISSUE, "bbbbbibi")];

impl Store {
    /// Adds an access token to a family.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its refresh token was used meanwhile, it was ended, or its pair was sealed anew.
    pub async fn reissue_access(&self, reissued: &Reissued<'_>) -> Result<(), StoreError> {
        let Reissued { family, access, .. } = *reissued;
        let mut commit = Commit::new().step(REISSUE, reissued.values(), Expect::One);
        if family.origin.is_some() {
            let only_access = reissued.ends_others.then_some(access.0);
            let kept = [
                family.trunk().into(),
                reissued.access_expires_at.into(),
                only_access.into(),
                reissued.now.into(),
            ];
            commit = commit.step(KEEP_ORIGIN, kept, Expect::One);
        }
        commit = commit.step(INSERT_ACCESS, reissued.new_access().values(), Expect::One);
        if reissued.ends_others {
            return self.commit_and_turn(commit, Doubt::All).await.map(|_| ());
        }
        self.engine().commit(commit).await.map(|_| ())
    }
}

impl Reissued<'_> {
    fn values(&self) -> Vec<Value> {
        let family = self.family;
        let earlier = family.predecessor.as_ref();
        let only_access = (self.ends_others && family.origin.is_none()).then_some(self.access.0);
        vec![
            family.id.into(),
            family.refresh_hash.into(),
            earlier.map(|earlier| earlier.hash).into(),
            self.sealed.clone().into(),
            self.sealed.as_ref().and(earlier).map(|earlier| earlier.sealed_successor.clone()).into(),
            self.access_expires_at.into(),
            only_access.into(),
            self.now.into(),
        ]
    }

    fn new_access(&self) -> NewAccess<'_> {
        let family = self.family;
        NewAccess {
            id: self.access.0,
            hash: self.access.1,
            app: family.app,
            hangs_from: Some((family.grant, family.trunk())),
            scopes: self.scopes,
            resource: self.resource,
            created_at: self.now,
            expires_at: self.access_expires_at,
            kept_until: self.access_kept_until,
            rotation: family.origin.is_none().then_some(family.rotations),
        }
    }
}
