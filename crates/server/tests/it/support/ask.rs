//! An authorization request, and what the client keeps of it.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

static NEXT: AtomicU64 = AtomicU64::new(1);

/// An authorization request as a client writes it. Every part can be changed before it is sent.
#[derive(Clone, Debug)]
pub struct Asked {
    path: String,
    pairs: Vec<(String, String)>,
    /// The PKCE verifier that the client keeps.
    pub verifier: String,
}

/// The `S256` challenge of a verifier (RFC 7636 §4.2).
pub fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

impl Asked {
    pub(super) fn new(client_id: &str, redirect_uri: &str, scope: &str) -> Asked {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let verifier = format!("verifier-{number:040}");
        let asked = Asked { path: "/oauth/authorize".to_owned(), pairs: Vec::new(), verifier };
        let asked = asked.with("response_type", "code").with("client_id", client_id);
        let asked = asked.with("redirect_uri", redirect_uri).with("scope", scope);
        let (state, challenge) = (format!("state-{number}"), challenge(&asked.verifier));
        asked.with("state", &state).with("code_challenge", &challenge).with("code_challenge_method", "S256")
    }

    /// Exactly these parameters, at this address: what a client that knows no RFC sends.
    pub fn exactly(path: &str, pairs: &[(&str, &str)]) -> Asked {
        let asked = Asked { path: path.to_owned(), pairs: Vec::new(), verifier: String::new() };
        pairs.iter().fold(asked, |asked, (name, value)| asked.and(name, value))
    }

    /// At another authorization endpoint.
    pub fn at(mut self, path: &str) -> Asked {
        path.clone_into(&mut self.path);
        self
    }

    /// With a parameter set to this value.
    pub fn with(mut self, name: &str, value: &str) -> Asked {
        match self.pairs.iter_mut().find(|(own, _)| own == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.pairs.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    /// With a parameter once more.
    pub fn and(mut self, name: &str, value: &str) -> Asked {
        self.pairs.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without a parameter.
    pub fn without(mut self, name: &str) -> Asked {
        self.pairs.retain(|(own, _)| own != name);
        self
    }

    /// Without PKCE.
    pub fn without_challenge(self) -> Asked {
        self.without("code_challenge").without("code_challenge_method")
    }

    /// A parameter; empty when it is missing.
    pub fn get(&self, name: &str) -> &str {
        self.pairs.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
    }

    /// The parameters, encoded.
    pub fn form(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.pairs).finish()
    }

    /// The address to send a browser to.
    pub fn url(&self) -> String {
        format!("{}?{}", self.path, self.form())
    }
}
