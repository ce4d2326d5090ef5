//! What the log tells of a request besides its head: the app, the person and what was done, gathered while it is answered.
//! Identifiers alone: no name, no address of a person, and nothing that was presented.

use std::sync::{Mutex, MutexGuard, PoisonError};

use symbolon_oauth::client::GrantType;
use symbolon_platform::deed::Deed;

/// The target of the lines that tell of every request, so that a filter can ask for them alone: `info,request=debug`.
pub const REQUEST: &str = "request";

/// What is known of a request by now.
#[derive(Debug, Default)]
pub struct Trail(Mutex<Told>);

/// The same, as it is written.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// The app.
    pub client_id: Option<String>,
    /// The person, by the host's identifier.
    pub user: Option<String>,
    /// The deeds that were audited.
    pub deeds: Vec<Deed>,
    /// By which grant type a token was issued.
    pub grant_type: Option<&'static str>,
}

impl Trail {
    /// This app asks.
    pub fn app(&self, client_id: &str) {
        self.known().client_id = Some(client_id.to_owned());
    }

    /// This person is behind it, by the host's identifier.
    pub fn person(&self, user: &str) {
        self.known().user = Some(user.to_owned());
    }

    /// The bearer of a token, of whom only a line at `debug` would tell: else nothing is kept, as checks are many.
    pub fn bearer(&self, client_id: &str, user: Option<&str>) {
        if tracing::enabled!(target: REQUEST, tracing::Level::DEBUG) {
            let mut known = self.known();
            known.client_id = Some(client_id.to_owned());
            known.user = user.map(str::to_owned);
        }
    }

    /// This was done and is audited: said once the commit holds.
    pub fn did(&self, deed: Deed) {
        self.known().deeds.push(deed);
    }

    /// A token went out.
    pub fn issued(&self, grant_type: GrantType) {
        self.known().grant_type = Some(grant_type.as_str());
    }

    /// What is to be told.
    #[must_use]
    pub fn told(&self) -> Told {
        self.known().clone()
    }

    /// Whether there is something that the log tells at its usual level.
    #[must_use]
    pub fn is_worth_a_line(&self) -> bool {
        let known = self.known();
        !known.deeds.is_empty() || known.grant_type.is_some()
    }

    fn known(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
