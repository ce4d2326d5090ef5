//! Token request (RFC 6749 §3.2) whose client is proven, with what every grant type needs to answer it.

use std::sync::Arc;

use http::Response;
use symbolon_oauth::credential::{Kind, Mark, Secret};
use symbolon_oauth::dialect::write::{self, ActingFor, Sources, Tokens};
use symbolon_oauth::grant_type::refresh_token::Minted;
use symbolon_oauth::grant_type::{InForce, Terms};
use symbolon_oauth::id::{FamilyId, GrantId, Id};
use symbolon_oauth::parameters::Parameters;
use symbolon_oauth::scope::ScopeSet;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::App;
use symbolon_platform::authority::{self, FamilyState, GrantFacts};
use symbolon_platform::catalogue::Catalogue;

use crate::failure::Failure;
use crate::reply::{self, Body};
use crate::request::Request;
use crate::served::Served;
use crate::sources::sources;
use crate::state::State;

/// A token request whose client is proven.
pub struct Asked<'a> {
    /// The server.
    pub state: &'a State,
    /// Where it is asked.
    pub served: Served<'a>,
    /// The request.
    pub request: &'a Request,
    /// Its parameters.
    pub parameters: Parameters,
    /// The app.
    pub app: Arc<App>,
    /// What was declared.
    pub catalogue: Arc<Catalogue>,
    /// Now.
    pub now: Timestamp,
}

impl Asked<'_> {
    /// The canonical identifier of the resource that is asked for, when it is known.
    #[must_use]
    pub fn known_resource(&self) -> Option<&str> {
        let resource = self.catalogue.resource(self.parameters.get("resource")?)?;
        Some(&resource.identifier)
    }

    /// What a code or a refresh token is judged by.
    #[must_use]
    pub fn terms(&self) -> Terms<'_> {
        Terms { client: &self.app.client, policy: self.served.policy, now: self.now }
    }

    /// What a code or a token family hangs from, if it is there.
    ///
    /// # Errors
    /// An outage.
    pub async fn grant(&self, id: Option<GrantId>) -> Result<Option<Arc<GrantFacts>>, Failure> {
        let Some(id) = id else { return Ok(None) };
        Ok(self.state.store.grant_facts(id, self.now).await?)
    }

    /// The grant of a token family, or of a code that would begin one, with what it allows now; none when it is not in
    /// force.
    #[must_use]
    pub fn in_force<'g>(
        &self,
        grant: &'g GrantFacts,
        family: FamilyState,
    ) -> Option<InForce<&'g GrantFacts>> {
        let allowed = authority::ceiling(&self.app, grant, &self.catalogue, family, self.now);
        let allowed =
            allowed.inspect_err(|denied| tracing::info!(reason = denied.code(), "the grant allows nothing"));
        Some(InForce { grant, ceiling: allowed.ok()? })
    }

    /// Writes a token answer as the dialect spells it.
    #[must_use]
    pub fn write(
        &self,
        tokens: Tokens<'_>,
        scopes: &ScopeSet,
        acting_for: Option<ActingFor<'_>>,
    ) -> Response<Body> {
        let sources = sources((self.state, &self.app, &self.catalogue), scopes, acting_for, self.now);
        let sources = Sources { tokens: Some(tokens), ..sources };
        let endpoint = self.served.endpoint;
        let body = write::token_answer(endpoint, &sources);
        let rules = &endpoint.rules.answer;
        reply::tokens(rules.status, write::token_answer_type(endpoint), body, &rules.headers)
    }

    /// A fresh credential of the row `id`.
    ///
    /// # Errors
    /// [`Failure::Busy`].
    pub fn mint<K>(&self, kind: Kind, id: Id<K>) -> Result<Secret, Failure> {
        self.state.mint(&self.served.mounted.dialect, kind, id)
    }

    /// A fresh refresh token of a family, with what is kept of it; `mark` is what the family's refresh tokens share already.
    ///
    /// # Errors
    /// [`Failure::Busy`].
    pub fn mint_refresh(&self, family: FamilyId, mark: Option<Mark>) -> Result<(Secret, Minted), Failure> {
        self.state.mint_refresh(&self.served.mounted.dialect, family, mark)
    }
}
