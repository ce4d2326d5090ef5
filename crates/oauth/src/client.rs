//! Client (RFC 6749 §2), the protocol's view of an app: what it is, where it may be answered, how it proves itself.
//!
//! The product's view (name, owner, life) is `symbolon_platform::App`, which holds one of these.

use crate::credential::SecretHash;
use crate::id::{AppId, ClientSecretId};
use crate::policy::UnknownScopes;
use crate::redirect_uri;
use crate::scope::ScopeSet;
use crate::time::Timestamp;

/// RFC 6749 §2.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientType {
    /// Can keep a secret: a server.
    Confidential,
    /// Cannot: a browser, a phone, a desktop, a command line.
    Public,
}

impl ClientType {
    /// The spelling of declared state and storage.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ClientType::Confidential => "confidential",
            ClientType::Public => "public",
        }
    }

    /// Reads that spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<ClientType> {
        [ClientType::Confidential, ClientType::Public].into_iter().find(|t| t.as_str() == text)
    }
}

/// For whom an app acts: the person who consented, or the whole tenant (an installation).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// As one person, within that person's role.
    User,
    /// For the tenant, whoever installed it.
    Tenant,
}

impl Level {
    /// The spelling of declared state, storage and token answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Level::User => "user",
            Level::Tenant => "tenant",
        }
    }

    /// Reads that spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Level> {
        [Level::User, Level::Tenant].into_iter().find(|l| l.as_str() == text)
    }
}

/// The grant types this server knows (RFC 6749 §4.1.3, §4.4, §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantType {
    /// RFC 6749 §4.1.
    AuthorizationCode,
    /// RFC 6749 §6.
    RefreshToken,
    /// RFC 6749 §4.4.
    ClientCredentials,
}

impl GrantType {
    /// Every grant type.
    pub const ALL: [GrantType; 3] =
        [GrantType::AuthorizationCode, GrantType::RefreshToken, GrantType::ClientCredentials];

    /// Those of a client that names none. Acting for itself is not among them: nobody is behind such a token, so a client
    /// gets that only from somebody who says so.
    pub const DEFAULT: [GrantType; 2] = [GrantType::AuthorizationCode, GrantType::RefreshToken];

    /// The registered name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            GrantType::AuthorizationCode => "authorization_code",
            GrantType::RefreshToken => "refresh_token",
            GrantType::ClientCredentials => "client_credentials",
        }
    }

    /// Reads the registered name.
    #[must_use]
    pub fn parse(text: &str) -> Option<GrantType> {
        GrantType::ALL.into_iter().find(|g| g.as_str() == text)
    }
}

/// How a client proves itself at the token endpoint (RFC 6749 §2.3; the registry of RFC 8414 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthenticationMethod {
    /// HTTP Basic with form-encoded halves.
    ClientSecretBasic,
    /// `client_id` and `client_secret` in the body.
    ClientSecretPost,
    /// `client_id` only: public clients.
    None,
}

impl AuthenticationMethod {
    /// Every method.
    pub const ALL: [AuthenticationMethod; 3] = [
        AuthenticationMethod::ClientSecretBasic,
        AuthenticationMethod::ClientSecretPost,
        AuthenticationMethod::None,
    ];

    /// The registered name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            AuthenticationMethod::ClientSecretBasic => "client_secret_basic",
            AuthenticationMethod::ClientSecretPost => "client_secret_post",
            AuthenticationMethod::None => "none",
        }
    }

    /// Reads the registered name.
    #[must_use]
    pub fn parse(text: &str) -> Option<AuthenticationMethod> {
        AuthenticationMethod::ALL.into_iter().find(|m| m.as_str() == text)
    }
}

/// One of an app's secrets, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientSecret {
    /// Its row.
    pub id: ClientSecretId,
    /// SHA-256 of its text; of nothing that anybody knows while it is only known as a hash of another server.
    pub hash: SecretHash,
    /// The hash by which another server knew it, until it is first used.
    pub foreign: Option<Box<str>>,
    /// When it stops working, if ever.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, as far as that is written down: within a minute.
    pub last_used_at: Option<Timestamp>,
}

impl ClientSecret {
    /// Whether it works at this moment.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

/// What the endpoints need to know of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The row.
    pub id: AppId,
    /// The public identifier.
    pub client_id: String,
    /// Confidential or public.
    pub client_type: ClientType,
    /// The one dialect it speaks; codes and refresh tokens are redeemable only there.
    pub dialect: String,
    /// At most two live secrets, so that rotation is painless. Empty for a public client.
    pub secrets: Vec<ClientSecret>,
    /// When set, the only method it may use; otherwise any that fits its type.
    pub authentication_method: Option<AuthenticationMethod>,
    /// Compared as exact strings.
    pub redirect_uris: Vec<String>,
    /// The most it may ask for; also what it gets when it asks for nothing.
    pub scopes: ScopeSet,
    /// Those of `scopes` that a person may leave unticked at consent.
    pub optional_scopes: ScopeSet,
    /// What it may ask the token endpoint for.
    pub grant_types: Vec<GrantType>,
    /// Whether this confidential client is excused from PKCE where the dialect requires it. Public ones never are.
    pub pkce_excused: bool,
    /// Whether an operator says that it is a program on the person's own device: see [`redirect_uri::Kind::Native`].
    pub native: bool,
    /// What becomes of scopes that it asks for and may not have; as the server says when absent.
    pub unknown_scopes: Option<UnknownScopes>,
    /// For whom it acts.
    pub level: Level,
    /// Which of its tokens may still be good.
    pub generations: Generations,
}

/// How often a client lost what its tokens are made with: a grant type, or its secret when it turned public. A token that
/// was made before is over, and stays so when the client gets back what it lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Generations {
    /// Of the tokens with which it acts as itself.
    pub own: i64,
    /// Of its refresh tokens.
    pub refresh: i64,
}

impl Client {
    /// Whether it may use this grant type (RFC 6749 §5.2, `unauthorized_client`).
    #[must_use]
    pub fn may_use(&self, grant_type: GrantType) -> bool {
        self.grant_types.contains(&grant_type)
    }

    /// Whether it speaks the dialect of this name. A public client does not where the dialect is too loose for one.
    #[must_use]
    pub fn speaks(&self, dialect: &str, public_clients: bool) -> bool {
        self.dialect == dialect && (public_clients || !self.is_public())
    }

    /// What its redirect URIs may be.
    #[must_use]
    pub fn kind(&self) -> redirect_uri::Kind {
        if self.native { redirect_uri::Kind::Native } else { redirect_uri::Kind::Any }
    }

    /// Whether this is the same client with less: it lost the grant type, or its secret, without which the grant type means
    /// something else.
    #[must_use]
    pub fn took_away(&self, new: &Client, grant_type: GrantType) -> bool {
        let turned_public = new.is_public() && !self.is_public();
        self.may_use(grant_type) && (turned_public || !new.may_use(grant_type))
    }

    /// Whether it is public.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.client_type == ClientType::Public
    }
}
