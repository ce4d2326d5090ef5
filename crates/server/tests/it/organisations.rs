//! Developer organisations: how people and apps come in and leave, and who may make apps.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use symbolon_oauth::credential::SecretHash;
use symbolon_oauth::id::Id;
use symbolon_oauth::time::Timestamp;
use symbolon_platform::app::AppStatus;
use symbolon_platform::invitation::{Gives, Invitation, LASTS};
use symbolon_platform::organisation::TESTERS_AT_MOST;
use symbolon_store::change::{InvitationChange, TesterChange, UserChange};
use symbolon_store::testers::TesterId;
use symbolon_store::testing::Database;

use crate::support::{Answer, Options, Person, TestApp, stories};

stories!(
    a_team_is_made_joined_and_left,
    q11_an_invitation_is_used_once_by_whom_it_is_for,
    q11_the_role_is_the_servers_to_say,
    an_invitation_that_was_mailed_proves_its_address,
    an_invitation_ends_after_a_week_or_when_it_is_taken_back,
    an_app_goes_to_another_team_when_both_say_so,
    f5_one_tester_too_many_is_told_and_seen,
    who_makes_organisations_is_the_servers_to_say,
    whoever_may_not_make_apps_asks_for_one,
);

/// Fills in the form with this id on the page that somebody looks at, and sends it.
async fn sends(person: &mut Person, id: &str, fields: &[(&str, &str)]) -> Answer {
    let page = person.page().clone();
    let (_, rest) = page
        .body
        .split_once(&format!("id=\"{id}\" method=\"post\""))
        .unwrap_or_else(|| panic!("no {id}: {page:?}"));
    let text = format!("<form id=\"{id}\" method=\"post\"{rest}");
    let mut form = symbolon_demo::page_form::PageForm::all(&text).remove(0);
    let sent = form.clone();
    for (name, value) in fields {
        form = form.clone().fill(name, value).or_else(|_| form.choose(name, value)).expect("the field");
    }
    person.post(&sent, &form.submit()).await
}

/// The same, by a button of it.
async fn presses(person: &mut Person, id: &str, (name, value): (&str, &str)) -> Answer {
    let page = person.page().clone();
    let (_, rest) = page
        .body
        .split_once(&format!("id=\"{id}\" method=\"post\""))
        .unwrap_or_else(|| panic!("no {id}: {page:?}"));
    let form = symbolon_demo::page_form::PageForm::all(&format!("<form method=\"post\"{rest}")).remove(0);
    let fields = form.clone().press(name, value).expect("the button");
    person.post(&form, &fields).await
}

/// A team of Lena's; its address.
async fn team(lena: &mut Person) -> String {
    lena.open("/developers/organisations").await;
    let made = sends(lena, "make", &[("name", "Team")]).await;
    assert_eq!(made.status, 303, "{made:?}");
    made.location().split('?').next().unwrap_or_default().to_owned()
}

/// Lena, signed in.
async fn signed_in(app: &TestApp, name: &str) -> Person {
    let mut person = app.person(name);
    person.sign_in().await;
    person
}

/// The mark of somebody's forms.
async fn mark(person: &mut Person) -> String {
    let page = person.look("/developers/request").await;
    let (_, rest) = page.body.split_once("id=\"csrf\" value=\"").expect("a form");
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// Invites an address and answers where its link leads.
async fn invites(lena: &mut Person, team: &str, email: &str, role: &str) -> String {
    lena.open(team).await;
    let page = sends(lena, "invite", &[("email", email), ("role", role)]).await;
    assert_eq!(page.status, 200, "{page:?}");
    let (_, rest) = page.body.split_once("id=\"invitation-link\" type=\"text\" value=\"").expect("the link");
    let link = rest.split('"').next().unwrap_or_default();
    let path = link.find("/developers/").expect("an address of the portal");
    link[path..].to_owned()
}

async fn a_team_is_made_joined_and_left(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, mut sam) = (signed_in(&app, "lena").await, signed_in(&app, "sam").await);
    let team = team(&mut lena).await;
    assert_eq!(sam.look(&team).await.status, 404, "it is nobody else's");
    let link = invites(&mut lena, &team, "Sam@Example.com", "developer").await;

    let page = sam.open(&link).await;
    assert!(page.body.contains("You are invited to") && page.body.contains("Developer"), "{page:?}");
    let joined = presses(&mut sam, "answer", ("answer", "accept")).await;
    assert_eq!((joined.status, joined.location().starts_with(&team)), (303, true), "{joined:?}");
    let page = sam.open(&team).await;
    assert!(
        page.body.contains("Lena") && !page.body.contains("id=\"invite\""),
        "a developer looks: {page:?}"
    );

    // The last owner stays.
    let page = lena.open(&team).await;
    let (lena_id, sam_id) = (app.user_id("lena").await, app.user_id("sam").await);
    let own =
        page.forms().into_iter().find(|form| form.action.ends_with(&lena_id.to_string())).expect("her row");
    let fields = own.clone().choose("role", "viewer").expect("a role").submit();
    let kept = lena.post(&own, &fields).await;
    assert!(kept.status == 422 && kept.body.contains("at least one owner"), "{kept:?}");
    let sams =
        page.forms().into_iter().find(|form| form.action.ends_with(&sam_id.to_string())).expect("his row");
    let fields = sams.clone().choose("role", "owner").expect("a role").submit();
    assert_eq!(lena.post(&sams, &fields).await.status, 303);

    // Whoever is not the last one leaves.
    lena.open(&team).await;
    let leaves =
        lena.page().forms().into_iter().filter(|form| form.action.ends_with(&lena_id.to_string())).nth(1);
    let leaves = leaves.expect("the way out");
    let left = lena.post(&leaves, &leaves.clone().submit()).await;
    assert_eq!(left.location(), "/developers/organisations?happened=left", "{left:?}");
    assert_eq!(lena.look(&team).await.status, 404);
    sam.open(&format!("{team}/settings")).await;
    assert_eq!(sends(&mut sam, "rename", &[("name", "Crew")]).await.status, 303);
    assert!(sam.open(&team).await.body.contains("Crew"));
    sam.open(&format!("{team}/settings")).await;
    assert_eq!(sends(&mut sam, "delete", &[]).await.location(), "/developers/organisations?happened=deleted");
    assert_eq!(sam.look(&team).await.status, 404);
}

async fn q11_an_invitation_is_used_once_by_whom_it_is_for(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, mut sam, mut jane) =
        (signed_in(&app, "lena").await, signed_in(&app, "sam").await, signed_in(&app, "jane").await);
    let team = team(&mut lena).await;
    let link = invites(&mut lena, &team, "sam@example.com", "viewer").await;
    let mut nobody = app.person("sam");
    let page = nobody.look(&link).await;
    assert!(
        page.status == 200 && !page.body.contains("Team"),
        "whoever is not signed in learns nothing: {page:?}"
    );

    // Somebody else who has the link, by a form of their own.
    let page = jane.open(&link).await;
    assert_eq!((page.status, page.body.contains("id=\"answer\"")), (403, false), "{page:?}");
    let csrf = mark(&mut jane).await;
    let body = format!("csrf={csrf}&answer=accept");
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(jane.fetch("POST", &link, &headers, &body).await.status, 403);
    assert_eq!(jane.look(&team).await.status, 404);

    // A link that was changed by one character is none.
    let other = if link.ends_with('A') { "B" } else { "A" };
    let changed = format!("{}{other}", &link[..link.len() - 1]);
    assert_eq!(sam.look(&changed).await.status, 404);

    sam.open(&link).await;
    assert_eq!(presses(&mut sam, "answer", ("answer", "accept")).await.status, 303);
    assert_eq!(sam.look(&link).await.status, 404, "it works once");

    // An address that somebody typed is not yet theirs.
    let mut lou = app.person("lou");
    lou.signs_up("Lou").await;
    let link = invites(&mut lena, &team, "lou@example.com", "owner").await;
    let page = lou.open(&link).await;
    assert!(page.status == 403 && page.body.contains("Confirm the address"), "{page:?}");
}

async fn q11_the_role_is_the_servers_to_say(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, mut sam) = (signed_in(&app, "lena").await, signed_in(&app, "sam").await);
    let team = team(&mut lena).await;
    let link = invites(&mut lena, &team, "sam@example.com", "viewer").await;
    let page = sam.open(&format!("{link}?role=owner")).await;
    let form = page.forms().into_iter().find(|form| form.has_button("answer", "accept")).expect("a form");
    let mut fields = form.clone().press("answer", "accept").expect("the button");
    fields.push(("role".to_owned(), "owner".to_owned()));
    assert_eq!(sam.post(&form, &fields).await.status, 303);
    assert!(!sam.open(&team).await.body.contains("id=\"invite\""), "a viewer manages nothing");
}

/// Nobody but whoever reads the mail gets the link, so it takes the place of a proof.
async fn an_invitation_that_was_mailed_proves_its_address(database: Database) {
    let (app, outbox) = TestApp::that_mails(database, Options::default()).await;
    let mut lena = signed_in(&app, "lena").await;
    let team = team(&mut lena).await;
    lena.open(&team).await;
    let sent = sends(&mut lena, "invite", &[("email", "sam@example.com"), ("role", "viewer")]).await;
    assert!(sent.status == 303 && sent.location().ends_with("?happened=invited"), "{sent:?}");
    assert!(
        !lena.open(&team).await.body.contains("/developers/invitations/"),
        "whoever invites does not see it"
    );
    app.works_off_mails().await;
    let mails = outbox.mails();
    let mail = mails.iter().find(|mail| mail.to == "sam@example.com").expect("a mail");
    assert!(mail.subject.contains("Team"), "{mail:?}");
    let (_, link) = mail.text.split_once("/developers/invitations/").expect("a link");
    let token = link.split_whitespace().next().unwrap_or_default();
    let id =
        URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| Id::from_slice(&bytes[..16])).expect("a token");
    let shown = app.state().store.invitation(id).await.expect("an answer").expect("the invitation");
    assert!(shown.invitation.mailed);
    let mut sam = signed_in(&app, "sam").await;
    sam.open(&format!("/developers/invitations/{token}")).await;
    assert_eq!(presses(&mut sam, "answer", ("answer", "accept")).await.status, 303);
}

async fn an_invitation_ends_after_a_week_or_when_it_is_taken_back(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, mut sam) = (signed_in(&app, "lena").await, signed_in(&app, "sam").await);
    let team = team(&mut lena).await;
    let first = invites(&mut lena, &team, "sam@example.com", "viewer").await;
    let second = invites(&mut lena, &team, "sam@example.com", "developer").await;
    assert_eq!(
        (sam.look(&first).await.status, sam.look(&second).await.status),
        (404, 200),
        "the later one counts"
    );
    let page = lena.open(&team).await;
    let takes_back =
        page.forms().into_iter().find(|form| form.action.ends_with("/revoke")).expect("a way back");
    assert_eq!(lena.post(&takes_back, &takes_back.clone().submit()).await.status, 303);
    assert_eq!(sam.look(&second).await.status, 404);

    let third = invites(&mut lena, &team, "sam@example.com", "viewer").await;
    app.advance(LASTS - 1);
    let (mut lena, mut sam) = (signed_in(&app, "lena").await, signed_in(&app, "sam").await);
    assert_eq!(sam.look(&third).await.status, 200);
    app.advance(1);
    assert_eq!(sam.look(&third).await.status, 404);
    assert!(!lena.open(&team).await.body.contains("sam@example.com"));
    app.sweeps().await;
    assert_eq!(sam.look(&third).await.status, 404);
}

async fn an_app_goes_to_another_team_when_both_say_so(database: Database) {
    let app = TestApp::start(database).await;
    let jane_id = app.user_id("jane").await;
    app.change_app("board", |board| board.owner = Some(jane_id)).await;
    let board = app.app_id("board").await;
    let (mut lena, mut jane) = (signed_in(&app, "lena").await, signed_in(&app, "jane").await);
    let team = team(&mut lena).await;
    let organisation = team.rsplit('/').next().unwrap_or_default().to_owned();
    let page = format!("/developers/apps/{board}/team");
    assert_eq!(lena.look(&page).await.status, 404, "it is Jane's");

    jane.open(&page).await;
    let unknown =
        sends(&mut jane, "transfer", &[("organisation", &Id::<()>::new([5; 16]).to_string())]).await;
    jane.open(&page).await;
    let offered = sends(&mut jane, "transfer", &[("organisation", &organisation)]).await;
    assert_eq!(unknown.location(), offered.location(), "which organisations there are is not told");
    assert!(!lena.look(&page).await.body.contains("Board"), "it is not hers yet");

    // Taken back, it cannot be taken.
    lena.open(&format!("{team}/apps")).await;
    let offer =
        lena.page().forms().into_iter().find(|form| form.has_button("answer", "accept")).expect("an offer");
    jane.open(&page).await;
    assert_eq!(sends(&mut jane, "revoke", &[]).await.status, 303);
    let fields = offer.clone().press("answer", "accept").expect("the button");
    assert_eq!(lena.post(&offer, &fields).await.status, 404);

    jane.open(&page).await;
    sends(&mut jane, "transfer", &[("organisation", &organisation)]).await;
    assert_eq!(lena.post(&offer, &fields).await.status, 303);
    assert_eq!(jane.look(&page).await.status, 404, "nor is it hers any more");
    assert_eq!(lena.look(&page).await.status, 200);
    let apps = lena.open(&format!("{team}/apps")).await;
    assert!(apps.body.contains(&format!("/developers/apps/{board}\"")), "it is among the team's: {apps:?}");
    let stored = app.state().store.load_app(board).await.expect("an answer").expect("the app");
    assert_eq!(stored.owner, None, "it is a team's");
}

/// Whoever comes when there is no room reads why, and its developers can see that somebody came.
async fn f5_one_tester_too_many_is_told_and_seen(database: Database) {
    let app = TestApp::start(database).await;
    let jane = app.user_id("jane").await;
    app.change_app("board", |board| (board.status, board.owner) = (AppStatus::Development, Some(jane))).await;
    let (board, now) = (app.app_id("board").await, app.now());
    // Whoever is invited has a place; the operator gives theirs away.
    let id = Id::new([3; 16]);
    let token = URL_SAFE_NO_PAD.encode([[3; 16], [4; 16]].concat());
    let invitation = Invitation {
        id,
        gives: Gives::Testing(board),
        address: "omar@example.com".to_owned(),
        mailed: true,
        by: jane,
        created_at: now,
        expires_at: Timestamp(now.0 + LASTS),
    };
    app.change(InvitationChange::Create { invitation, hash: SecretHash::of(&token) }.into()).await;
    for number in 0..TESTERS_AT_MOST {
        let number = u8::try_from(number).expect("few");
        let mut user = app.user("nina").await;
        user.id = Id::new([number + 100; 16]);
        user.external_id = format!("tester-{number}");
        user.login = symbolon_platform::user::Login::Email(format!("tester-{number}@example.com"));
        let tester = TesterId::Person(user.id);
        app.change(UserChange::Create { user, password_hash: None, at: now }.into()).await;
        app.change(TesterChange::Add { app: board, tester, invited_by: Some(jane), at: now }.into()).await;
    }
    let mut omar = signed_in(&app, "omar").await;
    let link = format!("/developers/invitations/{token}");
    let page = omar.open(&link).await;
    assert!(page.body.contains("You are invited to test"), "{page:?}");
    let full = presses(&mut omar, "answer", ("answer", "accept")).await;
    assert!(full.status == 409 && full.body.contains("as many testers"), "{full:?}");
    let seen = app.state().store.list_audit(1000).await.expect("an answer");
    let refused =
        |row: &symbolon_store::Audit| row.action.as_str() == "tester.refused" && row.app == Some(board);
    assert!(seen.iter().any(refused), "{seen:?}");

    // Once there is room the same link is good.
    let gone = TesterId::Person(Id::new([100; 16]));
    app.change(TesterChange::Remove { app: board, tester: gone }.into()).await;
    omar.open(&link).await;
    let page = presses(&mut omar, "answer", ("answer", "accept")).await;
    assert!(page.status == 200 && page.body.contains("You are a tester now"), "{page:?}");
    let tokens = app.client("board").connect(&mut omar, "forms:read").await;
    app.api().check(&tokens.access, &["forms:read"]).await.ok();
}

async fn who_makes_organisations_is_the_servers_to_say(database: Database) {
    let configuration = "[registration]\ndevelopers = \"invited\"";
    let app = TestApp::with(database, Options { configuration, ..Options::default() }).await;
    let mut lena = signed_in(&app, "lena").await;
    let page = lena.open("/developers/organisations").await;
    assert!(page.body.contains("people who were invited") && !page.body.contains("id=\"make\""), "{page:?}");
    let csrf = mark(&mut lena).await;
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let body = format!("csrf={csrf}&name=Team");
    assert_eq!(lena.fetch("POST", "/developers/organisations", &headers, &body).await.status, 403);

    // Staff may.
    let old = app.user("omar").await;
    let new = symbolon_platform::user::User { staff: true, ..old.clone() };
    app.change(UserChange::Update { old, new }.into()).await;
    let mut omar = signed_in(&app, "omar").await;
    team(&mut omar).await;
}

async fn whoever_may_not_make_apps_asks_for_one(database: Database) {
    let configuration = "[registration]\ndevelopers = \"staff\"";
    let app = TestApp::with(database, Options { configuration, ..Options::default() }).await;
    let mut nina = signed_in(&app, "nina").await;
    let wish = [
        ("name", "Planner"),
        ("redirect_uri", "https://planner.example/cb"),
        ("homepage", "https://planner.example"),
        ("logo_url", ""),
        ("reason", "Plans the week."),
    ];
    for number in 1..=3 {
        nina.open("/developers/request").await;
        let sent = sends(&mut nina, "request", &wish).await;
        assert_eq!(sent.location(), "/developers/request?sent=yes", "{number}: {sent:?}");
    }
    nina.open("/developers/request").await;
    let many = sends(&mut nina, "request", &wish).await;
    assert!(many.status == 422 && many.body.contains("as many answers"), "{many:?}");

    // What is not fit is said, beside what was typed.
    let mut unfit = wish;
    unfit[1].1 = "https://planner.example/cb#here";
    unfit[3].1 = "javascript:alert(1)";
    nina.open("/developers/request").await;
    let page = sends(&mut nina, "request", &unfit).await;
    assert_eq!(page.status, 422, "{page:?}");
    for said in ["id=\"redirect_uri-problem\"", "id=\"logo_url-problem\"", "Plans the week."] {
        assert!(page.body.contains(said), "{said}: {page:?}");
    }
    assert!(!page.body.contains("id=\"name-problem\""), "{page:?}");

    let waiting = app.state().store.open_developer_requests(9).await.expect("an answer");
    assert_eq!(waiting.len(), 3);
    assert!(waiting.iter().all(|own| own.user.external_id == "u-nina" && own.wish.name == "Planner"));
}
