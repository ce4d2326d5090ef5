//! The vendor's command line tool (CAL-23): the exact requests that its sources make, and what it reads in the answers.

use serde_json::{Value, json};
use symbolon_store::testing::Database;

use super::{AUTHORIZE, Bridge, ME, Pair, TOKEN};
use crate::support::{Answer, Person, TestApp, stories};
use crate::vendors::start;

stories!(
    it_asks_with_commas_and_speaks_json,
    it_shows_why_it_was_refused,
    it_shows_why_it_was_denied,
    it_acts_for_a_team,
    two_commands_refresh_at_once,
);

/// What the command line is built on adds to every request. It never names a version of the interface.
const NODE: [(&str, &str); 4] =
    [("accept", "*/*"), ("accept-language", "*"), ("sec-fetch-mode", "cors"), ("user-agent", "node")];

/// The vendor's command line tool.
struct CommandLine {
    bridge: Bridge,
}

impl CommandLine {
    const CALLBACK: &str = "http://localhost:8019/callback";
    const ASKED: [(&str, &str); 5] = [
        ("client_id", "calcom-legacy"),
        ("redirect_uri", CommandLine::CALLBACK),
        ("response_type", "code"),
        ("scope", "READ_PROFILE,READ_BOOKING"),
        ("state", "6f1e"),
    ];

    fn of(app: &TestApp) -> CommandLine {
        CommandLine { bridge: Bridge::of(app, "calcom-legacy") }
    }

    /// Logs in where the person chooses, and gives back what it keeps.
    async fn logs_in(&self, person: &mut Person, place: &str) -> Pair {
        let callback = self.bridge.wire.connects(person, (AUTHORIZE, &Self::ASKED), Some(place)).await;
        assert_eq!((callback.to.as_str(), callback.get("state")), (Self::CALLBACK, Some("6f1e")));
        let answer = self.exchanges(callback.code(), self.bridge.secret.as_deref()).await;
        assert_eq!(answer.ok()["scope"], "READ_PROFILE READ_BOOKING");
        Pair::read(&answer)
    }

    async fn exchanges(&self, code: &str, secret: Option<&str>) -> Answer {
        let body = json!({
            "client_id": self.bridge.client_id,
            "client_secret": secret,
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": Self::CALLBACK,
        });
        self.bridge.wire.post_json_with(TOKEN, &body, &NODE).await
    }

    async fn refreshes(&self, refresh_token: &str, secret: Option<&str>) -> Answer {
        let body = json!({
            "client_id": self.bridge.client_id,
            "client_secret": secret,
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
        });
        self.bridge.wire.post_json_with(TOKEN, &body, &NODE).await
    }

    /// The first call after a login; it names a content type although there is no content.
    async fn knows(&self, access_token: &str) -> Value {
        let bearer = format!("Bearer {access_token}");
        let own = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        self.bridge.wire.get(ME, &[&own[..], &NODE].concat()).await.ok()["data"].clone()
    }
}

async fn it_asks_with_commas_and_speaks_json(database: Database) {
    let app = start(database).await;
    let cli = CommandLine::of(&app);
    let given = cli.logs_in(&mut app.person("cole"), "cal-cole").await;
    let again = Pair::read(&cli.refreshes(&given.refresh, cli.bridge.secret.as_deref()).await);
    assert_ne!(again.refresh, given.refresh);
    assert_eq!(cli.knows(&again.access).await["email"], "cole@example.com");
}

/// At a login it shows the status of a refusal, at a refresh the words.
async fn it_shows_why_it_was_refused(database: Database) {
    let app = start(database).await;
    let (cli, mut cole) = (CommandLine::of(&app), app.person("cole"));
    let callback = cli.bridge.wire.connects(&mut cole, (AUTHORIZE, &CommandLine::ASKED), None).await;
    assert_eq!(cli.exchanges(callback.code(), Some("wrong")).await.status, 401);
    let given = Pair::read(&cli.exchanges(callback.code(), cli.bridge.secret.as_deref()).await);
    let refused = cli.refreshes(&given.refresh, Some("wrong")).await;
    assert_eq!(refused.status, 401, "{refused:?}");
    assert!(refused.json()["error_description"].as_str().is_some_and(|words| !words.is_empty()));
    Pair::read(&cli.refreshes(&given.refresh, cli.bridge.secret.as_deref()).await);
}

/// The page at its own address shows the description.
async fn it_shows_why_it_was_denied(database: Database) {
    let app = start(database).await;
    let (cli, mut cole) = (CommandLine::of(&app), app.person("cole"));
    cole.open(&cli.bridge.wire.asks(AUTHORIZE, &CommandLine::ASKED).url()).await;
    cole.sign_in().await;
    let callback = cole.refuses().await.callback();
    assert_eq!((callback.get("error"), callback.get("code")), (Some("access_denied"), None));
    assert!(callback.get("error_description").is_some_and(|words| !words.is_empty()));
}

/// Whoever may install apps there logs in for the team.
async fn it_acts_for_a_team(database: Database) {
    let app = start(database).await;
    let cli = CommandLine::of(&app);
    let given = cli.logs_in(&mut app.person("cara"), "cal-team").await;
    assert_eq!(cli.knows(&given.access).await["id"], "cal-team");
    Pair::read(&cli.refreshes(&given.refresh, cli.bridge.secret.as_deref()).await);
}

/// Two commands in two windows find the same access token over. Whichever writes last leaves its pair behind.
async fn two_commands_refresh_at_once(database: Database) {
    let app = start(database).await;
    let cli = CommandLine::of(&app);
    let given = cli.logs_in(&mut app.person("cole"), "cal-cole").await;
    let secret = cli.bridge.secret.as_deref();
    let both = tokio::join!(cli.refreshes(&given.refresh, secret), cli.refreshes(&given.refresh, secret));
    let (one, other) = (Pair::read(&both.0), Pair::read(&both.1));
    for pair in [&one, &other] {
        assert_eq!(cli.knows(&pair.access).await["username"], "cole");
    }
    Pair::read(&cli.refreshes(&other.refresh, secret).await);
}
