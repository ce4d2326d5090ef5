//! Every page: what its headers forbid, and that nobody's words become markup (SECURITY tables O, K and S).

use symbolon_store::testing::Database;

use crate::support::{Answer, HOME, Options, TestApp, stories, with_field};

stories!(
    o04_o11_o16_k08_every_page_is_locked_down,
    o05_o06_stored_words_are_shown_as_text,
    o07_what_was_sent_is_never_markup,
    an_error_page_names_what_was_sent_and_says_whose_it_is,
    o10_templates_in_words_stay_words,
    s19_no_answer_tells_what_runs_here,
    sign_up_can_be_closed,
    sign_up_makes_a_person_with_a_place_of_their_own,
    sign_up_says_what_is_wrong,
    sign_up_from_one_address_is_slowed_down,
    o11_a_form_ends_here_or_wherever_an_app_leads_on,
    pages_on_the_way_to_an_app_keep_the_window_that_opened_them,
);

/// One of each page: front, sign-in, sign-up, consent, account, disconnect, sign-out, posted answer, errors.
async fn every_page(app: &TestApp) -> Vec<Answer> {
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let mut pages = vec![omar.open("/").await, omar.open("/signup").await, omar.open("/login").await];
    pages.push(omar.open(&board.asks("profile").url()).await);
    omar.password = "wrong".to_owned();
    pages.push(omar.submit_login().await);
    omar.password = crate::support::PASSWORD.to_owned();
    pages.push(omar.sign_in().await);
    assert!(pages[5].consent_form().is_some());
    omar.consents().await;
    pages.push(omar.open("/account").await);
    let (_, rest) = pages[6].body.split_once("/account/connections/").expect("a connection");
    let id = rest.split_once('/').expect("an id").0;
    pages.push(omar.open(&format!("/account/connections/{id}/disconnect")).await);
    pages.push(omar.open("/logout").await);
    pages.push(omar.open(&board.asks("profile").with("response_mode", "form_post").url()).await);
    pages.push(omar.open("/").await);
    pages.push(omar.open("/oauth/authorize").await);
    pages.push(omar.open("/nowhere").await);
    pages.push(app.send(app.request("PUT", "/login", &[], ""), HOME).await);
    pages.push(app.send(app.request("GET", "/login", &[("host", "evil.example")], ""), HOME).await);
    pages
}

async fn o04_o11_o16_k08_every_page_is_locked_down(database: Database) {
    let app = TestApp::start(database).await;
    for page in every_page(&app).await {
        assert!(page.header("content-type").starts_with("text/html"), "{page:?}");
        let policy = page.header("content-security-policy");
        for rule in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.contains(rule), "{rule}: {page:?}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{page:?}");
        assert_eq!(page.header("x-frame-options"), "DENY");
        assert_eq!(page.header("cache-control"), "no-store", "{page:?}");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert!(page.headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{page:?}");
        assert!(
            !page.body.contains("<style")
                && !page.body.contains(" style=")
                && !page.body.contains("<script>")
        );
        for inline in [" onclick", " onload", " onerror", " onsubmit", "javascript:"] {
            assert!(!page.body.contains(inline), "{inline}: {page:?}");
        }
    }
}

const HOSTILE: &str = r#"
[[scope]]
name = "hostile"
title = "<script>alert('scope')</script>"
description = "\"><img src=x onerror=alert('description')>"

[[tenant]]
id = "hostile"
name = "<iframe srcdoc='tenant'>"

[[role]]
key = "hostile"
title = "<b onmouseover=alert('role')>"
scopes = ["*"]

[[user]]
id = "u-hostile"
email = "hostile@example.com"
name = "<svg onload=alert('name')>"
password = "correct horse battery staple"

[[membership]]
tenant = "hostile"
user = "u-hostile"
role = "hostile"

[[app]]
client_id = "hostile"
client_secret = "hostile-secret"
name = "'\"><script>alert('app')</script>{{7*7}}"
publisher = "'\"><svg onload=alert(1)><script>alert('publisher')</script>"
homepage = "https://hostile.example.net/?a='\"><script>alert('home')</script>"
privacy_url = "https://hostile.example.net/privacy?a='\"><script>alert('privacy')</script>"
terms_url = "https://hostile.example.net/terms?a='\"><script>alert('terms')</script>"
redirect_uris = ["https://hostile.example.net/cb"]
scopes = ["hostile", "profile"]
optional_scopes = ["hostile"]
status = "live"
"#;

fn is_text_only(page: &Answer) {
    for markup in ["<script>", "<iframe", "<img src=x", "<svg onload", "<b onmouse"] {
        assert!(!page.body.contains(markup), "{markup}: {page:?}");
    }
}

async fn o05_o06_stored_words_are_shown_as_text(database: Database) {
    let app = TestApp::with(database, Options { state: HOSTILE, ..Options::default() }).await;
    let (client, mut person) = (app.client("hostile"), app.person("hostile"));
    let login = person.open(&client.asks("hostile profile").url()).await;
    assert!(login.body.contains("&#60;script&#62;") || login.body.contains("&lt;script&gt;"), "{login:?}");
    is_text_only(&login);
    is_text_only(&person.open("/signup").await);
    person.open(&client.asks("hostile profile").url()).await;
    let consent = person.sign_in().await;
    assert!(consent.consent_form().is_some(), "{consent:?}");
    assert!(consent.body.contains("alert(&#39;publisher&#39;)"), "the publisher is shown: {consent:?}");
    is_text_only(&consent);
    person.consents().await;
    let account = person.open("/account").await;
    is_text_only(&account);
    let (_, rest) = account.body.split_once("/account/connections/").expect("a connection");
    let id = rest.split_once('/').expect("an id").0.to_owned();
    is_text_only(&person.open(&format!("/account/connections/{id}/disconnect")).await);
    is_text_only(&person.open("/logout").await);
    is_text_only(&person.open("/").await);
    app.suspend("hostile").await;
    is_text_only(&person.open(&client.asks("profile").url()).await);
    is_text_only(&person.open("/account").await);
    app.delete_app("hostile").await;
    is_text_only(&person.open(&format!("/account?disconnected={id}")).await);
}

async fn an_error_page_names_what_was_sent_and_says_whose_it_is(database: Database) {
    let app = TestApp::start(database).await;
    let asked = app.client("board").asks("profile");
    let wrong = |uri: &str| asked.clone().with("redirect_uri", uri).url();
    let near = "https://board.example.net/callback?next=/a&b=1";
    let page = app.get(&wrong(near)).await;
    assert!(page.body.contains("board.example.net/callback?next=/a&#38;b=1"), "{page:?}");
    assert!(page.body.contains("The link that was followed says this"), "{page:?}");
    // Neither a sentence nor more than a developer compares.
    let page = app.get(&wrong("https://x.example/ Your account is locked: call \u{202e}555")).await;
    assert!(page.body.contains("%20Your%20account%20is%20locked:%20call%20%E2%80%AE555"), "{page:?}");
    let page = app.get(&wrong(&format!("https://x.example/{}", "y".repeat(2000)))).await;
    assert!(
        page.body.contains("(cut: 2018 bytes were sent)") && !page.body.contains(&"y".repeat(200)),
        "{page:?}"
    );
    let page = app
        .get(&app.client("board").asks("").and(&"z".repeat(2000), "1").and(&"z".repeat(2000), "2").url())
        .await;
    assert!(
        page.body.contains("(cut: it has 2000 characters)") && !page.body.contains(&"z".repeat(61)),
        "{page:?}"
    );
    // Nor does the sign-in page take a letter for an address.
    let hint = "h".repeat(400);
    let page = app.person("omar").open(&asked.clone().with("login_hint", &hint).url()).await;
    assert!(page.login_form().is_some() && !page.body.contains(&hint), "{page:?}");
    let page = app.person("omar").open(&asked.with("login_hint", "omar@example.com").url()).await;
    assert!(page.body.contains("omar@example.com"), "{page:?}");
}

async fn o10_templates_in_words_stay_words(database: Database) {
    let app = TestApp::with(database, Options { state: HOSTILE, ..Options::default() }).await;
    let page = app.person("hostile").open(&app.client("hostile").asks("profile").url()).await;
    assert!(page.body.contains("{{7*7}}"), "{page:?}");
}

async fn o07_what_was_sent_is_never_markup(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    omar.sign_in().await;
    let evil = "%22%27%3E%3Cscript%3Ealert(1)%3C/script%3E";
    for path in [
        "/",
        "/login",
        "/signup",
        "/logout",
        "/account",
        "/oauth/authorize",
        "/nowhere",
        "/v1/me",
        "/favicon.ico",
    ] {
        for name in [
            "interaction",
            "next",
            "email",
            "error",
            "error_description",
            "ui_locales",
            "disconnected",
            "signed_out",
            evil,
        ] {
            let target = format!("{path}?{name}={evil}");
            for answer in [omar.look(&target).await, app.get(&target).await] {
                assert!(!answer.body.contains("<script>alert"), "{target}: {answer:?}");
            }
        }
        assert!(!app.get(&format!("{path}/{evil}")).await.body.contains("<script>alert"));
    }
    let asked = app.client("board").asks("profile");
    for name in [
        "login_hint",
        "state",
        "tenant",
        "ui_locales",
        "scope",
        "client_id",
        "redirect_uri",
        "prompt",
        "nonce",
    ] {
        let asked = asked.clone().with(name, "\"'><script>alert(1)</script>").with("prompt", "login");
        for mut person in [app.person("lena"), app.person("sam")] {
            let page = person.open(&asked.url()).await;
            assert!(!page.body.contains("<script>alert"), "{name}: {page:?}");
        }
    }
    let hinted = app.person("lena").open(&asked.with("login_hint", "lena@example.com").url()).await;
    assert!(hinted.body.contains("value=\"lena@example.com\""), "{hinted:?}");
    let mut lena = app.person("\"><script>alert(1)</script>");
    lena.open("/login").await;
    lena.password = "x".to_owned();
    assert!(!lena.submit_login().await.body.contains("<script>alert"));
}

async fn s19_no_answer_tells_what_runs_here(database: Database) {
    let app = TestApp::start(database).await;
    let mut answers = every_page(&app).await;
    for (method, path, body) in [
        ("POST", "/oauth/token", "grant_type=authorization_code"),
        ("POST", "/oauth/token", "{"),
        ("POST", "/v1/check", "{\"token\": 3"),
        ("POST", "/oauth/introspect", "token=a%00b"),
        ("GET", "/v1/me", ""),
        ("POST", "/oauth/authorize", "client_id=%00"),
    ] {
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("authorization", "Bearer acme_at_live_x"),
        ];
        answers.push(app.send(app.request(method, path, &headers, body), HOME).await);
    }
    for answer in answers {
        assert!(answer.header("server").is_empty() && answer.header("x-powered-by").is_empty(), "{answer:?}");
        assert!(!answer.header("x-request-id").is_empty());
        assert!(answer.status < 500, "{answer:?}");
        for telling in
            ["panicked", "SELECT ", "sqlite", "postgres", ".rs:", "/src/", env!("CARGO_PKG_VERSION"), "rustc"]
        {
            assert!(!answer.body.contains(telling), "{telling}: {answer:?}");
        }
    }
}

async fn sign_up_can_be_closed(database: Database) {
    let closed = Options { configuration: "login.sign_up = \"closed\"", ..Options::default() };
    let app = TestApp::with(database, closed).await;
    app.get("/signup").await.error_page(404);
    assert!(!app.get("/login").await.body.contains("/signup"));
    assert!(!app.get("/").await.body.contains("/signup"));
}

/// Signs up with these values and follows nothing.
async fn signs_up(app: &TestApp, name: &str, email: &str, password: &str) -> Answer {
    let mut person = app.person("");
    email.clone_into(&mut person.email);
    password.clone_into(&mut person.password);
    person.signs_up(name).await
}

async fn sign_up_makes_a_person_with_a_place_of_their_own(database: Database) {
    let app = TestApp::start(database).await;
    let answer = signs_up(&app, "Ada Byron", "Ada@Example.com ", "a long enough password").await;
    assert_eq!((answer.status, answer.location()), (303, "/account"), "{answer:?}");
    let mut ada = app.person("ada");
    ada.password = "a long enough password".to_owned();
    assert!(ada.sign_in().await.body.contains("Ada"));
}

async fn sign_up_says_what_is_wrong(database: Database) {
    let app = TestApp::start(database).await;
    let good = ("Ada Byron", "ada@example.com", "a long enough password");
    for (name, email, password) in [
        ("", good.1, good.2),
        ("A\u{202e}B", good.1, good.2),
        (&"n".repeat(101), good.1, good.2),
        (good.0, "", good.2),
        (good.0, "ada", good.2),
        (good.0, "ada@localhost", good.2),
        (good.0, "a@b@example.com", good.2),
        (good.0, "ada\0@example.com", good.2),
        (good.0, good.1, "short"),
        (good.0, good.1, "1234567890"),
        (good.0, good.1, "qwertyuiop123"),
        (good.0, good.1, good.1),
        (good.0, good.1, &"p".repeat(1001)),
        (good.0, "omar@example.com", good.2),
    ] {
        let answer = signs_up(&app, name, email, password).await;
        assert_eq!(answer.status, 422, "{name} {email}: {answer:?}");
        assert!(answer.cookies().iter().all(|line| !line.contains("session")), "{answer:?}");
    }
    assert_eq!(signs_up(&app, good.0, good.1, good.2).await.status, 303);
}

async fn sign_up_from_one_address_is_slowed_down(database: Database) {
    let app = TestApp::start(database).await;
    for number in 0..20 {
        let answer =
            signs_up(&app, "Ada", &format!("ada{number}@example.com"), "a long enough password").await;
        assert_eq!(answer.status, 303, "{answer:?}");
    }
    let answer = signs_up(&app, "Ada", "ada20@example.com", "a long enough password").await;
    assert_eq!(answer.status, 429, "{answer:?}");
    let wait: u64 = answer.header("retry-after").parse().expect("seconds to wait");
    assert!((1..=3600).contains(&wait), "{wait}");
}

/// The pages that a person sees on the way to an app, each with what it is called here.
async fn pages_on_the_way(app: &TestApp) -> Vec<(&'static str, Answer)> {
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let asked = board.asks("profile");
    let mut pages = vec![("sign-in", omar.open(&asked.url()).await)];
    let to_sign_up = pages[0].1.target.replace("/login?", "/signup?");
    pages.push(("sign-up", omar.look(&to_sign_up).await));
    omar.open(&asked.url()).await;
    omar.password = "wrong".to_owned();
    pages.push(("refused sign-in", omar.submit_login().await));
    omar.password = crate::support::PASSWORD.to_owned();
    pages.push(("consent", omar.sign_in().await));
    let (form, fields) = omar.deciding("allow", |form| form);
    pages.push(("consent again", omar.post(&form, &with_field(&fields, "tenant", "nowhere")).await));
    omar.post(&form, &fields).await.callback();
    pages.push(("posted answer", omar.look(&asked.with("response_mode", "form_post").url()).await));
    pages
}

async fn pages_elsewhere(app: &TestApp) -> Vec<(&'static str, Answer)> {
    let mut omar = app.person("omar");
    app.client("board").connect(&mut omar, "profile").await;
    let account = omar.open("/account").await;
    let (_, rest) = account.body.split_once("/account/connections/").expect("a connection");
    let disconnect = format!("/account/connections/{}/disconnect", rest.split_once('/').expect("an id").0);
    let mut pages = vec![("account", account), ("disconnect", omar.look(&disconnect).await)];
    for (name, path) in [("front", "/"), ("sign-out", "/logout"), ("nothing", "/nowhere")] {
        pages.push((name, omar.look(path).await));
    }
    pages
}

/// Browsers apply `form-action` to every redirect after a post, the app's own too: a page whose form may end at an app has
/// none, and every other one keeps its forms here.
async fn o11_a_form_ends_here_or_wherever_an_app_leads_on(database: Database) {
    let app = TestApp::start(database).await;
    for (name, page) in pages_on_the_way(&app).await {
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("form-action"), "{name}: {policy}");
    }
    let mut elsewhere = pages_elsewhere(&app).await;
    elsewhere.push(("error", app.get("/oauth/authorize").await));
    for (name, page) in elsewhere {
        let policy = page.header("content-security-policy");
        assert!(policy.contains("; form-action 'self';"), "{name}: {policy}");
    }
}

/// An app that connects in a popup waits for it: a page that cuts itself off from its opener never comes back there.
async fn pages_on_the_way_to_an_app_keep_the_window_that_opened_them(database: Database) {
    let app = TestApp::start(database).await;
    let mut on_the_way = pages_on_the_way(&app).await;
    on_the_way.push(("error", app.get("/oauth/authorize").await));
    for (name, page) in on_the_way {
        assert_eq!(page.header("cross-origin-opener-policy"), "", "{name}");
    }
    for (name, page) in pages_elsewhere(&app).await {
        assert_eq!(page.header("cross-origin-opener-policy"), "same-origin", "{name}");
    }
}
