//! Authorization codes: issued with or without a consent, redeemed once (a compare-and-set on their state), or burnt.

use symbolon_oauth::authorize::AuthorizationRequest;
use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::grant_type::authorization_code::{CodeFacts, CodeState, Redemption};
use symbolon_oauth::grant_type::refresh_token::Minted;
use symbolon_oauth::id::{AccessTokenId, AppId, CodeId, FamilyId, GrantId, InteractionId, TenantId, UserId};
use symbolon_oauth::pkce::Challenge;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::{Timestamp, latest};
use symbolon_platform::consent::Seen;

use crate::audit::Audit;
use crate::cache::Doubt;
use crate::engine::{Commit, Cursor, Expect, StoreError, Value};
use crate::grants::{self, Consent};
use crate::parameters;
use crate::store::Store;
use crate::tokens::{INSERT_ACCESS, INSERT_FAMILY, NewAccess, TAKE_PLACE};

/// A code to be stored.
#[derive(Clone, Debug)]
pub struct NewCode<'a> {
    /// Its row.
    pub id: CodeId,
    /// SHA-256 of its text.
    pub hash: SecretHash,
    /// For which app.
    pub app: AppId,
    /// Under which grant.
    pub grant: GrantId,
    /// The request it answers.
    pub request: &'a AuthorizationRequest,
    /// What was consented to.
    pub scopes: &'a ScopeSet,
    /// When the person signed in.
    pub auth_time: Timestamp,
    /// When it begins: not before the session in which it was allowed, whatever the clock says.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A consent form that is answered by a code.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The interaction, which can be answered once.
    pub interaction: InteractionId,
    /// Until when it must be remembered as answered.
    pub expires_at: Timestamp,
    /// What was consented to.
    pub consent: Consent,
    /// Who answered.
    pub user: UserId,
    /// What is kept of it for the next time.
    pub seen: Seen,
}

/// What a redemption brings into being.
#[derive(Clone, Copy, Debug)]
pub struct NewFamily {
    /// The family, and the identifier inside its refresh tokens.
    pub family: FamilyId,
    /// When it begins: not before its code, whatever the clock says.
    pub began: Timestamp,
    /// Its refresh token, if it has one.
    pub refresh: Option<Minted>,
    /// Its first access token.
    pub access_token: AccessTokenId,
    /// The hash of that.
    pub access_hash: SecretHash,
    /// Until when it must be known although it expired, if longer; the newest as long as its family.
    pub access_kept_until: Option<Timestamp>,
}

const LOAD: &str = "SELECT id, hash, app_id, grant_id, redirect_uri, redirect_uri_sent, challenge, scopes, resource, \
     state, family_id, created_at, expires_at FROM authorization_codes WHERE id = $1";

const INSERT: &str = "INSERT INTO authorization_codes (id, hash, app_id, grant_id, redirect_uri, redirect_uri_sent, \
     challenge, scopes, resource, auth_time, state, family_id, created_at, expires_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'issued', NULL, $11, $12)";

const SPEND_INTERACTION: &str = "INSERT INTO spent_interactions (id, expires_at) VALUES ($1, $2)";

const REDEEM: &str =
    "UPDATE authorization_codes SET state = 'redeemed', family_id = $2 WHERE id = $1 AND state = 'issued'";

const SPEND: &str = "UPDATE authorization_codes SET state = 'spent' WHERE id = $1 AND state = 'issued'";

/// Statements that requests wait for, each with the kinds of its parameters.
#[cfg(test)]
pub(crate) const HOT: &[(&str, &str)] = &[(LOAD, "b"), (REDEEM, "bb"), (SPEND, "b")];

/// Burns what is under way for an app that is stopped: codes that were not exchanged do not come back with it.
pub(crate) fn spend_codes_of_app(commit: Commit, app: AppId) -> Commit {
    const SPEND: &str =
        "UPDATE authorization_codes SET state = 'spent' WHERE app_id = $1 AND state = 'issued'";
    commit.step(SPEND, parameters![app], Expect::Any)
}

/// The same for a person, whatever the app.
pub(crate) fn spend_codes_of_user(commit: Commit, user: UserId) -> Commit {
    const SPEND: &str = "UPDATE authorization_codes SET state = 'spent' WHERE state = 'issued' \
        AND grant_id IN (SELECT id FROM grants WHERE user_id = $1)";
    commit.step(SPEND, parameters![user], Expect::Any)
}

/// The same for a tenant, whoever acts for it.
pub(crate) fn spend_codes_of_tenant(commit: Commit, tenant: TenantId) -> Commit {
    const SPEND: &str = "UPDATE authorization_codes SET state = 'spent' WHERE state = 'issued' \
        AND grant_id IN (SELECT id FROM grants WHERE tenant_id = $1)";
    commit.step(SPEND, parameters![tenant], Expect::Any)
}

/// The same for what a person does in one tenant.
pub(crate) fn spend_codes_of_member(commit: Commit, tenant: TenantId, user: UserId) -> Commit {
    const SPEND: &str = "UPDATE authorization_codes SET state = 'spent' WHERE state = 'issued' \
        AND grant_id IN (SELECT id FROM grants WHERE user_id = $1 AND tenant_id = $2)";
    commit.step(SPEND, parameters![user, tenant], Expect::Any)
}

impl Store {
    /// Stores a code. With `answered`, in the same transaction the interaction is spent and the consent recorded.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the interaction was answered already or the grant changed meanwhile.
    pub async fn issue_code(
        &self,
        code: NewCode<'_>,
        answered: Option<Answered>,
        audit: Option<Audit>,
    ) -> Result<(), StoreError> {
        let mut commit = Commit::new();
        let consented = answered.is_some();
        if let Some(answered) = answered {
            commit = commit.step(
                SPEND_INTERACTION,
                [answered.interaction.into(), answered.expires_at.into()],
                Expect::One,
            );
            commit = answered.consent.append(commit);
            commit = grants::see(commit, answered.user, &answered.seen, code.created_at);
        }
        commit = commit.step(INSERT, code.values(), Expect::One);
        if let Some(audit) = audit {
            commit = audit.append(commit);
        }
        if consented {
            return self.commit_and_turn(commit, Doubt::All).await.map(|_| ());
        }
        self.engine().commit(commit).await.map(|_| ())
    }

    /// The code of this row.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn code(&self, id: CodeId) -> Result<Option<CodeFacts>, StoreError> {
        self.load_one(LOAD, id, code_from_row).await
    }

    /// Consumes a code and begins its token family.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the code is no longer waiting to be exchanged.
    pub async fn redeem_code(
        &self,
        redemption: &Redemption,
        app: AppId,
        new: NewFamily,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let family = new.values(redemption, app, now);
        let access = new.first_access(redemption, app, now);
        let insert = if redemption.ends_others { TAKE_PLACE } else { INSERT_FAMILY };
        let commit = Commit::new()
            .step(REDEEM, [redemption.code.into(), new.family.into()], Expect::One)
            .step(insert, family, Expect::One)
            .step(INSERT_ACCESS, access.values(), Expect::One);
        if redemption.ends_others {
            let kept = self.caches().grants.get(&redemption.grant);
            self.commit_and_turn(commit, Doubt::One(*redemption.grant.bytes())).await?;
            if let Some(kept) = kept {
                self.caches().left_one_family(redemption.grant, &kept, (new.family, new.began));
            }
            return Ok(());
        }
        self.engine().commit(commit).await.map(|_| ())
    }

    /// Burns a code that is still waiting to be exchanged.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn spend_code(&self, id: CodeId) -> Result<(), StoreError> {
        let commit = Commit::new().step(SPEND, [id.into()], Expect::AtMostOne);
        self.engine().commit(commit).await.map(|_| ())
    }

    /// Records that an interaction was answered with a refusal.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it was answered already.
    pub async fn spend_interaction(
        &self,
        interaction: InteractionId,
        expires_at: Timestamp,
        audit: Audit,
    ) -> Result<(), StoreError> {
        let commit =
            Commit::new().step(SPEND_INTERACTION, [interaction.into(), expires_at.into()], Expect::One);
        self.engine().commit(audit.append(commit)).await.map(|_| ())
    }
}

impl NewFamily {
    fn values(&self, redemption: &Redemption, app: AppId, now: Timestamp) -> Vec<Value> {
        let refresh_expires_at = redemption.refresh_expires_at(now);
        let access_expires_at = now.after(redemption.access);
        let expires_at = match redemption.refresh {
            Some(_) => latest(refresh_expires_at, access_expires_at),
            None => access_expires_at,
        };
        vec![
            self.family.into(),
            app.into(),
            redemption.grant.into(),
            (&redemption.scopes).into(),
            redemption.resource.clone().into(),
            self.refresh.map(|refresh| refresh.hash).into(),
            refresh_expires_at.into(),
            self.began.into(),
            redemption.ends_at(now).into(),
            expires_at.into(),
            redemption.only_access.then_some(self.access_token).into(),
            redemption.generation.into(),
            self.refresh.map(|refresh| i64::from(refresh.mark.0)).into(),
        ]
    }

    fn first_access<'a>(&self, redemption: &'a Redemption, app: AppId, now: Timestamp) -> NewAccess<'a> {
        NewAccess {
            id: self.access_token,
            hash: self.access_hash,
            app,
            hangs_from: (redemption.grant, self.family),
            scopes: &redemption.scopes,
            resource: redemption.resource.as_deref(),
            created_at: now,
            expires_at: now.after(redemption.access),
            kept_until: self.access_kept_until,
            rotation: None,
        }
    }
}

impl NewCode<'_> {
    fn values(&self) -> Vec<Value> {
        let addressed = &self.request.addressed;
        vec![
            self.id.into(),
            self.hash.into(),
            self.app.into(),
            self.grant.into(),
            addressed.redirect_uri().into(),
            addressed.redirect_uri_sent().into(),
            self.request.challenge.as_ref().map(Challenge::as_str).into(),
            self.scopes.into(),
            self.request.resource.clone().into(),
            self.auth_time.into(),
            self.created_at.into(),
            self.expires_at.into(),
        ]
    }
}

fn code_from_row(row: &mut Cursor) -> Result<CodeFacts, StoreError> {
    Ok(CodeFacts {
        id: row.id()?,
        hash: row.hash()?,
        app: row.id()?,
        grant: row.id()?,
        redirect_uri: row.text()?,
        redirect_uri_sent: row.boolean()?,
        challenge: row.optional_text()?.map(Challenge::from_stored),
        scopes: row.scopes()?,
        resource: row.optional_text()?,
        state: match (row.text()?.as_str(), row.optional_id()?) {
            ("issued", _) => CodeState::Issued,
            ("redeemed", Some(family)) => CodeState::Redeemed(family),
            _ => CodeState::Spent,
        },
        created_at: row.timestamp()?,
        expires_at: row.timestamp()?,
    })
}
