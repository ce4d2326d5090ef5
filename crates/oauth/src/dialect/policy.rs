//! The knobs that change a decision, copied out of a dialect so that `decide` never looks at one.

use super::Endpoint;
use super::rules::{OldAccessToken, Rotation};
use crate::client::{Client, GrantType};
use crate::pkce::PkceRule;
use crate::time::Lifetime;

/// What the decisions at one endpoint go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long an authorization code lives.
    pub code: Lifetime,
    /// How long an access token lives.
    pub access: Lifetime,
    /// How long an unused refresh token lives.
    pub refresh: Lifetime,
    /// Whether each use begins a refresh token's life anew.
    pub refresh_slides: bool,
    /// How long a confidential client's family can be extended.
    pub refresh_max_confidential: Lifetime,
    /// How long a public client's family can be extended.
    pub refresh_max_public: Lifetime,
    /// How long a used refresh token gets the same successor again.
    pub grace: Lifetime,
    /// What becomes of a used refresh token.
    pub rotation: Rotation,
    /// What a refresh does to the access token before.
    pub old_access_token: OldAccessToken,
    /// Whether a new connection ends the tokens of the one before.
    pub one_family_per_grant: bool,
    /// Whether refresh tokens go out.
    pub refresh_tokens: bool,
    /// Who must send a PKCE challenge.
    pub pkce: PkceRule,
}

impl Default for Policy {
    /// The knobs of the standard endpoints where nobody sets them.
    fn default() -> Policy {
        Policy {
            code: Lifetime::seconds(60),
            access: Lifetime::seconds(3600),
            refresh: Lifetime::seconds(30 * 86_400),
            refresh_slides: true,
            refresh_max_confidential: Lifetime::NEVER,
            refresh_max_public: Lifetime::seconds(365 * 86_400),
            grace: Lifetime::seconds(60),
            rotation: Rotation::Strict,
            old_access_token: OldAccessToken::Keep,
            one_family_per_grant: false,
            refresh_tokens: true,
            pkce: PkceRule::Required,
        }
    }
}

impl Endpoint {
    /// The decisions' knobs: the endpoint's own where it names them, else the server's.
    #[must_use]
    pub fn policy(&self, server: &Policy) -> Policy {
        let (own, token) = (&self.rules.lifetimes, &self.rules.token);
        Policy {
            code: own.code.unwrap_or(server.code),
            access: own.access.unwrap_or(server.access),
            refresh: own.refresh.unwrap_or(server.refresh),
            refresh_slides: own.refresh_slides.unwrap_or(server.refresh_slides),
            refresh_max_confidential: own.refresh_max.unwrap_or(server.refresh_max_confidential),
            refresh_max_public: own.refresh_max.unwrap_or(server.refresh_max_public),
            grace: own.grace.unwrap_or(server.grace),
            rotation: token.rotation,
            old_access_token: token.old_access_token,
            one_family_per_grant: token.one_family_per_grant,
            refresh_tokens: token.refresh_tokens,
            pkce: self.rules.authorize.pkce.unwrap_or(server.pkce),
        }
    }
}

impl Policy {
    /// How long `client`'s families can be extended.
    #[must_use]
    pub fn refresh_max(&self, client: &Client) -> Lifetime {
        if client.is_public() { self.refresh_max_public } else { self.refresh_max_confidential }
    }

    /// Whether `client` must send a PKCE challenge. A public client always must.
    #[must_use]
    pub fn pkce_required(&self, client: &Client) -> bool {
        client.is_public() || (self.pkce == PkceRule::Required && !client.pkce_excused)
    }

    /// Whether `client` gets a refresh token with a code.
    #[must_use]
    pub fn refreshes(&self, client: &Client) -> bool {
        self.refresh_tokens && client.may_use(GrantType::RefreshToken)
    }
}
