//! What a running server takes up: whole or not at all, with everything that it counts and remembers.

use symbolon_store::testing::Database;

use crate::http::said;
use crate::support::{HOME, TestApp, stories};

stories!(what_is_taken_up_and_what_stays, a_mistake_keeps_everything_as_it_was);

const SPEAKS: &str =
    "[limits]\ncredentials = \"3 per 1d\"\n[[dialect]]\npreset = \"calcom\"\nprefix = \"/calcom\"";

/// The status of a question on the socket, from behind a proxy that names this address.
async fn status(app: &TestApp, method: &str, path: &str, client: &str) -> String {
    let address = app.address();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nAuthorization: Bearer wrong\r\nX-Forwarded-For: \
         {client}\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{{\"token\": \"x\"}}"
    );
    let answer = said(address, request.as_bytes()).await;
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

async fn what_is_taken_up_and_what_stays(database: Database) {
    let (app, mut running) =
        TestApp::on_a_socket_with(database, "[limits]\ncredentials = \"5 per 1d\"").await;
    let (at, token) = ("/v1/check", "/calcom/api/auth/oauth/token");
    let mut omar = app.person("omar");
    let tokens = app.client("board").connect(&mut omar, "profile").await;
    for _ in 0..4 {
        assert_eq!(status(&app, "POST", at, "192.0.2.1").await, "403");
    }
    assert_eq!(status(&app, "POST", token, "192.0.2.1").await, "404");

    let more = format!("trusted_proxies = [\"127.0.0.1\"]\n{SPEAKS}");
    let taken_up = running.reloading.take_up(app.configured(&more)).expect("it is taken up");
    assert_eq!(taken_up.need_a_restart, Vec::<&str>::new());
    assert_ne!(status(&app, "POST", token, "192.0.2.1").await, "404", "the dialect is spoken");
    for _ in 0..3 {
        assert_eq!(
            status(&app, "POST", at, "192.0.2.2").await,
            "403",
            "the proxy is believed, the budget is the new one"
        );
    }
    assert_eq!(status(&app, "POST", at, "192.0.2.2").await, "429");
    // Through the gate of the socket the same tokens live.
    let state = running.reloading.front().state();
    assert!(std::ptr::eq(&*state.metrics, &*app.state().metrics) && !std::ptr::eq(&*state, app.state()));
    let me = app.request("GET", "/v1/me", &[("authorization", &format!("Bearer {}", tokens.access))], "");
    assert_eq!(running.reloading.front().answer(me, HOME).await.status(), 200);

    running
        .reloading
        .take_up(app.configured("[limits]\ncredentials = \"3 per 1d\""))
        .expect("it is taken up");
    assert_eq!(status(&app, "POST", token, "192.0.2.3").await, "404", "and is spoken no more");
    assert_eq!(status(&app, "POST", at, "192.0.2.3").await, "429", "what was used of a budget stays used");

    // What the listener expects of a connection goes with whom it believes.
    let introduced = "trusted_proxies = [\"127.0.0.1\"]\nproxy_protocol = \"required\"";
    running.reloading.take_up(app.configured(introduced)).expect("it is taken up");
    assert_eq!(said(app.address(), b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await, "", "no PROXY header");
    running.reloading.take_up(app.configured("")).expect("it is taken up");
    assert_ne!(status(&app, "POST", at, "192.0.2.4").await, "");

    let other = app.configured(
        "shutdown_grace = \"1s\"\n[brand]\nname = \"Other\"\n[limits]\ncredentials = \"900 per 1d\"",
    );
    let taken_up = running.reloading.take_up(other).expect("the rest is taken up");
    assert_eq!(taken_up.need_a_restart, ["shutdown_grace", "brand"]);
    assert_eq!(status(&app, "POST", at, "192.0.2.3").await, "403", "the limits are");
    running.stop().await;
}

async fn a_mistake_keeps_everything_as_it_was(database: Database) {
    let (app, mut running) = TestApp::on_a_socket_with(database, SPEAKS).await;
    for (wrong, word) in [
        ("[[dialect]]\npreset = \"calcom\"\nprefix = \"/account\"", "/account"),
        ("[[dialect]]\nfile = \"/nowhere/x.toml\"\nprefix = \"/x\"", "/nowhere/x.toml"),
        ("[tls]\ncert = \"/nowhere/cert.pem\"\nkey = \"/nowhere/key.pem\"", "/nowhere/cert.pem"),
    ] {
        let wrong = format!("trusted_proxies = [\"127.0.0.1\"]\n{wrong}");
        let refused = running.reloading.take_up(app.configured(&wrong)).expect_err("it is refused");
        assert!(format!("{refused:#}").contains(word), "{refused:#}");
        let path = "/calcom/api/auth/oauth/token";
        assert_ne!(status(&app, "POST", path, "192.0.2.1").await, "404", "the dialect is spoken as before");
        let state = running.reloading.front().state();
        assert!(state.proxies.trusted.is_empty(), "not even what was right is taken up");
    }
    running.stop().await;
}
