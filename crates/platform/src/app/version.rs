//! Versions of an app: what is reviewed of it, and where a version stands.
//!
//! An app goes on as it is while another version of it is made, looked at and refused: the protocol and the pages see
//! the live one only. What may change at once, without review, is no part of a version: whose the app is, its status, its
//! secrets, the links to its privacy policy and terms, and what becomes of scopes that it may not have.

use symbolon_oauth::client::{AuthenticationMethod, Client, ClientType, GrantType, Level};
use symbolon_oauth::scope::ScopeSet;

use super::{App, Look};
use crate::listing::{IconKey, Listing, Publisher};

/// Where a version stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionState {
    /// May be released. What an operator makes is approved by that.
    Approved,
    /// Released: what the protocol and people see. An app has one at most.
    Live,
    /// Another one was released since.
    Retired,
}

impl VersionState {
    /// The spelling of storage.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            VersionState::Approved => "approved",
            VersionState::Live => "live",
            VersionState::Retired => "retired",
        }
    }
}

/// What is reviewed of an app. Whatever changes it makes a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reviewed<'a> {
    /// What people are shown.
    pub shown: Shown<'a>,
    /// What the protocol is told.
    pub client: ReviewedClient<'a>,
}

/// What people are shown of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each stands in the app or its listing and is documented there")]
pub struct Shown<'a> {
    pub name: &'a str,
    pub icon: Option<IconKey>,
    pub publisher: Option<&'a Publisher>,
    pub homepage: Option<&'a str>,
}

/// What the protocol is told of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each stands in the client and is documented there")]
pub struct ReviewedClient<'a> {
    pub client_type: ClientType,
    pub level: Level,
    pub dialect: &'a str,
    pub redirect_uris: &'a [String],
    pub scopes: &'a ScopeSet,
    pub optional_scopes: &'a ScopeSet,
    pub grant_types: &'a [GrantType],
    pub authentication_method: Option<AuthenticationMethod>,
    pub pkce_excused: bool,
    /// Whether it is a program on the person's own device.
    pub native: bool,
}

// Each member of what a version is taken from is named below, so that a new one does not compile until it is decided
// whether it is reviewed.

impl<'a> Reviewed<'a> {
    /// What is reviewed of this app.
    #[must_use]
    pub fn of(app: &'a App) -> Reviewed<'a> {
        let App { client, name, listing, status: _, owner: _, created_at: _ } = app;
        Reviewed { shown: Shown::from_parts(name, listing), client: ReviewedClient::of(client) }
    }
}

impl<'a> Shown<'a> {
    /// What is reviewed of how an app looks.
    #[must_use]
    pub fn of(look: &'a Look) -> Shown<'a> {
        let Look { name, listing } = look;
        Shown::from_parts(name, listing)
    }

    fn from_parts(name: &'a str, listing: &'a Listing) -> Shown<'a> {
        let Listing { icon, publisher, homepage, privacy_url: _, terms_url: _ } = listing;
        Shown { name, icon: *icon, publisher: publisher.as_ref(), homepage: homepage.as_deref() }
    }
}

impl<'a> ReviewedClient<'a> {
    fn of(client: &'a Client) -> ReviewedClient<'a> {
        let Client {
            id: _,
            client_id: _,
            client_type,
            dialect,
            secrets: _,
            authentication_method,
            redirect_uris,
            scopes,
            optional_scopes,
            grant_types,
            pkce_excused,
            native,
            unknown_scopes: _,
            level,
            generations: _,
        } = client;
        ReviewedClient {
            client_type: *client_type,
            level: *level,
            dialect,
            redirect_uris,
            scopes,
            optional_scopes,
            grant_types,
            authentication_method: *authentication_method,
            pkce_excused: *pkce_excused,
            native: *native,
        }
    }
}

#[cfg(test)]
mod tests {
    use symbolon_oauth::client::ClientSecret;
    use symbolon_oauth::credential::SecretHash;
    use symbolon_oauth::id::Id;
    use symbolon_oauth::time::Timestamp;

    use super::*;
    use crate::app::AppStatus;
    use crate::tests::{app, set};

    /// Whether such a change makes a version.
    fn makes_one(change: impl FnOnce(&mut App)) -> bool {
        let old = app("a", "", Level::User);
        let mut new = old.clone();
        change(&mut new);
        assert_ne!(old, new);
        let looks = Shown::of(&Look::of(&old)) != Shown::of(&Look::of(&new));
        assert!(!looks || Reviewed::of(&old) != Reviewed::of(&new));
        Reviewed::of(&old) != Reviewed::of(&new)
    }

    #[test]
    fn what_is_reviewed_makes_a_version() {
        let changes: [fn(&mut App); 15] = [
            |app| app.name.push('x'),
            |app| app.listing.icon = Some(IconKey([1; 32])),
            |app| app.listing.publisher = Some(Publisher { name: "P".to_owned(), verified: false }),
            |app| app.listing.publisher = Some(Publisher { name: "P".to_owned(), verified: true }),
            |app| app.listing.homepage = Some("https://a.example".to_owned()),
            |app| app.client.client_type = ClientType::Public,
            |app| app.client.level = Level::Tenant,
            |app| app.client.dialect.push('x'),
            |app| app.client.redirect_uris.push("https://a.example/cb".to_owned()),
            |app| app.client.scopes = set("a b"),
            |app| app.client.optional_scopes = set("a"),
            |app| app.client.grant_types = vec![GrantType::AuthorizationCode],
            |app| app.client.authentication_method = Some(AuthenticationMethod::ClientSecretPost),
            |app| app.client.pkce_excused = true,
            |app| app.client.native = true,
        ];
        for (number, change) in changes.into_iter().enumerate() {
            assert!(makes_one(change), "change {number}");
        }
    }

    #[test]
    fn what_changes_at_once_makes_none() {
        let (hash, foreign) = (SecretHash::of("x"), None);
        let secret =
            ClientSecret { id: Id::new([1; 16]), hash, foreign, expires_at: None, last_used_at: None };
        let changes: [&dyn Fn(&mut App); 6] = [
            &|app| app.status = AppStatus::Suspended,
            &|app| app.owner = Some(Id::new([1; 16])),
            &|app| app.client.client_id.push('x'),
            &|app| app.created_at = Timestamp(9),
            &|app| app.client.secrets.push(secret.clone()),
            &|app| {
                app.listing.privacy_url = Some("https://a.example/privacy".to_owned());
                app.listing.terms_url = Some("https://a.example/terms".to_owned());
            },
        ];
        for (number, change) in changes.into_iter().enumerate() {
            assert!(!makes_one(change), "change {number}");
        }
    }
}
