//! Policy: every knob that a decision reads, as plain values.
//!
//! A dialect is copied into a [`Policy`] once, when it is mounted (`dialect/policy.rs`). Decisions take the policy and
//! never see a dialect, so a dialect can choose among what is offered here and reach nothing else.

use serde::Deserialize;

use crate::client::{AuthenticationMethod, Client, GrantType};
use crate::pkce::PkceRule;
use crate::scope::ScopeSet;
use crate::time::Lifetime;

/// What becomes of a refresh token that was used (RFC 9700 §4.14.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rotation {
    /// It is replaced; using it again after the grace ends the family.
    #[default]
    Strict,
    /// A new one goes out and the old one keeps working. Confidential clients only.
    Overlap,
    /// It stays the same. Confidential clients only.
    None,
}

/// The rotation of every refresh token of an endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rotations {
    /// Where nothing else is said.
    pub usual: Rotation,
    /// Of one that came in a header.
    pub from_header: Option<Rotation>,
    /// Of a public client's.
    pub of_public_clients: Option<Rotation>,
}

impl Rotations {
    /// The same for all.
    #[must_use]
    pub fn always(usual: Rotation) -> Rotations {
        Rotations { usual, ..Rotations::default() }
    }

    /// Of one that came in a header or in a body, from a public or a confidential client.
    #[must_use]
    pub fn of(self, in_header: bool, is_public: bool) -> Rotation {
        let by_place = if in_header { self.from_header } else { None };
        let by_client = if is_public { self.of_public_clients } else { None };
        by_client.or(by_place).unwrap_or(self.usual)
    }
}

/// What a refresh does to the access token before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OldAccessToken {
    /// It lives on until its own end.
    #[default]
    Keep,
    /// It ends at once.
    Revoke,
}

/// What ends with an access token that is revoked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cascade {
    /// That token.
    #[default]
    Token,
    /// Its whole family.
    Family,
}

/// Where the scopes of an authorization request come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeFrom {
    /// The request; the app's own when it names none.
    #[default]
    Request,
    /// The app's own, whatever the request says.
    App,
}

/// What becomes of scopes that an app asks for and may not have (RFC 6749 §3.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownScopes {
    /// The request is refused.
    #[default]
    Refuse,
    /// They fall away, and the answer tells what is left. A request that is left with none is refused.
    Narrow,
}

impl UnknownScopes {
    /// The spelling of configuration, declared state and storage.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            UnknownScopes::Refuse => "refuse",
            UnknownScopes::Narrow => "narrow",
        }
    }

    /// Reads that spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<UnknownScopes> {
        [UnknownScopes::Refuse, UnknownScopes::Narrow].into_iter().find(|own| own.as_str() == text)
    }
}

/// For whom an app acts after consent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LevelFrom {
    /// As the app says.
    #[default]
    App,
    /// As the chosen tenant says: for an organization as a whole, or as the person in their own space.
    Place,
}

/// What the decisions at one endpoint go by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Which clients are known at the endpoint, and how they prove themselves.
    pub clients: ClientPolicy,
    /// What an authorization request is judged by.
    pub authorization: AuthorizationPolicy,
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
    pub rotation: Rotations,
    /// Whether a `redirect_uri` sent with a refresh must be one of the client's.
    pub redirect_uri_on_refresh: bool,
    /// What a refresh does to the access token before.
    pub old_access_token: OldAccessToken,
    /// Whether a new connection ends the tokens of the one before.
    pub one_family_per_grant: bool,
    /// Whether refresh tokens go out.
    pub refresh_tokens: bool,
    /// Who must send a PKCE challenge.
    pub pkce: PkceRule,
    /// What becomes of scopes that an app may not have, where it does not say itself.
    pub unknown_scopes: UnknownScopes,
}

impl Default for Policy {
    /// The knobs of the standard endpoints where nobody sets them.
    fn default() -> Policy {
        Policy {
            clients: ClientPolicy::default(),
            authorization: AuthorizationPolicy::default(),
            code: Lifetime::seconds(60),
            access: Lifetime::seconds(3600),
            refresh: Lifetime::seconds(30 * 86_400),
            refresh_slides: true,
            refresh_max_confidential: Lifetime::NEVER,
            refresh_max_public: Lifetime::seconds(365 * 86_400),
            grace: Lifetime::seconds(60),
            rotation: Rotations::always(Rotation::Strict),
            redirect_uri_on_refresh: false,
            old_access_token: OldAccessToken::Keep,
            one_family_per_grant: false,
            refresh_tokens: true,
            pkce: PkceRule::Required,
            unknown_scopes: UnknownScopes::Refuse,
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
        client.is_public() || client.native || (self.pkce == PkceRule::Required && !client.pkce_excused)
    }

    /// What is left of the scopes that `client` asks for when it may have `askable`. What is to be refused stays as it was
    /// asked.
    #[must_use]
    pub fn narrowed(&self, client: &Client, asked: ScopeSet, askable: &ScopeSet) -> ScopeSet {
        match client.unknown_scopes.unwrap_or(self.unknown_scopes) {
            UnknownScopes::Refuse => asked,
            UnknownScopes::Narrow => {
                let left = asked.intersection(askable);
                if left.is_empty() { asked } else { left }
            }
        }
    }

    /// Whether `client` gets a refresh token with a code.
    #[must_use]
    pub fn refreshes(&self, client: &Client) -> bool {
        self.refresh_tokens && client.may_use(GrantType::RefreshToken)
    }
}

/// Which clients are known at an endpoint, how they prove themselves, and what they may ask for there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientPolicy {
    /// The name that a client's own must equal: the dialect that is spoken here.
    pub dialect: String,
    /// Whether public clients may speak it.
    pub public_clients: bool,
    /// Whether clients of every dialect may come to this endpoint.
    pub foreign_clients: bool,
    /// The ways in which a client may prove itself.
    pub authentication: Vec<AuthenticationMethod>,
    /// Whether a client may prove itself in two ways at once, where both carry the same credentials.
    pub same_proof_twice: bool,
    /// The grant types that are served.
    pub grant_types: Vec<GrantType>,
}

impl Default for ClientPolicy {
    /// What the standard endpoints take.
    fn default() -> ClientPolicy {
        ClientPolicy {
            dialect: "rfc".to_owned(),
            public_clients: true,
            foreign_clients: false,
            authentication: AuthenticationMethod::ALL.to_vec(),
            same_proof_twice: false,
            grant_types: GrantType::ALL.to_vec(),
        }
    }
}

impl ClientPolicy {
    /// Whether `client` speaks the dialect of this endpoint. A public client does not where the dialect is too loose for
    /// one.
    #[must_use]
    pub fn spoken_by(&self, client: &Client) -> bool {
        client.speaks(&self.dialect, self.public_clients)
    }

    /// Whether `client` is known here at all. Elsewhere than in its dialect it is as unknown as one that never existed.
    #[must_use]
    pub fn knows(&self, client: &Client) -> bool {
        self.foreign_clients || self.spoken_by(client)
    }
}

/// What an authorization request is judged by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationPolicy {
    /// Whether `response_type` may be left out.
    pub response_type_optional: bool,
    /// Whether an app with exactly one redirect URI may leave it out.
    pub redirect_uri_optional: bool,
    /// Whether an exchange may leave out the redirect URI that its authorization request named. With PKCE it always may.
    pub redirect_uri_once: bool,
    /// Where scopes come from.
    pub scope_from: ScopeFrom,
    /// Whether a request must name its scopes.
    pub scope_required: bool,
    /// Apps whose scopes are all among these may leave them out all the same.
    pub scope_optional_for: ScopeSet,
    /// The characters between scopes in a request.
    pub scope_separators: Vec<char>,
    /// Scopes without which no request is accepted.
    pub required_scopes: ScopeSet,
    /// For whom the app acts.
    pub level: LevelFrom,
    /// Whether a tenant that was never offered is answered to the app (`access_denied`) instead of on the page.
    pub refuse_closed_place: bool,
    /// Whether answers carry `iss` (RFC 9207).
    pub iss: bool,
}

impl Default for AuthorizationPolicy {
    /// What RFC 6749 asks for, with `iss` (RFC 9207 §2).
    fn default() -> AuthorizationPolicy {
        AuthorizationPolicy {
            response_type_optional: false,
            redirect_uri_optional: false,
            redirect_uri_once: false,
            scope_from: ScopeFrom::Request,
            scope_required: false,
            scope_optional_for: ScopeSet::new(),
            scope_separators: vec![' '],
            required_scopes: ScopeSet::new(),
            level: LevelFrom::App,
            refuse_closed_place: false,
            iss: true,
        }
    }
}
