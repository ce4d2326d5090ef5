//! Principal: who holds an access token, and what it allows now: the one road from a presented token to an answer,
//! taken by introspection, `/v1/check` and `/v1/me` alike.

use std::borrow::Cow;
use std::sync::Arc;

use symbolon_oauth::credential::{Kind, Presented};
use symbolon_oauth::error::{ErrorCode, Refusal};
use symbolon_oauth::id::Id;
use symbolon_oauth::introspection::PROFILE;
use symbolon_oauth::reason::Reason;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;
use symbolon_oauth::userinfo::{Profile, Userinfo};
use symbolon_platform::access_token::{ActsAs, Asker, TokenFacts, subject};
use symbolon_platform::app::App;
use symbolon_platform::authority::{Denied, FamilyState, GrantFacts};
use symbolon_platform::catalogue::Catalogue;
use symbolon_store::tokens::AccessToken;

use crate::failure::Failure;
use crate::state::State;

/// An access token that may act, with everyone behind it.
pub struct Principal {
    /// The token.
    pub token: Arc<AccessToken>,
    /// Whose it is.
    pub app: Arc<App>,
    /// For whom it acts; `None` when the app acts as itself.
    pub grant: Option<Arc<GrantFacts>>,
    /// What it allows now.
    pub scopes: ScopeSet,
    /// What was declared.
    pub catalogue: Arc<Catalogue>,
}

/// What is found out about a presented token.
pub enum Found {
    /// It may act.
    Live(Principal),
    /// It is an access token of ours, of this app, and authority denies it.
    Denied(Denied, Arc<AccessToken>, Arc<App>),
    /// Nothing here has the form and secret of an access token of ours.
    Unknown,
}

impl Found {
    /// Who may act, for an answer that tells nobody why a token may not.
    #[must_use]
    pub fn live(self) -> Option<Principal> {
        match self {
            Found::Live(principal) => Some(principal),
            Found::Denied(..) | Found::Unknown => None,
        }
    }

    /// The token and its app, whatever state it is in. What is judged by these alone is judged before that state is told:
    /// whoever the token is not meant for learns nothing of it.
    #[must_use]
    pub fn token(&self) -> Option<(&AccessToken, &App)> {
        match self {
            Found::Live(principal) => Some((&principal.token, &principal.app)),
            Found::Denied(_, token, app) => Some((token, app)),
            Found::Unknown => None,
        }
    }

    /// Who may act.
    ///
    /// # Errors
    /// `invalid_token`, or why authority denies.
    pub fn proven(self) -> Result<Principal, Failure> {
        match self {
            Found::Live(principal) => Ok(principal),
            Found::Denied(denied, _, app) => Err(Failure::from(denied).of(Some(&app.client.client_id))),
            Found::Unknown => Err(unknown_token().into()),
        }
    }
}

/// Finds out.
///
/// # Errors
/// [`Failure::Store`]: an outage is never an answer.
pub async fn of(state: &State, token: &str, now: Timestamp) -> Result<Found, Failure> {
    let Some(presented) = Presented::parse(token).filter(|presented| presented.kind == Kind::AccessToken)
    else {
        return Ok(Found::Unknown);
    };
    let token = state.store.access_token(Id::new(presented.id), now).await?;
    let Some(token) = token.filter(|token| token.hash == presented.hash) else { return Ok(Found::Unknown) };
    let Some(app) = state.store.app(token.app, now).await? else { return Ok(Found::Unknown) };
    let grant = match token.hangs_from {
        Some((grant, _)) => state.store.grant_facts(grant, now).await?,
        None => None,
    };
    let catalogue = state.store.catalogue(now).await?;
    let scopes = match facts(&token, &app, grant.as_deref(), &catalogue).allowed(now) {
        Ok(scopes) => scopes,
        Err(denied) => return Ok(Found::Denied(denied, token, app)),
    };
    if let Some(grant) = &grant {
        state.usage.used(grant.grant.id, grant.grant.last_used_at, now);
    }
    if let (Some(rotation), Some((_, family))) = (token.shows, token.hangs_from) {
        state.usage.successor_arrived(family, rotation);
    }
    Ok(Found::Live(Principal { token, app, grant, scopes, catalogue }))
}

impl Principal {
    fn facts(&self) -> TokenFacts<'_> {
        facts(&self.token, &self.app, self.grant.as_deref(), &self.catalogue)
    }

    /// Whether the one who asks may see it.
    #[must_use]
    pub fn visible_to(&self, asker: &Asker) -> bool {
        self.facts().visible_to(asker)
    }

    /// Whether it has every scope of `required`.
    ///
    /// # Errors
    /// See [`TokenFacts::holds`].
    pub fn holds(&self, required: &ScopeSet) -> Result<(), Denied> {
        self.facts().holds(&self.scopes, required)
    }

    /// Whether it has one of these scopes.
    ///
    /// # Errors
    /// See [`TokenFacts::holds_one_of`].
    pub fn holds_one_of(&self, scopes: &ScopeSet) -> Result<(), Denied> {
        self.facts().holds_one_of(&self.scopes, scopes)
    }

    /// As what it acts.
    #[must_use]
    pub fn acts_as(&self) -> ActsAs {
        ActsAs::of(self.grant.as_deref())
    }

    /// As whom it acts.
    #[must_use]
    pub fn subject(&self) -> Cow<'_, str> {
        subject(&self.app, self.grant.as_deref())
    }
}

impl Principal {
    /// What is told of whoever is behind it; `subject` is [`Principal::subject`].
    #[must_use]
    pub fn userinfo<'a>(&'a self, subject: &'a str) -> Userinfo<'a> {
        let facts = self.grant.as_deref();
        let person = facts.and_then(|facts| facts.person());
        Userinfo {
            sub: subject,
            profile: self.profile(),
            tenant_id: facts.map(|facts| facts.tenant.external_id.as_str()),
            tenant_name: facts.map(|facts| facts.tenant.name.as_str()),
            level: facts.map(|facts| facts.grant.level.as_str()),
            role: person.and_then(|(_, role)| role),
            user_id: person.map(|(user, _)| user.external_id.as_str()),
            base_url: facts.and_then(|facts| facts.tenant.base_url.as_deref()),
        }
    }

    /// What may be told of the person.
    #[must_use]
    pub fn profile(&self) -> Profile<'_> {
        let person = self.grant.as_deref().and_then(|facts| facts.person());
        match person.filter(|_| self.catalogue.covers(&self.scopes, PROFILE)) {
            Some((user, _)) => Profile::of(&user.name, user.email()),
            None => Profile::default(),
        }
    }
}

fn facts<'a>(
    token: &'a AccessToken,
    app: &'a App,
    grant: Option<&'a GrantFacts>,
    catalogue: &'a Catalogue,
) -> TokenFacts<'a> {
    let found = |(_, family)| FamilyState::found(family, token.family_created_at, token.family_ended);
    TokenFacts {
        scopes: &token.scopes,
        resource: token.resource.as_deref(),
        expires_at: token.expires_at,
        revoked: token.revoked,
        family: token.hangs_from.map(found),
        generation: token.generation,
        app,
        grant,
        catalogue,
    }
}

/// The refusal where nothing here knows the token.
#[must_use]
pub fn unknown_token() -> Refusal {
    Refusal::new(ErrorCode::InvalidToken, Reason::UnknownToken, "the token is not valid")
}
