//! Addresses are proven by links that are mailed: accounts, passwords and changes of address (SECURITY tables N and P).

use symbolon_demo::page_form::PageForm;
use symbolon_platform::deed::Deed;
use symbolon_store::testing::Database;
use symbolon_wire::mail::{Mail, Outbox};

use crate::support::{Answer, MINUTE, Options, PASSWORD, Person, SECOND, TestApp, stories};

stories!(
    an_account_is_made_once_its_address_is_proven,
    whoever_has_an_account_is_not_told_to_strangers,
    n17_a_password_typed_by_a_stranger_opens_nothing,
    n17_a_proven_address_takes_the_place_of_one_that_was_typed,
    n18_a_forgotten_password_is_set_once_and_ends_what_was,
    n18_a_link_ends_with_time_password_and_address,
    n18_an_account_of_a_stranger_gives_nothing_away,
    n19_links_stand_on_the_configured_origin,
    n20_an_address_changes_with_password_link_and_notice,
    n20_a_link_to_change_an_address_works_for_its_account_alone,
    p03_one_address_gets_the_mail,
    p04_three_mails_in_fifteen_minutes_and_the_same_page,
    p05_looking_at_a_link_changes_nothing,
    a_mail_is_in_the_language_of_its_receiver,
    without_mail_there_are_no_links,
);

const OTHER: &str = "another long password of three";

async fn mailing(database: Database) -> (TestApp, Outbox) {
    TestApp::that_mails(database, Options::default()).await
}

/// The mails that were sent since, to this address.
async fn mails(app: &TestApp, outbox: &Outbox, to: &str) -> Vec<Mail> {
    app.works_off_mails().await;
    outbox.mails().into_iter().filter(|mail| mail.to == to).collect()
}

/// The link in the latest mail to this address that has one, as it is opened on the server. Mails that wait together are sent
/// beside each other, so a notice from before may come after it.
async fn link(app: &TestApp, outbox: &Outbox, to: &str) -> String {
    let mails = mails(app, outbox, to).await;
    let mut lines = mails.iter().rev().flat_map(|mail| mail.text.lines());
    let line = lines.find(|line| line.contains("?token=")).unwrap_or_else(|| panic!("no link: {mails:?}"));
    line.strip_prefix(app.issuer()).expect("a link of the issuer").to_owned()
}

fn form(person: &Person) -> PageForm {
    person.page().forms().into_iter().next().unwrap_or_else(|| panic!("no form: {:?}", person.page()))
}

/// Opens a link and presses its button.
async fn presses(person: &mut Person, link: &str) -> Answer {
    let page = person.look(link).await;
    assert_eq!(page.status, 200, "{page:?}");
    let form = form(person);
    person.post(&form, &form.clone().submit()).await
}

/// Opens a link and chooses a password.
async fn chooses(person: &mut Person, link: &str, password: &str) -> Answer {
    let page = person.look(link).await;
    assert_eq!(page.status, 200, "{page:?}");
    let form = form(person);
    let fields = form.clone().fill("password", password).expect("a password").submit();
    person.post(&form, &fields).await
}

async fn forgets(person: &mut Person, address: &str) -> Answer {
    person.look("/reset").await;
    let form = form(person);
    let fields = form.clone().fill("email", address).expect("an address").submit();
    person.post(&form, &fields).await
}

/// What a page says, without what is each time another.
fn said(answer: &Answer, address: &str) -> (u16, String) {
    (answer.status, answer.body.replace(address, "ADDRESS"))
}

fn newcomer(app: &TestApp, address: &str) -> Person {
    let mut person = app.person("");
    address.clone_into(&mut person.email);
    person
}

async fn an_account_is_made_once_its_address_is_proven(database: Database) {
    let (app, outbox) = mailing(database).await;
    let mut rae = newcomer(&app, "rae@corp.example");
    let answer = rae.signs_up("Rae Real").await;
    assert!(answer.status == 200 && answer.body.contains("Look into your mail"), "{answer:?}");
    assert!(app.signs_in_with("rae@corp.example").await.is_none(), "there is nothing yet");
    let link = link(&app, &outbox, "rae@corp.example").await;
    let answer = presses(&mut rae, &link).await;
    assert_eq!((answer.status, answer.location()), (303, "/account"), "{answer:?}");
    assert_eq!(rae.open("/account").await.status, 200, "signed in, in the browser that asked");
    let user = app.signs_in_with("rae@corp.example").await.expect("an account");
    assert_eq!(user.email(), Some("rae@corp.example"), "and proven");
    let mut elsewhere = rae.elsewhere();
    elsewhere.sign_in().await;
    assert_eq!(rae.look(&link).await.status, 410, "once");
    let deeds: Vec<_> = app
        .state()
        .store
        .list_audit(1000)
        .await
        .expect("the audit")
        .into_iter()
        .map(|row| row.action)
        .collect();
    assert!(deeds.contains(&Deed::UserSignedUp) && deeds.contains(&Deed::AddressConfirmed), "{deeds:?}");
    // The app that somebody was on the way to is one press away.
    let board = app.client("board");
    let mut kim = newcomer(&app, "kim@corp.example");
    let page = kim.open(&board.asks("forms:read").url()).await;
    let door = page.forms().into_iter().find(|form| form.action == "/signup").expect("a way to sign up");
    kim.post(&door, &door.clone().submit()).await;
    let form = kim.page().login_form().expect("a form to sign up");
    let filled = form.clone().fill("name", "Kim").and_then(|own| own.fill("email", "kim@corp.example"));
    let fields = filled.and_then(|own| own.fill("password", PASSWORD)).expect("the fields").submit();
    let answer = kim.post(&form, &fields).await;
    let onward = answer.forms().into_iter().next().unwrap_or_else(|| panic!("no way on: {answer:?}"));
    let goes_on = onward.clone().press("decision", "again").expect("the button");
    let link = self::link(&app, &outbox, "kim@corp.example").await;
    assert_eq!(presses(&mut kim, &link).await.status, 303);
    let answer = kim.post(&onward, &goes_on).await;
    assert!(answer.consent_form().is_some(), "{answer:?}");
}

/// Both answers are the same to the byte, and only the owner hears which it was.
async fn whoever_has_an_account_is_not_told_to_strangers(database: Database) {
    let (app, outbox) = mailing(database).await;
    let (known, unknown) = ("jane@example.com", "nobody@example.com");
    let mut pages = Vec::new();
    for address in [known, unknown] {
        let mut stranger = newcomer(&app, address);
        let signs_up = stranger.signs_up("Stranger").await;
        let mut forgetful = newcomer(&app, address);
        let resets = forgets(&mut forgetful, address).await;
        pages.push((said(&signs_up, address), said(&resets, address)));
    }
    assert_eq!(pages[0], pages[1]);
    assert_eq!(pages[0].0.0, 200);
    let mut to_jane: Vec<_> =
        mails(&app, &outbox, known).await.into_iter().map(|mail| mail.subject).collect();
    to_jane.sort();
    assert_eq!(to_jane, ["You have an account at Symbolon already", "Your new password for Symbolon"]);
    let to_nobody: Vec<_> =
        mails(&app, &outbox, unknown).await.into_iter().map(|mail| mail.subject).collect();
    assert_eq!(to_nobody, ["Confirm your address for Symbolon"], "and no mail without an account");
    app.person("jane").sign_in().await;
}

/// N-17: somebody signs up with another person's address. Whoever opens the link in another browser chooses the password.
async fn n17_a_password_typed_by_a_stranger_opens_nothing(database: Database) {
    let (app, outbox) = mailing(database).await;
    let mut attacker = newcomer(&app, "victim@corp.example");
    attacker.signs_up("Not Victim").await;
    let link = link(&app, &outbox, "victim@corp.example").await;
    let mut victim = newcomer(&app, "victim@corp.example");
    let empty = presses(&mut victim, &link).await;
    assert_eq!(empty.status, 422, "a press alone makes no account here: {empty:?}");
    OTHER.clone_into(&mut victim.password);
    let made = chooses(&mut victim, &link, OTHER).await;
    assert_eq!(made.status, 303, "{made:?}");
    assert_eq!(attacker.tries(PASSWORD).await.status, 401);
    assert_eq!(attacker.look("/account").await.status, 303, "and no session of theirs is in it");
    victim.elsewhere().sign_in().await;
}

/// N-17: an account that only typed the address gives way to whoever proves it.
async fn n17_a_proven_address_takes_the_place_of_one_that_was_typed(database: Database) {
    let app = TestApp::start(database).await;
    let mut squatter = newcomer(&app, "rae@corp.example");
    assert_eq!(squatter.signs_up("Squatter").await.status, 303, "before there was mail");
    let squatted = app.signs_in_with("rae@corp.example").await.expect("an account").id;
    // The same database, by a server that mails.
    let (app, outbox) = app.now_mails();
    squatter.comes_to(&app);
    let mut rae = newcomer(&app, "rae@corp.example");
    OTHER.clone_into(&mut rae.password);
    rae.signs_up("Rae Real").await;
    let link = link(&app, &outbox, "rae@corp.example").await;
    assert_eq!(presses(&mut rae, &link).await.status, 303);
    let owner = app.signs_in_with("rae@corp.example").await.expect("an account");
    assert!(owner.id != squatted && owner.login.is_proven(), "{owner:?}");
    assert_eq!(squatter.elsewhere().tries(PASSWORD).await.status, 401);
    assert!(squatter.open("/account").await.body.contains("sign-in-address"), "they choose another");
}

/// N-18.
async fn n18_a_forgotten_password_is_set_once_and_ends_what_was(database: Database) {
    let (app, outbox) = mailing(database).await;
    let (board, mut jane) = (app.client("board"), app.person("jane"));
    let tokens = board.connect_for(&mut jane, "forms:read", "north").await;
    let mut forgetful = app.person("jane").elsewhere();
    forgets(&mut forgetful, "Jane@Example.COM ").await;
    let link = link(&app, &outbox, "jane@example.com").await;
    let secret = link.split("token=").nth(1).unwrap_or_default();
    assert_eq!(secret.len(), 43, "sixteen of its bytes are random: {secret}");
    let weak = chooses(&mut forgetful, &link, "1234567890").await;
    assert_eq!(weak.status, 422, "{weak:?}");
    app.advance(SECOND);
    let set = chooses(&mut forgetful, &link, OTHER).await;
    assert!(set.status == 200 && set.body.contains("Your new password is set"), "{set:?}");
    app.advance(2 * SECOND);
    assert_eq!(jane.look("/account").await.status, 303, "signed out everywhere");
    board.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
    assert_eq!(app.person("jane").tries(PASSWORD).await.status, 401);
    OTHER.clone_into(&mut forgetful.password);
    forgetful.elsewhere().sign_in().await;
    assert_eq!(forgetful.look(&link).await.status, 410, "it works once");
    let told: Vec<_> =
        mails(&app, &outbox, "jane@example.com").await.into_iter().map(|mail| mail.subject).collect();
    assert_eq!(told.last().map(String::as_str), Some("Your password at Symbolon was changed"));
    let audit = app.state().store.list_audit(1000).await.expect("the audit");
    assert!(audit.iter().any(|row| row.action == Deed::PasswordChanged && row.request_id.is_some()));
}

/// N-18: a link is over after an hour, after another password was set, and once the account has another address. A guess or a
/// changed secret is none.
async fn n18_a_link_ends_with_time_password_and_address(database: Database) {
    let (app, outbox) = mailing(database).await;
    let mut jane = app.person("jane");
    forgets(&mut jane, "jane@example.com").await;
    let late = link(&app, &outbox, "jane@example.com").await;
    assert_eq!(jane.look(&late).await.status, 200);
    let touched = format!("{}{}", &late[..late.len() - 2], if late.ends_with("AA") { "BA" } else { "AA" });
    for wrong in [touched.as_str(), "/reset?token=AAAA", "/reset?token=%00", "/verify?token=", "/verify"] {
        assert_eq!(jane.look(wrong).await.status, 410, "{wrong}");
    }
    assert_eq!(jane.look(&late.replace("/reset", "/verify")).await.status, 410, "each has its page");
    app.advance(60 * MINUTE - 1);
    assert_eq!(jane.look(&late).await.status, 200);
    app.advance(1);
    assert_eq!(jane.look(&late).await.status, 410);
    forgets(&mut jane, "jane@example.com").await;
    let first = link(&app, &outbox, "jane@example.com").await;
    forgets(&mut jane, "jane@example.com").await;
    let second = link(&app, &outbox, "jane@example.com").await;
    assert_ne!(first, second);
    assert_eq!(chooses(&mut jane, &second, OTHER).await.status, 200);
    assert_eq!(jane.look(&first).await.status, 410, "another password was set since");
    app.advance(30 * MINUTE);
    forgets(&mut jane, "jane@example.com").await;
    let old_address = link(&app, &outbox, "jane@example.com").await;
    app.sets_login("jane", "jane@elsewhere.example").await;
    assert_eq!(jane.look(&old_address).await.status, 410, "the address is not theirs any more");
}

/// N-17, N-18: whoever proves the address of an account that somebody else made with it finds nothing of theirs in it.
async fn n18_an_account_of_a_stranger_gives_nothing_away(database: Database) {
    let app = TestApp::start(database).await;
    let board = app.client("board");
    let mut squatter = newcomer(&app, "rae@corp.example");
    squatter.signs_up("Squatter").await;
    let tokens = board.connect(&mut squatter, "forms:read").await;
    let (app, outbox) = app.now_mails();
    let mut rae = newcomer(&app, "rae@corp.example");
    forgets(&mut rae, "rae@corp.example").await;
    let link = link(&app, &outbox, "rae@corp.example").await;
    app.advance(SECOND);
    assert_eq!(chooses(&mut rae, &link, OTHER).await.status, 200);
    app.advance(2 * SECOND);
    squatter.comes_to(&app);
    assert_eq!(squatter.look("/account").await.status, 303);
    app.client("board").refresh(&tokens.refresh).await.refused(400, "invalid_grant");
    OTHER.clone_into(&mut rae.password);
    rae.sign_in().await;
    assert!(rae.open("/account").await.body.contains("No app is connected."), "{:?}", rae.page());
    let user = app.signs_in_with("rae@corp.example").await.expect("an account");
    assert!(user.login.is_proven(), "the link proved it");
}

/// N-19, K-02.
async fn n19_links_stand_on_the_configured_origin(database: Database) {
    let (app, outbox) = mailing(database).await;
    let mut jane = app.person("jane");
    jane.look("/reset").await;
    let form = form(&jane);
    let fields = form.clone().fill("email", "jane@example.com").expect("an address").submit();
    let evil = [
        ("x-forwarded-host", "evil.example"),
        ("forwarded", "host=evil.example"),
        ("x-host", "evil.example"),
    ];
    let request = jane.written(&form, &fields, &evil);
    let answer = app.send(request, crate::support::HOME).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let mail = mails(&app, &outbox, "jane@example.com").await.pop().expect("a mail");
    assert!(mail.text.contains(&format!("{}/reset?token=", app.issuer())), "{mail:?}");
    assert!(!mail.text.contains("evil") && !mail.html.contains("evil"), "{mail:?}");
    let mut headers = evil.to_vec();
    headers.push(("host", "evil.example"));
    let refused = app.send(jane.written(&form, &fields, &headers), crate::support::HOME).await;
    assert_eq!(refused.status, 421, "{refused:?}");
}

async fn asks_for_address(person: &mut Person, address: &str, password: &str) -> Answer {
    person.open("/account/sign-in-address").await;
    let form = form(person);
    let filled = form.clone().fill("email", address).and_then(|own| own.fill("password", password));
    let fields = filled.expect("the fields").submit();
    person.post(&form, &fields).await
}

/// N-20: the password again, the link at the new address, notice to the old one; until then nothing changed.
async fn n20_an_address_changes_with_password_link_and_notice(database: Database) {
    let (app, outbox) = mailing(database).await;
    let mut jane = app.person("jane");
    jane.sign_in().await;
    for wrong in ["", "not her password"] {
        let refused = asks_for_address(&mut jane, "jane@new.example", wrong).await;
        assert_eq!(refused.status, 422, "{refused:?}");
    }
    assert!(mails(&app, &outbox, "jane@new.example").await.is_empty());
    let asked = asks_for_address(&mut jane, "Jane@New.example", PASSWORD).await;
    assert!(asked.status == 200 && asked.body.contains("Look into your mail"), "{asked:?}");
    assert!(app.signs_in_with("jane@new.example").await.is_none(), "nothing yet");
    let link = link(&app, &outbox, "jane@new.example").await;
    assert_eq!(presses(&mut jane, &link).await.location(), "/account");
    let user = app.signs_in_with("jane@new.example").await.expect("the account");
    assert_eq!((user.email(), user.external_id.as_str()), (Some("jane@new.example"), "u-jane"));
    assert!(app.signs_in_with("jane@example.com").await.is_none());
    let notice = mails(&app, &outbox, "jane@example.com").await.pop().expect("a notice");
    assert!(
        notice.subject.contains("was changed") && notice.text.contains("jane@ new. example"),
        "{notice:?}"
    );
    // Whose address it is already hears of it; whoever asked does not.
    let taken = asks_for_address(&mut jane, "omar@example.com", PASSWORD).await;
    assert_eq!(said(&taken, "omar@example.com"), said(&asked, "jane@new.example"));
    let told = mails(&app, &outbox, "omar@example.com").await.pop().expect("a mail");
    assert!(told.subject.contains("already") && !told.text.contains("?token="), "{told:?}");
}

/// N-20: whoever is talked into pressing a stranger's link gives them nothing, and whoever learnt a password by that link's time
/// loses it with the password.
async fn n20_a_link_to_change_an_address_works_for_its_account_alone(database: Database) {
    let (app, outbox) = mailing(database).await;
    let (mut attacker, mut victim) = (app.person("omar"), app.person("jane"));
    attacker.sign_in().await;
    asks_for_address(&mut attacker, "victim@corp.example", PASSWORD).await;
    let link = link(&app, &outbox, "victim@corp.example").await;
    for signed_in in [false, true] {
        if signed_in {
            victim.sign_in().await;
        }
        let page = victim.look(&link).await;
        assert!(page.status == 403 && page.forms().is_empty(), "{page:?}");
    }
    // A form of another page of ours has a token that counts.
    victim.elsewhere().look("/reset").await;
    victim.look("/reset").await;
    let mut form = form(&victim);
    "/verify".clone_into(&mut form.action);
    let secret = link.split("token=").nth(1).unwrap_or_default().to_owned();
    let csrf = form.clone().submit().into_iter().find(|(name, _)| name == "csrf").expect("a token");
    let forged = victim.post(&form, &[csrf, ("token".to_owned(), secret)]).await;
    assert_eq!(forged.status, 403, "{forged:?}");
    assert!(app.signs_in_with("victim@corp.example").await.is_none());
    forgets(&mut attacker, "omar@example.com").await;
    let reset = self::link(&app, &outbox, "omar@example.com").await;
    assert_eq!(chooses(&mut attacker, &reset, OTHER).await.status, 200);
    assert_eq!(attacker.look(&link).await.status, 410, "the password that asked for it is no more");
}

/// P-03: the stored address is written to, whatever spelling was typed; what is two addresses is none.
async fn p03_one_address_gets_the_mail(database: Database) {
    let (app, outbox) = mailing(database).await;
    let mut person = app.person("");
    for wrong in [
        "jane@example.com,evil@example.com",
        "jane@example.com evil@example.com",
        "jane@example.com\r\nBcc: evil@example.com",
        "\"jane@example.com\"@evil.example",
        "<jane@example.com>",
        "jane@example.com;evil@example.com",
        "",
    ] {
        assert_eq!(forgets(&mut person, wrong).await.status, 422, "{wrong:?}");
    }
    for other in ["jane+tag@example.com", "j.ane@example.com", "jane@ex\u{e4}mple.com"] {
        assert_eq!(forgets(&mut person, other).await.status, 200, "{other}");
    }
    app.works_off_mails().await;
    assert!(outbox.mails().is_empty(), "{:?}", outbox.mails());
    assert_eq!(forgets(&mut person, " JANE@example.COM ").await.status, 200);
    app.works_off_mails().await;
    let to: Vec<_> = outbox.mails().into_iter().map(|mail| mail.to).collect();
    assert_eq!(to, ["jane@example.com"]);
}

/// P-04: of every kind together, and nobody sees the difference.
async fn p04_three_mails_in_fifteen_minutes_and_the_same_page(database: Database) {
    let configuration = "[limits]\nsign_ups = \"1000 per 1h\"";
    let (app, outbox) = TestApp::that_mails(database, Options { configuration, ..Options::default() }).await;
    let mut pages = Vec::new();
    for round in 0..10 {
        let mut stranger = newcomer(&app, "jane@example.com");
        let answer = match round % 2 {
            0 => forgets(&mut stranger, "jane@example.com").await,
            _ => stranger.signs_up("Stranger").await,
        };
        pages.push((answer.status, answer.body.contains("Look into your mail")));
    }
    assert!(pages.iter().all(|page| *page == (200, true)), "{pages:?}");
    assert_eq!(mails(&app, &outbox, "jane@example.com").await.len(), 3);
    app.advance(15 * MINUTE - 1);
    forgets(&mut app.person(""), "jane@example.com").await;
    assert_eq!(mails(&app, &outbox, "jane@example.com").await.len(), 3);
    app.advance(1);
    forgets(&mut app.person(""), "jane@example.com").await;
    forgets(&mut app.person(""), "jane@example.com").await;
    assert_eq!(mails(&app, &outbox, "jane@example.com").await.len(), 4, "one comes back");
    forgets(&mut app.person(""), "omar@example.com").await;
    assert_eq!(mails(&app, &outbox, "omar@example.com").await.len(), 1, "others are not touched");
}

/// P-05: programs that look at links before people do.
async fn p05_looking_at_a_link_changes_nothing(database: Database) {
    let (app, outbox) = mailing(database).await;
    let mut rae = newcomer(&app, "rae@corp.example");
    rae.signs_up("Rae Real").await;
    let sign_up = link(&app, &outbox, "rae@corp.example").await;
    forgets(&mut app.person(""), "jane@example.com").await;
    let reset = link(&app, &outbox, "jane@example.com").await;
    for link in [&sign_up, &reset] {
        for method in ["GET", "HEAD", "GET"] {
            let seen = app.send(app.request(method, link, &[], ""), crate::support::HOME).await;
            assert_eq!(seen.status, 200, "{seen:?}");
            assert_eq!(seen.header("cache-control"), "no-store");
        }
        // Nor does a post that no page of ours led to.
        let body = format!("token={}&password={OTHER}", link.split("token=").nth(1).unwrap_or_default());
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let path = link.split('?').next().unwrap_or_default();
        let posted = app.send(app.request("POST", path, &form, &body), crate::support::HOME).await;
        assert_eq!(posted.status, 403, "{posted:?}");
    }
    assert!(app.signs_in_with("rae@corp.example").await.is_none());
    app.person("jane").sign_in().await;
    assert_eq!(presses(&mut rae, &sign_up).await.status, 303, "and both still work");
    assert_eq!(chooses(&mut app.person(""), &reset, OTHER).await.status, 200);
}

async fn a_mail_is_in_the_language_of_its_receiver(database: Database) {
    let (app, outbox) = mailing(database).await;
    let mut stranger = app.person("");
    forgets(&mut stranger, "jane@example.com").await;
    let english = mails(&app, &outbox, "jane@example.com").await.pop().expect("a mail");
    assert_eq!(english.subject, "Your new password for Symbolon");
    // Jane signs in on German pages; whoever asks in English writes to her in German from then on.
    let mut jane = app.person("jane");
    jane.fetch("GET", "/login", &[("accept-language", "de")], "").await;
    let form = jane.page().login_form().expect("a sign-in form");
    let filled =
        form.clone().fill("email", "jane@example.com").and_then(|own| own.fill("password", PASSWORD));
    let fields = filled.expect("the fields").submit();
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("accept-language", "de")];
    assert_eq!(jane.fetch("POST", "/login", &headers, &body).await.status, 303);
    forgets(&mut stranger, "jane@example.com").await;
    let german = mails(&app, &outbox, "jane@example.com").await.pop().expect("a mail");
    assert_eq!(german.subject, "Ihr neues Passwort für Symbolon");
}

async fn without_mail_there_are_no_links(database: Database) {
    let app = TestApp::start(database).await;
    for path in ["/reset", "/verify", "/reset?token=x"] {
        assert_eq!(app.get(path).await.status, 404, "{path}");
    }
    assert!(!app.get("/login").await.body.contains("/reset"));
}
