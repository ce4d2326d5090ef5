//! Validation of access tokens: what one allows now, and whom it is meant for (its audience).
//!
//! A token's own scopes are one more ceiling below those of [`authority`]: it allows what it was issued for and what
//! everyone behind it still allows. Whether it lacks a scope, and whether asking for it could help, is decided here
//! for introspection, `/v1/check`, `/v1/me` and the dialects' own `me` alike.

use std::borrow::Cow;
use std::sync::Arc;

use symbolon_oauth::client::{GrantType, Level};
use symbolon_oauth::id::AppId;
use symbolon_oauth::introspection::is_live;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;

use crate::app::App;
use crate::authority::{self, Denied, FamilyState, GrantFacts};
use crate::catalogue::{Catalogue, Resource};
use crate::name::{APP, INSTALLATION};

/// An access token with everyone behind it, as loaded at one moment.
#[derive(Clone, Copy, Debug)]
pub struct TokenFacts<'a> {
    /// What it was issued for.
    pub scopes: &'a ScopeSet,
    /// What it is meant for.
    pub resource: Option<&'a str>,
    /// When it ends, if ever.
    pub expires_at: Option<Timestamp>,
    /// Whether it was revoked, or a later one took its place.
    pub revoked: bool,
    /// The family it hangs from; `None` when the app acts as itself.
    pub family: Option<FamilyState>,
    /// The generation of the app's own tokens that it is of, when the app acts as itself.
    pub generation: i64,
    /// Whose it is.
    pub app: &'a App,
    /// For whom it acts, if that is still known.
    pub grant: Option<&'a GrantFacts>,
    /// What was declared.
    pub catalogue: &'a Catalogue,
}

/// Who asks what a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asker {
    /// An API of the host, with its key.
    Resource(Arc<Resource>),
    /// An app that proved itself.
    Client(AppId),
}

impl TokenFacts<'_> {
    /// What it allows at this moment.
    ///
    /// # Errors
    /// The first reason why it allows nothing.
    pub fn allowed(&self, now: Timestamp) -> Result<ScopeSet, Denied> {
        let acts_for = match (self.family, self.grant) {
            (Some(_), None) => return Err(Denied::GrantRevoked),
            (Some(family), Some(grant)) => Some((family, grant)),
            (None, _) => None,
        };
        if self.revoked {
            return Err(Denied::TokenRevoked);
        }
        if !is_live(self.expires_at, self.revoked, now) {
            return Err(Denied::TokenExpired);
        }
        let Some((family, grant)) = acts_for else {
            authority::usable(self.app)?;
            let client = &self.app.client;
            if !client.may_use(GrantType::ClientCredentials) || self.generation < client.generations.own {
                return Err(Denied::NotAsItself);
            }
            return Ok(self.scopes.intersection(&self.app.client.scopes));
        };
        let ceiling = authority::ceiling(self.app, grant, self.catalogue, family, now)?;
        Ok(self.scopes.intersection(&ceiling))
    }

    /// Whether a token that allows `allowed` has every scope of `required`. Of what it lacks, consent could give one
    /// part and only another role the other; the app is told which, so that it asks again only where that helps.
    ///
    /// # Errors
    /// [`Denied::RoleForbidden`] when the grant holds what is lacking and the role does not, [`Denied::MissingScope`]
    /// otherwise.
    pub fn holds(&self, allowed: &ScopeSet, required: &ScopeSet) -> Result<(), Denied> {
        if allowed.contains_all(required) {
            return Ok(());
        }
        let missing = required.difference(&self.catalogue.closure(allowed));
        if missing.is_empty() {
            return Ok(());
        }
        let given = self.grant.map(|facts| self.scopes.intersection(&facts.grant.scopes));
        let given = given.unwrap_or_default().intersection(&self.app.client.scopes);
        let granted = self.catalogue.closure(&given);
        if granted.contains_all(&missing) { Err(Denied::RoleForbidden) } else { Err(Denied::MissingScope) }
    }

    /// Whether it has one of these scopes; of none, none is needed.
    ///
    /// # Errors
    /// As [`TokenFacts::holds`] of the first.
    pub fn holds_one_of(&self, allowed: &ScopeSet, scopes: &ScopeSet) -> Result<(), Denied> {
        let mut each = scopes.iter().map(|scope| self.holds(allowed, &ScopeSet::from_iter([scope])));
        let Some(first) = each.next() else { return Ok(()) };
        if first.is_ok() || each.any(|held| held.is_ok()) { Ok(()) } else { first }
    }

    /// Whether the one who asks may see it: a resource what is meant for it, an app its own.
    #[must_use]
    pub fn visible_to(&self, asker: &Asker) -> bool {
        match asker {
            Asker::Resource(asking) => meant_for(self.resource, &asking.identifier).is_ok(),
            Asker::Client(client) => self.app.client.id == *client,
        }
    }
}

/// Whether a token that names `resource` is meant for whoever has this identifier: an API, or this server. A token that
/// names an API is for that API alone, one that names none is for all. It is asked before anything is said of the state of
/// the token, which is the business of nobody else.
///
/// # Errors
/// [`Denied::WrongAudience`].
pub fn meant_for(resource: Option<&str>, identifier: &str) -> Result<(), Denied> {
    if resource.is_none_or(|own| own == identifier) { Ok(()) } else { Err(Denied::WrongAudience) }
}

/// As what a token acts: told beside every `sub`, so that an absent person is never taken for anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActsAs {
    /// A person, within their role in a tenant.
    Person,
    /// A tenant that installed the app.
    Tenant,
    /// The app itself, for nobody.
    App,
}

impl ActsAs {
    /// As what a token of this grant acts.
    #[must_use]
    pub fn of(grant: Option<&GrantFacts>) -> ActsAs {
        match grant.map(|facts| facts.grant.level) {
            Some(Level::User) => ActsAs::Person,
            Some(Level::Tenant) => ActsAs::Tenant,
            None => ActsAs::App,
        }
    }

    /// The `kind` of answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ActsAs::Person => "person",
            ActsAs::Tenant => "tenant",
            ActsAs::App => "app",
        }
    }
}

/// As whom a token acts: the person, the installation, or the app itself. The last two begin as no person's and no
/// tenant's identifier does ([`crate::name::RESERVED`]).
#[must_use]
pub fn subject<'a>(app: &'a App, grant: Option<&'a GrantFacts>) -> Cow<'a, str> {
    match grant {
        None => Cow::Owned(format!("{APP}{}", app.client.client_id)),
        Some(facts) => match facts.grant.level {
            Level::User => Cow::Borrowed(&facts.user.external_id),
            Level::Tenant => Cow::Owned(format!("{INSTALLATION}{}", facts.grant.id)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::AppStatus;
    use crate::grant::GrantStatus;
    use crate::tests::{NOW, app, facts, grant, roles, set};
    use symbolon_oauth::id::Id;

    /// A token for `a b c` of an app and a grant that have them all, in the hands of a person whose role gives `a b`.
    fn with<T>(change: impl FnOnce(&mut App, &mut GrantFacts), ask: impl FnOnce(TokenFacts<'_>) -> T) -> T {
        let mut app = app("a b c", "", Level::User);
        let mut grant = facts(grant("a b c", Level::User), Some("role"));
        change(&mut app, &mut grant);
        ask(TokenFacts {
            scopes: &set("a b c"),
            resource: None,
            expires_at: Some(Timestamp(NOW.0 + 1)),
            revoked: false,
            family: Some(FamilyState::found(Id::new([5; 16]), Some(Timestamp(0)), false)),
            generation: 0,
            app: &app,
            grant: Some(&grant),
            catalogue: &roles("a b", false),
        })
    }

    fn allowed(change: impl FnOnce(&mut TokenFacts<'_>)) -> Result<ScopeSet, Denied> {
        with(
            |_, _| (),
            |mut token| {
                change(&mut token);
                token.allowed(NOW)
            },
        )
    }

    /// The same token, of the app itself.
    fn own(token: TokenFacts<'_>) -> TokenFacts<'_> {
        TokenFacts { family: None, grant: None, ..token }
    }

    #[test]
    fn allows_what_it_was_issued_for_within_the_role() {
        assert_eq!(allowed(|_| ()), Ok(set("a b")));
        let narrow = set("b c");
        let narrowed = with(|_, _| (), |token| TokenFacts { scopes: &narrow, ..token }.allowed(NOW));
        assert_eq!(narrowed, Ok(set("b")));
        assert_eq!(allowed(|token| token.expires_at = None), Ok(set("a b")), "without end");
    }

    #[test]
    fn allows_nothing_once_it_or_its_family_or_its_grant_is_over() {
        let family = |began, ended| Some(FamilyState::found(Id::new([5; 16]), began, ended));
        assert_eq!(allowed(|token| token.revoked = true), Err(Denied::TokenRevoked));
        assert_eq!(allowed(|token| token.expires_at = Some(NOW)), Err(Denied::TokenExpired));
        assert_eq!(
            allowed(|token| token.family = family(Some(Timestamp(0)), true)),
            Err(Denied::FamilyEnded)
        );
        assert_eq!(allowed(|token| token.family = family(None, false)), Err(Denied::FamilyEnded), "purged");
        assert_eq!(allowed(|token| token.grant = None), Err(Denied::GrantRevoked), "purged");
        let over = with(|_, facts| facts.grant.status = GrantStatus::Revoked, |token| token.allowed(NOW));
        assert_eq!(over, Err(Denied::GrantRevoked));
    }

    #[test]
    fn of_an_app_itself_allows_what_the_app_still_has() {
        let own = |token: TokenFacts<'_>| own(token).allowed(NOW);
        assert_eq!(with(|_, _| (), own), Ok(set("a b c")), "no role stands above it");
        assert_eq!(with(|app, _| app.client.scopes = set("c d"), own), Ok(set("c")));
        assert_eq!(with(|app, _| app.status = AppStatus::Suspended, own), Err(Denied::AppSuspended));
        let taken = |app: &mut App, _: &mut GrantFacts| app.client.grant_types = GrantType::DEFAULT.to_vec();
        assert_eq!(with(taken, own), Err(Denied::NotAsItself), "it is no longer told to");
        let told_again = |app: &mut App, _: &mut GrantFacts| app.client.generations.own = 1;
        assert_eq!(with(told_again, own), Err(Denied::NotAsItself), "it was not told to for a while");
        let since = |token: TokenFacts<'_>| own(TokenFacts { generation: 1, ..token });
        assert_eq!(with(told_again, since), Ok(set("a b c")));
        assert_eq!(with(taken, |token| token.allowed(NOW)), Ok(set("a b")), "and acts for people as before");
    }

    #[test]
    fn tells_a_missing_scope_from_a_role_that_forbids() {
        let holds =
            |required: &str| with(|_, _| (), |token| token.holds(&token.allowed(NOW)?, &set(required)));
        assert_eq!(holds(""), Ok(()));
        assert_eq!(holds("a b"), Ok(()));
        assert_eq!(holds("a c"), Err(Denied::RoleForbidden), "granted, but the role does not give it");
        assert_eq!(holds("a d"), Err(Denied::MissingScope));
        assert_eq!(holds("c d"), Err(Denied::MissingScope), "consent could help with one of them");
        let own = |token: TokenFacts<'_>| own(token).holds(&set("a"), &set("c"));
        assert_eq!(with(|_, _| (), own), Err(Denied::MissingScope), "an app itself has no role");
    }

    #[test]
    fn holds_one_of_several() {
        let holds = |scopes: &str| with(|_, _| (), |token| token.holds_one_of(&set("a b"), &set(scopes)));
        assert_eq!(holds(""), Ok(()), "none is needed");
        assert_eq!(holds("d b"), Ok(()));
        assert_eq!(holds("c d"), Err(Denied::RoleForbidden), "the first says why");
        assert_eq!(holds("d c"), Err(Denied::MissingScope));
    }

    #[test]
    fn speaks_to_the_resource_it_names_or_to_all() {
        let meant = |resource| meant_for(resource, "https://a");
        assert_eq!(meant(None), Ok(()));
        assert_eq!(meant(Some("https://a")), Ok(()));
        assert_eq!(meant(Some("https://b")), Err(Denied::WrongAudience));
    }

    fn resource(identifier: &str) -> Resource {
        let (identifier, title) = (identifier.to_owned(), String::new());
        Resource { id: Id::new([7; 16]), identifier, title, scopes: set("a") }
    }

    #[test]
    fn a_token_is_seen_by_its_app_and_by_what_it_is_meant_for() {
        let seen = |resource, asker: Asker| {
            with(|_, _| (), |token| TokenFacts { resource, ..token }.visible_to(&asker))
        };
        let api = |identifier| Asker::Resource(Arc::new(self::resource(identifier)));
        assert!(seen(None, api("https://a")) && seen(Some("https://a"), api("https://a")));
        assert!(!seen(Some("https://a"), api("https://b")));
        let client = |number| Asker::Client(Id::new([number; 16]));
        assert!(seen(None, client(1)) && seen(Some("https://a"), client(1)), "its own, whatever it is for");
        assert!(!seen(None, client(2)) && !seen(Some("https://a"), client(2)));
    }

    #[test]
    fn acts_as_a_person_an_installation_or_itself() {
        let app = app("a", "", Level::User);
        let (person, tenant) = (facts(grant("a", Level::User), None), facts(grant("a", Level::Tenant), None));
        assert_eq!(subject(&app, None), "app:app");
        assert_eq!(subject(&app, Some(&person)), "u");
        assert_eq!(subject(&app, Some(&tenant)), format!("inst_{}", tenant.grant.id));
        let kinds = [None, Some(&person), Some(&tenant)].map(|grant| ActsAs::of(grant).as_str());
        assert_eq!(kinds, ["app", "person", "tenant"]);
    }
}
