//! Whether a domain is a developer's: asked of its DNS and of its web server, decided by `symbolon_platform::domain`.

use symbolon_platform::domain::{self, Challenge, Domain, Found, Verdict};
use symbolon_wire::egress::Request;
use url::Url;

use super::{Purpose, send, told};
use crate::state::State;

/// Looks for the challenge of a domain, in its DNS first. A name server or a web server that does not answer proves nothing and
/// refutes nothing: it is asked again later.
pub async fn prove_domain(state: &State, domain: &Domain, challenge: &Challenge) -> Verdict {
    let texts = state.egress.texts(&domain.txt_name()).await;
    told(state, Purpose::DomainProof, domain.as_str(), texts.as_ref().map(|_| None));
    let dns = texts.map_or(Found::Unknown, Found::Texts);
    match domain::decide(challenge, &[&dns]) {
        Verdict::Proven => Verdict::Proven,
        Verdict::Absent | Verdict::Other | Verdict::Unknown => {
            domain::decide(challenge, &[&dns, &file(state, domain).await])
        }
    }
}

async fn file(state: &State, domain: &Domain) -> Found {
    let Ok(url) = Url::parse(&domain.file_url()) else { return Found::Texts(Vec::new()) };
    match send(state, Purpose::DomainProof, Request::get(url)).await {
        Ok(answer) if answer.status().is_success() => {
            Found::Texts(answer.text().lines().map(str::to_owned).collect())
        }
        Ok(answer) if answer.status().is_server_error() => Found::Unknown,
        Ok(_) => Found::Texts(Vec::new()),
        Err(_) => Found::Unknown,
    }
}
