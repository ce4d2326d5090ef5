//! Vendors on hosts of their own, several each, as their clients know them: the browser at one, the back channel at
//! another, and the same dialect below its prefix too.

use serde_json::json;
use symbolon_store::testing::Database;

use super::{MOUNTED, PEOPLE, WORLD, Wire};
use crate::support::{Options, TestApp, stories};

stories!(
    a_vendor_spreads_over_several_hosts,
    a_sign_in_on_one_host_is_none_on_another,
    a_host_answers_its_own_dialect_and_the_issuers_stays_standard,
    l7_what_a_host_does_not_have_is_told_in_its_vendors_words,
);

const FILLOUT: [&str; 2] = ["build.fillout.test", "server.fillout.test"];
const FULLSCRIPT: [&str; 2] = ["us-snd.fullscript.test", "api-us-snd.fullscript.test"];
const CALLBACK: &str = "https://fullscript-app.example.net/cb";

async fn start(database: Database) -> TestApp {
    let mounted: String = MOUNTED
        .replace("prefix = \"/fillout\"", &format!("prefix = \"/fillout\"\nhosts = {FILLOUT:?}"))
        .replace("prefix = \"/fullscript\"", &format!("hosts = {FULLSCRIPT:?}"));
    let options = Options { configuration: mounted.leak(), ..Options::default() };
    TestApp::of(database, &options, &PEOPLE, WORLD).await
}

/// What a Fullscript client asks for.
const ASKED: [(&str, &str); 3] =
    [("client_id", "fullscript-app"), ("redirect_uri", CALLBACK), ("response_type", "code")];

fn exchange(code: &str) -> serde_json::Value {
    json!({
        "grant_type": "authorization_code", "client_id": "fullscript-app",
        "client_secret": "fullscript-app-secret", "code": code, "redirect_uri": CALLBACK,
    })
}

async fn a_vendor_spreads_over_several_hosts(database: Database) {
    let app = start(database).await;
    let (web, api) = (Wire::on(&app, FULLSCRIPT[0]), Wire::on(&app, FULLSCRIPT[1]));
    let mut pia = app.person("pia");
    pia.host = Some(FULLSCRIPT[0]);
    let callback = web.connects(&mut pia, ("/oauth/authorize", &ASKED), None).await;
    let given = api.post_json("/api/oauth/token", &exchange(callback.code())).await.ok();
    let access = given["oauth"]["access_token"].as_str().expect("a token").to_owned();
    assert!(app.api().sees_alive(&access).await);

    // The same dialect below its prefix: what one address gave, the other takes.
    let mut fay = app.person("fay");
    fay.host = Some(FILLOUT[0]);
    let callback = "https://fillout-app.example.net/cb";
    let asked = [("client_id", "fillout-app"), ("redirect_uri", callback), ("state", "s")];
    let build = Wire::on(&app, FILLOUT[0]);
    let code = build.connects(&mut fay, ("/authorize/oauth", &asked), None).await.code().to_owned();
    let body = json!({
        "code": code, "client_id": "fillout-app", "client_secret": "fillout-app-secret", "redirect_uri": callback,
    });
    let below = Wire::at(&app, "/fillout").post_json("/public/oauth/accessToken", &body).await.ok();
    let access = below["access_token"].as_str().expect("a token").to_owned();
    let server = Wire::on(&app, FILLOUT[1]);
    let headers = [("authentication", format!("Bearer {access}"))];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(server.send("DELETE", "/public/oauth/invalidate", &headers, "").await.status, 200);
    assert!(!app.api().sees_alive(&access).await);
}

/// Cookies belong to one host, and so does the sealed request on its way through sign-in.
async fn a_sign_in_on_one_host_is_none_on_another(database: Database) {
    let app = start(database).await;
    let asked = Wire::on(&app, FULLSCRIPT[0]).asks("/oauth/authorize", &ASKED);
    let mut pia = app.person("pia");
    pia.host = Some(FULLSCRIPT[0]);
    let login = pia.look(&asked.url()).await.location().to_owned();
    assert!(login.starts_with("/login?interaction="), "{login}");
    let mut other = app.person("pia");
    other.host = Some(FULLSCRIPT[1]);
    other.look(&login).await.error_page(400);
    pia.open(&login).await;
    pia.sign_in().await;
    assert!(pia.page().consent_form().is_some(), "{:?}", pia.page());
    pia.host = Some(FULLSCRIPT[1]);
    assert!(pia.look(&asked.url()).await.location().starts_with("/login?"), "nobody is signed in there");
}

async fn a_host_answers_its_own_dialect_and_the_issuers_stays_standard(database: Database) {
    let app = start(database).await;
    let fullscript = Wire::on(&app, FULLSCRIPT[1]);
    for path in ["/public/oauth/accessToken", "/api/auth/oauth/token", "/fullscript/api/oauth/token"] {
        assert_eq!(fullscript.post_json(path, &exchange("x")).await.status, 404, "{path}");
    }
    let known = fullscript.post_json("/api/oauth/token", &exchange("x")).await;
    known.refused(400, "invalid_grant");
    // The vendor's path is one of the standard ones, too: whose it is says the host.
    app.get(&fullscript.asks("/oauth/authorize", &ASKED).url()).await.error_page(400);
    assert_eq!(fullscript.get("/oauth/authorize?client_id=nobody", &[]).await.status, 404);
    let elsewhere = Wire::on(&app, "elsewhere.fullscript.test");
    assert_eq!(elsewhere.post_json("/api/oauth/token", &exchange("x")).await.status, 421);
}

/// Our own pages stay, as do the other dialects that stand below a prefix there.
async fn l7_what_a_host_does_not_have_is_told_in_its_vendors_words(database: Database) {
    let app = start(database).await;
    for host in FULLSCRIPT {
        let wire = Wire::on(&app, host);
        for path in ["/nothing", "/api/clinic", "/fullscript/api/oauth/token", "/calcom/nothing", "/login/"] {
            let answer = wire.get(path, &[]).await;
            let said = (answer.status, answer.header("content-type"), answer.body.as_str());
            let expected = (404, "application/json", r#"{"status":404,"error":"Not Found"}"#);
            assert_eq!(said, expected, "{host}{path}");
        }
        for path in ["/login", "/favicon.ico", "/healthz", "/.well-known/oauth-authorization-server"] {
            let answer = wire.get(path, &[]).await;
            assert_ne!(answer.body, r#"{"status":404,"error":"Not Found"}"#, "{host}{path}");
        }
        wire.get("/assets/nothing.css", &[]).await.error_page(404);
        let elsewhere = wire.post_form("/calcom/v2/auth/oauth2/token", &[]).await;
        elsewhere.refused(400, "invalid_request");
    }
    Wire::on(&app, FILLOUT[1]).get("/nothing", &[]).await.error_page(404);
    app.get("/nothing").await.error_page(404);
    app.get("/api/clinic").await.error_page(404);
}
