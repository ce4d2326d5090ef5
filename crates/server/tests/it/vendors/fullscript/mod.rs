//! Fullscript: its acceptance cases, one file for each part of the conversation, and the exact requests of its clients.

mod authorize;
mod clients;
mod nowhere;
mod owner;
mod revoke;
mod token;

use serde_json::{Value, json};

use super::{Wire, members};
use crate::support::{Answer, DAY, MINUTE, Person, TestApp};

/// An hour of [`TestApp::advance`].
pub const HOUR: i64 = 60 * MINUTE;
/// A year of [`TestApp::advance`].
pub const YEAR: i64 = 365 * DAY;
/// What `fullscript-app` is registered for.
pub const REGISTERED: &str = "catalog:read clinic:read patients:read";

/// An app that speaks Fullscript, in JSON as the documentation shows it.
pub struct Partner {
    pub wire: Wire,
    pub client_id: &'static str,
    pub secret: String,
    pub callback: String,
}

/// What an answer gave.
pub struct Connection {
    pub access: String,
    pub refresh: String,
    pub scope: String,
    pub created_at: String,
    /// `resource_owner`.
    pub owner: Value,
}

impl Connection {
    #[track_caller]
    pub fn read(answer: &Answer) -> Connection {
        let json = answer.ok();
        assert_eq!(members(&json), ["oauth"]);
        assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
        let oauth = &json["oauth"];
        let text =
            |name: &str| oauth[name].as_str().unwrap_or_else(|| panic!("no {name}: {oauth}")).to_owned();
        Connection {
            access: text("access_token"),
            refresh: text("refresh_token"),
            scope: text("scope"),
            created_at: text("created_at"),
            owner: oauth["resource_owner"].clone(),
        }
    }
}

impl Partner {
    pub fn of(app: &TestApp, client_id: &'static str) -> Partner {
        Partner::at(app, "/fullscript", client_id)
    }

    pub fn at(app: &TestApp, prefix: &'static str, client_id: &'static str) -> Partner {
        let (secret, callback) =
            (format!("{client_id}-secret"), format!("https://{client_id}.example.net/cb"));
        Partner { wire: Wire::at(app, prefix), client_id, secret, callback }
    }

    /// An authorization request with everything right.
    pub fn asks(&self) -> [(&str, &str); 3] {
        [("client_id", self.client_id), ("redirect_uri", &self.callback), ("response_type", "code")]
    }

    /// Lets a person connect it at a clinic (the only one when there is `None`), up to the code.
    pub async fn code(&self, person: &mut Person, clinic: Option<&str>) -> String {
        let callback = self.wire.connects(person, ("/oauth/authorize", &self.asks()), clinic).await;
        callback.code().to_owned()
    }

    pub fn exchange_of(&self, code: &str) -> Value {
        json!({
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "client_secret": self.secret,
            "code": code,
            "redirect_uri": self.callback,
        })
    }

    pub async fn exchange(&self, code: &str) -> Answer {
        self.wire.post_json("/api/oauth/token", &self.exchange_of(code)).await
    }

    pub fn refresh_of(&self, refresh_token: &str) -> Value {
        json!({
            "grant_type": "refresh_token",
            "client_id": self.client_id,
            "client_secret": self.secret,
            "refresh_token": refresh_token,
        })
    }

    pub async fn refresh(&self, refresh_token: &str) -> Answer {
        self.wire.post_json("/api/oauth/token", &self.refresh_of(refresh_token)).await
    }

    pub async fn revoke(&self, token: &str) -> Answer {
        let body = json!({ "client_id": self.client_id, "client_secret": self.secret, "token": token });
        self.wire.post_json("/api/oauth/revoke", &body).await
    }

    pub async fn connect(&self, person: &mut Person) -> Connection {
        self.connect_at(person, None).await
    }

    pub async fn connect_at(&self, person: &mut Person, clinic: Option<&str>) -> Connection {
        let code = self.code(person, clinic).await;
        Connection::read(&self.exchange(&code).await)
    }
}

/// `[A-Za-z0-9._~-]{16,512}`: what a strict client takes for a credential.
pub fn is_credential(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte);
    (16..=512).contains(&text.len()) && text.bytes().all(fits)
}

/// `[A-Za-z0-9-]{16,128}`: what a strict client takes for an owner.
pub fn is_owner(id: &Value) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    id.as_str().is_some_and(|id| (16..=128).contains(&id.len()) && id.bytes().all(fits))
}

/// Expects the refusal of a dead code or refresh token.
#[track_caller]
pub fn dead(answer: &Answer) {
    answer.refused(400, "invalid_grant");
    assert_eq!(members(&answer.json()), ["error", "error_description"], "errors are not wrapped");
}
