//! A change of an app as its developers make it: judged as every registration is, and written with its audit rows.

use symbolon_oauth::client::GrantType;
use symbolon_platform::app::registration::{Acceptance, Offer, Spoken};
use symbolon_platform::app::{App, Registration, Unfit};
use symbolon_platform::catalogue::Catalogue;
use symbolon_store::Change;
use symbolon_store::change::{AppChange, ClientSecretChange};

use crate::failure::Failure;
use crate::pages::portal::own::Own;
use crate::state::State;
use crate::visitor::Outcome;

/// What registrations are judged against here.
pub(super) fn offer<'a>(state: &'a State, catalogue: &'a Catalogue) -> Offer<'a> {
    let spoken = state.dialects.iter().map(|own| {
        let (public_clients, default_scopes) = (own.dialect.public_clients, &own.dialect.default_scopes);
        (own.dialect.name.as_str(), Spoken { public_clients, default_scopes })
    });
    Offer { dialects: spoken.collect(), scopes: catalogue.scopes.keys().map(String::as_str).collect() }
}

/// Whether somebody asks for what only the operator gives: to act as itself.
pub(super) fn takes_what_is_not_given(wanted: &Registration, held: &[GrantType]) -> bool {
    let own = GrantType::ClientCredentials;
    wanted.grant_types.as_ref().is_some_and(|named| named.contains(&own)) && !held.contains(&own)
}

impl Own<'_> {
    /// The app that a registration would make of this one. That its publisher was made sure of holds while it is the same.
    pub fn judged(&self, wanted: &Registration, catalogue: &Catalogue) -> Result<App, Unfit> {
        let known = self.app.listing.publisher.as_ref();
        let verified =
            known.is_some_and(|known| known.verified && Some(&known.name) == wanted.publisher.as_ref());
        let wanted = Registration { publisher_verified: verified, ..wanted.clone() };
        wanted.decide(&offer(self.visitor.state, catalogue), Acceptance::again(&self.app))
    }

    /// The app as it is compared and written: secrets are no part of that.
    pub fn stored(&self) -> App {
        let client = symbolon_oauth::client::Client { secrets: Vec::new(), ..self.app.client.clone() };
        App { client, ..self.app.clone() }
    }

    /// Makes it `new`, and what comes with that. One that turns public has no secrets any more.
    pub async fn become_this(&self, new: App, also: Vec<Change>, what: &str) -> Result<Outcome, Failure> {
        let mut changes = also;
        if new.client.is_public() && !self.app.client.is_public() {
            let app = self.app.client.id;
            changes.extend(
                self.app
                    .client
                    .secrets
                    .iter()
                    .map(|secret| ClientSecretChange::Revoke { app, secret: secret.id }.into()),
            );
        }
        let old = self.stored();
        if old != new {
            changes.insert(0, AppChange::Update { old: Box::new(old), new: Box::new(new) }.into());
        }
        if changes.is_empty() {
            return Ok(Outcome::Made);
        }
        let detail = format!("app {}: {what}", self.app.client.client_id);
        let changes = changes.into_iter().map(|change| (change, detail.clone())).collect();
        self.visitor.change(changes, &[]).await
    }
}
