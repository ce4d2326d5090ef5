//! Access token that goes out with a refresh token, whether the refresh token is new or goes out again.

use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::grant_type::refresh_token::FamilyFacts;
use symbolon_oauth::id::AccessTokenId;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;

use super::{INSERT_ACCESS, NewAccess};
use crate::cache::Doubt;
use crate::engine::{Commit, Expect, StoreError};
use crate::parameters;
use crate::store::Store;

/// An access token of a family, decided and minted.
#[derive(Clone, Copy, Debug)]
pub struct Issued<'a> {
    /// The family as it was loaded.
    pub family: &'a FamilyFacts,
    /// Its row, and its hash.
    pub access: (AccessTokenId, SecretHash),
    /// What it allows.
    pub scopes: &'a ScopeSet,
    /// What it is meant for.
    pub resource: Option<&'a str>,
    /// When it ends, if ever.
    pub expires_at: Option<Timestamp>,
    /// Until when it must be known although it expired, if longer; the newest as long as its family.
    pub kept_until: Option<Timestamp>,
    /// Whether it ends the access tokens before it.
    pub ends_others: bool,
    /// Now.
    pub now: Timestamp,
}

/// What a fork came from lives as long as the fork does, and vouches for it: also for the one access token that is left.
const KEEP_ORIGIN: &str = "UPDATE families SET \
     expires_at = CASE WHEN expires_at IS NULL OR expires_at >= $2 THEN expires_at ELSE $2 END, \
     only_access_id = coalesce($3, only_access_id), renewed_at = $4 WHERE id = $1 AND ended_at IS NULL";

/// Statements that requests wait for, each with the kinds of its parameters.
#[cfg(test)]
pub(crate) const HOT: &[(&str, &str)] = &[(KEEP_ORIGIN, "bibi")];

impl Issued<'_> {
    /// Adds it to what becomes of its family's row. What a fork came from must be known until `until`; `rotation` says with
    /// which replacement of the refresh token it goes out.
    pub(super) fn append(self, commit: Commit, until: Option<Timestamp>, rotation: Option<i64>) -> Commit {
        let family = self.family;
        let commit = match family.origin {
            Some(origin) => {
                let only_access = self.ends_others.then_some(self.access.0);
                commit.step(KEEP_ORIGIN, parameters![origin, until, only_access, self.now], Expect::One)
            }
            None => commit,
        };
        let access = NewAccess {
            id: self.access.0,
            hash: self.access.1,
            app: family.app,
            hangs_from: (family.grant, family.trunk()),
            scopes: self.scopes,
            resource: self.resource,
            created_at: self.now,
            expires_at: self.expires_at,
            kept_until: self.kept_until,
            // A fork's is not known by its access tokens, which hang from the family that it came from.
            rotation: rotation.filter(|_| family.origin.is_none()),
        };
        commit.step(INSERT_ACCESS, access.values(), Expect::One)
    }

    /// The one access token that is left in the row of its own family, which a fork's is not.
    pub(super) fn only_access(&self) -> Option<AccessTokenId> {
        (self.ends_others && self.family.origin.is_none()).then_some(self.access.0)
    }
}

impl Store {
    /// Commits what adds an access token; `doubt` is about those that it ends.
    pub(super) async fn commit_issued(
        &self,
        commit: Commit,
        issued: Issued<'_>,
        doubt: Doubt,
    ) -> Result<(), StoreError> {
        if issued.ends_others {
            return self.commit_and_turn(commit, doubt).await.map(|_| ());
        }
        self.engine().commit(commit).await.map(|_| ())
    }
}
