//! Grants: the standing permission a resource owner gave an app, from which token families hang.

use symbolon_oauth::client::Level;
use symbolon_oauth::id::{AppId, GrantId, TenantId, UserId};
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;

/// Whether a grant is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantStatus {
    /// In force.
    Active,
    /// Ended by the person, an administrator, the app itself or staff. A new consent makes a new grant.
    Revoked,
}

impl GrantStatus {
    /// The spelling of storage.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            GrantStatus::Active => "active",
            GrantStatus::Revoked => "revoked",
        }
    }

    /// Reads that spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<GrantStatus> {
        [GrantStatus::Active, GrantStatus::Revoked].into_iter().find(|s| s.as_str() == text)
    }
}

/// A grant: one per app, tenant and person, or per app and tenant at tenant level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The row.
    pub id: GrantId,
    /// The app it was given to.
    pub app: AppId,
    /// User or tenant level.
    pub level: Level,
    /// The one tenant it is about.
    pub tenant: TenantId,
    /// The person it acts as; at tenant level the one who installed it.
    pub user: UserId,
    /// What was granted.
    pub scopes: ScopeSet,
    /// Whether it is in force.
    pub status: GrantStatus,
    /// When it ends by itself, if ever.
    pub expires_at: Option<Timestamp>,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last extended or narrowed.
    pub updated_at: Timestamp,
    /// When one of its tokens was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}
