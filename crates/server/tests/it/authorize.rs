//! The authorization endpoint: which requests are refused, where, and in which words (RFC 6749 §3.1, §4.1; SECURITY
//! tables B and C).

use symbolon_store::testing::Database;

use crate::support::{Answer, HOME, TestApp, Tokens, stories};

stories!(
    b12_c09_a_repeated_parameter_makes_no_code,
    c01_every_unknown_client_looks_the_same,
    c02_c04_only_the_code_is_a_response_type,
    c05_an_app_without_the_grant_type_is_refused,
    c06_c08_scopes_beyond_the_app_are_refused,
    c10_unknown_parameters_are_ignored,
    c11_c12_c13_the_state_comes_back_as_it_went,
    c11_a_long_state_survives_the_sign_in,
    c11_a_long_state_survives_every_way_through_the_pages,
    c11_what_is_not_utf_8_is_refused_where_it_can_be_answered,
    c14_descriptions_keep_to_their_characters,
    c27_a_posted_answer_is_safe,
    c28_other_response_modes_are_refused,
    c29_the_issuer_is_in_every_answer,
    c30_a_request_may_be_posted,
    c31_other_methods_change_nothing,
    no_request_object_is_taken,
    an_unknown_resource_is_refused,
    no_scope_means_the_apps_own,
);

/// RFC 6749 §3.1. Even an equal repetition.
async fn b12_c09_a_repeated_parameter_makes_no_code(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    omar.sign_in().await;
    let asked = app.client("board").asks("profile").with("response_mode", "query").with("prompt", "consent");
    let asked = asked.with("login_hint", "a@example.com").with("max_age", "9").with("nonce", "n");
    for name in [
        "client_id",
        "redirect_uri",
        "response_type",
        "scope",
        "state",
        "code_challenge",
        "code_challenge_method",
        "response_mode",
        "prompt",
        "login_hint",
        "max_age",
        "nonce",
    ] {
        for value in [asked.get(name), "another"] {
            let answer = omar.open(&asked.clone().and(name, value).url()).await;
            answer.error_page(400);
            assert!(answer.body.contains(name), "{name}: {answer:?}");
        }
    }
    assert!(omar.open(&asked.url()).await.consent_form().is_some());
}

async fn c01_every_unknown_client_looks_the_same(database: Database) {
    let app = TestApp::start(database).await;
    let asked = app.client("board").asks("profile");
    let mut bodies = Vec::new();
    for id in [
        "nobody",
        "",
        "' OR 1=1 --",
        "board\0",
        "BOARD",
        "board ",
        "%",
        "_",
        &"x".repeat(10 * 1024),
        "\u{fffd}",
    ] {
        let answer = app.get(&asked.clone().with("client_id", id).url()).await;
        answer.error_page(400);
        bodies.push(told(&answer));
    }
    // An app that was stopped, whatever else is right or wrong in what is asked of it.
    app.suspend("board").await;
    for asked in [
        asked.clone().with("redirect_uri", "https://evil.example/cb"),
        asked.clone().without("redirect_uri"),
        asked.clone().without("redirect_uri").with("prompt", "none"),
        asked.clone().with("redirect_uri", ""),
    ] {
        bodies.push(told(&app.get(&asked.url()).await));
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
    // Whoever brings a link as the app itself makes them is told that it was stopped, whatever else is wrong with it.
    for asked in
        [asked.clone(), asked.clone().with("prompt", "none"), asked.clone().with("response_type", "token")]
    {
        let page = told(&app.get(&asked.url()).await);
        assert!(page.contains("app_unavailable") && !page.contains("Forms Board"), "{page}");
    }
    // Whoever is signed in is told its name.
    let mut omar = app.person("omar");
    omar.sign_in().await;
    let answer = omar.open(&asked.url()).await;
    answer.error_page(400);
    assert!(answer.body.contains("Forms Board") && answer.body.contains("app_unavailable"), "{answer:?}");
    app.resume("board").await;
    assert!(app.get(&asked.url()).await.location().starts_with("/login?interaction="));
}

/// All that an answer tells but for its number.
fn told(answer: &Answer) -> String {
    answer.error_page(400);
    let headers: Vec<_> = answer.headers.iter().filter(|(name, _)| *name != "x-request-id").collect();
    format!("{headers:?}\n{}", answer.body.replace(answer.header("x-request-id"), "ID"))
}

async fn c02_c04_only_the_code_is_a_response_type(database: Database) {
    let app = TestApp::start(database).await;
    let asked = app.client("board").asks("profile");
    app.refuses(&asked.clone().without("response_type"), "invalid_request").await;
    for wrong in
        ["token", "id_token", "code token", "token code", "code id_token", "none", "Code", "CODE", " code"]
    {
        app.refuses(&asked.clone().with("response_type", wrong), "unsupported_response_type").await;
        let by_query = asked.clone().with("response_type", wrong).with("response_mode", "query");
        app.refuses(&by_query, "unsupported_response_type").await;
        let by_fragment = asked.clone().with("response_type", wrong).with("response_mode", "fragment");
        assert!(!app.get(&by_fragment.url()).await.location().contains("token="));
    }
}

async fn c05_an_app_without_the_grant_type_is_refused(database: Database) {
    let app = TestApp::start(database).await;
    app.get(&app.client("robot").asks("clinics:read").url()).await.error_page(400);
    app.refuses(&app.client("mute").asks("clinics:read"), "unauthorized_client").await;
}

/// RFC 6749 §3.3.
async fn c06_c08_scopes_beyond_the_app_are_refused(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    for beyond in
        ["admin", "records:read", "profile admin", "*", "FORMS:read", "forms:rea", "forms:readx", "forms"]
    {
        app.refuses(&board.asks(beyond), "invalid_scope").await;
    }
    for malformed in ["a\nb", "a\"b", "a\\b", "a\tb", "a\u{7f}", "\u{e9}", "a\0b", "profile\r\nforms:read"] {
        app.refuses(&board.asks(malformed), "invalid_scope").await;
    }
    let many: Vec<String> = (0..2500).map(|number| number.to_string()).collect();
    app.refuses(&board.asks(&many.join(" ")), "invalid_scope").await;

    // What is consented to is what the page lists, and what the token holds.
    let mut omar = app.person("omar");
    omar.open(&board.asks("profile forms:read").url()).await;
    let page = omar.sign_in().await;
    assert!(page.body.contains("See your name") && page.body.contains("Read your forms"), "{page:?}");
    assert!(!page.body.contains("Change your forms") && !page.body.contains("See the bookings"), "{page:?}");
    let tokens = board.connect(&mut omar, "profile forms:read").await;
    assert_eq!(tokens.scope, "profile forms:read");
    assert_eq!(app.api().check(&tokens.access, &["forms:write"]).await.status, 403);
}

async fn c10_unknown_parameters_are_ignored(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let asked = board.asks("profile").with("foo", "bar").with("__proto__", "x").with("constructor", "x");
    let asked = asked
        .with("code", "x")
        .with("token", "x")
        .with("decision", "allow")
        .with("csrf", "x")
        .with("tenant", "zz");
    let callback = omar.connects(&asked).await;
    Tokens::read(&board.exchange(&asked, &callback).await);
}

async fn c11_c12_c13_the_state_comes_back_as_it_went(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    board.connect(&mut omar, "profile").await;
    let (kilobyte, most) = ("s".repeat(1024), "~".repeat(4096));
    let states = [
        "x",
        &kilobyte,
        &most,
        " ",
        "a b+c%20d&e=f#g?h",
        "\"'<>\\`{}|^",
        "</script><script>alert(1)</script>",
        "a\0b",
        "line\r\nSet-Cookie: a=b",
        "\u{2028}\u{2029}\u{85}",
        "\u{e9}\u{4e2d}\u{1f600}",
        "%00%0d%0a",
    ];
    for state in states {
        let asked = board.asks("profile").with("state", state).with("nonce", &"n".repeat(384));
        let answer = omar.open(&asked.url()).await;
        let callback = answer.callback();
        assert_eq!(callback.get("state"), Some(state));
        assert_eq!(answer.headers.get_all("location").iter().count(), 1);
        assert!(
            answer.location().bytes().all(|byte| byte.is_ascii_graphic()) && answer.cookies().is_empty(),
            "{answer:?}"
        );
        Tokens::read(&board.exchange(&asked, &callback).await);
        let refused = app.get(&asked.with("scope", "admin").url()).await;
        assert_eq!(refused.callback().get("state"), Some(state));
        assert_eq!(refused.headers.get_all("location").iter().count(), 1);
    }
    let none = omar.open(&board.asks("profile").without("state").url()).await;
    assert!(none.callback().get("state").is_none() && !none.location().contains("state"), "{none:?}");
    let long = board.asks("profile").with("state", &"s".repeat(4097));
    let told = app.get(&long.url()).await;
    told.callback().refused("invalid_request");
    assert!(!told.location().contains("ssss"), "{told:?}");
}

/// RFC 6749 Appendix B. A state that cannot come back as it went does not come back as something else.
async fn c11_what_is_not_utf_8_is_refused_where_it_can_be_answered(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    omar.sign_in().await;
    let asked = app.client("board").asks("profile").with("prompt", "consent");
    for name in ["state", "scope", "login_hint", "code_challenge", "resource", "response_mode"] {
        let url = format!("{}&{name}=a%FFb", asked.clone().without(name).url());
        let answer = omar.open(&url).await;
        let callback = answer.callback();
        assert_eq!(callback.get("error"), Some("invalid_request"), "{name}: {answer:?}");
        let state = Some(asked.get("state")).filter(|_| name != "state");
        assert_eq!(callback.get("state"), state, "{name}");
        assert!(!answer.location().contains("%EF%BF%BD"), "{name}: {answer:?}");
    }
    for name in ["client_id", "redirect_uri"] {
        omar.open(&format!("{}&{name}=a%FFb", asked.clone().without(name).url())).await.error_page(400);
    }
    let ignored = omar.open(&format!("{}&utm_source=caf%E9", asked.url())).await;
    assert!(ignored.consent_form().is_some(), "nobody reads it: {ignored:?}");
}

/// The request is carried through the pages; what is long in it needs no address that a proxy would not pass on (the limit is
/// held by every answer that the tests read).
async fn c11_a_long_state_survives_every_way_through_the_pages(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    for length in [100, 400, 700, 1000, 4096] {
        let state = "s".repeat(length);
        let asked = board.asks("profile").with("state", &state).with("prompt", "login consent");
        let mut omar = app.person("omar");
        omar.sign_in().await;
        let again = omar.open(&asked.url()).await;
        assert!(again.login_form().is_some(), "{length}: a fresh sign-in is wanted: {again:?}");
        let right = std::mem::replace(&mut omar.password, "wrong".to_owned());
        let wrong = omar.submit_login().await;
        assert!(wrong.status == 401 && wrong.login_form().is_some(), "{length}: {wrong:?}");
        omar.password = right;
        omar.sign_in().await;
        let other = omar.decide("switch", |form| form).await;
        assert!(other.login_form().is_some(), "{length}: another account: {other:?}");
        omar.sign_in().await;
        let callback = omar.consents().await.callback();
        assert_eq!(callback.get("state"), Some(state.as_str()));
        board.exchange(&asked, &callback).await.ok();

        // Somebody new makes an account on the way.
        let mut new = app.person(&format!("new-{length}"));
        new.password = "a long enough passphrase".to_owned();
        let page = new.open(&asked.clone().without("prompt").url()).await;
        let links = page.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        assert!(links.clone().all(|link| link.len() < 1000), "{length}: {page:?}");
        let form = page.forms().into_iter().find(|form| form.action == "/signup").expect("a way to sign up");
        let form = new.post(&form, &form.clone().submit()).await.login_form().expect("a form to sign up");
        let filled = form.clone().fill("name", "New").and_then(|form| form.fill("email", &new.email));
        let fields = filled.and_then(|form| form.fill("password", &new.password)).expect("the fields");
        let signed_up = new.post(&form, &fields.submit()).await;
        let shown = if signed_up.status == 303 { new.open(signed_up.location()).await } else { signed_up };
        assert!(shown.consent_form().is_some(), "{length}: {shown:?}");
        assert_eq!(new.consents().await.callback().get("state"), Some(state.as_str()));
    }
}

async fn c11_a_long_state_survives_the_sign_in(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    for state in ["&".repeat(4096), "\u{1f600}".repeat(1024), "s".repeat(4096)] {
        let mut omar = app.person("omar");
        let asked = board.asks("profile").with("state", &state).with("prompt", "consent");
        let answer = omar.open(&asked.url()).await;
        assert!(answer.login_form().is_some(), "{answer:?}");
        assert_eq!(omar.connects(&asked).await.get("state"), Some(state.as_str()));
    }
    // Parameters that mean nothing here are not carried at all.
    let mut omar = app.person("omar");
    let asked = board.asks("profile").with("claims", &"c".repeat(30_000));
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let answer = omar.fetch("POST", "/oauth/authorize", &form, &asked.form()).await;
    let to_login = answer.location().to_owned();
    assert_eq!(omar.open(&to_login).await.status, 200);
}

/// RFC 6749 §4.1.2.1: `%x20-21 / %x23-5B / %x5D-7E`, in the redirect and in JSON.
async fn c14_descriptions_keep_to_their_characters(database: Database) {
    let app = TestApp::start(database).await;
    let plain = |text: &str| text.bytes().all(|byte| matches!(byte, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e));
    let board = app.client("board");
    for asked in [
        board.asks("a\"b\\c"),
        board.asks("it's{here}"),
        board.asks("profile").with("response_type", "\"\\"),
        board.asks("profile").with("code_challenge_method", "\"\\\u{e9}"),
        board.asks("profile").with("resource", "\"\\"),
        board.asks("profile").with("max_age", "\"\\"),
    ] {
        let callback = app.get(&asked.url()).await.callback();
        let description = callback.get("error_description").unwrap_or_default();
        assert!(!description.is_empty() && plain(description), "{callback:?}");
    }
    let odd = [("a\"\\b\u{e9}\n", "1"), ("a\"\\b\u{e9}\n", "2")];
    let answer = board.post("/oauth/token", &odd).await;
    answer.refused(400, "invalid_request");
    let json = answer.json();
    let description = json["error_description"].as_str().unwrap_or_default();
    assert!(!description.is_empty() && plain(description), "{json}");
}

async fn c27_a_posted_answer_is_safe(database: Database) {
    let app = TestApp::start(database).await;
    let (ledger, mut omar) = (app.client("ledger"), app.person("omar"));
    let evil = "\"><script>alert(1)</script>&amp;'";
    let asked = ledger.asks("profile").with("response_mode", "form_post").with("state", evil);
    omar.open(&asked.url()).await;
    omar.sign_in().await;
    let page = omar.consents().await;
    assert_eq!((page.status, page.header("cache-control")), (200, "no-store"), "{page:?}");
    assert!(!page.body.contains("<script>alert"), "{page:?}");
    let policy = page.header("content-security-policy");
    assert!(!policy.contains("unsafe") && !policy.contains("form-action"), "{policy}");
    assert!(page.body.contains("<button"), "it works without a script: {page:?}");
    let callback = page.callback();
    assert_eq!(
        (callback.to.as_str(), callback.get("state")),
        ("https://ledger.example.net/cb?foo=bar", Some(evil))
    );
    assert_eq!(callback.get("iss"), Some(app.issuer()));
    Tokens::read(&ledger.exchange(&asked, &callback).await);

    let refused = app.get(&asked.with("scope", "admin").url()).await;
    refused.callback().refused("invalid_scope");
    assert!(!refused.body.contains("<script>alert"), "{refused:?}");
}

async fn c28_other_response_modes_are_refused(database: Database) {
    let app = TestApp::start(database).await;
    let asked = app.client("board").asks("profile");
    for mode in ["fragment", "web_message", "query.jwt", "form_post.jwt", "jwt", "QUERY", "okta_post_message"]
    {
        app.refuses(&asked.clone().with("response_mode", mode), "invalid_request").await;
    }
    assert_eq!(app.get(&asked.with("response_mode", "query").url()).await.status, 303);
}

/// RFC 9207: byte for byte what the metadata says.
async fn c29_the_issuer_is_in_every_answer(database: Database) {
    let app = TestApp::start(database).await;
    let metadata = app.get("/.well-known/oauth-authorization-server").await.ok();
    let issuer = metadata["issuer"].as_str().expect("an issuer");
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    assert_eq!(omar.connects(&board.asks("profile")).await.get("iss"), Some(issuer));
    assert_eq!(app.refuses(&board.asks("admin"), "invalid_scope").await.get("iss"), Some(issuer));
    omar.open(&board.asks("forms:read").url()).await;
    let denied = omar.refuses().await.callback();
    denied.refused("access_denied");
    assert_eq!(denied.get("iss"), Some(issuer));
}

async fn c30_a_request_may_be_posted(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let asked = board.asks("profile");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let answer = omar.fetch("POST", "/oauth/authorize", &form, &asked.form()).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    let (to_login, json) = (answer.location().to_owned(), "{\"client_id\":\"board\"}");
    omar.open(&to_login).await;
    omar.sign_in().await;
    let callback = omar.consents().await.callback();
    Tokens::read(&board.exchange(&asked, &callback).await);
    for (content_type, body) in [("application/json", json), ("text/plain", asked.form().as_str())] {
        let request = app.request("POST", "/oauth/authorize", &[("content-type", content_type)], body);
        app.send(request, HOME).await.error_page(400);
    }
}

async fn c31_other_methods_change_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let target = app.client("board").asks("profile").url();
    for method in ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"] {
        let headers = [("origin", "https://evil.example"), ("access-control-request-method", "GET")];
        let answer = app.send(app.request(method, &target, &headers, ""), HOME).await;
        assert_eq!((answer.status, answer.header("allow")), (405, "GET, POST"), "{method}: {answer:?}");
        assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{answer:?}");
        assert!(answer.cookies().is_empty());
    }
}

/// RFC 9101 §5.
async fn no_request_object_is_taken(database: Database) {
    let app = TestApp::start(database).await;
    let asked = app.client("board").asks("profile");
    app.refuses(&asked.clone().with("request", "eyJ.e30."), "request_not_supported").await;
    app.refuses(&asked.with("request_uri", "https://evil.example/r"), "request_uri_not_supported").await;
}

/// RFC 8707 §2.
async fn an_unknown_resource_is_refused(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    app.refuses(&board.asks("profile").with("resource", "https://nowhere.example"), "invalid_target").await;
    let two = board
        .asks("profile")
        .and("resource", "https://api.example.com")
        .and("resource", "https://other.example.com");
    app.refuses(&two, "invalid_target").await;
    let asked = board.asks("profile").with("resource", "https://api.example.com");
    let callback = omar.connects(&asked).await;
    let tokens = Tokens::read(&board.exchange(&asked, &callback).await);
    assert!(app.api().sees_alive(&tokens.access).await && !app.other_api().sees_alive(&tokens.access).await);
}

async fn no_scope_means_the_apps_own(database: Database) {
    let app = TestApp::start(database).await;
    let (ledger, mut omar) = (app.client("ledger"), app.person("omar"));
    for asked in [ledger.asks("").without("scope"), ledger.asks("")] {
        let callback = omar.connects(&asked).await;
        assert_eq!(Tokens::read(&ledger.exchange(&asked, &callback).await).scope, "profile forms:read");
    }
}
