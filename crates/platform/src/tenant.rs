//! Tenants (the host's customer organizations) and memberships: what a person is in one of them.

use symbolon_oauth::id::TenantId;

/// Whether a tenant stands for several people or for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TenantKind {
    /// A customer organization.
    Organization,
    /// One person's own space; pages never call it a tenant.
    Personal,
}

impl TenantKind {
    /// The spelling of declared state and storage.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            TenantKind::Organization => "organization",
            TenantKind::Personal => "personal",
        }
    }

    /// Reads that spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<TenantKind> {
        [TenantKind::Organization, TenantKind::Personal].into_iter().find(|k| k.as_str() == text)
    }
}

/// Whether something is in force. Used by tenants, people and memberships.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// In force.
    Active,
    /// Stopped, and can be taken up again.
    Disabled,
}

impl Standing {
    /// The spelling of declared state and storage.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Active => "active",
            Standing::Disabled => "disabled",
        }
    }

    /// Reads that spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Standing> {
        [Standing::Active, Standing::Disabled].into_iter().find(|s| s.as_str() == text)
    }
}

/// A tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// The row.
    pub id: TenantId,
    /// The host's own identifier; `tenant_id` in answers.
    pub external_id: String,
    /// Shown at consent.
    pub name: String,
    /// Organization or personal.
    pub kind: TenantKind,
    /// Where this tenant's API is; `base_url` in answers.
    pub base_url: Option<String>,
    /// The host's name for where its data live.
    pub region: Option<String>,
    /// Whether it is in force.
    pub standing: Standing,
}

/// What a person is in a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The tenant, as a whole.
    pub tenant: Tenant,
    /// The key of the role the person has there now.
    pub role: String,
    /// Whether the membership is in force.
    pub standing: Standing,
}
