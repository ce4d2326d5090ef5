//! Signing in with the built-in accounts: cookies and forgeries (SECURITY table N). Guessing is in `throttle.rs`.

use std::collections::BTreeSet;

use symbolon_platform::deed::Deed;
use symbolon_store::testing::Database;

use crate::support::{DAY, HOME, Options, SECOND, TestApp, stories};

stories!(
    n01_signing_in_begins_a_new_session,
    n01_signing_out_ends_it,
    n02_cookies_carry_their_flags,
    n03_another_site_cannot_sign_anyone_in,
    n04_a_forged_cookie_means_signed_out,
    n06_wrong_address_wrong_password_and_disabled_account_look_the_same,
    n25_a_disabled_person_is_out_at_once,
    n27_a_session_ends,
    n29_signing_out_takes_a_form,
    s11_a_long_password_is_refused_cheaply,
    whoever_was_given_the_longest_password_signs_in_with_it,
    what_is_missing_or_strange_is_told,
    a_password_that_another_server_hashed_becomes_ours,
);

const HTTPS: Options = Options { issuer: "https://connect.example.com", configuration: "", state: "" };

const SESSION: &str = "symbolon_session";

async fn n01_signing_in_begins_a_new_session(database: Database) {
    let app = TestApp::start(database).await;
    let mut attacker = app.person("sam");
    attacker.sign_in().await;
    let planted = attacker.cookie(SESSION);
    let mut omar = app.person("omar");
    omar.plant_cookie(&format!("{SESSION}={planted}; Path=/"));
    let asked = app.client("board").asks("profile").with("prompt", "login");
    app.advance(SECOND);
    omar.open(&asked.url()).await;
    omar.sign_in().await;
    let own = omar.cookie(SESSION);
    assert!(!own.is_empty() && own != planted);
    assert!(!attacker.open("/account").await.body.contains("Omar"));
    assert!(omar.open("/account").await.body.contains("Omar"));
    // Signing in again changes it again, and ends the one before.
    app.advance(SECOND);
    omar.open(&app.client("board").asks("profile").with("prompt", "login").url()).await;
    omar.sign_in().await;
    assert_ne!(omar.cookie(SESSION), own);
    let mut thief = app.person("sam");
    thief.plant_cookie(&format!("{SESSION}={own}; Path=/"));
    assert_eq!(thief.look("/account").await.location(), "/login");
}

async fn n01_signing_out_ends_it(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    omar.sign_in().await;
    let old = omar.cookie(SESSION);
    omar.sign_out().await;
    assert!(omar.cookie(SESSION).is_empty());
    omar.plant_cookie(&format!("{SESSION}={old}; Path=/"));
    assert_eq!(omar.look("/account").await.location(), "/login");
}

async fn n02_cookies_carry_their_flags(database: Database) {
    let app = TestApp::with(database, HTTPS).await;
    let mut omar = app.person("omar");
    let opened = omar.look("/login").await;
    let signed_in = omar.submit_login().await;
    assert_eq!(signed_in.status, 303, "{signed_in:?}");
    let lines: Vec<&str> = opened.cookies().into_iter().chain(signed_in.cookies()).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    for line in lines {
        assert!(line.starts_with("__Host-"), "{line}");
        let flags: BTreeSet<&str> = line.split("; ").skip(1).collect();
        for flag in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(flags.contains(flag), "{line}");
        }
        assert!(!line.contains("Domain"), "{line}");
    }
    assert!(signed_in.header("strict-transport-security").contains("max-age="));
    assert_eq!(omar.look("/account").await.status, 200);
    // A plain name is not taken where `__Host-` is the name.
    let session = omar.cookie("__Host-symbolon_session");
    let mut thief = app.person("sam");
    thief.plant_cookie(&format!("{SESSION}={session}; Path=/"));
    assert_eq!(thief.look("/account").await.location(), "/login");
}

async fn n03_another_site_cannot_sign_anyone_in(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    omar.open("/login").await;
    let form = omar.page().login_form().expect("a form");
    let filled = form.clone().fill("email", "omar@example.com");
    let fields =
        filled.and_then(|form| form.fill("password", crate::support::PASSWORD)).expect("fields").submit();
    for headers in [
        vec![("sec-fetch-site", "cross-site")],
        vec![("origin", "https://evil.example")],
        vec![("cookie", ""), ("sec-fetch-site", "same-origin")],
    ] {
        let request = if headers[0].0 == "cookie" {
            app.person("omar").written(&form, &fields, &headers)
        } else {
            omar.written(&form, &fields, &headers)
        };
        let answer = app.send(request, HOME).await;
        answer.error_page(403);
        assert!(answer.cookies().iter().all(|line| !line.contains(SESSION)), "{answer:?}");
    }
    let bare: Vec<_> = fields.iter().filter(|(name, _)| name != "csrf").cloned().collect();
    omar.post(&form, &bare).await.error_page(403);
    assert_eq!(omar.post(&form, &fields).await.status, 303);
}

async fn n04_a_forged_cookie_means_signed_out(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    omar.sign_in().await;
    let right = omar.cookie(SESSION);
    let mut forged: Vec<String> = (0..right.len()).map(|at| flipped(&right, at)).collect();
    forged.extend(["", "x", "====", "%00", "AAAA", "../../etc", "\u{e9}"].map(str::to_owned));
    forged.extend(["A".repeat(43), "A".repeat(8192), format!("{right}A"), right[1..].to_owned()]);
    for wrong in forged {
        let headers = [("cookie", format!("{SESSION}={wrong}"))];
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = app.send(app.request("GET", "/account", &headers, ""), HOME).await;
        assert_eq!((answer.status, answer.location()), (303, "/login"), "{wrong}: {answer:?}");
    }
    for wrong in ["", "short", &"x".repeat(8192), "\u{e9}\u{e9}"] {
        let headers = [("cookie", format!("symbolon_browser={wrong}; symbolon_known={wrong}"))];
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(app.send(app.request("GET", "/login", &headers, ""), HOME).await.status, 200);
    }
    assert_eq!(omar.look("/account").await.status, 200);
}

/// The cookie with one character changed to another of its alphabet.
fn flipped(cookie: &str, at: usize) -> String {
    let other = |c: char| if c == 'A' { 'Q' } else { 'A' };
    cookie.char_indices().map(|(own, c)| if own == at { other(c) } else { c }).collect()
}

async fn n06_wrong_address_wrong_password_and_disabled_account_look_the_same(database: Database) {
    let app = TestApp::start(database).await;
    app.disable_user("sam").await;
    let mut seen = BTreeSet::new();
    for (email, password) in
        [("omar", "wrong password"), ("nobody-here", "wrong password"), ("sam", crate::support::PASSWORD)]
    {
        for _ in 0..2 {
            let mut person = app.person(email);
            person.open("/login").await;
            person.password = password.to_owned();
            let hashes = app.state().passwords.computed();
            let answer = person.submit_login().await;
            assert_eq!(app.state().passwords.computed(), hashes + 1, "one hash for everybody: {email}");
            let token = person.page().login_form().expect("the form again").submit();
            let token = &token.iter().find(|(name, _)| name == "csrf").expect("a token").1;
            let body = answer.body.replace(token, "TOKEN").replace(email, "EMAIL");
            seen.insert((answer.status, answer.cookies().len(), body));
        }
    }
    assert_eq!(seen.len(), 1, "one answer for all: {seen:?}");
    assert_eq!(seen.first().expect("an answer").0, 401);
}

async fn n25_a_disabled_person_is_out_at_once(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    let tokens = board.connect(&mut omar, "profile").await;
    let asked = board.asks("profile");
    let callback = omar.connects(&asked).await;
    app.disable_user("omar").await;
    assert_eq!(omar.look("/account").await.location(), "/login");
    assert!(omar.open(&board.asks("profile").url()).await.login_form().is_some());
    let right = omar.password.clone();
    assert_eq!(omar.tries(&right).await.status, 401);
    assert!(!app.api().sees_alive(&tokens.access).await);
    assert_eq!(app.api().check(&tokens.access, &["profile"]).await.status, 401);
    board.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
    board.exchange(&asked, &callback).await.refused(400, "invalid_grant");

    app.enable_user("omar").await;
    omar.elsewhere().sign_in().await;
}

async fn n27_a_session_ends(database: Database) {
    let app = TestApp::start(database).await;
    let mut idle = app.person("omar");
    idle.sign_in().await;
    app.advance(13 * DAY);
    assert_eq!(idle.look("/account").await.status, 200);
    app.advance(13 * DAY);
    assert_eq!(idle.look("/account").await.status, 200, "use keeps it");
    app.advance(14 * DAY + SECOND);
    assert_eq!(idle.look("/account").await.location(), "/login");
    let mut busy = app.person("lena");
    busy.sign_in().await;
    for _ in 0..9 {
        app.advance(10 * DAY);
        busy.look("/account").await;
    }
    assert_eq!(busy.look("/account").await.location(), "/login", "90 days at most");
}

async fn n29_signing_out_takes_a_form(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    omar.sign_in().await;
    let page = omar.open("/logout").await;
    let form = page.forms().into_iter().next().expect("a form");
    assert_eq!(omar.look("/account").await.status, 200);
    let fields = form.clone().submit();
    let foreign = omar.written(&form, &fields, &[("sec-fetch-site", "cross-site")]);
    app.send(foreign, HOME).await.error_page(403);
    app.send(omar.written(&form, &[], &[]), HOME).await.error_page(403);
    assert_eq!(omar.look("/account").await.status, 200);
    omar.sign_out().await;
    assert_eq!(omar.look("/account").await.status, 303);
}

async fn s11_a_long_password_is_refused_cheaply(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    omar.tries(&"p".repeat(1024 * 1024)).await.error_page(413);
    let mut lena = app.person("lena");
    // Not even counted: twenty of them would be too many tries.
    for _ in 0..20 {
        let answer = lena.tries(&"p".repeat(5000)).await;
        assert_eq!(answer.status, 401, "{answer:?}");
    }
    let right = lena.password.clone();
    assert_eq!(lena.tries(&right).await.status, 303);
}

async fn whoever_was_given_the_longest_password_signs_in_with_it(database: Database) {
    let app = TestApp::start(database).await;
    let longest = "p".repeat(1024);
    let declared = format!(
        "[[user]]\nid = \"u-max\"\nname = \"Max\"\nemail = \"max@example.com\"\npassword = \"{longest}\""
    );
    app.declare(&declared).await;
    let mut max = app.person("max");
    assert_eq!(max.tries(&format!("{longest}p")).await.status, 401);
    assert_eq!(max.tries(&longest).await.status, 303);
}

async fn what_is_missing_or_strange_is_told(database: Database) {
    let app = TestApp::start(database).await;
    for (email, password, status) in [
        ("", "x", 422),
        ("omar@example.com", "", 422),
        ("omar\0@example.com", "x", 401),
        ("\u{e9}@\u{4e2d}", "\0", 401),
        ("' OR 1=1 --", "x", 401),
        (" OMAR@example.com ", crate::support::PASSWORD, 303),
    ] {
        let mut person = app.person("omar");
        email.clone_into(&mut person.email);
        assert_eq!(person.tries(password).await.status, status, "{email:?}");
    }
}

async fn a_password_that_another_server_hashed_becomes_ours(database: Database) {
    let app = TestApp::start(database).await;
    let store = &app.state().store;
    let hash = async || {
        let omar = store.load_account_by_external_id("u-omar").await.expect("the store answers");
        omar.and_then(|omar| omar.password_hash).unwrap_or_default()
    };
    let bcrypt = "$2b$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2";
    app.declare(&format!(
        "[[user]]\nid = \"u-omar\"\nemail = \"omar@example.com\"\nname = \"Omar Haddad\"\npassword_hash = \"{bcrypt}\"\n"
    ))
    .await;
    let mut omar = app.person("omar");
    for wrong in ["correct horsf", bcrypt] {
        assert_ne!(omar.tries(wrong).await.status, 303, "{wrong}");
    }
    assert_eq!(hash().await, bcrypt, "a wrong one changes nothing");
    app.advance(SECOND);
    assert_eq!(omar.tries("correct horse").await.status, 303);
    let own = hash().await;
    assert!(own.starts_with("$argon2id$v=19$"), "{own}");
    let deeds = store.list_audit(1000).await.expect("the store answers");
    assert_eq!(deeds.iter().filter(|deed| deed.action == Deed::PasswordAdopted).count(), 1);
    assert_eq!(omar.look("/account").await.status, 200, "and nothing is over for it");
    let mut elsewhere = omar.elsewhere();
    assert_eq!(elsewhere.tries("correct horse").await.status, 303);
    assert_eq!(hash().await, own, "once");
}
