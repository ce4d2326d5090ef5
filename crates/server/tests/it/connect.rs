//! An app, tried by those who develop it: the whole way by forms, what it shows and what it does not, and that nobody else gets
//! anything of it.

use symbolon_demo::page_form::PageForm;
use symbolon_oauth::credential::Presented;
use symbolon_oauth::id::{Id, OrganisationId};
use symbolon_platform::deed::Deed;
use symbolon_platform::organisation::{Organisation, Role};
use symbolon_store::change::{AppChange, MemberChange, OrganisationChange};
use symbolon_store::testing::Database;

use crate::support::{Answer, DAY, MINUTE, Person, TestApp, stories, with_field};

stories!(
    a_developer_connects_their_app_and_sees_every_step,
    nothing_that_is_secret_stands_in_the_page_and_nothing_of_it_in_the_app,
    a_person_who_says_no_is_told_as_the_app_is,
    a_page_of_a_trial_opens_for_nobody_else,
    the_link_of_a_trial_leads_nobody_else_anywhere,
    a_page_that_is_sent_again_gives_nothing_more,
    what_a_trial_was_given_ends_with_it_and_with_its_time,
    an_app_that_is_stopped_meanwhile_is_not_tried_on,
    whoever_may_only_look_tries_nothing,
    a_link_that_does_not_work_is_explained,
);

/// An app of the world, which Lena's team has from now on: Sam develops, too, and Jane looks.
struct Team {
    app: TestApp,
    organisation: OrganisationId,
    connect: String,
}

impl Team {
    async fn new(database: Database, client_id: &str) -> Team {
        let app = TestApp::start(database).await;
        let (at, id) = (app.now(), Id::new([7; 16]));
        let organisation = Organisation { id, name: "Team".to_owned(), person: None, created_at: at };
        let owner = app.user_id("lena").await;
        app.change(OrganisationChange::Create { organisation, owner }.into()).await;
        for (name, role) in [("sam", Role::Developer), ("jane", Role::Viewer)] {
            let user = app.user_id(name).await;
            app.change(MemberChange::Add { organisation: id, user, role, at }.into()).await;
        }
        let own = app.app_id(client_id).await;
        app.change(AppChange::Transfer { app: own, old: None, new: Some(id) }.into()).await;
        Team { app, organisation: id, connect: format!("/developers/apps/{own}/connect") }
    }

    async fn person(&self, name: &str) -> Person {
        let mut person = self.app.person(name);
        person.sign_in().await;
        person
    }

    /// Begins a trial, allows it, and answers the page to which the code came.
    async fn begins(&self, person: &mut Person) -> Answer {
        let link = link(&person.open(&self.connect).await);
        let answer = person.open(&link).await;
        let answer = if answer.status == 200 { person.consents().await } else { answer };
        self.arrives(person, &answer).await
    }

    async fn arrives(&self, person: &mut Person, answer: &Answer) -> Answer {
        let here = answer.location().strip_prefix(self.app.issuer()).unwrap_or_else(|| panic!("{answer:?}"));
        assert!(here.starts_with(&format!("{}/answer?", self.connect)), "{here}");
        person.open(here).await
    }
}

/// The link that begins a trial.
fn link(page: &Answer) -> String {
    let (_, rest) = page.body.split_once("id=\"connect\" href=\"").unwrap_or_else(|| panic!("{page:?}"));
    let link = rest.split('"').next().expect("a link").replace("&#38;", "&").replace("&amp;", "&");
    link.split_once("://")
        .and_then(|(_, rest)| rest.find('/').map(|at| rest[at..].to_owned()))
        .expect("a link")
}

/// The form of a trial, with a button of it pressed.
fn pressing(page: &Answer, step: &str) -> (PageForm, Vec<(String, String)>) {
    let holds = |form: &PageForm| form.clone().submit().iter().any(|(name, _)| name == "trial");
    let form = page.forms().into_iter().find(holds).unwrap_or_else(|| panic!("no trial: {page:?}"));
    let fields = form.clone().submit();
    (form, with_field(&fields, "step", step))
}

async fn presses(person: &mut Person, page: &Answer, step: &str) -> Answer {
    let (form, fields) = pressing(page, step);
    person.post(&form, &fields).await
}

/// Which steps a page shows, and whether each went well.
fn steps(page: &Answer) -> Vec<(String, bool)> {
    let (_, rest) = page.body.split_once("id=\"steps\"").unwrap_or_else(|| panic!("{page:?}"));
    let step = |part: &str| {
        let (title, rest) = part.split_once(" <span").expect("a badge");
        (title.to_owned(), rest.starts_with(" class=\"badge badge-ok\""))
    };
    rest.split("<h2>").skip(1).map(step).take_while(|(title, _)| !title.contains("link?")).collect()
}

fn last(page: &Answer) -> (String, bool) {
    let mut all: Vec<_> = steps(page);
    all.retain(|(title, _)| !title.is_empty());
    all.pop().expect("a step")
}

fn well(title: &str) -> (String, bool) {
    (title.to_owned(), true)
}

fn refused(title: &str) -> (String, bool) {
    (title.to_owned(), false)
}

async fn a_developer_connects_their_app_and_sees_every_step(database: Database) {
    let team = Team::new(database, "ledger").await;
    let mut sam = team.person("sam").await;
    let page = team.begins(&mut sam).await;
    assert_eq!(last(&page), well("Authorization"), "{page:?}");
    let states: Vec<&str> = page.body.split("state=…").skip(1).map(|rest| &rest[..4]).collect();
    assert!(states.len() == 2 && states[0] == states[1], "it comes back as it was sent: {states:?}");
    let page = presses(&mut sam, &page, "exchange").await;
    assert_eq!(last(&page), well("Exchange the code"), "{page:?}");
    assert!(page.body.contains("id=\"ends\""), "{page:?}");
    let page = presses(&mut sam, &page, "who").await;
    assert_eq!(last(&page), well("Who am I"), "{page:?}");
    assert!(page.body.contains("u-sam"), "{page:?}");
    let page = presses(&mut sam, &page, "refresh").await;
    assert_eq!(last(&page), well("Refresh"), "{page:?}");
    let page = presses(&mut sam, &page, "revoke").await;
    assert_eq!(last(&page), well("Revoke"), "{page:?}");
    let page = presses(&mut sam, &page, "who").await;
    assert_eq!(last(&page), refused("Who am I"), "{page:?}");
    assert!(page.body.contains("has expired or was revoked") || page.body.contains("were ended"), "{page:?}");
    let lines = page.body.matches("curl -sS").count();
    assert_eq!((steps(&page).len(), lines), (6, 6), "a line for each: {page:?}");
    assert!(page.body.contains("code=$CODE") && page.body.contains("https://ledger.example.net/cb?foo=bar"));
    let trail = team.app.state().store.list_audit(1000).await.expect("the store answers");
    let tried = trail.iter().filter(|audit| audit.action == Deed::AppTried).count();
    assert_eq!(tried, 1, "{trail:?}");
}

async fn nothing_that_is_secret_stands_in_the_page_and_nothing_of_it_in_the_app(database: Database) {
    let team = Team::new(database, "ledger").await;
    let mut sam = team.person("sam").await;
    let id = team.app.app_id("ledger").await;
    let of_app =
        async || team.app.state().store.load_app(id).await.expect("the store answers").expect("an app");
    let before = of_app().await;
    let arrived = team.begins(&mut sam).await;
    let exchanged = presses(&mut sam, &arrived, "exchange").await;
    let seen = presses(&mut sam, &exchanged, "who").await;
    let renewed = presses(&mut sam, &seen, "refresh").await;
    for page in [&arrived, &exchanged, &seen, &renewed] {
        let words = page.body.split(|one: char| !one.is_ascii_alphanumeric() && one != '_');
        let shown: Vec<&str> = words.filter(|word| Presented::parse(word).is_some()).collect();
        assert_eq!(shown, Vec::<&str>::new(), "{page:?}");
        assert!(!page.body.contains("ledger-secret"), "{page:?}");
    }
    assert!(exchanged.body.contains("_at_live_…"), "shortened, they can be told apart: {exchanged:?}");
    let after = of_app().await;
    assert_eq!(
        (before.client.redirect_uris, before.client.secrets),
        (after.client.redirect_uris, after.client.secrets)
    );
    let redirects = sam.open(&team.connect.replace("/connect", "/redirects")).await;
    assert!(!redirects.body.contains("connect/answer"), "{redirects:?}");
}

async fn a_person_who_says_no_is_told_as_the_app_is(database: Database) {
    let team = Team::new(database, "ledger").await;
    let mut sam = team.person("sam").await;
    let link = link(&sam.open(&team.connect).await);
    sam.open(&link).await;
    let answer = sam.refuses().await;
    let page = team.arrives(&mut sam, &answer).await;
    assert_eq!(steps(&page), [refused("Authorization")]);
    assert!(page.body.contains("error=access_denied") && page.body.contains("said no"), "{page:?}");
    assert!(!page.body.contains("id=\"do-exchange\""), "{page:?}");
}

async fn a_page_of_a_trial_opens_for_nobody_else(database: Database) {
    let team = Team::new(database, "ledger").await;
    let (mut sam, mut lena) = (team.person("sam").await, team.person("lena").await);
    let arrived = team.begins(&mut sam).await;
    let (form, fields) = pressing(&arrived, "exchange");
    let stolen = fields.iter().find(|(name, _)| name == "trial").expect("it").1.clone();
    // Somebody else of the team, with a page of their own around it; and Sam at another browser.
    let mut elsewhere = sam.elsewhere();
    elsewhere.sign_in().await;
    for thief in [&mut lena, &mut elsewhere] {
        let own = team.begins(thief).await;
        let (form, fields) = pressing(&own, "exchange");
        let answer = thief.post(&form, &with_field(&fields, "trial", &stolen)).await;
        assert_eq!(answer.status, 403, "{answer:?}");
        assert!(!answer.body.contains("_at_live_"), "{answer:?}");
    }
    // The page of another app, of the same person.
    let other = team.app.app_id("tower").await;
    let given = AppChange::Transfer { app: other, old: None, new: Some(team.organisation) };
    team.app.change(given.into()).await;
    let mut there = form.clone();
    there.action = format!("/developers/apps/{other}/connect");
    assert_eq!(sam.post(&there, &fields).await.status, 403);
    // Without the mark of the form, and with another one.
    assert_eq!(sam.post(&form, &with_field(&fields, "csrf", "x")).await.status, 403);
    // And none of that has done anything to the trial.
    assert_eq!(last(&sam.post(&form, &fields).await), well("Exchange the code"));
}

async fn the_link_of_a_trial_leads_nobody_else_anywhere(database: Database) {
    let team = Team::new(database, "ledger").await;
    let (mut sam, mut lena) = (team.person("sam").await, team.person("lena").await);
    let link = link(&sam.open(&team.connect).await);
    let answer = lena.open(&link).await;
    answer.error_page(400);
    assert!(answer.body.contains("redirect"), "{answer:?}");
    // Nobody yet, who signs in as somebody else on the way.
    let mut omar = team.app.person("omar");
    omar.open(&link).await;
    let answer = omar.sign_in().await;
    assert!(!answer.location().contains("connect/answer"), "{answer:?}");
    assert!(omar.look(&link).await.location().is_empty());
    // The address of the portal without a ticket, with one of another app, and after its time.
    let bare = team.app.client("ledger").asks("forms:read");
    let here = format!("{}{}/answer", team.app.issuer(), team.connect);
    sam.open(&bare.with("redirect_uri", &here).url()).await.error_page(400);
    let other = link.replace("client_id=ledger", "client_id=board");
    sam.open(&other).await.error_page(400);
    // A code that comes without a ticket is nobody's.
    for query in ["code=x", "code=x&state=y", "state=y&error=access_denied"] {
        let page = sam.open(&format!("{}/answer?{query}", team.connect)).await;
        assert_eq!(page.status, 403, "{page:?}");
        assert!(!page.body.contains("name=\"trial\""), "{page:?}");
    }
    let answer = sam.open(&link).await;
    let answer = if answer.status == 200 { sam.consents().await } else { answer };
    let arrives = answer.location().strip_prefix(team.app.issuer()).expect("an address here").to_owned();
    assert_eq!(lena.open(&arrives).await.status, 403, "the answer is Sam's");
    assert_eq!(last(&sam.open(&arrives).await), well("Authorization"), "and works for Sam");
    team.app.advance(31 * MINUTE);
    sam.open(&link).await.error_page(400);
}

async fn a_page_that_is_sent_again_gives_nothing_more(database: Database) {
    let team = Team::new(database, "ledger").await;
    let mut sam = team.person("sam").await;
    let arrived = team.begins(&mut sam).await;
    let exchanged = presses(&mut sam, &arrived, "exchange").await;
    assert_eq!(last(&presses(&mut sam, &exchanged, "who").await), well("Who am I"));
    let again = presses(&mut sam, &arrived, "exchange").await;
    assert_eq!(last(&again), refused("Exchange the code"));
    assert!(again.body.contains("Exchange each code once"), "the cause is said: {again:?}");
    let after = presses(&mut sam, &exchanged, "who").await;
    assert_eq!(last(&after), refused("Who am I"), "as with every app, what came of the code is ended");
}

async fn what_a_trial_was_given_ends_with_it_and_with_its_time(database: Database) {
    let team = Team::new(database, "ledger").await;
    let mut sam = team.person("sam").await;
    // Sam's own connection of the same app has nothing to do with it.
    let own = team.app.client("ledger").connect(&mut sam, "forms:read").await;
    let arrived = team.begins(&mut sam).await;
    let exchanged = presses(&mut sam, &arrived, "exchange").await;
    let over = presses(&mut sam, &exchanged, "end").await;
    assert!(over.body.contains("id=\"over\"") && !over.body.contains("id=\"do-who\""), "{over:?}");
    for step in ["who", "refresh"] {
        assert!(!last(&presses(&mut sam, &exchanged, step).await).1, "{step}: an older page gives nothing");
    }
    team.app.client("ledger").refresh(&own.refresh).await.ok();

    let arrived = team.begins(&mut sam).await;
    let exchanged = presses(&mut sam, &arrived, "exchange").await;
    team.app.advance(29 * MINUTE);
    let late = presses(&mut sam, &exchanged, "refresh").await;
    assert_eq!(last(&late), well("Refresh"));
    team.app.advance(2 * MINUTE);
    assert_eq!(presses(&mut sam, &late, "who").await.status, 403, "its time is over");
    team.app.advance(2 * DAY);
    team.app.sweeps().await;
    team.app.client("ledger").refresh(&own.refresh).await;
}

async fn an_app_that_is_stopped_meanwhile_is_not_tried_on(database: Database) {
    let team = Team::new(database, "ledger").await;
    let mut sam = team.person("sam").await;
    let arrived = team.begins(&mut sam).await;
    team.app.suspend("ledger").await;
    let answer = presses(&mut sam, &arrived, "exchange").await;
    assert_eq!(answer.status, 403, "{answer:?}");
    assert!(answer.body.contains("id=\"locked\"") && !answer.body.contains("id=\"connect\""), "{answer:?}");
}

async fn whoever_may_only_look_tries_nothing(database: Database) {
    let team = Team::new(database, "ledger").await;
    let (mut sam, mut jane) = (team.person("sam").await, team.person("jane").await);
    let page = jane.open(&team.connect).await;
    assert!(page.status == 200 && page.body.contains("id=\"locked\""), "{page:?}");
    assert!(!page.body.contains("id=\"connect\"") && !page.body.contains("id=\"check\""), "{page:?}");
    let arrived = team.begins(&mut sam).await;
    let (user, organisation) = (team.app.user_id("sam").await, team.organisation);
    let lowered = MemberChange::SetRole { organisation, user, old: Role::Developer, new: Role::Viewer };
    team.app.change(lowered.into()).await;
    assert_eq!(presses(&mut sam, &arrived, "exchange").await.status, 403, "Sam looks by now");
    team.app.change(MemberChange::Remove { organisation, user, old: Role::Viewer }.into()).await;
    assert_eq!(presses(&mut sam, &arrived, "exchange").await.status, 404, "and is not in by now");
}

async fn a_link_that_does_not_work_is_explained(database: Database) {
    let team = Team::new(database, "ledger").await;
    let mut sam = team.person("sam").await;
    let right = team.app.client("ledger").asks("forms:read");
    let check = async |sam: &mut Person, link: &str| {
        let page = sam.open(&team.connect).await;
        let form = page
            .forms()
            .into_iter()
            .find(|form| form.clone().submit().iter().any(|(name, _)| name == "link"));
        let form = form.expect("a form to check a link");
        let fields = with_field(&form.clone().submit(), "link", link);
        sam.post(&form, &with_field(&fields, "step", "check")).await
    };
    let at = |url: String| format!("{}{url}", team.app.issuer());
    assert!(check(&mut sam, &at(right.url())).await.body.contains("Nothing is wrong with this link"));
    let slash = right.clone().with("redirect_uri", "https://ledger.example.net/CB?foo=bar");
    let page = check(&mut sam, &at(slash.url())).await;
    assert!(page.body.contains("Character 28 is the first that differs"), "{page:?}");
    assert!(page.body.contains("<mark>CB?foo=bar</mark>") && page.body.contains("<mark>cb?foo=bar</mark>"));
    for (link, told) in [
        (at(right.clone().without_challenge().url()), "The code_challenge is missing"),
        (at(right.clone().with("scope", "forms:nothing").url()), "permission that the app does not have"),
        (at(right.clone().with("scope", "forms:write").url()), "permission that the app does not have"),
        (at(right.clone().with("client_id", "board").url()), "names another client_id"),
        (at(right.clone().at("/oauth/authorise").url()), "does not lead to the authorization address"),
        (at(right.clone().and("scope", "profile").url()), "stands there twice"),
        ("\"><script>alert(1)</script>".to_owned(), "no whole address"),
    ] {
        let page = check(&mut sam, &link).await;
        assert!(page.status == 200 && page.body.contains(told), "{told}: {page:?}");
        assert!(!page.body.contains("<script>alert"), "{page:?}");
    }
}
