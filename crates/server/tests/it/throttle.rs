//! Guessing at passwords is slowed down, and use is not (SECURITY table N): budgets per account, address and pair, a known
//! browser's own, and what a person is told.

use std::net::IpAddr;

use symbolon_store::testing::Database;

use crate::support::{Answer, HOME, MINUTE, Options, SECOND, TestApp, stories, stories_on_postgres};

stories!(
    who_is_right_is_never_kept_waiting,
    tries_that_are_right_at_once_all_pass,
    n08_guessing_is_slowed_down_without_locking_the_owner_out,
    n08_guessing_over_many_accounts_is_slowed_down,
    n08_thirteen_networks_lock_nobody_out,
    n08_an_account_has_a_budget_for_all_strangers,
    n08_each_known_browser_has_its_own,
    n08_a_browser_is_known_to_several_accounts_and_no_cookie_is_made_up,
    n08_a_mark_is_of_a_person_and_their_password,
    n08_a_mark_and_its_budget_stay_with_a_person_who_is_called_otherwise,
    n06_an_account_that_does_not_exist_is_throttled_alike,
    n09_parallel_tries_do_not_beat_the_counter,
    n10_headers_do_not_change_the_source,
    n11_a_whole_64_is_one_source_and_a_48_a_larger_one,
    a_try_that_is_throttled_costs_no_hash_and_does_not_make_the_wait_longer,
    new_accounts_of_an_address_are_bounded,
    codes_of_a_person_are_bounded,
    what_is_throttled_is_counted,
);

stories_on_postgres!(two_processes_share_the_count);

fn configured(configuration: &'static str) -> Options {
    Options { configuration, ..Options::default() }
}

#[track_caller]
fn wait(answer: &Answer) -> u64 {
    assert_eq!(answer.status, 429, "{answer:?}");
    answer.header("retry-after").parse().expect("seconds to wait")
}

/// An office on Monday morning; a proxy that names nobody.
async fn who_is_right_is_never_kept_waiting(database: Database) {
    let small =
        "[limits]\naccount_at_address = \"2 per 1h\"\naccount = \"2 per 1h\"\naddress = \"2 per 15m\"";
    let app = TestApp::with(database, configured(small)).await;
    for _ in 0..60 {
        assert_eq!(app.person("omar").tries_their_own().await.status, 303);
    }
    // And what was right bought nobody a guess: the two there are can still be made, and no third.
    let mut guesser = app.person("omar");
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(guesser.tries("wrong").await.status);
    }
    assert_eq!(statuses, [401, 401, 429]);
}

async fn tries_that_are_right_at_once_all_pass(database: Database) {
    let app = TestApp::start(database).await;
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let mut person = app.person("omar");
        running.spawn(async move { person.tries_their_own().await.status });
    }
    let statuses = running.join_all().await;
    assert!(statuses.iter().all(|status| *status == 303), "{statuses:?}");
}

async fn n08_guessing_is_slowed_down_without_locking_the_owner_out(database: Database) {
    let app = TestApp::start(database).await;
    let mut owner = app.person("omar");
    owner.sign_in().await;
    owner.sign_out().await;
    let mut stranger = app.person("omar").at("198.51.100.1");
    for _ in 0..5 {
        assert_eq!(stranger.tries("wrong").await.status, 401);
    }
    for _ in 0..20 {
        let answer = stranger.tries("wrong").await;
        assert_eq!(wait(&answer), 12 * 60);
        assert!(answer.body.contains("Wait 12 minutes") && answer.body.contains("not locked"), "{answer:?}");
    }
    // Not even the right password helps there now; but the owner's new browser elsewhere is counted apart.
    assert_eq!(wait(&stranger.tries_their_own().await), 12 * 60);
    assert_eq!(app.person("omar").at("198.51.100.2").tries_their_own().await.status, 303);
    // The owner's own browser passes even there.
    owner.address = stranger.address;
    assert_eq!(owner.tries_their_own().await.status, 303);
    // That cookie is for one account: at another, its bearer is a stranger like others at the same address.
    owner.sign_out().await;
    for person in [&mut stranger, &mut owner] {
        "lena@example.com".clone_into(&mut person.email);
    }
    for _ in 0..5 {
        assert_eq!(stranger.tries("wrong").await.status, 401);
    }
    assert_eq!(owner.tries("wrong").await.status, 429);
    // And the wait that was told is true.
    app.advance(12 * MINUTE - SECOND);
    assert_eq!(wait(&stranger.tries_their_own().await), 1);
    app.advance(SECOND);
    assert_eq!(stranger.tries_their_own().await.status, 303);
}

async fn n08_guessing_over_many_accounts_is_slowed_down(database: Database) {
    let app = TestApp::start(database).await;
    let mut statuses = Vec::new();
    for number in 0..110 {
        let mut guesser = app.person(&format!("person-{number}")).at("198.51.100.9");
        statuses.push(guesser.tries("password1").await.status);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 100, "{statuses:?}");
    assert!(statuses[100..].iter().all(|status| *status == 429), "{statuses:?}");
    app.person("omar").sign_in().await;
}

/// Each with all it has, be it a whole /48: the owner's new browser anywhere else passes.
async fn n08_thirteen_networks_lock_nobody_out(database: Database) {
    let app = TestApp::start(database).await;
    for network in 1..=13 {
        let mut statuses = Vec::new();
        for half in 0..3 {
            let mut guesser = app.person("omar").at(&format!("2001:db8:{network:x}:{half}::1"));
            for _ in 0..5 {
                statuses.push(guesser.tries("wrong").await.status);
            }
        }
        let evaluated = statuses.iter().filter(|status| **status == 401).count();
        assert_eq!(evaluated, 10, "a /48 has twice the tries of a /64: {statuses:?}");
    }
    assert_eq!(app.person("omar").tries_their_own().await.status, 303);
}

async fn n08_an_account_has_a_budget_for_all_strangers(database: Database) {
    let app = TestApp::with(database, configured("[limits]\naccount = \"12 per 1h\"")).await;
    let mut known = app.person("omar");
    known.sign_in().await;
    known.sign_out().await;
    let mut evaluated = 0;
    for network in 1..=5 {
        let mut guesser = app.person("omar").at(&format!("198.51.100.{network}"));
        for _ in 0..5 {
            evaluated += usize::from(guesser.tries("wrong").await.status == 401);
        }
    }
    assert_eq!(evaluated, 12);
    let mut new = app.person("omar").at("192.0.2.1");
    assert_eq!(wait(&new.tries_their_own().await), 5 * 60, "the next one comes back in a twelfth of an hour");
    assert_eq!(known.tries_their_own().await.status, 303, "a browser that is known passes");
    assert_eq!(
        app.person("lena").at("198.51.100.1").tries_their_own().await.status,
        303,
        "others are not meant"
    );
    app.advance(5 * MINUTE);
    assert_eq!(new.tries_their_own().await.status, 303);
}

async fn n08_each_known_browser_has_its_own(database: Database) {
    let app = TestApp::start(database).await;
    let (mut first, mut second) = (app.person("omar"), app.person("omar"));
    for browser in [&mut first, &mut second] {
        browser.sign_in().await;
        browser.sign_out().await;
    }
    for _ in 0..10 {
        assert_eq!(first.tries("wrong").await.status, 401);
    }
    assert_eq!(wait(&first.tries_their_own().await), 90);
    assert_eq!(second.tries_their_own().await.status, 303);
    assert_eq!(app.person("omar").tries_their_own().await.status, 303, "nor are strangers counted with it");
    app.advance(90 * SECOND);
    assert_eq!(first.tries_their_own().await.status, 303);
}

async fn n08_a_browser_is_known_to_several_accounts_and_no_cookie_is_made_up(database: Database) {
    let app = TestApp::start(database).await;
    let mut shared = app.person("omar");
    for email in ["omar@example.com", "lena@example.com"] {
        email.clone_into(&mut shared.email);
        shared.sign_in().await;
        shared.sign_out().await;
    }
    let mut marks: Vec<String> = shared.cookie("symbolon_known").split('~').map(str::to_owned).collect();
    assert_eq!(marks.len(), 2);
    // Nobody but the two is a stranger's to lock out.
    for name in ["omar", "lena", "sam"] {
        let mut guesser = app.person(name);
        for _ in 0..6 {
            guesser.tries("wrong").await;
        }
    }
    for (email, status) in [("omar@example.com", 303), ("lena@example.com", 303), ("sam@example.com", 429)] {
        email.clone_into(&mut shared.email);
        assert_eq!(shared.tries_their_own().await.status, status, "{email}");
        if status == 303 {
            shared.sign_out().await;
        }
    }
    // Another name of the browser would be another budget; none can be written but by the server.
    let (browser, mac) =
        marks.remove(0).split_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).expect("a mark");
    let long = format!("{browser}.{mac}~").repeat(50);
    for forged in [mac.clone(), format!("x.{mac}"), format!("{browser}x.{mac}"), format!("{browser}."), long]
    {
        let mut guesser = app.person("sam");
        guesser.plant_cookie(&format!("symbolon_known={forged}; Path=/"));
        assert_eq!(guesser.tries("wrong").await.status, 429, "{forged}");
    }
}

/// Who had an address before, or knew the password before, has kept nothing.
async fn n08_a_mark_is_of_a_person_and_their_password(database: Database) {
    let app = TestApp::start(database).await;
    let mut before = app.person("omar");
    before.sign_in().await;
    before.sign_out().await;
    let fails = async |person: &mut crate::support::Person, times: usize| {
        let mut evaluated = 0;
        for _ in 0..times {
            evaluated += usize::from(person.tries("wrong").await.status == 401);
        }
        evaluated
    };
    assert_eq!(fails(&mut app.person("omar"), 6).await, 5);
    assert_eq!(fails(&mut before, 1).await, 1, "it is known");
    app.set_password("omar", "another passphrase altogether").await;
    assert_eq!(fails(&mut before, 1).await, 0, "and a stranger now");
    app.advance(60 * MINUTE);

    let mut lena = app.person("lena");
    lena.sign_in().await;
    lena.sign_out().await;
    app.delete_user("lena").await;
    let declared = format!(
        "[[user]]\nid = \"lena-2\"\nname = \"Lena\"\nemail = \"lena@example.com\"\npassword = {:?}",
        lena.password
    );
    app.declare(&declared).await;
    assert_eq!(fails(&mut app.person("lena"), 6).await, 5);
    assert_eq!(fails(&mut lena, 1).await, 0);
}

/// A person's browser stays known, and what was counted there stays counted, when their address changes; whoever has the old
/// address then gets neither.
async fn n08_a_mark_and_its_budget_stay_with_a_person_who_is_called_otherwise(database: Database) {
    let app = TestApp::with(database, configured("[limits]\nknown_browser = \"3 per 1h\"")).await;
    let fails = async |person: &mut crate::support::Person, times: usize| {
        let mut evaluated = 0;
        for _ in 0..times {
            evaluated += usize::from(person.tries("wrong").await.status == 401);
        }
        evaluated
    };
    let moves = async |id: &str, email: &str| {
        app.declare(&format!("[[user]]\nid = \"{id}\"\nname = \"Somebody\"\nemail = \"{email}\"")).await;
    };
    let mut omar = app.person("omar");
    omar.sign_in().await;
    omar.sign_out().await;
    assert_eq!(fails(&mut omar, 4).await, 3);
    moves("u-omar", "omar.new@example.com").await;
    "omar.new@example.com".clone_into(&mut omar.email);
    assert_eq!(fails(&mut omar, 1).await, 0, "a new address is no new budget");
    assert_eq!(fails(&mut app.person("omar.new"), 6).await, 5, "strangers have theirs");
    app.advance(60 * MINUTE);
    assert_eq!(fails(&mut app.person("omar.new"), 6).await, 5);
    assert_eq!(omar.tries_their_own().await.status, 303, "it is known at the new address");
    omar.sign_out().await;

    moves("u-lena", "omar@example.com").await;
    assert_eq!(fails(&mut app.person("omar"), 6).await, 5);
    "omar@example.com".clone_into(&mut omar.email);
    assert_eq!(fails(&mut omar, 1).await, 0, "and not at the old one, which is somebody else's");
}

async fn n06_an_account_that_does_not_exist_is_throttled_alike(database: Database) {
    let app = TestApp::start(database).await;
    let mut seen = Vec::new();
    for name in ["omar", "nobody-at-all"] {
        let mut guesser = app.person(name).at("198.51.100.1");
        let mut statuses = Vec::new();
        for _ in 0..7 {
            let answer = guesser.tries("wrong").await;
            statuses.push((answer.status, answer.header("retry-after").to_owned()));
        }
        seen.push(statuses);
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!((seen[0][4].0, seen[0][5].0), (401, 429));
}

async fn n09_parallel_tries_do_not_beat_the_counter(database: Database) {
    let app = TestApp::start(database).await;
    let mut guesser = app.person("omar");
    guesser.open("/login").await;
    let form = guesser.page().login_form().expect("a form");
    let mut running = tokio::task::JoinSet::new();
    for number in 0..40 {
        let filled = form.clone().fill("email", "omar@example.com");
        let fields =
            filled.and_then(|form| form.fill("password", &format!("guess {number}"))).expect("fields");
        let (app, request) = (app.clone(), guesser.written(&form, &fields.submit(), &[]));
        running.spawn(async move { app.send(request, HOME).await.status });
    }
    let statuses = running.join_all().await;
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 5, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 35, "{statuses:?}");
}

/// Tries wrong passwords at many accounts, each with a header of its own, and answers how many were evaluated.
async fn evaluated(app: &TestApp, header: &str) -> usize {
    let mut guesser = app.person("omar");
    guesser.open("/login").await;
    let form = guesser.page().login_form().expect("a form");
    let mut count = 0;
    for number in 0..30 {
        let filled = form.clone().fill("email", &format!("p{number}@example.com"));
        let fields = filled.and_then(|form| form.fill("password", "wrong")).expect("fields").submit();
        let value = format!("192.0.2.{number}");
        let request = guesser.written(&form, &fields, &[(header, &value)]);
        count += usize::from(app.send(request, HOME).await.status == 401);
    }
    count
}

async fn n10_headers_do_not_change_the_source(database: Database) {
    let app = TestApp::with(database, configured("[limits]\naddress = \"20 per 15m\"")).await;
    assert_eq!(evaluated(&app, "x-forwarded-for").await, 20);
    assert_eq!(evaluated(&app, "x-real-ip").await, 0);
    assert_eq!(evaluated(&app, "forwarded").await, 0);
    drop(app);
    let behind = "trusted_proxies = [\"203.0.113.0/24\"]\n[limits]\naddress = \"20 per 15m\"";
    let app = TestApp::with(Database::sqlite().await, configured(behind)).await;
    assert_eq!(evaluated(&app, "x-forwarded-for").await, 30, "a trusted proxy is believed");
    assert_eq!(evaluated(&app, "x-real-ip").await, 20, "and in this one header only");
}

async fn n11_a_whole_64_is_one_source_and_a_48_a_larger_one(database: Database) {
    let app = TestApp::with(database, configured("[limits]\naddress = \"10 per 15m\"")).await;
    let evaluated = async |prefix: &str| {
        let mut count = 0;
        for number in 0..15 {
            let address = format!("{prefix}:{number:x}::{number:x}");
            assert!(address.parse::<IpAddr>().is_ok());
            let mut guesser = app.person(&format!("p{number}")).at(&address);
            count += usize::from(guesser.tries("wrong").await.status == 401);
        }
        count
    };
    assert_eq!(evaluated("2001:db8:1:2").await, 10);
    assert_eq!(evaluated("2001:db8:1:3").await, 10, "a neighbour has its own");
    assert_eq!(evaluated("2001:db8:1:4").await, 10);
    assert_eq!(evaluated("2001:db8:1:5").await, 0, "but a /48 has three times as many, not 65,536 times");
    assert_eq!(evaluated("2001:db8:2:2").await, 10);
}

async fn a_try_that_is_throttled_costs_no_hash_and_does_not_make_the_wait_longer(database: Database) {
    let app = TestApp::start(database).await;
    let mut guesser = app.person("omar");
    for _ in 0..5 {
        guesser.tries("wrong").await;
    }
    let hashes = app.state().passwords.computed();
    app.advance(6 * MINUTE);
    for _ in 0..20 {
        assert_eq!(wait(&guesser.tries("wrong").await), 6 * 60);
    }
    assert_eq!(app.state().passwords.computed(), hashes);
    app.advance(6 * MINUTE);
    assert_eq!(guesser.tries("wrong").await.status, 401);
    assert_eq!(app.state().passwords.computed(), hashes + 1);
}

async fn new_accounts_of_an_address_are_bounded(database: Database) {
    let app = TestApp::with(database, configured("[limits]\nsign_ups = \"3 per 1h\"")).await;
    let sign_up = async |number: usize, address: &str| {
        let mut person = app.person("new").at(address);
        let page = person.open("/signup").await;
        let form = page.login_form().expect("a form");
        let filled = form.clone().fill("name", "New").and_then(|form| {
            form.fill("email", &format!("new-{number}@example.org"))
                .and_then(|form| form.fill("password", "a long enough passphrase"))
        });
        person.post(&form, &filled.expect("the fields of a sign-up").submit()).await
    };
    for number in 0..3 {
        assert_eq!(sign_up(number, "198.51.100.1").await.status, 303);
    }
    let hashes = app.state().passwords.computed();
    assert_eq!(wait(&sign_up(3, "198.51.100.1").await), 20 * 60);
    assert_eq!(app.state().passwords.computed(), hashes);
    assert_eq!(sign_up(4, "198.51.100.2").await.status, 303);
    app.advance(20 * MINUTE);
    assert_eq!(sign_up(3, "198.51.100.1").await.status, 303);
}

async fn codes_of_a_person_are_bounded(database: Database) {
    let app = TestApp::with(database, configured("[limits]\ncodes = \"3 per 1m\"")).await;
    let (board, mut omar, mut lena) = (app.client("board"), app.person("omar"), app.person("lena"));
    for _ in 0..3 {
        omar.connects(&board.asks("forms:read")).await.code();
    }
    for asked in [board.asks("forms:read"), board.asks("forms:read").with("prompt", "none")] {
        let answer = omar.open(&asked.url()).await;
        answer.error_page(429);
        assert_eq!(wait(&answer), 20);
        assert!(answer.body.contains("less than a minute"), "{answer:?}");
    }
    lena.connects(&board.asks("forms:read")).await.code();
    app.advance(20 * SECOND);
    omar.connects(&board.asks("forms:read")).await.code();
}

async fn what_is_throttled_is_counted(database: Database) {
    let app = TestApp::with(database, configured("[limits]\ncodes = \"1 per 1m\"")).await;
    let counted = |kind: &str| {
        let line = format!("symbolon_throttled_total{{kind=\"{kind}\"}} ");
        let text = app.state().metrics.text();
        text.lines().find_map(|own| own.strip_prefix(&line)?.parse::<u64>().ok()).unwrap_or(0)
    };
    let (board, mut omar) = (app.client("board"), app.person("omar"));
    for _ in 0..3 {
        omar.walk(&board.asks("forms:read"), None).await;
    }
    let mut guesser = app.person("omar");
    for _ in 0..9 {
        guesser.tries("wrong").await;
    }
    assert_eq!((counted("codes"), counted("account_at_address"), counted("address")), (2, 4, 0));
}

async fn two_processes_share_the_count(database: Database) {
    let first = TestApp::start(database).await;
    let second = first.second_process().await;
    for number in 0..7 {
        let app = if number % 2 == 0 { &first } else { &second };
        let status = app.person("omar").tries("wrong").await.status;
        assert_eq!(status, if number < 5 { 401 } else { 429 }, "{number}");
    }
}
