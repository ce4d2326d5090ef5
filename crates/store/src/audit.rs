//! Who did what: rows written in the transaction of the deed, so that neither exists without the other.

use symbolon_oauth::id::{AppId, Id, TenantId, UserId};
use symbolon_oauth::time::Timestamp;

use crate::engine::{Commit, Expect};

/// Names an audit row.
pub enum AuditKind {}

/// The identifier of an audit row.
pub type AuditId = Id<AuditKind>;

/// Who acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person, through a page.
    User(UserId),
    /// An app, through an endpoint.
    App(AppId),
    /// The operator, through the command line.
    Operator,
    /// The server itself, by a rule.
    Server,
    /// Somebody who is not known (a failed sign-in).
    Nobody,
}

/// One deed.
#[derive(Clone, Debug)]
pub struct Audit {
    /// The row.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// What: a stable dotted name such as `grant.revoked`.
    pub action: &'static str,
    /// Who.
    pub actor: Actor,
    /// Which app it is about.
    pub app: Option<AppId>,
    /// Which person it is about.
    pub user: Option<UserId>,
    /// Which tenant it is about.
    pub tenant: Option<TenantId>,
    /// The request it came with.
    pub request_id: Option<String>,
    /// What else is worth knowing; never a secret.
    pub detail: Option<String>,
}

const INSERT: &str = "INSERT INTO audit (id, at, action, actor_kind, actor_id, app_id, user_id, tenant_id, request_id, \
     detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

impl Audit {
    /// A deed about nobody in particular; fill in what it is about.
    #[must_use]
    pub fn new(id: AuditId, at: Timestamp, action: &'static str, actor: Actor) -> Audit {
        Audit { id, at, action, actor, app: None, user: None, tenant: None, request_id: None, detail: None }
    }

    /// Writes the deed with the commit that does it.
    #[must_use]
    pub fn append(self, commit: Commit) -> Commit {
        let (kind, actor) = match self.actor {
            Actor::User(id) => ("user", Some(*id.bytes())),
            Actor::App(id) => ("app", Some(*id.bytes())),
            Actor::Operator => ("operator", None),
            Actor::Server => ("server", None),
            Actor::Nobody => ("nobody", None),
        };
        let values = [
            self.id.into(),
            self.at.into(),
            self.action.into(),
            kind.into(),
            actor.map(|bytes| bytes.to_vec()).into(),
            self.app.into(),
            self.user.into(),
            self.tenant.into(),
            self.request_id.into(),
            self.detail.into(),
        ];
        commit.step(INSERT, values, Expect::One)
    }
}
