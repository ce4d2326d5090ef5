//! Who holds an access token, and what it allows now: the one road from a presented token to an answer, taken by
//! introspection, `/v1/check` and `/v1/me` alike.

use std::borrow::Cow;
use std::sync::Arc;

use symbolon_oauth::client::Level;
use symbolon_oauth::credential::{Kind, Presented};
use symbolon_oauth::error::{ErrorCode, Refusal};
use symbolon_oauth::id::Id;
use symbolon_oauth::introspection::is_live;
use symbolon_oauth::reason::Reason;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::App;
use symbolon_platform::authority::{self, Denied, FamilyState, GrantFacts};
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

/// Finds out. `None`: nothing here has the form and secret of an access token of ours.
///
/// # Errors
/// [`Failure::Store`]: an outage is never an answer.
pub async fn of(
    state: &State,
    token: &str,
    now: Timestamp,
) -> Result<Option<Result<Principal, Denied>>, Failure> {
    let Some(presented) = Presented::parse(token).filter(|presented| presented.kind == Kind::AccessToken)
    else {
        return Ok(None);
    };
    let token = state.store.access_token(Id::new(presented.id), now).await?;
    let Some(token) = token.filter(|token| token.hash == presented.hash) else { return Ok(None) };
    let Some(app) = state.store.app(token.app, now).await? else { return Ok(None) };
    let grant = match token.hangs_from {
        Some((grant, _)) => state.store.grant_facts(grant, now).await?,
        None => None,
    };
    if token.hangs_from.is_some() && grant.is_none() {
        return Ok(Some(Err(Denied::GrantRevoked)));
    }
    let catalogue = state.store.catalogue(now).await?;
    let scopes = allowed(&token, &app, grant.as_deref(), &catalogue, now);
    if let (Ok(_), Some(grant)) = (&scopes, &grant) {
        state.usage.used(grant.grant.id, grant.grant.last_used_at, now);
    }
    Ok(Some(scopes.map(|scopes| Principal { token, app, grant, scopes, catalogue })))
}

/// What a token allows now.
fn allowed(
    token: &AccessToken,
    app: &App,
    grant: Option<&GrantFacts>,
    catalogue: &Catalogue,
    now: Timestamp,
) -> Result<ScopeSet, Denied> {
    if token.revoked {
        return Err(Denied::TokenRevoked);
    }
    if !is_live(token.expires_at, token.revoked, now) {
        return Err(Denied::TokenExpired);
    }
    match grant {
        Some(grant) => {
            // A family that is no longer there vouches for nothing.
            let family = FamilyState {
                id: token.hangs_from.map(|(_, family)| family),
                began: token.family_created_at.unwrap_or(token.created_at),
                ended: token.family_ended || token.family_created_at.is_none(),
            };
            let ceiling = authority::ceiling(app, grant, catalogue, family, now)?;
            Ok(token.scopes.intersection(&ceiling))
        }
        None => {
            authority::usable(app)?;
            Ok(token.scopes.intersection(&app.client.scopes))
        }
    }
}

impl Principal {
    /// Whether it is meant for the resource with this identifier. A token that names none is meant for all.
    #[must_use]
    pub fn is_meant_for(&self, resource: &str) -> bool {
        self.token.resource.as_deref().is_none_or(|own| own == resource)
    }

    /// What the required scopes lack: first what consent could give, then what only another role could.
    ///
    /// # Errors
    /// [`Denied::RoleForbidden`] when the grant holds it and the role does not, [`Denied::MissingScope`] otherwise.
    pub fn holds(&self, required: &ScopeSet) -> Result<(), Denied> {
        if self.scopes.contains_all(required) {
            return Ok(());
        }
        let held = self.catalogue.closure(&self.scopes);
        let missing = required.difference(&held);
        if missing.is_empty() {
            return Ok(());
        }
        let given = self.grant.as_ref().map(|facts| self.token.scopes.intersection(&facts.grant.scopes));
        let given = given.unwrap_or_default().intersection(&self.app.client.scopes);
        let granted = self.catalogue.closure(&given);
        if granted.contains_all(&missing) { Err(Denied::RoleForbidden) } else { Err(Denied::MissingScope) }
    }

    /// Whether one of these scopes is held; of none, none is needed.
    ///
    /// # Errors
    /// As [`Principal::holds`] of the first.
    pub fn holds_one_of(&self, scopes: &ScopeSet) -> Result<(), Denied> {
        let mut each = scopes.iter().map(|scope| self.holds(&ScopeSet::from_iter([scope])));
        let Some(first) = each.next() else { return Ok(()) };
        if first.is_ok() || each.any(|held| held.is_ok()) { Ok(()) } else { first }
    }

    /// As whom it acts.
    #[must_use]
    pub fn subject(&self) -> Cow<'_, str> {
        subject(&self.app, self.grant.as_deref())
    }
}

/// As whom a token acts: the person, the installation, or the app itself.
#[must_use]
pub fn subject<'a>(app: &'a App, grant: Option<&'a GrantFacts>) -> Cow<'a, str> {
    match grant {
        None => Cow::Borrowed(&app.client.client_id),
        Some(facts) => match facts.grant.level {
            Level::User => Cow::Borrowed(&facts.user.external_id),
            Level::Tenant => Cow::Owned(format!("inst_{}", facts.grant.id)),
        },
    }
}

/// The refusal where nothing here knows the token.
#[must_use]
pub fn unknown_token() -> Refusal {
    Refusal::new(ErrorCode::InvalidToken, Reason::UnknownToken, "the token is not valid")
}
