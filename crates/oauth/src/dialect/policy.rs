//! Policy of a dialect: copies the knobs that change a decision out of it, so that decisions never look at one.

use super::{Dialect, Endpoint, Serves};
use crate::policy::{AuthorizationPolicy, ClientPolicy, Policy};

impl Dialect {
    /// What the decisions at one of its endpoints go by: its own where it names a knob, else the server's.
    #[must_use]
    pub fn policy(&self, endpoint: &Endpoint, server: &Policy) -> Policy {
        let (own, token) = (&endpoint.rules.lifetimes, &endpoint.rules.token);
        Policy {
            clients: self.clients(endpoint),
            authorization: endpoint.authorization(),
            code: own.code.unwrap_or(server.code),
            access: own.access.unwrap_or(server.access),
            refresh: own.refresh.unwrap_or(server.refresh),
            refresh_slides: own.refresh_slides.unwrap_or(server.refresh_slides),
            refresh_max_confidential: own.refresh_max.unwrap_or(server.refresh_max_confidential),
            refresh_max_public: own.refresh_max.unwrap_or(server.refresh_max_public),
            grace: own.grace.unwrap_or(server.grace),
            rotation: token.rotations(),
            redirect_uri_on_refresh: token.redirect_uri_on_refresh,
            old_access_token: token.old_access_token,
            one_family_per_grant: token.one_family_per_grant,
            refresh_tokens: token.refresh_tokens,
            pkce: endpoint.rules.authorize.pkce.unwrap_or(server.pkce),
            unknown_scopes: server.unknown_scopes,
        }
    }

    /// Everybody may ask about a token or end one where the endpoint says so; nobody gets one outside their dialect.
    fn clients(&self, endpoint: &Endpoint) -> ClientPolicy {
        let token = &endpoint.rules.token;
        ClientPolicy {
            dialect: self.name.clone(),
            public_clients: self.public_clients,
            foreign_clients: token.foreign_clients && endpoint.serves != Serves::Token,
            authentication: token.authentication.clone(),
            same_proof_twice: token.same_proof_twice,
            grant_types: token.grant_types.clone(),
        }
    }
}

impl Endpoint {
    fn authorization(&self) -> AuthorizationPolicy {
        let rules = &self.rules.authorize;
        AuthorizationPolicy {
            response_type_optional: rules.response_type_optional,
            redirect_uri_optional: rules.redirect_uri_optional,
            redirect_uri_once: rules.redirect_uri_once,
            scope_from: rules.scope_from,
            scope_required: rules.scope_required,
            scope_optional_for: rules.scope_optional_for.clone(),
            scope_separators: rules.scope_separators.chars().collect(),
            required_scopes: rules.required_scopes.clone(),
            level: rules.level,
            refuse_closed_place: rules.refuse_closed_place,
            iss: rules.iss,
        }
    }
}
