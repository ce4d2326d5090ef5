//! The worked example of `docs/dialects.md`: an old server's client, unchanged, against a server that speaks its dialect
//! from a file.

use serde_json::{Value, json};
use symbolon_store::testing::Database;

use crate::support::{Answer, Asked, DAY, Options, Person, TestApp, stories};
use crate::vendors::{Wire, members};

stories!(a_client_of_the_old_server_notices_nothing, what_is_loose_there_stays_there);

const MOUNTED: &str = concat!(
    "[[dialect]]\nprefix = \"/harbour\"\nfile = \"",
    env!("CARGO_MANIFEST_DIR"),
    "/../oauth/cases/home-grown/dialect.toml\""
);

/// Nina works at one harbour, and nowhere else.
const STATE: &str = r#"
    [[tenant]]
    id = "4711"
    name = "Harbour North"
    base_url = "https://north.harbour.example"
    [[membership]]
    tenant = "4711"
    user = "u-nina"
    role = "owner"
    [[app]]
    client_id = "17"
    client_secret = "secret-of-2014"
    name = "Tide Tables"
    redirect_uris = ["https://tides.example.net/back"]
    scopes = ["forms:read", "profile"]
    dialect = "harbour"
    status = "live"
"#;

async fn start(database: Database) -> (TestApp, Wire, Person) {
    let options = Options { configuration: MOUNTED, state: STATE, ..Options::default() };
    let app = TestApp::with(database, options).await;
    let (wire, nina) = (Wire::at(&app, "/harbour"), app.person("nina"));
    (app, wire, nina)
}

/// What the client's code has done since 2014: begins, and takes the ticket.
async fn ticket(wire: &Wire, nina: &mut Person) -> String {
    let asked = [
        ("app_id", "17"),
        ("callback", "https://tides.example.net/back"),
        ("permissions", "forms:read,profile"),
        ("state", "tide=high"),
    ];
    let callback = wire.connects(nina, ("/connect/start", &asked), None).await;
    assert_eq!(callback.to, "https://tides.example.net/back");
    assert_eq!(callback.names(), ["ticket", "state", "harbourId"]);
    assert_eq!((callback.get("state"), callback.get("harbourId")), (Some("tide=high"), Some("4711")));
    callback.get("ticket").unwrap_or_default().to_owned()
}

async fn exchange(wire: &Wire, ticket: &str) -> Answer {
    let body = json!({ "app_secret": "secret-of-2014", "ticket": ticket });
    wire.post_json_with("/connect/exchange", &body, &[("x-app-id", "17")]).await
}

async fn renew(wire: &Wire, key: &Value) -> Answer {
    let body = json!({ "app_id": "17", "app_secret": "secret-of-2014", "renewalKey": key });
    wire.post_json("/connect/renew", &body).await
}

fn problem(answer: &Answer) -> (u16, String) {
    (answer.status, answer.json()["problem"]["code"].as_str().unwrap_or_default().to_owned())
}

async fn a_client_of_the_old_server_notices_nothing(database: Database) {
    let (app, wire, mut nina) = start(database).await;
    let result = exchange(&wire, &ticket(&wire, &mut nina).await).await.ok()["result"].clone();
    let names = ["accessToken", "apiUrl", "expiresAt", "harbourId", "permissions", "renewalKey"];
    assert_eq!(members(&result), names);
    assert_eq!(result["harbourId"], 4711, "a number, as it was");
    assert_eq!(result["apiUrl"], "https://north.harbour.example");
    assert_eq!(result["permissions"], "forms:read,profile");
    assert_eq!(result["expiresAt"], (app.now().0 + DAY) / 1000);

    let token = result["accessToken"].as_str().unwrap_or_default();
    app.api().check(token, &["forms:read"]).await.ok();
    let who = wire.get("/connect/whoami", &[("x-auth-token", token)]).await.ok()["result"].clone();
    assert_eq!(who["fullName"], "Nina Brandt");
    assert_eq!(who["harbour"], json!({ "id": 4711, "name": "Harbour North", "rights": "captain" }));

    app.advance(400 * DAY);
    let key = &result["renewalKey"];
    for _ in 0..2 {
        let renewed = renew(&wire, key).await.ok()["result"].clone();
        assert_eq!(&renewed["renewalKey"], key, "it stays what it is");
        let token = renewed["accessToken"].as_str().unwrap_or_default();
        app.api().check(token, &["forms:read"]).await.ok();
    }

    let token = renew(&wire, key).await.ok()["result"]["accessToken"].as_str().unwrap_or_default().to_owned();
    let left = wire.send("POST", "/connect/leave", &[("x-auth-token", &token)], "").await;
    assert_eq!(left.ok(), json!({ "result": { "left": true } }));
    app.api().check(&token, &["forms:read"]).await.refused(401, "invalid_token");
    assert_eq!(problem(&renew(&wire, key).await), (400, "RENEWAL_DEAD".to_owned()));
    let again = wire.send("POST", "/connect/leave", &[("x-auth-token", &token)], "").await;
    assert_eq!(problem(&again), (403, "TOKEN_DEAD".to_owned()));

    // Whoever disconnects the app on the account page ends its renewals under the same name.
    let again = ticket(&wire, &mut nina).await;
    let key = exchange(&wire, &again).await.ok()["result"]["renewalKey"].clone();
    nina.disconnects().await;
    assert_eq!(problem(&renew(&wire, &key).await), (400, "RENEWAL_DEAD".to_owned()));
}

async fn what_is_loose_there_stays_there(database: Database) {
    let (app, wire, mut nina) = start(database).await;
    // The callback may be left out. One that is sent is compared.
    let first = ticket(&wire, &mut nina).await;
    let elsewhere = json!({ "app_id": "17", "app_secret": "secret-of-2014", "ticket": first, "callback": "https://tides.example.net/" });
    let dead = (400, "TICKET_DEAD".to_owned());
    assert_eq!(problem(&wire.post_json("/connect/exchange", &elsewhere).await), dead);
    // A ticket is a code of this app in this dialect, and good for once.
    let standard = [
        ("grant_type", "authorization_code"),
        ("client_id", "17"),
        ("client_secret", "secret-of-2014"),
        ("code", &first),
    ];
    Wire::at(&app, "").post_form("/oauth/token", &standard).await.refused(401, "invalid_client");
    let token = exchange(&wire, &first).await.ok()["result"]["accessToken"].clone();
    assert_eq!(problem(&exchange(&wire, &first).await), dead);
    assert!(!app.api().sees_alive(token.as_str().unwrap_or_default()).await, "a second use ends the first");
    // What stands in an address stands in logs, whatever it is called.
    let in_address = wire.send("POST", "/connect/exchange?app_secret=secret-of-2014&ticket=x", &[], "").await;
    assert_eq!(problem(&in_address), (400, "BAD_REQUEST".to_owned()));
    // An app of the standard endpoints does not exist here.
    let foreign = Asked::exactly(
        "/harbour/connect/start",
        &[("app_id", "board"), ("callback", "https://board.example.net/cb")],
    );
    nina.open(&foreign.url()).await.error_page(400);
}
