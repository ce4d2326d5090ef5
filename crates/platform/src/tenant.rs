//! Tenants (the host's customer organizations) and memberships: what a person is in one of them.

use symbolon_oauth::id::TenantId;
use url::Url;

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

impl Tenant {
    /// What tells it apart from others of `all` that have its name and kind: the host of its API and its region, where they
    /// differ, and the host's identifier where these two are not enough. Empty when no other has its name.
    #[must_use]
    pub fn told_apart<'t>(&'t self, all: &[&'t Tenant]) -> Vec<String> {
        let name = self.name.to_lowercase();
        let alike =
            |own: &&&Tenant| own.id != self.id && own.kind == self.kind && own.name.to_lowercase() == name;
        let others: Vec<&Tenant> = all.iter().filter(alike).copied().collect();
        let host = self.host().filter(|_| others.iter().any(|own| own.host() != self.host()));
        let region = self.region.clone().filter(|_| others.iter().any(|own| own.region != self.region));
        let same = |own: &&Tenant| own.host() == self.host() && own.region == self.region;
        let nothing = host.is_none() && region.is_none();
        let ambiguous = others.iter().any(same) || (nothing && !others.is_empty());
        host.into_iter().chain(region).chain(ambiguous.then(|| self.external_id.clone())).collect()
    }

    /// The host and port of its API.
    fn host(&self) -> Option<String> {
        let url = Url::parse(self.base_url.as_deref()?).ok()?;
        let host = url.host_str()?;
        Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
    }
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

#[cfg(test)]
mod tests {
    use symbolon_oauth::id::Id;

    use super::*;

    fn tenant(number: u8, name: &str, base_url: Option<&str>, region: Option<&str>) -> Tenant {
        Tenant {
            id: Id::new([number; 16]),
            external_id: format!("t{number}"),
            name: name.to_owned(),
            kind: TenantKind::Organization,
            base_url: base_url.map(str::to_owned),
            region: region.map(str::to_owned),
            standing: Standing::Active,
        }
    }

    fn told(tenants: &[Tenant]) -> Vec<String> {
        let all: Vec<&Tenant> = tenants.iter().collect();
        tenants.iter().map(|own| own.told_apart(&all).join(" ")).collect()
    }

    #[test]
    fn what_differs_tells_equal_names_apart() {
        let (one, two) = (Some("https://one.example:8443/v1"), Some("https://two.example"));
        assert_eq!(told(&[tenant(1, "Acme", one, None), tenant(2, "Other", two, None)]), ["", ""]);
        let cases = [
            ([(one, None), (two, None)], ["one.example:8443", "two.example"]),
            ([(one, Some("eu")), (one, Some("us"))], ["eu", "us"]),
            ([(one, Some("eu")), (two, Some("us"))], ["one.example:8443 eu", "two.example us"]),
            ([(one, Some("eu")), (two, Some("eu"))], ["one.example:8443", "two.example"]),
            ([(one, Some("eu")), (one, Some("eu"))], ["t1", "t2"]),
            ([(None, None), (two, None)], ["t1", "two.example"]),
        ];
        for ([first, second], expected) in cases {
            let pair = [tenant(1, "Acme", first.0, first.1), tenant(2, "ACME", second.0, second.1)];
            assert_eq!(told(&pair), expected, "{first:?} {second:?}");
        }
        let three = [tenant(1, "A", one, None), tenant(2, "A", one, None), tenant(3, "A", two, None)];
        assert_eq!(told(&three), ["one.example:8443 t1", "one.example:8443 t2", "two.example"]);
    }

    #[test]
    fn a_space_of_ones_own_is_no_organization_of_that_name() {
        let own = Tenant { kind: TenantKind::Personal, ..tenant(1, "Jane", None, None) };
        assert_eq!(told(&[own.clone(), tenant(2, "Jane", None, None)]), ["", ""]);
        let other = Tenant { id: Id::new([2; 16]), external_id: "t2".to_owned(), ..own.clone() };
        assert_eq!(told(&[own, other]), ["t1", "t2"]);
    }
}
