//! The audit log: who did what. A row is written in the transaction of the deed, so that neither is ever there without the
//! other.

use symbolon_oauth::id::{AppId, GrantId, Id, TenantId, UserId};
use symbolon_oauth::time::Timestamp;
use symbolon_platform::deed::Deed;
use symbolon_platform::grant::Grant;

use crate::engine::{Commit, Cursor, Expect, StoreError, each};
use crate::parameters;
use crate::store::Store;

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Whoever runs commands on the server's machine.
    Operator,
    /// A signed-in person.
    User(UserId),
    /// An app, with its own credential.
    App(AppId),
    /// The server itself: a sweep, a detected replay.
    Server,
}

impl Actor {
    fn kind(self) -> &'static str {
        match self {
            Actor::Operator => "operator",
            Actor::User(_) => "user",
            Actor::App(_) => "app",
            Actor::Server => "server",
        }
    }

    fn id(self) -> Option<[u8; 16]> {
        match self {
            Actor::Operator | Actor::Server => None,
            Actor::User(id) => Some(*id.bytes()),
            Actor::App(id) => Some(*id.bytes()),
        }
    }

    /// Reads an actor: the kind, then the identifier.
    fn from_row(row: &mut Cursor) -> Result<Actor, StoreError> {
        match row.text()?.as_str() {
            "user" => row.id().map(Actor::User),
            "app" => row.id().map(Actor::App),
            "operator" => row.skip().map(|()| Actor::Operator),
            _ => row.skip().map(|()| Actor::Server),
        }
    }
}

/// One deed: what, by whom, to whom. Made by [`Audit::new`] and what follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Audit {
    /// The row.
    pub id: Id<Audit>,
    /// When.
    pub at: Timestamp,
    /// What was done.
    pub action: Deed,
    /// Who did it.
    pub actor: Actor,
    /// The app concerned.
    pub app: Option<AppId>,
    /// The person concerned.
    pub user: Option<UserId>,
    /// The tenant concerned.
    pub tenant: Option<TenantId>,
    /// The connection concerned.
    pub grant: Option<GrantId>,
    /// The request that did it, as in the logs.
    pub request_id: Option<String>,
    /// More, for people. Never a secret.
    pub detail: Option<String>,
}

impl Audit {
    /// A deed that concerns nobody yet.
    #[must_use]
    pub fn new(id: Id<Audit>, at: Timestamp, action: Deed, actor: Actor) -> Audit {
        Audit {
            id,
            at,
            action,
            actor,
            app: None,
            user: None,
            tenant: None,
            grant: None,
            request_id: None,
            detail: None,
        }
    }

    /// Concerns this app.
    #[must_use]
    pub fn app(self, app: impl Into<Option<AppId>>) -> Audit {
        Audit { app: app.into(), ..self }
    }

    /// Concerns this person.
    #[must_use]
    pub fn user(self, user: impl Into<Option<UserId>>) -> Audit {
        Audit { user: user.into(), ..self }
    }

    /// Concerns this tenant.
    #[must_use]
    pub fn tenant(self, tenant: impl Into<Option<TenantId>>) -> Audit {
        Audit { tenant: tenant.into(), ..self }
    }

    /// Concerns this connection, with its app, its person and its tenant.
    #[must_use]
    pub fn of_grant(self, grant: &Grant) -> Audit {
        Audit { grant: Some(grant.id), ..self.app(grant.app).user(grant.user).tenant(grant.tenant) }
    }

    /// Done by this request.
    #[must_use]
    pub fn request(self, id: &str) -> Audit {
        Audit { request_id: Some(id.to_owned()), ..self }
    }

    /// More, for people. Never a secret.
    #[must_use]
    pub fn detail(self, detail: impl Into<String>) -> Audit {
        Audit { detail: Some(detail.into()), ..self }
    }

    /// Adds the row to the commit of the deed.
    #[must_use]
    pub fn append(&self, commit: Commit) -> Commit {
        const INSERT: &str = "INSERT INTO audit \
            (id, at, action, actor_kind, actor_id, app_id, user_id, tenant_id, grant_id, request_id, detail) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        let actor_id = self.actor.id().map(Vec::from);
        let row = parameters![
            self.id,
            self.at,
            self.action.as_str(),
            self.actor.kind(),
            actor_id,
            self.app,
            self.user,
            self.tenant,
            self.grant,
            self.request_id.clone(),
            self.detail.clone(),
        ];
        commit.step(INSERT, row, Expect::One)
    }
}

/// The columns of [`audit_from_row`].
macro_rules! audit_columns {
    () => {
        "id, at, action, actor_kind, actor_id, app_id, user_id, tenant_id, grant_id, request_id, detail"
    };
}
pub(crate) use audit_columns;

/// Nothing for a deed that this version does not know: another version that runs beside this one wrote it, and the rest of
/// the audit is not kept from people because of it.
pub(crate) fn audit_from_row(row: &mut Cursor) -> Result<Option<Audit>, StoreError> {
    let (id, at, name) = (row.id()?, row.timestamp()?, row.text()?);
    let actor = Actor::from_row(row)?;
    let (app, user, tenant, grant) =
        (row.optional_id()?, row.optional_id()?, row.optional_id()?, row.optional_id()?);
    let (request_id, detail) = (row.optional_text()?, row.optional_text()?);
    let Some(action) = Deed::parse(&name) else {
        tracing::warn!(deed = name, "the audit holds a deed that this version does not know: it is left out");
        return Ok(None);
    };
    Ok(Some(Audit { id, at, action, actor, app, user, tenant, grant, request_id, detail }))
}

/// Which deeds are asked for; what is not said is not asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Done at this moment or later.
    pub since: Option<Timestamp>,
    /// Done before this moment.
    pub until: Option<Timestamp>,
    /// Of this name.
    pub deed: Option<Deed>,
    /// Concerning this person, or done by them.
    pub user: Option<UserId>,
    /// Concerning this app, or done by it.
    pub app: Option<AppId>,
    /// Concerning this tenant.
    pub tenant: Option<TenantId>,
}

/// A deed with what whoever it concerns is called, as far as they are still there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The deed.
    pub audit: Audit,
    /// The client id of the app.
    pub client_id: Option<String>,
    /// The host's identifier of the person.
    pub user: Option<String>,
    /// The host's identifier of the tenant.
    pub tenant: Option<String>,
}

/// Deeds, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Those that were wanted.
    pub deeds: Vec<Named>,
    /// Where to go on, if there may be more.
    pub next: Option<Id<Audit>>,
}

impl Wanted {
    fn fits(&self, audit: &Audit) -> bool {
        let asked = |wanted: bool, fits: bool| !wanted || fits;
        let by = |actor: Option<Actor>| actor.is_some_and(|actor| actor == audit.actor);
        asked(self.deed.is_some(), self.deed == Some(audit.action))
            && asked(self.user.is_some(), self.user == audit.user || by(self.user.map(Actor::User)))
            && asked(self.app.is_some(), self.app == audit.app || by(self.app.map(Actor::App)))
            && asked(self.tenant.is_some(), self.tenant == audit.tenant)
    }

    /// The identifiers between which they stand: an identifier begins with the moment of its deed.
    fn range(&self) -> (Id<Audit>, Id<Audit>) {
        let first = |at: Timestamp| Id::time_ordered(at.0.max(0), [0; 10]);
        (self.since.map_or(Id::new([0; 16]), first), self.until.map_or(Id::new([0xff; 16]), first))
    }
}

/// Rows that one statement reads: however many do not fit, no statement runs long.
const WINDOW: i64 = 1000;

const WINDOW_OF: &str = concat!(
    "SELECT a.id, ",
    "a.id, a.at, a.action, a.actor_kind, a.actor_id, a.app_id, a.user_id, a.tenant_id, a.grant_id, a.request_id, a.detail, ",
    "p.client_id, u.external_id, t.external_id FROM (SELECT ",
    audit_columns!(),
    " FROM audit WHERE id >= $1 AND id < $2 ORDER BY id DESC LIMIT $3) a \
     LEFT JOIN apps p ON p.id = a.app_id LEFT JOIN users u ON u.id = a.user_id \
     LEFT JOIN tenants t ON t.id = a.tenant_id ORDER BY a.id DESC"
);

/// What operators did, by the identifiers of the deeds, which begin with their moment.
const BY_OPERATORS: &str = "SELECT a.id, \
    a.id, a.at, a.action, a.actor_kind, a.actor_id, a.app_id, a.user_id, a.tenant_id, a.grant_id, a.request_id, a.detail, \
    p.client_id, u.external_id, t.external_id FROM audit a \
    LEFT JOIN apps p ON p.id = a.app_id LEFT JOIN users u ON u.id = a.user_id \
    LEFT JOIN tenants t ON t.id = a.tenant_id \
    WHERE a.id >= $1 AND a.actor_kind = 'operator' ORDER BY a.id LIMIT $2";

/// The identifier, and the deed where this version knows it.
fn named_from_row(row: &mut Cursor) -> Result<(Id<Audit>, Option<Named>), StoreError> {
    let (id, audit) = (row.id()?, audit_from_row(row)?);
    let (client_id, user, tenant) = (row.optional_text()?, row.optional_text()?, row.optional_text()?);
    Ok((id, audit.map(|audit| Named { audit, client_id, user, tenant })))
}

impl Store {
    /// Writes a row about what needs no other write.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn record(&self, audit: Audit) -> Result<(), StoreError> {
        self.engine().commit(audit.append(Commit::new())).await.map(|_| ())
    }

    /// Up to `most` of what operators did from `since` on, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn deeds_of_operators(&self, since: Timestamp, most: i64) -> Result<Vec<Named>, StoreError> {
        let from: Id<Audit> = Id::time_ordered(since.0.max(0), [0; 10]);
        let rows = self.engine().load(BY_OPERATORS, &parameters![from, most]).await?;
        Ok(each(rows, named_from_row)?.into_iter().filter_map(|(_, named)| named).collect())
    }

    /// Up to `most` of the deeds that are wanted, newest first, from before `before` on. Those that only another version
    /// knows are left out.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn find_audit(
        &self,
        wanted: &Wanted,
        before: Option<Id<Audit>>,
        most: usize,
    ) -> Result<Page, StoreError> {
        let (from, end) = wanted.range();
        let mut end = before.map_or(end, |before| before.min(end));
        let mut deeds = Vec::new();
        loop {
            let rows = self.engine().load(WINDOW_OF, &parameters![from, end, WINDOW]).await?;
            let rows = each(rows, named_from_row)?;
            let last_window = i64::try_from(rows.len()).is_ok_and(|rows| rows < WINDOW);
            for (id, named) in rows {
                if deeds.len() == most {
                    return Ok(Page { deeds, next: Some(end) });
                }
                deeds.extend(named.filter(|named| wanted.fits(&named.audit)));
                end = id;
            }
            if last_window {
                return Ok(Page { deeds, next: None });
            }
        }
    }

    /// The latest deeds, newest first. Those that only another version knows are left out.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn list_audit(&self, most: i64) -> Result<Vec<Audit>, StoreError> {
        const LATEST: &str = concat!("SELECT ", audit_columns!(), " FROM audit ORDER BY id DESC LIMIT $1");
        let rows = each(self.engine().load(LATEST, &parameters![most]).await?, audit_from_row)?;
        Ok(rows.into_iter().flatten().collect())
    }
}
