//! The token endpoint: exchanges, own tokens, and what is no token request at all.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use symbolon_oauth::client::{ClientType, GrantType};
use symbolon_oauth::credential::{Environment, Kind, Presented, Secret};
use symbolon_platform::deed::Deed;
use symbolon_store::testing::Database;

use crate::support::{
    Asked, Callback, Client, HOME, Options, PASSWORD, Person, SECOND, TestApp, Tokens, stories,
};

stories!(
    an_exchange_gives_what_was_promised,
    a_verifier_that_does_not_fit,
    a_redirect_uri_that_differs,
    a_code_of_another_client,
    a_second_use_ends_what_the_first_made,
    a_second_use_that_is_wrong_ends_nothing,
    a_late_second_use_ends_it_too,
    a_code_ends_after_its_minute,
    a_forged_code,
    a_code_after_its_permission_ended,
    grant_types_that_are_not_served,
    an_app_acts_as_itself,
    an_app_that_was_not_told_to_does_not_act_as_itself,
    resources_are_bound_into_tokens,
    requests_that_are_not_readable,
);

const TOKEN: &str = "/oauth/token";

/// A code for this app, from a person who is signed in.
pub async fn code(person: &mut Person, asked: &Asked) -> Callback {
    person.connects(asked).await
}

/// RFC 6749 §5.1, §4.1.4, and the members of our own.
async fn an_exchange_gives_what_was_promised(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let asked = board.asks("forms:read profile");
    let callback = code(&mut omar, &asked).await;
    let answer = board.exchange(&asked, &callback).await;
    let json = answer.ok();
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
    assert!(answer.header("content-type").starts_with("application/json"));
    for (member, value) in [
        ("token_type", "Bearer"),
        ("scope", "forms:read profile"),
        ("base_url", "https://north.example.com"),
        ("tenant_id", "north"),
        ("tenant_name", "Clinic North"),
        ("level", "user"),
        ("role", "owner"),
        ("user_id", "u-omar"),
    ] {
        assert_eq!(json[member], value, "{member}");
    }
    assert_eq!(json["expires_in"], 3600);
    let tokens = Tokens::read(&answer);
    assert!(tokens.access.starts_with("sym_at_live_") && tokens.refresh.starts_with("sym_rt_live_"));

    let (tower, mut omar) = (app.client("tower"), app.person("omar"));
    let asked = tower.asks("forms:read");
    let callback = code(&mut omar, &asked).await;
    let json = tower.exchange(&asked, &callback).await.ok();
    assert_eq!((&json["level"], &json["tenant_id"]), (&"tenant".into(), &"north".into()));
    assert!(json["user_id"].is_null() && json["role"].is_null(), "an installation is nobody in particular");
}

async fn exchange_with(
    client: &Client,
    asked: &Asked,
    callback: &Callback,
    verifier: Option<&str>,
) -> crate::support::Answer {
    let mut pairs = vec![("grant_type", "authorization_code"), ("code", callback.code())];
    pairs.push(("redirect_uri", asked.get("redirect_uri")));
    pairs.extend(verifier.map(|verifier| ("code_verifier", verifier)));
    client.post(TOKEN, &pairs).await
}

/// B-06, B-07, B-08, B-09, B-10; RFC 7636 §4.6; RFC 9700 §2.1.1, §4.8.2.
async fn a_verifier_that_does_not_fit(database: Database) {
    let app = TestApp::start(database).await;
    let (board, elder, mut omar) = (app.client("board"), app.client("elder"), app.person("omar"));
    let other = "x".repeat(43);
    for wrong in ["", "challenge", &other, "short", &"y".repeat(129), &format!("{} ", "z".repeat(43)), "é"] {
        let asked = board.asks("forms:read");
        let callback = code(&mut omar, &asked).await;
        let wrong = if wrong == "challenge" { asked.get("code_challenge") } else { wrong };
        let verifier = Some(wrong).filter(|wrong| !wrong.is_empty());
        let refused = exchange_with(&board, &asked, &callback, verifier).await;
        refused.refused(400, "invalid_grant");
        let said = refused.json()["error_description"].as_str().unwrap_or_default().to_owned();
        let named = match wrong {
            "short" => "has 5 characters",
            wrong if wrong.ends_with(' ') => "has U+0020 as character 44",
            wrong if wrong.starts_with('y') => "has 129 characters",
            "é" => "has U+00E9 as character 1",
            _ => "code_verifier",
        };
        assert!(said.contains(named), "{wrong}: {said}");
        // It is spent: the right verifier comes too late.
        board.exchange(&asked, &callback).await.refused(400, "invalid_grant");
    }
    let asked = board.asks("forms:read");
    let callback = code(&mut omar, &asked).await;
    Tokens::read(&board.exchange(&asked, &callback).await);

    // Somebody took the challenge out of the request of an app that is excused from sending one.
    let asked = elder.asks("forms:read").without_challenge();
    let callback = code(&mut omar, &asked).await;
    exchange_with(&elder, &asked, &callback, Some(&asked.verifier)).await.refused(400, "invalid_grant");
    let asked = elder.asks("forms:read").without_challenge();
    let callback = code(&mut omar, &asked).await;
    Tokens::read(&elder.exchange(&asked, &callback).await);
}

/// A-32, RFC 6749 §4.1.3. A redirect URI that differs leaves the code as it was.
async fn a_redirect_uri_that_differs(database: Database) {
    let app = TestApp::start(database).await;
    let (board, elder, mut omar) = (app.client("board"), app.client("elder"), app.person("omar"));
    let asked = board.asks("forms:read");
    let callback = code(&mut omar, &asked).await;
    for wrong in
        ["https://board.example.net/other", "https://board.example.net/cb/", "https://evil.example/cb"]
    {
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", callback.code()),
            ("redirect_uri", wrong),
            ("code_verifier", &asked.verifier),
        ];
        board.post(TOKEN, &pairs).await.refused(400, "invalid_grant");
    }
    Tokens::read(&board.exchange(&asked, &callback).await);

    // Left out: enough with PKCE, not without.
    let asked = board.asks("forms:read");
    let callback = code(&mut omar, &asked).await;
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", callback.code()),
        ("code_verifier", asked.verifier.as_str()),
    ];
    Tokens::read(&board.post(TOKEN, &pairs).await);
    let asked = elder.asks("forms:read").without_challenge();
    let callback = code(&mut omar, &asked).await;
    elder.post(TOKEN, &pairs_of(&callback)).await.refused(400, "invalid_grant");
    Tokens::read(&elder.exchange(&asked, &callback).await);
}

fn pairs_of(callback: &Callback) -> [(&str, &str); 2] {
    [("grant_type", "authorization_code"), ("code", callback.code())]
}

/// B-14: the code stays its client's.
async fn a_code_of_another_client(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    for (owner, thief) in [("board", "ledger"), ("pocket", "purse"), ("board", "pocket"), ("pocket", "board")]
    {
        let (owner, thief) = (app.client(owner), app.client(thief));
        let asked = owner.asks("forms:read");
        let callback = code(&mut omar, &asked).await;
        thief.exchange(&asked, &callback).await.refused(400, "invalid_grant");
        let tokens = Tokens::read(&owner.exchange(&asked, &callback).await);
        thief.exchange(&asked, &callback).await.refused(400, "invalid_grant");
        assert!(app.api().sees_alive(&tokens.access).await);
        Tokens::read(&owner.refresh(&tokens.refresh).await);
    }
}

/// B-15; RFC 6749 §4.1.2.
async fn a_second_use_ends_what_the_first_made(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    for later in [0, SECOND, 30 * SECOND] {
        let bystander = board.connect(&mut omar, "forms:read").await;
        let asked = board.asks("forms:read");
        let callback = code(&mut omar, &asked).await;
        let first = Tokens::read(&board.exchange(&asked, &callback).await);
        let renewed = Tokens::read(&board.refresh(&first.refresh).await);
        app.advance(later);
        assert!(app.api().sees_alive(&renewed.access).await);
        board.exchange(&asked, &callback).await.refused(400, "invalid_grant");
        for access in [&first.access, &renewed.access] {
            assert!(!app.api().sees_alive(access).await, "after {later} ms");
        }
        board.refresh(&renewed.refresh).await.refused(400, "invalid_grant");
        assert!(app.api().sees_alive(&bystander.access).await, "its siblings live");
    }
    let deeds = app.state().store.list_audit(50).await.expect("the audit");
    assert_eq!(deeds.iter().filter(|deed| deed.action == Deed::AuthorizationCodeReplayed).count(), 3);
}

/// B-15: a code that was used does not expire into harmlessness.
async fn a_late_second_use_ends_it_too(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let asked = board.asks("forms:read");
    let callback = code(&mut omar, &asked).await;
    let tokens = Tokens::read(&board.exchange(&asked, &callback).await);
    app.advance(61 * SECOND);
    assert!(app.api().sees_alive(&tokens.access).await);
    board.exchange(&asked, &callback).await.refused(400, "invalid_grant");
    assert!(!app.api().sees_alive(&tokens.access).await);
}

/// B-16: half a secret signs nobody out.
async fn a_second_use_that_is_wrong_ends_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let (board, ledger, mut omar) = (app.client("board"), app.client("ledger"), app.person("omar"));
    let asked = board.asks("forms:read");
    let callback = code(&mut omar, &asked).await;
    let tokens = Tokens::read(&board.exchange(&asked, &callback).await);
    exchange_with(&board, &asked, &callback, Some(&"w".repeat(43))).await.refused(400, "invalid_grant");
    exchange_with(&board, &asked, &callback, None).await.refused(400, "invalid_grant");
    let elsewhere = asked.clone().with("redirect_uri", "https://board.example.net/other");
    board.exchange(&elsewhere, &callback).await.refused(400, "invalid_grant");
    ledger.exchange(&asked, &callback).await.refused(400, "invalid_grant");
    assert!(app.api().sees_alive(&tokens.access).await);
    Tokens::read(&board.refresh(&tokens.refresh).await);
}

/// B-18: sixty seconds, to the millisecond.
async fn a_code_ends_after_its_minute(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let asked = board.asks("forms:read");
    let callback = code(&mut omar, &asked).await;
    app.advance(60 * SECOND);
    board.exchange(&asked, &callback).await.refused(400, "invalid_grant");
    let asked = board.asks("forms:read");
    let callback = code(&mut omar, &asked).await;
    app.advance(60 * SECOND - 1);
    Tokens::read(&board.exchange(&asked, &callback).await);
}

/// B-21: neither a flipped character nor a new secret behind a right identifier opens anything.
async fn a_forged_code(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let asked = board.asks("forms:read");
    let callback = code(&mut omar, &asked).await;
    let right = callback.code().to_owned();
    let mut bytes = [0x5a; 32];
    bytes[..16].copy_from_slice(&Presented::parse(&right).expect("a code of ours").id);
    let mint = |kind| Secret::mint("sym", kind, Environment::Live, bytes).into_exposed();
    let mut forged = vec![mint(Kind::AuthorizationCode), mint(Kind::AccessToken), mint(Kind::RefreshToken)];
    for at in [0, 12, right.len() / 2, right.len() - 1] {
        let mut flipped = right.clone().into_bytes();
        flipped[at] = if flipped[at] == b'x' { b'y' } else { b'x' };
        forged.push(String::from_utf8(flipped).expect("text"));
    }
    forged.extend([
        right[..right.len() - 1].to_owned(),
        format!("{right}0"),
        "code".to_owned(),
        "0".repeat(9000),
    ]);
    for wrong in &forged {
        board.exchange_code(&asked, wrong).await.refused(400, "invalid_grant");
    }
    Tokens::read(&board.exchange_code(&asked, &right).await);
}

/// B-22, B-23: between approval and exchange something ends.
async fn a_code_after_its_permission_ended(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));

    let asked = board.asks("forms:read");
    let callback = code(&mut omar, &asked).await;
    omar.disconnects().await;
    board.exchange(&asked, &callback).await.refused(400, "invalid_grant");

    let asked = board.asks("forms:read");
    let callback = code(&mut omar, &asked).await;
    app.disable_user("omar").await;
    board.exchange(&asked, &callback).await.refused(400, "invalid_grant");
    app.enable_user("omar").await;
    board.exchange(&asked, &callback).await.refused(400, "invalid_grant");

    let asked = board.asks("forms:read");
    let callback = code(&mut omar, &asked).await;
    app.advance(1);
    app.set_password("omar", PASSWORD).await;
    board.exchange(&asked, &callback).await.refused(400, "invalid_grant");

    let mut omar = app.person("omar");
    let asked = board.asks("forms:read");
    let callback = code(&mut omar, &asked).await;
    app.remove_member("north", "omar").await;
    board.exchange(&asked, &callback).await.refused(400, "invalid_grant");
    app.set_role("north", "omar", "owner").await;
    board.exchange(&asked, &callback).await.refused(400, "invalid_grant");

    let asked = board.asks("forms:read");
    let callback = code(&mut omar, &asked).await;
    app.suspend("board").await;
    board.exchange(&asked, &callback).await.refused(400, "unauthorized_client");
    app.resume("board").await;
    board.exchange(&asked, &callback).await.refused(400, "invalid_grant");

    let asked = board.asks("forms:read");
    let callback = code(&mut omar, &asked).await;
    Tokens::read(&board.exchange(&asked, &callback).await);
}

/// D-13, D-14, D-15; RFC 6749 §5.2.
async fn grant_types_that_are_not_served(database: Database) {
    let app = TestApp::start(database).await;
    let (board, robot, pocket) = (app.client("board"), app.client("robot"), app.client("pocket"));
    for grant_type in ["password", "implicit", "urn:x", "AUTHORIZATION_CODE", "refresh_token "] {
        let pairs = [("grant_type", grant_type), ("username", "omar"), ("password", PASSWORD)];
        board.post(TOKEN, &pairs).await.refused(400, "unsupported_grant_type");
    }
    board.post(TOKEN, &[("grant_type", "")]).await.refused(400, "invalid_request");
    board.post(TOKEN, &[]).await.refused(400, "invalid_request");
    for grant_type in ["authorization_code", "refresh_token"] {
        let pairs = [("grant_type", grant_type), ("code", "x"), ("refresh_token", "x")];
        robot.post(TOKEN, &pairs).await.refused(400, "unauthorized_client");
    }
    pocket.post(TOKEN, &[("grant_type", "client_credentials")]).await.refused(400, "unauthorized_client");
    for missing in ["authorization_code", "refresh_token"] {
        board.post(TOKEN, &[("grant_type", missing)]).await.refused(400, "invalid_request");
    }
}

/// D-16; RFC 6749 §4.4.
async fn an_app_acts_as_itself(database: Database) {
    let app = TestApp::start(database).await;
    let robot = app.client("robot");
    let ask = async |scope: &str| {
        robot.post(TOKEN, &[("grant_type", "client_credentials"), ("scope", scope)]).await
    };
    for scope in ["", "clinics:read"] {
        let json = ask(scope).await.ok();
        assert_eq!(json["scope"], "clinics:read");
        for absent in ["refresh_token", "id_token", "user_id", "tenant_id", "level"] {
            assert!(json[absent].is_null(), "{absent}");
        }
        let access = json["access_token"].as_str().unwrap_or_default();
        let seen = app.api().introspect(access).await;
        assert_eq!((&seen["sub"], &seen["client_id"]), (&"app:robot".into(), &"robot".into()));
        assert!(seen["username"].is_null() && seen["tenant"].is_null());
        app.api().check(access, &["clinics:read"]).await.ok();
        assert_eq!(app.api().check(access, &["forms:read"]).await.status, 403);
    }
    for beyond in ["offline_access openid admin", "clinics:read forms:read", "CLINICS:READ", "clinics"] {
        ask(beyond).await.refused(400, "invalid_scope");
    }
    ask("\"").await.refused(400, "invalid_scope");
}

/// D-14. Being confidential is no reason: the app is told by name, and what it has ends when that is taken back.
async fn an_app_that_was_not_told_to_does_not_act_as_itself(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let for_omar = board.connect(&mut omar, "forms:read").await;
    let ask = async || board.post(TOKEN, &[("grant_type", "client_credentials")]).await;
    ask().await.refused(400, "unauthorized_client");

    let told = |grant_types: &[GrantType]| {
        let grant_types = grant_types.to_vec();
        app.change_app("board", |own| own.client.grant_types = grant_types)
    };
    told(&GrantType::ALL).await;
    let own = Tokens::read(&ask().await);
    assert_eq!(app.api().check(&own.access, &["forms:read"]).await.ok()["kind"], "app");

    told(&GrantType::DEFAULT).await;
    ask().await.refused(400, "unauthorized_client");
    let answer = app.api().check(&own.access, &[]).await;
    answer.refused(401, "invalid_token");
    assert_eq!(answer.json()["code"], "grant_type_not_allowed");
    assert!(!app.api().sees_alive(&own.access).await);
    app.api().check(&for_omar.access, &["forms:read"]).await.ok();

    // Told again, it begins anew, and so it does after it had no secret for a while.
    told(&GrantType::ALL).await;
    app.api().check(&own.access, &[]).await.refused(401, "invalid_token");
    let anew = Tokens::read(&ask().await);
    assert_eq!(app.api().check(&anew.access, &["forms:read"]).await.ok()["kind"], "app");
    let before = app
        .change_app("board", |own| {
            own.client.client_type = ClientType::Public;
            own.client.grant_types = GrantType::DEFAULT.to_vec();
        })
        .await;
    app.change_app("board", |own| own.client = before.client).await;
    for over in [&own, &anew] {
        app.api().check(&over.access, &[]).await.refused(401, "invalid_token");
        assert!(!app.api().sees_alive(&over.access).await);
    }
    assert!(app.api().sees_alive(&Tokens::read(&ask().await).access).await);
    app.api().check(&for_omar.access, &["forms:read"]).await.ok();
}

/// F-01, F-04, F-06; RFC 8707 §2, §2.2.
async fn resources_are_bound_into_tokens(database: Database) {
    let app = TestApp::start(database).await;
    let (board, robot, mut omar) = (app.client("board"), app.client("robot"), app.person("omar"));
    let asked = board.asks("forms:read").with("resource", "https://API.example.com:443/");
    let callback = code(&mut omar, &asked).await;
    let exchange = |resources: &'static [&'static str]| {
        let (board, asked, callback) = (board.clone(), asked.clone(), callback.clone());
        async move {
            let mut pairs = vec![("grant_type", "authorization_code"), ("code", callback.code())];
            pairs.extend([("redirect_uri", asked.get("redirect_uri")), ("code_verifier", &asked.verifier)]);
            pairs.extend(resources.iter().map(|resource| ("resource", *resource)));
            board.post(TOKEN, &pairs).await
        }
    };
    for wrong in [
        &["https://evil.example"][..],
        &["https://other.example.com"],
        &["https://api.example.com", "https://other.example.com"],
    ] {
        exchange(wrong).await.refused(400, "invalid_target");
    }
    let tokens = Tokens::read(&exchange(&["https://api.example.com"]).await);
    let seen = app.api().introspect(&tokens.access).await;
    assert_eq!((&seen["active"], &seen["aud"]), (&true.into(), &"https://api.example.com".into()));
    assert!(!app.other_api().sees_alive(&tokens.access).await);

    let own = |resource: &'static str| {
        let robot = robot.clone();
        async move { robot.post(TOKEN, &[("grant_type", "client_credentials"), ("resource", resource)]).await }
    };
    own("https://evil.example").await.refused(400, "invalid_target");
    let tokens = Tokens::read(&own("https://api.example.com").await);
    assert!(app.api().sees_alive(&tokens.access).await && !app.other_api().sees_alive(&tokens.access).await);
}

/// D-09, D-10, D-12; RFC 6749 §2.3.1, §3.2.
async fn requests_that_are_not_readable(database: Database) {
    let app = TestApp::with(database, Options::default()).await;
    let basic = format!("Basic {}", STANDARD.encode("robot:robot-secret"));
    let send = async |method: &str, target: &str, content_type: &str, body: &str| {
        let mut headers = vec![("authorization", basic.as_str())];
        if !content_type.is_empty() {
            headers.push(("content-type", content_type));
        }
        app.send(app.request(method, target, &headers, body), HOME).await
    };
    const FORM: &str = "application/x-www-form-urlencoded";
    let right = "grant_type=client_credentials";
    for (content_type, body) in [
        (FORM, right),
        ("Application/X-WWW-Form-Urlencoded; charset=UTF-8", right),
        (FORM, "grant_type=client_credentials&scope=&foo=bar&__proto__=1&latin=%E9"),
        ("application/json", r#"{"grant_type":"client_credentials","scope":null}"#),
        (
            "application/json",
            r#"{"grant_type":"client_credentials","meta":{"a":[1]},"max":1.5,"tags":["a","b"]}"#,
        ),
    ] {
        Tokens::read(&send("POST", TOKEN, content_type, body).await);
    }
    for (content_type, body) in [
        ("text/plain", right),
        ("multipart/form-data; boundary=x", right),
        ("", right),
        (FORM, "grant_type=client_credentials&grant_type=client_credentials"),
        (FORM, "grant_type=client_credentials&scope=a&scope=a"),
        (FORM, "%ff%fe\0=\0"),
        (FORM, "grant_type=client_credentials&scope=%FF"),
        ("application/json", r#"{"grant_type":"client_credentials","grant_type":"client_credentials"}"#),
        ("application/json", "[1]"),
        ("application/json", r#"{"grant_type":{}}"#),
        ("application/json", "{"),
        ("application/json", right),
    ] {
        send("POST", TOKEN, content_type, body).await.refused(400, "invalid_request");
    }
    for query in
        ["client_id=robot&client_secret=robot-secret", "client_secret=x", "code=x", "refresh_token=x"]
    {
        send("POST", &format!("{TOKEN}?{query}"), FORM, right).await.refused(400, "invalid_request");
    }
    for method in ["GET", "HEAD", "PUT", "DELETE"] {
        let answer = send(method, &format!("{TOKEN}?{right}"), "", "").await;
        assert_eq!((answer.status, answer.header("allow")), (405, "POST"), "{method}");
        assert!(!answer.body.contains("access_token"));
    }
    let long = format!("{right}&x={}", "x".repeat(64 * 1024));
    assert_eq!(send("POST", TOKEN, FORM, &long).await.status, 413);
}
