//! Between the dialects: what one app was given in its own is worth nothing to another app, nor to itself in any other.

use serde_json::{Value, json};
use symbolon_store::testing::Database;

use super::{Wire, start};
use crate::support::{Answer, TestApp, challenge, stories};

stories!(
    a_code_is_good_in_its_own_dialect_alone,
    a_refresh_token_is_good_in_its_own_dialect_alone,
    an_app_is_unknown_in_other_dialects,
    a_refresh_token_opens_nothing,
    a_token_says_who_it_is_at_home_alone,
);

/// One app in its own dialect, and where that answers.
struct Home {
    prefix: &'static str,
    app: &'static str,
    callback: &'static str,
    authorize: &'static str,
    scope: &'static str,
    place: &'static str,
    token: &'static str,
    refresh: Option<&'static str>,
    who: &'static str,
}

const HOMES: [Home; 5] = [
    Home {
        prefix: "",
        app: "board",
        callback: "https://board.example.net/cb",
        authorize: "/oauth/authorize",
        scope: "forms:read",
        place: "forms-us",
        token: "/oauth/token",
        refresh: Some("/oauth/token"),
        who: "/v1/me",
    },
    Home {
        prefix: "/fillout",
        app: "fillout-app",
        callback: "https://fillout-app.example.net/cb",
        authorize: "/authorize/oauth",
        scope: "",
        place: "forms-us",
        token: "/public/oauth/accessToken",
        refresh: None,
        who: "/v1/api/me",
    },
    Home {
        prefix: "/fullscript",
        app: "fullscript-app",
        callback: "https://fullscript-app.example.net/cb",
        authorize: "/oauth/authorize",
        scope: "",
        place: "clinic-elm",
        token: "/api/oauth/token",
        refresh: Some("/api/oauth/token"),
        who: "",
    },
    Home {
        prefix: "/calcom",
        app: "calcom-app",
        callback: "https://calcom-app.example.net/cb",
        authorize: "/auth/oauth2/authorize",
        scope: "PROFILE_READ",
        place: "cal-gus",
        token: "/v2/auth/oauth2/token",
        refresh: Some("/v2/auth/oauth2/token"),
        who: "/v2/me",
    },
    Home {
        prefix: "/make",
        app: "make-app",
        callback: "https://www.make.com/oauth/cb/app",
        authorize: "/authorize",
        scope: "connect",
        place: "make-max",
        token: "/token",
        refresh: Some("/refresh"),
        who: "/info",
    },
];

const VERIFIER: &str = "borders-borders-borders-borders-borders-borders";

impl Home {
    fn wire(&self, app: &TestApp) -> Wire {
        Wire::at(app, self.prefix)
    }

    /// A code that Gus, who is everywhere, lets the app have.
    async fn code(&self, app: &TestApp) -> String {
        let challenge = challenge(VERIFIER);
        let mut asked = vec![("client_id", self.app), ("redirect_uri", self.callback)];
        asked.extend([("response_type", "code"), ("scope", self.scope)]);
        asked.extend([("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")]);
        let request = (self.authorize, asked.as_slice());
        let mut gus = app.person("gus");
        self.wire(app).connects(&mut gus, request, Some(self.place)).await.code().to_owned()
    }

    /// Everything right, but for the code and the app.
    async fn exchange(&self, app: &TestApp, code: &str, as_app: &Home) -> Answer {
        let body = json!({
            "grant_type": "authorization_code",
            "code": code,
            "client_id": as_app.app,
            "client_secret": format!("{}-secret", as_app.app),
            "redirect_uri": as_app.callback,
            "code_verifier": VERIFIER,
        });
        self.wire(app).post_json(self.token, &body).await
    }

    async fn refresh(&self, app: &TestApp, path: &str, token: &str, as_app: &Home) -> Answer {
        let body = json!({
            "grant_type": "refresh_token",
            "refresh_token": token,
            "client_id": as_app.app,
            "client_secret": format!("{}-secret", as_app.app),
        });
        self.wire(app).post_json(path, &body).await
    }

    /// The refresh token of a new connection.
    async fn refresh_token(&self, app: &TestApp) -> String {
        let code = self.code(app).await;
        found(&self.exchange(app, &code, self).await.ok(), "refresh_token")
    }

    fn is(&self, other: &Home) -> bool {
        self.app == other.app
    }
}

/// A member of a token answer, in whatever envelope.
#[track_caller]
fn found(json: &Value, name: &str) -> String {
    let inside = json.get("oauth").unwrap_or(json);
    inside[name].as_str().unwrap_or_else(|| panic!("no {name}: {json}")).to_owned()
}

/// Refused, with nothing in it that could be used.
#[track_caller]
fn worthless(answer: &Answer, whose: &str, whither: &str) {
    assert!((400..500).contains(&answer.status), "{whose} at {whither}: {answer:?}");
    assert!(!answer.body.contains("access_token"), "{whose} at {whither}: {answer:?}");
}

async fn a_code_is_good_in_its_own_dialect_alone(database: Database) {
    let app = start(database).await;
    for home in &HOMES {
        let code = home.code(&app).await;
        for other in HOMES.iter().filter(|other| !other.is(home)) {
            worthless(&other.exchange(&app, &code, home).await, home.app, other.prefix);
            worthless(&other.exchange(&app, &code, other).await, home.app, other.prefix);
            worthless(&home.exchange(&app, &code, other).await, other.app, home.prefix);
        }
        let token = found(&home.exchange(&app, &code, home).await.ok(), "access_token");
        assert!(app.api().sees_alive(&token).await, "nobody else has spent it");
    }
}

async fn a_refresh_token_is_good_in_its_own_dialect_alone(database: Database) {
    let app = start(database).await;
    let refreshing = || HOMES.iter().filter_map(|home| Some((home, home.refresh?)));
    for (home, path) in refreshing() {
        let token = home.refresh_token(&app).await;
        for (other, elsewhere) in refreshing().filter(|(other, _)| !other.is(home)) {
            worthless(&other.refresh(&app, elsewhere, &token, home).await, home.app, other.prefix);
            worthless(&other.refresh(&app, elsewhere, &token, other).await, home.app, other.prefix);
            worthless(&home.refresh(&app, path, &token, other).await, other.app, home.prefix);
        }
        found(&home.refresh(&app, path, &token, home).await.ok(), "access_token");
    }
}

async fn an_app_is_unknown_in_other_dialects(database: Database) {
    let app = start(database).await;
    for home in &HOMES {
        for other in HOMES.iter().filter(|other| !other.is(home)) {
            let asked = [
                ("client_id", home.app),
                ("redirect_uri", home.callback),
                ("response_type", "code"),
                ("scope", "connect"),
            ];
            let answer = app.get(&other.wire(&app).asks(other.authorize, &asked).url()).await;
            assert!((400..500).contains(&answer.status), "{} at {}: {answer:?}", home.app, other.prefix);
            assert_eq!(answer.location(), "", "{answer:?}");
        }
    }
}

async fn a_refresh_token_opens_nothing(database: Database) {
    let app = start(database).await;
    for home in HOMES.iter().filter(|home| home.refresh.is_some()) {
        let token = home.refresh_token(&app).await;
        app.api().check(&token, &[]).await.refused(401, "invalid_token");
        for other in HOMES.iter().filter(|other| !other.who.is_empty()) {
            let answer = other.wire(&app).get_as(other.who, &token).await;
            assert!((400..=401).contains(&answer.status), "{} at {}: {answer:?}", home.app, other.who);
        }
    }
}

async fn a_token_says_who_it_is_at_home_alone(database: Database) {
    let app = start(database).await;
    for home in &HOMES {
        let code = home.code(&app).await;
        let token = found(&home.exchange(&app, &code, home).await.ok(), "access_token");
        for other in HOMES.iter().filter(|other| !other.who.is_empty()) {
            let answer = other.wire(&app).get_as(other.who, &token).await;
            // The server's own `/v1/me` tells every app.
            let expected = if other.is(home) || other.prefix.is_empty() { 200..300 } else { 400..402 };
            assert!(expected.contains(&answer.status), "{} at {}: {answer:?}", home.app, other.who);
        }
    }
}
