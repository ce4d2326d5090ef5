//! An app: what it asks in the back channel, and what it makes of the answers.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Answer, Asked, Callback, HOME, Person, TestApp};

const TOKEN: &str = "/oauth/token";

/// An app of the world.
#[derive(Clone)]
pub struct Client {
    app: TestApp,
    /// Its public identifier.
    pub client_id: String,
    /// Its secret; a public app has none.
    pub secret: Option<String>,
    /// Where it wants its answers.
    pub redirect_uri: String,
}

/// What a token answer gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// The access token.
    pub access: String,
    /// The refresh token; empty when there is none.
    pub refresh: String,
    /// What they are good for.
    pub scope: String,
}

impl Tokens {
    /// Reads a success.
    #[track_caller]
    pub fn read(answer: &Answer) -> Tokens {
        let json = answer.ok();
        let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
        assert!(!text("access_token").is_empty(), "{answer:?}");
        Tokens { access: text("access_token"), refresh: text("refresh_token"), scope: text("scope") }
    }
}

impl Client {
    pub(super) fn new(app: &TestApp, client_id: &str) -> Client {
        let (secret, redirect_uri) = match client_id {
            "pocket" | "purse" => (None, "http://127.0.0.1/cb".to_owned()),
            "ledger" => {
                (Some("ledger-secret".to_owned()), "https://ledger.example.net/cb?foo=bar".to_owned())
            }
            other => (Some(format!("{other}-secret")), format!("https://{other}.example.net/cb")),
        };
        Client { app: app.clone(), client_id: client_id.to_owned(), secret, redirect_uri }
    }

    /// An authorization request with everything right.
    pub fn asks(&self, scope: &str) -> Asked {
        Asked::new(&self.client_id, &self.redirect_uri, scope)
    }

    /// Posts a form with its own credentials: Basic, or `client_id` alone for a public app.
    pub async fn post(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let Some(secret) = &self.secret else {
            let mut pairs = pairs.to_vec();
            pairs.push(("client_id", &self.client_id));
            return self.post_bare(path, &pairs, &[]).await;
        };
        let basic = format!("Basic {}", STANDARD.encode(format!("{}:{secret}", self.client_id)));
        self.post_bare(path, pairs, &[("authorization", &basic)]).await
    }

    /// Posts a form with these headers and no credentials.
    pub async fn post_bare(&self, path: &str, pairs: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend_from_slice(headers);
        self.app.send(self.app.request("POST", path, &all, &body), HOME).await
    }

    /// Exchanges the code of a callback, with everything right.
    pub async fn exchange(&self, asked: &Asked, callback: &Callback) -> Answer {
        self.exchange_code(asked, callback.code()).await
    }

    /// Exchanges a code, with everything else right.
    pub async fn exchange_code(&self, asked: &Asked, code: &str) -> Answer {
        let mut pairs = vec![("grant_type", "authorization_code"), ("code", code)];
        let redirect_uri = asked.get("redirect_uri");
        if !redirect_uri.is_empty() {
            pairs.push(("redirect_uri", redirect_uri));
        }
        if !asked.get("code_challenge").is_empty() {
            pairs.push(("code_verifier", &asked.verifier));
        }
        self.post(TOKEN, &pairs).await
    }

    /// Refreshes.
    pub async fn refresh(&self, refresh_token: &str) -> Answer {
        self.post(TOKEN, &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await
    }

    /// Revokes (RFC 7009).
    pub async fn revoke(&self, token: &str) -> Answer {
        self.post("/oauth/revoke", &[("token", token)]).await
    }

    /// Introspects (RFC 7662).
    pub async fn introspect(&self, token: &str) -> Answer {
        self.post("/oauth/introspect", &[("token", token)]).await
    }

    /// Asks `/v1/me` with an access token.
    pub async fn me(&self, access_token: &str) -> Answer {
        let bearer = format!("Bearer {access_token}");
        self.app.send(self.app.request("GET", "/v1/me", &[("authorization", &bearer)], ""), HOME).await
    }

    /// Lets a person connect it, and exchanges the code.
    pub async fn connect(&self, person: &mut Person, scope: &str) -> Tokens {
        let asked = self.asks(scope);
        let callback = person.connects(&asked).await;
        Tokens::read(&self.exchange(&asked, &callback).await)
    }

    /// The same for this tenant.
    pub async fn connect_for(&self, person: &mut Person, scope: &str, tenant: &str) -> Tokens {
        let asked = self.asks(scope);
        let callback = person.connects_for(&asked, tenant).await;
        Tokens::read(&self.exchange(&asked, &callback).await)
    }
}
