//! `/developers/docs`: what it says is what is served here, number by number and address by address.

use std::collections::BTreeSet;

use serde_json::Value;
use symbolon_oauth::error::ErrorCode;
use symbolon_store::testing::Database;

use crate::support::{Answer, HOME, Options, TestApp, Tokens, stories};

stories!(
    it_is_for_everybody_and_has_no_script,
    every_served_address_is_on_it_and_every_one_on_it_is_served,
    each_number_is_the_one_that_is_configured,
    it_says_what_people_read_in_their_language,
    the_answers_that_it_shows_are_those_that_are_given,
    the_refusals_that_it_shows_are_those_that_are_given,
    what_a_dialect_asks_for_is_said_with_it,
    every_metadata_names_it,
);

const DOCS: &str = "/developers/docs";

const MOUNTS: &str = "[[dialect]]\npreset = \"rfc\"\nname = \"partner\"\nprefix = \"/partner/v1\"\n\
    [[dialect]]\npreset = \"rfc\"\nname = \"hosted\"\nhosts = [\"id.one.example\", \"id.two.example\"]\n\
    [[dialect]]\npreset = \"calcom\"\nprefix = \"/calcom\"\n\
    [[dialect]]\npreset = \"fillout\"\nprefix = \"/fillout\"\n\
    [[dialect]]\npreset = \"fullscript\"\nprefix = \"/fullscript\"\n\
    [[dialect]]\npreset = \"make\"\nprefix = \"/make\"\n[dialect.lifetimes]\naccess = \"11m\"\nrefresh = \"83m\"\ncode = \"97s\"\n";

const RESOURCE: &str = "[[resource]]\nidentifier = \"https://api.example.com/forms\"\ntitle = \"Forms API\"\n\
    scopes = [\"forms:read\"]\n";

async fn start(database: Database) -> TestApp {
    let options = Options { issuer: "https://connect.example.com", configuration: MOUNTS, state: RESOURCE };
    TestApp::with(database, options).await
}

/// What stands on the page as code, unescaped.
fn codes(page: &Answer) -> Vec<String> {
    let all = page.body.split("<code>").skip(1);
    let all = all.filter_map(|rest| rest.split_once("</code>").map(|(code, _)| code));
    all.map(|code| code.replace("&#34;", "\"").replace("&#39;", "'").replace("&#38;", "&")).collect()
}

/// The part of the page about a dialect.
fn about<'p>(page: &'p Answer, name: &str) -> &'p str {
    let (_, rest) =
        page.body.split_once(&format!("<code>{name}</code></h2>")).expect("a dialect of this name");
    rest.split_once("</section>").expect("its section ends").0
}

async fn it_is_for_everybody_and_has_no_script(database: Database) {
    let app = start(database).await;
    let page = app.get(DOCS).await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("<script") && !page.header("content-security-policy").contains("script-src"));
    assert!(page.cookies().is_empty(), "looking leaves nothing behind");
    assert!(page.body.len() < 60 * 1024, "{} bytes", page.body.len());
    assert!(app.get("/developers").await.status == 303, "the portal itself is for whoever is signed in");
    let mut lena = app.person("lena");
    lena.sign_in().await;
    assert!(
        lena.open("/developers").await.body.contains(&format!("href=\"{DOCS}\"")),
        "it is found from there"
    );
}

async fn every_served_address_is_on_it_and_every_one_on_it_is_served(database: Database) {
    let app = start(database).await;
    let page = app.get(DOCS).await;
    let said: BTreeSet<String> = codes(&page).into_iter().filter(|code| code.starts_with("http")).collect();
    for mounted in &app.state().dialects {
        let base = format!("{}{}", mounted.origin, mounted.place.prefix());
        for path in mounted.dialect.endpoints.iter().flat_map(|endpoint| &endpoint.paths) {
            assert!(said.contains(&format!("{base}{path}")), "{base}{path} is served and not said");
        }
    }
    let catalogue = app.state().store.catalogue(app.now()).await.expect("a catalogue");
    let declared = |own: &String| catalogue.resources.iter().any(|resource| resource.identifier == *own);
    for address in said.iter().filter(|own| !declared(own) && *own != app.issuer()) {
        let (_, rest) = address.split_once("://").expect("an address");
        let (host, path) = rest.split_at(rest.find('/').expect("a path"));
        let path = path.replace("{client_id}", "board");
        let answer = app.send(app.request("PROPFIND", &path, &[("host", host)], ""), HOME).await;
        // Where nothing stands it is 404, whatever the method.
        assert_eq!(answer.status, 405, "{address} is said and not served: {answer:?}");
    }
    let nothing =
        app.send(app.request("PROPFIND", "/oauth/nothing", &[("host", "connect.example.com")], ""), HOME);
    assert_eq!(nothing.await.status, 404);
}

async fn each_number_is_the_one_that_is_configured(database: Database) {
    const NUMBERS: &str = "[tokens]\ncode_ttl = \"41s\"\naccess_ttl = \"43m\"\nrefresh_ttl = \"47d\"\n\
        refresh_max_ttl = \"53d\"\nrefresh_reuse_grace = \"59s\"\n\
        [limits]\ncredentials = \"31 per 37m\"\ncodes = \"67 per 71s\"\n";
    let usual = TestApp::start(database).await.get(DOCS).await;
    let other =
        TestApp::with(Database::sqlite().await, Options { configuration: NUMBERS, ..Options::default() });
    let other = other.await.get(DOCS).await;
    for (before, now) in [
        ("works once, for 1 minute.", "works once, for 41 seconds."),
        ("An access token works for 1 hour.", "An access token works for 43 minutes."),
        ("A refresh token works for 30 days.", "A refresh token works for 47 days."),
        ("After 365 days an app that keeps no secret", "After 53 days an app that keeps no secret"),
        ("For 1 minute the old one gets", "For 59 seconds the old one gets"),
        ("from one address: 30 in 15 minutes", "from one address: 31 in 37 minutes"),
        ("Codes of one person: 120 in 1 minute", "Codes of one person: 67 in 71 seconds"),
    ] {
        assert!(usual.body.contains(before) && !usual.body.contains(now), "{before}");
        assert!(other.body.contains(now) && !other.body.contains(before), "{now}");
    }
    let page = start(Database::sqlite().await).await.get(DOCS).await;
    for words in ["works for 11 minutes.", "works for 83 minutes.", "once, for 97 seconds."] {
        assert!(about(&page, "make").contains(words), "{words}");
        assert!(!about(&page, "rfc").contains(words), "{words}");
    }
}

async fn it_says_what_people_read_in_their_language(database: Database) {
    let app = start(database).await;
    app.declare(
        "[[scope]]\nname = \"forms:read\"\ntitle = \"Read your forms\"\ndescription = \"Titles <and> answers\"\n\
         [scope.text.de]\ntitle = \"Ihre Formulare lesen\"\n",
    )
    .await;
    app.advance(crate::support::MINUTE);
    let page = app.get(DOCS).await;
    let scopes: Vec<String> =
        app.state().store.catalogue(app.now()).await.expect("a catalogue").scopes.keys().cloned().collect();
    assert!(scopes.len() > 3);
    let said = codes(&page);
    assert!(scopes.iter().all(|name| said.contains(name)), "{scopes:?}");
    assert!(page.body.contains("Read your forms") && page.body.contains("Titles &#60;and&#62; answers"));
    let german = app.get("/developers/docs?ui_locales=de").await;
    assert!(german.body.contains("Ihre Formulare lesen") && german.body.contains("lang=\"de\""));
    for code in ErrorCode::ALL {
        assert!(said.contains(&code.as_str().to_owned()), "{}", code.as_str());
    }
}

async fn the_answers_that_it_shows_are_those_that_are_given(database: Database) {
    let app = start(database).await;
    let page = app.get(DOCS).await;
    let shown: Value = codes(&page)
        .iter()
        .find_map(|code| serde_json::from_str(code).ok().filter(Value::is_object))
        .expect("an answer of the standard endpoints");
    let board = app.client("board");
    let asked = board.asks("forms:read");
    let callback = app.person("jane").connects_for(&asked, "north").await;
    let answer = board.exchange(&asked, &callback).await;
    let tokens = Tokens::read(&answer);
    let (shown, given) = (shown.as_object().expect("members"), answer.ok());
    for (name, value) in given.as_object().expect("members") {
        let like = shown.get(name).unwrap_or_else(|| panic!("{name} is given and not shown"));
        assert_eq!(like.is_string(), value.is_string(), "{name}");
    }
    assert_eq!(shown["expires_in"], given["expires_in"]);
    let begins =
        shown["access_token"].as_str().and_then(|text| text.strip_suffix('…')).expect("its beginning");
    assert!(tokens.access.starts_with(begins), "{begins}");
}

async fn the_refusals_that_it_shows_are_those_that_are_given(database: Database) {
    let app = start(database).await;
    let page = app.get(DOCS).await;
    let pairs = "grant_type=authorization_code&code=x&client_id=board&client_secret=wrong&redirect_uri=x";
    let form = [("host", "connect.example.com"), ("content-type", "application/x-www-form-urlencoded")];
    for (name, path) in
        [("rfc", "/oauth/token"), ("make", "/make/token"), ("fillout", "/fillout/public/oauth/accessToken")]
    {
        let refused = app.send(app.request("POST", path, &form, pairs), HOME).await;
        let about = Answer { body: about(&page, name).to_owned(), ..page.clone() };
        let (status, body) = codes(&about)
            .iter()
            .find_map(|code| {
                let (status, body) = code.split_once(' ')?;
                let status: u16 = status.parse().ok()?;
                Some((status, serde_json::from_str::<Value>(body).ok()?))
            })
            .expect("a refusal");
        let names = |json: &Value| json.as_object().expect("members").keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&body), names(&refused.json()), "{name}");
        if name == "rfc" {
            assert_eq!(status, refused.status);
        }
    }
}

async fn what_a_dialect_asks_for_is_said_with_it(database: Database) {
    let app = start(database).await;
    let page = app.get(DOCS).await;
    let says = |name: &str, words: &str| about(&page, name).contains(words);
    for (name, words) in [
        ("rfc", "client_secret_basic"),
        ("rfc", "Every app sends it"),
        ("rfc", "Always say it."),
        ("rfc", "For apps that keep a secret, and for apps that cannot."),
        ("rfc", "Used again, it ends the connection"),
        ("fillout", "Only for apps that keep a secret."),
        ("fillout", "authentication: Bearer …"),
        ("fillout", "Whoever holds the token may end it."),
        ("fillout", "There are no refresh tokens."),
        ("fillout", "An access token works until it is ended."),
        ("fillout", "Left out it is authorization_code."),
        ("make", "The access token before ends."),
        ("make", "A new connection of the same account"),
        ("make", "unknown_client → 404"),
        ("make", "Without iss."),
    ] {
        assert!(says(name, words), "{name}: {words}");
    }
    assert!(!says("rfc", "There are no refresh tokens.") && !says("fillout", "A refresh token works"));
}

async fn every_metadata_names_it(database: Database) {
    let app = start(database).await;
    for path in ["", "/partner/v1"] {
        let metadata = app.get(&format!("/.well-known/oauth-authorization-server{path}")).await.ok();
        assert_eq!(metadata["service_documentation"], format!("{}{DOCS}", app.issuer()));
    }
}
