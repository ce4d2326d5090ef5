//! Grants: given at consent, widened or narrowed there, ended for good, and listed for the person who gave them.

use std::sync::{Arc, LazyLock};

use symbolon_oauth::client::Level;
use symbolon_oauth::id::{AppId, GrantId, UserId};
use symbolon_oauth::redirect_uri;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::authority::GrantFacts;
use symbolon_platform::consent::{ConsentFacts, Known, Seen};
use symbolon_platform::deed::Deed;
use symbolon_platform::grant::{Grant, GrantStatus};

use crate::audit::Audit;
use crate::cache::{Doubt, Kept};
use crate::engine::{Commit, Cursor, Expect, StoreError, Value, each};
use crate::organisations::admitted;
use crate::parameters;
use crate::store::Store;
use crate::tenants::{membership_from_row, tenant_columns, tenant_from_row};
use crate::users::{user_columns, user_from_row};

/// What a person consented to.
#[derive(Clone, Debug)]
pub enum Consent {
    /// The first time for this app, tenant and person.
    Give {
        /// The new grant.
        grant: Grant,
    },
    /// Again: the grant that is there now holds these scopes.
    Change {
        /// The grant, as it was when the form was shown.
        grant: Grant,
        /// What it holds from now on.
        scopes: ScopeSet,
        /// Now.
        now: Timestamp,
    },
}

const GIVE: &str = "INSERT INTO grants (id, app_id, level, tenant_id, user_id, owner_id, scopes, status, created_at, \
     updated_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'active', $8, $8, $9)";

/// `updated_at` always moves, so that of two forms shown the same state only one is answered, whatever the clock says.
const CHANGE: &str = "UPDATE grants SET scopes = $3, \
     updated_at = CASE WHEN updated_at < $4 THEN $4 ELSE updated_at + 1 END \
     WHERE id = $1 AND updated_at = $2 AND status = 'active'";

const REVOKE: &str = "UPDATE grants SET status = 'revoked', ended_reason = $2, updated_at = $3 \
     WHERE id = $1 AND status = 'active'";

/// A mark for the sweep, and nothing sealed is left for it: what hangs from a grant that ended is over whatever its rows say.
const FORGET_FAMILIES: &str = "UPDATE families SET expires_at = $2, sealed_successor = NULL \
     WHERE grant_id = $1 AND (expires_at IS NULL OR expires_at > $2)";

/// The person and the tenants they belong to: who can own a grant that concerns them.
macro_rules! owners {
    ($user:literal) => {
        concat!(
            "SELECT ",
            $user,
            " AS id UNION ALL SELECT tenant_id FROM memberships WHERE user_id = ",
            $user,
            " AND standing = 'active'"
        )
    };
}

/// The columns of [`grant_from_row`], of the table `grants` named `g`.
macro_rules! grant_columns {
    () => {
        "g.id, g.app_id, g.level, g.tenant_id, g.user_id, g.scopes, g.status, g.created_at, g.updated_at, \
         g.last_used_at, g.expires_at"
    };
}
pub(crate) use grant_columns;

/// From the few owners to their grants, in this order: one app may have millions of grants.
const ACTIVE_OF_APP: &str = concat!(
    "SELECT ",
    grant_columns!(),
    " FROM (",
    owners!("$2"),
    ") o CROSS JOIN grants g WHERE g.owner_id = o.id AND g.app_id = $1 AND g.status = 'active'"
);

/// Where a person belongs, and whether they may use an app there that is in development.
const PLACES: &str = concat!(
    "SELECT ",
    admitted!("m.user_id", "m.tenant_id"),
    ", ",
    tenant_columns!(),
    ", m.role, m.standing FROM memberships m JOIN tenants t ON t.id = m.tenant_id JOIN apps a ON a.id = $2 \
     WHERE m.user_id = $1 ORDER BY t.name, t.id"
);

/// From the person to their few answers, in this order.
const SEEN: &str = "SELECT c.grant_id, g.tenant_id, c.destinations, c.refused, c.app_name, c.publisher, \
     c.resources, c.scopes FROM consents c \
     CROSS JOIN grants g WHERE c.user_id = $1 AND g.id = c.grant_id AND g.app_id = $2 \
     ORDER BY c.answered_at DESC, c.grant_id DESC LIMIT 200";

const SEE: &str = "INSERT INTO consents (grant_id, user_id, destinations, refused, app_name, publisher, resources, \
     scopes, answered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (grant_id, user_id) DO UPDATE SET \
     destinations = excluded.destinations, refused = excluded.refused, app_name = excluded.app_name, \
     publisher = excluded.publisher, resources = excluded.resources, scopes = excluded.scopes, \
     answered_at = excluded.answered_at";

macro_rules! facts_where {
    ($condition:literal) => {
        concat!(
            "SELECT ",
            grant_columns!(),
            ", ",
            tenant_columns!(),
            ", ",
            user_columns!(),
            ", u.valid_from, m.role, (SELECT ",
            admitted!("g.user_id", "g.tenant_id"),
            " FROM apps a WHERE a.id = g.app_id), f.id, f.created_at \
             FROM grants g JOIN tenants t ON t.id = g.tenant_id JOIN users u ON u.id = g.user_id \
             LEFT JOIN memberships m ON m.user_id = g.user_id AND m.tenant_id = g.tenant_id \
             AND m.standing = 'active' LEFT JOIN families f ON f.grant_id = g.id AND f.alone WHERE ",
            $condition
        )
    };
}

const FACTS: &str = facts_where!("g.id = $1");
const CONNECTED: &str = concat!(
    facts_where!("g.status = 'active' AND g.owner_id IN ("),
    owners!("$1"),
    ") ORDER BY g.created_at DESC LIMIT 500"
);

/// The name stands in the text: the index holds rows of this deed only, and is not used for a parameter.
static REUSES: LazyLock<String> = LazyLock::new(|| {
    format!(
        concat!(
            "SELECT g.id, max(a.at) FROM grants g JOIN audit a ON a.grant_id = g.id \
             WHERE g.status = 'active' AND g.owner_id IN (",
            owners!("$1"),
            ") AND a.action = '{}' AND a.at > $2 GROUP BY g.id LIMIT 500"
        ),
        Deed::RefreshTokenReused.as_str()
    )
});

/// Statements that requests wait for, each with the kinds of its parameters.
#[cfg(test)]
pub(crate) const HOT: &[(&str, &str)] =
    &[(FACTS, "b"), (ACTIVE_OF_APP, "bb"), (REVOKE, "bti"), (FORGET_FAMILIES, "bi")];

impl Consent {
    /// What the audit calls it.
    #[must_use]
    pub fn action(&self) -> Deed {
        match self {
            Consent::Give { .. } => Deed::GrantCreated,
            Consent::Change { .. } => Deed::GrantUpdated,
        }
    }

    /// The grant that is given or changed.
    #[must_use]
    pub fn grant(&self) -> &Grant {
        match self {
            Consent::Give { grant } | Consent::Change { grant, .. } => grant,
        }
    }

    pub(crate) fn append(self, commit: Commit) -> Commit {
        match self {
            Consent::Give { grant } => {
                let owner: Value = match grant.level {
                    Level::User => grant.user.into(),
                    Level::Tenant => grant.tenant.into(),
                };
                let values = [
                    grant.id.into(),
                    grant.app.into(),
                    grant.level.as_str().into(),
                    grant.tenant.into(),
                    grant.user.into(),
                    owner,
                    (&grant.scopes).into(),
                    grant.created_at.into(),
                    grant.expires_at.into(),
                ];
                commit.step(GIVE, values, Expect::One)
            }
            Consent::Change { grant, scopes, now } => {
                let values = [grant.id.into(), grant.updated_at.into(), (&scopes).into(), now.into()];
                commit.step(CHANGE, values, Expect::One)
            }
        }
    }
}

impl Store {
    /// A grant with everyone it depends on, at most a second old.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn grant_facts(
        &self,
        id: GrantId,
        now: Timestamp,
    ) -> Result<Option<Arc<GrantFacts>>, StoreError> {
        let load = self.load_one(FACTS, id, facts_from_row);
        self.recall(&self.caches().grants, id, now, load).await
    }

    /// Where a person belongs, what they (or their tenants) gave an app, and what they answered it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn consent_facts(&self, user: UserId, app: AppId) -> Result<ConsentFacts, StoreError> {
        let [places, grants, seen] = self
            .engine()
            .load_all([
                (PLACES, &[user.into(), app.into()]),
                (ACTIVE_OF_APP, &[app.into(), user.into()]),
                (SEEN, &[user.into(), app.into()]),
            ])
            .await?;
        let places = each(places, |row| Ok((row.boolean()?, membership_from_row(row)?)))?;
        let closed = places.iter().filter(|(admitted, _)| !admitted);
        Ok(ConsentFacts {
            not_admitted: closed.map(|(_, membership)| membership.tenant.id).collect(),
            memberships: places.into_iter().map(|(_, membership)| membership).collect(),
            grants: each(grants, grant_from_row)?,
            seen: each(seen, seen_from_row)?,
        })
    }

    /// The same, at most a second old: enough to see that nobody has to be asked again, for what a grant allows is
    /// looked at once more when its code is redeemed. What is asked or changed rests on [`Store::consent_facts`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn remembered_consent(
        &self,
        user: UserId,
        app: AppId,
        now: Timestamp,
    ) -> Result<Arc<ConsentFacts>, StoreError> {
        let caches = self.caches();
        let mark = caches.mark(user.bytes(), now);
        if let Some(facts) = caches.believe(caches.consents.get(&(user, app)), mark) {
            return Ok(facts);
        }
        let facts = Arc::new(self.consent_facts(user, app).await?);
        caches.consents.insert((user, app), Kept::new(facts.clone(), mark));
        Ok(facts)
    }

    /// What a person is connected to, and what is installed where they belong, latest first; 500 at most.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn connections(&self, user: UserId) -> Result<Vec<GrantFacts>, StoreError> {
        each(self.engine().load(CONNECTED, &[user.into()]).await?, facts_from_row)
    }

    /// Which of a person's connections had a refresh token used twice after `since`, and when last; 500 at most.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn reuses(
        &self,
        user: UserId,
        since: Timestamp,
    ) -> Result<Vec<(GrantId, Timestamp)>, StoreError> {
        let rows = self.engine().load(&REUSES, &[user.into(), since.into()]).await?;
        each(rows, |row| Ok((row.id()?, row.timestamp()?)))
    }

    /// Ends a grant and, since they hang from it, all its tokens. It is idempotent.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn revoke_grant(
        &self,
        id: GrantId,
        reason: &'static str,
        audit: Audit,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let commit = Commit::new()
            .step(REVOKE, [id.into(), reason.into(), now.into()], Expect::AtMostOne)
            .step(FORGET_FAMILIES, [id.into(), now.into()], Expect::Any);
        self.commit_and_turn(audit.append(commit), Doubt::All).await.map(|_| ())
    }
}

/// Ends every grant that a person made, with its tokens.
pub(crate) fn end_grants_of(commit: Commit, user: UserId, now: Timestamp) -> Commit {
    const END: &str = "UPDATE grants SET status = 'revoked', ended_reason = 'address', updated_at = $2 \
        WHERE user_id = $1 AND status = 'active'";
    const FORGET: &str = "UPDATE families SET expires_at = $2, sealed_successor = NULL \
        WHERE grant_id IN (SELECT id FROM grants WHERE user_id = $1) AND (expires_at IS NULL OR expires_at > $2)";
    commit.step(END, [user.into(), now.into()], Expect::Any).step(
        FORGET,
        [user.into(), now.into()],
        Expect::Any,
    )
}

pub(crate) fn grant_from_row(row: &mut Cursor) -> Result<Grant, StoreError> {
    Ok(Grant {
        id: row.id()?,
        app: row.id()?,
        level: row.word(Level::parse)?,
        tenant: row.id()?,
        user: row.id()?,
        scopes: row.scopes()?,
        status: row.word(GrantStatus::parse)?,
        created_at: row.timestamp()?,
        updated_at: row.timestamp()?,
        last_used_at: row.optional_timestamp()?,
        expires_at: row.optional_timestamp()?,
    })
}

/// Records what `user` answered.
pub(crate) fn see(commit: Commit, user: UserId, seen: &Seen, at: Timestamp) -> Commit {
    let destinations = serde_json::Value::from(seen.destinations.as_slice()).to_string();
    // No identifier of an API holds a blank.
    let resources: Vec<&str> = seen.known.resources.iter().map(String::as_str).collect();
    let values = parameters![
        seen.grant,
        user,
        destinations,
        &seen.refused,
        seen.known.name.as_str(),
        seen.known.publisher.as_str(),
        resources.join(" "),
        &seen.known.scopes,
        at
    ];
    commit.step(SEE, values, Expect::One)
}

fn seen_from_row(row: &mut Cursor) -> Result<Seen, StoreError> {
    let (grant, tenant) = (row.id()?, row.id()?);
    let stored: Vec<String> = serde_json::from_str(&row.text()?)
        .map_err(|error| StoreError::unavailable(format_args!("stored destinations: {error}")))?;
    // A carried-over row holds redirect URIs in full.
    let destinations = stored.iter().map(|uri| redirect_uri::destination(uri)).collect();
    let refused = row.scopes()?;
    let (name, publisher) = (row.text()?, row.text()?);
    let resources = row.text()?.split(' ').map(str::to_owned).collect();
    let known = Known { name, publisher, resources, scopes: row.scopes()? };
    Ok(Seen { grant, tenant, destinations, refused, known })
}

fn facts_from_row(row: &mut Cursor) -> Result<GrantFacts, StoreError> {
    Ok(GrantFacts {
        grant: grant_from_row(row)?,
        tenant: tenant_from_row(row)?,
        user: user_from_row(row)?,
        valid_from: row.timestamp()?,
        role: row.optional_text()?,
        admitted: row.boolean()?,
        only_family: row.optional_id()?.zip(row.optional_timestamp()?),
    })
}
