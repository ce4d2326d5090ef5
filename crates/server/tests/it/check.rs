//! `/v1/check`: may this credential do that, now? Never a stale yes.

use symbolon_store::testing::Database;

use crate::support::{Answer, HOME, MINUTE, TestApp, Tokens, stories};

stories!(
    what_a_check_tells,
    an_absent_person_is_told_by_the_kind,
    an_app_that_is_called_as_a_person_is,
    who_may_not_check,
    a_credential_that_is_not_good,
    scopes_match_exactly,
    a_scope_that_is_missing_or_forbidden,
    a_token_meant_for_another,
    a_token_meant_for_another_has_no_state,
    a_scope_that_nobody_declared_is_the_hosts_mistake,
    a_host_key_is_rotated_without_a_refused_call,
    questions_that_are_not_readable,
);

async fn ask(app: &TestApp, authorization: &[&str], body: &str) -> Answer {
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(authorization.iter().map(|value| ("authorization", *value)));
    app.send(app.request("POST", "/v1/check", &headers, body), HOME).await
}

const KEY: &[&str] = &["Bearer test-host-key"];

async fn what_a_check_tells(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let tokens = board.connect(&mut omar, "forms:write").await;
    let answer = app.api().check(&tokens.access, &["forms:read"]).await;
    let json = answer.ok();
    assert_eq!(answer.header("cache-control"), "no-store");
    for (member, value) in [
        ("active", true.into()),
        ("kind", "person".into()),
        ("sub", "u-omar".into()),
        ("user", "u-omar".into()),
        ("app", "board".into()),
        ("app_name", "Forms Board".into()),
        ("tenant", "north".into()),
        ("level", "user".into()),
        ("role", "owner".into()),
        ("base_url", "https://north.example.com".into()),
        ("scopes", serde_json::json!(["forms:write"])),
        ("expires_at", (app.now().seconds() + 3600).into()),
    ] {
        let value: serde_json::Value = value;
        assert_eq!(json[member], value, "{member}");
    }
    let text = format!(r#"{{"token":"{}","scopes":"forms:read forms:write"}}"#, tokens.access);
    assert_eq!(ask(&app, KEY, &text).await.status, 200, "scopes as one text");
    let me = board.me(&tokens.access).await.ok();
    for (member, value) in json.as_object().expect("an object") {
        assert_eq!(me[member], *value, "one decision behind both: {member}");
    }
}

/// A person, a tenant and an app are told apart by every endpoint that says who a token is, in the same words.
async fn an_absent_person_is_told_by_the_kind(database: Database) {
    let app = TestApp::start(database).await;
    let (board, tower, robot) = (app.client("board"), app.client("tower"), app.client("robot"));
    let mut omar = app.person("omar");
    let own = Tokens::read(&robot.post("/oauth/token", &[("grant_type", "client_credentials")]).await);
    let person = board.connect(&mut omar, "forms:read").await;
    let installed = tower.connect(&mut omar, "forms:read").await;
    for (client, access, kind, has_tenant, has_user) in [
        (&board, &person.access, "person", true, true),
        (&tower, &installed.access, "tenant", true, false),
        (&robot, &own.access, "app", false, false),
    ] {
        let checked = app.api().check(access, &[]).await.ok();
        for told in [&checked, &client.me(access).await.ok(), &app.api().introspect(access).await] {
            assert_eq!((&told["kind"], &told["sub"]), (&kind.into(), &checked["sub"]), "{told}");
            assert_eq!(!told["tenant"].is_null(), has_tenant, "{told}");
        }
        assert_eq!(
            (!checked["user"].is_null(), !checked["role"].is_null()),
            (has_user, has_user),
            "{checked}"
        );
    }
    for (client, tokens) in [(&board, &person), (&tower, &installed)] {
        let (access, refresh) = (&tokens.access, &tokens.refresh);
        let kind = client.introspect(access).await.ok()["kind"].clone();
        assert_eq!(client.introspect(refresh).await.ok()["kind"], kind, "one kind for both tokens");
    }
}

/// Whoever chooses a client id chooses nobody's `sub` with it.
async fn an_app_that_is_called_as_a_person_is(database: Database) {
    let app = TestApp::start(database).await;
    let person = app.client("board").connect(&mut app.person("omar"), "forms:read").await;
    app.declare(
        "[[app]]\nclient_id = \"u-omar\"\nclient_secret = \"u-omar-secret\"\nname = \"Omar\"\nscopes = [\"forms:read\"]\n\
         grant_types = [\"client_credentials\"]\nstatus = \"live\"",
    )
    .await;
    let impostor = app.client("u-omar");
    let own = Tokens::read(&impostor.post("/oauth/token", &[("grant_type", "client_credentials")]).await);
    for (access, sub) in [(&person.access, "u-omar"), (&own.access, "app:u-omar")] {
        assert_eq!(app.api().check(access, &["forms:read"]).await.ok()["sub"], sub);
        assert_eq!(app.api().introspect(access).await["sub"], sub);
    }
    // And nobody is called as an app or an installation is.
    for id in ["app:u-omar", "app:", "inst_01a22a9c9fc07425a053b418935e42a5"] {
        for entry in [
            format!("[[user]]\nid = {id:?}\nemail = \"x@example.com\"\npassword = \"correct horse battery\""),
            format!("[[tenant]]\nid = {id:?}\nname = \"X\""),
        ] {
            let why = app.try_declare(&entry).await.expect_err("it is refused");
            assert!(
                why.contains("the `sub` of an app or an installation") && why.contains("line 2"),
                "{why}"
            );
            app.try_declare(&entry.replace(id, "u-new")).await.expect("the twin is declared");
        }
    }
}

async fn who_may_not_check(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let tokens = board.connect(&mut omar, "forms:read").await;
    let question = format!(r#"{{"token":"{}"}}"#, tokens.access);
    // None of these is about the token, so none is an answer that a host would hand on.
    ask(&app, &[], &question).await.problem(403, "host_key");
    let itself = format!("Bearer {}", tokens.access);
    for wrong in ["Bearer x", "Bearer ", "Bearer test-host-ke", "Bearer board-secret", "Basic eDp5", &itself]
    {
        for question in [question.as_str(), r#"{"token":"x"}"#, "{}", "nonsense"] {
            let answer = ask(&app, &[wrong], question).await;
            answer.problem(403, "host_key");
            assert!(
                !answer.body.contains(&tokens.access) && !answer.body.contains("test-host-ke"),
                "{answer:?}"
            );
        }
    }
    // Nor is having to wait after too many wrong keys: an address has a budget of thirty.
    let elsewhere = "198.51.100.9".parse().expect("an address");
    let headers = [("content-type", "application/json"), ("authorization", "Bearer x")];
    for _ in 0..30 {
        app.send(app.request("POST", "/v1/check", &headers, &question), elsewhere)
            .await
            .problem(403, "host_key");
    }
    let throttled = app.send(app.request("POST", "/v1/check", &headers, &question), elsewhere).await;
    throttled.problem(429, "throttled");
    assert_eq!(throttled.header("retry-after"), "30");
    let twice = ask(&app, &["Bearer test-host-key", "Bearer test-host-key"], &question).await;
    twice.problem(400, "two_headers");
    assert_eq!(ask(&app, KEY, &question).await.status, 200);
}

async fn a_credential_that_is_not_good(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let tokens = board.connect(&mut omar, "forms:read").await;
    for wrong in ["x", "test-host-key", &tokens.refresh, &tokens.access[1..]] {
        app.api().check(wrong, &[]).await.refused(401, "invalid_token");
    }
    for none in ["{}", r#"{"token":null}"#, r#"{"token":""}"#] {
        let answer = ask(&app, KEY, none).await;
        answer.refused(401, "invalid_token");
        let challenge = answer.header("www-authenticate");
        let bare = challenge.starts_with("Bearer realm=\"symbolon\", resource_metadata=\"");
        assert!(bare && !challenge.contains("error"), "no error when none was sent: {challenge}");
    }
    app.api().check(&tokens.access, &[]).await.ok();
    board.revoke(&tokens.refresh).await;
    let answer = app.api().check(&tokens.access, &[]).await;
    answer.refused(401, "invalid_token");
    assert_eq!(answer.json()["code"], "family_ended");
}

/// F-12.
async fn scopes_match_exactly(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let tokens = board.connect(&mut omar, "forms:read").await;
    for other in ["forms:write", "bookings:read", "clinics:read"] {
        app.api().check(&tokens.access, &[other]).await.refused(403, "insufficient_scope");
    }
    for nobodys in ["forms", "forms:", "forms:rea", "forms:read:all", "FORMS:READ", "forms:*", "*"] {
        app.api().check(&tokens.access, &[nobodys]).await.problem(400, "scope_unknown");
    }
    app.api().check(&tokens.access, &["forms:read"]).await.ok();
    app.api().check(&tokens.access, &[]).await.ok();
}

/// F-08.
async fn a_scope_that_is_missing_or_forbidden(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let tokens = board.connect(&mut omar, "forms:write").await;
    let answer = app.api().check(&tokens.access, &["bookings:read", "forms:read"]).await;
    answer.refused(403, "insufficient_scope");
    assert_eq!(answer.json()["scope"], "bookings:read forms:read");
    let challenge = answer.header("www-authenticate");
    assert!(challenge.contains("error=\"insufficient_scope\""), "{challenge}");
    assert!(challenge.contains("scope=\"bookings:read forms:read\""), "{challenge}");
    app.api().check(&tokens.access, &["forms:read", "forms:write"]).await.ok();

    // Demoted: asking for more scope cannot help.
    app.set_role("north", "omar", "office").await;
    app.api().check(&tokens.access, &["bookings:read"]).await.refused(403, "insufficient_scope");
    let answer = app.api().check(&tokens.access, &["forms:write"]).await;
    assert_eq!((answer.status, answer.header("www-authenticate")), (403, ""));
    assert_ne!(answer.error(), "insufficient_scope");
    assert_eq!(answer.json()["code"], "role_forbidden");
    app.set_role("north", "omar", "practitioner").await;
    app.api().check(&tokens.access, &["forms:write"]).await.ok();
}

/// F-07.
async fn a_token_meant_for_another(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let asked = board.asks("profile").with("resource", "https://api.example.com");
    let callback = omar.connects(&asked).await;
    let tokens = Tokens::read(&board.exchange(&asked, &callback).await);
    app.api().check(&tokens.access, &["profile"]).await.ok();
    app.other_api().check(&tokens.access, &["profile"]).await.refused(401, "invalid_token");
    let question = |resource: &str| format!(r#"{{"token":"{}","resource":"{resource}"}}"#, tokens.access);
    assert_eq!(ask(&app, KEY, &question("https://API.example.com:443/")).await.status, 200);
    // A key speaks for its own resource only, and the token is not to blame for that.
    for named in ["https://other.example.com", "https://nowhere.example.com", "", "x"] {
        ask(&app, KEY, &question(named)).await.problem(403, "resource_differs");
    }
    let foreign = ask(&app, &["Bearer test-other-host-key"], &question("https://api.example.com")).await;
    foreign.problem(403, "resource_differs");
    assert!(foreign.body.contains("https://other.example.com"), "{foreign:?}");
}

/// A scope that nobody declared can be held by no token: the host learns its name, whatever token it asks about.
async fn a_scope_that_nobody_declared_is_the_hosts_mistake(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let tokens = board.connect(&mut omar, "forms:write").await;
    let long = "s".repeat(5000);
    let cut = format!("{}...", &long[..60]);
    for token in [tokens.access.as_str(), "x", ""] {
        for (scopes, name) in [
            (vec!["form:read"], "form:read"),
            (vec!["forms:read", "forms:raed", "bookings:read"], "forms:raed"),
            (vec![long.as_str()], cut.as_str()),
        ] {
            let answer = app.api().check(token, &scopes).await;
            answer.problem(400, "scope_unknown");
            assert!(answer.body.contains(&format!("'{name}'")) && answer.body.len() < 500, "{answer:?}");
        }
    }
    app.api().check(&tokens.access, &["forms:read", "forms:write"]).await.ok();
    app.api().check(&tokens.access, &["bookings:read"]).await.refused(403, "insufficient_scope");
    app.declare("[[scope]]\nname = \"form:read\"\ntitle = \"Read a form\"").await;
    app.api().check(&tokens.access, &["form:read"]).await.refused(403, "insufficient_scope");
}

/// Two keys live at most: the one before works until its grace ends, and not a moment longer.
async fn a_host_key_is_rotated_without_a_refused_call(database: Database) {
    let app = TestApp::start(database).await;
    let tokens = app.client("board").connect(&mut app.person("omar"), "forms:read").await;
    let works = async |key: &str| {
        let mut api = app.api();
        api.key = key.to_owned();
        let answer = api.check(&tokens.access, &["forms:read"]).await;
        let seen = api.try_introspect(&tokens.access).await;
        if answer.status == 200 {
            assert_eq!(seen.ok()["active"], true);
            return true;
        }
        answer.problem(403, "host_key");
        seen.refused(401, "invalid_client");
        false
    };
    let first = "test-host-key".to_owned();
    assert!(works(&first).await);
    let second = app.rotate_host_key("https://api.example.com", 5 * MINUTE).await;
    assert!(works(&first).await && works(&second).await, "both, while the API is told the new one");
    app.advance(5 * MINUTE - 1);
    assert!(works(&first).await && works(&second).await);
    app.advance(1);
    assert!(!works(&first).await && works(&second).await);

    let third = app.rotate_host_key("https://api.example.com", 5 * MINUTE).await;
    let fourth = app.rotate_host_key("https://api.example.com", 5 * MINUTE).await;
    assert!(!works(&second).await && works(&third).await && works(&fourth).await, "two live at most");
    app.revoke_newest_host_key("https://api.example.com").await;
    assert!(works(&third).await && !works(&fourth).await);
    app.other_api().check(&tokens.access, &[]).await.ok();
}

/// Whom a token is not meant for learns nothing of it: not whether it lives, nor why it does not.
async fn a_token_meant_for_another_has_no_state(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let asked = board.asks("profile").with("resource", "https://api.example.com");
    let callback = omar.connects(&asked).await;
    let tokens = Tokens::read(&board.exchange(&asked, &callback).await);
    let seen = async || {
        let strangers =
            [app.other_api().check(&tokens.access, &["profile"]).await, board.me(&tokens.access).await];
        strangers.map(|answer| {
            let mut body = answer.json();
            body.as_object_mut().expect("an object").remove("request_id");
            (answer.status, body.to_string())
        })
    };
    let alive = seen().await;
    app.api().check(&tokens.access, &["profile"]).await.ok();
    app.disable_user("omar").await;
    app.api().check(&tokens.access, &["profile"]).await.refused(401, "invalid_token");
    assert_eq!(seen().await, alive, "its person is disabled");
    app.enable_user("omar").await;
    app.advance(60 * crate::support::MINUTE);
    let own = app.api().check(&tokens.access, &["profile"]).await;
    assert_eq!(own.json()["code"], "token_expired", "the API that it is meant for is told");
    assert_eq!(seen().await, alive, "its time is over");
    assert_eq!(board.revoke(&tokens.refresh).await.status, 200);
    assert_eq!(seen().await, alive, "it was revoked");
}

async fn questions_that_are_not_readable(database: Database) {
    let app = TestApp::start(database).await;
    for wrong in ["", "x", r#"{"token":1}"#, r#"{"tokn":"x"}"#, "null"] {
        ask(&app, KEY, wrong).await.problem(400, "malformed_json");
    }
    ask(&app, KEY, r#"{"token":"x","scopes":["a\"b"]}"#).await.problem(400, "scope_malformed");
    assert_eq!(ask(&app, KEY, &format!(r#"{{"token":"{}"}}"#, "x".repeat(70_000))).await.status, 413);
    let answer = app.get("/v1/check").await;
    assert_eq!((answer.status, answer.header("allow")), (405, "POST"));
}
