//! Testers by invitation: bound to an address, used once, taken back, counted; and the way back to one through every door.

use symbolon_platform::invitation::LASTS;
use symbolon_platform::organisation::TESTERS_AT_MOST;
use symbolon_store::testing::Database;

use super::{form, lenas, sends, speaking};
use crate::support::{Answer, Options, Person, TestApp, stories};

stories!(
    f5_testers_are_invited_counted_and_connect,
    f5_whoever_is_invited_has_a_place,
    an_invitation_to_test_is_taken_back_and_ends,
    an_invitation_to_test_is_mailed_and_shown_to_nobody_else,
    n17_who_has_an_account_is_not_told_by_inviting,
    whoever_signs_in_for_an_invitation_comes_back_to_it,
    whoever_signs_up_for_an_invitation_comes_back_to_it,
    c01_no_invitation_leads_elsewhere,
);

/// Invites somebody, and answers where the link leads that is shown once.
async fn invites(lena: &mut Person, testers: &str, email: &str) -> String {
    let made = sends(lena, testers, &[("email", email)]).await;
    assert_eq!(made.status, 200, "{made:?}");
    let (_, rest) = made.body.split_once("id=\"invitation-link\" type=\"text\" value=\"").expect("a link");
    let link = rest.split('"').next().unwrap_or_default();
    let shown = lena.open(testers).await;
    assert!(!shown.body.contains(link), "it is shown once");
    link[link.find("/developers/").expect("an address of ours")..].to_owned()
}

/// Presses a button of the invitation that somebody looks at.
async fn says(person: &mut Person, answer: &str) -> Answer {
    let page = person.page().clone();
    let form = page.forms().into_iter().find(|form| form.has_button("answer", answer));
    let form = form.unwrap_or_else(|| panic!("no {answer}: {page:?}"));
    let fields = form.clone().press("answer", answer).expect("the button");
    person.post(&form, &fields).await
}

async fn f5_testers_are_invited_counted_and_connect(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, settings, client_id, secret) = lenas(&app).await;
    let uri = "https://diary.example.net/cb";
    sends(&mut lena, &format!("{settings}/redirects"), &[("redirect_uri", uri)]).await;
    let testers = format!("{settings}/testers");
    let link = invites(&mut lena, &testers, "Omar@Example.com").await;
    let page = lena.open(&testers).await;
    assert!(page.body.contains("1 of 25 places") && page.body.contains("omar@example.com"), "{page:?}");
    // Somebody else who has the link gets nothing.
    let mut jane = app.person("jane");
    jane.sign_in().await;
    assert_eq!(jane.look(&link).await.status, 403);
    let mut omar = app.person("omar");
    omar.sign_in().await;
    omar.open(&link).await;
    let accepted = says(&mut omar, "accept").await;
    assert!(accepted.status == 200 && accepted.body.contains("You are a tester now"), "{accepted:?}");
    assert_eq!(omar.look(&link).await.status, 404, "it works once");
    speaking(&app, &client_id, &secret, uri).connect(&mut omar, "").await;
    let page = lena.open(&testers).await;
    assert!(page.body.contains("1 of 25 places") && page.body.contains("Omar Haddad"), "{page:?}");
    let again = sends(&mut lena, &testers, &[("email", "omar@example.com")]).await;
    assert!(again.status == 422 && again.body.contains("a tester already"), "{again:?}");
    let id = page.body.split_once("name=\"remove\" value=\"").and_then(|(_, rest)| rest.split('"').next());
    let remove = page.forms().into_iter().find(|form| form.action == testers).expect("a form");
    let fields = remove.clone().press("remove", id.expect("a tester")).expect("the button");
    assert_eq!(lena.post(&remove, &fields).await.location(), format!("{testers}?done=removed"));
    assert!(lena.open(&testers).await.body.contains("0 of 25 places"));
}

async fn f5_whoever_is_invited_has_a_place(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, settings, ..) = lenas(&app).await;
    let testers = format!("{settings}/testers");
    let before = lena.open(&testers).await;
    let before = form(&before, "email");
    for number in 0..TESTERS_AT_MOST {
        invites(&mut lena, &testers, &format!("t{number}@example.com")).await;
    }
    let page = lena.open(&testers).await;
    assert!(page.body.contains("25 of 25 places") && !page.body.contains("id=\"invite\""), "{page:?}");
    let late = before.clone().fill("email", "late@example.com").expect("the field").submit();
    let late = lena.post(&before, &late).await;
    assert!(late.status == 409 && late.body.contains("Every place is taken"), "{late:?}");
    // One that is taken back makes room.
    let page = lena.open(&testers).await;
    let back = page.forms().into_iter().find(|form| form.action == testers).expect("a form");
    let id = page.body.split_once("name=\"revoke\" value=\"").and_then(|(_, rest)| rest.split('"').next());
    let fields = back.clone().press("revoke", id.expect("an invitation")).expect("the button");
    assert_eq!(lena.post(&back, &fields).await.location(), format!("{testers}?done=revoked"));
    invites(&mut lena, &testers, "late@example.com").await;
}

async fn an_invitation_to_test_is_taken_back_and_ends(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, settings, ..) = lenas(&app).await;
    let testers = format!("{settings}/testers");
    let link = invites(&mut lena, &testers, "omar@example.com").await;
    let mut omar = app.person("omar");
    omar.sign_in().await;
    assert_eq!(omar.look(&link).await.status, 200);
    let page = lena.open(&testers).await;
    let id = page.body.split_once("name=\"revoke\" value=\"").and_then(|(_, rest)| rest.split('"').next());
    let back = page.forms().into_iter().find(|form| form.action == testers).expect("a form");
    let fields = back.clone().press("revoke", id.expect("an invitation")).expect("the button");
    lena.post(&back, &fields).await;
    assert_eq!(omar.look(&link).await.status, 404);
    // What is taken back already, or is another app's, is told.
    assert_eq!(lena.post(&back, &fields).await.status, 409);
    let link = invites(&mut lena, &testers, "omar@example.com").await;
    app.advance(LASTS);
    let mut omar = app.person("omar");
    omar.sign_in().await;
    assert_eq!(omar.look(&link).await.status, 404);
}

async fn an_invitation_to_test_is_mailed_and_shown_to_nobody_else(database: Database) {
    let (app, outbox) = TestApp::that_mails(database, Options::default()).await;
    let (mut lena, settings, ..) = lenas(&app).await;
    let testers = format!("{settings}/testers");
    let sent = sends(&mut lena, &testers, &[("email", "omar@example.com")]).await;
    assert_eq!(sent.location(), format!("{testers}?done=invited"), "{sent:?}");
    assert!(!lena.open(&testers).await.body.contains("/developers/invitations/"));
    app.works_off_mails().await;
    let mails = outbox.mails();
    let mail = mails.iter().find(|mail| mail.to == "omar@example.com").expect("a mail");
    assert!(mail.subject.contains("invited to test") && mail.subject.contains("Diary"), "{mail:?}");
    let (_, link) = mail.text.split_once("/developers/invitations/").expect("a link");
    let token = link.split_whitespace().next().unwrap_or_default();
    let mut omar = app.person("omar");
    omar.sign_in().await;
    omar.open(&format!("/developers/invitations/{token}")).await;
    assert_eq!(says(&mut omar, "decline").await.status, 200);
    assert!(lena.open(&testers).await.body.contains("0 of 25 places"));
}

async fn n17_who_has_an_account_is_not_told_by_inviting(database: Database) {
    let (app, _outbox) = TestApp::that_mails(database, Options::default()).await;
    let (mut lena, settings, ..) = lenas(&app).await;
    let testers = format!("{settings}/testers");
    let known = sends(&mut lena, &testers, &[("email", "omar@example.com")]).await;
    let unknown = sends(&mut lena, &testers, &[("email", "nobody@example.com")]).await;
    assert_eq!((known.status, known.location()), (unknown.status, unknown.location()));
    let wrong = sends(&mut lena, &testers, &[("email", "nobody")]).await;
    assert!(wrong.status == 422 && wrong.body.contains("value=\"nobody\""), "{wrong:?}");
}

/// Follows the link to a door on the page of an invitation.
async fn door(person: &mut Person, link: &str, id: &str) -> Answer {
    let page = person.look(link).await;
    let (_, rest) = page.body.split_once(&format!("id=\"{id}\" href=\"")).expect("a way in");
    let to = rest.split('"').next().unwrap_or_default().replace("&amp;", "&").replace("&#38;", "&");
    person.look(&to).await
}

async fn whoever_signs_in_for_an_invitation_comes_back_to_it(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, settings, ..) = lenas(&app).await;
    let link = invites(&mut lena, &format!("{settings}/testers"), "omar@example.com").await;
    let mut omar = app.person("omar");
    let login = door(&mut omar, &link, "sign-in").await;
    let form = login.forms().into_iter().find(|form| form.action == "/login").expect("a form");
    // A wrong password keeps the way.
    let typed = |password: &str| {
        let form = form.clone().fill("email", "omar@example.com").expect("the field");
        form.fill("password", password).expect("the field").submit()
    };
    let wrong = omar.post(&form, &typed("wrong")).await;
    assert!(wrong.status == 401 && wrong.body.contains("name=\"invitation\""), "{wrong:?}");
    let through = omar.post(&form, &typed(crate::support::PASSWORD)).await;
    assert_eq!((through.status, through.location()), (303, link.as_str()), "{through:?}");
    omar.open(&link).await;
    assert_eq!(says(&mut omar, "accept").await.status, 200);
    // Whoever is signed in already is led there at once.
    let token = link.rsplit('/').next().unwrap_or_default();
    let at_once = omar.look(&format!("/login?invitation={token}")).await;
    assert_eq!((at_once.status, at_once.location()), (303, link.as_str()));
}

async fn whoever_signs_up_for_an_invitation_comes_back_to_it(database: Database) {
    let (app, outbox) = TestApp::that_mails(database, Options::default()).await;
    let (mut lena, settings, ..) = lenas(&app).await;
    sends(&mut lena, &format!("{settings}/testers"), &[("email", "new@example.com")]).await;
    app.works_off_mails().await;
    let mails = outbox.mails();
    let mail = mails.iter().find(|mail| mail.to == "new@example.com").expect("a mail");
    let (_, rest) = mail.text.split_once("/developers/invitations/").expect("a link");
    let link = format!("/developers/invitations/{}", rest.split_whitespace().next().unwrap_or_default());
    let mut new = app.person("new");
    let page = door(&mut new, &link, "sign-up").await;
    let form = page.forms().into_iter().find(|form| form.action == "/signup").expect("a form");
    let fields = form.clone().fill("name", "Noor").expect("the field");
    let fields = fields.fill("email", "new@example.com").expect("the field");
    let fields = fields.fill("password", "correct horse battery staple").expect("the field").submit();
    assert_eq!(new.post(&form, &fields).await.status, 200);
    app.works_off_mails().await;
    let mails = outbox.mails();
    let mail = mails.iter().rev().find(|mail| mail.text.contains("/verify?")).expect("a mail");
    let (_, rest) = mail.text.split_once("/verify?").expect("a link");
    let verify = format!("/verify?{}", rest.split_whitespace().next().unwrap_or_default());
    let page = new.open(&verify).await;
    let form = page.forms().into_iter().find(|form| form.action == "/verify").expect("a form");
    let through = new.post(&form, &form.clone().submit()).await;
    assert_eq!((through.status, through.location()), (303, link.as_str()), "{through:?}");
    new.open(&link).await;
    assert!(says(&mut new, "accept").await.body.contains("You are a tester now"));
}

/// No open redirect: only what has the form of such a secret leads on, and to one address of this server.
async fn c01_no_invitation_leads_elsewhere(database: Database) {
    let app = TestApp::start(database).await;
    let evil = [
        "https://evil.example/",
        "//evil.example/",
        "..%2F..%2Fevil",
        "%0d%0aLocation:%20https://evil.example",
    ];
    for invitation in evil {
        let mut omar = app.person("omar");
        let page = omar.look(&format!("/login?invitation={invitation}")).await;
        assert!(!page.body.contains("name=\"invitation\""), "{page:?}");
        let form = page.forms().into_iter().find(|form| form.action == "/login").expect("a form");
        let form_filled = form.clone().fill("email", "omar@example.com").expect("the field");
        let mut fields = form_filled.fill("password", crate::support::PASSWORD).expect("the field").submit();
        fields.push(("invitation".to_owned(), invitation.to_owned()));
        let through = omar.post(&form, &fields).await;
        assert_eq!((through.status, through.location()), (303, "/account"), "{invitation}");
    }
}
