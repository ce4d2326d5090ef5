//! The host's API: it asks the server about the credentials it is given.

use serde_json::{Value, json};

use super::{Answer, HOME, TestApp};

/// A resource of the world, with its host key.
#[derive(Clone)]
pub struct Resource {
    app: TestApp,
    /// Its host key.
    pub key: String,
}

impl Resource {
    pub(super) fn new(app: &TestApp, key: &str) -> Resource {
        Resource { app: app.clone(), key: key.to_owned() }
    }

    async fn post(&self, path: &str, content_type: &str, body: &str) -> Answer {
        let bearer = format!("Bearer {}", self.key);
        let headers = [("authorization", bearer.as_str()), ("content-type", content_type)];
        self.app.send(self.app.request("POST", path, &headers, body), HOME).await
    }

    /// Introspects (RFC 7662).
    pub async fn introspect(&self, token: &str) -> Value {
        self.try_introspect(token).await.ok()
    }

    /// The same, when it may be refused.
    pub async fn try_introspect(&self, token: &str) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).append_pair("token", token).finish();
        self.post("/oauth/introspect", "application/x-www-form-urlencoded", &body).await
    }

    /// Whether a token is alive.
    pub async fn sees_alive(&self, token: &str) -> bool {
        self.introspect(token).await["active"] == Value::Bool(true)
    }

    /// Asks `/v1/check` whether a token may do what these scopes allow.
    pub async fn check(&self, token: &str, scopes: &[&str]) -> Answer {
        let question = json!({ "token": token, "scopes": scopes });
        self.post("/v1/check", "application/json", &question.to_string()).await
    }
}
