//! Who did what. A row is written in the transaction of the deed, so that neither is ever there without the other.

use symbolon_oauth::id::{AppId, GrantId, Id, TenantId, UserId};
use symbolon_oauth::time::Timestamp;

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

/// One deed: what, by whom, to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// The row.
    pub id: Id<Audit>,
    /// When.
    pub at: Timestamp,
    /// What was done, dotted: `app.suspended`.
    pub action: String,
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

fn audit_from_row(row: &mut Cursor) -> Result<Audit, StoreError> {
    Ok(Audit {
        id: row.id()?,
        at: row.timestamp()?,
        action: row.text()?,
        actor: Actor::from_row(row)?,
        app: row.optional_id()?,
        user: row.optional_id()?,
        tenant: row.optional_id()?,
        grant: row.optional_id()?,
        request_id: row.optional_text()?,
        detail: row.optional_text()?,
    })
}

impl Store {
    /// The latest deeds, newest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn list_audit(&self, most: i64) -> Result<Vec<Audit>, StoreError> {
        const LATEST: &str = concat!("SELECT ", audit_columns!(), " FROM audit ORDER BY id DESC LIMIT $1");
        each(self.engine().load(LATEST, &parameters![most]).await?, audit_from_row)
    }
}
