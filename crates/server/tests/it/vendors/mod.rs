//! The four vendors: what their clients send, byte for byte, and what those need in the answers.
//!
//! One server speaks all four dialects beside the standard endpoints, over one world (`world.toml`). A story is named
//! by the acceptance case that it proves. Requests are written by hand at a [`Wire`]: what a client of a vendor sends is
//! what is tested here, so nothing may add a parameter or a header to it.

mod calcom;
mod fillout;
mod fullscript;
mod hosts;
mod make;

use serde_json::Value;
use symbolon_store::testing::Database;

use crate::support::{Answer, Asked, Callback, HOME, Options, Person, TestApp};

const WORLD: &str = include_str!("world.toml");

/// Below the prefix of its name, each.
const MOUNTED: &str = r#"
    [[dialect]]
    preset = "fillout"
    prefix = "/fillout"
    [[dialect]]
    preset = "fullscript"
    prefix = "/fullscript"
    [[dialect]]
    preset = "calcom"
    prefix = "/calcom"
    [[dialect]]
    preset = "make"
    prefix = "/make"
"#;

/// Their short names and names; where they work says `world.toml`.
const PEOPLE: [(&str, &str); 12] = [
    ("fay", "Fay Lindqvist"),
    ("finn", "Finn Olsen"),
    ("flo", "Flo Marchetti"),
    ("fred", "Fred Nowak"),
    ("pia", "Pia Sommer"),
    ("stan", "Stan Kowalski"),
    ("olga", "Olga Petrova"),
    ("cara", "Cara Vogel"),
    ("cole", "Cole Ward"),
    ("mia", "Mia Moss"),
    ("max", "Max Stone"),
    ("gus", "Gus Everett"),
];

/// The server that speaks everything, with the vendors' world.
pub async fn start(database: Database) -> TestApp {
    start_with(database, "").await
}

/// The same, with more configuration.
pub async fn start_with(database: Database, more: &str) -> TestApp {
    let configuration: &'static str = String::leak(format!("{more}\n{MOUNTED}"));
    let options = Options { configuration, ..Options::default() };
    TestApp::of(database, &options, &PEOPLE, WORLD).await
}

/// A vendor's address, and raw requests to it.
#[derive(Clone)]
pub struct Wire {
    app: TestApp,
    prefix: &'static str,
    host: Option<&'static str>,
}

impl Wire {
    /// The wire at `/fillout`, `/fullscript`, `/calcom` or `/make`; the standard endpoints are at the empty prefix.
    pub fn at(app: &TestApp, prefix: &'static str) -> Wire {
        Wire { app: app.clone(), prefix, host: None }
    }

    /// The wire at a host of a vendor's own.
    pub fn on(app: &TestApp, host: &'static str) -> Wire {
        Wire { app: app.clone(), prefix: "", host: Some(host) }
    }

    /// An address below the prefix.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// Sends exactly this.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut all = headers.to_vec();
        all.extend(self.host.map(|host| ("host", host)));
        self.app.send(self.app.request(method, &self.address(path), &all, body), HOME).await
    }

    /// Gets with these headers.
    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, "").await
    }

    /// Gets with an access token where RFC 6750 puts it.
    pub async fn get_as(&self, path: &str, token: &str) -> Answer {
        self.get(path, &[("authorization", &format!("Bearer {token}"))]).await
    }

    /// Posts a form.
    pub async fn post_form(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        self.post_form_with(path, pairs, &[]).await
    }

    /// Posts a form with further headers.
    pub async fn post_form_with(
        &self,
        path: &str,
        pairs: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend_from_slice(headers);
        self.send("POST", path, &all, &body).await
    }

    /// Posts a JSON object.
    pub async fn post_json(&self, path: &str, body: &Value) -> Answer {
        self.post_json_with(path, body, &[]).await
    }

    /// Posts a JSON object with further headers.
    pub async fn post_json_with(&self, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
        let mut all = vec![("content-type", "application/json")];
        all.extend_from_slice(headers);
        self.send("POST", path, &all, &body.to_string()).await
    }

    /// An authorization request of exactly these parameters.
    pub fn asks(&self, path: &str, pairs: &[(&str, &str)]) -> Asked {
        Asked::exactly(&self.address(path), pairs)
    }

    /// Leads a person through sign-in and consent with exactly this authorization request, choosing `place` (the only
    /// or first one when it is `None`), up to what the client is told.
    pub async fn connects(
        &self,
        person: &mut Person,
        (path, pairs): (&str, &[(&str, &str)]),
        place: Option<&str>,
    ) -> Callback {
        person.walk(&self.asks(path, pairs), place).await.callback()
    }
}

/// Names of a JSON object's members, in alphabetical order.
#[track_caller]
pub fn members(json: &Value) -> Vec<&str> {
    let object = json.as_object().unwrap_or_else(|| panic!("not an object: {json}"));
    let mut names: Vec<&str> = object.keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}
