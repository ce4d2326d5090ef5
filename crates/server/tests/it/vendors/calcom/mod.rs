//! Cal.com: its acceptance cases, one file for each part of the conversation, and the exact requests of its clients.

mod authorize;
mod client;
mod clients;
mod command_line;
mod current;
mod generation_c;
mod identity;
mod life;
mod old;
mod place;
mod registration;

use serde_json::{Map, Value, json};

use super::Wire;
use crate::support::{Answer, Callback, Person, TestApp, challenge};

/// Where people are sent.
const AUTHORIZE: &str = "/auth/oauth2/authorize";
/// The old exchange.
const OLD_TOKEN: &str = "/api/auth/oauth/token";
/// The old refresh.
const OLD_REFRESH: &str = "/api/auth/oauth/refreshToken";
/// The old identity.
const OLD_ME: &str = "/api/auth/oauth/me";
/// The current endpoint for both grants.
const TOKEN: &str = "/v2/auth/oauth2/token";
/// The current identity.
const ME: &str = "/v2/me";

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// An app that speaks Cal.com. It uses the current endpoint unless a story says otherwise.
struct Bridge {
    wire: Wire,
    client_id: &'static str,
    /// A public app has none.
    secret: Option<String>,
    callback: String,
    /// What a public app sends.
    challenge: String,
}

/// What a token answer gave.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pair {
    access: String,
    refresh: String,
}

impl Pair {
    #[track_caller]
    fn read(answer: &Answer) -> Pair {
        let json = answer.ok();
        assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
        let text = |name: &str| json[name].as_str().unwrap_or_else(|| panic!("no {name}: {json}")).to_owned();
        Pair { access: text("access_token"), refresh: text("refresh_token") }
    }
}

impl Bridge {
    fn of(app: &TestApp, client_id: &'static str) -> Bridge {
        let secret = (client_id != "calcom-public").then(|| format!("{client_id}-secret"));
        Bridge {
            wire: Wire::at(app, "/calcom"),
            client_id,
            secret,
            callback: format!("https://{client_id}.example.net/cb"),
            challenge: challenge(VERIFIER),
        }
    }

    /// An authorization request with everything right.
    fn asks<'a>(&'a self, scope: &'a str) -> Vec<(&'a str, &'a str)> {
        let mut pairs = vec![
            ("client_id", self.client_id),
            ("redirect_uri", self.callback.as_str()),
            ("response_type", "code"),
            ("scope", scope),
            ("state", "s-1"),
        ];
        if self.secret.is_none() {
            pairs.extend([("code_challenge", self.challenge.as_str()), ("code_challenge_method", "S256")]);
        }
        pairs
    }

    /// Lets a person connect it at a place, the only one when none is named.
    async fn connects(&self, person: &mut Person, scope: &str, place: Option<&str>) -> Callback {
        self.wire.connects(person, (AUTHORIZE, &self.asks(scope)), place).await
    }

    async fn code(&self, person: &mut Person, scope: &str) -> String {
        self.connects(person, scope, None).await.code().to_owned()
    }

    /// Its credentials in the body, as every client of this vendor sends them.
    fn own(&self) -> Vec<(&str, &str)> {
        let secret = self.secret.as_deref().map(|secret| ("client_secret", secret));
        [("client_id", self.client_id)].into_iter().chain(secret).collect()
    }

    /// An exchange with everything right.
    fn exchange_of<'a>(&'a self, code: &'a str) -> Vec<(&'a str, &'a str)> {
        let mut pairs = self.own();
        pairs.extend([("grant_type", "authorization_code"), ("code", code)]);
        pairs.push(("redirect_uri", &self.callback));
        if self.secret.is_none() {
            pairs.push(("code_verifier", VERIFIER));
        }
        pairs
    }

    /// A refresh with everything right.
    fn refresh_of<'a>(&'a self, refresh_token: &'a str) -> Vec<(&'a str, &'a str)> {
        let mut pairs = self.own();
        pairs.extend([("grant_type", "refresh_token"), ("refresh_token", refresh_token)]);
        pairs
    }

    async fn exchange(&self, code: &str) -> Answer {
        self.wire.post_json(TOKEN, &object(&self.exchange_of(code))).await
    }

    async fn refresh(&self, refresh_token: &str) -> Answer {
        self.wire.post_json(TOKEN, &object(&self.refresh_of(refresh_token))).await
    }

    async fn connect(&self, person: &mut Person, scope: &str) -> Pair {
        let code = self.code(person, scope).await;
        Pair::read(&self.exchange(&code).await)
    }

    async fn connect_at(&self, person: &mut Person, scope: &str, place: &str) -> Pair {
        let callback = self.connects(person, scope, Some(place)).await;
        Pair::read(&self.exchange(callback.code()).await)
    }

    /// An old refresh: the token is the bearer, the body names the client.
    async fn refresh_by_header(&self, refresh_token: &str) -> Answer {
        let pairs = [self.own(), vec![("grant_type", "refresh_token")]].concat();
        let bearer = format!("Bearer {refresh_token}");
        self.wire.post_form_with(OLD_REFRESH, &pairs, &[("authorization", &bearer)]).await
    }

    /// The other old refresh.
    async fn refresh_by_body(&self, refresh_token: &str) -> Answer {
        self.wire.post_form(OLD_REFRESH, &self.refresh_of(refresh_token)).await
    }
}

/// The parameters as a JSON object.
fn object(pairs: &[(&str, &str)]) -> Value {
    let member = |(name, value): &(&str, &str)| ((*name).to_owned(), json!(value));
    Value::Object(pairs.iter().map(member).collect::<Map<_, _>>())
}

/// The parameters with one of them changed, or added.
fn with<'a>(pairs: &[(&'a str, &'a str)], name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut pairs = without(pairs, name);
    pairs.push((name, value));
    pairs
}

/// The parameters without one of them.
fn without<'a>(pairs: &[(&'a str, &'a str)], name: &str) -> Vec<(&'a str, &'a str)> {
    pairs.iter().filter(|(own, _)| *own != name).copied().collect()
}

/// Expects an error of the current endpoint: two members, the second a reason for machines.
#[track_caller]
fn refused(answer: &Answer, status: u16, error: &str, reason: &str) {
    answer.refused(status, error);
    assert_eq!(answer.json(), json!({ "error": error, "error_description": reason }));
}

/// Expects an error of the old endpoints: the code of later clients and the word of the first ones.
#[track_caller]
fn refused_of_old(answer: &Answer, status: u16, error: &str, message: &str) {
    answer.refused(status, error);
    let json = answer.json();
    assert_eq!(super::members(&json), ["error", "error_description", "message"]);
    assert_eq!(json["message"], message, "{json}");
}
