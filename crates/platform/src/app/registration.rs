//! Client registration: what an app may be, wherever somebody asks for one (RFC 7591 §2 names most members).
//!
//! A declared entry, a command, a form and a registration body all become one [`Registration`], and the only way from
//! there to an [`App`] is [`Registration::decide`]. What may be absent, and what it is then, is said here and nowhere
//! else. Whose the app is and where its life begins is not asked: that is for whoever takes the registration.

use std::collections::{BTreeMap, HashSet};

use symbolon_oauth::client::{AuthenticationMethod, Client, ClientType, Generations, GrantType, Level};
use symbolon_oauth::credential::Secret;
use symbolon_oauth::id::{AppId, UserId};
use symbolon_oauth::policy::UnknownScopes;
use symbolon_oauth::redirect_uri::{self, RedirectUriError};
use symbolon_oauth::scope::{ScopeSet, is_scope_token};
use symbolon_oauth::time::Timestamp;

use super::look::{fit_link, fit_name};
use super::unfit::{Key, ScopesOf, Unfit};
use super::{App, AppStatus};
use crate::listing::{IconKey, Listing, Publisher};
use crate::name;
use crate::spelling::Mend;

/// The dialect of an app that names none.
pub const DIALECT: &str = "rfc";
/// For whom an app acts that does not say so.
pub const LEVEL: Level = Level::User;

/// What somebody asks for. [`None`] is what was not said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// The public identifier.
    pub client_id: String,
    /// A secret given from outside; without one a confidential app gets one of ours.
    pub client_secret: Option<Secret>,
    /// Shown at consent and among connected apps.
    pub name: String,
    /// Who publishes it.
    pub publisher: Option<String>,
    /// Whether the host has made sure that it is them.
    pub publisher_verified: bool,
    /// Its home page.
    pub homepage: Option<String>,
    /// Its privacy policy.
    pub privacy_url: Option<String>,
    /// Its terms of use.
    pub terms_url: Option<String>,
    /// Where it may be answered.
    pub redirect_uris: Vec<String>,
    /// The most it may ask for; when empty, what its dialect gives to an app that names none.
    pub scopes: ScopeSet,
    /// What of that a person may leave unticked.
    pub optional_scopes: ScopeSet,
    /// Confidential or public.
    pub client_type: ClientType,
    /// For whom it acts.
    pub level: Level,
    /// The dialect it speaks.
    pub dialect: String,
    /// What it may ask the token endpoint for; absent: what it already may, and for a new one [`GrantType::DEFAULT`].
    pub grant_types: Option<Vec<GrantType>>,
    /// How it proves itself; absent: any way that fits its type.
    pub authentication_method: Option<AuthenticationMethod>,
    /// Whether it is excused from PKCE where the dialect requires it.
    pub pkce_excused: bool,
    /// Whether an operator says that it is a program on the person's own device.
    pub native: bool,
    /// What becomes of scopes that it asks for and may not have; absent: what the server says.
    pub unknown_scopes: Option<UnknownScopes>,
}

/// What a registration is judged against: the dialects spoken here, by name, and the scopes there are.
#[derive(Clone, Debug, Default)]
pub struct Offer<'a> {
    /// The dialects.
    pub dialects: BTreeMap<&'a str, Spoken<'a>>,
    /// The names of the scopes.
    pub scopes: HashSet<&'a str>,
}

/// What the rule asks of a dialect.
#[derive(Clone, Copy, Debug)]
pub struct Spoken<'a> {
    /// Whether public apps may speak it.
    pub public_clients: bool,
    /// What an app gets that names no scopes.
    pub default_scopes: &'a ScopeSet,
}

/// What nobody registers and whoever takes a registration adds: the row, whose the app is, and where its life stands.
#[derive(Clone, Copy, Debug)]
pub struct Acceptance<'a> {
    /// The row.
    pub id: AppId,
    /// What it may ask the token endpoint for by now; none of a new one.
    pub held: &'a [GrantType],
    /// Which of its tokens may still be good.
    pub generations: Generations,
    /// The developer who owns it.
    pub owner: Option<UserId>,
    /// Where it stands.
    pub status: AppStatus,
    /// When it was created.
    pub created_at: Timestamp,
    /// Its picture, drawn and kept already.
    pub icon: Option<IconKey>,
}

impl<'a> Acceptance<'a> {
    /// The same as before, for an app that is there.
    #[must_use]
    pub fn again(app: &'a App) -> Acceptance<'a> {
        Acceptance {
            id: app.client.id,
            held: &app.client.grant_types,
            generations: app.client.generations,
            owner: app.owner,
            status: app.status,
            created_at: app.created_at,
            icon: app.listing.icon,
        }
    }
}

impl Registration {
    /// The least that somebody can ask for.
    #[must_use]
    pub fn new(client_id: impl Into<String>, name: impl Into<String>) -> Registration {
        Registration {
            client_id: client_id.into(),
            client_secret: None,
            name: name.into(),
            publisher: None,
            publisher_verified: false,
            homepage: None,
            privacy_url: None,
            terms_url: None,
            redirect_uris: Vec::new(),
            scopes: ScopeSet::new(),
            optional_scopes: ScopeSet::new(),
            client_type: ClientType::Confidential,
            level: LEVEL,
            dialect: DIALECT.to_owned(),
            grant_types: None,
            authentication_method: None,
            pkce_excused: false,
            native: false,
            unknown_scopes: None,
        }
    }

    /// What somebody would have asked for who has this app; its secrets are not known.
    #[must_use]
    pub fn of(app: &App) -> Registration {
        let (client, listing) = (&app.client, &app.listing);
        let publisher = listing.publisher.as_ref();
        Registration {
            publisher: publisher.map(|publisher| publisher.name.clone()),
            publisher_verified: publisher.is_some_and(|publisher| publisher.verified),
            homepage: listing.homepage.clone(),
            privacy_url: listing.privacy_url.clone(),
            terms_url: listing.terms_url.clone(),
            redirect_uris: client.redirect_uris.clone(),
            scopes: client.scopes.clone(),
            optional_scopes: client.optional_scopes.clone(),
            client_type: client.client_type,
            level: client.level,
            dialect: client.dialect.clone(),
            grant_types: Some(client.grant_types.clone()),
            authentication_method: client.authentication_method,
            pkce_excused: client.pkce_excused,
            native: client.native,
            unknown_scopes: client.unknown_scopes,
            ..Registration::new(client.client_id.clone(), app.name.clone())
        }
    }

    /// The app that this asks for.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn decide(&self, offer: &Offer<'_>, acceptance: Acceptance<'_>) -> Result<App, Unfit> {
        self.check_shape()?;
        self.check_shown()?;
        self.check_protocol()?;
        self.check_offered(offer)?;
        Ok(self.app(self.scopes_of(offer).0.clone(), acceptance))
    }

    /// Whether each member is what it should be, by itself.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check_shape(&self) -> Result<(), Unfit> {
        name::check_identifier(&self.client_id)?;
        check_redirect_uris(&self.redirect_uris, self.kind())
    }

    /// Whether people can be shown this.
    ///
    /// # Errors
    /// The first thing that they cannot be shown.
    pub fn check_shown(&self) -> Result<(), Unfit> {
        fit_name(Key::Name, &self.name)?;
        self.publisher.iter().try_for_each(|publisher| fit_name(Key::Publisher, publisher))?;
        for (key, link) in [
            (Key::Homepage, &self.homepage),
            (Key::PrivacyUrl, &self.privacy_url),
            (Key::TermsUrl, &self.terms_url),
        ] {
            link.iter().try_for_each(|link| fit_link(key, link))?;
        }
        if self.publisher_verified && self.publisher.is_none() { Err(Unfit::NobodyNamed) } else { Ok(()) }
    }

    /// Whether the members fit each other.
    ///
    /// # Errors
    /// The first contradiction.
    pub fn check_protocol(&self) -> Result<(), Unfit> {
        if let Some(extra) = self.optional_scopes.difference(&self.scopes).iter().next() {
            return Err(Unfit::OptionalScope(extra.to_owned()));
        }
        if self.native && self.pkce_excused {
            return Err(Unfit::NativeWithoutPkce);
        }
        if let Some(uri) = self.redirect_uris.iter().find(|uri| self.is_for_native_apps(uri)) {
            return Err(Unfit::RedirectUri { uri: uri.clone(), why: RedirectUriError::SchemeWithoutDot });
        }
        match self.client_type {
            ClientType::Confidential => {
                if self.authentication_method == Some(AuthenticationMethod::None) {
                    return Err(Unfit::ConfidentialWithoutProof);
                }
            }
            ClientType::Public => self.check_public()?,
        }
        self.grant_types.iter().try_for_each(|named| check_grant_types(self.client_type, named))
    }

    fn kind(&self) -> redirect_uri::Kind {
        if self.native { redirect_uri::Kind::Native } else { redirect_uri::Kind::Any }
    }

    /// Whether only native apps have such a redirect URI, and this is none.
    fn is_for_native_apps(&self, uri: &str) -> bool {
        redirect_uri::check_registration(uri, self.kind()) == Err(RedirectUriError::SchemeWithoutDot)
    }

    /// What an app that cannot keep a secret must not ask for.
    fn check_public(&self) -> Result<(), Unfit> {
        if self.client_secret.is_some() {
            return Err(Unfit::PublicWithSecret);
        }
        if self.authentication_method.is_some_and(|method| method != AuthenticationMethod::None) {
            return Err(Unfit::PublicWithProof);
        }
        if self.pkce_excused {
            return Err(Unfit::PublicWithoutPkce);
        }
        Ok(())
    }

    /// Whether what it refers to is there, and may be used by such an app.
    ///
    /// # Errors
    /// The first thing that is not.
    pub fn check_offered(&self, offer: &Offer<'_>) -> Result<(), Unfit> {
        let Some(dialect) = offer.dialects.get(self.dialect.as_str()) else {
            let mend = Mend::of(&self.dialect, offer.dialects.keys().copied());
            return Err(Unfit::UnknownDialect { name: self.dialect.clone(), mend });
        };
        if !dialect.public_clients && self.client_type == ClientType::Public {
            return Err(Unfit::PublicInDialect(self.dialect.clone()));
        }
        let (scopes, of) = self.scopes_of(offer);
        match scopes.iter().find(|scope| !offer.scopes.contains(scope)) {
            None => Ok(()),
            Some(unknown) => {
                let mend = Mend::of(unknown, offer.scopes.iter().copied());
                Err(Unfit::UnknownScope { name: unknown.to_owned(), of, mend })
            }
        }
    }

    /// The scopes that it gets, and whose they are.
    fn scopes_of<'s>(&'s self, offer: &Offer<'s>) -> (&'s ScopeSet, ScopesOf) {
        match offer.dialects.get(self.dialect.as_str()) {
            Some(dialect) if self.scopes.is_empty() => (dialect.default_scopes, ScopesOf::Dialect),
            Some(_) | None => (&self.scopes, ScopesOf::Registration),
        }
    }

    /// What it may ask the token endpoint for. An app that turns public keeps what a public app may have.
    fn grant_types(&self, held: &[GrantType]) -> Vec<GrantType> {
        if let Some(named) = &self.grant_types {
            return named.clone();
        }
        let as_itself = self.client_type == ClientType::Confidential;
        let fits = |held: &GrantType| as_itself || *held != GrantType::ClientCredentials;
        match held.iter().copied().filter(fits).collect::<Vec<_>>() {
            kept if kept.is_empty() => GrantType::DEFAULT.to_vec(),
            kept => kept,
        }
    }

    fn app(&self, scopes: ScopeSet, acceptance: Acceptance<'_>) -> App {
        let authentication_method = match self.client_type {
            ClientType::Confidential => self.authentication_method,
            ClientType::Public => Some(AuthenticationMethod::None),
        };
        let client = Client {
            id: acceptance.id,
            client_id: self.client_id.clone(),
            client_type: self.client_type,
            dialect: self.dialect.clone(),
            secrets: Vec::new(),
            authentication_method,
            redirect_uris: self.redirect_uris.clone(),
            scopes,
            optional_scopes: self.optional_scopes.clone(),
            grant_types: self.grant_types(acceptance.held),
            pkce_excused: self.pkce_excused,
            native: self.native,
            unknown_scopes: self.unknown_scopes,
            level: self.level,
            generations: acceptance.generations,
        };
        let publisher = self.publisher.clone();
        let listing = Listing {
            icon: acceptance.icon,
            publisher: publisher.map(|name| Publisher { name, verified: self.publisher_verified }),
            homepage: self.homepage.clone(),
            privacy_url: self.privacy_url.clone(),
            terms_url: self.terms_url.clone(),
        };
        App {
            client,
            name: self.name.clone(),
            listing,
            status: acceptance.status,
            owner: acceptance.owner,
            created_at: acceptance.created_at,
        }
    }
}

/// Reads a list of scopes.
///
/// # Errors
/// The first text that no scope can be called.
pub fn scope_set<T: AsRef<str>>(names: &[T]) -> Result<ScopeSet, Unfit> {
    match names.iter().map(T::as_ref).find(|name| !is_scope_token(name)) {
        Some(wrong) => Err(Unfit::Scope(wrong.to_owned())),
        None => Ok(names.iter().map(T::as_ref).collect()),
    }
}

/// Looks at grant types (RFC 6749 §4.4: an app that keeps no secret cannot act for itself).
///
/// # Errors
/// Why an app of this type cannot have them.
pub fn check_grant_types(client_type: ClientType, named: &[GrantType]) -> Result<(), Unfit> {
    let has = |grant_type| named.contains(&grant_type);
    if client_type == ClientType::Public && has(GrantType::ClientCredentials) {
        return Err(Unfit::PublicAsItself);
    }
    if has(GrantType::RefreshToken) && !has(GrantType::AuthorizationCode) {
        return Err(Unfit::RefreshTokenAlone);
    }
    Ok(())
}

/// Looks at redirect URIs (RFC 6749 §3.1.2, RFC 8252).
///
/// # Errors
/// The first that cannot be registered, and why.
pub fn check_redirect_uris(uris: &[String], kind: redirect_uri::Kind) -> Result<(), Unfit> {
    uris.iter().try_for_each(|uri| {
        redirect_uri::check_registration(uri, kind)
            .map_err(|why| Unfit::RedirectUri { uri: uri.clone(), why })
    })
}

#[cfg(test)]
mod tests;
