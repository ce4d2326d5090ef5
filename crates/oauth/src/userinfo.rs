//! User information (OpenID Connect Core §5.3): what is told of whoever is behind an access token.

use serde::Serialize;

/// The answer, with the facts of the tenant beside those of the person. What is absent is left out.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Userinfo<'a> {
    /// As whom the token acts: a person, an installation, or the app itself.
    pub sub: &'a str,
    /// What the person is called.
    #[serde(flatten)]
    pub profile: Profile<'a>,
    /// The host's identifier of the tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<&'a str>,
    /// What the tenant is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_name: Option<&'a str>,
    /// `user` or `tenant`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<&'a str>,
    /// The person's role in the tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'a str>,
    /// The host's identifier of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<&'a str>,
    /// Where the tenant's API is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<&'a str>,
}

/// Personal data, told to whoever was given [`PROFILE`](crate::introspection::PROFILE) and to nobody else.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Profile<'a> {
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// The e-mail address, where there is a proven one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<&'a str>,
    /// `true` beside an address: clients that look for it take no other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_verified: Option<bool>,
}

impl<'a> Profile<'a> {
    /// Of a person with this name, and with this address where it is proven.
    #[must_use]
    pub fn of(name: &'a str, email: Option<&'a str>) -> Profile<'a> {
        Profile { name: Some(name), email, email_verified: email.map(|_| true) }
    }
}
