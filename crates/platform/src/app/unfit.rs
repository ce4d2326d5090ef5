//! Why an app cannot be registered or shown like this: a closed list, each with its key and a sentence.

use std::fmt;

use symbolon_oauth::quoted::Excerpt;
use symbolon_oauth::redirect_uri::RedirectUriError;

use crate::listing::UnfitLink;
use crate::name::{UnfitIdentifier, UnfitName};
use crate::spelling::Mend;

/// A member of a registration, called as declared state calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// The public identifier.
    ClientId,
    /// A secret given from outside.
    ClientSecret,
    /// What people call it.
    Name,
    /// Who publishes it.
    Publisher,
    /// Whether that was made sure of.
    PublisherVerified,
    /// The home page.
    Homepage,
    /// The privacy policy.
    PrivacyUrl,
    /// The terms of use.
    TermsUrl,
    /// Where it may be answered.
    RedirectUris,
    /// The most it may ask for.
    Scopes,
    /// What of that a person may leave unticked.
    OptionalScopes,
    /// Confidential or public.
    Type,
    /// How it speaks.
    Dialect,
    /// What it may ask the token endpoint for.
    GrantTypes,
    /// How it proves itself.
    TokenEndpointAuthMethod,
    /// Whether it is excused from PKCE.
    Pkce,
}

impl Key {
    /// Its spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Key::ClientId => "client_id",
            Key::ClientSecret => "client_secret",
            Key::Name => "name",
            Key::Publisher => "publisher",
            Key::PublisherVerified => "publisher_verified",
            Key::Homepage => "homepage",
            Key::PrivacyUrl => "privacy_url",
            Key::TermsUrl => "terms_url",
            Key::RedirectUris => "redirect_uris",
            Key::Scopes => "scopes",
            Key::OptionalScopes => "optional_scopes",
            Key::Type => "type",
            Key::Dialect => "dialect",
            Key::GrantTypes => "grant_types",
            Key::TokenEndpointAuthMethod => "token_endpoint_auth_method",
            Key::Pkce => "pkce",
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.as_str())
    }
}

/// Whose scopes a registration is judged with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopesOf {
    /// Its own.
    Registration,
    /// Those that its dialect gives to an app that names none.
    Dialect,
}

impl fmt::Display for ScopesOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ScopesOf::Registration => "`scopes`",
            ScopesOf::Dialect => "the `default_scopes` of its dialect",
        })
    }
}

/// Why an app cannot be registered, or shown, like this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The public identifier is none.
    #[error(transparent)]
    ClientId(#[from] UnfitIdentifier),
    /// A text that no scope can be called.
    #[error("{} cannot name a scope", Excerpt(.0))]
    Scope(String),
    /// A redirect URI that would be dangerous, or is none.
    #[error("the redirect URI {} cannot be registered: {why}", Excerpt(uri))]
    RedirectUri {
        /// The URI.
        uri: String,
        /// What is wrong with it.
        why: RedirectUriError,
    },
    /// A text that cannot stand as a name.
    #[error("{key} {} {why}", Excerpt(text))]
    Name {
        /// Which one.
        key: Key,
        /// The text.
        text: String,
        /// What is wrong with it.
        why: UnfitName,
    },
    /// A text that cannot be a link.
    #[error("{key} {} {why}", Excerpt(text))]
    Link {
        /// Which one.
        key: Key,
        /// The text.
        text: String,
        /// What is wrong with it.
        why: UnfitLink,
    },
    /// Somebody is verified who is not named.
    #[error("`publisher_verified` is true and no `publisher` is named: add one")]
    NobodyNamed,
    /// A scope may be left unticked and cannot be asked for.
    #[error("`optional_scopes` has {}, which `scopes` lacks: add it there", Excerpt(.0))]
    OptionalScope(String),
    /// A confidential app that proves itself with nothing.
    #[error(
        "`token_endpoint_auth_method` is \"none\", which only public apps use: declare type = \"public\""
    )]
    ConfidentialWithoutProof,
    /// A public app with a secret.
    #[error("a public app cannot keep a secret: leave `client_secret` out")]
    PublicWithSecret,
    /// A public app that would prove itself.
    #[error("a public app proves itself with nothing: leave `token_endpoint_auth_method` out")]
    PublicWithProof,
    /// A public app that is excused from PKCE.
    #[error("a public app always uses PKCE: leave `pkce` out")]
    PublicWithoutPkce,
    /// A native app that is excused from PKCE.
    #[error(
        "a native app always uses PKCE, as any program can claim its address: leave `pkce` or `native` out"
    )]
    NativeWithoutPkce,
    /// A public app that would act as itself.
    #[error("a public app cannot use client_credentials: leave it out of `grant_types`")]
    PublicAsItself,
    /// Refresh tokens, and nothing that gives one.
    #[error("`grant_types` has refresh_token without authorization_code, which gives none")]
    RefreshTokenAlone,
    /// A dialect that is not spoken here.
    #[error("names the dialect {}, which is not there; {mend}", Excerpt(name))]
    UnknownDialect {
        /// What was named.
        name: String,
        /// What was probably meant.
        mend: Mend,
    },
    /// A public app of a dialect that it could never use: better refused here than at every request.
    #[error(
        "is public, and the dialect {} is for apps that keep a secret: declare type = \"confidential\", or \
         name another dialect",
        Excerpt(.0)
    )]
    PublicInDialect(String),
    /// A scope that nobody declared.
    #[error("{of} names the scope {}, which is not there; {mend}", Excerpt(name))]
    UnknownScope {
        /// What was named.
        name: String,
        /// Where.
        of: ScopesOf,
        /// What was probably meant.
        mend: Mend,
    },
}

impl Unfit {
    /// The key it concerns.
    #[must_use]
    pub fn key(&self) -> Key {
        match self {
            Unfit::ClientId(_) => Key::ClientId,
            Unfit::RedirectUri { .. } => Key::RedirectUris,
            Unfit::Name { key, .. } | Unfit::Link { key, .. } => *key,
            Unfit::NobodyNamed => Key::PublisherVerified,
            Unfit::Scope(_) | Unfit::UnknownScope { .. } => Key::Scopes,
            Unfit::OptionalScope(_) => Key::OptionalScopes,
            Unfit::ConfidentialWithoutProof | Unfit::PublicWithProof => Key::TokenEndpointAuthMethod,
            Unfit::PublicWithSecret => Key::ClientSecret,
            Unfit::PublicWithoutPkce | Unfit::NativeWithoutPkce => Key::Pkce,
            Unfit::PublicAsItself | Unfit::RefreshTokenAlone => Key::GrantTypes,
            Unfit::UnknownDialect { .. } => Key::Dialect,
            Unfit::PublicInDialect(_) => Key::Type,
        }
    }

    /// The sentence, about the app of this name.
    #[must_use]
    pub fn sentence(&self, client_id: &str) -> String {
        let id = Excerpt(client_id);
        match self {
            Unfit::UnknownDialect { .. } | Unfit::PublicInDialect(_) => format!("app {id} {self}"),
            Unfit::ClientId(_)
            | Unfit::Scope(_)
            | Unfit::RedirectUri { .. }
            | Unfit::Name { .. }
            | Unfit::Link { .. }
            | Unfit::NobodyNamed
            | Unfit::OptionalScope(_)
            | Unfit::ConfidentialWithoutProof
            | Unfit::PublicWithSecret
            | Unfit::PublicWithProof
            | Unfit::PublicWithoutPkce
            | Unfit::NativeWithoutPkce
            | Unfit::PublicAsItself
            | Unfit::RefreshTokenAlone
            | Unfit::UnknownScope { .. } => format!("app {id}: {self}"),
        }
    }
}
