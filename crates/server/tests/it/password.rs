//! `/account/password`: a person changes the password they sign in with.

use symbolon_platform::deed::Deed;
use symbolon_store::testing::Database;
use symbolon_store::{Actor, Commit, Expect};

use crate::support::{Answer, HOME, MINUTE, Options, PASSWORD, Person, TestApp, stories, with_field};

stories!(
    a_password_is_changed_and_ends_every_other_session,
    a_password_is_changed_by_whoever_knows_it,
    the_rule_is_that_of_a_new_account,
    a_wrong_one_counts_like_a_wrong_sign_in,
    whoever_was_faster_is_not_overruled,
    an_account_without_a_password_is_told_so,
    it_speaks_german,
    whoever_has_the_account_is_told_by_mail,
);

const NEW: &str = "an umbrella for the fourth cactus";

/// The form of the page, filled in.
async fn filled(
    person: &mut Person,
    current: &str,
    new: &str,
) -> (symbolon_demo::page_form::PageForm, Vec<(String, String)>) {
    let form = person.open("/account/password").await.login_form().expect("a form");
    let fields = form.clone().fill("password", current).and_then(|form| form.fill("chosen_password", new));
    (form, fields.expect("the fields").submit())
}

async fn changes(person: &mut Person, current: &str, new: &str) -> Answer {
    let (form, fields) = filled(person, current, new).await;
    person.post(&form, &fields).await
}

async fn a_password_is_changed_and_ends_every_other_session(database: Database) {
    let app = TestApp::start(database).await;
    let (board, mut omar, mut lena) = (app.client("board"), app.person("omar"), app.person("lena"));
    let tokens = board.connect(&mut omar, "profile").await;
    let mut elsewhere = omar.elsewhere();
    elsewhere.sign_in().await;
    lena.sign_in().await;
    assert!(omar.open("/account").await.body.contains("href=\"/account/password\""));
    let before = omar.cookie("symbolon_session");
    let answer = changes(&mut omar, PASSWORD, NEW).await;
    assert_eq!((answer.status, answer.location()), (303, "/account?changed=password"), "{answer:?}");
    assert_ne!(omar.cookie("symbolon_session"), before, "under a new cookie");
    let page = omar.open("/account?changed=password").await;
    assert!(page.status == 200 && page.body.contains("Your password is changed"), "{page:?}");
    assert!(!page.body.contains("end-others"), "nowhere else: {page:?}");
    assert_eq!(elsewhere.look("/account").await.location(), "/login");
    assert_eq!(lena.look("/account").await.status, 200);
    let mut thief = omar.elsewhere();
    thief.plant_cookie(&format!("symbolon_session={before}; Path=/"));
    assert_eq!(thief.look("/account").await.location(), "/login", "the cookie before is dead");
    // What is connected stays.
    assert!(app.api().sees_alive(&tokens.access).await);
    board.refresh(&tokens.refresh).await.ok();

    assert_eq!(elsewhere.tries(PASSWORD).await.status, 401);
    assert_eq!(elsewhere.tries(NEW).await.status, 303);
    assert_eq!(omar.look("/account").await.status, 200, "and nobody was signed out by that");
    let rows = app.state().store.list_audit(1000).await.expect("the audit");
    let deed = rows.iter().find(|row| row.action == Deed::PasswordChanged).expect("it is told");
    assert!(deed.request_id.is_some() && deed.user.map(Actor::User) == Some(deed.actor), "{deed:?}");
}

async fn a_password_is_changed_by_whoever_knows_it(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    assert_eq!(app.get("/account/password").await.location(), "/login");
    omar.sign_in().await;
    for (current, status) in [("", 422), ("wrong", 401), (&*"x".repeat(1025), 401)] {
        let page = changes(&mut omar, current, NEW).await;
        assert_eq!(page.status, status, "{current}: {page:?}");
        assert!(page.body.contains("href=\"#password\""), "{page:?}");
    }
    let (form, fields) = filled(&mut omar, PASSWORD, NEW).await;
    for token in ["", "x"] {
        omar.post(&form, &with_field(&fields, "csrf", token)).await.error_page(403);
    }
    for headers in [[("sec-fetch-site", "cross-site")], [("origin", "https://evil.example")]] {
        app.send(omar.written(&form, &fields, &headers), HOME).await.error_page(403);
    }
    assert_eq!(omar.elsewhere().tries(PASSWORD).await.status, 303, "nothing was changed");
    assert_eq!(omar.post(&form, &fields).await.status, 303);
}

async fn the_rule_is_that_of_a_new_account(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    omar.sign_in().await;
    let long = "x".repeat(1001);
    for (new, why) in [
        ("short", "at least 10 characters"),
        ("omar@example.com", "among the first that others would try"),
        (long.as_str(), "at most 1,000"),
        (PASSWORD, "your password already"),
    ] {
        let page = changes(&mut omar, PASSWORD, new).await;
        assert!(page.status == 422 && page.body.contains(why), "{why}: {page:?}");
        assert!(page.body.contains("href=\"#chosen_password\""), "{page:?}");
    }
    assert_eq!(omar.elsewhere().tries(PASSWORD).await.status, 303);
}

/// Whoever took over a session cannot guess at the password by it.
async fn a_wrong_one_counts_like_a_wrong_sign_in(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    omar.sign_in().await;
    let session = omar.cookie("symbolon_session");
    let mut thief = omar.at("198.51.100.7");
    thief.plant_cookie(&format!("symbolon_session={session}; Path=/"));
    thief.look("/account").await;
    let mut evaluated = 0;
    for guess in 0..8 {
        let page = changes(&mut thief, &format!("guess number {guess}"), NEW).await;
        match page.status {
            401 => evaluated += 1,
            _ => assert!(page.status == 429 && !page.header("retry-after").is_empty(), "{page:?}"),
        }
    }
    assert_eq!(evaluated, 5, "as many as at the sign-in");
    assert_eq!(omar.at("198.51.100.7").tries(PASSWORD).await.status, 429, "of one budget");
    // Its owner, whose browser is known, is not kept waiting.
    assert_eq!(changes(&mut omar, PASSWORD, NEW).await.status, 303);
}

/// An operator's reset while the form is on its way counts.
async fn whoever_was_faster_is_not_overruled(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    omar.sign_in().await;
    let (form, fields) = filled(&mut omar, PASSWORD, NEW).await;
    app.advance(MINUTE);
    app.set_password("omar", "set by the operator meanwhile").await;
    let answer = omar.post(&form, &fields).await;
    assert_ne!(answer.location(), "/account?changed=password", "{answer:?}");
    assert_eq!(omar.elsewhere().tries(NEW).await.status, 401);
    assert_eq!(omar.elsewhere().tries("set by the operator meanwhile").await.status, 303);
}

async fn an_account_without_a_password_is_told_so(database: Database) {
    let engine = crate::outage::engine(database.url()).await;
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    omar.sign_in().await;
    let (form, fields) = filled(&mut omar, PASSWORD, NEW).await;
    let sql = "UPDATE users SET password_hash = NULL WHERE login = 'omar@example.com'";
    engine.commit(Commit::new().step(sql, [], Expect::One)).await.expect("it is taken away");
    let page = omar.open("/account/password").await;
    assert!(page.login_form().is_none() && page.body.contains("has no password"), "{page:?}");
    let page = omar.post(&form, &fields).await;
    assert!(page.status == 200 && page.body.contains("has no password"), "{page:?}");
}

async fn it_speaks_german(database: Database) {
    let app = TestApp::start(database).await;
    let mut omar = app.person("omar");
    omar.sign_in().await;
    let page = omar.fetch("GET", "/account/password", &[("accept-language", "de")], "").await;
    assert!(page.body.contains("lang=\"de\"") && page.body.contains("Neues Passwort"), "{page:?}");
}

/// Whoever took over a session and knows the password is not alone in knowing that it changed.
async fn whoever_has_the_account_is_told_by_mail(database: Database) {
    let (app, outbox) = TestApp::that_mails(database, Options::default()).await;
    let mut omar = app.person("omar");
    omar.sign_in().await;
    assert_eq!(changes(&mut omar, "a wrong one of them", NEW).await.status, 401);
    app.works_off_mails().await;
    assert!(outbox.mails().is_empty(), "nothing changed");
    assert_eq!(changes(&mut omar, PASSWORD, NEW).await.status, 303);
    app.works_off_mails().await;
    let mails = outbox.mails();
    let [mail] = &mails[..] else { panic!("one mail: {mails:?}") };
    assert_eq!(mail.to, "omar@example.com");
    assert!(mail.text.contains("connected stay connected") && mail.text.contains("/reset"), "{mail:?}");
}
