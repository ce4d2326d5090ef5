//! Another access token for whoever asks with the direct predecessor of the live refresh token. The lineage stays one: the
//! refresh token that goes out with it is the live one.

use crate::cache::Doubt;
use crate::engine::{Commit, Expect, StoreError, Value};
use crate::parameters;
use crate::store::Store;

use super::Issued;

/// A further access token of a family.
#[derive(Clone, Debug)]
pub struct Reissued<'a> {
    /// The access token.
    pub issued: Issued<'a>,
    /// The pair that the predecessor is answered with from now on, sealed under it; `None` when that stays.
    pub sealed: Option<Vec<u8>>,
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
        let issued = reissued.issued;
        let commit = Commit::new().step(REISSUE, reissued.values(), Expect::One);
        let commit = issued.append(commit, issued.expires_at, Some(issued.family.rotations));
        self.commit_issued(commit, issued, Doubt::All).await
    }
}

impl Reissued<'_> {
    fn values(&self) -> [Value; 8] {
        let Issued { family, expires_at, now, .. } = self.issued;
        let earlier = family.predecessor.as_ref();
        let replaced = self.sealed.as_ref().and(earlier).map(|earlier| earlier.sealed_successor.clone());
        parameters![
            family.id,
            family.refresh_hash,
            earlier.map(|earlier| earlier.hash),
            self.sealed.clone(),
            replaced,
            expires_at,
            self.issued.only_access(),
            now
        ]
    }
}
