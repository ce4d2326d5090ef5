//! What an app did and was refused, as its developers see it; and what strangers can make of that.

use symbolon_oauth::time::Timestamp;
use symbolon_platform::organisation::{Organisation, Role};
use symbolon_store::activity::What;
use symbolon_store::change::{AppChange, MemberChange, OrganisationChange};
use symbolon_store::testing::Database;

use crate::support::{Answer, DAY, HOME, MINUTE, Person, TestApp, stories, stories_on_postgres};

stories!(
    what_an_app_did_is_counted_by_hours_and_days,
    a_refusal_is_found_by_its_request_and_says_what_to_do,
    strangers_see_nothing_of_it_and_add_no_app,
    a_flood_costs_no_write_and_leaves_room_for_what_matters,
    it_is_gone_after_thirty_days,
    a_server_that_stops_writes_down_what_it_counted,
    refusals_stand_in_pages,
    where_it_is_connected_is_counted_without_names,
    pages_and_people_are_no_refusals_of_an_app,
);
stories_on_postgres!(counts_of_two_nodes_add_up);

const HOUR: i64 = 60 * MINUTE;

/// Lena's team, to which an app of the world is given; Jane looks.
async fn team(app: &TestApp, client_id: &str) -> (Person, String) {
    let (lena, jane) = (app.user_id("lena").await, app.user_id("jane").await);
    let at = app.now();
    let organisation = Organisation {
        id: symbolon_oauth::id::Id::new([7; 16]),
        name: "Team".to_owned(),
        person: None,
        created_at: at,
    };
    let id = organisation.id;
    app.change(OrganisationChange::Create { organisation, owner: lena }.into()).await;
    app.change(MemberChange::Add { organisation: id, user: jane, role: Role::Viewer, at }.into()).await;
    let own = app.app_id(client_id).await;
    let old = if client_id == "board" { Some(Organisation::own(app.user_id("omar").await)) } else { None };
    app.change(AppChange::Transfer { app: own, old, new: Some(id) }.into()).await;
    let mut lena = app.person("lena");
    lena.sign_in().await;
    (lena, format!("/developers/apps/{own}/activity"))
}

/// The rows of a table of a page: what they are called, and their numbers.
fn table(page: &Answer, id: &str) -> Vec<(String, Vec<i64>)> {
    let (_, rest) =
        page.body.split_once(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no {id}: {page:?}"));
    let (body, _) = rest.split_once("</table>").expect("its end");
    let text = |cell: &str| {
        let mut text = String::new();
        cell.split('<').for_each(|part| text.push_str(part.split_once('>').map_or("", |(_, text)| text)));
        text
    };
    let row = |row: &str| {
        let (head, cells) = row.split_once("</th>")?;
        let cells = cells.split("<td>").skip(1).map(|cell| cell.split_once("</td>").expect("a cell").0);
        Some((text(head), cells.map(|cell| cell.parse().expect("a number")).collect()))
    };
    body.split("<tr>").skip(2).filter_map(row).collect()
}

/// The rows of which something was counted.
fn counted(page: &Answer, id: &str) -> Vec<(String, Vec<i64>)> {
    table(page, id).into_iter().filter(|(_, counts)| counts.iter().any(|count| *count > 0)).collect()
}

fn rows(rows: &[(&str, &[i64])]) -> Vec<(String, Vec<i64>)> {
    rows.iter().map(|(name, counts)| ((*name).to_owned(), counts.to_vec())).collect()
}

async fn what_an_app_did_is_counted_by_hours_and_days(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, address) = team(&app, "board").await;
    let quiet = lena.open(&address).await;
    assert!(quiet.body.contains("id=\"quiet\"") && !quiet.body.contains("<svg class=\"plot\""), "{quiet:?}");
    assert!(
        lena.open(address.trim_end_matches("/activity")).await.body.contains(&address),
        "it is in the list"
    );

    let board = app.client("board");
    let mut omar = app.person("omar");
    let tokens = board.connect(&mut omar, "forms:read").await;
    board.refresh(&tokens.refresh).await.ok();
    app.writes_activity().await;
    app.advance(HOUR);
    board.exchange_code(&board.asks("forms:read"), "nothing").await.refused(400, "invalid_grant");
    let tokens = board.connect(&mut omar, "forms:read").await;
    board.refresh(&tokens.refresh).await.ok();
    app.writes_activity().await;
    app.writes_activity().await;

    // Every story begins at 08:00 of 15 January 2027.
    let page = lena.open(&address).await;
    assert_eq!(counted(&page, "hours"), rows(&[("08:00", &[1, 1, 1, 0]), ("09:00", &[1, 1, 1, 1])]));
    assert_eq!(counted(&page, "days"), rows(&[("15 January 2027", &[2, 2, 2, 1])]));
    assert_eq!((table(&page, "hours").len(), table(&page, "days").len()), (24, 30));
    assert!(page.body.contains("role=\"img\"") && page.body.contains("class=\"plot-bad\" d=\"M"), "{page:?}");
    assert!(!page.body.contains("Tokens of its own"), "it has none");

    app.advance(DAY);
    let next = lena.open(&address).await;
    assert_eq!(counted(&next, "hours"), [], "that was yesterday");
    let (_, link) = next.body.split_once("id=\"day-before\" href=\"").expect("the day before");
    let (link, _) = link.split_once('#').expect("its place");
    assert_eq!(link, format!("{address}?day=2027-01-15"));
    assert_eq!(counted(&lena.open(link).await, "hours").len(), 2);
    for odd in ["2027-99-99", "9999-12-31", "-262144-01-01", "x", ""] {
        assert_eq!(lena.open(&format!("{address}?day={odd}")).await.status, 200, "{odd}");
    }

    let mut jane = app.person("jane");
    jane.sign_in().await;
    assert_eq!(counted(&jane.open(link).await, "hours").len(), 2, "whoever may look sees it");
}

async fn a_refusal_is_found_by_its_request_and_says_what_to_do(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, address) = team(&app, "board").await;
    let board = app.client("board");
    let refused = board.exchange_code(&board.asks("forms:read"), "nothing").await;
    let wrong = board.asks("forms:read").with("redirect_uri", "https://board.example.net/CB");
    let mismatch = app.get(&wrong.url()).await;
    let unproven = app.get(&board.asks("forms:read").without_challenge().url()).await;
    assert_eq!((refused.status, mismatch.status, unproven.status), (400, 400, 303));
    app.writes_activity().await;
    let find = |answer: &Answer| format!("{address}?find={}", answer.header("x-request-id"));

    let found = lena.open(&find(&refused)).await;
    for told in ["<code>invalid_grant</code>", "<code>code_unknown</code>", ">token</span>", "no such code"] {
        assert!(found.body.contains(told), "{told}: {found:?}");
    }
    assert!(!found.body.contains("redirect_uri_mismatch</code></span>"), "the others are not shown");
    assert!(lena.open(&find(&mismatch)).await.body.contains("It is compared letter by letter"));
    let pkce = lena.open(&find(&unproven)).await;
    assert!(pkce.body.contains("pkce_missing") && pkce.body.contains(">authorize</span>"), "{pkce:?}");

    let all = lena.open(&address).await;
    for reason in ["code_unknown", "redirect_uri_mismatch", "pkce_missing"] {
        assert!(all.body.contains(&format!("<b>1 × <code>{reason}</code></b>")), "{reason}: {all:?}");
    }
    assert!(!all.body.contains("board.example.net/CB"), "what was presented is not kept");
    let none = lena.open(&format!("{address}?find=%22%3E%3Cscript%3E")).await;
    assert!(none.body.contains("id=\"refusals-none\"") && !none.body.contains("<script>"), "{none:?}");
}

async fn strangers_see_nothing_of_it_and_add_no_app(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, address) = team(&app, "board").await;
    let ledger = app.client("ledger");
    let theirs = ledger.exchange_code(&ledger.asks("forms:read"), "nothing").await;
    app.get(&app.client("board").asks("forms:read").with("client_id", "nobody").url()).await.error_page(400);
    app.writes_activity().await;
    let find = format!("{address}?find={}", theirs.header("x-request-id"));
    assert!(
        lena.open(&find).await.body.contains("id=\"refusals-none\""),
        "another app's request is not found"
    );
    assert!(lena.open(&address).await.body.contains("id=\"quiet\""));
    let mut nina = app.person("nina");
    nina.sign_in().await;
    assert_eq!(nina.look(&address).await.status, 404);
    assert_eq!(app.get(&address).await.status, 303, "whoever is not signed in is led there");
    assert_eq!(
        app.state()
            .store
            .refusals(app.app_id("ledger").await, None, 10)
            .await
            .expect("the store answers")
            .len(),
        1
    );
}

async fn a_flood_costs_no_write_and_leaves_room_for_what_matters(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, address) = team(&app, "board").await;
    let board = app.client("board");
    let hostile = board.asks("forms:read").with("redirect_uri", "https://evil.example.com/").url();
    let honest = board.asks("forms:read").without_challenge().url();
    for _ in 0..300 {
        app.get(&hostile).await;
    }
    let honest = app.get(&honest).await;
    let kept = async || {
        app.state().store.refusals(app.app_id("board").await, None, 2000).await.expect("the store answers")
    };
    assert_eq!(kept().await, [], "nothing is written before the next round");
    app.writes_activity().await;
    assert!(kept().await.len() < 20, "some of them stand for all");
    let page = lena.open(&address).await;
    assert!(page.body.contains("<b>300 × <code>redirect_uri_mismatch</code></b>"), "{page:?}");
    let find = format!("{address}?find={}", honest.header("x-request-id"));
    assert!(lena.open(&find).await.body.contains("pkce_missing"));
}

async fn it_is_gone_after_thirty_days(database: Database) {
    let app = TestApp::start(database).await;
    let (lena, address) = team(&app, "board").await;
    let board = app.client("board");
    board.exchange_code(&board.asks("forms:read"), "nothing").await.refused(400, "invalid_grant");
    app.writes_activity().await;
    app.advance(29 * DAY);
    app.sweeps().await;
    let mut lena = lena.elsewhere();
    lena.sign_in().await;
    assert_eq!(counted(&lena.open(&address).await, "days"), rows(&[("15 January 2027", &[0, 0, 0, 1])]));
    app.advance(2 * DAY);
    app.sweeps().await;
    assert!(lena.open(&address).await.body.contains("id=\"quiet\""));
    let id = app.app_id("board").await;
    let far = (Timestamp(0), Timestamp(i64::MAX));
    assert_eq!(app.state().store.activity(id, far, HOUR).await.expect("the store answers"), []);
}

async fn a_server_that_stops_writes_down_what_it_counted(database: Database) {
    let (app, running) = TestApp::on_a_socket(database).await;
    let board = app.client("board");
    let refused = board.exchange_code(&board.asks("forms:read"), "nothing").await;
    running.stop().await;
    let (store, id) = (&app.state().store, app.app_id("board").await);
    let kept =
        store.refusals_of_request(id, refused.header("x-request-id")).await.expect("the store answers");
    assert_eq!((kept.len(), kept[0].reason.as_str()), (1, "code_unknown"));
    let far = (Timestamp(0), Timestamp(i64::MAX));
    let counted = store.activity(id, far, HOUR).await.expect("the store answers");
    assert_eq!((counted.len(), counted[0].what, counted[0].counted), (1, What::Refusal, 1));
}

async fn refusals_stand_in_pages(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, address) = team(&app, "board").await;
    let board = app.client("board");
    let mut sent = Vec::new();
    for _ in 0..4 {
        for _ in 0..9 {
            app.advance(1);
            sent.push(app.get(&board.asks("x").with("scope", "forms:write forms:nothing").url()).await);
        }
        app.writes_activity().await;
    }
    let ids = |page: &Answer| -> Vec<String> {
        let rows = page.body.split("<code dir=\"ltr\">").skip(1);
        rows.map(|row| row.split_once('<').expect("an element").0.to_owned()).collect()
    };
    let (mut target, mut seen) = (address.clone(), Vec::new());
    for _ in 0..3 {
        let page = lena.open(&target).await;
        seen.extend(ids(&page));
        let next = page
            .body
            .split_once("id=\"next\" href=\"")
            .map(|(_, rest)| rest.split('#').next().expect("a link"));
        target = next.unwrap_or_default().to_owned();
    }
    let expected: Vec<String> =
        sent.iter().rev().map(|answer| answer.header("x-request-id").to_owned()).collect();
    assert_eq!(seen, expected);
    assert_eq!(target, "", "there are no more");
}

async fn where_it_is_connected_is_counted_without_names(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, address) = team(&app, "board").await;
    let board = app.client("board");
    let (mut omar, mut jane) = (app.person("omar"), app.person("jane"));
    board.connect(&mut omar, "forms:read").await;
    board.connect_for(&mut jane, "forms:read", "north").await;
    let page = lena.open(&address).await;
    assert!(page.body.contains("1 account has it connected"), "two people of one clinic: {page:?}");
    assert_eq!(counted(&page, "installs"), rows(&[("15 January 2027", &[1, 0])]));
    board.connect_for(&mut jane, "forms:read", "south").await;
    app.advance(DAY);
    omar.disconnects().await;
    let page = lena.open(&address).await;
    assert!(page.body.contains("2 accounts have it connected"), "Jane still has: {page:?}");
    assert_eq!(
        counted(&page, "installs"),
        rows(&[("15 January 2027", &[2, 0]), ("16 January 2027", &[0, 1])])
    );
    for name in ["Clinic North", "Clinic South", "Omar", "Jane"] {
        assert!(!page.body.contains(name), "{name}: {page:?}");
    }
}

async fn pages_and_people_are_no_refusals_of_an_app(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, address) = team(&app, "board").await;
    let settings = address.trim_end_matches("/activity");
    // A form without its mark, a query that says a thing twice, and an answer to a consent page that is no more.
    let form = ["content-type", "application/x-www-form-urlencoded"];
    let cookies = lena.cookies();
    let headers = [(form[0], form[1]), ("cookie", cookies.as_str())];
    let forged = app.request("POST", &format!("{settings}/redirects"), &headers, "redirect_uri=x");
    assert_eq!(app.send(forged, HOME).await.status, 403);
    lena.look(&format!("{address}?day=x&day=y")).await;
    app.writes_activity().await;
    assert!(lena.open(&address).await.body.contains("id=\"quiet\""));
}

async fn counts_of_two_nodes_add_up(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, address) = team(&app, "board").await;
    let other = app.second_process().await;
    let mut omar = app.person("omar");
    let tokens = app.client("board").connect(&mut omar, "forms:read").await;
    other.client("board").refresh(&tokens.refresh).await.ok();
    other.client("board").exchange_code(&app.client("board").asks("x"), "nothing").await;
    app.client("board").exchange_code(&app.client("board").asks("x"), "nothing").await;
    app.writes_activity().await;
    other.writes_activity().await;
    assert_eq!(counted(&lena.open(&address).await, "hours"), rows(&[("08:00", &[1, 1, 1, 2])]));
}
