//! What leaves this server on somebody's word: sent through the one door out, counted and logged, once.

mod domain_proof;
mod link_check;

use symbolon_wire::egress::{Answer, EgressError, Request};

use crate::state::State;

pub use self::domain_proof::prove_domain;
pub use self::link_check::{Link, check_link};

/// What a request is for: a label of `symbolon_egress_requests_total`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Whether a domain is a developer's.
    DomainProof,
    /// Whether a link of an app leads somewhere.
    LinkCheck,
}

impl Purpose {
    /// Its name, fixed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Purpose::DomainProof => "domain_proof",
            Purpose::LinkCheck => "link_check",
        }
    }
}

/// Sends a request for a purpose.
///
/// # Errors
/// Why there is no answer, in words for whoever gave the address.
pub async fn send(state: &State, purpose: Purpose, request: Request) -> Result<Answer, EgressError> {
    let host = request.url().host_str().unwrap_or_default().to_owned();
    let answer = state.egress.send(request).await;
    told(state, purpose, &host, answer.as_ref().map(|answer| Some(answer.status().as_u16())));
    answer
}

fn told(state: &State, purpose: Purpose, host: &str, outcome: Result<Option<u16>, &EgressError>) {
    let purpose = purpose.as_str();
    match outcome {
        Ok(status) => {
            state.metrics.sent_out(purpose, "answered");
            tracing::debug!(purpose, host, status, "a request that was sent out was answered");
        }
        Err(wrong) => {
            let outcome = wrong.code();
            state.metrics.sent_out(purpose, outcome);
            tracing::info!(
                purpose,
                host,
                outcome,
                detail = wrong.detail(),
                "a request was not sent out, or not answered"
            );
        }
    }
}
